"""What reading sites of journals put above an article: date and writers run together, the issue, the site's keywords.

2016-06-13 08:45张凡竹杨石溪
某某研究 2016年3期
关键词:河道航运
张凡竹 杨石溪
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.strip.bylines import ISSUE, Field
from tasks.strip.dates import DATE, read_date
from tasks.strip.names import names_of
from tasks.strip.sheet import Row

BELOW = 6  # rows in which the writers stand again
NEXT = 3  # rows in which the issue and the site's keywords stand
# One name alone is no longer; of a longer run nobody can say where a name ends.
ONE_NAME = 3
_RUN_TOGETHER = re.compile(
    r"(?P<names>[\u4e00-\u9fff·]{2,40}|[\u4e00-\u9fff·]{2,4}(?:[,、;\s]{1,2}[\u4e00-\u9fff·]{2,4}){1,9})"
)
_BETWEEN = re.compile(r"[\s,、;+]+")
_MARKS = "○◎●□◇■*"
_KEYWORDS = re.compile(r"关键词\s?:\s?[^\s;,、]{2,40}")
# A writer and where they work: 甲一心(某某大学).
_PLACED = re.compile(r"(?P<names>[\u4e00-\u9fff、,\s]{2,20})\((?P<place>[^()]{4,40})\)")


def run_together(rows: Sequence[Row], number: int) -> dict[int, list[Field]]:
    """The rows of a date with its writers right behind it, of the issue and the keywords below it, and of the writers
    alone, each with its fields; {} where neither of them shows that it is a journal's."""
    core = rows[number].core
    if not core[:4].isdigit() or not (date := DATE.match(core)):
        return {}
    together, when = _RUN_TOGETHER.fullmatch(core[date.end() :].strip()), read_date(date)
    if not together or not when:
        return {}
    below = range(number + 1, min(number + 1 + NEXT, len(rows)))
    issue = {n: [Field("issue", "", rows[n].core)] for n in below if ISSUE.fullmatch(rows[n].core)}
    keywords = {n: [Field("others", "关键词", rows[n].core)] for n in below if _KEYWORDS.fullmatch(rows[n].core)}
    again = _again(rows, number, together["names"])
    if not again and not (issue and ":" in date[0]):
        return {}
    told = [] if again else _names(together["names"])
    first = dict(sorted(keywords.items())[:1])
    return {number: [Field("date", "", date[0].strip(), when), *told], **issue, **first, **again}


def _names(together: str) -> list[Field]:
    """The writers, where one can say where each name ends."""
    apart = names_of(_BETWEEN.sub(" ", together)) if _BETWEEN.search(together) else ()
    names = apart or ((together,) if len(together) <= ONE_NAME else ())
    return [Field("author", "作者", "、".join(names))] if names else []


def _again(rows: Sequence[Row], number: int, together: str) -> dict[int, list[Field]]:
    """The row below that has the writers again, each name apart."""
    together = _BETWEEN.sub("", together)
    for below in range(number + 1, min(number + 1 + BELOW, len(rows))):
        seen = rows[below].core.lstrip(_MARKS + " ")
        if (placed := _PLACED.fullmatch(seen)) and _BETWEEN.sub("", placed["names"] + placed["place"]) == together:
            seen = placed["names"]
        elif _BETWEEN.sub("", seen) != together:
            continue
        if names := names_of(_BETWEEN.sub(" ", seen)):
            return {below: [Field("author", "作者", "、".join(names))]}
    return {}
