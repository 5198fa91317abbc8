"""Passages as edits: one for each stretch between losses, and a mark on each loss."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from tasks.ledger import Ledger
from tasks.records import Edit, Stage
from tasks.repair.mojibake.chains import name
from tasks.repair.mojibake.codecs import LOST, SJIS_DEFAULT
from tasks.repair.mojibake.lost import is_clear
from tasks.repair.mojibake.passages import Chain, Passage
from tasks.repair.mojibake.tokens import Token

_PLACEHOLDER = re.compile(f"[{LOST}{SJIS_DEFAULT}?]+")
# What UTF-8's replacement characters are when read as GBK.
_TWICE_LOST = re.compile("(?:锟斤拷)+")
_HIGHEST = 0.99
# Of a line of which this share is lost nothing can be made: where bytes are out of step, a half stands here and there.
_TORN = 0.4
_CHAIN = re.compile("(?:utf8|gbk|big5)_as_[a-z0-9_]+")


def passage_edits(line: str, offset: int, passage: Passage, chain: Chain) -> Iterator[Edit]:
    """The edits of a passage of `line`, which begins at `offset` of the text."""
    kind = name(chain, line[passage.start : passage.end])
    sure = min([passage.gain / 4, *(lead for char, lead in passage.lost.values() if is_clear(char, lead))])
    why = f"its bytes are Chinese text: {kind.replace('_', ' ')}"
    gone = f"bytes of it were lost before it was {kind.replace('_', ' ')}"

    def applied(start: int, end: int, after: str) -> Edit:
        return _edit(offset, start, line[start:end], after, kind, min(_HIGHEST, 1 - math.exp(-sure)), why)

    first, parts = passage.start, []
    for stretch, best in _stretches(passage):
        if isinstance(stretch, str):
            parts.append(stretch)
            continue
        spans = _left(line, stretch)
        if not spans:
            parts.append(LOST)
            # A mark between two edits: all that held its bytes holds bytes of others too, or is no sign of a loss.
            end = stretch[-1].end - (not stretch[-1].tail)
            spans = [(end, end)] if end > first else []
        for place, (start, end) in enumerate(spans):
            if start > first:
                yield applied(first, start, "".join(parts))
                parts = []
            after = best if len(spans) == 1 else best[place] if len(best) == len(spans) else ""
            yield Edit(offset + start, offset + end, line[start:end], after, Stage.REPAIR, kind, 0.0, False, gone)
            first = end
    if passage.end > first:
        yield applied(first, passage.end, "".join(parts))


def outside_passages(layer: Sequence[Edit], ledger: Ledger) -> list[Edit]:
    """`layer`, which is against the ledger's text, but for shifts in passages read anew: their losses are other bytes.

    >>> ledger = Ledger.of("涓�鍧楃煶澶村湪姘撮噷").then([])
    >>> outside_passages([Edit(1, 2, "�", "", Stage.REPAIR, "byte_shift")], ledger)[0].start
    1
    """
    spans = [span for span in _spans(ledger) if span[0] < span[1]]
    starts = [start for start, _ in spans]
    kept: list[Edit] = []
    for edit in layer:
        at = bisect_left(starts, edit.end)
        if edit.kind == "splice" or at == 0 or spans[at - 1][1] <= edit.start:
            kept.append(edit)
    return kept


def without_torn_lines(ledger: Ledger) -> str:
    """The ledger's text, in which lines that lost characters to a wrong decoder, or most of theirs to any, are nothing
    but line ends: no search for bytes out of step makes sense there, and there would be many.

    >>> ledger = Ledger.of("鐢ㄦ埛�\\n和�好").then([Edit(0, 3, "鐢ㄦ埛", "用户", Stage.REPAIR, "utf8_as_gbk")])
    >>> ledger.text, without_torn_lines(ledger)
    ('用户�\\n和�好', '\\n\\n\\n\\n和�好')
    """
    text = ledger.text
    starts = [start for start, _ in _spans(ledger)]
    if LOST not in text and not starts:
        return text
    lines = text.split("\n")
    at = 0
    for number, line in enumerate(lines):
        gone = line.count(LOST)
        if gone or (starts and "?" in line):
            passage = bisect_left(starts, at)
            inside = passage < len(starts) and starts[passage] < at + len(line)
            if inside or gone > _TORN * len(line):
                lines[number] = "\n" * len(line)
        at += len(line) + 1
    return "\n".join(lines)


def _spans(ledger: Ledger) -> Iterator[tuple[int, int]]:
    shift = 0
    for edit in ledger.edits:
        length = len(edit.after) if edit.applied else edit.end - edit.start
        if _CHAIN.fullmatch(edit.kind):
            yield edit.start + shift, edit.start + shift + length
        shift += length - (edit.end - edit.start)


def _stretches(passage: Passage) -> Iterator[tuple[str | list[Token], str]]:
    """What was read, and in between the tokens that are lost, with the best reading of these if there is one."""
    lost: list[Token] = []
    best = ""
    for at, token in enumerate(passage.tokens):
        char, lead = passage.lost.get(at, ("", 0.0))
        if token.text or is_clear(char, lead):
            if lost:
                yield lost, best if len(best) == len(lost) else ""
            lost, best = [], ""
            yield token.text or char, ""
        else:
            lost.append(token)
            best += char
    if lost:
        yield lost, best if len(best) == len(lost) else ""


def _left(line: str, lost: list[Token]) -> list[tuple[int, int]]:
    """What is left as found for lost characters: the marks that stand for them, also those that were mis-decoded."""
    start, end = lost[0].start + (not lost[0].head), lost[-1].end - (not lost[-1].tail)
    if start >= end:
        return []
    marks = [match.span() for match in _PLACEHOLDER.finditer(line, start, end)]
    return marks or ([(start, end)] if _TWICE_LOST.fullmatch(line, start, end) else [])


def _edit(offset: int, start: int, before: str, after: str, kind: str, confidence: float, why: str) -> Edit:
    """The change from before to after, without what both begin and end with."""
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    start += offset + first
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    return Edit(start, start + len(before), before, after, Stage.REPAIR, kind, confidence, why=why)
