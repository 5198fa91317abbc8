"""The flow: raw pages in, curated tables out. A task run is a shard of many pages, never a page.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import flow, get_run_logger, runtime  # noqa: E402

from flows.commits import Commits  # noqa: E402
from flows.crew import crew_of  # noqa: E402
from flows.jobs import Done, Job  # noqa: E402
from flows.progress import Watcher, watcher  # noqa: E402
from flows.reasons import counted, failure  # noqa: E402
from flows.record import RunRecord, record_of  # noqa: E402
from flows.settings import Settings  # noqa: E402
from flows.survey import absolute, jobs, survey  # noqa: E402
from flows.task_runs import SHARDS, lean, outcomes  # noqa: E402
from flows.ui import InUi, publish, settled  # noqa: E402
from tasks.errors import QingwenError  # noqa: E402
from tasks.write.corpus import tidy  # noqa: E402
from tasks.write.store import store_of  # noqa: E402


@lean
@flow(
    name="curate",
    flow_run_name="curate {settings.raw}",
    description="Raw pages in, curated tables out.",
    **SHARDS,
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
        tidy(store, found.needed)
        watching.planned(work)
        commits = Commits(store, found.switches)
        with crew_of(settings, len(work.shards)) as crew:
            done, failures = _curate_all(list(jobs(settings, work)), crew.run, commits, watching)
        commits.commit()
        if not failures:
            store.clear_ready(())
        error = failure(failures, len(work.shards), settings.curated) if failures else None
        record = record_of(settings, store, started, work, done, runtime.flow_run.id, error)
        record.write(store)
    publish(record, absolute(settings.curated))
    if error:
        raise QingwenError(error) from failures[0]
    return record


def _curate_all(
    todo: Sequence[Job], work: Callable[[Job], Done], commits: Commits, watching: Watcher
) -> tuple[list[Done], list[Exception]]:
    """Have every shard written; one that fails does not stop the others. Both lists are in the order of the plan."""
    ended: dict[str, Done | Exception] = {}
    for job, outcome in outcomes([(f"shard {job.shard.name}", job) for job in todo], work):
        ended[job.shard.name] = outcome
        if isinstance(outcome, Done):
            commits.done(outcome.name, outcome.shard)
            watching.done(outcome, job.shard.size)
            get_run_logger().info(
                "Shard %s: %s, %s curated, %d kept, %d rejected",
                *(outcome.name, counted(len(job.shard.items), "file"), counted(outcome.pages, "page")),
                *(outcome.kept, outcome.rejected),
            )
    results = [ended[job.shard.name] for job in todo]
    return [r for r in results if isinstance(r, Done)], [r for r in results if isinstance(r, Exception)]
