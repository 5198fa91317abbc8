"""The command as its users call it: what it prints, where, and the status that it ends with."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.cli import main
from flows.harmless import visible
from flows.record import RunRecord
from flows.settings import Settings
from flows.terminal import show_summary
from tasks.errors import SettingsError
from tasks.ledger import replay
from tasks.records import Columns, Edit, Punctuation, Stage, Target
from tasks.version import PIPELINE_VERSION
from tasks.write.tally import Tally

ROOT = Path(__file__).parent.parent
SPLICED = "產(chǎn)業(yè)園的產(chǎn)品在發(fā)布會(huì)上展出，產(chǎn)量比去年多，業(yè)主很高興。\n"
REPAIRED = "产业园的产品在发布会上展出，产量比去年多，业主很高兴。\n"


def call(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, as from a pipe."""
    settings = {**os.environ, "PYTHONWARNINGS": "error", **environment}
    command = [sys.executable, "-m", "flows.cli", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, env=settings, cwd=ROOT, timeout=240, check=False)


# --- fix


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_fix_is_a_filter_for_any_encoding(encoding: str) -> None:
    done = call("fix", stdin=SPLICED.encode(encoding))
    assert (done.stdout.decode(), done.stderr, done.returncode) == (REPAIRED, b"", 0)


def test_fix_takes_files_and_standard_input_in_the_order_given(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "甲 一.txt").write_text(SPLICED, encoding="utf-8")
    (tmp_path / "b.txt").write_text("渡口\n", encoding="utf-8")
    assert main(["fix", str(tmp_path / "甲 一.txt"), str(tmp_path / "b.txt")]) == 0
    assert capfdbinary.readouterr().out.decode() == f"{REPAIRED}渡口\n"


