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


def spellings(texts: list[str]) -> list[int]:
    """The cost of the likeliest division of each text, in the model's symbols, into words, each by itself.

    >>> right, wrong = spellings(["现实利益", "现实里益"])
    >>> right < wrong
    True
    """
    first, last = min(texts, default=""), max(texts, default="")
    shared = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    begun = _divided([0], first[:shared])
    return [_divided(begun[:], text)[-1] for text in texts]


def _divided(least: list[int], text: str) -> list[int]:
    """The cost of each beginning of `text`, by its length, where those of its first beginnings are known."""
    known = lexicon().get
    for end in range(len(least), len(text) + 1):
        char = text[end - 1]
        found = least[end - 1] + known(char, OTHER if char < "\u3400" else UNKNOWN)
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            cost = known(text[start:end])
            if cost is not None and least[start] + cost < found:
                found = least[start] + cost
        least.append(found)
    return least
