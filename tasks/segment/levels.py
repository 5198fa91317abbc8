"""How deep headings lie: the page's own order of marks and of numbering styles."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.segment.numbering import Number
from tasks.segment.paragraphs import BOLD

_DEEPEST = 6
_Kind = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be a heading: `end` of its words in the line, `body` whether its own line goes on after them.

    `mark` is the level that HTML or Markdown gives it, BOLD, or 0; `front` whether it names a foreword, a conclusion or
    such.
    """

    at: int
    end: int
    number: Number | None
    mark: int
    body: bool
    front: bool = False

    @property
    def marked(self) -> bool:
        """Whether HTML or Markdown says that it is a heading."""
        return 0 < self.mark < BOLD

    @property
    def style(self) -> tuple[str, int]:
        """The style and rank of its number; ("", 0) without one."""
        return (self.number.style, self.number.rank) if self.number else ("", 0)

    @property
    def rank(self) -> int:
        """The rank of its number; 0 without one."""
        return self.number.rank if self.number else 0

    @property
    def value(self) -> int:
        """The value of its number; 0 without one."""
        return self.number.value if self.number else 0


def levels_of(found: Sequence[Candidate]) -> dict[int, int]:
    """The level of every heading, by the number of its line: its kinds, in the order of `_kinds`, count from 1.

    >>> from tasks.segment.numbering import number
    >>> lines = ("一、山", "(一)石", "1.青石", "二、水")
    >>> levels_of([Candidate(at, len(line), number(line), 0, False) for at, line in enumerate(lines)])
    {0: 1, 1: 2, 2: 3, 3: 1}
    """
    kinds = _kinds(found)
    order = {kind: min(level, _DEEPEST) for level, kind in enumerate(sorted(set(kinds.values())), 1)}
    return {at: order[kind] for at, kind in kinds.items()}


def _kinds(found: Sequence[Candidate]) -> dict[int, _Kind]:
    """(mark, rank, depth) of every heading; the smaller is the outer.

    Marked headings come first, by their mark and within a mark by their number; then numbers by their rank on this
    page; then those with neither, by `_plain_rank`. Bold lines that are few beside the deepest marked headings are
    their siblings.
    """
    ranks = ranks_of([one for one in found if one.number])
    outermost: dict[int, int] = {}  # the outermost number under each mark
    for one in found:
        if one.number and one.marked:
            rank = ranks[one.style]
            outermost[one.mark] = min(outermost.get(one.mark, rank), rank)
    kinds: dict[int, _Kind] = {}
    for one in found:
        if one.marked:
            kinds[one.at] = (one.mark, ranks[one.style] if one.number else outermost.get(one.mark, 0), 0)
        elif one.number:
            kinds[one.at] = (BOLD + 1, 2 * ranks[one.style], 0)
    plain = [one for one in found if not one.number and not one.marked]
    siblings = _bold_kind(found, kinds)
    place = _plain_rank([one for one in found if one.number and not one.marked], plain, ranks)
    inner = _inner(plain)
    for one in plain:
        kinds[one.at] = siblings if siblings and one.mark == BOLD else (BOLD + 1, place(one), one.at in inner)
    return kinds


def _inner(plain: Sequence[Candidate]) -> set[int]:
    """Of headings with neither mark nor number those that lie below the others.

    Where one stands right below another, the two have different levels; the rest belong to the level whose headings
    are more like them in length, as parallel headings are in Chinese.

    >>> words = {0: "历史", 1: "成洲与垦殖", 3: "近代变迁", 5: "物产"}
    >>> sorted(_inner([Candidate(at, len(text), None, 0, False) for at, text in words.items()]))
    [1, 3]
    """
    pairs = [(one, below) for one, below in pairwise(plain) if below.at == one.at + 1]
    if not pairs:
        return set()
    upper = sum(one.end for one, _ in pairs) / len(pairs)
    lower = sum(below.end for _, below in pairs) / len(pairs)
    fixed = {one.at: False for one, _ in pairs} | {below.at: True for _, below in pairs}
    return {one.at for one in plain if fixed.get(one.at, abs(one.end - lower) < abs(one.end - upper))}


