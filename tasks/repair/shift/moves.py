"""The moves of the search: through a shift and out of it; those in step are in `entries`."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.repair.lm import symbols
from tasks.repair.shift.candidates import Candidate, by_lead, by_trail, deletable, dropped_leads, partnered
from tasks.repair.shift.costs import (
    ALONE,
    ASCII_FOLDED,
    BARE,
    BYTE_LOST,
    CLOSE_MARKS,
    DELETED,
    DELETED_AGAIN,
    DELETED_RANK,
    DOUBLED,
    FAN_DELETED,
    FANS,
    HOPELESS,
    IN_STEP,
    LEFT_DROPPED,
    LOST,
    LOST_BOTH,
    LOST_LEAD,
    LOST_TRAIL,
    MARK_SPACED,
    MARK_STRADDLED,
    NAMED,
    PAIR_DELETED,
    PLAUSIBLE,
    SHIFTED,
    SPLICE_KEPT,
    SPLICED,
    TWOFOLD,
    UNKNOWN,
    UNLIKELY,
    Hyp,
)
from tasks.repair.shift.entries import Entries, Moves
from tasks.repair.shift.pairs import MARKS, is_private
from tasks.repair.shift.splices import Splice


class Mover(Entries):
    """A reading that moves: each method gives the positions and hypotheses that one of them leads to."""

    def moves(self, pos: int, hyp: Hyp, entry: bool, rank: int) -> Moves:
        """Where each move from `hyp` at `pos` leads. `entry`: a run may begin here with nothing to show for it."""
        if hyp[1] == IN_STEP:
            return self.in_step(pos, hyp, entry)
        return self.out_of_step(pos, hyp, rank) if hyp[1] > 0 else self.lead_lost(pos, hyp, rank)

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
        if ch == " " and text[pos - 1] in "!！" and hyp[5] and hyp[5][2] == pos:
            yield pos + 1, self.skip(hyp, held, pos, pos + 1, MARK_SPACED, SHIFTED)
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
            yield from self.deleted(hyp, self.of(deletable, held), pos, PAIR_DELETED)
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
                alone = ALONE if char in TWOFOLD else 0
                yield pos + 1, self.emit(hyp, char, trail, pos, pos + 1, charge + alone, SHIFTED)
                if alone and not self.keeps_private and hyp[1] in dropped_leads(lead, self.codec):
                    first = self.emit(hyp, char, hyp[1], pos, pos, charge, SHIFTED)
                    yield pos + 1, self.again(first, trail, pos, pos + 1, lead)
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
            yield from self.deleted(hyp, self.of(deletable, hyp[1]), pos, PAIR_DELETED)

    def deleted(self, hyp: Hyp, cands: list[Candidate], pos: int, charge: int) -> Moves:
        """The likeliest characters whose second byte went with a deleted pair, and signs that come in twos twice."""
        for new in self.choose(hyp, cands, None, pos, pos, charge, DELETED, FAN_DELETED):
            if new[4] not in TWOFOLD:
                yield pos, new
                continue
            yield pos, (new[0] + ALONE, *new[1:])
            yield pos, self.again(new, new[1], pos, pos, -new[1])

    def again(self, hyp: Hyp, held: int, start: int, end: int, byte: int) -> Hyp:
        """A sign that comes in twos a second time, at no cost for being new to the page."""
        return self.emit(hyp, hyp[4], held, start, end, -self.strangeness[hyp[4]], DOUBLED, byte)

    def named(self, hyp: Hyp, splice: Splice, pos: int, charge: int) -> Moves:
        """A splice names the character whose lead byte is held, or one whose lead byte went with a deleted pair."""
        leads = dropped_leads(-hyp[1], self.codec) if hyp[1] < 0 else (hyp[1],)
        end, chars, _ = splice
        for char in chars:
            pair = self.pairs.get(char, 0)
            if pair >> 8 in leads:
                extra = -BARE if char in self.spliced else BARE + self.untabled(char)
                yield end, self.emit(hyp, char, IN_STEP, pos, end, charge + extra, NAMED, pair & 0xFF)

    # Moves with a lead byte lost

    def lead_lost(self, pos: int, hyp: Hyp, rank: int) -> Moves:
        text, partner = self.text, -hyp[1] if hyp[1] < UNKNOWN else 0
        if pos >= len(text) or text[pos] == "\n":
            return
        ch = text[pos]
        least = hyp[0] + HOPELESS
        if ch in LOST:
            if partner:
                for end, new in self.both_lost(pos, hyp):
                    least = min(least, new[0])
                    yield end, new
            if ch != "?":
                return
        elif partner and (splice := self.splices.at(pos)):
            for end, new in self.named(hyp, splice, pos, LEFT_DROPPED):
                least = min(least, new[0])
                yield end, new
        if ch not in LOST or self.splices.left_at(pos) is None:
            for new in self.trailing(pos, hyp, partner):
                least = min(least, new[0])
                yield pos + 1, new
        if partner and rank < DELETED_RANK and least - hyp[0] > UNLIKELY and hyp[5] and hyp[5][4] == DELETED:
            yield from self.deleted_again(pos, hyp)

    def trailing(self, pos: int, hyp: Hyp, partner: int) -> Iterator[Hyp]:
        """The characters whose second byte is the first that stands at `pos`; `partner` is the first byte of a deleted
        pair whose second is their first, or 0."""
        ch = self.text[pos]
        lead, trail = self.bytes_of(ch)
        ways = [(lead, trail, 0 if ch > "\x7f" or ch in MARKS else ASCII_FOLDED)] if lead else []
        if "@" <= ch <= "~" or ch == "€":  # which stands for 80
            ways.append((0x80 if ch == "€" else ord(ch), IN_STEP, 0))
        for first, held, charge in ways:
            cands = self.of(by_trail, first) if not partner else self.of(partnered, partner << 8 | first)
            literal = "" if held > 0x80 or held == IN_STEP else chr(held)
            for new in self.choose(hyp, cands, IN_STEP if literal else held, pos, pos + 1, charge, LOST_LEAD):
                yield self.emit(new, literal, IN_STEP, pos + 1, pos + 1, 0, SHIFTED) if literal else new

    def both_lost(self, pos: int, hyp: Hyp) -> Moves:
        """After a deleted pair, '?': of one character both bytes are lost, but for what the deleted pair says."""
        if swallowed := self.splices.left_at(pos):
            yield from self.named(hyp, swallowed, pos, 0)
            return
        for new in self.choose(hyp, self.any_after(hyp), IN_STEP, pos, pos + 1, 0, LOST_BOTH):
            yield pos + 1, new

    def deleted_again(self, pos: int, hyp: Hyp) -> Moves:
        """Two deleted pairs, one after the other: a character of which both bytes went with them."""
        yield from self.deleted(hyp, self.any_after(hyp, again=True), pos, DELETED_AGAIN)
