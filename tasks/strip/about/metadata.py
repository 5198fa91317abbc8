"""Rows that say where a page comes from: they leave the text and fill the metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tasks.expressions import seldom
from tasks.strip.about.boards import post_head, release_time
from tasks.strip.about.bylines import Field
from tasks.strip.about.dates import CHINESE_DATE
from tasks.strip.about.fields import MAX_CHARS, POSTED_CHARS, fields_of
from tasks.strip.about.journals import is_workplace, of_paper, run_together
from tasks.strip.about.lone_writers import HEAD_ROWS, lone_writer, marked_writers
from tasks.strip.about.names import is_media, names_of
from tasks.strip.about.title_looks import may_be_title
from tasks.strip.sheet import Claim, Row, Sheet, as_found
from tasks.strip.tables import is_chatter
from tasks.strip.wording.bars import is_weak

# Below a marked title so many rows may be metadata, even if prose stands above the title.
BELOW_TITLE = 5
# Of a page without prose only so many rows may be bare dates and names.
NEAR_TOP = 4
# A byline's publisher on the row above it is no longer than this.
MEDIA_CHARS = 24
# The title stands among so many rows above it.
HEAD_NEAR = 5

# The index table of an official document has so many labels on rows of their own, among so many rows at the top.
INDEX_LABELS = 3
INDEX_ROWS = 40

# What rows with a label each say below a title.
_CREDITS = frozenset({"author", "editor", "others"})
_OF_TABLE = frozenset({"publisher", "published", "updated", "dated", "counter"})
_WHY = "the page's source, date, byline or counter"
_MARKED_TITLE = seldom(r"\s*#\s+\S")
# The class comes first, so that other text is passed over at the speed of a search for one class.
_HINT = re.compile(
    r"[\d:/|丨来记作编责通浏阅点发刚天前年民著☉⊙◎】讯影℃)道文稿班审](?:(?<=审)(?=\s[\u4e00-\u9fff]{2,3}$)|(?<=[供投]稿)$|(?<=班)(?=\)?\s?[\u4e00-\u9fff]{2,3}$)|(?<=文)(?=\s[\u4e00-\u9fff]{2,3}$)|(?<=摄影)(?=\s)|(?<=摄影报道)$|(?<=℃)|(?<=[文图摄辑影稿道]\))$|(?<=】)|(?<=讯)[\])]|(?<=\s著)|(?<=[☉⊙◎])(?=[\s\u4e00-\u9fff])|(?<=[〇零一二三四五六七八九]年)|(?<=民)国|(?<=[:/|丨天前])|(?<=\d)(?:\d{3}|:\d)|(?<=来)源|(?<=记)者|(?<=作)者|(?<=编)辑|(?<=责)编"
    r"|(?<=通)讯员|(?<=浏)览|(?<=阅)读|(?<=点)击|(?<=发)[布表]|(?<=刚)刚)"
)
# The labels of such tables, where they stand without their values.
_INDEX = re.compile(
    r"(?:索引号|信息索引号|发布机构|发文机关|发文机构|发文单位|发文日期|发布日期|公开日期|成文日期|生成日期|文号|发文字号|主题分类|主题词"
    r"|体裁分类|组配分类|内容概述|时效性|效力状态|有效性|公开方式|公开形式|公开范围|信息名称|文件编号|服务对象|生效日期|废止日期):?"
)
# What a journal says of an article in rows of any length; two such rows are a journal's.
_PAPER = re.compile(
    r"[\[【(]?(?:收稿日期|修回日期|基金项目|基金资助|通讯作者|通信作者|第一作者|作者简介|作者单位)[\]】)]?\s{0,3}:"
)
PAPER_LABELS = 2
# How a journal wants the article to be cited, below the words that say so.
_CITED = seldom(r"(?:19|20)\d\d,\s?\d{1,3}\s?\(\d{1,3}\)\s?:\s?\d{1,5}-\d{1,5}")
_CITE = re.compile(r"(?:本文)?引用(?:本文|格式|该文|信息)\s?:?|Cite\sthis(?:\sarticle)?\s?:?", re.IGNORECASE)
# Of a list of links each has its date.
_DATED_TAIL = seldom(r"\D\s?[\[(]?(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}[\])]?$")
_CLOCKS = seldom(r"\d:\d\d\s.*\d:\d\d|^\d{1,3}\s\d{1,2}:\d\d")
_AGENDA = seldom(
    r"(?:会议)?(?:地点|主讲|主讲人|主办|承办|对象|内容|议题|主题|地址|人物|参加人员|报名|票价|嘉宾|主持人?)\s*:"
)


Found = tuple[Row, list[Field]]


def metadata_rows(sheet: Sheet) -> list[Found]:
    """The rows that are metadata, each with its fields, in order. Values are as the page has them, not folded."""
    found: list[Found] = []
    rows = sheet.rows
    dates = _bare_dates(sheet)
    below_title = 0
    table = _index_table(rows)
    table |= marked_writers(sheet) | lone_writer(sheet) | post_head(sheet) | release_time(sheet)
    for number in range(min(sheet.first, HEAD_ROWS, len(rows))):
        table |= run_together(rows, number)
    # Places of work are as long as prose, and end as it does.
    text = next((n for n, row in enumerate(rows[:HEAD_ROWS]) if row.prose and not is_workplace(row.core)), len(rows))
    for number in range(min(text + 1, HEAD_ROWS, len(rows))):
        table |= {at: fields for at, fields in of_paper(rows, number).items() if at not in table}
    cited: set[int] = set()
    papers = len([row for row in rows if ":" in row.core[:8] and _PAPER.match(row.core)]) >= PAPER_LABELS
    before = True  # whether nothing is said of this row by the one before
    for number, row in enumerate(rows):
        if row.plain and before and not (papers or number in table):
            below_title -= 1
            continue
        before = row.plain
        if number in table:
            found.append((row, [_in_own_script(row, field) for field in table[number]]))
            continue
        if papers and _PAPER.match(row.core):
            found.append((row, [Field("others", "", row.core)]))
            continue
        if number and (number - 1 in cited or _CITE.fullmatch(rows[number - 1].core)) and _CITED.search(row.core):
            cited.add(number)
            before = False
            found.append((row, [Field("others", "引用", row.core)]))
            continue
        if row.core.endswith(":") and (value := _value_below(sheet, number)):
            table[number], table[number + 1] = [], value
            found.append((row, []))
            continue
        titled = row.tag == "h1" or ("#" in row.folded and _MARKED_TITLE.match(row.folded))
        below_title = BELOW_TITLE if titled else below_title - 1
        if len(row.core) > MAX_CHARS or row.core.find("。", POSTED_CHARS) >= 0 or not _HINT.search(row.core):
            continue
        near = number <= sheet.first + 1 or number > sheet.last or below_title > 0
        fields = fields_of(row.core)
        near = near or (number <= BELOW_TITLE and (_published(row, fields) or _counts(fields)))
        near = near or (number < HEAD_ROWS and _in_table(rows, number, fields))
        if fields and (near or _tells_all(fields) or _signs(row, fields)) and _fits(sheet, number, fields, dates):
            if _needs_publisher(rows, number, fields):
                found.append((rows[number - 1], [Field("publisher", "", as_found(rows[number - 1], None))]))
            found.append((row, [_in_own_script(row, field) for field in fields]))
    return _with_writers_again(sheet, found)


def _with_writers_again(sheet: Sheet, found: list[Found]) -> list[Found]:
    """The rows found, with those above the text that name the writers once more: below a title that stands twice."""
    signed = {row.core for row, fields in found if [field.kind for field in fields] == ["author"]}
    if not signed:
        return found
    known = {row.line.start for row, _ in found}
    again = [row for row in sheet.rows[: min(sheet.first, HEAD_ROWS)] if row.core in signed]
    more = [(row, list[Field]()) for row in again if row.line.start not in known]
    return sorted(found + more, key=lambda one: one[0].line.start) if more else found


def _index_table(rows: Sequence[Row]) -> dict[int, list[Field]]:
    """The index table of an official document with labels and values on rows of their own: its rows, with fields."""
    short = [(n, row.core) for n, row in enumerate(rows[:INDEX_ROWS]) if not row.prose]
    labels = [n for n, core in short if _INDEX.fullmatch("".join(core.split()))]
    if len(labels) < INDEX_LABELS:
        return {}
    found: dict[int, list[Field]] = {}
    for number in labels:
        found[number] = []
        value = rows[number + 1] if number + 1 < len(rows) and number + 1 not in labels else None
        label = "".join(rows[number].core.split()).rstrip(":")
        if value and (fields := fields_of(f"{label}:{value.core}")):
            found[number + 1] = fields
    return found


def _value_below(sheet: Sheet, number: int) -> list[Field]:
    """The field of a label that has its value on the row below it, in the page's head."""
    label = sheet.rows[number].core
    if not 0 < number < sheet.first - 1 or sheet.first == len(sheet.rows) or len(label) > MEDIA_CHARS:
        return []
    value = sheet.rows[number + 1].core
    if value.endswith(":"):
        return []
    fields = fields_of(label + value)
    return fields if len(fields) == 1 and fields[0].kind in ("author", "publisher", "editor") else []


