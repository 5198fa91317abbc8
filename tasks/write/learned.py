"""The table site_lines as `curate` uses it: the learned lines of one site after the other, in little memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tasks.write.corpus import is_whole, read_record
from tasks.write.store import StoreError, store_of

# Whether there is such a table is asked by those who need no Arrow.
if TYPE_CHECKING:
    import pyarrow.parquet as pq

# So many sites' lines are kept at hand: pages of a site mostly come together. Some 30 lines a site, 100 bytes each.
_AT_HAND = 1024


@dataclass(frozen=True, slots=True)
class LearnedTable:
    """Where a table of learned lines is: the folder of tables, and the file's path in it; `contents` is its digest."""

    curated: str
    path: str
    contents: str
    rows: int


def learned_table(curated: str) -> LearnedTable | None:
    """The table site_lines of a folder of tables, or None if there is none.

    Raises StoreError if its record cannot be read, or names a file that is not there.
    """
    store = store_of(curated)
    record = read_record(store, "site_lines")
    if record is None:
        return None
    if not is_whole(store, record):
        raise StoreError(f"{store.place(record.file.path)} is not there as it was written; run `qingwen learn` again")
    return LearnedTable(curated, record.file.path, record.contents, record.file.rows)


@lru_cache(maxsize=_AT_HAND)
def lines_of_site(table: LearnedTable, site: str) -> frozenset[str]:
    """The learned lines of a site. Raises OSError.

    The table is sorted by site: only those groups of rows are decoded that can hold it.
    """
    file, found = _file(table), set[str]()
    for group, (low, high) in enumerate(_bounds(table)):
        if low <= site <= high:
            columns = file.read_row_group(group, columns=["site", "line"]).to_pydict()
            found.update(line for own, line in zip(columns["site"], columns["line"], strict=True) if own == site)
    return frozenset(found)


@lru_cache(maxsize=1)
def _file(table: LearnedTable) -> pq.ParquetFile:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Its bytes are kept whole, some 10 a line: a run that learns anew may take the file away.
    with store_of(table.curated).open(table.path) as stream:
        return pq.ParquetFile(pa.BufferReader(stream.read()))


@lru_cache(maxsize=1)
def _bounds(table: LearnedTable) -> list[tuple[str, str]]:
    metadata = _file(table).metadata
    columns: list[Any] = [metadata.row_group(group).column(0).statistics for group in range(metadata.num_row_groups)]
    return [(column.min, column.max) for column in columns]
