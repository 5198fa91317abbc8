"""Headings without a number: lines in bold, and short lines between paragraphs of prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from tasks.expressions import seldom
from tasks.segment.asides import annexed
from tasks.segment.levels import Candidate
from tasks.segment.numbering import number
from tasks.segment.paragraphs import BOLD, Paragraph
from tasks.surnames import USUAL

# Lengths in characters. A line of two or three is a heading only where the page has other short ones.
_LONGEST_BOLD = 60
_TINY, _SHORTEST, _LONGEST = 2, 4, 32
_ANNOUNCING = 12
_PROSE = 30
_MOST_COMMAS = 2
_MOST_CALLS = 1  # of a heading that asks and answers: 谁来管?镇里管
# A greeting that opens a speech, below those whom it greets.
_GREETS = seldom(r"[^,]{0,10}(?:早上|上午|中午|下午|晚上|大家|各位|你们|您|们)好!$")
_SIGNED_ON = seldom(r"\d年\d{1,2}月\d{1,2}日$")
_SAYS = seldom(r"[“”「」『』\"‘’]|[说道问喊]:")
_LEAST_QUOTED = 8
# The rank of 一、, the innermost number that parts of a document have: what stands above 1. may be a line of prose.
_PARTS_RANK = 5
# So many lines above numbers that begin anew head them.
_COUNTS = 2
# So many words, none longer than this, are the site's tags.
_TAGS, _TAG_CHARS = 4, 4

_SUBTITLE = re.compile(r"[—\-─]{2}|—")
_QUOTED = re.compile(r"[“「『\"][^“”「」『』\"]*[”」』\"]$")
_DATE = re.compile(r"[\d年月日时分秒:/. \-一二三四五六七八九十〇零()星期周]+$")
_NAMES = re.compile(r"[\u4e00-\u9fff]{2,3}(?:[ 、][\u4e00-\u9fff]{2,3})+$")
_SOURCE = seldom(r".*(?:社|报|网|台|办|局|厅|部|院|室|会|中心|公司|集团|杂志|频道|工作室)$")
_ODD = re.compile(r"[\t|@#$%^&*+=<>~`{}\\/_]|https?:|www\.|\d{5}")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_WORDS = seldom(r"[A-Za-z][A-Za-z\d]*")
_LABEL, _LABEL_CHARS = seldom(r"[^:]{1,8}:(?=.)"), 9
_BRACKETED = re.compile(r"【[^【】]{2,20}】$")
_ASIDE = seldom(r"\([^()]{4,}\)$")
# Words that head a part with a colon behind them, so many on a page; shorter ones may be names of speakers.
_WORD = seldom(
    r"(?!.{0,12}(?:说|道|表示|指出|认为|强调|问|答|称|者|人|如下|以下|下列|包括|分别|其中|例如|比如|们|长|员|导演|原文|译文):$)"
    r"(?=[^:]{0,12}[\u4e00-\u9fff\d])[\u4e00-\u9fffA-Za-z\d+ ]{4,14}:"
)
_COLONS, _NAME_CHARS, _LEAST_SENTENCE = 2, 5, 10
_CREDIT = re.compile(
    r"[^:]{0,6}(?:作品|书名|教师|老师|作者|记者|通讯员|编辑|摄影|供稿|电话|地址|时间|日期|来源|单位|邮编|邮箱):"
)
FRONT = seldom(
    r"(?:0\s{1,3})?(?:前言|引言|序言?|绪论|导言|概述|摘要|结语|结束语|结论|小结|后记|尾声|附则|参考文献|参考资料|致谢|引子|参见|外部链接|延伸阅读|扩展阅读|相关条目|总结):?$"
)

# The parts of a patent, which reading sites set on rows of their own, with a colon or without.
_PATENT = re.compile(
    r"(?:所属)?(?:技术领域|背景技术|发明内容|发明概述|实用新型内容|(?:技术)?实现要素|技术实现要素|附图说明|附图的?简要说明|具体实施方式|具体实施例|实施例\d{0,2}|权利要求书?|本发明的?内容):?$"
)


def unnumbered(
    paragraphs: Sequence[Paragraph],
    lines: Sequence[int],
    spoken: Collection[int],
    aside: Collection[int],
    numbered: Collection[int],
) -> list[Candidate]:
    """The headings among `lines`, none of which carries a number: first the bold ones, then the short ones.

    `spoken`, `aside` and `numbered` are the lines that begin turns, that stand aside, and that are headings already.

    >>> lines = ["渠修通了。", "水从哪里来", "上游新修的水库蓄了一冬的水，开春以后放了下来，一直流到田头。"]
    >>> [one.at for one in unnumbered([Paragraph(t, t) for t in lines], range(3), (), (), ())]
    [1]
    """
    found = [one for at in lines if paragraphs[at].mark == BOLD and (one := _bold(paragraphs, at))]
    taken = {one.at for one in found} | set(numbered)
    brief = [at for at in lines if len(paragraphs[at].text) <= _LONGEST and at not in taken]
    if not brief:
        return found
    short = {at for at in brief if _may_be_heading(paragraphs, at, at + 1 in spoken)}
    short -= _fields(paragraphs) if short else set()
    announcing = _with_colons(paragraphs, brief)
    short |= announcing
    found += [_candidate(paragraphs, at) for at in lines if at not in taken and annexed(paragraphs, at)]
    taken |= {one.at for one in found}
    short -= taken
    quoted = {at for at in short if _QUOTED.match(paragraphs[at].folded) and at + 1 not in spoken}
    if len(short) == len(quoted):  # others show that the page has such headings
        short -= quoted
    below = {
        at
        for at in short
        if at in announcing or _has_body(paragraphs, at, spoken, aside) or _entitles(paragraphs, at, numbered)
    }
    below |= _above_counts(paragraphs, short, numbered)
    below |= {at for at in short if at + 1 in below and not FRONT.match(paragraphs[at + 1].folded)}
    heads = [at for at in sorted(below) if _stands_free(paragraphs, at, aside, taken | below)]
    plenty = len(heads) > 1 or bool(found)
    heads = [
        at for at in heads if plenty or len(paragraphs[at].text) >= _SHORTEST or FRONT.match(paragraphs[at].folded)
    ]
    if len(heads) > 1:
        heads += [
            at for at in below if at not in heads and at - 1 in aside and not _SOURCE.match(paragraphs[at].folded)
        ]
    return found + [_candidate(paragraphs, at) for at in heads]


def _with_colons(paragraphs: Sequence[Paragraph], brief: Sequence[int]) -> set[int]:
    """Short words that end in a colon, on lines of their own above prose: several, none of which announces speech."""
    found = {
        at
        for at in brief
        if paragraphs[at].folded[-1:] == ":"
        and _WORD.fullmatch(paragraphs[at].folded)
        and not (paragraphs[at].mark or paragraphs[at].cell or paragraphs[at].tag)
        and not (paragraphs[at].folded[0] in USUAL and len(paragraphs[at].folded) <= _NAME_CHARS)
        and (_has_body(paragraphs, at, ()) or _announces(paragraphs, at))
    }
    return found if len(found) >= _COLONS else set()


def _announces(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """Whether what stands below words with a colon is a sentence, or counts from 1."""
    below = paragraphs[at + 1] if at + 1 < len(paragraphs) else None
    if below is None or below.cell or below.mark:
        return False
    found = number(below.folded)
    return found.value == 1 if found else len(below.text) >= _LEAST_SENTENCE and below.folded[-1] == "。"


def _fields(paragraphs: Sequence[Paragraph]) -> set[int]:
    """Short lines of a form, `容量：一升`: their label recurs on the page, or such lines stand together."""
    colons = [(at, one.folded) for at, one in enumerate(paragraphs) if ":" in one.folded[:_LABEL_CHARS]]
    labels = {at: found[0] for at, folded in colons if (found := _LABEL.match(folded))}
    counts = Counter(labels.values())
    rows = {at for at in labels if not paragraphs[at].cell}
    return {at for at, label in labels.items() if counts[label] > 1 or at - 1 in rows or at + 1 in rows}


def _candidate(paragraphs: Sequence[Paragraph], at: int) -> Candidate:
    folded = paragraphs[at].folded
    front = bool(FRONT.match(folded) or _PATENT.match(folded)) or annexed(paragraphs, at)
    return Candidate(at, len(folded), None, 0, False, front)


def _bold(paragraphs: Sequence[Paragraph], at: int) -> Candidate | None:
    """A line that is bold as a whole, neither a sentence nor one of several bold lines in a row."""
    paragraph = paragraphs[at]
    if paragraph.mark != BOLD or at + 1 == len(paragraphs) or _is_bold_run(paragraphs, at):
        return None
    folded = paragraph.folded
    if not _TINY <= len(folded) <= _LONGEST_BOLD or folded[-1] in "。,;、…":
        return None
    if _SUBTITLE.match(folded) or _DATE.match(folded) or _ASIDE.match(folded):
        return None
    return Candidate(at, len(folded), number(folded), BOLD, False, FRONT.match(folded) is not None)


def _is_bold_run(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """Whether a line is one of three or more bold lines in a row: a heading may have one below it, emphasis runs on."""
    near = [0 <= place < len(paragraphs) and paragraphs[place].mark == BOLD for place in range(at - 2, at + 3)]
    return (near[3] and (near[1] or near[4])) or (near[1] and near[0])


def _may_be_heading(paragraphs: Sequence[Paragraph], at: int, talk: bool) -> bool:
    """Whether a line by itself reads like a heading: short, in Chinese, no sentence, date or names, and no quotation
    but above talk."""
    paragraph = paragraphs[at]
    folded = paragraph.folded
    if not _TINY <= len(folded) <= _LONGEST or paragraph.mark or paragraph.cell or number(folded):
        return False
    if _BRACKETED.match(folded) or _PATENT.match(folded) or (folded[-1] == ":" and FRONT.match(folded)):
        return True
    if _CREDIT.match(folded):
        return False
    if folded[-1] in "。,;、…:" or any(mark in folded[:-1] for mark in "。;…") or folded.count(",") > _MOST_COMMAS:
        return False
    if (called := folded.count("?", 0, -1) + folded.count("!", 0, -1)) and (
        called > _MOST_CALLS or (paragraph.closed and folded[-1] != "?") or _SAYS.search(folded)
    ):
        return False
    if folded.count(" ") >= _TAGS - 1 and max(map(len, folded.split())) <= _TAG_CHARS:
        return False
    if any(pattern.match(folded) for pattern in (_SUBTITLE, _DATE, _NAMES)) or _ODD.search(folded):
        return False
    if folded[-1] == "日" and _SIGNED_ON.search(folded):
        return False
    if folded[-1] == "!" and _GREETS.match(folded):
        return False
    if _QUOTED.match(folded) and not talk and (paragraph.closed or len(folded) < _LEAST_QUOTED):
        return False
    if folded[0] in "([【":
        return False
    han = len(_HAN.findall(folded))
    return 2 * han >= len(folded) or 2 * han >= len(_WORDS.sub("-", folded))


def _has_body(paragraphs: Sequence[Paragraph], at: int, spoken: Collection[int], aside: Collection[int] = ()) -> bool:
    """Whether prose or a turn stands below a line, a subtitle or a byline between them or not."""
    below = at + 1
    if below in aside and len(paragraphs[below].text) < _PROSE:
        below += 1
    if below + 1 < len(paragraphs) and _SUBTITLE.match(paragraphs[below].folded):
        below += 1
    if below >= len(paragraphs) or below in spoken:
        return below in spoken
    paragraph = paragraphs[below]
    if any(known.match(paragraphs[at].folded) for known in (_BRACKETED, FRONT, _PATENT)):
        return not _PATENT.match(paragraph.folded)
    if paragraph.cell or paragraph.mark:
        return False
    if paragraph.folded[-1:] == ":" and len(paragraph.text) >= _ANNOUNCING:  # items below it
        return len(paragraph.text) >= 2 * _ANNOUNCING or (below + 1 < len(paragraphs) and paragraphs[below + 1].cell)
    return len(paragraph.text) >= _PROSE and ("。" in paragraph.folded or paragraph.closed)


def _entitles(paragraphs: Sequence[Paragraph], at: int, numbered: Collection[int]) -> bool:
    """Whether a line stands right above the first of the headings that count the parts of a document: its title."""
    found = number(paragraphs[at + 1].folded) if at + 1 in numbered else None
    return found is not None and found.value == 1 and found.rank <= _PARTS_RANK


def _above_counts(paragraphs: Sequence[Paragraph], short: Collection[int], numbered: Collection[int]) -> set[int]:
    """The lines right above numbers that count from 1 again and again, each time below such a line."""
    starts = [at for at in numbered if (found := number(paragraphs[at].folded)) and found.value == 1]
    above = {at - 1 for at in starts if at - 1 in short and paragraphs[at - 1].folded[:2] not in ("以下", "下列")}
    return above if len(above) >= _COUNTS and 2 * len(above) > len(starts) else set()


def _stands_free(paragraphs: Sequence[Paragraph], at: int, aside: Collection[int], headings: Collection[int]) -> bool:
    """Whether what stands above a line has ended: a sentence, an item, a heading, or a line aside but the first."""
    if not at:
        return FRONT.match(paragraphs[at].folded) is not None
    above = paragraphs[at - 1]
    if above.closed or above.cell or at - 1 in headings or number(above.folded):
        return True
    folded = paragraphs[at].folded
    return (at - 1 in aside and at > 1) or any(known.match(folded) for known in (_BRACKETED, FRONT, _PATENT, _QUOTED))
