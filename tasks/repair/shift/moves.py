"""The moves of the search: the ways into, through and out of a shift, and what each of them reads."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.repair.lm import BOUNDARY, symbols
from tasks.repair.shift.candidates import by_lead, by_trail, deletable, partnered, user_leads
from tasks.repair.shift.costs import (
    ADDED,
    AS_SEEN,
    ASCII_FOLDED,
    BARE,
    BYTE_LOST,
    CLOSE_MARKS,
    DELETED,
    DELETED_AGAIN,
    DELETED_RANK,
    FANS,
    GLOSS,
    HALF_ALONE,
    HALF_ALONE_HERE,
    HALF_DROPPED,
    HALF_SHOWN,
    HOPELESS,
    IN_STEP,
    LEFT_DROPPED,
    LETTER,
    LETTER_MORE,
    LOST,
    LOST_BOTH,
    LOST_HALF,
    LOST_LEAD,
    LOST_TRAIL,
    MARK_ADDED,
    MARK_KNOWN,
    MARK_STRADDLED,
    MARK_SWALLOWED,
    NAMED,
    PAIR_DELETED,
    PLAUSIBLE,
    REMNANT,
    SHIFTED,
    SPLICE_KEPT,
    SPLICE_OF,
    SPLICED,
    UNKNOWN,
    UNLIKELY,
    UNTABLED,
    WIDE_MARKS,
    Hyp,
)
from tasks.repair.shift.pairs import MARKS, is_private
from tasks.repair.shift.reading import Reading
from tasks.repair.shift.splices import Splice

NONE = "\0"  # stands for no character
Moves = Iterator[tuple[int, Hyp]]


class Mover(Reading):
    """A reading that moves: each method gives the positions and hypotheses that one of them leads to."""

    def moves(self, pos: int, hyp: Hyp, entry: bool, rank: int) -> Moves:
        """Where each move from `hyp` at `pos` leads. `entry`: a run may begin here with nothing to show for it."""
        if hyp[1] == IN_STEP:
            return self.in_step(pos, hyp, entry)
        return self.out_of_step(pos, hyp, rank) if hyp[1] > 0 else self.lead_lost(pos, hyp, rank)

    # Moves in step

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
        charge = HALF_SHOWN if after and (after in MARKS or after in WIDE_MARKS) else alone
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
            if char in self.spliced:
                yield (
                    end,
                    self.emit(hyp, char, IN_STEP, pos, end, BYTE_LOST - BARE, NAMED, self.pairs.get(char, 0) & 0xFF),
                )

    def unseen_entry(self, pos: int, hyp: Hyp) -> Moves:
        """A lead byte lost before `pos`, a trail byte inside the character there, or a byte too many."""
        yield pos, self.skip(hyp, UNKNOWN, pos, pos, BYTE_LOST, LOST_HALF)
        pair = self.pairs.get(self.text[pos], 0)
        lead, trail = pair >> 8, pair & 0xFF
        if trail > 0x80:
            for new in self.choose(hyp, self.of(by_lead, lead), trail, pos, pos + 1, BYTE_LOST, LOST_TRAIL):
                yield pos + 1, new
        if pair == 0xA1A3:
            yield pos + 1, self.skip(hyp, trail, pos, pos + 1, MARK_ADDED, ADDED, lead)

    # Moves out of step

    def out_of_step(self, pos: int, hyp: Hyp, rank: int) -> Moves:
        text, held = self.text, hyp[1]
        ch = text[pos] if pos < len(text) and text[pos] != "\n" else ""
        if ch in LOST and ch:
            yield from self.half_lost(pos, hyp)
            if ch == "?":
                yield from self.straight(pos, hyp, ch)
                for new in self.choose(hyp, self.of(by_lead, held), IN_STEP, pos, pos, LEFT_DROPPED, LOST_TRAIL):
                    yield pos, new
            return
        splice = self.splices.at(pos) if ch else None
        if splice:
            named = self.chars[(self.pairs.get(hyp[4], 0) & 0xFF) << 8 | held]
            if named and named in splice[1]:
                yield splice[0], self.skip(hyp, held, pos, splice[0], SPLICE_KEPT, SPLICED)
            yield from self.named(hyp, splice, pos, LEFT_DROPPED)
        straight = list(self.straight(pos, hyp, ch)) if ch else []
        yield from straight
        if rank >= FANS:
            return
        paired = ch in self.pairs and ch not in CLOSE_MARKS
        expected = self.expected(pos, hyp, straight)
        if paired and expected < PLAUSIBLE:
            return
        if single := self.chars[held << 8 | 0x80]:
            end = pos + (ch == "€")
            yield end, self.emit(hyp, single, IN_STEP, pos, end, LEFT_DROPPED, LOST_TRAIL, 0x80)
        if not self.keeps_private and ch and rank < DELETED_RANK:
            for new in self.choose(hyp, self.of(deletable, held), None, pos, pos, PAIR_DELETED, DELETED):
                yield pos, new
        if not splice and (not paired or (expected > HOPELESS and rank < DELETED_RANK)):
            charge = BYTE_LOST if paired else LEFT_DROPPED
            for new in self.choose(hyp, self.of(by_lead, held), IN_STEP, pos, pos, charge, LOST_TRAIL):
                yield pos, new

    def expected(self, pos: int, hyp: Hyp, straight: list[tuple[int, Hyp]]) -> int:
        """What the next two characters cost if all goes on straight."""
        if not straight:
            return HOPELESS + 1
        return straight[0][1][0] - hyp[0] + self.ahead(pos + 1, straight[0][1])

    def straight(self, pos: int, hyp: Hyp, ch: str) -> Moves:
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

    def half_lost(self, pos: int, hyp: Hyp) -> Moves:
        """'?' in a run: the trail byte of what is held is lost, and all is in step again; or of a deleted pair's."""
        if swallowed := self.splices.left_at(pos):
            yield from self.named(hyp, swallowed, pos, 0)
        else:
            for new in self.choose(hyp, self.of(by_lead, hyp[1]), IN_STEP, pos, pos + 1, 0, LOST_TRAIL):
                yield pos + 1, new
        if not self.keeps_private:
            for new in self.choose(hyp, self.of(deletable, hyp[1]), None, pos, pos, PAIR_DELETED, DELETED):
                yield pos, new

    def named(self, hyp: Hyp, splice: Splice, pos: int, charge: int) -> Moves:
        """A splice names the character whose lead byte is held, or one whose lead byte went with a deleted pair."""
        leads = user_leads(-hyp[1], self.codec) if hyp[1] < 0 else (hyp[1],)
        end, chars, _ = splice
        for char in chars:
            pair = self.pairs.get(char, 0)
            if pair >> 8 in leads:
                extra = -BARE if char in self.spliced else BARE + self.untabled(char)
                yield end, self.emit(hyp, char, IN_STEP, pos, end, charge + extra, NAMED, pair & 0xFF)

    def untabled(self, char: str) -> int:
        """What it costs that a splice names `char`, which the page's table is not known to have."""
        return UNTABLED if symbols(char) == char else 0

    # Moves with a lead byte lost

    def lead_lost(self, pos: int, hyp: Hyp, rank: int) -> Moves:
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
            for new in self.choose(hyp, cands, IN_STEP if literal else held, pos, pos + 1, 0, LOST_LEAD):
                least = min(least, new[0])
                yield pos + 1, self.emit(new, literal, IN_STEP, pos + 1, pos + 1, 0, SHIFTED) if literal else new
        if partner and rank < DELETED_RANK and least - hyp[0] > UNLIKELY and hyp[5] and hyp[5][4] == DELETED:
            yield from self.deleted_again(pos, hyp)

    def both_lost(self, pos: int, hyp: Hyp) -> Moves:
        """After a deleted pair, '?': of one character both bytes are lost, but for what the deleted pair says."""
        if swallowed := self.splices.left_at(pos):
            yield from self.named(hyp, swallowed, pos, 0)
            return
        for new in self.choose(hyp, self.any_after(hyp), IN_STEP, pos, pos + 1, 0, LOST_BOTH):
            yield pos + 1, new

    def deleted_again(self, pos: int, hyp: Hyp) -> Moves:
        """Two deleted pairs, one after the other: a character of which both bytes went with them."""
        for new in self.choose(hyp, self.any_after(hyp, again=True), None, pos, pos, DELETED_AGAIN, DELETED):
            yield pos, new


def left_here(hyp: Hyp, pos: int) -> bool:
    """Whether a run ends here by a lost trail byte: a lost lead byte beside it would have made a pair with it."""
    back = hyp[5]
    return back is not None and back[2] == pos and back[4] == LOST_TRAIL
