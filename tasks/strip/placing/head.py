"""The site's part above the text: rows above the title, panels between it and the text, and tables of contents."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby, pairwise, takewhile

from tasks.expressions import seldom
from tasks.strip.about.official import NUMBER, OFFICE
from tasks.strip.about.title import LIKE
from tasks.strip.about.title_looks import may_be_title, names_reading_site
from tasks.strip.placing.around import ABOVE, FRAME, Around
from tasks.strip.sheet import ends_sentence
from tasks.strip.signs import MAX_CHARS, numbered, sign, site_speech
from tasks.strip.wording.bars import is_weak

# Rows between two rows of the head's furniture are names and counts of its panels, if no more and no longer than these.
PANEL_ROWS = 3
PANEL_CHARS = 10
# A panel whose rows mostly show signs of the site may have longer ones.
WIDE_CHARS = 16
# Between the title and the rows of metadata or bars below it stand so many such names, no longer than this.
NAMES, NAME_CHARS = 2, 6
# More rows together whose words are not the site's are the text's: a table.
TABLE_ROWS = 5
# Of a page without prose no more than one part in so many is head.
HEAD_SHARE = 3
# Above a title that the page shows, signs of the site must add up to this for the other rows to go with them.
ABOVE_SIGNS = 2.0
# A row with a sign this strong, right above the title, shows it as well as metadata does.
BESIDE_SIGN = 0.5
# A table of contents has so many entries.
CONTENTS = 3

_CONTENTS = seldom(r"(?:本?文章?|本页|内容)?目录(?:一览|导航)?\s*[:(\[]?\s*(?:隐藏|显示|收起|展开)?\s*[\])]?|Contents")
# The first part of a paper: 0 引言.
_FIRST_PART = seldom(r"[01]\s{1,3}[\u4e00-\u9fff]{2,16}")
_CHAPTER = seldom(r"第[一二三四五六七八九十百千两〇零\d]{1,6}[章回节卷][\s:].")
_ENTRY = seldom(r"[\d.、()一二三四五六七八九十第章节\s]*")
_WHY_HEAD = "a short row among the furniture above the text"
_WHY_ABOVE = "a short row above the site's menus"
_WHY_TITLE = "a row of the site's part above the title"
_WHY_CONTENTS = "the page's table of its own headings"


def above_title(page: Around) -> None:
    """Short rows above the menus that stand above the title, and with enough signs of the site all above the title."""
    if page.title < 0:
        return
    above = max((n for n, kind in page.kinds.items() if kind in ABOVE and n < page.title), default=-1)
    if not page.has_prose:  # without prose nothing says where the head ends
        above = min(above, len(page.rows) // HEAD_SHARE)
    for number in range(min(above, page.first)):
        if not (own(page, number) or _rival(page, number)):
            page.take(number, _WHY_ABOVE)
    shown = page.shown or (page.title > 0 and page.sign(page.title - 1) >= BESIDE_SIGN)
    told = next((n for n in range(page.title) if page.kinds.get(n) == "metadata"), page.title)
    text = sum(page.sign(n) <= 0 for n in page.standing(range(told, page.title)))
    if page.title < page.first < len(page.rows) and shown and text < PANEL_ROWS:
        left = page.standing(range(page.title))
        signs = sum(max(page.sign(n), 0.0) for n in range(page.title))
        kicker = left[-1] if left and left[-1] == page.title - 1 and left[-2:-1] != [page.title - 2] else -1
        if left[:1] == [0] and names_reading_site(page.rows[0].core) and page.title > 1:
            page.take(0, _WHY_TITLE)
        if left == [0] and page.title == 1 and page.shown and is_weak(page.rows[0].core):  # its column's name
            page.take(0, _WHY_TITLE)
        if signs >= ABOVE_SIGNS:
            for number in left:
                if not (own(page, number) or _rival(page, number)) and (
                    number != kicker or sign(page.rows[number].core)
                ):
                    page.take(number, _WHY_TITLE)


def own(page: Around, number: int) -> bool:
    """Whether a row above the title may be the article's: marked, a sentence, a chapter's, a letterhead."""
    row = page.rows[number]
    core = row.core
    if _CHAPTER.match(core):
        return True
    letterhead = NUMBER.fullmatch(core) is not None or (core.endswith("文件") and OFFICE.match(core) is not None)
    return row.folded.lstrip().startswith("#") or row.prose or ends_sentence(core) or letterhead


def _rival(page: Around, number: int) -> bool:
    """Whether a row may be the title instead: it looks like one, at the top, right below furniture, or below the
    title chosen.

    A title between furniture and metadata has no rivals; one that furniture does not show has them everywhere.
    """
    framed = page.kinds.get(page.title + 1) == "metadata" and page.kinds.get(page.title - 1) in FRAME - {"metadata"}
    if framed or not may_be_title(page.rows[number]) or _unlike_title(page, number):
        return False
    below = page.kinds.get(number - 1) in FRAME | {"surroundings"}
    return below or number == 0 or number > page.title or not page.shown


def _unlike_title(page: Around, number: int) -> bool:
    """Whether a row has nothing of the text, of which the title has much."""
    likeness = page.likeness
    if not likeness.enough or likeness.share(page.rows[page.title].core) < LIKE:
        return False
    return likeness.share(page.rows[number].core) == 0


def speech(page: Around) -> None:
    """The site's words to its readers right above the text: 本文是小编为大家整理的…."""
    while page.has_prose and page.first < page.last and page.furnished and site_speech(page.rows[page.first].core):
        page.take(page.first, _WHY_HEAD)
        if page.first not in page.kinds:
            return
        later = range(page.first + 1, page.last + 1)
        page.first = next((n for n in later if page.rows[n].prose and n not in page.kinds), page.last)


