"""Rows above the text that have nothing of it: telephones and hours, cards of who answers, slogans, words in Latin.

Where a page's site shows by no menu, the text tells its rows: a title and headings share pairs of characters with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tasks.expressions import seldom
from tasks.strip.about.title import LIKE, LONG, MUCH
from tasks.strip.about.title_looks import may_be_title
from tasks.strip.placing.around import FRAME, Around
from tasks.strip.placing.head import own
from tasks.strip.placing.records import may_record
from tasks.strip.sheet import Sheet, ends_sentence
from tasks.strip.signs import numbered, sign, words_of_interfaces

# Rows that share no more of their pairs with the text are strange to it.
STRANGE = 0.1
# Above a title that has the text's words so many strange rows are the site's; with a sign of the site one is.
ABOVE_TITLE = 2
# Where no title has them, signs must add up to so much, and to so much for each row.
SIGNS, SIGNS_EACH = 1.0, 0.2
# A row of Latin letters that is no title of a paper has so many words at most.
LATIN_WORDS, LATIN_CHARS = 4, 36
# Where nothing else shows a site, so many rows at the top are looked at.
HEAD_ROWS = 8
# A row that looks like a title, and is no shorter, stays if it is the last one.
TITLE_CHARS = 5
# A name in Latin letters is looked for in so many rows of the text.
TEXT_ROWS = 30
# A row that stands twice has so many characters, one with a day and an hour so many.
TWICE_CHARS, STAMP_CHARS = 12, 60
# A row with a day alone has so many words of interfaces.
STAMP_WORDS = 2
# So many contacts at the top are the site's.
CONTACTS = 3
# The rows of a card are no longer, nor the name above them.
CARD_CHARS, NAME_CHARS = 24, 4

_HAN = seldom("[\u4e00-\u9fff]")
_LATIN_WORD = seldom(r"[a-z]{3,24}")
_LATIN = seldom(r"(?=.{0,30}?[A-Za-z]{2})[A-Za-z0-9 .,:%&'/+-]{2,36}")
_FRAME = FRAME | {"surroundings"}
_MARKS = seldom(r"[^\w|]*[A-Za-z]?[^\w|]*")
_STAMP = seldom(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s{1,3}(?:[01]?\d|2[0-3]):[0-5]\d")
_DAY = seldom(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}")
_CLOCKS = seldom(r"\d{1,2}:\d\d\s?[-~至—]{1,2}\s?\d{1,2}:\d\d")
_CONTACT = seldom(
    r"(?:[\u4e00-\u9fff]{0,6}(?:电话|热线|手机|传真|邮箱|地址|网址|邮编|微信|QQ)|E-?mail|Tel|Fax)\s?[::].{2,50}"
    r"|[+(]?\d{2,4}[)\s-]{1,3}\d{3,4}[\s-]{0,3}\d{3,8}|[\w.-]{2,40}@[\w-]{2,30}\.[a-z.]{2,10}|1[3-9]\d{9}",
    re.IGNORECASE,
)
_BELONGS = seldom(r"(?:公司|集团|厂|店|中心|医院|学校|研究所|协会)$")
# What somebody is who answers, and where: the rows of a card below a name.
_RANK = seldom(
    r"(?:副?主任|主治|住院)?(?:医师|医生|药师|技师|护师)|(?:执业|资深|合伙人?)?律师|(?:高级|副)?(?:教授|研究员|工程师|营养师|咨询师|讲师)"
)
_PLACE = seldom(r"(?:医院|卫生院|大学|学院|律师事务所|研究所|诊所)(?:\s?\S{0,10})?")
_ABSTRACT = seldom(r"abstract|key\s?words", re.IGNORECASE)
_WHY = "a row above the text that has nothing of it"
_WHY_LATIN = "words in Latin letters around a text in Chinese"
_WHY_CARD = "who answers, and where"
_WHY_PATH = "the name of the column, as the path through the site has it"


def may_have(sheet: Sheet) -> bool:
    """Whether anything above the text may be such a row, though no rule knows any other of the page's."""
    if may_record(sheet):
        return True
    if not 0 < sheet.first < len(sheet.rows):
        return False
    return sheet.first > ABOVE_TITLE or any(_shows(row.core) for row in sheet.rows[: min(sheet.first, HEAD_ROWS)])


