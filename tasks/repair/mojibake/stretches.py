"""A line of UTF-8 that was misread and lost bytes, read stretch by stretch between its losses.

Text that lost a byte in every tenth character is nine tenths whole: what lies between two losses is undone by the
codecs themselves, and only the few bytes beside each loss are looked at one by one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tasks.repair.mojibake.codecs import EURO, LOST, SJIS_DEFAULT, WALL, bytes_of, is_text, with_euros
from tasks.repair.mojibake.tokens import UNMARKED, Token, torn

_MARKS = re.compile(f"[{LOST}?]+")
_MARKS_OF_SJIS = re.compile(f"[{LOST}?{SJIS_DEFAULT}]+")
# What a stretch begins and ends with of the characters that lost a byte beside it.
_HEAD = re.compile("[\x80-\xbf]{0,2}")
_TAIL = re.compile("(?:[\xe0-\xef][\x80-\xbf]?)?$")
# Question marks that stand for themselves.
_ASKED = re.compile(f"\\?+(?![\x80-\xbf{LOST}])")
_EDGE = 3  # bytes at the ends of a stretch whose places are counted


def by_stretches(line: str, reader: str) -> list[Token] | None:
    """The tokens of a line of UTF-8 that was read by `reader`, of which whole stretches are one token; None where
    something else is amiss than that bytes were lost and left a mark, and where none were.

    >>> [(token.text, token.start, token.end) for token in by_stretches("鍧婁汉鍗翠笉鑲\ufffd璧�", "gbk")]
    [('坊人却不', 0, 6), ('', 6, 8), ('', 8, 10)]
    """
    spans = [mark.span() for mark in (_MARKS_OF_SJIS if reader == "sjis" else _MARKS).finditer(line)]
    reading = _Reading(line, bytes_of(reader, "utf8"))
    begin = 0
    for end, after in spans:
        if not reading.stretch(begin, end, is_last=False):
            return None
        reading.mark(end, after)
        begin = after
    if spans and reading.stretch(begin, len(line), is_last=True) and reading.settle(len(line)):
        return reading.found
    return None


@dataclass(slots=True)
class _Reading:
    """What has been read of a line so far; the bytes of characters that lost some, each with the place in the line that
    it is in, and the place of what is before these."""

    line: str
    table: dict[int, str]
    found: list[Token] = field(default_factory=list)
    raw: str = ""
    places: list[int] = field(default_factory=list)
    before: int = -1

    def stretch(self, begin: int, end: int, is_last: bool) -> bool:
        """Read on to the next mark; whether that is UTF-8."""
        raw = self.line[begin:end].translate(self.table)
        if EURO in raw:
            if EURO in raw[:_EDGE] or EURO in raw[-_EDGE:]:
                return False
            raw = with_euros(raw)
        head = _length(_HEAD.match(raw)) if begin else 0
        tail = 0 if is_last else _length(_TAIL.search(raw, head))
        first = self._first_places(begin, min(head + 1, len(raw)))
        self.raw += raw[:head]
        self.places += first[:head]
        last = self._last_places(end, min(tail + 1, len(raw)))
        if head + tail < len(raw):
            whole = raw[head : len(raw) - tail]
            try:
                text = whole.encode("latin-1").decode("utf-8")
            except UnicodeError:
                return False
            if not is_text(text) or not self.settle(first[head]):
                return False
            is_whole = tail == 0 or last[0] != last[1]
            self.found.append(Token(text, first[head], last[0] + 1, first[head] != self.before, is_whole, whole, 0.0))
            self.before = last[0]
        self.raw += raw[len(raw) - tail :]
        self.places += last[len(last) - tail :]
        return True

    def mark(self, start: int, end: int) -> None:
        """Read on over a mark; question marks may be meant."""
        raw = self.line[start : end + 1].translate(self.table)
        if not self.raw and (asked := _ASKED.match(raw)):
            self.found.append(Token(asked[0], start, start + len(asked[0]), True, True, asked[0], 0.0))
            start += len(asked[0])
            self.before = start - 1
            raw = raw[len(asked[0]) :]
        self.raw += raw[: end - start]
        self.places += range(start, end)

    def settle(self, after: int) -> bool:
        """Read what characters that lost bytes are left, before the character at `after`; whether they are any."""
        places = [self.before, *self.places, after]
        for start, end, text, price in torn(self.raw, 0):
            if text == WALL or price in UNMARKED:
                return False
            first, last = places[start + 1], places[end]
            head, tail = places[start] != first, places[end + 1] != last
            self.found.append(Token(text, first, last + 1, head, tail, self.raw[start:end], price))
        self.before = places[-2]
        self.raw, self.places = "", []
        return True

    def _first_places(self, begin: int, count: int) -> list[int]:
        places: list[int] = []
        while len(places) < count:
            places += [begin] * len(self._bytes(begin))
            begin += 1
        return places[:count]

    def _last_places(self, end: int, count: int) -> list[int]:
        places: list[int] = []
        while len(places) < count:
            end -= 1
            places = [end] * len(self._bytes(end)) + places
        return places[len(places) - count :]

    def _bytes(self, at: int) -> str:
        char = self.line[at]
        return self.table.get(ord(char), char)


def _length(match: re.Match[str] | None) -> int:
    return len(match[0]) if match else 0
