"""A line of metadata, read as fields: dates, labels with their values, counters and bars, and nothing else.

Evidence first: `fields_of` reads a row whole or not at all, so that a sentence that begins like a label stays text.
"""

from __future__ import annotations

import re
from functools import cache

from tasks.expressions import seldom
from tasks.strip.about.bylines import EDITOR_CODE, Field, signed, with_dates
from tasks.strip.about.dates import CHINESE_DATE, DATE, ENGLISH_DATE, PARTIAL, read_date, read_english, read_minguo
from tasks.strip.about.names import SEPARATORS, is_media, names_of, nobody
from tasks.strip.about.reporters import source_and_writers, told_apart
from tasks.strip.tables import table
from tasks.strip.wording.bars import known_word

# A row of metadata is no longer than this; the longest of our layouts has 130 characters.
MAX_CHARS = 200
MAX_VALUE = 30  # of a source or a name
SURE_UNKNOWN = 8  # beside a date in figures alone
MAX_NAME = 4
MAX_UNKNOWN = 12  # of a name without a label
# How far into a row a full stop may stand that is no sentence's: before 发表于 stands the writer, in so few characters.
POSTED_CHARS = 20
LONG_LABEL = 4  # that may stand in brackets without a value
MAX_OTHER = 60  # of a headline as it first ran, or an index number


def _spread(label: str) -> str:
    """A label's pattern: two characters may be set apart (来　源), and so are words in Latin letters."""
    if label.isascii():
        return re.sub(r"(?<=[a-z])(?=on$)", r"\\s", label)
    return r"\s{0,2}".join(label) if len(label) in (2, 3) else label


@cache
def _fields() -> dict[str, str]:
    """Every label with its field."""
    return {label: field for field, labels in table("labels").items() if field != "spaced" for label in labels}


@cache
def _label() -> re.Pattern[str]:
    labels = "|".join(map(_spread, sorted(_fields(), key=len, reverse=True)))
    return re.compile(
        rf"(?P<label>{labels})"
        r"(?:\s{0,3}(?P<mark>[:/|\N{CJK UNIFIED IDEOGRAPH-4E28}])|(?P<space>\s)|(?=\d))"
    )


