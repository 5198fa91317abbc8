"""HTML as a reader sees it: a line a block, in document order, nothing judged yet but for an extractor's verdict."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tasks.expressions import seldom

# Elements whose content nobody sees (HTML Living Standard, 15.3.1, and those whose content is a fallback or a
# program).
UNSEEN = frozenset(
    {
        "head",
        "script",
        "style",
        "template",
        "noscript",
        "noframes",
        "noembed",
        "iframe",
        "object",
        "applet",
        "audio",
        "video",
        "canvas",
        "svg",
        "datalist",
        "rp",
        "area",
        "param",
        "source",
        "track",
        "meta",
        "link",
        "base",
        "title",
    }
)
# Elements that begin and end a line (15.3.3 and following: display other than inline).
BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "html",
        "legend",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "plaintext",
        "pre",
        "search",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "xmp",
    }
)
BREAKS = frozenset({"br", "hr"})
_PRESERVED = frozenset({"pre", "textarea", "listing", "xmp", "plaintext"})
# What may stand in a table's row without making it more than one line.
_ROW_PARTS = frozenset({"tr", "td", "th"})
_NOT_IN_ROW = tuple((BLOCKS - _ROW_PARTS) | BREAKS)
# A page of news has 500 to 5,000 tags; the tree takes 150 bytes or so for each.
_MOST_TAGS = 1_000_000
_SHOWN_VALUES = frozenset({"submit", "button", "reset"})
_HIDDEN_STYLE = seldom(r"(?i)(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden)")
_SPACE = seldom(r"[ \t\n\r\f]+")
# A line break between two wide characters is no space (CSS Text 3, 4.1.3).
_WIDE = "[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U00020000-\U000323af]"
_BREAK_BETWEEN_WIDE = seldom(rf"(?<={_WIDE})[ \t\r\f]*\n[ \t\n\r\f]*(?={_WIDE})")
# An alt or title text carries words if it has two letters that are not a file's name or a link.
_WORDS = seldom(r"[^\W\d_].*[^\W\d_]", re.DOTALL)
_FILE_NAME = seldom(r"(?i)\s*(?:[\w.\-]+\.(?:jpe?g|png|gif|bmp|webp|svg|ico|swf|html?|docx?|pdf)|https?://\S*)\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a reader sees, and the block element that it stands in (`alt` for alt and title texts)."""

    text: str
    tag: str


def parse(text: str) -> Any | None:
    """The element tree of an HTML document, without comments and instructions; None if the parser could not take it
    all, or made no element of it, as of a comment that is never closed.

    It stops at 2,048 elements in each other, which no reader's page has; a tree of more than `_MOST_TAGS` tags would
    take gigabytes. Such a page is read by `tasks/decode/flat.py`.
    """
    if text.count("<") > _MOST_TAGS:
        return None
    import lxml.html
    from lxml import etree

    # Without huge_tree the parser drops texts of more than 10 MB; the size of a page is bounded before this.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    # One class for all elements: to look for that of a form or a label calls Python each time that an element is met.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement))
    # The parser stops at a zero byte; browsers drop it (HTML Living Standard, 13.2.5.1 and 13.2.6.4.7).
    source = text.replace("\x00", "").encode("utf-8", "replace")
    try:
        tree = lxml.html.document_fromstring(source, parser=parser, ensure_head_body=True)
    except etree.ParserError:
        return None
    return None if any("depth" in entry.message for entry in parser.error_log) else tree


def visible_lines(tree: Any) -> list[Line]:
    """The lines that a reader of the document sees, none of them empty.

    What stands above other text stands in brackets behind it.

    >>> [line.text for line in visible_lines(parse("<p>春<b>天</b>来了<br>真好<table><tr><td>甲<td>乙</table>"))]
    ['春天来了', '真好', '甲\\t乙']
    >>> [line.text for line in visible_lines(parse("<p><ruby>水<rp>(</rp><rt>shuǐ</rt><rp>)</rp></ruby>塔"))]
    ['水(shuǐ)塔']
    """
    lines = _walk(tree, heed_hidden=True)
    # A page that is hidden until a script has run is seen all the same.
    return lines or _walk(tree, heed_hidden=False)


