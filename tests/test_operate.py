"""docs/operate.md, command by command, in the order of the page, on a machine of its own: a clone, a home, a port."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.dataset
import pytest

from flows.cli import parser
from tests.test_browser import CHROMIUM, QUIET

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
HOSTILE = "<script>window.hostile=1;alert(1)</script>[點(diǎn)我](javascript:alert(1))|點(diǎn)心|點(diǎn)燈|起點(diǎn)"
PATIENCE = 240  # seconds for a command on a busy machine

pytestmark = pytest.mark.operate


def blocks(language: str) -> list[str]:
    """The lines of all blocks of a language, in order."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [line for block in found for line in block.splitlines() if line]


@dataclass
class Machine:
    """Where the commands are run: environment and folder go on from one command to the next."""

    place: Path
    folder: Path
    environment: dict[str, str]
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def own(self, line: str) -> str:
        """The command with this machine's places for the page's."""
        line = line.replace("https://git.example/qingwen.git", str(self.place / "qingwen.git"))
        line = line.replace("http://127.0.0.1:4200", f"http://127.0.0.1:{self.environment['PREFECT_SERVER_API_PORT']}")
        return re.sub(r"(?<=\s)/data/", f"{self.place}/data/", line)

    def run(self, line: str) -> str:
        """Run a command that ends, as typed, and take over what it does to the shell. Returns what it printed."""
        after = self.place / "after"
        script = f'{self.own(line)}\nstatus=$?; {{ pwd; env -0; }} > "{after}"; exit $status'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        folder, _, rest = after.read_text(encoding="utf-8").partition("\n")
        self.folder = Path(folder)
        if line.startswith(("export ", "unset ", "git clone")):
            self.environment = dict(pair.split("=", 1) for pair in rest.split("\0") if "=" in pair)
        return done.stdout + done.stderr

    def start(self, line: str) -> subprocess.Popen[bytes]:
        """Start a command that stays."""
        with (self.place / "log").open("wb") as log:
            process = subprocess.Popen(
                shlex.split(self.own(line)),
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                # As a shell at a terminal starts it: what starts the tests in the background has it ignored.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        self.servers.append(process)
        return process

    def stop(self) -> None:
        """End whatever has been started and still runs."""
        for process in self.servers:
            process.terminate()
            process.wait(60)
        self.servers.clear()

    def log(self) -> str:
        return (self.place / "log").read_text(encoding="utf-8", errors="replace")

    def rows(self, folder: str, table: str = "documents") -> int:
        return pyarrow.dataset.dataset(self.place / "data" / folder / table, format="parquet").count_rows()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def machine(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    from prefect.settings import get_current_settings

    place = tmp_path_factory.mktemp("machine")
    (place / "home").mkdir()
    (place / "data" / "crawl").mkdir(parents=True)
    for name in ("01-splices.html", "02-shifts.txt", "13-rules.md"):
        shutil.copy(ROOT / "raw" / "samples" / name, place / "data" / "crawl")
    passing = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "QINGWEN_", "GIT_"))
    }
    environment = passing | {
        "HOME": str(place / "home"),
        "PREFECT_HOME": str(place / "home" / ".prefect"),
        "PREFECT_SERVER_API_PORT": str(free_port()),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "NO_COLOR": "1",
        # The session's server for the commands that end, until the page comes to servers: each would start its own.
        "PREFECT_API_URL": str(get_current_settings().api.url),
        **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    made = Machine(place, place, environment)
    publish(made)
    yield made
    made.stop()
    stop = [sys.executable, "-m", "prefect", "server", "stop"]
    subprocess.run(stop, env=made.environment, capture_output=True, timeout=60, check=False)


def publish(machine: Machine) -> None:
    """A repository to clone, of the files as they are."""
    origin = machine.place / "qingwen.git"
    left_out = {".git", ".venv", "build", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    shutil.copytree(ROOT, origin, ignore=lambda folder, names: left_out & set(names), symlinks=True)
    for leftover in (origin / "curated").iterdir():
        if leftover.name != "README.md":
            leftover.unlink() if leftover.is_symlink() or leftover.is_file() else shutil.rmtree(leftover)
    commands = (["init", "-q", "-b", "main"], ["add", "-A", "-f", "."], ["commit", "-q", "-m", "All"])
    for command in commands:
        subprocess.run(["git", *command], cwd=origin, env=machine.environment, check=True, timeout=60)


def installed(machine: Machine) -> None:
    """What `make` would install is installed: the environment that runs the tests."""
    (machine.folder / ".venv").mkdir()
    (machine.folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    stamp = machine.folder / ".venv" / ".installed"
    stamp.touch()
    os.utime(stamp, (time.time() + 3600,) * 2)


def until(holds: object, machine: Machine) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, machine.log()
        time.sleep(0.5)


def answers(machine: Machine) -> bool:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{machine.environment['PREFECT_SERVER_API_PORT']}/api/health"
        ) as got:
            return bool(got.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize("line", blocks("sh"))
def test_a_command_does_what_the_page_says(machine: Machine, line: str) -> None:
    if line.startswith("qingwen serve"):
        serve(machine, line)
    elif line.startswith("prefect worker"):
        work(machine, line)
    else:
        if line == "git pull":
            (machine.folder / "curated" / "README.md").touch()
        if line.startswith("qingwen run") and "--settings" in line:
            (toml,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
            (machine.folder / "qingwen.toml").write_text(toml, encoding="utf-8")
        said = machine.run(line)
        if line.startswith("prefect server"):
            until(lambda: answers(machine), machine)  # it is up a moment after the command has ended
        for start, (words, check) in EXPECTED.items():
            if line.startswith(start):
                assert words in said
                assert check(machine)
        if line.startswith("git clone"):
            installed(machine)


EXPECTED = {
    "make run": ("", lambda machine: list((machine.folder / "curated" / "documents").glob("part-*.parquet"))),
    "make run ARGS": ("Nothing to do: all 3 pages", lambda machine: machine.rows("tables") == 3),
    "qingwen --version": ("qingwen ", lambda machine: True),
    "qingwen run --raw /data/crawl --curated /data/tables": ("", lambda machine: machine.rows("tables") == 3),
    "qingwen run --raw /data/crawl --curated /data/tables --settings": ("Nothing to do", lambda machine: True),
    "qingwen run --raw /data/crawl --curated /data/trial": ("", lambda machine: machine.rows("trial") == 3),
    "QINGWEN_TARGET": ("", lambda machine: machine.rows("as-found") == 3),
    "QINGWEN_SHARD_BYTES": ("", lambda machine: machine.rows("large-shards") == 3),
    "qingwen learn": ("", lambda machine: machine.rows("tables", "site_lines") == 0),
    "qingwen dedupe": ("", lambda machine: machine.rows("tables", "duplicates") == 0),
    "qingwen report": (
        "_report.html",
        lambda machine: (machine.place / "data/tables/_report.html").stat().st_size > 9000,
    ),
    "qingwen verify": ("", lambda machine: True),
    "qingwen explain": ("byte_shift", lambda machine: True),
    "prefect work-pool create": ("qingwen", lambda machine: True),
    "prefect deploy --all": ("curate/curate", lambda machine: True),
    "prefect deployment run": ("curate", lambda machine: True),
}


def serve(machine: Machine, line: str) -> None:
    """Served, it answers, has the deployments, and ends when it is interrupted."""
    del machine.environment["PREFECT_API_URL"]
    process = machine.start(line)
    until(lambda: "dedupe/dedupe" in machine.log() or process.poll() is not None, machine)
    assert answers(machine)
    assert "curate is scheduled at '0 3 * * *' in Asia/Shanghai" in machine.log()
    for name in ("curate", "learn", "dedupe", "verify"):
        assert f"{name}/{name}" in machine.log()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) in (0, 130, -signal.SIGINT)
    until(lambda: not answers(machine), machine)


def work(machine: Machine, line: str) -> None:
    """The worker takes the run that was asked for before, and does it."""
    (machine.folder / "raw" / "新页.txt").write_text(
        f"渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。\n{HOSTILE}\n", encoding="utf-8"
    )
    process = machine.start(line)
    until(lambda: "Flow run 'curate raw' - Finished" in machine.log() or process.poll() is not None, machine)
    assert "Flow run 'curate raw' - Finished in state Completed" in machine.log()
    documents = pyarrow.dataset.dataset(machine.folder / "curated" / "documents", format="parquet")
    assert "新页.txt" in documents.to_table()["source_uri"].to_pylist()
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_the_ui_shows_what_the_run_did(machine: Machine) -> None:
    """The Prefect UI in a browser: our artifacts, text of hostile pages as text, and the settings as a form."""
    from playwright.sync_api import sync_playwright

    of_worker = {"flow_runs": {"name": {"any_": ["curate raw"]}}}
    artifacts = {one["key"]: one["id"] for one in asked(machine, "artifacts", of_worker)}
    deployments = {one["name"]: one["id"] for one in asked(machine, "deployments", {})}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.route("**/*", lambda route: route.continue_() if "//127.0.0.1" in route.request.url else route.abort())
        page.goto(machine.own(f"http://127.0.0.1:4200/v2/artifacts/artifact/{artifacts['qingwen-samples']}"))
        page.get_by_text("window.hostile=1;alert(1)</script>[").first.wait_for(timeout=60_000)
        assert (dialogs, page.evaluate("window.hostile"), page.locator("a[href^=javascript]").count()) == ([], None, 0)
        page.goto(machine.own(f"http://127.0.0.1:4200/v2/artifacts/artifact/{artifacts['qingwen-damage']}"))
        page.get_by_role("cell", name="repair/splice", exact=True).first.wait_for(timeout=60_000)
        page.goto(machine.own(f"http://127.0.0.1:4200/v2/deployments/deployment/{deployments['curate']}"))
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Custom run").click()
        page.get_by_text("Folder of raw pages, of any depth").wait_for(timeout=60_000)
        assert page.get_by_text("Largest page, in bytes; larger ones are rejected.").is_visible()
        browser.close()


def asked(machine: Machine, what: str, of: dict[str, object]) -> list[dict[str, str]]:
    """What Prefect's API says."""
    request = urllib.request.Request(
        machine.own(f"http://127.0.0.1:4200/api/{what}/filter"),
        json.dumps(of).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as got:
        found: list[dict[str, str]] = json.load(got)
    return found


def test_what_a_supervisor_starts_is_a_command() -> None:
    lines = [line.split(".venv/bin/qingwen ", 1)[1] for line in blocks("crontab")]
    lines += [line.split(".venv/bin/qingwen ", 1)[1] for line in blocks("ini") if line.startswith("ExecStart=")]
    assert len(lines) == 2
    for line in lines:
        assert parser().parse_args(shlex.split(line)).call


def test_no_command_of_the_page_is_left_out() -> None:
    """Every block is in a language that a test runs or parses."""
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"sh", "toml", "crontab", "ini"}
    assert not re.findall(r"^    \S", PAGE, re.MULTILINE)
    assert len(blocks("sh")) == len(set(blocks("sh"))) + 1  # `make run` is there twice
