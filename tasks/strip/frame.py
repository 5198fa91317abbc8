"""What stands beside furniture: weak words next to sure ones, and rows the page's frame closes in.

The rules before this one know furniture by its own words. Here the rows that they took show where the page's frame
lies: above the title, between the title and the text, and below the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tasks.strip.bars import is_weak, may_head
from tasks.strip.sheet import Claim, Row, Sheet, ends_sentence
from tasks.strip.tables import alone, phrase

# Furniture that stands below the article and above its title: short rows beyond it are not the article's.
BELOW = frozenset({"share", "tools", "pager", "login", "related", "footer", "disclaimer", "navigation"})
ABOVE = frozenset({"breadcrumb", "navigation", "login"})
BARS = frozenset({"share", "tools", "login", "font_size", "pager"})
# Rules that take rows for where they stand, and what must be left of a page for them to be believed.
BY_PLACE = frozenset({"footer", "surroundings"})
LEAST_CHARS = 40
# What ends an article for good; share bars and links to other articles stand in its middle too.
_ENDS = frozenset({"login", "footer", "disclaimer", "ended"})
_FRAME = BELOW | ABOVE | {"metadata", "font_size"}
# Rows between two rows of the head's furniture are names and counts of its panels, if no more and no longer than these.
PANEL_ROWS = 3
PANEL_CHARS = 10
# How far below a weak word the next row that stands is looked for.
NEAR_ROWS = 20
# Of a page without prose no more than one part in so many is head.
HEAD_SHARE = 3
# A page with no more prose than this, in its head, may hold its article below: a run of so many rows.
LITTLE_PROSE = 120
BODY_ROWS = 5
# Prose below the article's end is what readers and the site say, if it is no larger a part of the page's prose, its
# rows are no longer, and so many rows around it are furniture.
TAIL_PROSE = 0.25
TAIL_PROSE_CHARS = 150
TAIL_FURNITURE = 4

_NUMBERED = re.compile(r"[(第]?[一二三四五六七八九十百\d]{1,3}[、.)章节条回]")
_HEADING = re.compile("[\u4e00-\u9fff]{2,8}")
_WORD = re.compile(r"[^\W_]")
_WHY_WEAK = "a word of menus and bars beside furniture"
_WHY_HEAD = "a short row among the furniture above the text"
_WHY_ABOVE = "a short row above the site's menus"
_WHY_BELOW = "a row below the article and below the site's furniture"


def nothing_left(sheet: Sheet) -> bool:
    """Whether so little of the page still stands that the rules that go by place must have been wrong."""
    return sum(len(row.core) for row in sheet.rows[:LEAST_CHARS]) < LEAST_CHARS


def spared(row: Row) -> bool:
    """Whether nothing but its place speaks against a row."""
    return not (is_weak(row.core) or phrase("copyright").search(row.core) or phrase("host").search(row.core))


@dataclass(slots=True)
class _Page:
    rows: Sequence[Row]
    kinds: dict[int, str]  # of the rows that are gone, by number
    first: int  # the first and last rows of standing prose; len(rows) and -1 without
    last: int
    title: int  # -1 without
    claims: list[Claim] = field(default_factory=list)

    def take(self, number: int, why: str) -> None:
        if number not in self.kinds and number != self.title and not _held(self.rows[number]):
            self.kinds[number] = "surroundings"
            self.claims.append(Claim.whole(self.rows[number], why))

    def outside(self, number: int) -> bool:
        return self.first == len(self.rows) or number < self.first or number > self.last


def surroundings(rows: Sequence[Row], kinds: Mapping[int, str], title: Row | None) -> Iterator[Claim]:
    """The rows that stand by their place among the furniture. `kinds` has the kind of the rows taken, by line start."""
    if not kinds:
        return
    found = {number: kinds[row.line.start] for number, row in enumerate(rows) if row.line.start in kinds}
    prose = [number for number, row in enumerate(rows) if row.prose and number not in found]
    at = next((number for number, row in enumerate(rows) if row is title), -1)
    page = _Page(rows, found, prose[0] if prose else len(rows), prose[-1] if prose else -1, at)
    _prose_below(page, prose)
    _grow(page)
    _head(page)
    _below(page)
    _alone(page)
    yield from page.claims


def _held(row: Row) -> bool:
    """Whether the extractor, which sees the page's structure, holds the row to be content."""
    return row.line.block is not None and row.line.block.content


