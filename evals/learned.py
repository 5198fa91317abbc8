"""How well the lines that sites repeat are learned: whole sites drawn by seed, their furniture and their articles.

`python -m evals.learned` prints the table over sites with even seeds; `--odd` those that the thresholds were chosen on;
`--gate` fails if a figure falls below its floor in evals/floors.json (`learned`), `--errors` lists what went wrong.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from evals.floors import FLOORS, fallen
from evals.sites import KINDS, Page, Site, draw_site
from tasks.learn.decide import SitePages, learn_site
from tasks.learn.rows import Counted, counted_rows
from tasks.ledger import Ledger
from tasks.records import Policy
from tasks.strip import KINDS as KINDS_OF_RULES
from tasks.strip import strip

SIZES = (12, 40, 100)
_SEEDS = 3  # sites of each kind and size
_RULES, _ALL = Policy(strip=KINDS_OF_RULES - {"site_line"}), Policy()


def text_of(page: Page) -> str:
    """The page as plain text."""
    return "".join(f"{line.text}\n" for line in page)


def learned_of(pages: Sequence[str], name: str = "site") -> frozenset[str]:
    """The lines that are learned from a site's pages, all in memory."""
    import numpy

    rows = [_rows(name, text) for text in sorted(pages, key=_digest)]
    starts = numpy.cumsum([0, *map(len, rows)])
    flat: list[Counted] = [row for page in rows for row in page]
    keys = numpy.array([row.key for row in flat], dtype=numpy.uint64)
    chars = numpy.array([row.chars for row in flat], dtype=numpy.int32)
    flags = numpy.array([row.flags for row in flat], dtype=numpy.uint8)
    texts = {row.key: row.text for row in flat if row.text}
    return frozenset(texts[line.key] for line in learn_site(SitePages(name, starts, keys, chars, flags)))


def _rows(name: str, text: str) -> list[Counted]:
    ledger, said = strip(Ledger.of(text), (), _RULES)
    return counted_rows(name, ledger, (), said.title)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class Score:
    """Code points of furniture and of articles, and what was taken of each."""

    def __init__(self) -> None:
        self.furniture = self.removed = self.article = self.lost = 0
        self.kept_lines: Counter[str] = Counter()
        self.lost_lines: Counter[str] = Counter()

    def add(self, site: Site) -> None:
        """Learn from a site and strip its pages of what was learned."""
        learned = learned_of([text_of(page) for page in site.pages])
        for page in site.pages:
            edits = strip(Ledger.of(text_of(page)), (), _ALL, learned)[0].edits
            gone = {edit.start: edit.kind for edit in edits}
            start = 0
            for line in page:
                # Of the furniture all that goes counts; of the article what went because it was learned.
                taken = start in gone if line.owner == "site" else gone.get(start) == "site_line"
                start += len(line.text) + 1
                if line.owner != "link":
                    self._count(line.text, line.owner == "site", taken)

    def _count(self, text: str, furniture: bool, taken: bool) -> None:
        if furniture:
            self.furniture += len(text)
            self.removed += len(text) * taken
            self.kept_lines[text] += not taken
        else:
            self.article += len(text)
            self.lost += len(text) * taken
            self.lost_lines[text] += taken

    @property
    def figures(self) -> dict[str, float]:
        """Shares of furniture removed, and of articles kept."""
        return {"removed": self.removed / max(self.furniture, 1), "kept": 1 - self.lost / max(self.article, 1)}


def measure(odd: bool, sizes: Iterable[int] = SIZES, seeds: int = _SEEDS) -> dict[str, Score]:
    """The score by kind of site, and "all"."""
    scores = {name: Score() for name in (*KINDS, "all")}
    for kind in KINDS:
        for size in sizes:
            for seed in range(odd, 2 * seeds, 2):
                site = draw_site(1000 * size + seed, kind, size)
                for name in (kind, "all"):
                    scores[name].add(site)
    return scores


def main(arguments: Sequence[str]) -> int:
    """Print the table; with `--gate`, 1 if a figure fell below its floor."""
    import json

    scores = measure("--odd" in arguments)
    print(f"{'articles':10} {'furniture removed':>18} {'article kept':>14}")
    for kind, score in scores.items():
        figures = score.figures
        print(f"{kind:10} {figures['removed']:18.2%} {figures['kept']:14.3%}")
    if "--errors" in arguments:
        for title, lines in (("left", scores["all"].kept_lines), ("lost", scores["all"].lost_lines)):
            print(title, *(f"  {count:4} {text}" for text, count in lines.most_common(25) if count), sep="\n")
    floors: dict[str, float] = json.loads(FLOORS.read_text(encoding="utf-8"))["learned"]
    low = fallen(scores["all"].figures, floors) if "--gate" in arguments else []
    print(*low, sep="\n", end="\n" if low else "")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
