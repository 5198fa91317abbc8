"""The ledger: a text that remembers the decoded text it came from.

Every stage gives a *layer*: edits, sorted and not overlapping, against the text it was handed. `Ledger.then` composes
the layer with what came before into one flat list against the decoded text, so that replaying that list gives the
current text, letter for letter, and a removal inside a line that is later removed is one edit whose `before` is the
line as decoded. There is no other way to change a text, so the explanation cannot be switched off. See
docs/adr/0001-records-and-ledger.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter

from tasks.records import Edit


def replay(text: str, edits: Iterable[Edit]) -> str:
    """Apply the applied edits to `text`.

    >>> from tasks.records import Stage
    >>> replay("產(chǎn)業(yè)", [Edit(1, 7, "(chǎn)", "", Stage.REPAIR, "splice")])
    '產業(yè)'
    """
    parts: list[str] = []
    position = 0
    for edit in edits:
        if edit.applied:
            parts += (text[position : edit.start], edit.after)
            position = edit.end
    parts.append(text[position:])
    return "".join(parts)


def check_layer(text: str, layer: Sequence[Edit]) -> None:
    """Raise ValueError unless `layer` is sorted, does not overlap, lies in `text` and says truly what stands there."""
    position = 0
    for edit in layer:
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"edit {edit.kind} [{edit.start}, {edit.end}) is out of order or outside the text")
        if text[edit.start : edit.end] != edit.before:
            raise ValueError(f"edit {edit.kind} [{edit.start}, {edit.end}) does not say what stands there")
        position = edit.end


@dataclass(frozen=True, slots=True)
class Ledger:
    """A decoded text, the flat edits against it, and the text they give.

    `edits` are in order and do not overlap; an edit that is not applied only marks its span.

    >>> from tasks.records import Stage
    >>> ledger = Ledger.of("首頁\\n產(chǎn)業(yè)\\n")
    >>> ledger = ledger.then([Edit(4, 10, "(chǎn)", "", Stage.REPAIR, "splice")])
    >>> ledger.text
    '首頁\\n產業(yè)\\n'
    >>> ledger = ledger.then([Edit(3, 10, "產業(yè)\\n", "", Stage.STRIP, "demo")])
    >>> [(e.start, e.before, e.kind) for e in ledger.edits]
    [(3, '產(chǎn)業(yè)\\n', 'demo')]
    """

    decoded: str
    text: str
    edits: tuple[Edit, ...] = ()

    @classmethod
    def of(cls, decoded: str) -> Ledger:
        """A ledger with nothing in it yet."""
        return cls(decoded, decoded)

    def then(self, layer: Sequence[Edit]) -> Ledger:
        """The ledger after a layer of edits against `self.text`. Raises ValueError if the layer is not well-formed."""
        layer = [edit for edit in layer if not edit.applied or edit.before != edit.after] if layer else layer
        if not layer:
            return self
        check_layer(self.text, layer)
        edits = tuple(_compose(self.decoded, self.edits, layer))
        return Ledger(self.decoded, replay(self.text, layer), edits)

    @property
    def unrepaired(self) -> int:
        """How many spans were seen as damaged and left as found."""
        return sum(not edit.applied for edit in self.edits)


class _Images:
    """The applied edits of a decoded text, and where the replacement of each lies in the text that they give.

    `ends[i]` - `shifts[i + 1]` is where `edits[i]` ends in the decoded text; `shifts[i]` is in force before it.
    """

    def __init__(self, edits: list[Edit]) -> None:
        self.edits = edits
        grown = [len(edit.after) - edit.end + edit.start for edit in edits]
        self.shifts = list(accumulate(grown, initial=0))
        self.ends = [edit.end + shift for edit, shift in zip(edits, self.shifts[1:], strict=True)]

    def start(self, at: int) -> int:
        """Where the replacement by an edit begins in the text that they give."""
        return self.edits[at].start + self.shifts[at]

    def same_place(self, at: int, edit: Edit) -> bool:
        """Whether both only insert, `edit` at either end of the earlier: their order would be lost in a flat list."""
        if edit.start != edit.end or self.edits[at].start != self.edits[at].end:
            return False
        return edit.start in (self.start(at), self.ends[at])

    def first_not_before(self, at: int, edit: Edit) -> int:
        """The first replacement from `at` on that does not lie wholly before an edit of the text that they give."""
        if edit.start != edit.end:
            return bisect_right(self.ends, edit.start, at)
        at = bisect_left(self.ends, edit.start, at)
        while at < len(self.ends) and self.ends[at] == edit.start and not self.same_place(at, edit):
            at += 1
        return at

    def first_behind(self, at: int, edit: Edit) -> int:
        """The first replacement from `at` on, which is not before the edit, that the edit does not take in."""
        while at < len(self.ends) and (self.start(at) < edit.end or self.same_place(at, edit)):
            at += 1
        return at


def _compose(decoded: str, earlier: Sequence[Edit], layer: Sequence[Edit]) -> list[Edit]:
    """Bring `layer`, which is against the middle text, down to the decoded text, and merge it with `earlier`.

    A layer edit takes in every earlier replacement that it overlaps, or whose place lies strictly inside it; two that
    only touch stay apart. The merged edit carries the later stage's kind and the lower of the confidences.
    """
    if not earlier:
        applied = [edit for edit in layer if edit.applied]
        return (
            _with_marks(applied, [edit for edit in layer if not edit.applied]) if len(applied) < len(layer) else applied
        )
    images = _Images([edit for edit in earlier if edit.applied])
    result: list[Edit] = []
    done = 0
    for group, first, last in _group([edit for edit in layer if edit.applied], images):
        result += images.edits[done:first]
        merged = _merge(decoded, group, images, first, last)
        if merged.before != merged.after:
            result.append(merged)
        done = last
    result += images.edits[done:]
    marks = [edit for edit in earlier if not edit.applied]
    marks += [mark for edit in layer if not edit.applied for mark in _mark(decoded, edit, images)]
    return _with_marks(result, marks) if marks else result


def _group(layer: Sequence[Edit], images: _Images) -> list[tuple[list[Edit], int, int]]:
    """Layer edits that share an earlier replacement, together with all the replacements they overlap: from the second
    value to the third."""
    groups: list[tuple[list[Edit], int, int]] = []
    first = last = 0
    for edit in layer:
        if first < last and (edit.start < images.ends[last - 1] or images.same_place(last - 1, edit)):
            group, first, _ = groups.pop()
        else:
            group, first = [], images.first_not_before(last, edit)
        group.append(edit)
        last = images.first_behind(max(first, last), edit)
        groups.append((group, first, last))
    return groups


def _merge(decoded: str, group: Sequence[Edit], images: _Images, first: int, last: int) -> Edit:
    """One edit of the decoded text for a group of layer edits and the earlier replacements they take in."""
    base, inside = images.shifts[first], images.edits[first:last]
    if len(group) == 1 and not inside:
        return _moved(group[0], -base) if base else group[0]
    middle_start, middle_end = group[0].start, group[-1].end
    if inside:
        middle_start, middle_end = min(middle_start, images.start(first)), max(middle_end, images.ends[last - 1])
    start, end = middle_start - base, middle_end - images.shifts[last]
    middle = replay(decoded[start:end], [_moved(edit, -start) for edit in inside])
    after = replay(middle, [_moved(edit, -middle_start) for edit in group])
    chief = max(group, key=lambda edit: edit.end - edit.start)
    confidence = min(edit.confidence for edit in (*group, *inside))
    return Edit(start, end, decoded[start:end], after, chief.stage, chief.kind, confidence, chief.applied, chief.why)


def _moved(edit: Edit, by: int) -> Edit:
    start, end = edit.start + by, edit.end + by
    return Edit(start, end, edit.before, edit.after, edit.stage, edit.kind, edit.confidence, edit.applied, edit.why)


def _mark(decoded: str, edit: Edit, images: _Images) -> list[Edit]:
    """An unapplied edit of the middle text, brought down to the longest piece of its span that is as decoded.

    One without a span marks what stands between two characters: something is lost there.
    """
    at = bisect_right(images.ends, edit.start)
    shift = images.shifts[at]
    if edit.start == edit.end:
        inside = at < len(images.ends) and images.start(at) < edit.start
        return [] if inside else [_moved(edit, -shift)]
    pieces: list[tuple[int, int]] = []
    position = edit.start
    while at < len(images.ends) and images.start(at) < edit.end:
        if images.start(at) > position:
            pieces.append((position - shift, images.start(at) - shift))
        position, shift = images.ends[at], images.shifts[at + 1]
        at += 1
    if position < edit.end:
        pieces.append((position - shift, edit.end - shift))
    if not pieces:
        return []
    start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
    return [edit._replace(start=start, end=end, before=decoded[start:end])]


def _with_marks(applied: Sequence[Edit], marks: Iterable[Edit]) -> list[Edit]:
    """Merge the unapplied edits in, dropping those whose span an applied or an earlier unapplied edit has taken."""
    starts = [edit.start for edit in applied]
    ends = [edit.end for edit in applied]
    clear: list[Edit] = []
    for mark in marks:
        free = bisect_right(ends, mark.start) >= bisect_left(starts, mark.end)
        at = bisect_left(clear, (mark.start, mark.end), key=_span)
        apart = (at == 0 or clear[at - 1].end <= mark.start) and (at == len(clear) or mark.end <= clear[at].start)
        if free and apart and (at == len(clear) or _span(clear[at]) != _span(mark)):
            clear.insert(at, mark)
    return sorted([*applied, *clear], key=_span)


_span = attrgetter("start", "end")
