"""Members of zip and tar archives, one at a time. Nothing is ever written under a member's name."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from tasks.read.sources import uri_of
from tasks.read.streams import BrokenError
from tasks.records import Limits, Reason

# Names of a member of millions are not kept: an entry of a zip's directory is 46 bytes and a name.
_ENTRY_BYTES = 64
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_END_SEARCHED = 2**16 + 22 + 76
# What the standard library raises for archives that are damaged or made to hurt.
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    OverflowError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member: its name as text, and its content, or why it has none that is read."""

    name: str
    content: io.BufferedReader | None
    reason: Reason | None = None
    detail: str = ""


def zip_members(stream: BinaryIO, size: int, limits: Limits) -> Iterator[Member]:
    """The files in a zip archive of `size` bytes, in the order of its directory. `stream` must be seekable.

    Raises BrokenError where the archive as a whole cannot be read on.
    """
    if _directory_size(stream, size) > limits.members * _ENTRY_BYTES:
        raise BrokenError(Reason.TOO_MANY, f"more than {limits.members} members")
    meter = _Meter(size, limits)
    try:
        with zipfile.ZipFile(stream) as archive:
            for number, info in enumerate(archive.infolist(), 1):
                if number > limits.members:
                    raise BrokenError(Reason.TOO_MANY, f"more than {limits.members} members")
                if not info.filename.endswith("/"):  # not is_dir(), which Python 3.11 has raise for an empty name
                    yield from _zip_member(archive, info, meter)
    except NotImplementedError as error:  # of the directory; what a member asks for is seen at the member
        raise BrokenError(Reason.UNSUPPORTED, f"a zip archive of a kind that is not read: {error}") from error
    except _DAMAGED as error:
        raise BrokenError(Reason.TRUNCATED, f"the zip archive is damaged: {error}") from error


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: _Meter) -> Iterator[Member]:
    name = _zip_name(info)
    if refused := _refused(name, stat.S_ISLNK(info.external_attr >> 16)):
        yield refused
    elif info.flag_bits & 0x1:
        yield Member(name, None, Reason.UNREADABLE, "encrypted")
    elif not _is_hidden(name):
        try:
            with archive.open(info) as content:
                yield Member(name, _metered(content, meter))
        except NotImplementedError as error:
            yield Member(name, None, Reason.UNSUPPORTED, f"compressed by a method that is not read: {error}")
        except _DAMAGED as error:
            yield Member(name, None, Reason.TRUNCATED, f"its entry is damaged: {error}")


def _zip_name(info: zipfile.ZipInfo) -> str:
    """A member's name: UTF-8 where its flag says so (APPNOTE 4.4.4, bit 11), else by its bytes, which Python read as
    CP437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return _named(info.filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.filename


def _named(raw: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "surrogateescape")


def tar_members(stream: BinaryIO, limits: Limits) -> Iterator[Member]:
    """The files in a tar archive, in order, as they pass by. Raises BrokenError where it cannot be read on."""
    number = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for info in archive:
                archive.members = []  # type: ignore[attr-defined]  # tarfile keeps every header it has seen
                number += 1
                if number > limits.members:
                    raise BrokenError(Reason.TOO_MANY, f"more than {limits.members} members")
                if not info.isdir():
                    yield from _tar_member(archive, info)
    except _DAMAGED as error:
        raise BrokenError(Reason.TRUNCATED, f"the tar archive is damaged: {error}") from error


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[Member]:
    name = _named(info.name.encode("utf-8", "surrogateescape"))
    if refused := _refused(name, info.issym() or info.islnk()):
        yield refused
    elif not info.isreg() or info.issparse():
        yield Member(name, None, Reason.UNSUPPORTED, "not an ordinary file")
    elif not _is_hidden(name) and (content := archive.extractfile(info)) is not None:
        with content:
            yield Member(name, _metered(content, None))


def _refused(name: str, is_link: bool) -> Member | None:
    parts = name.replace("\\", "/").split("/")
    if is_link:
        return Member(name, None, Reason.OUTSIDE, "a link")
    if not name:
        return Member(name, None, Reason.MALFORMED, "a member without a name")
    if ".." in parts or not parts[0] or parts[0].endswith(":"):
        return Member(name, None, Reason.OUTSIDE, "a name that leads out of the archive")
    return None


def _is_hidden(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == "__MACOSX" or any(part.startswith(".") and part != "." for part in parts)


class _Meter:
    """What an archive has expanded to so far, over all its members: they may share their compressed bytes."""

    def __init__(self, size: int, limits: Limits) -> None:
        self._allowed = max(size * limits.expansion, limits.page_bytes)
        self._expansion = limits.expansion

    def take(self, count: int) -> None:
        """Note `count` bytes. Raises BrokenError once they are too many."""
        self._allowed -= count
        if self._allowed < 0:
            raise BrokenError(Reason.BOMB, f"the archive expands to more than {self._expansion} times its size")


class _Metered(io.RawIOBase):
    """A member's content, counted where there is a meter, with damage told in our words."""

    def __init__(self, content: IO[bytes], meter: _Meter | None) -> None:
        self._content = content
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._content.read(len(buffer))
        except (*_DAMAGED, OSError) as error:
            raise BrokenError(Reason.TRUNCATED, f"the member's data is damaged: {error}") from error
        if self._meter:
            self._meter.take(len(data))
        buffer[: len(data)] = data
        return len(data)


def _metered(content: IO[bytes], meter: _Meter | None) -> io.BufferedReader:
    return io.BufferedReader(_Metered(content, meter))


def _directory_size(stream: BinaryIO, size: int) -> int:
    """How many bytes a zip's directory says it has (APPNOTE 4.3.14 and 4.3.16); 0 if it has no end record."""
    stream.seek(max(size - _END_SEARCHED, 0))
    tail = stream.read(_END_SEARCHED)
    stream.seek(0)
    wide, end = tail.rfind(_END64), tail.rfind(_END)
    if wide >= 0 and len(tail) >= wide + 48:
        return int.from_bytes(tail[wide + 40 : wide + 48], "little")
    return int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0


def member_uri(uri: str, name: str, seen: dict[str, int]) -> str:
    """The URI of a member; an archive may hold a name twice, and the second is told by its count.

    >>> seen: dict[str, int] = {}
    >>> member_uri("a.zip", "b#1.txt", seen), member_uri("a.zip", "b#1.txt", seen)
    ('a.zip#b%231.txt', 'a.zip#b%231.txt@2')
    """
    seen[name] = seen.get(name, 0) + 1
    return f"{uri}#{uri_of(name)}" + (f"@{seen[name]}" if seen[name] > 1 else "")
