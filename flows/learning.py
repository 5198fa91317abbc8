"""What `learn` has to count, and how the counts become the table site_lines. No Prefect here."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flows.count import counts_id
from flows.jobs import Job
from flows.plan import plan
from flows.settings import Settings
from flows.survey import absolute, check_places
from tasks.errors import InputError
from tasks.learn.decide import Learned, learn_site
from tasks.read import discover
from tasks.write.corpus import TableRecord, digest_of_values, is_whole, read_record, write_table
from tasks.write.counts import clear_counts, counted, sites, texts_of
from tasks.write.rows import Row
from tasks.write.store import Store

_TABLE = "site_lines"


@dataclass(frozen=True, slots=True)
class Learning:
    """What a run of `learn` has to do: the shards' counts that the table is made of, and jobs for those not there."""

    shards: tuple[str, ...]
    jobs: tuple[Job, ...]

    @property
    def made_from(self) -> str:
        """A digest of everything that goes into the table."""
        return digest_of_values(self.shards)


def learning(settings: Settings, store: Store) -> Learning:
    """Find out what has to be counted.

    Raises InputError if raw/ is missing or has no files, UsageError if curated/ lies in it.
    """
    check_places(settings)
    listed = discover(settings.raw)
    if not listed:
        raise InputError(f"there are no files in {settings.raw}")
    policy = settings.policy()
    shards = {counts_id(shard, policy): shard for shard in plan(listed, [], "", settings.shard_bytes, False).shards}
    there = counted(store)
    places = absolute(settings.raw), absolute(settings.curated)
    jobs = [Job(shard, *places, policy, made_with=name) for name, shard in shards.items() if name not in there]
    return Learning(tuple(sorted(shards)), tuple(jobs))


def nothing_new(store: Store, work: Learning) -> TableRecord | None:
    """The table as it stands, if it is made of what the run would make it of."""
    record = read_record(store, _TABLE)
    fresh = record is not None and record.made_from == work.made_from and not work.jobs
    return record if fresh and record and is_whole(store, record) else None


def make_table(store: Store, work: Learning, again: Collection[str] = ()) -> TableRecord:
    """Decide from the shards' counts which lines are furniture, and write them. Raises OSError, StoreError.

    Counts of the shards in `again` are used, but not kept for the next run.
    """
    if record := nothing_new(store, work):
        return record
    found, seen, pages = _decide(store, work.shards)
    texts = texts_of(store, work.shards, (line.key for _, line in found))
    rows = [_row(site, texts[line.key], line) for site, line in found]
    rows.sort(key=lambda row: (row["site"], row["line"]))
    contents = digest_of_values(text for row in rows for text in (row["site"], row["line"]))
    figures = {"pages": pages, "sites_seen": seen, "sites": len({site for site, _ in found}), "lines": len(rows)}
    record = write_table(store, _TABLE, rows, contents, work.made_from, figures)
    clear_counts(store, set(work.shards) - set(again))
    return record


def _decide(store: Store, shards: tuple[str, ...]) -> tuple[list[tuple[str, Learned]], int, int]:
    """What was learned of each site, and how many sites and pages there were."""
    spill = store.staging("learn")
    found: list[tuple[str, Learned]] = []
    seen = pages = 0
    try:
        for site in sites(store, shards, spill):
            found += ((site.site, line) for line in learn_site(site))
            seen, pages = seen + 1, pages + len(site.starts) - 1
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    return found, seen, pages


def _row(site: str, text: str, line: Learned) -> Row:
    return {
        "site": site,
        "line": text,
        "pages": line.pages,
        "articles": line.articles,
        "share": line.share,
        "edge": line.edge,
        "top": line.top,
        "first_row": line.first_row,
        "last_row": line.last_row,
    }


def most_frequent(store: Store, record: TableRecord, most: int = 200) -> Iterator[tuple[str, str, int, float]]:
    """Lines that stand on most pages: site, line, pages, share."""
    import pyarrow.parquet as pq

    with store.open(record.file.path) as stream:
        table = pq.read_table(stream, columns=["site", "line", "pages", "share"])
    table = table.sort_by([("pages", "descending"), ("site", "ascending"), ("line", "ascending")])
    for row in table.slice(0, most).to_pylist():
        yield row["site"], row["line"], row["pages"], row["share"]