def _walk(tree: Any, heed_hidden: bool) -> list[Line]:
    from lxml import etree

    writer = _Writer()
    walker = etree.iterwalk(tree, events=("start", "end"))
    skipped = None
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in UNSEEN or (heed_hidden and _is_hidden(element, tag)):
                walker.skip_subtree()
                skipped = element
            else:
                writer.start(element, tag)
        else:
            if skipped is element:
                skipped = None
            else:
                writer.end(tag)
            writer.text(element.tail)
    writer.flush()
    return writer.lines


def _is_hidden(element: Any, tag: str) -> bool:
    if not element.keys():
        return tag == "dialog"
    if element.get("hidden") is not None or (tag == "dialog" and element.get("open") is None):
        return True
    style = element.get("style")
    return style is not None and _HIDDEN_STYLE.search(style) is not None


class _Writer:
    """Gathers text into lines as the walk meets it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._parts: list[str] = []
        self._tags = ["body"]
        self._cells: list[str] | None = None  # of the row at hand, where it is one line
        self._preserved = 0
        self._glosses = False  # whether the text at hand stands above other text
        self._asides: list[str] = []  # alt and title texts, until the line at hand ends

    def start(self, element: Any, tag: str) -> None:
        """An element begins."""
        if tag in BREAKS:
            self.flush()
        elif tag in ("td", "th") and self._cells is not None:
            self._end_cell()
        elif tag in BLOCKS:
            self.flush()
            self._tags.append(tag)
            if tag == "tr" and next(element.iter(*_NOT_IN_ROW), None) is None:
                self._cells = []
        self._preserved += tag in _PRESERVED
        if tag == "rt" and not self._glosses and any(text.strip() for text in element.itertext()):
            self._glosses = True
            self.text("(")
        if element.keys():
            for name in ("alt", "title"):
                self._aside(element.get(name))
            if tag == "input" and (element.get("type") or "").lower() in _SHOWN_VALUES:
                self.text(element.get("value"))
        self.text(element.text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in ("td", "th") and self._cells is not None:
            self._end_cell()
        elif tag in BLOCKS:
            self.flush()
            if len(self._tags) > 1:
                self._tags.pop()
        self._preserved -= tag in _PRESERVED
        if tag == "rt" and self._glosses:
            self._glosses = False
            self.text(")")

    def text(self, text: str | None) -> None:
        """Text of the line at hand."""
        if text:
            self._parts.append(text)

    def flush(self) -> None:
        """End the line at hand."""
        if not self._parts and self._cells is None and not self._asides:
            return
        text = "".join(self._parts)
        self._parts.clear()
        if self._cells is not None:
            cells = [*self._cells, collapsed(text)]
            self._cells = None
            text = "\t".join(cell for cell in cells if cell)
            self._add(text, "tr")
        elif self._preserved:
            for line in text.splitlines():
                self._add(line.rstrip(), self._tags[-1])
        else:
            self._add(collapsed(text), self._tags[-1])
        self._flush_asides(text)

    def _add(self, text: str, tag: str) -> None:
        if text.strip():
            self.lines.append(Line(text, tag))

    def _end_cell(self) -> None:
        if self._cells is not None and self._parts:
            self._cells.append(collapsed("".join(self._parts)))
            self._parts.clear()

    def _aside(self, text: str | None) -> None:
        if text and _WORDS.search(text) and not _FILE_NAME.fullmatch(text):
            self._asides.append(collapsed(text))

    def _flush_asides(self, line: str) -> None:
        """Alt and title texts as lines of their own, but for those that only repeat what is seen."""
        if self._asides:
            seen = _SPACE.sub("", line)
            for text in dict.fromkeys(self._asides):
                if _SPACE.sub("", text) not in seen:
                    self._add(text, "alt")
            self._asides.clear()


def collapsed(text: str) -> str:
    """White space as a browser collapses it."""
    if "\n" in text:
        text = _BREAK_BETWEEN_WIDE.sub("", text)
    return _SPACE.sub(" ", text).strip(" ")
