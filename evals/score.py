"""Hold a system's changes against the truth about a damaged text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from evals.damage import Damaged, Span
from evals.systems import Change
from tasks.script.fold import fold

Outcome = Literal["right", "wrong", "flagged", "unseen"]


@dataclass(frozen=True, slots=True)
class SpanScore:
    """What became of one span. `confidence` is the least of its changes', or None where nothing was proposed;
    `reading_right` says whether the reading proposed, applied or not, is right: `reading` is that, and `want` the right
    one, folded, both over all that the changes touching the span cover."""

    span: Span
    outcome: Outcome
    confidence: float | None
    reading_right: bool
    reading: str
    want: str


@dataclass(frozen=True, slots=True)
class Score:
    """What became of a page: its spans, the healthy characters changed, and its splices in step.

    `false_confidences` are those of the applied changes that harmed healthy text, `false_flags` the number of healthy
    places said to be damaged but left.
    """

    spans: tuple[SpanScore, ...]
    harmed: int
    healthy: int
    splices: int
    splices_gone: int
    false_confidences: tuple[float, ...]
    false_flags: int


def score(damaged: Damaged, changes: list[Change]) -> Score:
    """Judge `changes`, which are against `damaged.text`.

    A span is right when the repaired text over it, and over whatever else the changes that touch it cover, equals the
    text before the damage after folding script and width; wrong when it was changed and is not right; flagged when it
    was left and said to be damaged; unseen else.

    >>> from evals.damage import Damage, damage
    >>> damaged = damage("當地優質", Damage({"數": "shù", "優": "yōu"}))
    >>> damaged.text
    '當?shù)貎?yōu)質'
    >>> [s.outcome for s in score(damaged, [Change(1, 12, "地優", 0.9)]).spans]
    ['right']
    >>> [s.outcome for s in score(damaged, [Change(1, 12, "地憂", 0.9)]).spans]
    ['wrong']
    >>> [s.outcome for s in score(damaged, [Change(1, 12, "地憂", 0.4, applied=False)]).spans]
    ['flagged']
    """
    changes = sorted(changes, key=lambda change: (change.start, change.end))
    judged: list[SpanScore] = []
    touched: set[int] = set()
    for span in damaged.spans:
        touching, start, end = _touching(changes, span.start, span.end)
        touched.update(touching)
        if span.start == span.end or fold(damaged.text[span.start : span.end]) == fold(span.right):
            continue  # nothing to be seen
        judged.append(_judge(damaged, span, [changes[i] for i in touching], start, end))
    others = [c for i, c in enumerate(changes) if i not in touched]
    harmed, false = _harm(damaged, others)
    flags = sum(not c.applied for c in others)
    gone = sum(
        any(c.applied and c.start <= a and b <= c.end and not c.after for c in changes) for a, b in damaged.splices
    )
    healthy = len(damaged.right) - sum(len(span.right) for span in damaged.spans)
    return Score(tuple(judged), harmed, healthy, len(damaged.splices), gone, tuple(false), flags)


def _touching(changes: list[Change], start: int, end: int) -> tuple[list[int], int, int]:
    """The changes that overlap [start, end) or join it, and the stretch that they and it cover."""
    found = [i for i, c in enumerate(changes) if (c.start < end and c.end > start) or (c.start == c.end == start)]
    return found, min([start, *(changes[i].start for i in found)]), max([end, *(changes[i].end for i in found)])


def _judge(damaged: Damaged, span: Span, changes: list[Change], start: int, end: int) -> SpanScore:
    start, end = _outwards(damaged, start, end)
    want = fold(damaged.right[damaged.before[start] : damaged.before[end]])
    splices = [Change(a, b, "") for a, b in damaged.splices if start <= a and b <= end]
    reading = fold(_replayed(damaged.text, start, end, [*changes, *_untouched(splices, changes)], every=True))
    applied = [c for c in changes if c.applied]
    right = bool(applied) and fold(_replayed(damaged.text, start, end, _with(splices, applied), every=False)) == want
    confidences = [c.confidence for c in changes if c.after or not c.splice]
    outcome: Outcome = "unseen"
    if right:
        outcome = "right"
    elif any(not c.splice for c in applied):
        outcome = "wrong"
    elif len(applied) < len(changes):
        outcome = "flagged"
    elif applied:
        outcome = "wrong"
    return SpanScore(span, outcome, min(confidences, default=None), reading == want, reading, want)


def _with(splices: list[Change], applied: list[Change]) -> list[Change]:
    return [*applied, *_untouched(splices, applied)]


def _untouched(splices: list[Change], changes: list[Change]) -> list[Change]:
    """The splices in step that no change covers: whether they go is counted by itself."""
    return [s for s in splices if not any(c.start < s.end and s.start < c.end for c in changes)]


def _outwards(damaged: Damaged, start: int, end: int) -> tuple[int, int]:
    """Widen a stretch so that it cuts no span in two, where the count of characters would mean nothing."""
    for span in damaged.spans:
        if span.start < end and start < span.end:
            start, end = min(start, span.start), max(end, span.end)
    return start, end


def _replayed(text: str, start: int, end: int, changes: Iterable[Change], every: bool) -> str:
    parts: list[str] = []
    at = start
    for change in sorted(changes, key=lambda c: (c.start, c.end)):
        if (change.applied or every) and change.start >= at:
            parts += (text[at : change.start], change.after)
            at = change.end
    parts.append(text[at:end])
    return "".join(parts)


def _harm(damaged: Damaged, changes: list[Change]) -> tuple[int, list[float]]:
    """Healthy characters that the applied changes outside all spans altered, and the confidence of those changes."""
    harmed = 0
    false: list[float] = []
    for change in changes:
        if not change.applied:
            continue
        start, end = change.start, change.end
        want = fold(damaged.right[damaged.before[start] : damaged.before[end]])
        splices = [Change(a, b, "") for a, b in damaged.splices if start < b and a < end]
        if fold(change.after) != want and not (splices and change.after == ""):
            harmed += max(len(want), len(change.after))
            false.append(change.confidence)
    return harmed, false
