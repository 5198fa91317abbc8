"""Where a byte was lost from two-byte characters, and what character it was of, by the language model of the repair.

A lost byte leaves half a character, and what follows is read one byte out of step until something puts it back in
step: a half at the end of the run, or a byte below 80 that is a trail byte in truth. Both show, so the loss is looked
for backwards from there. A place for it leaves the text before as it is and has what follows read anew.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from tasks.decode.charsets import MAPPED_ANEW, text_of
from tasks.repair.lm import Model, model, symbols

# What a lost byte costs, in steps of the model (1/16 nat): one byte in 3,000.
_LOSS = 8 * 16
# A search ends where a place is so much worse than the best so far: eight healthy characters read out of step. What the
# context says is asked at so many places on each side of the likeliest.
_HOPELESS = 30 * 16
_NEAR = 7
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
# How many of the characters for a gap are judged by what follows it as well.
_FILLS = 20
# Rarer characters than this are not looked for: 3,800 are commoner.
_RAREST = 12 * 16
# A half that was placed without the model may belong so many characters further on.
_FORWARD = 3
_HALF = re.compile("[\udc00-\udcff]")
_UNKNOWN = "\ufffd"  # a symbol that the model has never seen

_ENDS = re.compile("[\udc00-\udcff]|(?<=[^\x00-\x7f])[@-~](?=[^\x00-\x7f]|$)")


class Line:
    """A line of two-byte characters: its bytes, its characters, where each begins, and the model's symbol for each."""

    def __init__(self, raw: bytes, text: str, codec: str) -> None:
        self.raw, self.codec = raw, codec
        self.chars = list(text)
        self.symbols = list(symbols(text))
        self.starts = [0]
        for char in self.chars:
            self.starts.append(self.starts[-1] + _length(char, codec))
        self.sound = self.starts[-1] == len(raw)

    def symbol(self, at: int) -> str:
        """The symbol of a character, or a line end beyond both ends of the line."""
        return self.symbols[at] if 0 <= at < len(self.symbols) else "\n"

    def put_in_step(self, end: int, back: int) -> None:
        """Let the half that ends a run stand `back` characters before it, and read what follows anew."""
        first = self.starts[end] - 2 * back
        again = text_of(self.raw[first + 1 : self.starts[end] + 1], self.codec)
        at = end - back
        self.chars[at : end + 1] = [chr(0xDC00 + self.raw[first]), *again]
        self.symbols[at : end + 1] = [_UNKNOWN, *symbols(again)]
        self.starts[at + 1 : end + 1] = range(first + 1, self.starts[end] + 1, 2)

    def put_forward(self, half: int) -> int:
        """Let a half stand some characters after where it does, if those can be read so, and say where."""
        first, count = self.starts[half], 0
        while (
            count < _FORWARD
            and half + count + 1 < len(self.chars)
            and self.starts[half + count + 2] == first + 2 * count + 3
            and _one(self.raw[first + 2 * count : first + 2 * count + 2], self.codec)
        ):
            count += 1
        again = text_of(self.raw[first : first + 2 * count], self.codec)
        end = half + count
        self.chars[half : end + 1] = [*again, chr(0xDC00 + self.raw[first + 2 * count])]
        self.symbols[half : end + 1] = [*symbols(again), _UNKNOWN]
        self.starts[half : end + 1] = range(first, first + 2 * count + 1, 2)
        return end


@lru_cache(maxsize=1 << 15)
def _length(char: str, codec: str) -> int:
    """How many bytes a character has; a lone surrogate is an undecodable byte."""
    if "\udc00" <= char <= "\udcff" or (char < "\x80" and not codec.startswith("utf-16")):
        return 1
    if char in MAPPED_ANEW:
        return 2
    try:
        return len(char.encode(codec))
    except UnicodeEncodeError:
        return 2


