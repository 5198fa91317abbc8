"""Letters of other alphabets inside Latin words: Gооgle with two Cyrillic letters."""

from __future__ import annotations

import re

from tasks.expressions import seldom

# Cyrillic and Greek letters and the Latin letters that no typeface tells them from (Unicode's confusables, UTS 39).
_CYRILLIC = "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁ"
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_LATIN = "ABESIJKMHOPCTYXaesijopcyxhd" + "ABEZHIKMNOPTYXo"
_LIKE = str.maketrans(_CYRILLIC + _GREEK, _LATIN)
_OTHER = seldom(f"[{_CYRILLIC}{_GREEK}]")
_WORD = seldom("[A-Za-z\u0370-\u03ff\u0400-\u052f]{2,40}")


def latin_words(text: str) -> str:
    """`text` with such letters made Latin in words that are Latin otherwise; other words stay.

    A word is left if any letter of it is not one that looks Latin, or if fewer than half are Latin: Δx, Москва.

    >>> latin_words("G\\N{CYRILLIC SMALL LETTER O}ogle, Москва, Δx") == "Google, Москва, Δx"
    True
    """
    return _WORD.sub(_latin, text) if _OTHER.search(text) else text


def _latin(match: re.Match[str]) -> str:
    word = match[0]
    own = sum(map(str.isascii, word))
    if own == len(word) or 2 * own < len(word):
        return word
    made = word.translate(_LIKE)
    return made if made.isascii() else word
