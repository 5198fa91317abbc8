"""Byte shifts: text out of step comes back, healthy text stays, and the work is bounded whatever the page holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.corpus import own
from evals.damage import Damage, damage
from tasks.ledger import Ledger, check_layer, replay
from tasks.records import Edit
from tasks.repair.lm import UNIT, model, symbols
from tasks.repair.shift import LONGEST, WALK, WALK_MORE, has_clue, repair_shifts
from tasks.repair.shift.clues import clues
from tasks.repair.shift.costs import Hyp
from tasks.repair.shift.pairs import characters, is_private, pairs
from tasks.repair.shift.search import Search
from tasks.repair.shift.verdict import LONG, SURE, SURE_FIRST, SURE_LONG

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "shift.json").read_text(encoding="utf-8"))
NEGATIVE = [case for case in CASES if case["original"] == case["fixed"]]
POSITIVE = [case for case in CASES if case["original"] != case["fixed"] and "expect" not in case]


def repaired(text: str, table: dict[str, str] | None = None) -> str:
    return replay(text, repair_shifts(text, table or {}))


def marked(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(strict=True)] if case.get("expect") == "fail" else []
    return pytest.param(case, id=case["label"], marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert repaired(case["original"], case.get("table")) == case["fixed"]


@pytest.mark.parametrize("case", POSITIVE, ids=[case["label"] for case in POSITIVE])
def test_what_comes_out_is_a_fixed_point(case: dict[str, Any]) -> None:
    assert repaired(case["fixed"], case.get("table")) == case["fixed"]


def test_at_least_as_many_negatives_as_positives() -> None:
    assert len(POSITIVE) >= 120
    assert len(NEGATIVE) >= len(POSITIVE)


# The worked examples of how the damage comes about, run forwards by the generator, must come back.
WORKED = [
    ("當地優質產品", {"數": "shù", "優": "yōu", "質": "zhì"}),
    ("他們為山東出力", {"優": "yōu", "發": "fā"}),
    ("市民日報、晚報", {"請": "qǐng", "報": "bào"}),
]


@pytest.mark.parametrize(("text", "table"), WORKED, ids=[text for text, _ in WORKED])
@pytest.mark.parametrize("policy", ["swallow", "question", "fffd", "drop"])
def test_worked_examples_come_back_under_every_policy(text: str, table: dict[str, str], policy: Any) -> None:
    damaged = damage(text, Damage(table, policy=policy))
    edits = repair_shifts(damaged.text, table)
    left = replay(damaged.text, edits)
    for reading in table.values():
        left = left.replace(f"({reading})", "")
    assert damaged.text != text
    assert left == text


def test_a_span_that_is_not_sure_is_left_and_recorded() -> None:
    edits = [e for case in CASES if case.get("expect") for e in repair_shifts(case["original"], case.get("table", {}))]
    left = [edit for edit in edits if not edit.applied]
    assert left
    assert all(edit.confidence < SURE_FIRST and edit.after for edit in left)
    assert all(edit.confidence >= (SURE_LONG if len(edit.after) >= LONG else SURE) for edit in edits if edit.applied)


def test_the_reason_names_the_bytes() -> None:
    [edit] = repair_shifts("當?shù)貎?yōu)質產品", {})
    assert edit.why == (
        "GBK bytes read one out of step: '?shù)' hides B5, the second half of 數; "
        "'?yōu)' stands where 9E of 優 was lost"
    )


def test_what_one_span_shows_counts_for_the_others() -> None:
    sure = "出席人數超過三百次。《海濱遊記》再版。"
    how = Damage(punctuation={"！": "!"}, policy="drop")
    damaged = damage(sure, how)
    assert damaged.spans
    assert repaired(damaged.text) == sure


def test_healthy_texts_of_every_register_stay() -> None:
    for passage in own():
        assert repair_shifts(passage.text, {}) == []


def test_clues_are_found_at_once_and_healthy_text_has_none() -> None:
    assert not has_clue("这段话没有任何问题，读起来很顺。" * 100)
    assert has_clue("當?shù)亍")
    assert [clue.at for clue in clues("產品質量")] == []


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
@settings(deadline=None, max_examples=150)
def test_never_raises(text: str) -> None:
    check_layer(text, repair_shifts(text, {}))


shifted = st.lists(
    st.sampled_from(list("?()!;:、，。！“”《》當地優質產品數報貎厣谥г誓ǎ▌ＷMe_|^ \n\ue319\ue3e2\ufffd€㐀鿿处罚款月日*"))
    | st.just("(shù)")
)


@given(shifted)
@settings(deadline=None, max_examples=200)
def test_never_raises_on_what_looks_damaged_and_edits_replay(parts: list[str]) -> None:
    text = "".join(parts)
    check_layer(text, repair_shifts(text, {}))
    edits = repair_shifts(text, {"質": "zhì", "數": "shù"})
    check_layer(text, edits)
    ledger = Ledger.of(text).then(edits)
    assert ledger.text == replay(text, edits)
    assert text.count("\n") == ledger.text.count("\n")


@pytest.mark.parametrize(
    "page", ["?" * 20_000, "數?" * 5_000, "(shù)" * 3_000, "貎厣" * 5_000, "\ue319" * 5_000, "當!厣" * 3_000]
)
def test_work_is_bounded_by_the_length_of_the_page(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Search] = []
    begin = Search.__init__

    def noted(self: Search, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        made.append(self)

    monkeypatch.setattr(Search, "__init__", noted)
    edits = repair_shifts(page, {})
    assert isinstance(edits, list)
    assert sum(search.steps for search in made) < 70 * len(page) + 600_000


def test_the_pair_table_is_of_pairs() -> None:
    table = characters()
    assert [table[pair] for pair in (0xAE94, 0x94B5)] == ["當", "數"]
    assert [hex(ord(table[pair])) for pair in (0xAAA1, 0xF8A1, 0xA140)] == ["0xe000", "0xe234", "0xe4c6"]
    assert all(table[pair] == char for char, pair in pairs().items() if is_private(char))


def test_the_model_tells_right_from_shifted_text() -> None:
    lm = model()

    def cost(text: str) -> float:
        seen = "\n\n" + symbols(text)
        return sum(lm.cost(*seen[i : i + 3]) for i in range(len(text))) * UNIT / len(text)

    assert cost("这里的居民很热情") < 6 < 8 < cost("貎厣谥г誓咸鼐珳")


@pytest.mark.parametrize("encoding", ["big5", "cp950"])
def test_characters_that_an_encoding_lacked_are_no_halves(encoding: str) -> None:
    """Simplified text written in a traditional encoding is full of '?', and of nothing out of step."""
    texts = [passage.text for passage in own() if passage.script == "Hans"]
    shown = [text.encode(encoding, "replace").decode(encoding) for text in texts]
    assert len(texts) > 10
    assert all(text.count("?") > 5 for text in shown)
    assert [repair_shifts(text, {}) for text in shown] == [[]] * len(shown)


@pytest.mark.parametrize("seen", ["他在走訪??的時間里", "山里的小??，要求日后", "打不出来：\ue5e5，换一个字"])
def test_what_shows_no_byte_of_a_reading_is_left(seen: str) -> None:
    assert repair_shifts(seen, {}) == []


def test_the_model_is_small() -> None:
    import tasks.repair.lm as lm

    assert (Path(lm.__file__).parent / "model.bin").stat().st_size < 12_000_000


def test_edits_are_byte_shifts() -> None:
    edits: list[Edit] = repair_shifts("當?shù)貎?yōu)質產品", {})
    assert {(edit.kind, str(edit.stage)) for edit in edits} == {("byte_shift", "repair")}


@pytest.mark.parametrize("unit", ["(yè)", "\ue000", "?yè)", "，\ufffd业"])
def test_searches_do_not_walk_over_a_page_again_and_again(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []
    run = Search.run

    def counted(self: Search, start: int, clue: int, hidden: bool, limit: int) -> tuple[int, list[Hyp]]:
        end, hyps = run(self, start, clue, hidden, limit)
        walked.append(end - start)
        return end, hyps

    monkeypatch.setattr(Search, "run", counted)
    text = unit * (8_000 // len(unit))
    repair_shifts(text, {})
    assert sum(walked) <= 2 * (WALK * len(text) + WALK_MORE + LONGEST)


LETTERED = """
阿Q正傳 K書中心 T台 A菜 B肝帶原者 C型肝炎 X光片 Q彈 維生素B群 維生素E膠囊 U形管 V領 Y染色體 Z軸 N次方 M型社會
S曲線 L型圍牆 H股 A股 F組 O型血 I卡 J聯賽 R角 大S 老K 紅心A 黑桃Q 打C 很Q 卷A 題C 檔D 區F 棟G 級H 表I 圖J 附件K 欄L
座M 段P 點R 項S 款U 版T 組W 號X 例b 式c 條d 樣本g 高度h 指數i 變數j 質量m 半徑r 距離s 時間t 速度v 權重w 未知數x
"""
SAID = ("他昨天提到{}，大家都笑了。\n", "有關{}的說明請見下一頁。\n")


@pytest.mark.parametrize("run", ["這家店從事養硺I已經十多年了。", "她把父邞甄織U子掛在門後的釘子上。"])
def test_honest_letters_stay_on_pages_that_are_known_to_have_lost_bytes(run: str) -> None:
    """They look like trail bytes whose lead byte is lost: of 126 three at most may be taken for some."""
    assert any(edit.applied for edit in repair_shifts(run, {}))
    lines = [said.format(word) for word in LETTERED.split() for said in SAID]
    assert len(lines) == 126
    changed = [line for line in lines if not repaired(line + run).startswith(line)]
    assert len(changed) <= 3, changed
