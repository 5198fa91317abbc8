"""The search over hidden bytes: what can the true text be, if what is seen was read out of step here?

A hypothesis has read the text up to a position and holds nothing (in step), a lead byte whose trail byte is still to
come (out of step), or a lead byte that is lost and unknown.  Moves consume what is seen and emit true characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from tasks.repair.lm import BOUNDARY, UNIT, model, symbols
from tasks.repair.readings import characters as read_as
from tasks.repair.readings import reads
from tasks.repair.shift.pairs import LEADS, MARKS, TRAILS, characters, is_private, pairs

LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêăĕĭŏŭɑɡ"
SPLICE = re.compile(rf"[(（]([{LETTERS}]{{1,6}}) ?[)）](?:[(（]\1 ?[)）])?")
SWALLOWED = re.compile(rf"[?\ufffd][(（]?([{LETTERS}]{{1,6}}) ?[)）](?:[(（]\1 ?[)）])?")
LOST_MARKS = "?\N{REPLACEMENT CHARACTER}"


def nats(value: float) -> int:
    return round(value / UNIT)


# What each assumption costs.
HALF_SHOWN = nats(2.0)  # a half character that shows as '?' or U+FFFD
HALF_DROPPED = nats(2.5)  # one that a decoder dropped, at a place where halves come to stand alone
BYTE_LOST = nats(9.0)  # a byte lost anywhere, with nothing to show for it
BYTE_ADDED = nats(10.0)
MARK_ADDED = nats(5.0)
PAIR_DELETED = nats(0.4)  # a pair of a user area, deleted; given that (h, p) can be one
MARK_STRADDLED = nats(1.5)
FOREIGN = nats(3.0)  # a character of the other script
IN_STEP, UNKNOWN = 0, -1
AS_SEEN, SPLICED = "=", "splice"  # notes of what is not damaged
WIDTH = 24  # hypotheses kept a position
BEAM = nats(22)
FAN = 16  # readings kept of an unknown byte


class Hyp(NamedTuple):
    cost: int
    held: int  # IN_STEP, a lead byte, UNKNOWN, or minus the known partner of an unknown lead byte in a deleted pair
    one: str
    two: str
    last: str
    back: Segment | None


class Segment(NamedTuple):
    before: Segment | None
    start: int
    end: int
    after: str
    note: str


Candidate = tuple[int, str, str]
CUT = 215  # of UNIT: characters rarer than this are never guessed


@cache
def by_trail(trail: int) -> list[Candidate]:
    """(lead, character, symbol) of the pairs that end in a byte, commonest first."""
    return _ranked((lead, characters()[lead << 8 | trail]) for lead in LEADS)


@cache
def by_lead(lead: int) -> list[Candidate]:
    return _ranked((trail, characters()[lead << 8 | trail]) for trail in TRAILS)


@cache
def deleted_after(lead: int) -> list[Candidate]:
    """(p, character, symbol): characters with this lead byte whose trail p begins a pair of the user areas."""
    starts = {pair >> 8 for pair, char in enumerate(characters()) if char and is_private(char)}
    return [cand for cand in by_lead(lead) if cand[0] in starts]


def _ranked(found: Iterator[tuple[int, str]]) -> list[Candidate]:
    lone = model().lone
    cands = [(lone(s), byte, char, s) for byte, char in found if char and not is_private(char) for s in [symbols(char)]]
    return [(byte, char, s) for cost, byte, char, s in sorted(cands) if cost < CUT]


class Search:
    """One page's search. `foreign` are characters that the page's script does not use, `own` those that it does use."""

    def __init__(self, text: str, foreign: frozenset[str], spliced: Mapping[str, str]) -> None:
        self.text = text
        self.spliced = spliced
        self.sym = symbols(text)
        self.foreign = foreign
        self.keeps_private = any(is_private(c) for c in set(text))
        self.steps = 0
        self.lm = model()
        self.pairs = pairs()
        self.chars = characters()

    # -- emitting
    def emit(self, hyp: Hyp, char: str, held: int, start: int, end: int, charge: int = 0, note: str = "") -> Hyp:
        symbol = symbols(char)
        cost = hyp.cost + charge + self.lm.cost(hyp.one, hyp.two, symbol)
        if char in self.foreign:
            cost += FOREIGN
        return Hyp(cost, held, hyp.two, symbol, char, Segment(hyp.back, start, end, char, note))

    def skip(self, hyp: Hyp, held: int, start: int, end: int, charge: int, note: str) -> Hyp:
        return Hyp(hyp.cost + charge, held, hyp.one, hyp.two, hyp.last, Segment(hyp.back, start, end, "", note))

    def fan(self, hyp: Hyp, cands: list[Candidate]) -> list[tuple[int, Candidate]]:
        cost, one, two, foreign = self.lm.cost, hyp.one, hyp.two, self.foreign
        self.steps += len(cands)
        found = sorted((cost(one, two, c[2]) + (FOREIGN if c[1] in foreign else 0), c) for c in cands)
        return found[:FAN]

    def choose(
        self, hyp: Hyp, cands: list[Candidate], start: int, end: int, charge: int, note: str, after: int | None = IN_STEP
    ) -> Iterator[Hyp]:
        """Emit the likeliest of `cands`; then hold `after`."""
        for cost, (byte, char, symbol) in self.fan(hyp, cands):
            back = Segment(hyp.back, start, end, char, f"{note} {byte:02X}")
            held = -byte if after is None else after
            yield Hyp(hyp.cost + charge + cost, held, hyp.two, symbol, char, back)

    # -- moves
    def moves(self, pos: int, hyp: Hyp, loose: bool) -> Iterator[tuple[int, Hyp]]:
        if hyp.held == IN_STEP:
            yield from self.in_step(pos, hyp, loose)
        elif hyp.held > 0:
            yield from self.out_of_step(pos, hyp)
        else:
            yield from self.unknown(pos, hyp)

    def in_step(self, pos: int, hyp: Hyp, loose: bool) -> Iterator[tuple[int, Hyp]]:
        text, ch = self.text, self.text[pos]
        splice = SPLICE.match(text, pos) if ch in "(（" else None
        if splice and reads(hyp.last, splice[1]):
            yield splice.end(), self.skip(hyp, IN_STEP, pos, splice.end(), 8, SPLICED)
            return
        yield pos + 1, self.emit(hyp, ch, IN_STEP, pos, pos + 1, 0, AS_SEEN)
        if splice:
            yield from self.straddled(hyp, splice[1], pos, splice.end(), HALF_DROPPED, "lost")
        elif ch in LOST_MARKS:
            swallowed = SWALLOWED.match(text, pos)
            if swallowed:
                yield from self.straddled(hyp, swallowed[1], pos, swallowed.end(), HALF_SHOWN, "lost")
            else:
                yield pos + 1, self.skip(hyp, UNKNOWN, pos, pos + 1, HALF_SHOWN, "lost half")
        if ch in MARKS or ch in "，！？；：（）、":
            a, b = self.bytes_at(pos)
            for new in self.choose(hyp, by_trail(a), pos, pos, HALF_DROPPED + MARK_STRADDLED, "lost lead"):
                yield pos + 1, Hyp(*new[:1], b, *new[2:])
        if loose:
            yield pos, self.skip(hyp, UNKNOWN, pos, pos, BYTE_LOST, "lost lead")
            pair = self.pairs.get(ch)
            if pair:
                a, b = pair >> 8, pair & 255
                if b >= 0x80:
                    for new in self.choose(hyp, by_lead(a), pos, pos, BYTE_LOST, "lost trail"):
                        yield pos + 1, Hyp(*new[:1], b, *new[2:])
                    added = MARK_ADDED if pair == 0xA1A3 else BYTE_ADDED
                    yield pos + 1, self.skip(hyp, b, pos, pos + 1, added, f"added {a:02X}")

    def bytes_at(self, pos: int) -> tuple[int, int]:
        ch = self.text[pos]
        if ch in MARKS:
            return MARKS[ch]
        pair = self.pairs[ch]
        return pair >> 8, pair & 255

    def straddled(self, hyp: Hyp, reading: str, pos: int, end: int, charge: int, note: str) -> Iterator[tuple[int, Hyp]]:
        """A splice names the character made of the last trail byte and a lost lead byte."""
        pair = self.pairs.get(hyp.last, 0)
        trail = pair & 255
        if not trail:
            return
        for char in read_as(reading):
            named = self.pairs.get(char, 0)
            if named >> 8 == trail and named & 255 >= 0x80:
                note_ = f"{note} {named & 255:02X} ({char})"
                yield end, self.skip(hyp, named & 255, pos, end, charge, note_)

    def out_of_step(self, pos: int, hyp: Hyp) -> Iterator[tuple[int, Hyp]]:
        text, held, chars = self.text, hyp.held, self.chars
        end_of_line = pos >= len(text) or text[pos] == "\n"
        ch = "" if end_of_line else text[pos]
        pair = self.pairs.get(ch, 0) if ch else 0
        drops = BYTE_LOST
        if pair:
            a, b = pair >> 8, pair & 255
            char = chars[held << 8 | a]
            if char and not is_private(char):
                if b >= 0x80:
                    yield pos + 1, self.emit(hyp, char, b, pos, pos + 1)
                else:
                    inner = self.emit(hyp, char, IN_STEP, pos, pos)
                    yield pos + 1, self.emit(inner, chr(b), IN_STEP, pos, pos + 1)
        elif ch:
            drops = HALF_DROPPED
            if "@" <= ch <= "~":
                char = chars[held << 8 | ord(ch)]
                if char and not is_private(char):
                    yield pos + 1, self.emit(hyp, char, IN_STEP, pos, pos + 1)
            if "!" <= ch <= "~" or ch == "、":
                a, b = MARKS[ch] if ch in MARKS else (0xA3, ord(ch) + 0x80)
                char = chars[held << 8 | a]
                if char and not is_private(char):
                    charge = MARK_STRADDLED if ch in MARKS else 3 * MARK_STRADDLED
                    yield pos + 1, self.emit(hyp, char, b, pos, pos + 1, charge)
        else:
            drops = HALF_DROPPED
        splice = SPLICE.match(text, pos) if ch in ("(", "（") else None
        if splice:
            lead = self.pairs.get(hyp.last, 0) & 255
            if lead and reads(chars[lead << 8 | held], splice[1]):
                yield splice.end(), self.skip(hyp, held, pos, splice.end(), 8, SPLICED)
            drops = HALF_DROPPED
            yield from self.named(hyp, splice[1], pos, splice.end(), HALF_DROPPED)
        if ch and ch in LOST_MARKS:
            swallowed = SWALLOWED.match(text, pos)
            if swallowed:
                yield from self.named(hyp, swallowed[1], pos, swallowed.end(), HALF_SHOWN)
            else:
                for new in self.choose(hyp, by_lead(held), pos, pos + 1, 0, "lost"):
                    yield pos + 1, new
        elif not splice:
            if ch in ("，", "、", "；", "：", "？", "！", "（", "）", "。", "“", "”"):
                drops = min(drops, HALF_DROPPED)
            for new in self.choose(hyp, by_lead(held), pos, pos, drops, "lost"):
                yield pos, new
        if (lone := chars[held << 8 | 0x80]) and not is_private(lone):
            at = pos + (ch == "€")
            yield at, self.emit(hyp, lone, IN_STEP, pos, at, HALF_DROPPED, "lost 80")
        if not self.keeps_private and not end_of_line:
            for new in self.choose(hyp, deleted_after(held), pos, pos, PAIR_DELETED, "deleted", None):
                yield pos, new

    def named(self, hyp: Hyp, reading: str, pos: int, end: int, charge: int) -> Iterator[tuple[int, Hyp]]:
        """A splice names the character whose lead byte is held, or unknown but for its partner."""
        for char in read_as(reading):
            pair = self.pairs.get(char, 0)
            lead = pair >> 8
            if lead == hyp.held or (hyp.held < UNKNOWN and self.is_user(-hyp.held, lead)):
                yield end, self.emit(hyp, char, IN_STEP, pos, end, charge, f"lost {pair & 255:02X}")

    def is_user(self, lead: int, trail: int) -> bool:
        char = self.chars[lead << 8 | trail]
        return bool(char) and is_private(char)

    def unknown(self, pos: int, hyp: Hyp) -> Iterator[tuple[int, Hyp]]:
        text = self.text
        if pos >= len(text) or text[pos] == "\n":
            return
        ch = text[pos]
        partner = -hyp.held if hyp.held < UNKNOWN else 0
        pair = self.pairs.get(ch, 0)
        if pair:
            a, b = pair >> 8, pair & 255
        elif ch in MARKS:
            a, b = MARKS[ch]
        elif "@" <= ch <= "~":
            a, b = ord(ch), IN_STEP
        elif ch in LOST_MARKS and partner:
            swallowed = SWALLOWED.match(text, pos)
            if swallowed:
                yield from self.named(hyp, swallowed[1], pos, swallowed.end(), HALF_SHOWN)
            else:
                cands = [c for lead in LEADS if self.is_user(partner, lead) for c in by_lead(lead)[:12]]
                for new in self.choose(hyp, cands, pos, pos + 1, HALF_SHOWN, "lost"):
                    yield pos + 1, new
            return
        else:
            return
        cands = by_trail(a)
        if partner:
            cands = [c for c in cands if self.is_user(partner, c[0])]
        if b == IN_STEP or b >= 0x80:
            for new in self.choose(hyp, cands, pos, pos + 1, 0, "lost lead", b):
                yield pos + 1, new
        else:
            for new in self.choose(hyp, cands, pos, pos, 0, "lost lead"):
                yield pos + 1, self.emit(new, chr(b), IN_STEP, pos, pos + 1)

    def as_seen(self, start: int, end: int) -> int:
        """The cost of the text as it is."""
        text, pos = self.text, start
        hyp = self.first(start)
        while pos < end:
            splice = SPLICE.match(text, pos) if text[pos] in "(（" else None
            if splice and reads(hyp.last, splice[1]):
                pos = splice.end()
                continue
            hyp = self.emit(hyp, text[pos], IN_STEP, pos, pos + 1)
            pos += 1
        return hyp.cost

    def first(self, start: int) -> Hyp:
        line = self.text.rfind("\n", 0, start) + 1
        one = self.sym[start - 2] if start - 2 >= line else BOUNDARY
        two = self.sym[start - 1] if start - 1 >= line else BOUNDARY
        last = self.text[start - 1] if start > line else BOUNDARY
        return Hyp(0, IN_STEP, one, two, last, None)

    # -- the beam
    def run(self, start: int, clue: int, loose: int, limit: int) -> tuple[int, list[Hyp]]:
        """Search from `start` on; entries without a visible clue only at clue - loose … clue. Returns where all that is
        left is in step again, and what is left, best first."""
        stop = self.text.find("\n", start)
        stop = len(self.text) if stop < 0 else stop
        buckets: dict[int, list[Hyp]] = {start: [self.first(start)]}
        pos = start
        while True:
            here = self.pruned(pos, buckets.pop(pos, []), stop, clue, loose)
            if pos >= stop or pos - start > limit:
                return pos, here
            if pos > clue + 1 and here and not buckets and all(h.held == IN_STEP for h in here):
                if len({(h.one, h.two) for h in here}) == 1:
                    return pos, here
            free = clue - loose <= pos <= clue
            for hyp in here:
                for at, new in self.moves(pos, hyp, free):
                    if at > pos:
                        buckets.setdefault(at, []).append(new)
            pos += 1

    def pruned(self, pos: int, here: list[Hyp], stop: int, clue: int, loose: int) -> list[Hyp]:
        """The hypotheses worth following at `pos`, those that move without consuming anything included."""
        free = clue - loose <= pos <= clue
        grown = list(here)
        for hyp in self.best(here):
            if hyp.held > 0:
                grown += [new for at, new in self.out_of_step(pos, hyp) if at == pos]
            elif hyp.held == IN_STEP and free and pos < stop:
                grown += [new for at, new in self.in_step(pos, hyp, True) if at == pos]
        return self.best(grown)

    def best(self, here: list[Hyp]) -> list[Hyp]:
        if not here:
            return here
        here.sort(key=lambda h: h.cost)
        bound, seen, kept = here[0].cost + BEAM, {}, []
        for hyp in here:
            if hyp.cost > bound or len(kept) >= WIDTH:
                break
            key = hyp[1:5]
            if seen.get(key, 0) < 2:
                seen[key] = seen.get(key, 0) + 1
                kept.append(hyp)
        return kept


def segments(hyp: Hyp) -> list[Segment]:
    found = []
    at = hyp.back
    while at is not None:
        found.append(at)
        at = at.before
    return found[::-1]
