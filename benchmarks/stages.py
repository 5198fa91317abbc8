"""What each stage costs by itself: bytes in, processor time, its share, and the memory that it allocates."""

from __future__ import annotations

import cProfile
import gc
import io
import pstats
import re
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpora import Corpus
from benchmarks.measure import Work, medians
from benchmarks.subjects import POLICY, stages_on
from tasks.page import curate_page
from tasks.records import Page

# Memory is looked at on so many pages: each allocation is noted, which takes several times as long.
_LOOKED_AT = 4
_ROWS = 40  # functions of a profile: what takes a hundredth of the time is among them


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stage costs on a corpus.

    `bytes_in` are those of its input, as UTF-8 but for decode; `micros` a thousand characters; `share` of all stages;
    `peak` the most that it holds at a time for the looked-at pages beyond what was there, in bytes a byte of input, and
    `blocks` the blocks of memory that its results are made of, a thousand characters.
    """

    stage: str
    bytes_in: int
    micros: float
    share: float
    peak: float
    blocks: float


def costs_of_stages(corpus: Corpus, rounds: int) -> list[Cost]:
    """Each stage's costs on a corpus."""
    stages, few = stages_on(corpus.pages), stages_on(corpus.pages[:_LOOKED_AT])
    taken = medians({name: stage.work for name, stage in stages.items()}, rounds)
    total, chars = sum(taken.values()), sum(map(len, corpus.texts[:_LOOKED_AT]))
    found = []
    for name, stage in stages.items():
        peak, blocks = allocated(few[name].work)
        time = taken[name] / corpus.chars * 1e9, taken[name] / total
        found.append(Cost(name, stage.bytes_in, *time, peak / few[name].bytes_in, blocks / chars * 1000))
    return found


def allocated(work: Work) -> tuple[int, int]:
    """The most bytes that a call holds beyond what was there before, and the blocks that its result is made of.

    >>> peak, blocks = allocated(lambda: [bytes(1000) for _ in range(50)])
    >>> peak > 50_000, 50 < blocks < 80
    (True, True)
    """
    work()  # what is loaded once is there
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        held = work()
        _, peak = tracemalloc.get_traced_memory()
        blocks = sum(found.count for found in tracemalloc.take_snapshot().statistics("filename"))
    finally:
        tracemalloc.stop()
    del held
    return peak - before, blocks


def stage_table(name: str, costs: Sequence[Cost]) -> str:
    """The stages' figures on a corpus."""
    head = f"{'bytes in':>12}{'µs per 1000':>14}{'share':>8}{'peak / in':>11}{'blocks per 1000':>17}"
    rows = (
        f"{'':16}{one.stage:10}{one.bytes_in:12,}{one.micros:14,.1f}{one.share:8.0%}{one.peak:11.1f}{one.blocks:17.1f}"
        for one in costs
    )
    return "\n".join([f"{name:16}{'stage':10}{head}", *rows])


def profile(pages: Sequence[Page]) -> str:
    """Where the whole chain spends its time on the pages: the functions of most time of their own, as text."""
    for page in pages:
        curate_page(page, POLICY)
    profiler = cProfile.Profile()
    profiler.enable()
    for page in pages:
        curate_page(page, POLICY)
    profiler.disable()
    sink = io.StringIO()
    pstats.Stats(profiler, stream=sink).sort_stats("tottime").print_stats(_ROWS)
    text = re.sub(r"\S*/(?=(?:tasks|flows|benchmarks)/)|\S*/site-packages/|\S*/lib/python3\.\d+/", "", sink.getvalue())
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


def write_profile(corpus: Corpus, folder: Path) -> Path:
    """Write a corpus's profile to a folder, and say where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{re.sub('[^a-z0-9]+', '-', corpus.name.lower())}.txt"
    path.write_text(profile(corpus.pages), encoding="utf-8")
    return path
