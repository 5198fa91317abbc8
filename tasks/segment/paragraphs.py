"""What the steps of segmentation hand to one another: the page's paragraphs, one for every line of its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import repeat
from typing import NamedTuple

from tasks.expressions import seldom

BOLD = 7
"""`Paragraph.mark` of a line that is bold as a whole; 1 to 6 are Markdown's heading levels, 0 is no mark."""

FINAL = frozenset("。!?…;:")
"""Marks that end a sentence or announce what follows, in the folded view."""

CLOSERS = frozenset("”’」』》】)]〉〕\"'")
"""Marks that may stand after a final mark, and leave it open whether the sentence ended without one."""

_CLOSERS = "".join(CLOSERS)
_HEADING_TAGS = {f"h{level}": level for level in range(1, 7)}
_CELL_TAGS = frozenset({"li", "td", "th", "dt", "dd", "tr", "pre", "figcaption", "caption", "alt", "option"})
_BULLETS = frozenset("-*+•·●○◆◇■□▪▲△▼★☆※→►▶✓√")
_BULLET = seldom(rf"[{re.escape(''.join(_BULLETS))}]\s*\S")


class Paragraph(NamedTuple):
    """A line of the text after layout, without its line end, and what the layout said of it.

    `folded` is `text` in the folded view (tasks/script/fold.py), of the same length. `mark` is a heading level by
    Markdown, or BOLD; `label` how many characters at its start were bold; `tag` HTML's; `gap` whether a blank line
    stood before it; `indent` the columns of white space it began with; `verbatim` a line of code, which is left as it
    is; `wrapped` whether its bold goes on in the next line.
    """

    text: str
    folded: str
    mark: int = 0
    label: int = 0
    tag: str = ""
    gap: bool = False
    indent: int = 0
    verbatim: bool = False
    wrapped: bool = False

    @property
    def heading_level(self) -> int:
        """The level that HTML or Markdown gives this line as a heading, or 0."""
        return _HEADING_TAGS.get(self.tag, self.mark)

    @property
    def closed(self) -> bool:
        """Whether the line ends as a sentence does.

        >>> [Paragraph(text, text).closed for text in ("水退了。", "他说:“水退了。”", "水退了", "“水塔”")]
        [True, True, False, False]
        """
        return self.folded.rstrip(_CLOSERS)[-1:] in FINAL

    @property
    def cell(self) -> bool:
        """Whether the line is a row, a cell, an item or code: never part of running prose."""
        folded = self.folded
        return (
            self.verbatim
            or self.tag in _CELL_TAGS
            or "\t" in folded
            or (" " in folded and "   " in folded)
            or ("|" in folded and folded.count("|") > 1)
            or (folded[:1] in _BULLETS and _BULLET.match(folded) is not None)
        )


def plain_paragraphs(texts: Iterable[str], folded: Iterable[str]) -> list[Paragraph]:
    """The paragraphs of texts of which the layout said nothing: `Paragraph(text, folded)` of each, in half the time.

    >>> plain_paragraphs(["水退了。"], ["水退了。", ""]) == [Paragraph("水退了。", "水退了。")]
    True
    """
    nothing = map(repeat, Paragraph("", "")[2:])
    return list(map(tuple.__new__, repeat(Paragraph), zip(texts, folded, *nothing, strict=False)))
