"""Where a closer look is due: what halves of characters leave behind, and characters that hardly stand in healthy text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tasks.repair.readings import reads
from tasks.repair.shift.candidates import LETTERS
from tasks.repair.shift.pairs import is_private
from tasks.repair.shift.search import Search, nats

_HANZI = "\u3400-\u9fff"
_MARKS = "!;?:！；？："
_STOPS = "、，。；：,;:"
_CLUE = re.compile(
    rf"[?\ufffd]\(?[{LETTERS}]{{1,6}} ?[)）]"  # what a half character left of a splice
    rf"|[(（][{LETTERS}]{{1,6}} ?[)）]"  # a splice: a clue if its host is not read so
    r"|[\ue000-\uf8ff]"  # a pair of the user areas
    rf"|(?<=[{_HANZI}])[?\ufffd]|[?\ufffd€](?=[{_HANZI}])"  # a half character
    rf"|(?<=[{_HANZI}])[{_MARKS}](?=[{_HANZI}“”{_STOPS}\u2500-\u259f])|[{_MARKS}](?=[{_STOPS}])"  # a straddling mark
    rf"|[，,](?=[@-~][{_HANZI}])"
)
_NEAR = 3  # how many characters before a rare one a shift is looked for
_RUN = 3  # so many characters in a row decide whether text is out of step
# What out-of-step text is allowed to cost more than what is seen and still be looked at, in nats.
_ALLOWED = nats(2)
_ALLOWED_MARK = nats(3)
# Two characters after a mark that cost more than this may be out of step: twice what characters cost on average.
_UNLIKELY = nats(13)


@dataclass(frozen=True, slots=True)
class Clue:
    """A place that may be damaged; `strong` if it hardly can be anything else, `hidden` if the run may begin before it."""

    at: int
    strong: bool
    hidden: bool


@cache
def common() -> frozenset[str]:
    """The characters that are common in healthy text of either script (tools/build_lm.py writes them)."""
    return frozenset((Path(__file__).parents[1] / "lm" / "common.txt").read_text(encoding="utf-8"))


def has_clue(text: str) -> bool:
    """Whether anything in `text` calls for a closer look; false for most healthy lines, and decided at C speed.

    >>> has_clue("當地優質產品"), has_clue("當?shù)貎?yōu)質產品")
    (False, True)
    """
    return not common().issuperset(text) or bool(_CLUE.search(text))


def clues(text: str) -> Iterator[Clue]:
    """All places of `text` that may be damaged, in order.

    >>> [(clue.at, clue.strong) for clue in clues("當?shù)貎?yōu)質")]
    [(1, True), (6, False), (7, True)]
    """
    rare = "".join(sorted(set(text) - common()))
    pattern = re.compile(f"{_CLUE.pattern}|[{re.escape(rare)}]") if rare else _CLUE
    for match in pattern.finditer(text):
        at, found = match.start(), match[0]
        if found[0] in "(（" and len(found) > 1:
            if at and not reads(text[at - 1], found.strip("()（） ")):
                yield Clue(at, True, False)
        else:
            private = is_private(found[0])
            yield Clue(at, len(found) > 1 or private, private or found[0] not in "!;?:！；？：，,\ufffd€")


def worth_a_search(search: Search, clue: Clue) -> bool:
    """Whether a few characters around a clue that is not strong make more sense out of step than as they are."""
    text, at = search.text, clue.at
    if clue.strong:
        return True
    if text[at] in "!！" or (text[at] in "，,;?:；？：" and text[at + 1 : at + 2] in tuple(_STOPS)):
        return True
    if not clue.hidden:
        cost, seen = search.shifted(at, 2)
        return cost < seen + _ALLOWED_MARK or search.next_two(at + 1) > _UNLIKELY
    for first in range(max(0, at - _NEAR), at + 1):
        cost, seen = search.shifted(first, _RUN)
        if cost < seen + _ALLOWED:
            return True
    return False
