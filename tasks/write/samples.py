"""Passages before and after, for people to look at: a few of each kind of repair, with every edit of the passage."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tasks.records import Stage
from tasks.write.rows import Row

SAMPLE_CONTEXT = 40  # code points on either side of a sample's edit: a line of a terminal
# Mojibake can span a page and a stripped menu a screen: of such a span both ends show what it is.
_PART_CHARS = 120
# A hostile passage can hold an edit at every character; past so many characters of edits the rest is left out.
_EDIT_CHARS = 600


@dataclass(frozen=True, slots=True)
class Sample:
    """A repaired passage: of `kind` (`stage/kind`) is its chosen edit, and `confidence` that edit's.

    `parts` are pairs of text as found and as curated, in order; equal where nothing was edited. What was not edited is
    in the target script in both.
    """

    source_uri: str
    kind: str
    confidence: float
    parts: tuple[tuple[str, str], ...]

    @property
    def before(self) -> str:
        """The passage as found."""
        return "".join(before for before, _ in self.parts)

    @property
    def after(self) -> str:
        """The passage as curated."""
        return "".join(after for _, after in self.parts)

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """The sample that `dataclasses.asdict` and JSON made plain."""
        parts = tuple((before, after) for before, after in plain["parts"])
        return cls(plain["source_uri"], plain["kind"], plain["confidence"], parts)


def sample_of(document: Row, edits: Sequence[Row], enough: Collection[str] = ()) -> Sample | None:
    """The page's longest applied repair of a kind (`stage/kind`) not in `enough`, with the edits beside it, or None.

    What stands beside the edits is read off the curated text: script and width conversion keep every position.
    """
    chosen, place = None, 0
    for edit, start in _placed(edits):
        fits = edit["applied"] and edit["stage"] in (Stage.REPAIR, Stage.DECODE)
        if fits and f"{edit['stage']}/{edit['kind']}" not in enough and (chosen is None or _size(edit) > _size(chosen)):
            chosen, place = edit, start
    if chosen is None:
        return None
    return Sample(
        source_uri=document["source_uri"],
        kind=f"{chosen['stage']}/{chosen['kind']}",
        confidence=round(float(chosen["confidence"]), 3),
        parts=tuple(_parts(document["text"], edits, place, place + len(chosen["after"]))),
    )


def _size(edit: Row) -> int:
    return min(len(edit["before"]), _PART_CHARS)


def _placed(edits: Sequence[Row]) -> Iterator[tuple[Row, int]]:
    """Each edit with where it starts in the curated text."""
    shift = 0
    for edit in edits:
        yield edit, edit["start"] + shift
        if edit["applied"]:
            shift += len(edit["after"]) - (edit["end"] - edit["start"])


def _parts(text: str, edits: Sequence[Row], start: int, end: int) -> Iterator[tuple[str, str]]:
    """The passage of the curated text around start to end, in pieces that were edited and pieces that were not."""
    position, stop = max(start - SAMPLE_CONTEXT, 0), min(end + SAMPLE_CONTEXT, len(text))
    left = _EDIT_CHARS
    for edit, place in _placed(edits):
        after = place + len(edit["after"])
        if not edit["applied"] or place < position or after > stop:
            continue
        left -= min(len(edit["before"]) + len(edit["after"]), 2 * _PART_CHARS)
        if left < 0:
            return
        if place > position:
            yield text[position:place], text[position:place]
        yield _cut(edit["before"]), _cut(text[place:after])
        position = after
    if stop > position:
        yield text[position:stop], text[position:stop]


def _cut(text: str) -> str:
    """The text, or its two ends if it is long."""
    half = _PART_CHARS // 2
    return text if len(text) <= _PART_CHARS else f"{text[:half]}…{text[-half:]}"
