"""Where a closer look is due: what halves of characters leave behind, and characters that healthy text hardly holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from tasks.chars import CharSet
from tasks.repair.readings import characters, is_hanzi, reads
from tasks.repair.shift.candidates import LETTERS
from tasks.repair.shift.costs import HOPELESS, LOST, nats
from tasks.repair.shift.glance import (
    AFTER_A1,
    BETTER,
    MARKS_BEFORE,
    NEAR,
    RUN,
    SENSIBLE,
    SENSIBLE_ALONE,
    STOPS,
    UNLIKELY,
    common,
    ends_out_of_step,
    goes_with,
    is_enclosed,
    is_forced,
    is_left_open,
    mark_out_of_step,
    rare_out_of_step,
)
from tasks.repair.shift.pairs import GBK, is_private
from tasks.repair.shift.search import Search

ENDS = "\n?\ufffd"  # what ends a run at once
CLOSING = "”’」』）》】〉…—～！？"  # what honest marks stand before
# Every character at which something may be wrong, by itself; `_at` looks at what stands beside it. Commas only before
# what a lost byte may have left.
SPOTS, COMMAS = "?€!;:！；？：(（", "，,"
_REMNANT = re.compile(rf"[?\ufffd][(（]?[{LETTERS}]{{1,6}} ?[)）]")  # what a half character left of a splice
_GLOSS = re.compile(rf"[(（]([{LETTERS}]{{1,6}}) ?[)）]")
EXCLAIMS, CLOSES = frozenset("!！"), frozenset(")）")
LETTERS_OF_SPLICES = frozenset(re.findall(f"[{LETTERS}]", "".join(map(chr, range(0x3000)))))
_LETTERS = CharSet("[A-Za-z]")
# A single letter behind a hanzi: a run may end with it. The other ASCII characters that are trail bytes stand between
# the words of honest lists.
_ENDING = re.compile("[A-Za-z](?<=[\u3400-\u9fff].)(?![\x00-\x09\x0b-\x7f])")
# A letter that stands singly so often on a page names something: a site that joined 30 fragments of sentences by one
# letter had 1 in 500 of them taken for a half; pages that lost up to six bytes hardly end four runs with one letter.
_NAME = 4
_ALLOWED = nats(3)  # what two characters after a mark may cost more when re-read
_SENSIBLE_MARK = nats(10)  # and what each may cost at most
_UNLIKELY_THERE = nats(9)  # the same on a page that is damaged elsewhere
_WIDE_SPACE = "\ue5e5"  # 0xA3A0, in a user area: writers of GBK have it for a full-width space
# A '?' among Chinese text that no splice goes on from.
_QUESTION = re.compile("(?<=[\u3001-\u9fff，；：][?])(?=[?\u3001-\u9fff，；：])")
# One '?' to so many characters, and so many at least, are characters that an encoding lacked: of pages read out of step
# none has one to 130, of simplified text that was written as Big5 all have one to 14 and more.
_LACKING, _FEW = 33, 4


class Clue(NamedTuple):
    """A place that may be damaged: `strong` if it hardly is anything else, `hidden` if the run may begin before it."""

    at: int
    strong: bool
    hidden: bool


@cache
def _looked_at() -> re.Pattern[str]:
    """The characters that are not common, those of `SPOTS`, and commas. The class comes first, so that all other text
    is passed over at the speed of a search for one class."""
    passed = "".join(sorted(common().difference(SPOTS, COMMAS)))
    return re.compile(rf"[^{re.escape(passed)}](?:(?<![{COMMAS}])|(?=[@-~]))")


def has_clue(text: str) -> bool:
    """Whether anything in `text` calls for a closer look; false for most healthy lines, and decided at C speed.

    >>> has_clue("當地優質產品"), has_clue("當?shù)貎?yōu)質產品")
    (False, True)
    """
    return next(clues(text), None) is not None


def clues(text: str, known: Container[int] = ()) -> Iterator[Clue]:
    """All places of `text` that may be damaged, in order, but for those that are `known` not to be.

    >>> [(clue.at, clue.strong) for clue in clues("當?shù)貎?yōu)質")]
    [(1, True), (6, False), (7, True)]
    """
    places: Iterable[int] = (match.start() for match in _looked_at().finditer(text))
    if endings := [match.start() for match in _LETTERS.matches(_ENDING, text)]:
        places = sorted({*places, *endings})
    return filter(None, (clue_at(text, at) for at in places if at not in known))


def clue_at(text: str, at: int) -> Clue | None:
    """What the character at `at` is a clue to, if it is one that is looked at."""
    if is_hanzi(text[at]):
        return Clue(at, False, True)  # a rare one
    if found := _at(text, at):
        return found
    return Clue(at, False, True) if text[at] not in common() or _ENDING.match(text, at) else None


def letter_clues(text: str, codec: str) -> list[Clue]:
    """The single letters of `text` that a run of a codec's bytes may end with.

    >>> letter_clues("老師今天教我们硺I務", "gb18030"), letter_clues("他买了两件T恤", "gb18030")
    ([Clue(at=8, strong=False, hidden=True)], [])
    """
    if _LETTERS.find(text) < 0:
        return []
    places = (match.start() for match in _LETTERS.matches(_ENDING, text))
    return [Clue(at, False, True) for at in places if ends_out_of_step(text, at, codec)]


def unnamed(text: str, found: Iterable[Clue]) -> list[Clue]:
    """Clues without those at single letters that stand so often on a page that they are names.

    >>> unnamed("甲A乙A丙A丁A", [Clue(1, False, True), Clue(2, False, True)])
    [Clue(at=2, strong=False, hidden=True)]
    """
    kept = list(found)
    if any(is_letter(text[clue.at]) for clue in kept):
        often = Counter(map(itemgetter(0), _ENDING.findall(text)))
        kept = [clue for clue in kept if often[text[clue.at]] < _NAME]
    return kept


def lacks_characters(text: str) -> bool:
    """Whether so many '?' stand in `text` that they must be characters which an encoding lacked, not halves of any.

    >>> lacks_characters("??人??有拘泥于?景的?述，??史"), lacks_characters("你去哪里?我去学校。")
    (True, False)
    """
    if text.count("?") * _LACKING < len(text):
        return False
    return sum(1 for _ in _QUESTION.finditer(text)) >= max(_FEW, len(text) // _LACKING)


def is_likely(text: str, clue: Clue) -> bool:
    """Whether a clue on a page that shows no damage yet may be worth a search; most of a healthy page's are not."""
    if clue.strong:
        return True
    if is_tripled(text, clue.at):
        return is_enclosed(text, clue.at) and is_forced(text, clue.at)
    if not clue.hidden:
        return text[clue.at + 1 : clue.at + 2] != " " and mark_out_of_step(text, clue.at)
    if _ENDING.match(text, clue.at) and ends_out_of_step(text, clue.at):
        return True
    return text[clue.at] not in common() and rare_out_of_step(text, clue.at)


