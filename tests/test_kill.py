"""Runs that are killed at any moment, over and over, with pages that change in between.

Whatever happens, the tables are whole after each kill, and a plain run in the end gives the bytes that a run makes
which nobody has disturbed. KILLS=240 (`make kill`) says how many; a share of them runs with all the tests. SEED says
which.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.check import verify
from tests.conftest import ROOT
from tests.runs import SENTENCE, curate, data, pages

KILLS, SEED = int(os.environ.get("KILLS", "4")), int(os.environ.get("SEED", "1"))
# Every so many kills, a run with a server of its own instead of the session's: it takes some ten seconds longer.
EMBEDDED = 20
# Every so many kills, a plain run to its end, whose bytes are compared.
SETTLED = 5
COMMAND = """
import sys
import flows.commits
flows.commits.COMMIT_SECONDS = 0.1  # many commits in a short run
from flows.cli import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def server(prefect_server: None) -> str:
    """The address of the session's Prefect server."""
    from prefect.settings import get_current_settings

    return str(get_current_settings().api.url)


class Scene:
    """raw/, curated/ and what may happen to them, all by one seed."""

    def __init__(self, folder: Path, server: str, runner: str, seed: int) -> None:
        self.raw, self.out, self.folder = pages(folder / "raw", 150), folder / "out", folder
        self.server, self.runner = server, runner
        self.chance = random.Random(seed)
        self.shard_bytes = 2**16
        self.usual = 20.0
        (folder / "home").mkdir()
        (folder / "run.py").write_text(COMMAND, encoding="utf-8")

    def start(self, *, embedded: bool = False) -> subprocess.Popen[bytes]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
        environment |= {"PYTHONPATH": str(ROOT), "HOME": str(self.folder / "home"), "QINGWEN_REMOVED": "drop"}
        environment |= {"QINGWEN_SHARD_BYTES": str(self.shard_bytes), "QINGWEN_RUNNER": self.runner}
        environment |= {} if embedded else {"PREFECT_API_URL": self.server}
        command = [sys.executable, str(self.folder / "run.py"), "run", "--workers", "2"]
        command += ["--raw", str(self.raw), "--curated", str(self.out)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def to_the_end(self) -> None:
        began = time.monotonic()
        run = self.start()
        said, _ = run.communicate(timeout=300)
        assert run.returncode == 0, said.decode()
        self.usual = time.monotonic() - began

    def change(self) -> None:
        """What a crawler does in a night: new pages, changed pages, pages that are gone; or other settings."""
        files = sorted(self.raw.rglob("*.txt"))
        for path in self.chance.sample(files, 5):
            path.write_text(f"{SENTENCE}{self.chance.random()}\n" * 20, encoding="utf-8")
        for path in self.chance.sample(files, 2):
            path.unlink()
        for _ in range(3):
            (self.raw / f"new{self.chance.randrange(10**6)}.txt").write_text(SENTENCE * 9, encoding="utf-8")
        self.shard_bytes = self.chance.choice([2**16, 2**16, 2**17])

    def is_whole(self) -> None:
        if (self.out / "_current").exists():
            assert verify(str(self.out), None, 1).wrong == []

    def is_undisturbed(self) -> None:
        shutil.rmtree(self.folder / "whole", ignore_errors=True)
        curate(self.raw, self.folder / "whole", shard_bytes=self.shard_bytes)
        assert data(self.out) == data(self.folder / "whole")


def descendants(pid: int) -> list[int]:
    """The processes below a process."""
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for task in Path(f"/proc/{pid}/task").iterdir():
            own += [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return sorted({*own, *(below for child in own for below in descendants(child))})


def workers(pid: int) -> list[int]:
    """The worker processes of a run."""
    found = []
    for child in descendants(pid):
        try:
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
        except OSError:
            continue
    return found


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def kill_at_random(scene: Scene, number: int) -> Iterator[str]:
    """Start a run and kill it, or one of its workers, at a random moment; what became of it."""
    run = scene.start(embedded=number % EMBEDDED == EMBEDDED - 1)
    if scene.chance.random() < 0.3:
        time.sleep(scene.chance.uniform(0.0, scene.usual))
    else:  # while shards are written and committed, which is a part of a run only
        while run.poll() is None and not workers(run.pid):
            time.sleep(0.02)
        time.sleep(scene.chance.uniform(0.0, scene.usual / 2))
    left = descendants(run.pid)
    victims = workers(run.pid)
    if victims and scene.chance.random() < 0.25:
        os.kill(scene.chance.choice(victims), signal.SIGKILL)
        said, _ = run.communicate(timeout=300)
        assert run.returncode == 0, said.decode()
        yield "worker killed"
    else:
        yield "ended" if run.poll() is not None else "killed"
        run.kill()
        run.communicate()
    end = time.monotonic() + 60
    while not all(is_gone(pid) for pid in left):
        assert time.monotonic() < end, f"a process has outlived its run: {[p for p in left if not is_gone(p)]}"
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("runner", ["local", "dask"])
def test_runs_that_are_killed_over_and_over(server: str, tmp_path: Path, runner: str) -> None:
    if runner == "dask":
        pytest.importorskip("distributed")
    scene = Scene(tmp_path, server, runner, SEED)
    scene.to_the_end()
    scene.is_undisturbed()
    ends: dict[str, int] = {}
    least = KILLS if runner == "local" else KILLS // 10
    for number in range(least + 20):
        if number >= least and {"killed", "worker killed"} & ends.keys():
            break  # of few kills each may come too late: one at least is to hit
        scene.change()
        for what in kill_at_random(scene, number):
            ends[what] = ends.get(what, 0) + 1
        scene.is_whole()
        if number % SETTLED == SETTLED - 1:
            scene.to_the_end()
            scene.is_whole()
            scene.is_undisturbed()
    else:
        pytest.fail(f"no kill has hit: {ends}")
    scene.to_the_end()
    scene.is_whole()
    scene.is_undisturbed()
    print(f"{runner}: {ends}")
