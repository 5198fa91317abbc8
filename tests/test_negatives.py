"""Healthy text of many kinds comes out of the whole repair as it went in, and nothing in it is said to be damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.ledger import Ledger
from tasks.repair import repair

CASES = json.loads((Path(__file__).parent / "cases" / "negatives.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_healthy_text_is_left_alone(case: dict[str, str]) -> None:
    ledger = repair(Ledger.of(case["original"]))
    assert ledger.text == case["fixed"] == case["original"]
    assert ledger.edits == ()


def test_there_are_enough_of_them_and_each_is_told_apart() -> None:
    assert len(CASES) >= 60
    assert len({case["label"] for case in CASES}) == len(CASES)


def test_all_of_them_on_one_page_are_left_alone() -> None:
    page = "\n".join(case["original"] for case in CASES)
    assert repair(Ledger.of(page)).text == page
