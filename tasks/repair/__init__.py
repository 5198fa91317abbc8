"""Repair: what damage left in the decoded text, brought back to what was written; what cannot be, marked as unrepaired."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.ledger import Ledger
from tasks.records import Edit
from tasks.repair.splice import find_splices, splice_edits
from tasks.repair.table import infer_table


def repair(ledger: Ledger) -> Ledger:
    """Repair a page's text.

    >>> ledger = repair(Ledger.of("產(chǎn)業(yè)發(fā)展"))
    >>> ledger.text, ledger.edits[0].why
    ('產業發展', "the page's table has 產(chǎn) at 1 of 1 places")
    """
    return ledger.then(_pinyin(ledger.text))


def _pinyin(text: str) -> Sequence[Edit]:
    splices = find_splices(text)
    return splice_edits(splices, infer_table(splices, text))
