"""A glance at a clue on a page that shows no damage yet: do a few characters make more sense out of step?

Nearly every clue of a healthy page, a rare character or a mark between two hanzi, ends here. So it is decided from the
few characters around the clue alone, and the page's search is not even made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from tasks.repair.lm import BOUNDARY, model, symbols
from tasks.repair.shift.candidates import LETTERS, Candidate, by_lead, by_trail
from tasks.repair.shift.costs import HOPELESS, LOST, nats
from tasks.repair.shift.pairs import GBK, characters, is_private, pairs, wide
from tasks.script.fold import simplified

MARKS_BEFORE = "!;?:！；？："
STOPS = frozenset("、，。；：,;:")
NEAR = 3  # how many characters before a rare one a shift is looked for
RUN = 3  # so many characters in a row decide whether text is out of step
SENSIBLE = nats(21)  # what those may cost at most when re-read, and
BETTER = nats(2)  # by how much less than what is seen
SENSIBLE_ALONE = nats(8.5)  # what each of two characters after a mark may cost at most when re-read
UNLIKELY = nats(17)  # what two characters after a mark cost, where a pair may be missing, to be looked at
UNLIKELY_ALONE = nats(19.5)  # and where no more than the two follow
# So many hanzi after a mark tell text out of step from healthy text, which costs less than this each on average: after
# marks that came so far 5.2 to 8.1 nats (and one 9.4) in 330,000 healthy characters, in damaged pages 10.4 to 12.6.
TELLING, STRANGE = 3, nats(9.2)
_QUOTED, _CLOSING = 200, frozenset("”’」』")  # characters in which an open quotation is looked for, and what closes one
_HANZI = re.compile("[\u3400-\u9fff]{1,6}")
FULL_WIDTH = 0xA3  # the lead byte of the full-width forms of ASCII
# What a character costs at most that its place calls for (one in twenty of all that stand there), and what the one
# behind two of these: in 2.7 million characters of healthy reports and encyclopedia nothing is read so.
FORCED, GOES_ON = nats(3), nats(4)
# What stands after '。' or closes a quotation, and so follows the first half of a straddling '！': its second byte.
AFTER_A1 = frozenset("、。·—…‘’“”〔〕〈〉《》「」『』【】")
_NONE = "\0"  # stands for no character
_SENSIBLE_RUN = re.compile(f"[^{_NONE}]{{{RUN}}}")
# By how much less than what is seen the last characters of a run that ends with a letter must cost, and how many of
# them are looked at. The search leaves all healthy letters as they are, in 47 million characters of either script.
ENDS_BETTER, ENDING = nats(6), 3
UNUSUAL = nats(11)  # one character in sixty thousand; `make eval` finds the same spans without it
# What may be a splice before a mark, or one after it: only the search knows what those cost.
_ENDS_SPLICE = re.compile(f"[{LETTERS} ][)）]")
_BEGINS_SPLICE = re.compile(f"[^\n]?[(（{LOST}][(（]?[{LETTERS}]")


def rare_out_of_step(text: str, at: int) -> bool:
    """Whether text around the rare character at `at` makes more sense re-read one byte on.

    >>> rare_out_of_step("勇炼鞘菇洲", 1), rare_out_of_step("他叫王琰，是教师", 3)
    (False, False)
    """
    first = max(0, at - NEAR)
    read = _out_of_step(text[first : at + RUN + 1], _usual())
    if not _SENSIBLE_RUN.search(read):
        return False
    lm = model()
    for start in range(len(read) - RUN + 1):
        run = read[start : start + RUN]
        if _NONE in run:
            continue
        one, two, three = tuple(run)
        cost = lm.lone(one) + lm.cost(BOUNDARY, one, two)
        if cost >= SENSIBLE:
            continue
        cost += lm.cost(one, two, three)
        if cost < SENSIBLE and cost < _seen(text, first + start + 1, RUN) - BETTER:
            return True
    return False


def mark_out_of_step(text: str, at: int) -> bool:
    """Whether the mark at `at` may be made of halves of two characters, by what stands after it.

    >>> mark_out_of_step("会议要求：各地要抓好落实", 4)
    False
    """
    char, after, second = text[at], text[at + 1 : at + 2], text[at + 2 : at + 3]
    if char == LOST[1] or after in STOPS:
        return True
    if is_enclosed(text, at) and (is_forced(text, at) or is_left_open(text, at)):
        return True
    # A half, a mark, and a hanzi or its second byte alone.
    hanzi = text[at + 3 : at + 4] if "@" <= second <= "~" else second
    if char == "?" and after and after in MARKS_BEFORE and "\u3400" <= hanzi <= "\u9fff":
        return True
    if char in "!！" and characters()[0xA100 | wide().get(after, 0) >> 8] not in AFTER_A1:
        return False
    if after in frequent() and second in frequent():
        return False
    if "\u3400" <= after <= "\u9fff" and model().lone(symbols(after)) >= UNUSUAL and goes_with(text, at):
        return True
    count = 2 if second in pairs() else 1
    read = _out_of_step(text[at : at + 1 + count], _symbols())
    lm = model()
    cost = HOPELESS
    if _NONE not in read and len(read) == count:
        cost = lm.lone(read[0]) + (lm.cost(BOUNDARY, read[0], read[1]) if count == 2 else 0)
    if cost >= HOPELESS:  # nothing can be read so: a pair may be missing
        spliced = _BEGINS_SPLICE.match(text, at + 1) or (_ENDS_SPLICE.match(text, at - 2) if at > 1 else None)
        return spliced is not None or _may_lack_a_pair(text, at)
    sensible = cost < count * SENSIBLE_ALONE and cost < _seen(text, at + 1, count)
    return sensible and _goes_on_strangely(text, at)


def is_enclosed(text: str, at: int) -> bool:
    """Whether '?', a mark and '?' stand at `at`, behind a hanzi.

    >>> is_enclosed("处?!?", 1), is_enclosed("处?!", 1)
    (True, False)
    """
    after = text[at + 1 : at + 2]
    enclosed = after != "" and after in MARKS_BEFORE and text[at] == text[at + 2 : at + 3] == "?"
    return enclosed and "\u3400" <= text[at - 1 : at] <= "\u9fff"


def is_forced(text: str, at: int) -> bool:
    """Whether '?', a mark and '?' at `at` may be two characters around a mark that was replaced, both of which
    their place calls for, and before what follows.

    >>> is_forced("处一万元以下的???;", 7), is_forced("他说为什么???", 5)
    (True, False)
    """
    before = symbols(text[at - 2 : at - 1] or BOUNDARY) + symbols(text[at - 1])
    return _forced(before, text[at + 1], symbols(text[at + 3 : at + 4] or BOUNDARY))


def is_left_open(text: str, at: int) -> bool:
    """Whether a quotation is open before '?', '!' and '?' at `at` that does not close behind them: 。” leaves them.

    >>> is_left_open("他说：“天晴了?!?", 7), is_left_open("他说：“天晴了?!?”", 7)
    (True, False)
    """
    line = text[max(text.rfind("\n", 0, at) + 1, at - _QUOTED) : at]
    return text[at + 1] in "!！" and line.count("“") > line.count("”") and text[at + 3 : at + 4] not in _CLOSING


def goes_with(text: str, at: int) -> bool:
    """Whether the mark at `at` may stand between the halves of two characters that their place calls for, the second of
    them by the character after the mark.

    >>> goes_with("处一万元以下的?睢", 7), goes_with("春天来了?睢", 4)
    (True, False)
    """
    pair = wide().get
    lead, trail = divmod(pair(text[at], 0), 256)
    other = characters()[trail << 8 | pair(text[at + 1], 0) >> 8]
    if at == 0 or not other or is_private(other) or not _hanzi(lead):
        return False
    two = symbols(text[at - 1])
    half, cost = _likeliest(symbols(text[at - 2 : at - 1] or BOUNDARY)[-1:], two, _hanzi(lead))
    return cost < FORCED and model().cost(two, half, symbols(other)) < FORCED


@cache
def _hanzi(trail: int) -> tuple[Candidate, ...]:
    """The hanzi that end with a byte."""
    return tuple(each for each in by_trail(trail) if "\u3400" <= each[3] <= "\u9fff")


@lru_cache(maxsize=4096)
def _forced(before: str, mark: str, after: str) -> bool:
    one, two = before[0], before[1]
    lead, trail = divmod(wide()[mark], 256)
    half, cost = _likeliest(one, two, _hanzi(lead))
    if cost >= FORCED:
        return False
    other, cost = _likeliest(two, half, by_lead(trail))
    return cost < FORCED and model().cost(half, other, after) < GOES_ON


def _likeliest(one: str, two: str, cands: Sequence[Candidate]) -> tuple[str, int]:
    """What the model sees of the likeliest of some characters after two others, and its cost."""
    costs = model().costs(one, two, cands)
    least = min(costs)
    return cands[costs.index(least)][1], least


def ends_out_of_step(text: str, at: int, codec: str = GBK) -> bool:
    """Whether the character at `at` may be the trail byte that a run ends with, by the characters before it.

    >>> ends_out_of_step("老師今天教我们硺I務", 8), ends_out_of_step("他买了两件T恤", 5)
    (True, False)
    """
    if not "@" <= text[at] <= "~":
        return False
    halves, pair = _symbols(codec), wide(codec).get
    last = (pair(text[at - 1 : at], 0) & 0xFF) << 8 | ord(text[at])
    if characters(codec)[last] not in common():
        return False  # so the model need not be read for most letters of healthy text
    lm, read = model(), halves[last]
    for first in range(at - 1, max(at - 1 - ENDING, -1), -1):
        if text[first] < "\x80" or _NONE in read:
            break
        one, two, three = (*read, BOUNDARY, BOUNDARY)[:3]
        cost = lm.lone(one)
        if first < at - 1:
            cost += lm.cost(BOUNDARY, one, two)
        if first < at - 2:
            cost += lm.cost(one, two, three)
        if cost < _seen(text, first, at + 1 - first) - ENDS_BETTER:
            return True
        read = _out_of_step(text[first - 1 : first + 1], halves, codec) + read if first else _NONE
    return False


@cache
def common() -> frozenset[str]:
    """The characters that are common in healthy text of either script (tools/build_lm.py writes them)."""
    return frozenset((Path(__file__).parents[1] / "lm" / "common.txt").read_text(encoding="utf-8"))


@cache
def frequent() -> frozenset[str]:
    """The 1,500 most frequent hanzi and their traditional forms: two of them in a row are hardly halves of others."""
    simple = (Path(__file__).parents[1] / "data" / "frequent.txt").read_text(encoding="utf-8").strip()
    return frozenset(simple) | {chr(code) for code, one in simplified().items() if one in simple}


def _may_lack_a_pair(text: str, at: int) -> bool:
    """Whether the mark at `at`, after which nothing can be read out of step, may stand where a pair is missing."""
    least = UNLIKELY if _HANZI.match(text, at + TELLING) else UNLIKELY_ALONE
    return _next_two(text, at) > least and _goes_on_strangely(text, at)


def _goes_on_strangely(text: str, at: int) -> bool:
    """Whether the hanzi after the mark at `at` are as strange as text out of step is: it goes on to the next mark.

    True where fewer follow than would tell, but for a full-width letter, digit or currency sign.
    """
    following = _HANZI.match(text, at + 1)
    if not following:
        return wide().get(text[at + 1 : at + 2], 0) >> 8 != FULL_WIDTH
    count = len(following[0])
    return count < TELLING or _seen(text, at + 1, count) > count * STRANGE


def _out_of_step(near: str, halves: str, codec: str = GBK) -> str:
    """What each second byte of `near` and the first byte after it make, as the model sees it, by a table of pairs."""
    pair = wide(codec).get
    raw = [pair(char, 0) for char in near]
    return "".join([halves[(one & 0xFF) << 8 | two >> 8] for one, two in pairwise(raw)])


@cache
def _symbols(codec: str = GBK) -> str:
    """What the model sees of each pair of bytes, by lead * 256 + trail."""
    return symbols("".join(char if char and not is_private(char) else _NONE for char in characters(codec)))


@cache
def _usual() -> str:
    """The same, without unusual characters: of three in a row of Chinese text hardly any is one."""
    lone = model().lone
    return "".join(symbol if lone(symbol) < UNUSUAL else _NONE for symbol in _symbols())


def _seen(text: str, start: int, count: int) -> int:
    """The cost of `text[start : start + count]` as it stands."""
    before = symbols((BOUNDARY * 2 + text[max(start - 2, 0) : start])[-2:])
    near = before + symbols(text[start : start + count])
    lm = model()
    return sum(map(lm.cost, near, near[1:], near[2:]))


def _next_two(text: str, at: int) -> int:
    """What the two characters after `at` cost as they stand, as far as their line goes."""
    return _seen(text, at + 1, len(text[at + 1 : at + 3].split("\n", 1)[0]))
