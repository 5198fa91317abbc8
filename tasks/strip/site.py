"""Furniture that the site itself gives away: rows that it repeats on its pages, as `qingwen learn` has found them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from tasks.strip.sheet import Claim, Sheet

# Furniture is looked for in so many rows at the top and at the bottom of a page. The longest menus of the layouts under
# evals/ have 64 rows.
REACH = 150
# Rows of the page's own that may stand between furniture and the page's edge, such as the title above a share bar or
# the names of the neighbouring articles above a footer; more furniture than that has to follow. An official letter
# closes with two repeated rows above its date, and they are not furniture.
_GAP = 2
_AFTER_GAP = 3


def site_lines(sheet: Sheet, learned: Collection[str]) -> Iterable[Claim]:
    """Rows that the site repeats, where they stand at the page's edge; in the midst of the article they stay."""
    rows = [row for row in sheet.rows if counts(row.core)]
    common = [row.core in learned for row in rows]
    if not any(common):
        return
    for number in sorted(set(edges(common, [row.prose for row in rows]))):
        yield Claim.whole(rows[number], "the site repeats this row on its pages")


def counts(core: str) -> bool:
    """Whether a row has words: rules and other rows of marks are neither furniture nor article here.

    >>> counts("首页"), counts("----")
    (True, False)
    """
    return any(map(str.isalnum, core))


def edges(common: Sequence[bool], prose: Sequence[bool]) -> list[int]:
    """Which of a page's rows lie in its top or bottom furniture: common rows that are reached from the page's edge.

    `common` says which rows the site repeats, `prose` which are running text; the page's own prose ends the furniture.
    A row that is reached from both edges is there twice.

    >>> edges([True, True, False, False, True, False, True], [False, False, False, True, False, True, False])
    [0, 1, 6]
    """
    below = reached(common[::-1], prose[::-1])
    return [*reached(common, prose), *(len(common) - 1 - number for number in reversed(below))]


def reached(common: Sequence[bool], prose: Sequence[bool]) -> list[int]:
    """The common rows that are reached from the first row on, the innermost last.

    >>> reached([True, False, True, True, True, False, True], [False] * 7)
    [0, 2, 3, 4]
    """
    found: list[int] = []
    at, end = 0, min(len(common), REACH)
    while at < end:
        if common[at]:
            found.append(at)
            at += 1
            continue
        beyond = next(_beyond(common, prose, at), None)
        if beyond is None or not all(common[beyond : beyond + _AFTER_GAP]) or beyond + _AFTER_GAP > len(common):
            break
        at = beyond
    return found


def _beyond(common: Sequence[bool], prose: Sequence[bool], start: int) -> Iterator[int]:
    """The first common row behind the gap that begins at `start`, if the gap is short and holds no prose."""
    for number in range(start, min(start + _GAP + 1, len(common))):
        if common[number]:
            yield number
            return
        if prose[number]:
            return
