"""The folded view: one code point for one, so that a position in the view is a position in the text.

Rules are written once, in simplified characters and ASCII punctuation, and match pages of any script and width.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# Marks that have no ASCII form at U+FF01–FF5E, or one that differs from it, and that rules want to see as one.
_MARKS = {"\N{IDEOGRAPHIC SPACE}": " ", "\N{NO-BREAK SPACE}": " ", "\N{PRESENTATION FORM FOR VERTICAL COLON}": ":"}


@cache
def simplified() -> dict[int, str]:
    """Traditional to simplified, one for one, for `str.translate` (OpenCC t2s; see tools/make_fold_table.py)."""
    source = Path(__file__).with_name("data") / "fold.txt"
    traditional, simple = source.read_text(encoding="utf-8").splitlines()
    return dict(zip(map(ord, traditional), simple, strict=True))


# From this length on numpy's 3 µs a call are less than it saves. `qingwen fix`, which has to start at once, folds none.
_LONG = 96
# Longer texts are folded in pieces of so many characters: each takes twelve bytes a character meanwhile.
_PIECE = 2**20


@cache
def _forms(widths: bool = True) -> dict[int, str]:
    """What each character becomes: its simplified form, and with `widths` its half-width one."""
    if not widths:
        return simplified()
    narrow = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    return simplified() | narrow | {ord(mark): ascii_form for mark, ascii_form in _MARKS.items()}


@cache
def _table(widths: bool = True) -> list[int]:
    """The code point of the form of each code point of the basic plane. `str.translate` reads a list twice as fast as
    a dict that most characters are not in, for each of those raises an error within."""
    forms = _forms(widths)
    return [ord(forms.get(code, chr(code))) for code in range(0x10000)]


@cache
def _array(widths: bool = True) -> NDArray[numpy.uint32]:
    """The same as an array, with the plane of emoji behind it."""
    import numpy

    return numpy.array([*_table(widths), *range(0x10000, 0x20000)], "<u4")


@cache
def _foldable() -> re.Pattern[str]:
    """Characters that have another form. Those beyond the basic plane, which `re` would try one by one, are a range."""
    inside = "".join(chr(code) for code in sorted(_forms()) if code < 0x10000)
    return re.compile(f"[{re.escape(inside)}{_BEYOND}]")


_BEYOND = "\U00020000-\U000323af"
_HAS_BEYOND = re.compile(f"[{_BEYOND}]")


def fold(text: str) -> str:
    """`text` in simplified characters and half-width forms, with the same length and line ends.

    >>> fold("來源：中國　ＡＢＣ！")
    '来源:中国 ABC!'
    """
    if len(text) < _LONG:
        return _translated(text) if _foldable().search(text) else text
    return _looked_up(text)


def simplify(text: str) -> str:
    """`text` with each traditional character in simplified form, whatever word it stands in.

    >>> simplify("乾隆皇后的頭髮！")
    '干隆皇后的头发！'
    """
    # Where nothing has been folded, as in `qingwen fix`, numpy has not been loaded and is not waited for.
    has_numpy = _array.cache_info().currsize > 0
    return _looked_up(text, False) if has_numpy and len(text) >= _LONG else _translated(text, False)


def _translated(text: str, widths: bool = True) -> str:
    return text.translate(_forms(widths) if _HAS_BEYOND.search(text) else _table(widths))


def _looked_up(text: str, widths: bool = True) -> str:
    """The forms by an array: many times as fast as `str.translate`."""
    import numpy

    if len(text) > _PIECE:
        return "".join(_looked_up(text[start : start + _PIECE], widths) for start in range(0, len(text), _PIECE))
    codes = numpy.frombuffer(codecs.utf_32_le_encode(text, "surrogatepass")[0], "<u4")
    try:
        found = _array(widths).take(codes)
    except IndexError:  # a character beyond the planes of the array
        return text.translate(_forms(widths))
    return codecs.utf_32_le_decode(found.data, "surrogatepass")[0]