def in_step(raw: bytes, text: str, codec: str, damaged: bool) -> str:
    """`text`, which is `raw` as `codec` reads it, with runs that are out of step read anew. One line.

    Half a character is a lone surrogate, as in `charsets.text_of`. With `damaged`, the page is known to have lost
    bytes: then a single letter may be half a character that lost its lead byte.

    >>> raw = "山上的桃花都开了，老人们坐在村口。".encode("gbk")
    >>> damaged = raw[:7] + raw[8:]
    >>> in_step(damaged, text_of(damaged, "gb18030"), "gb18030", True)[4:]
    '花都开了，老人们坐在村口。'
    """
    line = Line(raw, text, codec)
    if not line.sound:
        return text
    for match in _ENDS.finditer(text):
        back = _place(line, match.start(), damaged)
        if back is not None and not _was_replaced(line, match.start() - back):
            line.put_in_step(match.start(), back)
    return "".join(line.chars)


def refined(raw: bytes, text: str, codec: str) -> str:
    """`text`, which is a cut of `raw` in which halves of characters are lone surrogates, with each half put where the
    language model would have it: a few characters before or after the place it has.

    >>> raw = "山上的桃花都开了".encode("utf-16-le")
    >>> refined(raw[:7] + raw[8:], f"山上的{chr(0xDC43)}花都开了", "utf-16-le")[4:]
    '花都开了'
    """
    line = Line(raw, text, codec)
    if not line.sound:
        return text
    for match in _HALF.finditer(text):
        end = line.put_forward(match.start())
        back = _place(line, end, True)
        if back is not None:
            line.put_in_step(end, back)
    return "".join(line.chars)


def _was_replaced(line: Line, at: int) -> bool:
    """Whether a half at `at` would stand behind a mark behind another half: there a site's tool has replaced the two
    bytes of a full-width mark that stood astride. What was there the shift search of the repair knows better."""
    return at > 1 and line.chars[at - 1] in _REPLACED and _is_half(line.chars[at - 2])


def _is_half(char: str) -> bool:
    return "\udc00" <= char <= "\udcff"


def _place(line: Line, end: int, damaged: bool) -> int | None:
    """How many characters before `end` the byte was lost, or None if no place is better than none."""
    places = _places(line, end)
    lm = model()
    best: tuple[float, int] = (math.inf, 0)
    places.sort()
    for cost, back, after in places[:_CLOSELY]:
        if cost > places[0][0] + _CLEARLY:
            break
        half = line.raw[line.starts[end] - 2 * back]
        left = line.symbol(end - back - 2), line.symbol(end - back - 1)
        best = min(best, (cost - _GAP + _marginal(_fills(lm, line.codec, half, left, after)), back))
    if _is_half(line.chars[end]):
        return best[1] or None
    one, two, letter = line.symbol(end + 1), line.symbol(end + 2), line.symbol(end)
    healthy = lm.cost(line.symbol(end - 2), line.symbol(end - 1), letter)
    healthy += lm.cost(line.symbol(end - 1), letter, one) + lm.cost(letter, one, two)
    if best[1] == 0 and not damaged:
        return None
    return best[1] if best[0] + (_MARGIN if best[1] else _LETTER_MARGIN) < healthy else None


def _places(line: Line, end: int) -> list[tuple[int, int, tuple[str, str]]]:
    """Places for the loss that led to `end`: cost beside the text as it is up to `end`, characters back, and the two
    symbols after the gap. The first is `end` itself."""
    lm = model()
    again, gains = _read_anew(line, end)
    likely = max(range(len(gains)), key=gains.__getitem__)
    next_one, next_two = line.symbol(end + 1), line.symbol(end + 2)
    follow = lm.lone(next_one) + lm.cost(_UNKNOWN, next_one, next_two)
    found = [(_LOSS + _GAP + follow, 0, (next_one, next_two))]
    first = max(1, likely - _NEAR)
    inner, after = -gains[first - 1], [*reversed(again[max(0, first - 3) : first - 1]), next_one, next_two]
    if first > 1:
        inner += lm.cost(again[0], next_one, next_two)
    for back in range(first, min(likely + _NEAR + 1, len(gains))):
        at, char = end - back, again[back - 1]
        inner -= lm.cost(line.symbol(at - 2), line.symbol(at - 1), line.symbol(at))
        head = lm.lone(char) + lm.cost(_UNKNOWN, char, after[0]) + lm.cost(char, after[0], after[1])
        found.append((_LOSS + _GAP + head + inner, back, (char, after[0])))
        inner += lm.cost(char, after[0], after[1])
        after = [char, after[0]]
    return found


