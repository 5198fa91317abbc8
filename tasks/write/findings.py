"""What `qingwen verify` finds: what was looked at, what is wrong with which file, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from tasks.write.store import Store, StoreError, remedy_of

#: What reading a file that is not as it was written can raise.
BROKEN = (OSError, pa.ArrowException, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is not as it should be: the file, what is wrong with it, and what to do."""

    place: str
    what: str
    remedy: str


@dataclass(slots=True)
class Findings:
    """What has been looked at, by name, and what is wrong; findings add up. `notes` are no faults."""

    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, by: int = 1) -> None:
        """Count something that was looked at."""
        self.counts[name] = self.counts.get(name, 0) + by

    def note(self, what: str, by: int = 1) -> None:
        """Count something that is worth knowing and no fault."""
        if not by:
            return
        self.notes[what] = self.notes.get(what, 0) + by

    def merge(self, other: Findings) -> None:
        """Add another's."""
        for name, count in other.counts.items():
            self.count(name, count)
        for name, count in other.notes.items():
            self.note(name, count)
        self.wrong += other.wrong


@contextmanager
def as_written(store: Store, shard: str) -> Iterator[None]:
    """Around reading a shard's files. Raises StoreError, with what to do, where one is gone or is no longer what was
    written."""
    try:
        yield
    except (pa.ArrowException, FileNotFoundError) as error:
        raise StoreError(
            f"a file of shard {shard} in {store} is gone or damaged ({line_of(error)}), "
            f"`qingwen verify {store}` says which; {remedy_of(store, shard)}"
        ) from error


def line_of(error: BaseException) -> str:
    """An error in a line."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
