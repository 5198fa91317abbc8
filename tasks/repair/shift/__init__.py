"""Byte shifts: text read one byte out of step, brought back by a search over the bytes that it may have been."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from math import exp
from pathlib import Path

from tasks.records import Edit, Stage
from tasks.repair.lm import UNIT, symbols
from tasks.repair.readings import reads
from tasks.repair.shift.pairs import is_private
from tasks.repair.shift.candidates import LETTERS
from tasks.repair.shift.search import AS_SEEN, SPLICED, Hyp, Search, Segment, nats, segments
from tasks.script.fold import simplified

_HANZI = "\u3400-\u9fff"
_MARK = r"[!;?:！；？：、，,。]"
_CLUE = re.compile(
    rf"[?\ufffd]\(?[{LETTERS}]{{1,6}} ?[)）]|[(（][{LETTERS}]{{1,6}} ?[)）]|[\ue000-\uf8ff]"
    rf"|(?<=[{_HANZI}])[?\ufffd]|[?\ufffd€](?=[{_HANZI}])|(?<=[{_HANZI}])[!;?:！；？：](?=[{_HANZI}“”、，。▀-▟─-╿])|[!;?:！；？：](?=[、，。；：,;:])|[，,](?=[@-~][{_HANZI}])"
)
SURPRISE = nats(6.5)  # a character, on average over a few: what calls for a search
STRAINED = nats(11.5)
LIMIT = 600  # characters that one search may cover
STEPS = 40  # language model look-ups a character of the page, over all searches, and
STEPS_MORE = 400_000  # these besides
ENOUGH_GAIN = 6.0
STRONG_GAIN = 1.0
SURE = 0.8


@cache
def common() -> frozenset[str]:
    path = Path(__file__).parents[1] / "lm" / "common.txt"
    return frozenset(path.read_text(encoding="utf-8"))


def rare_in(text: str) -> set[str]:
    return set(text) - common()


def has_clue(text: str) -> bool:
    """Whether anything in `text` calls for a closer look; false for nearly all healthy pages."""
    return bool(_CLUE.search(text)) or bool(rare_in(text))


@cache
def _scripts() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of traditional script alone, and of simplified script alone: those that GB 2312 or Big5 lacks."""
    pairs = {chr(t): s for t, s in simplified().items()}
    lacking = [frozenset(c for c in chars if not _in(c, codec)) for chars, codec in ((pairs, "gb2312"), (pairs.values(), "big5"))]
    return lacking[0], lacking[1]


def _in(char: str, codec: str) -> bool:
    try:
        return bool(char.encode(codec))
    except UnicodeEncodeError:
        return False


def foreign_to(text: str) -> frozenset[str]:
    """The characters that a page in the script of `text` does not use; none if it mixes scripts."""
    traditional, simple = _scripts()
    counts = [sum(map(chars.__contains__, text)) for chars in (traditional, simple)]
    if counts[0] > 4 * counts[1] + 4:
        return simple
    if counts[1] > 4 * counts[0] + 4:
        return traditional
    return frozenset()


def clues(text: str) -> Iterator[tuple[int, bool]]:
    """(position, whether it is a strong clue) of all that may be damage, in order."""
    rare = "".join(sorted(rare_in(text)))
    pattern = re.compile(f"{_CLUE.pattern}|[{re.escape(rare)}]") if rare else _CLUE
    for match in pattern.finditer(text):
        at, found = match.start(), match[0]
        if found[0] in "(（" and len(found) > 1:
            if at and not reads(text[at - 1], found.strip("()（） ")):
                yield at, True
        else:
            yield at, len(found) > 1 or is_private(found)


def repair_shifts(text: str, spliced: Mapping[str, str]) -> list[Edit]:
    """Edits of kind "byte_shift" that bring `text` back in step; `spliced` is the page's own table, char to reading."""
    if not has_clue(text):
        return []
    search = Search(text, foreign_to(text), spliced)
    budget = STEPS * len(text) + STEPS_MORE
    done, edits = 0, []
    for at, strong in clues(text):
        if at < done or search.steps > budget:
            continue
        start, loose = entry(search, at, strong, done)
        if not strong and not surprising(search, at):
            continue
        end, hyps = search.run(start, at, range(max(start, at - loose), at + 1) if loose else range(0), LIMIT)
        found = list(decide(search, start, end, hyps, strong))
        if found:
            edits += found
            done = end
    return edits


def entry(search: Search, at: int, strong: bool, done: int) -> tuple[int, int]:
    seen = search.text[at]
    loose = 6 if is_private(seen) or seen not in "!;?:！；？：，,(（\ufffd" else 0
    return max(done, search.back(at, loose + 1)), loose


def surprising(search: Search, at: int) -> bool:
    """Whether a few characters around `at` make more sense one byte out of step than as they are."""
    after = search.text[at + 1 : at + 2]
    if search.text[at] in "!！" or (search.text[at] in "，,;?:；？：" and after in "、，。；：,;:"):
        return True
    if search.text[at] in "!;?:！；？：，,":
        cost, seen = search.shifted(at, 2)
        return cost < seen + nats(3) or search.next_two(at + 1) > nats(13)
    for first in range(max(0, at - 3), at + 1):
        cost, seen = search.shifted(first, 3)
        if cost < seen + nats(2):
            return True
    return False


def decide(search: Search, start: int, end: int, hyps: list[Hyp], strong: bool) -> Iterator[Edit]:
    """The edits of the best hypothesis, with what speaks for it: its lead over the next and over the text as it is."""
    if not hyps:
        return
    best = hyps[0]
    text = reading(best)
    other = next((h for h in hyps[1:] if symbols(reading(h)) != symbols(text)), None)
    margin = (other[0] - best[0]) * UNIT if other else 30.0
    gain = (search.as_seen(start, end) - best[0]) * UNIT
    if gain < (STRONG_GAIN if strong else ENOUGH_GAIN):
        return
    for run in runs(segments(best)):
        confidence = sure(margin, gain, search, run)
        first, last = run[0].start, run[-1].end
        yield Edit(
            first, last, search.text[first:last], "".join(s.after for s in run), Stage.REPAIR, "byte_shift",
            round(confidence, 3), confidence >= SURE, "GBK bytes read one out of step: " + ", ".join(f"{s.kind} {s.byte:02X}" for s in run if s.byte),
        )


def reading(hyp: Hyp) -> str:
    return "".join(s.after for s in segments(hyp))


def traits(margin: float, gain: float, search: Search, run: list[Segment]) -> tuple[float, ...]:
    """What tells right readings from wrong ones."""
    _, _, one, two, _, _ = search.first(run[0].start)
    costs: list[float] = []
    guesses: list[float] = []
    for segment in run:
        for char in segment.after:
            symbol = symbols(char)
            costs.append(search.lm.cost(one, two, symbol) * UNIT)
            if segment.byte and not segment.kind.startswith("splice"):
                guesses.append(costs[-1])
            one, two = two, symbol
    length = max(len(costs), 1)
    deleted = sum(s.kind == "deleted" for s in run)
    return (min(margin, 12.0), max(guesses, default=0.0), sum(costs) / length, float(len(guesses) - 2 * deleted), float(deleted), min(gain / length, 8.0), float(search.keeps_private))


def sure(margin: float, gain: float, search: Search, run: list[Segment]) -> float:
    return 1 / (1 + exp(-(0.2 + 0.7 * margin)))


def runs(found: list[Segment]) -> Iterator[list[Segment]]:
    """The stretches of a reading that are not as seen, without splices at their ends."""
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
