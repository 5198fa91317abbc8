"""The search over hidden bytes: what can the true text be, if what is seen was read out of step here?

A hypothesis has read the text up to a position. It is in step; or it holds a lead byte whose trail byte is still to
come; or a lead byte that is lost. Moves consume what is seen and emit true characters; hypotheses that have read as far
are compared, and the likeliest go on. Known bytes cost nothing but what the language model says of the characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from math import exp, log
from operator import add
from typing import NamedTuple

from tasks.repair.lm import BOUNDARY, UNIT, model, symbols
from tasks.repair.readings import characters as read_as
from tasks.repair.readings import reads
from tasks.repair.shift.candidates import (
    SPLICE,
    SWALLOWED,
    Candidate,
    by_lead,
    by_trail,
    deletable,
    forms,
    partnered,
    user_leads,
)
from tasks.repair.shift.pairs import MARKS, characters, is_private, pairs
from tasks.repair.shift.script import foreign_to

_LAST_SPLICE = re.compile(SPLICE.pattern + r"\Z")
LOST = "?\N{REPLACEMENT CHARACTER}"  # what decoders show for half a character


def nats(value: float) -> int:
    """A cost in the model's steps."""
    return round(value / UNIT)


# What each assumption costs: minus the log of its share, read off damaged pages and tuned on generated ones.
HALF_SHOWN = nats(1.0)  # into a run by a half character that shows as '?' or U+FFFD
HALF_ALONE = nats(9.0)  # and nothing stands after it that halves come to stand before
MARK_SWALLOWED = nats(6.0)  # a half character that swallowed the mark replaced after it
HALF_DROPPED = nats(2.5)  # by one that the decoder dropped, where halves come to stand alone
LEFT_DROPPED = nats(1.0)  # out of a run, likewise
MARK_KNOWN = nats(0.7)  # into a run by a straddling mark, where the page is known to have that mark replaced
MARK_STRADDLED = nats(1.5)  # a replaced mark is made of two halves
ASCII_FOLDED = nats(4.0)  # an ASCII character was a full-width one, and no mark
BYTE_LOST = nats(9.0)  # a byte lost anywhere, with nothing to show for it
MARK_ADDED = nats(4.5)  # 0xA1 before a full-width mark: a site's fault that shows as '。'
PAIR_DELETED = nats(0.4)  # known to be missing where the two halves around it make no sense
DELETED_AGAIN = nats(7.0)  # a second pair beside it: any character at all can be put in so
SPLICE_KEPT = nats(0.5)  # a splice reads as it should
GLOSS = nats(9.0)  # a reading in brackets that is not the host's
REMNANT = nats(25.0)  # what is left of a splice after half a character: nobody writes so
FOREIGN = nats(3.0)  # a character of the other script
BARE = nats(2.5)  # a character of the page's table without its splice
ABSENT, ABSENT_MARK = nats(0.7), nats(3.5)  # a hanzi, or another character, that the page holds nowhere
PLAIN_MARKS = frozenset("，。、；：？！")
BALANCED, UNBALANCED = nats(0.7), nats(2.0)  # a quotation mark closes an open one; it closes none, or opens one within
LOOK_BACK = 300  # characters in which an open quotation is looked for
_PARTNERS = dict(zip("“”‘’《》「」『』", "”“’‘》《」「』『", strict=True))
_CLOSING = frozenset("”’》」』")
ON_PAGE = 0.15  # how much the page's own pairs of characters count beside the model's
HOPELESS = nats(20.0)  # the next two characters together: a second byte may be lost here
UNLIKELY = nats(8.0)  # a character after a deleted pair: there may be a second one
PLAUSIBLE = nats(9.5)  # the next two characters together: no pair is missing between
WIDTH = 20  # hypotheses followed at a position
BEAM = nats(18)  # how far behind the best they may lie
PAGE_MEMORY = 20_000  # characters of the page whose pairs of characters are remembered
SUCCESSORS = 50  # characters tried where nothing is known of one
NEAR = nats(11)  # how far behind the best a hypothesis may lie for unknown bytes to be tried
FANS = 4  # hypotheses at a position for which unknown bytes are tried
DELETED_RANK = 2
FAN_DELETED = 6
FAN = 12  # readings followed of an unknown byte
SWALLOWED_MARKS = [MARKS[mark] for mark in "!?;:"]
IN_STEP, UNKNOWN = 0, -1


