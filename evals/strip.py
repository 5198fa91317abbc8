"""How much of a page's furniture leaves, and how much of its article stays: page layouts of our own writing.

    python -m evals.strip [--half dev|held] [--show] [--check]

`layouts/` has a file a style of site, and its folders more lots, of longer pages, each written and measured when the
rules stood, before any of them was changed for it. A layout is rows: `B` furniture, `M` metadata, `T` the article's
title, `@` its rows (`@1` and `@2` their halves), `A` a row of the article's own. Layouts marked Hant are read in
traditional characters. Each layout is filled with each article. Rules were worked on with the odd layouts (dev) of the
first nine lots; the even ones (held) were looked at with the tenth. What counts is what a new lot shows at first sight
(docs/adr/0007-strip.md).
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tasks.ledger import Ledger
from tasks.records import Policy
from tasks.strip import strip

LAYOUTS = Path(__file__).with_name("layouts")
CLEAN = LAYOUTS.with_name("clean") / "pages.txt"
# The least shares of furniture removed and of the article kept, by lot and half.
# A change may raise them; lowering one takes a line of reason in docs/adr/0007-strip.md.
FLOORS = {
    ("dev", "first lot"): (0.993, 0.999),
    ("held", "first lot"): (0.99, 0.999),
    ("dev", "second lot"): (0.98, 0.999),
    ("held", "second lot"): (0.955, 0.999),
    ("dev", "third lot"): (0.964, 0.999),
    ("held", "third lot"): (0.989, 0.999),
    ("dev", "fourth lot"): (0.944, 0.999),
    ("held", "fourth lot"): (0.936, 0.999),
    ("dev", "fifth lot"): (0.894, 0.999),
    ("held", "fifth lot"): (0.96, 0.999),
    ("dev", "sixth lot"): (0.964, 0.999),
    ("held", "sixth lot"): (0.968, 0.999),
    ("dev", "seventh lot"): (0.958, 0.999),
    ("held", "seventh lot"): (0.921, 0.999),
    ("dev", "eighth lot"): (0.899, 0.999),
    ("held", "eighth lot"): (0.907, 0.999),
    ("dev", "ninth lot"): (0.976, 0.999),
    ("held", "ninth lot"): (0.891, 0.999),
    ("dev", "tenth lot"): (0.976, 0.999),
    ("held", "tenth lot"): (0.977, 0.999),
    ("dev", "eleventh lot"): (0.96, 0.999),
    ("held", "eleventh lot"): (0.968, 0.999),
    ("dev", "twelfth lot"): (0.961, 0.999),
    ("held", "twelfth lot"): (0.962, 0.999),
    ("dev", "thirteenth lot"): (0.965, 0.999),
    ("held", "thirteenth lot"): (0.948, 0.999),
    ("dev", "fourteenth lot"): (0.99, 0.999),
    ("held", "fourteenth lot"): (0.967, 0.999),
    ("dev", "fifteenth lot"): (0.951, 0.999),
    ("held", "fifteenth lot"): (0.984, 0.999),
    ("dev", "sixteenth lot"): (0.982, 0.999),
    ("held", "sixteenth lot"): (0.986, 0.999),
    ("dev", "seventeenth lot"): (0.973, 0.999),
    ("held", "seventeenth lot"): (0.987, 0.998),
    ("dev", "eighteenth lot"): (0.945, 0.999),
    ("held", "eighteenth lot"): (0.929, 0.999),
    ("dev", "nineteenth lot"): (0.982, 0.999),
    ("held", "nineteenth lot"): (0.98, 0.999),
    ("dev", "twentieth lot"): (0.869, 0.999),
    ("held", "twentieth lot"): (0.790, 0.999),
}
# The same of articles that are hard to tell from furniture, in all layouts.
HARD_FLOORS = (0.89, 0.994)
UNTOLD = ("1", "2")


@dataclass(frozen=True, slots=True)
class Layout:
    """A page layout: its style of site, its number, and its rows with their labels."""

    style: str  # with the lot's name before it, as in "second/shop", but for the first
    number: int
    name: str
    hant: bool
    rows: tuple[tuple[str, str], ...]

    @property
    def lot(self) -> str:
        """The lot that it was written in."""
        return f"{self.style.rpartition('/')[0] or 'first'} lot"

    @property
    def held(self) -> bool:
        """Whether it is one of the even layouts, which were long kept apart."""
        return self.number % 2 == 0


@dataclass(slots=True)
class Count:
    """Characters that are not white space: of furniture and metadata, and of the article."""

    furniture: int = 0
    removed: int = 0
    article: int = 0
    kept: int = 0

    def add(self, other: Count) -> None:
        """Count the other's characters in."""
        self.furniture += other.furniture
        self.removed += other.removed
        self.article += other.article
        self.kept += other.kept

    def shares(self) -> tuple[float, float]:
        """The share of furniture removed, and of the article kept."""
        return self.removed / max(self.furniture, 1), self.kept / max(self.article, 1)


