"""One line end: "\\n"."""

from __future__ import annotations

from tasks.chars import CharSet
from tasks.expressions import seldom

# CR LF, CR, VT, FF, NEL, LS and PS: the mandatory breaks of Unicode (UAX #14, classes BK, CR, LF, NL). NEL between
# characters of Latin-1 is left: there it is a byte of UTF-8 that was read as Latin-1, which the repair brings back.
_OTHER = seldom("\r\n?|[\x0b\x0c\u2028\u2029]|(?<![\x80-\xff])\x85(?![\x80-\xff])")


# Characters that `_OTHER` needs to match at all: looking for these is many times as fast as the expression.
_NEEDED = CharSet("[\r\x0b\x0c\u2028\u2029\x85]")


def with_line_ends(text: str) -> str:
    """`text` with "\\n" as its only line end.

    >>> with_line_ends("a\\r\\nb\\rc\\u2028d")
    'a\\nb\\nc\\nd'
    """
    return _OTHER.sub("\n", text) if _NEEDED.find(text) >= 0 else text
