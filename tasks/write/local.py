"""curated/ on a disk: a generation of hard links, and one symbolic link that says which generation is the current one.

    curated/_generations/<number>/          all that is visible at a time: tables, manifests, _snapshot.json
    curated/_current                        -> _generations/<number>; replacing it is what makes a commit
    curated/<table>, _manifest, _snapshot.json   -> _current/…; never change
    curated/_staging/                       tries at writing a shard
    curated/_whole/<table>/part-<id>/       a table that is made at once; curated/<table> is a link to it

A folder of a generation never changes once it is current, so whoever lists a table sees one commit's files and no
others. See docs/adr/0012-commit.md.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from tasks.errors import UsageError
from tasks.write.disk import link_file, point, settled, write_whole
from tasks.write.manifest import Manifest
from tasks.write.names import CORPUS_NAMES, SHARD_NAMES
from tasks.write.store import READY_MANIFEST, BusyError, Store, data_path, lost, manifest_path, snapshot_text

#: For so long a generation stays when another has taken its place. Arrow lists a folder, then looks at each file by its
#: name, and passes over those that are gone in between; ten minutes are enough for a million files. A clock that jumps
#: ahead ends the time early, and nothing else.
GRACE_SECONDS = 600.0

_CURRENT = "_current"
_GENERATIONS = "_generations"
_WHOLE = "_whole"  # tables of one file each, that the commits of shards leave alone
_FOLDERS = (*SHARD_NAMES, "_manifest")
_LINKED = (*_FOLDERS, "_snapshot.json")


class LocalStore(Store):
    """curated/ as a folder."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(root))
        self.root = root

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder by a lock of the system's, which falls with the process that holds it."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / "_lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise UsageError(f"cannot write to {self.root}: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise BusyError(f"another run is writing to {self.root}; wait for it to end") from error
        finally:
            os.close(handle)

    def exists(self) -> bool:
        """Whether the folder is there. Raises UsageError if something else is there."""
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"{self.root} is not a folder")
        return self.root.exists()

    def _base(self) -> Path:
        """What is visible now, as a folder that does not change; the root itself if it was copied here from elsewhere
        and has no generations."""
        current = self.root / _CURRENT
        return current.resolve() if current.is_symlink() else self.root

    def shards(self) -> list[str]:
        """The ids of the visible shards: those that have a manifest."""
        return sorted(name.removesuffix(".json") for name in self.files("_manifest") if name.endswith(".json"))

    def ready(self) -> list[Manifest]:
        """Shards that lie whole in `_ready/`."""
        found = []
        for folder in sorted((self.root / "_ready").glob("*")):
            try:
                manifest = Manifest.from_json((folder / READY_MANIFEST).read_text(encoding="utf-8"))
                sizes = {table: (folder / f"{table}.parquet").stat().st_size for table in manifest.files}
            except (OSError, ValueError, KeyError, TypeError):
                continue  # half taken away by a run that died; nobody sees it, and `sweep` clears it
            if all(sizes[table] == file.size for table, file in manifest.files.items()):
                found.append(manifest)
        return found

    def staging(self, name: str) -> Path:
        """A folder of this try's own: an earlier try's worker may not know yet that it is no longer wanted."""
        folder = self.root / "_staging" / f"{name}-{uuid4().hex[:8]}"
        folder.mkdir(parents=True)
        return folder

    def keep(self, staged: Path, manifest: Manifest) -> None:
        """Settle the shard's files on the disk and rename their folder: all of them are there at once, or none."""
        (staged / READY_MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
        for path in staged.iterdir():
            settled(path)
        settled(staged)
        target = self.root / "_ready" / manifest.shard
        target.parent.mkdir(exist_ok=True)
        while True:
            try:
                os.rename(staged, target)
                break
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
                self._take_away(target)
        settled(target.parent)

    def _take_away(self, ready: Path) -> None:
        """Remove a ready shard, first what makes it one."""
        if ready.is_dir():
            (ready / READY_MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(ready, ignore_errors=True)
        else:
            ready.unlink(missing_ok=True)

    @contextmanager
    def data(self, table: str, shard: str) -> Iterator[Path | BinaryIO]:
        """The path of the file; what is visible goes before what is ready."""
        visible = self._base() / data_path(table, shard)
        yield visible if visible.exists() else self.root / "_ready" / shard / f"{table}.parquet"

    def commit(self, add: Collection[str], drop: Collection[str]) -> None:
        """Link a new generation together and make it the current one."""
        self._prepare()
        old = self._base()
        changed = {*add, *drop}
        kept = [shard for shard in self.shards() if shard not in changed]
        fresh = self._build(int(old.name) + 1, old, kept, add)
        self._switch(fresh)
        os.utime(old)  # from now on it is past
        for shard in add:
            self._take_away(self.root / "_ready" / shard)
        self._expire()

    def _build(self, number: int, old: Path, kept: Sequence[str], add: Collection[str]) -> Path:
        fresh = self.root.resolve() / _GENERATIONS / f"{number:08}"
        shutil.rmtree(fresh, ignore_errors=True)  # of a commit that died
        for folder in _FOLDERS:
            (fresh / folder).mkdir(parents=True)
        for shard in kept:
            for path in _paths(shard):
                try:
                    link_file(old / path, fresh / path)
                except FileNotFoundError as error:
                    raise lost(self, path, shard) from error
        for shard in add:
            ready = self.root / "_ready" / shard
            for table in SHARD_NAMES:
                link_file(ready / f"{table}.parquet", fresh / data_path(table, shard))
            link_file(ready / READY_MANIFEST, fresh / manifest_path(shard))
        write_whole(fresh / "_snapshot.json", snapshot_text(number, [*kept, *add]))
        for place in (*(fresh / name for name in _FOLDERS), fresh, fresh.parent):
            settled(place)
        return fresh

    def _switch(self, generation: Path) -> None:
        """The commit: one rename."""
        point(self.root / _CURRENT, f"{_GENERATIONS}/{generation.name}")
        settled(self.root)

    def _prepare(self) -> None:
        """Have a current generation and the links of readers. What lies in plain folders, copied here from elsewhere or
        by an earlier version, becomes the first generation."""
        if not (self.root / _CURRENT).is_symlink():
            plain = [shard for shard in self.shards() if all((self.root / path).exists() for path in _paths(shard))]
            self._switch(self._build(0, self.root, plain, ()))
        for name in _LINKED:
            link = self.root / name
            if link.exists() and not link.is_symlink():
                aside = self.staging("plain") / name
                os.rename(link, aside)
            if not link.is_symlink():
                point(link, f"{_CURRENT}/{name}")
        settled(self.root)

    def sweep(self, needed: Collection[str]) -> None:
        """Clear tries at shards and at small files, generations that are past, and ready shards that nobody needs."""
        shutil.rmtree(self.root / "_staging", ignore_errors=True)
        self._prepare()
        self._expire()
        for link in (_CURRENT, *_LINKED, *CORPUS_NAMES):
            for left in self.root.glob(f".{link}.*"):
                left.unlink(missing_ok=True)
        for left in (*self.root.glob("_tables/.*"), *self.root.glob("_runs/.*")):
            left.unlink(missing_ok=True)
        for left in self.root.glob("._report.html.*"):
            if _is_past(left):  # one may be being written: that takes no lock
                left.unlink(missing_ok=True)
        self.clear_ready(needed)

    def _expire(self) -> None:
        """Remove generations that have been past for long enough; of an unborn one, of a commit that died, nobody
        knows."""
        current = self._base().name
        for generation in (self.root / _GENERATIONS).iterdir():
            if generation.name != current and (generation.name > current or _is_past(generation)):
                shutil.rmtree(generation, ignore_errors=True)

    def clear_ready(self, needed: Collection[str]) -> None:
        """Take their folders away."""
        for ready in (self.root / "_ready").glob("*"):
            if ready.name not in needed:
                self._take_away(ready)

    def write_text(self, name: str, text: str) -> str:
        """Write beside, settle, rename."""
        write_whole(self.root / name, text)
        return str(self.root / name)

    def read_texts(self, names: Sequence[str]) -> Iterator[tuple[str, str | Exception]]:
        """Each of the files; what is visible, of the generation that is current at the first of them."""
        base = self._base()
        for name in names:
            folder = base if name.partition("/")[0] in _LINKED else self.root
            try:
                yield name, (folder / name).read_text(encoding="utf-8")
            except (OSError, ValueError) as error:
                yield name, error

    def files(self, folder: str) -> dict[str, int]:
        """The files of a folder, without those that are being written (a leading dot)."""
        base = self._base() if folder in _FOLDERS else self.root
        try:
            with os.scandir(base / folder) as entries:
                return {e.name: e.stat().st_size for e in entries if e.is_file() and not e.name.startswith(".")}
        except (FileNotFoundError, NotADirectoryError):
            return {}

    def open(self, name: str) -> BinaryIO:
        """A file of the current generation, or beside the tables."""
        base = self._base() if name.partition("/")[0] in _LINKED else self.root
        return (base / name).open("rb")

    def put(self, staged: Path, name: str) -> None:
        """Settle and rename."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        settled(staged)
        os.replace(staged, target)

    def put_table(self, staged: Path, table: str, name: str) -> str:
        """Put the file into a folder of its own, which nobody reads yet."""
        folder = f"{_WHOLE}/{table}/{Path(name).stem}"
        self.put(staged, f"{folder}/{name}")
        settled(self.root / folder)
        return f"{folder}/{name}"

    def remove(self, names: Sequence[str]) -> None:
        """Unlink."""
        for name in names:
            (self.root / name).unlink(missing_ok=True)

    def keep_table(self, table: str, path: str | None) -> None:
        """Have the table's link point to the file's folder, and clear the other folders: readers see one or the
        other. A plain folder, copied here from elsewhere, stays as long as nothing takes its place."""
        link, kept = self.root / table, self.root / path if path else None
        if kept and kept.exists() and link.resolve() != kept.parent.resolve():
            if link.exists() and not link.is_symlink():
                os.rename(link, self.staging("plain") / table)
            point(link, str(Path(path or "").parent))
            settled(self.root)
        elif kept is None and link.is_symlink():
            link.unlink()
        for folder in (self.root / _WHOLE / table).glob("*"):
            if kept is None or folder != kept.parent:
                shutil.rmtree(folder, ignore_errors=True)

    def strays(self, table: str, name: str | None) -> list[str]:
        """Where the table is a link of ours, a whole one may stand there that `keep_table` has yet to replace."""
        link = self.root / table
        return super().strays(table, f"{link.resolve().name}.parquet" if name and link.is_symlink() else name)

    def place(self, name: str) -> str:
        """The path of a file, as the user knows it."""
        return str(self.root / name)


def _is_past(path: Path) -> bool:
    return abs(time.time() - path.stat().st_mtime) > GRACE_SECONDS


def _paths(shard: str) -> list[str]:
    return [*(data_path(table, shard) for table in SHARD_NAMES), manifest_path(shard)]
