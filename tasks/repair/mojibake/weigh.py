"""Which tokens of a line are better read anew, and whether a passage of them is worth believing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from tasks.decode.score import cost_of_char
from tasks.repair.lm import BOUNDARY, UNIT, model, symbols
from tasks.repair.mojibake.codecs import LOST, WALL
from tasks.repair.mojibake.tokens import HALF, RARE, Piece, Token, piece

# What it costs to go over from text as found to text read anew, in nats. In a page of which a part is mis-decoded that
# happens once a paragraph. At the ends of lines, cells and words, and beside what cannot be read anew, it costs less.
_SWITCH = 8.0
_SEAM = 2.0
SEAMS = frozenset(WALL + ' \t|\u3000,;:()<>"')
_ALONE = re.compile(
    "(?<![\u0370-\u03ff])[\u0370-\u03ff](?![\u0370-\u03ff])|(?<![\u0400-\u04ff])[\u0400-\u04ff](?![\u0400-\u04ff])"
    "|(?<![\u3040-\u30ff])[\u3040-\u30ff](?![\u3040-\u30ff])"
)
_LONE_KANA = 8.0
# Japanese in half-width kana: three and more on end.
_HALF_WIDTH = re.compile("[\uff61-\uff9f]{3,}")
_HALF_KANA = 5.0
# So many characters of a passage are weighed by the language model; the rest is as these are.
_SAMPLE = 120


def advantage(line: str, pieces: Iterable[Piece]) -> float:
    """By how many nats the likeliest mixture of text as found and read anew is likelier than all as found.

    >>> from tasks.repair.mojibake.tokens import pieces
    >>> advantage("鐢ㄦ埛", pieces("鐢ㄦ埛", "gbk", "utf8")) > 10
    True
    """
    kept = mixed_kept = 0.0
    mixed_anew = _SEAM
    for found, cost, switch in _steps(line, pieces):
        kept += found
        mixed_kept, mixed_anew = (
            min(mixed_kept, mixed_anew + switch) + found,
            min(mixed_kept + switch, mixed_anew) + cost,
        )
    return kept - min(mixed_kept, mixed_anew)


def passages(line: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """The spans of tokens that are likelier as read anew than as found, by single characters (Viterbi, two states)."""
    keep, anew = 0.0, _SEAM
    came: list[tuple[bool, bool]] = []  # whether each state at a token was entered from the other
    for found, cost, switch in _steps(line, map(piece, tokens)):
        came.append((anew + switch < keep, keep + switch < anew))
        keep, anew = min(keep, anew + switch) + found, min(keep + switch, anew) + cost
    spans: list[tuple[int, int]] = []
    reading = anew < keep - _SEAM
    end = len(tokens)
    for at in range(len(tokens) - 1, -1, -1):
        if came[at][reading]:
            if reading:
                spans.append((at, end))
            end, reading = at, not reading
    if reading:
        spans.append((0, end))
    return spans[::-1]


@lru_cache(maxsize=16)  # each pair of codecs is tried on the same line
def found_costs(line: str) -> tuple[float, ...]:
    """The cost of each character as found. A letter among characters of other scripts is no part of a word.

    >>> found_costs("αβ")[0] < found_costs("山α")[1]
    True
    """
    costs = [HALF if char == LOST else cost_of_char(char) for char in line]
    for match in _ALONE.finditer(line):
        costs[match.start()] = RARE if match[0] < "\u3040" else _LONE_KANA
    for match in _HALF_WIDTH.finditer(line):
        costs[match.start() : match.end()] = [_HALF_KANA] * len(match[0])
    return tuple(costs)


def _steps(line: str, pieces: Iterable[Piece]) -> Iterator[tuple[float, float, float]]:
    """Of each token what it costs as found, and read anew, and what it costs to go over from one to the other there."""
    costs = [0.0, *accumulate(found_costs(line))]
    done, seam = 0, True
    for start, end, text, cost in pieces:
        found = costs[end] - costs[start if start > done else done] if end > done else 0.0
        done = end if end > done else done
        now = text in SEAMS
        yield found, cost or found, _SEAM if seam or now else _SWITCH
        seam = now


def surprise(text: str) -> float:
    """How unlikely `text` is as Chinese, in nats, by the language model.

    >>> surprise("渡口的船在雾里靠岸") < surprise("涓浗鐨勫煄甯傞噷")
    True
    """
    seen = symbols(text[:_SAMPLE])
    cost = model().cost
    first = second = BOUNDARY
    total = 0
    for symbol in seen:
        total += cost(first, second, symbol)
        first, second = second, symbol
    return total * UNIT * len(text) / max(len(seen), 1)


def found_cost(text: str) -> float:
    """How unlikely `text` is as found, in nats: by the better of two models, of which one knows other scripts.

    >>> found_cost("渡口的船") < found_cost("涓浗鐨勫")
    True
    """
    return min(surprise(text), sum(found_costs(text)))
