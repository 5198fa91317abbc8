"""Markdown's marks in lines of plain text: found where a page is written in Markdown, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks.expressions import seldom
from tasks.lines import Line
from tasks.segment.paragraphs import BOLD

_ATX = seldom(r"#{1,6}[ \t\u3000\xa0]+(?=[^\s#>`~,。，、；;!?！？》”」』)）】%.·])")
_QUOTE = seldom(r">[ \t]?(?=[^\s#>`~])")
_CLOSING = seldom(r"[ \t]+#{1,6}$")
_RULE = seldom(r"(?:-{3,}|\*{3,}|_{3,}|={3,})$")
# Emphasis: the run of asterisks that opens is the run that closes, and nothing inside begins a mark of its own.
_EMPHASIS = seldom(r"(?<!\*)(\*{1,3})(?![\s*#>`~|+=_,。，、；;!?！？》”」』)）】%.·-])([^*\n]++)(?<!\s)\1(?!\*)")
_IMAGE = seldom(r"!\[([^\[\]\n]{0,200}+)\]\([^()\s]{0,2000}+(?: \"[^\"\n]{0,200}+\")?\)")
_LINK = seldom(
    r"(?<![!\]\\])\[([^\[\]\n]{1,300}+)\]\((?:https?:|/|\./|\.\./|#|mailto:)[^()\s]{0,2000}+(?: \"[^\"\n]{0,200}+\")?\)"
)
_SURE_LINK = seldom(r"\]\((?:https?:|/|\./|\.\./|#|mailto:)")
_BOLD_LINE = seldom(r"\*\*(?![\s*])[^*\n]++\*\*")
_HAN = seldom("[\u3400-\u9fff\uf900-\ufaff]")
# A heading is short; a line of code with a comment mark before a long remark is no heading. Longest heading in our
# samples of official documents: 61 characters.
_LONGEST_HEADING = 100
_LONGEST_WRAPPED = 60
_WRAPPED_LINES = 3


@dataclass(frozen=True, slots=True)
class Marks:
    """What Markdown says of a line: `cuts` are (start, end, replacement) in it, in order; the rest as in Paragraph."""

    cuts: tuple[tuple[int, int, str], ...] = ()
    mark: int = 0
    label: int = 0
    wrapped: bool = False


@dataclass(slots=True)
class _Page:
    lines: Sequence[Line]
    verbatim: frozenset[int]
    found: dict[int, Marks] = field(default_factory=dict)


def fenced(lines: Sequence[Line]) -> frozenset[int]:
    """The numbers of the lines inside a fenced block of code, its fences included; a fence that never closes is text.

    >>> from tasks.ledger import Ledger
    >>> from tasks.lines import lines_of
    >>> sorted(fenced(lines_of(Ledger.of("甲\\n```\\nx = 1\\n```\\n乙\\n```"))))
    [1, 2, 3]
    """
    inside: set[int] = set()
    opened, fence = -1, ""
    for number, line in enumerate(lines):
        start = line.text.strip()[:3]
        if opened < 0 and start in ("```", "~~~"):
            opened, fence = number, start
        elif opened >= 0 and start == fence:
            inside.update(range(opened, number + 1))
            opened = -1
    return frozenset(inside)


def marks_of(lines: Sequence[Line], verbatim: frozenset[int]) -> dict[int, Marks]:
    """Markdown's marks by line number; empty where the page shows no sure sign of Markdown.

    Signs: a heading of one to six `#` and a space, a line that begins with bold text, a link with an address. Without
    one, `张**、李**` is two masked names and `#` a number sign.

    >>> from tasks.ledger import Ledger
    >>> from tasks.lines import lines_of
    >>> found = marks_of(lines_of(Ledger.of("## 水利\\n修了**三座**水库")), frozenset())
    >>> {number: marks.cuts for number, marks in found.items()}
    {0: ((0, 3, ''),), 1: ((2, 4, ''), (6, 8, ''))}
    """
    page = _Page(lines, verbatim)
    if not any(_sure_sign(page, number) for number in range(len(lines))):
        return {}
    for number, line in enumerate(lines):
        if number not in page.found and number not in verbatim and _SPECIAL.search(line.text):
            page.found[number] = _wrapped_bold(page, number) or _line_marks(page, number)
    return {number: marks for number, marks in page.found.items() if marks != Marks()}


_SPECIAL = seldom(r"[*#>=]|\]\(|---|___")


def _sure_sign(page: _Page, number: int) -> bool:
    text = page.lines[number].text.strip()
    if number in page.verbatim or not text:
        return False
    if text[0] == "#":
        return _is_heading(page, number)
    return (text[0] == "*" and _opens_bold(page, number)) or ("](" in text and _SURE_LINK.search(text) is not None)


def _opens_bold(page: _Page, number: int) -> bool:
    return _BOLD_LINE.match(page.lines[number].text.strip()) is not None or _bold_end(page, number) > 0


def _is_heading(page: _Page, number: int) -> bool:
    """A short line after `#`s, and not a remark in code: code's next line begins in ASCII and has no Chinese."""
    text = page.lines[number].text.strip()
    if len(text) > _LONGEST_HEADING or not _ATX.match(text):
        return False
    after = page.lines[number + 1].text if number + 1 < len(page.lines) else ""
    return (
        not after.strip()
        or _HAN.search(after) is not None
        or not after.strip()[0].isascii()
        or after.strip()[0] in "#*!->|"
    )


