"""Verses, which stay in lines though no sentence ends in them."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.expressions import seldom
from tasks.segment.paragraphs import Paragraph

OPEN_COMMA = frozenset(",、")
_MARKS = seldom(r"[,。、;!?:]")
# A page of verse ends so many of its lines in commas, and so large a part; of paragraphs cut by pages hardly any two.
_FEWEST_VERSES, _MANY_VERSES, _VERSE_SHARE = 2, 3, 0.4


def are_parallel(before: str, after: str) -> bool:
    """Whether two lines are verses: of one length, with their marks at the same places.

    >>> are_parallel("塔上新灯照旧路,桥边流水过荒田,", "老翁收摊不问醉,稚子数星只道眠。")
    True
    """
    if len(before) != len(after):
        return False
    return [mark.start() for mark in _MARKS.finditer(before)] == [mark.start() for mark in _MARKS.finditer(after)]


def verses_of(paragraphs: Sequence[Paragraph]) -> frozenset[int]:
    """The lines that end in a comma because they are verses: many of a page, or as long as the line after the next."""
    commas = [at for at, one in enumerate(paragraphs) if one.folded[-1:] in OPEN_COMMA]
    if len(commas) < _FEWEST_VERSES:
        return frozenset()
    if len(commas) >= max(_MANY_VERSES, _VERSE_SHARE * (len(paragraphs) - 1)):
        return frozenset(commas)
    folded = [one.folded for one in paragraphs]
    known = range(len(folded))
    return frozenset(
        at
        for at in commas
        if any(other in known and are_parallel(folded[at], folded[other]) for other in (at - 2, at + 2))
    )
