"""The cheapest way to cut damaged bytes into characters, whatever was lost between them.

A codec reads on from where it stands: after a lost byte, everything up to the next ASCII byte is read one byte out of
step, or for UTF-16 all the rest. Judged by that reading, a damaged page looks like no text at all. Here every byte may
be passed over at a price, and the cheapest cut of all is found (Viterbi, one pass): the true codec pays once for each
loss, a wrong one pays all along.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache

from tasks.decode.charsets import text_of
from tasks.decode.score import BAD_BYTE, cost_of_char
from tasks.expressions import seldom

# How many bytes a character of a codec may have.
_LENGTHS = {
    "gb18030": (1, 2),
    "big5hkscs": (1, 2),
    "euc_jp": (1, 2, 3),
    "cp932": (1, 2),
    "cp949": (1, 2),
    "euc-tw": (1, 2, 4),
    "utf-8": (1, 2, 3, 4),
    "utf-16-le": (2, 4),
    "utf-16-be": (2, 4),
    "utf-32-le": (4,),
    "utf-32-be": (4,),
}
_UTF_16 = frozenset({"utf-16-le", "utf-16-be"})
# A character of four bytes in either; where there is none, at whatever step it is read, all have two.
_OF_FOUR = seldom(rb"[\xd8-\xdb].[\xdc-\xdf]", re.DOTALL)
#: The codecs that can be cut.
CUT = frozenset(_LENGTHS)


@lru_cache(maxsize=1 << 17)
def _cost(piece: bytes, codec: str) -> float:
    """The cost of `piece` as exactly one character of `codec`; infinite if it is none."""
    text = text_of(piece, codec)
    return cost_of_char(text) if len(text) == 1 and not "\udc00" <= text <= "\udcff" else math.inf


def cheapest_cost(raw: bytes, codec: str) -> float:
    """The cost of the cheapest cut of `raw`, in nats. Time and memory grow with its length.

    >>> damaged = "春天来了".encode("gb18030")[1:]
    >>> cheapest_cost(damaged, "gb18030") < cheapest_cost(damaged, "big5hkscs")
    True
    """
    return _costs(raw, codec)[0][-1]


def resynced(raw: bytes, codec: str) -> tuple[str, float]:
    """`raw` as text by its cheapest cut, and what that costs in nats; a byte passed over is a lone surrogate, as in
    `charsets.text_of`.

    >>> damaged = "春天来".encode("utf-16-le")[:5] + "花开了".encode("utf-16-le")
    >>> resynced(damaged, "utf-16-le")[0].endswith("花开了")
    True
    """
    costs, steps = _costs(raw, codec)
    pieces: list[str] = []
    position = end = len(raw)
    while position:
        step = steps[position]
        if not step:
            pieces += (text_of(raw[position:end], codec), chr(0xDC00 + raw[position - 1]))
            end = position - 1
        position -= step or 1
    return "".join((text_of(raw[:end], codec), *reversed(pieces))), costs[-1]


def _costs(raw: bytes, codec: str) -> tuple[list[float], bytearray]:
    """For each position the cost of the cheapest cut up to it, and the length of its last character (0: a byte
    passed)."""
    if _LENGTHS[codec] == (1, 2) or (codec in _UTF_16 and not _OF_FOUR.search(raw)):
        return _costs_of_pairs(raw, codec)
    lengths = _LENGTHS[codec]
    costs = [0.0] * (len(raw) + 1)
    steps = bytearray(len(raw) + 1)
    for position in range(1, len(raw) + 1):
        best, step = costs[position - 1] + BAD_BYTE, 0
        for length in lengths:
            if length <= position:
                cost = costs[position - length] + _cost(raw[position - length : position], codec)
                if cost < best:
                    best, step = cost, length
        costs[position], steps[position] = best, step
    return costs, steps


def _costs_of_pairs(raw: bytes, codec: str) -> tuple[list[float], bytearray]:
    """The same for characters of one byte or two, several times as fast."""
    ones, pairs = _ones(codec), _pairs(codec)
    costs = [0.0]
    steps = bytearray(len(raw) + 1)
    before = last = math.inf
    cost = 0.0
    last_byte = 0
    for position, byte in enumerate(raw, 1):
        before, last = last, cost
        cost, step = last + BAD_BYTE, 0
        one = last + ones[byte]
        if one < cost:
            cost, step = one, 1
        pair = before + pairs[last_byte << 8 | byte]
        if pair < cost:
            cost, step = pair, 2
        last_byte = byte
        costs.append(cost)
        steps[position] = step
    return costs, steps


@cache
def _ones(codec: str) -> list[float]:
    return [_cost(bytes((byte,)), codec) for byte in range(256)]


class _Pairs(dict[int, float]):
    """Costs of pairs of bytes, filled as they are met; infinite for a pair that is no character."""

    def __init__(self, codec: str) -> None:
        super().__init__()
        self._codec = codec

    def __missing__(self, pair: int) -> float:
        cost = _cost(pair.to_bytes(2, "big"), self._codec)
        self[pair] = cost
        return cost


@cache
def _pairs(codec: str) -> _Pairs:
    return _Pairs(codec)