def _bold_end(page: _Page, number: int) -> int:
    """The number of the line where a bold run that opens this line and does not close in it closes, or 0."""
    text = page.lines[number].text.strip()
    if not text.startswith("**") or text.count("**") != 1 or not 2 < len(text) <= _LONGEST_WRAPPED:
        return 0
    for later in range(number + 1, min(number + _WRAPPED_LINES, len(page.lines))):
        text = page.lines[later].text.strip()
        if not 2 < len(text) <= _LONGEST_WRAPPED or later in page.verbatim or not _HAN.search(text):
            return 0
        if "*" in text:
            return later if text.endswith("**") and text.count("*") == 2 and text[-3] not in " \t" else 0
    return 0


def _wrapped_bold(page: _Page, number: int) -> Marks | None:
    """Mark all the lines of a heading whose bold runs over several lines; the first line's marks are given back."""
    last = _bold_end(page, number)
    if not last:
        return None
    for later in range(number + 1, last + 1):
        text = page.lines[later].text
        end = len(text.rstrip())
        page.found[later] = Marks(((end - 2, end, ""),) if later == last else (), BOLD, wrapped=later < last)
    start = len(page.lines[number].text) - len(page.lines[number].text.lstrip())
    return Marks(((start, start + 2, ""),), BOLD, wrapped=True)


def _line_marks(page: _Page, number: int) -> Marks:
    text = page.lines[number].text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if _RULE.match(text[start:end]):
        return Marks(((start, end, ""),))
    cuts, level = _prefix(page, number, start)
    body = cuts[-1][1] if cuts else start
    closing = _CLOSING.search(text, body, end) if level else None
    if closing:
        end = closing.start()
    inline = _inline(text, body, end)
    whole = _whole_bold(text, body, end)
    cuts += inline
    if closing:
        cuts.append((closing.start(), closing.end(), ""))
    label = 0 if whole else _label(text, body)
    return Marks(tuple(cuts), level or (BOLD if whole else 0), label)


def _prefix(page: _Page, number: int, start: int) -> tuple[list[tuple[int, int, str]], int]:
    text = page.lines[number].text
    quote = _QUOTE.match(text, start)
    if quote:
        return [(quote.start(), quote.end(), "")], 0
    atx = _ATX.match(text, start) if _is_heading(page, number) else None
    return ([(atx.start(), atx.end(), "")], text[start : atx.end()].count("#")) if atx else ([], 0)


def _whole_bold(text: str, start: int, end: int) -> bool:
    bold = _EMPHASIS.match(text, start)
    return bold is not None and len(bold[1]) >= 2 and bold.end() == end


def _label(text: str, start: int) -> int:
    bold = _EMPHASIS.match(text, start)
    return len(bold[2]) if bold and len(bold[1]) >= 2 else 0


def _inline(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """The cuts for emphasis, links and images in `text[start:end]`."""
    cuts: list[tuple[int, int, str]] = []
    if "](" in text:
        cuts += [(image.start(), image.end(), _words(image[1])) for image in _IMAGE.finditer(text, start, end)]
        for link in _LINK.finditer(text, start, end):
            cuts += [(link.start(), link.start(1), ""), (link.end(1), link.end(), "")]
    if "*" in text:
        for bold in _EMPHASIS.finditer(text, start, end):
            if _is_emphasis(text, bold):
                width = len(bold[1])
                cuts += [(bold.start(), bold.start() + width, ""), (bold.end() - width, bold.end(), "")]
    return _apart(sorted(cuts))


def _words(alternative: str) -> str:
    """An image's text, if it carries words rather than a file name."""
    return alternative.strip() if _HAN.search(alternative) and alternative.strip()[:1] not in "#>`~*|-+=" else ""


def _is_emphasis(text: str, found: re.Match[str]) -> bool:
    """Not `2**3` or `5*3*2`: an asterisk between ASCII letters or digits multiplies; one alone needs Chinese inside."""
    if len(found[1]) == 1 and not _HAN.search(found[2]):
        return False
    before, after = (
        text[found.start() - 1 : found.start()] if found.start() else "",
        text[found.end() : found.end() + 1],
    )
    opens = not (_ascii_word(before) and _ascii_word(found[2][0]))
    return opens and not (_ascii_word(found[2][-1]) and _ascii_word(after))


def _ascii_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _apart(cuts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """`cuts` without those that overlap an earlier one (emphasis inside an image's text)."""
    kept: list[tuple[int, int, str]] = []
    for cut in cuts:
        if not kept or cut[0] >= kept[-1][1]:
            kept.append(cut)
    return kept
