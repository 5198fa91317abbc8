"""What comes after the article: lists of links to other articles, disclaimers, and the site's footer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import takewhile

from tasks.expressions import seldom
from tasks.strip.placing.teasers import dated_head, marked
from tasks.strip.sheet import SHORT_CHARS, Claim, Row, Sheet, ends_sentence
from tasks.strip.tables import holds, is_chatter, kinds_in, may_hold, phrase, related, table
from tasks.strip.wording.bars import bar_kind, is_weak, is_within
from tasks.strip.wording.menus import is_breadcrumb, menu_block

# Rows between the prose and the footer that go with it: columns of the site, each a short row without marks.
GAP_ROWS = 3
GAP_CHARS = 16
# A menu begins the footer only on pages with so many rows of prose.
PROSE_ROWS = 3
# Who holds an event stands in no more rows together.
HOSTS = 3
# Of the rows from such a menu on, so many must be known words of sites.
FOOTER_SHARE = 0.4
FOOTER_ROWS = 60
# On pages without prose what heads a list of links to the page's end stands below one part in so many of the rows.
HEAD_SHARE = 3
# Rows of a list of links are no longer than this; a teaser ends in dots.
LINK_CHARS = 60

# The site addresses its readers in no more characters, and with so many kinds of words.
ADDRESS_CHARS, ADDRESS_WORDS = 160, 3
# One of which names the site, or says that its text begins or ends.
ADDRESS_SURE = frozenset({"g0", "g1"})
# On its rights and duties it speaks with so many kinds of words.
DENIAL_WORDS = 4

# What the site says of itself in a last row, below the beginnings of other articles: 上湾新闻,….
_SLOGAN = seldom(r"[^,。:“]{2,8}(?:新闻|网|在线|频道|资讯|论坛),.{8,120}$")
HEAD_CHARS = 16
_HEADS = seldom(
    r"(?:相关|更多|猜你|同类|看过|作者其[他它])[\u4e00-\u9fff]{1,6}|(?:[\u4e00-\u9fff]{0,4})(?:其[他它]文章|热文推荐)|[\u4e00-\u9fff·]{2,12}的其[他它]文章"
    r"|最[近新](?:更新|收录|发布)[\u4e00-\u9fff]{2,8}"
)
_OF_TITLE = seldom(r"[\[【][^\[\]【】]{2,60}[\]】]的?(?:相关|更多|其他)(?:文章|推荐|阅读|内容|链接):?")
_RELATED = seldom(
    r"(?:更多)?(?:相关|热门|热点|推荐|最新|精彩|延伸|随机|今日|本周|本月|24小时|48小时|一周|一周内|月度|年度|同类|往期|频道|本站|编辑|小编|为[您你]|猜[您你]).{0,4}?"
    r"(?:新闻|阅读|文章|链接|推荐|报道|资讯|内容|信息|专题|视频|图片|图集|排行|排行榜|热点|热文|话题|回顾|喜欢|榜单|精选)(?:推荐|排行|排行榜|更多|列表)?"
)
# A button that lost what stood between it and the heading: 返回上一页相关文章.
_GLUED = re.compile(r"^(?:返回(?:上一?页|列表|首页|顶部)|关闭窗口|打印本页)(?=.{4})")
_MORE = re.compile(r"\s*(?:\(?更多\)?|more|MORE|More|换一换|换一批)?\s*[>»:+.…]*$")
_SIGN_OFF = seldom(
    r"(?:厅|局|委|办|府|会|部|处|司|院|校|中心|社|组|队|站|所|厂|行|馆|团|党|县|市|区|乡|镇|村|年|月|日|班|级)$|\d"
)
_RIGHTS = re.compile(r"[\[【(※]?\s*(?:版权|免责|转载|著作权|版权及免责)声明\s*[\]】)]?\s*:.")
_BOOK = seldom(r"^(?:\[\d{1,3}\]|\d{1,3}[.、])?\s*《|出版社|书局")


@cache
def _disclaimer_head() -> re.Pattern[str]:
    heads = phrase("disclaimer_head").pattern
    return re.compile(rf"[\[【(*]*\s*{heads}\s*(?:[\]】)*:]|\s)+")


@cache
def _inline() -> re.Pattern[str]:
    heads = phrase("related_inline").pattern
    return re.compile(rf"[\[【(]?\s*{heads}\s*[\]】)]?\s*[:>|]\s*\S.{{0,80}}")


def disclaimers(sheet: Sheet) -> Iterator[Claim]:
    """声明: 本文…不代表本站立场: rows in which the site speaks of its rights and duties, at either end of the page."""
    rows = sheet.rows
    known: dict[str, bool] = {}  # both ways may come to a row
    for order in (range(len(rows) - 1, -1, -1), range(len(rows))):
        first = sheet.first  # the text's first row of prose: those above are the site's
        for number in order:
            row = rows[number]
            if row.core not in known:
                known[row.core] = _speaks_of_itself(row.core)
            if known[row.core]:
                if order.step > 0 and number > first:
                    break
                if order.step > 0 and number == first:
                    first = next((n for n in range(first + 1, len(rows)) if rows[n].prose), first)
                yield Claim.whole(row, "the site's disclaimer")
            elif row.prose:
                break


def _speaks_of_itself(core: str) -> bool:
    return (is_disclaimer(core) or is_chatter(core) or addresses_reader(core)) and not is_within(core)


def is_disclaimer(core: str) -> bool:
    """Whether a folded row is the site speaking of rights and liability.

    >>> is_disclaimer("声明:本文仅为作者观点,不代表本站立场。")
    True
    >>> is_disclaimer("专家认为,未经许可转载他人作品属于侵权行为。")
    False
    """
    if len(core) > 600 or not len(core) >= 6:
        return False
    if _RIGHTS.match(core) and len(core) <= 200:
        return True
    if len(core) <= 200 and may_hold("sure_disclaimer", core) and phrase("sure_disclaimer").match(core):
        return True
    head = may_hold("disclaimer_head", core) and _disclaimer_head().match(core)
    # The site's own words are looked for first: there are many turns of phrase, and most rows have none of the former.
    if not head and not (may_hold("own_voice", core) and _in_own_voice(core)):
        return False
    if len(core) <= 400 and len(denied := kinds_in("denial", core)) >= DENIAL_WORDS and "g0" in denied:
        return True
    found = {match.start() for match in phrase("disclaimer").finditer(core)}
    if not found or head:
        return bool(found)
    return (len(found) >= 2 or phrase("self").search(core) is not None) and min(found) <= 60


def _in_own_voice(core: str) -> bool:
    return len({match[0] for match in phrase("own_voice").finditer(core)}) >= 2


def addresses_reader(core: str) -> bool:
    """Whether a row is the site's thanks, greetings and requests to its readers: several of them, and little else.

    >>> addresses_reader("以上就是小编的全部内容,希望对您有所帮助,更多内容请关注本站。")
    True
    >>> addresses_reader("小编在镇上住了三年,认识了每一位扎灯的老人。")
    False
    """
    if (
        len(core) > ADDRESS_CHARS
        or "“" in core[:1]
        or not may_hold("address", core)
        or not _sure_address().search(core)
    ):
        return False
    found = kinds_in("address", core)
    return len(found) >= ADDRESS_WORDS and not found.isdisjoint(ADDRESS_SURE)


@cache
def _sure_address() -> re.Pattern[str]:
    """Those of them of which there must be one."""
    kinds = table("phrases")["address"]
    return re.compile("|".join(kinds[int(group[1:])] for group in sorted(ADDRESS_SURE)))


def related_head(row: Row) -> bool:
    """Whether a row heads a list of links to other articles."""
    if row.core[:1] in "[【" and _OF_TITLE.fullmatch(row.core):
        return True
    core = _MORE.sub("", row.core.strip("[]【】()<> ").removeprefix("更多>>"))
    core = core.strip("[]【】()|:<>»- ")
    core = _GLUED.sub("", core)
    return len(core) <= 14 and (core in related() or _RELATED.fullmatch(core) is not None)


def _heads_links(row: Row) -> bool:
    """Whether a row may head a list of links: 相关线路, 更多楼盘; it does only where nothing but short rows follow."""
    core = _MORE.sub("", row.core).strip("[]【】()|:<>»- ")
    if len(core) > HEAD_CHARS or not _HEADS.fullmatch(core):
        return False
    return core.endswith(("其它文章", "其他文章")) or not phrase("own_section").search(core)


def related_tails(sheet: Sheet) -> Iterator[Claim]:
    """相关新闻 and the links below it, to the page's end or to the next prose."""
    rows = sheet.rows
    # Without prose the end of a list that begins near the top cannot be told from the article.
    skip = len(rows) // HEAD_SHARE if sheet.first == len(rows) else 0
    if skip and (block := menu_block(sheet)):
        skip = max(skip, GAP_ROWS + next(number for number, row in enumerate(rows, 1) if row is block[-1]))
    head = dated_head(sheet)
    yield from (Claim.whole(row, "links to other articles") for row in rows[:head])
    for number, row in sheet.short():
        if number < max(skip, head):
            continue
        if _inline().fullmatch(row.core) and not ends_sentence(row.core) and "《" not in row.core:
            yield Claim.whole(row, "a link to another article")
        elif related_head(row) or (sheet.last < number and sheet.first < len(rows) and _heads_links(row)):
            skip = _links_end(sheet, number)
            if number == 0 and skip == 0 < sheet.first < len(rows) and marked(row):  # no article begins so
                yield Claim.whole(row, "a heading of links without them")
            if skip > number:
                yield from (Claim.whole(gone, "links to other articles") for gone in rows[number:skip])


