"""The folded view: one code point for one, so that a position in the view is a position in the text.

Rules are written once, in simplified characters and ASCII punctuation, and match pages of any script and width.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

# Marks that have no ASCII form at U+FF01–FF5E, or one that differs from it, and that rules want to see as one.
_MARKS = {"\N{IDEOGRAPHIC SPACE}": " ", "\N{NO-BREAK SPACE}": " ", "\N{PRESENTATION FORM FOR VERTICAL COLON}": ":"}


@cache
def simplified() -> dict[int, str]:
    """Traditional to simplified, one for one, for `str.translate` (OpenCC t2s; see tools/make_fold_table.py)."""
    source = Path(__file__).with_name("data") / "fold.txt"
    traditional, simple = source.read_text(encoding="utf-8").splitlines()
    return dict(zip(map(ord, traditional), simple, strict=True))


@cache
def _table() -> dict[int, str]:
    widths = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    return simplified() | widths | {ord(mark): ascii_form for mark, ascii_form in _MARKS.items()}


def fold(text: str) -> str:
    """`text` in simplified characters and half-width forms, with the same length and line ends.

    >>> fold("來源：中國　ＡＢＣ！")
    '来源:中国 ABC!'
    """
    return text.translate(_table())