def _read_anew(line: Line, end: int) -> tuple[list[str], list[int]]:
    """The symbols that the pairs before `end` have one byte later, the last first, and how much likelier than the text
    as it is they make the last 0, 1, 2 … of them, character by character."""
    lone, starts, raw = model().lone, line.starts, line.raw
    again: list[str] = []
    gains = [0]
    gain = best = 0
    first = starts[end]
    for at in range(end - 1, -1, -1):
        first -= 2
        if starts[at] != first or not (char := _one(raw[first + 1 : first + 3], line.codec)):
            break
        again.append(char)
        gain += lone(line.symbols[at]) - lone(char)
        gains.append(gain)
        best = max(best, gain)
        if gain < best - _HOPELESS:
            break
    return again, gains


@lru_cache(maxsize=1 << 16)
def _one(pair: bytes, codec: str) -> str:
    """The model's symbol for a pair that is one character, else ""."""
    text = text_of(pair, codec)
    return symbols(text) if len(text) == 1 else ""


def _fills(lm: Model, codec: str, half: int, left: tuple[str, str], after: tuple[str, str]) -> list[int]:
    """Costs of the likeliest characters of which `half` may be a byte, less what their neighbours cost without them.

    The cost is that of the character after `left` and of the two symbols after it.
    """
    bare = lm.lone(after[0]) + lm.cost(_UNKNOWN, after[0], after[1])
    return [cost - bare for cost, _ in fills(lm, halves(codec, half), left, after)]


def fills(
    lm: Model, candidates: Sequence[tuple[int, str, int, str]], left: tuple[str, str], after: tuple[str, str]
) -> list[tuple[int, str]]:
    """What the likeliest candidates cost between two symbols on each side, and their characters. At most 20."""
    ranked = sorted(zip(lm.costs(*left, candidates), candidates, strict=True))[:_FILLS]
    return [
        (cost + lm.cost(left[1], symbol, after[0]) + lm.cost(symbol, after[0], after[1]), char)
        for cost, (_, symbol, _, char) in ranked
    ]


def _marginal(costs: Sequence[int]) -> float:
    """The cost of all the fills together: minus the logarithm of the sum of their probabilities."""
    least = min(costs, default=10**6)
    return least - 16 * math.log(sum(math.exp((least - cost) / 16) for cost in costs) or 1.0)


@cache
def halves(codec: str, half: int) -> list[tuple[int, str, int, str]]:
    """The characters of which `half` is the lead or the trail byte, a character a symbol, as `Model.costs` takes
    them."""
    return candidates(text_of(pair, codec) for pair in pairs_with(half))


def pairs_with(half: int) -> list[bytes]:
    """All pairs of bytes that lost one and have `half` left."""
    return [bytes((half, other)) for other in range(256)] + [bytes((other, half)) for other in range(256)]


def candidates(chars: Iterable[str]) -> list[tuple[int, str, int, str]]:
    """Those of `chars` that are one character each and not rare, as `Model.costs` takes them, one a symbol."""
    lone = model().lone
    found = {symbols(char): char for char in chars if len(char) == 1 and not _is_half(char)}
    return [(cost, symbol, 0, char) for symbol, char in found.items() if (cost := lone(symbol)) <= _RAREST]
