"""Where a byte was lost from two-byte characters, by the language model of the repair.

A lost byte leaves half a character, and what follows is read one byte out of step until something puts it back in
step: a half at the end of the run, or a byte below 80 that is a trail byte in truth. Both show, so the loss is looked
for backwards from there. A place for it leaves the text before as it is and has what follows read anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from tasks.chars import CharSet
from tasks.decode.charsets import MAPPED_ANEW, text_of
from tasks.decode.places import Run, place, roughly, symbol_of
from tasks.decode.score import beyond_ascii
from tasks.repair.lm import symbols

# Full-width marks that sites' tools replace on bytes, as they come out.
_REPLACED = frozenset("!;?:,()")
# A half that was placed without the model may belong so many characters further on.
_FORWARD = 3

_ENDS = re.compile("[\udc00-\udcff]|(?<=[^\x00-\x7f])[@-~](?=[^\x00-\x7f]|\n|$)")
_HALF = re.compile("[\udc00-\udcff]")
_HALVES = CharSet(_HALF.pattern)
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
# What has not two bytes: a half, ASCII, beyond U+FFFF what is in GB18030 and UTF-16, but not in Big5, and the two marks
# that Big5 of Hong Kong has only with a letter, two characters for one pair.
_WITH_LETTER = "\u0304\u030c"
_NO_UNIT = re.compile("[\udc00-\udcff\U00010000-\U0010ffff]")
_NO_PAIR = {
    "utf-16-le": _NO_UNIT,
    "utf-16-be": _NO_UNIT,
    "gb18030": re.compile("[\x00-\x7f\udc00-\udcff\U00010000-\U0010ffff]"),
    "big5hkscs": re.compile(f"[\x00-\x7f{_WITH_LETTER}\udc00-\udcff]"),
}
# Of a page, so many ends are placed by the model, a tenth of a second's worth; those beyond by single characters.
_MOST_CLOSELY = 1000
# How much of the text before an end is held, in characters.
_HELD = 512


def runs_read_anew(raw: bytes, text: str, codec: str, damaged: bool, script: bool | None) -> str:
    """`text`, which is `raw` as `codec` reads it, with runs that are out of step read anew.

    Half a character is a lone surrogate, as in `charsets.text_of`. With `damaged`, the page is known to have lost
    bytes: then a single letter may be half a character that lost its lead byte. `script` is True for traditional text.

    >>> raw = "山上的桃花都开了，老人们坐在村口。".encode("gbk")
    >>> damaged = raw[:7] + raw[8:]
    >>> runs_read_anew(damaged, text_of(damaged, "gb18030"), "gb18030", True, False)[4:]
    '花都开了，老人们坐在村口。'
    """
    size = counter(raw, text, codec)
    other = _NO_PAIR[codec]
    if codec == "gb18030" and size is not _pairs:
        other = _with_four_bytes(text)
    done: list[str] = []
    held = ""
    at = byte = 0
    for number, match in enumerate(_ENDS.finditer(text)):
        end = match.start()
        byte += size(text[at:end])
        held += text[at:end]
        letter = "" if text[end] >= "\udc00" else text[end]
        run = Run(raw, byte, held, _length(held, other), letter, _two(text, end + 1))
        back = place(run, codec, damaged, script) if number < _MOST_CLOSELY else roughly(run, codec, damaged)
        if back is None or _was_replaced(held, back):
            held += text[end]
        else:
            held = _put(held, raw, byte, back, codec)
        at, byte = end + 1, byte + 1
        if len(held) > 2 * _HELD:
            done.append(held[:-_HELD])
            held = held[-_HELD:]
    return "".join((*done, held, text[at:]))


def refined(raw: bytes, text: str, codec: str, script: bool | None = None) -> str:
    """`text`, which is a cut of `raw` in which halves of characters are lone surrogates, with each half put where the
    language model would have it: a few characters before or after the place it has.

    >>> raw = "山上的桃花都开了".encode("utf-16-le")
    >>> refined(raw[:7] + raw[8:], f"山上的{chr(0xDC43)}花都开了", "utf-16-le")[4:]
    '花都开了'
    """
    size = units if codec.startswith("utf-16") else counter(raw, text, codec)
    other = _NO_PAIR[codec]
    held, rest = "", text
    byte = 0
    while match := _HALF.search(rest):
        at = match.start()
        held += rest[:at]
        byte += size(rest[:at])
        pairs = _length(rest[at + 1 : at + 1 + _FORWARD][::-1], other)
        forward = _forward(raw, byte, pairs, codec)
        held += forward
        byte += 2 * len(forward)
        rest = rest[at + 1 + len(forward) :]
        run = Run(raw, byte, held, _length(held, other), "", _two(rest, 0))
        back = place(run, codec, True, script)
        held = _put(held, raw, byte, back or 0, codec)
        byte += 1
    return held + rest


def _forward(raw: bytes, first: int, most: int, codec: str) -> str:
    """The characters that a half at `raw[first]` and the bytes of some after it are, if the half stands after these."""
    count = 0
    while count < most and symbol_of(raw[first + 2 * count : first + 2 * count + 2], codec):
        count += 1
    return text_of(raw[first : first + 2 * count], codec)


def _put(held: str, raw: bytes, end: int, back: int, codec: str) -> str:
    """The text up to an end whose half stands `back` characters before, with what follows it read anew."""
    first = end - 2 * back
    again = text_of(raw[first + 1 : end + 1], codec)
    return f"{held[: len(held) - back]}{chr(0xDC00 + raw[first])}{again}"


def counter(raw: bytes, text: str, codec: str) -> Callable[[str], int]:
    """How to tell how many bytes a piece of `text`, which is `raw` as a codec of two bytes reads it, has.

    >>> counter("A股".encode("gbk"), "A股", "gb18030")("股")
    2
    """
    if _pairs(text) == len(raw):
        return _pairs
    return lambda piece: sum(_bytes_of(char, codec) for char in piece)


def _pairs(piece: str) -> int:
    return len(piece) + beyond_ascii(piece) - _HALVES.count(piece)


def units(piece: str) -> int:
    """How many bytes a piece of UTF-16 has, whose halves of units are lone surrogates.

    >>> units("股\\U00020000"), units("\\udc80")
    (6, 1)
    """
    return 2 * len(piece) + 2 * len(_BEYOND.findall(piece)) - _HALVES.count(piece)


def _with_four_bytes(text: str) -> re.Pattern[str]:
    """What has not two bytes in a text that holds characters of GB18030 with four."""
    four = {char for char in text if _bytes_of(char, "gb18030") == 4}
    return re.compile(f"[\x00-\x7f\udc00-\udcff{re.escape(''.join(sorted(four)))}]")


@lru_cache(maxsize=1 << 15)
def _bytes_of(char: str, codec: str) -> int:
    if char < "\x80" or "\udc00" <= char <= "\udcff":
        return 1
    if char in _WITH_LETTER and codec == "big5hkscs":
        return 0
    return 2 if char in MAPPED_ANEW else len(char.encode(codec, "ignore")) or 2


def _length(held: str, other: re.Pattern[str]) -> int:
    """How many characters at the end of a text have two bytes each."""
    held = held[-_HELD:]
    match = other.search(held[::-1])
    return match.start() if match else len(held)


def _two(text: str, at: int) -> tuple[str, str]:
    found = symbols(text[at : at + 2]) + "\n\n"
    return found[0], found[1]


def _was_replaced(held: str, back: int) -> bool:
    """Whether a half would stand behind a mark behind another half: there a site's tool has replaced the two bytes of a
    full-width mark that stood astride. What was there the shift search of the repair knows better."""
    at = len(held) - back
    return at > 1 and held[at - 1] in _REPLACED and "\udc00" <= held[at - 2] <= "\udcff"
