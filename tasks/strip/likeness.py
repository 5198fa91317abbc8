"""What a row shares with the page's text: pairs of Chinese characters. Headlines of other articles share hardly any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from tasks.chars import TextPairs
from tasks.expressions import seldom
from tasks.strip.sheet import Row

# Pairs with these stand in any text.
_COMMON = frozenset("的了着过在是有不这那我你他她它们个一和与就都也还很到从把被为之其而或及等")
_HAN = seldom(r"[\u4e00-\u9fff]{2,80}")
# A text of fewer characters has too few pairs to compare with.
LEAST_TEXT = 100
# Where other things speak for a row's being the site's or the title as well, so many are enough.
LEAST_SHORT = 80
# More of a text is not read: a book has all pairs that there are.
MOST_TEXT = 20_000


def pairs_of(text: str) -> list[str]:
    """The pairs of neighbouring Chinese characters of `text`, but for those that stand in any text.

    >>> pairs_of("鱼灯的来历, 2021")
    ['鱼灯', '来历']
    """
    found: list[str] = []
    for run in _HAN.findall(text):
        found += [one + other for one, other in pairwise(run) if not _COMMON & {one, other}]
    return found


class Likeness:
    """The pairs of a page's running text; `share` tells how many of a row's pairs are among them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        texts: list[str] = []
        read = 0
        for row in rows:
            texts.append(row.core[:MOST_TEXT])
            read += len(texts[-1])
            if read >= MOST_TEXT:
                break
        self._pairs = TextPairs(texts)
        self.enough, self.some = read >= LEAST_TEXT, read >= LEAST_SHORT

    def share(self, core: str) -> float:
        """The share of a row's pairs that the text has; 0.0 for a row without any.

        >>> from tasks.lines import Line
        >>> text = Row(Line(0, 12, "", ""), "镇上的鱼灯用竹子扎成。", True, 0)
        >>> Likeness([text]).share("鱼灯的来历"), Likeness([text]).share("大桥封顶")
        (0.5, 0.0)
        """
        pairs = pairs_of(core)
        return self._pairs.count(pairs) / len(pairs) if pairs else 0.0


def shared_among(cores: Sequence[str]) -> float:
    """The share of the rows' pairs that stand in more than one of them.

    >>> shared_among(["鱼灯", "大桥"]), shared_among(["鱼灯", "鱼灯会"])
    (0.0, 0.6666666666666666)
    """
    rows = [set(pairs_of(core)) for core in cores]
    seen: set[str] = set()
    again: set[str] = set()
    for pairs in rows:
        again |= pairs & seen
        seen |= pairs
    total = sum(map(len, rows))
    return sum(len(pairs & again) for pairs in rows) / total if total else 0.0
