"""The flow `dedupe`: which documents repeat which, into the table duplicates.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from functools import partial

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402

from flows.corpus_pages import duplicates_page  # noqa: E402
from flows.crew import crew_of  # noqa: E402
from flows.duplicates import Deduping, deduping, largest, make_table, sketched  # noqa: E402
from flows.settings import Settings  # noqa: E402
from flows.show import forget, settled  # noqa: E402
from flows.together import WAITING, all_of, whole  # noqa: E402
from tasks.write.corpus import TableRecord, tidy  # noqa: E402
from tasks.write.store import Store, store_of  # noqa: E402


@flow(
    name="dedupe",
    flow_run_name="dedupe {settings.curated}",
    description="Which documents repeat which.",
    task_runner=ThreadPoolTaskRunner(max_workers=WAITING),  # type: ignore[arg-type]  # its own type variable is not the flow's
    persist_result=False,
    on_failure=[forget],
)
def dedupe(settings: Settings = Settings()) -> TableRecord:  # noqa: B008 (frozen)
    """Write the table duplicates of `settings.curated`.

    Raises UsageError if nothing has been curated or another run is at work, QingwenError if a shard failed.
    """
    return settled(_dedupe, settings)


def _dedupe(settings: Settings) -> TableRecord:
    store = store_of(settings.curated)
    with store.locked():
        tidy(store, "duplicates")
        work = deduping(settings, store)
        with crew_of(settings, len(work.jobs)) as crew:
            counts = all_of("sketch", [(job.shard, job) for job in work.jobs], partial(crew.call, sketched))
        record = write_duplicates(whole(store), whole(work))
        clusters = list(largest(store, record, work))
    get_run_logger().info(
        "%d documents sketched; %d exact and %d near duplicates in %d clusters",
        *(sum(counts), record.figures["exact"], record.figures["near"], record.figures["clusters"]),
    )
    create_markdown_artifact(
        duplicates_page(record.figures, clusters), key="qingwen-duplicates", description="Duplicates"
    )
    return record


@task(name="cluster", task_run_name="cluster", cache_policy=NO_CACHE, persist_result=False)
def write_duplicates(store: Store, work: Deduping) -> TableRecord:
    """Cluster all sketches, and write the table."""
    return make_table(store, work)
