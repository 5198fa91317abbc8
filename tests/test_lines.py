"""Lines of a ledger's text, and the HTML block each comes from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks.ledger import Ledger
from tasks.lines import lines_of
from tasks.records import Block, Edit, Stage
from tests.test_ledger import stacks


@given(stacks(depth=2))
def test_lines_cover_the_text(case: tuple[str, list[list[Edit]]]) -> None:
    text, stack = case
    ledger = Ledger.of(text)
    for layer in stack:
        ledger = ledger.then(layer)
    lines = lines_of(ledger, [Block("p", True)] * (text.count("\n") + 1))
    assert "".join(ledger.text[line.start : line.end] for line in lines) == ledger.text
    assert all(line.text == ledger.text[line.start : line.end].removesuffix("\n") for line in lines)
    assert all(len(line.folded) == len(line.text) for line in lines)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_a_line_keeps_its_block_when_others_are_removed(gone: list[bool]) -> None:
    text = "".join(f"第{i}行數(shù)據\n" for i in range(len(gone)))
    blocks = [Block(f"h{i}", True) for i in range(len(gone))]
    ledger = Ledger.of(text)
    splices = [i for i in range(len(text)) if text.startswith("(shù)", i)]
    ledger = ledger.then([Edit(i, i + 5, "(shù)", "", Stage.REPAIR, "splice") for i in splices])
    removed = [
        Edit(line.start, line.end, ledger.text[line.start : line.end], "", Stage.STRIP, "nav")
        for line, drop in zip(lines_of(ledger), gone, strict=True)
        if drop
    ]
    left = lines_of(ledger.then(removed), blocks)
    assert [line.block.tag for line in left if line.block] == [f"h{i}" for i, drop in enumerate(gone) if not drop]
    assert [line.text for line in left] == [f"第{i}行數據" for i, drop in enumerate(gone) if not drop]