def _shows(core: str) -> bool:
    return sign(core) > 0 or not any(map(str.isalnum, core[:TWICE_CHARS])) or _RANK.match(core) is not None


def tops(page: Around) -> None:
    """Claim such rows."""
    cards(page)
    _contacts(page)
    if not 0 < page.first < len(page.rows):
        return
    standing = page.standing(range(page.first))
    if not standing:
        return
    _path_ends(page, standing)
    _wordless(page, standing)
    _twice(page, standing)
    _stamps(page)
    if not page.likeness.some:
        return
    shares = page.title >= 0 and page.likeness.share(page.rows[page.title].core) >= LIKE
    if shares or page.shown:
        _above(page, list(_strange(page, page.standing(range(min(page.title, page.first))))))
        _between(page)
    else:
        _among(page, page.standing(range(page.first)))
    _latin(page)


def _contacts(page: Around) -> None:
    """Telephones and addresses at the very top, with whose they are above them: no text begins so."""
    rows = page.rows[: min(page.first, HEAD_ROWS)]
    found = [number for number, row in enumerate(rows) if _CONTACT.fullmatch(row.core)]
    above = found[0] if found else len(rows)
    if len(found) < CONTACTS or above > 1 or len(page.rows) - found[-1] < len(rows):
        return
    if above and not _BELONGS.search(rows[0].core):
        return
    for number in range(found[-1] + 1):
        page.take(number, _WHY)


def _strange(page: Around, numbers: Sequence[int]) -> Iterator[int]:
    """Those of the rows, from the first on, that have nothing of the text and may be the site's."""
    for number in numbers:
        if not _is_strange(page, number):
            return
        yield number


def _is_strange(page: Around, number: int) -> bool:
    core = page.rows[number].core
    if own(page, number) or numbered(core) or core[:1] in "—(" or core.endswith((":", ",")):
        return False
    return page.likeness.share(core) <= STRANGE and not _names_of_text(page, core)


def _names_of_text(page: Around, core: str) -> bool:
    """Whether a row has a word in Latin letters that the text has."""
    words = _LATIN_WORD.findall(core.lower())
    text = (page.rows[n].core.lower() for n in range(page.first, min(page.last + 1, page.first + TEXT_ROWS)))
    return bool(words) and any(word in row for row in text for word in words)


def _may_be_title(page: Around, number: int) -> bool:
    row = page.rows[number]
    if _BELONGS.search(row.core):
        return False
    return len(row.core) >= TITLE_CHARS and not _sign(page, number) and may_be_title(row)


def _sign(page: Around, number: int) -> float:
    core = page.rows[number].core
    if _CONTACT.fullmatch(core):
        return 1.0
    return max(sign(core), 0.5 * (_CLOCKS.search(core) is not None or _LATIN.fullmatch(core) is not None))


def _above(page: Around, strange: Sequence[int]) -> None:
    """Rows above a title that has the text's words, or that metadata show; rows that may be it as well stay."""
    title = page.rows[page.title].core
    share = page.likeness.share(title)
    above = page.standing(range(page.title))
    if any(page.likeness.share(page.rows[number].core) > share for number in above):
        return
    if share < MUCH:
        others = [number for number in above if _may_be_title(page, number)]
        if any(len(page.rows[number].core) > len(title) for number in others):
            return
        strange = [number for number in strange if number not in others]
    if len(strange) >= ABOVE_TITLE or any(_sign(page, number) for number in strange):
        for number in strange:
            page.take(number, _WHY)


def _among(page: Around, standing: Sequence[int]) -> None:
    """Rows above a text of which no title has anything, if all have nothing of it and enough show signs of the site."""
    rows = [number for number in standing if number != page.title]
    if not rows or not all(_is_strange(page, number) for number in rows):
        return
    titles = [number for number in rows if _may_be_title(page, number)]
    rows = [n for n in rows if n not in titles[-1:] and (n not in titles or len(page.rows[n].core) < LONG)]
    signs = [_sign(page, number) for number in rows]
    if sum(signs) >= max(SIGNS, SIGNS_EACH * len(rows)):
        for number in rows:
            page.take(number, _WHY)