def _published(row: Row, fields: Sequence[Field]) -> bool:
    """Whether a row says when the page was published, or is a reporter's byline: the site's words may stand above."""
    signed = row.core.endswith(("报导", "报道")) and any(field.label == "记者" for field in fields)
    return signed or any(field.kind == "published" and field.when for field in fields)


def _counts(fields: Sequence[Field]) -> bool:
    """Whether a row is a counter with its figure: 浏览次数:12."""
    return bool(fields) and all(field.kind == "counter" and field.value[:1].isdigit() for field in fields)


def _in_table(rows: Sequence[Row], number: int, fields: Sequence[Field]) -> bool:
    """Whether a row with a label stands beside another above the text, though one row of the site's prose is higher."""
    if not fields:
        return False
    near = (*rows[max(number - 1, 0) : number], *rows[number + 1 : number + 2])
    if "|" in rows[number].core and fields[0].kind in _CREDITS:  # 文|甲一心, and 编辑|乙二思 below it
        return any("|" in row.core and (said := fields_of(row.core)) and said[0].kind in _CREDITS for row in near)
    if sum(row.prose for row in rows[:number]) > 1 or fields[0].kind not in _OF_TABLE:
        return False
    return any((said := fields_of(row.core)) and said[0].kind in _OF_TABLE for row in near)


