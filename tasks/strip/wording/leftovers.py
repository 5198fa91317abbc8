"""What a page cut out of its site leaves behind: markup, captions of pictures that are gone, empty labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from tasks.expressions import seldom
from tasks.strip.sheet import SHORT_CHARS, Claim, Row, Sheet, ends_sentence
from tasks.strip.tables import may_hold, phrase
from tasks.strip.wording.bars import WITHIN_CHARS, is_within

_PICTURE = (
    r"(?:本文(?:配图|图片)(?:为|来自)[^()。]{2,20}|(?:相关|新闻|网络|文章)?资料(?:图片?|照片)(?:,?仅供参考)?|(?:相关|新闻|网络)(?:配图|图片)|网络图|题图|配图|图文无关|图片与(?:文章|内容|本文)无关|"
    r"(?:题图|头图|封面图?|配图|插图)\s?(?:来自|来源于?|源自|取自)[^。]{0,16}(?:网络?|图库|协议|授权|CC0|Unsplash|Pixabay)[^。]{0,10}|"
    r"(?:图片?|图源|图片来源|题图|配图)\s*(?:来源)?\s*(?:于|:|来自|自)?\s*:?\s*(?:于|自)?(?:互联)?网络?(?:,?\s*(?:如有|若有)?侵权?(?:必|请联系)?(?:删除?|联系删除))?)"
)
_PICTURE_ROW = re.compile(rf"[(\[]?\s*{_PICTURE}\s*[)\]]?")
_PICTURE_SPAN = seldom(
    r"\((?:相关资料图片?|(?:图片|图)?来(?:源|自)于?:?(?:互联)?网络?[^()。]{0,10}|图源:?网络|侵删"
    r"|本\.?文\.?来\.?源\.?\s?[:于][^()。]{2,24})\)"
)
# So many rows that say the same in so few characters are what pictures are called.
ALIKE, LEAST_CALLED, MOST_CALLED = 3, 4, 30
# What a picture is called where its place in the text was.
_ENDINGS = frozenset([".jpg", "jpeg", ".png", ".gif", "webp", ".bmp"])
_FILE = seldom(r"(?=[\w-]{0,79}\d)[\w-]{16,80}\.(?:jpe?g|png|gif|webp|bmp)", re.ASCII | re.IGNORECASE)
_SHOT = seldom(
    r"(?:image|img|pic|photo|picture)[ _-]?\d{0,4}\.(?:jpe?g|png|gif|webp|bmp)"
    r"|(?:微信(?:图片|截图)|QQ(?:图片|截图)|图片|截图|照片|未标题)[\w\u4e00-\u9fff()-]{0,30}\.(?:jpe?g|png|gif|webp|bmp)",
    re.IGNORECASE,
)
# Pictures that a program named by the second at which they came, and some letters.
_STAMPED = seldom(r"20\d{12,15}[A-Za-z][0-9A-Za-z]{0,5}")
_EMPTY_LABEL = seldom(
    r"[(\[【]?\s*(?:关\s?键\s?[词字]|标签|摘要|核心提示|导读|简介|来源|作者|编辑|责任编辑|出处|栏目|分类|专题|tags?|keywords?)\s*[)\]】]?\s*[:|]?\s*[)\]】]?",
    re.IGNORECASE,
)
_TAGS = re.compile(
    r"(?:文章|本文|新闻|本书|作品|小说)?(?:标签|tags?|热词|相关标签|关键词标签)\s*:.{0,100}", re.IGNORECASE
)
# A picture that was set into the page as letters.
_INLINE_IMAGE = seldom(r"<im(?:g|age)\b.{0,40}data:image/")
# Tags that hold nothing and are hidden, as mirrors strew them; a lesson on HTML shows tags too, but not such ones.
_HIDDEN = seldom(
    r"display\s*:\s*none|visibility\s*:\s*hidden|pl_css_ganrao|font-size\s*:\s*0"
    r"|<(\w{1,12}) id=[\"']?\w{4,8}[\"']?></\1>"
)
# What encyclopedias set behind a heading: 历史[编辑], 历史播报编辑.
_EDIT_LINK = seldom(
    r"(?<=\S)\s{0,3}(?:\[\s?(?:编辑(?:\s?\|\s?编辑(?:源代码|原始码))?|编辑(?:源代码|原始码)|edit)\s?\]|播报编辑|编辑本段)\s{0,3}$"
)
EDITED_CHARS = 40
# A tag behind the end of a sentence, as what was cut out of a page leaves it.
_STRAY = seldom(r"(?<=[。!?…”』」》】])\s{0,2}(?:</?(?:p|br|div|span|section|strong)\s?/?>\s?){1,4}$")
# Such tags stand as the items of lists that hold nothing.
_ITEM = seldom(r"(?:[•*-]|\d{1,3}\.)\s{0,3}(?=<)")
_TAG = seldom(r"</?[a-zA-Z][a-zA-Z0-9]{0,15}(?:\s[^<>\n]{0,300})?/?>")
_COMMENT = seldom(
    r"(?:<!--\s*/?(?:enp|ad|content|正文|文章|分页|广告|begin|end|start|cms|wap|ue|baidu)[^>]{0,400}-->\s*)+",
    re.IGNORECASE,
)

# Names that a page's template did not fill in: [[item.content]], {{ item.time }}.
_UNFILLED = seldom(
    r"\[\[\s?[A-Za-z_$][\w.$()\s]{2,60}\]\]|\{\{\s?[A-Za-z_$][^{}\u4e00-\u9fff]{2,80}\}\}|\$\{[A-Za-z_$][\w.]{2,60}\}"
)
# Beside them stand no more characters.
BESIDE_UNFILLED = 8
# What a page's own scripts, styles and data leave in its text; in the midst of prose only what is written for a page.
_SCRIPT = seldom(
    r"document\.(?:getElement|write|create|query|cookie|body|location|ready)|window\.[\w.]{1,40}\s?=|window\.(?:on|add|location)"
    r"|\$\((?:function|document|window|[\"'][.#]?\w)|jQuery|\.(?:innerHTML|addEventListener|appendChild|addClass)\b"
    r"|\"@context\"|@media\s.{0,40}\{|<!--\[if|</?(?:script|style|link|meta|iframe|noscript)\b"
)
# What follows on the same row is text again.
_CLOSES = seldom(r"</(?:script|style|iframe|noscript)\s{0,4}>|<(?:link|meta)\b[^<>]{0,400}>", re.IGNORECASE)
_HANZI = seldom("[\u4e00-\u9fff]")
_STYLE = seldom(r"[A-Za-z.#@*][\w\s.,#@>:*-]{0,200}\{\s?[\w-]{2,30}\s?:[^{}]{1,300}\}?\s?")
_DATA = seldom(r'[\[{]{1,3}"[\w@-]{1,30}"\s?:.{0,2000}[\]}]{1,3};?')
_FUNCTION = seldom(r"[(!;]?function\s?\w{0,30}\(.{0,400}|(?:var|let|const)\s\w{1,30}\s?=.{0,400};\s?")
# A text about such things shows them.
_LESSON = seldom(
    r"代码|程序|脚本|编程|函数|变量|样式|源码|接口|JavaScript|javascript|jQuery|CSS|HTML|JSON|字段|参数|标签|元素|前端|网页"
)
SCRIPT_CHARS = 3000


def leftover_markup(sheet: Sheet) -> Iterator[Claim]:
    """Rows of hidden tags, of marks that a content system did not fill in, and of counters' scripts."""
    lesson: bool | None = None
    for number, row in sheet.loose():
        folded = row.folded.strip()
        if folded in ("/>", ">", "-->", "</", '">'):
            yield Claim.whole(row, "what is left of a tag")
            continue
        if not row.core and not folded.strip("| ![]()"):
            yield Claim.whole(row, "the bars of a table without cells")
            continue
        if folded[-1] == ">" and (item := _ITEM.match(folded)):
            folded = folded[item.end() :]
        if (
            folded.endswith(("]", "播报编辑", "编辑本段"))
            and len(folded) <= EDITED_CHARS
            and (link := _EDIT_LINK.search(row.folded))
        ):
            yield Claim(row, link.start(), link.end(), "a link to edit the section")
        if folded[-1] == ">" and (stray := _STRAY.search(row.folded)):
            lesson = _teaches(sheet) if lesson is None else lesson
            if not lesson:
                yield Claim(row, stray.start(), stray.end(), "a tag behind a sentence")
        if folded[0] in "[{$" and _is_unfilled(folded):
            lesson = _teaches(sheet) if lesson is None else lesson
            if not lesson:
                yield Claim.whole(row, "names that the page's template did not fill in")
                continue
        if folded[0] > "\u2e80" and (len(folded) > SHORT_CHARS or not folded.startswith(("您", "你", "请", "视"))):
            continue
        if folded[0] == "<" and (
            _COMMENT.fullmatch(folded)
            or (folded[-1] == ">" and _INLINE_IMAGE.match(folded))
            or (_HIDDEN.search(folded) and not _TAG.sub("", folded).strip())
        ):
            yield Claim.whole(row, "hidden tags without text")
        elif may_hold("code", folded) and phrase("code").match(folded):
            yield Claim.whole(row, "script of a counter or marks of a content system")
        elif len(folded) <= SHORT_CHARS and may_hold("player", folded) and phrase("player").fullmatch(folded):
            yield Claim.whole(row, "a notice of the page's player or script")
        elif len(folded) <= SCRIPT_CHARS and _is_script(sheet, number, folded):
            lesson = _teaches(sheet) if lesson is None else lesson
            if not lesson:
                yield Claim.whole(row, "a script, style or data of the page")


