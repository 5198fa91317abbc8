"""Signs that a row is a site's and not a text's: what words of interfaces are made of, and shapes of lists.

One such row says little: 分享 may head a section, 电话 closes a notice. Many around a page's text are its frame.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from tasks.expressions import seldom
from tasks.strip.sheet import ends_sentence
from tasks.strip.tables import table

# Longer rows are not read: they are a text's, or the rules for running text have them.
MAX_CHARS = 80
# A row is a site's if so many of its letters lie in words of interfaces, or fewer in several. Of short rows of our
# layouts 30 to 50 in a hundred are, of short rows in articles, sections and negatives 1 in a hundred.
COVER = 0.4
COVER_OF_SEVERAL = 0.25
# Beside the site's part a row goes with it if so many are.
COVER_BESIDE = 0.2
# Of a row of a few letters a third is enough: half of it is what it is about.
FEW_CHARS, COVER_OF_FEW = 8, 0.33
# A list along a row has so many entries, each no longer than this.
ENTRIES = 3
ENTRY_CHARS = 8

# A word that a text explains: 关闭:回到首页.
_EXPLAINED = seldom(r"[\u4e00-\u9fff]{2,6}:[\u4e00-\u9fff,]{4,40}$")
_URL = re.compile(r"https?:[\w./?=&%#:-]{3,160}")
_LETTER = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_NUMBERED = seldom(r"[(\[第]?[一二三四五六七八九十百\d]{1,3}[、.)\]章节条回](?!\d)")
# A row of words in Latin letters has none in Chinese.
_LATIN, _HAN = re.compile(r"[A-Za-z]{2}"), re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = seldom(r"[a-z]{2,20}")
_END = seldom(r"[-—=~*·\s]*(?:the\s?)?end[-—=~*·.\s]*", re.IGNORECASE)
# In sentences the site shows itself by words for itself or its reader, and by what both do, so many in so few letters.
_SELF = seldom(
    r"小编|本站|本网|本平台|本公众号|本页|亲,|关于本文|本文(?:由|来自|来源|转载|链接|网址|地址|标签|标题|仅|已被)"
)
SPEECH_WORDS, SPEECH_COVER, SPEECH_CHARS = 2, 0.06, 150
# What a picture shows, behind a mark or before its source.
_CAPTION = re.compile(
    r"\s*[▲△▼▽]{1,2}\s?[\u4e00-\u9fff].{0,80}[。)]$|.{4,150}\((?:图|图片|照片|资料图|资料照片?|图片来源|图源|示意图)\s?[/:][^()]{1,24}\)$"
    r"|.{4,150}\([^()]{0,16}(?:[\u4e00-\u9fff]\s?/?\s?(?:摄|摄影|翻摄|资料照片?)|(?:提供|供图|授权|翻拍))\)$|.{6,150}。\s?(?:[\u4e00-\u9fff]{1,8}(?:记者|通讯员|社发|网发)\s?)?[\u4e00-\u9fff]{2,4}\s?/?\s?(?:摄影?|供图)$|.{4,150}(?:记者|图/)\s?[\u4e00-\u9fff]{2,4}\s?/?\s?(?:摄影|摄|提供|翻摄)$"
)
_CAPTION_ENDS = frozenset("。)摄影图供")
# Who holds what a text is about.
_HELD = ("主办:", "承办:", "协办:", "指导:")
_QUOTED = seldom(r"[“”「」『』…]")
_SHAPE = seldom(
    r"[¥$\N{FULLWIDTH YEN SIGN}]\s?\d|\d\s?元/"
    r"|\d{3,4}-\d{4,8}|\d{1,2}:\d\d\s*/\s*\d|[\w.]{2,30}@[a-z]|https?:|www\.|\(\d{1,7}\)\s*$|\d[万kw+]?\s?[条次人个](?!月)[^\s!?]{0,6}$"
    r"|^第\s?[A-Z]?\d{1,3}\s?版\s?:\s?[\u4e00-\u9fff·/]{2,12}$|^\d{1,3}\s?/\s?\d{1,3}$|^共\s?\d{1,4}\s?[张条篇个页]$|^(?:[\u4e00-\u9fff]{2,6}:\s?[\d,.]{0,9}\S?\s){2}"
    r"|\d%|^[^<>]{2,8}\s?>\s?[^<>]{2,8}$|^\S{2,5}\s[+-]?[\d.,]{1,9}[万亿]?\S{0,2}$|^[\u4e00-\u9fff]{2,6}:\s?[\dA-Za-z.,:/-]{1,30}$|^\d{1,2}[:-]\d\d$|^[\d.,]{1,9}[万kw]?$|^(?![^«]{0,80}«[^»]{1,80}»)[^»«›‹★☆▲▼]{0,80}[»«›‹★☆▲▼]|\.{3}$|\d{1,2}-\d{1,2}\s?\d{1,2}:\d\d|\d{4}-\d\d-\d\d$"
)


@cache
def _signs() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(table("words")["signs"], key=len, reverse=True))))


@cache
def _latin_signs() -> frozenset[str]:
    return frozenset(table("words")["latin signs"])


@lru_cache(maxsize=4096)  # the steps of the frame ask for each row
def words_of_interfaces(core: str) -> tuple[float, int]:
    """The share of a row's letters that lie in words of interfaces, addresses apart, and how many words there are."""
    core = _URL.sub("", core)
    if _LATIN.search(core) and not _HAN.search(core):
        words = _LATIN_WORD.findall(core.lower())
        known = sum(map(_latin_signs().__contains__, words))
        return known / len(words), known
    found = _signs().findall(core)
    return (sum(map(len, found)) / max(len(_LETTER.findall(core)), 1), len(found)) if found else (0.0, 0)


