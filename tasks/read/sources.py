"""Which files below raw/ are read, under which names, in which order."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.errors import InputError
from tasks.read.remote import filesystem, is_remote, local_path, storage_errors
from tasks.records import Reason, Reject

# raw/README.md explains the folder to people; it is not a page.
_NOT_PAGES = frozenset({"README.md"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file below raw/.

    `uri` is its path below raw/ with "/" between folders, in valid Unicode (see `uri_of`); `path` the same path as the
    system spells it; `size` in bytes and `mtime_ns` as listed; `refused` says why it will not be opened, or is None.
    Where a storage tells contents apart by a tag (S3's ETag), `tag` is that, and `mtime_ns` is 0.
    """

    uri: str
    path: str
    size: int
    mtime_ns: int = 0
    refused: Reject | None = None
    tag: str = ""


def discover(root: str | Path) -> list[Source]:
    """List the files below `root`, or `root` itself if it is a file, sorted by uri.

    Hidden files and folders (a leading dot) and the README.md at the top of raw/ are passed over. Links to files
    inside raw/ are followed, links to folders are not: what they lead to is listed under its own name. Nothing is
    opened, so a pipe cannot block. What is no page comes back as a source that is refused, with the reason.

    `root` may be a URI that fsspec knows, such as s3://bucket/crawl; a storage of objects has no links and no pipes.

    Raises InputError if `root` does not exist or cannot be listed.
    """
    if is_remote(root):
        return sorted(_objects(str(root)), key=lambda source: source.uri)
    base = local_path(root)
    try:
        info = base.stat()
        if stat.S_ISREG(info.st_mode):
            return [Source(uri_of(base.name), base.name, info.st_size, info.st_mtime_ns)]
        if not stat.S_ISDIR(info.st_mode):
            raise InputError(f"{root} is neither a folder nor a file")
        with os.scandir(base):
            pass
    except OSError as error:
        raise InputError(f"cannot read {root}: {error.strerror}") from error
    return sorted(_walk(base), key=lambda source: source.uri)


def uri_of(path: str) -> str:
    """A path below raw/ as a URI that leads back to it and to no other file.

    `#` starts the name of a member, so it is written %23, and so are, byte by byte, names that are not valid UTF-8 and
    control characters; a % is written %25 only where it could be taken for one of these.

    >>> uri_of("新 闻/a#1 100%.txt"), uri_of("a%23")
    ('新 闻/a%231 100%.txt', 'a%2523')
    """
    if path.isascii() and path.isprintable() and "#" not in path and "%" not in path:
        return path
    return "".join(_quoted(path, at, char) for at, char in enumerate(path))


def _quoted(path: str, at: int, char: str) -> str:
    if char == "#" or char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff":
        return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
    if char == "%" and all(c in "0123456789abcdefABCDEF" for c in path[at + 1 : at + 3]) and len(path) >= at + 3:
        return "%25"
    return char


def _objects(root: str) -> Iterator[Source]:
    """The objects below a URI. Names that end in a slash are what consoles make to show an empty folder."""
    fs, base = filesystem(root)
    try:
        with storage_errors(root):
            found: dict[str, dict[str, Any]] = fs.find(base, detail=True)
    except OSError as error:
        raise InputError(f"cannot read {root}: {error.strerror or error}") from error
    if not found:
        raise InputError(f"cannot read {root}: there is no such object, and none below it")
    for name, info in found.items():
        path = name.removeprefix(base).lstrip("/") or name.rpartition("/")[2]
        hidden = any(part.startswith(".") for part in path.split("/"))
        if info["type"] == "file" and not (hidden or name.endswith("/") or path in _NOT_PAGES):
            yield _object(path, info)


# Under which names file systems give a tag of an object's contents, and the time of its last change.
_TAGS = ("ETag", "etag", "md5Hash", "content_md5", "generation")
_TIMES = ("LastModified", "last_modified", "updated", "mtime", "created")


def _object(path: str, info: dict[str, Any]) -> Source:
    tag = next((str(info[key]).strip('"') for key in _TAGS if info.get(key)), "")
    if not tag:
        tag = next((str(info[key]) for key in _TIMES if info.get(key)), "")
    return Source(uri_of(path), path, int(info["size"] or 0), tag=tag)


def _walk(base: Path) -> Iterator[Source]:
    real = os.path.realpath(base)
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(base / folder) as listing:
                entries = [entry for entry in listing if not entry.name.startswith(".")]
        except OSError as error:
            yield _refused(folder, Reason.UNREADABLE, f"the folder cannot be listed: {error.strerror}")
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif path not in _NOT_PAGES and not _leads_to_a_folder(entry):
                yield _source(base, real, path, entry)


def _leads_to_a_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry that is no folder leads to one. Of a link that leads round in a circle nobody can say."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False


def _source(base: Path, real: str, path: str, entry: os.DirEntry[str]) -> Source:
    try:
        if entry.is_symlink() and not _inside(real, os.path.realpath(base / path)):
            return _refused(path, Reason.OUTSIDE, "a link that leads out of raw/")
        info = entry.stat()
    except FileNotFoundError:
        detail = "a link to nothing" if entry.is_symlink() else "listed, then gone"
        return _refused(path, Reason.VANISHED, detail)
    except OSError as error:
        return _refused(path, Reason.UNREADABLE, f"cannot be looked at: {error.strerror}")
    if not stat.S_ISREG(info.st_mode):
        return _refused(path, Reason.UNSUPPORTED, f"not a file but {_sort(info.st_mode)}")
    return Source(uri_of(path), path, info.st_size, info.st_mtime_ns)


def _refused(path: str, reason: Reason, detail: str) -> Source:
    return Source(uri_of(path), path, 0, refused=Reject(uri_of(path), "read", reason, detail))


def _inside(real: str, target: str) -> bool:
    return os.path.commonpath([real, target]) == real


def _sort(mode: int) -> str:
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    return kinds.get(stat.S_IFMT(mode), "something else")
