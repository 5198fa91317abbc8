"""Edits from several sources as one layer: in order, none overlapping another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from tasks.records import Edit


def apart(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in order; of two that overlap, the one that starts first, and of those the longer."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def beside(first: Sequence[Edit], others: Iterable[Edit]) -> list[Edit]:
    """The edits of `first`, a layer, and those of `others` that overlap none of them, as one layer."""
    starts = [edit.start for edit in first]
    return apart([*first, *(edit for edit in others if not _overlaps(edit, first, starts))])


def _overlaps(edit: Edit, layer: Sequence[Edit], starts: Sequence[int]) -> bool:
    at = bisect_left(starts, edit.end)
    return at > 0 and layer[at - 1].end > edit.start
