"""A worker's work: curate the pages of one shard and write it. Runs in a process that knows nothing of Prefect."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from flows.deadline import TimeUpError, within
from flows.faults import failed, rejected, stage_of, words_of
from flows.jobs import Done, Job
from flows.plan import Item, refusal
from tasks.page import curate_pages
from tasks.read import read_source
from tasks.records import Page, Reason, Reject
from tasks.write.learned import lines_of_site
from tasks.write.manifest import SourceRecord
from tasks.write.rows import page_rows
from tasks.write.shard import ShardWriter
from tasks.write.store import store_of
from tasks.write.tally import Tally, site_of

#: Outcomes that may be the machine's fault, not the page's: the next run tries such a source once more.
PASSING = frozenset({Reason.UNREADABLE, Reason.VANISHED})
#: How the detail of a reject ends for which a worker's process was lost: that may be the machine's fault as well.
KILLED = "killed the worker process"
#: So many pages of a source, and so many bytes of them, are curated together: more gain little more (ADR 17), and what
#: is held of so few is nothing beside the rows of a group.
BATCH_PAGES, BATCH_BYTES = 32, 2**18

Rows: TypeAlias = Mapping[str, list[dict[str, object]]]
#: A page's rows, and whether its outcome may be another one next time.
Outcome: TypeAlias = tuple[Rows, bool]


def write_shard(job: Job) -> Done:
    """Curate one shard and leave it ready; the run makes it visible. Idempotent.

    Raises OSError if the storage fails, StoreError if what was written does not read back, and nothing for bad pages.
    """
    store = store_of(job.curated)
    folder = store.staging(job.shard.name)
    fresh = Tally()
    try:
        with ShardWriter(folder) as writer:
            for item in job.shard.items:
                if item.carry:
                    writer.carry(store, item.carry)
                else:
                    _write_source(job, item, writer, fresh)
        manifest = writer.finish()
        store.keep(folder, manifest)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Done(manifest.shard, job.shard.name, fresh.pages, fresh.kept, fresh.rejected, fresh)


def _write_source(job: Job, item: Item, writer: ShardWriter, fresh: Tally) -> None:
    before = writer.counts()
    pages, again = 0, False
    for rows, passing in _pages(job, item):
        writer.add_page(rows)
        fresh.add_page(rows)
        pages += 1
        again = again or passing
    rows_now = {table: count - before[table] for table, count in writer.counts().items()}
    source = item.source
    writer.end_source(
        SourceRecord(
            *(source.uri, source.size, source.mtime_ns, job.made_with, pages, rows_now, refusal(source), again),
            tag=source.tag,
        )
    )


def _pages(job: Job, item: Item) -> Iterator[Outcome]:
    """The outcome of each page of a source."""
    trail = Trail(job)
    pages = _read(job, item, trail)
    # A worker that looks for the page that kills it takes one at a time.
    for batch in ([page] for page in pages) if job.trail else batches(pages):
        yield from _outcomes(batch, job, trail)


def _read(job: Job, item: Item, trail: Trail) -> Iterator[Page | Reject]:
    reader = read_source(job.raw, item.source, job.policy.limits, job.policy.columns)
    uri, pages = item.source.uri, 0
    while True:
        if trail.blames(f"read {pages} {uri}"):
            yield Reject(uri, "read", Reason.FAILED, f"reading it on {KILLED}")
            return
        page = _next(reader, uri)
        if page is None:
            return
        pages += 1
        yield page


def batches(pages: Iterable[Page | Reject]) -> Iterator[list[Page | Reject]]:
    """The pages in order, as many together as are curated stage by stage; a large one stands by itself."""
    batch: list[Page | Reject] = []
    size = 0
    for page in pages:
        more = len(page.raw) if isinstance(page, Page) else 0
        if batch and (len(batch) >= BATCH_PAGES or size + more > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(page)
        size += more
    if batch:
        yield batch


def _next(reader: Iterator[Page | Reject], uri: str) -> Page | Reject | None:
    """The reader's next page; a reject in its place if the reader raises, after which it has no more."""
    try:
        return next(reader, None)
    except Exception as error:
        return Reject(uri, "read", Reason.FAILED, words_of(error))


def _outcomes(batch: Sequence[Page | Reject], job: Job, trail: Trail) -> Iterator[Outcome]:
    """The outcome of each page of a batch, whatever happens. Stages are pure: if one raises, or the time of one page is
    not enough for all, the pages are curated again one by one, and the page whose fault it is is known."""
    pages = [page for page in batch if isinstance(page, Page)]
    together: list[Rows] = []
    if len(pages) > 1:
        try:
            together = _curated(pages, job)
        except (TimeUpError, Exception):
            together = []
    rows = iter(together)
    for page in batch:
        if isinstance(page, Reject):
            yield page_rows(page), page.reason in PASSING or page.detail.endswith(KILLED)
        else:
            yield (next(rows), False) if together else _alone(page, job, trail)


def _alone(page: Page, job: Job, trail: Trail) -> Outcome:
    """The outcome of a page, whatever happens: a stage that raises is our fault, and costs this page only."""
    step, seconds = f"page {page.source_uri}", job.policy.limits.seconds
    if trail.blames(step):
        return page_rows(rejected(page, "page", f"curating it {KILLED}", trail.reason(step))), True
    try:
        return _curated([page], job)[0], False
    except TimeUpError as error:
        detail = f"curating it took more than {seconds:g} seconds"
        return page_rows(rejected(page, stage_of(error), detail, Reason.TIMED_OUT)), False
    except Exception as error:
        return page_rows(failed(page, error)), False


def _curated(pages: Sequence[Page], job: Job) -> list[Rows]:
    """The rows of pages that are curated together, in the time that one may take. Raises TimeUpError, and what stages
    raise."""
    sites = [site_of(page.url, page.source_uri) for page in pages] if job.learned else []
    none = frozenset[str]()
    learned = [lines_of_site(job.learned, site) for site in sites] if job.learned else [none] * len(pages)

    def work() -> list[Rows]:
        return [page_rows(result) for result in curate_pages(pages, job.policy, learned)]

    return within(job.policy.limits.seconds, work, alone=job.alone)


class Trail:
    """Notes the step that is about to be taken where it outlives the process, if the job asks for it."""

    def __init__(self, job: Job) -> None:
        self._file = job.trail
        self._blamed = job.blamed

    def blames(self, step: str) -> bool:
        """Whether the step has killed a worker before; if not, note that it is taken now."""
        if step in self._blamed:
            return True
        if self._file:
            Path(self._file).write_text(step, encoding="utf-8")
        return False

    def reason(self, step: str) -> Reason:
        """What a step that is blamed is rejected for."""
        return self._blamed[step]
