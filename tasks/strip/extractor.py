"""What an extractor held to be furniture in HTML, less what must stay: the title and the article's own paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.strip.sheet import Claim, Row, Sheet

# A row that the extractor rejects stays if it is prose with so many Chinese characters: extractors drop whole articles
# where a page has no paragraphs. Teasers in lists of our layouts are shorter, or stand in a list.
KEPT_HAN = 40

_HAN = re.compile(r"[\u3400-\u9fff]")
_FURNITURE_TAGS = frozenset(
    {"nav", "footer", "aside", "li", "a", "option", "button", "form", "label", "title", "alt", "select", "menu"}
)


def not_content(sheet: Sheet, title: Row | None) -> Iterator[Claim]:
    """Rows that the extractor rejects. If it rejects everything it has failed, and nothing goes."""
    if not any(row.line.block and row.line.block.content for row in sheet.rows):
        return
    for row in sheet.rows:
        block = row.line.block
        if block and not block.content and row is not title and not _article(row):
            yield Claim.whole(row, "outside the article that the extractor found")


def _article(row: Row) -> bool:
    if not row.prose or row.tag in _FURNITURE_TAGS:
        return False
    return len(_HAN.findall(row.core)) >= KEPT_HAN
