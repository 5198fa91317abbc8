"""Compressed files as streams: bounded, and honest about how they end.

The standard library's file objects either hide a cut-off end or give no bound on what a chunk expands to, so the
decompressors are driven here, a chunk at a time.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from tasks.read.kinds import Kind
from tasks.records import Limits, Reason

_CHUNK = 64 * 1024
# A zstd block of 3 bytes may stand for 128 KiB, and its decompressor takes no bound on its output: feeding it 1 KiB
# keeps what one call can return under 44 MiB.
_ZSTD_CHUNK = 1024
# The largest window that `zstd --long=31` would need is 2 GiB; 128 MiB is what the format asks every decoder to
# support by default at the highest ordinary level (RFC 8878 3.1.1.1.2).
_ZSTD_WINDOW = 128 * 2**20
# `xz -9` needs 65 MiB to decompress.
_XZ_MEMORY = 128 * 2**20


class BrokenError(Exception):
    """A container that cannot be read on. Internal to tasks/read: it always ends as a `Reject`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class Expanded(io.RawIOBase):
    """The content of a compressed stream, member after member. Raises BrokenError if it is cut off, corrupt or a
    bomb."""

    def __init__(self, stream: BinaryIO, kind: Kind, limits: Limits, *, past_damage: bool = False) -> None:
        """With `past_damage`, corrupt gzip members are passed over and counted in `damaged`: WARC has one for each
        record."""
        self.damaged = 0
        self._past_damage = past_damage and kind is Kind.GZIP
        self._stream = stream
        self._kind = kind
        self._limits = limits
        self._new, self._errors = _factory(kind)
        self._step = _ZSTD_CHUNK if kind is Kind.ZSTD else _CHUNK
        self._member: _Decompressor | None = None
        self._pending = b""  # compressed bytes not fed yet
        self._ready = b""  # expanded bytes, handed out up to _at
        self._at = 0
        self._taken = self._given = self._members = 0

    def readable(self) -> bool:
        """Always: this is a source."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from the expanded content; 0 at its end."""
        while self._at >= len(self._ready) and self._advance():
            self._check_expansion()
        size = min(len(buffer), len(self._ready) - self._at)
        buffer[:size] = self._ready[self._at : self._at + size]
        self._at += size
        return size

    def _advance(self) -> bool:
        """Expand one more step; False at the end of the stream."""
        member = self._member
        data = self._pending or self._fed()
        if member is None:
            return self._begin(data)
        try:
            self._ready, self._at = member.decompress(data, _CHUNK), 0
        except self._errors as error:
            if self._past_damage:
                return self._pass_over(data)
            raise BrokenError(Reason.TRUNCATED, f"the {self._kind} data is corrupt: {error}") from error
        if not data and not self._ready and not member.eof:
            raise BrokenError(Reason.TRUNCATED, f"the {self._kind} data ends early")
        self._given += len(self._ready)
        self._pending = member.unused_data if member.eof else getattr(member, "unconsumed_tail", b"")
        if member.eof:
            self._member = None
        return True

    def _pass_over(self, data: bytes) -> bool:
        """Go on where the next gzip member may begin, behind the first bytes of `data`; False if none does."""
        self.damaged += 1
        self._member, self._ready, self._at = None, b"", 0
        data = data[1:]
        while (found := data.find(_GZIP_MEMBER)) < 0:
            more = self._fed()
            if not more:
                self._pending = b""
                return False
            data = data[-2:] + more
        self._pending = data[found:]
        return True

    def _begin(self, data: bytes) -> bool:
        """Open the next member. Zero bytes after the last one are padding; other bytes there are not ours to read."""
        data = data.lstrip(b"\x00") if self._members else data
        if not data:
            more = self._fed()
            return bool(more) and self._begin(more)
        self._pending = data
        if self._members and not data.startswith(_FIRST[self._kind]):
            self._pending = b""
            return False
        self._member = self._new()
        self._members += 1
        return True

    def _fed(self) -> bytes:
        if self._member is not None and _holds_input(self._member):
            return b""
        data = self._stream.read(self._step) or b""
        self._taken += len(data)
        return data

    def _check_expansion(self) -> None:
        if self._given > self._limits.page_bytes and self._given > self._limits.expansion * self._taken:
            raise BrokenError(Reason.BOMB, f"expands to more than {self._limits.expansion} times its size")


_GZIP_MEMBER = b"\x1f\x8b\x08"
_FIRST = {Kind.GZIP: b"\x1f", Kind.ZSTD: b"\x28", Kind.XZ: b"\xfd", Kind.BZIP2: b"B"}


def _holds_input(member: _Decompressor) -> bool:
    """Whether the decompressor still has output to give for what it was fed (only bz2 and lzma say so)."""
    return not getattr(member, "needs_input", True)


class _Zlib:
    """zlib's decompressor, made for gzip's framing."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def unconsumed_tail(self) -> bytes:
        return self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        return self._inner.decompress(data, max_length)


class _Zstd:
    """zstandard's decompressor with the calling convention of the others."""

    def __init__(self) -> None:
        import zstandard

        self._inner = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, _max_length: int = 0, /) -> bytes:
        return self._inner.decompress(data)


def _factory(kind: Kind) -> tuple[Callable[[], _Decompressor], tuple[type[Exception], ...]]:
    if kind is Kind.ZSTD:
        import zstandard

        return _Zstd, (zstandard.ZstdError,)
    if kind is Kind.XZ:
        return lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY), (lzma.LZMAError,)
    if kind is Kind.BZIP2:
        return bz2.BZ2Decompressor, (OSError, ValueError)
    return _Zlib, (zlib.error,)
