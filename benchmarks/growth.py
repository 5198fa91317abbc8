"""Cost against size: each stage on a page and on one a hundred times as long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.corpora import Script, healthy
from benchmarks.measure import medians
from benchmarks.subjects import stages_on
from tasks.records import Page

SMALL, LARGE = 2_000, 200_000  # characters


@dataclass(frozen=True, slots=True)
class Growth:
    """Microseconds a thousand characters that a stage takes on pages of each size; `ratio` is time over time."""

    stage: str
    sizes: tuple[int, ...]
    costs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times the time the largest page takes, for LARGE / SMALL times the text."""
        return self.costs[-1] / self.costs[0] * self.sizes[-1] / self.sizes[0]


def growth(rounds: int, script: Script = "Hans") -> Iterator[Growth]:
    """Each stage on the same text, cut into pages of rising size."""
    text = healthy(script, LARGE, 1)[0]
    sizes = (SMALL, 20_000, LARGE)
    costs: dict[str, list[float]] = {}
    for size in sizes:
        pages = [Page(f"{at}.txt", text[at : at + size].encode()) for at in range(0, LARGE, size)]
        works = {name: stage.work for name, stage in stages_on(pages).items()}
        for stage, seconds in medians(works, rounds).items():
            costs.setdefault(stage, []).append(seconds / LARGE * 1e9)
    for stage, found in costs.items():
        yield Growth(stage, sizes, tuple(found))
