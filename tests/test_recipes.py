"""docs/recipes.md, recipe by recipe: each is run as it stands there, and gives what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.dataset
import pytest

from tasks.decode import decode
from tasks.read import discover, read_source
from tasks.records import Decoded, Limits, Page, Policy
from tests.conftest import SAMPLES

RECIPES = Path(__file__).parent.parent / "docs" / "recipes.md"


def recipes() -> list[tuple[str, str, str]]:
    """Heading, language and code of every block."""
    found, heading = [], "the tables"
    for head, language, code in re.findall(
        r"^## ([^\n]+)$|^```(\w+)\n(.*?)^```$", RECIPES.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        heading = head or heading
        if language:
            found.append((heading, language, code))
    return found


@pytest.fixture(scope="module")
def home(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with curated/, made from raw/samples and a page that repeats another one."""
    from flows.curate import curate
    from flows.dedupe import dedupe
    from flows.settings import Settings

    folder = tmp_path_factory.mktemp("recipes")
    raw = folder / "raw" / "samples"
    raw.mkdir(parents=True)
    for sample in SAMPLES.iterdir():
        (raw / sample.name).write_bytes(sample.read_bytes())
    (raw / "20-repeated.md").write_bytes((SAMPLES / "13-rules.md").read_bytes())
    settings = Settings(raw=str(raw.parent), curated=str(folder / "curated"))
    curate(settings)
    dedupe(settings)
    return folder


Result = Any
Check = Callable[[Result, Path], None]


def rows(home: Path, table: str) -> list[dict[str, Any]]:
    return pyarrow.dataset.dataset(home / "curated" / table, format="parquet").to_table().to_pylist()


def reading(result: dict[str, Any], home: Path) -> None:
    kept = len(rows(home, "documents"))
    assert len(result["frame"]) == result["dataset"].count_rows() == len(result["training"]) == kept
    assert result["lazy"].collect().height == kept


def under_a_heading(result: list[Any], home: Path) -> None:
    texts = {text for _, title, text in result if title == "第二章 使用"}
    assert len(result) == 2  # the page, and its copy
    (text,) = texts
    assert text.startswith("第二章 使用\n第三条 ")
    assert "桌数限制" in text
    assert "第一章" not in text


def answers(result: list[Any], home: Path) -> None:
    assert result
    for doc_id, question, answer in result:
        (document,) = (row for row in rows(home, "documents") if row["doc_id"] == doc_id)
        assert document["text"].index(question) < document["text"].index(answer)


def by_damage(result: list[Any], home: Path) -> None:
    counts = [unrepaired + repaired for _, unrepaired, repaired, *_ in result]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 20
    assert len(result) == sum(row["edits"] > 0 for row in rows(home, "documents")) - len(only_stripped(home))


def only_stripped(home: Path) -> list[str]:
    damaged = {row["doc_id"] for row in rows(home, "edits") if row["stage"] in ("decode", "repair")}
    return [row["doc_id"] for row in rows(home, "documents") if row["edits"] and row["doc_id"] not in damaged]


def healthy(result: list[Any], home: Path) -> None:
    uris = [row[1] for row in result]
    assert "samples/13-rules.md" in uris
    assert "samples/02-shifts.txt" not in uris


def removed(result: list[Any], home: Path) -> None:
    assert all(isinstance(times, int) for *_, times in result)
    assert any(kind == "footer" and "版权所有" in line for _, kind, line, _ in result)


def undone(result: dict[str, Any], home: Path) -> None:
    """All edits of every page are undone: the decoded text comes back, but for characters that were only converted."""
    decoded = decoded_texts(home / "raw")
    for document in rows(home, "documents"):
        edits = sorted(
            (row for row in rows(home, "edits") if row["doc_id"] == document["doc_id"]), key=lambda e: e["edit_no"]
        )
        found = result["undo"](document["text"], edits, lambda edit: True)
        wanted = decoded[document["source_uri"]]
        assert len(found) == len(wanted)
        assert sum(one != other for one, other in zip(found, wanted, strict=True)) < len(wanted) / 2
        assert result["undo"](document["text"], edits, lambda edit: False) == document["text"]
        for edit in edits:
            if edit["applied"]:
                assert found[edit["start"] : edit["end"]] == edit["before"]
    assert len(result["as_found"]) >= len(result["with_metadata"]) >= len(result["document"]["text"])


