"""Parts of a page whose headings say the same but for the number at their end: 中秋作文 篇1, 工作总结2."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

# Such a heading is no longer, and its words no shorter.
MAX_CHARS, MIN_WORDS = 40, 3
# So many make a series.
LEAST = 2

_NUMERALS = "一二三四五六七八九十"
ENDS = frozenset(f"0123456789{_NUMERALS})篇")
_PART = re.compile(
    rf"(?P<words>.{{2,34}}?[^\s\d({_NUMERALS}第篇])\s{{0,3}}[(第篇]?\s?(?P<number>\d{{1,3}}|[{_NUMERALS}]{{1,3}})\s?[)篇]?"
)


def series(rows: Sequence[str], prose: Sequence[bool]) -> dict[int, int]:
    """The rows that head the parts of a series, each with its number, counting from 1; prose stands below each.

    `rows` are folded; `prose` says of each whether it is running text.

    >>> series(["秋天作文 篇1", "天凉了。", "秋天作文 篇2", "叶子落了。"], [False, True, False, True])
    {0: 1, 2: 2}
    >>> series(["图1", "图2"], [False, False])
    {}
    """
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, row in enumerate(rows):
        if not row or row[-1] not in ENDS or len(row) > MAX_CHARS or prose[at]:
            continue
        part = _PART.fullmatch(row)
        if part and len(part["words"]) >= MIN_WORDS and at + 1 < len(rows) and _below(prose, at):
            found[part["words"]].append((_value(part["number"]), at))
    parts: dict[int, int] = {}
    for numbers in found.values():
        values = [value for value, _ in numbers]
        if len(values) >= LEAST and values == list(range(1, len(values) + 1)):
            parts |= {at: value for value, at in numbers}
    return parts


def _below(prose: Sequence[bool], at: int) -> bool:
    """Whether running text stands right below a row, or below one other row: a title of the part's own."""
    return any(prose[at + 1 : at + 3])


def _value(number: str) -> int:
    if number.isascii():
        return int(number)
    tens, mark, ones = number.rpartition("十")
    value = _NUMERALS.find(ones) + 1 if ones else 0
    return value + 10 * (_NUMERALS.find(tens) + 1 if tens else 1) if mark else value
