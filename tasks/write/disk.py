"""Writing to a disk so that a name never promises what is not there: settle the bytes first, then name them at once."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from uuid import uuid4

from tasks.errors import UsageError

# File systems without links: FAT, some shares of other systems.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def settled(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk before anything relies on them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        settled(fresh)
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def point(link: Path, target: str) -> None:
    """Have a symbolic link lead to `target`, from one moment to the next."""
    fresh = link.with_name(f".{link.name}.{uuid4().hex[:8]}")
    os.symlink(target, fresh)
    os.replace(fresh, link)


def link_file(source: Path, target: Path) -> None:
    """Give a file a second name. Raises UsageError where the file system has no such thing."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        raise UsageError(
            f"cannot link {target}: {error.strerror}; a folder of tables needs a file system with hard and symbolic "
            "links, all of it on the same one, and owned by who runs qingwen"
        ) from error
