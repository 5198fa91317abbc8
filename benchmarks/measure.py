"""How long things take beside one another: on one core, after a warm-up, in turn, the median of several rounds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from statistics import median

Work = Callable[[], object]


def pin() -> None:
    """Keep this process on one core, where the system lets it: the first that it may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def seconds_of(work: Work) -> float:
    """Processor time of one call. Work that is shorter than the clock's grain is repeated, and the mean taken."""
    calls, taken = 1, 0.0
    while True:
        started = time.process_time()
        for _ in range(calls):
            work()
        taken = time.process_time() - started
        if taken >= 0.02 or calls >= 1024:
            return taken / calls
        calls *= 4


def medians(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """The median seconds of processor time of each, done one after the other in every round.

    Whatever slows the machine for a while slows all of them, and ratios between them stay what they are.

    >>> sorted(medians({"nothing": lambda: None}, 1))
    ['nothing']
    """
    for work in works.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds_of(work))
    return {name: median(times) for name, times in taken.items()}
