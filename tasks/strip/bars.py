"""Menus, breadcrumbs, pagers, and the bars for sharing, font size, printing and login: rows made of known words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from tasks.strip.sheet import Claim, Row, Sheet, words_of
from tasks.strip.tables import is_button, is_menu_entry, kinds, made_of_known_words, phrase

# A word on a row within the prose, or of a page without, is taken only from this length on: 搜索 may head a section.
SINGLE_CHARS = 4
# A menu has at least so many entries, and so many of them must be words of menus.
MENU_ENTRIES = 3
MENU_SHARE = 0.6
# Of a column with more than four known entries half will do.
LONG_MENU_SHARE = 0.5
# Among menu entries a row a word that is not known is an entry too, up to this length: titles are longer.
UNKNOWN_CHARS = 4
# Between the entries of a menu there are blank lines, but no row that another rule took: one has more characters.
GAP_CHARS = 8
# A part of a breadcrumb is no longer than this, the last (often the headline) apart.
CRUMB_CHARS = 16

# What stands before the colon in a list that explains words is no longer than this.
LABEL_CHARS = 6

# Weak words on rows longer than this are running text.
WEAK_CHARS = 40
_NUMBERS = re.compile(r"[(\[]?\s*[+¥$]?\d[\d.,:/万千kKwW+%-]*\s*[)\]]?")
_NO_WORD = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]*|[\W\d_]{1,12}|[a-zA-Z]")
_DIGITS = re.compile(r"\(?\d{1,7}\)?[次条人+]?")
_EDITION = re.compile(
    r"(?:移动|手机|触屏|触摸|电脑|网页|wap|WAP|客户端|适老|无障碍|繁体|简体|英文|老年)版?(?:首页)?(?:入口)?"
)
_CRUMB_MARK = re.compile(r"\s*(?:>{1,2}|»|›|→|/|\\|-{1,2}>|\N{BLACK RIGHT-POINTING TRIANGLE}|::)\s*")
# Names with two marks of paths between them, above the text.
_PATH = re.compile(r"[^<>\d。,!?]{1,12}(?:\s{0,3}[>»›]{1,2}\s{0,3}[^<>。,!?]{1,16}){2,5}>?")
_CRUMB_WORD = re.compile(
    r"首页|主页|网|专栏|社区|研究|杂志|期刊|百科|资料|故事|小说|文学|图片|民俗学|频道|新闻|正文|资讯|中心|栏目|动态|要闻|公告|论坛|专题|公开|Home|HOME|home|快讯|文章|内容"
)
_CRUMB_END = re.compile(r"正文|文章|详情|内容|文章内容|文章正文|新闻详情|查看")
_CRUMB_ROOT = re.compile(r"(?:网站)?(?:首页|主页)$|网$|Home$|HOME$|正文$")
_WHY = {
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
    if len(core) > WEAK_CHARS:
        return False
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
            yield Claim.whole(row, _WHY[kind])


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
            yield Claim.whole(row, _WHY["share"])


def _beside(sheet: Sheet, shared: set[int]) -> Iterator[Claim]:
    """Rows outside the prose that are one word of share bars, right below a share bar."""
    beside = False
    for number, row in enumerate(sheet.rows):
        if row.line.start in shared:
            beside = True
        elif beside and sheet.outside(number) and kinds("weak").get(row.core) == "share":
            yield Claim.whole(row, _WHY["share"])
        else:
            beside = False


def tool_bars(sheet: Sheet) -> Iterator[Claim]:
    """【打印】【关闭】, 返回顶部, and outside the prose what is made like a button, or calls to the reader."""
    yield from bars(sheet, "tools")
    for number, row in sheet.short():
        if sheet.outside(number) and (_buttons(sheet, row.core) or phrase("chatter").fullmatch(row.core)):
            yield Claim.whole(row, _WHY["tools"])


def _buttons(sheet: Sheet, core: str) -> bool:
    """Whether all words are known and one is made like a button; on a page without prose, two."""
    words = [word for word in words_of(core) if not _DIGITS.fullmatch(word)]
    needed = 1 if sheet.first < len(sheet.rows) else 2
    return sum(map(is_button, words)) >= needed and all(map(known_word, words))


@cache
def _pager() -> re.Pattern[str]:
    return re.compile(phrase("pager").pattern + r"\s*(?:[:>»|\])\N{RIGHTWARDS ARROW}]|没有|无$|$|\s)")


@cache
def _pages() -> re.Pattern[str]:
    return re.compile(rf"(?>{phrase('pages').pattern}\s{{0,4}}){{2,40}}+", re.IGNORECASE)


def pagers(sheet: Sheet) -> Iterator[Claim]:
    """上一篇: …, 下一页, 共3页 1 2 3."""
    for number, row in sheet.short():
        core = row.core
        pages = _pages().fullmatch(core) and re.search(r"[页]|Next|Prev", core)
        titled = _pager().match(core) and not core.endswith(("。", "!", ";")) and sheet.outside(number)
        if pages or titled or (bar_kind(core) == "pager" and (sheet.outside(number) or len(core) >= SINGLE_CHARS)):
            yield Claim.whole(row, _WHY["pager"])


def logins(sheet: Sheet) -> Iterator[Claim]:
    """用户名 密码 登录 注册."""
    yield from bars(sheet, "login")
    for _, row in sheet.short():
        if phrase("login").fullmatch(row.core) and bar_kind(row.core) != "login":
            yield Claim.whole(row, _WHY["login"])


def breadcrumbs(sheet: Sheet) -> Iterator[Claim]:
    """当前位置: 首页 > 新闻 > 正文."""
    for number, row in sheet.short():
        above = number + 1 < sheet.first < len(sheet.rows) and _PATH.fullmatch(row.core) and not _led_to(sheet, number)
        if above or (is_breadcrumb(row.core) and (sheet.outside(number) or _CRUMB_ROOT.search(_parts(row.core)[0]))):
            yield Claim.whole(row, "the path from the site's home page to this page")


def _led_to(sheet: Sheet, number: int) -> bool:
    """Whether the row above ends in a colon, as a text's does."""
    return number > 0 and sheet.rows[number - 1].core.endswith((":", ","))


