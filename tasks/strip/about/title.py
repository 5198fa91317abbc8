"""The page's title: which row shows it, and what it says without the site's name."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from tasks.expressions import seldom
from tasks.series import ENDS, series
from tasks.strip.about.no_title import untitled
from tasks.strip.about.official import below_offices
from tasks.strip.about.title_looks import (
    BARS_OF_MENU,
    LEADING,
    LEAST_SCORE,
    can_be,
    is_chapter,
    letterhead,
    looks,
    may_be_title,
    names_collection,
    names_reading_site,
)
from tasks.strip.about.title_text import date_behind, key, without_ending
from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Row, Sheet
from tasks.strip.signs import sign

# A row is at the top if no more rows than these stand above it.
TOP_ROWS = 6

# A row of so many characters that stands twice above the text gains so much.
LONG, TWICE = 8, 2
# On pages without prose rows below the metadata are more likely verse than title.
BELOW_ALL = 4
# A row that shares so many of its pairs of characters with the text gains so much: nine titles in ten of the articles
# under evals/ do, one row of furniture in a hundred. Where nothing else shows the title, it takes twice as many.
LIKE, LIKE_SCORE = 0.2, 3
# With so many it gains more, and is the title rather than a row that metadata stand below.
MUCH, MUCH_SCORE = 0.5, 2

_PRINTED = seldom(r"标题\s?:\s?\S.{3,80}?\s{0,3}\[打印本页\]|标题\s?(?:(?:Re|Fw):\s?)?\[[^\[\]]{1,6}\]\s?\S.{2,60}")
_H1 = seldom(r"\s*#\s+\S[^#]*$")
_NUMBER_ALONE = seldom(r"\d{1,2}[.、]?")
_SPACED = seldom(r"(\d{1,2})\s+[\u4e00-\u9fff]")
_PATH_MARK = seldom(r"\s*[>»›]+\s*")
# A path's last part is the title from so many characters on; shorter ones are names of columns.
LEAST_NAMED = 4
# Names of accounts have no more characters, and are hanzi throughout.
ACCOUNT_CHARS = 6
_HAN = seldom("[\u4e00-\u9fff]+")
# The name of whom a site belongs to, and nothing that is said of it.
_OWNER = seldom(
    r"[^\W的了在与和向为是]{3,24}(?:公司|集团|厂|网|协会|学院|大学|小学|中学|学校|幼儿园|医院|研究[院所]|委员会|人民政府|管理局)(?:官网|网站)?"
)
_NO_TITLES = frozenset({"title", "li", "alt", "td", "option", "button", "label", "pre", "code"})
# A line of a program stands below a comment.
_PROGRAM = seldom(
    r"[(){}=;$<>\\]|^\s*(?:import|from|def|class|sudo|apt|pip|npm|yarn|brew|conda|cd|ls|mkdir|git|docker|python3?|echo|export|make|curl|wget|set|let|var|if|for|while|return)\b"
)


def title_row(
    sheet: Sheet,
    metadata_starts: Sequence[int],
    menu_starts: Sequence[int] = (),
    bar_starts: Sequence[int] = (),
    path_starts: Sequence[int] = (),
) -> Row | None:
    """The row that shows the title, or None. The sequences have the starts of lines already taken.

    In this order: the name of a collection, or what forums print; what offices write about; the only `h1` of the HTML;
    a Markdown `#`; the row that most speaks for, where there are metadata or menus; a short row at the top, above the
    prose, that does not end as a sentence does.
    """
    rows = sheet.rows
    for row in rows[: 2 * TOP_ROWS]:
        if (row.core[:2] == "标题" and _PRINTED.fullmatch(row.core)) or names_collection(row.core):
            return row
    if letter := below_offices(rows):
        return letter
    for marked in _marked(sheet):
        if can_be(rows[marked]) and not _comment(rows, marked):
            return _below_site_name(sheet, rows[marked]) or rows[marked]
    head = _head(sheet, metadata_starts)
    if (metadata_starts or menu_starts) and (
        best := _best(
            sheet,
            head,
            sorted(metadata_starts),
            sorted(menu_starts),
            sorted([*bar_starts, *menu_starts]),
            sorted(path_starts),
        )
    ):
        return _beside_owner(sheet, head, best)
    head = [row for row in head if row.line.start > max(menu_starts, default=-1)] or head
    if len(head) > TOP_ROWS and (shown := _most_like(sheet, head)):
        return shown
    head = list(_below_signs(head))
    program = any(number < TOP_ROWS and _comment(rows, number) for number, _ in sheet.loose()[:TOP_ROWS])
    if program or len(rows) < 2 or len(head) > TOP_ROWS:
        return None
    head = [row for row in head if not letterhead(row.core) and row.core.count("|") < BARS_OF_MENU]
    if len(head) > 1 and not can_be(head[0]) and head[0].core.endswith(" " + head[1].core):  # 07.25 …, and again
        head = head[1:]
    if shown := _like_text(sheet, head):
        return shown
    if not head or not can_be(head[0]) or untitled(sheet, head):
        return None
    return _beside_owner(sheet, head, head[0])


def named_by_path(sheet: Sheet, gone: Iterable[str]) -> Row | None:
    """The row above the text that says what the last part of a path through the site does, whatever it looks like;
    `gone` are the words of rows already taken."""
    paths = [core for core in gone if ">" in core or "»" in core or "›" in core]
    ends = {key(_PATH_MARK.split(core)[-1]) for core in paths}
    rows = sheet.rows[: min(sheet.first, TOP_ROWS)] if ends else ()
    return next((row for row in rows if len(key(row.core)) >= LEAST_NAMED and key(row.core) in ends), None)


def is_long(row: Row) -> bool:
    """Whether a row has as many characters as titles mostly have, and names of columns hardly ever."""
    return len(row.core) >= LONG


def _beside_owner(sheet: Sheet, head: Sequence[Row], shown: Row) -> Row:
    """The row below or above `shown`, if that is no more than the name of whom the site belongs to, or who published
    the page, and the other has much of the text."""
    if len(head) < 2 or shown.tag == "h1":
        return shown
    at = next((n for n, row in enumerate(head) if row is shown), len(head))
    if not _OWNER.fullmatch(shown.core):
        above = head[at - 1] if 0 < at < len(head) else None
        return above if above and _names_account(sheet, above, shown) else shown
    near = [row for row in (*head[at + 1 : at + 2], *head[max(at - 1, 0) : at]) if may_be_title(row)]
    if not near or not (likeness := _likeness(sheet)).enough:
        return shown
    return next((row for row in near if not _beside_title(row.core) and likeness.share(row.core) >= LIKE), shown)


def _marked(sheet: Sheet) -> list[int]:
    """The rows with an `h1` of HTML, then those with a Markdown `#`; below the text # marks tags."""
    rows = [(number, row) for number, row in sheet.loose() if number < sheet.last or sheet.first == len(sheet.rows)]
    tagged = [number for number, row in rows if row.tag == "h1"] if rows and rows[0][1].line.block else []
    return tagged + [number for number, row in rows if "#" in row.line.folded and _H1.match(row.folded)]


