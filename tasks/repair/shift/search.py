"""The search over hidden bytes: what can the true text be, if what is seen was read out of step here?

A hypothesis has read the text up to a position. It is in step; or it holds a lead byte whose trail byte is still to
come; or a lead byte that is lost. Moves consume what is seen and emit true characters; hypotheses that have read as far
are compared, and the likeliest go on. Known bytes cost nothing but what the language model says of the characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, cached_property
from typing import TYPE_CHECKING

from tasks.records import Edit
from tasks.repair.lm import symbols
from tasks.repair.shift.candidates import SPLICE
from tasks.repair.shift.costs import (
    BEAM,
    FANS,
    IN_STEP,
    NEAR,
    PAGE_MEMORY,
    PLAIN_MARKS,
    READINGS,
    TWOFOLD,
    WIDTH,
    WIDTH_AT_SPLICE,
    Hyp,
    Segment,
)
from tasks.repair.shift.kernel import compiled, tables
from tasks.repair.shift.moves import Mover
from tasks.repair.shift.swallowed import swallows

if TYPE_CHECKING:
    from tasks.repair.shift.kernel._search import Page


class Search(Mover):
    """One page's search: its text and its table of splices. `steps` counts look-ups in the language model."""

    def as_seen(self, start: int, end: int) -> int:
        """The cost of `text[start:end]`, a part of a line, as it is."""
        return self.ended(self.as_it_is(start, end, end - start), end)[0]

    def next_two(self, pos: int) -> int:
        """What the next two characters cost as they are, splices left out."""
        return self.as_it_is(pos, len(self.text), 2)[0]

    def as_it_is(self, pos: int, end: int, most: int) -> Hyp:
        """What leaving the text as it is leads to, from `pos` to `end`, or the line's end, by `most` moves at most."""
        hyp = self.first(pos)
        if self.compiled:
            [hyp], steps = self.compiled.as_it_is(pos, end, most, hyp[2:5])
            self.steps += steps
            return hyp
        for _ in range(most):
            if pos >= end or self.text[pos] == "\n":
                break
            pos, hyp = self.unchanged(pos, hyp)
        return hyp

    @cached_property
    def swallows(self) -> bool:
        """Whether the page's decoder swallows what stands after a half character."""
        return swallows(self.text)

    @cached_property
    def compiled(self) -> Page | None:
        """The page as the compiled search has it; None where there is none."""
        if not compiled:
            return None
        text, given = self.text[:PAGE_MEMORY], tables(self.codec)
        seen = given.seen(self.text) or symbols(self.text)
        bare = SPLICE.sub("", text)
        return compiled.Page(
            tables=given,
            text=self.text,
            seen=seen,
            singles=seen[: len(text)],
            pairs=given.seen(bare) or symbols(bare),
            foreign=joined(self.foreign),
            present=text + joined(PLAIN_MARKS | TWOFOLD),
            spliced="".join(self.spliced),
            splice_at=self.splices.at,
            swallowed_at=self.splices.left_at,
            keeps_private=self.keeps_private,
        )

    def learn(self, edits: Iterable[Edit]) -> None:
        if not self.compiled:
            super().learn(edits)
            return
        for edit in edits:
            if edit.applied:
                self.compiled.learn(symbols(edit.after))

    def shifted(self, pos: int, count: int) -> tuple[int, int, int]:
        return self.compiled.shifted(pos, count) if self.compiled else super().shifted(pos, count)

    def run(self, start: int, clue: int, hidden: bool, limit: int) -> tuple[int, list[Hyp]]:
        """Search from `start` until, past `clue`, all that is left is in step and agrees on what comes last.

        `hidden`: a run may begin anywhere up to the clue with nothing to show for it. Gives the end and what is left,
        likeliest first.
        """
        stop = self.text.find("\n", start, start + limit)
        stop = min(len(self.text), start + limit) if stop < 0 else stop
        self.begun = start
        pos, here = (self.walk_compiled if self.compiled else self.walk)(start, clue, hidden, stop)
        return pos, best([self.ended(hyp, pos) for hyp in here if hyp[1] == IN_STEP])

    def walk_compiled(self, start: int, clue: int, hidden: bool, stop: int) -> tuple[int, list[Hyp]]:
        """What `walk` gives, from the compiled search."""
        assert self.compiled
        _, _, one, two, last, _ = self.first(start)
        pos, here, steps = self.compiled.run(
            start=start,
            clue=clue,
            stop=stop,
            hidden=hidden,
            damaged=self.damaged,
            hit="".join(self.hit),
            open=self.quotations.open_at(start),
            first=(one, two, last),
        )
        self.steps += steps
        return pos, here

    def walk(self, start: int, clue: int, hidden: bool, stop: int) -> tuple[int, list[Hyp]]:
        """Where the search ends, at `stop` at the latest, and the hypotheses that are left there."""
        coming: dict[int, list[Hyp]] = {start: [self.first(start)]}
        pos = start
        while True:
            splice = self.text[pos : pos + 1] in ("(", "（") and self.splices.at(pos) is not None
            here = best(coming.pop(pos, []), WIDTH_AT_SPLICE if splice else WIDTH)
            if (
                pos > clue + 1
                and not coming
                and self.text[pos : pos + 1] not in ("(", "（")
                and len({h[1:4] for h in here}) == 1
                and here[0][1] == IN_STEP
            ):
                return pos, here
            here += self.step(pos, here, coming, hidden and pos <= clue, pos >= stop)
            if pos >= stop:
                return pos, here
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


@cache
def joined(chars: frozenset[str]) -> str:
    """The characters of one of the few sets that there are, as a string."""
    return "".join(chars)


def best(hyps: list[Hyp], width: int = WIDTH) -> list[Hyp]:
    """The `width` likeliest, at most two of each state, and a few in step, none too far behind."""
    if len(hyps) < 2:
        return hyps
    hyps.sort(key=_cost)
    bound = hyps[0][0] + BEAM
    seen: dict[tuple[int, str, str, str], int] = {}
    kept: list[Hyp] = []
    for hyp in hyps:
        if hyp[0] > bound or len(kept) >= width:
            break
        count = seen.get(hyp[1:5], 0)
        if count < (READINGS if hyp[1] == IN_STEP else 2):
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
