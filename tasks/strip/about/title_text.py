"""What a title says, without the site's name behind it, and where the page says it again."""

from __future__ import annotations

import re

from tasks.expressions import seldom
from tasks.strip.about.dates import DATE
from tasks.strip.sheet import Claim, Row, Sheet, undress

# What ends with so long a title, and is not the title, names the site before it.
LONG_TITLE = 10
SITE_CHARS = 16
# What stands behind a title's last _, and again on a row, is the title; it is no shorter.
LEAST_PART = 6
# Within a text so many rows with nothing but such a title are what its pictures are called; one is, below so many rows
# of prose, but for a document's, which a letter may stand above.
PICTURES, ABOVE_PICTURE = 2, 2
# The beginning of the text set above it has so many characters, and is looked for in so many rows.
LEAST_SUMMARY, SUMMARY_ROWS = 24, 15
# What the text begins with stands among so many of its characters.
SUMMARY_HEAD = 60
# Without dots at its end it has so many, and goes on where the next row does.
LEAST_UNMARKED = 60
_LABEL = seldom(r"^(?:内容)?(?:摘要|导读|简介|提要|核心提示)\s?:\s?")
# On pages without prose a title stands again so many rows below itself at most.
NEAR_ROWS = 4

_SITE = seldom(r"\s*(?:_|-{1,2}|\||—{1,2}|–|::|»|>)\s*")
SITE_WORD = seldom(
    r"(?:网|网站|频道|在线|新闻|中心|门户|资讯|论坛|社区|日报|晚报|报|社|台|政府|大学|学院|公司|集团|厂|官网|平台|百科|文库|博客|版|栏目|账号|号|Online|News)$|\.(?:com|cn|net|org)|^www\.",
    re.IGNORECASE,
)
_ENDING = seldom(r"\.(?:docx?|pptx?|xlsx?|pdf|wps|txt)$", re.IGNORECASE)
# A date right behind a title of so many characters.
LEAST_DATED = 5
_DATE_BEHIND = seldom(rf"(?<=[\u4e00-\u9fffA-Za-z)》”!?]){DATE.pattern}$")
# Who speaks and when, behind the name of a talk's pages: 演讲人2026-01-10.
_SPOKEN = seldom(
    rf"(?<=[\u4e00-\u9fff)》”])(?:演讲人|汇报人|主讲人|讲解人|报告人)\s?:?\s?[\u4e00-\u9fff]{{0,4}}\s?{DATE.pattern}$"
)
# A date with its label, and a counter, behind a title on its row.
_LABELLED = seldom(
    r"(?<=[\u4e00-\u9fff)》”!?])\s{0,3}(?:发布日期|发布时间|发表时间|发表日期|更新时间)\s?:\s?"
    rf"{DATE.pattern}(?:\s{{0,3}}(?:浏览次数|浏览量|浏览|点击次数|点击|阅读次数|阅读|人气)\s?:\s?\d{{0,8}}\s?次?)?$"
)
# What the page is about, in so many words and more behind a title: …调研|成都|大学生|社会
_TAGGED = seldom(r"(?P<title>[^|]{10,60}?)\s?(?:\|[^|。,!?\s]{2,6}){2,6}")
TAGS = 2
# The number of the page behind a chapter's name, as reading sites set it.
_PART = seldom(r"\s?\(第?\d{1,2}\s?/\s?\d{1,2}页?\)$")
# What a picture has behind the title that it is called by.
_CHANNEL = seldom(r"\s[\u4e00-\u9fff]{2,6}(?:\s?第\d{1,2}张)?")
_PAGE = seldom(r"(?:docx?|pptx?|pdf)?第\d{1,3}页")
# What an official document is called at the end of its title, which stands on a line and so many more, each this long.
_DOCUMENT = seldom(
    r"(?:通知|通告|公告|通报|意见|办法|方案|决定|决议|报告|请示|批复|复函|函|规定|细则|规划|计划|纲要|条例|规则|章程|预案|公示|说明)"
    r"》?(?:\([^()]{1,24}\))?$"
)
_LINE_CHARS, _MORE_LINES = 40, 2
# How forums print the title of a thread: 标题: … [打印本页].
_PRINTED = seldom(
    r"^[标標][题題](?:\s?(?:[:：]\s{0,3}|(?=(?:Re:\s?|Fw:\s?)?[\[【]))|\s{1,3}(?=\S{8}))|\s{0,3}[\[【]打印本[页頁][\]】]$"
)
_SPACE = seldom(r"\s+")


