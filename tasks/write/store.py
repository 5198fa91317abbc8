"""curated/ on a disk: where things lie, how a shard becomes visible, and how what it supersedes goes away.

    curated/<table>/part-<shard>.parquet    data, for readers
    curated/_manifest/<shard>.json          what a shard was made from; written last
    curated/_runs/<run>.json                one file a run
    curated/_staging/                       shards being written; not read by anyone
    curated/_lock                           held by the run at work; the system lets go of it when the run ends or dies

Names with a leading underscore are passed over by the readers of datasets. See docs/adr/0003-shards-and-tasks.md.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.errors import QingwenError, UsageError
from tasks.write.manifest import FileRecord, Manifest
from tasks.write.schema import SHARD_TABLES
from tasks.write.tally import Tally


class StoreError(QingwenError):
    """curated/ is not as this project left it, or does not hold what was written to it."""


class BusyError(UsageError):
    """Another run is at work on the same curated/."""


@contextmanager
def locked(curated: Path) -> Iterator[None]:
    """Hold curated/ against other runs. Raises BusyError if another holds it, UsageError if it cannot be made."""
    try:
        curated.mkdir(parents=True, exist_ok=True)
        handle = os.open(curated / "_lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise UsageError(f"cannot write to {curated}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BusyError(f"another run is writing to {curated}; wait for it to end") from error
    finally:
        os.close(handle)


def check_free(curated: Path) -> None:
    """Raise what `locked` would raise now, and hold nothing."""
    with locked(curated):
        return


def read_manifests(curated: Path) -> list[Manifest]:
    """Every visible shard, in order of id. Raises StoreError if a manifest cannot be read."""
    found = []
    for path in sorted((curated / "_manifest").glob("*.json")):
        try:
            found.append(Manifest.from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"the manifest {path} cannot be read ({error}); remove it to curate its pages again"
            ) from error
    return found


def read_figures(curated: Path) -> Iterator[tuple[dict[str, FileRecord], Tally]]:
    """Each visible shard's files and what it amounts to, in order of id, one at a time and without its sources.

    Raises StoreError if a manifest cannot be read.
    """
    for path in sorted((curated / "_manifest").glob("*.json")):
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            files = {table: FileRecord(**file) for table, file in plain["files"].items()}
            yield files, Tally.from_json(plain["tally"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"the manifest {path} cannot be read ({error}); remove it to curate its pages again"
            ) from error


def data_path(table: str, shard: str) -> str:
    """Where a shard's file of a table lies below curated/."""
    return f"{table}/part-{shard}.parquet"


def staging(curated: Path, name: str) -> Path:
    """A fresh, empty folder for a shard that is being written."""
    folder = curated / "_staging" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def publish(curated: Path, staged: Path, manifest: Manifest) -> None:
    """Make a staged shard visible: its data files, then its manifest. Idempotent. Raises OSError."""
    for table in SHARD_TABLES:
        target = curated / manifest.files[table].path
        target.parent.mkdir(parents=True, exist_ok=True)
        _settle(staged / f"{table}.parquet")
        os.replace(staged / f"{table}.parquet", target)
    write_text(curated / "_manifest" / f"{manifest.shard}.json", manifest.to_json())
    shutil.rmtree(staged, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    _settle(fresh)
    os.replace(fresh, path)


def _settle(path: Path) -> None:
    """Have the file's bytes on the disk before its name can be."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def withdraw(curated: Path, shards: Iterable[str]) -> None:
    """Take superseded shards away: the manifest first, so that no manifest ever names a file that is gone."""
    for shard in shards:
        (curated / "_manifest" / f"{shard}.json").unlink(missing_ok=True)
        for table in SHARD_TABLES:
            (curated / data_path(table, shard)).unlink(missing_ok=True)


def sweep(curated: Path, shards: Iterable[str]) -> int:
    """Clear what a run that died left behind: staged shards, and data files of none of the visible `shards`.

    Returns how many data files went.
    """
    shutil.rmtree(curated / "_staging", ignore_errors=True)
    visible = {f"part-{shard}.parquet" for shard in shards}
    swept = 0
    for table in SHARD_TABLES:
        for path in (curated / table).glob("part-*.parquet"):
            if path.name not in visible:
                path.unlink()
                swept += 1
    return swept
