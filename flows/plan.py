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
from tasks.write.manifest import Carry, Manifest, SourceRecord
from tasks.write.names import SHARD_NAMES

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
    """Plan a run over the `listed` sources, given the shards that are there and the fingerprint of the settings.

    `manifests` are the visible shards, then those that a run which died left ready: their rows are as good.
    """
    known = _known(manifests)
    items = {s.uri: Item(s, _fresh(known.get(s.uri, ()), s, made_with)) for s in listed}
    if keep_removed:
        for uri in known.keys() - items.keys():
            items[uri] = _removed(known[uri][-1])
    shards, unchanged = [], []
    by_names: dict[tuple[str, ...], list[Manifest]] = {}
    for manifest in manifests:
        by_names.setdefault(tuple(record.uri for record in manifest.sources), []).append(manifest)
    for shard in cut([items[uri] for uri in sorted(items)], shard_bytes):
        records = tuple(item.carry.record for item in shard.items if item.carry)
        same = by_names.get(tuple(item.source.uri for item in shard.items), ())
        if found := next((manifest for manifest in same if manifest.sources == records), None):
            unchanged.append(found)
        else:
            shards.append(shard)
    left = {manifest.shard for manifest in unchanged}
    superseded = tuple(manifest.shard for manifest in manifests if manifest.shard not in left)
    return Plan(tuple(shards), tuple(unchanged), superseded)


@dataclass(frozen=True, slots=True)
class Switch:
    """Shards that trade places at once, for they hold the same sources: when all of `waits` (names of shards of the
    plan) are written, they and the ready ones in `add` become visible, and those in `drop` go."""

    waits: frozenset[str]
    add: tuple[str, ...]
    drop: tuple[str, ...]


def switches(work: Plan, visible: Sequence[Manifest]) -> list[Switch]:
    """What has to become visible together so that no source is seen twice, nor missed: the connected parts of the graph
    of shards, old and new, that share a source."""
    left = {manifest.shard for manifest in work.unchanged}
    seen = {manifest.shard for manifest in visible}
    nodes: list[tuple[str, str, Iterable[str]]] = [
        ("wait", shard.name, [item.source.uri for item in shard.items]) for shard in work.shards
    ]
    nodes += [("add", m.shard, [r.uri for r in m.sources]) for m in work.unchanged if m.shard not in seen]
    nodes += [("drop", m.shard, [r.uri for r in m.sources]) for m in visible if m.shard not in left]
    groups: dict[int, dict[str, list[str]]] = {}
    for root, (part, name, _) in zip(_connected([uris for _, _, uris in nodes]), nodes, strict=True):
        groups.setdefault(root, {"wait": [], "add": [], "drop": []})[part].append(name)
    return [Switch(frozenset(g["wait"]), tuple(g["add"]), tuple(g["drop"])) for g in groups.values()]


def _connected(sets: Sequence[Iterable[str]]) -> list[int]:
    """For each set, the number of the first set that it shares a member with, directly or by way of others."""
    parents = list(range(len(sets)))

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    owner: dict[str, int] = {}
    for number, members in enumerate(sets):
        for member in members:
            one, other = sorted((root(owner.setdefault(member, number)), root(number)))
            parents[other] = one
    return [root(number) for number in range(len(sets))]


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
        starts = dict.fromkeys(SHARD_NAMES, 0)
        for record in manifest.sources:
            known.setdefault(record.uri, []).append(Carry(manifest.shard, record, dict(starts)))
            for table in SHARD_NAMES:
                starts[table] += record.rows[table]
    return known


def _fresh(carries: Iterable[Carry], source: Source, made_with: str) -> Carry | None:
    """The rows that hold for the source as it is now, if any do."""
    return next((c for c in carries if made_with == c.record.made_with and _same(c.record, source)), None)


def _same(record: SourceRecord, source: Source) -> bool:
    if source.refused:
        return record.refused == refusal(source)
    now, then = (source.size, source.mtime_ns, source.tag), (record.size, record.mtime_ns, record.tag)
    return not record.again and not record.refused and now == then


def refusal(source: Source) -> str:
    """Why a source is not opened, as its record holds it: "" if it is."""
    return f"{source.refused.reason}: {source.refused.detail}" if source.refused else ""


def _removed(carry: Carry) -> Item:
    record = carry.record
    return Item(Source(record.uri, record.uri, record.size, record.mtime_ns, tag=record.tag), carry)
