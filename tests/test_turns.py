"""The largest job that waits goes first, and never more at a time than there are places."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from flows.turns import Turns


def waiting(turns: Turns, count: int) -> None:
    """Wait until so many wait for a turn."""
    end = time.monotonic() + 20
    while len(turns._waiting) < count and time.monotonic() < end:
        time.sleep(0.001)
    assert len(turns._waiting) == count


def test_the_largest_goes_first_and_equals_in_the_order_they_came() -> None:
    turns, order = Turns(1), []

    def work(name: str, size: int) -> None:
        with turns.turn(size):
            order.append(name)

    with ThreadPoolExecutor(8) as pool, turns.turn(0):
        for number, (name, size) in enumerate([("a", 3), ("b", 9), ("c", 1), ("d", 9), ("e", 5)], 1):
            pool.submit(work, name, size)
            waiting(turns, number)
        assert order == []
    assert order == ["b", "d", "e", "a", "c"]


def test_all_places_are_taken_and_no_more() -> None:
    turns, at_work, most = Turns(3), [], []
    all_three = threading.Barrier(3)

    def work(number: int) -> None:
        with turns.turn(number):
            at_work.append(number)
            most.append(len(at_work))
            if number >= 6:
                all_three.wait(20)
            at_work.remove(number)

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(work, reversed(range(9))))
    assert max(most) == 3


def test_a_place_is_given_back_by_work_that_fails() -> None:
    turns = Turns(1)
    for _ in range(3):
        try:
            with turns.turn(1):
                raise ValueError("bad")
        except ValueError:
            continue
    with turns.turn(1):
        pass
