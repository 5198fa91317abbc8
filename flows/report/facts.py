"""What the report tells of: the shards' figures added up, one shard in memory at a time, and the latest runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tasks.errors import InputError
from tasks.read.remote import is_remote
from tasks.write.samples import Sample
from tasks.write.store import store_of
from tasks.write.tally import Tally

RUNS_SHOWN = 30  # a month of nightly runs
SAMPLES_SHOWN = 24  # what a person reads through; a kind after the other gets a place


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run as its record in `_runs` tells it; `error` is "" for one that succeeded."""

    started: str
    ended: str
    kept: int
    rejected: int
    error: str


@dataclass(slots=True)
class TableFacts:
    """A table: how many files, rows and bytes it has."""

    files: int = 0
    rows: int = 0
    size: int = 0


@dataclass(slots=True)
class Facts:
    """All that a report shows of a folder of tables. `runs` has the latest, the oldest first."""

    name: str
    tally: Tally = field(default_factory=Tally)
    tables: dict[str, TableFacts] = field(default_factory=dict)
    runs: Sequence[RunFacts] = ()

    @classmethod
    def of(cls, curated: str | Path) -> Self:
        """Read them from a folder or a URI. Raises InputError if it has no tables, or a run's record cannot be read."""
        store = store_of(curated)
        facts = cls(str(curated if is_remote(str(curated)) else Path(curated).resolve()).rstrip("/").rpartition("/")[2])
        shards = 0
        for files, tally in store.figures():
            shards += 1
            facts.tally.merge(tally)
            for table, file in files.items():
                one = facts.tables.setdefault(table, TableFacts())
                one.files, one.rows, one.size = one.files + 1, one.rows + file.rows, one.size + file.size
        if not shards:
            raise InputError(f"{curated} holds no tables of qingwen; `qingwen run --curated {curated}` writes them")
        latest = sorted(name for name in store.files("_runs") if name.endswith(".json"))[-RUNS_SHOWN:]
        read = store.read_texts([f"_runs/{name}" for name in latest])
        facts.runs = [_run(store.place(name), text) for name, text in read]
        return facts


def _run(place: str, text: str | Exception) -> RunFacts:
    try:
        if isinstance(text, Exception):
            raise text
        plain = json.loads(text)
        return RunFacts(
            started=str(plain["started_at"]),
            ended=str(plain["ended_at"]),
            kept=int(plain["pages_kept"]),
            rejected=int(plain["pages_rejected"]),
            error=str(plain["error"] or ""),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the record of a run {place} cannot be read ({error}); remove it") from error


def share(counts: Mapping[str, int], prefixes: tuple[str, ...]) -> Counter[str]:
    """The counts whose key starts with one of the prefixes.

    >>> share({"repair/splice": 2, "strip/menu": 1}, ("repair/",))
    Counter({'repair/splice': 2})
    """
    return Counter({key: count for key, count in counts.items() if key.startswith(prefixes)})


def by_tenth(counts: Mapping[str, int]) -> Counter[int]:
    """Counts keyed `kind<tab>tenth` added up over the kinds: Tally.sure and Tally.unsure.

    >>> by_tenth({"repair/splice\\t9": 2, "repair/byte_shift\\t9": 1, "repair/byte_shift\\t6": 4})
    Counter({6: 4, 9: 3})
    """
    found: Counter[int] = Counter()
    for key, count in counts.items():
        found[int(key.rpartition("\t")[2])] += count
    return found


@dataclass(frozen=True, slots=True)
class Removed:
    """A removed text (its beginning), the rule, how often it left, the site it left most often, and how many more."""

    text: str
    kind: str
    times: int
    site: str
    more_sites: int


def most_removed(tally: Tally, most: int) -> list[Removed]:
    """The texts removed most often."""
    sites: dict[tuple[str, str], Counter[str]] = {}
    for key, times in tally.removed.items():
        site, kind, text = key.split("\t", 2)
        sites.setdefault((kind, text), Counter())[site] += times
    found = [
        Removed(text, kind, counts.total(), min(counts, key=lambda site: (-counts[site], site)), len(counts) - 1)
        for (kind, text), counts in sites.items()
    ]
    return sorted(found, key=lambda one: (-one.times, one.kind, one.text))[:most]


def site_kinds(tally: Tally, stages: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """Applied edits of the stages, by site and `stage/kind`."""
    found = {}
    for key, count in tally.site_edits.items():
        site, _, kind = key.partition("\t")
        if kind.startswith(stages):
            found[site, kind] = count
    return found


def varied(samples: Iterable[Sample], most: int = SAMPLES_SHOWN) -> list[Sample]:
    """Samples of every kind in turn, so that a frequent kind does not hide the others."""
    queues: dict[str, list[Sample]] = {}
    for sample in samples:
        queues.setdefault(sample.kind, []).append(sample)
    found: list[Sample] = []
    while queues and len(found) < most:
        found.extend(queues[kind].pop(0) for kind in sorted(queues))
        queues = {kind: rest for kind, rest in queues.items() if rest}
    return sorted(found[:most], key=lambda sample: sample.kind)