def _at(text: str, at: int) -> Clue | None:
    """What the character at `at` is a clue to, seen with its neighbours."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char not in SPOTS:
        if is_private(char) and char != _WIDE_SPACE:
            return Clue(at, True, True)
        if char not in "，,\ufffd":
            return None
    if char in "(（":
        gloss = _GLOSS.match(text, at)
        named = gloss and before and characters(gloss[1]) and not reads(before, gloss[1])
        return Clue(at, True, False) if named else None
    if char in "，,":
        return Clue(at, False, False) if _goes_on(text[at + 2 : at + 3]) else None
    if is_tripled(text, at):  # so people ask and exclaim, and of all runs only 罚款 and the like leave as much
        three = text[at : at + 3] == "???" and before != "?" and text[at + 3 : at + 4] != "?"
        return Clue(at, False, False) if three and is_hanzi(before) else None
    if char in LOST:
        if _REMNANT.match(text, at):
            return Clue(at, True, False)
        halved = after != "" and after in MARKS_BEFORE and text[at + 2 : at + 3] > "\x80"
        spliced = before in CLOSES and text[at - 2 : at - 1] in LETTERS_OF_SPLICES
        if is_hanzi(before) or is_hanzi(after) or halved or spliced:
            return Clue(at, False, False)
    if char == "€":
        return Clue(at, False, False) if is_hanzi(after) else None
    beside = (before > "\x80" or before == ")") and after > "\x80" and after not in CLOSING
    beside |= char in EXCLAIMS and after in ENDS + "(（"  # '。”' leaves nothing but the mark
    spaced = char in EXCLAIMS and after == " "  # sites write a blank behind it
    if spaced and (text[at + 2 : at + 3] > "\x80" or text[at + 2 : at + 3] in ENDS + "(（"):
        beside |= before > "\x80" or before == ")"
    if "@" <= after <= "~":  # a trail byte, as in ';@球' for 校籃球
        beside |= (is_hanzi(before) or before in CLOSES) and _goes_on(text[at + 2 : at + 3])
    return Clue(at, False, False) if beside or after in STOPS else None


def _goes_on(char: str) -> bool:
    """Whether a character behind one that ends with an ASCII byte shows that it was one: a hanzi, or its splice."""
    return is_hanzi(char) or (char != "" and char in "(（")


def is_tripled(text: str, at: int) -> bool:
    """Whether three of the character at `at` stand in a row there: so people ask, but for U+FFFD.

    >>> is_tripled("真的???", 3), is_tripled("真的??", 3)
    (True, False)
    """
    return text[at] != LOST[1] and text[at] * 3 in text[max(at - 2, 0) : at + 3]


def is_letter(char: str) -> bool:
    """Whether `char` is a letter of ASCII."""
    return char.isascii() and char.isalpha()


def worth_a_search(search: Search, clue: Clue) -> bool:
    """Whether a few characters around a clue that is not strong make more sense out of step than as they are."""
    text, at = search.text, clue.at
    if clue.strong:
        return True
    if not search.damaged and search.codec == GBK and not is_likely(text, clue):
        return False
    after = text[at + 1 : at + 2]
    if not clue.hidden:
        if after == " " and text[at] in EXCLAIMS:
            return search.damaged and search.quotations.is_left_open(at)
        if text[at] == LOST[1] or after in STOPS:
            return True
        second = text[at + 2 : at + 3]
        trails = "@" <= second <= "~" and is_hanzi(text[at + 3 : at + 4])
        ended = is_enclosed(text, at) and (search.damaged or is_forced(text, at) or is_left_open(text, at))
        if text[at] == "?" and after and after in MARKS_BEFORE and (second > "\x80" or trails or ended):
            return True
        if (
            search.damaged
            and (not after or after in ENDS)
            and (text[at] in search.hit or search.quotations.open_at(at))
        ):
            return True
        if not search.damaged and is_hanzi(after) and goes_with(text, at):
            return True
        second_half = search.chars[0xA100 | search.bytes_of(after)[0]]
        if not search.damaged and text[at] in "!！" and second_half not in AFTER_A1:
            return False
        cost, seen, count = search.shifted(at, 2)
        if not count:
            cost, count = HOPELESS, 1
        if search.damaged:
            # A short run says nothing by itself; a page that is damaged elsewhere does.
            return cost < min(seen + _ALLOWED, count * _SENSIBLE_MARK) or search.next_two(at + 1) > _UNLIKELY_THERE
        if cost >= HOPELESS:  # nothing can be read so: a pair may be missing
            return search.next_two(at + 1) > UNLIKELY
        return cost < min(seen, count * SENSIBLE_ALONE)
    for first in range(max(0, at - NEAR), at + 1):
        cost, seen, count = search.shifted(first, RUN)
        if count == RUN and cost < min(seen - BETTER, SENSIBLE):
            return True
    return (search.lossy and is_letter(text[at])) or ends_out_of_step(text, at, search.codec)
