"""Rows above a text that look like its title and are not: headlines, names, words of interfaces it has nothing of."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.strip.about.journals import writers
from tasks.strip.about.title_looks import may_be_title
from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Row, Sheet
from tasks.strip.signs import sign
from tasks.surnames import MOST

# So many headlines above a text that has no more of their pairs than this are other articles'.
HEADLINES, STRANGE = 4, 0.1
# Writers' names, mostly, have so many characters; a row of words of interfaces no more than that.
NAME_CHARS, SITE_CHARS = (2, 3), 6


def untitled(sheet: Sheet, head: Sequence[Row]) -> bool:
    """Whether what stands above the text, `head`, does not begin with its title, as far as the text tells.

    >>> from tasks.ledger import Ledger
    >>> from tasks.lines import lines_of
    >>> from tasks.strip.sheet import rows_of
    >>> page = "热门评论\\n" + "镇上的鱼灯用竹子扎成,今年在河边展出。" * 6
    >>> sheet = Sheet.of(rows_of(lines_of(Ledger.of(page), ())))
    >>> untitled(sheet, sheet.rows[:1])
    True
    """
    first = head[0].core
    of_site = len(first) <= SITE_CHARS and sign(first) >= 1
    headlines = len(head) >= HEADLINES and all(map(may_be_title, head))
    names = writers(first) if len(head) == 1 else ()
    signed = bool(names) and all(len(name) in NAME_CHARS and name[0] in MOST for name in names)
    if not (of_site or headlines or signed) or sheet.first == len(sheet.rows):
        return False
    text = Likeness(row for row in sheet.rows[sheet.first : sheet.last + 1] if row.prose)
    if not text.enough:
        return False
    if (of_site or signed) and not text.share(first):
        return True
    return headlines and all(text.share(row.core) < STRANGE for row in head)
