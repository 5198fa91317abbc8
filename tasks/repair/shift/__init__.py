"""Byte shifts: text read one byte out of step, brought back by a search over the bytes that it may have been.

Where it looks (`clues`; on a page that shows no damage yet `likely` and `glance`); how it reads (`search`, by the
`entries` into a shift and the `moves` through it and out, over the `pairs` of GBK or Big5 and the `candidates` for an
unknown byte; `reading` says how likely a character is there, by the `costs` of assumptions, the page's `holdings`, its
`script`, its `splices` and open `quotations`); what comes of it (`verdict`, `swallowed`). `kernel/` is the same search,
compiled. The why and the figures are in docs/adr/0005-language-model.md and
docs/adr/0006-byte-shift-search.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence

from tasks.records import Edit
from tasks.repair.shift.clues import (
    Clue,
    clues,
    has_clue,
    is_letter,
    is_tripled,
    lacks_characters,
    letter_clues,
    unnamed,
    worth_a_search,
)
from tasks.repair.shift.costs import LOST
from tasks.repair.shift.likely import likely_clues
from tasks.repair.shift.pairs import BIG5
from tasks.repair.shift.quotations import Quotations
from tasks.repair.shift.search import Search
from tasks.repair.shift.swallowed import without_tags
from tasks.repair.shift.verdict import decide

__all__ = ["has_clue", "repair_shifts"]

REPLACED = frozenset("!;?:！；？：")  # marks that sites replace on bytes
ASTRIDE = REPLACED | {"。"}  # marks whose bytes may stand astride two characters
# What all spans that begin with one mark must gain together, in nats, if it was replaced, for that to be believed.
TOGETHER = 5.0
TOGETHER_MORE = 2.0  # the same where another mark is known to have been: tools replace a set of them
LONGEST = 400  # characters that one search may cover; what is longer stays as it is
# How sure a reading of U+FFFD is on a page of UTF-8 that lost bytes, and the longest that it is, in characters
# (`believed`): on 445 such pages 126 were made up, of which this leaves 2; of 654 spans of GBK out of step it takes 2.
SELDOM, SELDOM_LONG = 0.02, 4
BEFORE = 6  # characters before a hidden clue where its run may begin
# Language model look-ups that a page may cost: so many a character, and so many besides. Real damaged pages cost
# 20 a character.
STEPS, STEPS_MORE = 60, 200_000
# Characters that all searches of a page may walk over, likewise: text that looks damaged everywhere and fits no reading
# is searched again from each of its clues. Real damaged pages walk over 2 to 7 characters in a hundred.
WALK, WALK_MORE = 8, 4_000


def repair_shifts(text: str, spliced: Mapping[str, str], in_step: Container[int] = ()) -> list[Edit]:
    """Edits of kind "byte_shift" that bring `text` back in step; sorted, not overlapping.

    `text` has its splices still in it; `spliced` is the page's own table as its splices in step show it, character to
    reading, and may be empty; `in_step` says where those begin, which saves looking at them. Edits below `verdict.SURE`
    are not applied. Never raises on any text.

    >>> [edit] = repair_shifts("當?shù)貎?yōu)質產品", {"質": "zhì"})
    >>> edit.before, edit.after, edit.applied
    ('?shù)貎?yōu)', '地優', True)
    """
    if lacks_characters(text):
        return []
    text, tags = without_tags(text)
    edits = _found(text, spliced, in_step, tags)
    if spliced or any(edit.applied for edit in edits):
        return edits if spliced or LOST[1] not in text else believed(text, edits)
    return _found_in_big5(text, tags) or edits


def _found(text: str, spliced: Mapping[str, str], in_step: Container[int], tags: Container[int]) -> list[Edit]:
    """What the search finds in GBK, whatever else the page shows."""
    likely = unnamed(text, clues(text, in_step) if spliced else likely_clues(text))
    if not likely:
        return []
    search = Search(text, spliced, tags=tags)
    edits, _ = sweep(search, likely, [])
    search.hit = marks_hit(edits)
    if not (spliced or search.hit):
        return _with_other_losses(search, edits)
    # What one span shows of the page's damage is evidence for the others: supposing that every mark was replaced, what
    # do all places of each gain together?
    search.damaged = True
    found = likely if spliced else list(clues(text))
    search.learn(edits)
    sure, search.hit = search.hit, REPLACED
    supposed, gains = sweep(search, found, edits)
    least = TOGETHER_MORE if sure else TOGETHER
    search.hit = sure | {mark for mark, gain in gains.items() if gain >= least}
    if gains.keys() <= search.hit:
        return supposed
    return sweep(search, found, edits)[0]


def _found_in_big5(text: str, tags: Container[int]) -> list[Edit]:
    """What the search finds if the page was in Big5 and lost bytes: nothing else puts its text out of step, and two
    trail bytes in five are ASCII, so that most runs end with a letter."""
    endings = unnamed(text, letter_clues(text, BIG5))
    if not endings:
        return []
    search = Search(text, {}, BIG5, tags)
    return _with_other_losses(search, sweep(search, endings, [])[0])


def _with_other_losses(search: Search, edits: list[Edit]) -> list[Edit]:
    """The edits of a page on which no mark was replaced; where one of them says that a byte was lost, other places that
    may have lost one are looked at more closely."""
    if not any(edit.applied for edit in edits):
        return edits
    search.damaged = search.lossy = True
    search.learn(edits)
    return sweep(search, unnamed(search.text, (clue for clue in clues(search.text) if clue.hidden)), edits)[0]


def believed(text: str, edits: list[Edit]) -> list[Edit]:
    """The edits of a page without splices, those that rest on U+FFFD not applied where nothing else shows that bytes of
    two-byte characters were lost and most of the page's U+FFFD lead to nothing: a decoder of UTF-8 wrote them.

    >>> [edit] = repair_shifts("水塔修了\ufffd次，每次\ufffd要三个月。", {})
    >>> edit.after, edit.applied, edit.confidence
    ('看我', False, 0.02)
    """
    resting = [edit for edit in edits if edit.applied and LOST[1] in edit.before]
    others = sum(edit.applied for edit in edits) - len(resting)
    if others or sum(edit.before.count(LOST[1]) for edit in resting) * 2 > text.count(LOST[1]):
        return edits
    return [
        edit._replace(applied=False, confidence=SELDOM)
        if edit.applied and LOST[1] in edit.before and len(edit.after) <= SELDOM_LONG
        else edit
        for edit in edits
    ]


def sweep(search: Search, found: Iterable[Clue], known: Sequence[Edit]) -> tuple[list[Edit], dict[str, float]]:
    """Search at each clue that no applied edit covers, from left to right; unapplied edits may be replaced.

    Also gives what the new edits gain, in nats, by the mark that each begins with.
    """
    settled = Spans([edit for edit in known if edit.applied])
    open_still = Spans([edit for edit in known if not edit.applied])
    search.quotations = Quotations(search.text, settled.edits)
    replaced: set[int] = set()
    edits: list[Edit] = []
    gains: dict[str, float] = {}
    done, walk = 0, WALK * len(search.text) + WALK_MORE
    budget = STEPS * len(search.text) + STEPS_MORE
    for clue in found:
        if clue.at < done or search.steps > budget or walk < 0 or settled.overlapping(clue.at, clue.at + 1):
            continue
        if not worth_a_search(search, clue):
            continue
        start = max(done, search.splices.back(clue.at, ahead(search.text, clue)), settled.end_before(clue.at))
        if start < clue.at and search.indented(clue.at):
            start = clue.at  # no mark begins a line, whatever it is indented by
        end, hyps = search.run(start, clue.at, clue.hidden, LONGEST)
        walk -= end - start
        sure_place = clue.strong or (search.text[clue.at] in search.hit and not is_tripled(search.text, clue.at))
        letter = search.lossy and clue.hidden and is_letter(search.text[clue.at])
        gain, decided = decide(search, start, end, hyps, sure_place, letter)
        for edit in decided:
            if settled.overlapping(edit.start, edit.end):
                continue
            replaced.update(edit.start for edit in open_still.overlapping(edit.start, edit.end))
            replaced.add(edit.start)
            edits.append(edit)
            if edit.applied:
                search.quotations.know(edit)
            if mark := mark_of(edit):
                gains[mark] = gains.get(mark, 0.0) + gain
            done = max(done, edit.end)
    kept = [edit for edit in known if edit.applied or edit.start not in replaced]
    return sorted([*kept, *edits], key=lambda edit: (edit.start, edit.end)), gains


def ahead(text: str, clue: Clue) -> int:
    """How many characters before a clue its search begins: a splice's host may follow a mark out of step."""
    if clue.hidden:
        return BEFORE + 1
    return 3 if text[clue.at] in "(（" and clue.at > 1 and text[clue.at - 2] in ASTRIDE else 1


class Spans:
    """Edits that do not overlap, in order, to be asked which of them lie where."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = edits
        self.starts = [edit.start for edit in edits]
        self.ends = [edit.end for edit in edits]

    def overlapping(self, start: int, end: int) -> Sequence[Edit]:
        """The edits that overlap [start, end)."""
        return self.edits[bisect_right(self.ends, start) : bisect_left(self.starts, end)]

    def end_before(self, position: int) -> int:
        """Where the last edit that ends at or before `position` ends; 0 if none does."""
        at = bisect_right(self.ends, position)
        return self.ends[at - 1] if at else 0


def marks_hit(edits: Iterable[Edit]) -> frozenset[str]:
    """The marks that are known to have been replaced where they straddle two characters."""
    return frozenset(map(mark_of, (edit for edit in edits if edit.applied))) - {""}


def mark_of(edit: Edit) -> str:
    """The replaced mark that a span begins with, "" if it begins otherwise."""
    mark = edit.before.lstrip(LOST)[:1]
    return mark if mark and mark in REPLACED else ""
