"""The ledger's promises, over arbitrary texts and arbitrary stacks of edits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.ledger import Ledger, check_layer, replay
from tasks.records import Edit, Stage

TEXTS = st.text(alphabet="中文數(shù)?\n。a", max_size=24)


@st.composite
def layers(draw: st.DrawFn, text: str, marks: bool = True) -> list[Edit]:
    """A well-formed layer against `text`: replacements, removals, insertions and, if `marks`, unapplied spans."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    layer = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if layer and start == end == layer[-1].end:
            continue  # one insertion a place: a stage that wants two writes them as one
        applied = draw(st.booleans()) if marks and end > start else True
        after = draw(st.text(alphabet="中甲乙", max_size=3))
        stage = draw(st.sampled_from(list(Stage)))
        layer.append(Edit(start, end, text[start:end], after, stage, "k", draw(st.floats(0, 1)), applied))
    return layer


@st.composite
def stacks(draw: st.DrawFn, marks: bool = True, depth: int = 3) -> tuple[str, list[list[Edit]]]:
    """A text and layers of edits, each against the text that the layer before it gave."""
    text = draw(TEXTS)
    stack, current = [], text
    for _ in range(depth):
        stack.append(draw(layers(current, marks)))
        current = replay(current, stack[-1])
    return text, stack


def run(text: str, stack: list[list[Edit]]) -> Ledger:
    ledger = Ledger.of(text)
    for layer in stack:
        ledger = ledger.then(layer)
    return ledger


@given(stacks())
def test_replaying_the_flat_list_gives_what_the_layers_gave(case: tuple[str, list[list[Edit]]]) -> None:
    text, stack = case
    current = text
    for layer in stack:
        current = replay(current, layer)
    ledger = run(text, stack)
    assert ledger.text == current
    assert replay(ledger.decoded, ledger.edits) == current


@given(stacks())
def test_the_flat_list_is_ordered_does_not_overlap_and_is_true(case: tuple[str, list[list[Edit]]]) -> None:
    ledger = run(*case)
    check_layer(ledger.decoded, ledger.edits)
    assert all(edit.before != edit.after for edit in ledger.edits if edit.applied)


def joined(edits: tuple[Edit, ...]) -> list[tuple[int, int, str]]:
    """The applied edits with those that touch joined: what is left when it does not matter where edits are cut."""
    spans: list[tuple[int, int, str]] = []
    for edit in edits:
        if not edit.applied:
            continue
        if spans and spans[-1][1] == edit.start:
            spans[-1] = (spans[-1][0], edit.end, spans[-1][2] + edit.after)
        else:
            spans.append((edit.start, edit.end, edit.after))
    return spans


@given(stacks(marks=False))
def test_composition_is_associative(case: tuple[str, list[list[Edit]]]) -> None:
    text, (first, second, third) = case
    left = run(text, [first, second, third])
    tail = run(replay(text, first), [second, third])
    right = run(text, [first, list(tail.edits)])
    assert left.text == right.text
    # Dropping an edit that a later layer undid may leave a shorter list, never another set of changed characters.
    assert survivors(left) == survivors(right)


def survivors(ledger: Ledger) -> list[tuple[int, int, str]]:
    return joined(ledger.edits)


@given(stacks())
def test_a_mark_never_lies_on_a_change(case: tuple[str, list[list[Edit]]]) -> None:
    ledger = run(*case)
    for mark in ledger.edits:
        if not mark.applied:
            assert ledger.decoded[mark.start : mark.end] == mark.before
    assert ledger.unrepaired == sum(not edit.applied for edit in ledger.edits)


def test_a_removal_inside_a_removed_line_is_one_edit() -> None:
    ledger = Ledger.of("關(guān)於\n正文")
    ledger = ledger.then([Edit(1, 7, "(guān)", "", Stage.REPAIR, "splice", 0.9)])
    ledger = ledger.then([Edit(0, 3, "關於\n", "", Stage.STRIP, "nav", 0.8)])
    assert ledger.edits == (Edit(0, 9, "關(guān)於\n", "", Stage.STRIP, "nav", 0.8),)
    assert ledger.text == "正文"


def test_a_layer_that_lies_is_refused() -> None:
    edit = Edit(0, 1, "中", "", Stage.STRIP, "nav")
    with pytest.raises(ValueError, match="does not say what stands there"):
        Ledger.of("文").then([edit])
    with pytest.raises(ValueError, match="out of order"):
        Ledger.of("中中").then([edit._replace(start=1, end=2), edit])


def test_work_is_linear_in_the_number_of_edits() -> None:
    text = "數(shù)?" * 20_000
    splices = [Edit(i + 1, i + 5, text[i + 1 : i + 5], "", Stage.REPAIR, "splice") for i in range(0, len(text) - 6, 6)]
    ledger = Ledger.of(text).then(splices)
    marks = [
        Edit(i, i + 1, ledger.text[i], "", Stage.REPAIR, "clue", 0.0, applied=False)
        for i in range(1, len(ledger.text), 2)
    ]
    assert ledger.then(marks).unrepaired > 10_000
