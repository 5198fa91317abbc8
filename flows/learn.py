"""The flow `learn`: which lines each site of raw/ repeats around its articles, into the table site_lines.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import flow, get_run_logger, task  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402

from flows.corpus_pages import learned_page  # noqa: E402
from flows.count import count_shard  # noqa: E402
from flows.crew import crew_of  # noqa: E402
from flows.learning import Learning, learning, make_table, most_frequent  # noqa: E402
from flows.settings import Settings  # noqa: E402
from flows.show import forget, settled  # noqa: E402
from flows.together import WAITING, all_of, whole  # noqa: E402
from tasks.write.corpus import TableRecord, tidy  # noqa: E402
from tasks.write.store import Store, store_of  # noqa: E402


@flow(
    name="learn",
    flow_run_name="learn {settings.raw}",
    description="Which lines each site repeats around its articles.",
    task_runner=ThreadPoolTaskRunner(max_workers=WAITING),  # type: ignore[arg-type]  # its own type variable is not the flow's
    persist_result=False,
    on_failure=[forget],
)
def learn(settings: Settings = Settings()) -> TableRecord:  # noqa: B008 (frozen)
    """Learn from the pages of `settings.raw`, and write the table site_lines of `settings.curated`.

    Raises UsageError if there is nothing to read or another run is at work, QingwenError if a shard failed.
    """
    return settled(_learn, settings)


def _learn(settings: Settings) -> TableRecord:
    store = store_of(settings.curated)
    with store.locked():
        tidy(store, "site_lines")
        work = learning(settings, store)
        with crew_of(settings, len(work.jobs), count_shard) as crew:
            counted = all_of("count", [(job.shard.name, job) for job in work.jobs], crew.run)
        again = frozenset(done.shard for done in counted if done.rejected)
        record = write_site_lines(whole(store), whole(work), again)
        lines = list(most_frequent(store, record))
    get_run_logger().info(
        "%d pages of %d shards counted; %d lines of %d sites learned",
        *(sum(done.pages for done in counted), len(counted), record.file.rows, record.figures["sites"]),
    )
    create_markdown_artifact(learned_page(record.figures, lines), key="qingwen-learned", description="Lines learned")
    return record


@task(name="decide", task_run_name="decide", cache_policy=NO_CACHE, persist_result=False)
def write_site_lines(store: Store, work: Learning, again: frozenset[str]) -> TableRecord:
    """Decide from all counts, and write the table."""
    return make_table(store, work, again)
