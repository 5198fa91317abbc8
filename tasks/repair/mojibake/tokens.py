"""Characters back to bytes, and bytes on to the characters that they were, with the place of each in the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from math import inf
from operator import attrgetter
from typing import NamedTuple

from tasks.decode.score import cost_of_char
from tasks.repair.lm import UNIT, model, symbols
from tasks.repair.mojibake.codecs import EURO, LOST, WALL, bytes_of, chars_of
from tasks.repair.mojibake.loose import is_loose, resolved

# In nats, beside the 5 to 8 of a character that is well read. A pair of which a half is gone; a byte that was dropped
# without a trace; a byte that fits nothing, which ends a passage.
HALF = 7.0
_HALF_PAIR = 11.0
DROPPED = 20.0
REST = 14.0  # two bytes of three, where the third was dropped: one in a line costs more than it gains
UNMARKED = frozenset({DROPPED, REST})
STRAY = 40.0
_ASCII = 3.4
_LETTER = 7.0  # or the trail byte of a pair
# A character that Chinese text hardly holds, or not at all.
RARE = 12.0
# Among words of other languages é is é, and not two bytes of 茅.
_WORDS = re.compile("[A-Za-z]")
# The model knows no traditional characters: what a rare one costs that stands for a common simplified one (陞, 升) the
# table of decode says, which is of both scripts.
_SCRIPT = 1.5


@lru_cache(maxsize=1 << 16)
def cost(char: str) -> float:
    """How unlikely a character is in Chinese text, in nats.

    >>> cost("的") < cost("貎") <= cost("ь")
    True
    """
    if "\uff10" <= char <= "\uff5a" and char.isalnum():
        return RARE  # the model takes them for their ASCII forms
    return min(max(model().lone(symbols(char)) * UNIT, cost_of_char(char) - _SCRIPT), RARE)


class Token(NamedTuple):
    """A character read anew: `text`, or "" if bytes of it are lost, or WALL if there is none; `line[start:end]` are the
    characters that its bytes are in, `raw` its bytes as far as known. `head` and `tail` say whether it begins and ends
    where those do; it shares the first or last of them with its neighbour else. `cost` is in nats.
    """

    text: str
    start: int
    end: int
    head: bool
    tail: bool
    raw: str
    cost: float


#: Of a token `start`, `end`, `text` and `cost`: enough to weigh it by.
Piece = tuple[int, int, str, float]
piece = attrgetter("start", "end", "text", "cost")


def as_found(line: str) -> list[Token]:
    """Each character as its own token."""
    return [Token(char, at, at + 1, True, True, "", 0.0) for at, char in enumerate(line)]


def undo(tokens: Sequence[Token], reader: str, writer: str) -> list[Token]:
    """The tokens that the bytes of `tokens` are if `reader` had read what `writer` wrote.

    >>> [token.text for token in undo(as_found("鐢ㄦ埛"), "gbk", "utf8")]
    ['用', '户']
    """
    raw, owner = _raw([token.text for token in tokens], reader, writer)
    found: list[Token] = []
    for start, end, text, price in _cuts(raw, reader, writer):
        first, last = tokens[owner[start]], tokens[owner[end - 1]]
        head = first.head and (start == 0 or owner[start - 1] != owner[start])
        tail = last.tail and owner[end] != owner[end - 1]
        found.append(Token(text, first.start, last.end, head, tail, raw[start:end], price))
    return found


def pieces(line: str, reader: str, writer: str) -> Iterator[Piece]:
    """What `piece` gives of the tokens that `undo` makes of characters as found, sooner.

    >>> [text for _, _, text, _ in pieces("鐢ㄦ埛", "gbk", "utf8")]
    ['用', '户']
    """
    raw, owner = _raw(line, reader, writer)
    for start, end, text, price in _cuts(raw, reader, writer):
        yield owner[start], owner[end - 1] + 1, text, price


def _raw(seen: Sequence[str], reader: str, writer: str) -> tuple[str, list[int]]:
    """The bytes that characters were read of, and of which character each is; one number more ends them."""
    raw_of = _bytes_by_char(reader, writer)
    parts = [raw_of[char] for char in seen]
    if reader == "latin" and writer != "utf8" and _may_be_loose(seen, parts, writer):
        parts = resolved(seen, parts, chars_of(writer))
    if reader == "gbk" and EURO in parts:
        around = zip(["", *parts], parts, [*parts[1:], ""], strict=False)
        parts = [_euro(before, after) if part == EURO else part for before, part, after in around]
    owner = [at for at, part in enumerate(parts) for _ in part]
    owner.append(-1)
    return "".join(parts), owner


def _cuts(raw: str, reader: str, writer: str) -> Iterator[tuple[int, int, str, float]]:
    return _utf8(raw, reader == "latin") if writer == "utf8" else _double(raw, writer)


def _may_be_loose(seen: Sequence[str], parts: Sequence[str], writer: str) -> bool:
    """Whether characters may have been read two bytes at a time: they show it, or bytes of pairs seem to be lost."""
    if is_loose(seen):
        return True
    cuts = () if _WORDS.search("".join(seen)) else _double("".join(parts), writer)
    return any(price >= HALF and text != WALL for _, _, text, price in cuts)


class _BytesByChar(dict[str, str]):
    """What each token was read of: of one without text bytes were lost, and what the reader never makes is itself."""

    def __init__(self, table: Mapping[int, str]) -> None:
        super().__init__({chr(code): raw for code, raw in table.items()} | {"": LOST, WALL: WALL})
        self._table = table

    def __missing__(self, char: str) -> str:
        return char.translate(self._table)


@cache
def _bytes_by_char(reader: str, writer: str) -> _BytesByChar:
    return _BytesByChar(bytes_of(reader, writer))


def _euro(before: str, after: str) -> str:
    """What a euro sign was: the byte 80, or A2 and E3, where two bytes of a character that begins with E3 follow.

    After the first byte of a character only one that goes on with it can stand. A decoder that loses the byte 80 does
    not make a euro sign of it.
    """
    if "\xe0" <= before[-1:] <= "\xef":
        return "\x80"
    two = len(after) == 2 and "\x80" <= min(after) <= max(after) <= "\xbf"
    return "\xa2\xe3" if two or after in (LOST, EURO) else "\x80"


@cache
def _pieces(latin: bool) -> re.Pattern[str]:
    """UTF-8 cut into ASCII, whole characters, stretches of what is left of others, and what is none of these.

    A no-break space (the byte A0) is often a plain one by now, where characters show bytes.
    """
    cont, lead = "[\x80-\xbf]", "[\xe0-\xef]"
    good = f"[\xc2-\xdf]{cont}|{lead}{cont}{{2}}|[\xf0-\xf4]{cont}{{3}}"
    spaced = f"{lead} {cont}|{lead}{cont} " if latin else "(?!)"
    torn = f"(?:(?!{good}|{spaced})[\x80-\xff{LOST}?])+"
    return re.compile(
        f"(?P<good>{good})|(?P<spaced>{spaced})|(?P<ascii>[\x00-\x3e\x40-\x7f]|\\?(?![\x80-\xbf{LOST}]))|(?P<torn>{torn})|.",
        re.DOTALL,
    )


def _utf8(raw: str, latin: bool) -> Iterator[tuple[int, int, str, float]]:
    for match in _pieces(latin).finditer(raw):
        start, end = match.span()
        kind, seen = match.lastgroup, match[0]
        if kind == "ascii":
            yield start, end, seen, 0.0
        elif kind in ("good", "spaced"):
            yield start, end, *_read(seen.replace(" ", "\xa0"))
        elif kind == "torn":
            yield from torn(seen, start)
        else:
            yield start, end, WALL, STRAY


# What is left of a character of three bytes; of the marks that stand for lost bytes each may stand for one or two.
_PARTS = (
    (re.compile(f"(?!{LOST}{{3}})[\xe0-\xef{LOST}?][\x80-\xbf{LOST}?]{{2}}"), 3, HALF),
    (re.compile(f"[\xe0-\xef][{LOST}?]|[{LOST}?][\x80-\xbf]"), 2, HALF + 2),
    (re.compile("[\xe0-\xef\x80-\xbf][\x80-\xbf]"), 2, REST),
    (re.compile(LOST), 1, HALF),
    (re.compile("\\?"), 1, _ASCII),
    (re.compile("[\xe0-\xef\x80-\xbf]"), 1, DROPPED),
    (re.compile("."), 1, STRAY),
)


def torn(seen: str, offset: int) -> Iterator[tuple[int, int, str, float]]:
    """The cheapest cut of a stretch without a whole character (Viterbi): where each piece begins and ends, "" for what
    is left of a character or what it is, and its cost."""
    costs = [0.0] + [inf] * len(seen)
    best: list[tuple[int, float]] = [(0, 0.0)] * (len(seen) + 1)
    for at in range(len(seen)):
        for pattern, length, price in _PARTS:
            if at + length <= len(seen) and costs[at] + price < costs[at + length] and pattern.match(seen, at):
                costs[at + length] = costs[at] + price
                best[at + length] = length, price
    cuts: list[tuple[int, int, str, float]] = []
    end = len(seen)
    while end:
        length, price = best[end]
        text = "?" if price == _ASCII else WALL if price == STRAY else ""
        cuts.append((offset + end - length, offset + end, text, price))
        end -= length
    yield from reversed(cuts)


def _read(seen: str) -> tuple[str, float]:
    try:
        text = seen.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return WALL, STRAY
    if text == LOST:
        return "", HALF
    return text, cost(text)


def _double(raw: str, writer: str) -> Iterator[tuple[int, int, str, float]]:
    """The cheapest cut of `raw` into pairs, ASCII and halves (Viterbi)."""
    single, double = _single(), _pairs(writer)
    steps = [0]
    before, now, first = inf, 0.0, ""
    for byte in raw:
        last, now, step = now, now + single[byte], 1
        if (total := before + double[first + byte]) < now:
            now, step = total, 2
        before, first = last, byte
        steps.append(step)
    cuts: list[tuple[int, int]] = []
    end = len(raw)
    while end:
        cuts.append((end - steps[end], end))
        end -= steps[end]
    chars = chars_of(writer)
    for start, end in reversed(cuts):
        seen = raw[start:end]
        if end - start == 2:
            yield start, end, chars.get(seen, ""), double[seen]
        elif seen < "\x80":
            yield start, end, seen, 0.0
        else:
            yield start, end, WALL if seen == WALL or (seen >= "\u0100" and seen != LOST) else "", single[seen]


class _Pairs(dict[str, float]):
    """What two bytes cost as a character: `inf` where they are none, and none of them is lost. Filled as pairs of
    bytes are met."""

    def __init__(self, chars: Mapping[str, str]) -> None:
        self._chars = chars

    def __missing__(self, pair: str) -> float:
        if (char := self._chars.get(pair)) is not None:
            price = cost(char)
        else:
            price = _HALF_PAIR if LOST in pair and len(pair) == 2 and _is_half(pair) else inf
        if price < inf or max(pair) <= "\xff":
            self[pair] = price
        return price


@cache
def _pairs(writer: str) -> _Pairs:
    return _Pairs(chars_of(writer))


def _is_half(pair: str) -> bool:
    """Whether one byte of a pair is known, and could be its lead or trail."""
    first, second = pair[0], pair[1]
    return (first == LOST and "\x40" <= second <= "\xfe") or (second == LOST and "\x81" <= first <= "\xfe")


class _Single(dict[str, float]):
    """What a byte costs by itself; what is none is dear."""

    def __missing__(self, char: str) -> float:
        return STRAY


@cache
def _single() -> _Single:
    ascii = {chr(code): _LETTER if code >= ord("@") else _ASCII for code in range(0x80)}
    return _Single(ascii | {chr(code): DROPPED for code in range(0x80, 0x100)} | {LOST: HALF})
