"""Repair as a whole: what it brings back, what it leaves alone, and what it says of what it cannot bring back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.ledger import Ledger, replay
from tasks.records import Edit, Stage
from tasks.repair import repair
from tasks.repair.clues import clue_edits
from tasks.repair.controls import control_edits
from tasks.repair.entities import entity_edits
from tasks.repair.layers import apart, beside
from tasks.repair.mojibake import mojibake_edits
from tasks.repair.noise import noise_edits

CASES = json.loads((Path(__file__).parent / "cases" / "repair.json").read_text(encoding="utf-8"))
NEGATIVE = [case for case in CASES if case["original"] == case["fixed"]]
LABELS = [case["label"] for case in CASES]
HEALTHY = "“渡口”在下游，水位‘上涨’了；船（木船）停航！为什么？——风太大……见《水文》第３章：１．２节。"


@pytest.mark.parametrize("case", CASES, ids=LABELS)
def test_case(case: dict[str, str]) -> None:
    ledger = repair(Ledger.of(case["original"]))
    assert ledger.text == case["fixed"]
    assert ledger.unrepaired == 0
    assert replay(case["original"], ledger.edits) == case["fixed"]


@pytest.mark.parametrize("case", NEGATIVE, ids=[case["label"] for case in NEGATIVE])
def test_negative_leaves_no_trace(case: dict[str, str]) -> None:
    assert repair(Ledger.of(case["original"])).edits == ()


@pytest.mark.parametrize("case", CASES, ids=LABELS)
def test_repaired_text_is_a_fixed_point(case: dict[str, str]) -> None:
    assert repair(Ledger.of(case["fixed"])).text == case["fixed"]


def test_at_least_as_many_negatives_as_positives() -> None:
    assert len(NEGATIVE) >= len(CASES) - len(NEGATIVE) >= 40


def test_chinese_punctuation_width_and_quotes_survive_beside_mojibake() -> None:
    broken = "渡口在下游".encode().decode("latin-1")
    page = f"{HEALTHY}{broken}{HEALTHY}\n{HEALTHY}"
    assert repair(Ledger.of(page)).text == f"{HEALTHY}渡口在下游{HEALTHY}\n{HEALTHY}"


def test_the_edit_of_a_passage_holds_the_passage_alone() -> None:
    broken = "渡口在下游".encode().decode("latin-1")
    (edit,) = mojibake_edits(f"{HEALTHY}\n{HEALTHY}{broken}，{HEALTHY}")
    assert (edit.before, edit.after, edit.kind) == (broken, "渡口在下游", "utf8_as_latin1")


def test_no_step_moves_a_line_end() -> None:
    page = "\n".join(case["original"] for case in CASES)
    ledger = repair(Ledger.of(page))
    assert ledger.text.count("\n") == page.count("\n")
    assert all(edit.before.count("\n") == edit.after.count("\n") for edit in ledger.edits)


@pytest.mark.parametrize(
    ("page", "marked"),
    [
        ("济南锟斤拷渡口停航", "锟斤拷"),
        ("渡口\ufffd\ufffd停航", "\ufffd\ufffd"),
        ("渡口\ue4f5停航", "\ue4f5"),
        ("香港的渡口\ue4f5停航", "\ue4f5"),
        ("漁(yú)業(yè)產(chǎn)量，型號TN98?34", "?"),
        ("漁(yú)業(yè)產(chǎn)量，奥(lián)", "(lián)"),
    ],
)
def test_what_cannot_be_brought_back_is_marked_and_left(page: str, marked: str) -> None:
    ledger = repair(Ledger.of(page))
    marks = [edit for edit in ledger.edits if not edit.applied]
    assert [edit.before for edit in marks] == [marked]
    assert ledger.unrepaired == 1
    assert marked in ledger.text


def test_a_lost_mark_is_no_damage_on_a_healthy_page_nor_in_an_address() -> None:
    assert clue_edits("型号TN98?34", damaged=False) == []
    assert clue_edits("见http://a.example/x?34", damaged=True) == []


def test_doubled_commas_need_other_damage_or_many_of_them() -> None:
    once = "站长指出，，水位上涨。"
    assert noise_edits(once, damaged=False) == []
    assert replay(once, noise_edits(once, damaged=True)) == "站长指出，水位上涨。"
    assert replay(once * 3, noise_edits(once * 3, damaged=False)) == "站长指出，水位上涨。" * 3


def test_every_step_gives_a_layer() -> None:
    page = "\n".join(case["original"] for case in CASES)
    for step in (mojibake_edits, entity_edits, control_edits):
        layer = step(page)
        assert layer
        assert Ledger.of(page).then(layer).text.count("\n") == page.count("\n")


def test_of_overlapping_edits_the_first_and_longer_stays() -> None:
    def edit(start: int, end: int) -> Edit:
        return Edit(start, end, "x" * (end - start), "", Stage.REPAIR, "demo")

    assert apart([edit(3, 4), edit(0, 2), edit(0, 3)]) == [edit(0, 3), edit(3, 4)]
    assert beside([edit(2, 5)], [edit(0, 2), edit(4, 6), edit(5, 7)]) == [edit(0, 2), edit(2, 5), edit(5, 7)]


def test_stages_do_not_import_heavy_libraries_at_start() -> None:
    heavy = ("ftfy", "opencc", "prefect", "pandas", "pyarrow", "numpy", "trafilatura", "pydantic")
    code = f"import sys, tasks.repair, tasks.script.convert; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@given(st.text(st.sampled_from("渡口(yú漁)ä¸­&#20;\\u6e%E5鐢ㄦ埛\u200b\x00，。?\ue319\ufffd\n"), max_size=60))
def test_never_raises_and_replays(text: str) -> None:
    ledger = repair(Ledger.of(text))
    assert replay(text, ledger.edits) == ledger.text
    assert ledger.text.count("\n") == text.count("\n")


@given(st.text(max_size=40))
def test_never_raises_on_any_text(text: str) -> None:
    ledger = repair(Ledger.of(text))
    assert replay(text, ledger.edits) == ledger.text
