"""Storage behind a URI such as s3://bucket/folder: by way of fsspec, which is imported on use.

What such a storage raises is not always an OSError; here it becomes one, so that the rest of the project knows one kind
of failing storage.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.errors import UsageError

# Read ahead by so much: a request costs some 30 ms, which 8 MiB at 100 MB/s exceed twofold; a worker holds two of them.
_BLOCK = 8 * 2**20


def is_remote(uri: str | Path) -> bool:
    """Whether a place is behind a URI; `file://` is the disk.

    >>> is_remote("s3://bucket/raw"), is_remote("file:///data/raw"), is_remote("data/raw")
    (True, False, False)
    """
    return isinstance(uri, str) and "://" in uri and not uri.startswith("file://")


def local_path(uri: str | Path) -> Path:
    """The path of a place on the disk."""
    return Path(uri.removeprefix("file://")) if isinstance(uri, str) else uri


def filesystem(uri: str) -> tuple[Any, str]:
    """The file system of a URI, without memory of what it has listed, and the path in it.

    Raises UsageError if nothing here knows the URI's protocol.
    """
    try:
        import fsspec

        with storage_errors(uri):
            fs, path = fsspec.core.url_to_fs(uri, use_listings_cache=False)
    except (ImportError, ValueError) as error:
        extra = "pip install s3fs" if uri.startswith("s3") else "install its fsspec package"
        raise UsageError(f"cannot open {uri}: {error} ({extra})") from error
    return fs, str(path).rstrip("/")


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn what a remote storage raises, other than OSError, into an OSError that names what was being done."""
    try:
        yield
    except (OSError, ImportError, ValueError, TypeError, AttributeError, AssertionError, GeneratorExit):
        raise
    except Exception as error:
        raise OSError(f"the storage failed on {what}: {error}") from error


def open_remote(fs: Any, path: str) -> io.BufferedReader:
    """A file of a remote storage as a buffered, seekable stream. Raises OSError."""
    with storage_errors(path):
        return io.BufferedReader(_File(fs.open(path, "rb", block_size=_BLOCK), path), 2**16)


class _File(io.RawIOBase):
    """fsspec's file, with the storage's errors as OSErrors."""

    def __init__(self, file: Any, path: str) -> None:
        self._file = file
        self._path = path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with storage_errors(self._path):
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()
