"""Which quotations are open at a place of the page, as far as it has been repaired."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterable
from operator import attrgetter

from tasks.records import Edit
from tasks.repair.shift.costs import LOOK_BACK, OPENING, PARTNERS

_start = attrgetter("start")
_QUOTES = re.compile(f"[{''.join(PARTNERS)}]")


def open_quotations(text: str, still_open: str = "") -> str:
    """The quotations that are open after `text`, the innermost last; `still_open` are those open before it.

    >>> open_quotations("他说：“《论语》里讲‘温故’"), open_quotations("”", "“《")
    ('“', '')
    """
    for mark in _QUOTES.findall(text):
        if mark in OPENING:
            still_open += mark
        elif (at := still_open.rfind(PARTNERS[mark])) >= 0:
            still_open = still_open[:at]
    return still_open


class Quotations:
    """The quotations of a text, which are open or closed by what is known of its repair."""

    def __init__(self, text: str, repaired: Iterable[Edit] = ()) -> None:
        self.text = text
        self._repaired = sorted(repaired, key=_start)
        self._opened: dict[int, str] = {}

    def know(self, edit: Edit) -> None:
        """Take an applied edit for what the text reads there."""
        insort(self._repaired, edit, key=_start)
        self._opened.clear()

    def is_left_open(self, pos: int) -> bool:
        """Whether a quotation is open at `pos` that no mark behind it in the line closes.

        >>> Quotations("“走吧! (笑)").is_left_open(3), Quotations("“走吧! (笑)”").is_left_open(3)
        (True, False)
        """
        following = _QUOTES.search(self.text[pos : pos + LOOK_BACK].partition("\n")[0])
        return self.open_at(pos) != "" and (following is None or following[0] in OPENING)

    def open_at(self, pos: int) -> str:
        """The quotations that are open at `pos`, in the text as far as it has been repaired."""
        if pos not in self._opened:
            text = self.text
            least = max(0, pos - LOOK_BACK)
            line = max(text.rfind("\n", least, pos) + 1, least)
            first, last = (bisect_left(self._repaired, place, key=_start) for place in (line, pos))
            parts: list[str] = []
            for edit in self._repaired[first:last]:
                if edit.end > pos:
                    break
                parts += (text[line : edit.start], edit.after)
                line = edit.end
            self._opened[pos] = open_quotations("".join(parts) + text[line:pos])
        return self._opened[pos]
