"""Who does the work: one pool of processes that lives as long as the run, or a Dask cluster.

Prefect's task runs are threads that hand a shard to the crew and wait; the figures behind that are in
docs/adr/0003-shards-and-tasks.md. Workers are spawned, not forked: the parent has threads.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from importlib.abc import MetaPathFinder
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from flows.deadline import last_second
from flows.jobs import Done, Job, written
from flows.turns import Turns
from tasks.errors import QingwenError, SettingsError
from tasks.records import Reason

# Workers import this module, and need neither settings nor Pydantic: 0.1 s for each of them.
if TYPE_CHECKING:
    from flows.settings import Settings

#: What a worker is given to do.
Work = Callable[[Job], Done]

V = TypeVar("V")
R = TypeVar("R")

# A shard may lose so many workers, each to another page, before the run gives up on it.
_MOST_DEATHS = 16


class Crew(Protocol):
    """Does jobs; may be asked from many threads at once."""

    def run(self, job: Job) -> Done:
        """Do a job and wait for it. Raises what `written` raises, or QingwenError if workers keep dying."""
        ...

    def call(self, function: Callable[[V], R], value: V) -> R:
        """Have a worker call a function of a module, which must be idempotent. Raises what it raises, or QingwenError
        if it kills its worker twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


class LocalCrew:
    """Worker processes on this machine. A pool that has lost a worker is replaced; see `_careful` for what it cost."""

    def __init__(self, workers: int, work: Work = written) -> None:
        self._workers = workers
        self._work = work
        self._turns = Turns(workers)
        self._lock = threading.Lock()
        self._pool = _pool(workers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(self, job: Job) -> Done:
        """Do a job in the pool; if a worker dies meanwhile, whoever's fault it was, do it again by itself."""
        job = replace(job, alone=True)
        with self._turns.turn(job.shard.size):
            pool = self._pool
            try:
                return _submitted(pool, self._work, job).result()
            except BrokenProcessPool:
                self._replace(pool)
                return _careful(job, self._work)

    def call(self, function: Callable[[V], R], value: V) -> R:
        """Call a function in the pool; if a worker dies meanwhile, once more in a process of its own."""
        with self._turns.turn(0):
            pool = self._pool
            try:
                return _submitted(pool, function, value).result()
            except BrokenProcessPool:
                self._replace(pool)
            with _pool(1) as own:
                try:
                    return _submitted(own, function, value).result()
                except BrokenProcessPool as error:
                    raise QingwenError(f"{function.__name__} lost its worker; is there too little memory?") from error

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                broken.shutdown(wait=False, cancel_futures=True)
                self._pool = _pool(self._workers)


def _careful(job: Job, work: Work) -> Done:
    """Do a job in a process of its own that notes every step; reject the pages that kill it, keep all the others."""
    with tempfile.TemporaryDirectory(prefix="qingwen-") as folder:
        trail = Path(folder) / "step"
        job = replace(job, trail=str(trail), alone=True)
        for _ in range(_MOST_DEATHS):
            trail.write_text("", encoding="utf-8")
            with _pool(1) as pool:
                try:
                    return _submitted(pool, work, job).result()
                except BrokenProcessPool:
                    step = trail.read_text(encoding="utf-8")
            if step:
                took = time.time() - trail.stat().st_mtime
                reason = Reason.TIMED_OUT if took >= last_second(job.policy.limits.seconds) else Reason.FAILED
                job = replace(job, blamed={**job.blamed, step: reason})
    raise QingwenError(f"shard {job.shard.name} lost {_MOST_DEATHS} worker processes; is there too little memory?")


def _pool(workers: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start)


# A pool starts a worker when it is given work.
_starting = threading.Lock()


def _submitted(pool: ProcessPoolExecutor, function: Callable[[V], R], value: V) -> Future[R]:
    """Give a pool work, and have a worker that it starts for it leave our main module alone.

    A spawned process imports the main module of its parent. Under `qingwen serve` and a Prefect worker that is the
    engine of Prefect: 1.2 s and 60 MB for each worker, which needs nothing of it.
    """
    main = sys.modules["__main__"]
    with _starting:
        kept: dict[str, Any] = {
            name: main.__dict__.pop(name) for name in ("__spec__", "__file__") if name in main.__dict__
        }
        main.__spec__ = None
        try:
            return pool.submit(function, value)
        finally:
            main.__dict__.update(kept)


def _start() -> None:
    """Prepare a worker process: Ctrl-C is the parent's to decide on, and a worker does not outlive its parent.

    A worker that went on after the run was killed would publish a shard into a folder that is no longer locked.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    arrow_without_pandas()


def arrow_without_pandas() -> None:
    """Have pyarrow find no pandas in this process, whose only use there is to ask of every list whether it is a series.

    It looks for it once, when it is first given a list; that takes 0.3 s and 56 MB of each worker. Where it has been
    found already, or another pyarrow goes about it otherwise, all stays as it is.
    """
    import pyarrow as pa

    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(finder)


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Raises ImportError for pandas, and knows nothing of any other module."""
        if fullname == "pandas":
            raise ImportError("not in a worker")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)


class DaskCrew:
    """Workers of a Dask cluster, used directly: they need neither Prefect nor its server."""

    def __init__(self, workers: int, address: str | None, work: Work = written) -> None:
        self._work = work
        try:
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise SettingsError("runner = dask needs Dask: pip install 'dask[distributed]'") from error
        logging.getLogger("distributed").setLevel(logging.WARNING)  # not every worker that comes and goes
        self._cluster: Any = (
            None if address else LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        )
        try:
            self._client: Any = Client(address or self._cluster)
        except (ValueError, OSError) as error:
            raise SettingsError(f"no Dask scheduler answers at {address}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()
        if self._cluster:
            self._cluster.close()

    def run(self, job: Job) -> Done:
        """Do a job on the cluster. Dask takes a lost worker's job up again, for writing a shard is idempotent; one that
        kills every worker it is given to is done by itself on this machine."""
        from distributed import KilledWorker

        try:
            done: Done = self._client.submit(self._work, job, pure=False, priority=job.shard.size).result()
        except KilledWorker:
            return _careful(job, self._work)
        return done

    def call(self, function: Callable[[V], R], value: V) -> R:
        """Call a function on the cluster, which tries it on several workers."""
        from distributed import KilledWorker

        try:
            result: R = self._client.submit(function, value, pure=False).result()
        except KilledWorker as error:
            raise QingwenError(f"{function.__name__} lost its workers; is there too little memory?") from error
        return result


def crew_of(settings: Settings, shards: int, work: Work = written) -> Crew:
    """The crew that the settings ask for, no larger than the work. Raises SettingsError if Dask is not installed."""
    workers = max(1, min(settings.crew_size(), shards))
    return DaskCrew(workers, settings.dask_address, work) if settings.runner == "dask" else LocalCrew(workers, work)