def _parts(core: str) -> list[str]:
    here = phrase("here").match(core)
    return [part for part in _CRUMB_MARK.split(core[here.end() if here else 0 :].strip(" :")) if part] or [core]


def is_breadcrumb(core: str) -> bool:
    """Whether a folded row is a path through a site.

    >>> is_breadcrumb("某某网  >   地方  >   快讯"), is_breadcrumb("设置 > 通用 > 语言")
    (True, False)
    """
    here = phrase("here").match(core)
    if here:
        return not core.endswith("。")
    if not _CRUMB_MARK.search(core) or "。" in core or "://" in core:
        return False
    parts = _parts(core)
    if ">" in core and len(parts) >= 3 and _CRUMB_END.fullmatch(parts[-1]):
        return True
    if len(parts) < 2 or any(len(part) > CRUMB_CHARS for part in parts[:-1]):
        return False
    if _CRUMB_ROOT.search(parts[0]):
        return ">" in core or "»" in core or "›" in core or "→" in core or len(parts) >= 3
    if any(c.isdigit() for c in core):
        return False
    if "›" in core or "»" in core:
        return True
    words = sum(bool(_CRUMB_WORD.search(part)) for part in parts)
    return ">" in core and words >= (1 if len(parts) >= 3 else 2)


def menus(sheet: Sheet) -> Iterator[Claim]:
    """Menus along a row or one entry a row, and links to the site's other editions."""
    taken: set[int] = set()
    for claim in bars(sheet, "navigation"):
        taken.add(claim.row.line.start)
        yield claim
    for number, row in sheet.short():
        if row.line.start not in taken and sheet.outside(number) and (_edition(row) or _menu_row(row) or _welcome(row)):
            taken.add(row.line.start)
            yield Claim.whole(row, _WHY["navigation"])
    for row in _menu_columns(sheet):
        if row.line.start not in taken:
            yield Claim.whole(row, _WHY["navigation"])


def _edition(row: Row) -> bool:
    """某某网移动版."""
    if len(row.core) > 16:
        return False
    return any(
        (match := _EDITION.search(word)) is not None and match.end() == len(word) for word in words_of(row.core)[-1:]
    )


def _welcome(row: Row) -> bool:
    return len(row.core) <= 50 and phrase("welcome").fullmatch(row.core.split("|")[0].strip()) is not None


def _menu_row(row: Row) -> bool:
    words = words_of(row.core)
    if len(words) < MENU_ENTRIES or max(map(len, words)) > 8 or any(c in row.core for c in "。!?;、"):
        return False
    known = sum(map(known_word, words))
    home = words[0].endswith(("首页", "主页", "Home")) or words[1] == "首页"
    return known >= MENU_SHARE * len(words) or home


def _menu_columns(sheet: Sheet) -> Iterator[Row]:
    """Runs of rows outside the prose, each one short word, most of them words of menus."""
    run: list[Row] = []
    for number, row in enumerate(sheet.rows):
        entry = len(row.core) <= UNKNOWN_CHARS or (len(row.core) <= 8 and known_word(row.core))
        apart = bool(run) and row.line.start - run[-1].line.end > GAP_CHARS
        if apart or not (entry and sheet.outside(number) and not row.prose):
            yield from _menu_run(run)
            run = []
        if entry and sheet.outside(number) and not row.prose:
            run.append(row)
    yield from _menu_run(run)


def _menu_run(run: Sequence[Row]) -> Sequence[Row]:
    known = [known_word(row.core) for row in run]
    share = LONG_MENU_SHARE if sum(known) > MENU_ENTRIES + 1 else MENU_SHARE
    if sum(known) < MENU_ENTRIES + 1 or sum(known) < share * len(run):
        return ()
    first, last = known.index(True), len(known) - known[::-1].index(True)
    return run[first:last]
