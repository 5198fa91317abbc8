"""Headlines of other articles without any word of the site's, above the title and below the text.

They are told by what they do not share: with the text hardly any pair of characters, and hardly any with each other.
A list that a text gives shares both, is announced, or speaks as verse does. Only pages that show by other rows that a
site stands around their text are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile

from tasks.expressions import seldom
from tasks.strip.about.title_looks import may_be_title
from tasks.strip.likeness import pairs_of, shared_among
from tasks.strip.placing.around import FRAME, Around
from tasks.strip.placing.head import own
from tasks.strip.sheet import ends_sentence, undress
from tasks.strip.signs import numbered, sign

# So many headlines make a list that goes to the page's end, above furniture fewer; with dates, newest first, so many.
HEADLINES, HEADLINES_ABOVE, DATED = 5, 3, 3
# Headlines have so many characters; shorter rows among them name columns, no more than one in so many.
CHARS, MOST_CHARS = 7, 40
COLUMNS_EACH = 2
# Between title and text, where an epigraph may stand, so many that are no single words are longer than verses.
NAMED, LONG, LONG_SHARE = 4, 10, 0.8
# How many of their pairs headlines share with the text, and with each other, and a title with its text. Of the rows of
# furniture under evals/ one in a hundred shares a quarter with one of the articles, of titles nine in ten a fifth.
LIKE_TEXT, LIKE_EACH_OTHER, LIKE_TITLE = 0.15, 0.2, 0.2
# Rows of verse and of titles of works have one of these, headlines of the layouts one in four.
_SPEAKING = seldom(r"[我你他她它们的着吧呢啊哟请]")
SPEAKING_SHARE = 0.45
# Rows that say something in figures, or name works or offices, are the text's; no more than so many are headlines.
OTHER_SHARE = 0.34
_OTHER = seldom(
    r"《|\d\s?[\u4e00-\u9fffa-zA-Z%]{0,2}$|[一二三四五六七八九十半两][\u4e00-\u9fff]?$|^[\u4e00-\u9fff]{1,4}[:\s]|[厅局委办府会部处司院校社站所厂馆团队县市区镇村]$"
)
_ANNOUNCED = seldom(
    r"[::]$|如下|下列|以下|下面|名单|附[::录上]|抄[在录]|列出|列举|分别|包括|歌词|唱|诗|节目|展出|曲目|目录|要点|篇目|题目|入选|获奖|安排"
)
# A document's letterhead stands so many rows above its title.
LETTERHEAD = 3
# A signature right below the text: offices, and a date.
_SIGNED_BY = frozenset("厅局委办府会部处司院校社站所厂馆团队心")
_SIGNED_ON = seldom(r"(?:19|20|二)[\d〇零一二三四五六七八九]{2,3}年.{2,8}日")
# The name of a site, which may have the name of the place that the text is about.
_NAMES_SITE = seldom(r"[\u4e00-\u9fffA-Za-z\d]{2,8}(?:网站?|在线|论坛|社区网|新闻网|门户)")
NAME_CHARS = 10
_RANK = seldom(r"\W*\d{1,2}\W*")
_DATE = r"[\[(]?(?P<{0}>(?:(?:19|20)?\d\d[-./年])?\d{{1,2}}[-./月]\d{{1,2}})日?[\])]?(?:\s\d\d:\d\d)?"
_DATED_ROW = seldom(rf"{_DATE.format('first')}\s(?P<rest>.+)|(?P<text>.+?)\s?{_DATE.format('last')}$")
# A reader's words: the row that says when they were written, so many of them, with no more rows from one to the next.
STAMPS, STAMP_ROWS = 2, 4
_WITH = r"(?:[\s·]{1,3}(?:[\u4e00-\u9fff]{2,3}|\d{1,5}\s?[赞回]\S{0,2}|\d{1,2}:\d\d))"
_STAMP = seldom(
    rf"(?:(?:19|20)\d\d-)?\d{{1,2}}-\d{{1,2}}{_WITH}{{1,3}}|\d{{1,2}}(?:秒|分钟|小时|天|周|个月|年)前{_WITH}{{0,3}}"
)
_WHY_COMMENT = "what a reader says below the text"
_WHY_BELOW = "headlines of other articles below this one"
_WHY_BETWEEN = "headlines of other articles above the text"
_WHY_ABOVE = "a row above the title that has nothing of the text"


def below(page: Around) -> None:
    """Headlines below the text, up to the site's furniture or the page's end."""
    if not _shows_site(page) or page.last < 0 or not page.rows[page.last].prose or not page.likeness.enough:
        return
    run: list[int] = []
    for number in range(page.last + 1, len(page.rows)):
        if number in page.kinds:
            break
        run.append(number)
    enough = HEADLINES if run and run[-1] == len(page.rows) - 1 else HEADLINES_ABOVE
    if len(run) < DATED or _ANNOUNCED.search(page.rows[page.last].core):
        return
    said = [at for at, number in enumerate(run) if page.sign(number) == -1 and not page.rows[number].core.endswith("?")]
    run = run[said[-1] + 1 if said else 0 :]
    cores = [page.rows[number].core for number in run]
    for number in run[_begin(page, cores, enough) :]:
        page.take(number, _WHY_BELOW)


def _begin(page: Around, cores: Sequence[str], enough: int) -> int:
    """Where the headlines begin that go to the end of `cores`: past the text's signature, and one other row at most."""
    start = sum(1 for _ in takewhile(_signed, cores))
    for begin in range(start, min(start + 2, len(cores))):
        if _dated_list(page, cores[begin:]) or _are_headlines(page, cores[begin:], enough):
            return begin
        if _ANNOUNCED.search(cores[begin]):
            break
    return len(cores)


