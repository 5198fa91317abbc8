"""The strip stage: what is not the article leaves, and what is stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.strip import clean_pages, layouts, page, short_of_floor
from tasks.ledger import Ledger, replay
from tasks.records import Block, Policy, Stage
from tasks.strip import AFTER_METADATA, BEFORE_METADATA, KINDS, strip

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "strip.json").read_text(encoding="utf-8"))


def stripped(text: str, blocks: tuple[Block, ...] = (), kinds: frozenset[str] | None = None) -> Ledger:
    return strip(Ledger.of(text), blocks, Policy(strip=kinds))[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if case.get("expect") == "fail":
        request.applymarker(pytest.mark.xfail(strict=True, reason=case["comment"]))
    assert stripped(case["original"]).text == case["fixed"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_what_is_left_stays(case: dict[str, Any]) -> None:
    assert stripped(case["fixed"]).text == case["fixed"]


def test_negatives_are_as_many_as_removals() -> None:
    kept = sum(case["original"] == case["fixed"] for case in CASES)
    metadata = json.loads((Path(__file__).parent / "cases" / "metadata.json").read_text(encoding="utf-8"))
    kept += sum(case["original"] == case["fixed"] for case in metadata)
    assert kept >= len([case for case in CASES if case["original"] != case["fixed"]])


def test_cases_exercise_every_rule() -> None:
    found = {edit.kind for case in CASES for edit in stripped(case["original"]).edits}
    assert found == KINDS - {"extractor", "site_line"}


def test_policy_turns_rules_off() -> None:
    page = "首页 > 文化 > 正文\n鱼灯会\n字号: 大 中 小\n灯会昨晚在河边开场,沿着老码头一路排到桥头去了。\n"
    assert {edit.kind for edit in stripped(page).edits} == {"breadcrumb", "font_size"}
    assert {edit.kind for edit in stripped(page, kinds=frozenset({"font_size"})).edits} == {"font_size"}
    assert stripped(page, kinds=frozenset()).text == page
    with pytest.raises(ValueError, match="no such kind of strip rule: advert"):
        stripped(page, kinds=frozenset({"advert"}))


def test_what_the_extractor_rejects_leaves_but_not_the_articles_own_paragraphs() -> None:
    prose = "灯会昨晚在河边开场,三条街的居民扎了两百多盏鱼灯,沿着老码头一路排到桥头,孩子们一直闹到很晚才肯回家去睡觉。"
    rows = [
        ("h1", False, "鱼灯会"),
        ("li", False, "别处的灯"),
        ("div", False, prose),
        ("p", True, prose),
        ("div", False, "侧栏"),
    ]
    page = "".join(f"{text}\n" for _, _, text in rows)
    ledger = stripped(page, tuple(Block(tag, content) for tag, content, _ in rows))
    assert ledger.text == f"鱼灯会\n{prose}\n{prose}\n"
    assert {edit.kind for edit in ledger.edits} == {"extractor"}


def test_an_extractor_that_rejects_everything_is_not_believed() -> None:
    page = "鱼灯会\n甲一心扎的灯\n乙二石扎的灯\n"
    assert stripped(page, (Block("div", False),) * 3).text == page


def test_metadata_outside_the_extractors_content_is_read() -> None:
    page = "鱼灯会\n2021-02-26 来源:青石日报\n灯会昨晚在河边开场,沿着老码头一路排到桥头去了。\n"
    ledger, said = strip(Ledger.of(page), (Block("h1", True), Block("div", False), Block("p", True)), Policy())
    assert (said.title, said.publisher) == ("鱼灯会", "青石日报")
    assert [edit.kind for edit in ledger.edits] == ["metadata"]


PIECES = st.sampled_from(
    [
        "首页",
        " > ",
        "新闻",
        "\n",
        "\n\n",
        "来源:",
        "2021-02-26 08:30",
        "字号",
        "大",
        "泾阳县",
        "| ",
        "相关新闻",
        "。",
        ",",
        "版权所有",
        "灯会昨晚在河边开场,沿着老码头一路排到桥头去了。",
        "作者:",
        "张甲一",
        "(",
        ")",
        "[",
        "久久精品_",
        "上一篇:",
        "  ",
        "# ",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=30).map("".join))
def test_any_text_is_stripped_by_edits_that_replay(text: str) -> None:
    text = text.replace("\r", "")
    ledger = stripped(text)
    assert replay(text, ledger.edits) == ledger.text
    assert all(edit.stage is Stage.STRIP and edit.kind in KINDS and edit.after == "" for edit in ledger.edits)
    assert all(edit.why for edit in ledger.edits)


@pytest.mark.parametrize(
    "unit",
    ["泾阳县|", "a > ", "来源:", "2021-02-26 ", "(", "[](", "久久精品_", "首页 ", "相关新闻\n", "第", "<del id="],
)
def test_work_is_linear(unit: str) -> None:
    """A page of one thing over and over: hundreds of thousands of characters, done in far less than a test's time."""
    assert len(stripped(unit * (400_000 // len(unit))).decoded) > 300_000


@pytest.mark.parametrize(
    "row",
    [
        "1" * 100 + "甲",
        "上一页" + "12 " * 30 + "甲",
        "甲乙_" * 30 + "。",
        "[1] " * 28 + "甲",
        "下一页>" * 20,
        "甲>" * 50,
    ],
)
def test_no_row_is_taken_apart_in_too_many_ways(row: str) -> None:
    assert replay(row, stripped(row).edits) == stripped(row).text


def test_rows_of_marks_alone_may_stand_anywhere() -> None:
    """A row that is nothing but a bullet has no words at all."""
    said = 0
    for layout in list(layouts())[::9]:
        rows = [text for _, text in page(layout, "数灯", ["河水把灯送到看不见的地方,外婆说数到一百就该回家了。"] * 3)]
        for at in range(0, len(rows) + 1, 3):
            text = "".join(f"{row}\n" for row in [*rows[:at], "■", "·", *rows[at:]])
            ledger = stripped(text)
            said += replay(text, ledger.edits) == ledger.text
    assert said > 100


def test_rules_are_named_once() -> None:
    assert not BEFORE_METADATA.keys() & AFTER_METADATA.keys()


@pytest.mark.parametrize("half", ["dev", "held"])
def test_layouts_of_many_sites(half: str) -> None:
    assert short_of_floor(half) == []


@pytest.mark.parametrize(("name", "text"), list(clean_pages()), ids=[name for name, _ in clean_pages()])
def test_nothing_is_taken_from_pages_that_are_all_article(name: str, text: str) -> None:
    assert stripped(text).text == text


def test_there_are_layouts_enough() -> None:
    found = list(layouts())
    assert len(found) >= 150
    assert len({layout.style for layout in found}) >= 15


def test_headings_in_the_middle_of_the_extractors_article_stay() -> None:
    tags = ["h1", "p", "h2", "h3", "p", "h3", "li"]
    content = [True, True, False, False, True, False, False]
    text = "渔港修缮\n去年的台风掀掉了三十米堤面。\n一、怎么修\n先清淤\n船工先把淤泥挖走。\n看看别的\n海边夜市开张\n"
    blocks = tuple(map(Block, tags, content))
    assert stripped(text, blocks).text == "".join(text.splitlines(keepends=True)[:5])
