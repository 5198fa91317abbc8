"""Other articles with their dates, below no heading: beginnings of articles below the text, links above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from tasks.expressions import seldom
from tasks.strip.about.dates import DATE
from tasks.strip.sheet import Claim, Row, Sheet

# So many make a list; an item has no more rows, and what follows the last date is no more than an item cut short.
LEAST, ITEM_ROWS = 3, 3
# They are looked for in so many rows at the page's end, and a row of one is no longer.
TAIL_ROWS, ROW_CHARS = 60, 160
# Beginnings cut to one length: they differ by so much, as marks of half a width do, and are no shorter.
CUT_DIFFERENCE, LEAST_CUT = 4, 24
# So many links with dates above the title are a list.
DATED_LINKS = 3
_DATED = seldom(r"(?:(?:19|20)?\d\d[-/.])?\d{1,2}[-/.]\d{1,2}[\])]?$")
_CUT = ("...", "…")
_WHY = "the beginning of another article, with its date"


def teasers(sheet: Sheet) -> Iterator[Claim]:
    """The rows of the list at the page's end: headline, beginning and date of each article, or two of them in one row.

    >>> from tasks.ledger import Ledger
    >>> from tasks.lines import lines_of
    >>> from tasks.strip.sheet import rows_of
    >>> said = ["灯会散了。"] + [f"大桥封顶\\n昨天大桥的主塔封了顶...\\n2025-01-0{day}" for day in (3, 2, 1)]
    >>> len(list(teasers(Sheet.of(rows_of(lines_of(Ledger.of("\\n".join(said)), ()))))))
    9
    """
    rows = sheet.rows
    tail = range(max(len(rows) - TAIL_ROWS, 0), len(rows))
    if len([row for n, row in sheet.loose() if n >= tail.start and row.core.endswith(_CUT)]) < LEAST:
        return
    if alike := _of_one_length(sheet):
        yield from (Claim.whole(row, "the beginning of another article") for row in rows[-alike:])
        return
    dated = [n for n in tail if rows[n].core[:1].isdigit() and _dates(rows[n].core)]
    while dated and not _is_list(rows, dated):
        dated = dated[1:]
    if not dated:
        return
    start = _start(rows, dated)
    if start > 0:
        for row in rows[start:]:
            yield Claim.whole(row, _WHY)


def _of_one_length(sheet: Sheet) -> int:
    """How many of the last rows are beginnings of articles that a program cut to one length, below the text."""
    cut = list(takewhile(lambda row: row.core.endswith("...") and len(row.core) >= LEAST_CUT, reversed(sheet.rows)))
    lengths = [len(row.core) for row in cut]
    enough = LEAST <= len(cut) < len(sheet.rows) and max(lengths) - min(lengths) <= CUT_DIFFERENCE
    return len(cut) if enough and any(row.prose for row in sheet.rows[: -len(cut)]) else 0


def _dates(core: str) -> bool:
    """Whether a row is a date, or a date with the beginning of an article right behind it."""
    date = DATE.match(core)
    return date is not None and (date.end() == len(core) or core.endswith(_CUT))


def _is_list(rows: Sequence[Row], dated: Sequence[int]) -> bool:
    """Whether each date has the beginning of an article with it, and the list goes to the page's end."""
    if len(dated) < LEAST or len(rows) - dated[-1] > ITEM_ROWS:
        return False
    for one, other in pairwise(dated):
        item = rows[one + 1 : other + 1]
        if len(item) > ITEM_ROWS or not any(row.core.endswith(_CUT) for row in (rows[one], *item)):
            return False
        if any(len(row.core) > ROW_CHARS or row.core.endswith("。") for row in item):
            return False
    return True


def _start(rows: Sequence[Row], dated: Sequence[int]) -> int:
    """The first row of the first article: it has as many as the second, or one before its date."""
    first = dated[0]
    if rows[first].core.endswith(_CUT):  # the date behind the article before stands before this one's words
        return first - 1 if first and rows[first - 1].core.endswith(_CUT) else first
    start = max(first - (dated[1] - first) + 1, 0)
    while start < first and rows[start].core.endswith("。"):
        start += 1
    return start


def dated_head(sheet: Sheet) -> int:
    """How many rows at the page's top, above its text, are links with bullets and dates, the newest first."""
    count = sum(
        1 for _ in takewhile(lambda row: marked(row) and row.core[-1:] in "0123456789])", sheet.rows[: sheet.first])
    )
    found = [match for row in sheet.rows[:count] if (match := _DATED.search(row.core))]
    dates = [tuple(map(int, re.findall(r"\d+", match[0]))) for match in found]
    newest_first = len(dates) == count >= DATED_LINKS and dates == sorted(dates, reverse=True)
    return count if newest_first and sheet.first < len(sheet.rows) else 0


def marked(row: Row) -> bool:
    """Whether a row shows by a bullet, a link's target or a date at its end that it is one of a list of links."""
    bullet = row.folded.lstrip()[:1] in "•·●■◆▪►▶※★○◎▲" or row.folded.lstrip()[:2] == "- "
    return row.links > 0 or bullet or re.search(r"(?:\d{4}-)?\d{1,2}-\d{1,2}\)?\]?$", row.core) is not None
