"""curated/ and raw/ on a real S3 server: the same bytes, whatever happens, and what each kind of reader sees."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.check import verify
from tasks.errors import InputError, QingwenError, UsageError
from tasks.read import discover, read_source
from tasks.records import Limits, Page
from tasks.write import lease
from tasks.write.lease import HeldError, Lease, LostError
from tasks.write.store import BusyError, store_of
from tests.conftest import ROOT, SAMPLES
from tests.runs import SENTENCE, curate, data, pages
from tests.s3 import s3_server

fsspec = pytest.importorskip("fsspec")
pytest.importorskip("s3fs")
pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def fs(server: str) -> Any:
    return fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)


@pytest.fixture
def bucket(fs: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A bucket of the test's own, as a URI."""
    name = f"test-{abs(hash(request.node.nodeid)):x}"
    fs.mkdir(name)
    yield f"s3://{name}"
    fs.rm(name, recursive=True)


def objects(fs: Any, curated: str) -> dict[str, bytes]:
    """The data files of tables on S3, by path."""
    base = curated.removeprefix("s3://") + "/"
    found = {path.removeprefix(base): path for path in fs.find(base)}
    return {name: fs.cat_file(path) for name, path in found.items() if "/part-" in name and not name.startswith("_")}


def test_pages_are_listed_and_read_as_from_a_disk(fs: Any, bucket: str, tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "raw")
    (tmp_path / "raw" / "文件 夹").mkdir()
    (tmp_path / "raw" / "文件 夹" / "页#1 100%.txt").write_text(SENTENCE, encoding="utf-8")
    fs.put(f"{tmp_path}/raw/", f"{bucket}/raw/", recursive=True)
    fs.pipe_file(f"{bucket}/raw/.hidden/a.txt", b"x")
    fs.pipe_file(f"{bucket}/raw/empty/", b"")
    here, there = discover(tmp_path / "raw"), discover(f"{bucket}/raw")
    assert [(s.uri, s.size) for s in here] == [(s.uri, s.size) for s in there]
    for one, other in zip(here, there, strict=True):
        assert list(read_source(tmp_path / "raw", one, Limits())) == list(read_source(f"{bucket}/raw", other, Limits()))


def test_a_single_object_is_a_source(fs: Any, bucket: str) -> None:
    fs.pipe_file(f"{bucket}/a.txt", SENTENCE.encode())
    (source,) = discover(f"{bucket}/a.txt")
    (page,) = read_source(f"{bucket}/a.txt", source, Limits())
    assert isinstance(page, Page)
    assert (page.source_uri, page.raw) == ("a.txt", SENTENCE.encode())


def test_what_is_not_there_is_said(fs: Any, bucket: str) -> None:
    with pytest.raises(InputError, match="cannot read s3://"):
        discover(f"{bucket}/nothing")
    with pytest.raises(InputError, match="cannot read s3://no-such-bucket-here"):
        discover("s3://no-such-bucket-here/x")
    with pytest.raises(UsageError, match="cannot open nosuch://x"):
        discover("nosuch://x")
    with pytest.raises(UsageError, match=r"lies in s3://"):
        curate(f"{bucket}/raw", f"{bucket}/raw/out")


def test_an_object_that_is_gone_or_changes_while_it_is_read(fs: Any, bucket: str) -> None:
    fs.pipe_file(f"{bucket}/raw/a.jsonl", b'{"text": "%s"}\n' % (b"a" * 20_000) * 2_000)  # beyond what is read ahead
    (source,) = discover(f"{bucket}/raw")
    reader = read_source(f"{bucket}/raw", source, Limits())
    assert isinstance(next(reader), Page)
    fs.pipe_file(f"{bucket}/raw/a.jsonl", b'{"text": "%s"}\n' % (b"b" * 20_000) * 2_000)
    rest = list(reader)
    assert not isinstance(rest[-1], Page)
    assert rest[-1].reason == "unreadable"
    fs.rm(f"{bucket}/raw/a.jsonl")
    (gone,) = read_source(f"{bucket}/raw", source, Limits())
    assert not isinstance(gone, Page)
    assert gone.reason == "vanished"


def test_the_bytes_are_those_of_a_run_on_a_disk(fs: Any, bucket: str, tmp_path: Path) -> None:
    raw = pages(tmp_path / "raw", 60)
    curate(raw, tmp_path / "out", shard_bytes=2**16)
    fs.put(f"{raw}/", f"{bucket}/raw/", recursive=True)
    done = curate(f"{bucket}/raw", f"{bucket}/out", shard_bytes=2**16)
    assert len(done) > 2
    assert objects(fs, f"{bucket}/out") == data(tmp_path / "out")
    findings = verify(f"{bucket}/out", f"{bucket}/raw", 1)
    assert (findings.wrong, findings.counts["replayed"]) == ([], 60)
    assert curate(f"{bucket}/raw", f"{bucket}/out", shard_bytes=2**16) == []
    assert not fs.exists(f"{bucket}/out/_lock")
    assert not fs.find(f"{bucket}/out/_ready")


