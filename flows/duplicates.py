"""What `dedupe` has to sketch, and how the sketches become the table duplicates. No Prefect here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.settings import Settings
from flows.survey import absolute
from tasks.dedupe.cluster import cluster
from tasks.dedupe.sketch import sketcher_version
from tasks.errors import InputError
from tasks.write.corpus import (
    TableRecord,
    cache_path,
    clear_cache,
    digest_of_values,
    is_whole,
    read_record,
    write_table,
)
from tasks.write.findings import as_written
from tasks.write.rows import Row
from tasks.write.sketches import Corpus, gather, name_of, sketch_shard
from tasks.write.store import Store, store_of

_TABLE = "duplicates"


@dataclass(frozen=True, slots=True)
class Sketching:
    """A shard of curated/ to sketch; what a worker needs to know for it."""

    curated: str
    shard: str
    version: str


@dataclass(frozen=True, slots=True)
class Deduping:
    """What a run of `dedupe` has to do: the visible shards, the least similarity, and the shards yet to sketch."""

    shards: tuple[str, ...]
    version: str
    least: float
    jobs: tuple[Sketching, ...]

    @property
    def made_from(self) -> str:
        """A digest of everything that goes into the table."""
        return digest_of_values([self.version, f"{self.least:g}", *self.shards])


def deduping(settings: Settings, store: Store) -> Deduping:
    """Find out what has to be sketched. Raises InputError if nothing has been curated."""
    shards = tuple(store.shards()) if store.exists() else ()
    if not shards:
        raise InputError(f"there are no documents in {settings.curated}; `qingwen run` makes them")
    version = sketcher_version()
    there = store.files(cache_path(_TABLE))
    curated = absolute(settings.curated)
    jobs = tuple(Sketching(curated, shard, version) for shard in shards if name_of(shard, version) not in there)
    return Deduping(shards, version, settings.similarity, jobs)


def sketched(job: Sketching) -> int:
    """A worker's work: sketch one shard, and return how many documents it has."""
    return sketch_shard(store_of(job.curated), job.shard, job.version)


def nothing_new(store: Store, work: Deduping) -> TableRecord | None:
    """The table as it stands, if it is made of what the run would make it of."""
    record = read_record(store, _TABLE)
    return record if record and record.made_from == work.made_from and is_whole(store, record) else None


def make_table(store: Store, work: Deduping) -> TableRecord:
    """Find the clusters, and write them. Raises OSError, StoreError."""
    if record := nothing_new(store, work):
        return record
    folder = store.staging("dedupe")
    try:
        corpus = gather(store, work.shards, work.version, folder)
        found = cluster(corpus.documents, corpus.bands(), work.least)
        rows, figures = _rows(corpus, found.representative, found.similarity)
        record = write_table(store, _TABLE, rows, work.made_from, work.made_from, figures)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    clear_cache(store, _TABLE, (name_of(shard, work.version) for shard in work.shards))
    return record


def _rows(corpus: Corpus, representative: object, similarity: object) -> tuple[Iterator[Row], dict[str, int]]:
    """The table's rows in order of doc_id, and its figures."""
    import numpy

    stands_for, alike = numpy.asarray(representative), numpy.asarray(similarity)
    same = corpus.documents.same
    repeats = numpy.flatnonzero(stands_for != numpy.arange(len(stands_for)))
    repeats = repeats[numpy.lexsort((corpus.ids[1][repeats], corpus.ids[0][repeats]))]
    exact = same[repeats] == same[stands_for[repeats]]
    figures = {
        "documents": len(stands_for),
        "exact": int(exact.sum()),
        "near": int((~exact).sum()),
        "clusters": len(numpy.unique(stands_for[repeats])),
    }
    rows = (
        {
            "doc_id": corpus.doc_id(number),
            "representative_id": corpus.doc_id(int(stands_for[number])),
            "similarity": float(alike[number]),
            "kind": "exact" if is_exact else "near",
        }
        for number, is_exact in zip(repeats.tolist(), exact.tolist(), strict=True)
    )
    return rows, figures


def largest(store: Store, record: TableRecord, work: Deduping, most: int = 50) -> Iterator[tuple[int, str, str]]:
    """The largest clusters: number of documents, title of the representative, and where that comes from."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with store.open(record.file.path) as stream:
        counts = pq.read_table(stream, columns=["representative_id"])["representative_id"].value_counts()
    pairs: list[tuple[Any, Any]] = list(
        zip(counts.field("counts").to_pylist(), counts.field("values").to_pylist(), strict=True)
    )
    sizes = {doc_id: count + 1 for count, doc_id in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:most]}
    shown: dict[str, tuple[str, str]] = {}
    for shard in work.shards if sizes else ():
        with as_written(store, shard), store.data("documents", shard) as source:
            table = pq.read_table(source, columns=["doc_id", "source_uri", "title"])
        for row in table.filter(pc.field("doc_id").isin(list(sizes))).to_pylist():
            shown[row["doc_id"]] = row["title"] or "", row["source_uri"]
        if len(shown) == len(sizes):
            break
    yield from ((size, *shown[doc_id]) for doc_id, size in sizes.items() if doc_id in shown)