def _prose_below(page: _Page, prose: Sequence[int]) -> None:
    """Readers' comments and the site's notes below what ends an article."""
    end = next((n for n in sorted(page.kinds) if page.kinds[n] in _ENDS and n > page.first), None)
    below = [n for n in prose if end is not None and n > end]
    if end is None or not below:
        return
    sizes = {n: len(page.rows[n].core) for n in prose}
    furniture = sum(n > end and kind in _FRAME for n, kind in page.kinds.items())
    closed = any(n > below[-1] and kind in _FRAME for n, kind in page.kinds.items())
    small = sum(sizes[n] for n in below) <= TAIL_PROSE * sum(sizes.values())
    if small and closed and furniture >= TAIL_FURNITURE and all(sizes[n] <= TAIL_PROSE_CHARS for n in below):
        for number in below:
            page.take(number, _WHY_BELOW)
        page.last = max(n for n in prose if n < end)


def _grow(page: _Page) -> None:
    """Rows of weak words that touch furniture, and those that touch them."""
    marked = [number for number, kind in page.kinds.items() if kind in _FRAME]
    for step in (1, -1):
        for number in marked:
            at = number + step
            while 0 <= at < len(page.rows) and at not in page.kinds and page.outside(at) and _weak_at(page, at):
                page.take(at, _WHY_WEAK)
                if at not in page.kinds:
                    break
                at += step


def _weak_at(page: _Page, at: int) -> bool:
    core = page.rows[at].core
    if not is_weak(core):
        return False
    if core in alone() or not (may_head(core) or _HEADING.fullmatch(core)):
        return True
    near = range(at + 1, min(at + NEAR_ROWS, len(page.rows)))
    following = next((page.rows[n] for n in near if n not in page.kinds), None)
    return page.first < len(page.rows) and not (following and following.prose)


def _head(page: _Page) -> None:
    """Short rows above the menus that stand above the title, and between the furniture below it."""
    marks = [n for n, kind in page.kinds.items() if kind in _FRAME or kind == "surroundings"]
    if page.title >= 0:
        above = max((n for n, kind in page.kinds.items() if kind in ABOVE and n < page.title), default=-1)
        if page.first == len(page.rows):  # without prose nothing says where the head ends
            above = min(above, len(page.rows) // HEAD_SHARE)
        for number in range(min(above, page.first)):
            row = page.rows[number]
            if not (row.folded.lstrip().startswith("#") or row.prose or ends_sentence(row.core)):
                page.take(number, _WHY_ABOVE)
    if page.first == len(page.rows) or page.title < 0:
        return
    inside = [page.title, *sorted(n for n in marks if page.title < n < page.first)]
    for one, other in pairwise(inside):
        between = [n for n in range(one + 1, other) if n not in page.kinds]
        unknown = [n for n in between if not is_weak(page.rows[n].core)]
        weak = len(between) - len(unknown)
        enough = weak > len(unknown) if one == page.title else weak > 0 or unknown
        if enough and len(unknown) <= PANEL_ROWS and all(_panel(page.rows[n]) for n in unknown):
            for number in between:
                page.take(number, _WHY_HEAD)


def _panel(row: Row) -> bool:
    core = row.core
    return len(core) <= PANEL_CHARS and not (ends_sentence(core) or _NUMBERED.match(core) or core[0] in "#—-(")


def _below(page: _Page) -> None:
    """Short rows below the text and below other furniture."""
    if page.last < 0 or _body_below(page):
        return
    end = min((n for n, kind in page.kinds.items() if n > page.last and kind in BELOW | {"ended"}), default=None)
    if end is not None:
        for number in range(end + 1, len(page.rows)):
            page.take(number, _WHY_BELOW)


def _alone(page: _Page) -> None:
    """Rows of marks, and words that nothing but a button says, above and below the text of a page with furniture."""
    if page.first == len(page.rows) or not any(kind in _FRAME for kind in page.kinds.values()):
        return
    for number in (*range(page.first), *range(page.last + 1, len(page.rows))):
        core = page.rows[number].core
        if number not in page.kinds and len(core) <= PANEL_CHARS and (core in alone() or not _WORD.search(core)):
            page.take(number, _WHY_WEAK)


def _body_below(page: _Page) -> bool:
    """Whether the page's only prose is a row or two at its top, with a long run of unknown rows below."""
    if sum(len(row.core) for n, row in enumerate(page.rows) if row.prose and n not in page.kinds) > LITTLE_PROSE:
        return False
    run = longest = 0
    for number in range(page.last + 1, len(page.rows)):
        run = 0 if number in page.kinds else run + 1
        longest = max(longest, run)
    return longest >= BODY_ROWS and page.last < len(page.rows) // HEAD_SHARE
