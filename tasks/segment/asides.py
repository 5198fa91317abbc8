"""Captions, notes and bylines: lines beside the running text, each recognisable on its own."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from tasks.expressions import seldom
from tasks.segment.paragraphs import Paragraph

# Longest caption and byline that still count; longer ones are paragraphs that end in a credit.
_LONGEST_CAPTION = 120
_LONGEST_BYLINE = 40
_CREDIT = r"(?:网?发|供图|供稿图|摄|摄影|图|资料图|资料图片|制图|绘|绘图|截图|翻拍|视频截图|提供图片|图片提供)"
_CAPTION_END = seldom(rf"[(\[【](?:[^()\[\]【】]{{0,40}}{_CREDIT}|[^()\[\]【】,。由]{{2,16}}提供)[)\]】]$")
_CAPTION_START = re.compile(
    r"[▲▼△▽↑↓]|(?:上图|下图|左图|右图|本图|图|图片)(?:为|:|说明)|图片(?:来源|说明|由)"
    r"|[(\[【](?:图片?来源|图源|图片?:|资料图|图文无关|点击图片)"
    r"|(?:资料图|效果图|示意图|图说|题图|配图|图片)(?:[:。]|$)"
)
_FIGURE = re.compile(r"(?:图|表|Fig(?:ure)?\.?|Table) ?\d{1,3}(?:[-.]\d{1,3})?(?:[:.、 ]|(?=[一-鿿]))[^。]{1,60}$")
_PHOTOGRAPHER = seldom(
    r"(?:(?:本报|本网|新华社|通讯员|特约)?(?:记者|通讯员|摄影师?)?[: ]{0,2})?[一-鿿·]{2,4}(?:[ 、][一-鿿·]{2,4}){0,3}"
    r" ?[/ ]?(?:摄|摄影|绘|制图|供图)(?:影报道)?$"
)
# 水塔落成。某某社记者 甲一心 摄
_SHOWN_BY = seldom(
    r".{4,100}[\s。;](?:[一-鿿]{2,8}|本[报刊网台社])?(?:记者|通讯员|摄影师?)\s?[一-鿿·]{2,4}(?:[ 、][一-鿿·]{2,4}){0,2}"
    r"\s?[I|丨/]?\s?(?:摄影?|供图)$"
)
# 水塔落成。甲一心 摄
_TAKEN_BY = seldom(r".{4,100}。\s?[一-鿿·]{2,4}(?:[、 ][一-鿿·]{2,4}){0,2}\s(?:摄|摄影)$")
# 水塔落成。某某街道供图
_GIVEN_BY = seldom(r".{4,100}。\s?[一-鿿·]{2,16}\s?供图$")
# 水塔落成。图片来源:某某发布
_TAKEN_FROM = seldom(r".{4,100}[。\s;(](?:图片来源|图源|图片提供|供图|摄影)\s?[:/]\s?[^。]{1,20}$")
_NOTE = re.compile(
    r"[(\[【〔]?(?:编者?按语?|编者注|编后(?:语|记)?|编辑?注|按语)(?:[)\]】〕]?:|[)\]】〕]|$)"
    r"|[(\[【〔]?(?:原标题|原题|原文标题|特别说明|声明|注释?|备注|附注|说明)[)\]】〕]?:"
    r"|本文(?:系|为|原载|首发|转自|选自)[^,。]{2,40}。?$"
)
_INLINE_NOTE = re.compile(
    r"[(\[〔](?:编者?按|编者注|原标题|原题|注|本文(?:系|为|原载|首发|转自|选自)|作者(?:系|为|是|单位))"
    r"|【(?:编者?按|编者注|原标题)"
)
# How captions that their first words show, figures and notes begin: most lines do not, and are tried no further.
_OPENERS = frozenset("▲▼△▽↑↓上下左右本图资效示题配表FT([【〔编按原特声注备附说")
_OPENS = re.compile(f"[{re.escape(''.join(sorted(_OPENERS)))}]")
# What neither a byline nor a signature ends in.
_NO_BYLINE = frozenset("。!?;…”")
# The last lines of a page, in brackets as a whole, say how the text came about: who was asked, who wrote it down.
_LAST_LINES = 2
_LAST_NOTE = re.compile(r"[(\[【〔][^()\[\]【】〔〕]{6,120}[)\]】〕]")
_OF_TEXT = seldom("文中|本文|全文|受访|采访|访谈|整理|作者|译者|编者|图片|照片|资料|化名|原载|选自|根据|来源")
_EDITOR_NOTE = seldom(r"[(\[【〔]?编(?:者?按语?|者注|后语?|后记)[)\]】〕]?:?$")
_BYLINE = re.compile(
    r"[(\[【]?(?:(?:[一-鿿]{2,6}(?:[报社网台刊]|新闻)|本报|本网|本刊|本台|见习|实习|特约|全媒体){1,3}(?:记者|通讯员|评论员|撰稿人?)"
    r"|(?:记者|通讯员|文/|文\||撰文|作者|撰稿|供稿|编译|翻译|整理|校对|审核|初审|终审)(?:[: /]| ?(?=[一-鿿]{2,3}$)))"
)
_BYLINE_NAMES = seldom(r"[一-鿿·A-Za-z ,、:/()\[\]【】|丨]{2,40}$")
_SIGN_DATE = re.compile(
    r"(?:\d{4}|二[〇零○O0][一二三四五六七八九〇零○]{2})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月"
    r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)?$"
)
_SIGNER = re.compile(
    r"[一-鿿()、 ]{2,40}(?:办公厅|办公室|委员会|政府|局|厅|部|处|院|会|社|中心|公司|大学|学院|学校|法院|检察院"
    r"|党组|党委|编辑部|总队|支队|集团|馆|署|站)$"
)
# 渠口剖面图, 渠首位置图(航拍)
_DRAWING = seldom(
    r"[^,。;:!?《》]{2,24}(?:示意|位置|区位|分布|剖面|平面|立面|俯视|全景|航拍|拓片|线描|结构|流程|效果)图(?:\([^()]{1,10}\))?"
)
# The title of a document that a letter sends out.
_ANNEX = seldom(
    r"[^。;:!?]{4,50}(?:意见|办法|方案|规则|规定|细则|规划|计划|纲要|条例|制度|预案|要点|指南|标准|章程|公约|名单|清单|说明|守则)"
    r"(?:\([^()]{1,12}\))?"
)
_END = re.compile(r"[(\[【](?:完|全文完|待续|未完待续|连载|本文完)[)\]】]$|(?:全文完|未完待续)$")
_GROUP = re.compile(r"[一-鿿]{2,12}(?:采访组|报道组|报道小组|评论员|编辑部|课题组|调研组|官方整理)$")
_DATELINE = re.compile(r"[一-鿿]{2,16}(?:\d{1,2}月)?\d{1,2}日(?:电|讯)$")


def aside(paragraphs: Sequence[Paragraph], at: int) -> str:
    """What a line is: "caption", "note", "byline", or "" for running text and headings.

    >>> [aside([Paragraph(text, text)], 0) for text in ("图为新落成的水塔。", "编者按:", "(完)", "水塔落成了。")]
    ['caption', 'note', 'byline', '']
    """
    paragraph = paragraphs[at]
    if paragraph.verbatim:
        return ""
    if paragraph.tag in ("figcaption", "caption", "alt"):
        return "caption"
    if paragraph.mark and paragraph.mark < 7:
        return ""
    folded = paragraph.folded
    if folded[-1:] in _NO_BYLINE and not _OPENS.match(folded):
        return ""  # most running text: no caption or note ends so that does not open as one
    if _is_caption(folded):
        return "caption"
    if _OPENS.match(folded) and (_NOTE.match(folded) or (_INLINE_NOTE.match(folded) and folded[-1] in ")]】〕")):
        return "note"
    if 0 < len(paragraphs) - _LAST_LINES <= at and _LAST_NOTE.fullmatch(folded) and _OF_TEXT.search(folded):
        return "note"
    if folded[-1:] in _NO_BYLINE:
        return ""
    return "byline" if _is_byline(folded) or _is_sign_off(paragraphs, at) else ""


def asides(paragraphs: Sequence[Paragraph], barred: Container[int]) -> dict[int, str]:
    """What `aside` says of all paragraphs but those in `barred`, where it says something, by their number.

    >>> asides([Paragraph(text, text) for text in ("图为水塔。", "水塔落成了。", "(完)")], ())
    {0: 'caption', 2: 'byline'}
    """
    # Most of running text is passed over without asking, for what `aside` says of it is known.
    open_ended = [
        at
        for at, one in enumerate(paragraphs)
        if one.tag or one.folded[-1:] not in _NO_BYLINE or one.folded[:1] in _OPENERS
    ]
    return {at: kind for at in open_ended if at not in barred and (kind := aside(paragraphs, at))}


def opens_note(paragraph: Paragraph) -> bool:
    """Whether the line is only the words "editor's note": the paragraph after it is the note."""
    return _EDITOR_NOTE.match(paragraph.folded) is not None


def _is_caption(folded: str) -> bool:
    if len(folded) > _LONGEST_CAPTION:
        return False
    return bool(
        (folded[-1:] in ")]】" and _CAPTION_END.search(folded))
        or (_OPENS.match(folded) and (_CAPTION_START.match(folded) or _FIGURE.match(folded)))
        or ((folded[-1:] == "图" or folded[-1:] == ")") and "图" in folded[-13:] and _DRAWING.fullmatch(folded))
        or (("图" in folded[-27:] or "摄影" in folded[-27:]) and _TAKEN_FROM.match(folded))
        or (
            folded.endswith(("摄", "绘", "影", "图", "影报道"))
            and any(known.match(folded) for known in (_PHOTOGRAPHER, _SHOWN_BY, _GIVEN_BY, _TAKEN_BY))
        )
    )


def _is_byline(folded: str) -> bool:
    if len(folded) > _LONGEST_BYLINE:
        return False
    if _END.match(folded) or _DATELINE.match(folded) or _GROUP.match(folded):
        return True
    return _BYLINE.match(folded) is not None and _BYLINE_NAMES.match(folded) is not None


# A sign-off stands among the last lines of a page, or before an annex.
_SIGN_OFF_LINES = 4


def annexed(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """Whether a line right below a date is the title of the document that the letter above sends out.

    >>> annexed([Paragraph(text, text) for text in ("2017年1月10日", "上湾渡口水位观测办法")], 1)
    True
    """
    if not 0 < at < len(paragraphs) or not _SIGN_DATE.match(paragraphs[at - 1].folded):
        return False
    folded = paragraphs[at].folded
    return _SIGN_DATE.match(folded) is None and _ANNEX.fullmatch(folded) is not None


def _is_sign_off(paragraphs: Sequence[Paragraph], at: int) -> bool:
    """A date alone near the end, or a body's name alone on the line before such a date."""
    folded = paragraphs[at].folded
    if len(folded) > _LONGEST_BYLINE or not at:
        return False
    if _SIGN_DATE.match(folded):
        return len(paragraphs) - at <= _SIGN_OFF_LINES or annexed(paragraphs, at + 1)
    if _SIGNER.match(folded) and at + 1 < len(paragraphs):
        later = at + 1
        while later < len(paragraphs) and later < at + _SIGN_OFF_LINES and _SIGNER.match(paragraphs[later].folded):
            later += 1
        return (
            later < len(paragraphs)
            and (len(paragraphs) - later <= _SIGN_OFF_LINES or annexed(paragraphs, later + 1))
            and bool(_SIGN_DATE.match(paragraphs[later].folded))
        )
    return False