def _comment(rows: Sequence[Row], number: int) -> bool:
    """Whether a row is a comment in a program: what stands below it is code."""
    if not rows[number].folded.lstrip().startswith("#") or number + 1 == len(rows):
        return False
    below = rows[number + 1].core
    return below.isascii() and _PROGRAM.search(below) is not None


def _below_site_name(sheet: Sheet, heading: Row) -> Row | None:
    """The `h2` above the text that has its words, where the `h1` above it has none: a blog's name."""
    if heading.tag != "h1" or sheet.first == len(sheet.rows):
        return None
    below = [row for row in sheet.rows[: sheet.first] if row.tag == "h2" and row.line.start > heading.line.start]
    if not below or not (likeness := _likeness(sheet)).enough or likeness.share(heading.core) > 0:
        return None
    return next((row for row in below if likeness.share(row.core) >= LIKE and can_be(row)), None)


def _like_text(sheet: Sheet, head: Sequence[Row]) -> Row | None:
    """The row that has much of the text's words, where none above it has any."""
    if len(head) < 2 or not (likeness := _likeness(sheet)).enough:
        return None
    rivals = False
    for row in head:
        dated = date_behind(row.core)
        share = likeness.share(row.core[: dated.start()] if dated else row.core)
        if share >= (2 * LIKE if rivals else LIKE) and can_be(row) and not _beside_title(row.core):
            return row
        rivals = rivals or can_be(row)
        if share > 0:
            return None
    return None


def _most_like(sheet: Sheet, head: Sequence[Row]) -> Row | None:
    """Among many rows above the text the only one that has its words, below rows that have none."""
    if sheet.first == len(sheet.rows) or not (likeness := _likeness(sheet)).enough:
        return None
    shares = [likeness.share(row.core) for row in head]
    best = max(shares)
    at = shares.index(best)
    enough = best >= (LIKE if len(head[at].core) >= LONG else MUCH) and len(head[at].core) >= LEAST_NAMED
    others = max((share for n, share in enumerate(shares) if n != at), default=0.0)
    alone = not any(shares[:at]) and others < LIKE / 2
    return head[at] if enough and alone and may_be_title(head[at]) else None


def _names_account(sheet: Sheet, above: Row, shown: Row) -> bool:
    """Whether a short row of which the text has nothing names the account that posted the page, and the one above it
    is the title: that is long enough, and looks like one."""
    if len(shown.core) > ACCOUNT_CHARS or len(above.core) < LONG or not _HAN.fullmatch(shown.core):
        return False
    if not may_be_title(above) or _beside_title(above.core) or sheet.first == len(sheet.rows):
        return False
    return not _likeness(sheet).share(shown.core)


