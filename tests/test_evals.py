"""The evaluation itself: its texts, its judgement, its gate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import cli, floors, systems
from evals.corpus import own
from evals.damage import Damage, damage
from evals.leaks import RECORD, leaked, texts_hash
from evals.pairs import encoding_of
from evals.run import cases, figures, measure
from evals.score import score
from evals.systems import Change
from evals.tables import KINDS, POOL, draw_table
from evals.traps import trapped

PASSAGES = own()


def test_there_is_enough_text_in_both_scripts_and_many_registers() -> None:
    paragraphs = {s: [p for t in PASSAGES if t.script == s for p in t.text.splitlines()] for s in ("Hans", "Hant")}
    assert len(paragraphs["Hans"]) >= 60
    assert len(paragraphs["Hant"]) >= 15
    assert len({passage.register for passage in PASSAGES}) >= 20


def test_a_copied_sentence_is_found_in_either_script_and_whatever_its_marks() -> None:
    sentence = next(p for p in PASSAGES if p.register == "local").text[30:70]
    from opencc import OpenCC

    assert leaked([sentence.replace("，", ","), "無關的一行"]) == [sentence.replace("，", ",")]
    assert leaked([OpenCC("s2t").convert(sentence)])


def test_none_of_the_texts_is_in_what_the_model_was_built_from() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert record["texts"] == texts_hash(), "the texts changed: run python -m evals.leaks over the training files"
    assert record["training"]
    assert {name: found["leaked"] for name, found in record["training"].items() if found["leaked"]} == {}


def test_readings_of_a_drawn_table_are_of_the_pool() -> None:
    from random import Random

    table = draw_table(Random(3), 150)
    assert len(table) == 150
    assert set(table) <= set(POOL)


def test_the_pool_is_of_characters_that_gbk_has_and_gb2312_lacks() -> None:
    assert len(set(POOL)) == len(POOL) >= 150
    assert set(POOL) <= encoding_of("gbk").keys()
    assert POOL.encode("gb2312", "ignore") == b""


def test_cases_are_the_same_every_time_and_of_every_kind() -> None:
    first, second = (cases(PASSAGES, len(PASSAGES) * len(KINDS), joined) for joined in (1, 1))
    assert [c.damaged.text for c in first] == [c.damaged.text for c in second]
    assert {c.kind for c in first} == set(KINDS)
    registers = {(c.kind, c.parts[0].register) for c in first}
    assert len(registers) == len(set(KINDS)) * len(PASSAGES)


def test_the_truth_scores_right_everywhere_and_harms_nothing() -> None:
    def perfect(text: str) -> list[Change]:
        damaged = next(case.damaged for case in made if case.damaged.text == text)
        spans = [Change(s.start, s.end, s.right, 0.95) for s in damaged.spans if s.end > s.start]
        return spans + [Change(a, b, "", splice=True) for a, b in damaged.splices]

    made = cases(PASSAGES, len(KINDS) * len(PASSAGES))
    tally = measure(perfect, made, [])
    measured = figures(tally)
    assert measured["class3_right"] == measured["splices_gone"] == measured["sure_right"] == 1.0
    assert measured["harmed_per_million_max"] == 0.0


def test_a_wrong_reading_is_wrong_though_the_splices_are_gone() -> None:
    damaged = damage("當地優質", Damage({"數": "shù", "當": "dāng", "優": "yōu"}))
    (span,) = damaged.spans
    aligned = [Change(a, b, "", splice=True) for a, b in damaged.splices]
    for reading, outcome in (("地優", "right"), ("地憂", "wrong")):
        (judged,) = score(damaged, [*aligned, Change(span.start, span.end, reading)]).spans
        assert judged.outcome == outcome


def test_a_change_of_healthy_text_counts_and_one_of_width_does_not() -> None:
    damaged = damage("好，天气好", Damage())
    assert score(damaged, [Change(2, 3, "大")]).harmed == 1
    assert score(damaged, [Change(1, 2, ",")]).harmed == 0
    assert score(damaged, [Change(2, 3, "大", applied=False)]).false_flags == 1


def test_an_edit_that_takes_context_with_it_is_judged_over_all_it_covers() -> None:
    damaged = damage("當地優質", Damage({"數": "shù", "當": "dāng", "優": "yōu"}))
    whole = Change(0, len(damaged.text), "當地優質")
    assert [s.outcome for s in score(damaged, [whole]).spans] == ["right"]
    assert score(damaged, [whole]).harmed == 0


def test_peers_leave_shifts_as_they_are() -> None:
    made = cases(PASSAGES, 40)
    for system in (systems.ftfy_defaults, systems.plain_splice_removal):
        assert figures(measure(system, made, []))["class2_right"] == 0.0


def test_the_gate_fails_when_a_figure_is_below_its_floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "floors.json"
    monkeypatch.setattr(floors, "FLOORS", file)
    monkeypatch.setattr(cli, "QUICK_PAGES", 15)
    monkeypatch.setattr(cli, "QUICK_BYTES", 1)
    monkeypatch.setattr(cli, "packaged", lambda limit: [])
    monkeypatch.setitem(systems.SYSTEMS, "qingwen", lambda text: [])
    arguments = ["--quick", "--gate", "--only", "qingwen"]
    file.write_text(json.dumps({"quick": {"splices_gone": 0.0}}), encoding="utf-8")
    assert cli.main(arguments) == 0
    file.write_text(json.dumps({"quick": {"splices_gone": 0.9}}), encoding="utf-8")
    assert cli.main([*arguments, "--raise-floors"]) == 1
    lifted = json.loads(file.read_text(encoding="utf-8"))["quick"]
    assert (lifted["splices_gone"], lifted["harmed_per_million_max"]) == (0.9, 0.01)


def test_traps_count_as_healthy_text_of_their_page() -> None:
    made = trapped(cases(PASSAGES, 3))
    assert made
    for case in made:
        damaged = case.damaged
        assert damaged.text[damaged.before.index(damaged.before[-1]) :] == ""
        assert len(damaged.before) == len(damaged.text) + 1
        assert score(damaged, [Change(len(damaged.text) - 1, len(damaged.text), "壞")]).harmed == 1


def test_floors_are_set_for_every_figure() -> None:
    held = json.loads(floors.FLOORS.read_text(encoding="utf-8"))
    names = {*figures(measure(lambda text: [], cases(PASSAGES, 1), [])), "harmed_beside_damage_max"}
    assert set(held["quick"]) == set(held["full"]) == names
