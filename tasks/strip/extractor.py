"""What an extractor held to be furniture in HTML, less what must stay: the title and the article's own paragraphs."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.expressions import seldom
from tasks.strip.sheet import Claim, Row, Sheet

# A row that the extractor rejects stays if it is prose with so many Chinese characters: extractors drop whole articles
# where a page has no paragraphs. Teasers in lists of our layouts are shorter, or stand in a list.
KEPT_HAN = 40

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HAN = seldom(r"[\u3400-\u9fff]")
_FURNITURE_TAGS = frozenset(
    {"nav", "footer", "aside", "li", "a", "option", "button", "form", "label", "title", "alt", "select", "menu"}
)


def not_content(sheet: Sheet, title: Row | None) -> Iterator[Claim]:
    """Rows that the extractor rejects. If it rejects everything it has failed, and nothing goes."""
    if not any(row.line.block and row.line.block.content for row in sheet.rows):
        return
    heads = _heads(sheet)
    for at, row in enumerate(sheet.rows):
        block = row.line.block
        if block and not block.content and row is not title and at not in heads and not _article(row):
            yield Claim.whole(row, "outside the article that the extractor found")


def _heads(sheet: Sheet) -> set[int]:
    """Headings that the extractor rejects in the middle of its article: a paragraph of the article follows each."""
    heads: set[int] = set()
    waiting: list[int] = []
    inside = False
    for at, row in enumerate(sheet.rows):
        if row.line.block is None or not row.line.text.strip():
            continue
        if row.line.block.content:
            heads.update(waiting)
            waiting, inside = [], True
        elif inside and row.tag in _HEADINGS:
            waiting.append(at)
        else:
            waiting = []
    return heads


def _article(row: Row) -> bool:
    if not row.prose or row.tag in _FURNITURE_TAGS:
        return False
    return len(_HAN.findall(row.core)) >= KEPT_HAN
