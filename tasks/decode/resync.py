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

from tasks.decode.charsets import marked, text_of
from tasks.decode.score import BAD_BYTE, cost_of, cost_of_char, everyday, mean_cost

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
_WIDE = frozenset({"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})
# Mean cost of the characters beyond ASCII of a stretch that is read out of step: 10 and more; of healthy text 5 to 8.
_OUT_OF_STEP = 8.5
# Codecs that are searched line by line, and what they must gain by it, in nats: a character and a half at least. Those
# of them that Chinese is written in, which have a language model, and nothing to gain.
_BY_LINE = frozenset({"gb18030", "big5hkscs", "euc-tw", "euc_jp", "cp932", "cp949"})
_CHINESE = frozenset({"gb18030", "big5hkscs"})
_LEAST_GAIN = 15.0
# Characters up to this cost are everyday ones: 1,935 of them.
_EVERYDAY = 9.5
_DAMAGE = re.compile("[\udc00-\udcff]")
_ODD_LETTER = re.compile("[\udc00-\udcff]|(?<=[^\x00-\x7f])[@-~](?=[^\x00-\x7f]|$)")
# Pinyin spliced in by a site's tool, with tones, or without them twice.
_SPLICE = re.compile("[(（](?:[a-zü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü ]{0,5}[)）]|([a-z]{1,6})[)）][(（]\\1[)）])")
_STRETCH = 4096
# How many bytes are searched at most: 3 seconds' worth.
_MOST_SEARCHED = 2**20
RESYNCED = frozenset(_LENGTHS)


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


def resynced(raw: bytes, codec: str) -> str:
    """`raw` as text by its cheapest cut; a byte passed over is a lone surrogate, as in `charsets.text_of`.

    >>> damaged = "春天来".encode("utf-16-le")[:5] + "花开了".encode("utf-16-le")
    >>> resynced(damaged, "utf-16-le").endswith("花开了")
    True
    """
    _, steps = _costs(raw, codec)
    pieces: list[str] = []
    position = len(raw)
    while position:
        step = steps[position]
        pieces.append(text_of(raw[position - step : position], codec) if step else chr(0xDC00 + raw[position - 1]))
        position -= step or 1
    return "".join(reversed(pieces))


def in_step(raw: bytes, codec: str) -> str:
    """`raw` as text, brought back into step after lost bytes. Only what looks like no text is searched, so that healthy
    pages cost next to nothing.

    UTF-16 and UTF-32 never come back by themselves; codecs of two bytes do at the next byte that is no part of a
    character. A page of GB18030 with pinyin spliced into it is left to the shift search of the repair stage, which
    knows why its bytes are out of step.
    """
    if codec in _WIDE:
        return _stretches_in_step(raw, codec)
    text = text_of(raw, codec)
    if codec not in _BY_LINE or not _odd(codec).search(text) or (codec == "gb18030" and has_splices(text)):
        return text
    return _lines_in_step(raw, text, codec)


def has_splices(text: str) -> bool:
    """Whether a site's tool has spliced pinyin into a page.

    >>> has_splices("發(fā)展"), has_splices("發(fa)(fa)展"), has_splices("發展(fa)")
    (True, True, False)
    """
    return _SPLICE.search(text) is not None


def _lines_in_step(raw: bytes, text: str, codec: str) -> str:
    lines, sources = text.split("\n"), raw.split(b"\n")
    if len(lines) != len(sources):
        return text
    damaged, left = _DAMAGE.search(text) is not None or _odd_run().search(text) is not None, _MOST_SEARCHED
    odd = _ODD_LETTER if damaged else _odd(codec)
    for number, line in enumerate(lines):
        if odd.search(line) or (damaged and _odd_run().search(line)):
            left -= len(sources[number])
            if left < 0:
                break
            lines[number] = _line_in_step(sources[number], line, codec, damaged)
    return "\n".join(lines)


def _line_in_step(raw: bytes, text: str, codec: str, damaged: bool) -> str:
    if codec in _CHINESE:
        from tasks.decode.lost import in_step as with_model

        text = with_model(raw, text, codec, damaged)
    if not _odd_run().search(text):
        return text
    found = resynced(raw, codec)
    return found if _cost_of_marked(text) - _cost_of_marked(found) > _LEAST_GAIN else text


def _cost_of_marked(text: str) -> float:
    return cost_of(text) - len(marked(text)) * (16.0 - BAD_BYTE)


@cache
def _odd_run() -> re.Pattern[str]:
    """Three characters in a row that hardly a text has: what a stretch out of step is full of."""
    return re.compile(f"[^\\x00-\\x7f{re.escape(everyday(_EVERYDAY))}]{{3}}")


@cache
def _odd(codec: str) -> re.Pattern[str]:
    """What a page of `codec` shows where a byte was lost: a half, a run of odd characters, or an odd one shortly before
    a letter that may be a trail byte."""
    odd = f"[^\\x00-\\x7f{re.escape(everyday(_EVERYDAY))}]"
    short = f"|{odd}[^\\x00-\\x7f]{{0,4}}[@-~](?=[^\\x00-\\x7f])" if codec in _CHINESE else ""
    return re.compile(f"[\udc00-\udcff]|{odd}{{3}}{short}")


def _stretches_in_step(raw: bytes, codec: str) -> str:
    parts: list[str] = []
    position = searched = 0
    while position < len(raw):
        piece = raw[position : position + _STRETCH]
        text = text_of(piece, codec)
        if (marked(text) or mean_cost(text) > _OUT_OF_STEP) and searched < _MOST_SEARCHED:
            searched += len(piece)
            text = resynced(piece, codec)
            left = 0 if position + len(piece) == len(raw) else _passed_at_end(text)
            text, piece = text[: len(text) - left], piece[: len(piece) - left]
        parts.append(text)
        position += len(piece)
    return "".join(parts)


def _passed_at_end(text: str) -> int:
    """How many bytes at the end were passed over: the first of a character that goes on in the next stretch."""
    return next((count for count in range(min(3, len(text))) if not "\udc00" <= text[-1 - count] <= "\udcff"), 3)


def _costs(raw: bytes, codec: str) -> tuple[list[float], bytearray]:
    """For each position the cost of the cheapest cut up to it, and the length of its last character (0: a byte
    passed)."""
    if _LENGTHS[codec] == (1, 2):
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
