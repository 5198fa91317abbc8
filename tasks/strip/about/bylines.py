"""Rows that name a writer or a medium by their form, without a label: bylines, issues, and where a text is from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tasks.expressions import seldom
from tasks.strip.about.dates import DATE, read_date
from tasks.strip.about.names import is_generic, is_media, names_of
from tasks.strip.about.reporters import in_brackets, pupil, reporters
from tasks.surnames import USUAL

_BYLINE = seldom(
    r"[(\[]?(?:本报|本网|本刊|本台|本社|(?P<medium>[\u4e00-\u9fff]{2,12}?))(?:见习|特约|首席|全媒体|融媒体?)?(?:记者|通讯员)\s?"
    r"(?P<names>[\u4e00-\u9fff]{2,3}(?:[、 ][\u4e00-\u9fff]{2,3}){0,4})[)\]]?"
)
_DATED = frozenset({"published", "updated", "dated", "others"})
# 河口社/ 竹溪14日电, on a row of its own.
_DATELINE_ROW = seldom(
    r"(?P<agency>[\u4e00-\u9fff]{2,8}[社报网])\s?/\s?[\u4e00-\u9fff]{2,6}\s?(?:\d{1,2}月)?\d{1,2}日(?:综合|专)?(?:外?电|报导|报道|讯)"
)
# 河口日报 记者甲一心/竹溪报导, 编译甲一心/综合报导河口报, as papers of Taiwan sign.
_PLACED_BYLINE = seldom(
    r"[(\[〔]?(?:(?P<medium>[\u4e00-\u9fff]{2,12}?)[\s/]{0,2})??(?:特派|特约|实习|驻地|文教|地方中心)?(?:记者|编译)\s?"
    r"(?P<names>[\u4e00-\u9fff]{2,3}(?:[、 ][\u4e00-\u9fff]{2,3}){0,6})(?:\s?/\s?|\s)"
    r"(?:[\u4e00-\u9fff]{2,8}?(?:即时|综合|现场|采访)?(?:报导|报道|电|摄影|综合|传真)|连线(?:报导)?)"
    r"(?P<behind>[\u4e00-\u9fff]{1,6}(?:报|社|网|周刊))?[)\]〕]?"
)
# ◎ 甲一心, 甲一心/文, 〔现代〕甲一心: a writer and nothing else, by marks that only bylines have.
_WORK_OF = seldom(r"(?P<name>[\u4e00-\u9fff]{2,4})\s(?:编?著|著译|原著)")
_MARKED = seldom(
    r"[◎□■●〇◇◆△▲☉⊙]\s?(?:本报记者|记者|通讯员)?\s?(?P<one>[\u4e00-\u9fff·]{2,8})|(?P<other>[\u4e00-\u9fff]{2,4})\s?/\s?文"
    r"|文\s?[◎○●◇◆□■]\s?(?P<text>[\u4e00-\u9fff]{2,4})\*?|文\s(?P<wrote>[\u4e00-\u9fff]{2,3})"
)
# ✪ 甲一心 乙二思 | 某某大学水利学院: writers and where they work.
_EMPLOYED = seldom(
    r"[◎□■●〇◇◆△▲✪★☆◉►▪☉⊙]\s?(?P<names>[\u4e00-\u9fff]{2,3}(?:[、 ][\u4e00-\u9fff]{2,3}){0,3})\s?[|/]\s?"
    r"[\u4e00-\u9fff]{2,24}(?:大学|学院|学部|系|研究院|研究所|研究中心|中心|协会|编辑部)"
)
# 河口周刊甲一心2018-01-25, as reading sites run them together.
_GLUED = seldom(
    r"(?P<medium>[\u4e00-\u9fff]{2,10}?(?:周刊|日报|晚报|时报|早报|商报|晨报|导报|报|杂志|月刊|画报|网))(?P<name>[\u4e00-\u9fff]{2,3})"
)
# 【某某日报专讯】, 原载《某某》2015年第6期, on rows of their own.
_WIRED = seldom(r"[\[【(](?P<medium>[\u4e00-\u9fff]{2,12}?)(?:专讯|讯|综合报道|报道)[\]】)]")
_TAKEN_FROM = seldom(r"(?:原载|选自|摘自|转自|原刊|刊于|载于)于?\s?《(?P<medium>[^《》]{1,20})》.{0,20}")
# 原创 甲一心 某某旧闻, as accounts of WeChat head their articles.
_ACCOUNT = seldom(
    r"原创\s(?P<name>[\u4e00-\u9fff]{2,4})\s[\u4e00-\u9fffA-Za-z0-9]{2,16}"
    r"(?:\s(?:19|20)\d\d-\d\d-\d\d(?:\s\d\d:\d\d)?)?(?:\s发表于[\u4e00-\u9fff]{2,4})?"
)
# 《某某日报》(2021年3月2日 第07版)
_EDITION = seldom(
    r"[《(]?\s?(?P<paper>[\u4e00-\u9fff]{2,11})\s?[》)]?\s{0,3}\(?\s?(?:19|20)\d\d[年./-]\s?\d{1,2}[月./-]\s?\d{1,2}日?\s{0,3}"
    r"(?:星期[一二三四五六日天]\s{0,3})?第?\s?[A-Z]?\d{1,3}\s?版(?::?\s?[\u4e00-\u9fff]{2,6})?\s?\)?"
)
# 某某日报  · 公众号  · 时评  · 2025-02-04 11:00
_LISTED = seldom(
    rf"(?P<account>[\u4e00-\u9fffA-Za-z0-9]{{2,16}})(?:\s{{1,2}}·\s{{1,2}}[\u4e00-\u9fffA-Za-z]{{2,8}}){{1,3}}\s{{1,2}}·\s{{1,2}}(?:{DATE.pattern})"
)
# 第A08版:城事
_SHEET = seldom(r"第\s?[A-Z]{0,2}\d{1,3}\s?版\s?:\s?[\u4e00-\u9fff·/]{2,8}")
# 《某某研究》2016年第3期, 某某研究 2016年3期
ISSUE = seldom(
    r"(?:《(?P<titled>[^《》]{1,20})》|(?P<journal>[\u4e00-\u9fff·]{2,20}(?:\([\u4e00-\u9fff\d-]{1,10}\))?))\s?(?:19|20)\d\d\s?年第?\s?\d{1,3}\s?期"
    r"(?:第?\d{1,4}(?:-\d{1,4})?页)?|(?P<counted>[\u4e00-\u9fff]{2,12}(?:周刊|杂志|月刊|画报|报))\s?总第\s?\d{1,5}\s?期"
)
# What a site calls its editor by, behind the name: 责任编辑:甲一心 CN037.
EDITOR_CODE = seldom(r"(?<=[\u4e00-\u9fff])[\s_]?[A-Z]{1,4}\d{2,6}$")
# 植物知识 由甲一心供稿
_SUPPLIED = seldom(r"(?:[\u4e00-\u9fff]{2,8}\s)?由\s?(?P<name>[\u4e00-\u9fff]{2,4})\s?(?:供稿|投稿)")
# 手作 甲一心 120℃ 3评论
_THEMED = seldom(r"(?:[\u4e00-\u9fffA-Za-z]{2,12}\s)?(?P<name>\S{2,16})\s\d{1,7}℃(?:\s\d{1,6}\s?评论)?")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row: what it is (a key of the label table, `date`, or `media`), its label, and its value."""

    kind: str
    label: str
    value: str
    when: datetime | None = None


