"""Scripts and width: sentences of our own in both scripts, and what pages have instead of what they should.

    python -m evals.scripts [--check] [--show]

`scripts/both_ways.txt` has sentences whose simplified characters stand for several traditional ones, measured in both
directions; `scripts/one_way.txt` has the other classes, from what a page has to simplified text. What counts is the
share of the characters to be decided (those that differ between the two columns, or the class's own) that come out
right, and the share of sentences that are right as a whole.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tasks.ledger import Ledger
from tasks.records import Punctuation, Target
from tasks.repair import repair
from tasks.script.convert import converter
from tasks.script.detect import detect_script

DATA = Path(__file__).with_name("scripts")
# The least shares of sentences that are right, by table. Lowering one takes a line of reason here.
FLOORS = {"to simplified": 0.99, "to traditional": 0.98, "one way": 0.99}
# Traditional forms that are as good as each other: no error in either direction.
_SAME = str.maketrans("裡臺著為說牀羣綫衛啟麪喫麴昇佈舖弔俱", "裏台着爲説床群線衞啓麵吃麯升布鋪吊具")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(slots=True)
class Tally:
    """Sentences, those right, and a sentence for each that is wrong."""

    sentences: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, found: str, want: str, source: str) -> None:
        """Count a sentence."""
        self.sentences += 1
        if found == want:
            self.right += 1
        else:
            self.wrong.append(f"{source} gives {found}, not {want}")

    @property
    def share(self) -> float:
        """The share of sentences that are right."""
        return self.right / max(self.sentences, 1)


def pairs(name: str) -> Iterator[tuple[str, str, str]]:
    """Class, left and right column of a file of `scripts/`."""
    group = ""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            group = line[2:]
        elif line and not line.startswith("#"):
            left, right = (_ESCAPE.sub(lambda match: chr(int(match[1], 16)), part) for part in line.split("\t"))
            yield group, left, right


def convert(text: str, target: Target) -> str:
    """The text repaired and converted, as a page is."""
    clean = repair(Ledger.of(text)).text
    return converter(detect_script(clean), target, Punctuation.FULLWIDTH)(clean)


def measure() -> dict[str, dict[str, Tally]]:
    """Tallies by table and class."""
    tables: dict[str, dict[str, Tally]] = {name: defaultdict(Tally) for name in FLOORS}
    for group, hant, hans in pairs("both_ways"):
        tables["to simplified"][group].add(convert(hant, Target.HANS), hans, hant)
        made = convert(hans, Target.HANT).translate(_SAME)
        tables["to traditional"][group].add(made, hant.translate(_SAME), hans)
    for group, found, want in pairs("one_way"):
        tables["one way"][group].add(convert(found, Target.HANS), want, found)
    return tables


def share(table: dict[str, Tally]) -> float:
    """The share of all sentences of a table that are right."""
    return sum(tally.right for tally in table.values()) / max(sum(tally.sentences for tally in table.values()), 1)


def fallen() -> list[str]:
    """A sentence for each table below its floor."""
    found = {name: share(table) for name, table in measure().items()}
    return [f"{name}: {found[name]:.1%} is below {floor:.1%}" for name, floor in FLOORS.items() if found[name] < floor]


def main(arguments: list[str] | None = None) -> int:
    """Print the tables, and with --show the sentences that are wrong."""
    parser = argparse.ArgumentParser(prog="python -m evals.scripts", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="exit 1 if a share lies below its floor")
    parser.add_argument("--show", action="store_true", help="list the sentences that are wrong")
    options = parser.parse_args(arguments)
    for name, table in measure().items():
        print(f"{name:16} {share(table):7.1%} of {sum(tally.sentences for tally in table.values())} sentences")
        if name == "one way":
            for group, tally in table.items():
                print(f"  {group:44} {tally.right} of {tally.sentences}")
        if options.show:
            for tally in table.values():
                print(*tally.wrong, sep="\n", end="\n" if tally.wrong else "")
    below = fallen() if options.check else []
    print(*below, sep="\n", end="\n" if below else "")
    return int(bool(below))


if __name__ == "__main__":
    sys.exit(main())