def _bold_kind(found: Sequence[Candidate], kinds: Mapping[int, _Kind]) -> _Kind | None:
    """The kind of the deepest marked headings, if bold lines without a number are at most half as many."""
    marks = Counter(one.mark for one in found if one.marked)
    bold = sum(one.mark == BOLD and not one.number for one in found)
    deepest = max(marks, default=0)
    if not deepest or 2 * bold > marks[deepest]:
        return None
    return max(kinds[one.at] for one in found if one.mark == deepest)


_ABOVE, _BELOW = -1, 99


def _plain_rank(
    numbered: Sequence[Candidate], plain: Sequence[Candidate], ranks: Mapping[tuple[str, int], int]
) -> Callable[[Candidate], int]:
    """The rank of a heading with neither mark nor number.

    Above the numbers, if the outermost numbering starts again under every such heading, or begins right below this
    one; beside the outermost number, if it stands before all numbers or names a foreword, a conclusion or such; right
    above the numbers of an inner style that begin below one of them; else below the numbers. Twice the rank in `ranks`,
    or one less.
    """
    outer = min((ranks[one.style] for one in numbered), default=0)
    starts = [one.at for one in numbered if one.value == 1 and ranks[one.style] == outer]
    inner = {one.at - 1: ranks[one.style] for one in numbered if one.value == 1 and ranks[one.style] > outer}
    holds = [inner[one.at] for one in plain if one.at in inner]
    below = 2 * min(holds) - 1 if holds else _BELOW
    heads = [one.at for one in plain]
    fresh = sum(
        bisect_left(heads, start) > bisect_left(heads, before)
        for before, start in zip([-1, *starts], starts, strict=False)
    )
    above = len(starts) > 1 and fresh == len(starts)

    titles = {one.at for one in plain if one.at + 1 in starts}

    def place(one: Candidate) -> int:
        if above or one.at in titles or (titles and one.at < numbered[0].at):
            return _ABOVE
        return 2 * outer if not numbered or one.front or one.at < numbered[0].at else below

    return place


def ranks_of(numbered: Sequence[Candidate]) -> dict[tuple[str, int], int]:
    """The page's own order of styles, by (style, rank): the usual one, unless an inner style holds an outer one.

    It does if the outer one starts again from 1 under it: here 一、 is below 1. Annexes that come after other headings
    lie beside the outermost of them.

    >>> from tasks.segment.numbering import number
    >>> lines = ("1.山", "一、石", "二、土", "2.水", "一、河")
    >>> ranks_of([Candidate(at, len(line), number(line), 0, False) for at, line in enumerate(lines)])
    {('arabic', 7): 0, ('chinese', 5): 1}
    """
    styles = sorted({one.style for one in numbered}, key=lambda style: (style[1], style[0]))
    for _ in styles:
        for place in range(len(styles) - 1):
            if _holds(numbered, styles[place + 1], styles[place]):
                styles[place], styles[place + 1] = styles[place + 1], styles[place]
                break
        else:
            break
    ranks = {style: rank for rank, style in enumerate(styles)}
    annexes = [place for place, one in enumerate(numbered) if one.style[0] == "annex"]
    if annexes and annexes[0]:
        ranks[numbered[annexes[0]].style] = min(ranks[one.style] for one in numbered[: annexes[0]])
    return ranks


def _holds(numbered: Sequence[Candidate], outer: tuple[str, int], inner: tuple[str, int]) -> bool:
    """Whether `inner` starts again from 1 at least once, each time under another heading of `outer`."""
    under = 0
    starts = 0
    seen = False
    for found in numbered:
        if found.style == outer:
            seen = True
        elif found.style == inner and found.value == 1:
            starts += 1
            under += seen
            seen = False
    return starts > 1 and under == starts
