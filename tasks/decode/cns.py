"""EUC-TW, ISO-2022-CN and HZ, and torn ISO-2022-JP and -KR. Python has no codec for the first two, and those for the
others do not survive a lost byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tasks.expressions import seldom

# EUC-TW: ASCII, plane 1 as two bytes, any plane behind 8E and its number (as glibc's iconv reads it). The last part
# takes a byte that is none of these.
_EUC = seldom(
    rb"(?P<ascii>[\x00-\x7f]+)|\x8e(?P<plane>[\xa1-\xa4])(?P<pair>[\xa1-\xfe]{2})|(?P<first>[\xa1-\xfe]{2})|.",
    re.DOTALL,
)
# ISO-2022-CN (RFC 1922): ESC $ ) says what SO shifts to, ESC $ * what one ESC N reads; a line end shifts back.
_ISO = seldom(
    rb"\x1b\$\)(?P<set>[AGE])|\x1b\$\*H|(?P<out>\x0e)|(?P<back>[\x0f\n])|\x1bN(?P<second>[\x21-\x7e]{2})|(?P<run>[\x21-\x7e]+)|.",
    re.DOTALL,
)
# HZ (RFC 1843): ~{ begins GB2312 with its high bits off, ~} or the line's end ends it, ~~ is ~, ~ and a line end is
# nothing.
# A run is pairs up to its end; where a byte of it is lost, whatever stands before the first ~}; what lost a byte of its
# end goes on to the line's or to the next ~{, which no pair can be.
_HZ = seldom(
    rb"~\{(?P<run>(?:[!-w][!-~])+)(?:~\}|(?=\n)|$)"
    rb"|~\{(?P<torn>[^\n~]*(?:~[^\n}{][^\n~]*)*)(?:~\}|~?(?=\n)|(?=~\{)|~?$)"
    rb"|~(?P<tilde>~)|~\n|(?P<line>\n)|(?P<closed>~\})|(?P<ascii>[^~\n]+|.)",
    re.DOTALL,
)
# A run that lost ~ or { of its begin.
_BEHIND = seldom(rb"[~{]([!-~]{4,})$")
_HIGH = bytes(range(0x80, 0x100)) * 2
# ISO-2022-JP (RFC 1468): an escape says what follows up to the next, or the line's end. ISO-2022-KR (RFC 1557): SO and
# SI shift to KS X 1001 and back.
_JAPANESE = seldom(rb"\x1b(?P<escape>\$[@B]|\([BJ])|(?P<run>[^\x1b\n]+)|(?P<rest>\n|\x1b)")
_KOREAN = seldom(rb"\x1b\$\)C|(?P<out>\x0e)|(?P<back>\x0f)|(?P<run>[^\x0e\x0f\n\x1b]+)|(?P<rest>\n|\x1b)")


@cache
def _planes() -> tuple[str, ...]:
    return tuple((Path(__file__).with_name("data") / "cns.txt").read_text(encoding="utf-8").split("\n")[:4])


def decode(raw: bytes, codec: str) -> str:
    """`raw` as text; an undecodable byte becomes a lone surrogate (charsets.py). `codec` is euc-tw, iso-2022-cn or hz.

    >>> decode(b"\\xc4\\xe3\\xa1\\xa3!", "euc-tw"), decode(b"~{VPND~}!", "hz")
    ('中、!', '中文!')
    >>> decode(b"\\x1b$)A\\x0eVPND\\x0f!", "iso-2022-cn")
    '中文!'
    """
    pieces = {"euc-tw": _euc_tw, "iso-2022-cn": _iso_2022_cn, "hz": _hz}[codec](raw)
    return "".join(pieces)


def _cell(plane: int, pair: bytes) -> str | None:
    """The character of two bytes (with or without their high bits) in a plane."""
    char = _planes()[plane - 1][(pair[0] & 0x7F) * 94 + (pair[1] & 0x7F) - 33 * 95]
    return None if char == " " else char


def _marks(raw: bytes) -> str:
    return "".join(chr(0xDC00 + byte) for byte in raw)


def _euc_tw(raw: bytes) -> Iterator[str]:
    for match in _EUC.finditer(raw):
        if match["ascii"]:
            yield match[0].decode("ascii")
        elif match["first"] or match["plane"]:
            plane = match["plane"][0] - 0xA0 if match["plane"] else 1
            yield _cell(plane, match["pair"] or match["first"]) or _marks(match[0])
        else:
            yield _marks(match[0])


def _iso_2022_cn(raw: bytes) -> Iterator[str]:
    charset, shifted = b"A", False
    for match in _ISO.finditer(raw):
        if match["set"]:
            charset = match["set"]
        elif match["out"] or match["back"]:
            shifted = match["out"] is not None
            yield "\n" if match[0] == b"\n" else ""
        elif match["second"]:
            yield _cell(2, match["second"]) or _marks(match[0])
        elif match["run"] and shifted:
            yield _pairs(match["run"], "euc-tw" if charset == b"G" else "gb18030")
        elif not match[0].startswith(b"\x1b"):
            yield match[0].decode("ascii") if match[0].isascii() else _marks(match[0])


def _hz(raw: bytes) -> Iterator[str]:
    waiting: list[bytes] = []  # ASCII since the last run or line end
    lossy = any(len(match["run"] or match["torn"] or b"") % 2 for match in _HZ.finditer(raw))
    for match in _HZ.finditer(raw):
        if match["ascii"] or match["tilde"]:
            waiting.append(match["ascii"] or match["tilde"])
            continue
        before, waiting = b"".join(waiting), []
        if match["closed"]:
            yield _closed(before)
            continue
        yield before.decode("ascii", "replace")
        if run := match["run"] or match["torn"]:
            yield _pairs(run, "gb18030", lossy)
        elif match["line"]:
            yield "\n"
    yield b"".join(waiting).decode("ascii", "replace")


def _closed(before: bytes) -> str:
    """What stands before a ~} that ends no run: a run that lost a byte of its ~{, if the other is there."""
    first = min((at for mark in b"~{" if (at := before.find(mark)) >= 0), default=len(before))
    run = _BEHIND.match(before, first)
    if run is None:
        return before.decode("ascii", "replace") + "~}"
    return before[:first].decode("ascii", "replace") + _pairs(run[1], "gb18030")


def torn(raw: bytes, codec: str) -> str:
    """`raw`, which lost bytes, as text of ISO-2022-JP or ISO-2022-KR; undecodable bytes as in `decode`.

    >>> torn("水車が回る".encode("iso2022_jp")[:-4] + b"\\x1b(B", "iso2022_jp")[:4]
    '水車が回'
    """
    korean = codec == "iso2022_kr"
    pieces: list[str] = []
    double = False
    for match in (_KOREAN if korean else _JAPANESE).finditer(raw):
        if run := match["run"]:
            pieces.append(_pairs(run, "cp949" if korean else "euc_jp") if double else run.decode("cp1252", "replace"))
        elif match["rest"]:
            double = double and match["rest"] != b"\n"
            pieces.append("\n" if match["rest"] == b"\n" else _marks(match["rest"]))
        else:
            double = match["out"] is not None if korean else match["escape"][:1] == b"$"
    return "".join(pieces)


def _pairs(run: bytes, codec: str, lossy: bool = False) -> str:
    """Pairs of seven-bit bytes as text, brought back into step where bytes are lost: where their number is odd, or the
    text looks it, the more so where other runs have lost some (`lossy`)."""
    from tasks.decode.cuts import resynced
    from tasks.decode.resync import in_step

    high = run.translate(_HIGH)
    if codec != "gb18030" and len(run) % 2:
        return resynced(high, codec)[0]
    return in_step(high, codec, lossy=lossy)[0]
