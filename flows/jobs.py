"""What a worker is given to do, and what it says when it is done: all that the driver needs to know of `shard`.

The stages and pyarrow, which take a third of a second to import, are the workers' alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.plan import Shard
from tasks.records import Policy, Reason
from tasks.write.learned import LearnedTable
from tasks.write.tally import Tally


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


def written(job: Job) -> Done:
    """What `flows.shard.write_shard` does, which whoever is to do it imports then."""
    from flows.shard import write_shard

    return write_shard(job)
