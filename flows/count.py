"""A worker's work for `learn`: count the rows of the pages of one shard of raw/. It knows nothing of Prefect."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from json import dumps

from flows.deadline import TimeUpError, within
from flows.jobs import Done, Job
from flows.plan import Item, Shard
from flows.shard import PASSING, Trail
from tasks.learn.rows import Counted, counted_rows
from tasks.page import repair_page
from tasks.read import read_source
from tasks.records import Page, Policy, Reject
from tasks.strip import strip
from tasks.version import PIPELINE_VERSION
from tasks.write.corpus import digest_of_values
from tasks.write.counts import CountsWriter, keep_counts
from tasks.write.store import store_of
from tasks.write.tally import Tally, site_of

# To be raised when rows are counted in another way, so that none of the old way are used.
_COUNTS_VERSION = 2


def counts_id(shard: Shard, policy: Policy) -> str:
    """The name of a shard's counts: it changes with its files, and with what reads, repairs and strips them."""
    files = [f"{one.uri} {one.size} {one.mtime_ns} {one.tag}" for one in (item.source for item in shard.items)]
    ways = [dumps(asdict(part), sort_keys=True) for part in (policy.limits, policy.columns)]
    rules = "all" if policy.strip is None else " ".join(sorted(policy.strip))
    return digest_of_values([str(_COUNTS_VERSION), PIPELINE_VERSION, *ways, rules, *files])


def count_shard(job: Job) -> Done:
    """Count one shard's rows and keep the counts in the cache of `job.curated`. Idempotent.

    Pages that cannot be read, decoded or repaired teach nothing: `curate` is who rejects them. `rejected` of the result
    counts those that may be readable next time. Raises OSError if the storage fails.
    """
    store, pages, again = store_of(job.curated), 0, 0
    folder = store.staging(f"count-{job.shard.name}")
    try:
        with CountsWriter(folder) as writer:
            for item in job.shard.items:
                for page in _pages(job, item):
                    if isinstance(page, Reject):
                        again += page.reason in PASSING
                    elif rows := _rows(page, job):
                        writer.add(site_of(page.url, page.source_uri), page.source_uri, rows)
                        pages += 1
        keep_counts(store, folder, job.made_with)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Done(job.made_with, job.shard.name, pages + again, pages, again, Tally())


def _pages(job: Job, item: Item) -> Iterator[Page | Reject]:
    """The pages of a source, up to where reading it fails."""
    trail, read = Trail(job), 0
    reader = read_source(job.raw, item.source, job.policy.limits, job.policy.columns)
    while not trail.blames(f"read {read} {item.source.uri}"):
        try:
            page = next(reader, None)
        except Exception:
            return  # `curate` rejects the source, with the error
        if page is None:
            return
        read += 1
        if isinstance(page, Reject) or not trail.blames(f"page {page.source_uri}"):
            yield page


def _rows(page: Page, job: Job) -> list[Counted]:
    """The page's rows; none for a page that belongs to no site."""
    site = site_of(page.url, page.source_uri)
    if not site:
        return []

    def counted() -> list[Counted]:
        found = repair_page(page, job.policy)
        if isinstance(found, Reject):
            return []
        ledger, said = strip(found.ledger, found.decoded.blocks, job.policy)
        return counted_rows(site, ledger, found.decoded.blocks, said.title)

    try:
        return within(job.policy.limits.seconds, counted, alone=job.alone)
    except (Exception, TimeUpError):
        return []  # `curate` rejects the page, with the error
