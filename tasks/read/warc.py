"""WARC and WET: a record a page, named by its number in the file.

Read here and not by FastWARC 2.0, which ends the file at the first record whose length is wrong: of a crawl of
thousands of records, one torn by a full disk would cost all that follow. Format: ISO 28500 (WARC 1.0 and 1.1).
"""

from __future__ import annotations

import io
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from tasks.expressions import seldom
from tasks.read.digest import rejected
from tasks.read.http import media_type, payload_of
from tasks.read.kinds import Kind, kind_of, media_of
from tasks.read.rows import instant
from tasks.read.streams import BrokenError
from tasks.records import Limits, Media, Page, Reason, Reject

# The record types that hold a page; others (request, metadata, warcinfo, revisit) are about pages.
_PAGES = frozenset({"response", "resource", "conversion"})
_HEADER_BYTES = 64 * 1024
_CHUNK = 2**20
# After so many records with a wrong length, a file's lengths are no longer trusted: a block is read only to where
# another record begins. Reading each to its stated end and handing back the rest would take time in the square of the
# file.
_TRUSTED = 16
_STEP = 16 * 1024
# Where a record begins: its version line and the first of its fields.
_START = seldom(rb"WARC/1\.[01]\r?\n[A-Za-z\-]{2,40}:")
_START_BYTES = 64  # no beginning is longer
_URL_SHOWN = 500  # characters of a URL that a reject tells
_HTML = frozenset({"text/html", "application/xhtml+xml"})


def read_warc(uri: str, stream: BinaryIO, limits: Limits) -> Iterator[Page | Reject]:
    """The pages of a WARC or WET file. A record that is torn, or lies about its length, costs that record."""
    source = _Rewindable(stream)
    number = 0
    while (line := source.readline(_HEADER_BYTES)) != b"":
        if not line.strip():
            continue
        number += 1
        name = f"{uri}#{number}"
        if not line.startswith(b"WARC/"):
            yield rejected(name, Reason.MALFORMED, "no record begins where one should", line[:_HEADER_BYTES])
            _to_next_record(source)
            continue
        record = _record(source, limits)
        if isinstance(record, str):
            yield rejected(name, Reason.MALFORMED, record)
            _to_next_record(source)
        elif record.kind in _PAGES or record.kind == "continuation":
            yield _page(name, record, limits)


@dataclass(frozen=True, slots=True)
class _Record:
    """A record: its type, its fields by lower-case name, its block, its stated length, and why it is no page, if it is
    none."""

    kind: str
    fields: Mapping[str, str]
    block: bytes
    size: int
    flaw: tuple[Reason, str] | None = None


class _Rewindable:
    """A stream that bytes can be handed back to."""

    def __init__(self, stream: BinaryIO) -> None:
        self._streams: list[BinaryIO] = [stream]
        self.lies = 0  # records that ended elsewhere than they said

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        parts: list[bytes] = []
        while size > 0:
            part = self._streams[-1].read(size)
            if part:
                parts.append(part)
                size -= len(part)
            elif not self._next():
                break
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readline(self, size: int) -> bytes:
        """A line, or its first `size` bytes."""
        line = self._streams[-1].readline(size)
        while not line.endswith(b"\n") and len(line) < size and self._next():
            line += self._streams[-1].readline(size - len(line))
        return line

    def hand_back(self, data: bytes) -> None:
        """Let `data` be read next."""
        if data:
            self._streams.append(io.BytesIO(data))

    def _next(self) -> bool:
        if len(self._streams) > 1:
            self._streams.pop()
            return True
        return False


def _record(source: _Rewindable, limits: Limits) -> _Record | str:
    """The record whose version line has been read, or what is wrong with its header."""
    fields = _fields(source)
    if fields is None:
        return "a record's header without an end"
    length = fields.get("content-length", "")
    # isdecimal and not int(): a length of -5 or of 5,000 digits is a lie as well.
    if not (length.isascii() and length.isdecimal() and len(length) < 16):
        return f"a record of length {length[:40]!r}"
    kind, size = fields.get("warc-type", "").lower(), int(length)
    if size > limits.page_bytes + _HEADER_BYTES:
        read = sum(map(len, _before_next_record(source, size, _CHUNK)))
        flaw = (Reason.TOO_LARGE, f"a record of {size} bytes") if read == size else _lie(size, f"ends after {read}")
        return _Record(kind, fields, b"", size, flaw)
    block = source.read(size) if source.lies < _TRUSTED else b"".join(_before_next_record(source, size, _STEP))
    return _checked(source, _Record(kind, fields, block, size))


