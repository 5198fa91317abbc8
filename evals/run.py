"""Damage held-out text in every way, repair it, and count what came of it."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from evals.corpus import Passage
from evals.damage import Damage, Damaged, damage
from evals.score import Score, SpanScore, score
from evals.systems import System
from evals.tables import KINDS, draw_damage


@dataclass(frozen=True, slots=True)
class Case:
    """A damaged page: where its text is from, how it was damaged, and the result."""

    parts: tuple[Passage, ...]
    kind: str
    how: Damage
    damaged: Damaged


@dataclass(slots=True)
class Tally:
    """What a system made of all cases; spans, and splices in step, by group and outcome.

    `readings` counts the spans of a group whose reading was right, applied or not."""

    spans: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    readings: Counter[tuple[str, str]] = field(default_factory=Counter)
    calibration: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    harmed: int = 0
    healthy: int = 0
    flags: int = 0
    splices: int = 0
    splices_gone: int = 0
    clean_harmed: int = 0
    clean_chars: int = 0
    seconds: float = 0.0


def cases(passages: list[Passage], count: int, joined: int = 1) -> list[Case]:
    """`count` damaged pages of `joined` passages of one script each, drawn by number: always the same ones.

    Each passage is the first of a page equally often, with every kind of damage.
    """
    made = []
    for number in range(count):
        random = Random(number)
        first = passages[number % len(passages)]
        others = [p for p in passages if p.script == first.script and p is not first]
        parts = (first, *random.sample(others, min(joined - 1, len(others))))
        kind = KINDS[number // len(passages) % len(KINDS)]
        how = draw_damage(random, kind, first.script)
        text = "\n".join(part.text.rstrip("\n") for part in parts)
        made.append(Case(parts, kind, how, damage(text, how, seed=number)))
    return made


def measure(system: System, made: Iterable[Case], clean: Iterable[str]) -> Tally:
    """Run a system over damaged and clean pages."""
    tally = Tally()
    for case in made:
        started = time.perf_counter()
        changes = system(case.damaged.text)
        tally.seconds += time.perf_counter() - started
        _add(tally, case, score(case.damaged, changes))
    for text in clean:
        result = score(Damaged(text, text, (), tuple(range(len(text) + 1)), (), b""), system(text))
        tally.clean_chars += len(text)
        tally.clean_harmed += result.harmed
        tally.flags += result.false_flags
    return tally


def _add(tally: Tally, case: Case, result: Score) -> None:
    for judged in result.spans:
        for group in _groups(case, judged):
            tally.spans[group][judged.outcome] += 1
            tally.readings[group] += judged.reading_right
        if judged.confidence is not None:
            tally.calibration[_decile(judged.confidence)]["right" if judged.reading_right else "wrong"] += 1
    for confidence in result.false_confidences:
        tally.calibration[_decile(confidence)]["wrong"] += 1
    tally.harmed += result.harmed
    tally.healthy += result.healthy
    tally.flags += result.false_flags
    if result.splices:
        forms = tally.spans["class 1 splices", case.how.form]
        forms["right"] += result.splices_gone
        forms["unseen"] += result.splices - result.splices_gone
    tally.splices += result.splices
    tally.splices_gone += result.splices_gone


def _decile(confidence: float) -> int:
    return min(9, int(confidence * 10))


def _groups(case: Case, judged: SpanScore) -> list[tuple[str, str]]:
    """The rows of the table that a span counts in."""
    gone = min(judged.span.gone, 4)
    way = judged.span.way if case.how.encoding == "gbk" else "lost, big5"
    size = len(judged.span.right)
    length = "1-2" if size <= 2 else "3-5" if size <= 5 else "6-15" if size <= 15 else "16+"
    clued = "class 2" if judged.span.way != "lost" else "class 3"
    groups = [
        ("all", clued),
        ("way in", way),
        ("policy", f"{clued}, {case.how.policy}"),
        ("bytes gone", f"{clued}, {gone}{'+' if gone == 4 else ''}"),
        ("characters", f"{clued}, {length}"),
        ("register", f"{clued}, {_register(case, judged)}"),
    ]
    if clued == "class 2":
        kind = "2 or more" if gone >= 2 else "only what the clue implies" if gone == 0 else "1"
        groups.append(("class 2 by loss", kind))
    return groups


def _register(case: Case, judged: SpanScore) -> str:
    """The register of the passage that a span lies in."""
    line = case.damaged.text.count("\n", 0, judged.span.start)
    for part in case.parts:
        line -= part.text.rstrip("\n").count("\n") + 1
        if line < 0:
            return part.register
    return case.parts[-1].register


def figures(tally: Tally) -> dict[str, float]:
    """The figures that floors are set on; shares of 1, and characters per million.

    Names that end in `_max` are ceilings.
    """
    loss = ("class 2 by loss", "only what the clue implies"), ("class 2 by loss", "2 or more")
    sure = tally.calibration[9]
    return {
        "class2_implied_right": share(tally.spans[loss[0]], "right"),
        "class2_two_gone_right": share(tally.spans[loss[1]], "right"),
        "class2_right": share(tally.spans["all", "class 2"], "right"),
        "class2_wrong_max": share(tally.spans["all", "class 2"], "wrong"),
        "class3_right": share(tally.spans["all", "class 3"], "right"),
        "class3_wrong_max": share(tally.spans["all", "class 3"], "wrong"),
        "splices_gone": tally.splices_gone / max(tally.splices, 1),
        "sure_right": sure["right"] / max(sure.total(), 1),
        "harmed_per_million_max": 1e6 * tally.harmed / max(tally.healthy, 1),
        "clean_harmed_per_million_max": 1e6 * tally.clean_harmed / max(tally.clean_chars, 1),
    }


def share(counts: Counter[str], outcome: str) -> float:
    return counts[outcome] / max(counts.total(), 1)


def clean_texts(passages: list[Passage]) -> list[str]:
    """The passages as they are, and those in simplified script once more in traditional."""
    from opencc import OpenCC

    convert = OpenCC("s2t").convert
    return [p.text for p in passages] + [convert(p.text) for p in passages if p.script == "Hans"]
