"""Who goes first when more wait than can work: the largest job, so that none is begun last that takes longest."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count


class Turns:
    """So many turns at a time, each to the largest of those who wait, of equals to the one that came first.

    Graham's rule for machines side by side (SIAM J. Appl. Math. 17, 1969): with the longest job first, the last to end
    is at most a third later than in the best order; in any order it can be twice as late.

    >>> turns = Turns(1)
    >>> with turns.turn(8):
    ...     "one at a time"
    'one at a time'
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._number = count()

    @contextmanager
    def turn(self, size: int) -> Iterator[None]:
        """Wait for a turn for a job of `size`, in whatever unit its rivals have, and hold it."""
        with self._changed:
            mine = (-size, next(self._number))
            heapq.heappush(self._waiting, mine)
            self._changed.wait_for(lambda: self._places and self._waiting[0] == mine)
            heapq.heappop(self._waiting)
            self._places -= 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._places += 1
                self._changed.notify_all()