# 【发文字号】 某政发〔2012〕8号
_BRACKETED = seldom(r"[\[【]\s?(?P<label>[\u4e00-\u9fff]{2,8})\s?[\]】]\s?:?\s?(?P<value>[^\[\]【】]*)")
_EDGE = seldom(r"[\s|/·,;()\[\]【】<>\-—_:.丨•*]")
_COUNT = seldom(
    r"\(?\s*(?:约|共|已有|有|被|推荐(?=\d))?\s*-{0,2}\d{0,9}(?:\.\d)?\s*[万kKwW+]?\s*(?:人次|次|人|条|字|个|篇|分钟|℃|loading|加载中)?(?:浏览|阅读|点击|评论|参与|访问|围观|跟帖|点赞|转发|收藏|回复)?\s*\)?(?:\.{3})?"
)
_SENTENCE = seldom(r"[。!?;“”…]")
_URL = seldom(r"(?:https?://|www\.)[\w./?=&%#-]{3,120}|(?<![\w.])[a-z\d-]{2,20}\.(?:com|net|org|cn)(?:\.cn)?(?!\w)")
_POSTED = seldom(
    r"by\s[A-Za-z]\w{0,20}|(?:In|in)\s[^\s|]{1,12}|(?:由|by)\s?[\w\u4e00-\u9fff]{1,12}\s?(?:发布|发表|张贴|上传)|由\s\S{1,12}|于|@|posted(?:\s?@)?|关注|原创"
)
_FROM = seldom(r"^(?:来自|来源于|转自)(?=[\u4e00-\u9fff]{3})")
# What is left of spaces that a decoder could not read, in a row with a date in figures.
_LOST = seldom(r"\?{1,6}(?=\D)|\?{1,6}$")
# Where an account wrote from, behind the date: 发表于某地.
_POSTED_FROM = seldom(
    r"\s(?:(?:发表于|发布于)\s?|·\s?来自\s?(?![\u4e00-\u9fff]{1,3}[网报社台刊]))[\u4e00-\u9fff]{2,4}$"
)
# The place that an account wrote from, set apart behind the hour: 2025-01-18 10:31   北京
_POSTED_IN = seldom(r"(?<=:\d\d)\s{2,4}[\u4e00-\u9fff]{2,3}$")
# 05.03.2018 13:22, as sites abroad write the day first.
_DAY_FIRST = seldom(r"(?<![\d.])(\d\d)\.(\d\d)\.((?:19|20)\d\d)(?=\s{1,4}\d{1,2}:\d\d)")
# 浏览次数(32) beside a date.
_BRACKETED_COUNT = seldom(r"(?<=[数量])\((?=\d{1,9}\))")
# A day without its year; a writer and where they work.
_DAY = seldom(r"\d{1,2}[-/月]\d{1,2}日?")
_EMPLOYED = seldom(
    r"(?P<name>[\u4e00-\u9fff]{2,4})\s{1,3}[\u4e00-\u9fff]{3,20}(?:事务所|大学|学院|公司|中心|医院|学校|研究院|研究所)"
)
# A count with no space before it, behind a date or a source: 地方127次浏览, 某某网 9.98K.
_COUNTED = seldom(
    r"\s(?:我要|我来|参与){0,2}(?:评论|讨论|说两句)\s?\(\d{0,7}\)\s?人?(?:参与)?$|\s参加讨论$|阅读时间约?\s?\d{1,3}\s?分钟$|(?:发布)?\d{1,8}\s?[次人](?:浏览|阅读|点击|围观|查看)$|\s\d{1,4}(?:\.\d{1,2})?[KkWw万]$|\s点击图片.{0,10}$"
)
# 某某网发表于2021-02-23: a name right before the label.
_GLUED_POST = seldom(r"(?<=[\u4e00-\u9fff])(?:发表于|发布于)(?=\s?\d{4}[-/年.])")
# How often a post was seen, as themes of blogs set it behind the hour.
_VIEWS = seldom(r"(?<=[\d\s])(?:评论)?[\d,]{1,9}\s?views\s?(?:阅读模式)?$")
# What stands where a value would, if its label has none: 信息来源: 关键词:
_NEXT_LABEL = seldom(r"[\u4e00-\u9fff]{2,6}\s?:")
# The row of an index table on which the document's name stands behind other fields.
_NAMED = seldom(r"\s(?:信息|文件)?名称\s?:\s?(?=\S{6})")
_NUMERIC = seldom(r"\d{4}[-/.]\d")
_USER = seldom(r"[A-Za-z][A-Za-z_]{2,9}\d{1,6}")  # who posted a text, as sites call their users
_UNKNOWN = seldom(r"[。!?,;:“”\d%]")  # no name has these
# The label of a journal or of an index that may stand right behind a value.
_KEYWORDS = seldom(r"关\s{0,2}键\s{0,2}[词字]\s?:")
# Beside a bare date an office is who enacted a law, not who published the page.
_OFFICE = seldom(r"(?:发布|政府|办公室|委员会|局|厅)$")


