"""A page has so much time and no more, in whatever thread it is curated, and the pages after it are curated all the
same."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import flows.shard
from flows.crew import DaskCrew, LocalCrew
from flows.deadline import TimeUpError, last_second, within
from flows.plan import plan
from flows.shard import Done, Job, write_shard
from tasks.page import curate_page
from tasks.read import discover
from tasks.records import Curated, Limits, Page, Policy, Reject
from tests.runs import one_by_one

SENTENCE = "磨坊的水车停了三天，河面上的冰还没有化。\n"


def forever() -> None:
    """Work without end, one bytecode after the other, that takes every ordinary error for one of its own."""
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


def in_this_thread(work: Callable[[], None]) -> None:
    work()


def in_another_thread(work: Callable[[], None]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


@pytest.mark.parametrize("run", [in_this_thread, in_another_thread])
def test_work_without_end_is_ended(run: Callable[[Callable[[], None]], None]) -> None:
    def check() -> None:
        with pytest.raises(TimeUpError):
            within(0.2, forever)

    start = time.monotonic()
    run(check)
    assert 0.2 <= time.monotonic() - start < 20


def test_waiting_counts_only_in_the_long_run() -> None:
    assert within(0.2, lambda: time.sleep(0.4) or "done") == "done"
    with pytest.raises(TimeUpError):
        within(0.05, lambda: [time.sleep(0.01) for _ in range(1000)])


def test_only_the_thread_that_took_too_long_is_interrupted() -> None:
    end = threading.Event()

    def patient() -> str:
        while not end.wait(0.01):
            pass
        return "done"

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(within, 60.0, patient)
        with pytest.raises(TimeUpError):
            pool.submit(within, 0.1, forever).result()
        end.set()
        assert other.result() == "done"


def test_nothing_is_raised_once_the_work_is_done() -> None:
    """Limits about as long as the work: whatever comes first, nothing comes later."""
    ended = []
    for number in range(300):
        try:
            within(0.0002 + number % 10 * 0.0001, lambda: sum(range(20_000)))
            ended.append("done")
        except TimeUpError:
            ended.append("up")
        sum(range(2000))
    assert len(ended) == 300
    assert threading.active_count() < 50


def watchdogs() -> int:
    return sum(thread.name == "deadline" for thread in threading.enumerate())


def test_one_thread_watches_all_work_and_ends_when_there_is_none() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: within(0.2, lambda: number), range(2000))) == list(range(2000))
        assert watchdogs() <= 1
    end = time.monotonic() + 20
    while watchdogs() and time.monotonic() < end:
        time.sleep(0.01)
    assert not watchdogs()


def test_the_timer_of_others_is_left_and_ours_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("faulthandler.dump_traceback_later", lambda *_, **__: told.append("set"))
    monkeypatch.setattr("faulthandler.cancel_dump_traceback_later", lambda: told.append("taken back"))

    def watched(*, alone: bool) -> list[str]:
        def until_set() -> None:
            while alone and not told:
                time.sleep(0.01)

        told.clear()
        within(0.5, until_set, alone=alone)
        end = time.monotonic() + 20
        while watchdogs() and time.monotonic() < end:
            time.sleep(0.01)
        return list(told)

    assert watched(alone=False) == []
    *most, last = watched(alone=True)
    assert (set(most), last) == ({"set"}, "taken back")


def test_a_short_limit_is_kept_beside_a_long_one() -> None:
    end = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(within, 600.0, lambda: end.wait(60))
        time.sleep(0.1)
        start = time.monotonic()
        with pytest.raises(TimeUpError):
            within(0.1, forever)
        assert time.monotonic() - start < 20
        end.set()
        assert other.result()


def test_an_error_of_the_work_passes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        within(5.0, lambda: 1 / 0)  # type: ignore[arg-type, return-value]


# --- pages


def slow(page: Page, policy: Policy, *more: Any) -> Curated | Reject:
    """As `curate_page`, for which some pages are without end."""
    if b"endless" in page.raw:
        forever()
    if b"asleep" in page.raw:
        time.sleep(3600)
    if b"stuck" in page.raw:
        re.match("(a|a)+$", "a" * 60 + "b")
    return curate_page(page, policy, *more)


def slow_write_shard(job: Job) -> Done:
    flows.shard.curate_pages = one_by_one(slow)
    return write_shard(job)


def job_of(tmp_path: Path, seconds: float, **pages: str) -> Job:
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, text in pages.items():
        (raw / f"{name}.txt").write_text(text, encoding="utf-8")
    (shard,) = plan(discover(raw), [], "x", 2**22, True).shards
    return Job(shard, str(raw), str(tmp_path / "out"), Policy(limits=Limits(seconds=seconds)), "x")


def outcome(job: Job) -> tuple[list[str], list[tuple[str, str, str, str]]]:
    out = Path(job.curated)
    kept, rejects = (
        [row for file in out.glob(f"_ready/*/{table}.parquet") for row in pq.read_table(file).to_pylist()]
        for table in ("documents", "rejects")
    )
    return [row["source_uri"] for row in kept], [
        (row["source_uri"], row["stage"], row["reason"], row["detail"]) for row in rejects
    ]


def test_a_page_that_exceeds_its_time_is_rejected_and_the_shard_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows.shard, "curate_pages", one_by_one(slow))
    within(60, lambda: curate_page(Page("warm", SENTENCE.encode()), Policy()))  # what is read once is read now
    job = job_of(tmp_path, 1.0, a=SENTENCE, b="endless", c=SENTENCE)
    done = write_shard(job)
    assert (done.pages, done.kept, done.rejected) == (3, 2, 1)
    kept, (reject,) = outcome(job)
    assert kept == ["a.txt", "c.txt"]
    assert reject == ("b.txt", "page", "timed_out", "curating it took more than 1 seconds")


@pytest.mark.parametrize("page", ["stuck", "asleep"])
def test_a_page_that_does_not_come_back_from_c_costs_its_process_and_is_rejected(tmp_path: Path, page: str) -> None:
    """A regular expression that backtracks without end holds the interpreter, a wait does not: no exception reaches
    either."""
    job = job_of(tmp_path, 1.0, a=SENTENCE, b=page, c=SENTENCE)
    with LocalCrew(1, slow_write_shard) as crew:
        done = crew.run(job)
    assert (done.pages, done.kept, done.rejected) == (3, 2, 1)
    kept, ((uri, _, reason, _),) = outcome(job)
    assert (kept, uri, reason) == (["a.txt", "c.txt"], "b.txt", "timed_out")


def test_a_process_is_ended_later_than_a_page() -> None:
    assert last_second(10) > 3 * 10 + 5


@pytest.mark.filterwarnings("default")
def test_a_shard_that_kills_every_worker_of_a_cluster_is_done_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")

    class Client:
        def submit(self, *given: object, **more: object) -> Client:
            return self

        def result(self) -> Done:
            raise distributed.KilledWorker("task", None, 3)

    crew = DaskCrew.__new__(DaskCrew)
    crew._client, crew._cluster, crew._work = Client(), None, write_shard
    job = job_of(tmp_path, 60.0, a=SENTENCE)
    assert crew.run(job).kept == 1
