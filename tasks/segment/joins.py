"""Paragraphs that a page break, a fixed line width or a wrapped heading cut in pieces are joined again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tasks.expressions import seldom
from tasks.ledger import Ledger
from tasks.records import Edit, Stage
from tasks.script.fold import fold
from tasks.segment.affinity import affinity
from tasks.segment.apart import stands_apart
from tasks.segment.asides import aside
from tasks.segment.numbering import number
from tasks.segment.paragraphs import CLOSERS, FINAL, Paragraph
from tasks.segment.verses import OPEN_COMMA, are_parallel, verses_of
from tasks.segment.wrapped import wrapped_lines

# Shorter lines without an end are headings, verses, items and signatures far more often than pieces of a paragraph.
_SHORTEST = 12
_SHORTEST_PROSE = 24
_COMMA_PROSE = 32
_LONG_PROSE = 40
_SENTENCE_END = seldom(r"[。!;]")
_NEVER_FIRST = frozenset(",。、;!?》”」』)】%.")
# Where a link was set on a line of its own, even a short line goes on: 《 above the link, 》 below it.
_OPENERS = frozenset("《“「『")
_OPEN_END = seldom(r"[\u3400-\u9fffA-Za-z0-9%,、《“「『(【》”」』)]$|\d\.$")
_OPEN_START = seldom(r"[\u3400-\u9fffA-Za-z0-9%“‘《「『(〈,。、;!?》”」』)】·]|\.\d")
# What the character model has to say for a join, in nats (affinity.py), by how much the first line looks like prose.
# Of paragraphs cut at random 99 in 100 lie above the first, of unrelated ends and starts 80; above the last 70 and 5.
_PROSE, _CLAUSE, _PHRASE = -2.5, 1.0, 4.5
_WHOLE = seldom(r"[:,]\s?\d{1,5}-\d{1,5}\.$|图片\s?第\d{1,3}张$")
_PLACES = seldom(r"\(1[.、]\D")
_ADDRESS = seldom(r"(?:https?://|www\.|@)\S*$")
# Words that begin a sentence of their own: after them a missing full stop is likelier than a cut.
_SENTENCE_START = seldom(
    r"近日|日前|目前|据(?:悉|了解|介绍|统计|报道)|记者|此外|另外|与此同时|随后|因此,|首先|其次|最后|截至|"
    r"[\u4e00-\u9fff]{2,12}(?:\d{1,2}月)?\d{1,2}日(?:电|讯)|\d{4}年\d{1,2}月\d{1,2}日,|[一二三四五六七八九十]是|第[一二三四五六七八九十],|"
    r"(?:联系|咨询)?(?:电话|地址|邮编|时间|地点|来源|作者|编辑|责编|热线|网址)[::]|特此|附件|附:"
)
_ORDINAL = seldom(r"第[一二三四五六七八九十]{1,2}[,、]|[一二三四五六七八九十]{1,2}[是要],?|其[一二三四五六],")
_LABEL = seldom(r"[^\s,。!?;:]{1,14}:")
_HAN = seldom("[\u3400-\u9fff]")
_LATIN_WORDS = seldom(r"[A-Za-z]{1,20}[ ,][A-Za-z]{1,20}[ ,.]")
_PAIRS = (("(", ")"), ("《", "》"), ("“", "”"), ("「", "」"), ("『", "』"), ("【", "】"))
# How many of the page's long paragraphs have to end as sentences do before one that does not is held to be cut.
_CLOSED_SHARE = 0.6

# A title stands among so many lines at the top (below a kicker, a note or a date that stripping left), on so many.
TITLE_LINES, _MOST_TITLE_LINES = 12, 3
# A figure on a line of its own, between what it counts: no longer than this, below a line no shorter than that.
_FIGURE_CHARS, _LEAST_BEFORE_FIGURE = 4, 4
_UNIT = seldom(r"[个届年月日次号名条期批场站位篇章节部集轮版天周]")

# A join can make the next one plain; what is not joined after this many passes stays as it is.
_PASSES = 8


def join(ledger: Ledger, paragraphs: Sequence[Paragraph], title: str = "") -> tuple[Ledger, list[Paragraph]]:
    """Remove the line ends inside paragraphs that were cut; edits of stage segment, kind join.

    `ledger.text` is the paragraphs' texts, each with a line end, before and after; `title` is the page's, which may
    stand on several lines.

    >>> texts = ["水库是去年春天动工的。到今年秋天，已经完成了坝体的", "浇筑。明年蓄水。"]
    >>> ledger, joined = join(Ledger.of("".join(t + "\\n" for t in texts)), [Paragraph(t, fold(t)) for t in texts])
    >>> ledger.text
    '水库是去年春天动工的。到今年秋天，已经完成了坝体的浇筑。明年蓄水。\\n'
    """
    joined = list(paragraphs)
    title = "".join(title.split())
    if cut := _title_lines(joined, title):
        ledger, joined = _joined(ledger, joined, cut)
    for _ in range(_PASSES):
        unfinished = [at for at, one in enumerate(joined[:-1]) if one.folded[-1:] not in FINAL]
        why = _wrapped_headings(joined) | wrapped_lines(joined, unfinished)
        why |= _loose_figures(joined)
        why |= {at: reason for at, reason in _cut_paragraphs(joined, unfinished).items() if at not in why}
        why = {at: reason for at, reason in why.items() if not (at < TITLE_LINES and _says(joined[at], title))}
        if not why:
            break
        ledger, joined = _joined(ledger, joined, why)
    return ledger, joined


def _joined(ledger: Ledger, paragraphs: Sequence[Paragraph], why: Mapping[int, str]) -> tuple[Ledger, list[Paragraph]]:
    """Join every paragraph that `why` names with the next one."""
    edits: list[Edit] = []
    joined: list[Paragraph] = []
    pieces: list[str] = []
    position = first = 0
    for at, paragraph in enumerate(paragraphs):
        position += len(paragraph.text) + 1
        pieces.append(paragraph.text)
        if at in why:
            pieces.append(" " if paragraph.wrapped else _glue(paragraph.text, paragraphs[at + 1].text))
            edits.append(Edit(position - 1, position, "\n", pieces[-1], Stage.SEGMENT, "join", why=why[at]))
            continue
        if at > first:
            text = "".join(pieces)
            paragraph = paragraphs[first]._replace(text=text, folded=fold(text), wrapped=False)
        joined.append(paragraph)
        pieces, first = [], at + 1
    return ledger.then(edits), joined


def _glue(before: str, after: str) -> str:
    """A space between two words of ASCII letters, nothing in Chinese."""
    return " " if before[-1].isascii() and after[0].isascii() and after[0].isalnum() and before[-1] not in "-(/" else ""


def _wrapped_headings(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    return {at: "one bold run over two lines" for at, paragraph in enumerate(paragraphs) if paragraph.wrapped}


def _title_lines(paragraphs: Sequence[Paragraph], title: str) -> dict[int, str]:
    """The line ends within a title that stands on two lines or three, near the top."""
    bare = ["".join(one.text.split()) for one in paragraphs[: TITLE_LINES + _MOST_TITLE_LINES]] if title else []
    for at, text in enumerate(bare[:TITLE_LINES]):
        if text and len(text) < len(title) and title.startswith(text):
            for end in range(at + 2, min(at + _MOST_TITLE_LINES, len(bare)) + 1):
                if all(bare[at:end]) and "".join(bare[at:end]) == title:
                    return dict.fromkeys(range(at, end - 1), "the title runs over several lines")
    return {}


def _says(paragraph: Paragraph, title: str) -> bool:
    """Whether a line is the title, all of it: no text goes on from it."""
    return bool(title) and "".join(paragraph.text.split()) == title


def _loose_figures(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    """The line ends around a figure that was set apart: 第, 27, 届灯会开幕."""
    found = [at for at, one in enumerate(paragraphs[1:-1], 1) if one.folded.isdecimal() and not one.mark]
    why: dict[int, str] = {}
    for at in found:
        before, figure, after = paragraphs[at - 1 : at + 2]
        plain = not (before.cell or after.cell or figure.cell or before.mark or after.mark)
        ends = before.folded[-1:] == "第" and len(before.folded) >= _LEAST_BEFORE_FIGURE
        if plain and ends and len(figure.folded) <= _FIGURE_CHARS and _UNIT.match(after.folded):
            why |= dict.fromkeys((at - 1, at), "a figure set on a line of its own")
    return why


def _cut_paragraphs(paragraphs: Sequence[Paragraph], unfinished: Sequence[int]) -> dict[int, str]:
    """Line ends inside a sentence, by the number of the paragraph before them, with the reason. `unfinished` are those
    that do not end in a final mark."""
    open_ended = [at for at in unfinished if _may_be_cut(paragraphs[at], paragraphs[at + 1])]
    if not open_ended:
        return {}
    verses = verses_of(paragraphs)
    long = [paragraph for paragraph in paragraphs if len(paragraph.text) >= _LONG_PROSE and not paragraph.cell]
    closed = sum(paragraph.closed for paragraph in long)
    usual = closed >= _CLOSED_SHARE * (len(long) - 1)
    reasons: dict[int, str] = {}
    for at in open_ended:
        reason = "" if at in verses else _reason(paragraphs, at, usual)
        if reason:
            reasons[at] = reason
    return reasons


def _may_be_cut(paragraph: Paragraph, after: Paragraph) -> bool:
    folded = paragraph.folded
    if paragraph.closed or not folded or (paragraph.heading_level and after.folded[0] not in _NEVER_FIRST):
        return False
    if len(folded) < _SHORTEST and folded[-1] not in _OPENERS:
        return False
    if folded[0] in "—-" and len(folded) < _LONG_PROSE:
        return False
    if "](" in after.text and "[" in paragraph.text:  # the two would make a link of Markdown's
        return False
    return _OPEN_END.search(folded[-2:]) is not None and not paragraph.cell


def _reason(paragraphs: Sequence[Paragraph], at: int, usual: bool) -> str:
    """Why a line is held to be cut, or "".

    Sure signs first: a mark at the break that cannot stand there, a pair that is open. Then, where the page's other
    paragraphs end as sentences, prose without an end, as far as the character model can see it going on.
    """
    before, after = paragraphs[at].folded, paragraphs[at + 1].folded
    below = paragraphs[at + 1]
    # Once its marks are gone nothing tells a heading below an open quotation mark.
    if before[-1] in _OPENERS and below.heading_level:
        paragraphs = [*paragraphs[: at + 1], below._replace(mark=0, tag="")]
    if not _continues(paragraphs, at + 1) or aside(paragraphs, at) or _ADDRESS.search(before):
        return ""
    if are_parallel(before, after) or not _same_language(before, after) or _begins_anew(before, after):
        return ""
    if stands_apart(before) or stands_apart(after):
        return ""
    if before[-1] in OPEN_COMMA:
        prose = len(before) >= _LONG_PROSE or _SENTENCE_END.search(before) is not None
        prose = prose or (len(before) >= _SHORTEST_PROSE and affinity(before, after) >= _CLAUSE)
        return "the line ends in a comma" if prose and not _LABEL.match(after) else ""
    if after[0] in _NEVER_FIRST or before[-1] in _OPENERS:
        return "a mark that never begins a line, or never ends one, stands at the break"
    if _is_open(before, after):
        return "a bracket or quotation mark opens in one line and closes in the next"
    if len(before) < _SHORTEST_PROSE or _SENTENCE_START.match(after) or not _ends_as_prose(paragraphs, at + 1):
        return ""
    least = _least_affinity(before, after) if usual else _PHRASE
    if _is_point(before) or affinity(before, after) < least:
        return ""
    return "the line ends inside a sentence that the next line goes on with"


def _begins_anew(before: str, after: str) -> bool:
    """Whether a line that nothing ends is whole all the same: a card or a summary, whose first words begin the text
    below; a reference, which ends with its pages; what a picture is called; writers above their places of work.

    >>> _begins_anew("何渠,52岁,船工,上湾人", "何渠记得那晚下雨。"), _begins_anew("渠修通了。今年", "渠水还没有来。")
    (True, False)
    """
    if before[:2] == after[:2] and before[-1] not in OPEN_COMMA and "。" not in before:
        return True
    return _WHOLE.search(before) is not None or _PLACES.match(after) is not None


def _same_language(before: str, after: str) -> bool:
    """Whether two lines may be of one sentence: not a formula or English above Chinese, nor Chinese above English.

    >>> _same_language("2H2O+CaSO4", "浓度为三克。"), _same_language("用的是ASCII", "码。")
    (False, True)
    """
    if _HAN.search(before):
        return not (_LATIN_WORDS.match(after) and not _HAN.search(after))
    return not _HAN.search(after) or after[0] in _NEVER_FIRST


def _is_point(folded: str) -> bool:
    """Whether a line is a numbered heading or point rather than prose: it has a number, and no sentence ends in it."""
    found = number(folded)
    if found is not None and found.style == "corner":
        return True
    if _SENTENCE_END.search(folded):
        return False
    return (found is not None and found.style != "article") or _ORDINAL.match(folded) is not None


def _least_affinity(before: str, after: str) -> float:
    """What the model has to say for a join: little where the first line is surely prose, much where it has no comma."""
    if _LABEL.match(after) or before[-1] == ")":
        return _PHRASE
    commas = before.count(",") + before.count("、")
    if (_SENTENCE_END.search(before) or (commas > 1 and len(before) >= _COMMA_PROSE)) and before[-1] not in CLOSERS:
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
