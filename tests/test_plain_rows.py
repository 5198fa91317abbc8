"""Rows of plain text are passed over by the rules for furniture: with all rows looked at, the same comes out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.corpora import healthy
from evals.strip import layouts, page
from tasks.ledger import Ledger
from tasks.lines import lines_of
from tasks.records import Metadata, Policy
from tasks.strip import AFTER_METADATA, BEFORE_METADATA, OF_SHORT_ROWS, sheet, strip

_ROW = sheet._row
CASES = [
    case["original"]
    for name in ("strip", "metadata", "negatives", "healthy")
    for case in json.loads((Path(__file__).parent / "cases" / f"{name}.json").read_text(encoding="utf-8"))
]
# What begins or ends like plain text, and is of interest to some rule.
PARTS = (
    *(
        "您好，",
        "视频加载中，",
        "感谢您访问本站，",
        "作者简介：",
        "来源：",
        "本文引用格式：",
        "# ",
        "- ",
        "> ",
        "　　",
        "**",
    ),
    *(
        "甲县 乙市 丙区 丁旗 戊县 ",
        "2020,3(1):1-9",
        "摘要：",
        "[编辑]",
        "</p>",
        "_日韩_欧美_",
        "渡口的船",
        "在雾里靠岸的时候，码头上已经站满了人",
    ),
    *("。", "；", "：", "\n", "\n\n", " "),
)


def found(text: str, every: bool) -> tuple[Ledger, Metadata]:
    with pytest.MonkeyPatch.context() as patch:
        if every:
            patch.setattr(sheet, "_row", lambda line: (row := _ROW(line)) and row._replace(plain=False))
        return strip(Ledger.of(text), (), Policy())


def rows(text: str) -> list[sheet.Row]:
    return sheet.rows_of(lines_of(Ledger.of(text)))


def test_on_pages_of_every_kind() -> None:
    body = ["渡口的船在雾里靠岸的时候，码头上已经站满了等着过河的人。"] * 3
    pages = ["\n".join(text for _, text in page(layout, "渡口", body)) for layout in layouts()]
    for text in [*CASES, *healthy("Hans", 900, 6), *healthy("Hant", 900, 6), *pages]:
        assert found(text, every=True) == found(text, every=False)


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
@settings(deadline=None)
def test_on_rows_of_all_that_rules_ask_for(text: str) -> None:
    assert found(text, every=True) == found(text, every=False)


@given(st.text("渡口。，；#*- 　您感\n\t。", max_size=60))
def test_a_plain_row_is_what_the_slow_way_finds(text: str) -> None:
    for row in rows(text):
        core = sheet.undress(row.folded)
        assert (row.core, row.prose) == (core, sheet.is_prose(core))


def test_rules_of_short_rows_claim_no_others() -> None:
    kinds = BEFORE_METADATA | AFTER_METADATA
    for text in [*CASES, *healthy("Hans", 900, 6)]:
        page_rows = [row for row in rows(text) if row.prose or len(row.core) > sheet.SHORT_CHARS]
        bare = sheet.Sheet.of(page_rows)
        assert not bare.short()
        assert not [claim for kind in OF_SHORT_ROWS for claim in kinds[kind](bare)]


def test_most_rows_of_healthy_text_are_plain() -> None:
    seen = [row.plain for text in healthy("Hans", 3000, 4) for row in rows(text)]
    assert sum(seen) > 0.6 * len(seen)
