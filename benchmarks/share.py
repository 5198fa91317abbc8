"""Prefect's share: the same pages curated by a plain loop, by our own crew without Prefect, and by the flow.

    python -m benchmarks.share                             2,000 pages in 1, 10 and 100 shards
    python -m benchmarks.share --pages 10000 --shards 10 --damaged 0.1
                                                           as many as the goal is for, a tenth of them damaged

Figures are seconds of processor time: of the run with its worker, and of the Prefect server that stands beside it and
is up before the run, as it is for those who schedule (one of its own costs a run some eight seconds more). Pages have
3,000 characters and are healthy unless --damaged says otherwise: the least work that a page can be, so that what is not
work shows most.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

# What the driver alone needs is imported where it is needed: workers import this module too.
if TYPE_CHECKING:
    from flows.settings import Settings

WAYS = ("loop", "crew", "flow")
_CHARS, _FILES = 3_000, 400  # characters of a page; files that the pages are spread over, to be cut into shards


def make(folder: Path, pages: int, hurt: float = 0.0) -> int:
    """Write so many pages as JSON Lines, a share of them damaged, and return their bytes."""
    from benchmarks.corpora import damaged, healthy

    folder.mkdir(parents=True)
    texts = healthy("Hans", _CHARS, pages)
    texts[: round(pages * hurt)] = damaged(_CHARS, round(pages * hurt))
    files = min(_FILES, pages)
    for number in range(files):
        lines = (json.dumps({"text": text}, ensure_ascii=False) for text in texts[number::files])
        (folder / f"{number:04}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return sum(path.stat().st_size for path in folder.iterdir())


def measured(way: str, raw: str, curated: str, shard_bytes: int) -> dict[str, float]:
    """Curate in this process, in one of the ways; seconds of processor time, and how many shards and pages it was."""
    from flows.settings import Settings

    settings = Settings(raw=raw, curated=curated, shard_bytes=shard_bytes, workers=1)
    shards, pages = _curate_by_flow(settings) if way == "flow" else _curate_without(settings, alone=way == "loop")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"seconds": sum(one.ru_utime + one.ru_stime for one in used), "shards": shards, "pages": pages}


def _curate_by_flow(settings: Settings) -> tuple[int, int]:
    from flows.environment import importing

    with importing():  # as `qingwen run` does it
        from flows.curate import curate

    record = curate(settings)
    return record.shards, record.fresh.pages


def _curate_without(settings: Settings, *, alone: bool) -> tuple[int, int]:
    """What the flow does, without Prefect; `alone`, without a crew too."""
    from flows.commits import Commits
    from flows.crew import crew_of
    from flows.shard import write_shard
    from flows.survey import jobs, survey
    from tasks.write.corpus import tidy
    from tasks.write.store import store_of

    store = store_of(settings.curated)
    with store.locked():
        found = survey(settings, store)
        tidy(store, found.needed)
        commits = Commits(store, found.switches)
        todo = list(jobs(settings, found.plan))
        if alone:
            done = [write_shard(job) for job in todo]
        else:
            with crew_of(settings, len(todo)) as crew:
                done = [crew.run(job) for job in todo]
        for one in done:
            commits.done(one.name, one.shard)
        commits.commit()
    return len(done), sum(one.pages for one in done)


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, int]]:
    """A Prefect server with a database of its own: its address, and its process."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    from flows.environment import prepare

    prepare()
    environment = os.environ | {"PREFECT_HOME": str(folder / "prefect"), "PREFECT_SERVER_API_PORT": port}
    environment.pop("PREFECT_API_URL", None)
    command = [sys.executable, "-m", "prefect", "server", "start"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/api/health")
        yield f"http://127.0.0.1:{port}/api", process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"no Prefect server came up at {url}")


def processor_time(pid: int) -> float:
    """Seconds of processor time of a process and of all below it; 0 where there is no /proc."""
    ticks, parents = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(said[1])
        ticks[int(path.parent.name)] = sum(map(int, said[11:15]))
    own = {pid}
    while more := {child for child, parent in parents.items() if parent in own} - own:
        own |= more
    return sum(ticks.get(one, 0) for one in own) / os.sysconf("SC_CLK_TCK")


def run(way: str, raw: Path, curated: Path, shard_bytes: int, api: str, pid: int) -> dict[str, float]:
    """`measured` in a process of its own, with what the server used meanwhile."""
    before = processor_time(pid)
    command = [sys.executable, "-m", "benchmarks.share", "--measure", way, str(raw), str(curated), str(shard_bytes)]
    environment = os.environ | {"PREFECT_API_URL": api, "PREFECT_LOGGING_LEVEL": "ERROR"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    time.sleep(2)  # the server writes down task runs a little later
    return figures | {"server": processor_time(pid) - before if way == "flow" else 0.0}


def table(pages: int, counts: Sequence[int], hurt: float, ways: Sequence[str]) -> list[dict[str, float | str]]:
    """Print a line for each way and number of shards; the figures."""
    rows: list[dict[str, float | str]] = []
    print(
        f"{pages:,} pages of {_CHARS:,} characters, {hurt:.0%} of them damaged; seconds of processor time, one worker"
    )
    print(f"{'shards':>8}{'':4}{'way':8}{'run':>9}{'server':>9}{'run / loop':>12}{'(run + server) / loop':>24}")
    with tempfile.TemporaryDirectory(prefix="qingwen-share-") as folder, server(Path(folder)) as (api, pid):
        size = make(Path(folder, "raw"), pages, hurt)
        for count in counts:
            loop = 0.0
            for way in ways:
                out = Path(folder, f"{way}{count}")
                found = run(way, Path(folder, "raw"), out, max(2**16, size // count), api, pid)
                loop = loop or found["seconds"]
                own, both = found["seconds"] / loop, (found["seconds"] + found["server"]) / loop
                shown = f"{found['seconds']:9.2f}{found['server']:9.2f}{own:12.3f}{both:24.3f}"
                print(f"{found['shards']:8.0f}{'':4}{way:8}{shown}", flush=True)
                rows.append({"way": way, **found})
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--damaged", type=float, default=0.0, metavar="SHARE", help="of the pages, from 0 to 1")
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS, help="the first is what others are beside")
    parser.add_argument("--measure", nargs=4, metavar=("WAY", "RAW", "CURATED", "BYTES"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        way, raw, curated, shard_bytes = options.measure
        print(json.dumps(measured(way, raw, curated, int(shard_bytes))))
    else:
        table(options.pages, options.shards, options.damaged, options.ways)


if __name__ == "__main__":
    main()
