"""Gathering a shard: the rows of many pages, file by file of raw/, into one Parquet file a table and a manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tasks.write.findings import as_written
from tasks.write.manifest import Carry, FileRecord, Manifest, SourceRecord, shard_id
from tasks.write.pages import stored_pages
from tasks.write.parquet import ParquetFile, RowReader, count_rows
from tasks.write.rows import Row
from tasks.write.schema import SHARD_TABLES
from tasks.write.store import Store, StoreError, data_path
from tasks.write.tally import Tally


class ShardWriter:
    """Writes the tables of one shard into `folder`; a context manager. Sources must come in order of their uri."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self._files: dict[str, ParquetFile] = {}
        self._readers: dict[tuple[str, str], RowReader] = {}
        self.sources: list[SourceRecord] = []
        self.tally = Tally()

    def __enter__(self) -> Self:
        for table, schema in SHARD_TABLES.items():
            file = ParquetFile(self._folder / f"{table}.parquet", schema)
            self._files[table] = self._open.enter_context(file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def add_page(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Add the rows of one page."""
        self.tally.add_page(rows)
        for table, some in rows.items():
            self._files[table].append(some)

    def counts(self) -> dict[str, int]:
        """Rows added so far, by table."""
        return {table: file.count for table, file in self._files.items()}

    def end_source(self, record: SourceRecord) -> None:
        """Record that all pages of a source have been added."""
        self.sources.append(record)

    def carry(self, store: Store, carry: Carry) -> None:
        """Add the rows of an unchanged source as an older shard holds them, page by page.

        Raises StoreError if that shard's files are not as they were written.
        """
        with as_written(store, carry.shard):
            readers = {table: self._reader(store, table, carry.shard) for table in SHARD_TABLES}
            for page in stored_pages(readers, carry.starts, carry.record.rows):
                self.add_page(page)
        self.end_source(carry.record)

    def _reader(self, store: Store, table: str, shard: str) -> RowReader:
        key = (table, shard)
        if key not in self._readers:
            file = self._open.enter_context(store.data(table, shard))
            self._readers[key] = self._open.enter_context(RowReader(file))
        return self._readers[key]

    def finish(self) -> Manifest:
        """The manifest, after the files are closed and counted by reading them back.

        Raises StoreError if a file does not hold what was added to it, or pages in are not kept plus rejected.
        """
        files = {}
        for table, file in self._files.items():
            path = self._folder / f"{table}.parquet"
            if (held := count_rows(path)) != file.count:
                raise StoreError(f"{path} holds {held} rows where {file.count} were written")
            files[table] = (file.count, path.stat().st_size, digest_of(path))
        pages = sum(source.pages for source in self.sources)
        kept, rejected = files["documents"][0], files["rejects"][0]
        if pages != kept + rejected:
            raise StoreError(f"{pages} pages came in, but {kept} were kept and {rejected} rejected")
        shard = shard_id(digest for _, _, digest in files.values())
        records = {table: FileRecord(data_path(table, shard), *figures) for table, figures in files.items()}
        return Manifest(shard, records, tuple(self.sources), self.tally)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
