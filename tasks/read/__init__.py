"""From files to pages: whatever lies in raw/, one page at a time, never more than one in memory."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from tasks.read.digest import digest_of, rejected
from tasks.read.jsonl import read_jsonl
from tasks.read.kinds import COMPRESSED, HEAD_BYTES, Kind, inner_name, kind_of, media_of
from tasks.read.rows import Columns
from tasks.read.sources import Source, discover, uri_of
from tasks.read.streams import BrokenError, Expanded
from tasks.records import Limits, Page, Reason, Reject

__all__ = ["Columns", "Source", "discover", "read_source", "uri_of"]


def read_source(
    root: str | Path, source: Source, limits: Limits, columns: Columns | None = None
) -> Iterator[Page | Reject]:
    """Read the pages of one source, in the order in which they stand in it.

    Every source gives at least one page or reject; what goes wrong inside a container costs the record it is in, or,
    where the container cannot be read on, one reject for the rest under the container's own name. Nothing is raised
    for what a file holds or for a file that cannot be read.
    """
    if source.refused:
        yield source.refused
        return
    base = Path(root)
    path = base if base.is_file() else base / source.path
    try:
        with _opened(path) as stream:
            yield from _read(_Door(limits, columns or Columns()), source.uri, source.path, stream, 0)
    except BrokenError as error:
        yield replace(_unread(path, source.uri), reason=error.reason, detail=error.detail)
    except FileNotFoundError:
        yield rejected(source.uri, Reason.VANISHED, "listed, then gone")
    except OSError as error:
        yield rejected(source.uri, Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")


@dataclass(frozen=True, slots=True)
class _Door:
    """What holds for everything that one source contains."""

    limits: Limits
    columns: Columns


def _opened(path: Path) -> BinaryIO:
    """The file, never waiting for the other end of a pipe that has taken its place since it was listed."""
    stream = open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise BrokenError(Reason.UNSUPPORTED, "not a file any more")
    return stream


def _unread(path: Path, uri: str) -> Reject:
    """A reject for a source as a whole, with the digest of its bytes where they can be read."""
    try:
        with _opened(path) as stream:
            digest, size = digest_of(stream)
    except (OSError, BrokenError):
        return rejected(uri, Reason.UNREADABLE, "")
    return Reject(uri, "read", Reason.UNREADABLE, "", digest, size)


def _read(door: _Door, uri: str, name: str, stream: BinaryIO, depth: int) -> Iterator[Page | Reject]:
    """Whatever `stream` holds, by its content and then by `name`."""
    if depth > door.limits.depth:
        raise BrokenError(Reason.TOO_DEEP, f"more than {door.limits.depth} archives and compressions around it")
    buffered = io.BufferedReader(stream, HEAD_BYTES * 16) if isinstance(stream, io.RawIOBase) else stream
    head = _peek(buffered)
    kind = kind_of(name, head)
    if kind in COMPRESSED:
        inner = io.BufferedReader(Expanded(buffered, kind, door.limits), HEAD_BYTES * 16)
        yield from _read(door, uri, inner_name(name), inner, depth + 1)
    elif kind is Kind.PAGE:
        yield _page(door, uri, name, head, buffered)
    elif kind in _ROWS:
        yield from _at_least_one(uri, _ROWS[kind](uri, buffered, door.limits, door.columns))
    else:
        digest, size = digest_of(buffered)
        yield Reject(uri, "read", Reason.UNSUPPORTED, "not of a kind that holds pages", digest, size)


_ROWS = {Kind.JSONL: read_jsonl}


def _peek(stream: BinaryIO) -> bytes:
    peek = getattr(stream, "peek", None)
    assert peek is not None, "every stream here is buffered"
    head: bytes = peek(HEAD_BYTES)
    return head[:HEAD_BYTES]


def _page(door: _Door, uri: str, name: str, head: bytes, stream: BinaryIO) -> Page | Reject:
    raw = stream.read(door.limits.page_bytes + 1)
    if len(raw) <= door.limits.page_bytes:
        return Page(uri, raw, media_of(name, head))
    digest, size = digest_of(stream, raw)
    detail = f"{size} bytes, more than {door.limits.page_bytes}"
    return Reject(uri, "read", Reason.TOO_LARGE, detail, digest, size)


def _at_least_one(uri: str, entries: Iterator[Page | Reject]) -> Iterator[Page | Reject]:
    """`entries`, or a reject if there are none: no source goes by without a row."""
    count = 0
    for entry in entries:
        count += 1
        yield entry
    if not count:
        yield rejected(uri, Reason.EMPTY, "a container with nothing in it")
