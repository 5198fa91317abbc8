"""Which pages go into which shard, and which shards have to be written at all. Pure: it looks at lists only.

Where one shard ends and the next begins is decided by the sources themselves, by a digest of their names, so that a
file more or less changes the shard that it lies in and no other, and the same raw/ gives the same shards whether it
was curated at once or bit by bit. See docs/adr/0003-shards-and-tasks.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tasks.read import Source
from tasks.write.manifest import Manifest, SourceRecord
from tasks.write.schema import SHARD_TABLES
from tasks.write.shard import Carry

# What opening a file and handling a page costs, as bytes of raw text that take as long: keeps a million tiny files from
# ending in one shard.
_SOURCE_COST = 4096
# No shard grows beyond so many times the wanted size before it is cut whatever the digests say.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Item:
    """A source of a shard, and where its rows can be had from, if it need not be curated again."""

    source: Source
    carry: Carry | None


@dataclass(frozen=True, slots=True)
class Shard:
    """Sources that are written together, in order of their uri."""

    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        """A short name that depends on the sources alone: it is not the id, which depends on their contents."""
        names = "\n".join(item.source.uri for item in self.items)
        return hashlib.sha256(names.encode()).hexdigest()[:12]

    @property
    def size(self) -> int:
        """Bytes of raw files that have to be curated."""
        return sum(item.source.size for item in self.items if item.carry is None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do: shards to write, shards to leave, and the ids of shards that the new ones supersede."""

    shards: tuple[Shard, ...]
    unchanged: tuple[Manifest, ...]
    superseded: tuple[str, ...]

    @property
    def fresh(self) -> int:
        """How many sources have to be curated."""
        return sum(item.carry is None for shard in self.shards for item in shard.items)


def plan(
    listed: Iterable[Source], manifests: Sequence[Manifest], made_with: str, shard_bytes: int, keep_removed: bool
) -> Plan:
    """Plan a run over the `listed` sources, given the visible shards and the fingerprint of the settings."""
    known = _known(manifests)
    items = {s.uri: Item(s, _fresh(known.get(s.uri, ()), s, made_with)) for s in listed}
    if keep_removed:
        for uri in known.keys() - items.keys():
            items[uri] = _removed(known[uri][-1])
    shards, unchanged = [], []
    by_content = {tuple(record.uri for record in manifest.sources): manifest for manifest in manifests}
    for shard in cut([items[uri] for uri in sorted(items)], shard_bytes):
        manifest = by_content.get(tuple(item.source.uri for item in shard.items))
        if manifest and all(item.carry and item.carry.shard == manifest.shard for item in shard.items):
            unchanged.append(manifest)
        else:
            shards.append(shard)
    left = {manifest.shard for manifest in unchanged}
    superseded = tuple(manifest.shard for manifest in manifests if manifest.shard not in left)
    return Plan(tuple(shards), tuple(unchanged), superseded)


def cut(items: Sequence[Item], shard_bytes: int) -> Iterator[Shard]:
    """Cut sorted sources into shards of about `shard_bytes`; a source of that size or more is a shard of its own."""
    held: list[Item] = []
    total = 0
    for item in items:
        cost = item.source.size + _SOURCE_COST
        if held and cost >= shard_bytes:
            yield Shard(tuple(held))
            held, total = [], 0
        held.append(item)
        total += cost
        if _share(item.source.uri) * shard_bytes < cost or total >= _MOST * shard_bytes:
            yield Shard(tuple(held))
            held, total = [], 0
    if held:
        yield Shard(tuple(held))


def _share(uri: str) -> float:
    """A number from 0 to 1 that is as good as chance, and always the same for the same name."""
    return int.from_bytes(hashlib.sha256(uri.encode()).digest()[:8], "big") / 2**64


def _known(manifests: Iterable[Manifest]) -> Mapping[str, list[Carry]]:
    known: dict[str, list[Carry]] = {}
    for manifest in manifests:
        starts = dict.fromkeys(SHARD_TABLES, 0)
        for record in manifest.sources:
            known.setdefault(record.uri, []).append(Carry(manifest.shard, record, dict(starts)))
            for table in SHARD_TABLES:
                starts[table] += record.rows[table]
    return known


def _fresh(carries: Iterable[Carry], source: Source, made_with: str) -> Carry | None:
    """The rows that hold for the source as it is now, if any do."""
    return next((c for c in carries if made_with == c.record.made_with and _same(c.record, source)), None)


def _same(record: SourceRecord, source: Source) -> bool:
    if source.refused:
        return record.refused == refusal(source)
    return not record.again and not record.refused and (record.size, record.mtime_ns) == (source.size, source.mtime_ns)


def refusal(source: Source) -> str:
    """Why a source is not opened, as its record holds it: "" if it is."""
    return f"{source.refused.reason}: {source.refused.detail}" if source.refused else ""


def _removed(carry: Carry) -> Item:
    record = carry.record
    return Item(Source(record.uri, record.uri, record.size, record.mtime_ns), carry)
