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
from tasks.repair.shift.search import AS_SEEN, LETTERS, SPLICE, SPLICED, SWALLOWED, Hyp, Search, Segment, nats, segments
from tasks.script.fold import simplified

_HANZI = "\u3400-\u9fff"
_MARK = r"[!;?:！；？：、，,。]"
_CLUE = re.compile(
    rf"[?\ufffd]\(?[{LETTERS}]{{1,6}} ?[)）]|[(（][{LETTERS}]{{1,6}} ?[)）]|[\ue000-\uf8ff]"
    rf"|(?<=[{_HANZI}])[?\ufffd]|[?\ufffd€](?=[{_HANZI}])|(?<=[{_HANZI}])[!;?:！；？：](?=[{_HANZI}“”、，。])|!(?=、)"
)
SURPRISE = nats(6.5)  # a character, on average over a few: what calls for a search
LIMIT = 600  # characters that one search may cover
STEPS = 40  # language model look-ups a character of the page, over all searches, and
STEPS_MORE = 400_000  # these besides
ENOUGH_GAIN = nats(6)
STRONG_GAIN = nats(1)


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
    """Characters of traditional script alone, and of simplified script alone."""
    pairs = {chr(t): s for t, s in simplified().items()}
    traditional = frozenset(pairs)
    return traditional, frozenset(pairs.values()) - traditional


def foreign_to(text: str) -> frozenset[str]:
    """The characters that a page in the script of `text` does not use; none if it mixes scripts."""
    traditional, simple = _scripts()
    counts = [sum(map(chars.__contains__, text)) for chars in (traditional, simple - _BOTH)]
    if counts[0] > 4 * counts[1] + 4:
        return simple - _BOTH
    if counts[1] > 4 * counts[0] + 4:
        return traditional
    return frozenset()


_BOTH = frozenset("后里台面余干斗谷几万与于云丑松范系征准征制致朱仆冬出复姜家志才折曲术")


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
        end, hyps = search.run(start, at, loose, LIMIT)
        found = list(decide(search, start, end, hyps, strong))
        if found:
            edits += found
            done = end
    return edits


def entry(search: Search, at: int, strong: bool, done: int) -> tuple[int, int]:
    line = search.text.rfind("\n", 0, at) + 1
    loose = 6
    return max(line, done, at - loose - 1), loose


def surprising(search: Search, at: int) -> bool:
    """Whether the few characters from `at` on are as unlikely as shifted text is."""
    sym = search.sym
    first, last = max(2, at), min(len(sym), at + 4)
    costs = [search.lm.cost(sym[i - 2], sym[i - 1], sym[i]) for i in range(first, last)]
    return sum(costs) > SURPRISE * max(len(costs), 1)


def decide(search: Search, start: int, end: int, hyps: list[Hyp], strong: bool) -> Iterator[Edit]:
    """The edits of the best hypothesis, with what speaks for it: its lead over the next and over the text as it is."""
    if not hyps:
        return
    best = hyps[0]
    text = reading(best)
    other = next((h for h in hyps[1:] if symbols(reading(h)) != symbols(text)), None)
    margin = (other.cost - best.cost) * UNIT if other else 30.0
    gain = search.as_seen(start, end) - best.cost
    if gain < (STRONG_GAIN if strong else ENOUGH_GAIN):
        return
    confidence = sure(margin)
    for run in runs(segments(best)):
        first, last = run[0].start, run[-1].end
        yield Edit(
            first, last, search.text[first:last], "".join(s.after for s in run), Stage.REPAIR, "byte_shift",
            round(confidence, 3), confidence >= 0.8, "GBK bytes read one out of step: " + ", ".join(s.note for s in run if s.note not in ("", SPLICED)),
        )


def reading(hyp: Hyp) -> str:
    return "".join(s.after for s in segments(hyp))


def sure(margin: float) -> float:
    return 1 / (1 + exp(-(0.4 + 1.0 * margin)))


def runs(found: list[Segment]) -> Iterator[list[Segment]]:
    """The stretches of a reading that are not as seen, without splices at their ends."""
    run: list[Segment] = []
    for segment in [*found, Segment(None, 0, 0, "", AS_SEEN)]:
        if segment.note != AS_SEEN:
            run.append(segment)
            continue
        while run and run[-1].note == SPLICED:
            run.pop()
        while run and run[0].note == SPLICED:
            run.pop(0)
        if run:
            yield run
        run = []