def articles() -> list[tuple[str, list[str]]]:
    """The articles: title and rows."""
    found: list[tuple[str, list[str]]] = []
    for line in (LAYOUTS / "articles.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            found.append((line[2:], []))
        elif line and not line.startswith("#"):
            found[-1][1].append(line)
    return found


def layouts() -> Iterator[Layout]:
    """The layouts of all styles."""
    for source in sorted(LAYOUTS.glob("*.txt")) + sorted(LAYOUTS.glob("*/*.txt")):
        if source.name == "articles.txt":
            continue
        style = source.relative_to(LAYOUTS).with_suffix("").as_posix()
        for part in source.read_text(encoding="utf-8").split("\n== ")[1:]:
            head, *rows = part.rstrip("\n").split("\n")
            number, _, name = head.partition(" ")
            labelled = tuple((row[:1], row[2:] if row[:1] in "ABM" else row[1:]) for row in rows if row)
            yield Layout(style, int(number), name, "Hant" in name, labelled)


def clean_pages() -> Iterator[tuple[str, str]]:
    """Pages that are all article, with their names: nothing may be removed from them."""
    for part in CLEAN.read_text(encoding="utf-8").split("\n== ")[1:]:
        name, _, text = part.partition("\n")
        yield name, text.rstrip("\n") + "\n"


def page(layout: Layout, title: str, body: list[str]) -> list[tuple[str, str]]:
    """The layout filled with an article: labelled rows.

    >>> page(Layout("demo", 1, "", False, (("B", "首页"), ("T", ""), ("@", ""))), "标题", ["正文。"])
    [('B', '首页'), ('A', '标题'), ('A', '正文。')]
    """
    half = len(body) // 2
    filled = {"": body, "1": body[:half], "2": body[half:]}
    rows: list[tuple[str, str]] = []
    for label, text in layout.rows:
        if label == "T":
            rows.append(("A", title))
        elif label == "@":
            rows += [("A", row) for row in filled[text]]
        else:
            rows.append((label, text))
    return [(label, _traditional(text)) for label, text in rows] if layout.hant else rows


def _traditional(text: str) -> str:
    return str(_opencc().convert(text))


@cache
def _opencc() -> Any:
    from opencc import OpenCC

    return OpenCC("s2tw")


def score(rows: list[tuple[str, str]]) -> tuple[Count, list[str]]:
    """Strip a page of labelled rows; its counts, and a sentence for each row judged wrong."""
    text = "".join(f"{row}\n" for _, row in rows)
    gone = bytearray(len(text))
    for edit in strip(Ledger.of(text), (), Policy())[0].edits:
        gone[edit.start : edit.end] = b"\1" * (edit.end - edit.start)
    count, wrong, start = Count(), [], 0
    for label, row in rows:
        at = [i for i, c in enumerate(row, start) if not c.isspace()]
        removed = sum(gone[i] for i in at)
        start += len(row) + 1
        if label == "A":
            count.add(Count(article=len(at), kept=len(at) - removed))
        else:
            count.add(Count(furniture=len(at), removed=removed))
        if removed != (0 if label == "A" else len(at)):
            wrong.append(f"{'LOST' if label == 'A' else 'left'} {label} {row}")
    return count, wrong


def measure(half: str | None = None) -> tuple[dict[str, Count], dict[str, list[str]]]:
    """Counts by style (and `all`), and the rows judged wrong by layout. `half` is dev, held, or None for both."""
    counts: dict[str, Count] = defaultdict(Count)
    wrong: dict[str, list[str]] = defaultdict(list)
    library = articles()
    for layout in layouts():
        if half and (half == "held") != layout.held:
            continue
        for title, body in library:
            count, said = score(page(layout, title, body))
            counts[layout.style].add(count)
            counts[layout.lot].add(count)
            counts["all"].add(count)
            wrong[f"{layout.style} {layout.number} {layout.name} + {title}"] += said
    return counts, wrong


def measure_hard() -> Count:
    """The counts of the pages that are all article, each set in every layout: lists, tables, manuals of web sites.

    Two are left out, which by themselves cannot be told: names of counties in no order, verses of words of buttons.
    """
    count = Count()
    library = [text.rstrip("\n").split("\n") for name, text in clean_pages() if name.split()[0] not in UNTOLD]
    for layout in layouts():
        for title, *body in library:
            count.add(score(page(layout, title, body))[0])
    return count


def short_of_floor(half: str) -> list[str]:
    """A sentence for each share of a half, dev or held, that lies below its floor."""
    counts = measure(half)[0]
    names = ("furniture removed", "article kept")
    return [
        f"{half}, {lot}: {name} {share:.2%} is below {floor:.1%}"
        for (where, lot), floors in FLOORS.items()
        if where == half
        for name, share, floor in zip(names, counts[lot].shares(), floors, strict=True)
        if share < floor
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print the table by style, and with --show the rows judged wrong."""
    parser = argparse.ArgumentParser(prog="python -m evals.strip", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--half", choices=("dev", "held"))
    parser.add_argument("--check", action="store_true", help="exit 1 if a share lies below its floor")
    parser.add_argument("--show", action="store_true", help="list the rows judged wrong")
    options = parser.parse_args(arguments)
    counts, wrong = measure(options.half)
    for style in sorted(counts, key=lambda name: (name == "all", name.endswith(" lot"), name)):
        removed, kept = counts[style].shares()
        print(f"{style:16} furniture removed {removed:7.2%}   article kept {kept:8.3%}")
    if options.show:
        for name, said in wrong.items():
            for row in said:
                print(f"{name}: {row}")
    if options.check:
        hard = measure_hard().shares()
        print(f"{'hard articles':16} furniture removed {hard[0]:7.2%}   article kept {hard[1]:8.3%}")
    below = [said for half in ("dev", "held") for said in short_of_floor(half)] if options.check else []
    if options.check and (hard[0] < HARD_FLOORS[0] or hard[1] < HARD_FLOORS[1]):
        below.append("hard articles: a share is below its floor")
    for sentence in below:
        print(sentence)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
