"""Signs that a row is a site's and not a text's: what words of interfaces are made of, and shapes of lists.

One such row says little: 分享 may head a section, 电话 closes a notice. Many around a page's text are its frame.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from tasks.strip.sheet import ends_sentence
from tasks.strip.tables import table

# Longer rows are not read: they are a text's, or the rules for running text have them.
MAX_CHARS = 80
# A row is a site's if so many of its letters lie in words of interfaces, or fewer in several. Of short rows of our
# layouts 30 to 50 in a hundred are, of short rows in articles, sections and negatives 1 in a hundred.
COVER = 0.4
COVER_OF_SEVERAL = 0.25
# A list along a row has so many entries, each no longer than this.
ENTRIES = 3
ENTRY_CHARS = 8

_LETTER = re.compile(r"[A-Za-z\u4e00-\u9fff]")
_NUMBERED = re.compile(r"[(\[第]?[一二三四五六七八九十百\d]{1,3}[、.)\]章节条回](?!\d)")
_END = re.compile(r"[-—=~*·\s]*(?:the\s?)?end[-—=~*·.\s]*", re.IGNORECASE)
# In sentences the site shows itself by words for itself or its reader, and by what both do, so many in so few letters.
_SELF = re.compile(r"您|小编|本站|本网|本平台|本公众号|本文|本页|亲,")
SPEECH_WORDS, SPEECH_COVER, SPEECH_CHARS = 3, 0.09, 150
_QUOTED = re.compile(r"[“”「」『』…]")
_SHAPE = re.compile(
    r"[¥$]\s?\d|\d\s?元/|\d{3,4}-\d{4,8}|\d{1,2}:\d\d\s*/\s*\d|[\w.]{2,30}@[a-z]|https?:|www\.|\(\d{1,7}\)\s*$|\d[万kw+]?\s?[条次人个](?!月)\S{0,6}$"
    r"|^\d{1,2}:\d\d$|^[\d.,]{1,9}[万kw]?$|[»«›‹★☆▲▼]|\.{3}$|\d{1,2}-\d{1,2}\s?\d{1,2}:\d\d|\d{4}-\d\d-\d\d$"
)


@cache
def _signs() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(table("words")["signs"], key=len, reverse=True))))


@lru_cache(maxsize=4096)  # the steps of the frame ask for each row
def sign(core: str) -> float:
    """What speaks for a folded row's being a site's: 1.0 its words, 0.5 its shape, 0.0 nothing.

    >>> sign("查看更多TA的内容"), sign("均价 6800元/平"), sign("河边点灯")
    (1.0, 0.5, 0.0)
    """
    if len(core) > MAX_CHARS:
        return 0.0
    if _END.fullmatch(core):
        return 1.0
    found = _signs().findall(core)
    covered = sum(map(len, found))
    letters = len(_LETTER.findall(core)) if found else 0
    if found and (covered >= COVER * letters or (len(found) > 1 and covered >= COVER_OF_SEVERAL * letters)):
        return 1.0
    if _SHAPE.search(core):
        return 0.5
    words = core.split()
    return 0.5 if len(words) >= ENTRIES and max(map(len, words)) <= ENTRY_CHARS else 0.0


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
    found = _signs().findall(core)
    return len(found) >= SPEECH_WORDS and sum(map(len, found)) >= SPEECH_COVER * len(core)
