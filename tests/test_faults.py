"""What goes wrong around a run: full disks, forbidden folders, jumping clocks, pages that change meanwhile, two runs.

After each, a plain run gives the bytes of an undisturbed one, and the tables are whole throughout.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.check import verify
from flows.crew import LocalCrew
from flows.plan import plan
from flows.shard import Job
from tasks.errors import QingwenError, UsageError
from tasks.read import discover
from tasks.records import Policy
from tasks.write.local import LocalStore
from tasks.write.schema import SHARD_TABLES
from tasks.write.store import store_of
from tests.conftest import ROOT, SAMPLES
from tests.runs import SENTENCE, curate, data, pages

SHARD = 2**16
RUN = "import sys; from tests.runs import curate; curate(sys.argv[1], sys.argv[2], shard_bytes=65536)"
# As somebody who is not root, whom the system forbids what it does not forbid root. What Python has not imported by
# then it may not be able to: a first run, in a place of its own, imports it all.
STRANGER = """
import os, sys, tempfile
from tests.runs import curate
with tempfile.TemporaryDirectory() as own:
    curate(sys.argv[3], own, shard_bytes=65536)
if not os.geteuid():
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
curate(sys.argv[1], sys.argv[2], shard_bytes=65536)
"""


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return pages(tmp_path / "raw", 80)


@pytest.fixture
def whole(raw: Path, tmp_path: Path) -> dict[str, bytes]:
    """The bytes of an undisturbed run."""
    curate(raw, tmp_path / "whole", shard_bytes=SHARD)
    return data(tmp_path / "whole")


def is_whole(curated: Path) -> None:
    if store_of(curated).shards():
        assert verify(str(curated), None, 1).wrong == []


def child(
    raw: Path, curated: Path, program: str = RUN, prepare: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, str(raw), str(curated), str(SAMPLES)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, preexec_fn=prepare)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte, where this machine lets us make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True)
    if mount.returncode:
        pytest.skip("no file system of one's own can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_full(small_disk: Path, raw: Path, whole: dict[str, bytes]) -> None:
    out = small_disk / "out"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(900_000))
    run = child(raw, out)
    assert "No space left on device" in run.stderr
    is_whole(out)
    ballast.unlink()
    curate(raw, out, shard_bytes=SHARD)
    is_whole(out)
    assert data(out) == whole


@pytest.mark.parametrize("carried", [True, False], ids=["changed", "as it was"])
@pytest.mark.parametrize(("table", "gone"), [("documents", False), ("edits", False), ("documents", True)])
def test_a_shard_whose_files_are_not_as_they_were_written(
    raw: Path, whole: dict[str, bytes], tmp_path: Path, table: str, gone: bool, carried: bool
) -> None:
    """Where a run needs them, the message says what to do, and that helps: the shard's pages are curated again."""
    out = tmp_path / "out"
    curate(raw, out, shard_bytes=SHARD)
    manifest = next(one for one in store_of(str(out)).manifests() if len(one.sources) > 1)
    touched = raw / manifest.sources[0].uri if carried else raw / "new.txt"
    before = touched.read_bytes() if carried else b""
    touched.write_bytes(before + SENTENCE.encode())
    path = out / table / f"part-{manifest.shard}.parquet"
    path.unlink() if gone else path.write_bytes(path.read_bytes()[:200])
    told = pytest.raises(QingwenError, match=rf"remove \S*{manifest.shard}.json and run again")
    with told if carried or gone else nullcontext():
        curate(raw, out, shard_bytes=SHARD)
    (out / "_manifest" / f"{manifest.shard}.json").unlink()
    if carried:
        touched.write_bytes(before)
    else:
        touched.unlink()
    curate(raw, out, shard_bytes=SHARD, removed="drop")
    is_whole(out)
    assert data(out) == whole


