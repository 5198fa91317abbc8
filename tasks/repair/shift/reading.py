"""How likely a character is where a hypothesis puts it: the language model, and what the rest of the page says."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from math import exp, log

from tasks.repair.lm import BOUNDARY, UNIT, model, symbols
from tasks.repair.shift.candidates import ALSO, SPLICE, Candidate, dropped_leads, forms, likeliest
from tasks.repair.shift.costs import (
    ABSENT,
    ABSENT_MARK,
    AS_SEEN,
    BALANCED,
    BARE,
    BLANK,
    BLANK_HERE,
    COMMA_ADDED,
    FAN,
    FOREIGN,
    HOPELESS,
    IN_STEP,
    LEFT_OPEN,
    LEFT_OPEN_TWICE,
    LOOK_BACK,
    LOST,
    ON_PAGE,
    ON_PAGE3,
    OPENING,
    PARTNERS,
    PLAIN_MARKS,
    PRONOUNS,
    STOP_AGAIN,
    STOPPED,
    SUCCESSORS,
    TITLE_BALANCED,
    UNBALANCED,
    WIDE,
    Hyp,
)
from tasks.repair.shift.holdings import Holdings
from tasks.repair.shift.pairs import GBK, MARKS, characters, is_private, pairs, wide
from tasks.repair.shift.quotations import Quotations, open_quotations
from tasks.repair.shift.script import SIMPLIFIED
from tasks.repair.shift.splices import FURTHEST_BACK, Splices

_MAY_CLOSE = re.compile(f"[!！{LOST}]")  # what may stand where a quotation is closed

REMEMBERED = 20_000  # choices among candidates that a search remembers: 30 MB at most


class Reading(Holdings):
    """A page that is read: its text, its table of splices, its script and words. `steps` counts look-ups.

    `tags` are the places where a tag began whose bracket was swallowed (`swallowed.without_tags`).
    """

    def __init__(
        self, text: str, spliced: Mapping[str, str], codec: str = GBK, tags: Container[int] = frozenset()
    ) -> None:
        super().__init__(text)
        self.tags = tags
        self.codec = codec
        self.spliced = spliced
        self.firsts: dict[int, Hyp] = {}
        self.strangeness: dict[str, int] = {}
        self.chosen: dict[tuple[str, str, int, int], list[tuple[int, Candidate]]] = {}
        self.after: dict[tuple[int, str, str, bool], list[Candidate]] = {}
        self.usable: dict[tuple[Callable[[int, str], list[Candidate]], int], list[Candidate]] = {}
        self.quotations = Quotations(text)
        self.begun = 0  # where the search that runs began
        self.splices = Splices(text, frozenset(spliced.values()), traditional=SIMPLIFIED in self.foreign)
        self.hit: frozenset[str] = frozenset()
        self.damaged = bool(spliced)
        self.lossy = False  # whether bytes are known to have been lost with nothing to show for it
        self.steps = 0
        self.lm = model()
        self.pairs, self.wide = pairs(codec), wide(codec)
        self.chars = characters(codec)
        self.swallowed_marks = [self.wide[mark] for mark in "!?;:"]

    def emit(self, hyp: Hyp, char: str, held: int, start: int, end: int, charge: int, kind: str, byte: int = 0) -> Hyp:
        """`hyp` after the character `char`, which `text[start:end]` stands for."""
        cost, _, one, two, _, back = hyp
        symbol = symbols(char)
        self.steps += 1
        chance = self.lm.cost(one, two, symbol)
        if char in ALSO and kind is not AS_SEEN and (other := self.lm.cost(one, two, ALSO[char])) < chance:
            symbol, chance = ALSO[char], other
        cost += charge + chance
        if kind is not AS_SEEN:
            cost += self.charge(hyp, two, symbol, char, chance)
        return cost, held, two, symbol, char, (back, start, end, char, kind, byte)

    def strange(self, char: str, symbol: str) -> int:
        """What a character costs on this page wherever it stands: for the script, the table, and being new to it."""
        cost = FOREIGN if char in self.foreign else 0
        if char not in self.present:
            cost += ABSENT if "\u3400" <= char <= "\u9fff" else ABSENT_MARK
        if symbol in "a0":
            cost += WIDE
        if char in self.spliced:
            cost += BARE
        self.strangeness[char] = cost
        return cost

    def charge(self, hyp: Hyp, two: str, symbol: str, char: str, chance: int) -> int:
        """What speaks for and against a character that is not seen as such: script, table, and the rest of the page."""
        known = self.strangeness.get(char)
        cost = self.strange(char, symbol) if known is None else known
        if char in PARTNERS:
            cost += self.balance(hyp, char)
        if char in PRONOUNS:
            cost += self.pronoun(char)
        if char == "\u3000":
            cost += -BLANK_HERE if two in STOPPED else BLANK
        elif two in STOPPED and symbol != two and char in PLAIN_MARKS:
            cost += STOP_AGAIN
        elif two == "," and char in PLAIN_MARKS and self.damaged:
            cost += min(0, COMMA_ADDED + self.lm.cost(BOUNDARY, hyp[2], symbol) - chance)
        if pairs := self.page.get(two + symbol):
            mixed = (1 - ON_PAGE) * exp(-chance * UNIT) + ON_PAGE * pairs / self.singles[two]
            if threes := self.triples.get(hyp[2] + two + symbol):
                mixed = (1 - ON_PAGE3) * mixed + ON_PAGE3 * threes / self.page[hyp[2] + two]
            cost += min(0, round(-log(mixed) / UNIT) - chance)
        return cost

    def pronoun(self, char: str) -> int:
        """What a pronoun costs more than the model says: a page tells of him, of her, or of it."""
        read = [self.singles[each] + 1 for each in PRONOUNS]
        known = [exp(-self.lm.lone(each) * UNIT) for each in PRONOUNS]
        at = PRONOUNS.index(char)
        return round((log(sum(read) / read[at]) - log(sum(known) / known[at])) / UNIT)

    def balance(self, hyp: Hyp, mark: str) -> int:
        """What it costs to open a quotation that is open, or to close one that is not; a gain to close one."""
        still_open = self.open_after(hyp, self.begun)
        if mark in OPENING:
            return UNBALANCED if mark in still_open else 0
        if PARTNERS[mark] not in still_open:
            return UNBALANCED
        if still_open[-1] != PARTNERS[mark]:
            return 0
        return -TITLE_BALANCED if mark == "》" else -BALANCED

    def open_after(self, hyp: Hyp, pos: int) -> str:
        """The quotations of the line that are open after `hyp`, or at `pos` if it has read nothing; innermost last."""
        at, read = hyp[5], ""
        while at is not None:
            if at[3] and (len(at[3]) > 1 or at[3] in PARTNERS):
                read = at[3] + read
            pos = at[1]
            at = at[0]
        return open_quotations(read, self.quotations.open_at(pos))

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
        self,
        hyp: Hyp,
        cands: list[Candidate],
        held: int | None,
        start: int,
        end: int,
        charge: int,
        kind: str,
        width: int = FAN,
    ) -> list[Hyp]:
        """Emit the `width` likeliest of `cands`, holding `held` (None: minus the byte chosen) afterwards."""
        cost, _, one, two, _, back = hyp
        self.steps += len(cands)
        key = one, two, id(cands), width  # lists of candidates outlive it
        likely = self.chosen.get(key)
        if likely is None:
            if len(self.chosen) > REMEMBERED:
                self.chosen.clear()
            likely = self.chosen[key] = likeliest(self.lm.costs(one, two, cands), cands, width)
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

    def bytes_of(self, ch: str) -> tuple[int, int]:
        """The bytes that a visible character stands for; those of its full-width form for ASCII."""
        return divmod(self.wide.get(ch, 0), 256)

    def of(self, kind: Callable[[int, str], list[Candidate]], byte: int) -> list[Candidate]:
        """The candidates of a known half, without those that the page's script does not use."""
        if not self.foreign:
            return kind(byte, self.codec)
        known = self.usable.get((kind, byte))
        if known is None:
            known = self.usable[kind, byte] = [c for c in kind(byte, self.codec) if c[3] not in self.foreign]
        return known

    def any_after(self, hyp: Hyp, again: bool = False) -> list[Candidate]:
        """The likeliest characters, of either script, whose lead byte went with a deleted pair and is not seen.

        `again`: whose trail byte may have gone with another; but for "，", which makes sense nearly anywhere.
        """
        key = hyp[1], hyp[2], hyp[3], again
        if (known := self.after.get(key)) is not None:
            return known
        if len(self.after) > REMEMBERED // 10:
            self.after.clear()
            self.chosen.clear()
        leads = dropped_leads(-hyp[1], self.codec)
        found = self.after[key] = []
        for symbol in dict.fromkeys(self.lm.successors(hyp[2], hyp[3], SUCCESSORS)):
            for char in forms(symbol, self.codec):
                pair = self.pairs.get(char, 0)
                if pair >> 8 in leads and not (again and (char == "，" or not dropped_leads(pair & 0xFF, self.codec))):
                    found.append((self.lm.lone(symbol), symbol, pair & 0xFF, char))
        return found

    def first(self, start: int) -> Hyp:
        """The hypothesis that all is in step up to `start`."""
        if (known := self.firsts.get(start)) is not None:
            return known
        one, two, last = BOUNDARY, BOUNDARY, BOUNDARY
        before = self.splices.back(start, 2)
        seen = "" if self.indented(start) else SPLICE.sub("", self.text[before:start])
        if seen:
            last, two = seen[-1], symbols(seen[-1])
        if len(seen) > 1:
            one = symbols(seen[-2])
        self.firsts[start] = found = 0, IN_STEP, one, two, last, None
        return found

    def indented(self, pos: int) -> bool:
        """Whether nothing but blanks stands before `pos` in its line, and something does."""
        least = max(0, pos - FURTHEST_BACK)
        before = self.text[max(self.text.rfind("\n", least, pos) + 1, least) : pos]
        return before.isspace()

    def shifted(self, pos: int, count: int) -> tuple[int, int, int]:
        """Up to `count` characters after `text[pos]` re-read from its second byte on, as far as the run goes: their
        cost, the cost of what is seen, and how many were read."""
        lm = self.lm
        near = symbols(self.text[pos - 1 : pos + 1 + count] if pos else BOUNDARY + self.text[: 1 + count])
        one = two = BOUNDARY
        held = self.bytes_of(self.text[pos])[1]
        cost = seen = read = 0
        for ch in self.text[pos + 1 : pos + 1 + count]:
            lead, trail = (ord(ch), IN_STEP) if "@" <= ch <= "~" else self.bytes_of(ch)
            if not lead or ch in MARKS:
                break
            char = self.chars[held << 8 | lead]
            if not char or is_private(char):
                return cost + HOPELESS, seen, read + 1
            symbol = symbols(char)
            cost += lm.cost(one, two, symbol) if two != BOUNDARY else lm.lone(symbol)
            seen += lm.cost(*near[read : read + 3])
            one, two, held, read = two, symbol, trail, read + 1
            if held < 0x80:
                break
        return cost, seen, read

    def ended(self, hyp: Hyp, pos: int) -> Hyp:
        """`hyp` at the end of a search: quotations should close by the end of their line; few characters end one."""
        end = self.text.find("\n", pos, pos + LOOK_BACK)
        end = min(pos + LOOK_BACK, len(self.text)) if end < 0 else end
        cost = hyp[0] if pos < end else hyp[0] + self.lm.cost(hyp[2], hyp[3], BOUNDARY)
        rest = self.text[pos:end] if end - pos < LOOK_BACK else LOST
        if not _MAY_CLOSE.search(rest) and open_quotations(rest, self.open_after(hyp, pos)):
            cost += LEFT_OPEN_TWICE if self.text[end + 1 : end + 2] in OPENING else LEFT_OPEN
        return cost, *hyp[1:]