def _signed(core: str) -> bool:
    return _SIGNED_ON.fullmatch(core) is not None or (
        core != "" and core[-1] in _SIGNED_BY and not _DATED_ROW.fullmatch(core)
    )


def _are_headlines(page: Around, cores: Sequence[str], enough: int) -> bool:
    named = [core for core in cores if not _RANK.fullmatch(core)]
    long = [core for core in named if len(core) >= CHARS]
    if len(long) < enough or (len(named) - len(long)) * COLUMNS_EACH > len(named):
        return False
    if any(len(core) > MOST_CHARS or numbered(core) or core.endswith(("。", ";", ":", ",")) for core in named):
        return False
    if sum(_OTHER.search(core) is not None for core in long) > OTHER_SHARE * len(long):
        return False
    if sum(_SPEAKING.search(core) is not None for core in long) > SPEAKING_SHARE * len(long):
        return False
    return _unlike(page, long) and shared_among(long) <= LIKE_EACH_OTHER


def _unlike(page: Around, cores: Sequence[str]) -> bool:
    return sum(map(page.likeness.share, cores)) <= LIKE_TEXT * len(cores)


def _dated_list(page: Around, cores: Sequence[str]) -> bool:
    """Whether the rows are headlines with their dates, newest first."""
    rows = [match for core in cores if (match := _DATED_ROW.fullmatch(core))]
    if len(rows) < max(DATED, len(cores) - 1):
        return False
    texts = [undress(match["rest"] or match["text"]).strip("[]()") for match in rows]
    dates = [tuple(map(int, re.findall(r"\d+", match["first"] or match["last"]))) for match in rows]
    if any(len(text) < CHARS for text in texts) or len({len(date) for date in dates}) > 1:
        return False
    return dates == sorted(dates, reverse=True) and _unlike(page, texts)


def comments(page: Around) -> None:
    """What readers say below the text: names and sentences, with the day of each, or how long ago it was, on a row."""
    if not page.has_prose or not _shows_site(page) or page.last < 0:
        return
    begin = page.last + 1
    stamps = [n for n in range(begin, len(page.rows)) if _STAMP.fullmatch(page.rows[n].core)]
    if len(stamps) < STAMPS or not all(2 <= later - one <= STAMP_ROWS for one, later in pairwise(stamps)):
        return
    said = [n for n in range(begin, stamps[0]) if page.rows[n].core.endswith("。")]
    begin = max(said[-1] + 1 if said else begin, stamps[0] - STAMP_ROWS + 1)
    end = next((n for n in range(stamps[-1] + 1, len(page.rows)) if n in page.kinds), len(page.rows))
    if any(n in page.kinds for n in range(begin, stamps[-1])) or end - stamps[-1] > 1 or begin == stamps[0]:
        return
    for number in range(begin, len(page.rows)):
        page.take(number, _WHY_COMMENT)


