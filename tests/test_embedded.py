"""The server that a run starts for itself before it imports Prefect: if it will be asked for, and no longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import embedded

SLEEPS = "import sys, time; time.sleep(60)"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and a folder without any settings of Prefect, and a server that does nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    for name in ("PREFECT_API_URL", "PREFECT_PROFILES_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(embedded, "_SERVE", SLEEPS)
    monkeypatch.setattr(embedded, "_early", [])


def test_it_is_started_early_and_ends_if_nobody_asks_for_it() -> None:
    embedded.start_early()
    [early] = embedded._early
    assert early.process.poll() is None
    embedded._end_early()
    assert early.process.poll() is not None
    assert embedded._early == []


def test_where_there_is_a_server_none_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    embedded.start_early()
    assert embedded._early == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("prefect/profiles.toml", '[profiles.team]\nPREFECT_API_URL = "http://server.example/api"\n'),
        (".env", "PREFECT_API_URL=http://server.example/api\n"),
        ("prefect.toml", '[api]\nurl = "http://server.example/api"\n'),
        ("pyproject.toml", '[tool.prefect.api]\nurl = "http://server.example/api"\n'),
    ],
)
def test_where_a_file_may_name_a_server_prefect_decides(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    embedded.start_early()
    assert embedded._early == []


def test_files_of_other_things_name_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    (tmp_path / ".env").mkdir()
    assert not embedded._may_name_a_server()
