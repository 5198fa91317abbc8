"""Tags of HTML that a page shows as text: a program wrote them in its place of text, or escaped them twice.

They leave before the page is cut into rows, so that what they hold is read as the rows that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.expressions import seldom
from tasks.records import Edit, Stage

# So many tags are no accident; a page about code shows them as well.
LEAST = 3
_TAG = (
    r"</?(?:p|br|div|span|strong|b|font|center|section|em|i|u|h[1-6]|a|img|td|th|tr|table|tbody|li|ul|ol|blockquote)"
    r"(?:\s[^<>\n]{0,400})?/?>"
)
_RUN = seldom(rf"(?>(?:{_TAG}|&nbsp;)[ \t\u3000]{{0,8}})+", re.IGNORECASE)
_ONE = seldom(_TAG, re.IGNORECASE)
# Those that part one line from the next.
_BREAKS = seldom(
    r"<br\b|</(?:p|div|h[1-6]|li|tr|section|center|blockquote|table)>|<(?:p|div|h[1-6]|li|tr)\b", re.IGNORECASE
)
_CODE = seldom(
    r"<!doctype|<html|<head|<body|<script|<style|<\?|<%|代码|源码|编程|前端|[对个种些落]标签|标签[里中的之内用写怎]|\b(?:HTML|CSS|JavaScript|XML|React|Vue)\b",
    re.IGNORECASE,
)
_HAN = seldom("[\u4e00-\u9fff]")
_WHY = "a tag that the page shows as text"


def tags(text: str) -> list[Edit]:
    """The layer that takes the tags out of `text`, and breaks the line where they did; empty where it shows code.

    >>> text = "<p>渡口昨天开船。</p><p>船上有<b>十二</b>个人。<br/>都说好。</p>"
    >>> from tasks.ledger import replay
    >>> replay(text, tags(text))
    '渡口昨天开船。\\n船上有十二个人。\\n都说好。'
    """
    if text.count("<") < LEAST or len(_ONE.findall(text)) < LEAST or _CODE.search(text) or not _HAN.search(text):
        return []
    return list(_edits(text))


def _edits(text: str) -> Iterator[Edit]:
    for run in _RUN.finditer(text):
        start, end = run.span()
        if "<" not in run[0]:
            continue
        inner = start > 0 and text[start - 1] != "\n" and end < len(text) and text[end] != "\n"
        after = "\n" if inner and _BREAKS.search(run[0]) else ""
        yield Edit(start, end, run[0], after, Stage.STRIP, "markup", why=_WHY)