def above(page: Around) -> None:
    """Rows above a title that has much of the text's words, while they have none: the site's name, other headlines."""
    if page.title <= 0 or not page.title < page.first < len(page.rows) or not _shows_site(page):
        return
    if not page.likeness.enough or page.likeness.share(page.rows[page.title].core) < LIKE_TITLE:
        return
    standing = page.standing(range(page.title))
    if any(own(page, n) and not page.rows[n].core.endswith("?") for n in standing[-LETTERHEAD:]):
        return
    strange = list(_strange(page, standing))
    if len(strange) < len(standing):
        return
    for number in strange:
        page.take(number, _WHY_ABOVE)


def top(page: Around) -> None:
    """Headlines above a text whose title the page has lost: several, and nothing of the text in any."""
    if page.title >= 0 or not 0 < page.first < len(page.rows) or not _shows_site(page) or not page.likeness.enough:
        return
    standing = page.standing(range(page.first))
    rows = [page.rows[n] for n in standing]
    alike = all(may_be_title(row) and CHARS <= len(row.core) <= MOST_CHARS for row in rows)
    if len(rows) > HEADLINES_ABOVE and alike and _unlike(page, [row.core for row in rows]):
        for number in standing:
            page.take(number, _WHY_ABOVE)


def between(page: Around) -> None:
    """Headlines of other articles between the title and the text, as panels of the latest news have them."""
    if not 0 <= page.title < page.first < len(page.rows) or not _shows_site(page) or not page.likeness.enough:
        return
    standing = page.standing(range(page.title + 1, page.first))
    if len(standing) < HEADLINES:
        return
    for begin in range(min(LETTERHEAD, len(standing) - HEADLINES + 1)):
        run = standing[begin:]
        cores = list(dict.fromkeys(page.rows[n].core for n in run))
        if not _may_be_verse(cores) and _are_headlines(page, cores, HEADLINES):
            for number in run:
                page.take(number, _WHY_BETWEEN)
            return


def _may_be_verse(cores: Sequence[str]) -> bool:
    """Whether rows may be an epigraph: short, or of one length, or with whose it is below it."""
    named = [len(core) for core in cores if len(core) >= NAMED]
    long = [chars for chars in named if chars >= LONG]
    return len(long) < max(HEADLINES, LONG_SHARE * len(named)) or len(set(long)) < 3 or cores[-1][0] in "-—"


def _strange(page: Around, numbers: Sequence[int]) -> Iterator[int]:
    """Those of the rows that share nothing with the text; one alone must show a sign, or touch furniture."""
    for number in numbers:
        core = page.rows[number].core
        alone = len(numbers) == 1 and not (sign(core) or _touches(page, number) or _between_links(page, number))
        said = ends_sentence(core) and not core.endswith("?")
        named = len(core) <= NAME_CHARS and _NAMES_SITE.fullmatch(core) is not None and _touches(page, number)
        if named or (not alone and not said and (not pairs_of(core) or page.likeness.share(core) <= LIKE_TEXT)):
            yield number


def _between_links(page: Around, number: int) -> bool:
    """Whether the page's first row is as two headlines cut short, above a title with the metadata below it."""
    words = page.rows[number].core.split()
    first = number == 0 and page.title == 1 and page.kinds.get(2) == "metadata"
    return first and len(words) == 2 and min(map(len, words)) >= CHARS


def _touches(page: Around, number: int) -> bool:
    return not {page.kinds.get(number - 1), page.kinds.get(number + 1)}.isdisjoint(FRAME | {"surroundings"})


def _shows_site(page: Around) -> bool:
    return any(kind in FRAME or kind == "ended" for kind in page.kinds.values())
