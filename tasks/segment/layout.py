"""Layout leaves the text: blank lines, indents, trailing white space, Markdown's marks. A paragraph becomes a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.chars import CharSet
from tasks.expressions import seldom
from tasks.ledger import Ledger
from tasks.lines import Line, lines_of
from tasks.records import Block, Edit, Stage
from tasks.script.fold import fold
from tasks.segment.markdown import Marks, fenced, marks_of
from tasks.segment.paragraphs import Paragraph, plain_paragraphs

_NO_MARKS = Marks()
_SPACE = CharSet(r"\s")
_MAY_HAVE_MARKS = seldom(r"#[ \t\u3000\xa0]|\*\*|\]\(")
# A line of code shows itself by an indent, ASCII alone, and a mark that prose does not use so.
_INDENTS = frozenset("\t ")
_CODE = seldom(r"(?:\t| {2,})[!-~][ -~\t]*$")
_CODE_MARK = seldom(
    r"[(){}\[\];=<>]|^\s*(?:return|else|try|pass|break|import)\b|^\s*(?:for|while|if|elif|with|def|class|except)\b.{1,200}:$"
)
_Cut = tuple[int, int, str, str]
"""Start, end, replacement and kind of an edit inside a line."""
_COLUMNS = {"\N{IDEOGRAPHIC SPACE}": 2, "\t": 4}


def layout(ledger: Ledger, blocks: Sequence[Block] = ()) -> tuple[Ledger, list[Paragraph]]:
    """Make every paragraph one line that ends in "\\n", with no blank lines, indents or marks, but for code.

    The text of the ledger given back is the paragraphs' texts, each with a line end. Edits are of stage segment, of the
    kinds blank_line, indent, trailing_space, markdown and line_end. Code (`pre`, a fenced block, an indented line of
    ASCII) stays as it is.

    >>> ledger, paragraphs = layout(Ledger.of("# 水利\\n\\n　　修了**三座**水库。  "))
    >>> ledger.text
    '水利\\n修了三座水库。\\n'
    >>> [(paragraph.mark, paragraph.indent) for paragraph in paragraphs]
    [(1, 0), (0, 4)]
    """
    if not blocks and _is_laid_out(ledger.text):
        return ledger, plain_paragraphs(ledger.text.split("\n")[:-1], fold(ledger.text).split("\n"))
    lines = lines_of(ledger, blocks)
    fences = fenced(lines) if _may_have_fences(ledger.text) else frozenset[int]()
    marks = marks_of(lines, fences) if not blocks and _may_have_marks(ledger.text) else {}
    edits: list[Edit] = []
    paragraphs: list[Paragraph] = []
    blank = False
    for number, line in enumerate(lines):
        if number in fences or ((line.block or line.text[:1] in _INDENTS) and _is_code(line)):
            paragraphs.append(Paragraph(line.text, line.folded, tag=_tag(line), gap=blank, verbatim=True))
            blank = False
            continue
        if number not in marks and _is_bare(line.text):
            paragraphs.append(Paragraph(line.text, line.folded, 0, 0, _tag(line), blank))
            blank = False
            continue
        paragraph, layer = _line(line, marks.get(number, _NO_MARKS), blank)
        if paragraph:
            paragraphs.append(paragraph)
        edits += layer
        blank = paragraph is None
    if lines and lines[-1].end - lines[-1].start == len(lines[-1].text) and not blank:
        edits.append(_edit(len(ledger.text), "", "\n", "line_end"))
    return ledger.then(_merged(edits)), paragraphs


def _is_laid_out(text: str) -> bool:
    """Whether a text is paragraphs and nothing else already: no marks, and no white space but between words."""
    if not text.endswith("\n") or text[0].isspace() or _SPACE.find(text, 0, 2) >= 0:
        return False
    return not (_may_have_fences(text) or _may_have_marks(text))


def _may_have_fences(text: str) -> bool:
    return ("`" in text and "```" in text) or ("~" in text and "~~~" in text)  # one character is found in no time


def _may_have_marks(text: str) -> bool:
    signs = "#" in text or "*" in text or "]" in text  # looked for many times as fast as the expression
    return signs and _MAY_HAVE_MARKS.search(text) is not None


def _is_bare(text: str) -> bool:
    """Whether nothing leaves a line that has no marks: there is no white space at either end."""
    return bool(text) and not (text[0].isspace() or text[-1].isspace())


def _line(line: Line, marks: Marks, gap: bool) -> tuple[Paragraph | None, list[Edit]]:
    """What is left of a line, or None if nothing is, and the edits that take the rest away."""
    if not line.text and line.end > line.start:
        return None, [Edit(line.start, line.end, "\n", "", Stage.SEGMENT, "blank_line")]
    cuts = _cuts(line, marks)
    kept = _apply(line.text, cuts)
    if not kept:
        end = "\n" * (line.end - line.start - len(line.text))
        return None, [_edit(line.start, line.text + end, "", "markdown" if line.text.strip() else "blank_line")]
    paragraph = Paragraph(
        kept,
        fold(kept) if marks.cuts else line.folded.strip(),
        mark=marks.mark,
        label=min(marks.label, len(kept)),
        tag=_tag(line),
        gap=gap,
        indent=sum(_COLUMNS.get(space, 1) for space in line.text[: len(line.text) - len(line.text.lstrip())]),
        wrapped=marks.wrapped,
    )
    return paragraph, [_edit(line.start + at, line.text[at:end], after, kind) for at, end, after, kind in cuts]


def _cuts(line: Line, marks: Marks) -> list[_Cut]:
    """All that leaves a line, so that what is left neither begins nor ends in white space."""
    text = line.text
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if start >= end:
        return [(0, len(text), "", "blank_line")]
    cuts: list[_Cut] = [(0, start, "", "indent")] if start else []
    cuts += [(at, to, after, "markdown") for at, to, after in marks.cuts]
    if end < len(text):
        cuts.append((end, len(text), "", "trailing_space"))
    kept = _apply(text, cuts)
    return cuts if kept == kept.strip() else [(0, len(text), kept.strip(), "markdown")]


def _apply(text: str, cuts: Sequence[_Cut]) -> str:
    parts: list[str] = []
    position = 0
    for start, end, after, _ in cuts:
        parts += (text[position:start], after)
        position = end
    parts.append(text[position:])
    return "".join(parts)


def _merged(edits: Iterable[Edit]) -> list[Edit]:
    """`edits` with blank lines that follow one another as one edit."""
    merged: list[Edit] = []
    for edit in edits:
        last = merged[-1] if merged else None
        if last and last.kind == edit.kind == "blank_line" and last.end == edit.start:
            merged[-1] = last._replace(end=edit.end, before=last.before + edit.before)
        else:
            merged.append(edit)
    return merged


def _edit(start: int, before: str, after: str, kind: str) -> Edit:
    return Edit(start, start + len(before), before, after, Stage.SEGMENT, kind)


def _is_code(line: Line) -> bool:
    if line.block is not None:
        return line.block.tag == "pre"
    return line.text[:1] in _INDENTS and _CODE.match(line.text) is not None and _CODE_MARK.search(line.text) is not None


def _tag(line: Line) -> str:
    return line.block.tag if line.block else ""
