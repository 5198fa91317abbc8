"""The moves of the search in step: on, and the ways into a shift."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.repair.lm import BOUNDARY, symbols
from tasks.repair.shift.candidates import by_lead, by_trail
from tasks.repair.shift.costs import (
    ADDED,
    AS_SEEN,
    BARE,
    BYTE_LOST,
    GLOSS,
    HALF_ALONE,
    HALF_ALONE_HERE,
    HALF_DROPPED,
    HALF_SHOWN,
    IN_STEP,
    LETTER,
    LETTER_MORE,
    LOST,
    LOST_HALF,
    LOST_LEAD,
    LOST_TRAIL,
    MARK_ADDED,
    MARK_KNOWN,
    MARK_STRADDLED,
    MARK_SWALLOWED,
    NAMED,
    REMNANT,
    SPLICE_KEPT,
    SPLICE_OF,
    SPLICED,
    STOP_AGAIN,
    STOPS_IN,
    UNKNOWN,
    UNTABLED,
    WIDE_MARKS,
    Hyp,
)
from tasks.repair.shift.pairs import MARKS
from tasks.repair.shift.reading import Reading
from tasks.repair.shift.splices import Splice

NONE = "\0"  # stands for no character
Moves = Iterator[tuple[int, Hyp]]


class Entries(Reading):
    """A reading that moves while it is in step: each method gives where one move leads."""

    def in_step(self, pos: int, hyp: Hyp, entry: bool) -> Moves:
        ch = self.text[pos]
        left = left_here(hyp, pos)
        if splice := self.splices.at(pos):
            if hyp[4] not in splice[1]:
                yield from self.straddled(hyp, splice, pos, HALF_DROPPED)
        elif ch in LOST and (swallowed := self.splices.left_at(pos)):
            if not left:
                yield from self.straddled(hyp, swallowed, pos, HALF_SHOWN)
                yield from self.said(hyp, swallowed, pos)
        else:
            if ch in LOST and not left:
                yield from self.half_before(pos, hyp)
            if not left and (ch in MARKS or ch in WIDE_MARKS):
                lead, trail = self.bytes_of(ch)
                charge = MARK_KNOWN if ch in self.hit else HALF_DROPPED + MARK_STRADDLED
                for new in self.choose(hyp, self.of(by_trail, lead), trail, pos, pos + 1, charge, LOST_LEAD):
                    yield pos + 1, new
            if entry and (ch >= "\u2e80" or "@" <= ch <= "~"):  # or a trail byte whose lead byte is lost
                yield from self.unseen_entry(pos, hyp)
            if ch == "。" and (entry or self.damaged):
                yield pos + 1, self.skip(hyp, 0xA3, pos, pos + 1, MARK_ADDED, ADDED, 0xA1)
        yield self.unchanged(pos, hyp)

    def unchanged(self, pos: int, hyp: Hyp) -> tuple[int, Hyp]:
        """Where the move leads that leaves the text as it is."""
        ch = self.text[pos]
        if splice := self.splices.at(pos):
            end, chars, written = splice
            if hyp[4] not in chars and self.astride(pos) not in chars:
                return end, self.kept(hyp, pos, end, REMNANT if written else GLOSS)
            refund = SPLICE_KEPT - (BARE if hyp[4] in self.spliced and hyp[5] and hyp[5][4] is not AS_SEEN else 0)
            return end, self.skip(hyp, IN_STEP, pos, end, refund, SPLICED)
        if ch in LOST and (swallowed := self.splices.left_at(pos)):
            return swallowed[0], self.kept(hyp, pos, swallowed[0], REMNANT)
        charge = (LETTER if hyp[3] != "a" else LETTER_MORE) if ch.isascii() and ch.isalpha() else 0
        if ch in STOPS_IN:
            quoted = hyp[2:4] == ("。", "”") and hyp[5] and hyp[5][4] is not AS_SEEN
            charge = STOP_AGAIN if quoted or hyp[3] in ";:" else 0
        return pos + 1, self.emit(hyp, ch, IN_STEP, pos, pos + 1, charge, AS_SEEN)

    def astride(self, pos: int) -> str:
        """The character that the ASCII byte before `pos` makes with the byte before it: 預 in 款A(yù)pp."""
        trail = self.text[pos - 1 : pos]
        if pos < 2 or not "@" <= trail <= "~":
            return NONE
        return self.chars[(self.bytes_of(self.text[pos - 2])[1]) << 8 | ord(trail)] or NONE

    def half_before(self, pos: int, hyp: Hyp) -> Moves:
        """A half character shown, or that and the replaced mark after it, which the decoder swallowed."""
        after = self.text[pos + 1 : pos + 2]
        alone = HALF_ALONE_HERE if self.damaged else HALF_ALONE
        marked = after and (after in MARKS or after in WIDE_MARKS or (after == "。" and self.damaged))
        charge = HALF_SHOWN if marked else alone
        yield pos + 1, self.skip(hyp, UNKNOWN, pos, pos + 1, charge, LOST_HALF)
        if hyp[3] == BOUNDARY and after == "。":  # A1A3: the blank that indents a line, A1A1, and a mark behind it
            yield pos + 1, self.skip(hyp, 0xA1, pos, pos + 1, HALF_SHOWN, LOST_HALF, 0xA1)
        if self.text[pos] == "?":
            for pair in self.swallowed_marks:
                for new in self.choose(
                    hyp, self.of(by_trail, pair >> 8), pair & 0xFF, pos, pos + 1, MARK_SWALLOWED, LOST_LEAD
                ):
                    yield pos + 1, new

    def straddled(self, hyp: Hyp, splice: Splice, pos: int, charge: int) -> Moves:
        """A splice names the character made of the last trail byte and a lead byte that is lost."""
        trail = self.bytes_of(hyp[4])[1]
        end, chars, _ = splice
        for char in chars if trail else "":
            named = self.pairs.get(char, 0)
            if named >> 8 == trail and named & 0xFF > 0x80:
                extra = 0 if char in self.spliced else BARE + self.untabled(char)
                yield end, self.skip(hyp, named & 0xFF, pos, end, charge + extra, SPLICE_OF + char, named & 0xFF)

    def said(self, hyp: Hyp, splice: Splice, pos: int) -> Moves:
        """A half character before what is left of its own splice: a byte of the character that it names is lost."""
        end, chars, _ = splice
        for char in chars:
            pair = self.pairs.get(char, 0)
            if pair:
                extra = -BARE if char in self.spliced else BARE + self.untabled(char)
                yield end, self.emit(hyp, char, IN_STEP, pos, end, BYTE_LOST + extra, NAMED, pair & 0xFF)

    def unseen_entry(self, pos: int, hyp: Hyp) -> Moves:
        """A lead byte lost before `pos`, or a trail byte inside the character there."""
        yield pos, self.skip(hyp, UNKNOWN, pos, pos, BYTE_LOST, LOST_HALF)
        pair = self.pairs.get(self.text[pos], 0)
        lead, trail = pair >> 8, pair & 0xFF
        if trail > 0x80:
            for new in self.choose(hyp, self.of(by_lead, lead), trail, pos, pos + 1, BYTE_LOST, LOST_TRAIL):
                yield pos + 1, new

    def untabled(self, char: str) -> int:
        """What it costs that a splice names `char`, which the page's table is not known to have."""
        return UNTABLED if symbols(char) == char else 0


def left_here(hyp: Hyp, pos: int) -> bool:
    """Whether a run ends here by a lost trail byte: a lost lead byte beside it would have made a pair with it."""
    back = hyp[5]
    return back is not None and back[2] == pos and back[4] == LOST_TRAIL
