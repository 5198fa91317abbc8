"""The flow as a whole: bad input, workers that die, disks that fail, and what a person sees of a run."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import flows.shard
from flows.artifacts import samples_page
from flows.cli import main
from flows.crew import LocalCrew
from flows.harmless import inert
from flows.plan import Item, Shard, cut, plan
from flows.record import RunRecord
from flows.settings import Settings
from flows.shard import Done, Job, write_shard
from tasks.errors import QingwenError, UsageError
from tasks.page import curate_page
from tasks.read import Source, discover
from tasks.records import Curated, Page, Policy, Reject, Target
from tasks.write.manifest import fingerprint
from tasks.write.store import store_of
from tests.runs import one_by_one

SENTENCE = "渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。"
HOSTILE = "<script>alert(1)</script>[點(diǎn)我](javascript:alert(1))|點(diǎn)心|點(diǎn)燈|起點(diǎn)|`點(diǎn)`"


def run(raw: Path, curated: Path, **settings: Any) -> RunRecord:
    """The flow, called as any function."""
    from flows.curate import curate

    return curate(Settings(raw=str(raw), curated=str(curated), **settings))


def rows(curated: Path, table: str) -> list[dict[str, Any]]:
    return [row for file in sorted((curated / table).glob("*")) for row in pq.read_table(file).to_pylist()]


def data(curated: Path) -> dict[str, bytes]:
    return {str(path.relative_to(curated)): path.read_bytes() for path in sorted(curated.glob("*/part-*.parquet"))}


@pytest.fixture
def bad_raw(tmp_path: Path) -> Path:
    """A raw/ of everything that goes wrong, and one good page with a name of spaces and Chinese."""
    raw = tmp_path / "raw"
    (raw / "文件 夹").mkdir(parents=True)
    (raw / "文件 夹" / "好 页#1.txt").write_text(f"{SENTENCE}\n", encoding="utf-8")
    (raw / "empty.txt").write_bytes(b"")
    (raw / "blank.txt").write_bytes(b" \r\n\t\n")
    (raw / "binary.txt").write_bytes(bytes(range(256)) * 64)
    (raw / "invalid.txt").write_bytes(SENTENCE.encode() * 20 + b"\xff\xfe\xff" + SENTENCE.encode() * 20)
    (raw / "line.txt").write_bytes(SENTENCE.encode() * 14_000)  # a megabyte on a single line
    (raw / "nul.txt").write_bytes(SENTENCE.encode() + b"\x00\x00" + SENTENCE.encode())
    (raw / "cut.txt.gz").write_bytes(gzip.compress(SENTENCE.encode() * 999, mtime=0)[:-30])
    (raw / "rows.jsonl").write_text(json.dumps({"text": SENTENCE}) + "\n{broken\n[]\n" + json.dumps({"text": SENTENCE}))
    (raw / "nothing.html").write_text("<html><head><title>t</title></head><body><script>x()</script></body></html>")
    (raw / "dangling.txt").symlink_to(raw / "gone.txt")
    os.mkfifo(raw / "pipe.txt")
    return raw


def test_bad_pages_end_as_rows_and_the_run_succeeds(prefect_server: None, bad_raw: Path, tmp_path: Path) -> None:
    record = run(bad_raw, tmp_path / "out")
    kept = {row["source_uri"] for row in rows(tmp_path / "out", "documents")}
    reasons = {row["source_uri"]: row["reason"] for row in rows(tmp_path / "out", "rejects")}
    assert kept == {
        *("文件 夹/好 页%231.txt", "invalid.txt", "line.txt", "nul.txt", "rows.jsonl#1", "rows.jsonl#4"),
    } | {uri for uri in kept if uri.startswith("cut.txt.gz")}
    assert reasons["empty.txt"] == reasons["blank.txt"] == "empty"
    assert reasons["binary.txt"] == "binary"
    assert reasons["cut.txt.gz"] == "truncated"
    assert reasons["rows.jsonl#2"] == reasons["rows.jsonl#3"] == "malformed"
    assert reasons["nothing.html"] == "no_content"
    assert reasons["dangling.txt"] == "vanished"
    assert reasons["pipe.txt"] == "unsupported"
    assert record.fresh.pages == record.fresh.kept + record.fresh.rejected == len(kept) + len(reasons)
    assert record.error is None


def test_a_run_leaves_a_record(samples_curated: Path) -> None:
    (file,) = (samples_curated / "_runs").iterdir()
    record = json.loads(file.read_text(encoding="utf-8"))
    assert record["pages_in"] == record["pages_kept"] + record["pages_rejected"]
    assert record["pages_kept"] == len(rows(samples_curated, "documents")) == record["documents_total"]
    assert record["damage"]["repair/splice"] > 0
    assert record["settings"]["target"] == "Hans"


def test_the_bytes_do_not_depend_on_the_number_of_workers(
    prefect_server: None, samples_curated: Path, tmp_path: Path
) -> None:
    from tests.conftest import SAMPLES

    run(SAMPLES, tmp_path / "out", workers=1, shard_bytes=2**16)
    assert len(data(tmp_path / "out")) > 4
    assert data(tmp_path / "out") == data(samples_curated)


def test_the_ui_is_told_in_names_and_artifacts(prefect_server: None, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client

    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "hostile.txt").write_text(f"{HOSTILE}\n{SENTENCE}\n", encoding="utf-8")
    record = run(raw, tmp_path / "out")
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(record.run_id)
        artifacts = {a.key: str(a.data) for a in client.read_artifacts() if a.flow_run_id == flow_run.id}
        task_runs = [task.name for task in client.read_task_runs() if task.flow_run_id == flow_run.id]
    assert flow_run.name == f"curate {raw}"
    assert [name.split(" ")[0] for name in task_runs] in ([], ["shard"])  # the server writes history a little later
    assert "repair/splice" in artifacts["qingwen-counts"]
    assert "script&gt;" in artifacts["qingwen-samples"]
    assert "<script>" not in artifacts["qingwen-samples"]
    assert "](javascript" not in artifacts["qingwen-samples"]


def test_the_flow_can_be_served(prefect_server: None) -> None:
    """Served runs start in a process that the flow is sent to, with its parameters as the form in the UI gives them."""
    import cloudpickle

    from flows.curate import curate

    again = cloudpickle.loads(cloudpickle.dumps(curate))
    settings = Settings(target=Target.KEEP).model_dump(mode="json")
    assert again.validate_parameters({"settings": settings})["settings"].target is Target.KEEP
    assert again.parameters.model_dump()["properties"]["settings"]


def test_a_failing_disk_fails_the_run_and_the_next_one_goes_on(
    prefect_server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.curate
    import flows.task_runs

    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for number in range(40):
        (raw / f"{number}.txt").write_text(f"第{number}页\n{SENTENCE}\n" * 100, encoding="utf-8")
    monkeypatch.setattr(flows.task_runs, "run_job", flows.task_runs.run_job.with_options(retries=0))
    first = plan(discover(raw), [], fingerprint(Policy()), 2**16, True).shards[0]

    class FullCrew(LocalCrew):
        def run(self, job: Job) -> Done:
            if job.shard.name == first.name:
                raise OSError(28, "No space left on device")
            return super().run(job)

    with monkeypatch.context() as patch:
        patch.setattr(flows.curate, "crew_of", lambda settings, shards: FullCrew(1))
        with pytest.raises(QingwenError, match=r"1 of \d+ shards failed, the first with: .*No space.* run again"):
            run(raw, out, shard_bytes=2**16)
    assert 0 < len(rows(out, "documents")) < 40
    record = run(raw, out, shard_bytes=2**16)
    assert record.shards == 1
    assert len(rows(out, "documents")) == 40


def test_another_run_at_work_is_wrong_usage(
    prefect_server: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(SENTENCE, encoding="utf-8")
    with store_of(tmp_path / "out").locked():
        status = main(["run", "--raw", str(tmp_path / "raw"), "--curated", str(tmp_path / "out")])
    assert status == 2
    assert "another run is writing to" in capsys.readouterr().err


def test_a_curated_folder_that_cannot_be_made_is_wrong_usage(prefect_server: None, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write to"), store_of(tmp_path / "file" / "out").locked():
        pass


# --- workers


def deadly_write_shard(job: Job) -> Done:
    """As `write_shard`, in a process that some pages kill outright, as running out of memory would."""

    def deadly(page: Page, policy: Policy, *given: Any) -> Curated | Reject:
        if b"deadly" in page.raw:
            os._exit(9)
        return curate_page(page, policy, *given)

    flows.shard.curate_pages = one_by_one(deadly)
    return write_shard(job)


def test_a_page_that_kills_its_worker_is_rejected_and_no_other_page_is_lost(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    for number in range(8):
        text = "deadly" if number in (2, 5) else SENTENCE
        (raw / f"{number}.txt").write_text(text, encoding="utf-8")
    (shard,) = plan(discover(raw), [], "x", 2**22, True).shards
    with LocalCrew(1, deadly_write_shard) as crew:
        done = crew.run(Job(shard, str(raw), str(out), Policy(), "x"))
    assert (done.pages, done.kept, done.rejected) == (8, 6, 2)
    (manifest,) = store_of(out).ready()
    assert [
        (row["source_uri"], row["reason"])
        for row in pq.read_table(out / "_ready" / manifest.shard / "rejects.parquet").to_pylist()
    ] == [("2.txt", "failed"), ("5.txt", "failed")]
    assert [record.uri for record in manifest.sources if record.again] == ["2.txt", "5.txt"]


def always_deadly(job: Job) -> Done:
    os._exit(9)


def test_workers_that_keep_dying_fail_the_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.crew._MOST_DEATHS", 2)
    job = Job(Shard((Item(Source("a", "a", 1), None),)), str(tmp_path), str(tmp_path / "out"), Policy(), "x")
    with LocalCrew(1, always_deadly) as crew, pytest.raises(QingwenError, match="lost 2 worker processes"):
        crew.run(job)


def sleeping(job: Job) -> Done:
    Path(job.curated).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(120)
    raise AssertionError("nobody stopped this worker")


def test_a_worker_does_not_outlive_a_run_that_was_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = (
        "from flows.crew import LocalCrew; from flows.plan import Shard; from flows.shard import Job\n"
        "from tasks.records import Policy; from tests.test_flow import sleeping\n"
        f"if __name__ == '__main__': LocalCrew(1, sleeping).run(Job(Shard(()), '', {str(note)!r}, Policy(), ''))\n"
    )
    (tmp_path / "run.py").write_text(program, encoding="utf-8")
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "run.py")], env=environment, stderr=subprocess.DEVNULL
    ) as run_:
        wait_until(lambda: note.exists() and bool(note.read_text(encoding="utf-8")))
        run_.kill()
    worker = Path("/proc") / note.read_text(encoding="utf-8")
    wait_until(lambda: not worker.exists() or "(zombie)" in (worker / "status").read_text(encoding="utf-8"))


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.05)


# --- plans


def items(*sizes: int) -> list[Item]:
    return [Item(Source(f"{number:04}.txt", "", size), None) for number, size in enumerate(sizes)]


def test_shards_are_about_as_large_as_wanted() -> None:
    shards = list(cut(items(*[9_000] * 2_000), 200_000))
    sizes = [sum(item.source.size + 4096 for item in shard.items) for shard in shards]
    assert sum(len(shard.items) for shard in shards) == 2_000
    assert 100_000 < sum(sizes) / len(sizes) < 260_000
    assert max(sizes) <= 3 * 200_000 + 13_096


def test_a_large_file_is_a_shard_of_its_own() -> None:
    shards = list(cut(items(10, 10, 500_000, 10), 100_000))
    assert [500_000] in [[item.source.size for item in shard.items] for shard in shards]


def test_a_new_file_changes_one_shard() -> None:
    before = {shard.items for shard in cut(items(*[9_000] * 500), 200_000)}
    grown = [*items(*[9_000] * 500), Item(Source("0250a.txt", "", 9_000), None)]
    after = {shard.items for shard in cut(sorted(grown, key=lambda item: item.source.uri), 200_000)}
    assert len(after - before) <= 2
    assert len(before) > 10


# --- what people read


def test_nothing_from_a_page_is_markup_in_an_artifact() -> None:
    for text in (HOSTILE, "![](http://x/)", "# 题", "a\n\n---\n", "\\| x", "<!-- -->", "&lt;b&gt;", "$x$", "http://x/"):
        shown = inert(text)
        for mark in ("<", "\n", "](", "![", "://"):
            assert mark not in shown


def test_the_markdown_of_a_run_names_its_figures(samples_curated: Path) -> None:
    tally = store_of(samples_curated).manifests()[0].tally
    from datetime import UTC, datetime

    now = datetime(2026, 1, 1, tzinfo=UTC)
    record = RunRecord("x", now, now, {}, 1, 0, tally, tally)
    assert f"\n{tally.kept} pages kept, {tally.rejected} rejected. " in samples_page(record)


# --- the command on a bare machine


def test_run_on_a_bare_machine_twice(tmp_path: Path) -> None:
    """An empty home folder, no server, no network: figures and clean last lines; nothing to do the second time."""
    home, raw, out = tmp_path / "home", tmp_path / "raw", tmp_path / "out"
    home.mkdir()
    raw.mkdir()
    (raw / "页 一.txt").write_text(f"{SENTENCE}\n", encoding="utf-8")
    (raw / "empty.txt").write_bytes(b"")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    environment |= {"HOME": str(home), "NO_COLOR": "1", "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180"}
    command = [sys.executable, "-m", "flows.cli", "run", "--raw", str(raw), "--curated", str(out)]
    done, again = (
        subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False) for _ in "ab"
    )
    assert done.returncode == 0, done.stderr
    assert "kept" in done.stdout
    assert "Traceback" not in done.stderr
    assert "2 pages in: 1 kept, 1 rejected; 1 shard written, 0 unchanged" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("Nothing to do: all 2 pages of")


def test_the_embedded_server_does_not_outlive_a_run_that_was_killed(tmp_path: Path) -> None:
    home, raw = tmp_path / "home", tmp_path / "raw"
    home.mkdir()
    raw.mkdir()
    (raw / "a.txt").write_text(f"{SENTENCE}\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    environment |= {"HOME": str(home)}
    command = [sys.executable, "-m", "flows.cli", "run", "--raw", str(raw), "--curated", str(tmp_path / "out")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run_:
        wait_until(lambda: bool(servers_of(run_.pid)) or run_.poll() is not None)
        (server,) = servers_of(run_.pid)
        run_.kill()
    wait_until(lambda: not alive(server))


def servers_of(parent: int) -> list[int]:
    """The processes that a process has started as Prefect servers."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            is_child = f"PPid:\t{parent}\n" in status.read_text(encoding="utf-8")
            if is_child and b"uvicorn" in (status.parent / "cmdline").read_bytes():
                found.append(int(status.parent.name))
        except (OSError, ValueError):
            continue
    return found


def alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


def test_a_driver_imports_neither_the_stages_nor_arrow() -> None:
    program = (
        "import sys, flows.curate; "
        "heavy = {'numpy', 'pyarrow', 'tasks.decode', 'tasks.page', 'tasks.strip'} & set(sys.modules); "
        "print(heavy or 'none')"
    )
    environment = {**os.environ, "PREFECT_API_URL": "http://127.0.0.1:1/api"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, timeout=120
    )
    assert done.stdout.strip() == "none"


def test_the_server_is_given_parameters_as_prefect_gives_them() -> None:
    from fastapi.encoders import jsonable_encoder

    from flows.curate import curate

    settings = Settings(raw="雨", strip={"spam": False}, workers=2)
    assert curate.serialize_parameters({"settings": settings}) == {"settings": jsonable_encoder(settings)}
    assert curate.serialize_parameters({"settings": {"raw": "雨"}}) == {"settings": {"raw": "雨"}}
