"""What every match of an expression holds, which can be asked of a row before it is tried.

`re` tries an alternation of a hundred turns of phrase at every character of a row, where the first of them begin with
anything; that one of so many pairs stands in the row is asked a hundred times as fast (tasks/chars), and is hardly ever
so. The expressions are those of data/phrases.txt: literals, classes, groups that are not captured, repetitions,
looks around. What is not understood holds nothing for sure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise, product

from tasks.decode.score import cost_of_char
from tasks.expressions import seldom

# A character of a match: one of a few. Longer classes say too little.
_MOST = 8
_PART = seldom(
    r"(?P<group>\(\?[:>])|(?P<look>\(\?<?[=!])|(?P<bar>\|)|(?P<end>\))|\[(?P<set>\]?(?:\\.|[^\]\\])*)\]"
    r"|\\u(?P<code>[0-9a-f]{4})|\\(?P<escape>.)|(?P<any>[.^$(])|(?P<plain>.)",
    re.DOTALL,
)
_TIMES = seldom(r"(?:(?P<mark>[?*+])|\{(?P<least>\d*)(?P<more>,?)(?P<most>\d*)\})[?+]?")
# What IGNORECASE takes for a letter of ASCII besides the other case of it.
_ALSO = {"i": "\u0130\u0131", "k": "\u212a", "s": "\u017f"}

Factors = frozenset[str]


@cache
def factors_of(expression: str) -> Factors | None:
    """Strings of one or two characters, one of which stands in all that an expression matches, whatever the case; None
    if nothing is known of it.

    >>> sorted(factors_of("(?:友情|温馨)提示:.{0,80}")), factors_of(r".{2,16}\\d{1,6}")
    (['友情', '温馨'], None)
    """
    return _Reader(expression).ways()


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._at = 0

    def ways(self) -> Factors | None:
        """What the alternatives up to the end of their group hold: the factors of all of them together."""
        found = [self._alternative()]
        while self._expression.startswith("|", self._at):
            self._at += 1
            found.append(self._alternative())
        self._at += 1  # the bracket
        each = [one for one in found if one is not None]
        return frozenset().union(*each) if len(each) == len(found) else None

    def _alternative(self) -> Factors | None:
        """What the parts up to a bar or the end of their group hold."""
        holds: list[Factors | str | None] = []
        while (found := _PART.match(self._expression, self._at)) and not (found["bar"] or found["end"]):
            self._at = found.end()
            part = self._part(found)
            least, once = self._times()
            holds.append(part if least else None)
            if not once:
                holds.append(None)
        return _best(holds)

    def _part(self, found: re.Match[str]) -> Factors | str | None:
        """What a part holds: the characters that one of a match may be as a string, the factors of a group, None for
        what says nothing and ends what stands side by side."""
        if found["group"]:
            return self.ways()
        if found["look"] or found["any"] == "(":
            self.ways()
            return None
        if found["any"]:
            return None
        if found["set"] is not None:
            return _of_set(found["set"])
        if found["escape"] and found["escape"].isalnum():
            return None
        return _cases(chr(int(found["code"], 16)) if found["code"] else found["escape"] or found["plain"])

    def _times(self) -> tuple[int, bool]:
        """How often the part that was read stands there at least, and whether that is once and no more."""
        found = _TIMES.match(self._expression, self._at)
        if not found:
            return 1, True
        self._at = found.end()
        if found["mark"]:
            return int(found["mark"] == "+"), False
        least = int(found["least"] or 0)
        return least, least == 1 and (not found["more"] or found["most"] == "1")


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


def _best(parts: Sequence[Factors | str | None]) -> Factors | None:
    """Of all that a match holds for sure what ordinary text hardly holds."""
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
