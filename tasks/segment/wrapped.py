"""Lines of text wrapped at a constant width."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tasks.chars import CharSet
from tasks.expressions import seldom
from tasks.segment.asides import aside
from tasks.segment.numbering import number
from tasks.segment.paragraphs import Paragraph

# Columns of a wrapped line. Narrower are verses and headings; wider than any terminal, mail or print column.
_NARROWEST = 36
_WIDEST = 110
# A line may be short of the width by one character and a hanging mark, a long ASCII word aside.
_SLACK = 4
_OPEN_SHARE = 0.5
# Where text is wrapped hardly a line is wider; where it is not, paragraphs are.
_WIDER_SHARE = 0.1
_FEWEST_WRAPS = 2
_WORD_END = re.compile(r"[\u3400-\u9fffA-Za-z0-9%]$")
_WIDE = CharSet("[^\x00-\xff]", 0x10000, 0x10FFFF)
_MEASURES = frozenset("个件家名人次天年月元万亿条项场户吨米倍度套台间座亩公千百多余")
_LABEL = seldom(r"[^\s,。!?;:]{1,14}:")
# Of the paragraphs that wrapping gives so many end as sentences do.
_CLOSED_SHARE = 0.6


def wrapped_lines(paragraphs: Sequence[Paragraph], unfinished: Sequence[int]) -> dict[int, str]:
    """Line ends of text wrapped at a constant width, by the number of the line before them. `unfinished` are the lines
    but the last that do not end in a final mark.

    >>> from tasks.script.fold import fold
    >>> text = "渠水从山上引下来，一路穿过七个村子和两座石桥，到镇口分成三股，各去各的田里，从没有断过。"
    >>> lines = [text[:18], text[18:36], text[36:]]
    >>> wrapped_lines([Paragraph(line, fold(line)) for line in lines], [0, 1])
    {0: 'lines wrapped at 36 columns', 1: 'lines wrapped at 36 columns'}
    """
    if not any(map(_may_be_full, [paragraphs[at] for at in unfinished])):
        return {}  # some lines of wrapped text end within a sentence
    columns = [_columns(one) if len(one.text) <= _WIDEST and _fits(one) else 0 for one in paragraphs]
    width = _usual_width(columns)
    if not width:
        return {}
    known = zip(paragraphs, columns, strict=True)
    wider = sum(len(paragraph.text) > width or (count or _columns(paragraph)) > width for paragraph, count in known)
    if wider > _WIDER_SHARE * len(paragraphs):
        return {}
    full = [width - _SLACK <= count <= width for count in columns]
    marked = any(paragraph.gap or paragraph.indent for paragraph in paragraphs[1:])
    places = (at for at in range(len(paragraphs) - 1) if full[at] and columns[at + 1])
    wraps = [at for at in places if _wraps(paragraphs, at, marked)]
    # Wrapped prose ends its lines wherever they are full, and its paragraphs with a sentence; verse and lists do not.
    inside = [at for at in wraps if _WORD_END.search(paragraphs[at].folded)]
    ends = [at + 1 for at in wraps if not full[at + 1]]
    if len(wraps) < _FEWEST_WRAPS or len(inside) < _OPEN_SHARE * len(wraps):
        return {}
    if not ends or sum(paragraphs[at].closed for at in ends) < _CLOSED_SHARE * len(ends):
        return {}
    return dict.fromkeys(wraps, f"lines wrapped at {width} columns")


def _may_be_full(paragraph: Paragraph) -> bool:
    """Whether a line may be a full one, neither too short nor too long, that ends within a sentence."""
    most = paragraph.indent + 2 * len(paragraph.text)
    long = most >= _NARROWEST - _SLACK and len(paragraph.text) <= _WIDEST
    return long and _WORD_END.search(paragraph.folded[-1:]) is not None


def _fits(paragraph: Paragraph) -> bool:
    """Whether a line, which is no longer than such lines, may be one of wrapped text."""
    return len(paragraph.text) > 2 and not paragraph.heading_level and not paragraph.cell


def _usual_width(columns: Sequence[int]) -> int:
    """The width that most lines come up to, if it is that of a column of text; else 0."""
    counts = Counter([count for count in columns if _NARROWEST <= count <= _WIDEST])
    if not counts:
        return 0
    near = {width: sum(counts.get(less, 0) for less in range(width - _SLACK, width + 1)) for width in counts}
    width = max(near, key=lambda one: (near[one], one))
    return width if near[width] > _FEWEST_WRAPS - 1 else 0


def _wraps(paragraphs: Sequence[Paragraph], at: int, marked: bool) -> bool:
    """Whether a full line goes on in the next, which fits: no blank line, indent, number or label stands between."""
    before, after = paragraphs[at], paragraphs[at + 1]
    if after.gap or after.indent > min(before.indent, 1) or _is_numbered(after.folded, before.closed):
        return False
    if before.folded[-1] in ")]】" and aside(paragraphs, at):
        return False
    return not before.closed or (marked and not _LABEL.match(after.folded))


def _is_numbered(folded: str, fresh: bool) -> bool:
    """Whether a line begins with a number, and not with a quantity within a sentence: 12 个村."""
    found = number(folded)
    return found is not None and (fresh or found.style != "spaced" or folded[found.end] not in _MEASURES)


def _columns(paragraph: Paragraph) -> int:
    """The width of a line on a terminal, its indent included."""
    return paragraph.indent + len(paragraph.text) + _WIDE.count(paragraph.text)
