"""Tables that are made of the whole corpus at once: site_lines by `learn`, duplicates by `dedupe`.

    curated/<table>/part-<id>.parquet    the table, one file; the id is made of its contents
    curated/_tables/<table>.json         its record: which file it is, what it was made from, its figures
    curated/_cache/<table>/              what was found out of each shard, so that the next run need not

A table without a record does not exist. A new one is written aside, counted and recorded, and only then takes the
place of the one before.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from tasks.version import PIPELINE_VERSION, SCHEMA_VERSION
from tasks.write.manifest import FileRecord, shard_id
from tasks.write.names import CORPUS_NAMES
from tasks.write.rows import Row
from tasks.write.store import Store, StoreError


@dataclass(frozen=True, slots=True)
class TableRecord:
    """A table as it stands: its file, what it says, what it was made from, and its figures.

    `contents` is a digest of what the table means to those who use it, chosen by its maker; `curate` makes that of
    site_lines part of its settings. `made_from` is a digest of all that went in.
    """

    table: str
    file: FileRecord
    contents: str
    made_from: str
    figures: Mapping[str, int]

    def to_json(self) -> str:
        """The record as written to disk."""
        plain: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "pipeline_version": PIPELINE_VERSION}
        return json.dumps(plain | asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a record back. Raises ValueError, KeyError or TypeError if it is not one."""
        plain = json.loads(text)
        file = FileRecord(**plain["file"])
        return cls(plain["table"], file, plain["contents"], plain["made_from"], plain["figures"])


def record_path(table: str) -> str:
    """Where a table's record lies below curated/."""
    return f"_tables/{table}.json"


def cache_path(table: str) -> str:
    """Where what was found out of each shard lies below curated/, for the next run."""
    return f"_cache/{table}"


def read_record(store: Store, table: str) -> TableRecord | None:
    """The record of a table, or None if there is no such table. Raises StoreError if it cannot be read."""
    ((_, text),) = store.read_texts([record_path(table)])
    try:
        if isinstance(text, Exception):
            raise text
        return TableRecord.from_json(text)
    except (FileNotFoundError, NotADirectoryError):  # a file in the place of curated/ is told of when it is locked
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        where = store.place(record_path(table))
        raise StoreError(f"the record {where} cannot be read ({error}); remove it to make the table again") from error


def write_table(
    store: Store, table: str, rows: Iterable[Row], contents: str, made_from: str, figures: Mapping[str, int]
) -> TableRecord:
    """Write a table whole and put it in the place of the one that stands. Idempotent.

    Raises OSError if the storage fails, StoreError if the file does not hold what was written to it.
    """
    # Of those who import this module few write, and pyarrow takes a tenth of a second.
    from tasks.write.parquet import ParquetFile, count_rows
    from tasks.write.schema import CORPUS_TABLES
    from tasks.write.shard import digest_of

    folder = store.staging(table)
    staged = folder / f"{table}.parquet"
    try:
        with ParquetFile(staged, CORPUS_TABLES[table]) as file:
            file.append(rows)
        if (held := count_rows(staged)) != file.count:
            raise StoreError(f"{staged} holds {held} rows where {file.count} were written")
        digest, size = digest_of(staged), staged.stat().st_size
        path = store.put_table(staged, table, f"part-{shard_id([digest])}.parquet")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    record = TableRecord(table, FileRecord(path, file.count, size, digest), contents, made_from, dict(figures))
    store.write_text(record_path(table), record.to_json())
    store.keep_table(table, path)
    return record


def is_whole(store: Store, record: TableRecord) -> bool:
    """Whether a table's file is there, in its size."""
    folder, _, name = record.file.path.rpartition("/")
    return store.files(folder).get(name) == record.file.size


def tidy(store: Store, needed: Collection[str] | None = None) -> None:
    """Clear what runs that died have left, and finish the tables that they had recorded.

    Of the shards that are ready and not visible, the `needed` ones stay; without, all of them, for the next run of
    `curate`. Raises StoreError as `read_record` does.
    """
    store.sweep([manifest.shard for manifest in store.ready()] if needed is None else needed)
    for table in CORPUS_NAMES:
        record = read_record(store, table)
        store.keep_table(table, record.file.path if record else None)


def clear_cache(store: Store, table: str, wanted: Iterable[str]) -> None:
    """Take away all files of a table's cache but the `wanted` ones."""
    names = set(wanted)
    store.remove([f"{cache_path(table)}/{name}" for name in store.files(cache_path(table)) if name not in names])


def digest_of_values(values: Iterable[str]) -> str:
    """16 hex digits of a sequence of texts.

    >>> digest_of_values(["a", "b"]) == digest_of_values(["ab"])
    False
    """
    digest = hashlib.sha256()
    for value in values:
        digest.update(value.encode(errors="surrogatepass") + b"\0")
    return digest.hexdigest()[:16]