def title_text(row: Row) -> str:
    """What the row says, as it stands in the page, but for marks around it, its site's name and a file's ending.

    White space is single spaces.

    >>> from tasks.lines import Line
    >>> title_text(Row(Line(0, 9, "# 甲乙\\N{NO-BREAK SPACE} 丙丁", "# 甲乙  丙丁"), "甲乙  丙丁", False, 0))
    '甲乙 丙丁'
    """
    text = row.line.text.replace("**", "")
    cut = site_suffix(row)
    text = undress(text[:cut] if cut is not None else text).strip("*#_ \t\u3000\xa0")
    if text[:2] in ("标题", "標題"):
        text = _PRINTED.sub("", text)
    return _SPACE.sub(" ", without_ending(text))


def without_ending(text: str) -> str:
    """A title without the ending of the file that it was the name of.

    >>> without_ending("甲乙丙丁.docx"), without_ending("甲乙.丙丁")
    ('甲乙丙丁', '甲乙.丙丁')
    """
    return _ENDING.sub("", text)


def printed(row: Row) -> list[tuple[int, int]]:
    """The columns around a title that a forum's page for printing has: 标题: … [打印本页].

    >>> from tasks.lines import Line
    >>> said = "标题: 甲乙丙丁 [打印本页]"
    >>> printed(Row(Line(0, len(said), said, said), said, False, 0))
    [(0, 4), (8, 15)]
    """
    return [found.span() for found in _PRINTED.finditer(row.folded)] if row.core.startswith("标题") else []


def whole_title(sheet: Sheet, title: Row) -> str:
    """The title that row `title` shows, with its rest on the rows below, as official documents have it.

    >>> from tasks.lines import Line
    >>> said = ["上湾县水利局关于做好今年汛前", "渡口检修工作的通知"]
    >>> rows = [Row(Line(0, len(text), text, text), text, False, 0) for text in said]
    >>> whole_title(Sheet.of(rows), rows[0])
    '上湾县水利局关于做好今年汛前渡口检修工作的通知'
    """
    text = title_text(title)
    if "关于" not in title.core or _DOCUMENT.search(title.core) or len(title.core) > _LINE_CHARS:
        return text
    at = next((n for n, row in enumerate(sheet.rows) if row is title), len(sheet.rows))
    below = sheet.rows[at + 1 : at + 1 + _MORE_LINES]
    for count, row in enumerate(below, 1):
        if row.prose or len(row.core) > _LINE_CHARS or row.core[-1:] in ":,。":
            return text
        if _DOCUMENT.search(row.core):
            return text + "".join(map(title_text, below[:count]))
    return text


def site_suffix(row: Row) -> int | None:
    """The column where the names of the site and its channels begin behind a title, or its page's number; or None.

    >>> from tasks.lines import Line
    >>> said = "甲乙丙丁戊_地方_某某网"
    >>> site_suffix(Row(Line(0, 14, said, said), said, False, 0))
    5
    """
    if row.folded[-1:] == ")" and (page := _PART.search(row.folded)):
        return page.start()
    if dated := date_behind(row.folded):
        return dated.start()
    if row.folded.count("|") >= TAGS and (tagged := _TAGGED.fullmatch(row.folded.rstrip())):
        return tagged.end("title")
    parts = list(_SITE.finditer(row.folded))
    if not parts or row.folded.rstrip()[-1:] in "。!?":
        return None
    last = row.folded[parts[-1].end() :].strip()
    if len(last) > SITE_CHARS or not SITE_WORD.search(last):
        return None
    cut = parts[-1].start()
    for mark, following in zip(reversed(parts[:-1]), reversed(parts[1:]), strict=True):
        if following.start() - mark.end() > 8 or mark[0].strip() not in ("_", "|"):
            break
        cut = mark.start()
    return cut if len(row.folded[:cut].strip()) >= 4 else None


def repeats(sheet: Sheet, title: Row) -> list[Claim]:
    """Rows above the prose that say the title again, with or without the site's name; and the HTML's own title."""
    wanted = key(title_text(title))
    found = []
    first = sheet.rows[0]
    if first is not title and first.prose and len(wanted) >= LONG_TITLE and key(first.core).endswith(key(title.core)):
        found.append(Claim.whole(first, "the title behind the site's name"))
    at = next((number for number, row in enumerate(sheet.rows) if row is title), 0)
    end = sheet.first if sheet.first < len(sheet.rows) else at + NEAR_ROWS  # a poem may end with its title
    for row in sheet.rows[:end]:
        if row is title or not row.core:
            continue
        again = key(title_text(row))
        page = again.startswith(wanted) and _PAGE.fullmatch(again, len(wanted))  # of a document that sites share
        part = wanted.endswith(again) and len(again) >= LEAST_PART and title.core.endswith("_" + row.core)
        same = again == wanted or page or part or row.tag == "title" or _behind(row, title)
        if same and len(wanted) >= 4:
            found.append(Claim.whole(row, "the title again"))
            found += _subtitle_again(sheet, at, row)
    said = (wanted, key(title.core))  # the rows are folded
    found += _summary(sheet, title, said)
    within = [row for row in sheet.rows[sheet.first :] if not row.prose and key(row.core) in said]
    if len(wanted) >= LONG_TITLE:
        within_channel = (row for row in sheet.rows[sheet.first :] if row.core.startswith(title.core) and not row.prose)
        found += [
            Claim.whole(row, "the title again, with its channel")
            for row in within_channel
            if _CHANNEL.fullmatch(row.core, len(title.core))
        ]
    if len(wanted) >= LONG_TITLE and (len(within) >= PICTURES or _is_picture(sheet, within)):
        found += [Claim.whole(row, "the title again, as pictures have it") for row in within if row is not title]
    return found


