"""What a shard, a run or the whole of curated/ amounts to: counts that add up, and a few samples to look at.

A tally is computed from rows alone, so that pages carried over from an older shard count like pages curated now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from heapq import nsmallest
from typing import Any, Self
from urllib.parse import urlsplit

from tasks.records import Stage
from tasks.write.rows import Row
from tasks.write.samples import Sample, sample_of

# Samples are for people to look at: two of a kind show variety, and a thousand shards still make small files.
SAMPLES_A_KIND = 2
SAMPLES_A_SHARD = 12
# Of all shards together so many of a kind are kept: more than anybody looks at, and no more however large curated/ is.
_SAMPLES_KEPT = 20
# Removed texts are kept by their beginning: menus and footers repeat, and the most frequent say what sites add.
REMOVED_CHARS = 60
REMOVED_A_SHARD = 50
# A crawl of many small sites would make a manifest of their names; the most damaged ones are what a person looks for.
SITE_EDITS_A_SHARD = 1000
CONFIDENCE_BINS = 10
# A sum over shards holds at most so many keys of a count, the largest ones: 100,000 names take some 15 MB.
_KEYS_KEPT = 100_000


@dataclass(slots=True)
class Tally:
    """Counts of pages, damage and removals.

    `edits`, `unapplied` and `edit_chars` are keyed `stage/kind`; `edit_chars` counts the code points of `before`.
    `sure` counts applied repairs, `unsure` those not applied, by `stage/kind` and tenth of confidence, a tab between.
    Counts of sites are keyed by host or top folder: `site_edits` by site and `stage/kind`, `removed` by site, kind and
    the removed text's beginning.
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
    sure: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    site_pages: Counter[str] = field(default_factory=Counter)
    site_rejected: Counter[str] = field(default_factory=Counter)
    site_damaged: Counter[str] = field(default_factory=Counter)
    site_edits: Counter[str] = field(default_factory=Counter)
    site_removed_chars: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    def add_page(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Count the rows of one page."""
        self.pages += 1
        for reject in rows.get("rejects", ()):
            self.rejected += 1
            self.rejects[reject["reason"]] += 1
            self.site_rejected[site_of(None, reject["source_uri"])] += 1
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
            kinds = Counter(sample.kind for sample in self.samples)
            enough = {kind for kind, count in kinds.items() if count >= SAMPLES_A_KIND}
            sample = sample_of(document, edits, enough)
            self.samples += [sample] if sample else []

    def _add_edit(self, site: str, edit: Row) -> None:
        key = f"{edit['stage']}/{edit['kind']}"
        if edit["stage"] in (Stage.REPAIR, Stage.DECODE):
            tenth = min(int(edit["confidence"] * CONFIDENCE_BINS), CONFIDENCE_BINS - 1)
            (self.sure if edit["applied"] else self.unsure)[f"{key}\t{tenth}"] += 1
        if not edit["applied"]:
            self.unapplied[key] += 1
            return
        self.edits[key] += 1
        self.edit_chars[key] += len(edit["before"])
        self.site_edits[f"{site}\t{key}"] += 1
        if edit["stage"] == Stage.STRIP:
            self.site_removed_chars[site] += len(edit["before"])
            self.removed[f"{site}\t{edit['kind']}\t{edit['before'].strip()[:REMOVED_CHARS]}"] += 1

    def merge(self, other: Tally) -> None:
        """Add another tally's counts, and its samples after one's own while there are few of their kind."""
        for name in self.__slots__:
            value, more = getattr(self, name), getattr(other, name)
            if isinstance(value, Counter):
                value.update(more)
                if len(value) > 2 * _KEYS_KEPT:
                    setattr(self, name, Counter(dict(_largest(value, _KEYS_KEPT))))
            elif isinstance(value, int):
                setattr(self, name, value + more)
        kinds = Counter(sample.kind for sample in self.samples)
        for sample in other.samples:
            if kinds[sample.kind] < _SAMPLES_KEPT:
                kinds[sample.kind] += 1
                self.samples.append(sample)

    def to_json(self) -> dict[str, Any]:
        """Plain values with sorted keys; of the removed texts and the sites' edits only the most frequent."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        for name, value in plain.items():
            if isinstance(value, Counter):
                plain[name] = {key: value[key] for key in sorted(value) if value[key]}
        return plain | {
            "removed": dict(_largest(self.removed, REMOVED_A_SHARD)),
            "site_edits": dict(_largest(self.site_edits, SITE_EDITS_A_SHARD)),
            "samples": [asdict(sample) for sample in self.samples],
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """The tally that `to_json` wrote."""
        tally = cls()
        for name in set(cls.__slots__) & set(plain):
            setattr(tally, name, Counter(plain[name]) if isinstance(plain[name], dict) else plain[name])
        tally.samples = [Sample.from_json(sample) for sample in plain["samples"]]
        return tally


def _largest(counts: Counter[str], most: int) -> list[tuple[str, int]]:
    """So many of the counts, the largest first, and by key where they are equal."""
    return nsmallest(most, counts.items(), key=lambda item: (-item[1], item[0]))


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
    site = host or ("" if "/" not in source_uri else source_uri.split("/", 1)[0])
    return site.replace("\t", " ")
