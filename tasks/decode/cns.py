"""EUC-TW and ISO-2022-CN, which Python has no codec for: CNS 11643 planes 1 to 3 (tools/make_cns_table.py)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

# EUC-TW: ASCII, plane 1 as two bytes, and any plane behind 8E and the plane's number (RFC 1922 has the planes).
_EUC = re.compile(rb"[\x00-\x7f]+|\x8e([\xa1-\xa3])([\xa1-\xfe][\xa1-\xfe])|([\xa1-\xfe][\xa1-\xfe])", re.DOTALL)
# ISO-2022-CN (RFC 1922): ESC $ ) chooses what SO shifts to, ESC $ * what one SS2 (ESC N) reads.
_ISO = re.compile(
    rb"\x1b\$\)([AGE])|\x1b\$\*(H)|(\x0e)|(\x0f)|\x1bN([\x21-\x7e]{2})|(\n)|([\x21-\x7e]{2})|([\x00-\x0d\x10-\x1a\x1c-\x7f])",
    re.DOTALL,
)


@cache
def _planes() -> tuple[str, ...]:
    return tuple((Path(__file__).with_name("data") / "cns.txt").read_text(encoding="utf-8").split("\n")[:3])


def decode(raw: bytes, codec: str, mark: int) -> str:
    """`raw` as text; an undecodable byte becomes the character `mark` + byte. `codec` is euc-tw or iso-2022-cn.

    >>> decode(b"\\xc4\\xe3\\xa1\\xa3!", "euc-tw", 0xDC00), decode(b"\\x1b$)A\\x0eVPND\\x0f!", "iso-2022-cn", 0xDC00)
    ('中、!', '中文!')
    """
    return _euc_tw(raw, mark) if codec == "euc-tw" else _iso_2022_cn(raw, mark)


def _cell(plane: int, pair: bytes) -> str | None:
    """The character of two bytes (with or without their high bits) in a plane."""
    char = _planes()[plane - 1][(pair[0] & 0x7F) * 94 + (pair[1] & 0x7F) - 33 * 95]
    return None if char == " " else char


def _marks(raw: bytes, mark: int) -> str:
    return "".join(chr(mark + byte) for byte in raw)


def _euc_tw(raw: bytes, mark: int) -> str:
    parts: list[str] = []
    position = 0
    while position < len(raw):
        match = _EUC.match(raw, position)
        if match is None:
            parts.append(_marks(raw[position : position + 1], mark))
            position += 1
            continue
        if match[3] or match[2]:
            char = _cell(match[1][0] - 0xA0, match[2]) if match[2] else _cell(1, match[3])
            parts.append(char or _marks(match[0], mark))
        else:
            parts.append(match[0].decode("ascii"))
        position = match.end()
    return "".join(parts)


def _iso_2022_cn(raw: bytes, mark: int) -> str:
    parts: list[str] = []
    charset, shifted, position = b"", False, 0
    while position < len(raw):
        match = _ISO.match(raw, position)
        if match is None:
            parts.append(_marks(raw[position : position + 1], mark))
            position += 1
            continue
        position = match.end()
        if match[1]:
            charset = match[1]
        elif match[3] or match[4] or match[6]:
            shifted = bool(match[3])
            parts.append("\n" if match[6] else "")
        elif match[5]:
            parts.append(_cell(2, match[5]) or _marks(match[0], mark))
        elif match[7] and shifted and charset:
            parts.append(_shifted(match[7], charset, mark))
        elif match[7] or match[8]:
            position = match.start() + 1
            parts.append(chr(match[0][0]))
    return "".join(parts)


def _shifted(pair: bytes, charset: bytes, mark: int) -> str:
    if charset == b"G":
        return _cell(1, pair) or _marks(pair, mark)
    try:
        return bytes(byte | 0x80 for byte in pair).decode("gb2312" if charset == b"A" else "iso-ir-165")
    except (UnicodeDecodeError, LookupError):
        return _marks(pair, mark)
