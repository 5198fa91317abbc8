"""Text decoded as something else than it was: `鐢ㄦ埛` is 用户, `ä¸­å›½` is 中国, `ÖÐ¹ú` is 中国 (damage class 4).

In the order in which a line meets them: where something may be (`clue`), which chain of wrong readings made it so
(`chains`, by the bytes of `codecs`, of a `loose` reader's too, and the characters of `tokens`), where that reads better
(`passages`, `weigh`, between losses `stretches`), what of it is lost (`lost`), whether it is meant to stand there
(`spoken`), words of other languages (`letters`), and all of it as edits (`edits`). See docs/adr/0015-mojibake.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tasks.records import Edit
from tasks.repair.mojibake.chains import WINDOW, best_chain, could_be
from tasks.repair.mojibake.clue import clues, has_bytes
from tasks.repair.mojibake.edits import passage_edits
from tasks.repair.mojibake.letters import letter_edits, spans_of_letters
from tasks.repair.mojibake.passages import Chain, Passage, all_of, read
from tasks.repair.mojibake.spoken import is_example, is_quoted

__all__ = ["mojibake_edits"]

# A chain by which this much was gained, in nats, is the page's: what else it gains by this much less is believed too.
_SURE = 60.0
_MARGIN_SURE = 8.0
# What is looked at for the page's chain alone, without a clue, is this short: menus, cells, names.
_SHORT_LINE = 60
# After so many clues in a row that led to nothing, one in some is followed: a page of rare characters.
_PATIENCE = 48
_PATIENCE_SURE = 8  # where the page's chain is known: what it does not explain is the same, with too much lost
_THIN = 16
# So many losses of a page are looked for where characters have two bytes, half a second's worth: in text of which one
# character in three is lost each takes 0.1 ms.
_MOST_LOST = 4000

Found = list[tuple[Passage, Chain]]


def mojibake_edits(text: str) -> list[Edit]:
    """Edits that decode mis-decoded passages anew, each cut down to what changes; lost characters are left and marked.

    The kind is the chain of codecs, what was done first standing first. Work grows with the length of `text`.

    >>> [(edit.before, edit.after, edit.kind) for edit in mojibake_edits("标题：鐢ㄦ埛ã€‚\\nÖÐ¹úÈË and café…”")]
    [('鐢ㄦ埛', '用户', 'utf8_as_gbk'), ('ÖÐ¹úÈË', '中国人', 'gbk_as_latin1')]
    """
    places = clues(text)
    if not places:
        return []
    lines = text.split("\n")
    page = _Page()
    found = {at: passages for at, here in _by_line(lines, places) if (passages := page.passages(lines[at], here))}
    if page.sure():
        for at, line in enumerate(lines):
            if at not in found and len(line) <= _SHORT_LINE and not line.isascii():
                found[at] = page.by_sure_chains(line)
    if not found and not has_bytes(text):
        return []
    if is_example(text, [passage for passages in found.values() for passage, _ in passages]):
        return []
    edits: list[Edit] = []
    start = 0
    for at, line in enumerate(lines):
        edits += _line_edits(line, start, found.get(at, []))
        start += len(line) + 1
    return edits


def _line_edits(line: str, start: int, found: Found) -> Iterator[Edit]:
    """The edits of a line that begins at `start`: what is of other languages stands in no passage."""
    letters = spans_of_letters(line) if has_bytes(line) else []
    edits = [edit for first, last in letters for edit in letter_edits(line[first:last], start + first)]
    if not found and not letters and has_bytes(line):
        edits += letter_edits(line, start)
    for passage, chain in found:
        if not any(passage.start < last and first < passage.end for first, last in letters):
            edits += passage_edits(line, start, passage, chain)
    return iter(sorted(edits, key=lambda edit: (edit.start, edit.end)))  # a mark on a loss may be empty


def _by_line(lines: Sequence[str], places: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """The lines that hold any of the places, by number, and where in the line those stand."""
    rest = iter(places)
    place = next(rest, None)
    start = 0
    for at, line in enumerate(lines):
        here: list[int] = []
        while place is not None and place < start + len(line):
            here.append(place - start)
            place = next(rest, None)
        if here:
            yield at, here
        start += len(line) + 1


class _Page:
    """What is known of a page's chains so far."""

    def __init__(self) -> None:
        self.gains: Counter[Chain] = Counter()
        self.in_vain = 0
        self.lost = 0

    def sure(self) -> list[Chain]:
        """The chains of which there is no doubt."""
        return [chain for chain, gain in self.gains.items() if gain >= _SURE]

    def passages(self, line: str, places: list[int]) -> Found:
        """The mis-decoded passages of a line with clues at `places`."""
        for sure in self.sure():
            if passage := all_of(line, sure, self.deduces(sure)):
                self.count([(passage, sure)])
                return [(passage, sure)]
        found = self.by_sure_chains(line)
        tried = {chain for _, chain in found}
        places = list(_outside(places, [passage for passage, _ in found]))
        while places:
            at = places[0]
            chain = self.chain_at(line, at)
            skipped = 1 if chain and chain not in tried else WINDOW // 2
            places = places[bisect_left(places, at + skipped) :]
            if chain and chain not in tried:
                tried.add(chain)
                read_anew = read(line, chain, deduce=self.deduces(chain))
                new = [(passage, chain) for passage in read_anew if not is_quoted(line, passage)]
                self.gains[chain] += round(sum(passage.gain for passage, _ in new))
                places = list(_outside(places, [passage for passage, _ in new]))
                found += new
                self.in_vain = 0
            else:
                self.in_vain += 1
        self.count(found)
        return _apart(found)

    def deduces(self, chain: Chain) -> bool:
        """Whether what was lost to a chain is still looked for."""
        return chain[-1][1] == "utf8" or self.lost < _MOST_LOST

    def count(self, found: Found) -> None:
        """Keep count of what was lost."""
        self.lost += sum(not token.text for passage, _ in found for token in passage.tokens)

    def chain_at(self, line: str, at: int) -> Chain | None:
        """The chain behind a clue, or None; after many clues in vain most are passed over."""
        sure = self.sure()
        if self.in_vain > (_PATIENCE_SURE if sure else _PATIENCE) and self.in_vain % _THIN:
            return None
        return best_chain(line, at, sure)

    def by_sure_chains(self, line: str) -> Found:
        """The passages of a line that the page's chains explain."""
        best: Found = []
        for chain in self.sure():
            if could_be(line, *chain[0]):
                deduce = self.deduces(chain)
                found = [(each, chain) for each in read(line, chain, _MARGIN_SURE, deduce) if not is_quoted(line, each)]
                best = max(best, found, key=lambda each: sum(passage.gain for passage, _ in each))
        return best


def _apart(found: Found) -> Found:
    """The passages in order; of two that overlap, the one by which more is gained."""
    kept: Found = []
    for passage, chain in sorted(found, key=lambda each: each[0].start):
        if kept and passage.start < kept[-1][0].end:
            if passage.gain <= kept[-1][0].gain:
                continue
            kept.pop()
        kept.append((passage, chain))
    return kept


def _outside(places: Iterable[int], passages: list[Passage]) -> Iterator[int]:
    """The places that lie in none of the passages; both are in order."""
    rest = iter(passages)
    passage = next(rest, None)
    for place in places:
        while passage and passage.end <= place:
            passage = next(rest, None)
        if not passage or place < passage.start:
            yield place
