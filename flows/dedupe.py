"""The flow `dedupe`: which documents repeat which, into the table duplicates.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from functools import partial

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import flow, get_run_logger  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402

from flows.artifacts import duplicates_page  # noqa: E402
from flows.crew import crew_of  # noqa: E402
from flows.duplicates import deduping, largest, make_table, sketched  # noqa: E402
from flows.settings import Settings  # noqa: E402
from flows.task_runs import SHARDS, all_of, one  # noqa: E402
from flows.ui import settled  # noqa: E402
from tasks.write.corpus import TableRecord, tidy  # noqa: E402
from tasks.write.store import store_of  # noqa: E402


@flow(
    name="dedupe",
    flow_run_name="dedupe {settings.curated}",
    description="Which documents repeat which.",
    **SHARDS,
)
def dedupe(settings: Settings = Settings()) -> TableRecord:  # noqa: B008 (frozen)
    """Write the table duplicates of `settings.curated`.

    Raises UsageError if nothing has been curated or another run is at work, QingwenError if a shard failed.
    """
    return settled(_dedupe, settings)


def _dedupe(settings: Settings) -> TableRecord:
    store = store_of(settings.curated)
    with store.locked():
        tidy(store)
        work = deduping(settings, store)
        with crew_of(settings, len(work.jobs)) as crew:
            counts = all_of("sketch", [(job.shard, job) for job in work.jobs], partial(crew.call, sketched))
        record = one("cluster", partial(make_table, store), work)
        clusters = list(largest(store, record, work))
    get_run_logger().info(
        "%d documents sketched; %d exact and %d near duplicates in %d clusters",
        *(sum(counts), record.figures["exact"], record.figures["near"], record.figures["clusters"]),
    )
    create_markdown_artifact(
        duplicates_page(record.figures, clusters), key="qingwen-duplicates", description="Duplicates"
    )
    return record