def _summary(sheet: Sheet, title: Row, said: tuple[str, str]) -> list[Claim]:
    """The claims to the beginning of the text that a program set above it, with the title before and after, or that
    stands below in full."""
    rows = sheet.rows[sheet.first : sheet.first + 2]
    dotted = bool(rows) and rows[0].core.endswith(("...", "…"))
    if len(rows) < 2 or not (dotted or rows[0].core != rows[1].core):
        return []
    if not dotted or key(rows[1].core) not in said:
        return [Claim.whole(row, "the beginning of the text, cut short") for row in _cut_short(sheet, said[1])]
    if not rows[0].core.startswith(title.core) or len(title.core) < LONG_TITLE:
        return []
    return [Claim.whole(rows[0], "the beginning of the text, cut short"), Claim.whole(rows[1], "the title again")]


def _is_picture(sheet: Sheet, within: list[Row]) -> bool:
    """Whether the one row that has the title again is what a picture is called, or closes the page."""
    if len(within) != 1 or _DOCUMENT.search(within[0].core):
        return False
    start = within[0].line.start
    above = sum(row.prose for row in sheet.rows if row.line.start < start)
    return above >= ABOVE_PICTURE or not any(row.prose for row in sheet.rows if row.line.start > start)


def _cut_short(sheet: Sheet, title: str) -> list[Row]:
    """The first rows of prose, if they say the same and are cut short, and the rows below begin with what they say."""
    first = sheet.rows[sheet.first]
    head, near = first.core[:SUMMARY_HEAD], sheet.rows[sheet.first + 1 : sheet.first + 4]
    if not any(row.core[:4] in head for row in near):
        return []
    begun = key(_LABEL.sub("", first.core.rstrip(".…"))).removeprefix(title)
    below = [row for row in sheet.rows[sheet.first : sheet.first + SUMMARY_ROWS] if row.core != first.core]
    text = key("".join(row.core for row in below)).removeprefix(title)
    least = LEAST_SUMMARY if first.core.endswith(("...", "…")) else LEAST_UNMARKED
    if len(begun) < least or not text.startswith(begun) or len(text) <= len(begun):
        return []
    return [row for row in sheet.rows[sheet.first : sheet.first + 3] if row.core == first.core]


def _behind(row: Row, title: Row) -> bool:
    """Whether a row is the title with the site's name behind a mark, whatever that name is."""
    if not row.core.startswith(title.core) or len(title.core) < LONG_TITLE:
        return False
    mark = _SITE.match(row.core, len(title.core))
    return mark is not None and 2 <= len(row.core) - mark.end() <= SITE_CHARS


def _subtitle_again(sheet: Sheet, title: int, again: Row) -> list[Claim]:
    """The claim to the subtitle below the title that stands again, if it is the one below row `title`."""
    rows = sheet.rows
    below = next((n + 1 for n, row in enumerate(rows[: sheet.first]) if row is again), len(rows))
    if not title + 1 < below < len(rows) or rows[below].core != rows[title + 1].core or rows[below].core[0] not in "-—":
        return []
    return [Claim.whole(rows[below], "the title again")]


def date_behind(folded: str) -> re.Match[str] | None:
    """The date with its hour that stands right behind a title, on its row.

    >>> date_behind("上湾渡口水位观测2022-10-11 10:49:22").start(), date_behind("会议定于2022-10-11 10:49")
    (8, None)
    """
    if not (folded[-1:].isdigit() or folded[-2:-1].isdigit()):
        return None
    if said := _SPOKEN.search(folded) or (_LABELLED.search(folded) if ":" in folded else None):
        return said if said.start() >= LEAST_DATED else None
    if ":" not in folded[-9:]:
        return None
    found = _DATE_BEHIND.search(folded)
    return found if found and found.start() >= LEAST_DATED and folded[found.start() - 1] not in "于在到至自从" else None


def key(text: str) -> str:
    """What two spellings of a title share."""
    return "".join(c for c in text if c.isalnum())