def fields_of(core: str) -> list[Field]:
    """Read a folded row as metadata: all its fields, or [] if anything in it is not metadata.

    >>> [(field.kind, field.value) for field in fields_of("2016年04月27日 15:22  来源:某某网 [责任编辑:王五]")]
    [('date', '2016年04月27日 15:22'), ('publisher', '某某网'), ('editor', '王五')]
    >>> fields_of("来源:本文据采访录音整理,略有删节。")
    []
    """
    if not 2 <= len(core) <= MAX_CHARS or "-->" in core:  # when a subtitle is shown
        return []
    if core[0] in "[【" and (bracketed := _BRACKETED.fullmatch(core)) and _is_label(bracketed):
        core = f"{bracketed['label']}:{bracketed['value']}"
    if special := signed(core):
        return special
    core = core.removesuffix(" 内容概述:")
    if "发" in core:
        core = _GLUED_POST.sub(r" \g<0>", core)
    if core.endswith(("views", "阅读模式")):
        core = _VIEWS.sub("", core)
    if (named := _NAMED.search(core)) and (others := fields_of(core[: named.start()])):
        return [*others, Field("others", "名称", core[named.end() :])]
    if ("?" in core or core[-1] == ")" or "发" in core[-8:] or "来自" in core[-8:]) and DATE.search(core):
        core = _POSTED_FROM.sub("", _BRACKETED_COUNT.sub(":", _LOST.sub(" ", core)))
    if core.endswith(table("words")["provinces"]):
        core = _POSTED_IN.sub("", core)
    if "." in core:
        core = _DAY_FIRST.sub(r"\3-\2-\1", core)
    marks = _marks(core)
    if not marks:
        return []
    fields: list[Field] = []
    before = core[: marks[0].start()]
    posted = "label" in marks[0].re.groupindex and marks[0]["label"] in ("发表于", "发布于")
    if not (posted and len(before) <= POSTED_CHARS) and not _bare(before, fields):
        return []
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(core)
        value = core[mark.end() : end]
        if not (_labelled(mark, value, fields) if "label" in mark.re.groupindex else _dated(mark, value, fields)):
            return []
    return with_dates(fields) if _unknown_fits(fields, core) else []


def _is_label(bracketed: re.Match[str]) -> bool:
    """Whether what stands in the brackets is a label: [编辑] alone is a link."""
    return bracketed["label"] in _fields() and (bool(bracketed["value"]) or len(bracketed["label"]) >= LONG_LABEL)


def _unknown_fits(fields: list[Field], core: str) -> bool:
    """Whether words that are no field may stand in the row: one name beside a date with its hour or a counter."""
    unknown = [field for field in fields if field.kind == "unknown"]
    dates = [field for field in fields if field.when]
    if not unknown:
        return True
    if (
        dates
        and fields[0] is unknown[0]
        and len(unknown[0].value) > MAX_NAME
        and core.startswith((unknown[0].value + dates[0].value, unknown[0].value + (fields[1].label or "-")))
    ):
        return False  # a title with its date right behind it
    sure = any(field.kind in ("counter", "publisher", "editor") for field in fields) or any(
        ":" in field.value for field in dates
    )
    chars = SURE_UNKNOWN if dates and _NUMERIC.match(dates[0].value) else 4
    short = len(unknown[0].value) <= chars or _USER.fullmatch(unknown[0].value) is not None
    return len(unknown) == 1 and bool(dates) and (sure or short)


def _marks(core: str) -> list[re.Match[str]]:
    """Dates and labels in order, not overlapping; a label must stand free, or follow a value with its colon."""
    found: list[re.Match[str]] = []
    position = 0
    while position < len(core):
        candidates = [
            match
            for pattern in (DATE, CHINESE_DATE, ENGLISH_DATE, PARTIAL)
            if (match := pattern.search(core, position))
        ]
        label = _next_label(core, position, min((match.start() for match in candidates), default=len(core)))
        if label:
            candidates.append(label)
        if not candidates:
            break
        best = min(candidates, key=lambda match: (match.start(), -match.end()))
        found.append(best)
        position = best.end()
    return found


def _next_label(core: str, position: int, limit: int) -> re.Match[str] | None:
    while (match := _label().search(core, position)) and match.start() <= limit:
        free = match.start() == 0 or _EDGE.match(core[match.start() - 1]) is not None or match.start() == position
        label = re.sub(r"\s", "", match["label"])
        if match["mark"]:
            short = len(label) == 1 and match["mark"] == ":" and not free
            if (free or (match["mark"] == ":" and len(label) >= 2)) and not short:
                return match
        elif free and label in table("labels")["spaced"] and not (match.start() == position and nobody(label)):
            return match
        position = match.start() + 1
    return None


