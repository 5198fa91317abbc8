"""What the flows over the whole corpus have in common: jobs that are done in any order, all of them or none.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import task  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.futures import as_completed  # noqa: E402
from prefect.utilities.annotations import quote  # noqa: E402

from flows.embedded import tie_server  # noqa: E402
from tasks.errors import QingwenError  # noqa: E402

tie_server()

J = TypeVar("J")
D = TypeVar("D")

#: Task runs wait for the crew, which has its own limit; so many may wait at once.
WAITING = 64
# A full disk or a network share that blinks: worth two more tries, a while apart.
_RETRY_SECONDS = [5.0, 60.0]


def _storage_failed(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a try failed because of the storage: nothing else gets better by waiting."""
    return isinstance(state.data, OSError) or isinstance(getattr(state.data, "exception", None), OSError)


@task(
    name="one of many",
    task_run_name="{what} {name}",
    retries=len(_RETRY_SECONDS),
    retry_delay_seconds=_RETRY_SECONDS,
    retry_condition_fn=_storage_failed,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def one_of_many(what: str, name: str, work: Callable[[Any], Any], job: Any) -> Any:
    """Do one job."""
    return work(job)


def all_of(what: str, jobs: Sequence[tuple[str, J]], work: Callable[[J], D]) -> list[D]:
    """Do named jobs, each as a task run called `what` and its name; results are in the order of the jobs.

    Raises QingwenError if one of them failed, after all have ended.
    """
    runs = [one_of_many.submit(what, name, whole(work), whole(job)) for name, job in jobs]
    outcomes: dict[Any, Any] = {run: run.result(raise_on_failure=False) for run in as_completed(runs)}
    failures = [outcomes[run] for run in runs if isinstance(outcomes[run], Exception)]
    if failures:
        raise QingwenError(
            f"{len(failures)} of {len(runs)} jobs ({what}) failed, the first with: {failures[0]}; "
            "what the others found is kept: run again for the rest"
        ) from failures[0]
    return [outcomes[run] for run in runs]


def whole(value: Any) -> Any:
    """Have Prefect hand a parameter on as it is, instead of looking into every part of it for results to wait for."""
    return cast(Any, quote(value))
