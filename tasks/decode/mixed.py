"""Two encodings in one page: lines, or pieces between tags, that are in another encoding than the rest.

Templates and included files bring them about: a header in GBK around an article in UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tasks.decode.charsets import marked, text_of, whole
from tasks.decode.score import BAD_BYTE, beyond_ascii, cost_of, everyday, mean_cost
from tasks.expressions import seldom

# Multibyte encodings whose second bytes never are a line end, "<" or ">": they can be cut there.
_CODECS = ("utf-8", "gb18030", "big5hkscs")
_PIECE = seldom(rb"[^\r\n<>]*[\x80-\xff][^\r\n<>]*")
# Two three-byte characters of UTF-8 in a row. In GB18030 and Big5 it takes four rare hanzi to look so.
_UTF_8 = seldom(rb"(?:[\xe1-\xef][\x80-\xbf]{2}){2}")
# How much likelier the other reading must be, in nats, and how ordinary, and of how many characters beyond ASCII.
# Measured on one byte in 400 lost: no piece changes its encoding.
_MARGIN = 20.0
_ORDINARY = 8.5
_LEAST_CHARACTERS = 4
# Of a page in two encodings, the share of bytes that may stand in pieces that are ordinary in none.
_NEITHER_SHARE = 0.25
# Of a piece's bytes beyond ASCII, the share that must stand in three-byte characters of UTF-8 for it to be UTF-8: what
# was GB18030 or Big5 has under a quarter, damaged UTF-8 over nine in ten.
_UTF_8_SHARE = 0.5
_THREE_BYTES = seldom(rb"[\xe1-\xef][\x80-\xbf]{2}")
# A piece of whose characters fewer than one in three are dearer than this is not misread: of misread ones two in three.
_EVERYDAY = 9.5
_ODD_SHARE = 3
# Of a piece longer than this every third character is looked at first: half that share of them would tell.
_LONG, _SOME = 60, 3
_ASCII = bytes(range(0x80))
# Half of what follows the first bytes of UTF-8's hanzi is among these, and no byte of GB 2312.
_LOW = bytes(range(0x80, 0xA1))


@dataclass(frozen=True, slots=True)
class Foreign:
    """A piece in another encoding: where its bytes are, its codec, and its text."""

    start: int
    end: int
    codec: str
    text: str


def commonest_codec(raw: bytes) -> str | None:
    """The encoding that most of a page is in whose pieces are each ordinary in one or another; None if they are not.

    >>> commonest_codec("山上的桃花都开了\\n".encode("gbk") + "老人们都坐在村口说话".encode())
    'utf-8'
    """
    sizes = dict.fromkeys((*_CODECS, None), 0)
    for match in _PIECE.finditer(raw):
        piece = match[0]
        found = (codec for codec in _CODECS if (text := whole(piece, codec)) and _is_ordinary(text))
        sizes[next(found, None)] += len(piece)
    if sizes.pop(None) > _NEITHER_SHARE * sum(sizes.values()):
        return None
    return max(sizes, key=sizes.__getitem__)


def foreign_pieces(raw: bytes, text: str, codec: str, damaged: bool) -> list[Foreign]:
    """The pieces of `raw` that are not in `codec` but in another encoding, which reads them whole and as ordinary
    Chinese.

    `text` is `raw` as `codec` reads it; `damaged` says whether that leaves bytes undecoded. If it does not, only UTF-8
    can have been misread, and only as GB18030: Big5 has no trail bytes from 80 to A0.

    >>> raw = "山上的桃花都开了\\n".encode("gbk") + "老人们坐在村口".encode()
    >>> pieces = foreign_pieces(raw, text_of(raw, "gb18030"), "gb18030", damaged=False)
    >>> [(piece.start, piece.codec, piece.text) for piece in pieces]
    [(17, 'utf-8', '老人们坐在村口')]
    """
    if codec not in _CODECS or not (damaged or (codec == "gb18030" and _may_hold_utf8(raw, text))):
        return []
    found: list[Foreign] = []
    others = [other for other in _CODECS if other != codec and (damaged or other == "utf-8")]
    for match in _PIECE.finditer(raw):
        piece = match[0]
        own = whole(piece, codec)
        if (own is not None and not _is_odd(own)) or (codec == "utf-8" and _may_be(piece, codec)):
            continue
        if best := _better(piece, codec, [other for other in others if _may_be(piece, other)]):
            found.append(Foreign(match.start(), match.end(), *best))
    return found


def _may_hold_utf8(raw: bytes, text: str) -> bool:
    """Whether GB18030 may have UTF-8 in it: bytes that GB 2312 does not have, and characters of them, tell soonest."""
    if len(raw.translate(None, _LOW)) == len(raw):
        return False
    return _like_utf8().search(text) is not None and _UTF_8.search(raw) is not None


@cache
def _like_utf8() -> re.Pattern[str]:
    """Characters that UTF-8's hanzi look like in GB18030, and text does not: of four hanzi in a row, 96 % have one."""
    leads = range(0xE4, 0xEA)
    pairs = [(lead, trail) for lead in _LOW[1:] for trail in (*_LOW, *leads)]
    pairs += [(lead, trail) for lead in leads for trail in _LOW]
    return re.compile(f"[{bytes(byte for pair in pairs for byte in pair).decode('gb18030', 'ignore')}]")


def _is_odd(text: str) -> bool:
    """Whether a piece without undecodable bytes has so many characters that are not everyday ones that it may be
    misread."""
    some = text[::_SOME] if len(text) > _LONG else text
    if 2 * _ODD_SHARE * len(_rare().findall(some)) <= beyond_ascii(some):
        return False
    return _ODD_SHARE * len(_rare().findall(text)) > beyond_ascii(text)


@cache
def _rare() -> re.Pattern[str]:
    return re.compile(f"[^\\x00-\x7f{re.escape(everyday(_EVERYDAY))}]")


def _may_be(piece: bytes, codec: str) -> bool:
    """Whether a piece may be in a codec, at a glance."""
    if codec != "utf-8":
        return True
    return 3 * len(_THREE_BYTES.findall(piece)) >= _UTF_8_SHARE * len(piece.translate(None, _ASCII))


def _better(piece: bytes, codec: str, others: list[str]) -> tuple[str, str] | None:
    readings = [(other, text) for other in others if (text := whole(piece, other)) and _is_ordinary(text)]
    if not readings:
        return None
    own = text_of(piece, codec)
    bad = len(marked(own))
    if not bad and mean_cost(own) < _ORDINARY:
        return None
    limit = cost_of(own) - bad * (16.0 - BAD_BYTE) - _MARGIN
    cost, other, text = min((cost_of(text), other, text) for other, text in readings)
    return (other, text) if cost < limit else None


def _is_ordinary(text: str) -> bool:
    if _is_odd(text):
        return False
    return beyond_ascii(text) >= _LEAST_CHARACTERS and mean_cost(text) < _ORDINARY
