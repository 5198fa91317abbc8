"""Mis-decoded text that is meant to be there: quoted, or shown on a page about it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.repair.mojibake.passages import Passage
from tasks.script.tables import HANZI

_OPENING, _CLOSING = "“‘「『《\"'`（(【", "”’」』》\"'`）)】"
# A quotation of mis-decoded text is a word or two; a longer passage in quotation marks is damage.
_QUOTED = 12
_HANZI = re.compile(f"[{HANZI}]")
_SPEAKS_OF_IT = re.compile(
    "[乱亂][码碼]|文字化け|[Mm]ojibake|(?:UTF-?8|GBK|GB2312|GB18030|Big5|BIG5|Latin-?1|Shift[-_]?JIS|[编編][码碼])"
    ".{0,20}(?:[读讀]|解[码碼]|[显顯]示|[误誤]|[错錯]|[变變]成|[当當][作成])"
)


def is_quoted(line: str, passage: Passage) -> bool:
    """Whether a passage is a short quotation in a line that has healthy text as well.

    >>> from tasks.repair.mojibake.passages import read
    >>> chain = (("gbk", "utf8"),)
    >>> [is_quoted(line, passage) for line in ("他把“鐢ㄦ埛”写在纸上", "“鐢ㄦ埛”") for passage in read(line, chain)]
    [True, False]
    """
    before, after = line[: passage.start].rstrip()[-1:], line[passage.end :].lstrip()[:1]
    quoted = before != "" and after != "" and before in _OPENING and after in _CLOSING
    outside = line[: passage.start] + line[passage.end :]
    return quoted and len(passage.tokens) <= _QUOTED and _HANZI.search(outside) is not None


def is_example(text: str, passages: Sequence[Passage]) -> bool:
    """Whether a page speaks of mis-decoded text, and most of it is not."""
    damaged = sum(passage.end - passage.start for passage in passages)
    return damaged > 0 and 2 * damaged < len(text) and _SPEAKS_OF_IT.search(text) is not None
