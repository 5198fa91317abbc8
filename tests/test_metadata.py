"""What the strip stage reads of a page about itself: never guessed, and out of the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals import metadata as metadata_eval
from tasks.ledger import Ledger
from tasks.records import Metadata, Policy
from tasks.strip import strip

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "metadata.json").read_text(encoding="utf-8")
)


def said(metadata: Metadata) -> dict[str, Any]:
    official = {"document_number": metadata.document_number, "issuer": metadata.issuer}
    return {
        "title": metadata.title,
        "published_at": metadata.published_at.isoformat() if metadata.published_at else None,
        "publisher": metadata.publisher,
        "authors": list(metadata.authors),
        "editor": metadata.editor,
    } | {name: value for name, value in official.items() if value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if case.get("expect") == "fail":
        request.applymarker(pytest.mark.xfail(strict=True, reason=case["comment"]))
    ledger, metadata = strip(Ledger.of(case["original"]), (), Policy())
    assert said(metadata) == case["metadata"]
    assert ledger.text == case["fixed"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_metadata_is_read_though_nothing_leaves(case: dict[str, Any]) -> None:
    ledger, metadata = strip(Ledger.of(case["original"]), (), Policy(strip=frozenset({"caption"})))
    assert ledger.text == case["original"]
    assert metadata.published_at is None or case["metadata"]["published_at"] == metadata.published_at.isoformat()
    assert metadata.publisher == case["metadata"]["publisher"]


def test_the_floors_on_labelled_pages_are_held() -> None:
    assert metadata_eval.fallen() == []
    assert len(list(metadata_eval.pages())) >= 40