def test_fix_keeps_the_script_if_asked(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.txt").write_text(SPLICED, encoding="utf-8")
    assert main(["fix", "--target", "keep", str(tmp_path / "a.txt")]) == 0
    assert capfdbinary.readouterr().out.decode().startswith("產業園的產品")


def test_fix_strips_if_asked(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = "首页 > 新闻 > 正文\n\n渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。\n\n字号：大 中 小\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    assert main(["fix", "--strip", str(tmp_path / "a.txt")]) == 0
    out = capfdbinary.readouterr().out.decode()
    assert "缆绳" in out
    assert "首页" not in out
    assert main(["fix", str(tmp_path / "a.txt")]) == 0
    assert "首页" in capfdbinary.readouterr().out.decode()


def test_fix_of_nothing_is_nothing() -> None:
    done = call("fix")
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"", 0)


def test_fix_says_what_it_cannot_decode(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "b.txt").write_text("渡口\n", encoding="utf-8")
    assert main(["fix", str(tmp_path / "a.bin"), str(tmp_path / "b.txt")]) == 1
    captured = capfdbinary.readouterr()
    assert captured.out.decode() == "渡口\n"
    assert captured.err.decode().count("\n") == 1
    assert "a.bin" in captured.err.decode()


def test_fix_of_a_container_says_what_reads_it(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    packed, plain = tmp_path / "a.txt.gz", tmp_path / "b.txt"
    packed.write_bytes(gzip.compress(SPLICED.encode()))
    plain.write_text(SPLICED, encoding="utf-8")
    assert main(["fix", str(packed), str(plain)]) == 1
    out, err = capfdbinary.readouterr()
    assert out.decode() == REPAIRED
    assert "no page but gzip, which `qingwen explain`" in err.decode()


def test_the_command_alone_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "examples:" in capsys.readouterr().err


def test_the_table_of_a_run_tells_edits_from_what_was_left(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(pages=2, kept=2, unrepaired=8, edits=Counter({"repair/splice": 93, "strip/footer": 7}))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    show_summary(RunRecord("x", now, now, {}, 1, 0, tally, tally, None), "tables")
    rows = [line.split("│")[1:3] for line in capsys.readouterr().out.splitlines() if "│" in line]
    figures = {name.strip(): int(figure) for name, figure in rows}
    assert figures["damaged places left as found"] == 8
    assert list(figures)[-3:] == ["edits applied", "repair/splice", "strip/footer"]
    assert figures["edits applied"] == 100


def test_fix_of_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", "没有.txt"]) == 2
    assert capsys.readouterr().err == "qingwen: cannot read 没有.txt: No such file or directory\n"


def test_a_stage_that_raises_costs_its_page_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError("no such thing")

    (tmp_path / "a.txt").write_text("破船在渡口。\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({"text": "破船。"}) + "\n", encoding="utf-8")
    monkeypatch.setattr("tasks.page.repair", broken)
    assert main(["fix", str(tmp_path / "a.txt"), str(tmp_path / "no.txt")]) == 2
    said = capfdbinary.readouterr().err.decode().splitlines()
    assert "a.txt: a fault of qingwen; please report it with the page: ZeroDivisionError: no such thing" in said[0]
    assert "cannot read" in said[1]
    assert main(["explain", str(tmp_path / "b.jsonl")]) == 1
    out, err = capfdbinary.readouterr()
    assert "as failed: ZeroDivisionError: no such thing" in out.decode()
    assert not err


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("渡口的老船工。\n" * 20_000, encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m flows.cli fix {tmp_path}/long.txt | head -1"],
        capture_output=True,
        cwd=ROOT,
        timeout=240,
        check=False,
    )
    assert (done.stdout.decode(), done.stderr) == ("渡口的老船工。\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    ("line", "status", "error"),
    [
        ("fix a.txt > /dev/full", 1, "Make room for the output"),
        ("explain a.txt > /dev/full", 1, "Make room for the output"),
        ("fix a.txt >&-", 0, ""),
        ("fix <&-", 0, ""),
        ("fix no.txt >&2 2>&-", 2, ""),
        ("explain /dev/null", 1, ""),
        ("explain <(cat a.txt)", 0, ""),
        ("fix /dev/zero", 1, "67108865 bytes, more than 67108864"),
        ("fix ''", 2, "cannot read '': No such file or directory"),
        ("fix no.txt a.txt", 2, "cannot read no.txt: No such file or directory"),
        ("fix .", 2, "cannot read .: Is a directory"),
        ("fix - a.txt - < a.txt", 0, ""),
        ("verify . --workers 0", 2, "there must be one worker at least, not 0"),
    ],
)
def test_odd_calls_end_in_a_sentence(tmp_path: Path, line: str, status: int, error: str) -> None:
    (tmp_path / "a.txt").write_text(SPLICED, encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m flows.cli {line}"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=240,
        check=False,
        text=True,
    )
    assert (done.returncode, error in done.stderr) == (status, True), done.stderr
    assert done.stderr.count("\n") == bool(error)
    assert "Traceback" not in done.stderr
    if line == "fix no.txt a.txt":
        assert "产业" in done.stdout


def test_names_and_help_that_the_terminal_cannot_print(tmp_path: Path) -> None:
    (tmp_path / "渡口.txt").write_text(SPLICED, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)}
    for command, status in ((["--help"], 0), (["explain", "渡口.txt"], 0), (["report", "渡口"], 2)):
        line = [sys.executable, "-m", "flows.cli", *command]
        done = subprocess.run(line, capture_output=True, cwd=tmp_path, env=environment, timeout=240, check=False)
        assert done.returncode == status
        assert b"Traceback" not in done.stderr


def test_an_interrupted_filter_promises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import flows.fix

    def interrupted(*given: object, **named: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(flows.fix, "fix", interrupted)
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    assert main(["fix", "a.txt"]) == 130
    assert said.getvalue() == "qingwen: interrupted\n"


@pytest.mark.parametrize("command", [["fix"], ["explain", "-"]], ids=lambda command: str(command[0]))
def test_a_filter_imports_nothing_heavy(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.cli", *command],
        input="渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。\n".encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=240,
        check=True,
    )
    imported = {
        line.rsplit("|", 1)[1].strip().split(".")[0] for line in done.stderr.decode().splitlines() if "|" in line
    }
    assert "tasks" in imported
    heavy = "prefect pandas pyarrow pydantic rich numpy trafilatura opencc lxml chardet ftfy asyncio httpx"
    assert imported & set(heavy.split()) <= {"opencc"}  # a page in simplified characters needs no table of OpenCC's


# --- explain


def test_explain_shows_each_edit_and_why(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.txt").write_text(SPLICED, encoding="utf-8")
    assert main(["explain", str(tmp_path / "a.txt")]) == 0
    out = capfdbinary.readouterr().out.decode()
    assert "產[-(chǎn)-]業(yè)園" in out
    assert "line 1, repair splice, " in out
    assert "the page's table has" in out
    assert "\x1b" not in out


def test_explain_in_colour(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.txt").write_text(SPLICED, encoding="utf-8")
    assert main(["explain", "--color", "always", str(tmp_path / "a.txt")]) == 0
    assert "\x1b[31;9m(chǎn)\x1b[0m" in capfdbinary.readouterr().out.decode()


def test_explain_as_json_replays(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.txt").write_text(SPLICED, encoding="utf-8")
    assert main(["explain", "--json", str(tmp_path / "a.txt")]) == 0
    page = json.loads(capfdbinary.readouterr().out)
    edits = [Edit(**edit | {"stage": Stage(edit["stage"])}) for edit in page["edits"]]
    assert page["decoded"] == SPLICED
    assert replay(page["decoded"], edits) == page["replayed"]
    assert len(page["replayed"]) == len(page["text"])
    assert page["text"] == REPAIRED


def test_explain_goes_through_a_container(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    rows = [{"text": SPLICED}, {"text": ""}, {"text": "渡口的老船工把缆绳系在石桩上。"}]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    assert main(["explain", "--json", str(tmp_path / "a.jsonl")]) == 1
    pages = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [page["source_uri"] for page in pages] == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3"]
    assert [page["rejected"] for page in pages] == [False, True, False]


def test_a_page_cannot_steer_the_terminal() -> None:
    assert visible("\x1b]0;title\x07\u202e甲\r\n") == "<1B>]0;title<07><202E>甲<0D>⏎"
    done = call("explain", "--color", "always", "-", stdin=f"{SPLICED}\x1b[2J\x9b31m渡口(yè)\n".encode())
    assert b"\x1b[2J" not in done.stdout
    assert "\x9b" not in done.stdout.decode()


def test_explain_of_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "没有.txt"]) == 2
    assert capsys.readouterr().err == "qingwen: cannot read 没有.txt: No such file or directory\n"


# --- help and wrong usage


def test_help_teaches_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["run"], ["fix"], ["explain"]):
        with pytest.raises(SystemExit) as exit_:
            main([*command, "--help"])
        assert exit_.value.code == 0
        assert "examples:" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert (exit_.value.code, capsys.readouterr().out) == (0, f"qingwen {PIPELINE_VERSION}\n")


@pytest.mark.parametrize("arguments", [["rum"], ["run", "--workers", "many"], ["run", "--runner", "ray"]])
def test_argparse_ends_wrong_usage_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage: qingwen" in capsys.readouterr().err


def test_wrong_usage_of_run_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    (tmp_path / "bad.toml").write_text("target = 'Hebr'\n")
    (tmp_path / "worse.toml").write_text("target = \n")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "a.txt").write_text("渡口\n", encoding="utf-8")
    (tmp_path / "file").write_text("")
    cases = {
        "there are no files in raw": ["run"],
        "cannot read nowhere: No such file or directory": ["run", "--raw", "nowhere"],
        "the tables would be read as pages: pages/out lies in pages": [
            "run",
            "--raw",
            "pages",
            "--curated",
            "pages/out",
        ],
        "file is not a folder": ["run", "--raw", "pages", "--curated", "file"],
        "the setting 'workers' is wrong": ["run", "--workers", "0"],
        "the setting 'target' is wrong": ["run", "--settings", "bad.toml"],
        "the settings file worse.toml is not valid TOML": ["run", "--settings", "worse.toml"],
        "cannot read the settings file no.toml": ["run", "--settings", "no.toml"],
        "nowhere holds no tables of qingwen": ["report", "nowhere"],
        "'at noon' is not a schedule that cron knows": ["serve", "--cron", "at noon"],
        "there is no time zone 'Mars/Olympus'": ["serve", "--timezone", "Mars/Olympus"],
    }
    for sentence, arguments in cases.items():
        assert main(arguments) == 2, arguments
        error = capsys.readouterr().err
        assert error.startswith("qingwen: ")
        assert sentence in error
        assert error.count("\n") == 1


# --- settings


def test_later_sources_of_settings_count_more(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('target = "Hant"\nworkers = 3\nshard_bytes = 100000\n[limits]\ndepth = 2\nmembers = 5\n')
    environment = {"QINGWEN_WORKERS": "4", "QINGWEN_SHARD_BYTES": "200000", "QINGWEN_LIMITS__DEPTH": "3", "HOME": "/"}
    settings = Settings.load(file, environment, {"workers": 5, "runner": None})
    assert (settings.target, settings.shard_bytes, settings.workers) == (Target.HANT, 200_000, 5)
    assert (settings.limits.depth, settings.limits.members) == (3, 5)
    assert settings.policy().limits.depth == 3


def test_kinds_of_removal_can_be_switched_off() -> None:
    assert Settings().policy().strip is None
    policy = Settings.load(None, {}, {"strip": {"related": False, "share": True}}).policy()
    assert policy.strip is not None
    assert "related" not in policy.strip
    assert "share" in policy.strip
    assert (
        Settings.load(None, {"QINGWEN_STRIP__SHARE": "false"}).policy().strip
        == Settings(strip={"share": False}).policy().strip
    )


def test_every_setting_that_shapes_the_tables_reaches_the_stages() -> None:
    policy = Settings.load(None, {}, {"target": "keep", "punctuation": "keep", "limits": {"page_bytes": 9}}).policy()
    assert (policy.target, policy.punctuation, policy.limits.page_bytes) == (Target.KEEP, Punctuation.KEEP, 9)


def test_the_columns_of_rows_can_be_named(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('[columns]\ntext = ["Article Body", "文章"]\ndate = []\n', encoding="utf-8")
    settings = Settings.load(file, {"QINGWEN_COLUMNS__URL": "address, 地址"})
    assert settings.policy().columns == Columns(("Article Body", "文章"), ("address", "地址"), ())
    assert Settings().policy().columns == Columns()
    assert Settings.model_validate(settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"columns": {"text": []}}, "the setting 'columns.text' is wrong"),
        ({"columns": {"text": "a,,b"}}, "the setting 'columns.text.1' is wrong"),
        ({"columns": {"title": ["a"]}}, "there is no setting 'columns.title'"),
        ({"limits": {"seconds": 0}}, "the setting 'limits.seconds' is wrong"),
        ({"limits": {"page_bytes": 10**23}}, "the setting 'limits.page_bytes' is wrong"),
        ({"limits": {"depth": 1000}}, "the setting 'limits.depth' is wrong"),
        ({"shards": 3}, "there is no setting 'shards'"),
        ({"limits": {"page": 3}}, "there is no setting 'limits.page'"),
        ({"strip": {"adverts": False}}, "the setting 'strip' is wrong: no such kind of removal: adverts"),
        ({"workers": "few"}, "the setting 'workers' is wrong"),
        ({"limits": {"page": 3}}, r"page_bytes, expansion, depth, members, seconds$"),
        ({"strip": "related"}, "the setting 'strip' is a group of settings, not 'related'"),
    ],
)
def test_a_wrong_setting_is_named(overrides: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Settings.load(None, {}, overrides)


def test_a_wrong_setting_is_said_where_it_was_set(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("shard_bytes = 3\n[limits]\ndepth = 99\n")
    with pytest.raises(SettingsError, match=rf"'limits.depth' is wrong: .* \(it is 99, in {file}\)$"):
        Settings.load(file, {"QINGWEN_SHARD_BYTES": "100000"})
    with pytest.raises(SettingsError, match=r"'limits.depth' is wrong: .* \(it is '0', in QINGWEN_LIMITS__DEPTH\)$"):
        Settings.load(file, {"QINGWEN_SHARD_BYTES": "100000", "QINGWEN_LIMITS__DEPTH": "0"})
    with pytest.raises(SettingsError, match=r"^there is no setting 'targt', in QINGWEN_TARGT; there are raw, curated,"):
        Settings.load(None, {"QINGWEN_TARGT": "Hant"})
    with pytest.raises(SettingsError, match=r"'strip' is wrong: .* in QINGWEN_STRIP__ADVERTS\)$"):
        Settings.load(None, {"QINGWEN_STRIP__ADVERTS": "false"})
    with pytest.raises(SettingsError, match=r"'shard_bytes' is wrong: .* \(it is 4\)$"):
        Settings.load(file, {"QINGWEN_LIMITS__DEPTH": "1"}, {"shard_bytes": 4})


def test_every_setting_says_what_it_is_for_in_the_form_of_the_ui() -> None:
    schema = Settings.model_json_schema()
    for properties in (
        schema["properties"],
        *(schema["$defs"][f"{name}Settings"]["properties"] for name in ("Limit", "Column")),
    ):
        assert all(entry.get("description") for entry in properties.values())


def test_a_group_of_settings_is_no_setting() -> None:
    for environment in ({"QINGWEN_LIMITS": "9", "QINGWEN_LIMITS__DEPTH": "3"}, {"QINGWEN_LIMITS": "9"}):
        with pytest.raises(
            SettingsError,
            match=r"QINGWEN_LIMITS is a group|'limits' is a group of settings, not '9', in QINGWEN_LIMITS",
        ):
            Settings.load(None, environment)
