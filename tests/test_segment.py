"""Layout, joins, headings, turns and asides: case by case, and the promises over arbitrary text."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals import sections as sections_eval
from tasks.ledger import Ledger, check_layer, replay
from tasks.records import Block, Metadata, Section
from tasks.segment import segment

CASES = json.loads((Path(__file__).parent / "cases" / "segment.json").read_text(encoding="utf-8"))


def outline(sections: list[Section]) -> list[str]:
    """A section a line: its level and heading, its speaker, or its kind."""
    lines = []
    for section in sections:
        if section.heading:
            lines.append(f"{section.level} {section.heading}")
        else:
            lines.append(f"{section.kind} {section.speaker}" if section.speaker else section.kind)
    return lines


def check_sections(text: str, sections: list[Section]) -> None:
    """Spans lie end to end over the text, parents come first and are shallower, headings stand where they say."""
    position = 0
    for number, section in enumerate(sections):
        assert section.number == number
        assert section.start == position < section.end
        position = section.end
        assert section.parent is None or section.parent < number
        assert (section.level > 0) == (section.heading is not None)
        assert section.heading is None or text[section.start :].startswith(section.heading)
        assert section.speaker is None or section.speaker in text[section.start : section.end]
    assert position == len(text)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["label"], marks=[pytest.mark.xfail(strict=True)] if "expect" in case else [])
        for case in CASES
    ],
)
def test_case(case: dict[str, Any]) -> None:
    metadata = Metadata(title=case.get("title"))
    ledger, sections = segment(Ledger.of(case["original"]), (), metadata)
    assert ledger.text == case["fixed"]
    check_sections(ledger.text, sections)
    if "outline" in case:
        assert outline(sections) == case["outline"]
    again, _ = segment(Ledger.of(ledger.text), (), metadata)
    assert again.text == ledger.text


def test_there_are_as_many_cases_that_must_not_change() -> None:
    unchanged = sum(case["original"] == case["fixed"] for case in CASES)
    assert 2 * unchanged >= len(CASES)


PIECES = st.sampled_from(
    [
        *"水塔的灯，。：“”《》（）?!*#>|-1.一二、 \u3000\xa0\t\n\r\u200b\ufeff①答问",
        *(
            "\n\n",
            "**",
            "## ",
            "```\n",
            "一、",
            "（一）",
            "第一条 ",
            "记者：",
            "图为",
            "编者按\n",
            "](http://a)",
            "![",
            "=",
        ),
        *("去年秋天镇里请来几位匠人把塔身的裂缝补好", "水塔修好了。", "2031年3月5日\n", "    x = (1)\n"),
    ]
)
PAGES = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=60).map("".join))


@given(PAGES)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_sections_cover_arbitrary_text_and_edits_replay(text: str) -> None:
    ledger, sections = segment(Ledger.of(text), (), Metadata())
    check_layer(text, ledger.edits)
    assert replay(text, ledger.edits) == ledger.text
    check_sections(ledger.text, sections)
    assert ledger.text == "" or ledger.text.endswith("\n")


@given(PAGES)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_a_second_run_changes_nothing(text: str) -> None:
    once = segment(Ledger.of(text), (), Metadata())[0].text
    assert segment(Ledger.of(once), (), Metadata())[0].text == once


@given(PAGES)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_only_white_space_and_marks_leave(text: str) -> None:
    ledger, _ = segment(Ledger.of(text), (), Metadata())
    for edit in ledger.edits:
        if edit.kind in ("blank_line", "indent", "trailing_space", "join"):
            assert not edit.before.strip()
            assert not edit.after.strip()


@given(PAGES)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_html_lines_are_never_read_as_markdown(text: str) -> None:
    blocks = [Block("p", True)] * (text.count("\n") + 1)
    ledger, sections = segment(Ledger.of(text), blocks, Metadata())
    check_sections(ledger.text, sections)
    assert not [edit for edit in ledger.edits if edit.kind == "markdown"]


@pytest.mark.parametrize("title", ["渡口改线", "def"])
def test_a_blank_line_of_program_text_is_no_part_of_a_title(title: str) -> None:
    text = "开头。\n\n```python\n\ndef\n\n渡口\n\n改线\n\n渡口改线\n```\n"
    ledger, sections = segment(Ledger.of(text), (), Metadata(title=title))
    assert "".join(ledger.text.split()) == "".join(text.split())
    assert sections[-1].end == len(ledger.text)


def test_html_headings_captions_and_code() -> None:
    lines = [
        ("h1", "水塔记"),
        ("p", "老塔修好了。"),
        ("h2", "修塔"),
        ("p", "匠人补好了裂缝。"),
        ("figcaption", "老塔"),
        ("h3", "账目"),
        ("pre", "    cost = 3"),
        ("h2", "塔下"),
        ("p", "孩子们等灯亮。"),
    ]
    blocks = [Block(tag, True) for tag, _ in lines]
    text = "".join(line + "\n" for _, line in lines)
    ledger, sections = segment(Ledger.of(text), blocks, Metadata(title="水塔记"))
    assert ledger.text == text
    assert outline(sections) == ["lead", "1 修塔", "caption", "2 账目", "1 塔下"]
    assert [section.parent for section in sections] == [None, None, 1, 1, None]


@pytest.mark.parametrize(
    "unit",
    [
        "一、",
        "**",
        "*",
        "# ",
        "> ",
        "[a](",
        "![",
        "(",
        "图",
        "记者：",
        "  \n",
        "甲，\n",
        "```\n",
        "第一条 x\n",
        "1.甲\n",
    ],
)
def test_time_grows_with_length(unit: str) -> None:
    """Eight times the text in much less than 64 times the time: hostile repetition is not quadratic."""
    short, long = (min(_seconds(unit * (size // len(unit))) for _ in range(2)) for size in (10_000, 80_000))
    assert long < 32 * short + 0.5


def _seconds(text: str) -> float:
    """Processor time, which other programs on the machine do not change."""
    start = time.process_time()
    segment(Ledger.of(text), (), Metadata())
    return time.process_time() - start


def test_labelled_pages_stay_above_their_floors() -> None:
    floors = json.loads((sections_eval.PAGES / "floors.json").read_text(encoding="utf-8"))
    scores = sections_eval.measure()
    assert set(floors) == set(sections_eval.MEASURES)
    for name, floor in floors.items():
        assert scores["all", name].f1 >= floor, scores["all", name].errors[:10]
