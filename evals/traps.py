"""Healthy lines that look damaged, on pages that are: the page's damage must not be held against them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

from evals.damage import Damaged
from evals.run import Case

NEGATIVES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "negatives.json"
LINES = 6  # traps on a page
_GLOSS = re.compile(r"[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)）]")


def trapped(made: list[Case]) -> list[Case]:
    """The pages that splices and marks damaged, each with a few healthy lines of tests/cases/negatives.json after it.

    Lines with glosses are left out: beside a tool's splices nobody can tell them apart for sure.
    """
    lines = [line for line in _healthy() if not _GLOSS.search(line)]
    pages = [case for case in made if case.kind in ("splices", "marks")]
    return [
        Case(case.parts, case.kind, case.how, _with(case.damaged, "\n".join(Random(n).sample(lines, LINES))))
        for n, case in enumerate(pages)
    ]


def _healthy() -> list[str]:
    cases: list[dict[str, str]] = json.loads(NEGATIVES.read_text(encoding="utf-8"))
    return [case["original"] for case in cases]


def _with(damaged: Damaged, trap: str) -> Damaged:
    """`damaged` with a healthy text after it.

    >>> page = _with(Damaged("數(shù)", "數", (), (0, 1, 1, 1, 1, 1, 1), ((1, 6),), b""), "真的?")
    >>> page.text, page.before[-4:]
    ('數(shù)\\n真的?', (2, 3, 4, 5))
    """
    right = f"{damaged.right}\n{trap}"
    before = (*damaged.before, *range(len(damaged.right) + 1, len(right) + 1))
    return Damaged(f"{damaged.text}\n{trap}", right, damaged.spans, before, damaged.splices, damaged.raw)
