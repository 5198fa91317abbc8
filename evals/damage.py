"""The damage run forwards: splices and replacements made on bytes, bytes lost, and the decoder that read what was left.

A site tool inserts `(pinyin)` after the two bytes of each character of a table and replaces full-width marks, both
wherever the two bytes stand, so also where they straddle two characters. Everything is done on a stream of cells, and
every cell remembers the character it comes from (evals/stream.py); what is out of step afterwards is therefore known,
not guessed by comparing texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from evals.stream import Damage, Form, Policy, Shown, shown_after, spliced

__all__ = ["Damage", "Damaged", "Form", "Policy", "Span", "damage", "spliced"]

FOLD_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True)
class Span:
    """A maximal stretch that is out of step: `text[start:end]` should read `right`.

    `way` is what put it out of step: splice, mark or lost. `gone` counts the bytes lost beyond what a clue implies:
    those of deleted user-area pairs, and bytes lost for no reason.
    """

    start: int
    end: int
    right: str
    way: str
    gone: int


@dataclass(frozen=True, slots=True)
class Damaged:
    """A damaged text and the truth about it.

    `right` is the text before the damage (in the damaged text's script). `spans` are in order. `before[i]` is the
    number of characters of `right` that stand before `text[i]`; it holds outside spans and at their ends. `splices` are
    the (start, end) of splices in step, outside all spans. `raw` are the bytes that were decoded into `text`. A span
    is empty where all its bytes are gone.
    """

    text: str
    right: str
    spans: tuple[Span, ...]
    before: tuple[int, ...]
    splices: tuple[tuple[int, int], ...]
    raw: bytes


def damage(text: str, how: Damage, seed: int = 0) -> Damaged:
    """Damage `text` as `how` says; `seed` decides which of the possible places are hit.

    >>> how = Damage({"數": "shù", "當": "dāng", "優": "yōu", "質": "zhì"})
    >>> damaged = damage("當地優質", how)
    >>> damaged.text
    '當(dāng)?shù)貎?yōu)質(zhì)'
    >>> [(damaged.text[s.start : s.end], s.right, s.way) for s in damaged.spans]
    [('?shù)貎?yōu)', '地優', 'splice')]
    """
    right = _in_script(text, how)
    shown, raw = shown_after(right, how, Random(seed))
    return _truth(right, shown, raw, how.fold_ascii)


@lru_cache(maxsize=4)
def _converter(name: str) -> object:
    from opencc import OpenCC

    return OpenCC(name)


def _in_script(text: str, how: Damage) -> str:
    if how.script is None:
        return text
    name = "t2s" if how.script == "Hans" else "s2t"
    converted: str = _converter(name).convert(text)  # type: ignore[attr-defined]
    return converted


def _truth(right: str, shown: list[Shown], raw: bytes, fold_ascii: bool) -> Damaged:
    """Put the decoded pieces together and find the stretches whose characters did not come through whole."""
    whole = bytearray(len(right))
    for piece in shown:
        if piece.whole and piece.owners[0] >= 0:
            whole[piece.owners[0]] = 1
    for piece in shown:
        if not piece.whole:
            for owner in piece.owners:
                if owner >= 0:
                    whole[owner] = 0
    text, before, spans, splices = _walk(right, shown, whole)
    return Damaged(text.translate(FOLD_ASCII) if fold_ascii else text, right, spans, before, splices, raw)


def _walk(
    right: str, shown: list[Shown], whole: bytearray
) -> tuple[str, tuple[int, ...], tuple[Span, ...], tuple[tuple[int, int], ...]]:
    text: list[str] = []
    before: list[int] = []
    spans: list[Span] = []
    splices: list[tuple[int, int]] = []
    seen, length, opened = 0, 0, -1
    run: list[Shown] = []

    def close() -> None:
        nonlocal opened, seen
        last = seen
        while seen < len(right) and not whole[seen]:
            seen += 1
        if opened >= 0:
            way = next((p.role[4:] for p in run if p.role.startswith("way:")), "lost")
            spans.append(Span(opened, length, right[last:seen], way, sum(p.gone for p in run)))
            opened = -1
        run.clear()

    for piece in shown:
        owner = next((o for o in piece.owners if o >= 0), -1)
        intact = piece.whole and owner >= 0
        aligned_splice = owner < 0 and piece.role == "splice" and opened < 0
        if intact:
            close()
        elif not aligned_splice:
            opened = length if opened < 0 else opened
            run.append(piece)
        if aligned_splice:
            if splices and splices[-1][1] == length:
                splices[-1] = (splices[-1][0], length + len(piece.text))
            else:
                splices.append((length, length + len(piece.text)))
        text.append(piece.text)
        before += [seen] * len(piece.text)
        seen += intact
        length += len(piece.text)
    close()
    before.append(seen)
    return "".join(text), tuple(before), tuple(spans), tuple(splices)
