"""A ledger's current text as lines, each with what HTML said of the line it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice, repeat
from typing import NamedTuple

from tasks.ledger import Ledger
from tasks.records import Block
from tasks.script.fold import fold


class Line(NamedTuple):
    """One line of the current text: `text[start:end]`, `end` past its line end if it has one.

    `text` is the line without its line end, `folded` the same in simplified characters and half-width forms
    (tasks/script/fold.py), `block` what HTML said of it, None for plain text.
    """

    start: int
    end: int
    text: str
    folded: str
    block: Block | None = None


def lines_of(ledger: Ledger, blocks: Sequence[Block] = ()) -> list[Line]:
    """Cut `ledger.text` into lines. `blocks` has one entry a line of the *decoded* text, or is empty.

    >>> [(line.start, line.end, line.folded) for line in lines_of(Ledger.of("來源：甲\\n\\n乙"))]
    [(0, 5, '来源:甲'), (5, 6, ''), (6, 7, '乙')]
    """
    texts = _split(ledger.text)
    starts = list(accumulate([len(text) + 1 for text in texts], initial=0))
    ends = [*starts[1:-1], len(ledger.text)] if texts else []
    starts.pop()
    lines = zip(starts, ends, texts, _split(fold(ledger.text)), _blocks(ledger, starts, blocks), strict=True)
    return list(map(tuple.__new__, repeat(Line), lines))  # `Line._make` in a third of the time


def _blocks(ledger: Ledger, starts: Sequence[int], blocks: Sequence[Block]) -> Iterator[Block | None]:
    """What HTML said of the lines that begin at `starts`."""
    if not blocks:
        return repeat(None, len(starts))
    if not any(edit.applied for edit in ledger.edits):
        return islice(chain(blocks, repeat(blocks[-1])), len(starts))
    origin = _DecodedLines(ledger)
    return (blocks[min(origin.number(start), len(blocks) - 1)] for start in starts)


def _split(text: str) -> list[str]:
    parts = text.split("\n")
    if parts[-1] == "":
        parts.pop()
    return parts


class _DecodedLines:
    """Which decoded line a position of the current text comes from; asked in rising order, one pass over the edits."""

    def __init__(self, ledger: Ledger) -> None:
        self._decoded = ledger.decoded
        self._edits = [edit for edit in ledger.edits if edit.applied]
        self._at = 0
        self._shift = 0  # current position = decoded position + shift
        self._counted_to = 0
        self._number = 0

    def number(self, position: int) -> int:
        """The number of the decoded line that `position` of the current text lies in."""
        while self._at < len(self._edits):
            edit = self._edits[self._at]
            if edit.start + self._shift + len(edit.after) > position:
                break
            self._shift += len(edit.after) - (edit.end - edit.start)
            self._at += 1
        decoded = position - self._shift
        self._number += self._decoded.count("\n", self._counted_to, max(decoded, self._counted_to))
        self._counted_to = max(decoded, self._counted_to)
        return self._number
