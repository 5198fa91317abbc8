"""Mis-decoded passages: what comes back, what is left and counted, what is never touched, and what it costs."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.corpus import own
from evals.mojibake import CHAINS, misread
from tasks.ledger import Ledger, replay
from tasks.repair import mojibake
from tasks.repair.mojibake import mojibake_edits
from tasks.repair.mojibake.chains import name
from tasks.repair.mojibake.clue import clues
from tasks.repair.mojibake.codecs import READERS, WRITERS

CASES = json.loads((Path(__file__).parent / "cases" / "mojibake.json").read_text(encoding="utf-8"))
LOST = json.loads((Path(__file__).parent / "cases" / "mojibake_lost.json").read_text(encoding="utf-8"))
POSITIVE = [case for case in CASES if case["original"] != case["fixed"]]
NEGATIVE = [case for case in CASES if case["original"] == case["fixed"]]
HEALTHY = "渡船靠了岸，挑担的人一个接一个走上石阶，雾还没有散。"


@pytest.mark.parametrize("case", POSITIVE, ids=[case["label"] for case in POSITIVE])
def test_a_passage_comes_back_with_its_chain_as_the_kind(case: dict[str, str]) -> None:
    edits = mojibake_edits(case["original"])
    ledger = Ledger.of(case["original"]).then(edits)
    assert ledger.text == case["fixed"] == replay(case["original"], edits)
    assert ledger.unrepaired == 0
    assert sorted({edit.kind for edit in edits}) == case["kinds"]
    assert all(edit.confidence > 0.85 for edit in edits)


@pytest.mark.parametrize("case", NEGATIVE, ids=[case["label"] for case in NEGATIVE])
def test_healthy_text_leaves_no_trace(case: dict[str, str]) -> None:
    assert mojibake_edits(case["original"]) == []


@pytest.mark.parametrize("case", POSITIVE, ids=[case["label"] for case in POSITIVE])
def test_what_came_back_is_left_alone(case: dict[str, str]) -> None:
    assert mojibake_edits(case["fixed"]) == []


@pytest.mark.parametrize("case", LOST, ids=[case["label"] for case in LOST])
def test_what_is_lost_stays_marked_and_is_counted(case: dict[str, str]) -> None:
    ledger = Ledger.of(case["original"]).then(mojibake_edits(case["original"]))
    assert ledger.text == case["fixed"]
    assert ledger.unrepaired == case["unrepaired"]
    assert sorted({edit.kind for edit in ledger.edits}) == case["kinds"]


def test_negatives_are_not_fewer_and_all_labels_differ() -> None:
    assert len(NEGATIVE) >= len(POSITIVE) >= 30
    assert len({case["label"] for case in CASES}) == len(CASES)


def test_all_healthy_texts_on_one_page_are_left_alone() -> None:
    assert mojibake_edits("\n".join(case["original"] for case in NEGATIVE)) == []


def test_a_healthy_page_around_a_passage_stays() -> None:
    broken = "挑担的人走上石阶".encode().decode("latin-1")
    page = f"{HEALTHY}\n{HEALTHY}{broken}，{HEALTHY}\n{HEALTHY}"
    (edit,) = mojibake_edits(page)
    assert (edit.before, edit.after, edit.kind) == (broken, "挑担的人走上石阶", "utf8_as_latin1")


def test_held_out_texts_are_left_alone_as_they_are() -> None:
    assert [passage.register for passage in own() if mojibake_edits(passage.text)] == []


def test_a_mark_stands_between_two_edits_where_nothing_of_the_loss_is_left() -> None:
    page, _ = misread("磨坊的水轮停了\ufffd\ufffd守坊人抬高闸板", ("utf-8", "gb18030"))  # out of step by then
    ledger = Ledger.of(page).then(mojibake_edits(page))
    assert ledger.text == "磨坊的水轮停了\ufffd守坊人抬高闸板"
    assert [(edit.before, edit.applied) for edit in ledger.edits][1] == ("", False)
    assert ledger.unrepaired == 1


def test_a_number_is_not_deduced() -> None:
    page, lost = misread("渡口离城三里，船票七角", ("utf-8", "gbk"))
    assert any(lost)
    fixed = replay(page, mojibake_edits(page))
    assert "渡口离城" in fixed
    assert not set("一二四五六八九十") & set(fixed)


def test_a_healthy_page_never_reaches_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mojibake, "best_chain", lambda *_: pytest.fail("a place was looked at"))
    assert not clues(HEALTHY * 100)
    assert mojibake_edits(HEALTHY * 100) == []


def test_after_many_clues_in_vain_few_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(mojibake, "best_chain", lambda line, at, known: calls.append(at))
    rare = "".join(chr(code) for code in range(0x3400, 0x3400 + 1200))
    mojibake_edits("\n".join(rare[at : at + 12] for at in range(0, 1200, 12)))
    assert 48 < len(calls) < 60


def test_the_end_of_a_page_of_rare_characters_is_still_read() -> None:
    rare = "\n".join(chr(code) * 2 + chr(code + 1) for code in range(0x3400, 0x3600))
    passage = "挑担的人一个接一个走上石阶".encode().decode("latin-1")
    assert mojibake_edits(f"{rare}\n" + f"{passage}\n" * 16)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("writer", WRITERS)
def test_every_chain_has_a_name(reader: str, writer: str) -> None:
    kind = name(((reader, writer),), "ä")
    assert kind.startswith(f"{writer}_as_")
    assert kind.isidentifier()


@pytest.mark.parametrize(
    "unit",
    [
        "\ufffd涓",
        "ä¸\xad",
        "É½",
        "鐢ㄦ埛\ufffd",
        "".join(chr(code) for code in range(0x3400, 0x3440)),
        "ｶﾌ\ufffd",
        "がむ瓣",
        "?è",
        "锟斤拷",
    ],
)
def test_work_grows_with_length_only(unit: str) -> None:
    def seconds(count: int) -> float:
        page = (unit * count)[: 4 * count]
        taken = []
        for _ in range(3):  # the least of them: a collection of garbage takes half a second in a long run of tests
            start = time.process_time()
            mojibake_edits(page)
            taken.append(time.process_time() - start)
        return min(taken)

    seconds(100)
    small, large = seconds(600), seconds(3600)
    assert large < 15 * small + 0.5


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    ledger = Ledger.of(text).then(mojibake_edits(text))
    assert ledger.text.count("\n") == text.count("\n")


@given(
    st.text(alphabet="的一是不了在人有渡口船桥磨坊水，。“”；三ABC12", min_size=4, max_size=40),
    st.sampled_from(CHAINS),
    st.text(alphabet="\ufffd?锟斤拷\n\t É鐢がﾊ가", max_size=5),
)
def test_damage_of_any_kind_keeps_its_line_ends(text: str, chain: tuple[str, ...], more: str) -> None:
    page = misread(text.encode(chain[0], "ignore").decode(chain[0]), chain)[0] + more
    edits = mojibake_edits(page)
    ledger = Ledger.of(page).then(edits)
    assert ledger.text == replay(page, edits)
    assert ledger.text.count("\n") == page.count("\n")
    assert all(edit.stage == "repair" for edit in edits)


def test_a_mark_on_a_loss_stands_before_the_letters_that_begin_there() -> None:
    text = "鐢ㄦ\ue000拷Ã¤>>\u200bä¸\xad"
    spans = [(edit.start, edit.end, edit.applied) for edit in mojibake_edits(text)]
    assert spans == [(0, 4, True), (4, 4, False), (4, 6, True)]
