"""Pagers, and the bars for sharing, font size, printing and login: rows made of known words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from tasks.expressions import seldom
from tasks.strip.sheet import Claim, Sheet, words_of
from tasks.strip.tables import (
    is_button,
    is_chatter,
    is_menu_entry,
    is_one_of,
    kinds,
    made_of_known_words,
    phrase,
)

# A word on a row within the prose, or of a page without, is taken only from this length on: 搜索 may head a section.
SINGLE_CHARS = 4
# A menu has at least so many entries.
MENU_ENTRIES = 3
# What stands before the colon in a list that explains words is no longer than this.
LABEL_CHARS = 6

# Rows of advertisements and of other posts' heads within a text are no longer than this.
WITHIN_CHARS = 90
# Weak words on rows longer than this are running text.
WEAK_CHARS = 40
_NUMBERS = seldom(r"[(\[]?\s*[+¥$]?\d[\d.,:/万千kKwW+%-]*\s*[)\]]?")
_NO_WORD = seldom(r"[^0-9A-Za-z\u3400-\u9fff]*|[\W\d_]{1,12}|[a-zA-Z]")
_NEXT = seldom(r"[上下]一[篇条章则页]\s?:")
_OF_BOOK = re.compile(r"[^。!?]{2,40}[上下]一[章篇页回]\s?:[^。]{0,60}")
_DIGITS = re.compile(r"\(?\d{1,7}\)?[次条人+]?")
WHY = {
    "navigation": "an entry of the site's menus",
    "font_size": "a bar to change the font's size",
    "share": "a bar to share the page",
    "tools": "a bar to print, close or comment",
    "pager": "links to the page before and the page after",
    "login": "a login form",
}


def known_word(word: str) -> bool:
    """Whether `word` is one of bars or menus."""
    return word in kinds("strong") or word in kinds("weak") or is_button(word) or is_menu_entry(word)


def is_weak(core: str) -> bool:
    """Whether a row is nothing but words that bars and menus have, counts and marks: furniture where furniture is.

    >>> is_weak("赞 12"), is_weak("评论(3)"), is_weak("←"), is_weak("分享收藏点赞在看"), is_weak("河边点灯")
    (True, True, True, True, False)
    """
    return len(core) <= WEAK_CHARS and _is_weak(core)


@lru_cache(maxsize=4096)
def _is_weak(core: str) -> bool:
    bare = _NUMBERS.sub(" ", core)
    if _NO_WORD.fullmatch(bare):
        return True
    return all(known_word(word) or made_of_known_words(word) for word in words_of(bare))


def may_head(core: str) -> bool:
    """Whether a row of words of menus may as well head a section: one word of what sites and texts are about.

    >>> may_head("文化"), may_head("收藏本页"), may_head("政务公开 政务服务")
    (True, False, False)
    """
    words = words_of(core)
    return len(words) == 1 and (kinds("weak").get(words[0]) == "navigation" or is_menu_entry(words[0]))


@lru_cache(maxsize=4096)  # five rules ask for each short row
def bar_kind(core: str) -> str | None:
    """The kind of bar that a folded row is, or None.

    >>> bar_kind("字号:大 中 小"), bar_kind("分享到: 微信 微博"), bar_kind("【打印】【关闭】"), bar_kind("大")
    ('font_size', 'share', 'tools', None)
    """
    words = [word for word in words_of(core) if not _DIGITS.fullmatch(word)]
    if not words:
        return None
    strong = [kinds("strong")[word] for word in words if word in kinds("strong")]
    known = sum(map(known_word, words))
    if strong and known == len(words):
        return max(dict.fromkeys(strong), key=strong.count)
    if len(words) >= MENU_ENTRIES and known == len(words):
        return _weak_kind(words)
    return None


def _weak_kind(words: Sequence[str]) -> str | None:
    found = [kinds("weak").get(word, "navigation" if is_menu_entry(word) else "tools") for word in words]
    best = max(dict.fromkeys(found), key=found.count)
    if best == "font_size" and {"大", "中", "小"} <= set(words):
        return best
    return best if best in ("navigation", "share") and len(words) > MENU_ENTRIES else None


def bars(sheet: Sheet, kind: str) -> Iterator[Claim]:
    """Rows that are a bar of `kind`."""
    for number, row in sheet.short():
        if bar_kind(row.core) == kind and (len(row.core) >= SINGLE_CHARS or _beyond_prose(sheet, number)):
            few = not sheet.outside(number) and len(words_of(row.core)) < MENU_ENTRIES
            if few and (kind == "navigation" or row.core[0].isdigit()):  # 1 注册 may head a section
                continue
            if kind == "navigation" and _heads_prose(sheet, number):
                continue
            if not sheet.outside(number) and _explained(sheet, number):
                continue
            yield Claim.whole(row, WHY[kind])


def _explained(sheet: Sheet, number: int) -> bool:
    """Whether a row is one of a list that explains words after colons: 关闭:回到首页."""
    near = sheet.rows[max(number - 1, 0) : number + 2]
    return (
        len(near) > 1
        and all(0 < row.core.find(":") <= LABEL_CHARS for row in near if not row.prose)
        and not all(bar_kind(row.core) for row in near)
    )


def _beyond_prose(sheet: Sheet, number: int) -> bool:
    """Whether the page has prose, and the row stands outside it."""
    return sheet.first < len(sheet.rows) and sheet.outside(number)


def _heads_prose(sheet: Sheet, number: int) -> bool:
    """Whether the row stands right above prose, as the heading of a section does."""
    rows = sheet.rows
    single = len(words_of(rows[number].core)) == 1
    return single and number > sheet.first and number + 1 < len(rows) and rows[number + 1].prose


def font_bars(sheet: Sheet) -> Iterator[Claim]:
    """字号: 大 中 小."""
    return bars(sheet, "font_size")


def share_bars(sheet: Sheet) -> Iterator[Claim]:
    """分享到: 微信 微博, on a row or a row each, and 扫一扫 with what scanning does."""
    shared = list(bars(sheet, "share"))
    yield from shared
    if shared:
        yield from _beside(sheet, {claim.row.line.start for claim in shared})
    for _, row in sheet.short():
        if (
            phrase("share").match(row.core)
            and "。" not in row.core
            and len(row.core) <= 60
            and bar_kind(row.core) != "share"
        ):
            yield Claim.whole(row, WHY["share"])


def _beside(sheet: Sheet, shared: set[int]) -> Iterator[Claim]:
    """Rows outside the prose that are one word of share bars, right below a share bar."""
    beside = False
    for number, row in enumerate(sheet.rows):
        if row.line.start in shared:
            beside = True
        elif beside and sheet.outside(number) and kinds("weak").get(row.core) == "share":
            yield Claim.whole(row, WHY["share"])
        else:
            beside = False


def tool_bars(sheet: Sheet) -> Iterator[Claim]:
    """【打印】【关闭】, 返回顶部, and outside the prose what is made like a button, or calls to the reader."""
    yield from bars(sheet, "tools")
    for number, row in sheet.short():
        if sheet.outside(number) and (_buttons(sheet, row.core) or is_chatter(row.core)):
            yield Claim.whole(row, WHY["tools"])


def is_within(core: str) -> bool:
    """Whether a row is an advertisement, a reading aid or the head of another post, as they stand within texts.

    >>> is_within("点击图片进入下一页"), is_within("- 广告 -"), is_within("广告法")
    (True, True, False)
    """
    return len(core) <= WITHIN_CHARS and is_one_of("within", core)


def _buttons(sheet: Sheet, core: str) -> bool:
    """Whether all words are known and one is made like a button; on a page without prose, two."""
    words = [word for word in words_of(core) if not _DIGITS.fullmatch(word)]
    needed = 1 if sheet.first < len(sheet.rows) else 2
    return sum(map(is_button, words)) >= needed and all(map(known_word, words))


@cache
def _pager() -> re.Pattern[str]:
    return re.compile(
        r"(?![上下][篇集期部][\s|])" + phrase("pager").pattern + r"\s*(?:[:>»|\])\N{RIGHTWARDS ARROW}]|没有|无$|$|\s)"
    )


@cache
def _pages() -> re.Pattern[str]:
    return re.compile(rf"(?>{phrase('pages').pattern}\s{{0,4}}){{2,40}}+", re.IGNORECASE)


def pagers(sheet: Sheet) -> Iterator[Claim]:
    """上一篇: …, 下一页, 共3页 1 2 3."""
    for number, row in sheet.short():
        core = row.core
        pages = _pages().fullmatch(core) and re.search(r"[页]|Next|Prev", core)
        titled = (
            (_pager().match(core) or _OF_BOOK.fullmatch(core))
            and (not core.endswith(("。", "!", ";")) or _NEXT.match(core))
            and sheet.outside(number)
        )
        if pages or titled or (bar_kind(core) == "pager" and (sheet.outside(number) or len(core) >= SINGLE_CHARS)):
            yield Claim.whole(row, WHY["pager"])


def logins(sheet: Sheet) -> Iterator[Claim]:
    """用户名 密码 登录 注册."""
    yield from bars(sheet, "login")
    for _, row in sheet.short():
        if phrase("login").fullmatch(row.core) and bar_kind(row.core) != "login":
            yield Claim.whole(row, WHY["login"])
