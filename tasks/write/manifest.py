"""Manifests: what each shard of curated/ was made from. They decide what is curated already; nothing else does.

A shard's manifest is written last, so a shard without one does not exist: its files are leftovers of a run that died.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from tasks.records import Policy
from tasks.version import PIPELINE_VERSION, SCHEMA_VERSION
from tasks.write.tally import Tally


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A file of raw/ as it was when its pages were curated, and how many rows it has in each table, in file order.

    `refused` is the reason and detail of a file that was not opened, else "". `again` says that the outcome may have
    been the machine's fault (unreadable, gone, a worker killed), so that the next run tries once more. `tag` is what a
    storage of objects tells contents apart by (`Source.tag`).
    """

    uri: str
    size: int
    mtime_ns: int
    made_with: str
    pages: int
    rows: Mapping[str, int]
    refused: str = ""
    again: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A data file: its path below curated/, its rows, its size in bytes and its SHA-256 in hex."""

    path: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Carry:
    """Where the rows of a source that has not changed lie: a visible shard, and the first row in each table."""

    shard: str
    record: SourceRecord
    starts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A visible shard: its id, its files by table, its sources in order, and what they amount to."""

    shard: str
    files: Mapping[str, FileRecord]
    sources: tuple[SourceRecord, ...]
    tally: Tally

    def to_json(self) -> str:
        """The manifest as written to disk."""
        plain: dict[str, Any] = {
            "shard": self.shard,
            "schema_version": SCHEMA_VERSION,
            "pipeline_version": PIPELINE_VERSION,
            "files": {table: asdict(file) for table, file in self.files.items()},
            "sources": [asdict(source) for source in self.sources],
            "tally": self.tally.to_json(),
        }
        return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a manifest back. Raises ValueError, KeyError or TypeError if it is not one."""
        plain = json.loads(text)
        return cls(
            shard=plain["shard"],
            files={table: FileRecord(**file) for table, file in plain["files"].items()},
            sources=tuple(SourceRecord(**source) for source in plain["sources"]),
            tally=Tally.from_json(plain["tally"]),
        )


def shard_id(digests: Iterable[str]) -> str:
    """A shard's id: 16 hex digits made of its files' digests, so that a file of a given name never changes."""
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]


def fingerprint(policy: Policy, learned: str = "") -> str:
    """16 hex digits that change when the settings that shape the tables change, or the version of code or schema.

    `learned` is a digest of the learned lines that were removed, "" if there were none.

    >>> from dataclasses import replace
    >>> from tasks.records import Target
    >>> fingerprint(Policy()) == fingerprint(replace(Policy(), target=Target.KEEP))
    False
    """
    strip = None if policy.strip is None else sorted(policy.strip)
    plain = [policy.target, policy.punctuation, strip, asdict(policy.limits), asdict(policy.columns)]
    values = [*plain, *([learned] if learned else []), SCHEMA_VERSION, PIPELINE_VERSION]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