def _is_unfilled(folded: str) -> bool:
    """Whether a row is names of a template, and hardly anything else: [[item.time]] · 回复."""
    rest, found = _UNFILLED.subn("", folded)
    return found > 0 and len(rest) <= BESIDE_UNFILLED


def _is_script(sheet: Sheet, number: int, folded: str) -> bool:
    """Whether a row without Chinese at its head is code: written for a page, or of any kind outside the text."""
    if not ("(" in folded or "{" in folded or "<" in folded):
        return False
    if _SCRIPT.search(folded):
        *code, rest = _CLOSES.split(folded)
        return not (code and _HANZI.search(rest))
    return sheet.outside(number) and any(kind.fullmatch(folded) for kind in (_STYLE, _DATA, _FUNCTION))


def _teaches(sheet: Sheet) -> bool:
    """Whether the page's text is about code."""
    return any(row.core[0] > "\u2e80" and _LESSON.search(row.core) for row in sheet.rows if row.core)


def caption_leftovers(sheet: Sheet) -> Iterator[Claim]:
    """(相关资料图), 图片来源:网络: notes that say nothing of the picture, on a row of their own or within one.

    And what else stands within a text: advertisements, reading aids, heads of other posts.
    """
    if sheet.first < len(sheet.rows):
        yield from (Claim.whole(row, "what a picture is called, again and again") for row in _called_alike(sheet))
    for row in sheet.rows:
        core, folded, plain = row.core, row.line.folded, row.plain
        if len(core) <= WITHIN_CHARS and is_within(core):
            yield Claim.whole(row, "an advertisement or a reading aid within the text")
        elif not plain and (
            (core[-4:].lower() in _ENDINGS and (_FILE.fullmatch(core) or _SHOT.fullmatch(core)))
            or (core[:2] == "20" and _STAMPED.fullmatch(core))
        ):
            yield Claim.whole(row, "the name of a picture's file")
        elif not plain and len(core) <= 40 and _PICTURE_ROW.fullmatch(core):
            yield Claim.whole(row, "a note on a picture that is not there")
        elif "(" in folded and ("资料图" in folded or "网络" in folded or "侵删" in folded or "(本" in folded):
            for match in _PICTURE_SPAN.finditer(folded):
                yield Claim(row, match.start(), match.end(), "a note on a picture that is not there")