def test_only_what_changed_is_curated_again(fs: Any, bucket: str, tmp_path: Path) -> None:
    fs.put(f"{pages(tmp_path / 'raw', 60)}/", f"{bucket}/raw/", recursive=True)
    curate(f"{bucket}/raw", f"{bucket}/out", shard_bytes=2**17)
    before = objects(fs, f"{bucket}/out")
    changed = f"{bucket}/raw/000/00007.txt"
    fs.pipe_file(changed, fs.cat_file(changed))  # written anew, the same contents: its tag stays
    assert curate(f"{bucket}/raw", f"{bucket}/out", shard_bytes=2**17) == []
    fs.pipe_file(changed, f"{SENTENCE}换了一句。\n".encode())
    (done,) = curate(f"{bucket}/raw", f"{bucket}/out", shard_bytes=2**17)
    assert done.pages == 1
    after = objects(fs, f"{bucket}/out")
    assert len(after) == len(before)
    assert len(after.keys() - before.keys()) == 4
    assert verify(f"{bucket}/out", f"{bucket}/raw", 1).wrong == []


def test_tables_that_are_damaged_are_found(fs: Any, bucket: str, tmp_path: Path) -> None:
    curate(pages(tmp_path / "raw", 60), f"{bucket}/out", shard_bytes=2**17)
    whole = objects(fs, f"{bucket}/out")
    name = min(name for name in whole if name.startswith("edits/"))
    fs.pipe_file(f"{bucket}/out/{name}", whole[name][:-4])
    fs.pipe_file(f"{bucket}/out/documents/part-x.parquet", b"")
    wrong = {one.place: one.remedy for one in verify(f"{bucket}/out", None, 1).wrong}
    assert set(wrong) == {f"{bucket}/out/{name}", f"{bucket}/out/documents/part-x.parquet"}
    fs.rm(wrong[f"{bucket}/out/{name}"].removeprefix("remove ").partition(" ")[0])
    curate(tmp_path / "raw", f"{bucket}/out", shard_bytes=2**17)
    assert objects(fs, f"{bucket}/out") == whole


def test_readers_of_the_snapshot_never_see_half_a_commit(fs: Any, bucket: str, tmp_path: Path) -> None:
    """While shards are replaced over and over, a reader by the snapshot sees each page once, or a file that is gone."""
    import pyarrow.parquet as pq

    raw = pages(tmp_path / "raw", 40)
    curate(raw, f"{bucket}/out", shard_bytes=2**17)
    stop, seen, faults = threading.Event(), [0], []

    def read() -> None:
        while not stop.is_set():
            said = json.loads(fs.cat_file(f"{bucket}/out/_snapshot.json"))["files"]
            try:
                rows = [
                    pq.read_table(fs.open(f"{bucket}/out/{path}"), columns=["source_uri"]).column(0).to_pylist()
                    for path in said["documents"]
                ]
            except FileNotFoundError:
                continue
            uris = [uri for some in rows for uri in some]
            seen[0] += 1
            if sorted(uris) != sorted({source.uri for source in discover(raw)}):
                faults.append(uris)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(6):
            changed = raw / "000" / f"{number * 5:05}.txt"
            changed.write_text(f"{SENTENCE}第{number}次。\n", encoding="utf-8")
            curate(raw, f"{bucket}/out", shard_bytes=2**17)
    finally:
        stop.set()
        reader.join()
    assert (faults, seen[0] > 0) == ([], True)


# --- the lease


