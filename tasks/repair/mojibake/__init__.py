"""Text decoded as something else than it was: `鐢ㄦ埛` is 用户, `ä¸­å›½` is 中国, `ÖÐ¹ú` is 中国 (damage class 4).

See docs/adr/0009-mojibake.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from tasks.records import Edit, Stage
from tasks.repair.layers import apart
from tasks.repair.mojibake.chains import WINDOW, best_chain, name
from tasks.repair.mojibake.clue import clues, has_clue
from tasks.repair.mojibake.codecs import LOST
from tasks.repair.mojibake.lost import is_clear
from tasks.repair.mojibake.passages import Chain, Passage, read

__all__ = ["mojibake_edits"]


def mojibake_edits(text: str) -> list[Edit]:
    """Edits that decode mis-decoded passages anew, each cut down to what changes.

    >>> [(edit.before, edit.after, edit.kind) for edit in mojibake_edits("标题：鐢ㄦ埛ã€‚\\nÖÐ¹úÈË and café…”")]
    [('鐢ㄦ埛', '用户', 'utf8_as_gbk'), ('ÖÐ¹úÈË', '中国人', 'gbk_as_latin1')]
    """
    if not has_clue(text):
        return []
    edits: list[Edit] = []
    known: dict[Chain, None] = {}
    start = 0
    for line in text.split("\n"):
        places = clues(line)
        if places:
            for passage, chain in _found(line, places, known):
                edits += _edits(line, start, passage, chain)
        start += len(line) + 1
    return apart(edits)


def _found(line: str, places: list[int], known: dict[Chain, None]) -> list[tuple[Passage, Chain]]:
    found: list[tuple[Passage, Chain]] = []
    tried: set[Chain] = set()
    done = 0
    for at in places:
        if at < done or any(passage.start <= at < passage.end for passage, _ in found):
            continue
        chain = best_chain(line, at, known)
        done = at + WINDOW // 2
        if chain and chain not in tried:
            tried.add(chain)
            known[chain] = None
            found += ((passage, chain) for passage in read(line, chain))
    return found


def _edits(line: str, start: int, passage: Passage, chain: Chain) -> Iterator[Edit]:
    """An edit for each stretch between losses, and a mark on each loss."""
    kind = name(chain, line[passage.start : passage.end])
    why = f"its bytes are Chinese text: {kind.replace('_', ' ')}"
    first, parts = passage.start, []
    for at, token in enumerate(passage.tokens):
        best, lead = passage.lost.get(at, ("", 0.0))
        if token.text or (best and is_clear(best, lead)):
            parts.append(token.text or best)
            continue
        place = line.find(LOST, token.start, token.end)
        if place < 0:
            parts.append(LOST)
            continue
        if place > first:
            yield _edit(start, first, line[first:place], "".join(parts), kind, why)
        lost = f"bytes of this character were lost: {kind.replace('_', ' ')}"
        yield Edit(start + place, start + place + 1, LOST, best, Stage.REPAIR, kind, 0.0, applied=False, why=lost)
        first, parts = place + 1, []
    yield _edit(start, first, line[first : passage.end], "".join(parts), kind, why)


def _edit(offset: int, start: int, before: str, after: str, kind: str, why: str) -> Edit:
    """The change from before to after, without what both begin and end with."""
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    start += offset + first
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    return Edit(start, start + len(before), before, after, Stage.REPAIR, kind, 0.99, why=why)
