"""Pairs of bytes read by a loose reader: as UTF-8 where they happen to be UTF-8, as single bytes elsewhere.

Two bytes, C2 or C3 and 80 to BF, come out as a character that a single byte comes out as too: `ÿ` is FF, or C3BF and so
每. Which of them it was, the characters on both sides say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tasks.repair.lm import BOUNDARY, UNIT, model, symbols

_OF_WINDOWS = frozenset("ŒœŠšŸŽžƒˆ˜")
# In nats: so much rarer are two bytes than one; what ASCII costs, letters more, and what a byte does that fits nothing;
# how far behind the likeliest a reading may lie, and how far for two bytes to be tried after it.
_TWO, _ASCII, _LETTER, _ALONE = 1.0, 3.0, 6.0, 20.0
_BEAM, _NEAR = 20.0, 12.0


class _Way(NamedTuple):
    cost: float
    held: str  # the first byte of a pair, or ""
    last: str  # the last two symbols read
    part: str  # the bytes of the character that was read last
    before: _Way | None


def is_loose(chars: Sequence[str]) -> bool:
    """Whether any of the characters shows that its reader took pairs for UTF-8: Windows-1252 has a few of these too.

    >>> is_loose("×¨Òµ"), is_loose("רÒµ")
    (False, True)
    """
    return any("\u0100" <= char <= "\u07ff" and char not in _OF_WINDOWS for char in chars)


def resolved(seen: Sequence[str], parts: Sequence[str], table: Mapping[str, str]) -> list[str]:
    """`parts`, the bytes of the characters `seen`, with two in place of one where that makes the likelier text.

    `table` has the character of each pair.

    >>> seen = [*"只在".encode("gbk").decode("latin-1"), "ÿ", *"天早上".encode("gbk").decode("latin-1")]
    >>> table = {char.encode("gbk").decode("latin-1"): char for char in "只在每天早上"}
    >>> "".join(resolved(seen, seen, table)).encode("latin-1").decode("gbk")
    '只在每天早上'
    """
    ways = [_Way(0.0, "", BOUNDARY * 2, "", None)]
    for char, part in zip(seen, parts, strict=True):
        reached: dict[str, _Way] = {}
        least = min(way.cost for way in ways)
        readings = _readings(char, part)
        for way in ways:
            behind = way.cost - least
            for raw, price in readings if behind < _NEAR else readings[:1] if behind < _BEAM else ():
                for cost, held, last in _after(way.cost + price, way.held, way.last, raw, table):
                    if held not in reached or cost < reached[held].cost:
                        reached[held] = _Way(cost, held, last, raw, way)
        ways = list(reached.values())
    best: _Way | None = min(ways, key=lambda way: way.cost + _ALONE * bool(way.held))
    found: list[str] = []
    while best and best.before:
        found.append(best.part)
        best = best.before
    return found[::-1]


def _readings(char: str, part: str) -> list[tuple[str, float]]:
    """The bytes that a character may have been read of: `part`, and UTF-8's, of which two are meant."""
    if len(part) == 1 and "\x80" <= char <= "\u07ff":
        return [(part, 0.0), (char.encode().decode("latin-1"), _TWO)]
    return [(part, 0.0)]


def _after(cost: float, held: str, last: str, raw: str, table: Mapping[str, str]) -> Iterator[tuple[float, str, str]]:
    """What the bytes `raw` come to after the byte `held`, which byte is held then, and the last two symbols."""
    byte, rest = raw[0], raw[1:]
    char = table.get(held + byte) if held else None
    if char is not None:
        symbol = symbols(char)
        total, after = cost + model().cost(last[0], last[1], symbol) * UNIT, last[1] + symbol
        if rest:
            yield from _after(total, "", after, rest, table)
        else:
            yield total, "", after
    if char is None or byte < "\x80":
        cost += _ALONE * bool(held)
        starts = "\x81" <= byte <= "\xfe"
        if not starts:
            cost += _ALONE if byte >= "\x80" else _LETTER if byte.isalpha() else _ASCII
            last = last[1] + symbols(byte)
        if rest:
            yield from _after(cost, byte if starts else "", last, rest, table)
        else:
            yield cost, byte if starts else "", last
