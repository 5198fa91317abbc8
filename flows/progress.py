"""Who watches a run: the command line shows a bar, a served run writes to the log, a test counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from flows.jobs import Done
from flows.plan import Plan


class Watcher(Protocol):
    """Told what a run is about to do, and of every shard that is done."""

    def planned(self, plan: Plan) -> None:
        """The plan stands; work starts now."""
        ...

    def done(self, done: Done, size: int) -> None:
        """A shard has been written; `size` bytes of raw files were curated for it."""
        ...


class Silent:
    """Watches and says nothing."""

    def planned(self, plan: Plan) -> None:
        """Nothing."""

    def done(self, done: Done, size: int) -> None:
        """Nothing."""


_watcher: ContextVar[Watcher] = ContextVar("watcher", default=Silent())  # noqa: B039 (Silent holds no state)


def watcher() -> Watcher:
    """Whoever watches the run that this is called in."""
    return _watcher.get()


@contextmanager
def watched_by(new: Watcher) -> Iterator[None]:
    """Have `new` watch the runs within."""
    token = _watcher.set(new)
    try:
        yield
    finally:
        _watcher.reset(token)
