"""GBK as pairs of bytes: one pair, one character, the user areas included, and nothing that re-synchronises by itself;
and Big5 likewise, without user areas.

The table is GB 18030-2000's for two bytes, as Python's codec has it; the user areas AAA1-AFFE, F8A1-FEFE and A140-A7A0
and the cells without a character lie in Unicode's private use area there.
"""

from __future__ import annotations

from functools import cache

from tasks.decode.charsets import by_line

GBK, BIG5 = "gb18030", "big5hkscs"

LEADS = range(0x81, 0xFF)
TRAILS = [*range(0x40, 0x7F), *range(0x80, 0xFF)]

_TO_FULL_WIDTH = 0xFEE0  # from an ASCII character to its full-width form, in code points

# Full-width marks that sites replace or fold to ASCII, and their pairs.
MARKS = {
    mark: int.from_bytes(full.encode("gb18030")) for mark, full in zip(",!?;:()、%", "，！？；：（）、％", strict=True)
}

# The forms that decoders of other houses (code page 936, GB 18030-2005) give to a few pairs.
_ALIASES = {
    "\N{EM DASH}": 0xA1AA,
    "\N{HORIZONTAL BAR}": 0xA1AA,
    "\N{MIDDLE DOT}": 0xA1A4,
    "\N{KATAKANA MIDDLE DOT}": 0xA1A4,
    "\N{WAVE DASH}": 0xA1AB,
    "\N{FULLWIDTH TILDE}": 0xA1AB,
    "\N{LATIN SMALL LETTER N WITH GRAVE}": 0xA8BF,
    "\N{LATIN SMALL LETTER M WITH ACUTE}": 0xA8BC,
}


@cache
def characters(codec: str = GBK) -> list[str]:
    """The character of each pair, by lead * 256 + trail; "" where none of the basic plane is.

    >>> characters()[0x94B5], hex(ord(characters()[0xFACA])), characters()[0x9428], characters(BIG5)[0xA440]
    ('數', '0xe319', '', '一')
    """
    table = [""] * 0x10000
    codes = [lead << 8 | trail for lead in LEADS for trail in TRAILS]
    for code, char in zip(codes, by_line(b"\n".join([code.to_bytes(2) for code in codes]), codec), strict=True):
        if len(char) == 1 and char <= "\uffff":
            table[code] = char
    return table


@cache
def pairs(codec: str = GBK) -> dict[str, int]:
    """The pair of each character, as lead * 256 + trail; ASCII forms of folded marks are not in it.

    >>> hex(pairs()["當"]), hex(pairs(BIG5)["當"])
    ('0xae94', '0xb7ed')
    """
    found = {char: pair for pair, char in enumerate(characters(codec)) if char}
    return found | _ALIASES if codec == GBK else found


@cache
def dropped(codec: str = GBK) -> frozenset[int]:
    """The pairs that decoders drop: those of the user areas, and of GBK those that code page 936 lacks.

    >>> 0xFACA in dropped(), 0xFE84 in dropped(), 0x94B5 in dropped()
    (True, True, False)
    """
    found = [(pair, char) for pair, char in enumerate(characters(codec)) if char]
    lacking = {pair for pair, char in found if not char.encode("cp936", "ignore")} if codec == GBK else set()
    return frozenset(lacking | {pair for pair, char in found if is_private(char)})


@cache
def wide(codec: str = GBK) -> dict[str, int]:
    """The pair of each character, and of the full-width form of each ASCII one.

    >>> wide()["!"] == pairs()["！"], wide(BIG5)["("] == pairs(BIG5)["（"], wide()["當"] == pairs()["當"]
    (True, True, True)
    """
    found = pairs(codec)
    codes = range(ord("!"), ord("~") + 1)
    if codec == GBK:
        return {" ": 0xA1A1} | {chr(code): 0xA380 + code for code in codes} | found
    full = ((chr(code), found.get(chr(code + _TO_FULL_WIDTH), 0)) for code in codes)
    return {char: pair for char, pair in full if pair} | found


def is_private(char: str) -> bool:
    """Whether a character lies in the private use area, where GBK's user areas are mapped.

    >>> is_private(chr(0xE319)), is_private("數")
    (True, False)
    """
    return "\ue000" <= char <= "\uf8ff" and char != ""
