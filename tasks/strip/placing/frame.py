"""What stands beside furniture: weak words next to sure ones, and rows the page's frame closes in.

The rules before this one know furniture by its own words. Here the rows that they took, and rows that show signs of the
site, show where the page's frame lies: above the title, between the title and the text, and below the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tasks.expressions import seldom
from tasks.strip.about.title_looks import may_be_title
from tasks.strip.placing import foot, head, headlines, records, tops
from tasks.strip.placing.around import ABOVE, BELOW, FRAME, Around
from tasks.strip.sheet import Claim, Row, Sheet
from tasks.strip.signs import opens
from tasks.strip.tables import alone, holds
from tasks.strip.wording.bars import is_weak, may_head

# Rules that take rows for where they stand, and what must be left of a page for them to be believed.
BY_PLACE = frozenset({"footer", "surroundings"})
LEAST_CHARS = 40
# Rules that go by words, which a text says as well, and how many rows of furniture are hardly any: of verses and
# lists; of a page with prose one, of menus.
WORDED = BELOW | ABOVE | {"font_size", "surroundings"}
STRAYS = 3
# How far below a weak word the next row that stands is looked for.
NEAR_ROWS = 20
# Rows of marks and of words of buttons that stand alone are no longer than this.
ALONE_CHARS = 10

_HEADING = seldom("[\u4e00-\u9fff]{2,8}")
_WORD = seldom(r"[^\W_]")
_WHY_WEAK = "a word of menus and bars beside furniture"


def nothing_left(sheet: Sheet) -> bool:
    """Whether so little of the page still stands that the rules that go by place must have been wrong."""
    return sum(len(row.core) for row in sheet.rows[:LEAST_CHARS]) < LEAST_CHARS


def spared(row: Row) -> bool:
    """Whether nothing but its place speaks against a row."""
    return not (is_weak(row.core) or holds("copyright", row.core) or holds("host", row.core))


def strays(rows: Sequence[Row], taken: Sequence[tuple[str, Claim]]) -> frozenset[int]:
    """The starts of rows that were taken in the midst of a page, each alone: the text's, if there are hardly others."""
    if not taken or len(taken) > STRAYS:
        return frozenset()
    prose = any(row.prose for row in rows)
    if len(taken) > (1 if prose else STRAYS):
        return frozenset()
    worded = frozenset({"navigation"}) if prose else WORDED
    gone = {claim.row.line.start for _, claim in taken}
    inner = {
        row.line.start
        for above, row, below in zip(rows, rows[1:], rows[2:], strict=False)
        if not {above.line.start, below.line.start} & gone
    }
    return frozenset(claim.row.line.start for kind, claim in taken if kind in worded and claim.row.line.start in inner)


def surroundings(rows: Sequence[Row], kinds: Mapping[int, str], title: Row | None) -> Iterator[Claim]:
    """The rows that stand by their place among the furniture. `kinds` has the kind of the rows taken, by line start."""
    found = {number: kinds[row.line.start] for number, row in enumerate(rows) if row.line.start in kinds}
    page = Around.of(rows, found, title)
    if not (kinds or page.furnished):
        records.records(page)
        tops.tops(page)
        yield from page.claims
        return
    foot.prose_below(page)
    head.speech(page)
    foot.foot(page)
    records.records(page)
    _grow(page)
    head.contents(page)
    head.above_title(page)
    headlines.above(page)
    headlines.top(page)
    headlines.between(page)
    head.panels(page)
    tops.tops(page)
    foot.below(page)
    foot.beside_foot(page)
    foot.last_row(page)
    headlines.below(page)
    headlines.comments(page)
    _alone(page)
    yield from page.claims


def _grow(page: Around) -> None:
    """Rows of weak words that touch furniture, and those that touch them."""
    marked = [number for number, kind in page.kinds.items() if kind in FRAME]
    for step in (1, -1):
        for number in marked:
            at = number + step
            while 0 <= at < len(page.rows) and at not in page.kinds and page.outside(at) and _weak_at(page, at):
                page.take(at, _WHY_WEAK)
                if at not in page.kinds:
                    break
                at += step


def _weak_at(page: Around, at: int) -> bool:
    core = page.rows[at].core
    if head.first_part(page, at):
        return False
    if not is_weak(core):
        return page.has_prose and at < page.first and opens(core) and not _may_be_shown(page, at)
    if core in alone() or not (may_head(core) or _HEADING.fullmatch(core)):
        return True
    near = range(at + 1, min(at + NEAR_ROWS, len(page.rows)))
    following = next((page.rows[n] for n in near if n not in page.kinds), None)
    return page.has_prose and not (following and following.prose)


def _may_be_shown(page: Around, at: int) -> bool:
    """Whether a row above the text may be its title, though it has words of the site: by its looks or its place."""
    if may_be_title(page.rows[at]) or page.kinds.get(at + 1) == "metadata" or page.kinds.get(at - 1) == "breadcrumb":
        return True
    return page.title < 0 and not page.standing(range(at + 1, page.first))


def _alone(page: Around) -> None:
    """Rows of marks, and words that nothing but a button says, above and below the text of a page with furniture."""
    if not page.has_prose or not any(kind in FRAME for kind in page.kinds.values()):
        return
    for number in (*range(page.first), *range(page.last + 1, len(page.rows))):
        core = page.rows[number].core
        if number not in page.kinds and len(core) <= ALONE_CHARS and (core in alone() or not _WORD.search(core)):
            page.take(number, _WHY_WEAK)
