"""What `qingwen learn` keeps of a shard of raw/: its pages' rows as keys, and the text of rows that may be furniture.

    curated/_cache/site_lines/<shard>.pages.parquet    a row a page: site, digest of source_uri, keys, lengths and flags
    curated/_cache/site_lines/<shard>.texts.parquet    key and text, each at least once

The first file is put in place last, so a shard that has it is whole. Sites are taken out again one by one, whatever
number of shards they are spread over, in memory that does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tasks.learn.decide import SitePages
from tasks.learn.rows import Counted
from tasks.write.corpus import cache_path, clear_cache
from tasks.write.store import Store

_PAGE_FIELDS: list[pa.Field[Any]] = [
    pa.field("site", pa.string()),
    pa.field("page", pa.uint64()),
    pa.field("keys", pa.list_(pa.uint64())),
    pa.field("chars", pa.list_(pa.int32())),
    pa.field("flags", pa.list_(pa.uint8())),
]
_TEXT_FIELDS: list[pa.Field[Any]] = [pa.field("key", pa.uint64()), pa.field("text", pa.string())]
PAGES, TEXTS = pa.schema(_PAGE_FIELDS), pa.schema(_TEXT_FIELDS)

# A worker writes what it holds when it is so many rows: some 60 MB of Python's numbers and texts.
_HELD_ROWS = 400_000
# So many rows of one site, or of several smaller ones, are counted at once: 1 GB at the peak (measured). Of a
# site with more, those pages are counted whose digest is lowest: a fair draw that is the same in every order.
_AT_ONCE = 6_000_000
# Sites are sorted into so many files at most, all open at once; each holds `_AT_ONCE` rows and more in a huge corpus.
_MOST_BUCKETS = 200
# The pages come last: a shard that has them is whole.
_KINDS = ("texts", "pages")


class CountsWriter:
    """Writes the counts of one shard into a folder of this machine; a context manager."""

    def __init__(self, staged: Path) -> None:
        self._staged = staged
        self._held: list[tuple[str, int, list[Counted]]] = []
        self._rows = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._texts, self._pages = (
            self._open.enter_context(pq.ParquetWriter(self._staged / kind, schema, compression="zstd"))
            for kind, schema in zip(_KINDS, (TEXTS, PAGES), strict=True)
        )
        return self

    def add(self, site: str, source_uri: str, rows: list[Counted]) -> None:
        """Add one page."""
        digest = blake2b(source_uri.encode(errors="surrogatepass"), digest_size=8).digest()
        self._held.append((site, int.from_bytes(digest, "little"), rows))
        self._rows += len(rows)
        if self._rows >= _HELD_ROWS:
            self._flush()

    def _flush(self) -> None:
        texts = {row.key: row.text for _, _, rows in self._held for row in rows if row.text}
        self._texts.write_table(_table(TEXTS, list(texts), list(texts.values())))
        self._pages.write_table(
            _table(
                PAGES,
                [site for site, _, _ in self._held],
                [page for _, page, _ in self._held],
                [[row.key for row in rows] for _, _, rows in self._held],
                [[row.chars for row in rows] for _, _, rows in self._held],
                [[row.flags for row in rows] for _, _, rows in self._held],
            )
        )
        self._held, self._rows = [], 0

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._open.close()


def keep_counts(store: Store, staged: Path, shard: str) -> None:
    """Put what a writer has written where `sites` finds it. Idempotent."""
    for kind in _KINDS:
        store.put(staged / kind, path_of(shard, kind))


def _table(schema: pa.Schema, *columns: Sequence[Any]) -> pa.Table:
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def path_of(shard: str, kind: str) -> str:
    """Where a shard's counts lie below curated/; `kind` is pages or texts."""
    return f"{cache_path('site_lines')}/{file_name(shard, kind)}"


def file_name(shard: str, kind: str) -> str:
    """The name of a file of counts."""
    return f"{shard}.{kind}.parquet"


def counted(store: Store) -> set[str]:
    """The shards whose counts are there, whole."""
    names = store.files(cache_path("site_lines"))
    shards = {name.split(".", 1)[0] for name in names}
    return {shard for shard in shards if all(file_name(shard, kind) in names for kind in _KINDS)}


def clear_counts(store: Store, shards: Iterable[str]) -> None:
    """Take away whatever is not the counts of one of the `shards`."""
    clear_cache(store, "site_lines", {file_name(shard, kind) for shard in shards for kind in _KINDS})


