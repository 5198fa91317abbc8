"""What a character was of which some bytes are left: those that it can have been, ranked by the language model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from tasks.decode.charsets import text_of
from tasks.repair.lm import Model, model, symbols

# How many candidates are judged by what follows them as well: of those that are seen after what stands before the gap
# the likeliest, and of the others the commonest.
_SEEN = 16
_UNSEEN = 6
# A candidate that is so much worse than the best is not among the answers, in steps of the model (1/16 nat).
_WORSE = 9 * 16
# Rarer characters than this are not looked for: 3,800 are commoner.
_RAREST = 12 * 16


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Characters by their symbols, the commonest first with its cost; and a class of the symbols to search them by."""

    chars: dict[str, str]
    alone: tuple[tuple[int, str], ...]
    any: re.Pattern[str]


def candidates(chars: Iterable[str]) -> Candidates:
    """Those of `chars` that are one character each and not rare, one a symbol.

    >>> candidates(["山", "水", "水", "龘"]).chars
    {'山': '山', '水': '水'}
    """
    lone = model().lone
    one_each = {symbols(char): char for char in chars if len(char) == 1 and not "\udc00" <= char <= "\udcff"}
    found = {symbol: char for symbol, char in one_each.items() if lone(symbol) <= _RAREST}
    alone = tuple(sorted((lone(symbol), symbol) for symbol in found))
    return Candidates(found, alone, re.compile(f"[{re.escape(''.join(found))}]" if found else "(?!)"))


@lru_cache(maxsize=1 << 12)
def fills(of: Candidates, first: str, second: str, third: str, fourth: str) -> list[tuple[int, str]]:
    """What the likeliest candidates cost between two symbols on each side, in steps of the model, and the characters;
    the likeliest first.

    >>> fills(candidates("气人水"), "的", "天", "很", "好")[0][1]
    '气'
    """
    cost = model().cost
    found: list[tuple[int, str]] = []
    limit = 10**9
    for before, symbol in _after(model(), of, first, second):
        if before > limit:
            break
        total = before + cost(second, symbol, third) + cost(symbol, third, fourth)
        found.append((total, of.chars[symbol]))
        limit = min(limit, total + _WORSE)
    found.sort()
    return [each for each in found if each[0] <= limit]


def _after(lm: Model, of: Candidates, first: str, second: str) -> list[tuple[int, str]]:
    """What the likeliest candidates cost after two symbols, and which: successors stand likeliest first in the model,
    so that a search for any of the candidates finds the best first."""
    at, before = lm.index.get(second, -1), lm.index.get(first, -1)
    if at < 0:
        return list(of.alone[:_SEEN])
    low, high = lm.starts1[at], lm.starts1[at + 1]
    pair = lm.after1.find(second, lm.starts1[before], lm.starts1[before + 1]) if before >= 0 else -1
    charge = lm.backoffs2[pair] if pair >= 0 else 0
    found: dict[str, int] = {}
    for match in of.any.finditer(lm.after1, low, high):
        place = match.start()
        found[lm.after1[place]] = charge + lm.costs2[place]
        if len(found) == _SEEN:
            break
    if pair >= 0:
        for match in of.any.finditer(lm.after2, lm.starts2[pair], lm.starts2[pair + 1]):
            place = match.start()
            found[lm.after2[place]] = lm.costs3[place]
    charge += lm.backoffs1[at]
    for alone, symbol in of.alone[: _SEEN + _UNSEEN]:
        if symbol not in found:
            # One that was seen but is none of the first cannot cost more than this.
            found[symbol] = charge + alone
    return sorted((cost, symbol) for symbol, cost in found.items())


@cache
def halves(codec: str, half: int, traditional: bool | None = None) -> Candidates:
    """The characters of a codec of which `half` is the lead or the trail byte; with `traditional`, of one script."""
    foreign = frozenset() if traditional is None else only_in(not traditional)
    pieces = [bytes((half, other)) for other in range(256)] + [bytes((other, half)) for other in range(256)]
    return candidates(char for piece in pieces if (char := text_of(piece, codec)) not in foreign)


@cache
def thirds(left: bytes, traditional: bool) -> Candidates:
    """The characters of three bytes of UTF-8 of which two are left."""
    foreign = only_in(not traditional)
    middle = range(0x80, 0xC0)
    pieces = [bytes((other, *left)) for other in range(0xE2, 0xF0)]
    pieces += [bytes((left[0], other, left[1])) for other in middle] + [bytes((*left, other)) for other in middle]
    return candidates(char for piece in pieces if (char := text_of(piece, "utf-8")) not in foreign)


def is_traditional(text: str) -> bool:
    """Whether more characters of a text stand in traditional text only than in simplified only.

    >>> is_traditional("國家的書"), is_traditional("国家的书")
    (True, False)
    """
    return len(_any_of(True).findall(text)) > len(_any_of(False).findall(text))


@cache
def _any_of(traditional: bool) -> re.Pattern[str]:
    # Characters beyond U+FFFF would make a search for the class forty times as slow.
    return re.compile(f"[{''.join(sorted(char for char in only_in(traditional) if len(char.encode()) < 4))}]")


@cache
def only_in(traditional: bool) -> frozenset[str]:
    """Characters that stand in text of one script only."""
    from tasks.script.fold import simplified

    table = simplified()
    if traditional:
        return frozenset(map(chr, table))
    return frozenset(char for char in table.values() if ord(char) not in table and not char.encode("big5", "ignore"))
