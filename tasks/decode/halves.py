"""What a character was of which some bytes are left: those that it can have been, ranked by the language model."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from tasks.decode.charsets import characters
from tasks.repair.lm import Model, model, symbols

# How many candidates are judged by what follows them as well: of those that are seen after what stands before the gap
# the likeliest, and of the others the commonest.
_SEEN = 16
_UNSEEN = 12
# Those of which what follows is one of so many likeliest successors are judged as well: 业 tells 企.
_LEADING = 12
# A candidate that is so much worse than the best is not among the answers, in steps of the model (1/16 nat).
_WORSE = 7 * 16
# Rarer characters than this are not looked for: 3,800 are commoner.
_RAREST = 12 * 16
_UNKNOWN = "\ufffd"  # a symbol that the model has never seen


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Characters by their symbols, the commonest first with its cost; a class of the symbols to search them by; and
    which of them each symbol is likely to follow."""

    chars: dict[str, str]
    alone: tuple[tuple[int, str], ...]
    any: re.Pattern[str]
    leading: dict[str, str]


def candidates(chars: Iterable[str]) -> Candidates:
    """Those of `chars` that are not rare, one a symbol.

    >>> candidates("山水水龘").chars
    {'山': '山', '水': '水'}
    """
    lone = model().lone
    single = "".join(chars)
    found = {symbol: char for symbol, char in zip(symbols(single), single, strict=True) if lone(symbol) <= _RAREST}
    alone = tuple(sorted((lone(symbol), symbol) for symbol in found))
    return Candidates(found, alone, re.compile(f"[{re.escape(''.join(found))}]" if found else "(?!)"), _leading(found))


def _leading(found: Iterable[str]) -> dict[str, str]:
    lm = model()
    leading: dict[str, str] = {}
    for symbol in found:
        first = lm.starts1[lm.index[symbol]]
        for after in lm.after1[first : min(first + _LEADING, lm.starts1[lm.index[symbol] + 1])]:
            leading[after] = leading.get(after, "") + symbol
    return leading


@lru_cache(maxsize=1 << 12)
def fills(of: Candidates, first: str, second: str, third: str, fourth: str) -> list[tuple[int, str]]:
    """What the likeliest candidates cost between two symbols on each side, in steps of the model, and the characters;
    the likeliest first.

    >>> fills(candidates("气人水"), "的", "天", "很", "好")[0][1]
    '气'
    """
    lm = model()
    index, find1, find2, starts1, starts2 = lm.index, lm.after1.find, lm.after2.find, lm.starts1, lm.starts2
    lone, follow = lm.lone(third), lm.cost(_UNKNOWN, third, fourth)
    found: list[tuple[int, str]] = []
    limit = 10**9
    # As `Model.cost` does it, but what is the same for all candidates is asked for once.
    for total, symbol, seen in _after(lm, of, first, second, third):
        if total > limit:
            break
        at = index[symbol]
        pair = find1(third, starts1[at], starts1[at + 1])
        if seen >= 0 and (place := find2(third, starts2[seen], starts2[seen + 1])) >= 0:
            total += lm.costs3[place]
        else:
            total += (lm.backoffs2[seen] if seen >= 0 else 0) + (
                lm.costs2[pair] if pair >= 0 else lm.backoffs1[at] + lone
            )
        if total > limit:
            continue
        if pair < 0:
            total += follow
        elif (place := find2(fourth, starts2[pair], starts2[pair + 1])) >= 0:
            total += lm.costs3[place]
        else:
            total += lm.backoffs2[pair] + follow
        found.append((total, of.chars[symbol]))
        limit = min(limit, total + _WORSE)
    found.sort()
    return [each for each in found if each[0] <= limit]


def _after(lm: Model, of: Candidates, first: str, second: str, third: str) -> list[tuple[int, str, int]]:
    """What the likeliest candidates cost after two symbols, which they are, and where they stand among the successors
    of the second: successors stand likeliest first in the model, so that a search for any candidate finds the best
    first. Those that the third likes to follow are among them."""
    at, before = lm.index.get(second, -1), lm.index.get(first, -1)
    leading = of.leading.get(third, "")
    if at < 0:
        likely = {*of.alone[: _SEEN + _UNSEEN], *((lm.lone(symbol), symbol) for symbol in leading)}
        return [(cost, symbol, -1) for cost, symbol in sorted(likely)]
    low, high = lm.starts1[at], lm.starts1[at + 1]
    pair = lm.after1.find(second, lm.starts1[before], lm.starts1[before + 1]) if before >= 0 else -1
    charge = lm.backoffs2[pair] if pair >= 0 else 0
    costs = lm.costs2
    found = {
        match[0]: (charge + costs[match.start()], match[0], match.start())
        for match in islice(of.any.finditer(lm.after1, low, high), _SEEN)
    }
    if pair >= 0:
        for match in of.any.finditer(lm.after2, lm.starts2[pair], lm.starts2[pair + 1]):
            symbol = match[0]
            place = found[symbol][2] if symbol in found else lm.after1.find(symbol, low, high)
            found[symbol] = lm.costs3[match.start()], symbol, place
    left = charge + lm.backoffs1[at]
    for symbol in leading:
        if symbol not in found:
            place = lm.after1.find(symbol, low, high)
            found[symbol] = (charge + costs[place] if place >= 0 else left + lm.lone(symbol)), symbol, place
    for alone, symbol in of.alone[:_UNSEEN]:
        if symbol not in found:
            # One that was seen but is none of the first does not cost more than this.
            found[symbol] = left + alone, symbol, -1
    return sorted(found.values())


@cache
def halves(codec: str, half: int, traditional: bool | None = None) -> Candidates:
    """The characters of a codec of which `half` is the lead or the trail byte; with `traditional`, of one script."""
    others = range(256) if codec.startswith("utf-16") else range(0x40, 0xFF)
    pieces = [bytes((half, other)) for other in others] + [bytes((other, half)) for other in others]
    return candidates(_of_script(characters(pieces, codec), traditional))


@cache
def thirds(left: bytes, traditional: bool) -> Candidates:
    """The characters of three bytes of UTF-8 of which two are left."""
    middle = range(0x80, 0xC0)
    pieces = [bytes((other, *left)) for other in range(0xE2, 0xF0)]
    pieces += [bytes((left[0], other, left[1])) for other in middle] + [bytes((*left, other)) for other in middle]
    return candidates(_of_script(characters(pieces, "utf-8"), traditional))


def _of_script(chars: str, traditional: bool | None) -> Iterable[str]:
    return chars if traditional is None else (char for char in chars if char not in only_in(not traditional))


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
