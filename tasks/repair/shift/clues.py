"""Where a closer look is due: what halves of characters leave behind, and characters that healthy text hardly holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tasks.repair.readings import reads
from tasks.repair.shift.candidates import LETTERS
from tasks.repair.shift.costs import HOPELESS, LOST, nats
from tasks.repair.shift.pairs import is_private
from tasks.repair.shift.search import Search

_MARKS = "!;?:！；？："
_CLOSING = "”’」』）》】〉…—～！？"  # what honest marks stand before
_STOPS = "、，。；：,;:"
# Every character at which something may be wrong, by itself; `_at` looks at what stands beside it.
_SPOT = re.compile(r"[?\ufffd€!;:！；？：(（\ue000-\uf8ff]|[，,](?=[@-~])")
_REMNANT = re.compile(rf"[?\ufffd][(（]?[{LETTERS}]{{1,6}} ?[)）]")  # what a half character left of a splice
_GLOSS = re.compile(rf"[(（]([{LETTERS}]{{1,6}}) ?[)）]")
_NEAR = 3  # how many characters before a rare one a shift is looked for
_RUN = 3  # so many characters in a row decide whether text is out of step
_SENSIBLE = nats(21)  # what those may cost at most when re-read, and
_BETTER = nats(2)  # by how much less than what is seen
_ALLOWED = nats(3)  # what two characters after a mark may cost more when re-read
_SENSIBLE_MARK = nats(10)  # and what each may cost at most
_UNLIKELY_THERE = nats(9)  # the same on a page that is damaged elsewhere
_SENSIBLE_ALONE = nats(8.5)  # what each of them may cost where nothing else is damaged
_UNLIKELY = nats(17)  # what two characters after a mark cost, where a pair may be missing, to be looked at
# What stands after '。' or closes a quotation, and so follows the first half of a straddling '！': its second byte.
_AFTER_A1 = frozenset("、。·—…‘’“”〔〕〈〉《》「」『』【】")


@dataclass(frozen=True, slots=True)
class Clue:
    """A place that may be damaged: `strong` if it hardly is anything else, `hidden` if the run may begin before it."""

    at: int
    strong: bool
    hidden: bool


@cache
def common() -> frozenset[str]:
    """The characters that are common in healthy text of either script (tools/build_lm.py writes them)."""
    return frozenset((Path(__file__).parents[1] / "lm" / "common.txt").read_text(encoding="utf-8"))


def has_clue(text: str) -> bool:
    """Whether anything in `text` calls for a closer look; false for most healthy lines, and decided at C speed.

    >>> has_clue("當地優質產品"), has_clue("當?shù)貎?yōu)質產品")
    (False, True)
    """
    return not common().issuperset(text) or any(_at(text, match.start()) for match in _SPOT.finditer(text))


def clues(text: str) -> Iterator[Clue]:
    """All places of `text` that may be damaged, in order.

    >>> [(clue.at, clue.strong) for clue in clues("當?shù)貎?yōu)質")]
    [(1, True), (6, False), (7, True)]
    """
    found = {at: Clue(at, False, True) for char in set(text) - common() for at in _all(text, char)}
    for match in _SPOT.finditer(text):
        if clue := _at(text, match.start()):
            found[clue.at] = clue
    return iter([found[at] for at in sorted(found)])


def _at(text: str, at: int) -> Clue | None:
    """What the character at `at` is a clue to, seen with its neighbours."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if is_private(char):
        return Clue(at, True, True)
    if char in "(（":
        gloss = _GLOSS.match(text, at)
        return Clue(at, True, False) if gloss and before and not reads(before, gloss[1]) else None
    if char in "，,":
        return Clue(at, False, False) if is_hanzi(text[at + 2 : at + 3]) else None
    if char in LOST:
        if _REMNANT.match(text, at):
            return Clue(at, True, False)
        if is_hanzi(before) or is_hanzi(after):
            return Clue(at, False, False)
    if char == "€":
        return Clue(at, False, False) if is_hanzi(after) else None
    beside = is_hanzi(before) and after > "\u2000" and after not in _CLOSING
    return Clue(at, False, False) if beside or (after and after in _STOPS) else None


def is_hanzi(char: str) -> bool:
    """Whether `char` is one unified ideograph of the basic block or extension A."""
    return "\u3400" <= char <= "\u9fff"


def _all(text: str, char: str) -> Iterator[int]:
    at = text.find(char)
    while at >= 0:
        yield at
        at = text.find(char, at + 1)


def worth_a_search(search: Search, clue: Clue) -> bool:
    """Whether a few characters around a clue that is not strong make more sense out of step than as they are."""
    text, at = search.text, clue.at
    if clue.strong:
        return True
    after = text[at + 1 : at + 2]
    if not clue.hidden:
        if text[at] == LOST[1] or after in tuple(_STOPS):
            return True
        if text[at] == "?" and after in tuple(_MARKS) and is_hanzi(text[at + 2 : at + 3]):
            return True
        second_half = search.chars[0xA100 | search.bytes_of(after)[0]]
        if not search.damaged and text[at] in "!！" and second_half not in _AFTER_A1:
            return False
        count = 2 if text[at + 2 : at + 3] in search.pairs else 1
        cost, seen = search.shifted(at, count)
        if search.damaged:
            # A short run says nothing by itself; a page that is damaged elsewhere does.
            return cost < min(seen + _ALLOWED, count * _SENSIBLE_MARK) or search.next_two(at + 1) > _UNLIKELY_THERE
        if cost >= HOPELESS:  # nothing can be read so: a pair may be missing
            return search.next_two(at + 1) > _UNLIKELY
        return cost < min(seen, count * _SENSIBLE_ALONE)
    for first in range(max(0, at - _NEAR), at + 1):
        cost, seen = search.shifted(first, _RUN)
        if cost < min(seen - _BETTER, _SENSIBLE):
            return True
    return False
