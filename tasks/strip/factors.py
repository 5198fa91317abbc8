"""What every match of an expression holds, and how long it is at most: both can be asked of a row before it is tried.

Pairs of characters are looked for at a nanosecond each.

`re` tries an alternation of a hundred turns of phrase at every character of a row, where the first of them begin with
anything; that one of so many pairs stands in the row is asked a hundred times as fast (tasks/chars), and is hardly ever
so. The expressions are those of data/phrases.txt: literals, classes, groups that are not captured, repetitions,
looks around. What is not understood holds nothing for sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from math import inf

from tasks.decode.score import cost_of_char

# A character of a match: one of a few. Longer classes say too little.
_MOST = 8
_PART = re.compile(
    r"(?P<group>\(\?[:>])|(?P<look>\(\?<?[=!])|(?P<bar>\|)|(?P<end>\))|\[(?P<set>\]?(?:\\.|[^\]\\])*)\]"
    r"|\\u(?P<code>[0-9a-f]{4})|\\(?P<escape>.)|(?P<any>[.^$(])|(?P<plain>.)",
    re.DOTALL,
)
_TIMES = re.compile(r"(?:[?*+]|\{(?P<least>\d*)(?P<more>,?)(?P<most>\d*)\})[?+]?")
# What IGNORECASE takes for a letter of ASCII besides the other case of it.
_ALSO = {"i": "\u0130\u0131", "k": "\u212a", "s": "\u017f"}

Factors = frozenset[str]


def factors(expression: str) -> Factors | None:
    """Strings of one or two characters, one of which stands in all that an expression matches, whatever the case; None
    if there are none that are known.

    >>> sorted(factors("(?:友情|温馨)提示:.{0,80}")), factors(r".{2,16}\\d{1,6}")
    (['友情', '温馨'], None)
    """
    return _Reader(expression).ways()


def longest(expression: str) -> float:
    """How many characters an expression matches at most, or more; infinity where there is no end to it.

    >>> longest("(?:友情|温馨)提示:.{0,80}"), longest("(?:渡口)+")
    (85.0, inf)
    """
    return _Length(expression).ways()


class _Length:
    """Reads an expression from left to right for its length."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._at = 0

    def ways(self) -> float:
        """The length of the longest alternative up to the end of their group."""
        found = total = 0.0
        while True:
            part = _PART.match(self._expression, self._at)
            if not part or part["bar"] or part["end"]:
                found, total = max(found, total), 0.0
                self._at += 1
                if not part or part["end"]:
                    return found
                continue
            self._at = part.end()
            length = self._length(part)
            if times := _TIMES.match(self._expression, self._at):
                self._at = times.end()
                total += length * _most(times) if length else 0.0
            else:
                total += length

    def _length(self, part: re.Match[str]) -> float:
        if part["group"] or part["any"] == "(":
            return self.ways()
        if part["look"]:
            self.ways()
            return 0.0
        return inf if part["escape"] and part["escape"].isdigit() else 1.0


def _most(times: re.Match[str]) -> float:
    """How often something is repeated at most."""
    if times[0][0] in "*+":
        return inf
    if times[0][0] == "?":
        return 1.0
    return float(times["most"] or (inf if times["more"] else times["least"]))


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._at = 0

    def ways(self) -> Factors | None:
        """The factors of alternatives up to the end of their group: those of all of them together."""
        found: list[Factors | None] = []
        while True:
            found.append(_best(self._sequence()))
            if self._at >= len(self._expression) or self._expression[self._at] == ")":
                self._at += 1
                return None if None in found else frozenset().union(*(one for one in found if one))
            self._at += 1  # the bar

    def _sequence(self) -> Iterator[Factors | str | None]:
        """The parts of an alternative in order: the characters that one of a match may be as a string, the factors of a
        group, None for what says nothing and ends what stands side by side."""
        while self._at < len(self._expression):
            found = _PART.match(self._expression, self._at)
            if not found or found["bar"] or found["end"]:
                return
            self._at = found.end()
            part = self._part(found)
            times = _TIMES.match(self._expression, self._at)
            if not times:
                yield part
                continue
            self._at = times.end()
            least = times["least"]
            yield None if times[0][0] in "?*" or least in ("", "0") else part
            yield None

    def _part(self, found: re.Match[str]) -> Factors | str | None:
        if found["group"]:
            return self.ways()
        if found["look"]:
            self.ways()
            return None
        if found["set"] is not None:
            return _of_set(found["set"])
        if found["any"]:
            if found["any"] == "(":
                self.ways()
            return None
        if found["escape"] and found["escape"].isalnum():
            return None
        return _cases(chr(int(found["code"], 16)) if found["code"] else found["escape"] or found["plain"])


def _of_set(inside: str) -> str | None:
    if inside[:1] == "^" or "\\" in inside or "-" in inside[1:-1]:
        return None
    cases = [_cases(char) for char in inside]
    if None in cases or len(cases) > _MOST:
        return None
    return "".join(one for one in cases if one)


def _cases(char: str) -> str | None:
    """What stands for a character where case is ignored; None where that is not known."""
    if char.isascii():
        low, high = char.lower(), char.upper()
        return char if low == high else low + high + _ALSO.get(low, "")
    return char if char.lower() == char.upper() == char else None


def _best(parts: Iterable[Factors | str | None]) -> Factors | None:
    """Of all that a match holds for sure what ordinary text hardly holds."""
    parts = list(parts)
    known: list[Factors] = [part for part in parts if isinstance(part, frozenset) and part]
    known += [frozenset(part) for part in parts if isinstance(part, str)]
    known += [
        frozenset(map("".join, product(one, other)))
        for one, other in pairwise(parts)
        if isinstance(one, str) and isinstance(other, str)
    ]
    return max(known, key=lambda found: min(map(_rarity, found)), default=None)


def _rarity(factor: str) -> float:
    return sum(map(cost_of_char, factor))
