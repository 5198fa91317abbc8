"""Official documents: their number (青政发〔2021〕5号) and who issued them, where the page says so.

A number that stands within a sentence is another document's. The number of this one has a label, or a row of its own in
the page's head; who issued it has a label, heads the page (…文件), or signs above the date at its end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.expressions import seldom
from tasks.strip.about.bylines import Field
from tasks.strip.about.dates import CHINESE_DATE, DATE
from tasks.strip.sheet import Row, Sheet

# A number on a row of its own stands among so many rows at the top of a page, above its first prose.
HEAD_ROWS = 12
# The date and those who sign stand among so many rows at the end, and no more sign one document.
TAIL_ROWS = 10
SIGNERS = 5

_BARE_NUMBER = r"[\u4e00-\u9fff]{1,14}\s?[〔\[(【〈﹝](?:19|20)\d\d[〕\])】〉﹞]\s?第?\s?\d{1,5}\s?号"
NUMBER = re.compile(rf"[(\[【]?(?P<number>{_BARE_NUMBER})[)\]】]?")
OFFICE = re.compile(
    r"[\u4e00-\u9fff]{2,22}(?:政府|办公厅|办公室|委员会|委|厅|局|部|署|院|会|处|中心|总队|支队|大队|党组|公署|银行|总行)"
)
# What a letter is, at the end of what it is about; so many offices send it.
_LETTER = seldom(r"(?:通知|通告|公告|通报|意见|决定|报告|请示|批复|复函|函|公示|说明|规定|办法|方案)$")
MOST_OFFICES = 5
_TITLED = seldom(
    rf"^\s*(?P<before>{_BARE_NUMBER})\s{{0,2}}《[^《》]{{6,80}}》\s*$|[》\u4e00-\u9fff)]\s?\((?P<behind>{_BARE_NUMBER})\)\s*$"
)
_HEADED = seldom(r"(?P<office>[\u4e00-\u9fff]{4,24})文件")


def below_offices(rows: Sequence[Row]) -> Row | None:
    """The row at a page's top that says what a letter is about, below the names of the offices that send it.

    >>> from tasks.lines import Line
    >>> said = ["上湾县水利局", "上湾县交通局", "关于检修渡口的通知"]
    >>> below_offices([Row(Line(0, len(text), text, text), text, False, 0) for text in said]).core
    '关于检修渡口的通知'
    """
    offices = 0
    for row in rows[: MOST_OFFICES + 2]:
        if row.core.startswith("关于") and offices and not row.prose and _LETTER.search(row.core):
            return row
        if OFFICE.fullmatch(row.core):
            offices += 1
        elif not (NUMBER.fullmatch(row.core) or (row.core.endswith("文件") and OFFICE.match(row.core))):
            return None
    return None


def official(sheet: Sheet, fields: Sequence[Field], title: Row | None = None) -> tuple[str | None, str | None]:
    """The document's number and its issuer, as the page has them, or None. `sheet` has the rows that are left.

    Labels win. A page that shows two different numbers on rows of their own says neither. Where none stands alone, the
    one behind the title counts, or before it, as sites of laws have it.
    """
    number = _labelled(fields, "document_number")
    number = number if number and number.endswith(("号", "號")) and any(map(str.isdigit, number)) else None
    issuer = _labelled(fields, "issuer")
    shown = [] if number else _number_rows(sheet)
    if len({_plain(sheet.rows[at]) for at in shown}) == 1:
        number = _found(sheet.rows[shown[0]])
        issuer = issuer or _headed(sheet, shown[0])
    if not number and not shown and title and (found := _TITLED.search(title.folded)):
        number = title.line.text[slice(*found.span("behind" if found["behind"] else "before"))]
    if number and not issuer:
        issuer = _signed(sheet.rows)
    return number, issuer


def _labelled(fields: Sequence[Field], kind: str) -> str | None:
    return next((field.value for field in fields if field.kind == kind and field.value), None)


def _number_rows(sheet: Sheet) -> list[int]:
    top = sheet.rows[: min(sheet.first, HEAD_ROWS)]
    return [at for at, row in enumerate(top) if row.core.endswith(("号", "号)", "号]", "号】")) and _number(row)]


def _number(row: Row) -> re.Match[str] | None:
    return NUMBER.fullmatch(row.core)


def _plain(row: Row) -> str:
    match = _number(row)
    return "".join(match["number"].split()) if match else ""


def _found(row: Row) -> str:
    """The number as the page writes it, not folded."""
    match = _number(row)
    number = match["number"] if match else ""
    at = row.folded.find(number)
    return row.line.text[at : at + len(number)] if at >= 0 else number


def _headed(sheet: Sheet, number_row: int) -> str | None:
    above = sheet.rows[number_row - 1] if number_row else None
    match = _HEADED.fullmatch(above.core) if above else None
    return above.line.text.strip()[: len(match["office"])] if above and match else None


def _signed(rows: Sequence[Row]) -> str | None:
    """Those who sign right above the date at the page's end, joined by 、."""
    for at in range(len(rows) - 1, max(len(rows) - TAIL_ROWS, 0), -1):
        if DATE.fullmatch(rows[at].core) or CHINESE_DATE.fullmatch(rows[at].core):
            first = at
            while first > 0 and at - first < SIGNERS and OFFICE.fullmatch("".join(rows[first - 1].core.split())):
                first -= 1
            return "、".join("".join(row.line.text.split()) for row in rows[first:at]) or None
    return None
