"""The compiled search finds what the one in Python finds, to the last hypothesis, and the package works without it."""

from __future__ import annotations

import json
import shutil
import sysconfig
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.corpus import own
from evals.run import cases
from tasks.ledger import Ledger, replay
from tasks.records import Edit
from tasks.repair import repair
from tasks.repair.shift import costs, kernel, repair_shifts, search
from tasks.repair.shift.costs import Hyp
from tasks.repair.shift.search import Search

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "shift.json").read_text(encoding="utf-8"))
needs_it = pytest.mark.skipif(kernel.compiled is None, reason="installed without a C compiler")


@pytest.fixture
def uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "compiled", None)


def test_it_is_there_where_there_is_a_compiler() -> None:
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    assert kernel.compiled or not (shutil.which("cc") and headers.exists())


class Both(Search):
    """A search that is made both ways, and counts how often."""

    made = 0

    def learn(self, edits: Any) -> None:
        known = list(edits)
        super().learn(known)
        super(Search, self).learn(known)

    def walk_compiled(self, start: int, clue: int, hidden: bool, stop: int) -> tuple[int, list[Hyp]]:
        before = self.steps
        found, steps = super().walk_compiled(start, clue, hidden, stop), self.steps
        self.steps = before
        assert found == self.walk(start, clue, hidden, stop)
        assert steps == self.steps
        Both.made += 1
        return found


def both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.repair.shift.Search", Both)
    monkeypatch.setattr(Both, "made", 0)


@needs_it
def test_on_damage_of_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    both_ways(monkeypatch)
    for case in cases(own(), 120):
        repair(Ledger.of(case.damaged.text))
    assert Both.made > 500


@needs_it
def test_on_cases_and_their_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    both_ways(monkeypatch)
    for case in CASES:
        repair_shifts(case["original"], case.get("table", {}))
    assert Both.made > 150


# What stands in a run, at its ends, and where the two could differ: quotations, letters, NUL, beyond the basic plane.
PARTS = [
    *"?()!;:、，。！“”《》「」『』‘’％（）%€當地優質產品數報貎厣谥г誓ǎ▌ＷMe_|^@~ \n\0\x80\ue319\ue3e2\ue5e5\ufffd",
    "\N{CJK UNIFIED IDEOGRAPH-20021}",
    *("(shù)", "(shu)", "(shù)(shù)", "?shù)", "\ufffd(yōu)", "?(zhì )", "（fā）", "數(shù)", "質(zhì)"),
]


@needs_it
@given(st.lists(st.sampled_from(PARTS), max_size=60), st.booleans())
@settings(deadline=None, max_examples=250)
def test_on_anything_at_all(parts: list[str], damaged: bool) -> None:
    text = "".join(parts)
    made = Both(text, {"質": "zhì", "數": "shù"})
    made.damaged, made.hit = damaged, frozenset("!?")
    made.learn([Edit(0, 0, "", "當地優質「數報」", "repair", "byte_shift")])  # type: ignore[arg-type]
    places = Random(text)
    for _ in range(3):
        if text:
            clue = places.randrange(len(text))
            assert made.shifted(clue, 3) == super(Search, made).shifted(clue, 3)
            made.run(max(0, clue - places.randrange(4)), clue, places.random() < 0.5, costs.WIDTH * 10)


@needs_it
def test_a_long_page_is_searched_as_the_short_one_is() -> None:
    """Beyond what is remembered of a page, and beyond the longest search."""
    part = "當?shù)貎?yōu)質產品的數(shù)量，"
    text = part * 2_500
    [*first, last] = repair_shifts(text, {"數": "shù"})[-2:]
    assert replay(part, repair_shifts(part, {"數": "shù"})) in replay(text, [*first, last])


@pytest.mark.usefixtures("uncompiled")
def test_without_it_cases_come_out_the_same() -> None:
    found = [replay(case["original"], repair_shifts(case["original"], case.get("table", {}))) for case in CASES[::3]]
    assert found == [
        case["fixed"] if "expect" not in case else was for case, was in zip(CASES[::3], found, strict=True)
    ]


@needs_it
@pytest.mark.parametrize(("start", "stop"), [(-1, 3), (2, 1), (0, 99)])
def test_a_search_outside_its_page_is_refused(start: int, stop: int) -> None:
    page = Search("當?shù)貎?yōu)質", {}).compiled
    assert page
    with pytest.raises(ValueError, match="from one place of its page"):
        page.run(start=start, clue=1, stop=stop, hidden=False, damaged=False, hit="", open="", first=("\n", "\n", "\n"))


@needs_it
def test_an_error_of_what_it_calls_comes_through() -> None:
    made = Search("數(shù)量", {})
    assert made.compiled
    made.splices._text = ""
    with pytest.raises(IndexError):
        made.run(0, 0, False, 100)
