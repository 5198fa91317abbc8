"""At which of the places before the end of a run a byte was lost, by the language model of the repair."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from operator import sub

from tasks.decode.chances import chances
from tasks.decode.charsets import text_of, whole
from tasks.decode.halves import fills, halves
from tasks.repair.lm import BOUNDARY, model, symbols

# What a lost byte costs, in steps of the model (1/16 nat): one byte in 3,000.
_LOSS = 8 * 16
# The places that are asked for their context are so near the likeliest by single characters, in characters, and not so
# much worse.
_NEAR = 7
_CLOSE = 12 * 16
# A run is looked at in pieces of so many characters, as long as the likeliest place lies near the far end of one: eight
# healthy characters read out of step are 30 nats.
_PIECE = 40
_FAR = 10
# Cost of a gap whose character is not known, to choose the places that are looked at closely, and how many are.
_GAP = 6 * 16
_CLOSELY = 3
_CLEARLY = 7 * 16
# How much better a place must be than no loss at all, where the end of the run is a byte that may be ASCII in truth.
# Measured on Big5: of 1,500 letters put between hanzi at random three pass, of 1,130 trail bytes 97 in 100.
_MARGIN = 5 * 16
# The same where the letter itself would be the half. Measured on 30 sentences with a single letter in each ("A股",
# "T恤", "D座"), in both codecs: of 60 one comes near, while half the letters that are halves pass.
_LETTER_MARGIN = 8 * 16
# What parts titles and menus, which running text does not show the model: what it costs more than the end of a line.
_SEPARATORS, _SEPARATOR = frozenset("|~_"), 2 * 16
# Which letter it is the model does not say: what a capital costs more than any letter, and what a small one does, of
# which fewer stand alone among hanzi.
_CAPITAL, _SMALL = 3 * 16, 4 * 16
# The same for places by single characters.
_ROUGHLY = 16 * 16
_SYMBOLS = "\u2000"  # before it stand letters of alphabets: on a page without other damage, "μm" is healthy
_NO_CHARACTER = 10**6  # the cost of a pair that is none
#: A symbol that the model has never seen: a gap.
UNKNOWN = "\ufffd"  # a symbol that the model has never seen


@dataclass(frozen=True, slots=True)
class Run:
    """What the search knows of the end of a run: `raw[end]` is a half, or a letter; `text` stands before it, of which
    the last `length` characters have two bytes each; and the letter and the two characters after it, as symbols."""

    raw: bytes
    end: int
    text: str
    length: int
    letter: str
    after: tuple[str, str]

    def before(self, first: int, last: int) -> str:
        """The symbols from `first` to `last` characters before the end, with line ends beyond the start."""
        found = symbols(self.text[-first : len(self.text) - last + 1])
        return "\n" * (first - last + 1 - len(found)) + found


def place(run: Run, codec: str, damaged: bool, script: bool | None) -> int | None:
    """How many characters before its end a run lost the byte, or None if no place is better than none."""
    if run.letter and not damaged and (run.length == 0 or run.text[-1] < _SYMBOLS):
        return None
    places = sorted(_places(run, codec))
    best: tuple[float, int] = (math.inf, 0)
    for cost, back, after in places[:_CLOSELY]:
        if cost > places[0][0] + _CLEARLY or cost - _GAP > best[0]:
            break  # no gap is so likely that this place would be better
        half = run.raw[run.end - 2 * back]
        left = run.before(back + 2, back + 1)
        costs = fills(halves(codec, half, script), left[0], left[1], *after)
        best = min(best, (cost - _GAP + marginal(costs, after), back))
    if not run.letter:
        return best[1] or None
    if best[1] == 0 and not damaged:
        return None
    left, cost_of = run.before(2, 1), model().cost
    letter = BOUNDARY if run.letter in _SEPARATORS else symbols(run.letter)
    healthy = cost_of(left[0], left[1], letter) + cost_of(left[1], letter, run.after[0])
    healthy += cost_of(letter, *run.after) + letter_cost(run.letter)
    return best[1] if best[0] + (_MARGIN if best[1] else _LETTER_MARGIN) < healthy else None


def roughly(run: Run, codec: str, damaged: bool) -> int | None:
    """The same by single characters, at a fifth of the time: a character or two beside the place as a rule."""
    if run.letter and not damaged:
        return None
    gains = _gains(run, codec)
    top = max(gains)
    return gains.index(top) or None if top > (_ROUGHLY if run.letter else 0) else None


def letter_cost(letter: str) -> int:
    """What a single letter of ASCII among hanzi costs more than the model says, which knows all letters as one.

    >>> letter_cost("A") < letter_cost("x"), letter_cost("^")
    (True, 0)
    """
    if letter in _SEPARATORS:
        return _SEPARATOR
    return (_CAPITAL if letter.isupper() else _SMALL) if letter.isalpha() else 0


def _places(run: Run, codec: str) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Places for the loss: cost beside the text as it is, characters back, and the two symbols after the gap. One of
    them is the end itself."""
    lm = model()
    one, two = run.after
    yield _LOSS + _GAP + lm.lone(one) + lm.cost(UNKNOWN, one, two), 0, run.after
    gains = _gains(run, codec)
    top = max(gains)
    likely = gains.index(top)
    near = range(max(likely - _NEAR, 1), min(likely + _NEAR + 1, len(gains)))
    close = [back for back in near if gains[back] > top - _CLOSE]
    if not close:
        return
    first, last = close[0], close[-1]
    start = max(first - 3, 0)
    found, _ = chances(run.before(last + 2, first))
    seen = _again(run.raw[run.end - 2 * last + 1 : run.end - 2 * start + 1], codec) + one + two
    again, pairs = chances(seen)
    inner = -gains[first - 1]
    if first > 1:
        inner += lm.cost(symbol_of(run.raw[run.end - 1 : run.end + 1], codec) or UNKNOWN, one, two)
    for back in range(first, last + 1):
        at = last - back
        inner -= found[at]
        if gains[back] > top - _CLOSE:
            yield _LOSS + _GAP + lm.lone(seen[at]) + pairs[at] + again[at] + inner, back, (seen[at], seen[at + 1])
        inner += again[at]


