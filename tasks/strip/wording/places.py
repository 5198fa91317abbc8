"""Lists of place names that mirrors add to their pages, told from honest lists.

Such a list draws its names at random from the whole country, so that neighbours hardly ever lie in one province, most
of its names are counties, and it has neither figures nor a sentence around it. A list that an article gives goes
through one province, or province by province. docs/adr/0007-strip.md has the figures.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.expressions import seldom
from tasks.strip.sheet import Claim, Row, Sheet
from tasks.strip.wording.gazetteer import gazetteer, provinces_of

# A list has at least so many names. Rows of cities in menus and in heads of tables have fewer, or fail the tests below.
MIN_NAMES = 8
# Of a list's entries so many must be names; the rest are cut names and words between.
NAMES_SHARE = 0.8
# Of the neighbours so many may lie in one province: random draws give 0.04 to 0.06, lists by province 0.8 and more.
NEIGHBOURS_SHARE = 0.3
# Of the names so many must be counties and districts: real tables and menus name the large cities.
COUNTIES_SHARE = 0.5
# Of the names so many must carry their suffix (县, 市 …): pairs of ordinary characters are often the start of a name.
FULL_SHARE = 0.5

_MARKS = " \t\N{NO-BREAK SPACE}|,;/、_·•-—>.丨~+&#*=»→×★●"
# Rows longer than this are not taken apart: the lists seen have up to 4,000 characters.
MAX_CHARS = 50_000
# A list of names cut to two or three characters has at least so many, and so many of them must be known.
MIN_CUT_NAMES = 10
_CUT_CHARS = 3
CUT_NAMES_SHARE = 0.95
_CUT_NAMES = re.compile(r"\W*(?:[\u4e00-\u9fff]{2,3}[\s|,;/、_·•\-]{1,4}){9,}[\u4e00-\u9fff]{2,3}\W*")
_SUFFIX = "县市区旗州盟"
_ENTRY = seldom(r"[^\s|,;/、_·•\-—>.。:丨~+&#*=»→×★●]+")
# A word that every entry carries behind its name (甲县新闻 乙市新闻) is no longer than this, and so many carry it.
_CARRIED = seldom(r"(?<=[县市区旗州盟])[^\s县市区旗州盟]{1,6}$")
CARRIED_SHARE = 0.8
# Names behind a full stop, between commas or 、, are a list that was added only from this number on.
MIN_BEHIND = 12
# A row of names in a column of such rows is no longer than this.
COLUMN_CHARS = 120
_GLUED = seldom(r"[\u4e00-\u9fff]{1,14}?[县市区旗州盟]")
_LABEL = seldom(r"(?:模板|链接|友链|标签|地区|城市|站点|分站|热门|友情|导航|服务|推荐)[^:]{0,6}:\s*$")
_HONEST_HEAD = seldom(r"名单|名录|一览|公示|排名|榜|如下|下列|以下|包括|分别|名称|目录|区划|辖")
_WHY = "names of counties drawn at random from the whole country"


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int
    provinces: frozenset[str]  # empty if no name of the gazetteer begins so
    full: bool
    county: bool


def place_lists(sheet: Sheet) -> Iterator[Claim]:
    """Lists of place names: a row of them, at either end of a row of text, or one name a row."""
    run: list[tuple[int, Row]] = []
    taken = -1  # the last row taken as a whole, which a list may have wrapped
    for number, row in sheet.loose():
        core = row.core
        if run and number > run[-1][0] + 1:  # a sentence ends it
            yield from _column(sheet, run)
            run = []
        named = core[-1:] in _SUFFIX or len(core) <= _CUT_CHARS  # or it is no names and nothing else
        if named and taken == number - 1 and (_few_names(core) or (_one_name(core) and _short_name(core).full)):
            taken = number
            yield Claim.whole(row, _WHY)
            continue
        if named and (_one_name(core) or _few_names(core)):
            run.append((number, row))
            continue
        if run:
            yield from _column(sheet, run)
            run = []
        folded = row.folded
        if row.links and _dense(row.core) and _random(_entries(row.core)):
            yield Claim.whole(row, _WHY)
        elif _dense(folded) or (len(folded) <= MAX_CHARS and _CUT_NAMES.fullmatch(folded)):
            for claim in _in_row(sheet, number, row):
                taken = number
                yield claim
    yield from _column(sheet, run)


def _one_name(core: str) -> bool:
    """Whether a row may be one name; two or three characters may be a name cut short."""
    return 2 <= len(core) <= 15 and (core[-1] in _SUFFIX or (len(core) <= _CUT_CHARS and core.isalpha()))


def _few_names(core: str) -> bool:
    """Whether a row is nothing but a few names, too few for a list of its own."""
    if not 4 <= len(core) <= COLUMN_CHARS or core[-1] not in _SUFFIX or len(core) > 16 * (_suffixes(core) + 1):
        return False
    names = _entries(core)
    return 2 <= len(names) < MIN_NAMES and all(name.full for name in names)


def _suffixes(text: str) -> int:
    return text.count("县") + text.count("市") + text.count("区") + text.count("旗")


def _dense(folded: str) -> bool:
    """Whether a row has as many suffixes as a list of names: a fifth of its characters in the lists seen."""
    if not 2 * MIN_NAMES <= len(folded) <= MAX_CHARS:
        return False
    if not ("县" in folded or "市" in folded or "区" in folded or "旗" in folded):
        return False
    suffixes = _suffixes(folded)
    return suffixes >= MIN_NAMES // 2 and suffixes * 20 >= min(len(folded), 400)


def _column(sheet: Sheet, run: Sequence[tuple[int, Row]]) -> Iterator[Claim]:
    if len(run) < MIN_NAMES and not any(len(row.core) > COLUMN_CHARS // 16 for _, row in run):
        return
    names = [name for _, row in run for name in (_entries(row.core) if len(row.core) > 3 else (_short_name(row.core),))]
    above = sheet.rows[run[0][0] - 1].core if run[0][0] else ""
    honest = _HONEST_HEAD.search(above) or (above.endswith(":") and not _LABEL.search(above))
    if _random(names) and not honest:
        yield from (Claim.whole(row, _WHY) for _, row in run)


def _in_row(sheet: Sheet, number: int, row: Row) -> Iterator[Claim]:
    folded = row.folded
    if folded.rstrip(_MARKS).endswith("。"):
        return  # a sentence stands behind the last name, whichever that is
    entries = _entries(folded)
    while entries and not entries[-1].provinces:
        entries.pop()
    start = _first_of_run(entries)
    names = entries[start:]
    if not names or not (_random(names) or _barred(sheet, number, names)):
        return
    begin, end = names[0].start, names[-1].end
    before, after = folded[:begin].rstrip(_MARKS), folded[end:].strip(_MARKS)
    if after and not _tail_of_list(after):
        return
    if not before or (_LABEL.search(before) and len(before) <= 20):
        above = sheet.rows[number - 1].core if number else ""
        if (_HONEST_HEAD.search(above[-12:]) and "|" not in folded) or _table(sheet, number):
            return
        yield Claim.whole(row, _WHY)
    elif before[-1] in "。!?…)]”" and (len(names) >= MIN_BEHIND or re.search(r"[|_\s/-]", folded[begin:end])):
        yield Claim(row, len(before), len(row.line.text), _WHY)


def _entries(folded: str) -> list[_Name]:
    """The entries between separators; one that is long and ends in a suffix is cut after each suffix."""
    found: list[_Name] = []
    carried = _carried(folded)
    for match in _ENTRY.finditer(folded):
        start, end = match.span()
        if carried and match[0].endswith(carried):
            end -= len(carried)
        name = _name(folded[start:end], start, end)
        if name.provinces or end - start < 6:
            found.append(name)
        else:
            found += _glued(folded[start:end], start)
    return found


def _short_name(word: str) -> _Name:
    return _name(word, 0, len(word))


def _carried(folded: str) -> str:
    """The word that nearly every entry carries behind its name, or ""."""
    words = [match[0] for match in _ENTRY.finditer(folded, 0, 400)]
    behind = [match[0] for word in words if (match := _CARRIED.search(word))]
    if len(behind) < MIN_NAMES:
        return ""
    common = max(set(behind), key=behind.count)
    return common if behind.count(common) >= CARRIED_SHARE * len(words) else ""


def _glued(word: str, offset: int) -> list[_Name]:
    names, at = [], 0
    for match in _GLUED.finditer(word):
        if match.end() <= at:
            continue
        start = max(match.start(), at)
        at = match.end()
        name = _name(word[start:at], offset + start, offset + at)
        # A name may hold a suffix inside (沙市区, 州 in 自治州): take the longer where the gazetteer has it.
        for further in range(at + 1, min(at + 10, len(word)) + 1):
            if not name.full and word[further - 1] in _SUFFIX:
                longer = _name(word[start:further], offset + start, offset + further)
                if longer.full:
                    name, at = longer, further
        names += [name] if name.provinces else _parted(name, word[start:at])
    if at < len(word):
        names.append(_name(word[at:], offset + at, offset + len(word)))
    return names


def _parted(name: _Name, word: str) -> list[_Name]:
    """A cut name and the name behind it, where two stand together; else the entry as it is."""
    for cut in range(2, len(word) - 1):
        behind = _name(word[cut:], name.start + cut, name.end)
        if behind.full:
            return [_name(word[:cut], name.start, name.start + cut), behind]
    return [name]


def _name(word: str, start: int, end: int) -> _Name:
    if not 2 <= len(word) <= 15:
        return _Name(start, end, frozenset(), False, False)
    names, _, counties = gazetteer()
    at = bisect_left(names, word)
    full = at < len(names) and names[at] == word
    county = word in counties or any(word + suffix in counties for suffix in _SUFFIX)
    return _Name(start, end, provinces_of(word), full, county)


def _first_of_run(entries: Sequence[_Name]) -> int:
    """Where the run of names that goes to the end begins: back over names and over single words between them."""
    start = len(entries)
    misses = 0
    for at in range(len(entries) - 1, -1, -1):
        if entries[at].provinces:
            start, misses = at, 0
        else:
            misses += 1
            if misses > 1:
                break
    return start


def _random(names: Sequence[_Name]) -> bool:
    """Whether `names` look like random draws; see the constants above."""
    known = [name for name in names if name.provinces]
    full = [name for name in known if name.full]
    if len(known) < MIN_NAMES or len(known) < NAMES_SHARE * len(names):
        return False
    if len(full) < FULL_SHARE * len(known):
        if len(known) < MIN_CUT_NAMES or len(known) < CUT_NAMES_SHARE * len(names):
            return False
        full = known
    if sum(name.county for name in full) < COUNTIES_SHARE * len(full):
        return False
    pairs = list(pairwise(full))
    same = sum(bool(one.provinces & other.provinces) for one, other in pairs)
    return same <= NEIGHBOURS_SHARE * len(pairs)


def _barred(sheet: Sheet, number: int, names: Sequence[_Name]) -> bool:
    """Whether the names stand between bars outside the prose: a menu of places, if they are not drawn at random."""
    known = sum(bool(name.provinces) for name in names)
    bars = sheet.rows[number].folded.count("|")
    return known >= max(MIN_NAMES, NAMES_SHARE * len(names)) and bars >= known - 2 and sheet.outside(number)


def _tail_of_list(after: str) -> bool:
    return len(after) <= 4 and after[-1] not in "。!?"


def _table(sheet: Sheet, number: int) -> bool:
    """Whether the row above or below has as many bars and holds figures: then this is the head of a real table."""
    bars = sheet.rows[number].line.folded.count("|")
    near = sheet.rows[max(number - 1, 0) : number] + sheet.rows[number + 1 : number + 3]
    return bars > 0 and any(
        abs(row.folded.count("|") - bars) <= 1 and any(c.isdigit() or c == "-" for c in row.folded) for row in near
    )
