"""Which lines of an HTML page an extractor holds to be its content."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from tasks.decode.html import Line

# A line this long that stands inside an extracted paragraph is content; a shorter one ("更多") may stand there by
# chance and must be a paragraph of its own.
_LONG = 10
_TITLE = 4
# Of a page's characters, the share below which the extractor has missed the page rather than found it: of lists and
# short notices it often keeps nothing or one footer line.
_LEAST_SHARE = 0.08
_LEAST_CHARACTERS = 40
# Beyond so many elements, or so many in each other, a page is no article, and trafilatura, which takes time in the
# square of both, would take seconds: 1.4 s for a row of 15,000 cells, 3 s for 600 tables in each other.
_MOST_ELEMENTS = 15_000
_MOST_DEPTH = 200


def content_flags(tree: Any, lines: Sequence[Line]) -> list[bool]:
    """For each line whether trafilatura holds it content; all True where it found nothing, or too little to believe.

    The tree is used up: trafilatura changes it.
    """
    title = _packed(tree.findtext(".//title") or "")
    extracted = _extracted(tree) if _is_of_sane_size(tree) else ""
    paragraphs = [packed for line in extracted.split("\n") if (packed := _packed(line))]
    whole, exact = "\n".join(paragraphs), set(paragraphs)
    packed_lines = [_packed(line.text) for line in lines]
    flags = [packed in exact or (len(packed) >= _LONG and packed in whole) for packed in packed_lines]
    found = sum(len(packed) for packed, flag in zip(packed_lines, flags, strict=True) if flag)
    total = sum(map(len, packed_lines))
    if found < _LEAST_CHARACTERS or found < _LEAST_SHARE * total:
        return [True] * len(lines)
    return [
        flag or line.tag == "h1" or _heads(title, packed)
        for flag, line, packed in zip(flags, lines, packed_lines, strict=True)
    ]


def _packed(text: str) -> str:
    """Text without white space."""
    return "".join(text.split())


def _heads(title: str, packed: str) -> bool:
    """Whether a line is what the title element begins with: the article's heading, which extractors leave to
    metadata."""
    return len(packed) >= _TITLE and title.startswith(packed)


def _is_of_sane_size(tree: Any) -> bool:
    from lxml import etree

    depth = count = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > _MOST_DEPTH or count > _MOST_ELEMENTS:
            return False
    return True


@cache
def _options() -> Any:
    """What the extractor is asked for. Made for each page anew, it has its settings read each time."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", recall=True, comments=False, tables=True)


def _extracted(tree: Any) -> str:
    from trafilatura import bare_extraction

    try:
        document = bare_extraction(tree, options=_options())
    except Exception:  # A defect of the extractor's must cost its verdict only: the lines are all there already.
        return ""
    return getattr(document, "text", None) or ""
