"""What the rows of metadata and the first paragraph give for the page's metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from tasks.expressions import seldom
from tasks.records import Metadata
from tasks.script.fold import fold
from tasks.strip.about.bylines import ISSUE, Field
from tasks.strip.about.names import is_generic, is_media, names_of, nobody
from tasks.strip.sheet import Row, as_found

_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:\d{1,2}|[一二三四五六七八九十]{1,3})日"
_DATELINE = seldom(
    r"[\s(\[【*]*(?P<head>[\u4e00-\u9fffA-Za-z·•]{2,20}?)\s?(?:(?:19|20)\d\d年)?"
    + _DAY
    + r"(?P<place>[\u4e00-\u9fff]{0,8})?(?:电|讯|消息)"
    r"|[\s(\[【*]*(?P<plain>[\u4e00-\u9fffA-Za-z·•]{2,14}?)(?:消息|讯)(?:\s|[,:(】])"
)
# (某某社记者甲一心竹溪5日电), as agencies of Taiwan begin; where the name ends cannot be told.
_AGENCY_DATELINE = re.compile(
    r"\s*\((?P<agency>[\u4e00-\u9fff]{2,8}社)(?:记者)?[\u4e00-\u9fff、]{2,16}\d{1,2}日(?:综合|专)?(?:外?电|报导)"
)
_REPORTED = re.compile("[电讯消]")  # a dateline ends in one of the words that begin so
_AGENCY = seldom(r".*(?:通讯社|社|网|日报|晚报|早报|时报|商报|晨报|快报|报|电视台|电台|总台|新闻|客户端|在线)")
_OURS = seldom(r"^(?:据|本|记者|另据|近日|昨日|今日|最新)")
_CODE = seldom(r"[A-Za-z_-]{0,6}\d{5,20}|\d{1,20}")  # what a program calls the source
_COLUMN = seldom(r"\s+[-—|]\s+")  # between a medium and its column
# An office beside the name of somebody in it; the first of several writers, with 等 behind.
_OFFICE = seldom(r"[\u4e00-\u9fff]{2,8}[处處科室部局所院署]")
_LEAST_LED = 2
# The site's own clock, to the second.
_CLOCK = seldom(r"星期.\s?\d{1,2}:\d\d:\d\d$")
_PUPIL = seldom(r"(?P<name>[\u4e00-\u9fff]{2,4})\s[\u4e00-\u9fff\d()·]{2,20}(?:班|小学|中学|学校|学院|大学|年级)")
_TITLED = seldom(r"《([^《》]+)》")
# 【记者甲一心/竹溪报导】, before the first sentence.
_SIGNED = ("本报", "通讯员", "记者", "见习记者", "实习记者")
_PLACED_REPORTER = re.compile(
    r"[【〔\[(]\s?(?:本报|特派|驻地)?记者\s?(?P<names>[\u4e00-\u9fff]{2,3}(?:[、 ][\u4e00-\u9fff]{2,3}){0,3})"
    r"\s?/\s?[\u4e00-\u9fff]{2,8}?\s?报[导道]\s?[】〕\])]"
)
_REPORTER = seldom(
    r"\([^()]{0,10}?(?:记者|通讯员)\s?:?(?P<names>[^()]{2,40})\)"
    r"|\((?P<signed>[\u4e00-\u9fff]{2,4}(?:[、 ][\u4e00-\u9fff]{2,4}){0,3})\s?文/图\)"
)


def metadata_of(fields: Sequence[Field], title: str | None, opening: Row | None) -> Metadata:
    """The metadata that `fields` and the opening of the first paragraph give; each falls back in the order written.

    Date: of publication, bare, 时间, of the last change. Publisher: 来源, the medium beside a date, the
    journal whose issue stands there, the dateline.
    Authors: bylines, the reporter that the dateline names. Editor: 责任编辑, then 编辑.
    """
    if not fields:  # as on most pages
        return Metadata(title=title, publisher=_dateline(opening), authors=_reporters(opening))
    publisher = _first(fields, "publisher") or _first(fields, "media") or _journal(fields) or _dateline(opening)
    authors = tuple(dict.fromkeys(name for field in fields if field.kind == "author" for name in _authors(field.value)))
    editors = [field for field in fields if field.kind == "editor" and field.value and not nobody(field.value)]
    chief = next((field for field in editors if field.label.startswith("责")), editors[0] if editors else None)
    return Metadata(
        title=title,
        published_at=_when(fields),
        publisher=publisher,
        authors=authors or _reporters(opening),
        editor=chief.value if chief else None,
    )


def _journal(fields: Iterable[Field]) -> str | None:
    """The journal in whose issue the page says that it stood."""
    for value in (field.value for field in fields if field.kind == "issue"):
        if issue := ISSUE.fullmatch(fold(value)):
            return value[slice(*issue.span(issue.lastgroup or 0))]
    return None


def _dateline(opening: Row | None) -> str | None:
    agency = dateline_publisher(opening.core) if opening else None
    return as_found(opening, agency) if opening and agency else None


def _first(fields: Iterable[Field], kind: str) -> str | None:
    said = (_without_aside(field.value.strip('"() ')) for field in fields if field.kind == kind and field.value)
    value = next((value for value in said if not (nobody(value) or _CODE.fullmatch(value))), None)
    first = _COLUMN.split(value, maxsplit=1)[0] if kind == "media" and value else None
    value = first if first and is_media(first) else value
    titled = _TITLED.fullmatch(value) if value else None
    return titled[1] if titled else value


def _without_aside(value: str) -> str:
    """A value without what its last bracket holds, if that is cut: 某某网(作者授权."""
    return value[: value.rfind("(")] if 0 < value.rfind("(") > value.rfind(")") else value


def _authors(value: str) -> tuple[str, ...]:
    if pupil := _PUPIL.fullmatch(value):
        return (pupil["name"],)
    names = [name.removesuffix("等") if len(name) > _LEAST_LED else name for name in names_of(value) or (value,)]
    names = [name for name in names if name and not nobody(name)]
    return tuple(name for name in names if not _OFFICE.fullmatch(name)) or tuple(names)


def _when(fields: Sequence[Field]) -> datetime | None:
    for kind in ("published", "date", "dated", "updated"):
        found = [field.when for field in fields if field.kind == kind and field.when and not _ticks(field)]
        if found:
            return found[0]
    return None


def _ticks(field: Field) -> bool:
    """Whether a bare date is the time at which the page was fetched."""
    return field.kind == "date" and _CLOCK.search(field.value) is not None


def _dateline_of(opening: str) -> re.Match[str] | None:
    return _DATELINE.match(opening[:60]) if _REPORTED.search(opening, 0, 60) else None


def dateline_publisher(opening: str) -> str | None:
    """The agency that a dateline names.

    >>> dateline_publisher("某某网4月27日济南讯 近日"), dateline_publisher("本报讯 近日")
    ('某某网', None)
    """
    if bracketed := _AGENCY_DATELINE.match(opening[:60]):
        return None if _OURS.match(bracketed["agency"]) else bracketed["agency"]
    match = _dateline_of(opening)
    if not match:
        return None
    agency = _AGENCY.match(match["head"] or match["plain"])
    rest = len(match["head"] or match["plain"]) - len(agency[0]) if agency else 0
    if not agency or rest == 1 or _OURS.match(agency[0]) or is_generic(agency[0]):  # no place is called by one letter
        return None
    return agency[0]


def _reporters(opening: Row | None) -> tuple[str, ...]:
    """The reporters that stand in brackets behind a dateline."""
    if opening and (placed := _PLACED_REPORTER.match(opening.core)):
        return tuple(as_found(opening, name) for name in names_of(placed["names"]))
    if opening is None or not (_dateline_of(opening.core) or opening.core.lstrip("( ").startswith(_SIGNED)):
        return ()
    match = _REPORTER.search(opening.core[:100])
    return tuple(as_found(opening, name) for name in names_of(match["names"] or match["signed"])) if match else ()
