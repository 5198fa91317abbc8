"""Records above the text: labels and their values on rows of their own, as libraries of patents and cases have them."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.expressions import seldom
from tasks.strip.around import Around
from tasks.strip.sheet import Row, ends_sentence

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
_WHY = "a record of the page: labels with their values"


def records(page: Around) -> None:
    """Claim the rows of such a record, from its first label to its last value."""
    last = min(page.first, len(page.rows))
    if not page.has_prose or last < 2 * LABELS:
        return
    labels = [n for n in range(last - 1) if is_label(page.rows[n]) and not is_label(page.rows[n + 1])]
    for run in _runs(labels):
        words = sum(_WORD.fullmatch(page.rows[n].core.rstrip(": ")) is not None for n in run)
        if len(run) < LABELS or words < WORDED * len(run):
            continue
        open_ended = _SUMS_UP.search(page.rows[run[-1]].core) or run[-1] + 2 >= page.first
        for number in range(run[0], run[-1] + (1 if open_ended else 2)):
            if _value(page.rows[number]) or number in run:
                page.claim(number, _WHY)


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
