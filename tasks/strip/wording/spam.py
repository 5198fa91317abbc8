"""Headers and footers of keywords for pornography, gambling and loans that mirrors add to the pages they copy.

Such a row is hardly anything but keywords: the words of the table below cover most of it. An article about such sites
names a few of them in sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from tasks.chars import CharPairs
from tasks.expressions import seldom
from tasks.strip.sheet import Claim, Row, Sheet
from tasks.strip.tables import table

# Of a row's letters and characters so many must lie in keywords; headlines about the trade stay below 0.35.
COVER_JOINED = 0.5  # rows of at least three parts joined by marks
COVER_PLAIN = 0.85  # rows without joining marks
# A row needs two different keywords that hardly stand in any other text.
MIN_STRONG = 2
# A page's first row, where keywords are put for search engines, needs fewer letters in them if they are so many and
# in three parts at least: a headline about the trade has no four different ones.
MIN_STRONG_FIRST, COVER_FIRST = 4, 0.22
# A row of so many joints asks nothing: the question mark at its end is a character that was lost.
LOST_MARK_JOINTS = 3
# So many phrases joined by `_` are no title below the prose; above it, one more.
MIN_JOINED = 4
_PART = seldom(r"[^\s,。]{2,40}")
_HAN = seldom(r"[\u4e00-\u9fff]")

_JOINT = seldom(r"[_,|、/;:\s·.!\-—+~\N{CJK UNIFIED IDEOGRAPH-4E28}]+")
_LETTER = seldom(r"[0-9A-Za-z\u4e00-\u9fff]")
_QUOTED = seldom(r"[“”‘’「」『』《》?]")
# Set phrases with which such footers begin.
_PHRASE = re.compile(
    r"主站蜘蛛池|蜘蛛池模板|您可能还对以下资源感兴趣|(?:感谢|欢迎)您?访问(?:我们|本)的?(?:网)?站,您可能"
)
_OPENS = "主蜘您感欢"
# What an agency for web sites says it does, so many times in a row in which it names itself; mirrors set it into texts.
_TRADE = seldom(
    r"网站(?:建设|设计|制作|定制|推广|优化|开发|改版|维护|托管)|建站|网络(?:营销|推广|优化)|小程序(?:开发|定制)|全网营销|seo|关键词排名|软文|域名注册|服务器托管",
    re.IGNORECASE,
)
_AGENCY = seldom(
    r"(?:是|为)一[家个].{0,200}(?:公司|企业|团队|服务商)|为一体的|.{0,20}(?:公司|团队|网络|科技|互联).{0,60}(?:专注|致力|专业|提供)"
)
# The text around it is so many rows, and none is about that.
TRADES, AGENCY_CHARS, TEXT_ROWS = 4, 400, 2
# What a gambling site's mirror calls itself in the place of a title: 某某(中国)官方网站-App Store下载.
_OFFICIAL = seldom(
    r"[^。,:]{2,24}\((?:中国|china)\)\s?(?:官方网站|官方网|官网|有限公司官网|集团官网|手机版|最新版)[^。]{0,40}",
    re.IGNORECASE,
)
OFFICIAL_ROWS = 3
# Links to clinics, as mirrors set them around texts that are about something else.
_AILMENT = seldom(r"白癜风|白殿风|牛皮癣|银屑病|癫痫|不孕不育|尖锐湿疣")
_CLINIC = re.compile(r".{0,16}(?:白癜风|白殿风|牛皮癣|银屑病|癫痫|不孕不育|尖锐湿疣).{0,16}")
_WHY_CLINIC = "a link to a clinic on a page about something else"
_WHY_AGENCY = "an agency for web sites on itself"
_WHY = "a row of keywords for pornography, gambling or loans"


@cache
def _keyword() -> re.Pattern[str]:
    """A keyword that hardly stands in any other text."""
    words = table("spam")
    return _any(words["adult"] + words["gambling"] + words["loans"])


@cache
def _keyword_or_filler() -> re.Pattern[str]:
    return _any((*chain.from_iterable(table("spam").values()), "[0-9]+"))


def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


@cache
def _beginnings() -> CharPairs:
    """The first two characters of each keyword of `_keyword`, in lower case; all of a shorter one."""
    words = table("spam")
    return CharPairs({word[:2].lower() for word in words["adult"] + words["gambling"] + words["loans"]})


def _may_hold_keywords(core: str) -> bool:
    """Whether as many keywords may begin in `core` as a row of spam needs: hardly ever in other rows, and quickly."""
    return _beginnings().count(core.lower(), MIN_STRONG) == MIN_STRONG


def keyword_spam(sheet: Sheet) -> Iterator[Claim]:
    """Rows that are hardly anything but keywords, and the set phrases that lead to them."""
    for number, row in [(n, row) for n, row in enumerate(sheet.rows) if not row.plain or "网站" in row.core]:
        core = row.core
        if "网站" in core and len(core) <= AGENCY_CHARS and _is_agency(sheet, row):
            yield Claim.whole(row, _WHY_AGENCY)
            continue
        if row.plain:
            continue
        if not row.prose and sheet.outside(number) and _CLINIC.fullmatch(core) and _of_others(sheet):
            yield Claim.whole(row, _WHY_CLINIC)
            continue
        if (
            (core[:1] in _OPENS and _PHRASE.match(core))
            or ("。" not in core and is_keywords(core, number == 0))
            or ("_" in core and _joined(sheet, number))
            or (number < OFFICIAL_ROWS and "官" in core and _OFFICIAL.fullmatch(core))
        ):
            yield Claim.whole(row, _WHY)


def _of_others(sheet: Sheet) -> bool:
    """Whether the page's text says nothing of what such clinics treat."""
    text = sheet.rows[sheet.first : sheet.last + 1]
    return bool(text) and not any(_AILMENT.search(row.core) for row in text)