def _links_end(sheet: Sheet, head: int) -> int:
    """The row after the list that row `head` heads; `head` itself if what follows is not a list of links."""
    rows = sheet.rows
    end = head + 1
    bare = sheet.first == len(rows)
    while end < len(rows) and (_link(rows[end]) or related_head(rows[end])):
        if bare and rows[end].core.endswith("。"):  # the text goes on below a link within it
            return head
        end += 1
    below = rows[head + 1 : end]
    told = next((start for start in sheet.told if start > rows[head].line.start), None)
    if end == len(rows) and sheet.first == len(rows) and told is not None:
        # The title stands above the source and the date, and the text below them.
        return max(sum(row.line.start < told for row in rows) - 1, head)
    if end == len(rows):
        books = below and all(_BOOK.search(row.core) for row in below)
        return head if books or (head < sheet.last and sheet.first < len(rows) and head < sheet.first) else end
    # Prose follows: a list is links only as far as each row shows it by a bullet, a date or a target, or to the last
    # beginning of an article that is cut short.
    cut = max((n for n, row in enumerate(below, 1) if row.prose and row.core.endswith(("...", "…"))), default=0)
    if 0 < cut == len(below) and end == len(rows) - 1 and _SLOGAN.match(rows[end].core):
        return len(rows)
    links = max(sum(1 for _ in takewhile(marked, below)), cut)
    return head + 1 + links if links >= 2 else head


