"""Paths through a site, menus along a row or one entry a row, and links to a site's other editions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from tasks.expressions import seldom
from tasks.strip.sheet import Claim, Row, Sheet, words_of
from tasks.strip.tables import phrase
from tasks.strip.wording.bars import MENU_ENTRIES, WHY, bars, known_word

# So many of a menu's entries must be words of menus.
MENU_SHARE = 0.6
# Of a column with more than four known entries half will do.
LONG_MENU_SHARE = 0.5
# Among menu entries a row a word that is not known is an entry too, up to this length: titles are longer.
UNKNOWN_CHARS = 4
# Names between bars on a page's first row are no longer.
NAME_CHARS = 16
# Between the entries of a menu there are blank lines, but no row that another rule took: one has more characters.
GAP_CHARS = 8
# A block of menus at the top is no more rows; so many of its words are known, and one in so many.
BLOCK_ROWS, BLOCK_KNOWN, BLOCK_KNOWN_EACH = 40, 5, 8
# A path that ends as a sentence does stands among so many rows at the top.
PATH_ROWS = 3
# A part of a breadcrumb is no longer than this, the last (often the headline) apart.
CRUMB_CHARS = 16

_EDITION = seldom(
    r"(?:移动|手机|触屏|触摸|电脑|网页|wap|WAP|客户端|适老|无障碍|繁体|简体|英文|老年)版?(?:首页)?(?:入口)?"
)
_CRUMB_MARK = re.compile(r"\s*(?:>{1,2}|»|›|→|/|\\|-{1,2}>|\N{BLACK RIGHT-POINTING TRIANGLE}|::)\s*")
_ARROW = seldom(r"\s*(?:[-=]{0,2}>{1,2}|»|›)\s*")  # beside arrows / stands in dates
# Names with two marks of paths between them, above the text.
_PATH = seldom(r"[^<>\d。,!?]{1,12}(?:\s{0,3}[>»›]{1,2}\s{0,3}[^<>。,!?]{1,16}){2,5}>?")
# 首页 常识: a path without marks, above the title.
_BARE_PATH = seldom(r"(?:网站)?(?:首页|主页)\s{1,4}[\u4e00-\u9fff]{2,6}")
_OPEN_PATH = seldom(r"[^<>\d。,!?]{2,12}(?:\s{0,3}[>»›]\s{0,3}[^<>\s\d。,!?]{2,12}){1,4}\s{0,3}[>»›]")
_CRUMB_WORD = seldom(
    r"首页|主页|网|专栏|社区|研究|杂志|期刊|百科|资料|故事|小说|文学|图片|民俗学|频道|新闻|正文|资讯|中心|栏目|动态|要闻|公告|论坛|专题|公开|Home|HOME|home|快讯|文章|内容"
)
_CRUMB_END = seldom(r"正文|文章|详情|内容|文章内容|文章正文|新闻详情|查看")
_CRUMB_ROOT = seldom(r"(?:网站)?(?:首页|主页)$|网$|Home$|HOME$|正文$")


def breadcrumbs(sheet: Sheet) -> Iterator[Claim]:
    """当前位置: 首页 > 新闻 > 正文."""
    for number, row in enumerate(sheet.rows[:PATH_ROWS]):
        if row.core.endswith("。") and _leads_to_next(sheet, number):
            yield Claim.whole(row, "the path from the site's home page to this page")
    for number, row in sheet.short():
        above = number + 1 < sheet.first < len(sheet.rows) and _is_path(sheet, number) and not _led_to(sheet, number)
        if above or (is_breadcrumb(row.core) and (sheet.outside(number) or _CRUMB_ROOT.search(_parts(row.core)[0]))):
            yield Claim.whole(row, "the path from the site's home page to this page")


def _leads_to_next(sheet: Sheet, number: int) -> bool:
    """Whether a row says where the reader is, and ends with what the next row says, whatever the mark at its end."""
    core = sheet.rows[number].core
    below = sheet.rows[number + 1].core if number + 1 < len(sheet.rows) else ""
    return len(below) > UNKNOWN_CHARS and core.endswith(below) and phrase("here").match(core) is not None


def _is_path(sheet: Sheet, number: int) -> bool:
    """Whether a row above the text is names with marks between them, or begins with the home page."""
    core = sheet.rows[number].core
    if core[:1] in ("首", "主", "网", "H") and (_BARE_PATH.fullmatch(core) or _path_to_title(sheet, number)):
        return True
    return (_PATH.fullmatch(core) or _OPEN_PATH.fullmatch(core)) is not None


def _path_to_title(sheet: Sheet, number: int) -> bool:
    """Whether a row that begins with the home page ends with what one of the next rows says: the title."""
    core = sheet.rows[number].core
    if not core.startswith(("首页 ", "主页 ", "Home ")):
        return False
    return any(
        len(row.core) > UNKNOWN_CHARS and core.endswith(" " + row.core) for row in sheet.rows[number + 1 : number + 3]
    )


def _led_to(sheet: Sheet, number: int) -> bool:
    """Whether the row above ends in a colon, as a text's does."""
    return number > 0 and sheet.rows[number - 1].core.endswith((":", ","))


