"""Which characters an unknown byte can make: by its known half, commonest first. Made once, when first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from tasks.repair.lm import UNIT, model, symbols
from tasks.repair.shift.costs import PLAIN_MARKS
from tasks.repair.shift.pairs import GBK, LEADS, TRAILS, characters, dropped, is_private, pairs

LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêăĕĭŏŭɑɡ"
# A splice, doubled or not, and what is left of one whose bracket half a character swallowed.
SPLICE = re.compile(rf"[(（]([{LETTERS}]{{1,6}}) ?[)）](?:[(（]\1 ?[)）])?")
SWALLOWED = re.compile(rf"[?\N{{REPLACEMENT CHARACTER}}][(（]?([{LETTERS}]{{1,6}}) ?[)）](?:[(（]\1 ?[)）])?")

# Rarer characters than one in half a million are never guessed, only read where their bytes are known.
RAREST = round(13.2 / UNIT)

# Stops behind a comma that a site added, and marks that close what is open: how likely they are shows in their charge.
DECIDED = PLAIN_MARKS | {"”", "’", "》", "」", "』"}

# Characters that traditional pages write for two that the model tells apart: 著 is 着 as often as itself.
ALSO = {"著": "着"}

Candidate = tuple[int, str, int, str]  # cost by itself, symbol, the unknown byte, character


@cache
def by_trail(trail: int, codec: str = GBK) -> list[Candidate]:
    """The characters whose second byte is `trail`; the unknown byte is the first.

    >>> [char for _, _, _, char in by_trail(0xA3)[:2]]
    ['。', '海']
    """
    return _ranked((lead, characters(codec)[lead << 8 | trail]) for lead in LEADS)


@cache
def by_lead(lead: int, codec: str = GBK) -> list[Candidate]:
    """The characters whose first byte is `lead`; the unknown byte is the second."""
    return _ranked((trail, characters(codec)[lead << 8 | trail]) for trail in TRAILS)


@cache
def dropped_leads(first: int, codec: str = GBK) -> frozenset[int]:
    """The second bytes of pairs that decoders drop and that begin with `first`, as far as they can begin a pair."""
    return frozenset(second for second in LEADS if first << 8 | second in dropped(codec))


@cache
def deletable(lead: int, codec: str = GBK) -> list[Candidate]:
    """Those of `by_lead` whose second byte can begin a pair of the user areas."""
    return [candidate for candidate in by_lead(lead, codec) if dropped_leads(candidate[2], codec)]


@cache
def partnered(halves: int, codec: str = GBK) -> list[Candidate]:
    """Those of `by_trail` that can follow a deleted pair: the pair's first byte * 256 + the character's second."""
    leads = dropped_leads(halves >> 8, codec)
    return [candidate for candidate in by_trail(halves & 0xFF, codec) if candidate[2] in leads]


@cache
def other_forms(codec: str = GBK) -> dict[str, str]:
    """The characters of a codec that the model sees as each symbol, but for itself."""
    found: dict[str, str] = {}
    chars = "".join(pairs(codec))
    for char, symbol in zip(chars, symbols(chars), strict=True):
        if symbol != char and not is_private(char):
            found[symbol] = found.get(symbol, "") + char
    for char, symbol in ALSO.items():
        found[symbol] = found.get(symbol, "") + char
    return found


def forms(symbol: str, codec: str = GBK) -> str:
    """The characters of a codec that the model sees as `symbol`, itself first.

    >>> forms("台"), forms("人")
    ('台檯臺颱', '人')
    """
    return symbol + other_forms(codec).get(symbol, "")


def likeliest(chances: list[int], cands: list[Candidate], width: int) -> list[tuple[int, Candidate]]:
    """The `width` + 1 likeliest candidates, those as likely as the last of them, and marks whose chance the page
    decides, with their chances."""
    found = zip(chances, cands, strict=True)
    if len(cands) <= width:
        return list(found)
    bound = sorted(chances)[width]
    return [(chance, candidate) for chance, candidate in found if chance <= bound or candidate[3] in DECIDED]


def _ranked(found: Iterable[tuple[int, str]]) -> list[Candidate]:
    lone = model().lone
    usable = [(symbols(char), byte, char) for byte, char in found if char and not is_private(char)]
    usable += [(ALSO[char], byte, char) for _, byte, char in usable if char in ALSO]
    ranked = sorted((lone(symbol), symbol, byte, char) for symbol, byte, char in usable)
    return [candidate for candidate in ranked if candidate[0] < RAREST]