def decoded_texts(raw: Path) -> dict[str, str]:
    pages = [page for source in discover(raw) for page in read_source(raw, source, Limits(), Policy().columns)]
    made = {page.source_uri: decode(page, Limits()) for page in pages if isinstance(page, Page)}
    return {uri: one.text for uri, one in made.items() if isinstance(one, Decoded)}


def taken(result: dict[str, Any], home: Path) -> None:
    text, edits = "甲乙丙丁戊", [
        {"start": 0, "before": "甲(jiǎ)", "after": "甲", "applied": True},
        {"start": 7, "before": "丙", "after": "秉烛", "applied": False},
        {"start": 8, "before": "丁", "after": "", "applied": False},
    ]  # fmt: skip
    assert result["take"](text, edits, lambda edit: True) == "甲乙秉烛丁戊"
    left = {
        row["doc_id"] for row in rows(home, "edits") if not row["applied"] and row["after"] and row["confidence"] > 0.5
    }
    texts = {row["doc_id"]: row["text"] for row in rows(home, "documents")}
    assert {doc_id for doc_id, text in result["texts"].items() if text != texts[doc_id]} == left


def duplicates(result: list[Any], home: Path) -> None:
    assert len(result) == len(rows(home, "documents")) - len(rows(home, "duplicates"))
    assert result[0][2] == 2
    assert {row[1] for row in result} & {"samples/13-rules.md", "samples/20-repeated.md"}


def training(result: Any, home: Path) -> None:
    lines = (home / "training.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines
    good = {row["doc_id"] for row in rows(home, "documents") if row["unrepaired"] == 0 and row["text_chars"] >= 200}
    made = [json.loads(line) for line in lines]
    ids = [one.get("id") or one["doc_id"] for one in made]
    repeated = {row["doc_id"] for row in rows(home, "duplicates")}
    assert set(ids) <= good
    assert good - set(ids) <= repeated | {row["doc_id"] for row in rows(home, "documents") if row["undecodable_bytes"]}
    assert all(one["text"].endswith("\n") for one in made)


def part(result: Any, home: Path) -> None:
    wanted = [row for row in rows(home, "documents") if row["source_uri"].startswith("samples/1")]
    if isinstance(result, list):
        assert [row[0] for row in result] == sorted(row["source_uri"] for row in wanted)
    else:
        headed = {row["doc_id"] for row in rows(home, "sections") if row["heading"]}
        assert headed >= {row[0] for row in result["headings"].fetchall()} >= headed & {row["doc_id"] for row in wanted}


def rejected(result: list[Any], home: Path) -> None:
    assert result == [("empty", 1, rows(home, "rejects")[0]["detail"])]


CHECKS: dict[str, Check] = {
    "the tables": reading,
    "All text under a heading": under_a_heading,
    "Questions with their answers": answers,
    "Pages by damage": by_damage,
    "Pages that were healthy": healthy,
    "What was removed, by site and rule": removed,
    "Undo an edit": undone,
    "Take the best readings that were left": taken,
    "Join duplicates": duplicates,
    "Export JSONL for training": training,
    "Read a part of a large dataset": part,
    "Why pages were rejected": rejected,
}


def test_every_recipe_has_a_check() -> None:
    assert {heading for heading, *_ in recipes()} == set(CHECKS)


@pytest.mark.parametrize(
    ("heading", "language", "code"), recipes(), ids=lambda value: str(value)[:30].replace("\n", " ")
)
def test_a_recipe_gives_what_it_says(
    home: Path, monkeypatch: pytest.MonkeyPatch, heading: str, language: str, code: str
) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(home / "cache"))
    (home / "training.jsonl").unlink(missing_ok=True)
    if language == "sql":
        result = duckdb.execute(code).fetchall()
    else:
        result = {}
        exec(compile(code, f"docs/recipes.md, {heading}", "exec"), result)  # noqa: S102 (our own page)
    CHECKS[heading](result, home)