def _called_alike(sheet: Sheet) -> Iterator[Row]:
    """Short rows below the first prose that say the same one after the other: what the page's pictures are called."""
    below = [(n, row) for n, row in sheet.short() if n > sheet.first]
    for _, run in groupby(enumerate(below), lambda one: (one[1][0] - one[0], one[1][1].core)):
        rows = [row for _, (_, row) in run]
        core = rows[0].core
        if len(rows) < ALIKE or not LEAST_CALLED <= len(core) <= MOST_CALLED:
            continue
        if _HANZI.search(core) and not ends_sentence(core):
            yield from rows


def empty_labels(sheet: Sheet) -> Iterator[Claim]:
    """关键词: with nothing after it, and rows of tags outside the prose."""
    for number, row in sheet.short():
        if row.core.endswith((":", "|", "】", "]")) and _EMPTY_LABEL.fullmatch(row.core):
            if number > sheet.first and sheet.rows[number + 1 : number + 2] and sheet.rows[number + 1].prose:
                continue
            if number < sheet.first and not row.core.startswith(("关键", "标签", "来源", "作者", "编", "责", "出处")):
                continue
            yield Claim.whole(row, "a label with nothing after it")
        elif sheet.outside(number) and _TAGS.fullmatch(row.core):
            yield Claim.whole(row, "the site's tags for this page")