def _lie(size: int, truth: str) -> tuple[Reason, str]:
    return Reason.MALFORMED, f"the record says it has {size} bytes and {truth}"


def _before_next_record(source: _Rewindable, size: int, step: int) -> Iterator[bytes]:
    """Up to `size` bytes, in pieces that were read `step` at a time, at most to where another record begins; what was
    read of that is handed back."""
    held = b""
    while size and (chunk := source.read(min(size, step))):
        size -= len(chunk)
        held += chunk
        if start := _START.search(held):
            source.hand_back(held[start.start() :])
            held = held[: start.start()]
            break
        yield held[:-_START_BYTES]
        held = held[-_START_BYTES:]
    yield held


def _to_next_record(source: _Rewindable) -> None:
    """Read on to where a record begins, or to the end."""
    deque(_before_next_record(source, sys.maxsize, _CHUNK), maxlen=0)


def _fields(source: _Rewindable) -> dict[str, str] | None:
    fields: dict[str, str] = {}
    name, room = "", _HEADER_BYTES
    while room > 0:
        line = source.readline(room)
        room -= len(line)
        if not line.endswith(b"\n"):
            return None
        text = line.decode("utf-8", "replace").strip()
        if not text:
            return fields
        if line[:1] in b" \t" and name:
            fields[name] += " " + text
        else:
            name, _, value = text.partition(":")
            name = name.strip().lower()
            fields.setdefault(name, value.strip())
    return None


def _checked(source: _Rewindable, record: _Record) -> _Record:
    """The record, cut where the next one begins if its length lies, with the rest handed back."""
    after = source.read(4)
    if after == b"\r\n\r\n" or (not after.strip() and len(record.block) == record.size):
        source.hand_back(after.lstrip(b"\r\n"))
        return record
    source.lies += 1
    if start := _START.search(record.block):
        source.hand_back(record.block[start.start() :] + after)
        block = record.block[: start.start()].rstrip(b"\r\n")
        return replace(record, block=block, flaw=_lie(record.size, f"ends after {len(block)}"))
    source.hand_back(after)
    if len(record.block) < record.size:
        return replace(record, flaw=_lie(record.size, f"breaks off after {len(record.block)}"))
    _to_next_record(source)
    return replace(record, flaw=_lie(record.size, "goes on"))


def _page(uri: str, record: _Record, limits: Limits) -> Page | Reject:
    url = record.fields.get("warc-target-uri", "").strip("<>") or None
    found = _payload_as_page(uri, url, record, limits)
    if isinstance(found, Reject) and url:  # a reject has no other place for it
        return replace(found, detail=f"{found.detail} ({url[:_URL_SHOWN]})")
    return found


def _payload_as_page(uri: str, url: str | None, record: _Record, limits: Limits) -> Page | Reject:
    if record.flaw:
        return rejected(uri, *record.flaw, record.block)
    if record.kind == "continuation":
        return rejected(uri, Reason.UNSUPPORTED, "a piece of a record that is kept in pieces", record.block)
    try:
        raw, content_type, charset = _payload(record, limits)
    except BrokenError as error:
        return rejected(uri, error.reason, error.detail, record.block)
    media = _media(content_type, record.fields.get("warc-target-uri", ""), raw)
    if media is None:
        return rejected(uri, Reason.UNSUPPORTED, f"not a page but {content_type or 'of no known type'}", raw)
    return Page(uri, raw, media, url, instant(record.fields.get("warc-date")), charset)


def _payload(record: _Record, limits: Limits) -> tuple[bytes, str, str | None]:
    """The page's bytes, their media type and what is declared as their charset."""
    if record.kind == "response" and record.block[:5] == b"HTTP/":
        return payload_of(record.block, limits)
    return record.block, *media_type(record.fields.get("content-type", ""))


def _media(content_type: str, url: str, raw: bytes) -> Media | None:
    """What a payload is; None if it is no page. Servers call HTML plain text, and leave the type out."""
    path = url.partition("?")[0]
    if content_type in _HTML:
        return Media.HTML
    if content_type == "text/markdown":
        return Media.MARKDOWN
    if content_type == "text/plain":
        return media_of("", raw[:4096])
    if content_type in ("", "application/octet-stream", "application/http"):
        return media_of(path, raw[:4096]) if kind_of(path, raw[:4096]) is Kind.PAGE else None
    return None
