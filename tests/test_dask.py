"""Dask beneath thin task runs: the same bytes, and a worker that is lost costs the shards it was at."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flows.check import verify
from flows.commits import Commits
from flows.crew import Crew, DaskCrew, crew_of
from flows.settings import Settings
from flows.shard import Done
from flows.survey import jobs, survey
from tasks.errors import SettingsError
from tasks.write.store import store_of
from tests.runs import curate, data, pages

distributed = pytest.importorskip("distributed")

SHARD = 2**16


def run(raw: Path, out: Path, crew: Crew) -> list[Done]:
    """What the flow does, with a crew: task runs are threads that hand it their shards."""
    settings = Settings(raw=str(raw), curated=str(out), shard_bytes=SHARD)
    store = store_of(out)
    with store.locked(), ThreadPoolExecutor(8) as threads:
        found = survey(settings, store)
        store.sweep(found.needed)
        commits = Commits(store, found.switches)
        done = list(threads.map(crew.run, jobs(settings, found.plan)))
        for one in done:
            commits.done(one.name, one.shard)
        commits.commit()
    return done


def test_a_local_cluster_gives_the_same_bytes_and_a_lost_worker_costs_its_shard(tmp_path: Path) -> None:
    raw = pages(tmp_path / "raw", 200, lines=60)
    curate(raw, tmp_path / "whole", shard_bytes=SHARD)
    with DaskCrew(2, None) as crew:
        killer = threading.Thread(target=_kill_a_worker, args=(crew, tmp_path / "out"))
        killer.start()
        done = run(raw, tmp_path / "out", crew)
        killer.join()
    assert len(done) > 10
    assert sum(one.rejected for one in done) == 0
    assert data(tmp_path / "out") == data(tmp_path / "whole")
    assert verify(str(tmp_path / "out"), str(raw), 1).wrong == []


def test_an_address_where_nothing_answers_is_wrong_usage() -> None:
    with pytest.raises(SettingsError, match="no Dask scheduler answers at nowhere: missing port"):
        crew_of(Settings(runner="dask", dask_address="nowhere"), 1)


def _kill_a_worker(crew: Any, out: Path) -> None:
    """Kill a worker's process once it has begun to write."""
    end = time.monotonic() + 60
    while not list(out.glob("_staging/*")) and time.monotonic() < end:
        time.sleep(0.01)
    pids = crew._client.run(os.getpid)
    os.kill(next(iter(pids.values())), signal.SIGKILL)


def test_a_cluster_that_is_up_is_used_and_left(tmp_path: Path) -> None:
    raw = pages(tmp_path / "raw", 30)
    curate(raw, tmp_path / "whole", shard_bytes=SHARD)
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        settings = Settings(runner="dask", dask_address=cluster.scheduler_address)
        with crew_of(settings, 3) as crew:
            run(raw, tmp_path / "out", crew)
        with distributed.Client(cluster) as client:
            assert client.submit(int, 7).result() == 7
    assert data(tmp_path / "out") == data(tmp_path / "whole")
