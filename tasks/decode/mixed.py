"""Two encodings in one page: lines, or pieces between tags, that are in another encoding than the rest.

Templates and included files bring them about: a header in GBK around an article in UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.decode.charsets import marked, text_of
from tasks.decode.score import BAD_BYTE, cost_of, mean_cost

# Multibyte encodings whose second bytes never are a line end, "<" or ">": they can be cut there.
_CODECS = ("utf-8", "gb18030", "big5hkscs")
_PIECE = re.compile(rb"[^\r\n<>]*[\x80-\xff][^\r\n<>]*")
# Two three-byte characters of UTF-8 in a row. In GB18030 and Big5 it takes four rare hanzi to look so.
_UTF_8 = re.compile(rb"(?:[\xe1-\xef][\x80-\xbf]{2}){2}")
# How much likelier the other reading must be, in nats, and how ordinary, and of how many characters beyond ASCII.
# Measured on one byte in 400 lost: no piece changes its encoding.
_MARGIN = 20.0
_ORDINARY = 8.5
_LEAST_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class Foreign:
    """A piece in another encoding: where its bytes are, its codec, and its text."""

    start: int
    end: int
    codec: str
    text: str


def foreign_pieces(raw: bytes, codec: str, damaged: bool) -> list[Foreign]:
    """The pieces of `raw` that are not in `codec` but in another encoding, which reads them whole and as ordinary
    Chinese.

    `damaged` says whether `codec` leaves bytes undecoded; if it does not, only UTF-8 can have been misread.

    >>> raw = "山上的桃花都开了\\n".encode("gbk") + "老人们坐在村口".encode()
    >>> [(piece.start, piece.codec, piece.text) for piece in foreign_pieces(raw, "gb18030", damaged=False)]
    [(17, 'utf-8', '老人们坐在村口')]
    """
    if codec not in _CODECS or not (damaged or (codec != "utf-8" and _UTF_8.search(raw))):
        return []
    found: list[Foreign] = []
    for match in _PIECE.finditer(raw):
        piece = match[0]
        others = [other for other in _CODECS if other != codec] if damaged else ["utf-8"]
        if damaged or _UTF_8.search(piece):
            best = _better(piece, codec, others)
            if best:
                found.append(Foreign(match.start(), match.end(), *best))
    return found


def _better(piece: bytes, codec: str, others: list[str]) -> tuple[str, str] | None:
    own = text_of(piece, codec)
    bad = len(marked(own))
    if not bad and mean_cost(own) < _ORDINARY:
        return None
    limit = cost_of(own) - bad * (16.0 - BAD_BYTE) - _MARGIN
    readings = [(cost_of(text), other, text) for other in others if _is_ordinary(text := text_of(piece, other))]
    cost, other, text = min(readings, default=(limit, "", ""))
    return (other, text) if cost < limit else None


def _is_ordinary(text: str) -> bool:
    beyond = len(text) - len(text.encode("ascii", "ignore")) if not marked(text) else 0
    return beyond >= _LEAST_CHARACTERS and mean_cost(text) < _ORDINARY
