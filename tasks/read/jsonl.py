"""JSON Lines: a row a page, named by the number of its line. A row that does not parse costs that row."""

from __future__ import annotations

import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import BinaryIO

from tasks.read.digest import rejected
from tasks.read.rows import page_of_row
from tasks.records import Columns, Limits, Page, Reason, Reject

# Of a row's bytes outside ASCII, the share that may be no UTF-8 before the row is taken for GB18030: a few lost bytes
# make far less, GBK read as UTF-8 is wrong in more than half of its bytes.
_BROKEN_SHARE = 0.2
# How a file of UTF-16 begins.
_OPENINGS = {BOM_UTF16_LE: "utf-16", BOM_UTF16_BE: "utf-16"}
_OPENINGS |= {b"{\0": "utf-16-le", b'"\0': "utf-16-le", b"\0{": "utf-16-be", b'\0"': "utf-16-be"}
_PIECE = 2**16  # bytes that are transcoded at a time


def read_jsonl(uri: str, stream: BufferedReader, limits: Limits, columns: Columns) -> Iterator[Page | Reject]:
    """The pages of a JSONL file in order. Blank lines are counted, and are no pages."""
    number = 0
    stream = _in_utf_8(stream)
    while line := stream.readline(limits.page_bytes + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if len(line) > limits.page_bytes:
            size = len(line) + _skip_line(stream, line)
            yield Reject(f"{uri}#{number}", "read", Reason.TOO_LARGE, f"a row of {size} bytes", raw_size=size)
        elif line.strip(b" \t\r\n\x00"):
            yield _page(f"{uri}#{number}", line.strip(), columns)


def _in_utf_8(stream: BufferedReader) -> BufferedReader:
    """The file in UTF-8, if it is UTF-16, as consoles of Windows write it: a row opens with a brace or a quote."""
    codec = _OPENINGS.get(stream.peek(2)[:2])
    return BufferedReader(_Transcoded(stream, codec), _PIECE) if codec else stream


class _Transcoded(RawIOBase):
    """A stream of UTF-16 as one of UTF-8; a lone surrogate stays one."""

    def __init__(self, stream: BinaryIO, codec: str) -> None:
        self._stream = stream
        self._decoder = getincrementaldecoder(codec)("surrogatepass")
        self._left = b""

    def readable(self) -> bool:
        """As `io.RawIOBase`."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """As `io.RawIOBase`."""
        view = memoryview(buffer)
        while not self._left and (piece := self._stream.read(_PIECE)):
            self._left = self._decoder.decode(piece).encode("utf-8", "surrogatepass")
        count = min(len(view), len(self._left))
        view[:count], self._left = self._left[:count], self._left[count:]
        return count


def _page(uri: str, line: bytes, columns: Columns) -> Page | Reject:
    try:
        row = json.loads(_decoded(line))
    except RecursionError:
        return rejected(uri, Reason.MALFORMED, "the row is nested too deeply", line)
    except ValueError as error:
        return rejected(uri, Reason.MALFORMED, f"the row is not JSON: {error}", line)
    return page_of_row(uri, row, columns, line)


def _decoded(line: bytes) -> str:
    """The row as text; what is no UTF-8 comes as lone surrogates, which lead back to the bytes."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("utf-8", "surrogateescape")
        broken = sum(map(text.count, map(chr, range(0xDC80, 0xDD00))))
        beyond_ascii = len(line.translate(None, bytes(range(128))))
        if broken > _BROKEN_SHARE * beyond_ascii:
            return line.decode("gb18030", "replace")
        return text


def _skip_line(stream: BinaryIO, line: bytes) -> int:
    size = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(2**20)
        size += len(line)
    return size
