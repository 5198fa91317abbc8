"""From a search's readings to edits: which stretch is damaged, how sure the reading is, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log
from operator import itemgetter
from typing import NamedTuple

from tasks.records import Edit, Stage
from tasks.repair.lm import BOUNDARY, UNIT, symbols
from tasks.repair.lm.words import spellings
from tasks.repair.readings import is_hanzi
from tasks.repair.shift.candidates import SPLICE
from tasks.repair.shift.costs import (
    ADDED,
    AS_SEEN,
    DELETED,
    DOUBLED,
    LOST,
    LOST_BOTH,
    LOST_HALF,
    LOST_LEAD,
    LOST_TRAIL,
    NAMED,
    SPLICE_OF,
    SPLICED,
    Hyp,
    Segment,
    nats,
)
from tasks.repair.shift.glance import FORCED, GOES_ON
from tasks.repair.shift.pairs import BIG5, GBK
from tasks.repair.shift.search import Search, segments
from tasks.repair.shift.swallowed import swallowed

SURE = 0.5  # from here on an edit is applied: what it replaces is surely wrong, and the reading likelier right than not
SURE_WEAK = 0.58  # the same where the clue is weak, and
SURE_FIRST = 0.7  # where nothing else on the page is damaged either: it may be healthy
# From LONG characters on, text out of step is like nothing else, and a wrong reading is wrong in a character or two.
SURE_LONG, LONG = 0.395, 10
SURE_LONG_FIRST = 0.44  # on a page that shows no tool which replaces bytes
# What a reading must gain over the text as it is, in nats, for it to be damage: after a strong clue, and after others.
GAIN_STRONG = 0.1
GAIN = 6.0
GAIN_LETTER = 8.0  # at a single letter of a page that is known to have lost bytes: 1 in 100 honest ones comes so far
# A row of these alone may be characters that the page's encoding lacked: it shows not one byte of a reading. It is read
# only where the page is known to have one of the latter replaced.
QUESTIONS, QUESTIONED = LOST + "？", frozenset("?？")
# With marks between, two bytes of each show; of a score that nobody knows (?:?) as well. That is too little where no
# hanzi goes on with it, on a page that shows no other damage. Either is read where its place calls for it (以下的罚款).
SCORES = QUESTIONS + ":：;；!！"
WORDS = 0.5  # how much the cost of a reading's words counts beside that of its characters
SPELLED = 120  # the longest reading, in characters of text, whose words are looked at

# Log-odds that a reading is right: the intercept, and the weights of `traits`. A logistic regression on 4,464 spans of
# generated damage in held-out text of many registers and on 362 of real pages, which count four times
# (docs/adr/0006-byte-shift-search.md). That nothing shows where a run begins is weighed down for healthy pages, where
# it is the only kind of mistake.
INTERCEPT = 2.69
WEIGHTS = (0.475, -0.14, -0.269, -0.372, -0.388, -0.58, -0.893, -0.137, 0.357)
IN_BIG5 = -0.8  # of Big5, whose runs are short: half a character says less there (of 1,100 spans)
FAR = nats(10)  # a reading that lies further behind the likeliest says nothing
FURTHEST = 8.0  # log-odds that nothing else was found that is worth a mention


class Way(NamedTuple):
    """A reading that a search found: its cost, in the model's steps, and how it reads the text, in order."""

    cost: int
    path: list[Segment]