def _again(raw: bytes, codec: str) -> str:
    """The model's symbols for pairs of bytes, of which some may be no characters."""
    text = whole(raw, codec)
    if text is not None and 2 * len(text) == len(raw):
        return symbols(text)
    return "".join([symbol_of(raw[at : at + 2], codec) or UNKNOWN for at in range(0, len(raw), 2)])


def _gains(run: Run, codec: str) -> list[int]:
    """How much likelier than the text as it is the last 0, 1, 2 … pairs before an end are, if they are read one byte
    later, character by character."""
    lone = _costs(codec).__getitem__
    gains = [0]
    while (done := len(gains) - 1) < run.length and gains.index(max(gains)) > done - _FAR:
        count = min(_PIECE, run.length - done)
        last = run.end - 2 * done
        found = struct.unpack(f">{count}H", run.raw[last - 2 * count : last])
        again = struct.unpack(f">{count}H", run.raw[last - 2 * count + 1 : last + 1])
        steps = map(sub, map(lone, reversed(found)), map(lone, reversed(again)))
        gains += list(accumulate(steps, initial=gains[-1]))[1:]
    return gains


class _Costs(dict[int, int]):
    """What the model says of a pair of bytes by itself, filled as pairs are met."""

    def __init__(self, codec: str) -> None:
        super().__init__()
        self._codec = codec

    def __missing__(self, pair: int) -> int:
        symbol = symbol_of(pair.to_bytes(2, "big"), self._codec)
        cost = model().lone(symbol) if symbol else _NO_CHARACTER
        self[pair] = cost
        return cost


@cache
def _costs(codec: str) -> _Costs:
    return _Costs(codec)


@lru_cache(maxsize=1 << 16)
def symbol_of(pair: bytes, codec: str) -> str:
    """The model's symbol for a pair that is one character, else ""."""
    text = text_of(pair, codec)
    return symbols(text) if len(text) == 1 else ""


def marginal(costs: list[tuple[int, str]], after: tuple[str, str]) -> float:
    """What all the characters of a gap cost together, which is minus the logarithm of the sum of their probabilities,
    less what their neighbours cost without them."""
    least = costs[0][0] if costs else 10**6
    total = least - 16 * math.log(sum(math.exp((least - cost) / 16) for cost, _ in costs) or 1.0)
    return total - model().lone(after[0]) - model().cost(UNKNOWN, *after)
