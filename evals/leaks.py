"""Whether text that something was trained on holds passages of the evaluation's texts.

    python -m evals.leaks FILE.txt[.xz] ...

checks the running text that the language model is built from and writes evals/leaks.json: the hash of the evaluation's
texts as they were then, and each file's hash and number of leaked lines. A test holds that record against the texts.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from evals.corpus import TEXTS
from tasks.script.fold import fold

# Sixteen hanzi in a row are a copied sentence; set phrases of statutes and reports are shared up to about twelve.
COPIED = 16
RECORD = Path(__file__).with_name("leaks.json")


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


def texts_hash() -> str:
    """SHA-256 over the evaluation's texts, in order of name."""
    held = hashlib.sha256()
    for file in sorted(TEXTS.glob("*.txt")):
        held.update(file.read_bytes())
    return held.hexdigest()


def check(files: list[Path]) -> dict[str, object]:
    """The record for `files`: UTF-8 lines, `.xz` or plain."""
    checked = {}
    for file in files:
        data = file.read_bytes()
        text = (lzma.decompress(data) if file.suffix == ".xz" else data).decode("utf-8")
        checked[file.name] = {"sha256": hashlib.sha256(data).hexdigest(), "leaked": len(leaked(text.splitlines()))}
    return {"texts": texts_hash(), "training": checked}


if __name__ == "__main__":
    record = check([Path(name) for name in sys.argv[1:]])
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
