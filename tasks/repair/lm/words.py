"""A dictionary score: how surprising is a text as a row of words?

The words are the second part of `model.bin`: the cost of each of them, in code point order, then the words themselves,
in UTF-8 with line feeds between. They are in simplified script, of up to `LONGEST_WORD` characters.
"""

from __future__ import annotations

import zlib
from functools import cache
from io import SEEK_CUR

from tasks.repair.lm import UNKNOWN, opened

LONGEST_WORD = 4
OTHER = 80  # the cost of a character that is no hanzi: 5 nats, about that of a mark


@cache
def lexicon() -> dict[str, int]:
    """The cost of each word, in the model's steps; read once, when first asked for."""
    (*_, count, trigrams), file = opened()
    file.seek(trigrams, SEEK_CUR)
    data = zlib.decompress(file.read())
    return dict(zip(data[count:].decode().split("\n"), data[:count], strict=True))


def spelling(text: str) -> int:
    """The cost of the likeliest division of `text`, in the model's symbols, into words, each by itself.

    >>> spelling("现实利益") < spelling("现实里益")
    True
    """
    words = lexicon()
    least = [0]
    for end, char in enumerate(text, 1):
        found = least[end - 1] + words.get(char, OTHER if char < "\u3400" else UNKNOWN)
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            if (cost := words.get(text[start:end])) is not None:
                found = min(found, least[start] + cost)
        least.append(found)
    return least[-1]
