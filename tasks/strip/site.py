"""Furniture that the site itself gives away: rows that it repeats on its pages, as `qingwen learn` has found them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from tasks.strip.sheet import Claim, Sheet

# Furniture is looked for in so many rows at the top and at the bottom of a page. The longest menus of the layouts under
# evals/ have 64 rows.
REACH = 150
# Up to two rows of the page's own may stand between furniture and the page's edge, such as the title above a share bar;
# so many rows of furniture have to follow. An official letter closes with two repeated rows above its date, and they
# are not furniture.
_GAP, _AFTER_GAP = 2, 2
# A list of links may be longer, if running text that the site repeats follows; longer lists are the article's.
_LONG_GAP = 8


def site_lines(sheet: Sheet, learned: Collection[str]) -> Iterable[Claim]:
    """Rows that the site repeats, where they stand at the page's edge; in the midst of the article they stay."""
    if not learned:
        return
    rows = [row for row in sheet.rows if counts(row.core)]
    common = [row.core in learned for row in rows]
    if not any(common):
        return
    for number in sorted({number for run in edges(common, [row.prose for row in rows]) for number in run}):
        yield Claim.whole(rows[number], "the site repeats this row on its pages")


def counts(core: str) -> bool:
    """Whether a row has words: rules and other rows of marks are neither furniture nor article here.

    >>> counts("首页"), counts("----")
    (True, False)
    """
    return any(map(str.isalnum, core))


def edges(common: Sequence[bool], prose: Sequence[bool]) -> list[list[int]]:
    """The runs of a page's furniture, at its top and then at its bottom: see `runs`.

    `common` says which rows the site repeats, `prose` which are running text; the page's own prose ends the furniture.
    A run that is reached from both edges is there twice.

    >>> edges([True, True, False, False, True, False, True], [False, False, False, True, False, True, False])
    [[0, 1], [6]]
    """
    last = len(common) - 1
    below = runs(common[::-1], prose[::-1])
    return [*runs(common, prose), *([last - number for number in run] for run in below)]


def runs(common: Sequence[bool], prose: Sequence[bool]) -> list[list[int]]:
    """The runs of common rows that are reached from the first row on, from the edge inwards.

    >>> runs([True, False, True, True, True, False, True], [False] * 7)
    [[0], [2, 3, 4]]
    """
    found: list[list[int]] = []
    start, end = 0, min(len(common), REACH)
    while start < end:
        run = list(_while_common(common, start, end))
        if run:
            found.append(run)
            start = run[-1] + 1
            continue
        beyond = _beyond(common, prose, start)
        if beyond is None:
            break
        start = beyond
    return found


def _while_common(common: Sequence[bool], start: int, end: int) -> Iterator[int]:
    for number in range(start, end):
        if not common[number]:
            return
        yield number


def _beyond(common: Sequence[bool], prose: Sequence[bool], start: int) -> int | None:
    """Where furniture goes on behind the page's own rows that begin at `start`, or None."""
    for number in range(start, min(start + _LONG_GAP + 1, len(common))):
        if common[number]:
            long = number - start > _GAP
            wanted = common[number : number + _AFTER_GAP]
            enough = (len(wanted) == _AFTER_GAP and all(wanted)) or (long and prose[number])
            return number if enough else None
        if prose[number]:
            return None
    return None