def test_a_disk_that_is_full_when_shards_are_to_become_visible(
    raw: Path, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(store: LocalStore, *given: object) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "_build", full)
        with pytest.raises((QingwenError, OSError), match="No space left"):
            curate(raw, tmp_path / "out", shard_bytes=SHARD)
    is_whole(tmp_path / "out")
    done = curate(raw, tmp_path / "out", shard_bytes=SHARD)
    assert data(tmp_path / "out") == whole
    assert verify(str(tmp_path / "out"), str(raw), 1).wrong == []
    assert len(done) in (0, len(whole) // len(SHARD_TABLES))


def test_a_file_that_cannot_grow(raw: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    """Where nobody may mount: a limit on the size of files, which writing runs into midway."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, resource.RLIM_INFINITY))

    run = child(raw, tmp_path / "out", prepare=limit)
    assert "File too large" in run.stderr
    is_whole(tmp_path / "out")
    assert not list((tmp_path / "out").glob("_staging/*"))
    curate(raw, tmp_path / "out", shard_bytes=SHARD)
    assert data(tmp_path / "out") == whole


@pytest.fixture
def anybodys(raw: Path) -> Iterator[Path]:
    """A folder that anybody can come to, with raw/ in it. pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)
        shutil.copytree(raw, place / "raw")
        yield place


def test_a_curated_folder_that_may_not_be_written_to(whole: dict[str, bytes], anybodys: Path) -> None:
    raw, out = anybodys / "raw", anybodys / "out"
    out.mkdir(mode=0o555)
    run = child(raw, out, STRANGER)
    assert "UsageError: cannot write to" in run.stderr
    assert "Permission denied" in run.stderr
    out.chmod(0o777)
    assert child(raw, out, STRANGER).returncode == 0
    assert data(out) == whole
    (out / "_generations").chmod(0o555)
    (raw / "more.txt").write_text(SENTENCE, encoding="utf-8")
    assert "Permission denied" in child(raw, out, STRANGER).stderr
    is_whole(out)
    assert data(out) == whole
    (out / "_generations").chmod(0o755)
    assert child(raw, out, STRANGER).returncode == 0
    curate(raw, anybodys / "more", shard_bytes=SHARD)
    assert data(out) == data(anybodys / "more")


def test_a_page_that_may_not_be_read_is_read_when_it_may(whole: dict[str, bytes], anybodys: Path) -> None:
    raw, out = anybodys / "raw", anybodys / "out"
    page = raw / "000" / "00005.txt"
    out.mkdir()
    out.chmod(0o777)
    page.chmod(0o000)
    assert child(raw, out, STRANGER).returncode == 0
    rejects = [row for path in (out / "rejects").iterdir() for row in pq.read_table(path).to_pylist()]
    assert [(row["source_uri"], row["reason"]) for row in rejects] == [("000/00005.txt", "unreadable")]
    is_whole(out)
    page.chmod(0o644)
    assert child(raw, out, STRANGER).returncode == 0
    assert data(out) == whole


def test_a_clock_that_jumps(
    raw: Path, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By years, both ways, at every look: nothing that is written or decided depends on what o'clock it is."""
    chance, real = random.Random(3), time.time
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: real() + chance.uniform(-1e9, 1e9))
        curate(raw, tmp_path / "out", shard_bytes=SHARD)
        assert curate(raw, tmp_path / "out", shard_bytes=SHARD) == []
    assert data(tmp_path / "out") == whole


def test_files_from_the_future_and_from_1970(raw: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "out", raw / "000" / "00005.txt"
    os.utime(page, (4e9, 4e9))
    curate(raw, out, shard_bytes=SHARD)
    assert curate(raw, out, shard_bytes=SHARD) == []
    page.write_text(page.read_text(encoding="utf-8").replace("客人", "旅人"), encoding="utf-8")
    os.utime(page, (0, 0))  # of the same size, and older than what it replaces
    (done,) = curate(raw, out, shard_bytes=SHARD)
    assert done.pages == 1
    assert verify(str(out), str(raw), 1).wrong == []


def test_pages_that_change_while_they_are_curated(raw: Path, tmp_path: Path) -> None:
    out, stop = tmp_path / "out", threading.Event()

    def crawl() -> None:
        chance = random.Random(5)
        while not stop.is_set():
            path = raw / f"{chance.randrange(2):03}" / f"{chance.randrange(90):05}.txt"
            if chance.random() < 0.2:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_text(f"{SENTENCE}{chance.random()}\n" * chance.randrange(1, 40), encoding="utf-8")

    crawler = threading.Thread(target=crawl)
    crawler.start()
    try:
        for _ in range(4):
            curate(raw, out, shard_bytes=SHARD, removed="drop")
            is_whole(out)
    finally:
        stop.set()
        crawler.join()
    curate(raw, out, shard_bytes=SHARD, removed="drop")
    curate(raw, tmp_path / "calm", shard_bytes=SHARD)
    assert data(out) == data(tmp_path / "calm")
    assert verify(str(out), str(raw), 1).wrong == []


def test_readers_while_shards_are_replaced_over_and_over(raw: Path, tmp_path: Path) -> None:
    """Who resolves the folder's name once sees every page once. Who goes by the plain name sees no page twice; in the
    moment of a commit it may lack shards that are being replaced, or find that a file is gone."""
    out, stop = tmp_path / "out", threading.Event()
    curate(raw, out, shard_bytes=SHARD)
    names = sorted(source.uri for source in discover(raw))
    looks = {"resolved": 0, "plain": 0}
    faults: list[list[str]] = []

    def look(kind: str) -> None:
        while not stop.is_set():
            folder = str(out / "documents")
            try:
                table = pq.read_table(
                    os.path.realpath(folder) if kind == "resolved" else folder, columns=["source_uri"]
                )
            except FileNotFoundError:
                assert kind == "plain"
                continue
            found = table.column(0).to_pylist()
            looks[kind] += 1
            if kind == "resolved" and sorted(found) != names:
                faults.append(found)
            if kind == "plain" and len(set(found)) != len(found):
                faults.append(found)

    readers = [threading.Thread(target=look, args=(kind,)) for kind in looks]
    for reader in readers:
        reader.start()
    try:
        for number in range(25):
            (raw / "000" / f"{number * 3 % 50:05}.txt").write_text(f"{SENTENCE}第{number}次。\n", encoding="utf-8")
            curate(raw, out, shard_bytes=SHARD * (1 + number % 2))
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert min(looks.values()) > 25


def test_two_runs_at_once(raw: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, str(raw), str(out)], env=environment, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [run.communicate(timeout=120)[1] for run in runs]
    ends = [run.returncode for run in runs]
    assert 0 in ends
    assert all("BusyError: another run is writing" in words for words, end in zip(said, ends, strict=True) if end)
    is_whole(out)
    curate(raw, out, shard_bytes=SHARD)
    assert data(out) == whole


def test_a_worker_of_a_run_that_is_dead_does_no_harm(raw: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    """It may be late by any time: what it leaves ready is what it should be, or is swept."""
    out = tmp_path / "out"
    shards = plan(discover(raw), [], "stale", SHARD, True).shards
    with LocalCrew(1) as crew:
        crew.run(Job(shards[0], str(raw), str(out), Policy(), "stale"))
        curate(raw, out, shard_bytes=SHARD)
        crew.run(Job(shards[1], str(raw), str(out), Policy(), "stale"))
    is_whole(out)
    curate(raw, out, shard_bytes=SHARD)
    assert data(out) == whole
    assert list((out / "_ready").iterdir()) == []


def test_a_file_system_without_links_is_said(raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*given: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", forbidden)
    with pytest.raises(UsageError, match="needs a file system with hard and symbolic links"):
        curate(raw, tmp_path / "out", shard_bytes=SHARD)
    shutil.rmtree(tmp_path / "out")
