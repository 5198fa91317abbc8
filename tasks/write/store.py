"""curated/ wherever it lies: where things are in it, and what a store can do.

    curated/<table>/part-<shard>.parquet    data, for readers: the files of visible shards and no others
    curated/_manifest/<shard>.json          what each visible shard was made from
    curated/_snapshot.json                  the files of every table, as one list that changes all at once
    curated/_ready/<shard>/                 shards that are written and not visible yet
    curated/_runs/<run>.json                one file a run
    curated/_lock                           held by the run at work

Names with a leading underscore are passed over by the readers of datasets. A store is a folder (tasks/write/local.py)
or a storage of objects (tasks/write/objects.py); what each promises to readers stands in docs/adr/0012-commit.md.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, TypeVar

from tasks.errors import QingwenError, UsageError
from tasks.read.remote import is_remote, local_path
from tasks.version import PIPELINE_VERSION, SCHEMA_VERSION
from tasks.write.manifest import FileRecord, Manifest
from tasks.write.names import SHARD_NAMES
from tasks.write.tally import Tally

T = TypeVar("T")

#: The last piece of a shard to be written; without it, a ready shard does not exist.
READY_MANIFEST = "manifest.json"


class StoreError(QingwenError):
    """curated/ is not as this project left it, or does not hold what was written to it."""


class BusyError(UsageError):
    """Another run is at work on the same curated/."""


class Store(ABC):
    """curated/. Whoever writes to it holds `locked`, but for workers, which only `keep` shards."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def __str__(self) -> str:
        return self.uri

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """Hold curated/ against other runs. Raises BusyError if another holds it, UsageError if it cannot be made."""

    def check_free(self) -> None:
        """Raise what `locked` would raise now, and hold nothing."""
        with self.locked():
            return

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is anything at all."""

    @abstractmethod
    def shards(self) -> list[str]:
        """The ids of the visible shards, sorted."""

    @abstractmethod
    def ready(self) -> list[Manifest]:
        """Shards that are whole and not visible, in order of id."""

    @abstractmethod
    def staging(self, name: str) -> Path:
        """A fresh folder on this machine for one try at writing a shard."""

    @abstractmethod
    def keep(self, staged: Path, manifest: Manifest) -> None:
        """Take over what `staged` holds as a ready shard. Idempotent. Raises OSError."""

    @abstractmethod
    def data(self, table: str, shard: str) -> AbstractContextManager[Path | BinaryIO]:
        """A table's file of a shard, visible or ready, for pyarrow to read."""

    @abstractmethod
    def commit(self, add: Collection[str], drop: Collection[str]) -> None:
        """Make the ready shards `add` visible and the visible shards `drop` invisible, as one step. Raises OSError."""

    @abstractmethod
    def sweep(self, needed: Collection[str]) -> None:
        """Clear what runs that died left behind, and every ready shard that is not in `needed`."""

    @abstractmethod
    def clear_ready(self, needed: Collection[str]) -> None:
        """Take away every ready shard that is not in `needed`."""

    @abstractmethod
    def write_text(self, name: str, text: str) -> str:
        """Write a small file whole or not at all, and return where it is. Raises OSError."""

    @abstractmethod
    def read_texts(self, names: Sequence[str]) -> Iterator[tuple[str, str | Exception]]:
        """Small files by name, each with its text or what went wrong reading it."""

    @abstractmethod
    def files(self, folder: str) -> dict[str, int]:
        """The files directly in a folder, by name, with their sizes in bytes."""

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """A file below curated/, as readers see it. Raises OSError."""

    @abstractmethod
    def put(self, staged: Path, name: str) -> None:
        """Take over a staged file as the file `name` below curated/, beside the tables, whole or not at all."""

    @abstractmethod
    def put_table(self, staged: Path, table: str, name: str) -> str:
        """Take over a staged file that may become the whole of a table, and return its path below curated/.

        Where there are links, readers see it when `keep_table` is called, else at once. Raises OSError."""

    @abstractmethod
    def remove(self, names: Sequence[str]) -> None:
        """Take away files beside the tables; those that are not there do no harm."""

    @abstractmethod
    def keep_table(self, table: str, path: str | None) -> None:
        """Have readers see the file at `path` as the table, and clear all others that `put_table` took over."""

    def strays(self, table: str, name: str | None) -> list[str]:
        """Names of files that readers of a table see though they are not its file `name`."""
        return sorted(self.files(table).keys() - {name})

    def place(self, name: str) -> str:
        """Where a file below curated/ is, for messages."""
        return f"{self.uri}/{name}"

    def manifests(self) -> list[Manifest]:
        """Every visible shard, in order of id. Raises StoreError if a manifest cannot be read."""
        return list(self._parsed(Manifest.from_json))

    def figures(self) -> Iterator[tuple[dict[str, FileRecord], Tally]]:
        """Each visible shard's files and what it amounts to, in order of id, one at a time and without its sources.

        Raises StoreError if a manifest cannot be read.
        """
        yield from self._parsed(_figures)

    def _parsed(self, parse: Callable[[str], T]) -> Iterator[T]:
        for name, text in self.read_texts([manifest_path(shard) for shard in self.shards()]):
            try:
                if isinstance(text, Exception):
                    raise text
                found = parse(text)
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise StoreError(
                    f"the manifest {self.place(name)} cannot be read ({error}); remove it to curate its pages again"
                ) from error
            yield found


def _figures(text: str) -> tuple[dict[str, FileRecord], Tally]:
    plain = json.loads(text)
    files = {table: FileRecord(**file) for table, file in plain["files"].items()}
    return files, Tally.from_json(plain["tally"])


def store_of(curated: str | Path) -> Store:
    """The store at a path or a URI. Touches nothing. Raises UsageError if nothing here knows the URI's protocol."""
    if is_remote(curated):
        from tasks.write.objects import ObjectStore

        return ObjectStore(str(curated))
    from tasks.write.local import LocalStore

    return LocalStore(local_path(curated))


def data_path(table: str, shard: str) -> str:
    """Where a visible shard's file of a table lies below curated/."""
    return f"{table}/part-{shard}.parquet"


def manifest_path(shard: str) -> str:
    """Where a visible shard's manifest lies below curated/."""
    return f"_manifest/{shard}.json"


def remedy_of(store: Store, shard: str) -> str:
    """What to do about a shard whose files are not as they were written."""
    return f"remove {store.place(manifest_path(shard))} and run again: its pages are curated again"


def lost(store: Store, name: str, shard: str) -> StoreError:
    """What to raise where a file of a shard is not there any more."""
    return StoreError(f"{store.place(name)} is gone; {remedy_of(store, shard)}")


def snapshot_text(number: int, shards: Iterable[str]) -> str:
    """What `_snapshot.json` says: the files of each table, relative to the folder that the snapshot lies in."""
    shards = sorted(shards)
    files = {table: [data_path(table, shard) for shard in shards] for table in sorted(SHARD_NAMES)}
    plain = {
        "snapshot": number,
        "schema_version": SCHEMA_VERSION,
        "pipeline_version": PIPELINE_VERSION,
        "shards": shards,
        "files": files,
    }
    return json.dumps(plain, indent=1) + "\n"