def _tells_all(fields: Sequence[Field]) -> bool:
    """Whether a row names its source and its date: such a row is metadata wherever it stands."""
    kinds = {field.kind for field in fields}
    return bool(kinds & {"publisher", "media"}) and any(field.when for field in fields)


def _signs(row: Row, fields: Sequence[Field]) -> bool:
    """Whether a row in brackets names the editor, or 责任编辑: it ends an article, though the site speaks on below."""
    if fields[0].kind != "editor":
        return False
    chief = len(fields) == 1 and fields[0].label.startswith("责") and len(row.core) <= MEDIA_CHARS
    return (row.core[0] in "【[(" and row.core[-1] in "】])") or (chief and bool(names_of(fields[0].value)))


def _in_own_script(row: Row, field: Field) -> Field:
    """The field with its value, or each of its names, as the page has it."""
    names = names_of(field.value) if field.kind in ("author", "editor") else ()
    value = "、".join(as_found(row, name) for name in names) if names else as_found(row, field.value)
    return replace(field, value=value)


def claims(found: Iterable[Found]) -> list[Claim]:
    """The claims to the rows of `metadata_rows`."""
    return [Claim.whole(row, _WHY) for row, _ in found]


def _fits(sheet: Sheet, number: int, fields: Sequence[Field], dates: int) -> bool:
    """Whether a row that reads as fields is metadata where it stands."""
    kinds = {field.kind for field in fields}
    rows = sheet.rows
    core = rows[number].core
    if all(field.kind == "bar" or field.label.startswith("分享") for field in fields):
        return False  # the rules for bars have their own names for it
    if kinds <= {"date", "media", "unknown", "issue"}:
        return _date_fits(sheet, number, fields, dates)
    if "dated" in kinds and kinds <= {"dated", "unknown"}:
        near = rows[max(number - 2, 0) : number] + rows[number + 1 : number + 3]
        return not any(_AGENDA.match(row.core) for row in near)
    if fields[0].label == "版":
        return sum(row.core[:1] == "第" and "版" in row.core[2:8] for row in rows[:200]) == 1
    if kinds <= {"author", "others"}:
        turns = sum(row.core.startswith(core[:3]) for row in rows[:200] if row.core != core or row is rows[number])
        return (turns == 1 or ":" not in core) and (number > 0 or len(rows) > 1)
    return True


