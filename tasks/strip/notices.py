"""Notices in running text with which a site greets its readers above a page's title."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Claim, Row, Sheet
from tasks.strip.signs import site_words
from tasks.strip.title import LIKE, TOP_ROWS
from tasks.strip.title_looks import may_be_title

# A notice of the site above the title is no longer; there are no more, in so many rows, and the text is so many times
# as long as several.
MAX_NOTICE, NOTICES, PANEL_ROWS, TEXT_EACH = 100, 4, 24, 2
# One of which no word is the site's stands at the very top, above so many rows.
SLOGAN_ROWS = 4


def notices(sheet: Sheet, metadata_starts: Sequence[int]) -> list[Claim]:
    """The claims to notices above the title: to several, and to one that has words of the site, or an address."""
    found = notice(sheet, metadata_starts)
    return [
        Claim.whole(row, "a notice of the site above the title")
        for row in found
        if len(found) > 1 or site_words(row.core) or "@" in row.core or "[email" in row.core or _slogan(sheet, row)
    ]


def _slogan(sheet: Sheet, notice: Row) -> bool:
    """Whether a row of prose at the top has little of the text's words, and so many short rows below it."""
    rows = sheet.rows
    at = next(n for n, row in enumerate(rows) if row is notice)
    if at or not all(not row.prose for row in rows[1 : 1 + SLOGAN_ROWS]):
        return False
    likeness = Likeness(row for row in rows[1:] if row.prose)
    return likeness.enough and likeness.share(notice.core) <= LIKE


def notice(sheet: Sheet, metadata_starts: Sequence[int]) -> list[Row]:
    """The rows of prose above the title with which a site greets its readers, where metadata show a title below them.

    Of several none has much of the text, and the text is much longer.
    """
    rows, at = sheet.rows, sheet.first
    if not metadata_starts or at > TOP_ROWS or at == len(rows) or len(rows[at].core) > MAX_NOTICE:
        return []
    told = next((n for n in range(at, min(at + PANEL_ROWS, len(rows))) if rows[n].line.start > min(metadata_starts)), 0)
    found = [n for n in range(at, told) if rows[n].prose]
    between = rows[found[-1] + 1 : told] if found else ()
    if not between or len(between) > TOP_ROWS or not any(map(may_be_title, between)):
        return []
    return [rows[n] for n in found] if len(found) == 1 or _are_notices(rows, found, told) else []


def _are_notices(rows: Sequence[Row], found: Sequence[int], told: int) -> bool:
    text = [row for row in rows[told:] if row.prose]
    said = [rows[n].core for n in found]
    if len(said) > NOTICES or max(map(len, said)) > MAX_NOTICE or not may_be_title(rows[told - 1]):
        return False
    likeness = Likeness(text)
    enough = sum(len(row.core) for row in text) >= TEXT_EACH * sum(map(len, said)) and likeness.enough
    return enough and all(likeness.share(core) <= LIKE for core in said)