@lru_cache(maxsize=4096)
def sign(core: str) -> float:
    """What speaks for a folded row's being a site's: 1.0 its words, 0.5 its shape, 0.0 nothing.

    >>> sign("查看更多TA的内容"), sign("12.30 +1.74%"), sign("河边点灯")
    (1.0, 0.5, 0.0)
    """
    if len(core) > MAX_CHARS or (core.startswith(("“", "「", "『")) and core.endswith(("”", "」", "』"))):
        return 0.0
    if _END.fullmatch(core):
        return 1.0
    if _EXPLAINED.match(core):
        return 0.5 if _SHAPE.search(core) else 0.0
    cover, found = words_of_interfaces(core)
    if cover >= (COVER_OF_FEW if len(core) <= FEW_CHARS else COVER) or (found > 1 and cover >= COVER_OF_SEVERAL):
        return 1.0
    if _SHAPE.search(core):
        return 0.5
    words = core.split()
    listed = len(words) >= ENTRIES and max(map(len, words)) <= ENTRY_CHARS and not core.endswith(".")
    return 0.5 if listed else 0.0


def cover(core: str) -> float:
    """The share of a row's letters that lie in words of interfaces.

    >>> cover("点击下载"), cover("河边点灯")
    (1.0, 0.0)
    """
    return words_of_interfaces(core)[0]


def site_words(core: str) -> bool:
    """Whether some of a row's words are a site's.

    >>> site_words("请勿咨询,合作请发送邮件。"), site_words("镇上的鱼灯用竹子扎成。")
    (True, False)
    """
    return words_of_interfaces(core)[0] >= COVER_BESIDE / 2


def is_caption(folded: str) -> bool:
    """Whether a row says what a picture shows, and whose it is.

    >>> is_caption("▲老艄公在补网。(图/某某社)"), is_caption("▲返回顶部")
    (True, False)
    """
    last = folded[-1:]
    if last not in _CAPTION_ENDS or (last == "。" and folded.lstrip()[0] not in "▲△▼▽"):
        return False
    return _CAPTION.match(folded) is not None


def beside(core: str) -> bool:
    """Whether a row goes with the site's part that it touches: some of its words are the site's.

    >>> beside("关键词:竹灯,竹编,鱼灯"), beside("青石镇文化站")
    (True, False)
    """
    return (
        not core.startswith(_HELD)
        and len(core) <= MAX_CHARS
        and not (ends_sentence(core) or numbered(core))
        and words_of_interfaces(core)[0] >= COVER_BESIDE
    )


def opens(core: str) -> bool:
    """Whether a site's part of a page may begin with this row: its words say so, and it is no sentence and no item.

    >>> opens("查看更多TA的内容"), opens("1.点击“我的”"), opens("那里没有评论。")
    (True, False, False)
    """
    said = ends_sentence(core) and not core.endswith("?")
    return sign(core) >= 1 and not (said or _NUMBERED.match(core) or _QUOTED.search(core))


def numbered(core: str) -> bool:
    """Whether a row is an item or a numbered heading.

    >>> numbered("1.点击"), numbered("第三条"), numbered("1.5米")
    (True, True, False)
    """
    return _NUMBERED.match(core) is not None


@lru_cache(maxsize=4096)
def site_speech(core: str) -> bool:
    """Whether a row of running text is the site speaking of itself to its readers.

    >>> site_speech("以上就是小编为您整理的内容,更多资讯请收藏本站,有疑问可以咨询在线客服。")
    True
    >>> site_speech("甲一心说,这家网站的客户端今年有三万人下载,镇上的人都在用它看新闻。")
    False
    """
    if len(core) > SPEECH_CHARS or not _SELF.search(core):
        return False
    cover, found = words_of_interfaces(core)
    return found >= SPEECH_WORDS and cover >= SPEECH_COVER
