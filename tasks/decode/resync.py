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
# Codecs that are searched line by line, and what they must gain by it, in nats: a character and a half at least.
_BY_LINE = frozenset({"big5hkscs", "euc-tw"})
_LEAST_GAIN = 15.0
# Characters up to this cost are everyday ones: 1,935 of them.
_EVERYDAY = 9.5
_LINE = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
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
    """`raw` as text, brought back into step after lost bytes where neither the codec nor a later stage does it.

    UTF-16 and UTF-32 never come back by themselves; Big5 and EUC-TW do at the next ASCII byte. GB18030 is left to the
    shift search of the repair stage. Only what looks like no text is searched, so that healthy pages cost next to
    nothing.
    """
    if codec in _WIDE:
        return _stretches_in_step(raw, codec)
    text = text_of(raw, codec)
    return _lines_in_step(raw, codec) if codec in _BY_LINE and _odd_run().search(text) else text


def _lines_in_step(raw: bytes, codec: str) -> str:
    parts: list[str] = []
    position = searched = 0
    for match in _LINE.finditer(raw):
        parts.append(text_of(raw[position : match.start()], codec))
        searched += len(match[0])
        parts.append(_line_in_step(match[0], codec) if searched <= _MOST_SEARCHED else text_of(match[0], codec))
        position = match.end()
    return "".join((*parts, text_of(raw[position:], codec)))


def _line_in_step(line: bytes, codec: str) -> str:
    text = text_of(line, codec)
    if not _odd_run().search(text):
        return text
    found = resynced(line, codec)
    gain = _cost_of_marked(text) - _cost_of_marked(found)
    return found if gain > _LEAST_GAIN else text


def _cost_of_marked(text: str) -> float:
    return cost_of(text) - len(marked(text)) * (16.0 - BAD_BYTE)


@cache
def _odd_run() -> re.Pattern[str]:
    """Three characters in a row that hardly a text has: what a stretch out of step is full of."""
    return re.compile(f"[^\\x00-\\x7f{re.escape(everyday(_EVERYDAY))}]{{3}}")


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