def _bare(text: str, fields: list[Field]) -> bool:
    """Take what stands before the first mark or after a date: nothing, or the name of a medium."""
    text = _COUNTED.sub("", _FROM.sub("", _URL.sub("", text).strip(SEPARATORS))).rstrip()
    if not text or _known(text) or all(_POSTED.fullmatch(part.strip()) for part in text.split("|")):
        return True
    if byline := signed(text):
        fields += byline
        return True
    if len(text) <= 20 and is_media(text) and not _OFFICE.search(text):
        fields.append(Field("media", "", text))
        return True
    if _USER.fullmatch(text):
        fields.append(Field("unknown", "", text))
        return True
    text = " ".join(word for word in text.split() if not known_word(word))
    fields.append(Field("unknown", "", text))
    return len(text) <= MAX_UNKNOWN and not _UNKNOWN.search(text)


def _known(text: str) -> bool:
    """Whether `text` is nothing but words of bars and counts."""
    words = [word for word in re.split(r"[\s|/()\[\]【】,:<>]+", text) if word]
    return all(known_word(word) or _COUNT.fullmatch(word) for word in words)


def _dated(mark: re.Match[str], rest: str, fields: list[Field]) -> bool:
    when = None if mark.re is PARTIAL else read_english(mark) if mark.re is ENGLISH_DATE else read_date(mark)
    if when is None and mark.re is not PARTIAL:
        return False
    fields.append(Field("date", "", mark[0].strip(), when))
    return _bare(rest, fields)


def _labelled(mark: re.Match[str], value: str, fields: list[Field]) -> bool:
    label = re.sub(r"\s", "", mark["label"])
    kind = _fields()[label]
    value = _COUNTED.sub("", value.strip("|/,;[]【】〖〗<>-—_丨•* \t"))
    value = value.strip("()") if value.count("(") != value.count(")") or value[:1] == "(" else value
    if kind in ("counter", "bar"):
        fields.append(Field(kind, label, value))
        return _known(value)
    if kind in ("published", "updated", "dated"):
        when = read_minguo(value) if kind != "dated" or label == "日期" else None
        fields.append(Field(kind, label, value, when))
        return when is not None or not value or _DAY.fullmatch(value) is not None
    value, rest = ("", "") if _NEXT_LABEL.fullmatch(value) else _cut(value)
    if len(value) > (MAX_OTHER if kind == "others" else MAX_VALUE) or _SENTENCE.search(value):
        return False
    if kind == "author" and (employed := _EMPLOYED.fullmatch(value)):
        value = employed["name"]
    if kind == "editor":
        value = EDITOR_CODE.sub("", value)
        name, _, medium = value.rpartition(" ")
        if name and is_media(medium):  # 编辑:甲一心 某某新闻
            value = name
            fields.append(Field("media", "", medium))
    if kind in ("issuer", "publisher") and "键" in value:
        value = _KEYWORDS.split(value)[0].strip()
    if kind == "publisher" and "|" in value and (said := source_and_writers(value)):
        value = said[0]
        fields.append(Field("author", "", said[1]))
    value = told_apart(value) if kind == "author" else value
    if kind == "author" and value and not names_of(value):
        if label in ("作者", "供稿", "撰稿", "撰文") and mark["mark"] and len(value) <= 20 and "," not in value:
            fields.append(Field(kind, label, value))
            return _known(rest)
        return False
    if mark["space"] and kind in ("author", "editor", "others"):
        if kind != "author" and not names_of(value):
            return False
        if label != "分类于" and any(map(known_word, value.split())):  # 编辑 历史 工具: a bar
            return False
    if kind == "others" and label in ("图", "图片", "图文", "栏目", "分类", "频道", "配图", "上传") and len(value) > 12:
        return False
    fields.append(Field(kind, label, value))
    return _known(rest)


def _cut(value: str) -> tuple[str, str]:
    """A value, and the bar that stands behind it after two spaces, a bar or a bracket."""
    match = re.search(r"\s{2,}|\s*[|\[【]\s*|\s+(?=(?:大|中|小|打印|关闭|收藏|分享|字号)(?:\s|$)|有?\d{1,9}人)", value)
    if not match:
        first, *words = value.split(" ")
        return (first, " ".join(words)) if words and all(map(known_word, words)) else (value, "")
    rest = value[match.end() :]
    return (
        (value[: match.start()].strip(SEPARATORS.replace("《》", "")), rest)
        if _known(rest)
        else (re.sub(r"\s+", " ", value), "")
    )
