"""Who wrote and edited a text, in brackets behind its last sentence: …落成了。(作者:甲一心 编辑:乙二思)."""

from __future__ import annotations

from dataclasses import replace

from tasks.expressions import seldom
from tasks.strip.about.bylines import Field
from tasks.strip.about.fields import fields_of
from tasks.strip.about.names import names_of
from tasks.strip.sheet import Claim, Sheet, as_found

# The brackets stand behind the last row of prose or the one before it, and hold no more than this.
ROWS = 2
_BRACKETS = seldom(r"(?<=[。!?”」…])\s{0,2}[(【\[](?P<said>[^()【】\[\]]{4,60})[)】\]]\s{0,3}$")
# Two labels run together: 作者:甲一心编辑:乙二思.
_RUN_IN = seldom(r"(?<=[\u4e00-\u9fff])(?=(?:责任编辑|责编|编辑|审核|摄影|供稿|撰稿|通讯员|记者)\s?:)")
_WHY = "who wrote and edited the text, behind its last sentence"


def signoff(sheet: Sheet) -> tuple[list[Claim], list[Field]]:
    """The claim to the brackets, and their fields; nothing if anything in them is no label with names.

    >>> from tasks.ledger import Ledger
    >>> from tasks.lines import lines_of
    >>> from tasks.strip.sheet import rows_of
    >>> text = "水塔昨天落成了,镇上的人都来看,放了三串鞭炮。(作者:李四九编辑:王五六)"
    >>> claims, fields = signoff(Sheet.of(rows_of(lines_of(Ledger.of(text), ()))))
    >>> text[claims[0].start :], [(field.kind, field.value) for field in fields]
    ('(作者:李四九编辑:王五六)', [('author', '李四九'), ('editor', '王五六')])
    """
    for number in range(sheet.last, max(sheet.last - ROWS, -1), -1):
        row = sheet.rows[number]
        if row.core[-1:] not in ")】]" or not (found := _BRACKETS.search(row.folded)):
            continue
        fields = fields_of(_RUN_IN.sub(" ", found["said"]))
        if not fields or not all(_names_somebody(field) for field in fields):
            return [], []
        told = [
            replace(field, value="、".join(as_found(row, name) for name in names_of(field.value))) for field in fields
        ]
        return [Claim(row, found.start(), len(row.line.text), _WHY)], told
    return [], []


def _names_somebody(field: Field) -> bool:
    return field.kind in ("author", "editor", "others") and bool(field.label) and bool(names_of(field.value))
