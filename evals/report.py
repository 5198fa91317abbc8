"""Print what was measured."""

from __future__ import annotations

from collections.abc import Iterable

from evals.from_bytes import LinesScore
from evals.run import Case, Tally, share
from evals.score import score
from evals.systems import System


def show(name: str, tally: Tally) -> None:
    """Print one system's tables."""
    print(f"\n== {name} ==   {tally.seconds:.1f} s for all damaged pages")
    print(f"{'':18}{'':28}{'spans':>7}{'right':>8}{'wrong':>8}{'flagged':>9}{'unseen':>8}{'reading right':>15}")
    last = ""
    for group, row in sorted(tally.spans):
        counts = tally.spans[group, row]
        cells = "".join(
            f"{100 * share(counts, outcome):>{width - 1}.1f}%"
            for outcome, width in (("right", 8), ("wrong", 8), ("flagged", 9), ("unseen", 8))
        )
        known = f"{100 * tally.readings[group, row] / counts.total():14.1f}%" if (group, row) in tally.readings else ""
        print(f"{group if group != last else '':18}{row:28}{counts.total():>7}{cells}{known}")
        last = group
    print(f"splices in step removed: {tally.splices_gone} of {tally.splices}")
    print(f"healthy characters changed: {tally.harmed} of {tally.healthy} on damaged pages,", end=" ")
    print(f"{tally.clean_harmed} of {tally.clean_chars} on clean ones; healthy places flagged: {tally.flags}")
    for decile, counts in sorted(tally.calibration.items()):
        if counts.total():
            right = f"{100 * share(counts, 'right'):.1f}% right"
            print(f"confidence {decile / 10:.1f} and up: {counts.total():>6} readings, {right}")


def show_bytes(scores: Iterable[LinesScore]) -> None:
    """Print what became of the lines of pages that lost bytes before they were decoded."""
    heads = "".join(f"{outcome:>8}" for outcome in ("lines", "exact", "whole", "misread", "out"))
    print(f"\nclass 3 from bytes   {'bytes lost':>10}{heads}{'healthy harmed':>18}")
    for found in scores:
        counts = found.outcomes
        cells = "".join(f"{100 * share(counts, outcome):7.1f}%" for outcome in ("exact", "whole", "misread", "out"))
        print(f"{found.encoding:21}{found.lost:>10}{counts.total():>8}{cells}{found.harmed:>10} of {found.healthy}")


def show_wrong(system: System, made: list[Case], limit: int) -> None:
    """Print the first spans that a system did not get right, with what stood there and what should."""
    for case in made:
        for judged in score(case.damaged, system(case.damaged.text)).spans:
            if judged.outcome != "right" and limit > 0:
                limit -= 1
                span = judged.span
                around = case.damaged.text[max(0, span.start - 4) : span.end + 4]
                print(f"{judged.outcome:8}{case.how.policy:9}{span.way:7}{span.gone}  {around!r}")
                print(f"      got {judged.reading!r}, should be {judged.want!r}")
