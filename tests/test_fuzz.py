"""A bounded amount of fuzzing in every run of the tests: no exception, no hang, no growth."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable

import pytest

from tests.fuzz.engine import LONGEST, fuzz, mutated
from tests.fuzz.targets import decode_seeds, decode_target, page_seeds, page_target, read_seeds, read_target

#: Inputs for each target, much the same ones in every run; as many as come up in ten minutes with
#: FUZZ_SECONDS=600 make test ARGS=tests/test_fuzz.py.
INPUTS = 400
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
#: What the process may grow by while it is fuzzed, in MB: caches fill, and what a single input needs comes and goes.
GROWTH = 150


@pytest.mark.parametrize(
    ("target", "seeds"),
    [(decode_target, decode_seeds), (read_target, read_seeds), (page_target, page_seeds)],
    ids=["decode", "read", "page"],
)
def test_mutated_files_do_no_harm(target: Callable[[bytes], object], seeds: Callable[[], list[bytes]]) -> None:
    corpus = seeds()
    for data in corpus:
        target(data)
    before = peak_megabytes()
    found = fuzz(target, corpus, SECONDS or 120, seed=20261122, most=None if SECONDS else INPUTS)
    if found.failure:
        data, error = found.failure
        raise AssertionError(f"{target.__name__}(bytes.fromhex({data.hex()!r}))") from error
    assert found.inputs > len(corpus)
    assert len(found.corpus) > len(corpus), "nothing new was reached: is coverage seen at all?"
    assert peak_megabytes() - before < GROWTH


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def test_the_fuzzer_finds_a_crash_behind_a_magic_number() -> None:
    def fragile(data: bytes) -> None:
        if b"PAR1" in data and b"<!--" in data:
            raise ValueError("found")

    found = fuzz(fragile, [b"nothing of interest"], 20, seed=3)
    assert found.failure
    assert str(found.failure[1]) == "found"


def test_mutations_are_the_same_for_a_seed_and_bounded() -> None:
    from random import Random

    first, second = ([mutated(random, [b"abc" * 1000]) for _ in range(50)] for random in (Random(1), Random(1)))
    assert first == second
    assert len(set(first)) > 40
    assert max(map(len, first)) <= LONGEST