def signed(core: str) -> list[Field]:
    """The fields of a folded row that is a byline, an issue, or says where the text was first; else [].

    >>> [(field.kind, field.value) for field in signed("河口日报 记者甲一心/竹溪报导")]
    [('media', '河口日报'), ('author', '甲一心')]
    >>> signed("甲一心/文")[0].value, signed("作文")
    ('甲一心', [])
    """
    return _byline(core) or _issue(core) or _marked(core) or _glued(core) or _reported(core)


def _reported(core: str) -> list[Field]:
    """Who reported, for which medium; who wrote, edited or took pictures, in brackets; a category, who posted, and
    counters, as themes of blogs set them."""
    told = "者" in core or "员" in core or "生" in core or "稿人" in core or core.endswith(("报道", "文/图", "图/文"))
    if told and (said := reporters(core)):
        medium = [Field("media", "", said[0])] if said[0] else []
        return [*medium, Field("author", "", "、".join(said[1]))]
    if core[-1:] in ")】]" and (done := in_brackets(core)):
        return [Field(done[0], "文", done[1])]
    if "班" in core[-5:] and (name := pupil(core)):
        return [Field("author", "", name)]
    themed = _THEMED.fullmatch(core) or (_SUPPLIED.fullmatch(core) if core[-1] == "稿" else None)
    return [Field("author", "作者", themed["name"]), Field("counter", "", "")] if themed else []