def _beside_title(core: str) -> bool:
    """Whether a row begins as subtitles and asides do: after a dash, or in a bracket."""
    return core[0] in "-—" or (core[0] == "(" and not LEADING.match(core))


def _likeness(sheet: Sheet) -> Likeness:
    return Likeness(row for row in sheet.rows[sheet.first : sheet.last + 1] if row.prose)


def _below_signs(head: Sequence[Row]) -> Sequence[Row]:
    """The rows from the first on that looks like a title, below those that show signs of the site."""
    signs = [number for number, row in enumerate(head) if sign(row.core) and not _NUMBER_ALONE.fullmatch(row.core)]
    below = (
        next((n for n in range(signs[0], len(head)) if may_be_title(head[n]) and not sign(head[n].core)), 0)
        if signs
        else 0
    )
    return head[below:]


def _head(sheet: Sheet, metadata_starts: Sequence[int]) -> list[Row]:
    """The rows among which the title is looked for: those above the prose; without prose, some at the top."""
    rows = sheet.rows
    head = [row for n, row in enumerate(rows[: sheet.first]) if row.tag not in _NO_TITLES and not _comment(rows, n)]
    head = [row for row in head if not (row.core[:1].isdigit() and _divided(rows, row.core))]
    if len(head) > 1 and any(row.core[-1:] in ENDS for row in head):
        parts = series([row.core for row in rows], [row.prose for row in rows])
        of_parts = {rows[n].line.start for n in parts}
        head = [row for row in head if row.line.start not in of_parts] or head
    if head and head[0] is rows[0] and names_reading_site(rows[0].core) and any(is_chapter(row.core) for row in head):
        head = head[1:]
    if sheet.first < len(sheet.rows):
        return head
    above = [row for row in head if row.line.start < min(metadata_starts, default=-1)]
    if len(above) > TOP_ROWS:
        return above[-TOP_ROWS:]
    return head[:TOP_ROWS] if sheet.last < 0 else head[: max(sheet.last, 0)][:TOP_ROWS]


def _divided(rows: Sequence[Row], core: str) -> bool:
    """Whether a row with a number and a space is the heading of a part whose sections follow: 1 概况, 1.1 位置."""
    found = _SPACED.match(core)
    return found is not None and any(row.core.startswith(f"{found[1]}.1") for row in rows[: 2 * TOP_ROWS])


def _best(
    sheet: Sheet,
    head: Sequence[Row],
    metadata: Sequence[int],
    menus: Sequence[int],
    bars: Sequence[int],
    paths: Sequence[int],
) -> Row | None:
    """The row of the head that most speaks for: its place among metadata and menus, its length, its words."""
    scored: list[tuple[int, bool, Row]] = []
    twice = Counter(key(without_ending(row.core)) for row in head if len(row.core) >= LONG)
    bare = sheet.first == len(sheet.rows)  # the rows below the metadata are as short as the title
    starts = [row.line.start for row in sheet.rows]
    likeness = _likeness(sheet) if len(head) > 1 and sheet.first < len(sheet.rows) else None
    for row in head:
        start = row.line.start
        at = bisect_left(starts, start)
        begin = starts[at - 1] if at else -1
        said = _any_between(metadata, start, starts[at + 1] if at + 1 < len(starts) else math.inf)
        framed = said and _any_between(paths, begin, start)  # a title may end as a sentence does
        if not can_be(row._replace(core=row.core.rstrip("。")) if framed else row) or _beside_title(row.core):
            continue
        score = 4 * said + 2 * _any_between(bars, begin, start) + 2 * _any_between(paths, begin, start)
        score -= 3 * bool(menus and menus[-1] > start)
        score -= BELOW_ALL * (start == starts[0] and len(head) > 1 and names_reading_site(row.core))
        score -= BELOW_ALL * (bare and bool(metadata) and metadata[-1] < start)
        if likeness and likeness.enough:
            share = likeness.share(row.core)
            score += LIKE_SCORE * (share >= LIKE) + MUCH_SCORE * (share >= MUCH)
        score += TWICE * (twice[key(without_ending(row.core))] > 1)
        scored.append((score + looks(row.core), said, row))
    best = max((score for score, _, _ in scored), default=0)
    rivals = [(said, row) for score, said, row in scored if score == best]
    if best < (LEAST_SCORE if not bare else 1):
        return None
    return next((row for said, row in reversed(rivals) if said), rivals[0][1] if rivals else None)


def _any_between(starts: Sequence[int], begin: float, end: float) -> bool:
    """Whether one of the sorted `starts` lies between the two."""
    at = bisect_right(starts, begin)
    return at < len(starts) and starts[at] < end
