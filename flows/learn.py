"""The flow `learn`: which lines each site of raw/ repeats around its articles, into the table site_lines.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from functools import partial

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import flow, get_run_logger  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402

from flows.artifacts import learned_page  # noqa: E402
from flows.count import count_shard  # noqa: E402
from flows.crew import crew_of  # noqa: E402
from flows.learning import learning, make_table, most_frequent  # noqa: E402
from flows.settings import Settings  # noqa: E402
from flows.task_runs import SHARDS, all_of, one  # noqa: E402
from flows.ui import settled  # noqa: E402
from tasks.write.corpus import TableRecord, tidy  # noqa: E402
from tasks.write.store import store_of  # noqa: E402


@flow(
    name="learn",
    flow_run_name="learn {settings.raw}",
    description="Which lines each site repeats around its articles.",
    **SHARDS,
)
def learn(settings: Settings = Settings()) -> TableRecord:  # noqa: B008 (frozen)
    """Learn from the pages of `settings.raw`, and write the table site_lines of `settings.curated`.

    Raises UsageError if there is nothing to read or another run is at work, QingwenError if a shard failed.
    """
    return settled(_learn, settings)


def _learn(settings: Settings) -> TableRecord:
    store = store_of(settings.curated)
    with store.locked():
        tidy(store)
        work = learning(settings, store)
        with crew_of(settings, len(work.jobs), count_shard) as crew:
            counted = all_of("count", [(job.shard.name, job) for job in work.jobs], crew.run)
        again = frozenset(done.shard for done in counted if done.rejected)
        record = one("decide", partial(make_table, store, again=again), work)
        lines = list(most_frequent(store, record))
    get_run_logger().info(
        "%d pages counted in %d shards; lines learned: %d, of %d sites",
        *(sum(done.pages for done in counted), len(counted), record.file.rows, record.figures["sites"]),
    )
    create_markdown_artifact(learned_page(record.figures, lines), key="qingwen-learned", description="Lines learned")
    return record
