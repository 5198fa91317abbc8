"""The flow: raw pages in, curated tables out. A task run is a shard of many pages, never a page.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import flow, get_run_logger, runtime, task  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.futures import PrefectFuture, as_completed  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402
from prefect.utilities.annotations import quote  # noqa: E402

from flows.commits import Commits  # noqa: E402
from flows.crew import Crew, crew_of  # noqa: E402
from flows.embedded import tie_server  # noqa: E402
from flows.progress import Watcher, watcher  # noqa: E402
from flows.reasons import failure  # noqa: E402
from flows.record import RunRecord  # noqa: E402
from flows.settings import Settings  # noqa: E402
from flows.shard import Done, Job  # noqa: E402
from flows.show import InUi, forget, publish, settled  # noqa: E402
from flows.work import absolute, jobs, record_of, survey  # noqa: E402
from tasks.errors import QingwenError  # noqa: E402
from tasks.write.store import store_of  # noqa: E402

tie_server()

T = TypeVar("T")

# Task runs wait for the crew, which has its own limit; so many may wait at once.
_WAITING = 64
# A full disk or a network share that blinks: worth two more tries, a while apart. Bad pages never get here.
_RETRY_SECONDS = [5.0, 60.0]


@flow(
    name="curate",
    flow_run_name="curate {settings.raw}",
    description="Raw pages in, curated tables out.",
    task_runner=ThreadPoolTaskRunner(max_workers=_WAITING),  # type: ignore[arg-type]  # its own type variable is not the flow's
    persist_result=False,
    on_failure=[forget],
)
def curate(settings: Settings = Settings()) -> RunRecord:  # noqa: B008 (frozen)
    """Curate the pages of `settings.raw` that `settings.curated` does not hold yet, and say what came of it.

    Raises UsageError if there is nothing to read or another run is at work, QingwenError if a shard failed.
    """
    return settled(_curate, settings)


def _curate(settings: Settings) -> RunRecord:
    started, store, watching = datetime.now(UTC), store_of(settings.curated), InUi(watcher())
    with store.locked():
        found = survey(settings, store)
        work = found.plan
        store.sweep(found.needed)
        watching.planned(work)
        commits = Commits(store, found.switches)
        with crew_of(settings, len(work.shards)) as crew:
            runs = {write_shard.submit(_whole(job), _whole(crew)): job for job in jobs(settings, work)}
            done, failures = _gather(runs, commits, watching)
        commits.commit()
        if not failures:
            store.clear_ready(())
        error = failure(failures, len(runs), settings.curated) if failures else None
        record = record_of(settings, store, started, work, done, runtime.flow_run.id, error)
        record.write(store)
    publish(record, absolute(settings.curated))
    if error:
        raise QingwenError(error) from failures[0]
    return record


def _whole(value: T) -> T:
    """Have Prefect hand a parameter on as it is, instead of looking into every part of it for results to wait for."""
    return cast(T, quote(value))


def _storage_failed(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a try failed because of the storage: nothing else gets better by waiting."""
    return isinstance(state.data, OSError) or isinstance(getattr(state.data, "exception", None), OSError)


@task(
    name="write shard",
    task_run_name="shard {job.shard.name}",
    retries=len(_RETRY_SECONDS),
    retry_delay_seconds=_RETRY_SECONDS,
    retry_condition_fn=_storage_failed,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def write_shard(job: Job, crew: Crew) -> Done:
    """Have the crew curate and write one shard."""
    done = crew.run(job)
    get_run_logger().info(
        "Shard %s: %d files, %d pages curated, %d kept, %d rejected",
        *(done.name, len(job.shard.items), done.pages, done.kept, done.rejected),
    )
    return done


def _gather(
    runs: dict[PrefectFuture[Done], Job], commits: Commits, watching: Watcher
) -> tuple[list[Done], list[Exception]]:
    """Wait for every shard; one that fails does not stop the others. Both lists are in the order of the plan."""
    outcomes: dict[PrefectFuture[Done], Done | Exception] = {}
    for future in as_completed(list(runs)):
        outcome = future.result(raise_on_failure=False)
        outcomes[future] = outcome
        if isinstance(outcome, Done):
            commits.done(outcome.name, outcome.shard)
            watching.done(outcome, runs[future].shard.size)
    results: Sequence[Done | Exception] = [outcomes[future] for future in runs]
    return [r for r in results if isinstance(r, Done)], [r for r in results if isinstance(r, Exception)]