class Segment(NamedTuple):
    """`text[start:end]` was read as `after`. `kind` says how, and `byte` which byte was lost or added (else 0)."""

    before: tuple | None  # type: ignore[type-arg]  # the segment before it: a plain tuple of the same fields
    start: int
    end: int
    after: str
    kind: str
    byte: int


AS_SEEN, SPLICED, SHIFTED, NAMED = "as seen", "splice", "shifted", "named trail"

# cost, held (IN_STEP, a lead byte, UNKNOWN, or minus the known first byte of a deleted pair), the last two symbols, the
# last character, the last segment. Plain tuples: thousands are made for a span.
Hyp = tuple[int, int, str, str, str, tuple | None]  # type: ignore[type-arg]


class Search:
    """One page's search: its text and its table of splices. `steps` counts look-ups in the language model."""

    def __init__(self, text: str, spliced: Mapping[str, str]) -> None:
        self.text = text
        self.sym = symbols(text)
        self.spliced = spliced
        self.written = frozenset(spliced.values())
        self.keeps_private = any("\ue000" <= c <= "\ue765" for c in set(text))
        self.usable: dict[tuple[Callable[[int], list[Candidate]], int], list[Candidate]] = {}
        self.hit: frozenset[str] = frozenset()
        self.steps = 0
        self.lm = model()
        self.pairs = pairs()
        self.chars = characters()

    @cached_property
    def present(self) -> frozenset[str]:
        """The characters of the page, and the marks that any page may hold."""
        return frozenset(self.text[:PAGE_MEMORY]) | PLAIN_MARKS

    @cached_property
    def page(self) -> Counter[str]:
        """How often each two symbols stand side by side on the page."""
        page = symbols(SPLICE.sub("", self.text[:PAGE_MEMORY]))
        return Counter(map(add, page, page[1:]))

    @cached_property
    def singles(self) -> Counter[str]:
        """How often each symbol stands on the page."""
        return Counter(symbols(self.text[:PAGE_MEMORY]))

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The characters that the page's script does not use."""
        return foreign_to(self.text)

    def emit(self, hyp: Hyp, char: str, held: int, start: int, end: int, charge: int, kind: str, byte: int = 0) -> Hyp:
        """`hyp` after the character `char`, which `text[start:end]` stands for."""
        cost, _, one, two, _, back = hyp
        symbol = symbols(char)
        self.steps += 1
        chance = self.lm.cost(one, two, symbol)
        cost += charge + chance
        if kind is not AS_SEEN:
            cost += self.charge(hyp, two, symbol, char, chance)
        return cost, held, two, symbol, char, (back, start, end, char, kind, byte)

    def charge(self, hyp: Hyp, two: str, symbol: str, char: str, chance: int) -> int:
        """What speaks for and against a character that is not seen as such: script, table, and the rest of the page."""
        cost = FOREIGN if char in self.foreign else 0
        if char not in self.present:
            cost += ABSENT if "\u3400" <= char <= "\u9fff" else ABSENT_MARK
        if char in self.spliced:
            cost += BARE
        if char in _PARTNERS:
            cost += self.balance(hyp, char)
        if pairs := self.page.get(two + symbol):
            mixed = (1 - ON_PAGE) * exp(-chance * UNIT) + ON_PAGE * pairs / self.singles[two]
            cost += min(0, round(-log(mixed) / UNIT) - chance)
        return cost

    def balance(self, hyp: Hyp, mark: str) -> int:
        """What it costs to open a quotation that is open, or to close one that is not; less than nothing to close one."""
        partner = _PARTNERS[mark]
        at, start = hyp[5], -1
        while at is not None:
            if mark in at[3] or partner in at[3]:
                return self.fits(mark, max(mark, partner, key=at[3].rfind))
            start = at[1]
            at = at[0]
        start = start if start >= 0 else len(self.text)
        line = self.text.rfind("\n", 0, start) + 1
        line = max(line, start - LOOK_BACK)
        found = max(mark, partner, key=lambda one: self.text.rfind(one, line, start))
        return self.fits(mark, found if found in self.text[line:start] else "")

    @staticmethod
    def fits(mark: str, latest: str) -> int:
        """The cost of a quotation mark after the latest one of its kind before it in the line ("" if there is none)."""
        if mark in _CLOSING:
            return -BALANCED if latest and latest not in _CLOSING else UNBALANCED
        return UNBALANCED if latest and latest not in _CLOSING else 0

    def skip(self, hyp: Hyp, held: int, start: int, end: int, charge: int, kind: str, byte: int = 0) -> Hyp:
        """`hyp` after `text[start:end]`, which stands for no character of its own."""
        cost, _, one, two, last, back = hyp
        return cost + charge, held, one, two, last, (back, start, end, "", kind, byte)

    def kept(self, hyp: Hyp, start: int, end: int, charge: int) -> Hyp:
        """`hyp` after a splice, or what is left of one, that stays as it is."""
        cost, held, _, _, _, back = hyp
        seen = self.text[start:end]
        return cost + charge, held, "a", ")", ")", (back, start, end, seen, AS_SEEN, 0)

    def choose(
        self, hyp: Hyp, cands: list[Candidate], held: int | None, start: int, end: int, charge: int, kind: str
    ) -> list[Hyp]:
        """Emit the likeliest of `cands`, holding `held` (None: minus the byte chosen) afterwards."""
        cost, _, one, two, _, back = hyp
        self.steps += len(cands)
        chances = self.lm.costs(one, two, cands)
        width = FAN if held is not None else FAN_DELETED
        if len(cands) > width:
            bound = sorted(chances)[width]
            likely = [(chance, c) for chance, c in zip(chances, cands, strict=True) if chance <= bound]
        else:
            likely = list(zip(chances, cands, strict=True))
        cost += charge
        return [
            (
                cost + chance + self.charge(hyp, two, symbol, char, chance),
                -byte if held is None else held,
                two,
                symbol,
                char,
                (back, start, end, char, kind, byte),
            )
            for chance, (_, symbol, byte, char) in likely
        ]

    def moves(self, pos: int, hyp: Hyp, entry: bool, rank: int) -> Iterator[tuple[int, Hyp]]:
        """Where each move from `hyp` at `pos` leads. `entry`: a run may begin here with nothing to show for it."""
        if hyp[1] == IN_STEP:
            return self.in_step(pos, hyp, entry)
        return self.out_of_step(pos, hyp, rank) if hyp[1] > 0 else self.lead_lost(pos, hyp, rank)

    # Moves in step

    def in_step(self, pos: int, hyp: Hyp, entry: bool) -> Iterator[tuple[int, Hyp]]:
        text, ch = self.text, self.text[pos]
        splice = SPLICE.match(text, pos) if ch in "(（" else None
        if splice:
            if reads(hyp[4], splice[1]):
                refund = SPLICE_KEPT - (BARE if hyp[4] in self.spliced and hyp[5] and hyp[5][4] is not AS_SEEN else 0)
                yield splice.end(), self.skip(hyp, IN_STEP, pos, splice.end(), refund, SPLICED)
                return
            yield from self.straddled(hyp, splice[1], pos, splice.end(), HALF_DROPPED)
            yield splice.end(), self.kept(hyp, pos, splice.end(), REMNANT if splice[1] in self.written else GLOSS)
            return
        elif ch in LOST and not left_here(hyp, pos):
            swallowed = SWALLOWED.match(text, pos)
            if swallowed:
                yield from self.straddled(hyp, swallowed[1], pos, swallowed.end(), HALF_SHOWN)
                yield swallowed.end(), self.kept(hyp, pos, swallowed.end(), REMNANT)
                return
            else:
                yield from self.half_before(pos, hyp)
        if not splice and not left_here(hyp, pos) and (ch in MARKS or ch in "，！？；：（）、"):
            lead, trail = self.bytes_of(ch)
            charge = MARK_KNOWN if ch in self.hit else HALF_DROPPED + MARK_STRADDLED
            for new in self.choose(hyp, self.of(by_trail, lead), trail, pos, pos + 1, charge, "lost lead"):
                yield pos + 1, new
        if entry and ch >= "\u2e80":
            yield from self.unseen_entry(pos, hyp)
        yield pos + 1, self.emit(hyp, ch, IN_STEP, pos, pos + 1, 0, AS_SEEN)

    def half_before(self, pos: int, hyp: Hyp) -> Iterator[tuple[int, Hyp]]:
        """A half character shown, or that and the replaced mark after it, which the decoder swallowed."""
        after = self.text[pos + 1 : pos + 2]
        charge = HALF_SHOWN if after and (after in MARKS or after in "，！？；：（）、") else HALF_ALONE
        yield pos + 1, self.skip(hyp, UNKNOWN, pos, pos + 1, charge, "lost half")
        if self.text[pos] == "?":
            for pair in SWALLOWED_MARKS:
                for new in self.choose(
                    hyp, self.of(by_trail, pair >> 8), pair & 0xFF, pos, pos + 1, MARK_SWALLOWED, "lost lead"
                ):
                    yield pos + 1, new

    def bytes_of(self, ch: str) -> tuple[int, int]:
        """The bytes that a visible character stands for; those of its full-width form for ASCII."""
        pair = self.pairs.get(ch) or (MARKS[ch] if ch in MARKS else 0xA380 + ord(ch) if "!" <= ch <= "~" else 0)
        return pair >> 8, pair & 0xFF

    def straddled(self, hyp: Hyp, reading: str, pos: int, end: int, charge: int) -> Iterator[tuple[int, Hyp]]:
        """A splice names the character made of the last trail byte and a lead byte that is lost."""
        trail = self.bytes_of(hyp[4])[1]
        for char in read_as(reading) if trail else "":
            named = self.pairs.get(char, 0)
            if named >> 8 == trail and named & 0xFF > 0x80:
                extra = charge if char in self.spliced else charge + BARE
                yield end, self.skip(hyp, named & 0xFF, pos, end, extra, "splice of " + char, named & 0xFF)

    def unseen_entry(self, pos: int, hyp: Hyp) -> Iterator[tuple[int, Hyp]]:
        """A lead byte lost before `pos`, a trail byte inside the character there, or a byte too many."""
        yield pos, self.skip(hyp, UNKNOWN, pos, pos, BYTE_LOST, "lost half")
        pair = self.pairs.get(self.text[pos], 0)
        lead, trail = pair >> 8, pair & 0xFF
        if trail > 0x80:
            for new in self.choose(hyp, self.of(by_lead, lead), trail, pos, pos + 1, BYTE_LOST, "lost trail"):
                yield pos + 1, new
        if pair == 0xA1A3:
            yield pos + 1, self.skip(hyp, trail, pos, pos + 1, MARK_ADDED, "added", lead)

    # Moves out of step

    def out_of_step(self, pos: int, hyp: Hyp, rank: int) -> Iterator[tuple[int, Hyp]]:
        text, held = self.text, hyp[1]
        ch = text[pos] if pos < len(text) and text[pos] != "\n" else ""
        if ch in LOST and ch:
            yield from self.half_lost(pos, hyp)
            if ch == "?":
                yield from self.straight(pos, hyp, ch)
                for new in self.choose(hyp, self.of(by_lead, held), IN_STEP, pos, pos, LEFT_DROPPED, "lost trail"):
                    yield pos, new
            return
        splice = SPLICE.match(text, pos) if ch in "(（" and ch else None
        if splice:
            named = (self.pairs.get(hyp[4], 0) & 0xFF) << 8 | held
            if reads(self.chars[named], splice[1]):
                yield splice.end(), self.skip(hyp, held, pos, splice.end(), SPLICE_KEPT, SPLICED)
            yield from self.named(hyp, splice[1], pos, splice.end(), LEFT_DROPPED)
        straight = list(self.straight(pos, hyp, ch)) if ch else []
        yield from straight
        if rank >= FANS:
            return
        paired = ch in self.pairs and ch not in "，、；：？！（）。“”"
        expected = self.expected(pos, hyp, straight)
        if paired and expected < PLAUSIBLE:
            return
        if single := self.chars[held << 8 | 0x80]:
            end = pos + (ch == "€")
            yield end, self.emit(hyp, single, IN_STEP, pos, end, LEFT_DROPPED, "lost trail", 0x80)
        if not self.keeps_private and ch and rank < DELETED_RANK:
            for new in self.choose(hyp, self.of(deletable, held), None, pos, pos, PAIR_DELETED, "deleted"):
                yield pos, new
        if not splice and (not paired or (expected > HOPELESS and rank < DELETED_RANK)):
            charge = BYTE_LOST if paired else LEFT_DROPPED
            for new in self.choose(hyp, self.of(by_lead, held), IN_STEP, pos, pos, charge, "lost trail"):
                yield pos, new

    def expected(self, pos: int, hyp: Hyp, straight: list[tuple[int, Hyp]]) -> int:
        """What the next two characters cost if all goes on straight."""
        if not straight:
            return HOPELESS + 1
        return straight[0][1][0] - hyp[0] + self.ahead(pos + 1, straight[0][1])

    def of(self, kind: Callable[[int], list[Candidate]], byte: int) -> list[Candidate]:
        """The candidates of a known half, without those that the page's script does not use."""
        if not self.foreign:
            return kind(byte)
        known = self.usable.get((kind, byte))
        if known is None:
            known = self.usable[kind, byte] = [c for c in kind(byte) if c[3] not in self.foreign]
        return known

    def straight(self, pos: int, hyp: Hyp, ch: str) -> Iterator[tuple[int, Hyp]]:
        """Re-read `ch` as it is: its first byte completes what is held, its second is held."""
        lead, trail = self.bytes_of(ch)
        char = self.chars[hyp[1] << 8 | lead]
        if lead and char and not is_private(char):
            charge = 0 if ch > "\x7f" else MARK_STRADDLED if ch in MARKS else ASCII_FOLDED
            if trail > 0x80:
                yield pos + 1, self.emit(hyp, char, trail, pos, pos + 1, charge, SHIFTED)
            elif trail < 0x80:
                inner = self.emit(hyp, char, IN_STEP, pos, pos, charge, SHIFTED)
                yield pos + 1, self.emit(inner, chr(trail), IN_STEP, pos, pos + 1, 0, SHIFTED)
        if "@" <= ch <= "~":
            char = self.chars[hyp[1] << 8 | ord(ch)]
            if char and not is_private(char):
                yield pos + 1, self.emit(hyp, char, IN_STEP, pos, pos + 1, 0, SHIFTED)

    def ahead(self, pos: int, hyp: Hyp) -> int:
        """What the next character costs if all goes on straight; a guess where that can't be said."""
        ch = self.text[pos] if pos < len(self.text) else ""
        pair = self.pairs.get(ch, 0)
        if not pair or hyp[1] <= 0:
            return PLAUSIBLE // 2
        char = self.chars[hyp[1] << 8 | pair >> 8]
        self.steps += 1
        return self.lm.cost(hyp[2], hyp[3], symbols(char)) if char and not is_private(char) else PLAUSIBLE

    def half_lost(self, pos: int, hyp: Hyp) -> Iterator[tuple[int, Hyp]]:
        """'?' in a run: the trail byte of what is held is lost, and the text is in step again; or of a deleted pair's."""
        swallowed = SWALLOWED.match(self.text, pos)
        if swallowed:
            yield from self.named(hyp, swallowed[1], pos, swallowed.end(), 0)
            return
        for new in self.choose(hyp, self.of(by_lead, hyp[1]), IN_STEP, pos, pos + 1, 0, "lost trail"):
            yield pos + 1, new
        if not self.keeps_private:
            for new in self.choose(hyp, self.of(deletable, hyp[1]), None, pos, pos, PAIR_DELETED, "deleted"):
                yield pos, new

    def named(self, hyp: Hyp, reading: str, pos: int, end: int, charge: int) -> Iterator[tuple[int, Hyp]]:
        """A splice names the character whose lead byte is held, or one whose lead byte went with a deleted pair."""
        leads = user_leads(-hyp[1]) if hyp[1] < 0 else (hyp[1],)
        for char in read_as(reading):
            pair = self.pairs.get(char, 0)
            if pair >> 8 in leads:
                extra = charge - BARE if char in self.spliced else charge + BARE
                yield end, self.emit(hyp, char, IN_STEP, pos, end, extra, NAMED, pair & 0xFF)

    # Moves with a lead byte lost

    def lead_lost(self, pos: int, hyp: Hyp, rank: int) -> Iterator[tuple[int, Hyp]]:
        text, partner = self.text, -hyp[1] if hyp[1] < UNKNOWN else 0
        if pos >= len(text) or text[pos] == "\n":
            return
        ch = text[pos]
        if ch in LOST:
            if partner:
                yield from self.both_lost(pos, hyp)
            if ch != "?":
                return
        lead, trail = self.bytes_of(ch)
        ways = [(lead, trail)] if lead and (ch > "\x7f" or ch in MARKS) else []
        ways += [(ord(ch), IN_STEP)] if "@" <= ch <= "~" else []
        least = hyp[0] + HOPELESS
        for first, held in ways:
            cands = self.of(by_trail, first) if not partner else self.of(partnered, partner << 8 | first)
            literal = "" if held > 0x80 or held == IN_STEP else chr(held)
            for new in self.choose(hyp, cands, IN_STEP if literal else held, pos, pos + 1, 0, "lost lead"):
                least = min(least, new[0])
                yield pos + 1, self.emit(new, literal, IN_STEP, pos + 1, pos + 1, 0, SHIFTED) if literal else new
        if partner and rank < DELETED_RANK and least - hyp[0] > UNLIKELY and hyp[5][4] == "deleted":
            yield from self.deleted_again(pos, hyp)

    def both_lost(self, pos: int, hyp: Hyp) -> Iterator[tuple[int, Hyp]]:
        """After a deleted pair, '?': of one character both bytes are lost, but for what the deleted pair says."""
        swallowed = SWALLOWED.match(self.text, pos)
        if swallowed:
            yield from self.named(hyp, swallowed[1], pos, swallowed.end(), 0)
            return
        for new in self.choose(hyp, self.any_after(hyp), IN_STEP, pos, pos + 1, 0, "lost both, trail"):
            yield pos + 1, new

    def any_after(self, hyp: Hyp) -> list[Candidate]:
        """The likeliest characters, of either script, whose lead byte went with a deleted pair and is not seen."""
        leads = user_leads(-hyp[1])
        found = []
        for symbol in dict.fromkeys(self.lm.successors(hyp[2], hyp[3], SUCCESSORS)):
            for char in forms(symbol):
                pair = self.pairs.get(char, 0)
                if pair >> 8 in leads:
                    found.append((self.lm.lone(symbol), symbol, pair & 0xFF, char))
        return found

    def deleted_again(self, pos: int, hyp: Hyp) -> Iterator[tuple[int, Hyp]]:
        """Two deleted pairs, one after the other: a character of which both bytes went with them."""
        cands = [c for c in self.any_after(hyp) if user_leads(c[2])]
        for new in self.choose(hyp, cands, None, pos, pos, DELETED_AGAIN, "deleted"):
            yield pos, new

    # The beam

    def first(self, start: int) -> Hyp:
        """The hypothesis that all is in step up to `start`."""
        one, two, last = BOUNDARY, BOUNDARY, BOUNDARY
        before = self.back(start, 2)
        seen = SPLICE.sub("", self.text[before:start])
        if seen:
            last, two = seen[-1], symbols(seen[-1])
        if len(seen) > 1:
            one = symbols(seen[-2])
        return 0, IN_STEP, one, two, last, None

    def back(self, pos: int, count: int) -> int:
        """`count` characters before `pos` in its line; a splice does not count, and is not cut in two."""
        text = self.text
        while count and pos > 0 and text[pos - 1] != "\n":
            if text[pos - 1] in ")）" and (found := _LAST_SPLICE.search(text, max(0, pos - 18), pos)):
                pos = found.start()
                continue
            pos -= 1
            count -= 1
        return pos

    def as_seen(self, start: int, end: int) -> int:
        """The cost of `text[start:end]` as it is."""
        pos, hyp = start, self.first(start)
        while pos < end:
            pos, hyp = list(self.in_step(pos, hyp, False))[-1]
        return self.ended(hyp, end)[0] if end >= len(self.text) or self.text[end] == "\n" else hyp[0]

    def next_two(self, pos: int) -> int:
        """What the next two characters cost as they are, splices left out."""
        hyp, count = self.first(pos), 0
        while count < 2 and pos < len(self.text) and self.text[pos] != "\n":
            pos, hyp = list(self.in_step(pos, hyp, False))[-1]
            count += 1
        return hyp[0]

    def shifted(self, pos: int, count: int) -> tuple[int, int]:
        """The cost of `count` characters re-read from the second byte of `text[pos]` on, and that of what is seen."""
        lm, sym = self.lm, self.sym
        one = two = BOUNDARY
        _, held = self.bytes_of(self.text[pos])
        cost = seen = 0
        for at in range(pos + 1, pos + 1 + count):
            lead, trail = self.bytes_of(self.text[at]) if at < len(self.text) else (0, 0)
            char = self.chars[held << 8 | lead]
            if not char or "\ue000" <= char <= "\uf8ff":
                return cost + HOPELESS, seen
            symbol = symbols(char)
            cost += lm.cost(one, two, symbol) if two != BOUNDARY else lm.lone(symbol)
            seen += lm.cost(sym[at - 2] if at > 1 else BOUNDARY, sym[at - 1], sym[at])
            one, two, held = two, symbol, trail
        return cost, seen

    def ended(self, hyp: Hyp, pos: int) -> Hyp:
        """`hyp` at the end of its line: some characters hardly stand there."""
        if pos < len(self.text) and self.text[pos] != "\n":
            return hyp
        return hyp[0] + self.lm.cost(hyp[2], hyp[3], BOUNDARY), *hyp[1:]  # type: ignore[return-value]

    def run(self, start: int, clue: int, entries: range, limit: int) -> tuple[int, list[Hyp]]:
        """Search from `start` until, past `clue`, all that is left is in step and agrees on what comes last.

        A run may begin at `entries` with nothing to show for it. Gives the end and what is left, likeliest first.
        """
        stop = self.text.find("\n", start)
        stop = min(len(self.text) if stop < 0 else stop, start + limit)
        coming: dict[int, list[Hyp]] = {start: [self.first(start)]}
        pos = start
        while True:
            here = best(coming.pop(pos, []))
            if (
                pos > clue + 1
                and not coming
                and self.text[pos : pos + 1] not in ("(", "（")
                and len({h[1:4] for h in here}) == 1
                and here[0][1] == IN_STEP
            ):
                return pos, here
            here += self.step(pos, here, coming, pos in entries, pos >= stop)
            if pos >= stop:
                return pos, best([self.ended(hyp, pos) for hyp in here if hyp[1] == IN_STEP])
            pos += 1

    def step(self, pos: int, here: list[Hyp], coming: dict[int, list[Hyp]], entry: bool, over: bool) -> list[Hyp]:
        """Move every hypothesis at `pos` on, into `coming`; gives those that a move has led to `pos` again.

        Unknown bytes are tried for the likeliest few alone, and moves that consume nothing follow one another twice.
        """
        bound = here[0][0] + BEAM if here else 0
        near = here[0][0] + NEAR if here else 0
        staying, added = here, []
        for first in (0, 1, 1):
            grown: list[Hyp] = []
            rank = first
            for hyp in staying:
                if over and hyp[1] <= 0:
                    continue
                for at, new in self.moves(pos, hyp, entry, rank if hyp[0] < near else FANS):
                    if at > pos:
                        coming.setdefault(at, []).append(new)
                    else:
                        grown.append(new)
                rank += hyp[1] != IN_STEP
            staying = [hyp for hyp in best(grown) if hyp[0] <= bound]
            added += staying
        return added


def left_here(hyp: Hyp, pos: int) -> bool:
    """Whether a run ends here by a lost trail byte: a lost lead byte beside it would have made a pair with it."""
    back = hyp[5]
    return back is not None and back[2] == pos and back[4] == "lost trail"


def best(hyps: list[Hyp]) -> list[Hyp]:
    """The likeliest, at most two of each state, none too far behind."""
    if len(hyps) < 2:
        return hyps
    hyps.sort(key=_cost)
    bound = hyps[0][0] + BEAM
    seen: dict[tuple[int, str, str, str], int] = {}
    kept: list[Hyp] = []
    for hyp in hyps:
        if hyp[0] > bound or len(kept) >= WIDTH:
            break
        count = seen.get(hyp[1:5], 0)
        if count < 2:
            seen[hyp[1:5]] = count + 1
            kept.append(hyp)
    return kept


def _cost(hyp: Hyp) -> int:
    return hyp[0]


def segments(hyp: Hyp) -> list[Segment]:
    """How a hypothesis reads the text, in order."""
    found = []
    at = hyp[5]
    while at is not None:
        found.append(Segment(*at))
        at = at[0]
    return found[::-1]
