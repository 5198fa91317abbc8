"""What bytes a wrong decoder made each character of, and what characters the right one makes of bytes.

Bytes are written here as a string of U+0000 to U+00FF, so that one string holds them together with what is no byte:
`LOST`, which stands where a decoder gave up on bytes, and `WALL`, which no byte of the codec gives.
"""

from __future__ import annotations

import re
from functools import cache

from tasks.decode.charsets import by_line, text_of
from tasks.repair.mojibake.loose import is_loose
from tasks.repair.shift.pairs import LEADS, TRAILS, characters, pairs

LOST = "\N{REPLACEMENT CHARACTER}"
WALL = "\uffff"

#: The encodings that text is taken for by mistake: single bytes (Latin-1 and Windows-1252 in one), and pairs. Big5 is
#: there twice, for Unicode's old table puts kana and Cyrillic elsewhere than ETEN did, whom all others follow.
READERS = ("latin", "gbk", "big5", "eten", "sjis", "euckr")
#: The encodings that Chinese text is in.
WRITERS = ("utf8", "gbk", "big5")

# Where Windows-1252 puts the bytes 80 to 9F; the five that it leaves out stay C1 controls.
_CP1252 = {char: chr(byte) for byte in range(0x80, 0xA0) if (char := bytes((byte,)).decode("cp1252", "ignore"))}
CP1252_ONLY = "".join(_CP1252)
CP1252_LETTERS = "".join(filter(str.isalpha, _CP1252))
# Decoders of one encoding differ in a few pairs: all their readings are taken, those of the first where they quarrel.
_CODECS = {
    "big5": ("cp950", "big5", "big5hkscs"),
    "eten": ("cp950", "big5hkscs", "big5"),
    "sjis": ("cp932", "shift_jis", "shift_jis_2004"),
    "euckr": ("cp949",),
}
#: What decoders of GBK make of the byte 80 (Windows, browsers) or of the pair A2E3.
EURO = "€"
_EURO_PAIR = re.compile(f"(?<![\xe0-\xef]){EURO}(?=[\x80-\xbf]{{2}}|{EURO})")
# Two numbers that Big5 has among its signs as well, where no text takes them from.
_HANZI_OF_BIG5 = {ord("十"): "\xa4\x51", ord("卅"): "\xa4\xca"}
# Whole text of each writer; and what is none: private use, controls, line ends, noncharacters.
_STRICT = {"utf8": "utf-8", "gbk": "gbk", "big5": "cp950"}
_NO_TEXT = re.compile("[\x00-\x08\n-\x1f\x7f-\x9f\u2028\u2029\ue000-\uf8ff\ufffd-\uffff]")
#: What Windows shows for a pair that Shift-JIS leaves out.
SJIS_DEFAULT = "\N{KATAKANA MIDDLE DOT}"


class _Loose(dict[int, str]):
    """Single bytes, and UTF-8's of what is none of them: of readers that take for Latin-1 what is not UTF-8."""

    def __missing__(self, code: int) -> str:
        if code <= 0xFF or 0xD800 <= code <= 0xDFFF or chr(code) in (LOST, WALL):
            raise KeyError(code)
        return chr(code).encode().decode("latin-1")


@cache
def bytes_of(reader: str, writer: str) -> dict[int, str]:
    """A table for `str.translate`: each character that `reader` can have made, to the bytes that it made it of.

    Of several pairs with the same character it is the one that `writer` may have written. Pairs of bytes that were read
    as Latin-1 may have been read as UTF-8 where they happen to be UTF-8.

    >>> "ä¸\\u00ad“".translate(bytes_of("latin", "utf8")), "涓".translate(bytes_of("gbk", "utf8"))
    ('ä¸\\xad\\x93', 'ä¸')
    """
    if reader == "latin":
        single = {ord(char): byte for char, byte in _CP1252.items()}
        return single if writer == "utf8" else _Loose(single)
    table = _bytes_of(reader)
    if writer != "utf8" or reader == "gbk":
        return table
    for fits in utf8_pairs(), utf8_pairs("\xe3-\xe9\xef"):
        table = table | {
            ord(char): raw
            for codec in _CODECS[reader]
            for raw, char in _double(codec).items()
            if raw in fits and len(known := table[ord(char)]) == 2 and known not in fits
        }
    return table


@cache
def _bytes_of(reader: str) -> dict[int, str]:
    """The same, of several pairs the one that decoders read first."""
    table = dict.fromkeys(range(0x80, 0x100), WALL)
    if reader == "gbk":
        table |= {ord(char): _raw(pair) for char, pair in pairs().items()} | _standard_forms()
        table |= {ord(char): _raw(pair) for pair, char in enumerate(characters()) if char}
        table |= {0x80: "\x80", ord(EURO): EURO}
        return table
    for codec in reversed(_CODECS[reader]):
        known = _double(codec)
        table |= zip(map(ord, reversed(known.values())), reversed(known), strict=True)
    if reader in ("big5", "eten"):
        table |= _HANZI_OF_BIG5
        table |= {code: raw for code, raw in _big5_private() if code not in table}
    if reader == "sjis":
        table |= {0xFF61 + byte - 0xA1: chr(byte) for byte in range(0xA1, 0xE0)}
        table |= {0x80: "\x80", 0xA0: "\xa0", ord(SJIS_DEFAULT): LOST}
        table |= {0xF8F0 + place: byte for place, byte in enumerate("\xa0\xfd\xfe\xff")}
        table |= {code: raw for code, raw in _sjis_private() if code not in table}
    return table


