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
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
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
    watch = _Watch(seconds, alone)
    try:
        try:
            _dog.watch(watch)
            return work()
        except TimeUpError:
            watch.raised = True
            raise
        finally:
            watch.stop()
    finally:
        watch.stop()  # once more: the exception may have come while the watch was being stopped


class _Watch:
    """What the watchdog knows of the work of one thread: the thread that makes this."""

    def __init__(self, seconds: float, alone: bool) -> None:
        self.seconds = seconds
        self.alone = alone
        self.thread = threading.get_ident()
        self._clock = _clock_of(self.thread)
        self._done = False
        self._lock = threading.Lock()
        self._fired = False
        self.raised = False
        self._began, self._spent = time.monotonic(), self._clock()

    def stop(self) -> None:
        """Nothing is raised in the thread after this."""
        self._done = True
        _dog.leave(self)
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

    def due(self) -> float:
        """When to look at it next, by the monotonic clock, after doing what is due now."""
        now = time.monotonic()
        if self._fired:
            if self.alone and now >= self._began + last_second(self.seconds):
                os._exit(1)  # the work is in C, and lets other threads run meanwhile
            return now + max(1.0, self.seconds)
        # The work may be in C and get its processor time back, so the time by the wall has to be looked at as well.
        left = min(self._began + _PATIENCE * self.seconds - now, self._spent + self.seconds - self._clock())
        if left > 0:
            return now + left
        with self._lock:
            if not self._done:
                self._fired = True
                _raise(self.thread, TimeUpError)
        return now


class _Watchdog:
    """A thread that looks at all that is watched when its time may be up, and ends when there is nothing to watch.

    One thread for all work, not one each: a thread's start is paid for with a wait for another core, which for
    small pages came to half of all time. Nothing here takes a lock in Python's own code while an exception may be on
    its way to the thread that does: a lock that is never given back would end the watch.
    """

    def __init__(self) -> None:
        self._watched: dict[int, _Watch] = {}
        self._lock = threading.Lock()
        self._alarm: SimpleQueue[None] = SimpleQueue()
        self._wakes: float | None = None  # None: there is no thread
        self._armed = False

    def watch(self, watch: _Watch) -> None:
        """Watch it until `leave`."""
        with self._lock:
            self._watched[watch.thread] = watch
            if self._wakes is None:
                self._wakes = 0.0
                threading.Thread(target=self._run, name="deadline", daemon=True).start()
            elif time.monotonic() + watch.seconds < self._wakes:
                self._alarm.put(None)

    def leave(self, watch: _Watch) -> None:
        """Watch it no longer; may be said twice."""
        if self._watched.get(watch.thread) is watch:
            self._watched.pop(watch.thread, None)

    def _run(self) -> None:
        with open(os.devnull, "wb") as nowhere:
            while (sleep := self._look()) is not None:
                alone = [watch.seconds for watch in list(self._watched.values()) if watch.alone]
                if alone:  # a dead man's switch: work that holds the interpreter keeps this thread from setting it anew
                    self._armed = True
                    switch = last_second(max(alone)) + sleep
                    faulthandler.dump_traceback_later(switch, exit=True, file=nowhere)
                else:
                    self._disarm()
                with suppress(Empty):
                    self._alarm.get(timeout=sleep)

    def _disarm(self) -> None:
        """Take the switch back, if it is ours: a process has one timer of this kind, and others may have set it."""
        if self._armed:
            faulthandler.cancel_dump_traceback_later()
            self._armed = False

    def _look(self) -> float | None:
        """Seconds until the next look; None if there is nothing to look at, and this thread is done."""
        with self._lock:
            watched = list(self._watched.values())
            self._wakes = min((watch.due() for watch in watched), default=None)
            if self._wakes is None:
                self._disarm()  # under the lock: the next thread, which begins after it, may arm it again at once
                return None
            return max(0.0, self._wakes - time.monotonic())


_dog = _Watchdog()


def _clock_of(thread: int) -> Callable[[], float]:
    """The processor time of a thread; where the system does not tell it of another thread, the time on the wall."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.monotonic
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


def _raise(thread: int, error: type[BaseException]) -> None:
    """Have the interpreter raise `error` in a thread."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
