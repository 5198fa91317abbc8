"""The benchmark's own parts: pages of the sizes it says, ceilings for every ratio, and a gate that closes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import calls
from benchmarks.__main__ import CEILINGS, above, growth_table, ratios, table
from benchmarks.chart import chart
from benchmarks.corpora import corpora, damaged, healthy, mixed
from benchmarks.growth import Growth
from benchmarks.share import make, measured
from benchmarks.stages import costs_of_stages, profile, stage_table
from tasks.records import Script
from tasks.script.detect import detect_script
from tests.runs import data

NAMES = ("Hans, short", "Hant, short", "Hans", "Hant", "mixed scripts", "marked", "Hans, long", "damaged")
COSTS = dict.fromkeys(
    ("ftfy.fix_text", "floor", "repair", "curate_page", "qingwen fix", "decode", "chardet.detect"), 2.0
)


def test_pages_have_their_size_and_script() -> None:
    assert [len(text) for text in healthy("Hans", 500, 2)] == [500, 500]
    assert detect_script(healthy("Hant", 2000, 1)[0]) is Script.HANT
    assert detect_script(mixed(4000, 1)[0]) is Script.MIXED
    assert damaged(1000, 1)[0] not in healthy("Hant", 1000, 1)


def test_every_ratio_has_a_ceiling_and_every_ceiling_a_ratio() -> None:
    found = ratios(dict.fromkeys((*NAMES, "GB18030", "Big5"), COSTS))
    ceilings = json.loads(CEILINGS.read_text(encoding="utf-8"))
    assert set(found) == set(ceilings)


def test_the_gate_names_what_is_above_its_ceiling() -> None:
    assert above({"a": 0.2, "b": 3.0}, {"a": 0.2, "b": 2.0}) == ["b: 3.00 is above the ceiling of 2.00"]


def test_tables_and_the_chart_show_every_row() -> None:
    grown = [Growth("repair", (10, 1000), (4.0, 3.0)), Growth("strip", (10, 1000), (2.0, 2.0))]
    assert grown[0].ratio == 75
    assert all(name in table("Hans", COSTS) for name in COSTS)
    assert "75" in growth_table(grown)
    assert chart(grown).count("<polyline") == 2


def test_stages_are_told_with_bytes_share_and_memory() -> None:
    corpus = next(one for one in corpora(0.01) if one.name == "HTML")
    costs = costs_of_stages(corpus, 1)
    assert [one.stage for one in costs] == ["decode", "repair", "script", "strip", "segment", "convert", "rows"]
    assert costs[0].bytes_in == sum(len(page.raw) for page in corpus.pages)
    assert sum(one.share for one in costs) == pytest.approx(1)
    assert all(one.micros > 0 and one.peak > 0 for one in costs)
    assert all(one.stage in stage_table("HTML", costs) for one in costs)
    assert "tasks/" in profile(corpus.pages)


def test_prefects_share_is_measured_on_the_same_pages(tmp_path: Path) -> None:
    make(tmp_path / "raw", 40)
    loop = measured("loop", str(tmp_path / "raw"), str(tmp_path / "loop"), 2**16)
    crew = measured("crew", str(tmp_path / "raw"), str(tmp_path / "crew"), 2**16)
    assert (loop["pages"], loop["shards"]) == (crew["pages"], crew["shards"])
    assert loop["pages"] == 40
    assert data(tmp_path / "loop") == data(tmp_path / "crew")


def test_no_stage_makes_more_calls_than_it_did() -> None:
    """The gate on speed that every run of the tests passes: counts of calls are the same on a busy machine. A change
    that is worth its cost has new ceilings pinned, by `python -m benchmarks.calls --pin`."""
    found = dict(calls.counted())
    assert calls.above(found, calls.ceilings()) == []
    assert set(found) == set(calls.ceilings())


def test_a_stage_that_does_its_work_in_python_is_noticed() -> None:
    text = healthy("Hans", 3000, 1)[0]
    assert calls.calls_of(lambda: text.count("，")) < 5
    assert calls.calls_of(lambda: sum(letter == "，" for letter in text)) > 3000
