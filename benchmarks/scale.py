"""How time and memory grow with the number of pages, and what a second worker gives.

python -m benchmarks.scale                         10,000 and 100,000 pages, and 1 and 2 workers on the latter
python -m benchmarks.scale --pages 2000 --workers 1 2 4

What more workers give is measured in turn, several times, each beside what the machine gives two bare loops at that
moment: where others have a share in its cores, no program is twice as fast on two.

Pages are cheap and plain, so that what does not grow with the pages shows: planning, commits, manifests. Each run is a
process of its own, without Prefect, whose eight seconds of server would flatter the ratio.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median

from flows.commits import Commits
from flows.crew import crew_of
from flows.settings import Settings
from flows.survey import jobs, survey
from tasks.write.store import store_of

# Rows to a file: a crawl comes in containers.
_ROWS = 500
_WORDS = (
    *("渡口", "船工", "石桩", "缆绳", "客人", "河湾", "茶馆", "旅店", "集市", "山路", "晨雾", "灯火", "木桥", "磨坊"),
    *("收起", "照看", "经过", "修好", "记下", "等候", "听见", "望着", "谈起", "带来"),
    *("傍晚", "清早", "去年", "每天", "有时", "从前"),
)


def make(folder: Path, count: int) -> None:
    """Write `count` pages as JSON Lines, the same at every call: ten sentences a page, some 900 bytes."""
    chance = random.Random(7)
    folder.mkdir(parents=True)
    for start in range(0, count, _ROWS):
        with (folder / f"{start:09}.jsonl").open("w", encoding="utf-8") as file:
            for number in range(start, min(start + _ROWS, count)):
                lines = ["，".join("".join(chance.choices(_WORDS, k=5)) for _ in range(3)) for _ in range(10)]
                text = f"第{number}篇\n" + "".join(f"{line}。\n" for line in lines)
                file.write(json.dumps({"text": text, "url": f"https://s{number % 97}.example/{number}"}) + "\n")


def measured(raw: str, curated: str, workers: int, runner: str) -> dict[str, float]:
    """One run in this process: seconds on the wall and of processor time, and the most memory, in MB."""
    settings = Settings(raw=raw, curated=curated, workers=workers, runner=runner)
    store = store_of(curated)
    began = time.perf_counter()
    with store.locked():
        found = survey(settings, store)
        store.sweep(found.needed)
        planned = time.perf_counter()
        commits = Commits(store, found.switches)
        pages = 0
        with crew_of(settings, len(found.plan.shards)) as crew, ThreadPoolExecutor(64) as threads:
            for one in threads.map(crew.run, jobs(settings, found.plan)):
                commits.done(one.name, one.shard)
                pages += one.pages
        worked = time.perf_counter()
        commits.commit()
    ended = time.perf_counter()
    own, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "pages": pages,
        "seconds": ended - began,
        "planning": planned - began,
        "last commit": ended - worked,
        "processor": own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime,
        "of it driver": own.ru_utime + own.ru_stime,
        "driver MB": own.ru_maxrss / 1024,
        "worker MB": theirs.ru_maxrss / 1024,
    }


def run(raw: Path, curated: Path, workers: int, runner: str) -> dict[str, float]:
    """`measured` in a fresh process, and its figures printed in a line."""
    command = [sys.executable, "-m", "benchmarks.scale", "--measure", str(raw), str(curated)]
    command += ["--workers", str(workers), "--runner", runner]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    shown = "  ".join(f"{name} {value:,.1f}" for name, value in figures.items())
    print(f"{workers} workers  {shown}", flush=True)
    return figures


def main() -> None:
    """Print the figures of each run, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3, help="how often fewer and more workers are compared")
    parser.add_argument("--runner", default="local", choices=("local", "dask"))
    parser.add_argument("--measure", nargs=2, metavar=("RAW", "CURATED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        raw, curated = options.measure
        print(json.dumps(measured(raw, curated, options.workers[0], options.runner)))
        return
    with tempfile.TemporaryDirectory(prefix="qingwen-scale-") as folder:
        _compare(Path(folder), options.pages, options.workers, options.runner, options.rounds)


def _compare(folder: Path, pages: list[int], workers: list[int], runner: str, rounds: int) -> None:
    most = max(workers)
    figures = {}
    for count in pages:
        make(folder / f"raw{count}", count)
        figures[count] = run(folder / f"raw{count}", folder / f"out{count}", most, runner)
    run(folder / f"raw{pages[-1]}", folder / f"out{pages[-1]}", most, runner)  # once more, with nothing to do
    for fewer, more in pairwise(pages):
        for name in ("seconds", "processor"):
            print(
                f"{more / fewer:g} times the pages: {figures[more][name] / figures[fewer][name]:.2f} times the {name}"
            )
    for fewest in sorted(set(workers) - {most}):
        _race(folder, folder / f"raw{pages[-1]}", (fewest, most), runner, rounds)


def _race(folder: Path, raw: Path, workers: tuple[int, int], runner: str, rounds: int) -> None:
    """Print how much faster more workers are, round by round, and how much faster two loops are at the time."""
    faster, bare = [], []
    for number in range(rounds):
        bare.append(_bare(workers))
        fewer, more = (run(raw, folder / f"race{number}-{count}", count, runner)["seconds"] for count in workers)
        bare.append(_bare(workers))
        faster.append(fewer / more)
        print(f"{workers[1]} workers are {faster[-1]:.2f} times as fast as {workers[0]}", flush=True)
    print(f"the median is {median(faster):.2f}; bare loops got {median(bare):.2f} times as much done")


def _bare(workers: tuple[int, int]) -> float:
    """How much more a loop that shares nothing gets done in more processes than in fewer, on the wall."""
    loop = "import time; a = time.perf_counter(); sum(range(50_000_000)); print(time.perf_counter() - a)"
    slowest = []
    for count in workers:
        running = [subprocess.Popen([sys.executable, "-c", loop], stdout=subprocess.PIPE) for _ in range(count)]
        slowest.append(max(float(one.communicate()[0]) for one in running))
    return workers[1] / workers[0] * slowest[0] / slowest[1]


if __name__ == "__main__":
    main()
