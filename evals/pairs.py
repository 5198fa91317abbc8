"""Double-byte pairs as the damaging tools and their decoders saw them: one pair, one character, nothing in between.

Python's own codecs re-synchronise after a bad byte in their own way and refuse the user areas; the forward model needs
neither. So each pair is looked up by itself, and the user areas are computed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Encoding = Literal["gbk", "big5"]
Pairs = dict[bytes, str]


def is_lead(byte: int) -> bool:
    """Whether `byte` can begin a pair; 0x80 and 0xFF can not, in GBK or Big5.

    >>> is_lead(0x81), is_lead(0x80), is_lead(0x41)
    (True, False, False)
    """
    return 0x81 <= byte <= 0xFE


@lru_cache(maxsize=2)
def decoding(encoding: Encoding) -> Pairs:
    """All pairs of `encoding` with the character that each stands for, private-use characters included.

    GBK's user areas AAA1-AFFE, F8A1-FEFE and A140-A7A0 map to U+E000 on, as in GB 18030-2000; Big5's as in
    Microsoft's code page 950.

    >>> decoding("gbk")[bytes.fromhex("94b5")], hex(ord(decoding("gbk")[bytes.fromhex("faca")]))
    ('數', '0xe319')
    >>> decoding("big5")[bytes.fromhex("a440")], hex(ord(decoding("big5")[bytes.fromhex("fa40")]))
    ('一', '0xe000')
    """
    one = _gbk_pair if encoding == "gbk" else _big5_pair
    pairs = {}
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            character = one(lead, trail)
            if character:
                pairs[bytes((lead, trail))] = character
    return pairs


@lru_cache(maxsize=2)
def encoding_of(encoding: Encoding) -> dict[str, bytes]:
    """Character to pair, for the characters that are not private-use; of two pairs the one that the codec writes.

    >>> encoding_of("gbk")["當"].hex()
    'ae94'
    """
    table: dict[str, bytes] = {}
    for pair, character in decoding(encoding).items():
        if not is_private(character):
            table[character] = _written(character, encoding) or pair
    return table


def is_private(character: str) -> bool:
    """Whether a character lies in the Basic Multilingual Plane's private use area.

    >>> is_private(chr(0xE319)), is_private("數")
    (True, False)
    """
    return "\ue000" <= character <= "\uf8ff"


def is_dropped(character: str) -> bool:
    """Whether a decoder that drops what it does not know drops the pair of a character: those of the user areas, and
    of GB 18030's those that code page 936 lacks.

    >>> is_dropped(chr(0xE319)), is_dropped(chr(0x2ECA)), is_dropped("數")
    (True, True, False)
    """
    return is_private(character) or (character > "\x7f" and not character.encode("gbk", "ignore"))


def _written(character: str, encoding: Encoding) -> bytes:
    try:
        written = character.encode("gb18030" if encoding == "gbk" else "cp950")
    except UnicodeEncodeError:
        return b""
    return written if len(written) == 2 else b""


def _gbk_pair(lead: int, trail: int) -> str:
    try:
        return bytes((lead, trail)).decode("gb18030")
    except UnicodeDecodeError:
        return ""


def _big5_pair(lead: int, trail: int) -> str:
    if 0x7F <= trail <= 0xA0:
        return ""
    try:
        return bytes((lead, trail)).decode("cp950")
    except UnicodeDecodeError:
        cell = trail - 0x40 if trail < 0x7F else trail - 0x62
        for first, last, start in ((0xFA, 0xFE, 0xE000), (0x8E, 0xA0, 0xE311), (0x81, 0x8D, 0xEEB8)):
            if first <= lead <= last:
                return chr(start + (lead - first) * 157 + cell)
        return ""
