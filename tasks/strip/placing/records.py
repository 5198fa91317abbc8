"""Records above the text: labels and their values on rows of their own, as libraries of patents and cases have them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from tasks.expressions import seldom
from tasks.strip.placing.around import Around
from tasks.strip.sheet import Row, Sheet, ends_sentence
from tasks.strip.tables import table

# So many labels make a record, of which so many are words of records; each is no longer, and has so many rows of value.
LABELS, WORDED, LABEL_CHARS, VALUE_ROWS = 4, 0.5, 10, 2
# A value is no longer.
VALUE_CHARS = 160

_BULLETS = frozenset("•·●■◆▪►▶※★○◎▲-*")
# What labels of records end in: 申请号, 公开日, 申请人, 审理法院, 案件类型.
_WORD = seldom(
    r"[\u4e00-\u9fffA-Za-z()]{1,9}(?:[号码日人者型类态址期称间院位权情序由据性格式区]|分类|机构|状态|编号|地点|地区|部门|来源|语种|年份|详情)"
)
# Labels with nothing behind them often: what stands below may be the text.
_SUMS_UP = seldom(r"概述|简介|内容|摘要|描述|全文|正文")
# A record behind bullets has so many rows; its heading says no more than that.
LISTED = 3
# Both stand above the text, or below its first paragraphs: among so many rows from the first on.
BELOW_LEAD = 24
_PAIR = re.compile(r"(?P<label>[\u4e00-\u9fffA-Za-z]{2,8})\s{0,2}:\s{0,2}\S")
_HEAD = seldom(r"(?:基本|详细|主要)?(?:介绍|信息|资料|参数|属性|简介)")
# So many headings stand on one row.
PARTS = 3
_COMMAS = re.compile(r"[,、;|/\s]+")
# What values of an encyclopedia's box are no longer than.
BOX_CHARS = 60
_WHY_CONTENTS = "the headings of the text on one row"
_WHY = "a record of the page: labels with their values"


def records(page: Around) -> None:
    """Claim the rows of such a record, from its first label to its last value."""
    last = min(page.first, len(page.rows))
    if not page.has_prose:
        return
    _lists(page)
    _boxes(page)
    _contents(page)
    labels = [n for n in range(last - 1) if is_label(page.rows[n]) and not is_label(page.rows[n + 1])]
    for run in _runs(labels):
        words = sum(_WORD.fullmatch(page.rows[n].core.rstrip(": ")) is not None for n in run)
        if len(run) < LABELS or words < WORDED * len(run):
            continue
        open_ended = _SUMS_UP.search(page.rows[run[-1]].core) or run[-1] + 2 >= page.first
        for number in range(run[0], run[-1] + (1 if open_ended else 2)):
            if _value(page.rows[number]) or number in run:
                page.claim(number, _WHY)


@cache
def box_labels() -> frozenset[str]:
    """The labels that encyclopedias' boxes have alone on a row, without blanks.

    >>> "出生地" in box_labels(), "河边" in box_labels()
    (True, False)
    """
    return frozenset(table("words")["box labels"])


def may_record(sheet: Sheet) -> bool:
    """Whether the heading of a record behind bullets, or a label of a box, stands at the page's top."""
    short = [row.core for row in sheet.rows[:BELOW_LEAD] if 2 <= len(row.core) <= LABEL_CHARS]
    return any(_HEAD.fullmatch(core) is not None or _label(core) in box_labels() for core in short)


def _lists(page: Around) -> None:
    """Records behind bullets, a label and its value on each row: • 中文名:甲乙."""
    last = min(page.first + BELOW_LEAD, len(page.rows))
    said = [_PAIR.match(row.core) if _bulleted(row) else None for row in page.rows[:last]]
    for found, run in groupby(range(last), lambda n: said[n] is not None):
        numbers = list(run)
        words = sum(_WORD.fullmatch(match["label"]) is not None for n in numbers if (match := said[n]))
        if not found or len(numbers) < LISTED or words < WORDED * len(numbers):
            continue
        above = numbers[0] - 1
        headed = above >= 0 and _HEAD.fullmatch(page.rows[above].core) is not None
        if headed:
            page.claim(above, _WHY)
        elif numbers[-1] > page.first:
            continue
        for number in numbers:
            page.claim(number, _WHY)


def _boxes(page: Around) -> None:
    """An encyclopedia's box: labels and values a row each, without any mark."""
    rows = page.rows[: page.first + BELOW_LEAD]
    for run in _runs([n for n, row in enumerate(rows[:-1]) if not row.prose and _label(row.core) in box_labels()]):
        inside = range(run[0], run[-1] + 2)
        if len(run) >= LABELS and len(inside) <= 3 * len(run) and all(_in_box(rows[n]) for n in inside):
            for number in inside:
                page.claim(number, _WHY)


def _label(core: str) -> str:
    return "".join(core.split())


def _in_box(row: Row) -> bool:
    return len(row.core) <= BOX_CHARS and not (row.prose or ends_sentence(row.core))


def _contents(page: Around) -> None:
    """The headings of the text, one after the other on a row above it."""
    said = (row.core.rstrip(": ") for row in page.rows[page.first :])
    later = {one for one in said if not _COMMAS.search(one)}  # as a part has none
    if not later:
        return
    for number in page.standing(range(min(page.first + BELOW_LEAD, len(page.rows)))):
        parts = [part for part in _COMMAS.split(page.rows[number].core) if part]
        if len(parts) >= PARTS and sum(part in later for part in parts) >= WORDED * len(parts):
            page.claim(number, _WHY_CONTENTS)


def _bulleted(row: Row) -> bool:
    return row.folded.lstrip()[:1] in _BULLETS


def is_label(row: Row) -> bool:
    """Whether a row is a label alone: a few characters and a colon, or behind a bullet.

    >>> from tasks.lines import Line
    >>> [is_label(Row(Line(0, 5, text, text), text.strip("• "), False, 0)) for text in ("• 申请号", "申请号")]
    [True, False]
    """
    core = row.core
    if not 2 <= len(core.rstrip(": ")) <= LABEL_CHARS or row.prose:
        return False
    return core.endswith(":") or row.folded.lstrip()[:1] in _BULLETS


def _runs(labels: Sequence[int]) -> list[list[int]]:
    """The labels that follow each other with no more rows of values between them."""
    runs: list[list[int]] = []
    for number in labels:
        if runs and number - runs[-1][-1] <= VALUE_ROWS + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _value(row: Row) -> bool:
    return len(row.core) <= VALUE_CHARS and not (row.prose or ends_sentence(row.core.rstrip(";")))
