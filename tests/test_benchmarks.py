"""The benchmark's own parts: pages of the sizes it says, ceilings for every ratio, and a gate that closes."""

from __future__ import annotations

import json

from benchmarks.__main__ import CEILINGS, above, growth_table, ratios, stage_table, table
from benchmarks.chart import chart
from benchmarks.corpora import damaged, healthy, mixed
from benchmarks.growth import Growth
from tasks.records import Script
from tasks.script.detect import detect_script

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
    assert all(name in table("Hans", COSTS) and name in stage_table("Hans", COSTS) for name in COSTS)
    assert "75" in growth_table(grown)
    assert chart(grown).count("<polyline") == 2
