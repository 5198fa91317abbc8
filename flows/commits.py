"""When shards that are written become visible. What makes them so is the store's doing (tasks/write/store.py)."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from flows.plan import Switch
from flows.reasons import counted
from tasks.errors import QingwenError
from tasks.write.store import Store

#: Least seconds between two commits of a run: rows show up soon, and readers are not disturbed all the time.
COMMIT_SECONDS = 60.0
# A long run commits each time that it has got so much longer: some 80 times in a day, whatever the number of shards.
_COMMIT_SHARE = 0.1


class Commits:
    """Makes shards visible as they get done: those that trade places together, together, and not every moment.

    A commit takes the longer the more files there are, so there are a few a minute at first and fewer in a long run.
    """

    def __init__(self, store: Store, switches: Sequence[Switch]) -> None:
        self._store = store
        self._began = self._last = monotonic()
        self._waits = {name: number for number, switch in enumerate(switches) for name in switch.waits}
        self._open = [set(switch.waits) for switch in switches]
        self._add = [list(switch.add) for switch in switches]
        self._drop = [switch.drop for switch in switches]
        self._due = [number for number, switch in enumerate(switches) if not switch.waits]

    def done(self, name: str, shard: str) -> None:
        """The shard of the plan called `name` is ready as `shard`. Raises QingwenError if a commit fails."""
        number = self._waits[name]
        self._open[number].discard(name)
        self._add[number].append(shard)
        if not self._open[number]:
            self._due.append(number)
        if monotonic() - self._last > max(COMMIT_SECONDS, (self._last - self._began) * _COMMIT_SHARE):
            self.commit()

    def commit(self) -> None:
        """Make visible what is due. Raises QingwenError if the storage fails, BusyError if another run has come in."""
        if self._due:
            add = [shard for number in self._due for shard in self._add[number]]
            drop = {shard for number in self._due for shard in self._drop[number]} - set(add)
            try:
                self._store.commit(add, drop)
            except OSError as error:
                raise QingwenError(
                    f"{counted(len(add), 'shard')} written and not to be made visible: {error}; mend that and run again"
                ) from error
        self._due, self._last = [], monotonic()
