"""What no shard of curated/ can say of itself: checks of the folder as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow.parquet as pq

from tasks.read.digest import digest_of
from tasks.write.findings import BROKEN, Findings, Wrong, line_of
from tasks.write.manifest import FileRecord
from tasks.write.schema import CORPUS_TABLES, SHARD_TABLES
from tasks.write.store import Store, data_path, manifest_path


def check_folder(store: Store, sources: Iterable[tuple[str, Sequence[str]]]) -> Findings:
    """Check what no shard can say of itself: stray files, the snapshot, a source in two shards, the records of runs.

    `sources` are pairs of a shard's id and its sources' uris.
    """
    findings = Findings()
    findings.wrong += _stray(store)
    findings.wrong += _check_snapshot(store)
    findings.wrong += _check_runs(store, findings)
    findings.wrong += _check_corpus_tables(store, findings)
    owners: dict[str, str] = {}
    for shard, uris in sources:
        for uri in uris:
            if (other := owners.setdefault(uri, shard)) != shard:
                findings.wrong.append(
                    Wrong(store.place(manifest_path(shard)), f"{uri} is also in shard {other}", "run again")
                )
    return findings


def _stray(store: Store) -> Iterator[Wrong]:
    """Files that readers of the tables see and no manifest names."""
    before = set(store.shards())
    found = {table: store.files(table) for table in SHARD_TABLES}
    manifests = store.files("_manifest")
    known = before | set(store.shards())  # a commit may have come in between
    for table, names in found.items():
        for name in sorted(names.keys() - {f"part-{shard}.parquet" for shard in known}):
            yield Wrong(store.place(f"{table}/{name}"), "belongs to no shard, and readers see it", "remove it")
    for name in sorted(manifests.keys() - {f"{shard}.json" for shard in known}):
        yield Wrong(store.place(f"_manifest/{name}"), "is no shard's manifest", "remove it")


def _check_snapshot(store: Store) -> Iterator[Wrong]:
    ((_, text),) = store.read_texts(["_snapshot.json"])
    if isinstance(text, FileNotFoundError):
        return  # a copy in plain folders
    place = store.place("_snapshot.json")
    try:
        if isinstance(text, Exception):
            raise text
        said = json.loads(text)
        paths = {table: [data_path(table, shard) for shard in said["shards"]] for table in SHARD_TABLES}
        if said["files"] != paths:
            yield Wrong(place, "lists other files than its shards have", "run again")
        missing = set(said["shards"]) - set(store.shards())
        if missing and said["shards"] == _shards_now(store):
            yield Wrong(place, f"names shard {min(missing)}, which has no manifest", "run again")
    except BROKEN as error:
        yield Wrong(place, f"cannot be read: {line_of(error)}", "run again")


def _shards_now(store: Store) -> Any:
    ((_, text),) = store.read_texts(["_snapshot.json"])
    return json.loads(text)["shards"] if isinstance(text, str) else None


def _check_runs(store: Store, findings: Findings) -> Iterator[Wrong]:
    names = [f"_runs/{name}" for name in sorted(store.files("_runs"))]
    for name, text in store.read_texts(names):
        findings.count("runs")
        try:
            if isinstance(text, Exception):
                raise text
            said = json.loads(text)
            came, went = said["pages_in"], said["pages_kept"] + said["pages_rejected"]
            if came != went:
                yield Wrong(store.place(name), f"{came} pages came in, {went} went out", "report it: a fault of ours")
        except BROKEN as error:
            yield Wrong(store.place(name), f"cannot be read: {line_of(error)}", "remove it: it is a record, no data")


def _check_corpus_tables(store: Store, findings: Findings) -> Iterator[Wrong]:
    """The tables that are made of the whole corpus: the file that their record names, and no other."""
    names = sorted(store.files("_tables"))
    for table in sorted(CORPUS_TABLES.keys() - {name.removesuffix(".json") for name in names}):
        for stray in store.strays(table, None):
            yield Wrong(store.place(f"{table}/{stray}"), "belongs to no table, and readers see it", "remove it")
    for name, text in store.read_texts([f"_tables/{name}" for name in names]):
        try:
            if isinstance(text, Exception):
                raise text
            said = json.loads(text)
            table, file = said["table"], FileRecord(**said["file"])
            with store.open(file.path) as stream:
                digest, _ = digest_of(stream)
        except BROKEN as error:
            yield Wrong(
                store.place(name),
                f"cannot be read, or its file: {line_of(error)}",
                "remove it and make the table again",
            )
            continue
        findings.count(table, file.rows)
        if digest != file.sha256:
            yield Wrong(
                store.place(file.path), "is not what was written", f"remove {store.place(name)} and make it again"
            )
        elif table == "duplicates":
            findings.note("duplicates that name a document that is gone: dedupe again", _orphans(store, file.path))
        for stray in store.strays(table, file.path.rpartition("/")[2]):
            yield Wrong(store.place(f"{table}/{stray}"), "belongs to no table, and readers see it", "remove it")


def _orphans(store: Store, path: str) -> int:
    """How many rows of duplicates name a document that no shard holds. New pages make it so, no fault does."""
    with store.open(path) as stream:
        rows = pq.read_table(stream, columns=["doc_id", "representative_id"])
    pairs = list(zip(rows["doc_id"].to_pylist(), rows["representative_id"].to_pylist(), strict=True))
    missing = {doc_id for pair in pairs for doc_id in pair}
    for shard in store.shards() if missing else ():
        try:
            with store.open(data_path("documents", shard)) as stream:
                missing.difference_update(pq.read_table(stream, columns=["doc_id"])["doc_id"].to_pylist())
        except BROKEN:
            continue  # `check_shard` tells of it
    return sum(doc_id in missing or other in missing for doc_id, other in pairs)
