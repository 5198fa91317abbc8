"""Splices: the page's own table is inferred and taken out, and honest glosses stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.ledger import Ledger, replay
from tasks.repair.readings import base, characters, readings, reads
from tasks.repair.splice import NO_TABLE, Table, find_splices, splice_edits
from tasks.repair.table import infer_table

CASES = json.loads((Path(__file__).parent / "cases" / "splice.json").read_text(encoding="utf-8"))
NEGATIVE = [case for case in CASES if case["original"] == case["fixed"]]


def without_splices(text: str) -> str:
    splices = find_splices(text)
    return replay(text, splice_edits(splices, infer_table(splices, text)))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case: dict[str, str]) -> None:
    assert without_splices(case["original"]) == case["fixed"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_what_comes_out_is_a_fixed_point(case: dict[str, str]) -> None:
    assert without_splices(case["fixed"]) == case["fixed"]


def test_at_least_as_many_negatives_as_positives() -> None:
    assert len(NEGATIVE) >= len(CASES) - len(NEGATIVE) >= 20


def test_honest_glosses_on_a_spliced_page_stay_and_are_marked() -> None:
    page = "漁(yú)業(yè)產(chǎn)量增長(zhǎng)，塘主禤(xuān)先生說(shuō)，產(chǎn)業(yè)興旺。"
    splices = find_splices(page)
    edits = splice_edits(splices, infer_table(splices, page))
    assert [edit.before for edit in edits if not edit.applied] == ["(xuān)"]
    assert replay(page, edits) == "漁業產量增長，塘主禤(xuān)先生說，產業興旺。"


def test_a_splice_after_the_wrong_character_is_a_clue_only_on_a_page_with_a_table() -> None:
    page = "漁(yú)業(yè)產(chǎn)量，奥(lián)合會(huì)"
    edits = splice_edits(find_splices(page), infer_table(find_splices(page), page))
    assert [(edit.before, edit.kind) for edit in edits if not edit.applied] == [("(lián)", "clue")]
    assert splice_edits(find_splices("奥(lián)"), NO_TABLE) == []


def test_the_reason_names_the_table_and_counts_places() -> None:
    page = "產(chǎn)地和產(chǎn)量，增長(zhǎng)、業(yè)務"
    edits = splice_edits(find_splices(page), infer_table(find_splices(page), page))
    assert edits[0].why == "the page's table has 產(chǎn) at 2 of 2 places"
    assert all(edit.confidence > 0.9 for edit in edits)


def test_a_long_page_with_a_single_splice_has_no_table() -> None:
    once = "山區經(jīng)濟條件改善"
    assert infer_table(find_splices(once), once)
    long = once + "，溪邊的人家都把竹子種在屋後" * 20
    assert not infer_table(find_splices(long), long)


def test_lone_splice_is_less_sure_than_a_page_of_them() -> None:
    def sure(page: str) -> float:
        return infer_table(find_splices(page), page).confidence

    assert 0.6 < sure("山區經(jīng)濟條件改善") < 0.9 < sure("漁(yú)業(yè)產(chǎn)量穩(wěn)步增長(zhǎng)") < 1


@given(st.text("產業發展的山(（)） chǎnyèfāa?\n", max_size=60))
def test_never_raises_and_edits_make_a_layer(text: str) -> None:
    splices = find_splices(text)
    ledger = Ledger.of(text).then(splice_edits(splices, infer_table(splices, text)))
    assert ledger.text.count("\n") == text.count("\n")


@given(st.lists(st.sampled_from("產業發會國數優"), min_size=3, max_size=30))
def test_every_splice_of_a_table_goes_wherever_it_stands(chars: list[str]) -> None:
    table = {char: readings(char)[0] for char in chars}
    text = "".join(f"{char}({table[char]})山" for char in chars)
    splices = find_splices(text)
    full = Table(table, dict.fromkeys(table, (1, 1)), 1.0)
    assert replay(text, splice_edits(splices, full)) == "".join(f"{char}山" for char in chars)


def test_readings_and_characters_agree() -> None:
    for char in "產業發會國數優質長行重樂龘":
        for reading in readings(char):
            assert char in characters(reading)
            assert char in characters(base(reading))
            assert reads(char, reading)
            assert reads(char, base(reading))


def test_readings_cover_gbk() -> None:
    hanzi = [chr(code) for code in range(0x4E00, 0x9FA6)]
    assert sum(not readings(char) for char in hanzi) < 20
    assert max(len(readings(char)) for char in hanzi) < 12
