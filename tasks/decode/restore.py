"""The characters that lost a byte, read from the bytes that are left of them and from what stands around them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import add

from tasks.expressions import seldom
from tasks.repair.lm import UNIT, symbols
from tasks.repair.lm.words import spellings

#: Codecs in which what is left of a character narrows it down, and Chinese is written: two bytes, or UTF-8. HZ is GB
#: 2312 with its high bits off, which `charsets.text_of` sets.
CODECS = frozenset({"gb18030", "hz", "big5hkscs", "utf-8", "utf-16-le", "utf-16-be"})

# The model's nats for a nat of belief: neighbouring characters do not speak independently.
_TEMPERATURE = 1.9
# How much the cost of the words that a reading makes with the hanzi before and after it, so many of them, counts beside
# that of its characters; as in the shift search.
_WORDS = 0.5
_WORD_REACH = 3
# What two characters in a row that stand elsewhere on the page are worth, what three are that the lost one ends or
# begins, and three that it is the middle of, in nats; and what it costs to stand nowhere else. Of 7,900 characters of
# our own texts, newspaper and reviews, these and words bring 2 more in 100 back.
_PAIR, _TRIPLE, _MIDDLE = 1.0, 1.0, 2.0
_NOWHERE = 0.5
_REMEMBERED = 2**16  # of a page, in characters
# Of the readings by characters alone, so many are looked at by words and page.
_LOOKED_AT = 20
# What the likeliest reading must be better than: a character that is no candidate, in nats for its neighbours and
# itself.
_OTHER = 24.0
# Of a page, so many characters say which script it is in.
_SAMPLE = 4000
# So many gaps are read on a page, a twentieth of a second's worth; the others stay marked.
_MOST = 1000

_HAN_AFTER = seldom("[\u3400-\u9fff]*$")
_HAN_BEFORE = seldom("[\u3400-\u9fff]*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What `text[start:end]`, all that is left of a character, should read, and the probability that it is right."""

    start: int
    end: int
    char: str
    confidence: float


def readings(text: str, bad: list[tuple[int, int]], codec: str) -> list[Reading]:
    """Readings of the places where bytes of a single character are left, in order.

    `bad` are position and value of the undecodable bytes, which stand as one character each in `text`.

    >>> [reading.char for reading in readings("今天的天\ufffd很好", [(4, 0xC6)], "gb18030")]
    ['气']
    """
    from tasks.decode.halves import fills, halves, is_traditional, thirds

    found: list[Reading] = []
    codec = "gb18030" if codec == "hz" else codec
    traditional = is_traditional(text[:_SAMPLE])
    page = _Page(symbols(text))
    for start, left in _gaps(bad, codec)[:_MOST]:
        end = start + len(left)
        before = ("\n\n" + page.text[max(start - 2, 0) : start])[-2:]
        after = (page.text[end : end + 2] + "\n\n")[:2]
        of = thirds(left, traditional) if codec == "utf-8" else halves(codec, left[0], traditional)
        if ranked := page.ranked(start, end, fills(of, *before, *after)[:_LOOKED_AT]):
            least, char, alone = ranked[0]
            total = sum([math.exp((least - cost) / _TEMPERATURE) for cost, _, _ in ranked])
            total += math.exp((alone - _OTHER) / _TEMPERATURE)
            found.append(Reading(start, end, char, 1 / total))
    return found


class _Page:
    """What a page says of the characters it lost: its own words and terms come again."""

    def __init__(self, text: str) -> None:
        """`text` in the model's symbols."""
        self.text = text
        text = text[:_REMEMBERED]
        pairs = list(map(add, text, text[1:]))
        self.known = {*text, *pairs, *map(add, pairs, text[2:])}

    def ranked(self, start: int, end: int, found: list[tuple[int, str]]) -> list[tuple[float, str, float]]:
        """Candidates for `text[start:end]`, given with their costs in steps of the model: what they cost by words and
        page too, in nats, each candidate, and what it costs by characters alone; the cheapest first."""
        before = _HAN_AFTER.search(self.text, max(0, start - _WORD_REACH), start)
        after = _HAN_BEFORE.match(self.text, end, end + _WORD_REACH)
        assert before
        assert after
        first, second = self.text[max(0, start - 2) : start], self.text[end : end + 2]
        seen = symbols("".join([char for _, char in found]))
        words = spellings([before[0] + symbol + after[0] for symbol in seen])
        return sorted(
            ((cost + _WORDS * spelt) * UNIT - self._worth(first, symbol, second), char, cost * UNIT)
            for (cost, char), symbol, spelt in zip(found, seen, words, strict=True)
        )

    def _worth(self, before: str, symbol: str, after: str) -> float:
        """What the page gives for a symbol between two others on each side, in nats."""
        known = self.known
        pairs = (before[-1:] + symbol in known) + (symbol + after[:1] in known)
        triples = (before + symbol in known) + (symbol + after in known)
        middle = before[-1:] + symbol + after[:1] in known
        return _PAIR * pairs + _TRIPLE * triples + _MIDDLE * middle - _NOWHERE * (symbol not in known)


def _gaps(bad: list[tuple[int, int]], codec: str) -> list[tuple[int, bytes]]:
    """Where bytes of one character that lost a byte stand, and which: one byte of two, or two of UTF-8's three."""
    wanted = 2 if codec == "utf-8" else 1
    runs: list[tuple[int, bytearray]] = []
    for position, byte in bad:
        if runs and runs[-1][0] + len(runs[-1][1]) == position:
            runs[-1][1].append(byte)
        else:
            runs.append((position, bytearray((byte,))))
    return [(start, bytes(left)) for start, left in runs if len(left) == wanted]