def _bare_dates(sheet: Sheet) -> int:
    """How many days have a row that is a date and little more, among the first."""
    end = min(len(sheet.rows) if sheet.first == len(sheet.rows) else sheet.last + 1, 200)
    heads = [row.core for n, row in sheet.loose() if n < end and len(row.core) <= 24 and row.core[:2].isdigit()]
    days = [
        next((field.when.date() for field in fields if field.when), None) for fields in map(fields_of, heads) if fields
    ]
    return len(set(days) - {None}) + days.count(None)


def _date_fits(sheet: Sheet, number: int, fields: Sequence[Field], dates: int) -> bool:
    """A bare date is metadata above the prose and below a title, if it is the page's only one: a diary has more."""
    if all(field.kind == "media" for field in fields):
        return False
    core = sheet.rows[number].core
    clock = ":" in core
    if not any(field.when for field in fields) and _CLOCKS.search(core):  # of a timetable
        return False
    if sheet.first == len(sheet.rows):
        if number > NEAR_TOP and sum(not is_weak(row.core) for row in sheet.rows[: min(number, 40)]) > NEAR_TOP:
            return False
    elif number > sheet.last and not clock:
        bare = "".join(core.split())  # a journal's issue may stand again below its article
        return fields[0].kind == "issue" and any("".join(row.core.split()) == bare for row in sheet.rows[:HEAD_ROWS])
    if any(field.kind in ("unknown", "issue") for field in fields):
        near = sheet.rows[max(number - 1, 0) : number + 2]
        if (
            not (number > 0 or core.count("|") > 1)
            or number > sheet.first
            or sum(_DATED_TAIL.search(row.core) is not None for row in near) > 1
        ):
            return False
    if (
        not core[:1].isdigit() and CHINESE_DATE.fullmatch(core) and sheet.first == len(sheet.rows)
    ):  # under a poem's title
        return False
    headed = number > 0 or clock or core.count("|") > 1 or any(field.kind == "media" for field in fields)
    if (core[:1] == "(" and not clock) or not headed:
        return False
    return dates <= 1 or (clock and number <= sheet.first and dates <= 2)


def _needs_publisher(rows: Sequence[Row], number: int, fields: Sequence[Field]) -> bool:
    """Whether a byline stands under the name of its medium."""
    if fields[0].kind != "author" or any(field.kind in ("publisher", "media") for field in fields) or number < 2:
        return False
    above = rows[number - 1].core
    if not (len(above) <= MEDIA_CHARS and is_media(above)):
        return False
    return any(may_be_title(row) and not is_chatter(row.core) for row in rows[max(number - HEAD_NEAR, 0) : number - 1])
