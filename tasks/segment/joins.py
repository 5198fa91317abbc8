"""Paragraphs that a page break, a fixed line width or a wrapped heading cut in pieces are joined again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from unicodedata import east_asian_width

from tasks.ledger import Ledger
from tasks.records import Edit, Stage
from tasks.script.fold import fold
from tasks.segment.affinity import affinity
from tasks.segment.asides import aside
from tasks.segment.numbering import number
from tasks.segment.paragraphs import CLOSERS, Paragraph

# Shorter lines without an end are headings, verses, items and signatures far more often than pieces of a paragraph.
_SHORTEST = 16
_SHORTEST_PROSE = 24
_LONG_PROSE = 40
_SENTENCE_END = re.compile(r"[。!;]")
_OPEN_COMMA = frozenset(",、")
_NEVER_FIRST = frozenset(",。、;!?》”」』)】%.")
_OPEN_END = re.compile(r"[\u3400-\u9fffA-Za-z0-9%,、《“「『(【》”」』)]$|\d\.$")
_OPEN_START = re.compile(r"[\u3400-\u9fffA-Za-z0-9%“‘《「『(〈,。、;!?》”」』)】·]|\.\d")
# What the character model has to say for a join, in nats (affinity.py), by how much the first line looks like prose. Of
# paragraphs cut at random 95 in 100 lie above the first, of unrelated ends and starts half; above the last 3 in 100.
_PROSE, _CLAUSE, _PHRASE = -2.5, 0.0, 2.5
_ADDRESS = re.compile(r"(?:https?://|www\.|@)\S*$")
# Words that begin a sentence of their own: after them a missing full stop is likelier than a cut.
_SENTENCE_START = re.compile(
    r"近日|日前|目前|据(?:悉|了解|介绍|统计|报道)|记者|此外|另外|与此同时|随后|因此,|首先|其次|最后|截至|"
    r"[\u4e00-\u9fff]{2,12}(?:\d{1,2}月)?\d{1,2}日(?:电|讯)|\d{4}年\d{1,2}月\d{1,2}日,|[一二三四五六七八九十]是|第[一二三四五六七八九十],|"
    r"(?:联系|咨询)?(?:电话|地址|邮编|时间|地点|来源|作者|编辑|责编|热线|网址)[::]|特此|附件|附:"
)
_LABEL = re.compile(r"[^\s,。!?;:]{1,14}:")
_PAIRS = (("(", ")"), ("《", "》"), ("“", "”"), ("「", "」"), ("『", "』"), ("【", "】"))
# How many of the page's long paragraphs have to end as sentences do before one that does not is held to be cut.
_CLOSED_SHARE = 0.6

# Columns of a wrapped line. Narrower are verses and tables; wider than any terminal, mail or print column.
_NARROWEST = 24
_WIDEST = 110
# A line may be short of the width by one character and a hanging mark, a long ASCII word aside.
_SLACK = 4
_OPEN_SHARE = 0.5
_FULL_SHARE = 0.5
_FEWEST_LINES = 3
_WORD_END = re.compile(r"[\u3400-\u9fffA-Za-z0-9%]$")


def join(ledger: Ledger, paragraphs: Sequence[Paragraph]) -> tuple[Ledger, list[Paragraph]]:
    """Remove the line ends inside paragraphs that were cut; edits of stage segment, kind join.

    `ledger.text` is the paragraphs' texts, each with a line end, before and after.

    >>> texts = ["水库是去年春天动工的。到今年秋天，已经完成了坝体的", "浇筑。明年蓄水。"]
    >>> ledger, joined = join(Ledger.of("".join(t + "\\n" for t in texts)), [Paragraph(t, fold(t)) for t in texts])
    >>> ledger.text
    '水库是去年春天动工的。到今年秋天，已经完成了坝体的浇筑。明年蓄水。\\n'
    """
    why = _wrapped_headings(paragraphs) | _wrapped_lines(paragraphs)
    why |= {at: reason for at, reason in _cut_paragraphs(paragraphs).items() if at not in why}
    if not why:
        return ledger, list(paragraphs)
    edits: list[Edit] = []
    joined: list[Paragraph] = []
    position = 0
    glue: str | None = None
    for at, paragraph in enumerate(paragraphs):
        if glue is None:
            joined.append(paragraph)
        else:
            text = joined[-1].text + glue + paragraph.text
            joined[-1] = replace(joined[-1], text=text, folded=fold(text), wrapped=False)
        position += len(paragraph.text) + 1
        glue = None
        if at in why:
            glue = " " if paragraph.wrapped else _glue(paragraph.text, paragraphs[at + 1].text)
            edits.append(Edit(position - 1, position, "\n", glue, Stage.SEGMENT, "join", why=why[at]))
    return ledger.then(edits), joined


def _glue(before: str, after: str) -> str:
    """A space between two words of ASCII letters, nothing in Chinese."""
    return " " if before[-1].isascii() and after[0].isascii() and after[0].isalnum() and before[-1] not in "-(/" else ""


def _wrapped_headings(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    return {at: "one bold run over two lines" for at, paragraph in enumerate(paragraphs) if paragraph.wrapped}


def _cut_paragraphs(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    """Line ends inside a sentence, by the number of the paragraph before them, with the reason."""
    open_ended = [at for at in range(len(paragraphs) - 1) if _may_be_cut(paragraphs[at])]
    if not open_ended:
        return {}
    long = [paragraph for paragraph in paragraphs if len(paragraph.text) >= _LONG_PROSE and not paragraph.cell]
    closed = sum(paragraph.closed for paragraph in long)
    usual = closed >= _CLOSED_SHARE * (len(long) - 1)
    reasons: dict[int, str] = {}
    for at in open_ended:
        reason = _reason(paragraphs, at, usual)
        if reason:
            reasons[at] = reason
    return reasons


def _may_be_cut(paragraph: Paragraph) -> bool:
    folded = paragraph.folded
    if len(folded) < _SHORTEST or paragraph.closed or paragraph.heading_level:
        return False
    if folded[0] in "—-" and len(folded) < _LONG_PROSE:
        return False
    return not paragraph.cell and _OPEN_END.search(folded) is not None


def _reason(paragraphs: Sequence[Paragraph], at: int, usual: bool) -> str:
    """Why a line is held to be cut, or "".

    Sure signs first: a mark at the break that cannot stand there, a pair that is open. Then, where the page's other
    paragraphs end as sentences, prose without an end, as far as the character model can see it going on.
    """
    before, after = paragraphs[at].folded, paragraphs[at + 1].folded
    if not _continues(paragraphs, at + 1) or aside(paragraphs, at) or _ADDRESS.search(before):
        return ""
    if before[-1] in _OPEN_COMMA:
        prose = len(before) >= _LONG_PROSE or _SENTENCE_END.search(before)
        return "the line ends in a comma" if prose and not _LABEL.match(after) else ""
    if after[0] in _NEVER_FIRST:
        return "the next line begins with a mark that never begins one"
    if _is_open(before, after):
        return "a bracket or quotation mark opens in one line and closes in the next"
    if not usual or _SENTENCE_START.match(after) or not _ends_as_prose(paragraphs, at + 1):
        return ""
    if len(before) < _SHORTEST_PROSE or affinity(before, after) < _least_affinity(before, after):
        return ""
    return "the line ends inside a sentence, where the page's other paragraphs end with one"


def _least_affinity(before: str, after: str) -> float:
    """What the model has to say for a join: little where the first line is surely prose, much where it has no comma."""
    if _LABEL.match(after) or before[-1] == ")":
        return _PHRASE
    commas = before.count(",") + before.count("、")
    if (_SENTENCE_END.search(before) or (commas > 1 and len(before) >= _LONG_PROSE)) and before[-1] not in CLOSERS:
        return _PROSE
    return _CLAUSE if commas else _PHRASE


def _continues(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """Whether a line can be the rest of the one before: no heading, item, row, caption or turn begins there."""
    paragraph = paragraphs[at]
    if paragraph.cell or paragraph.heading_level or paragraph.label or aside(paragraphs, at):
        return False
    folded = paragraph.folded
    return _OPEN_START.match(folded) is not None and number(folded) is None


def _ends_as_prose(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """Whether the rest is prose: a sentence ends in it, or it is cut itself."""
    return paragraphs[at].closed or _SENTENCE_END.search(paragraphs[at].folded) is not None


def _is_open(before: str, after: str) -> bool:
    """Whether a pair opens in `before`, without closing there, and closes in `after` before opening again.

    >>> _is_open("他读完了《山间的", "水库》才睡。"), _is_open("他读完了《水库》", "他读了《山》。")
    (True, False)
    """
    for opener, closer in _PAIRS:
        if before.rfind(opener) > before.rfind(closer):
            close, reopen = after.find(closer), after.find(opener)
            if close >= 0 and (reopen < 0 or close < reopen):
                return True
    return False


def _wrapped_lines(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    """Line ends of text wrapped at a constant width, by the number of the line before them."""
    runs = _runs(paragraphs)
    width = max((_wrap_width(paragraphs[start:end]) for start, end in runs), default=0)
    if not width:
        return {}
    marked = any(paragraph.gap or paragraph.indent for paragraph in paragraphs[1:])
    inside = [at for start, end in runs for at in range(start, end - 1) if _wraps(paragraphs, at, width, marked)]
    return dict.fromkeys(inside, f"lines wrapped at {width} columns")


def _runs(paragraphs: Sequence[Paragraph]) -> list[tuple[int, int]]:
    """Stretches of lines without a blank one that may be one wrapped text."""
    runs: list[tuple[int, int]] = []
    start = 0
    for at, paragraph in enumerate(paragraphs):
        fits = 2 < len(paragraph.text) <= _WIDEST and not paragraph.heading_level and not paragraph.cell
        if not fits or paragraph.gap:
            if at - start > 1:
                runs.append((start, at))
            start = at if fits else at + 1
    if len(paragraphs) - start > 1:
        runs.append((start, len(paragraphs)))
    return runs


def _wrap_width(run: Sequence[Paragraph]) -> int:
    """The width a run is wrapped at, in columns, or 0.

    Most lines have to be full; of the full ones at least half end inside a sentence, as chance has it in wrapped prose
    and never in verse, and the last ends one.
    """
    if len(run) < _FEWEST_LINES or not run[-1].closed:
        return 0
    widths = [_columns(paragraph) for paragraph in run]
    widest = max(widths)
    if not _NARROWEST <= widest <= _WIDEST:
        return 0
    full = [paragraph for paragraph, width in zip(run[:-1], widths, strict=False) if width >= widest - _SLACK]
    if len(full) < 2 or len(full) < _FULL_SHARE * (len(run) - 1):
        return 0
    open_ended = sum(_WORD_END.search(paragraph.folded) is not None for paragraph in full)
    return widest if open_ended >= _OPEN_SHARE * len(full) else 0


def _wraps(paragraphs: Sequence[Paragraph], at: int, width: int, marked: bool) -> bool:
    before, after = paragraphs[at], paragraphs[at + 1]
    if not width - _SLACK <= _columns(before) <= width or after.indent > min(before.indent, 1) or number(after.folded):
        return False
    return marked or not before.closed


def _columns(paragraph: Paragraph) -> int:
    """The width of a line on a terminal, its indent included."""
    return paragraph.indent + sum(2 if east_asian_width(character) in "WFA" else 1 for character in paragraph.text)
