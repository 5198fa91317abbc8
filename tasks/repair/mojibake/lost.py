"""What a character was of which bytes are lost: those it can have been, and what the language makes of them.

A decoder loses a byte only where it cannot read it, which leaves few bytes that it can have been, often one. Among the
characters of these bytes the language model chooses, over all losses of a passage at once; a choice that is not clear
is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from math import inf
from typing import TypeAlias

from tasks.repair.lm import BOUNDARY, UNIT, model, symbols
from tasks.repair.mojibake.codecs import LOST, raws
from tasks.repair.mojibake.tokens import RARE, Token, cost
from tasks.repair.shift.pairs import is_private, pairs
from tasks.script.fold import simplified

# How many candidates of a loss, and how many readings of what stands before, are held.
_CANDIDATES = 20
_BEAM = 12
# A reading that is behind by so many nats does not come back.
_HOPELESS = 12.0
# By how many nats the best reading must lead over the next that has another character here.
_CLEAR = 5.0
_CLEAR_NUMBER = 9.0
_NUMBERS = frozenset("〇零一二两兩三四五六七八九十百千万萬亿億０１２３４５６７８９")

# The codecs of each reader: what all of them read cannot have been lost.
_STRICT = {
    "latin": ("cp1252",),
    "gbk": ("gbk",),
    "big5": ("big5", "cp950", "big5hkscs"),
    "eten": ("big5", "cp950", "big5hkscs"),
    "sjis": ("cp932", "shift_jis"),
    "euckr": ("cp949", "euc_kr"),
}
_ENCODINGS = {"utf8": "utf-8", "gbk": "gb18030", "big5": "big5"}

# What a character costs that is none of the candidates; what follows it is then judged without it.
_OTHER = 9.0
# The same where a byte was dropped without a mark and one character alone can have lost it.
_NO_OTHER = 20.0

Path: TypeAlias = "tuple[Path, int, str] | None"
Candidate: TypeAlias = tuple[int, str, int, str]
Beam: TypeAlias = dict[tuple[str, str], tuple[float, Path]]


def deduced(tokens: Sequence[Token], reader: str, writer: str) -> dict[int, tuple[str, float]]:
    """For the lost ones among `tokens`, by position: the likeliest character, and its lead over others in nats.

    >>> from tasks.repair.mojibake.tokens import as_found, undo
    >>> tokens = undo(as_found("涓\ufffd鍧楃煶澶�"), "gbk", "utf8")
    >>> deduced(tokens, "gbk", "utf8")[0][0]
    '一'
    """
    traditional = _is_traditional("".join(token.text for token in tokens))
    beam: Beam = {(BOUNDARY, BOUNDARY): (0.0, None)}
    leads: dict[int, float] = {}
    for at, token in enumerate(tokens):
        if token.text:
            beam = _read_over(beam, symbols(token.text), leads)
        else:
            following = tokens[at + 1].raw[:1] if at + 1 < len(tokens) else "\n"
            options = _options(token.raw, following, reader, writer, traditional)
            other = _NO_OTHER if len(options) == 1 and LOST not in token.raw and "?" not in token.raw else _OTHER
            beam = _guessed(beam, at, options, other, leads)
    return _chosen(list(beam.values()), leads)


def _is_traditional(text: str) -> bool:
    """Whether one character in 20 is traditional: of two forms of a character, only that is looked for then."""
    table = simplified()
    return sum(ord(char) in table for char in text) * 20 >= len(text)


@cache
def _simplified_only() -> frozenset[str]:
    """Characters that traditional text writes otherwise: Big5 lacks them, and they stand for others."""
    return frozenset(char for char in simplified().values() if not char.encode("big5", "ignore"))


def _guessed(beam: Beam, at: int, options: Sequence[Candidate], other: float, leads: dict[int, float]) -> Beam:
    """The beam after a lost character, which is one of `options` or none of them, which costs `other`."""
    costs_of = model().costs
    found: dict[tuple[str, str], list[tuple[float, Path]]] = {}
    limit = inf
    for (first, second), (total, path) in beam.items():
        if total > limit:
            continue
        costs = costs_of(first, second, options)
        limit = min(limit, total + min(min(costs, default=inf) * UNIT, other) + _HOPELESS)
        most = (limit - total) / UNIT
        for steps, (_, symbol, _, char) in zip(costs, options, strict=True):
            if steps <= most:
                found.setdefault((second, symbol), []).append((total + steps * UNIT, (path, at, char)))
        found.setdefault((LOST, LOST), []).append((total + other, (path, at, LOST)))
    return _merged(found, leads)


def _read_over(beam: Beam, seen: str, leads: dict[int, float]) -> Beam:
    """The beam after characters that are known. Once nothing is open what they cost is the same for all."""
    for at, symbol in enumerate(seen):
        if len(beam) == 1:
            (((_, second), state),) = beam.items()
            last = (second + seen)[-2:] if at == 0 else seen[-2:]
            return {(last[0], last[1]): state}
        beam = _read_on(beam, symbol, leads)
    return beam


def _read_on(beam: Beam, symbol: str, leads: dict[int, float]) -> Beam:
    """The beam after a character that is known."""
    cost_of = model().cost
    found: dict[tuple[str, str], list[tuple[float, Path]]] = {}
    for (first, second), (total, path) in beam.items():
        found.setdefault((second, symbol), []).append((total + cost_of(first, second, symbol) * UNIT, path))
    return _merged(found, leads)


def _merged(found: dict[tuple[str, str], list[tuple[float, Path]]], leads: dict[int, float]) -> Beam:
    merged = {key: _best(states, leads) for key, states in found.items()}
    if len(merged) == 1:
        return merged
    limit = min(state[0] for state in merged.values()) + _HOPELESS
    kept = {key: state for key, state in merged.items() if state[0] <= limit}
    return dict(sorted(kept.items(), key=lambda item: item[1][0])[:_BEAM]) if len(kept) > _BEAM else kept


def _best(states: list[tuple[float, Path]], leads: dict[int, float]) -> tuple[float, Path]:
    """The cheapest of readings that end alike; what they differ in is settled, and by how much it led is noted."""
    if len(states) == 1:
        return states[0]
    states.sort(key=lambda state: state[0])
    total, path = states[0]
    for other, another in states[1:]:
        if other - total < _CLEAR_NUMBER:
            _note(path, another, other - total, leads)
    return states[0]


def _note(path: Path, other: Path, lead: float, leads: dict[int, float]) -> None:
    while path is not other and path and other:
        if path[2] != other[2]:
            leads[path[1]] = min(leads.get(path[1], lead), lead)
        path, other = path[0], other[0]


def _chosen(states: list[tuple[float, Path]], leads: dict[int, float]) -> dict[int, tuple[str, float]]:
    _, path = _best(states, leads)
    found: dict[int, tuple[str, float]] = {}
    while path:
        path, at, char = path
        if char != LOST:
            found[at] = char, leads.get(at, 2 * _CLEAR_NUMBER)
    return found


def is_clear(char: str, lead: float) -> bool:
    """Whether a lead is large enough to believe. Which number was meant the language does not tell.

    >>> is_clear("的", 6.0), is_clear("七", 6.0)
    (True, False)
    """
    return char != "" and lead >= (_CLEAR_NUMBER if char in _NUMBERS else _CLEAR)


@lru_cache(maxsize=1 << 14)
def _options(raw: str, following: str, reader: str, writer: str, traditional: bool) -> tuple[Candidate, ...]:
    """The characters that a lost one can have been, commonest first, as `Model.costs` takes them."""
    lone, table, foreign = model().lone, simplified(), _simplified_only()
    chars = _possible(raw, following, reader, writer)
    usual = [char for char in chars if (char not in foreign if traditional else ord(char) not in table)]
    return tuple((lone(symbols(char)), symbols(char), 0, char) for char in usual)


@lru_cache(maxsize=1 << 14)
def _possible(raw: str, following: str, reader: str, writer: str) -> str:
    """The characters with these bytes, of which those are lost that `reader` could not read before `following`."""
    if len(raw) > 1:
        raw = raw.replace("?", LOST)
    if not raw.strip(LOST):
        return ""
    whole = 3 if writer == "utf8" else 2
    if LOST in raw:
        patterns = [raw if len(raw) == whole else raw.replace(LOST, LOST * 2)]
    elif len(raw) == whole - 1:
        patterns = [raw[:at] + LOST + raw[at:] for at in range(whole)]  # one was dropped without a trace
    else:
        return ""
    found = ""
    for pattern in patterns:
        lost = [at for at, byte in enumerate(pattern) if byte == LOST]
        for char in _by_pattern(writer).get(pattern, ""):
            written = _written(char, writer) + following
            if char not in found and all(_is_lost(written[at : at + 2], reader) for at in lost):
                found += char
    return found[:_CANDIDATES]


def _is_lost(pair: str, reader: str) -> bool:
    """Whether a decoder of `reader` can have failed at the first of these bytes."""
    if LOST in pair or len(pair) < 2:
        return True
    return pair not in _read_by_all(reader) and pair[0] not in _read_by_all(reader)


@cache
def _read_by_all(reader: str) -> frozenset[str]:
    """The bytes and pairs of bytes that all decoders of an encoding can read."""
    known = [chr(byte) for byte in range(0x80, 0x100)]
    if reader != "latin":
        known += raws()
    return frozenset(raw for raw in known if all(_reads(raw.encode("latin-1"), codec) for codec in _STRICT[reader]))


def _reads(raw: bytes, codec: str) -> bool:
    try:
        return len(raw.decode(codec)) == 1
    except UnicodeDecodeError:
        return False


@cache
def _written(char: str, writer: str) -> str:
    return char.encode(_ENCODINGS[writer], "ignore").decode("latin-1")


@cache
def _by_pattern(writer: str) -> dict[str, str]:
    """Characters that Chinese text holds, by their bytes with some of them unknown, commonest first."""
    usable = [char for char in pairs() if char > "\x7f" and cost(char) < RARE and not is_private(char)]
    found: dict[str, list[str]] = {}
    for char in sorted(usable, key=cost):
        raw = _written(char, writer)
        if len(raw) == (3 if writer == "utf8" else 2):
            for mask in range(1, 2 ** len(raw) - 1):
                pattern = "".join(LOST if mask >> i & 1 else byte for i, byte in enumerate(raw))
                found.setdefault(pattern, []).append(char)
    return {pattern: "".join(chars) for pattern, chars in found.items()}