def strictly(text: str, chain: tuple[tuple[str, str], ...]) -> str | None:
    """`text` with a chain undone, if all of it is whole characters of the chain; at a fiftieth of what tokens cost.

    >>> strictly("2件鐢ㄦ埛", (("gbk", "utf8"),)), strictly("2, 鐢ㄦ埛", (("gbk", "utf8"),))
    (None, '2, 用户')
    """
    for reader, writer in chain:
        if reader == "latin" and writer != "utf8" and is_loose(text):
            return None  # one character may be one byte or two
        raw = text.translate(bytes_of(reader, writer))
        if reader == "gbk" and EURO in raw:
            raw = with_euros(raw)
        try:
            text = raw.encode("latin-1").decode(_STRICT[writer])
        except UnicodeError:
            return None
    return text if is_text(text) else None


def with_euros(raw: str) -> str:
    """Bytes as read by GBK with each euro sign as the bytes that it was read of, where UTF-8 is whole around it."""
    return _EURO_PAIR.sub("\xa2\xe3", raw).replace(EURO, "\x80")


def is_text(text: str) -> bool:
    """Whether a text has no private characters, controls or line ends, as mis-decoded text has when it is read wrong.

    >>> is_text("用户"), is_text("用\x85户")
    (True, False)
    """
    return _NO_TEXT.search(text) is None


@cache
def raws() -> list[str]:
    """All pairs of a lead byte and a trail byte, in order."""
    return [chr(lead) + chr(trail) for lead in LEADS for trail in TRAILS]


@cache
def utf8_pairs(leads: str = "\xc2-\xef") -> frozenset[str]:
    """The pairs of bytes that UTF-8 has, or has in characters that begin with one of `leads`."""
    fits = re.compile(f"[{leads}][\x80-\xbf]|[\x80-\xbf][\x80-\xbf{leads}]")
    return frozenset(filter(fits.match, raws()))


@cache
def chars_of(writer: str) -> dict[str, str]:
    """The character of each pair of bytes of "gbk" or "big5", private ones left out.

    >>> chars_of("gbk")["ÖÐ"], chars_of("big5")["¤¤"]
    ('中', '中')
    """
    if writer == "gbk":
        known = [pair.to_bytes(2) for pair, char in enumerate(characters()) if char]
        found = {
            raw.decode("latin-1"): char for raw, char in zip(known, text_of(b"".join(known), "gb18030"), strict=True)
        }
    else:
        found = _double("big5hkscs") | _double("cp950")
    return {raw: char for raw, char in found.items() if not "\ue000" <= char <= "\uf8ff"}


def _raw(pair: int) -> str:
    return chr(pair >> 8) + chr(pair & 0xFF)


@cache
def _double(codec: str) -> dict[str, str]:
    """The character of each pair of bytes."""
    chars = by_line("\n".join(raws()).encode("latin-1"), codec)
    return {
        raw: char
        for raw, char in zip(raws(), chars, strict=True)
        if len(char) == 1 and char > "\x7f" and not "\uff61" <= char <= "\uff9f"
    }


def _standard_forms() -> dict[int, str]:
    """Code points that the standard has given since to pairs that Python's codec keeps in private use."""
    private = {char: pair for char, pair in pairs().items() if "\ue000" <= char <= "\uf8ff"}
    given = text_of(b"".join([pair.to_bytes(2) for pair in private.values()]), "gb18030")
    return {ord(new): _raw(pair) for new, (char, pair) in zip(given, private.items(), strict=True) if new != char}


def _big5_private() -> list[tuple[int, str]]:
    """Windows' user areas of Big5, in the order in which private use is filled (Microsoft's bestfit950 table)."""
    rows = [*range(0xFA, 0xFF), *range(0x8E, 0xA1), *range(0x81, 0x8E), *range(0xC6, 0xC9)]
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    raws = [(lead, trail) for lead in rows for trail in trails if lead != 0xC6 or trail >= 0xA1]
    return [(0xE000 + place, chr(lead) + chr(trail)) for place, (lead, trail) in enumerate(raws)]


def _sjis_private() -> list[tuple[int, str]]:
    """The user area of Shift-JIS, F040 to F9FC (WHATWG Encoding Standard, Shift_JIS decoder)."""
    raws = [(lead, trail) for lead in range(0xF0, 0xFA) for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))]
    return [(0xE000 + place, chr(lead) + chr(trail)) for place, (lead, trail) in enumerate(raws)]
