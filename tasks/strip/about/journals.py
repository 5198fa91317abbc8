"""What reading sites of journals put above an article: date and writers run together, the issue, the site's keywords.

2016-06-13 08:45张凡竹杨石溪
某某研究 2016年3期
关键词:河道航运
张凡竹 杨石溪
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.expressions import seldom
from tasks.strip.about.bylines import ISSUE, Field
from tasks.strip.about.dates import DATE, read_date
from tasks.strip.about.names import names_of
from tasks.strip.sheet import Row
from tasks.strip.wording.bars import known_word
from tasks.surnames import MOST, USUAL

BELOW = 6  # rows in which the writers stand again
NEXT = 3  # rows in which the issue and the site's keywords stand
# One name alone is no longer; of a longer run nobody can say where a name ends.
ONE_NAME = 3
_RUN_TOGETHER = seldom(
    r"(?P<names>[\u4e00-\u9fff·][\u4e00-\u9fffA-Za-z·]{1,60}|[\u4e00-\u9fff](?:[,、][\u4e00-\u9fff]){1,5}|[\u4e00-\u9fff·]{2,4}(?:[,、;\s]{1,2}[\u4e00-\u9fff·]{2,4}){1,9})"
)
_BETWEEN = seldom(r"[\s,、;+]+")
_MARKS = "○◎●□◇■*"
# What a writer did, behind the name and its number.
_DID = seldom(r"(?<=[\u4e00-\u9fff\d])\s(?:综述|审校|审阅|指导|译|校|编译)(?=[,、;\s]|$)")
# The numbers of where writers work, behind their names or between commas.
_NOTES = seldom(r"(?:(?<=,)\s?)?[\d*†#]{1,3}(?=[,、;\s]|$)")
_NAME = seldom(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,8}")
_KEYWORDS = seldom(r"关键词\s?:\s?[^\s;,、]{2,40}")
# Writers of a paper, each with the numbers of where they work: 张凡竹1*,杨石2.
_MARKED_NAME = seldom(r"([\u4e00-\u9fff]{2,4})[1-9*†#][*†#]?(?:,[1-9*†#]){0,3}(?:[,;、\s]{1,3}|$)")
_MARKED_NAMES = seldom(rf"(?=[\u4e00-\u9fff]{{2,4}}[1*])(?:{_MARKED_NAME.pattern}){{2,12}}")
# Where that is, with its postcode.
_WORKPLACE = seldom(
    r"\(?\s?(?:\d{1,2}[.\s]{0,2})?(?=[^;]{0,60}(?:大学|学院|研究|公司|中心|医院|学校|协会|[局厅院站所系部网社馆校厂会]))"
    r"[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z\d\s·、,()]{4,70}(?:[,\s]|邮编:?)\s?\d{5,6}\)?[;.\s]{0,3}"
)
# Where that is without a postcode: (1.某某大学水利学院;2.某某水文研究所), each with its number.
_BRACKETED_PLACE = seldom(
    r"\s?\d[.、\s]\s?[\u4e00-\u9fffA-Za-z\d·、,\s]{2,50}(?:大学|学院|研究[院所]|[系所院局厅馆]|中心|医院|学校|公司)\s?"
)
MAX_WORKPLACES = 300
_ABSTRACT = seldom(r"[\[【]?\s?摘[\s?]{0,6}要")
# A writer and where they work: 甲一心(某某大学).
_IN_PLACE = seldom(r"(?:大学|学院|研究院|研究所|[系所])$")
_PLACED = seldom(r"(?P<names>[\u4e00-\u9fff、,\s]{2,20})\((?P<place>[^()]{4,40})\)")


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


def of_paper(rows: Sequence[Row], number: int) -> dict[int, list[Field]]:
    """The rows of a paper's writers and of where they work, if row `number` is one or an abstract below one."""
    row = rows[number]
    if not row.prose and _MARKED_NAMES.fullmatch(row.core):
        return {number: [Field("author", "作者", "、".join(_MARKED_NAME.findall(row.core)))]}
    if row.core[-1:] == ")" and (placed := _PLACED.fullmatch(row.core)) and _IN_PLACE.search(placed["place"]):
        names = writers(placed["names"])
        if names and all(name[0] in USUAL for name in names):
            return {number: [Field("author", "作者", "、".join(names))]}
    work = is_workplace(row.core)
    if not work and not (row.core[:1] in "[【摘" and _ABSTRACT.match(row.core)):
        return {}
    found = {number: [Field("others", "作者单位", row.core)]} if work else {}
    names = writers(rows[number - 1].core) if number else ()
    return {number - 1: [Field("author", "作者", "、".join(names))], **found} if names else found


