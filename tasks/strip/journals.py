"""What reading sites of journals put above an article: date and writers run together, the writers once more below.

2016-06-13 08:45张凡竹杨石溪
某某研究 2016年3期
关键词:河道航运
张凡竹 杨石溪
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.strip.bylines import Field
from tasks.strip.dates import DATE, read_date
from tasks.strip.names import names_of
from tasks.strip.sheet import Row

BELOW = 6  # rows in which the writers stand again
_RUN_TOGETHER = re.compile(r"(?P<names>[\u4e00-\u9fff]{2,30})")
_BETWEEN = re.compile(r"[\s,、;+]+")


def run_together(rows: Sequence[Row], number: int) -> dict[int, list[Field]]:
    """The rows of a date with its writers right behind it, and of the writers alone, each with its fields; {} where
    there is no row of writers that says where one name ends and the next begins."""
    core = rows[number].core
    if not core[:4].isdigit() or not (date := DATE.match(core)):
        return {}
    together, when = _RUN_TOGETHER.fullmatch(core[date.end() :].strip()), read_date(date)
    if not together or not when:
        return {}
    for below in range(number + 1, min(number + 1 + BELOW, len(rows))):
        seen = rows[below].core
        if _BETWEEN.sub("", seen) == together["names"] and names_of(_BETWEEN.sub(" ", seen)):
            writers = Field("author", "作者", "、".join(names_of(_BETWEEN.sub(" ", seen))))
            return {number: [Field("date", "", date[0].strip(), when)], below: [writers]}
    return {}
