"""A worker's work: curate the pages of one shard and write it. Runs in a process that knows nothing of Prefect."""

from __future__ import annotations

import os
import shutil
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from flows.deadline import TimeUpError, within
from flows.plan import Item, Shard, refusal
from tasks.page import curate_page
from tasks.read import read_source
from tasks.records import Curated, Page, Policy, Reason, Reject
from tasks.write.learned import LearnedTable, lines_of_site
from tasks.write.manifest import SourceRecord
from tasks.write.rows import page_rows
from tasks.write.shard import ShardWriter
from tasks.write.store import store_of
from tasks.write.tally import Tally, site_of

#: Outcomes that may be the machine's fault, not the page's: the next run tries such a source once more.
PASSING = frozenset({Reason.UNREADABLE, Reason.VANISHED})


@dataclass(frozen=True, slots=True)
class Job:
    """A shard to write, and all that a worker needs to know for it.

    `trail` is a file that the worker notes each step in before it takes it; `blamed` are the steps that killed a worker
    before, which are rejected instead of taken, with the reason. With `alone`, the worker's process does nothing else
    and may be ended by a page that never comes to an end. All three serve flows/crew.py. `learned` are the lines that
    sites repeat, if any are to be removed.
    """

    shard: Shard
    raw: str
    curated: str
    policy: Policy
    made_with: str
    trail: str | None = None
    blamed: Mapping[str, Reason] = field(default_factory=dict)
    alone: bool = False
    learned: LearnedTable | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A shard written: its id, how many of its pages were curated now, and what they amount to."""

    shard: str
    name: str
    pages: int
    kept: int
    rejected: int
    fresh: Tally


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


def _pages(job: Job, item: Item) -> Iterator[tuple[Mapping[str, list[dict[str, object]]], bool]]:
    """The rows of each page of a source, and whether its outcome may be another one next time."""
    trail = Trail(job)
    reader = read_source(job.raw, item.source, job.policy.limits, job.policy.columns)
    pages = 0
    while True:
        uri = item.source.uri
        if trail.blames(f"read {pages} {uri}"):
            yield page_rows(Reject(uri, "read", Reason.FAILED, "reading it on killed the worker process")), True
            return
        page = _next(reader, uri)
        if page is None:
            return
        pages += 1
        if isinstance(page, Page) and trail.blames(f"page {page.source_uri}"):
            detail = "curating it killed the worker process"
            yield page_rows(_failed(page, "page", detail, trail.reason(f"page {page.source_uri}"))), True
        else:
            yield _rows(page, job), isinstance(page, Reject) and page.reason in PASSING


def _next(reader: Iterator[Page | Reject], uri: str) -> Page | Reject | None:
    """The reader's next page; a reject in its place if the reader raises, after which it has no more."""
    try:
        return next(reader, None)
    except Exception as error:
        return Reject(uri, "read", Reason.FAILED, _words(error))


def _rows(page: Page | Reject, job: Job) -> Mapping[str, list[dict[str, object]]]:
    """The page's rows, whatever happens: a stage that raises is our fault, and costs this page only."""
    if isinstance(page, Reject):
        return page_rows(page)
    learned = lines_of_site(job.learned, site_of(page.url, page.source_uri)) if job.learned else frozenset()

    def curated() -> Mapping[str, list[dict[str, object]]]:
        result: Curated | Reject = curate_page(page, job.policy, learned)
        return page_rows(result)

    seconds = job.policy.limits.seconds
    try:
        return within(seconds, curated, alone=job.alone)
    except TimeUpError as error:
        detail = f"curating it took more than {seconds:g} seconds"
        return page_rows(_failed(page, _stage(error), detail, Reason.TIMED_OUT))
    except Exception as error:
        return page_rows(_failed(page, _stage(error), _words(error)))


def _failed(page: Page, stage: str, detail: str, reason: Reason = Reason.FAILED) -> Reject:
    return Reject(page.source_uri, stage, reason, detail, sha256(page.raw).hexdigest(), len(page.raw))


def _words(error: Exception) -> str:
    """The error in a line, with the place in our own code that it came from."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if f"{os.sep}tasks{os.sep}" in frame.filename
    ]
    place = f" (tasks/{_below(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {str(error)[:500]}{place}"


def _stage(error: BaseException) -> str:
    """The folder below tasks/ that raised: the stage."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if f"{os.sep}tasks{os.sep}" in frame.filename and "/" in (below := _below(frame.filename)):
            return below.split("/", 1)[0]
    return "page"


def _below(filename: str) -> str:
    return filename.rsplit(f"{os.sep}tasks{os.sep}", 1)[1].replace(os.sep, "/")


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
