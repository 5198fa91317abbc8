"""Where a text may hold mis-decoded passages: three expressions, tried where their first characters stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from tasks.chars import CharSet
from tasks.decode.score import everyday
from tasks.repair.mojibake.codecs import CP1252_LETTERS, CP1252_ONLY, EURO, chars_of

# What healthy text is written in: the commoner hanzi of the table of decode (5,800), ASCII, the letters, marks and
# signs of all alphabets, kana, the 2,350 ordinary syllables of Korean. Of mis-decoded text of any chain one character
# in two is something else, but for GBK read as EUC-KR: syllables and hanzi in disorder.
_COMMON = 12.0
_SIGNS = "\\x00-\u31ff\uff01-\uff5e\ufe00-\ufe4f\U00010000-\U0010ffff"
# A closer look at a place, still a cheap one: so many of its characters are no common ones of Chinese.
_NEAR = 12
_LEAST = 3
# Read as single bytes, each pair is two characters from the upper half, and no language has three of them on end. GBK
# read as EUC-KR is hanzi among syllables.
_LATIN = f"[\x80-\xff{CP1252_ONLY}]{{2}}"
_BYTE = f"[\xa1-\xff{CP1252_LETTERS}\uac00-\ud7a3]"
_BYTES = re.compile(f"{_BYTE}(?:{_LATIN}|[\u4e00-\u9fff]{{1,4}}[\uac00-\ud7a3])")
_SINGLE = CharSet(_BYTE)

Way = tuple[CharSet, int, re.Pattern[str]]  # what a clue begins with, so many of these, and the whole of it


@cache
def _utf8_as_gbk() -> Way:
    """Two hanzi of UTF-8 as three characters of GBK: lead and first byte, second byte and lead, two more bytes."""
    leads, more, inner = ((*range(0xE4, 0xEA),), range(0x80, 0xC0), range(0x81, 0xC0))
    first = _characters(leads, more) + _characters((0xE3,), (0x80,)) + _characters((0xEF,), (0xBC, 0xBD))
    middle, last = _characters(inner, (0xE3, *leads, 0xEF)) + EURO, _characters(inner, more) + EURO
    ways = [re.escape(chars) for chars in (first, middle, last)]
    return CharSet(f"[{ways[0]}{ways[1]}]"), 2, re.compile("".join([f"[{chars}]" for chars in ways]))


def _characters(leads: Iterable[int], trails: Iterable[int]) -> str:
    """The characters of GBK with one of those lead and one of those trail bytes."""
    chars = chars_of("gbk")
    return "".join([chars.get(chr(lead) + chr(trail), "") for lead in leads for trail in trails])


@cache
def _syllables() -> str:
    """The syllables of KS X 1001."""
    pairs = (bytes((lead, trail)) for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF))
    return "".join(raw.decode("euc_kr", "ignore") for raw in pairs)


@cache
def _odd() -> Way:
    odd = f"[^{_SIGNS}{re.escape(everyday(_COMMON))}{_syllables()}]"
    return CharSet(odd), 1, re.compile(f"{odd}.{{0,3}}?{odd}")


@cache
def _uncommon() -> re.Pattern[str]:
    return re.compile(f"[^\\x00-\x7f{re.escape(everyday(_COMMON))}]")


def clues(text: str) -> list[int]:
    """Where characters stand that mis-decoded text is made of, in order: most of it is healthy.

    >>> clues("鸊鷉在水面游，小船也在，鐢ㄦ埛"), clues("ÖÐ¹ú"), clues("春天的花都开了")
    ([12], [0], [])
    """
    odd = (at for at in _starts(_odd(), text) if _is_uncommon(text, at))
    return sorted({*odd, *_starts((_SINGLE, 1, _BYTES), text), *_starts(_utf8_as_gbk(), text)})


def _starts(way: Way, text: str) -> list[int]:
    first, count, expression = way
    return [match.start() for match in first.matches(expression, text, count)]


def _is_uncommon(text: str, at: int) -> bool:
    return len(_uncommon().findall(text, at, _near(text, at))) >= _LEAST


def _near(text: str, at: int) -> int:
    """Where the closer look at a place ends: with its line at the latest."""
    end = text.find("\n", at, at + _NEAR)
    return at + _NEAR if end < 0 else end


def has_bytes(line: str) -> bool:
    """Whether a line has characters on end that look like bytes.

    >>> has_bytes("itâ€™s"), has_bytes("été")
    (True, False)
    """
    return _SINGLE.find(line) >= 0 and _BYTES.search(line) is not None
