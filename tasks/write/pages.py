"""Pages as the files of a shard hold them: the rows of one page after the other, in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tasks.write.parquet import RowReader
from tasks.write.rows import Row


class OrphanError(ValueError):
    """A row that belongs to no document beside it; the text names the table and the document."""


def stored_pages(
    readers: Mapping[str, RowReader], starts: Mapping[str, int], counts: Mapping[str, int]
) -> Iterator[dict[str, list[Row]]]:
    """The rows of each page, kept pages first, of a run of rows in each table: `starts` and `counts` by table.

    Sections and edits stand in the order of their documents, so that no table is read twice. Raises OrphanError where
    they do not, OSError or pyarrow.ArrowException if a file cannot be read.
    """
    rows = {table: readers[table].rows(starts[table], counts[table]) for table in readers}
    own = {table: _Grouped(table, rows[table]) for table in ("sections", "edits")}
    for document in rows["documents"]:
        of_document = {table: group.take(document["doc_id"]) for table, group in own.items()}
        yield {"documents": [document], **of_document}
    for group in own.values():
        group.end()
    for reject in rows["rejects"]:
        yield {"rejects": [reject]}


class _Grouped:
    """Rows of a table, taken document by document."""

    def __init__(self, table: str, rows: Iterator[Row]) -> None:
        self._table = table
        self._rows = rows
        self._next = next(rows, None)

    def take(self, doc_id: str) -> list[Row]:
        """The rows of the document, if it is its turn."""
        taken: list[Row] = []
        while self._next is not None and self._next["doc_id"] == doc_id:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken

    def end(self) -> None:
        """Raise OrphanError unless every row has been taken."""
        if self._next is not None:
            raise OrphanError(
                f"a row of {self._table} names document {self._next['doc_id']}, which is not in its place"
            )
