"""curated/ on a storage of objects, such as s3://bucket/tables, by way of fsspec.

Such a storage has no folders to rename and no links: one object is all that changes at once. That object is
`_snapshot.json`; a commit copies the new shards' files beside the others (within the storage), replaces the snapshot,
and takes the superseded files away. What that promises to whom stands in docs/adr/0012-commit.md.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tasks.errors import UsageError
from tasks.read.remote import filesystem, open_remote, storage_errors
from tasks.write.lease import HeldError, Lease, LostError, began_at, is_s3, write_if
from tasks.write.manifest import Manifest
from tasks.write.names import SHARD_NAMES
from tasks.write.store import (
    READY_MANIFEST,
    BusyError,
    Store,
    StoreError,
    data_path,
    manifest_path,
    snapshot_text,
)

_SNAPSHOT = "_snapshot.json"
_STAGED = "qingwen-staged"
# Small files read at a time: enough to hide a request's 30 ms, few enough to hold.
_BATCH = 256


class ObjectStore(Store):
    """curated/ as a prefix of a bucket."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri.rstrip("/"))
        self._fs, self._root = filesystem(uri)
        self._s3 = is_s3(self._fs)
        self._lease: Lease | None = None

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the prefix by a lease, which runs out if its holder dies."""
        lease = Lease(self._fs, self._at("_lock"))
        try:
            lease.acquire()
        except HeldError as error:
            raise BusyError(f"another run is writing to {self.uri} ({error}); wait for it to end") from error
        except OSError as error:
            raise UsageError(f"cannot write to {self.uri}: {error.strerror or error}") from error
        self._lease = lease
        try:
            yield
        finally:
            self._lease = None
            lease.release()

    def exists(self) -> bool:
        """Whether there is any object below the prefix."""
        with storage_errors(self.uri):
            return bool(self._fs.exists(self._root))

    def _snapshot(self) -> tuple[dict[str, Any], str]:
        """What the snapshot says, and its tag; ({}, "") if there is none yet."""
        try:
            with storage_errors(self.uri):
                raw: bytes = self._fs.cat_file(self._at(_SNAPSHOT))
                tag = str(self._fs.info(self._at(_SNAPSHOT)).get("ETag", "")) if self._s3 else ""
        except FileNotFoundError:
            return {}, ""
        try:
            plain = json.loads(raw)
            return {"snapshot": int(plain["snapshot"]), "shards": list(plain["shards"])}, tag
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{self.place(_SNAPSHOT)} cannot be read ({error}); remove it to curate afresh") from error

    def shards(self) -> list[str]:
        """The ids that the snapshot names, without those whose manifest has been taken away to have them made again."""
        named = self._snapshot()[0].get("shards", [])
        known = self.files("_manifest") if named else {}
        return sorted(shard for shard in named if f"{shard}.json" in known)

    def ready(self) -> list[Manifest]:
        """Shards whose manifest lies in `_ready/` beside all of their files."""
        sizes = self._tree("_ready")
        names = [f"_ready/{name}" for name in sorted(sizes) if name.endswith(f"/{READY_MANIFEST}")]
        found = []
        for _, text in self.read_texts(names):
            try:
                manifest = Manifest.from_json(text if isinstance(text, str) else "")
            except (ValueError, KeyError, TypeError):
                continue
            held = {table: sizes.get(f"{manifest.shard}/{table}.parquet") for table in manifest.files}
            if all(held[table] == file.size for table, file in manifest.files.items()):
                found.append(manifest)
        return found

    def staging(self, name: str) -> Path:
        """A folder among the temporary files of this machine; those of processes that were killed go."""
        for left in Path(tempfile.gettempdir()).glob(f"{_STAGED}-*-*-*"):
            pid, began = left.name.removeprefix(f"{_STAGED}-").split("-")[:2]
            if pid.isdecimal() and began_at(int(pid)) != began:
                shutil.rmtree(left, ignore_errors=True)
        own = f"{_STAGED}-{os.getpid()}-{began_at(os.getpid())}-"
        return Path(tempfile.mkdtemp(prefix=own))

    def keep(self, staged: Path, manifest: Manifest) -> None:
        """Upload the files, and the manifest when all of them are there."""
        ready = f"_ready/{manifest.shard}"
        with storage_errors(self.uri):
            for table in SHARD_NAMES:
                self._fs.put_file(str(staged / f"{table}.parquet"), self._at(f"{ready}/{table}.parquet"))
        self.write_text(f"{ready}/{READY_MANIFEST}", manifest.to_json())

    @contextmanager
    def data(self, table: str, shard: str) -> Iterator[Path | BinaryIO]:
        """The file as a stream that reads what is asked for."""
        try:
            stream = self.open(data_path(table, shard))
        except FileNotFoundError:
            stream = self.open(f"_ready/{shard}/{table}.parquet")
        with stream:
            yield stream

    def commit(self, add: Collection[str], drop: Collection[str]) -> None:
        """Copy, replace the snapshot, delete. Raises BusyError if another run has come in between."""
        self._still_ours()
        said, tag = self._snapshot()
        gone = set(drop) - set(add)
        moves = [move for shard in sorted(add) for move in _moves(shard)]
        with storage_errors(self.uri):
            if moves:
                self._fs.copy([self._at(old) for old, _ in moves], [self._at(new) for _, new in moves])
        shards = {*self.shards(), *add} - gone
        self._still_ours()
        condition = ({"IfMatch": tag} if tag else {"IfNoneMatch": "*"}) if self._s3 else {}
        text = snapshot_text(said.get("snapshot", 0) + 1, shards)
        if not write_if(self._fs, self._at(_SNAPSHOT), text.encode(), condition):
            raise BusyError(f"another run has written to {self.uri} meanwhile; its tables stand")
        self._remove([path for shard in sorted(gone) for path in _paths(shard)])
        self._remove([old for old, _ in moves])

    def _still_ours(self) -> None:
        try:
            if self._lease:
                self._lease.check()
        except LostError as error:
            raise BusyError(f"the lease on {self.uri} {error}; another run may be writing to it") from error

    def sweep(self, needed: Collection[str]) -> None:
        """Clear the files of shards that the snapshot does not name, and ready shards that nobody needs."""
        visible = set(self.shards())
        stray = [
            f"{table}/{name}"
            for table in SHARD_NAMES
            for name in self.files(table)
            if name.removeprefix("part-").removesuffix(".parquet") not in visible
        ]
        stray += [f"_manifest/{name}" for name in self.files("_manifest") if name.removesuffix(".json") not in visible]
        self._remove(stray)
        self.clear_ready(needed)

    def clear_ready(self, needed: Collection[str]) -> None:
        """Delete their objects, first what makes them ready."""
        ready = [f"_ready/{name}" for name in self._tree("_ready") if name.partition("/")[0] not in needed]
        self._remove([name for name in ready if name.endswith(READY_MANIFEST)])
        self._remove([name for name in ready if not name.endswith(READY_MANIFEST)])

    def _remove(self, names: Sequence[str]) -> None:
        if names:
            with storage_errors(self.uri):
                self._fs.rm([self._at(name) for name in names])

    def put(self, staged: Path, name: str) -> None:
        """Upload: an object is there whole or not at all."""
        with storage_errors(self.uri):
            self._fs.put_file(str(staged), self._at(name))
        staged.unlink()

    def put_table(self, staged: Path, table: str, name: str) -> str:
        """Upload beside what the table holds; until `keep_table`, whoever lists it sees both."""
        self._still_ours()
        self.put(staged, f"{table}/{name}")
        return f"{table}/{name}"

    def remove(self, names: Sequence[str]) -> None:
        """Delete what is there of them."""
        self._remove([name for name in names if self._tree(name)])

    def keep_table(self, table: str, path: str | None) -> None:
        """Delete the table's other objects."""
        self._still_ours()
        self._remove([f"{table}/{name}" for name in self.files(table) if f"{table}/{name}" != path])

    def write_text(self, name: str, text: str) -> str:
        """One request: an object is written whole or not at all."""
        with storage_errors(self.uri):
            self._fs.pipe_file(self._at(name), text.encode())
        return self.place(name)

    def read_texts(self, names: Sequence[str]) -> Iterator[tuple[str, str | Exception]]:
        """Many at a time."""
        for start in range(0, len(names), _BATCH):
            some = list(names[start : start + _BATCH])
            with storage_errors(self.uri):
                found = self._fs.cat([self._at(name) for name in some], on_error="return")
            for name in some:
                raw = found[self._at(name)]
                try:
                    yield name, raw if isinstance(raw, Exception) else raw.decode()
                except ValueError as error:
                    yield name, error

    def files(self, folder: str) -> dict[str, int]:
        """The objects directly below a prefix."""
        return {name: size for name, size in self._tree(folder).items() if "/" not in name}

    def _tree(self, folder: str) -> dict[str, int]:
        base = self._at(folder)
        try:
            with storage_errors(self.uri):
                found = self._fs.find(base, detail=True)
        except FileNotFoundError:
            return {}
        return {name.removeprefix(base).lstrip("/"): int(info["size"]) for name, info in found.items()}

    def open(self, name: str) -> BinaryIO:
        """An object as a stream."""
        return open_remote(self._fs, self._at(name))


def _moves(shard: str) -> list[tuple[str, str]]:
    """From where to where a shard's objects go when it becomes visible."""
    ready = f"_ready/{shard}"
    tables = [(f"{ready}/{table}.parquet", data_path(table, shard)) for table in SHARD_NAMES]
    return [*tables, (f"{ready}/{READY_MANIFEST}", manifest_path(shard))]


def _paths(shard: str) -> list[str]:
    return [*(data_path(table, shard) for table in SHARD_NAMES), manifest_path(shard)]
