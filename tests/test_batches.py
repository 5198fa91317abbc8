"""Pages of a container are curated together, stage by stage: with the outcomes of pages curated by themselves."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import flows.shard
import tasks.page
from evals.corpus import own
from flows.crew import LocalCrew
from flows.plan import plan
from flows.shard import BATCH_BYTES, BATCH_PAGES, Job, batches, write_shard
from tasks.page import curate_page, curate_pages
from tasks.read import discover
from tasks.records import Limits, Page, Policy, Reason, Reject
from tests.runs import SENTENCE, one_by_one

REJECT = Reject("c.txt", "read", Reason.MALFORMED, "no JSON")


def job_of(folder: Path, lines: list[str], seconds: float = 60.0) -> Job:
    (folder / "raw").mkdir()
    (folder / "raw" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (shard,) = plan(discover(folder / "raw"), [], "x", 2**30, True).shards
    return Job(shard, str(folder / "raw"), str(folder / "out"), Policy(limits=Limits(seconds=seconds)), "x")


def rows(job: Job, table: str) -> list[tuple[str, ...]]:
    (file,) = Path(job.curated).glob(f"_ready/*/{table}.parquet")
    found = pq.read_table(file).to_pylist()
    return [(row["source_uri"].rpartition("#")[2], row.get("stage", ""), row.get("reason", "")) for row in found]


def lines_of(*texts: str) -> list[str]:
    return [json.dumps({"text": text}, ensure_ascii=False) for text in texts]


def test_pages_together_become_what_they_become_alone() -> None:
    pages = [Page(f"{number}.txt", passage.text.encode()) for number, passage in enumerate(own())]
    pages[3:3] = [Page("empty.txt", b" "), Page("binary.txt", bytes(range(32)) * 9)]
    learned = [frozenset({SENTENCE})] * len(pages)
    alone = [curate_page(page, Policy(), lines) for page, lines in zip(pages, learned, strict=True)]
    assert curate_pages(pages, Policy(), learned) == alone
    assert sum(isinstance(one, Reject) for one in alone) == 2


def test_a_batch_is_bounded_and_its_order_is_the_readers() -> None:
    small, large = Page("a.txt", b"x" * 9), Page("b.txt", b"x" * (BATCH_BYTES + 1))
    given = [*[small] * (BATCH_PAGES + 1), REJECT, large, small, *[Page("c.txt", b"x" * (BATCH_BYTES // 2))] * 3]
    found = list(batches(given))
    assert [len(batch) for batch in found] == [BATCH_PAGES, 2, 1, 2, 2]
    assert [page for batch in found for page in batch] == given
    assert list(batches([])) == []


def test_a_page_at_which_a_stage_raises_costs_no_other_of_its_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: Callable[..., object] = tasks.page.detect_script

    def broken(text: str) -> object:
        if "bug" in text:
            raise ValueError("a bug of ours")
        return whole(text)

    monkeypatch.setattr(tasks.page, "detect_script", broken)
    job = job_of(tmp_path, [*lines_of(SENTENCE, "bug", SENTENCE), "{", *lines_of(SENTENCE)])
    done = write_shard(job)
    assert (done.pages, done.kept, done.rejected) == (5, 3, 2)
    assert [number for number, *_ in rows(job, "documents")] == ["1", "3", "5"]
    assert [(number, reason) for number, _, reason in rows(job, "rejects")] == [("2", "failed"), ("4", "malformed")]


def test_a_page_without_end_costs_no_other_of_its_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(page: Page, policy: Policy, *more: object) -> object:
        while b"endless" in page.raw:
            pass
        return curate_page(page, policy)

    curate_page(Page("warm", SENTENCE.encode()), Policy())
    monkeypatch.setattr(flows.shard, "curate_pages", one_by_one(slow))  # type: ignore[arg-type]
    job = job_of(tmp_path, lines_of(SENTENCE, "endless", SENTENCE), seconds=1.0)
    done = write_shard(job)
    assert (done.pages, done.kept, done.rejected) == (3, 2, 1)
    assert rows(job, "rejects") == [("2", "page", "timed_out")]


def imported_for_a_table(value: str) -> list[bool]:
    """Whether pandas is there after a table is made, and can be after that."""
    import importlib

    pa.Table.from_pylist([{"text": value}])
    return ["pandas" in sys.modules, importlib.import_module("pandas").__name__ == "pandas"]


def test_a_worker_makes_tables_without_pandas() -> None:
    with LocalCrew(1) as crew:
        assert crew.call(imported_for_a_table, "甲") == [False, True]