def test_two_runs_cannot_write_at_once(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LEASE_SECONDS", 2.0)
    with (
        store_of(f"{bucket}/out").locked(),
        pytest.raises(BusyError, match="another run is writing"),
        store_of(f"{bucket}/out").locked(),
    ):
        raise AssertionError("two runs at once")
    with store_of(f"{bucket}/out").locked():
        pass


def test_a_holder_that_is_silent_is_succeeded_and_notices(
    fs: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{bucket}/out/_lock"
    first = Lease(fs, path, 1.0)
    monkeypatch.setattr(first, "_renew", lambda: None)  # as a process that hangs
    first.acquire()
    began = time.monotonic()
    second = Lease(fs, path, 1.0)
    second.acquire()
    assert time.monotonic() - began >= 1.0
    second.check()
    with pytest.raises(LostError, match="could not be renewed"):
        first.check()
    first.release()  # takes nothing away from the second
    with pytest.raises(HeldError):
        Lease(fs, path, 1.0).acquire()
    second.release()
    assert not fs.exists(path)


def test_a_renewal_that_finds_another_holder_gives_up(fs: Any, bucket: str) -> None:
    one = Lease(fs, f"{bucket}/_lock", 0.4)
    one.acquire()
    fs.pipe_file(f"{bucket}/_lock", json.dumps({"holder": "other"}).encode())
    time.sleep(0.5)
    with pytest.raises(LostError, match="passed to another run"):
        one.check()
    one.release()
    assert fs.exists(f"{bucket}/_lock")


def test_a_run_that_lost_its_lease_does_not_commit(fs: Any, bucket: str, tmp_path: Path) -> None:
    raw = pages(tmp_path / "raw", 8)
    store = store_of(f"{bucket}/out")
    with store.locked():
        store._lease._lost = "has passed to another run"  # type: ignore[attr-defined]
        with pytest.raises(BusyError, match=r"lease .* another run"):
            store.commit([], [])
    fs.rm(f"{bucket}/out/_lock")
    curate(raw, f"{bucket}/out")


def test_a_commit_beside_another_run_s_is_refused(fs: Any, bucket: str, tmp_path: Path) -> None:
    """The last fence: a snapshot that is not the one that was read stays."""
    curate(pages(tmp_path / "raw", 8), f"{bucket}/out")
    store = store_of(f"{bucket}/out")
    said, tag = store._snapshot()  # type: ignore[attr-defined]
    other = fs.cat_file(f"{bucket}/out/_snapshot.json").replace(b'"snapshot": 1', b'"snapshot": 7')
    fs.pipe_file(f"{bucket}/out/_snapshot.json", other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_snapshot", lambda: (said, tag))
        with pytest.raises(BusyError, match="another run has written"):
            store.commit([], [])
    assert fs.cat_file(f"{bucket}/out/_snapshot.json") == other


def test_a_dead_process_of_this_machine_is_not_waited_for(fs: Any, bucket: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    held = Lease(fs, f"{bucket}/_lock", 60.0)
    held._me |= {"pid": child.pid, "since": lease.began_at(child.pid)}
    assert held._create()
    child.kill()
    child.wait()
    began = time.monotonic()
    mine = Lease(fs, f"{bucket}/_lock", 60.0)
    mine.acquire()
    mine.release()
    assert time.monotonic() - began < 10


# --- a storage that fails, and runs that are killed


def test_a_storage_that_does_not_answer_is_said_in_a_sentence(
    tmp_path: Path, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.filesystem("s3").clear_instance_cache()
    try:
        with pytest.raises((UsageError, OSError, QingwenError), match=r"the storage failed|cannot"):
            curate(pages(tmp_path / "raw", 4), f"{bucket}/out")
    finally:
        monkeypatch.undo()
        fsspec.filesystem("s3").clear_instance_cache()


def test_what_killed_workers_left_on_their_machine_goes(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead, other = tmp_path / "qingwen-staged-4194304-17-abc", tmp_path / "somebody-else-s-17-abc"
    dead.mkdir()
    other.mkdir()
    mine = store_of(f"{bucket}/out").staging("a")
    again = store_of(f"{bucket}/out").staging("a")
    assert sorted(tmp_path.iterdir()) == sorted([mine, again, other])


KILLED = """
import sys
from flows.commits import COMMIT_SECONDS
import flows.commits
flows.commits.COMMIT_SECONDS = 0.0
from tests.runs import curate
curate(sys.argv[1], sys.argv[2], shard_bytes=2**16)
"""


STRAY = {"belongs to no shard, and readers see it", "is no shard's manifest"}


def test_runs_that_are_killed_leave_what_an_undisturbed_run_makes(fs: Any, bucket: str, tmp_path: Path) -> None:
    raw = pages(tmp_path / "raw", 60)
    curate(raw, tmp_path / "whole", shard_bytes=2**16)
    random_ = random.Random(6)
    killed = 0
    for number in range(1, 7):  # the later, the further a run has come
        command = [sys.executable, "-c", KILLED, str(raw), f"{bucket}/out"]
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE) as run:
            try:
                run.wait(0.3 * number + random_.uniform(0.0, 0.3))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                killed += 1
            assert run.stderr is not None
            assert b"Error" not in run.stderr.read()
        if fs.exists(f"{bucket}/out/_snapshot.json"):
            # A commit that was cut off leaves copies beside the tables' files: told as stray, cleared by the next run.
            found = verify(f"{bucket}/out", None, 1).wrong
            assert {wrong.what for wrong in found} <= {
                "belongs to no shard, and readers see it",
                "is no shard's manifest",
            }
    curate(raw, f"{bucket}/out", shard_bytes=2**16)
    assert killed
    assert objects(fs, f"{bucket}/out") == data(tmp_path / "whole")
    assert verify(f"{bucket}/out", str(raw), 1).wrong == []
