"""`make bench`: how long our repair takes beside ftfy's, and a whole page beside the bytes it is made of.

    python -m benchmarks             three rounds over all pages, about a minute
    python -m benchmarks --rounds 1  a first look

Pages are the evaluation's texts, healthy and damaged by its model. Each figure is the best of the rounds, in
microseconds of processor time a thousand characters; `of ftfy` says how many times ftfy.fix_text's time that is.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from random import Random

from ftfy import fix_text

from evals.corpus import own
from evals.damage import damage
from evals.tables import Kind, draw_damage
from flows.fix import fixed
from tasks.page import curate_page
from tasks.records import Page, Policy, Punctuation, Target

_SEED = 20261122
_KEEP = Policy(target=Target.KEEP, punctuation=Punctuation.KEEP)
_DEFAULT = Policy()

#: What is timed, by name: each takes a page's text.
SUBJECTS: dict[str, Callable[[str], object]] = {
    "decode only": lambda text: text.encode().decode(),
    "ftfy.fix_text": fix_text,
    "qingwen fix, script kept": lambda text: fixed(Page("-", text.encode()), _KEEP),
    "qingwen fix": lambda text: fixed(Page("-", text.encode()), _DEFAULT),
    "curate_page": lambda text: curate_page(Page("-", text.encode()), _DEFAULT),
}


def pages() -> dict[str, list[str]]:
    """Healthy pages, pages with splices only, and pages with splices and shifted bytes."""
    random, passages = Random(_SEED), own()
    found: dict[str, list[str]] = {"healthy": [passage.text for passage in passages]}
    kinds: tuple[Kind, ...] = ("splices", "marks", "lost")
    for kind in kinds:
        found[kind] = [
            damage(p.text, draw_damage(random, kind, p.script), random.randrange(2**32)).text for p in passages
        ]
    return found


def best_of(rounds: int, subject: Callable[[str], object], texts: Sequence[str]) -> float:
    """Seconds of processor time for all the texts, in the fastest round. One text is done before to warm caches."""
    subject(texts[0])
    times = []
    for _ in range(rounds):
        started = time.process_time()
        for text in texts:
            subject(text)
        times.append(time.process_time() - started)
    return min(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the fastest counts (default: 3)")
    rounds = parser.parse_args().rounds
    print(f"{'pages':10}{'what':28}{'µs per 1000':>12}{'of ftfy':>10}")
    for kind, texts in pages().items():
        chars = sum(map(len, texts))
        seconds = {name: best_of(rounds, subject, texts) for name, subject in SUBJECTS.items()}
        for name, took in seconds.items():
            per_thousand = took / chars * 1e9
            print(f"{kind:10}{name:28}{per_thousand:12,.0f}{took / seconds['ftfy.fix_text']:10.2f}")


if __name__ == "__main__":
    main()