def _is_agency(sheet: Sheet, row: Row) -> bool:
    """Whether a row is an agency for web sites that says what it does, on a page about something else."""
    if len(_TRADE.findall(row.core)) < TRADES or not _AGENCY.search(row.core):
        return False
    others = [one for one in sheet.rows if one.prose and one.core != row.core]
    return len(others) >= TEXT_ROWS and not any(_TRADE.search(one.core) for one in others)


def _joined(sheet: Sheet, number: int) -> bool:
    """Whether a row outside the prose is phrases joined by `_`: of a title with its site's names there are fewer."""
    core = sheet.rows[number].core
    if core.count("_") < MIN_JOINED - 1:
        return False
    if not all(_PART.fullmatch(part) and _HAN.search(part) for part in core.split("_")):
        return False
    return number > sheet.last >= 0 or (number < sheet.first and core.count("_") >= MIN_JOINED)


def is_keywords(core: str, first: bool = False) -> bool:
    """Whether a folded row is keywords and hardly anything else; of a page's `first` row fewer letters must be.

    >>> is_keywords("无码专区_亚洲精品在线观看_久久综合网")
    True
    >>> is_keywords("警方捣毁一个利用百家乐、老虎机敛财的网站")
    False
    """
    if "。" in core or not _may_hold_keywords(core):
        return False
    core = core.rstrip(" ?") if len(_JOINT.findall(core)) >= LOST_MARK_JOINTS else core
    if _QUOTED.search(core):
        return False
    strong = len({match[0].lower() for match in _keyword().finditer(core)})
    if strong < MIN_STRONG:
        return False
    parts = [part for part in _JOINT.split(core) if part]
    letters = len(_LETTER.findall(core))
    covered = sum(len(match[0]) for match in _keyword_or_filler().finditer(core))
    needed = COVER_JOINED if len(parts) >= 3 else COVER_PLAIN
    if first and strong >= MIN_STRONG_FIRST and len(parts) >= 3:
        needed = COVER_FIRST
    return covered >= needed * letters