def is_workplace(core: str) -> bool:
    """Whether a row says where the writers of a paper work, each place with its postcode.

    >>> is_workplace("(1.上湾水利学院,上湾 100083;2.上湾水文研究所 100084)"), is_workplace("来信请寄上湾路 100083")
    (True, False)
    """
    if not (core[-1:].isdigit() or core[-1:] in ");.") or len(core) > MAX_WORKPLACES:
        return False
    if core[:1] == "(" and core[-1] == ")" and all(map(_BRACKETED_PLACE.fullmatch, core[1:-1].split(";"))):
        return True
    return all(_WORKPLACE.fullmatch(part) for part in re.split(r"(?<=[\d)])[;]\s?(?=\S)", core))


def writers(core: str) -> tuple[str, ...]:
    """The names of a row that has nothing else, blanks within names and the numbers of their places apart.

    >>> writers("张凡竹1,杨 石2 综述,宁越1*"), writers("于 海"), writers("前言")
    (('张凡竹', '杨石', '宁越'), ('于海',), ())
    """
    core = _NOTES.sub("", _DID.sub("", core.lstrip(_MARKS + " ")))
    names = [name for part in re.split(r"[,、;+]", core) if (name := "".join(part.split()))]
    names = names if len(names) > 1 else core.split()
    if len(names) > 1 and len(names[0]) == 1 and core[0] in MOST and len("".join(names)) <= ONE_NAME:  # 于 海
        names = ["".join(names)]
    if not names or not all(_NAME.fullmatch(name) for name in names):
        return ()
    if 2 * sum(map(known_word, names)) >= len(names):  # 返回 下载 举报: a bar
        return ()
    return tuple(names) if len(names) > 1 or (names[0][0] in MOST and len(names[0]) <= ONE_NAME) else ()


def _names(together: str) -> list[Field]:
    """The writers, where one can say where each name ends."""
    apart = names_of(_BETWEEN.sub(" ", together)) if _BETWEEN.search(together) else ()
    names = apart or ((together,) if len(together) <= ONE_NAME and together.isalpha() else ())
    if any(len(part) == 1 for part in _BETWEEN.split(together)):  # what the site left of names with a blank inside
        return []
    return [Field("author", "作者", "、".join(names))] if names else []


def _again(rows: Sequence[Row], number: int, together: str) -> dict[int, list[Field]]:
    """The row below that has the writers again, each name apart."""
    together = _BETWEEN.sub("", together)
    for below in range(number + 1, min(number + 1 + BELOW, len(rows))):
        seen = rows[below].core.lstrip(_MARKS + " ")
        if placed := _PLACED.fullmatch(seen):
            if _BETWEEN.sub("", placed["names"] + placed["place"]) == together:
                return {below: _names(placed["names"]) or _names(_BETWEEN.sub("", placed["names"]))}
        elif names := apart(seen, together):
            return {below: [Field("author", "作者", "、".join(names))]}
    return {}


def apart(seen: str, together: str) -> tuple[str, ...]:
    """The names of a row, if those run together are some of them in order: sites leave out names with a blank inside.

    >>> apart("张凡竹,杨 石,宁越1*", "张凡竹宁越")
    ('张凡竹', '杨石', '宁越')
    >>> apart("水位 渡口 上湾", "水位上湾人")
    ()
    """
    seen = _NOTES.sub("", seen)
    names = [name for part in re.split(r"[,、;]", seen) if (name := "".join(part.split()))]
    names = names if len(names) > 1 else seen.split()
    if not all(_NAME.fullmatch(name) for name in names):
        names = list(names_of(_BETWEEN.sub(" ", seen)))  # a name may have a blank inside
    at = 0
    for name in names:
        bare = "".join(name.split())
        at += len(bare) if together.startswith(bare, at) else 0
    return tuple(names) if at == len(together) else ()
