"""HTML without a tree: for documents that no parser should be given whole (absurd depth, millions of elements)."""

from __future__ import annotations

import html
import re

from tasks.decode.html import BLOCKS, BREAKS, Line, collapsed

# A tag, or a comment up to its end or the document's.
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,30})[^<>]*>|<!--|<[!?/][^<>]*>")
# Elements whose content ends only at their own end tag (HTML Living Standard, 13.2.5, raw text and RCDATA states).
_RAW = frozenset({"script", "style", "title", "template", "noscript", "iframe", "noframes", "noembed"})


def flat_lines(text: str) -> list[Line]:
    """The text between tags, a line a block, without the contents of scripts and the like. One pass.

    >>> flat_lines("<div><div>春天<script>x<y</script>来了<p>花开&amp;了")
    [Line(text='春天来了', tag='div'), Line(text='花开&了', tag='p')]
    """
    lines: list[Line] = []
    parts: list[str] = []
    block, position = "body", 0
    while match := _TAG.search(text, position):
        parts.append(text[position : match.start()])
        position = match.end()
        name = (match[2] or "").lower()
        if match[0] == "<!--":
            position = _after(text, "-->", position)
        elif name in _RAW and not match[1]:
            position = _after(text, f"</{name}", position)
        elif name in BLOCKS or name in BREAKS:
            _flush(lines, parts, block)
            block = name if name in BLOCKS and not match[1] else "body" if name in BLOCKS else block
    parts.append(text[position:])
    _flush(lines, parts, block)
    return lines


def _after(text: str, end: str, position: int) -> int:
    """Where what `end` closes is over: past it, or at the end of the text."""
    found = text.find(end, position)
    found = found if found >= 0 or not end.startswith("</") else text.find(end.upper(), position)
    close = text.find(">", found) if found >= 0 else -1
    return close + 1 if close >= 0 else len(text)


def _flush(lines: list[Line], parts: list[str], block: str) -> None:
    text = collapsed(html.unescape("".join(parts)))
    parts.clear()
    if text.strip():
        lines.append(Line(text, block))
