"""Runs without Prefect, for tests that need many: what the flow does, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flows.commits import Commits
from flows.settings import Settings
from flows.shard import Done, write_shard
from flows.survey import jobs, survey
from tasks.records import Curated, Page, Policy, Reject
from tasks.write.store import store_of

SENTENCE = "渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。"


def one_by_one(curate: Callable[..., Curated | Reject]) -> Callable[..., list[Curated | Reject]]:
    """What stands for `curate_pages` in a test that has its own way with some pages."""

    def curate_pages(pages: Sequence[Page], policy: Policy, learned: Sequence[object]) -> list[Curated | Reject]:
        return [curate(page, policy, lines) for page, lines in zip(pages, learned, strict=True)]

    return curate_pages


def curate(raw: str | Path, curated: str | Path, **settings: Any) -> list[Done]:
    """Curate `raw` into `curated`; the shards that were written."""
    chosen = Settings(raw=str(raw), curated=str(curated), **settings)
    store = store_of(chosen.curated)
    with store.locked():
        found = survey(chosen, store)
        store.sweep(found.needed)
        commits = Commits(store, found.switches)
        done = []
        for job in jobs(chosen, found.plan):
            done.append(write_shard(job))
            commits.done(done[-1].name, done[-1].shard)
        commits.commit()
        store.clear_ready(())
    return done


def data(curated: Path) -> dict[str, bytes]:
    """The data files of a folder of tables, by path."""
    return {str(path.relative_to(curated)): path.read_bytes() for path in sorted(curated.glob("*/part-*.parquet"))}


def pages(folder: Path, count: int, lines: int = 30, damaged: bool = True) -> Path:
    """Write so many pages, a page a file; every fourth of them is damaged."""
    for number in range(count):
        path = folder / f"{number // 50:03}" / f"{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        splice = "河灣起點(diǎn)的燈亮了。" if damaged and number % 4 == 0 else ""
        path.write_text(f"第{number}页\n" + f"{SENTENCE}{splice}\n" * lines, encoding="utf-8")
    return folder
