"""The characters that lost a byte, read from the bytes that are left of them and from what stands around them."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Codecs in which what is left of a character narrows it down, and Chinese is written: two bytes, or UTF-8. HZ is GB
#: 2312 with its high bits off, which `charsets.text_of` sets.
CODECS = frozenset({"gb18030", "hz", "big5hkscs", "utf-8", "utf-16-le", "utf-16-be"})

# The model's nats for a nat of belief: neighbouring characters do not speak independently.
_TEMPERATURE = 1.6
# What the likeliest reading must be better than: a character that is no candidate, in nats for its neighbours and
# itself.
_OTHER = 24.0
# Of a page, so many characters say which script it is in.
_SAMPLE = 4000
# So many gaps are read on a page, a twentieth of a second's worth; the others stay marked.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """What `text[start:end]`, all that is left of a character, should read, and the probability that it is right."""

    start: int
    end: int
    char: str
    confidence: float


def readings(text: str, bad: list[tuple[int, int]], codec: str) -> list[Reading]:
    """Readings of the places where bytes of a single character are left, in order.

    `bad` are position and value of the undecodable bytes, which stand as one character each in `text`.

    >>> [reading.char for reading in readings("今天的天\ufffd很好", [(4, 0xC6)], "gb18030")]
    ['气']
    """
    from tasks.decode.halves import fills, halves, is_traditional, thirds
    from tasks.repair.lm import symbols

    found: list[Reading] = []
    codec = "gb18030" if codec == "hz" else codec
    traditional = is_traditional(text[:_SAMPLE])
    for start, left in _gaps(bad, codec)[:_MOST]:
        end = start + len(left)
        before = ("\n\n" + symbols(text[max(start - 2, 0) : start]))[-2:]
        after = (symbols(text[end : end + 2]) + "\n\n")[:2]
        of = thirds(left, traditional) if codec == "utf-8" else halves(codec, left[0], traditional)
        if ranked := fills(of, *before, *after):
            least = ranked[0][0]
            total = sum([math.exp((least - cost) / (16 * _TEMPERATURE)) for cost, _ in ranked])
            total += math.exp((least / 16 - _OTHER) / _TEMPERATURE)
            found.append(Reading(start, end, ranked[0][1], 1 / total))
    return found


def _gaps(bad: list[tuple[int, int]], codec: str) -> list[tuple[int, bytes]]:
    """Where bytes of one character that lost a byte stand, and which: one byte of two, or two of UTF-8's three."""
    wanted = 2 if codec == "utf-8" else 1
    runs: list[tuple[int, bytearray]] = []
    for position, byte in bad:
        if runs and runs[-1][0] + len(runs[-1][1]) == position:
            runs[-1][1].append(byte)
        else:
            runs.append((position, bytearray((byte,))))
    return [(start, bytes(left)) for start, left in runs if len(left) == wanted]
