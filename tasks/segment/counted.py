"""Which numbered lines are headings: a style of numbers is one of headings or one of items, for the whole page or for a
part of it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise

from tasks.segment.levels import Candidate, ranks_of
from tasks.segment.paragraphs import Paragraph
from tasks.segment.unnumbered import FRONT

# A number alone on its line heads a paragraph at least this long; a cell of a table stands above another cell.
PROSE = 30
# The rank of (一), which stands before no sum or list of one.
_BRACKETED_RANK = 6
# What the first part of a paper is called has so many characters: an item of a list may have fewer.
_LEAST_NAMED = 6
# Numbers with no mark but a space are headings from so many on.
_FEWEST_SPACED = 3


def counted(paragraphs: Sequence[Paragraph], numbered: Sequence[Candidate], taken: Collection[int]) -> list[Candidate]:
    """Of the numbered lines those that are headings: a style is one of headings if half its lines head something.

    `taken` are the lines that HTML or Markdown says are headings.

    >>> from tasks.segment.numbering import number
    >>> lines = ["1.渠", "渠是去年冬天全镇老少上了工地才修通的。", "2.塘", "塘在村口。", "(1)桶", "(2)绳"]
    >>> found = [(at, number(line)) for at, line in enumerate(lines)]
    >>> items = [Candidate(at, len(lines[at]), one, 0, False) for at, one in found if one]
    >>> [one.at for one in counted([Paragraph(line, line) for line in lines], items, ())]
    [0, 2]
    """
    bodied = _bodied(paragraphs, numbered, taken)
    by_style: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for found in numbered:
        if found.number:
            by_style[found.style].append(found)
    kept: list[Candidate] = []
    for (style, rank), group in sorted(by_style.items(), key=lambda one: one[0][1]):
        alone = style == "spaced" and not any(name == "decimal" for name, _ in by_style)
        if alone and not (_count_over_prose(paragraphs, group) or _is_foreword(paragraphs, group)):
            continue
        if style == "annex" and len(group) > 1 and all(one.at + 1 == other.at for one, other in pairwise(group)):
            continue  # what is annexed, in a list
        good = [found for found in group if found.end and found.at in bodied]
        if 2 * len(good) >= len(group) and _is_sequence(group, rank):
            kept += [found for place, found in enumerate(group) if found.end and _heads(group, place, bodied)]
        else:
            kept += _in_own_parts(paragraphs, group, bodied, kept)
    return kept


def _in_own_parts(
    paragraphs: Sequence[Paragraph], group: Sequence[Candidate], bodied: Collection[int], kept: Sequence[Candidate]
) -> list[Candidate]:
    """Of a style that is one of items, the lines of those parts of the page in which all of them stand above prose.

    Parts are told by the headings of outer styles; where there is one such line alone, it stands right below one, but
    for (一).
    """
    outer = sorted(found.at for found in kept if found.rank < group[0].rank)
    parts: dict[int, list[Candidate]] = defaultdict(list)
    for found in group:
        if place := bisect_left(outer, found.at):
            parts[outer[place - 1]].append(found)
    every: list[Candidate] = []
    for head, part in parts.items():
        counts = [found.value for found in part] == list(range(1, len(part) + 1))
        if counts and (len(part) > 1 or part[0].at == head + 1 or part[0].rank <= _BRACKETED_RANK):
            above = [found for found in part if found.at in bodied and _above_prose(paragraphs, found)]
            every += part if len(above) == len(part) else []
    return every


def _above_prose(paragraphs: Sequence[Paragraph], found: Candidate) -> bool:
    """Whether a line is a heading as a whole, with no mark at its end, right above prose."""
    below = paragraphs[found.at + 1].folded if found.at + 1 < len(paragraphs) else ""
    folded = paragraphs[found.at].folded
    return found.end == len(folded) and folded[-1] not in "。;:,!" and len(below) >= PROSE and "。" in below


def _is_foreword(paragraphs: Sequence[Paragraph], group: Sequence[Candidate]) -> bool:
    """Whether a number and a space, alone of its kind, counts the first part of a paper: 1 引言, 1 水塔的修建经过."""
    first = group[0]
    if len(group) > 1 or first.value != 1 or not first.at or not first.number:
        return False
    words = paragraphs[first.at].folded[first.number.end :].strip()
    named = len(words) >= _LEAST_NAMED and " " not in words and _above_prose(paragraphs, first)
    above = paragraphs[first.at - 1]
    return FRONT.match(words) is not None or (named and (above.closed or len(above.text) >= PROSE))


def _count_over_prose(paragraphs: Sequence[Paragraph], group: Sequence[Candidate]) -> bool:
    """Whether numbers and spaces count from 1, each above a paragraph of prose: rows of tables and lists do not."""
    if len(group) < _FEWEST_SPACED or [found.value for found in group] != list(range(1, len(group) + 1)):
        return False
    below = [paragraphs[found.at + 1].text if found.at + 1 < len(paragraphs) else "" for found in group]
    return all(len(text) >= PROSE for text in below)


def _bodied(paragraphs: Sequence[Paragraph], numbered: Sequence[Candidate], taken: Collection[int]) -> set[int]:
    """The numbered lines that head something: text of their own line, text below, or a deeper number that does."""
    by_line = {found.at: found for found in numbered}
    ranks = ranks_of(numbered)
    bodied: set[int] = set()

    def is_text(below: Candidate) -> bool:  # entries of a table of contents do not end as sentences do
        return below.at in bodied or paragraphs[below.at].folded[-1] == "。"

    for found in reversed(numbered):
        below = by_line.get(found.at + 1)
        if found.body:
            bodied.add(found.at)
        elif found.at + 1 >= len(paragraphs) or found.at + 1 in taken:
            continue
        elif below is None or not below.end or (ranks[below.style] > ranks[found.style] and is_text(below)):
            bodied.add(found.at)
    return bodied


def _heads(group: Sequence[Candidate], place: int, bodied: Collection[int]) -> bool:
    """Whether a heading has a body, or stands without one among siblings that have, and so is no list."""
    near = [*group[max(place - 1, 0) : place], *group[place + 1 : place + 2]]
    return group[place].at in bodied or (bool(near) and all(one.at in bodied for one in near))


def _is_sequence(group: Sequence[Candidate], rank: int) -> bool:
    """Whether the numbers of a style count: two that follow one another; one alone only for the outer styles."""
    values = [found.value for found in group]
    if len(values) == 1:
        return (rank <= 5 or group[0].style[0] == "spaced") and group[0].style[0] != "article"
    return any(later - earlier in (1, 2) for earlier, later in pairwise(values))
