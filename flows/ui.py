"""Telling the Prefect UI of a run: how far it is while it runs, and what came of it.

Without `from __future__ import annotations`, as every module that flows are made with. The tables are what counts: a
server that cannot be reached for this is a warning in the log, and no reason for a run to fail.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

import httpx
from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.schemas.objects import State
from prefect.exceptions import PrefectException
from prefect.states import Failed

from flows.artifacts import (
    counts_table,
    damage_page,
    described,
    rejects_page,
    removed_page,
    samples_page,
    tables_page,
)
from flows.jobs import Done
from flows.plan import Plan
from flows.progress import Watcher
from flows.reasons import counted, sentence
from flows.record import RunRecord
from tasks.errors import QingwenError

T = TypeVar("T")

# Least seconds between two changes of the progress artifact: a request each, and nobody reads faster.
_PACE = 3.0


class InUi:
    """Watches a run on behalf of the UI, and passes all on to another watcher."""

    def __init__(self, other: Watcher) -> None:
        self._other = other
        self._artifact: UUID | None = None
        self._total = self._size = self._pages = self._shards = 0
        self._of = 0
        self._last = 0.0

    def planned(self, plan: Plan) -> None:
        """The plan stands: the progress artifact appears."""
        self._other.planned(plan)
        self._of = len(plan.shards)
        self._total = sum(shard.size + 1 for shard in plan.shards)
        self._artifact = attempt(create_progress_artifact, 0.0, key="qingwen-progress", description=self._words())

    def done(self, done: Done, size: int) -> None:
        """A shard more is written."""
        self._other.done(done, size)
        self._size, self._pages, self._shards = self._size + size + 1, self._pages + done.pages, self._shards + 1
        if self._artifact and (self._shards == self._of or time.monotonic() - self._last > _PACE):
            self._last = time.monotonic()
            percent = 100 * self._size / self._total
            attempt(update_progress_artifact, self._artifact, percent, description=self._words())

    def _words(self) -> str:
        return f"{self._shards:,} of {counted(self._of, 'shard')} written, {counted(self._pages, 'page')} curated"


def publish(record: RunRecord, curated: str) -> None:
    """Show what came of a run. `curated` is an absolute path or a URI."""
    fresh = record.fresh
    get_run_logger().info(
        "%s in: %d kept, %d rejected; %s written, %d unchanged",
        *(counted(fresh.pages, "page"), fresh.kept, fresh.rejected),
        *(counted(record.shards, "shard"), record.unchanged_shards),
    )
    attempt(
        create_table_artifact, counts_table(record), key="qingwen-counts", description="Figures of this run and all"
    )
    pages = {
        "damage": damage_page(record),
        "samples": samples_page(record),
        "removed": removed_page(record),
        "rejects": rejects_page(record),
        "tables": tables_page(record, curated),
    }
    for name, words in described(record).items():
        attempt(create_markdown_artifact, pages[name], key=f"qingwen-{name}", description=words)


def settled(work: Callable[..., T], *given: Any) -> T:
    """What a flow ends with: what `work` returns, or a failed state with a sentence for its first line.

    Whoever called the flow gets the error itself either way. One that nobody has foreseen is in the log with its place.
    """
    try:
        return work(*given)
    except Exception as error:
        curated = getattr(given[0], "curated", given[0])
        said = sentence(error, str(curated))
        if not isinstance(error, QingwenError | OSError):
            get_run_logger().error("%s", said, exc_info=error)
        state: State[Any] = Failed(message=said, data=error)
        return cast(T, state)


def forget(flow: Any, flow_run: Any, state: State[Any]) -> None:
    """Take away the file that Prefect keeps of a failed run's exception: nobody reads it, and they would pile up."""
    key = getattr(state.data, "storage_key", None)
    if key and getattr(state.data, "storage_block_id", None) is None:
        Path(key).unlink(missing_ok=True)


def attempt(call: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What the call to the server returns; None, and a line in the log, if the server cannot be reached."""
    try:
        return call(*given, **named)
    except (httpx.HTTPError, PrefectException) as error:
        with suppress(PrefectException):
            get_run_logger().warning("The UI could not be told: %s: %s", type(error).__name__, error)
        return None
