"""Stage 2: what damage left in the decoded text, brought back to what was written, or marked as unrepaired.

A module a defect, in the order of `repair`: `mojibake/`, `entities`, `controls`, `private`, `shift/` with `splice`
(which a page's `table` and the `readings` of hanzi tell from honest glosses), `noise`, `numerals`, `clues`. `layers`
puts edits of several sources together; `lm/` is the language model that judges readings.
"""

from __future__ import annotations

from tasks.chars import CharSet
from tasks.ledger import Ledger
from tasks.records import Edit
from tasks.repair.clues import TWICE_LOST, clue_edits
from tasks.repair.controls import control_edits
from tasks.repair.entities import entity_edits
from tasks.repair.layers import beside
from tasks.repair.mojibake import mojibake_edits
from tasks.repair.mojibake.edits import outside_passages, without_torn_lines
from tasks.repair.noise import noise_edits
from tasks.repair.numerals import numeral_edits
from tasks.repair.private import private_edits
from tasks.repair.shift import repair_shifts
from tasks.repair.splice import NO_TABLE, find_splices, in_step, splice_edits
from tasks.repair.table import infer_table

# What healthy Chinese text is written in: ASCII, hanzi, Chinese and full-width marks. No control or invisible character
# and no private-use one is among them, so that most pages pass the steps for those by one search.
_UNUSUAL = CharSet("[^\n -~\u3000-\u303f\u3400-\u9fff\uff01-\uff5e“”‘’…—·]", 0x10000, 0x10FFFF)


def repair(ledger: Ledger) -> Ledger:
    """Repair a page's text, a layer a step. No step adds or removes a line end, and none touches healthy text.

    1. passages decoded as something else than they were; characters that lost bytes on the way stay, and 4 leaves them
    2. entities and escapes
    3. control and invisible characters, which may be bytes of 1; private-use characters of Hong Kong
    4. bytes out of step, and splices; the search for the former needs the latter in place, and owns those in its spans
    5. commas put in beside other marks, if the page is damaged; 壹 that a converter wrote for 一
    6. marks on what is left of damage

    >>> ledger = repair(Ledger.of("產(chǎn)業(yè)發(fā)展"))
    >>> ledger.text, ledger.edits[0].why
    ('產業發展', "the page's table has 產(chǎn) at 1 of 1 places")
    """
    for step in (mojibake_edits, entity_edits):
        ledger = ledger.then(step(ledger.text))
    unusual = _UNUSUAL.find(ledger.text) >= 0
    if unusual:
        for step in (control_edits, private_edits):
            ledger = ledger.then(step(ledger.text))
    found = _out_of_step(ledger.text, without_torn_lines(ledger))
    found = outside_passages(found, ledger) if found else found
    damaged = any(edit.applied for edit in found)
    ledger = ledger.then(found)
    ledger = ledger.then(noise_edits(ledger.text, damaged)).then(numeral_edits(ledger.text))
    if not (unusual or damaged or TWICE_LOST in ledger.text):
        return ledger
    return ledger.then(clue_edits(ledger.text, damaged))


def _out_of_step(text: str, searched: str) -> list[Edit]:
    """Edits for splices and shifts, the latter in `searched`, which is as long as `text`."""
    splices = find_splices(text)
    if not splices:
        return repair_shifts(searched, NO_TABLE.readings)
    table = infer_table(splices, text)
    shifts = repair_shifts(searched, table.readings, in_step(splices, text))
    return beside(shifts, splice_edits(splices, table))
