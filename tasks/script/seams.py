"""Words that overlap: OpenCC takes the longest one from the left, and with it a character that belongs to the next."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from tasks.chars import CharPairs


@cache
def _seams() -> dict[str, tuple[str, str]]:
    """data/seams.txt (see tools/make_seams.py): by the pair that OpenCC takes for a word, the characters before it that
    its first one goes with, and those behind it that its second one goes with."""
    source = Path(__file__).with_name("data") / "seams.txt"
    rows = (row.split("\t") for row in source.read_text(encoding="utf-8").splitlines())
    return {pair: (before, behind) for pair, before, behind in rows}


@cache
def _pairs() -> CharPairs:
    return CharPairs(_seams())


def resewn(line: str, converted: str, convert: Callable[[str], str]) -> str:
    """`converted`, what `convert` made of the simplified `line` (of equal length), with each character in the form that
    it has in the likelier of two words that overlap in it.

    >>> from opencc import OpenCC
    >>> convert = OpenCC("s2t").convert
    >>> convert("百年历史，指明了方向"), resewn("百年历史，指明了方向", convert("百年历史，指明了方向"), convert)
    ('百年曆史，指明瞭方向', '百年歷史，指明了方向')
    """
    at = _pairs().find(line, 0)
    if at < 0:
        return converted
    made = list(converted)
    while at >= 0:
        pair = line[at : at + 2]
        if converted[at : at + 2] == convert(pair):
            before, behind = _seams()[pair]
            if line[at + 2 : at + 3] in list(behind):
                made[at + 1] = convert(line[at + 1 : at + 3])[0]
                if not at or convert(line[at - 1 : at + 1])[1] != converted[at]:
                    made[at] = convert(line[at])
            elif at and line[at - 1] in before:
                made[at] = convert(line[at - 1 : at + 1])[1]
                if convert(line[at + 1 : at + 3])[0] != converted[at + 1]:
                    made[at + 1] = convert(line[at + 1])
        at = _pairs().find(line, at + 1)
    return "".join(made)
