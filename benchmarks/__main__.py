"""`make bench`: our stages and the whole chain beside the peers and the floor, as ratios measured in one run.

    python -m benchmarks                 all corpora, five rounds: some minutes
    python -m benchmarks --quick         fewer pages, three rounds: a first look
    python -m benchmarks --json out.json the figures, besides the tables
    python -m benchmarks --gate          fail if a ratio is above its ceiling in benchmarks/ceilings.json

Figures are microseconds of processor time a thousand characters on one core, the median of the rounds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import datajuicer, datatrove
from benchmarks.chart import chart
from benchmarks.corpora import Corpus, corpora
from benchmarks.growth import LARGE, SMALL, Growth, growth
from benchmarks.measure import medians, pin
from benchmarks.stages import costs_of_stages, stage_table, write_profile
from benchmarks.subjects import works_on

CEILINGS = Path(__file__).with_name("ceilings.json")
_PEER, _FLOOR = "ftfy.fix_text", "floor"
_STAGES_ON = ("Hans", "Hant", "damaged", "HTML")
_PIPELINES_ON = ("Hans, many", "Hant, many", "damaged, many")

Costs = dict[str, float]  # microseconds a thousand characters, by what was timed


def costs_of(corpus: Corpus, rounds: int) -> Costs:
    """What everything that is timed on a corpus costs."""
    works = works_on(corpus)
    for name, peer in (("datatrove", datatrove), ("data-juicer", datajuicer)):
        if peer.is_installed() and corpus.name in _PIPELINES_ON:
            works[name] = partial(peer.run, corpus.texts)
    return {name: seconds / corpus.chars * 1e9 for name, seconds in medians(works, rounds).items()}


def table(name: str, costs: Costs) -> str:
    """A corpus's figures: cost, how many times ftfy's, how many times the floor's."""
    lines = [f"{name:16}{'':24}{'µs per 1000':>12}{'of ftfy':>10}{'of floor':>10}"]
    for what, cost in costs.items():
        lines.append(f"{'':16}{what:24}{cost:12,.1f}{cost / costs[_PEER]:10.2f}{cost / costs[_FLOOR]:10.1f}")
    return "\n".join(lines)


def growth_table(found: Sequence[Growth]) -> str:
    """What pages of rising size cost a stage, and how many times the time the longest take."""
    lines = [f"{'size':16}{'stage':24}" + "".join(f"{size:>12,}" for size in found[0].sizes) + f"{'times':>10}"]
    cells = ("".join(f"{cost:12,.1f}" for cost in one.costs) + f"{one.ratio:10.0f}" for one in found)
    lines += (f"{'':16}{one.stage:24}{row}" for one, row in zip(found, cells, strict=True))
    return "\n".join(lines) + f"\n{'':16}{LARGE // SMALL} times the text; times: how many times the processor time"


def ratios(measured: Mapping[str, Costs]) -> dict[str, float]:
    """The ratios that have ceilings: `corpus: what / beside what`."""
    pairs = {
        "repair": ("Hans, short", "Hant, short", "Hans", "Hant", "mixed scripts", "marked", "Hans, long"),
        "curate_page": ("Hans, short", "Hans", "Hant", "Hans, long", "damaged"),
        "qingwen fix": ("Hans", "damaged"),
    }
    found = {
        f"{corpus}: {what} / {_PEER}": measured[corpus][what] / measured[corpus][_PEER]
        for what, names in pairs.items()
        for corpus in names
    }
    for corpus in ("GB18030", "Big5"):
        found[f"{corpus}: decode / chardet.detect"] = measured[corpus]["decode"] / measured[corpus]["chardet.detect"]
    return found


def above(found: Mapping[str, float], ceilings: Mapping[str, float]) -> list[str]:
    """A sentence for each ratio that is above its ceiling, and for each that has none.

    >>> above({"a": 0.3, "b": 1.0}, {"a": 0.2})
    ['a: 0.30 is above the ceiling of 0.20', 'b has no ceiling']
    """
    said = []
    for name, ratio in found.items():
        if name not in ceilings:
            said.append(f"{name} has no ceiling")
        elif ratio > ceilings[name]:
            said.append(f"{name}: {ratio:.2f} is above the ceiling of {ceilings[name]:.2f}")
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and with --gate compare. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a quarter of the pages, three rounds")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the figures")
    parser.add_argument("--chart", metavar="FILE", type=Path, help="write a chart of cost against size as SVG")
    parser.add_argument("--profiles", metavar="FOLDER", type=Path, help="write where the time goes, as text")
    parser.add_argument("--gate", action="store_true", help="fail if a ratio is above its ceiling")
    options = parser.parse_args(arguments)
    rounds, scale = (3, 0.25) if options.quick else (5, 1.0)
    pin()
    figures: dict[str, Any] = {"corpora": {}, "stages": {}}
    for corpus in corpora(scale):
        figures["corpora"][corpus.name] = costs = costs_of(corpus, rounds)
        print(table(corpus.name, costs), flush=True)
        if corpus.name in _STAGES_ON:
            stages = costs_of_stages(corpus, rounds)
            figures["stages"][corpus.name] = [asdict(one) for one in stages]
            print(stage_table(corpus.name, stages), flush=True)
            if options.profiles:
                print(f"{'':16}profile in {write_profile(corpus, options.profiles)}")
    grown = list(growth(rounds))
    print(growth_table(grown))
    figures["growth"] = {one.stage: dict(zip(map(str, one.sizes), one.costs, strict=True)) for one in grown}
    figures["ratios"] = ratios(figures["corpora"])
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.chart:
        options.chart.write_text(chart(grown), encoding="utf-8")
    if not options.gate:
        return 0
    said = above(figures["ratios"], json.loads(CEILINGS.read_text(encoding="utf-8")))
    print("\n".join(said) or "no ratio is above its ceiling")
    return bool(said)


if __name__ == "__main__":
    sys.exit(main())