@dataclass(frozen=True, slots=True)
class _Share:
    """Where a site's pages go: into which bucket, and which of them (those with a digest up to `limit`)."""

    bucket: int
    limit: int


def sites(store: Store, shards: Sequence[str], spill: Path) -> Iterator[SitePages]:
    """The pages of every site of the `shards`, a site at a time, pages in order of digest.

    `spill` is an empty folder for files that are needed meanwhile. The order of sites depends on their names and sizes
    alone.
    """
    shares, buckets = _shares(store, shards)
    with ExitStack() as files:
        sinks: dict[int, Any] = {}
        for shard in shards:
            for table in _tables(store, shard):
                for bucket, part in _parts(table, shares):
                    if bucket not in sinks:
                        sink = str(spill / f"{bucket}.arrow")
                        sinks[bucket] = files.enter_context(pa.ipc.new_file(sink, part.schema))
                    sinks[bucket].write_table(part)
    for bucket in range(buckets):
        path = spill / f"{bucket}.arrow"
        if path.exists():
            with pa.memory_map(str(path)) as mapped:
                yield from _by_site(pa.ipc.open_file(mapped).read_all())
            path.unlink()


def _tables(store: Store, shard: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
    with store.open(path_of(shard, "pages")) as stream, pq.ParquetFile(stream) as file:
        for group in range(file.metadata.num_row_groups):
            yield file.read_row_group(group, columns=columns)


def _shares(store: Store, shards: Sequence[str]) -> tuple[dict[str, _Share], int]:
    """Deal the sites out to buckets of about `_AT_ONCE` rows."""
    sizes: dict[str, int] = {}
    for shard in shards:
        for table in _tables(store, shard, ["site", "flags"]):
            rows = pc.list_value_length(table["flags"])
            for site, count in zip(_values(table["site"]), _values(rows), strict=True):
                sizes[site] = sizes.get(site, 0) + count
    at_once = max(_AT_ONCE, sum(sizes.values()) // _MOST_BUCKETS)
    shares: dict[str, _Share] = {}
    bucket, filled = 0, 0
    for site in sorted(sizes):
        size = min(sizes[site], _AT_ONCE)
        if filled and filled + size > at_once:
            bucket, filled = bucket + 1, 0
        limit = 2**64 - 1 if sizes[site] <= _AT_ONCE else 2**64 * _AT_ONCE // sizes[site]
        shares[site], filled = _Share(bucket, limit), filled + size
    return shares, bucket + 1


def _parts(table: pa.Table, shares: dict[str, _Share]) -> Iterator[tuple[int, pa.Table]]:
    """The rows of a table that are counted, by bucket."""
    own = [shares[site] for site in _values(table["site"])]
    drawn = table["page"].to_numpy() <= numpy.array([share.limit for share in own], dtype=numpy.uint64)
    bucket = numpy.array([share.bucket for share in own])
    for number in numpy.unique(bucket).tolist():
        yield number, table.take(numpy.flatnonzero(drawn & (bucket == number)))


def _by_site(table: pa.Table) -> Iterator[SitePages]:
    names = table["site"].to_numpy()
    order = numpy.lexsort((table["page"].to_numpy(), names.astype(str)))
    ends = numpy.flatnonzero(numpy.append(names[order][1:] != names[order][:-1], True)) + 1
    start = 0
    for end in ends.tolist():
        part = table.take(order[start:end]).combine_chunks()
        start = end
        lengths = pc.list_value_length(part["keys"]).to_numpy()
        starts = numpy.concatenate(([0], numpy.cumsum(lengths))).astype(numpy.int64)
        keys, chars, flags = (pc.list_flatten(part[name]).to_numpy() for name in ("keys", "chars", "flags"))
        yield SitePages(part["site"][0].as_py(), starts, keys, chars, flags)


def texts_of(store: Store, shards: Sequence[str], keys: Iterable[int]) -> dict[int, str]:
    """The texts of the rows with these keys."""
    wanted = pa.array(sorted(set(keys)), pa.uint64())
    found: dict[int, str] = {}
    for shard in shards:
        with store.open(path_of(shard, "texts")) as stream:
            table = pq.read_table(stream)
        table = table.filter(pc.is_in(table["key"], wanted))
        found.update(zip(_values(table["key"]), _values(table["text"]), strict=True))
    return found


def _values(column: Any) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return values
