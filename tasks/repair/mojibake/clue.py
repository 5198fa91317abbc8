"""Where a text may hold mis-decoded passages: two compiled searches, which healthy Chinese text passes at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tasks.decode.score import everyday

# What healthy text is written in: the commoner hanzi of the table of decode (5,800), ASCII, the letters, marks and
# signs of all alphabets but Latin-1's own, kana, the 2,350 ordinary syllables of Korean. Of mis-decoded text of any
# chain one character in two is something else, but for GBK read as EUC-KR: syllables and hanzi in disorder.
_COMMON = 12.0
_SIGNS = "\\x00-\\xa0\u0100-\u31ff\u2000-\u2bff\uff01-\uff5e\ufe00-\ufe4f\U00010000-\U0010ffff°·×±÷§«»®©²³¹"
_HANGUL = "\uac00-\ud7a3"
_HANZI = "\u4e00-\u9fff"


@cache
def _syllables() -> str:
    """The syllables of KS X 1001."""
    pairs = (bytes((lead, trail)) for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF))
    return "".join(raw.decode("euc_kr", "ignore") for raw in pairs)


@cache
def _odd() -> re.Pattern[str]:
    odd = f"[^{_SIGNS}{re.escape(everyday(_COMMON))}{_syllables()}]"
    return re.compile(f"{odd}(?:{odd}|.{odd}|..{odd})")


_MIXED = re.compile(f"[{_HANGUL}][{_HANZI}]{{1,4}}[{_HANGUL}]")


def clues(text: str, start: int = 0) -> Iterator[int]:
    """Where two odd characters stand within four, or hanzi among Korean syllables: most of it is healthy.

    >>> list(clues("涓涓细流，鐢ㄦ埛"))
    [0, 5]
    """
    for pattern in (_odd(), _MIXED):
        for match in pattern.finditer(text, start):
            yield match.start()


def has_clue(text: str) -> bool:
    """Whether `clues` gives any.

    >>> has_clue("春天的花都开了"), has_clue("ÖÐ¹ú")
    (False, True)
    """
    return any(pattern.search(text) for pattern in (_odd(), _MIXED))
