"""Where a byte was lost from two-byte characters, by the language model of the repair.

A lost byte leaves half a character, and what follows is read one byte out of step until something puts it back in
step: a half at the end of the run, or a byte below 80 that is a trail byte in truth. Both show, so the loss is looked
for backwards from there. A place for it leaves the text before as it is and has what follows read anew.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from operator import sub

from tasks.decode.charsets import MAPPED_ANEW, text_of
from tasks.decode.halves import fills, halves
from tasks.repair.lm import model, symbols

# What a lost byte costs, in steps of the model (1/16 nat): one byte in 3,000.
_LOSS = 8 * 16
# The places that are asked for their context are so near the likeliest by single characters, in characters, and not so
# much worse.
_NEAR = 7
_CLOSE = 12 * 16
# A run is looked at in pieces of so many characters, as long as the likeliest place lies near the far end of one: eight
# healthy characters read out of step are 30 nats.
_PIECE = 24
_FAR = 10
# Cost of a gap whose character is not known, to choose the places that are looked at closely, and how many are.
_GAP = 6 * 16
_CLOSELY = 3
_CLEARLY = 7 * 16
# How much better a place must be than no loss at all, where the end of the run is a byte that may be ASCII in truth.
_MARGIN = 4 * 16
# The same where the letter itself would be the half. Measured on 30 sentences with a single letter in each ("A股",
# "T恤", "D座"), in both codecs: of 60 one comes near, while half the letters that are halves pass.
_LETTER_MARGIN = 5 * 16
# Full-width marks that sites' tools replace on bytes, as they come out.
_REPLACED = frozenset("!;?:,()")
# A half that was placed without the model may belong so many characters further on.
_FORWARD = 3
_NO_CHARACTER = 10**6  # the cost of a pair that is none
_UNKNOWN = "\ufffd"  # a symbol that the model has never seen

_ENDS = re.compile("[\udc00-\udcff]|(?<=[^\x00-\x7f])[@-~](?=[^\x00-\x7f]|\n|$)")
_HALF = re.compile("[\udc00-\udcff]")
# What has not two bytes: a half, ASCII, and beyond U+FFFF what is in GB18030 and UTF-16, but not in Big5.
_NO_UNIT = re.compile("[\udc00-\udcff\U00010000-\U0010ffff]")
_NO_PAIR = {
    "utf-16-le": _NO_UNIT,
    "utf-16-be": _NO_UNIT,
    "gb18030": re.compile("[\x00-\x7f\udc00-\udcff\U00010000-\U0010ffff]"),
    "big5hkscs": re.compile("[\x00-\x7f\udc00-\udcff]"),
}
# How much of the text before an end is held, in characters.
_HELD = 512


@dataclass(frozen=True, slots=True)
class _Run:
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


def in_step(raw: bytes, text: str, codec: str, damaged: bool, script: bool | None) -> str:
    """`text`, which is `raw` as `codec` reads it, with runs that are out of step read anew.

    Half a character is a lone surrogate, as in `charsets.text_of`. With `damaged`, the page is known to have lost
    bytes: then a single letter may be half a character that lost its lead byte. `script` is True for traditional text.

    >>> raw = "山上的桃花都开了，老人们坐在村口。".encode("gbk")
    >>> damaged = raw[:7] + raw[8:]
    >>> in_step(damaged, text_of(damaged, "gb18030"), "gb18030", True, False)[4:]
    '花都开了，老人们坐在村口。'
    """
    size = counter(raw, text, codec)
    other = _NO_PAIR[codec]
    if codec == "gb18030" and size is not _pairs:
        other = _with_four_bytes(text)
    done: list[str] = []
    held = ""
    at = byte = 0
    for match in _ENDS.finditer(text):
        end = match.start()
        byte += size(text[at:end])
        held += text[at:end]
        letter = "" if text[end] >= "\udc00" else text[end]
        run = _Run(raw, byte, held, _length(held, other), letter, _two(text, end + 1))
        back = _place(run, codec, damaged, script)
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
    size = _units if codec.startswith("utf-16") else counter(raw, text, codec)
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
        run = _Run(raw, byte, held, _length(held, other), "", _two(rest, 0))
        back = _place(run, codec, True, script)
        held = _put(held, raw, byte, back or 0, codec)
        byte += 1
    return held + rest


def _forward(raw: bytes, first: int, most: int, codec: str) -> str:
    """The characters that a half at `raw[first]` and the bytes of some after it are, if the half stands after these."""
    count = 0
    while count < most and _symbol(raw[first + 2 * count : first + 2 * count + 2], codec):
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
    return 2 * len(piece) - len(piece.encode("ascii", "ignore")) - len(_HALF.findall(piece))


def _units(piece: str) -> int:
    return 2 * len(piece) + 2 * sum(char > "\uffff" for char in piece)


def _with_four_bytes(text: str) -> re.Pattern[str]:
    """What has not two bytes in a text that holds characters of GB18030 with four."""
    four = {char for char in text if _bytes_of(char, "gb18030") == 4}
    return re.compile(f"[\x00-\x7f\udc00-\udcff{re.escape(''.join(sorted(four)))}]")


@lru_cache(maxsize=1 << 15)
def _bytes_of(char: str, codec: str) -> int:
    if char < "\x80" or "\udc00" <= char <= "\udcff":
        return 1
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


def _place(run: _Run, codec: str, damaged: bool, script: bool | None) -> int | None:
    """How many characters before its end a run lost the byte, or None if no place is better than none."""
    if run.letter and not damaged and run.length == 0:
        return None
    places = sorted(_places(run, codec))
    best: tuple[float, int] = (math.inf, 0)
    for cost, back, after in places[:_CLOSELY]:
        if cost > places[0][0] + _CLEARLY:
            break
        half = run.raw[run.end - 2 * back]
        left = run.before(back + 2, back + 1)
        costs = fills(halves(codec, half, script), left[0], left[1], *after)
        best = min(best, (cost - _GAP + _marginal(costs, after), back))
    if not run.letter:
        return best[1] or None
    if best[1] == 0 and not damaged:
        return None
    left, letter, cost_of = run.before(2, 1), symbols(run.letter), model().cost
    healthy = cost_of(left[0], left[1], letter) + cost_of(left[1], letter, run.after[0])
    healthy += cost_of(letter, *run.after)
    return best[1] if best[0] + (_MARGIN if best[1] else _LETTER_MARGIN) < healthy else None


def _places(run: _Run, codec: str) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Places for the loss: cost beside the text as it is, characters back, and the two symbols after the gap. One of
    them is the end itself."""
    lm = model()
    one, two = run.after
    yield _LOSS + _GAP + lm.lone(one) + lm.cost(_UNKNOWN, one, two), 0, run.after
    gains = _gains(run, codec)
    top = max(gains)
    likely = gains.index(top)
    near = range(max(likely - _NEAR, 1), min(likely + _NEAR + 1, len(gains)))
    close = [back for back in near if gains[back] > top - _CLOSE]
    if not close:
        return
    first, last = close[0], close[-1]
    start = max(first - 3, 0)
    again = [
        _symbol(run.raw[run.end - 2 * at - 1 : run.end - 2 * at + 1], codec) or _UNKNOWN for at in range(start, last)
    ]
    found = run.before(last + 2, first)
    inner = -gains[first - 1]
    after = [*reversed(again[: first - 1 - start]), one, two]
    if first > 1:
        inner += lm.cost(_symbol(run.raw[run.end - 1 : run.end + 1], codec) or _UNKNOWN, one, two)
    for back in range(first, last + 1):
        at, char = last - back, again[back - 1 - start]
        inner -= lm.cost(found[at], found[at + 1], found[at + 2])
        if gains[back] > top - _CLOSE:
            head = lm.lone(char) + lm.cost(_UNKNOWN, char, after[0]) + lm.cost(char, after[0], after[1])
            yield _LOSS + _GAP + head + inner, back, (char, after[0])
        inner += lm.cost(char, after[0], after[1])
        after = [char, after[0]]


def _gains(run: _Run, codec: str) -> list[int]:
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
        symbol = _symbol(pair.to_bytes(2, "big"), self._codec)
        cost = model().lone(symbol) if symbol else _NO_CHARACTER
        self[pair] = cost
        return cost


@cache
def _costs(codec: str) -> _Costs:
    return _Costs(codec)


@lru_cache(maxsize=1 << 16)
def _symbol(pair: bytes, codec: str) -> str:
    """The model's symbol for a pair that is one character, else ""."""
    text = text_of(pair, codec)
    return symbols(text) if len(text) == 1 else ""


def _marginal(costs: list[tuple[int, str]], after: tuple[str, str]) -> float:
    """What all the characters of a gap cost together, which is minus the logarithm of the sum of their probabilities,
    less what their neighbours cost without them."""
    least = costs[0][0] if costs else 10**6
    total = least - 16 * math.log(sum(math.exp((least - cost) / 16) for cost, _ in costs) or 1.0)
    return total - model().lone(after[0]) - model().cost(_UNKNOWN, *after)
