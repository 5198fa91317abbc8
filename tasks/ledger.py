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
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class _Image:
    """An applied edit of the decoded text, and where its replacement lies in the middle text."""

    edit: Edit
    start: int
    end: int


def _images(edits: Iterable[Edit]) -> list[_Image]:
    images: list[_Image] = []
    shift = 0
    for edit in edits:
        if edit.applied:
            start = edit.start + shift
            images.append(_Image(edit, start, start + len(edit.after)))
            shift += len(edit.after) - (edit.end - edit.start)
    return images


def _compose(decoded: str, earlier: Sequence[Edit], layer: Sequence[Edit]) -> list[Edit]:
    """Bring `layer`, which is against the middle text, down to the decoded text, and merge it with `earlier`.

    A layer edit takes in every earlier replacement that it overlaps, or whose place lies strictly inside it; two that
    only touch stay apart. The merged edit carries the later stage's kind and the lower of the confidences.
    """
    images = _images(earlier)
    applied = _group([edit for edit in layer if edit.applied], images)
    merged = [_merge(decoded, group, inside, base) for group, inside, base in applied]
    taken = {id(image.edit) for _, inside, _ in applied for image in inside}
    kept = [image.edit for image in images if id(image.edit) not in taken]
    # Sorting by end as well keeps a removal before an insertion at the place where it ends.
    result = sorted([*kept, *(edit for edit in merged if edit.before != edit.after)], key=lambda e: (e.start, e.end))
    marks = [edit for edit in earlier if not edit.applied]
    ends = [image.end for image in images]
    marks += [mark for edit in layer if not edit.applied for mark in _mark(decoded, edit, images, ends)]
    return _with_marks(result, marks)


def _group(layer: Sequence[Edit], images: Sequence[_Image]) -> list[tuple[list[Edit], list[_Image], int]]:
    """Layer edits that share an earlier replacement, together with all the replacements they overlap.

    The third value is the shift from the middle text to the decoded text in force before the group.
    """
    groups: list[tuple[list[Edit], list[_Image], int]] = []
    base = 0  # decoded position = middle position - base, before images[at]
    at = 0
    for edit in layer:
        last = groups[-1][1][-1] if groups and groups[-1][1] else None
        if last and (edit.start < last.end or _same_place(last, edit)):
            group, inside, _ = groups[-1]
        else:
            group, inside = [], []
            while at < len(images) and _before(images[at], edit):
                base += len(images[at].edit.after) - (images[at].edit.end - images[at].edit.start)
                at += 1
            groups.append((group, inside, base))
        group.append(edit)
        while at < len(images) and (images[at].start < edit.end or _same_place(images[at], edit)):
            base += len(images[at].edit.after) - (images[at].edit.end - images[at].edit.start)
            inside.append(images[at])
            at += 1
    return groups


def _before(image: _Image, edit: Edit) -> bool:
    """Whether the earlier replacement lies wholly before the layer's edit."""
    return image.end <= edit.start and not _same_place(image, edit)


def _same_place(image: _Image, edit: Edit) -> bool:
    """Whether both only insert, the later at either end of the earlier: their order would be lost in a flat list."""
    inserts = edit.start == edit.end and image.edit.start == image.edit.end
    return inserts and edit.start in (image.start, image.end)


def _merge(decoded: str, group: Sequence[Edit], inside: Sequence[_Image], base: int) -> Edit:
    """One edit of the decoded text for a group of layer edits and the earlier replacements they take in."""
    first, last = group[0], group[-1]
    if len(group) == 1 and not inside:
        return replace(first, start=first.start - base, end=first.end - base) if base else first
    middle_start = min([first.start, *(image.start for image in inside)])
    middle_end = max([last.end, *(image.end for image in inside)])
    start = middle_start - base
    growth = sum(len(image.edit.after) - (image.edit.end - image.edit.start) for image in inside)
    end = middle_end - base - growth
    middle = replay(
        decoded[start:end],
        [replace(i.edit, start=i.edit.start - start, end=i.edit.end - start) for i in inside],
    )
    after = replay(middle, [replace(e, start=e.start - middle_start, end=e.end - middle_start) for e in group])
    chief = max(group, key=lambda e: e.end - e.start)
    confidence = min([*(e.confidence for e in group), *(i.edit.confidence for i in inside)])
    return replace(chief, start=start, end=end, before=decoded[start:end], after=after, confidence=confidence)


def _mark(decoded: str, edit: Edit, images: Sequence[_Image], ends: Sequence[int]) -> list[Edit]:
    """An unapplied edit of the middle text, brought down to the longest piece of its span that is as decoded.

    One without a span marks what stands between two characters: something is lost there.
    """
    at = bisect_right(ends, edit.start)
    shift = images[at - 1].end - images[at - 1].edit.end if at else 0
    if edit.start == edit.end:
        inside = at < len(images) and images[at].start < edit.start
        return [] if inside else [replace(edit, start=edit.start - shift, end=edit.start - shift)]
    pieces: list[tuple[int, int]] = []
    position = edit.start
    while at < len(images) and images[at].start < edit.end:
        if images[at].start > position:
            pieces.append((position - shift, images[at].start - shift))
        position, shift = images[at].end, images[at].end - images[at].edit.end
        at += 1
    if position < edit.end:
        pieces.append((position - shift, edit.end - shift))
    if not pieces:
        return []
    start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
    return [replace(edit, start=start, end=end, before=decoded[start:end])]


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


def _span(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end
