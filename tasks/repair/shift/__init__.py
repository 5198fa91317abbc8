"""Byte shifts: text read one byte out of step, brought back by a search over the bytes that it may have been.

Read `clues.py` for where it looks, `search.py` for how it reads, `verdict.py` for what comes of it. The why and the
figures are in docs/adr/0005-language-model.md and docs/adr/0006-byte-shift-search.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tasks.records import Edit
from tasks.repair.shift.clues import Clue, clues, has_clue, worth_a_search
from tasks.repair.shift.search import Search
from tasks.repair.shift.verdict import decide

__all__ = ["has_clue", "repair_shifts"]

LONGEST = 400  # characters that one search may cover; what is longer stays as it is
BEFORE = 6  # characters before a hidden clue where its run may begin
# Language model look-ups that a page may cost: so many a character, and so many besides. The seeds cost 20 a character.
STEPS, STEPS_MORE = 60, 200_000


def repair_shifts(text: str, spliced: Mapping[str, str]) -> list[Edit]:
    """Edits of kind "byte_shift" that bring `text` back in step; sorted, not overlapping.

    `text` has its splices still in it; `spliced` is the page's own table as its splices in step show it, character to
    reading, and may be empty. Edits below `verdict.SURE` are not applied. Never raises on any text.

    >>> [edit] = repair_shifts("當?shù)貎?yōu)質產品", {"質": "zhì"})
    >>> edit.before, edit.after, edit.applied
    ('?shù)貎?yōu)', '地優', True)
    """
    if not has_clue(text):
        return []
    search = Search(text, spliced)
    found = list(clues(text))
    edits = sweep(search, found, [])
    search.hit = marks_hit(edits)
    if search.hit:
        # What one span shows of the page's damage is evidence for the others.
        search.damaged = True
        edits = sweep(search, found, edits)
    return edits


def sweep(search: Search, found: Iterable[Clue], known: list[Edit]) -> list[Edit]:
    """Search at each clue that no applied edit covers, from left to right; others may be replaced."""
    settled = [edit for edit in known if edit.applied]
    edits = {edit.start: edit for edit in known}
    done, budget = 0, STEPS * len(search.text) + STEPS_MORE
    for clue in found:
        if clue.at < done or search.steps > budget or any(e.start <= clue.at < e.end for e in settled):
            continue
        if not worth_a_search(search, clue):
            continue
        start = max(done, search.back(clue.at, BEFORE + 1 if clue.hidden else 1))
        start = max([start, *(e.end for e in settled if e.end <= clue.at)])
        entries = range(start, clue.at + 1) if clue.hidden else range(0)
        end, hyps = search.run(start, clue.at, entries, LONGEST)
        sure_place = clue.strong or search.text[clue.at] in search.hit
        for edit in decide(search, start, end, hyps, sure_place):
            if any(e.start < edit.end and edit.start < e.end for e in settled):
                continue
            edits = {at: e for at, e in edits.items() if e.end <= edit.start or edit.end <= at}
            edits[edit.start] = edit
            done = max(done, edit.end)
    return [edits[at] for at in sorted(edits)]


def marks_hit(edits: list[Edit]) -> frozenset[str]:
    """The marks that are known to have been replaced where they straddle two characters."""
    return frozenset(e.before.lstrip("?\ufffd")[:1] for e in edits if e.applied) & frozenset("!;?:！；？：")
