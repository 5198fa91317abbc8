"""How unlikely a decoded text is, in nats: the fewer, the more it looks like text that somebody wrote.

A character costs -ln of its share in ordinary text. Two decodings of the same bytes are compared by their totals,
which is the likelihood ratio of the two encodings under a model that knows single characters only. That is enough:
each wrong hanzi costs 4 nats or so more than a right one, so 12 characters decide by a factor of e^40.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

from tasks.chars import CharSet, CharWeights

# An undecodable byte: dearer than any two characters that a wrong codec could read at its place.
BAD_BYTE = 14.0
# A unit that must not stand in text: C0 and C1 controls, lone surrogates, noncharacters.
_CONTROL = 16.0

# Cost of a character by block (first code point, cost), for those that tasks/decode/data/characters.txt does not hold.
# Letters of alphabets: shares in running text, a few of them together. Hanzi: the tail of the table goes to 14.0 by
# counting, but what a table of 9 million characters lacks is not equally odd everywhere, so the tail is flattened to
# 11.5 (kept low enough for pages of names and place lists, which a steeper one would have called undecodable).
_BLOCKS: tuple[tuple[int, float], ...] = (
    (0x0000, _CONTROL),
    (0x0020, 3.4),  # ASCII: mostly letters; its real spread does not matter, since most encodings agree on it
    (0x007F, _CONTROL),
    (0x00A0, 9.0),
    (0x00C0, 5.5),  # Latin with marks
    (0x0250, 9.0),
    (0x0370, 4.2),  # Greek
    (0x0400, 4.2),  # Cyrillic
    (0x0530, 7.0),
    (0x0590, 4.2),  # Hebrew, Arabic
    (0x0700, 9.0),
    (0x0900, 5.0),  # scripts of India
    (0x0E00, 4.2),  # Thai
    (0x0E80, 5.0),
    (0x0F00, 11.0),
    (0x1E00, 6.5),  # Latin with two marks: Vietnamese
    (0x1F00, 7.0),
    (0x2000, 9.5),
    (0x2500, 8.0),  # box drawings: where there is one there are many
    (0x2580, 9.5),
    (0x2E80, 14.0),
    (0x3000, 8.5),
    (0x3041, 4.0),  # hiragana
    (0x30A0, 5.2),  # katakana
    (0x3100, 10.0),  # bopomofo
    (0x3130, 11.5),
    (0x3400, 14.0),
    (0x4E00, 11.5),
    (0xA000, 14.0),
    (0xAC00, 9.0),  # Hangul: 2,350 ordinary syllables, and as many that hardly occur
    (0xD7A4, _CONTROL),
    (0xE000, 13.0),  # private use: users' characters of GBK and Big5, which damaged pages are full of
    (0xF900, 13.0),
    (0xFB00, 13.0),
    (0xFE00, 11.0),
    (0xFE30, 10.5),
    (0xFE70, 13.0),
    (0xFF01, 9.0),
    (0xFF61, 8.5),  # half-width katakana
    (0xFFA0, 13.0),
    (0xFFFD, BAD_BYTE),
    (0xFFFE, _CONTROL),
    (0x10000, 12.5),
    (0x20000, 14.5),
    (0x323B0, _CONTROL),
)
_FIRSTS = [first for first, _ in _BLOCKS]
_WHITE = {"\n": 3.4, "\u3000": 3.4, "\t": 4.0, "\r": 5.0, "\f": 8.0}
#: The syllables that make up most of written Korean, most of them endings and particles.
HANGUL = (
    "이다의는에을를가은로한고하지도사기서자인그대어해나시들아리정수일라부전있과보게으스면원제구장상여주만경성"
    "적안조요공세소비동실것거선신우발중생무미국문마진유민물모관학위화교방간연출개행오되치내당분식회양등없용작"
    "체려러까네통같집음남계람저결와또때할합된권업법산심드니입습까드던데처터영예반체육년월명말김박최강건감역야"
)
_HANGUL_COST = 4.8
_BEYOND_ASCII = CharSet("[^\x00-\x7f]", 0x10000, 0x10FFFF)
# Characters are counted where they recur: in a text of so many half are new.
_SHORT = 400


class _Costs(dict[str, float]):
    """Cost by character, filled as characters are met."""

    def __missing__(self, char: str) -> float:
        code = ord(char)
        cost = _BLOCKS[bisect_right(_FIRSTS, code) - 1][1]
        if code & 0xFFFE == 0xFFFE:
            cost = _CONTROL
        self[char] = cost
        return cost


@cache
def _costs() -> _Costs:
    return _Costs(_table())


@cache
def _table() -> dict[str, float]:
    costs = dict(_WHITE)
    source = Path(__file__).with_name("data") / "characters.txt"
    for line in source.read_text(encoding="utf-8").splitlines():
        cost, chars = line.split("\t")
        costs.update(dict.fromkeys(chars, min(int(cost) / 10, 11.0)))
    costs.update(dict.fromkeys(HANGUL, _HANGUL_COST))
    return costs


def everyday(limit: float) -> str:
    """The characters of the table that cost at most `limit`.

    >>> "的" in everyday(9.5), "龘" in everyday(9.5)
    (True, False)
    """
    return "".join(char for char, cost in _table().items() if char > "\x7f" and cost <= limit)


def cost_of_char(char: str) -> float:
    """The cost of one character, in nats.

    >>> cost_of_char("的") < cost_of_char("龘")
    True
    """
    return _costs()[char]


def cost_of(text: str) -> float:
    """How unlikely `text` is as written text, in nats; grows with its length.

    >>> cost_of("今天天气很好") < cost_of("今天天气很好".encode("gb18030").decode("big5hkscs", "replace"))
    True
    """
    costs = _costs()
    if len(text) < _SHORT:
        return math.fsum(map(costs.__getitem__, text))
    return math.fsum(costs[char] * count for char, count in Counter(text).items())


def mean_cost(text: str) -> float:
    """The mean cost of the characters of `text` beyond ASCII, in nats; 0.0 if it has none. Ordinary Chinese: 5 to 7.

    >>> mean_cost("我们的工作。") < 7 < 9 < mean_cost("黼黻黹黧")
    True
    """
    beyond = beyond_ascii(text)
    return _weights().of(text) / (10 * beyond) if beyond else 0.0


def beyond_ascii(text: str) -> int:
    """How many characters of `text` are none of ASCII.

    >>> beyond_ascii("GDP增长")
    2
    """
    return _BEYOND_ASCII.count(text)


class Tenths(dict[str, int]):
    """Cost by character in tenths of nats, which all costs are whole numbers of."""

    def __missing__(self, char: str) -> int:
        self[char] = tenths = round(10 * cost_of_char(char))
        return tenths


@cache
def _weights() -> CharWeights:
    """The same, none for ASCII."""
    ascii_ = [0] * 0x80
    return CharWeights(Tenths(zip(map(chr, range(0x80)), ascii_, strict=True)), lambda: ascii_ + tenths_of_all()[0x80:])


def tenths_of_all() -> list[int]:
    """The cost of each character of the basic plane, in tenths of nats."""
    plane: list[int] = []
    for (first, cost), (end, _) in pairwise(_BLOCKS):
        plane += [round(10 * cost)] * (end - first)
    for char, cost in _table().items():
        plane[ord(char)] = round(10 * cost)
    return plane[:0x10000]