def decide(
    search: Search, start: int, end: int, hyps: list[Hyp], strong: bool, letter: bool = False
) -> tuple[float, list[Edit]]:
    """What the likeliest reading of `text[start:end]` gains, in nats, and the edits it calls for; none if too little.

    `strong` says that the text is damaged for sure, so that a likely reading is better than none; `letter` that the
    clue is a single letter, and that the page has lost bytes.
    """
    if not hyps:
        return 0.0, []
    ways = respelled(search, start, end, [Way(hyp[0], segments(hyp)) for hyp in hyps if hyp[0] - hyps[0][0] < FAR])
    best = ways[0]
    unchanged = next((way.cost for way in ways if all(at.kind in (AS_SEEN, SPLICED) for at in way.path)), None)
    gain = ((search.as_seen(start, end) if unchanged is None else unchanged) - best.cost) * UNIT
    if gain < (GAIN_STRONG if strong else GAIN_LETTER if letter else GAIN):
        return gain, []
    least = SURE if strong else SURE_WEAK if search.damaged else SURE_FIRST
    found: list[Edit] = []
    for run in runs(best.path):
        edit = edit_of(search, ways, run, least)
        if found and edit.start < found[-1].end:
            continue  # it begins in what is left of an entity that the one before has taken
        joined = search.damaged or is_hanzi(search.text[edit.start - 1 : edit.start])
        shown = edit.before.strip(QUESTIONS if joined else SCORES) or not edit.before or search.hit & QUESTIONED
        if shown or (joined and is_called_for(search, run)):
            found.append(edit)
    return gain, found


def edit_of(search: Search, ways: list[Way], run: list[Segment], least: float) -> Edit:
    """The edit that one run of the likeliest reading calls for, applied from a confidence of `least` on."""
    first, last = run[0].start, run[-1].end
    found = traits(odds(ways, first, last), search, run)
    after = "".join(segment.after for segment in run)
    gone, behind = "", 0
    if run[-1].kind in (LOST_TRAIL, LOST_BOTH) and search.text[last - 1 : last] == "?":
        gone, behind = ("<", 0) if last in search.tags else swallowed(search.text, last, search.swallows, after[-1:])
    said = f"; '?' swallowed {'a digit' if gone == '?' else f'the {gone}'} after it" if gone else ""
    long = SURE_LONG if search.spliced or search.hit else SURE_LONG_FIRST
    confidence = round(1 / (1 + exp(-logit(found) - (IN_BIG5 if search.codec == BIG5 else 0.0))), 3)
    return Edit(
        start=first,
        end=last + behind,
        before=search.text[first : last + behind],
        after=after + gone,
        stage=Stage.REPAIR,
        kind="byte_shift",
        confidence=confidence,
        applied=confidence >= (long if len(after) >= LONG else least),
        why=explained(search.text, run, search.codec) + said,
    )


def respelled(search: Search, start: int, end: int, ways: list[Way]) -> list[Way]:
    """The readings with the cost of their words added, likeliest first, none cheaper than the first was before."""
    if len(ways) < 2 or end - start > SPELLED:
        return ways
    before = symbols(SPLICE.sub("", search.text[max(0, start - 12) : start]))[-3:]
    after = symbols(SPLICE.sub("", search.text[end : end + 12]))[:3]
    before, after = before.split("\n")[-1], after.split("\n")[0]
    costs = spellings([before + reading(way) + after for way in ways])
    ranked = [Way(way.cost + round(WORDS * cost), way.path) for way, cost in zip(ways, costs, strict=True)]
    ranked.sort(key=itemgetter(0))
    least = ranked[0].cost - next(way.cost for way in ways if way.path is ranked[0].path)
    return [Way(way.cost - least, way.path) for way in ranked]


def odds(ways: list[Way], start: int, end: int) -> float:
    """The log-odds of what the first reading makes of `text[start:end]`, whatever the form of its characters, against
    all else that was found; at most `FURTHEST`."""
    best = reading(ways[0], start, end)
    same = others = 0.0
    for way in ways:
        chance = exp((ways[0].cost - way.cost) * UNIT)
        if reading(way, start, end) == best:
            same += chance
        else:
            others += chance
    return min(FURTHEST, log(same / others)) if others else FURTHEST


def reading(way: Way, start: int = 0, end: int | None = None) -> str:
    """What a reading makes of `text[start:end]`, in the model's symbols."""
    return symbols("".join([at.after for at in way.path if start <= at.start and (end is None or at.end <= end)]))


