"""From files to pages: whatever lies in raw/, one page at a time, never more than one in memory.

In the order in which a file meets them: which files there are (`sources`; behind a URI `remote`), what each is
(`kinds`), what is packed in it (`streams`, `archives`), what holds several pages (`warc` with `http`, `jsonl`,
`tables`), and a row as a page (`rows`). What is not read is a reject (`digest`).
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from tasks.read.archives import Member, member_uri, tar_members, zip_members
from tasks.read.digest import digest_of, rejected
from tasks.read.jsonl import read_jsonl
from tasks.read.kinds import COMPRESSED, HEAD_BYTES, Kind, inner_name, kind_of, media_of
from tasks.read.remote import filesystem, is_remote, local_path, open_remote
from tasks.read.sources import Source, discover, uri_of
from tasks.read.streams import BrokenError, Expanded
from tasks.read.tables import read_csv, read_parquet
from tasks.read.warc import read_warc
from tasks.records import Columns, Limits, Page, Reason, Reject

_BUFFER = 64 * 1024

__all__ = ["Source", "discover", "read_source", "uri_of"]


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
    opened = _opener(root, source)
    try:
        with opened() as stream:
            yield from _read(_Given(limits, columns or Columns()), source.uri, source.path, stream, 0)
    except BrokenError as error:
        yield replace(_unread(opened, source.uri), reason=error.reason, detail=error.detail)
    except FileNotFoundError:
        yield rejected(source.uri, Reason.VANISHED, "listed, then gone")
    except OSError as error:
        yield rejected(source.uri, Reason.UNREADABLE, f"cannot be read: {error.strerror or error}")


@dataclass(frozen=True, slots=True)
class _Given:
    """What holds for everything that one source contains."""

    limits: Limits
    columns: Columns


def _opener(root: str | Path, source: Source) -> Callable[[], BufferedReader]:
    """What opens the source's file, on this machine or behind a URI."""
    if is_remote(root):
        return lambda: _opened_remote(str(root), source.path)
    base = local_path(root)
    return lambda: _opened(base if base.is_file() else base / source.path)


def _opened_remote(root: str, path: str) -> BufferedReader:
    fs, base = filesystem(root)
    alone = base.rpartition("/")[2] == path and fs.isfile(base)
    return open_remote(fs, base if alone else f"{base}/{path}")


def _opened(path: Path) -> BufferedReader:
    """The file, never waiting for the other end of a pipe that has taken its place since it was listed."""
    stream = open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise BrokenError(Reason.UNSUPPORTED, "not a file any more")
    return stream


def _unread(opened: Callable[[], BufferedReader], uri: str) -> Reject:
    """A reject for a source as a whole, with the digest of its bytes where they can be read."""
    try:
        with opened() as stream:
            digest, size = digest_of(stream)
    except (OSError, BrokenError):
        return rejected(uri, Reason.UNREADABLE, "")
    return Reject(uri, "read", Reason.UNREADABLE, "", digest, size)


def _read(given: _Given, uri: str, name: str, stream: BufferedReader, depth: int) -> Iterator[Page | Reject]:
    """Whatever `stream` holds, by its content and then by `name`."""
    if depth > given.limits.depth:
        raise BrokenError(Reason.TOO_DEEP, f"more than {given.limits.depth} archives and compressions around it")
    head = stream.peek(HEAD_BYTES)[:HEAD_BYTES]
    kind = kind_of(name, head)
    if kind in COMPRESSED:
        yield from _expanded(given, uri, inner_name(name), stream, kind, depth)
    elif kind is Kind.PAGE:
        yield _page(given, uri, name, head, stream)
    elif kind is Kind.OTHER:
        digest, size = digest_of(stream)
        yield Reject(uri, "read", Reason.UNSUPPORTED, "not of a kind that holds pages", digest, size)
    else:
        yield from _at_least_one(uri, _entries(given, uri, kind, stream, depth))


def _expanded(
    given: _Given, uri: str, name: str, stream: BufferedReader, kind: Kind, depth: int
) -> Iterator[Page | Reject]:
    """What a compressed stream holds. Of a WARC, whose records are compressed one by one, damage costs what it is
    in."""
    content = Expanded(stream, kind, given.limits, past_damage=name.lower().endswith((".warc", ".wet")))
    yield from _read(given, uri, name, BufferedReader(content, _BUFFER), depth + 1)
    if content.damaged:
        places = "a place, which is" if content.damaged == 1 else f"{content.damaged} places, which are"
        raise BrokenError(Reason.TRUNCATED, f"the gzip data is corrupt in {places} left out")


def _entries(given: _Given, uri: str, kind: Kind, stream: BufferedReader, depth: int) -> Iterator[Page | Reject]:
    """What a container holds."""
    if kind is Kind.JSONL:
        yield from read_jsonl(uri, stream, given.limits, given.columns)
    elif kind is Kind.CSV:
        yield from read_csv(uri, stream, given.limits, given.columns)
    elif kind is Kind.WARC:
        yield from read_warc(uri, stream, given.limits)
    elif kind is Kind.TAR:
        yield from _members(given, uri, tar_members(stream, given.limits), depth)
    else:
        with _seekable(stream) as whole:
            if kind is Kind.PARQUET:
                yield from read_parquet(uri, whole, given.limits, given.columns)
            else:
                size = whole.seek(0, io.SEEK_END)
                yield from _members(given, uri, zip_members(whole, size, given.limits), depth)


def _members(given: _Given, uri: str, members: Iterator[Member], depth: int) -> Iterator[Page | Reject]:
    seen: dict[str, int] = {}
    for member in members:
        place = member_uri(uri, member.name, seen)
        if member.content is None:
            yield rejected(place, member.reason or Reason.UNSUPPORTED, member.detail)
            continue
        try:
            yield from _read(given, place, member.name, member.content, depth + 1)
        except BrokenError as error:
            yield rejected(place, error.reason, error.detail)


def _seekable(stream: BinaryIO) -> BinaryIO:
    """The stream, or a copy of it on disk: the directories of zip and Parquet stand at their end."""
    if stream.seekable():
        return stream
    copy = tempfile.TemporaryFile()  # noqa: SIM115
    shutil.copyfileobj(stream, copy, 2**20)
    copy.seek(0)
    return copy


def _page(given: _Given, uri: str, name: str, head: bytes, stream: BinaryIO) -> Page | Reject:
    raw = stream.read(given.limits.page_bytes + 1)
    if len(raw) <= given.limits.page_bytes:
        return Page(uri, raw, media_of(name, head))
    digest, size = digest_of(stream, raw)
    detail = f"{size} bytes, more than {given.limits.page_bytes}"
    return Reject(uri, "read", Reason.TOO_LARGE, detail, digest, size)


def _at_least_one(uri: str, entries: Iterator[Page | Reject]) -> Iterator[Page | Reject]:
    """`entries`, or a reject if there are none: no source goes by without a row."""
    count = 0
    for entry in entries:
        count += 1
        yield entry
    if not count:
        yield rejected(uri, Reason.EMPTY, "a container with nothing in it")
