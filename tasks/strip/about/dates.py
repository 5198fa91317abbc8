"""Dates and times as pages write them, to naive datetimes in Asia/Shanghai."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from tasks.expressions import seldom

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE = "[〇○零一二三四五六七八九十]"
_CLOCK = (
    r"(?:T|\s{0,4})(?P<half>上午|下午|早上|晚上|中午|凌晨|[AaPp][Mm])?\s{0,2}(?P<hour>\d{1,2})\s?[::时]\s?(?P<minute>\d{1,2})(?:分)?(?:\s?[::]?\s?(?P<second>\d{1,2})(?:秒|(?!\d))(?:\.\d{1,6})?)?"
    r"\s?(?P<half2>[AaPp][Mm])?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
DATE = re.compile(
    r"(?<![\d.])(?:(?P<roc>(?:中华)?民国)\s?(?P<rocyear>\d{2,3})\s?年|(?P<year>(?:19|20)\d{2})\s{0,2}(?:年|[-/.]))\s{0,2}(?P<month>\d{1,2})\s{0,2}(?:月|[-/.])\s{0,2}(?P<day>\d{1,2})(?!\d)\s?日?号?"
    r"(?:\s{0,3}\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
    rf"(?:{_CLOCK})?"
)
CHINESE_DATE = seldom(
    rf"(?P<year>[一二][〇○零一二三四五六七八九]{{3}})年(?P<month>{_CHINESE}{{1,3}})月(?P<day>{_CHINESE}{{1,3}})日"
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_MONTH = "(?:" + "|".join(_MONTHS[at : at + 3] for at in range(0, 36, 3)) + ")"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\s)?"
# 2 March 2021, Mar 2, 2021 9:08, Tue Mar 2 21:14:02 2021.
ENGLISH_DATE = re.compile(
    rf"{_WEEKDAY}(?:(?P<day>\d{{1,2}})\s(?P<mon>{_MONTH})[a-z]{{0,6}}\.?,?\s"
    rf"|(?P<mon2>{_MONTH})[a-z]{{0,6}}\.?\s{{1,2}}(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s{_WEEKDAY}(?:(?P<clock>\d{{1,2}}:\d\d(?::\d\d)?)\s)?)"
    r"(?P<year>(?:19|20)\d\d)(?!\d)(?:,?\s(?P<clock2>\d{1,2}:\d\d(?::\d\d)?)(?!\d))?"
)
# A date whose year the page does not say.
PARTIAL = re.compile(
    r"(?<![\d.:-])\d{1,2}(?:[-/]|月)\d{1,2}日?\s{1,4}\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}\s?(?:秒|分钟|小时|天|周|个月|年)前|(?:今天|昨天|前天|刚刚)(?:\s?\d{1,2}:\d{2})?|(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])"
)
_MINGUO = seldom(r"(1\d\d)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?")
_SHANGHAI = timezone(timedelta(hours=8))


def read_date(match: re.Match[str]) -> datetime | None:
    """The moment that a match of `DATE` or `CHINESE_DATE` names, or None if there is no such day or hour.

    >>> read_date(DATE.match("2016年04月27日 15:22:00"))
    datetime.datetime(2016, 4, 27, 15, 22)
    >>> read_date(CHINESE_DATE.match("二〇二一年十月二十六日"))
    datetime.datetime(2021, 10, 26, 0, 0)
    """
    part = match.groupdict()
    try:
        since_republic = part.get("rocyear")
        year = int(since_republic) + 1911 if since_republic else int(part["year"].translate(_DIGITS))
        found = datetime(year, _number(part["month"]), _number(part["day"]), *_clock(part))
    except ValueError:
        return None
    zone = part.get("zone")
    if not zone:
        return found
    shift = timedelta(0) if zone == "Z" else timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    aware = found.replace(tzinfo=timezone(-shift if zone[0] == "-" else shift))
    return aware.astimezone(_SHANGHAI).replace(tzinfo=None)


def read_english(match: re.Match[str]) -> datetime | None:
    """The moment that a match of `ENGLISH_DATE` names, or None if there is no such day or hour.

    >>> read_english(ENGLISH_DATE.match("Tue Mar 2 21:14:02 2010"))
    datetime.datetime(2010, 3, 2, 21, 14, 2)
    """
    month = _MONTHS.index(match["mon"] or match["mon2"]) // 3 + 1
    hour, minute, second = map(int, f"{match['clock'] or match['clock2'] or '0:0'}:0".split(":")[:3])
    try:
        return datetime(int(match["year"]), month, int(match["day"] or match["day2"]), hour, minute, second)
    except ValueError:
        return None


def read_minguo(text: str) -> datetime | None:
    """The day that a date of Taiwan's official pages names, in years since 1911; three digits, as two may be 1999's.

    >>> read_minguo("110-03-02"), read_minguo("99-03-02")
    (datetime.datetime(2021, 3, 2, 0, 0), None)
    """
    match = _MINGUO.fullmatch(text)
    try:
        return datetime(int(match[1]) + 1911, int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _clock(part: dict[str, str | None]) -> tuple[int, int, int]:
    if not part.get("hour"):
        return 0, 0, 0
    hour = int(part["hour"] or 0)
    half = (part.get("half") or part.get("half2") or "").lower()
    if half in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    return hour, int(part["minute"] or 0), int(part["second"] or 0)


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    if "十" not in text:
        return int(text.translate(_DIGITS))
    tens, ones = text.split("十", 1)
    return int((tens or "一").translate(_DIGITS)) * 10 + int((ones or "零").translate(_DIGITS))