def runs(found: list[Segment]) -> Iterator[list[Segment]]:
    """The stretches of a reading that are not as seen, without splices at their beginning."""
    run: list[Segment] = []
    for segment in [*found, Segment(None, 0, 0, "", AS_SEEN, 0)]:
        if segment.kind != AS_SEEN:
            run.append(segment)
            continue
        while run and run[0].kind == SPLICED:
            run.pop(0)
        if run:
            yield run
        run = []


def traits(likely: float, search: Search, run: list[Segment]) -> tuple[float, ...]:
    """What tells right readings from wrong ones.

    The log-odds against what else was found; the dearest guessed character, and all characters on average, in nats;
    how many bytes were guessed without a deleted pair; how many pairs were deleted, and whether any was; whether
    nothing shows where it begins; the logarithm of its length; whether it begins with a character whose lead byte stood
    before a mark.
    """
    costs, guessed = priced(search, run)
    deleted = sum(segment.kind == DELETED for segment in run)
    average = sum(costs) / max(len(costs), 1)
    hidden = float(run[0].start == run[0].end)
    size = log(max(len(costs), 1))
    return (
        likely,
        max(guessed),
        average,
        len(guessed) - 1.0 - 2 * deleted,
        float(deleted),
        float(deleted > 0),
        hidden,
        size,
        float(run[0].kind == LOST_LEAD),
    )


def priced(search: Search, run: list[Segment]) -> tuple[list[float], list[float]]:
    """What each character of a run costs where it stands, in nats, and what those cost of which a byte was guessed."""
    _, _, one, two, _, _ = search.first(run[0].start)
    costs: list[float] = []
    guessed = [0.0]
    for segment in run:
        for char in segment.after:
            symbol = symbols(char)
            costs.append(search.lm.cost(one, two, symbol) * UNIT)
            if segment.byte and segment.kind not in (NAMED, DOUBLED) and not segment.kind.startswith(SPLICED):
                guessed.append(costs[-1])
            one, two = two, symbol
    return costs, guessed


def is_called_for(search: Search, run: list[Segment]) -> bool:
    """Whether the place of a run calls for each character that was guessed in it, and they for the one behind it."""
    if max(priced(search, run)[1]) >= FORCED * UNIT:
        return False
    _, _, one, two, _, _ = search.first(run[0].start)
    read = one + two + symbols("".join([segment.after for segment in run]))
    end = run[-1].end
    return search.lm.cost(read[-2], read[-1], symbols(search.text[end : end + 1] or BOUNDARY)) < GOES_ON


def logit(found: tuple[float, ...]) -> float:
    """The log-odds that a reading with these traits is right."""
    return INTERCEPT + sum(weight * trait for weight, trait in zip(WEIGHTS, found, strict=True))


def explained(text: str, run: list[Segment], codec: str = GBK) -> str:
    """In words: which bytes are taken to have been lost, deleted or added, and where.

    >>> explained("?shù)貎", [Segment(None, 0, 5, "", "splice of 數", 0xB5), Segment(None, 5, 6, "地", "shifted", 0)])
    "GBK bytes read one out of step: '?shù)' hides B5, the second half of 數"
    """
    said = []
    for segment in run:
        if not segment.byte:
            continue
        seen, byte = text[segment.start : segment.end], f"{segment.byte:02X}"
        if segment.kind.startswith(SPLICE_OF):
            said.append(f"{seen!r} hides {byte}, the second half of {segment.kind[-1]}")
        elif segment.kind == LOST_HALF:
            said.append(f"{seen!r} is {byte}, the first half of what goes on behind it")
        elif segment.kind in (DELETED, DOUBLED):
            said.append(f"after {segment.after} a pair of a user area is gone that began with {byte}")
        elif segment.kind == ADDED:
            said.append(f"{byte} was added before {text[segment.end : segment.end + 1]!r}")
        else:
            where = f"{seen!r} stands where" if seen else "nothing shows where"
            said.append(f"{where} {byte} of {segment.after} was lost")
    return f"{'Big5' if codec == BIG5 else 'GBK'} bytes read one out of step" + (": " + "; ".join(said) if said else "")