def _glued(core: str) -> list[Field]:
    """A medium and a writer run together: what stands between the name of the one and a date is a name."""
    glued = _GLUED.fullmatch(core)
    if not glued or glued["name"][0] not in USUAL or not is_media(glued["medium"]):
        return []
    return [Field("media", "", glued["medium"]), Field("author", "作者", glued["name"])]


def _byline(core: str) -> list[Field]:
    byline = _BYLINE.fullmatch(core) or _PLACED_BYLINE.fullmatch(core)
    if not byline or not names_of(byline["names"]):
        return []
    named = byline["medium"] or byline.groupdict().get("behind") or ""
    medium = [Field("media", "", named)] if is_media(named) else []
    if byline["medium"] and not medium and not is_generic(byline["medium"]):
        return []
    return [*medium, Field("author", "记者", byline["names"])]


def _marked(core: str) -> list[Field]:
    """A writer between marks, or a medium in brackets."""
    if core[0] in "◎□■●〇◇◆△▲✪★☆◉►▪☉⊙" or core.endswith("文") or core[0] == "文":
        named = _MARKED.fullmatch(core)
        if not named and (employed := _EMPLOYED.fullmatch(core)) and names_of(employed["names"]):
            return [Field("author", "作者", employed["names"])]
        name = named and (named["one"] or named["other"] or named["text"])
        if named and named["wrote"] and named["wrote"][0] in USUAL:
            name = named["wrote"]
        return [Field("author", "作者", name)] if name and names_of(name) else []
    if core[-1] == "著" and (work := _WORK_OF.fullmatch(core)) and work["name"][0] in USUAL:
        return [Field("author", "著", work["name"])]
    if account := _ACCOUNT.fullmatch(core):
        return [Field("author", "原创", account["name"]), *_day(core)]
    if core[-1] in "电讯导道" and (wired := _DATELINE_ROW.fullmatch(core)):
        return [Field("publisher", "", wired["agency"])]
    found = _WIRED.fullmatch(core) or _TAKEN_FROM.fullmatch(core) if core[0] in "【[(原选摘转刊载" else None
    return [Field("publisher", "", found["medium"]), *_day(core)] if found else []


def _day(core: str) -> list[Field]:
    when = DATE.search(core)
    return [Field("date", "", when[0].strip(), read_date(when))] if when else []


def _issue(core: str) -> list[Field]:
    """《某某画报》2021年第3期, on a row of its own."""
    edition = _EDITION.fullmatch(core)
    when = edition and DATE.search(core)
    if edition and when:
        return [Field("media", "", edition["paper"]), Field("date", "", when[0].strip(), read_date(when))]
    if " · " in core and (listed := _LISTED.fullmatch(core)):
        return [Field("publisher", "", listed["account"]), *_day(core)]
    if _SHEET.fullmatch(core):
        return [Field("others", "版", core)]
    return [Field("issue", "", core)] if ISSUE.fullmatch(core) else []


def with_dates(fields: list[Field]) -> list[Field]:
    """Give a date the kind of the label right before it.

    >>> [field.kind for field in with_dates([Field("published", "发布日期", ""), Field("date", "", "2021-03-02")])]
    ['published']
    """
    joined: list[Field] = []
    for field in fields:
        before = joined[-1] if joined else None
        if field.kind == "date" and before and before.kind in _DATED and not before.value:
            joined[-1] = Field(before.kind, before.label, field.value, field.when)
        else:
            joined.append(field)
    return joined
