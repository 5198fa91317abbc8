"""The search over hidden bytes: what can the true text be, if what is seen was read out of step here?

A hypothesis has read the text up to a position. It is in step; or it holds a lead byte whose trail byte is still to
come; or a lead byte that is lost. Moves consume what is seen and emit true characters; hypotheses that have read as far
are compared, and the likeliest go on. Known bytes cost nothing but what the language model says of the characters.
"""

from __future__ import annotations

from tasks.repair.shift.costs import BEAM, FANS, IN_STEP, NEAR, READINGS, WIDTH, Hyp, Segment
from tasks.repair.shift.moves import Mover


class Search(Mover):
    """One page's search: its text and its table of splices. `steps` counts look-ups in the language model."""

    def as_seen(self, start: int, end: int) -> int:
        """The cost of `text[start:end]` as it is."""
        pos, hyp = start, self.first(start)
        while pos < end:
            pos, hyp = list(self.in_step(pos, hyp, False))[-1]
        return self.ended(hyp, end)[0]

    def next_two(self, pos: int) -> int:
        """What the next two characters cost as they are, splices left out."""
        hyp, count = self.first(pos), 0
        while count < 2 and pos < len(self.text) and self.text[pos] != "\n":
            pos, hyp = list(self.in_step(pos, hyp, False))[-1]
            count += 1
        return hyp[0]

    def run(self, start: int, clue: int, entries: range, limit: int) -> tuple[int, list[Hyp]]:
        """Search from `start` until, past `clue`, all that is left is in step and agrees on what comes last.

        A run may begin at `entries` with nothing to show for it. Gives the end and what is left, likeliest first.
        """
        stop = self.text.find("\n", start, start + limit)
        stop = min(len(self.text), start + limit) if stop < 0 else stop
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
                return pos, best([self.ended(hyp, pos) for hyp in here])
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


def best(hyps: list[Hyp]) -> list[Hyp]:
    """The likeliest, at most two of each state, and a few in step, none too far behind."""
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
