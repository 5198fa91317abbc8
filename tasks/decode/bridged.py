"""Stretches between two lost bytes, and halves beside their place, read anew by a search over all cuts.

Where a page lost two bytes near each other, what stands between them is out of step, and the second loss puts it right
again: no half stands at its end. Such a stretch shows by characters that hardly stand together; so does a half that was
put beside its place. There the bytes are cut anew. The moves are a character, and a half left over, at a price; the
score is the language model of the repair.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from heapq import nsmallest

from tasks.decode.chances import chances
from tasks.decode.charsets import text_of
from tasks.decode.halves import fills, halves
from tasks.decode.lost import counter, refined, units
from tasks.decode.odd import odd_row
from tasks.decode.places import UNKNOWN, letter_cost, marginal, symbol_of
from tasks.repair.lm import model, symbols

# What a lost byte costs, in steps of the model (1/16 nat), where some are known to be lost: one byte in 1,000; and what
# its character costs until it is looked for.
_LOSS = 7 * 16
_GAP = 6 * 16
# What the characters of a place must cost more than ordinary ones do, 6 nats each, for a search: two lost bytes cost
# more than that, and a half is none that the model knows. Of searches from 14 to 18 nats one in 100 finds something,
# from there on one in three.
_ORDINARY = 6 * 16
_WORTH, _WORTH_UNEXPECTED, _HALF = 18 * 16, 30 * 16, 6 * 16
# Of a stretch so many characters before and after are cut anew as well, and no longer ones are.
_AROUND = 5
_LONGEST = 160
# So many characters of a page are searched, a fifth of a second's worth; of one that shows no damage so many in vain.
_MOST = 6000
_IN_VAIN = 200
# Of so many places a page the model is asked, a tenth of a second's worth.
_ASKED = 4000
# Cuts that are kept at each byte, how much worse they may be, and how many are weighed with their gaps filled.
_BEAM = 5
_WORSE = 14 * 16
_FINALISTS = 6
# How much likelier than the one at hand another cut must be, on a page that shows no damage: of hanzi that the model
# has never seen the bytes may say something else by chance.
_MARGIN, _UNEXPECTED = 16, 12 * 16


# A cut of bytes up to a place: its cost, its last two symbols, its last piece, and the cut before that.
Cut = tuple[int, str, str, str, "Cut | None"]


def bridged(raw: bytes, text: str, codec: str, script: bool | None, damaged: bool) -> str:
    """`text`, which is a cut of `raw` with halves as lone surrogates, cut anew where it looks out of step.

    `damaged` pages are known to have lost bytes; `script` is True for traditional text.

    >>> raw = "九十七份在两周内长出了幼苗，最高的".encode("gbk")
    >>> twice = raw[:7] + raw[8:27] + raw[28:]
    >>> bridged(twice, text_of(twice, "gb18030"), "gb18030", False, True)[4:12]
    '在两周内长出了幼'
    """
    done: list[str] = []
    at = byte = 0
    left = _MOST if damaged else _IN_VAIN
    margin = _MARGIN if damaged else _UNEXPECTED
    size = None
    for start, end in _stretches(text, damaged):
        if left <= 0:
            break
        size = size or (units if codec.startswith("utf-16") else counter(raw, text, codec))
        first = byte + size(text[at:start])
        last = first + size(text[start:end])
        before = ("\n\n" + symbols(text[max(start - 2, 0) : start]))[-2:]
        after = (symbols(text[end : end + 2]) + "\n\n")[:2]
        found = _cut_anew(raw[first:last], text[start:end], (before, after), codec, script, margin)
        left = left - (end - start) if found == text[start:end] or damaged else _IN_VAIN
        if found != text[start:end]:  # gaps were weighed before their characters were known
            found = refined(raw[first:last], found, codec, script)
        done += (text[at:start], found)
        at, byte = end, last
    return "".join((*done, text[at:]))


def _stretches(text: str, damaged: bool) -> Iterator[tuple[int, int]]:
    """Where characters stand that hardly stand together, with what is around them, apart from each other."""
    covered = asked = 0
    row = odd_row(text, 0, damaged)
    while row and asked < _ASKED:
        asked += 1
        at, behind = row
        around = text[max(at - 2, 0) : at], text[behind : behind + 1]
        if behind - at <= _LONGEST and _is_worth(text[at:behind], around, damaged):
            start = max(at - _AROUND, covered)
            start += text[start:at].rfind("\n") + 1
            end = behind + len(text[behind : behind + _AROUND].partition("\n")[0])
            if end - start <= _LONGEST:
                yield start, end
                covered = end
        row = odd_row(text, max(behind, covered), damaged)


@lru_cache(maxsize=4096)  # as `_cut_anew`
def _is_worth(text: str, around: tuple[str, str], damaged: bool) -> bool:
    before, after = around
    seen = ("\n\n" + symbols(before))[-2:] + symbols(text + after)
    triples, _ = chances(seen)
    marks = sum("\udc00" <= char <= "\udcff" for char in text)
    return sum(triples) - _ORDINARY * len(triples) > (_WORTH if damaged else _WORTH_UNEXPECTED) + _HALF * marks


@lru_cache(maxsize=1024)  # a site's pages repeat their rows, and the rare characters in them
def _cut_anew(raw: bytes, text: str, around: tuple[str, str], codec: str, script: bool | None, margin: int) -> str:
    """`text`, or another cut of its bytes that is likelier by `margin`."""
    before, after = around
    start: Cut = (0, before[0], before[1], "", None)
    mine = start
    for char in text:
        mine = _gap(mine, char) if "\udc00" <= char <= "\udcff" else _step(mine, symbols(char), char)
    limit = _weight(mine, after, codec, script) - margin
    best = mine
    for cut in _cuts(raw, start, after, codec):
        weight = _weight(cut, after, codec, script)
        if weight < limit:
            best, limit = cut, weight
    return "".join(reversed([cut[3] for cut in _back(best)]))


def _cuts(raw: bytes, start: Cut, after: str, codec: str) -> list[Cut]:
    """The likeliest cuts of some bytes."""
    ahead: list[dict[tuple[str, str], Cut]] = [{} for _ in range(len(raw) + 2)]
    ahead[0][start[1], start[2]] = start
    narrow = not codec.startswith("utf-16")
    for at in range(len(raw)):
        if not ahead[at]:
            continue
        kept = nsmallest(_BEAM, ahead[at].values(), key=_cost)
        char, symbol = _character(raw[at : at + 2], codec)
        for cut in kept:
            if cut[0] > kept[0][0] + _WORSE:
                break
            if symbol:
                _put(ahead[at + 2], _step(cut, symbol, char))
            if narrow and raw[at] < 0x80:
                _put(ahead[at + 1], _step(cut, symbols(chr(raw[at])), chr(raw[at])))
            _put(ahead[at + 1], _gap(cut, chr(0xDC00 + raw[at])))
    return nsmallest(_FINALISTS, ahead[len(raw)].values(), key=_cost)


def _cost(cut: Cut) -> int:
    return cut[0]


@lru_cache(maxsize=1 << 16)
def _character(pair: bytes, codec: str) -> tuple[str, str]:
    """A pair that is one character, and its symbol; else empty strings."""
    symbol = symbol_of(pair, codec) if len(pair) == 2 else ""
    return (text_of(pair, codec), symbol) if symbol else ("", "")


def _put(into: dict[tuple[str, str], Cut], cut: Cut) -> None:
    key = cut[1], cut[2]
    if key not in into or cut[0] < into[key][0]:
        into[key] = cut


def _step(cut: Cut, symbol: str, char: str) -> Cut:
    cost = cut[0] + model().cost(cut[1], cut[2], symbol) + (letter_cost(char) if symbol == "a" else 0)
    return cost, cut[2], symbol, char, cut


def _gap(cut: Cut, half: str) -> Cut:
    return cut[0] + _LOSS + _GAP, cut[2], UNKNOWN, half, cut


def _back(cut: Cut) -> list[Cut]:
    """The cuts that a cut comes from, itself first, without the start."""
    found = []
    while cut[4] is not None:
        found.append(cut)
        cut = cut[4]
    return found


def _weight(cut: Cut, after: str, codec: str, script: bool | None) -> float:
    """What a cut costs, with what follows it and its gaps filled."""
    cost = model().cost
    weight: float = cut[0] + cost(cut[1], cut[2], after[0]) + cost(cut[2], after[0], after[1])
    following = after
    for each in _back(cut):
        if "\udc00" <= each[3] <= "\udcff" and each[4] is not None:  # not by its symbol, which U+FFFD on a page has too
            of = halves(codec, ord(each[3]) - 0xDC00, script)
            ranked = fills(of, each[4][1], each[4][2], following[0], following[1])
            weight += marginal(ranked, (following[0], following[1])) - _GAP
        following = each[2] + following[0]
    return weight