def _link(row: Row) -> bool:
    if row.prose:
        asks = marked(row) and len(row.core) <= LINK_CHARS and row.core.endswith(("?", "!")) and "。" not in row.core
        return asks or row.core.endswith(("...", "…", "[详细]", "[详情]", ">>"))
    return len(row.core) <= LINK_CHARS or row.links > 0 or "|" in row.core


def footers(sheet: Sheet) -> Iterator[Claim]:
    """Copyright, ICP, host and contact rows after the prose, from the first of them to the end."""
    rows = sheet.rows
    enough = len([row for row in rows if row.prose]) >= PROSE_ROWS
    anchor = next((n for n in range(max(sheet.last + 1, 0), len(rows)) if _anchors(sheet, n, enough)), len(rows))
    anchor -= _gap(sheet, anchor)
    for row in rows[anchor:]:
        yield Claim.whole(row, "the site's footer")
    for number, row in sheet.short():
        if number < min(anchor, sheet.first) and phrase("host").match(row.core) and len(row.core) <= 60:
            yield Claim.whole(row, "the site's service numbers")
        elif number < anchor and (_outright(row) and (sheet.outside(number) or not ends_sentence(row.core))):
            yield Claim.whole(row, "the site's footer")


def _outright(row: Row) -> bool:
    if len(row.core) > SHORT_CHARS or not may_hold("copyright", row.core):
        return False
    return len({match[0].lower() for match in phrase("copyright").finditer(row.core)}) >= 2


def _anchors(sheet: Sheet, number: int, enough_prose: bool) -> bool:
    """Whether the site's footer begins at row `number`, which has no prose after it."""
    row = sheet.rows[number]
    if sheet.first == len(sheet.rows) and (
        number < len(sheet.rows) // 2 or row.line.start < max(sheet.told, default=-1)
    ):
        return False
    core = row.core
    if holds("copyright", core):
        return True
    if ends_sentence(core):
        return False
    if phrase("footer_head").fullmatch(core.rstrip(" :")) or phrase("friends").match(core):
        return True
    if enough_prose and (bar_kind(core) == "navigation" or is_breadcrumb(core)):
        below = sheet.rows[number : number + FOOTER_ROWS]
        known = sum(is_weak(row.core) or not _unknown(row.core) for row in below)
        return known >= FOOTER_SHARE * len(below)
    if any("协办" in row.core[:4] for row in sheet.rows[max(number - HOSTS, 0) : number + HOSTS]):  # of an event
        return False
    return len(phrase("host").findall(core)) >= 2 or _leads_to_copyright(sheet.rows[number : number + 8])


def _unknown(core: str) -> bool:
    return not (holds("copyright", core) or holds("host", core) or phrase("contact").match(core))


def _leads_to_copyright(rows: Sequence[Row]) -> bool:
    """Whether nothing but hosts and contacts stand before a row of copyright, or before the page's end."""
    for row in rows:
        if holds("copyright", row.core):
            return True
        if not (holds("host", row.core) or phrase("contact").match(row.core)):
            return False
    return holds("host", rows[0].core)


def _gap(sheet: Sheet, anchor: int) -> int:
    """How many rows right before the footer go with it."""
    if not 0 <= sheet.last < anchor < len(sheet.rows) or sheet.first == len(sheet.rows):
        return 0
    rows = sheet.rows[sheet.last + 1 : anchor]
    if len(rows) > GAP_ROWS or not all(_column_of_site(row.core) for row in rows):
        return 0
    return len(rows)


def _column_of_site(core: str) -> bool:
    plain = 5 <= len(core) <= GAP_CHARS and all("\u4e00" <= c <= "\u9fff" for c in core)
    return plain and not _SIGN_OFF.search(core)