def _parts(core: str) -> list[str]:
    here = phrase("here").match(core)
    mark = _CRUMB_MARK if ">" not in core else _ARROW
    return [part for part in mark.split(core[here.end() if here else 0 :].strip(" :")) if part] or [core]


def is_breadcrumb(core: str) -> bool:
    """Whether a folded row is a path through a site.

    >>> is_breadcrumb("某某网  >   地方  >   快讯"), is_breadcrumb("设置 > 通用 > 语言")
    (True, False)
    """
    here = phrase("here").match(core)
    if here:
        return not core.endswith("。")
    if not _CRUMB_MARK.search(core) or "。" in core or "://" in core or "«" in core:  # «…» are quotation marks
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
        if row.tag == "option":
            taken.add(row.line.start)
            yield Claim.whole(row, "an entry of a list to choose from")
        elif row.line.start not in taken and sheet.outside(number) and (_is_entry(row) or _begins_menu(sheet, number)):
            taken.add(row.line.start)
            yield Claim.whole(row, WHY["navigation"])
    for row in (*_menu_columns(sheet), *menu_block(sheet)):
        if row.line.start not in taken:
            yield Claim.whole(row, WHY["navigation"])


def menu_block(sheet: Sheet) -> Sequence[Row]:
    """The rows at the top of a page that are words of two to four characters, several a row, some of them of menus."""
    rows = [row.core.split(" ") for row in sheet.rows[: min(sheet.first, BLOCK_ROWS)]]
    rows = list(takewhile(lambda said: all(2 <= len(word) <= UNKNOWN_CHARS and word.isalpha() for word in said), rows))
    several = [number for number, said in enumerate(rows, 1) if len(said) > 1]
    if len(several) < MENU_ENTRIES:
        return ()
    words = [word for said in rows[: several[-1]] for word in said]
    enough = sum(map(known_word, words)) >= max(BLOCK_KNOWN, len(words) // BLOCK_KNOWN_EACH)
    taken = [row for row in sheet.rows[: several[-1]] if " " in row.core or len(row.core) == UNKNOWN_CHARS]
    return taken if enough else ()


def _begins_menu(sheet: Sheet, number: int) -> bool:
    """Whether a row above the text is a menu with bars whose first entries are known, or the page's first row and a
    list of names between bars."""
    core = sheet.rows[number].core
    if not core.count("|") >= MENU_ENTRIES or number >= sheet.first:
        return False
    parts = [part.strip() for part in core.split("|")]
    if all(map(known_word, parts[:MENU_ENTRIES])):
        return True
    names = len(parts) > 2 * MENU_ENTRIES and max(map(len, parts)) <= NAME_CHARS and all(parts) and "。" not in core
    below = sheet.rows[number + 1].core.count("|") if number + 1 < len(sheet.rows) else 0
    return number == 0 and names and sheet.first < len(sheet.rows) and below < MENU_ENTRIES


def _is_entry(row: Row) -> bool:
    return _edition(row) or _menu_row(row) or _welcome(row)


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
    if ":" in row.core[: UNKNOWN_CHARS * 2] and (words[0] == "标题" or not known_word(words[0])):
        return False  # a label with its values
    known = sum(map(known_word, words))
    home = words[0].endswith(("首页", "主页", "Home")) or words[1] == "首页" or words[-1] == "回首页"
    return known >= MENU_SHARE * len(words) or home


def _menu_columns(sheet: Sheet) -> Iterator[Row]:
    """Runs of rows outside the prose, each one short word, most of them words of menus."""
    run: list[Row] = []
    before = -1
    for number, row in sheet.short():
        entry = len(row.core) <= UNKNOWN_CHARS or (len(row.core) <= 8 and known_word(row.core))
        entry = entry and sheet.outside(number)
        apart = bool(run) and (number > before + 1 or row.line.start - run[-1].line.end > GAP_CHARS)
        if run and (apart or not entry):
            yield from _menu_run(run)
            run = []
        if entry:
            run.append(row)
        before = number
    yield from _menu_run(run)


def _menu_run(run: Sequence[Row]) -> Sequence[Row]:
    known = [known_word(row.core) for row in run]
    share = LONG_MENU_SHARE if sum(known) > MENU_ENTRIES + 1 else MENU_SHARE
    if sum(known) < MENU_ENTRIES + 1 or sum(known) < share * len(run):
        return ()
    first, last = known.index(True), len(known) - known[::-1].index(True)
    return run[first:last]
