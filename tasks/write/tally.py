"""What a shard, a run or the whole of curated/ amounts to: counts that add up, and a few samples to look at.

A tally is computed from rows alone, so that pages carried over from an older shard count like pages curated now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

from tasks.records import Stage
from tasks.write.rows import Row

# Samples are for people to look at: three a shard show variety, and a thousand shards still make a small file.
SAMPLES_A_SHARD = 3
# Removed texts are kept by their beginning: menus and footers repeat, and the most frequent say what sites add.
REMOVED_CHARS = 60
REMOVED_A_SHARD = 50
SAMPLE_CONTEXT = 40  # code points on either side of a sample's edit: a line of a terminal
CONFIDENCE_BINS = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """A repaired place, before and after, with what stands on either side of it in the curated text."""

    source_uri: str
    kind: str
    left: str
    before: str
    after: str
    right: str
    confidence: float


@dataclass(slots=True)
class Tally:
    """Counts of pages, damage and removals.

    `edits`, `unapplied` and `edit_chars` are keyed `stage/kind`; `edit_chars` counts the code points of `before`.
    `confidence` has a bin for each tenth of the applied repairs' confidence. `sites` are keyed by host or top folder.
    """

    pages: int = 0
    kept: int = 0
    rejected: int = 0
    damaged: int = 0
    raw_bytes: int = 0
    text_chars: int = 0
    unrepaired: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    edits: Counter[str] = field(default_factory=Counter)
    unapplied: Counter[str] = field(default_factory=Counter)
    edit_chars: Counter[str] = field(default_factory=Counter)
    confidence: Counter[str] = field(default_factory=Counter)
    site_pages: Counter[str] = field(default_factory=Counter)
    site_damaged: Counter[str] = field(default_factory=Counter)
    site_removed_chars: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    def add_page(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Count the rows of one page."""
        self.pages += 1
        for reject in rows.get("rejects", ()):
            self.rejected += 1
            self.rejects[reject["reason"]] += 1
        for document in rows.get("documents", ()):
            self._add_document(document, rows["edits"])
        self.sections.update(section["kind"] for section in rows.get("sections", ()))

    def _add_document(self, document: Row, edits: Sequence[Row]) -> None:
        site = site_of(document["url"], document["source_uri"])
        self.kept += 1
        self.raw_bytes += document["raw_size"]
        self.text_chars += document["text_chars"]
        self.unrepaired += document["unrepaired"]
        self.encodings[document["encoding"]] += 1
        self.scripts[document["script"]] += 1
        self.site_pages[site] += 1
        damaged = any(edit["stage"] in (Stage.REPAIR, Stage.DECODE) for edit in edits)
        self.damaged += damaged
        self.site_damaged[site] += damaged
        for edit in edits:
            self._add_edit(site, edit)
        if damaged and len(self.samples) < SAMPLES_A_SHARD:
            self.samples += sample_of(document, edits)

    def _add_edit(self, site: str, edit: Row) -> None:
        key = f"{edit['stage']}/{edit['kind']}"
        if not edit["applied"]:
            self.unapplied[key] += 1
            return
        self.edits[key] += 1
        self.edit_chars[key] += len(edit["before"])
        if edit["stage"] == Stage.REPAIR:
            self.confidence[str(min(int(edit["confidence"] * CONFIDENCE_BINS), CONFIDENCE_BINS - 1))] += 1
        elif edit["stage"] == Stage.STRIP:
            self.site_removed_chars[site] += len(edit["before"])
            self.removed[edit["before"].strip()[:REMOVED_CHARS]] += 1

    def merge(self, other: Tally) -> None:
        """Add another tally's counts, and its samples after one's own."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def to_json(self) -> dict[str, Any]:
        """Plain values with sorted keys; of the removed texts only the most frequent."""
        kept = sorted(self.removed.items(), key=lambda item: (-item[1], item[0]))[:REMOVED_A_SHARD]
        plain = {name: getattr(self, name) for name in self.__slots__}
        for name, value in plain.items():
            if isinstance(value, Counter):
                plain[name] = {key: value[key] for key in sorted(value) if value[key]}
        return plain | {"removed": dict(kept), "samples": [asdict(sample) for sample in self.samples]}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """The tally that `to_json` wrote."""
        tally = cls()
        for name, value in plain.items():
            setattr(tally, name, Counter(value) if isinstance(value, dict) else value)
        tally.samples = [Sample(**sample) for sample in plain["samples"]]
        return tally


def sum_of(tallies: Iterable[Tally]) -> Tally:
    """All of them added up."""
    total = Tally()
    for tally in tallies:
        total.merge(tally)
    return total


def site_of(url: str | None, source_uri: str) -> str:
    """The host of a page's address, else the first folder that it lies in, else "".

    >>> site_of("https://news.example.cn/a", "x.txt"), site_of(None, "甲/乙.txt"), site_of(None, "乙.txt")
    ('news.example.cn', '甲', '')
    """
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        host = None
    return host or ("" if "/" not in source_uri else source_uri.split("/", 1)[0])


def sample_of(document: Row, edits: Sequence[Row]) -> list[Sample]:
    """The page's longest applied repair as a sample, or none.

    What stands beside the edit is read off the curated text: script and width conversion keep every position.
    """
    chosen, place, shift = None, 0, 0
    for edit in edits:
        if not edit["applied"]:
            continue
        longer = chosen is None or len(edit["before"]) > len(chosen["before"])
        if edit["stage"] == Stage.REPAIR and longer:
            chosen, place = edit, edit["start"] + shift
        shift += len(edit["after"]) - (edit["end"] - edit["start"])
    if chosen is None:
        return []
    text, end = document["text"], place + len(chosen["after"])
    return [
        Sample(
            source_uri=document["source_uri"],
            kind=chosen["kind"],
            left=text[max(place - SAMPLE_CONTEXT, 0) : place],
            before=chosen["before"],
            after=chosen["after"],
            right=text[end : end + SAMPLE_CONTEXT],
            confidence=round(float(chosen["confidence"]), 3),
        )
    ]