def panels(page: Around) -> None:
    """Short rows between the furniture that stands between the title and the text."""
    if not page.has_prose or page.title < 0:
        return
    marks = [n for n, kind in page.kinds.items() if kind in FRAME or kind == "surroundings"]
    inside = [page.title, *sorted(n for n in marks if page.title < n < page.first)]
    for one, other in pairwise(inside):
        between = page.standing(range(one + 1, other))
        unknown = [n for n in between if not is_weak(page.rows[n].core)]
        weak = len(between) - len(unknown)
        enough = weak > len(unknown) or _names(page, unknown) if one == page.title else weak > 0 or unknown
        if enough and len(unknown) <= PANEL_ROWS and all(_panel(page, n, PANEL_CHARS) for n in unknown):
            for number in between:
                page.take(number, _WHY_HEAD)
    _wide_panel(page)


def _names(page: Around, numbers: Sequence[int]) -> bool:
    """Whether the rows right below the title are names of writers or columns: short, and nothing of the text."""
    return (
        0 < len(numbers) <= NAMES
        and page.likeness.enough
        and all(len(page.rows[n].core) <= NAME_CHARS and not page.likeness.share(page.rows[n].core) for n in numbers)
    )


def _wide_panel(page: Around) -> None:
    """What stands between the first and the last row that shows a sign of the site, if most rows do."""
    signs = [n for n in range(page.title + 1, page.first) if page.sign(n) >= 0.5]
    if not signs:
        return
    between = page.standing(range(signs[0], signs[-1] + 1))
    unsure = [n for n in between if page.sign(n) < 1]
    unknown = [n for n in unsure if page.sign(n) <= 0]
    if len(unknown) > len(signs) or _longest_run(between, unknown) > PANEL_ROWS:
        return
    if _longest_run(between, unsure) <= TABLE_ROWS and all(_panel(page, n, WIDE_CHARS) for n in unknown):
        for number in between:
            if page.sign(number) >= 1 or _panel(page, number, MAX_CHARS):
                page.take(number, _WHY_HEAD)


def _longest_run(rows: Sequence[int], wanted: Collection[int]) -> int:
    """How many of the rows stand together that are `wanted`."""
    return max((len(list(group)) for found, group in groupby(rows, wanted.__contains__) if found), default=0)


def first_part(page: Around, number: int) -> bool:
    """Whether a row is the heading of a paper's first part, right above its text: 0 引言."""
    below = number + 1
    return (
        _FIRST_PART.fullmatch(page.rows[number].core) is not None and below < len(page.rows) and page.rows[below].prose
    )


def _panel(page: Around, number: int, chars: int) -> bool:
    core = page.rows[number].core
    return len(core) <= chars and not (
        _rival(page, number)
        or ends_sentence(core)
        or numbered(core)
        or core.startswith(("#", "—", "-", "("))
        or first_part(page, number)
    )


def contents(page: Around) -> None:
    """目录 and the headings below it, if they come again in the text, or are numbered on a page with furniture."""
    if not page.has_prose:
        return
    head = next((n for n in page.standing(range(page.first)) if _CONTENTS.fullmatch(page.rows[n].core)), None)
    if head is None:
        return
    later = {_entry(row.core) for row in page.rows[page.first + 1 :]}
    end, seen = head + 1, set[str]()
    while end < page.first and (end in page.kinds or _entry(page.rows[end].core) not in seen):
        seen.add(_entry(page.rows[end].core))
        end += 1
    rows = page.standing(range(head + 1, end))
    again = [n for n in rows if _entry(page.rows[n].core) in later]
    if len(again) >= CONTENTS:
        rows = [n for n in rows if n <= again[-1]]
    else:
        rows = list(takewhile(lambda n: numbered(page.rows[n].core) or page.rows[n].folded.lstrip()[0] in "▪•·", rows))
        if not page.furnished or sum(numbered(page.rows[n].core) for n in rows) < CONTENTS:
            return
    for number in (head, *rows):
        page.take(number, _WHY_CONTENTS)


def _entry(core: str) -> str:
    """A heading without its number."""
    return _ENTRY.sub("", core, count=1)
