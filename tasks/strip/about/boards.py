"""The head of a post as bulletin boards of Taiwan show it, and the time at the end of a release of Hong Kong's offices.

A post has its writer, its board, its title and its time, a row each; a release its day, and its hour below.

作者riverside (河畔来客)
看板Handcraft
标题[心得] 去年的一件事
时间Tue Mar  2 20:11:05 2021
"""

from __future__ import annotations

from tasks.expressions import seldom
from tasks.strip.about.bylines import Field
from tasks.strip.about.dates import DATE, ENGLISH_DATE, read_date, read_english
from tasks.strip.sheet import Sheet

# The head stands among so many rows at the top.
HEAD_ROWS = 20
# The end of a release stands among so many rows at the bottom.
TAIL_ROWS = 20
_HONG_KONG = seldom(r"香港时间\s?(?P<hour>[01]?\d|2[0-3])时(?P<minute>[0-5]?\d)分")
_WRITER = seldom(r"作者:?\s?(?P<name>[A-Za-z]\w{1,15})(?:\s?\([^()]{0,30}\))?(?:\s看板:?\s?\w{2,20})?")


def post_head(sheet: Sheet) -> dict[int, list[Field]]:
    """The rows of the writer, the board and the time, with their fields; {} if the page has no such head. The title's
    row stays: `title` reads it."""
    rows = sheet.rows
    for number, row in sheet.loose()[:HEAD_ROWS]:
        if number >= HEAD_ROWS or row.core[:2] != "作者" or not (writer := _WRITER.fullmatch(row.core)):
            continue
        below = [one.core for one in rows[number + 1 : number + 4]]
        title = next((at for at, core in enumerate(below) if core.startswith("标题")), -1)
        time = next((at for at, core in enumerate(below) if core.startswith("时间")), -1)
        when = ENGLISH_DATE.search(below[time]) if time > title >= 0 else None
        if when is None:
            continue
        found = {
            number: [Field("author", "作者", writer["name"])],
            number + 1 + time: [Field("date", "时间", when[0].strip(), read_english(when))],
        }
        boards = {
            number + 1 + at: [Field("others", "看板", core)] for at, core in enumerate(below) if core[:2] == "看板"
        }
        return found | boards
    return {}


def release_time(sheet: Sheet) -> dict[int, list[Field]]:
    """The rows of the day and of the hour at which an office of Hong Kong sent out a release, with their fields.

    2021年11月3日(星期三)
    香港时间15时30分
    """
    rows = sheet.rows
    for number, row in sheet.loose()[-TAIL_ROWS:]:
        late = number >= max(len(rows) - TAIL_ROWS, 1)
        time = _HONG_KONG.fullmatch(row.core) if late and row.core[:1] == "香" else None
        date = DATE.match(rows[number - 1].core) if time else None
        day = read_date(date) if date else None
        if time and date and day:
            when = day.replace(hour=int(time["hour"]), minute=int(time["minute"]))
            return {number - 1: [Field("published", "", date[0].strip(), when)], number: []}
    return {}
