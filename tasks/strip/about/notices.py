"""Notices in running text with which a site greets its readers above a page's title."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tasks.expressions import seldom
from tasks.strip.about.title import LIKE, TOP_ROWS
from tasks.strip.about.title_looks import may_be_title
from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Claim, Row, Sheet
from tasks.strip.signs import site_words, words_of_interfaces

# A notice of the site above the title is no longer; there are no more, in so many rows, and the text is so many times
# as long as several.
MAX_NOTICE, NOTICES, PANEL_ROWS, TEXT_EACH = 100, 4, 24, 2
# One of which no word is the site's stands at the very top, above so many rows.
SLOGAN_ROWS = 4
# Where a title that has the text's words shows where the text begins, notices have no more of its pairs than this, and
# may be so long; the title has so many characters, and the text so many rows of prose.
STRANGE, MAX_STRANGER, TITLE_CHARS, LEAST_TEXT = 0.05, 160, 5, 2
# So much of the first is words of interfaces, 您 among them.
NOTICE_COVER = 0.07
_HAN = seldom("[\u4e00-\u9fff]")


def notices(sheet: Sheet, metadata_starts: Sequence[int]) -> list[Claim]:
    """The claims to notices above the title: to several, and to one that has words of the site, or an address."""
    found = notice(sheet, metadata_starts)
    return (
        _repeated(sheet)
        + strangers(sheet)
        + [
            Claim.whole(row, "a notice of the site above the title")
            for row in found
            if len(found) > 1 or site_words(row.core) or "@" in row.core or "[email" in row.core or _slogan(sheet, row)
        ]
    )


def strangers(sheet: Sheet) -> list[Claim]:
    """The claims to rows of prose at the top that have nothing of the text, above the title, which has much of it.

    One of them has words of the site, or none in Chinese, so that a text's own beginning stays.
    """
    rows, first = sheet.rows, sheet.first
    if first > TOP_ROWS or first == len(rows) or len(rows[first].core) > MAX_STRANGER:
        return []
    top = rows[:PANEL_ROWS]
    at = next((n for n in range(len(top) - 1, first, -1) if _may_head(top[n]) and not _said_between(top, first, n)), 0)
    found = [row for row in top[first:at] if row.prose]
    panel = at - first - len(found)
    if not found or not (_strange_kind(found[0]) or panel >= SLOGAN_ROWS):
        return []
    text = [row for row in rows[at + 1 :] if row.prose]
    likeness = Likeness(text)
    if not likeness.some or len(text) < LEAST_TEXT or likeness.share(rows[at].core) < LIKE:
        return []
    if any(len(row.core) > MAX_STRANGER or likeness.share(row.core) > STRANGE for row in found):
        return []
    return [Claim.whole(row, "a notice of the site above the title") for row in found]


def _may_head(row: Row) -> bool:
    return not row.prose and len(row.core) >= TITLE_CHARS and may_be_title(row)


def _said_between(rows: Sequence[Row], first: int, number: int) -> bool:
    """Whether prose above row `number` is more than notices are."""
    return sum(row.prose for row in rows[first:number]) > NOTICES


def _strange_kind(row: Row) -> bool:
    return words_of_interfaces(row.core)[0] >= NOTICE_COVER or _HAN.search(row.core) is None


def _repeated(sheet: Sheet) -> list[Claim]:
    """The claims to a row of prose that stands twice, one below the other, above a text that has nothing of it."""
    rows = sheet.rows[: sheet.first + NOTICES]
    twice = {one.core for one, other in pairwise(rows) if one.prose and one.core == other.core}
    if not twice:
        return []
    likeness = Likeness(row for row in sheet.rows if row.prose and row.core not in twice)
    strange = [row for row in rows if row.core in twice and likeness.share(row.core) <= STRANGE]
    return [Claim.whole(row, "a notice of the site that stands twice") for row in strange] if likeness.enough else []


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
