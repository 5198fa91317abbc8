"""One Parquet file of a shard, written row group by row group, the same bytes for the same rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.write.rows import Row

# A row group closes at so many rows or so many characters, whichever comes first: groups of some megabytes compress and
# scan well, and a worker holds at most one open group a table, whatever the size of the shard.
GROUP_ROWS = 16_384
GROUP_CHARS = 16 * 2**20


class ParquetFile:
    """A file being written; a context manager. Where the groups end depends on the rows alone, so the bytes do too."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows: list[Row] = []
        self._chars = 0
        self.count = 0
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", version="2.6", write_statistics=True)

    def append(self, rows: Iterable[Row]) -> None:
        """Add rows. Raises pyarrow.ArrowInvalid if one does not fit the schema, OSError if the disk is full."""
        for row in rows:
            self._rows.append(row)
            self.count += 1
            self._chars += sum([len(value) for value in row.values() if value.__class__ is str])
            if len(self._rows) >= GROUP_ROWS or self._chars >= GROUP_CHARS:
                self._flush()

    def _flush(self) -> None:
        if self._rows:
            table = pa.Table.from_pylist(self._rows, schema=self._schema)
            self._writer.write_table(table, row_group_size=len(self._rows))
        self._rows, self._chars = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._writer.close()


def count_rows(path: Path) -> int:
    """How many rows a finished file holds, by its own footer."""
    return int(pq.read_metadata(path).num_rows)


class RowReader:
    """Rows of a finished file, by number; a context manager. Asked in rising order, it decodes each row group once."""

    def __init__(self, file: Path | BinaryIO) -> None:
        self._file = pq.ParquetFile(file)
        sizes = [self._file.metadata.row_group(group).num_rows for group in range(self._file.metadata.num_row_groups)]
        self._starts = list(accumulate(sizes, initial=0))
        self._group = -1
        self._table = pa.table({})

    def rows(self, start: int, count: int) -> Iterator[Row]:
        """Rows `start` to `start + count`."""
        end = start + count
        while start < end:
            group = bisect_right(self._starts, start) - 1
            if group != self._group:
                self._group, self._table = group, self._file.read_row_group(group)
            stop = min(end, self._starts[group + 1])
            yield from self._table.slice(start - self._starts[group], stop - start).to_pylist()
            start = stop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()
