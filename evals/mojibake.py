"""How many mis-decoded passages come back, by chain of codecs and length, beside ftfy.fix_text.

    python -m evals.mojibake                 the table, about two minutes
    python -m evals.mojibake --gate          exit status 1 if a figure falls below its floor (evals/floors.json)
    python -m evals.mojibake --raise-floors  also lift the floors to what was measured

Passages of our held-out texts go through a chain of wrong decoders, as a page of their own, as a paragraph of a healthy
page, or as a cell of one of its tables. A passage is back if every character of which all bytes survived is back in its
place, every other is what it was or still shows as lost, and all around it is as it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random

from evals.corpus import own
from evals.floors import hold

LENGTHS = (4, 8, 12, 20, 40, 100, 400)
LONG = 20  # from this length on the goal is 98 in 100
FILES = 12  # passages of a chain and length
LOST = "\N{REPLACEMENT CHARACTER}"

#: The wrong decoders: Python's codec, and how it shows what it cannot read.
DECODERS: dict[str, tuple[str, str]] = {
    "latin1": ("latin-1", LOST),
    "cp1252": ("cp1252", "C1"),  # as browsers do: the five holes are C1 controls
    "cp1252 lossy": ("cp1252", LOST),
    "loose": ("utf-8", "cp1252"),  # UTF-8, and what is none of it as windows-1252
    "gbk": ("gbk", LOST),
    "gbk ?": ("gbk", "?"),
    "gbk dropped": ("gbk", ""),
    "gb18030": ("gb18030", LOST),
    "cp936": ("gb18030", "€"),  # as browsers and Windows do: the byte 80 is a euro sign
    "big5": ("big5", LOST),
    "cp950": ("cp950", "?"),
    "hkscs": ("big5hkscs", LOST),
    "sjis": ("cp932", LOST),
    "euckr": ("cp949", LOST),
}
CHAINS: tuple[tuple[str, ...], ...] = (
    ("utf-8", "gbk"),
    ("utf-8", "gbk ?"),
    ("utf-8", "gbk dropped"),
    ("utf-8", "gb18030"),
    ("utf-8", "cp936"),
    ("utf-8", "latin1"),
    ("utf-8", "cp1252"),
    ("utf-8", "cp1252 lossy"),
    ("utf-8", "sjis"),
    ("utf-8", "euckr"),
    ("utf-8", "big5"),
    ("utf-8", "cp950"),
    ("gb18030", "latin1"),
    ("gb18030", "cp1252"),
    ("gb18030", "loose"),
    ("gb18030", "big5"),
    ("gb18030", "hkscs"),
    ("gb18030", "sjis"),
    ("gb18030", "euckr"),
    ("big5", "latin1"),
    ("big5", "cp1252"),
    ("big5", "loose"),
    ("big5", "gbk"),
    ("big5", "gb18030"),
    ("big5", "sjis"),
    ("big5", "euckr"),
    ("utf-8", "latin1", "utf-8", "latin1"),
    ("utf-8", "cp1252", "utf-8", "cp1252"),
    ("utf-8", "gb18030", "utf-8", "gb18030"),
    ("utf-8", "gb18030", "utf-8", "cp1252"),
    ("gb18030", "latin1", "utf-8", "latin1"),
    ("gb18030", "latin1", "utf-8", "gb18030"),
    ("big5", "latin1", "utf-8", "cp1252"),
)

# Where UTF-8 is read as Big5, seven characters in ten lose a byte; where bytes are dropped, nothing marks the place. Of
# Big5 that was taken for UTF-8 in part, which bytes were one and which two often nothing says but the language. The
# rest, and Big5 with the extensions of Hong Kong, is read so by no usual software.
BEYOND = frozenset(
    {
        ("utf-8", "gbk dropped"),
        ("utf-8", "big5"),
        ("utf-8", "cp950"),
        ("gb18030", "hkscs"),
        ("gb18030", "sjis"),
        ("gb18030", "euckr"),
        ("big5", "loose"),
        ("big5", "sjis"),
        ("big5", "euckr"),
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """A damaged page, what is around the passage, the passage, and which of its characters lost a byte."""

    page: str
    before: str
    after: str
    passage: str
    lost: list[bool]


def misread(text: str, chain: tuple[str, ...]) -> tuple[str, list[bool]]:
    """`text` through a chain of writing and wrong reading, and which of its characters lost a byte.

    >>> misread("用户", ("utf-8", "gbk")), misread("一人", ("utf-8", "gbk"))
    (('鐢ㄦ埛', [False, False]), ('涓�浜�', [True, True]))
    """
    lost = [False] * len(text)
    owners = [{at} for at in range(len(text))]  # the characters of `text` that each character by now has bytes of
    for writer, reader in zip(chain[::2], chain[1::2], strict=True):
        written = [char.encode(writer) for char in text]
        owners = [owner for raw, owner in zip(written, owners, strict=True) for _ in raw]
        chars: list[str] = []
        sources: list[set[int]] = []
        at = 0
        raw = b"".join(written)
        while at < len(raw):
            char, count, whole = _next(raw, at, reader)
            source = set().union(*owners[at : at + count])
            if not whole:
                for one in source:
                    lost[one] = True
            if char:
                chars.append(char)
                sources.append(source)
            at += count
        text, owners = "".join(chars), sources
    return text, lost


def _next(raw: bytes, at: int, reader: str) -> tuple[str, int, bool]:
    """The character that a decoder makes of the bytes at `at`, of how many it made it, and whether it could."""
    codec, shown = DECODERS[reader]
    if shown == "€" and raw[at] == 0x80:
        return "€", 1, True
    for count in (1, 2, 3, 4):
        try:
            char = raw[at : at + count].decode(codec)
        except UnicodeDecodeError:
            continue
        if len(char) == 1 and len(raw[at : at + count]) == count:
            return char, count, True
    if shown == "cp1252":
        return raw[at : at + 1].decode("cp1252", "ignore") or chr(raw[at]), 1, True
    if shown == "C1":
        return chr(raw[at]), 1, True
    if shown == "pair" and raw[at + 1 : at + 2] >= b"\x80":
        return LOST, 2, False
    return shown if shown in ("?", "") else LOST, 1, False


def cases(chain: tuple[str, ...], length: int, count: int = FILES) -> Iterator[Case]:
    """`count` passages of `length` characters, a third each as a page, a paragraph and a cell."""
    script = "Hant" if chain[0] == "big5" else None
    texts = [p.text for p in own() if script in (None, p.script)]
    healthy = [line for text in texts for line in text.splitlines()]
    rng = Random(f"{chain} {length}")
    for at in range(count):
        text = rng.choice(texts).replace("\n", "")
        text = text.encode(chain[0], "ignore").decode(chain[0])
        start = rng.randrange(max(len(text) - length, 1))
        passage = text[start : start + length]
        damaged, lost = misread(passage, chain)
        before, after = (
            ("", ""),
            (f"{rng.choice(healthy)}\n", f"\n{rng.choice(healthy)}\n"),
            ("编号\t名称\t数量\n1\t", "\t35\n"),
        )[at % 3]
        yield Case(f"{before}{damaged}{after}", before, after, passage, lost)


def matches(fixed: str, passage: str, lost: list[bool]) -> bool:
    """Whether `fixed` is `passage`, where each lost character may be there or still show as lost.

    >>> matches("一�人", "一个人", [False, True, False]), matches("一格人", "一个人", [False, True, False])
    (True, False)
    """
    reached = {0}  # how much of `fixed` what has been seen of `passage` can stand for
    for char, gone in zip(passage, lost, strict=True):
        further = {at + 1 for at in reached if fixed[at : at + 1] == char}
        if gone:
            further |= reached
            new = reached
            while new:
                new = {at + 1 for at in new if fixed[at : at + 1] in (LOST, "?")} - further
                further |= new
        reached = further
    return len(fixed) in reached


def ours(page: str) -> str:
    """The whole repair stage."""
    from tasks.ledger import Ledger
    from tasks.repair import repair

    return repair(Ledger.of(page)).text


def ftfy_text(page: str) -> str:
    """ftfy.fix_text, but for its changes of quotation marks, widths and forms, which are none of mojibake."""
    from ftfy import TextFixerConfig, fix_text

    return fix_text(page, TextFixerConfig(uncurl_quotes=False, fix_character_width=False, normalization=None))


SYSTEMS: dict[str, Callable[[str], str]] = {"qingwen": ours, "ftfy": ftfy_text}


def is_back(case: Case, fixed: str) -> bool:
    """Whether the passage is back, and all around it as it was."""
    if not fixed.startswith(case.before) or not fixed.endswith(case.after):
        return False
    inside = fixed[len(case.before) : len(fixed) - len(case.after)]
    return matches(inside, case.passage, case.lost)


@dataclass(slots=True)
class Row:
    """Of one chain: passages and how many of them are back, by length; and the same of long ones without a loss."""

    chain: tuple[str, ...]
    back: dict[int, int] = field(default_factory=dict)
    passages: dict[int, int] = field(default_factory=dict)
    whole_back: int = 0
    whole: int = 0
    harmed: int = 0

    def add(self, length: int, case: Case, fixed: str) -> None:
        """Count one passage."""
        back = is_back(case, fixed)
        self.passages[length] = self.passages.get(length, 0) + 1
        self.back[length] = self.back.get(length, 0) + back
        if length >= LONG and not any(case.lost):
            self.whole += 1
            self.whole_back += back
        self.harmed += not (fixed.startswith(case.before) and fixed.endswith(case.after))

    def share(self, lengths: Iterable[int]) -> float:
        """The share of passages of these lengths that are back."""
        lengths = list(lengths)
        return sum(self.back[length] for length in lengths) / sum(self.passages[length] for length in lengths)


def measure(system: str, chain: tuple[str, ...], count: int = FILES) -> Row:
    """Let a system repair the passages of one chain."""
    row = Row(chain)
    for length in LENGTHS:
        for case in cases(chain, length, count):
            row.add(length, case, SYSTEMS[system](case.page))
    return row


def figures(rows: list[Row]) -> dict[str, float]:
    """What floors are held for: shares of passages of 20 characters and more, and pages harmed beside a passage."""
    long = [length for length in LENGTHS if length >= LONG]
    common = [row for row in rows if row.chain not in BEYOND]
    return {
        "whole_back": sum(row.whole_back for row in common) / sum(row.whole for row in common),
        "long_back": sum(row.share(long) for row in common) / len(common),
        "beyond_back": sum(row.share(long) for row in rows if row.chain in BEYOND) / len(BEYOND),
        "short_back": sum(row.share(set(LENGTHS) - set(long)) for row in common) / len(common),
        "harmed_max": float(sum(row.harmed for row in rows)),
    }


def main(arguments: list[str] | None = None) -> int:
    """Print the table of each system, and hold ours against the floors."""
    parser = argparse.ArgumentParser(prog="evals.mojibake", description="Mis-decoded passages, by chain and length.")
    parser.add_argument("--gate", action="store_true", help="fail where a figure falls below its floor")
    parser.add_argument("--raise-floors", action="store_true", help="lift the floors to what was measured")
    options = parser.parse_args(arguments)
    measured: dict[str, float] = {}
    for system in SYSTEMS:
        print(f"{system:44}" + "".join(f"{length:>6}" for length in LENGTHS) + "  whole")
        rows = [measure(system, chain) for chain in CHAINS]
        for row in rows:
            cells = "".join(f"{100 * row.share([length]):6.0f}" for length in LENGTHS)
            whole = f"{100 * row.whole_back / row.whole:7.0f}" if row.whole else "      -"
            print(f"{' > '.join(row.chain) + (' *' if row.chain in BEYOND else ''):44}{cells}{whole}")
        found = figures(rows)
        print("  ".join(f"{name} {value:.4f}" for name, value in found.items()) + "\n")
        measured = measured or found
    print("* beyond what is aimed at: most bytes are lost, or decoders that pages hardly meet")
    said = hold("mojibake", measured, options.raise_floors) if options.gate or options.raise_floors else []
    print("\n".join(said))
    return 1 if said and options.gate else 0


if __name__ == "__main__":
    sys.exit(main())
