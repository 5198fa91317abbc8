"""CSV and Parquet: a row a page, counted from 1."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from tasks.expressions import seldom
from tasks.read.digest import rejected
from tasks.read.rows import NAME_IT, NESTED, page_of_row
from tasks.read.streams import BrokenError
from tasks.records import Columns, Limits, Page, Reason, Reject

# How much of a CSV file decides its encoding.
_HEAD = 64 * 1024
_DELIMITERS = ",\t;|"
# The line before the header by which spreadsheets are told.
_SEPARATOR = seldom(r"(?i)\ufeff?\"?sep=([^\w\s\"]|\t)\"?\s*")
# Rows handed over at a time by Parquet's reader: a page is at most Limits.page_bytes, an ordinary one a few KB.
_BATCH = 64


def read_csv(uri: str, stream: io.BufferedReader, limits: Limits, columns: Columns) -> Iterator[Page | Reject]:
    """The pages of a CSV or TSV file with a header. A row with more cells than that is torn, and rejected; a quote that
    is never closed costs the rest of the file."""
    head = stream.peek(_HEAD)
    if not head.strip():
        return
    codec = _codec(head)
    # UTF-8 keeps bytes that are none, for decode to judge; other codecs have no way to.
    errors = "surrogateescape" if codec.startswith("utf-8") else "replace"
    text = io.TextIOWrapper(stream, encoding=codec, errors=errors, newline="")
    try:
        yield from _csv_rows(uri, text, limits, columns)
    finally:
        text.detach()  # the stream is its opener's to close


def _csv_rows(uri: str, text: io.TextIOWrapper, limits: Limits, columns: Columns) -> Iterator[Page | Reject]:
    lines = iter(lambda: text.readline(limits.page_bytes + 1), "")
    csv.field_size_limit(limits.page_bytes)
    first = next(lines, "")
    named = _SEPARATOR.fullmatch(first)
    first = next(lines, "") if named else first
    delimiter = named[1] if named else max(_DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    wanted = {name.lower() for name in columns.text}
    if not any(name.strip().lower() in wanted for name in header):
        detail = f"no column holds text: the header reads {' '.join(', '.join(header).split())[:200]}; {NAME_IT}"
        raise BrokenError(Reason.MALFORMED, detail)
    names = [name.strip() for name in header]
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            if any(row[len(names) :]):
                torn = f"{len(row)} cells under {len(names)} columns: is a {delimiter!r} in a text without quotes?"
                yield rejected(
                    f"{uri}#{number}", Reason.MALFORMED, torn, delimiter.join(row).encode("utf-8", "replace")
                )
            elif any(row):
                yield page_of_row(f"{uri}#{number}", dict(zip(names, row, strict=False)), columns, b"")
    except csv.Error as error:
        raise BrokenError(Reason.MALFORMED, f"the rest is not CSV: {error}") from error


def _codec(head: bytes) -> str:
    """The codec of a CSV file by its head, cut at a line's end where it has one."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    from tasks.decode.detect import detect  # as in kinds.py

    verdict = detect(head[: head.rfind(b"\n") + 1] or head, None)
    if verdict is None or verdict.codec in ("ascii", "euc-tw", "iso-2022-cn"):
        return "utf-8"
    # With a mark, the codec that takes the mark off.
    return verdict.codec.rsplit("-", 1)[0] if verdict.skip else verdict.codec


def read_parquet(uri: str, stream: BinaryIO, limits: Limits, columns: Columns) -> Iterator[Page | Reject]:
    """The pages of a Parquet file, a row group at a time. A broken row group costs its rows; `stream` must be
    seekable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)
    size = stream.seek(0, io.SEEK_END)
    allowed = max(limits.page_bytes, limits.expansion * size)
    try:
        table = pq.ParquetFile(stream, pre_buffer=False)
        chosen = _chosen(table.schema_arrow.names, columns)
        groups = [table.metadata.row_group(number).num_rows for number in range(table.metadata.num_row_groups)]
    except broken as error:
        raise BrokenError(Reason.MALFORMED, f"not Parquet that can be read: {_first_line(error)}") from error
    first = 1
    for group, count in enumerate(groups):
        yielded = 0
        try:
            rows = _batch(table.metadata.row_group(group), size, limits)
            for batch in table.iter_batches(rows, row_groups=[group], columns=chosen, use_threads=False):
                allowed -= batch.nbytes
                if allowed < 0:
                    raise BrokenError(Reason.BOMB, f"rows that expand to more than {limits.expansion} times the file")
                for row in batch.to_pylist():
                    yield page_of_row(f"{uri}#{first + yielded}", row, columns, b"")
                    yielded += 1
        except broken as error:
            where = f"{uri}#{first + yielded}"
            yield rejected(where, Reason.MALFORMED, f"row group {group} breaks off here: {_first_line(error)}")
        except BrokenError as error:
            yield rejected(f"{uri}#{first + yielded}", error.reason, error.detail)
        first += max(count, yielded)


def _chosen(names: list[str], columns: Columns) -> list[str]:
    wanted = {name.lower() for name in (*columns.text, *columns.url, *columns.date, *NESTED)}
    return [name for name in names if name.lower() in wanted]


def _batch(group: Any, size: int, limits: Limits) -> int:
    """How many rows of a row group to hand over at a time, so that no batch is larger than a few of the largest pages
    may be: a value is stored at least once, however many rows repeat it.

    Raises BrokenError for a row group that says it expands beyond what the file's `size` makes likely.
    """
    # Arrow ends the process at the columns of a row group that lacks what should say of them; the group itself is safe.
    given: int = group.total_byte_size
    if given > limits.page_bytes and given > limits.expansion * max(size, 1):
        raise BrokenError(Reason.BOMB, f"a row group that expands from {size} to {given} bytes")
    return max(1, min(_BATCH, 4 * limits.page_bytes // max(given, 1)))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
