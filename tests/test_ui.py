"""What a person sees of a run in the Prefect UI: artifacts, states, and nothing that piles up."""

from __future__ import annotations

import errno
import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.artifacts import counts_table, damage_page, rejects_page, removed_page, samples_page, tables_page
from flows.cli import main
from flows.plan import Plan
from flows.progress import Silent
from flows.reasons import failure
from flows.record import RunRecord
from flows.settings import Settings
from tasks.errors import QingwenError
from tests.facts import HOSTILE, LINES, crawl, hostile

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SENTENCE = "渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。"


def record(tally: Any, error: str | None = None) -> RunRecord:
    return RunRecord("x", NOW, NOW, {}, 1, 0, tally, tally, error)


def pages(of: RunRecord, curated: str = "/data/tables") -> dict[str, str]:
    made = {"damage": damage_page, "samples": samples_page, "removed": removed_page, "rejects": rejects_page}
    return {name: make(of) for name, make in made.items()} | {"tables": tables_page(of, curated)}


def test_hostile_pages_are_inert_in_every_artifact() -> None:
    for name, page in pages(record(hostile().tally, HOSTILE), f"/data/{HOSTILE}").items():
        assert set(re.findall(r"<[^>]*>?", page)) <= {"<strong>", "</strong>"}, name
        for mark in ("](javascript", "![", "\x1b", "\x00", "\u202e", "<!--", "](http"):
            assert mark not in page, name
    for row in counts_table(record(hostile().tally)):
        assert set(row) == {"what", "this run", "all"}


def test_artifacts_stay_small_whatever_the_run() -> None:
    """Prefect keeps them for every run."""
    facts = crawl()
    for number in range(2000):
        facts.tally.site_damaged[f"site{number}.example.cn"] = number
        facts.tally.removed[f"site{number}.example.cn\tmenu\t{LINES[0]}{number}"] = number
    assert max(map(len, pages(record(facts.tally)).values())) < 20_000
    assert max(map(len, pages(record(hostile().tally)).values())) < 40_000


def test_artifacts_tell_what_happened() -> None:
    told = pages(record(crawl().tally))
    assert "| repair/splice |".replace("/", "\\/") in told["damage"]
    assert re.search(r"\| 镜像站 \| [\d,]+ \| [\d,]+ \| [\d,]+ \| repair", told["damage"])
    assert "- before: 清晨的柳<strong>\\(liǔ\\)</strong>桥镇，渡船<strong>" in told["samples"]
    assert "- after: 清晨的柳<strong>∅</strong>桥镇" in told["samples"]
    assert "上一篇 下一篇 返回目录" in told["removed"]
    assert "| no\\_content | no article on the page | 700 |" in told["rejects"]
    assert "| [documents](file:///data/tables/documents) |" in told["tables"]
    assert "(s3://bucket/t%20t/edits)" in tables_page(record(crawl().tally), "s3://bucket/t t")


def test_what_failed_comes_first() -> None:
    failed = record(crawl().tally, "2 of 9 shards failed")
    assert all("\n\n**2 of 9 shards failed.**\n\n" in page for name, page in pages(failed).items() if name != "tables")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Make room for tables"),
        (errno.EACCES, "Let this user read raw"),
        (errno.ESTALE, "See that the disks"),
    ],
)
def test_a_failure_says_what_to_do(number: int, remedy: str) -> None:
    said = failure([OSError(number, "it\nfailed"), QingwenError("x")], 9, "tables")
    assert said.startswith(f"2 of 9 shards failed, the first with: [Errno {number}] it failed. {remedy}")
    assert "\n" not in said
    assert said.endswith("run again: the others are written")


def artifacts_of(run_id: str) -> dict[str, Any]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return {a.key: a for a in client.read_artifacts() if str(a.flow_run_id) == run_id and a.key}


def test_a_run_is_watched_while_it_runs(prefect_server: None, tmp_path: Path) -> None:
    from flows.curate import curate

    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "页.txt").write_text(f"{SENTENCE}\n", encoding="utf-8")
    told = curate(Settings(raw=str(tmp_path / "raw"), curated=str(tmp_path / "out")))
    artifacts = artifacts_of(told.run_id)
    names = ("progress", "counts", "damage", "samples", "removed", "rejects", "tables")
    assert set(artifacts) == {f"qingwen-{name}" for name in names}
    assert artifacts["qingwen-progress"].data == 100
    assert artifacts["qingwen-progress"].description == "1 of 1 shard written, 1 page curated"
    assert str(tmp_path / "out" / "documents") in str(artifacts["qingwen-tables"].data).replace("\\", "")


def stored() -> set[Path]:
    from prefect.settings import get_current_settings

    return set(get_current_settings().results.local_storage_path.glob("*"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("curate", "no: No such file or directory; mend that and run again"),
        ("learn", "no: No such file or directory; mend that and run again"),
        ("dedupe", "out; `qingwen run` makes them"),
        ("verify", "out` writes them"),
    ],
)
def test_a_failed_run_says_what_to_do_and_leaves_no_file(
    prefect_server: None, tmp_path: Path, name: str, message: str
) -> None:
    flow = getattr(import_module(f"flows.{name}"), name)
    missing = Settings(raw=str(tmp_path / "no"), curated=str(tmp_path / "out"))
    given = missing.curated if name == "verify" else missing
    before = stored()
    state = flow(given, return_state=True)
    assert state.is_failed()
    assert str(state.message).endswith(message)
    with pytest.raises(QingwenError):
        flow(given)
    assert stored() == before


def full(*given: Any, **named: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def faulty(*given: Any, **named: Any) -> None:
    raise KeyError("no such\nkey")


@pytest.mark.parametrize(
    ("where", "fails", "message"),
    [
        ("flows.curate.record_of", full, "No space left on device. Make room for {out} and run again: what is written"),
        ("tasks.write.local.LocalStore.commit", full, "1 shard written and not to be made visible: [Errno 28]"),
        ("tasks.write.local.LocalStore.sweep", full, "No space left on device. Make room for {out} and run again"),
        (
            "flows.curate.survey",
            faulty,
            "a fault of qingwen, KeyError: 'no such\\nkey'. Report it with the lines below",
        ),
    ],
)
def test_what_nobody_has_foreseen_is_a_sentence_too(
    prefect_server: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: str,
    fails: Any,
    message: str,
) -> None:
    from flows.curate import curate

    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "页.txt").write_text(f"{SENTENCE}\n", encoding="utf-8")
    out = str(tmp_path / "out")
    monkeypatch.setattr(where, fails)
    state = curate(Settings(raw=str(tmp_path / "raw"), curated=out), return_state=True)
    assert state.is_failed()
    assert message.format(out=out) in str(state.message)
    assert "\n" not in str(state.message)
    (tmp_path / "raw" / "又一页.txt").write_text(f"{SENTENCE}\n", encoding="utf-8")
    assert main(["run", "--raw", str(tmp_path / "raw"), "--curated", out]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("qingwen: ")
    assert message.format(out=out).replace("the lines below", "what --verbose shows") in said
    monkeypatch.undo()
    assert main(["run", "--raw", str(tmp_path / "raw"), "--curated", out]) == 0


def test_a_server_that_is_gone_does_not_fail_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import ui

    def gone(*given: Any, **named: Any) -> None:
        raise httpx.ConnectError("refused")

    assert ui.attempt(gone, 1, key="x") is None
    monkeypatch.setattr(ui, "create_progress_artifact", gone)
    watching = ui.InUi(Silent())
    watching.planned(Plan((), (), ()))
    assert watching._artifact is None