def _wordless(page: Around, standing: Sequence[int]) -> None:
    """Rows of marks, and a letter at most: - N +."""
    for number in standing:
        core = page.rows[number].core
        if len(core) <= TWICE_CHARS and "|" not in core and _MARKS.fullmatch(core):
            page.take(number, _WHY)


def _twice(page: Around, standing: Sequence[int]) -> None:
    """Short rows that stand twice above the text, which has nothing of them."""
    said = Counter(page.rows[number].core for number in standing)
    title = page.rows[page.title].core if page.title >= 0 else ""
    for number in standing:
        core = page.rows[number].core
        if said[core] > 1 and core != title and len(core) <= TWICE_CHARS and not page.likeness.share(core):
            page.take(number, _WHY)


def _stamps(page: Around) -> None:
    """The row right below the title, or right above the text, that has a day and an hour, and is no field."""
    if page.title < 0:
        return
    near = {page.title + 1, page.first - 1} & set(range(page.title + 1, page.first))
    for number in near:
        core = page.rows[number].core
        if len(core) > STAMP_CHARS or ":" in core.partition(" ")[0]:
            continue
        if _STAMP.search(core) or (_DAY.search(core) and words_of_interfaces(core)[1] >= STAMP_WORDS):
            page.take(number, _WHY)


def _between(page: Around) -> None:
    """Rows between the title and the text that show signs of the site, and those among them."""
    rows = page.standing(range(page.title + 1, page.first))
    if page.likeness.share(page.rows[page.title].core) < LIKE:
        rows = [number for number in rows if not _may_be_title(page, number)]
    shown = [number for number in rows if _is_strange(page, number) and _hints(page, number)]
    if sum(_hints(page, number) for number in shown) < SIGNS:
        return
    for number in rows[rows.index(shown[0]) : rows.index(shown[-1]) + 1]:
        if _is_strange(page, number):
            page.take(number, _WHY)


def _hints(page: Around, number: int) -> float:
    core = page.rows[number].core
    return _sign(page, number) or 0.5 * (words_of_interfaces(core)[1] > 0 and not ends_sentence(core))


def _latin(page: Around) -> None:
    """Words in Latin letters above a text in Chinese, but for those of a paper."""
    rows = page.rows
    if not _HAN.search(rows[page.first].core) or any(_ABSTRACT.match(row.core) for row in rows[: page.last + 1]):
        return
    below = [n for n in range(page.last + 1, len(rows)) if {page.kinds.get(n - 1), page.kinds.get(n + 1)} & _FRAME]
    again = [n for n in range(page.last + 1, len(rows) - 1) if rows[n].core == rows[n + 1].core and n + 1 in below]
    for number in page.standing([*range(page.first), *below, *again]):
        core = rows[number].core
        if number != page.title and _LATIN.fullmatch(core) and len(core.split()) <= LATIN_WORDS:
            page.take(number, _WHY_LATIN)


def cards(page: Around) -> None:
    """Claim a name, what somebody is and where, a row each, right above the text or an answer."""
    rows = page.rows
    for number in range(len(rows) - 1):
        row = rows[number]
        if row.prose or number in page.kinds or not _RANK.match(row.core) or not _short(row.core):
            continue
        where = number + 1 if _short(rows[number + 1].core) and _PLACE.search(rows[number + 1].core) else number
        if where + 1 >= len(rows) or not rows[where + 1].prose or (where == number and not _RANK.fullmatch(row.core)):
            continue
        named = number > 0 and number - 1 != page.title and 2 <= len(rows[number - 1].core) <= NAME_CHARS
        for taken in range(number - named, where + 1):
            page.take(taken, _WHY_CARD)


def _short(core: str) -> bool:
    return len(core) <= CARD_CHARS and not ends_sentence(core) and ":" not in core


def _path_ends(page: Around, standing: Sequence[int]) -> None:
    """The row below a path through the site that says what its last part does, above the title."""
    for one, other in pairwise(range(min(page.first, max(page.title, 0)))):
        if page.kinds.get(one) == "breadcrumb" and other in standing and other != page.title:
            core = page.rows[other].core
            if len(core) > 1 and page.rows[one].core.endswith(core):
                page.take(other, _WHY_PATH)
