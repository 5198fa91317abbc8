"""A bound on the time that one page may take, in whatever thread it is curated.

A stage is pure and looks at no clock, so its time is taken from outside: a watchdog thread has the interpreter raise
`TimeUpError` in the thread that works (PyThreadState_SetAsyncExc), which it does between two bytecodes. That works in
the main thread of a process as in a thread of a Dask worker, where a signal does not. A call into C that does not come
back is beyond it: a process that does nothing but curate is then ended by faulthandler's own timer, which needs no
bytecode to run, and flows/crew.py rejects the page that did it. See docs/adr/0009-time-limit.md.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

# A page is given so many times its processor time by the clock on the wall: it may have to share its core, or wait for
# memory that has been swapped out, but not for ever.
_PATIENCE = 3.0
# Beyond that, what has not come back to the interpreter never will: the process is ended after this many times the
# limit, and a second more, so that the gentler way comes first.
_LAST = 4.0
# A pending exception is raised at the next backward jump; many more than that are waited for.
_BYTECODES = 10_000


class TimeUpError(BaseException):
    """The time is up. Not an Exception: nothing on the way may take it for an error of its own and go on."""


def last_second(seconds: float) -> float:
    """After how many seconds on the wall a process is ended whose page may take `seconds` of processor time."""
    return _LAST * seconds + 1


def within(seconds: float, work: Callable[[], T], *, alone: bool = False) -> T:
    """The result of `work`, which runs in this thread. Raises TimeUpError once it took `seconds` of processor time.

    With `alone`, this process has nothing else to do and is ended if the work does not come back at all.

    >>> within(1.0, lambda: "done")
    'done'
    """
    watch = _Watch(seconds)
    try:
        with _ended_at_last(seconds) if alone else _nothing():
            try:
                watch.start()
                return work()
            except TimeUpError:
                watch.raised = True
                raise
            finally:
                watch.stop()
    finally:
        watch.stop()  # once more: the exception may have come while the watch was being stopped


class _Watch:
    """Watches the thread that makes it, from `start` to `stop`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thread = threading.get_ident()
        self._clock = _clock_of(self._thread)
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._fired = False
        self.raised = False

    def start(self) -> None:
        """Begin to count."""
        self._began, self._spent = time.monotonic(), self._clock()
        threading.Thread(target=self._wait, name="deadline", daemon=True).start()

    def stop(self) -> None:
        """Stop counting; nothing is raised in the thread after this."""
        self._done.set()
        with self._lock:
            coming = self._fired and not self.raised
        if coming:
            # It comes within a few bytecodes. Telling Python to raise nothing instead would be shorter, but 3.11 never
            # forgets that it was told, and looks for what to raise at every call from then on.
            try:
                for _ in range(_BYTECODES):
                    pass
            except TimeUpError:
                self.raised = True

    def _wait(self) -> None:
        while (left := self._left()) > 0:
            if self._done.wait(left):
                return
        with self._lock:
            if not self._done.is_set():
                self._fired = True
                _raise(self._thread, TimeUpError)

    def _left(self) -> float:
        """Seconds that have to pass at least before the time can be up."""
        by_wall = self._began + _PATIENCE * self._seconds - time.monotonic()
        return min(by_wall, self._spent + self._seconds - self._clock())


def _clock_of(thread: int) -> Callable[[], float]:
    """The processor time of a thread; where the system does not tell it of another thread, the time on the wall."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


def _raise(thread: int, error: type[BaseException]) -> None:
    """Have the interpreter raise `error` in a thread."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))


@contextmanager
def _ended_at_last(seconds: float) -> Iterator[None]:
    """Have this process end, not by Python's doing, if the block takes far too long."""
    with open(os.devnull, "wb") as nowhere:
        faulthandler.dump_traceback_later(last_second(seconds), exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def _nothing() -> Iterator[None]:
    yield
