"""Whether text that something was trained on holds passages of the evaluation's texts.

tools/build_lm.py gives every training line to `leaked`, and stops at the first that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from evals.corpus import TEXTS
from tasks.script.fold import fold

# Sixteen hanzi in a row are a copied sentence; set phrases of statutes and reports are shared up to about twelve.
COPIED = 16


def grams(text: str) -> Iterator[str]:
    """Every run of `COPIED` hanzi of `text`, punctuation left out, in simplified script.

    >>> [*grams("春風又綠，江南岸邊的柳樹，一年一度新")]
    ['春风又绿江南岸边的柳树一年一度新']
    """
    hanzi = re.sub(r"[^\u3400-\u9fff]", "", fold(text))
    return (hanzi[i : i + COPIED] for i in range(len(hanzi) - COPIED + 1))


@cache
def _held() -> frozenset[str]:
    files = sorted(TEXTS.glob("*.txt"))
    return frozenset(gram for file in files for gram in grams(file.read_text(encoding="utf-8")))


def leaked(lines: Iterable[str]) -> list[str]:
    """The lines that share a run of hanzi with a text in evals/texts.

    >>> leaked(["今天天氣很好，適合出門散步，也適合在家讀書。"])
    []
    """
    held = _held()
    return [line for line in lines if any(gram in held for gram in grams(line))]
