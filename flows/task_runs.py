"""What the flows have in common: how they are made, and jobs that are done in any order, a task run each.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ParamSpec, TypeVar, cast

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import Flow, task  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.futures import as_completed  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402
from prefect.utilities.annotations import quote  # noqa: E402
from pydantic import BaseModel  # noqa: E402

from flows.embedded import tie_server  # noqa: E402
from flows.ui import forget  # noqa: E402
from tasks.errors import QingwenError  # noqa: E402

tie_server()

J = TypeVar("J")
D = TypeVar("D")

# Task runs wait for the crew, which has its own limit; so many may wait at once.
_WAITING = 64
# A full disk or a network share that blinks: worth two more tries, a while apart. Bad pages never get here.
_RETRY_SECONDS = [5.0, 60.0]

#: How every flow over shards is made.
SHARDS: dict[str, Any] = {
    "task_runner": ThreadPoolTaskRunner(max_workers=_WAITING),
    "persist_result": False,
    "on_failure": [forget],
}

P = ParamSpec("P")
R = TypeVar("R")


def lean(made: Flow[P, R]) -> Flow[P, R]:
    """A flow that gives the server its parameters, where they are models of Pydantic, as those write themselves.
    Prefect's own way comes to the same, and imports FastAPI for it, a tenth of a second."""
    usual = made.serialize_parameters

    def serialized(parameters: dict[str, Any]) -> dict[str, Any]:
        if not all(isinstance(value, BaseModel) for value in parameters.values()):
            return usual(parameters)
        return {name: value.model_dump(mode="json") for name, value in parameters.items()}

    made.serialize_parameters = serialized  # type: ignore[method-assign]
    return made


def _storage_failed(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a try failed because of the storage: nothing else gets better by waiting."""
    return isinstance(state.data, OSError) or isinstance(getattr(state.data, "exception", None), OSError)


@task(
    name="job",
    task_run_name="{name}",
    retries=len(_RETRY_SECONDS),
    retry_delay_seconds=_RETRY_SECONDS,
    retry_condition_fn=_storage_failed,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def run_job(name: str, work: Callable[[Any], Any], job: Any) -> Any:
    """Do one job."""
    return work(job)


def outcomes(jobs: Sequence[tuple[str, J]], work: Callable[[J], D]) -> Iterator[tuple[J, D | Exception]]:
    """Do jobs, each as a task run of the name given with it; each with its result, or how it failed, as it ends."""
    runs = {run_job.submit(name, _whole(work), _whole(job)): job for name, job in jobs}
    for run in as_completed(list(runs)):
        yield runs[run], run.result(raise_on_failure=False)


def all_of(what: str, jobs: Sequence[tuple[str, J]], work: Callable[[J], D]) -> list[D]:
    """Do jobs, each as a task run called `what` and its name; their results in any order.

    Raises QingwenError if one of them failed, after all have ended.
    """
    ended = [outcome for _, outcome in outcomes([(f"{what} {name}", job) for name, job in jobs], work)]
    failures = [outcome for outcome in ended if isinstance(outcome, Exception)]
    if failures:
        raise QingwenError(
            f"{len(failures)} of {len(ended)} jobs ({what}) failed, the first with: {failures[0]}; "
            "what the others found is kept: run again for the rest"
        ) from failures[0]
    return [outcome for outcome in ended if not isinstance(outcome, Exception)]


def one(name: str, work: Callable[[J], D], job: J) -> D:
    """Do one job in this process, as a task run. Raises what it raises."""
    return cast(D, run_job(name, _whole(work), _whole(job)))


def _whole(value: Any) -> Any:
    """Have Prefect hand a parameter on as it is, instead of looking into every part of it for results to wait for."""
    return cast(Any, quote(value))
