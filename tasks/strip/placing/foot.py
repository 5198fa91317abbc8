"""The site's part below the text: rows that its words give away, and what stands below them."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.expressions import seldom
from tasks.strip.likeness import Likeness
from tasks.strip.placing.around import BELOW, BODY_ROWS, FRAME, Around, from_here_on
from tasks.strip.signs import beside, cover, numbered, opens, site_speech, words_of_interfaces

# A page with no more prose than this, in its head, may hold its article below.
LITTLE_PROSE = 120
HEAD_SHARE = 3
# Prose below the article's end is what readers and the site say, if it is no larger a part of the page's prose, its
# rows are no longer, and so many rows around it are furniture: in all, and for each row of it.
TAIL_PROSE = 0.5
TAIL_PROSE_CHARS = 150
# It shares no more of its pairs with the text; the site's share 0.14 at most on our layouts.
OF_TEXT, OF_TEXT_UNSURE = 0.2, 0.08
TAIL_FURNITURE = 4
TAIL_FURNITURE_EACH = 2
# So many rows of the site's part it from the text: one may as well head the text's last section. Prose without a word
# of interfaces may be the text's rest below a panel: more must stand before it.
PARTED, PARTED_PLAIN = 2, 5
# The site's part below the text has so many rows with its words, and so large a part of all.
SIGNS, SHARE = 2, 0.2
# Items with more words of interfaces than this are the site's: 1.下载后可用….
COVER_OF_ITEM = 0.1
# Rows above the site's part that go with it, at most.
BESIDE_ROWS = 3

# The page's last row is the site's if so much of it is words of interfaces.
COVER_OF_LAST = 0.6

# Where readers are asked to write: a post ends above.
_ENDS_POST = seldom(
    r"张贴留言|发表?留言|发布留言|没有留言:?|发表(?:您的|你的)?评论|发表回复|写留言|我要留言|\d{1,4}\s?则留言:?"
)
_CHAPTERED = seldom(
    r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]{1,3}[章节条])"
)
# Advertisements and pagers stand within a text as well.
_WITHIN = seldom(
    r"广告|推广|卡片|红包|领取|展开|大图|原图|图片|视频|播放|继续阅读|下一页|余下|剩余|赞助|优惠|下载|打开"
)
_POST = seldom(r"^\d{1,4}\s?(?:#|楼)|(?:发表于|回复于)\s{0,2}:?\s{0,2}\d")
_WHY_PROSE = "what readers or the site say below the article"
_WHY_SIGNS = "a row of the site's part below the article"
_WHY_BELOW = "a row below the article and below the site's furniture"


def prose_below(page: Around) -> None:
    """What readers and the site say in sentences, below the rows that end the article."""
    if not (page.has_prose and page.furnished):
        return
    end = page.body_end()
    prose = [n for n in range(page.first, page.last + 1) if page.rows[n].prose and n not in page.kinds]
    below = [n for n in prose if n > end]
    if not below or end < page.first:
        return
    sizes = {n: len(page.rows[n].core) for n in prose}
    opened = next((n for n in range(end + 1, below[-1]) if page.sign(n) >= 1), below[-1])
    beyond = page.standing(range(opened, below[-1] + 1))
    if any(_goes_on(page.rows[n].core) for n in beyond):
        return
    if any(_POST.search(page.rows[n].core) for n in range(end + 1, below[-1])):  # another post of a thread
        return
    ended = [n for n, kind in page.kinds.items() if kind == "ended" and n > end]
    if ended and max(ended) > below[0]:  # who edited the text stands at its end
        return
    signs = sum(page.sign(n) >= 1 for n in range(end + 1, len(page.rows)) if not page.rows[n].prose)
    small = sum(sizes[n] for n in below) <= TAIL_PROSE * sum(sizes.values())
    between = [n for n in range(end + 1, below[0]) if not _WITHIN.search(page.rows[n].core)]
    plain = not ended and any(cover(page.rows[n].core) == 0 for n in below)
    parting = sum(page.sign(n) >= 1 for n in between)
    parted = parting >= (PARTED_PLAIN if plain else PARTED) or site_speech(page.rows[below[0]].core)
    enough = parted and signs >= max(TAIL_FURNITURE, TAIL_FURNITURE_EACH * len(below))
    if small and enough and all(sizes[n] <= TAIL_PROSE_CHARS for n in below) and not _of_text(page, end, below, plain):
        for number in below:
            page.take(number, _WHY_PROSE)
        page.last = max(n for n in prose if n <= end)


def _of_text(page: Around, end: int, below: Sequence[int], plain: bool) -> bool:
    """Whether a row of the prose below the text's end has much of the text's words; some, if it is `plain` and nothing
    else is furniture for sure: a text on interfaces has lists of their words."""
    least = OF_TEXT if not plain or any(n > end for n in page.kinds) else OF_TEXT_UNSURE
    text = Likeness(page.rows[n] for n in range(page.first, end + 1) if page.rows[n].prose and n not in page.kinds)
    return text.enough and any(text.share(page.rows[n].core) >= least for n in below)


def _goes_on(core: str) -> bool:
    """Whether a row is an item of the text: numbered, and without words of the site."""
    return cover(core) < COVER_OF_ITEM and (_CHAPTERED.match(core) is not None or numbered(core))


def foot(page: Around) -> None:
    """Rows from the first below the text that reads as the site's, if enough of what follows does."""
    if page.last < 0 or _body_below(page):
        return
    start = max(page.last, _ended(page)) + 1
    signs = [page.sign(number) for number in range(start, len(page.rows))]
    sums, strong = from_here_on(signs), from_here_on([float(value >= 1) for value in signs])
    if not page.furnished:
        return
    told = _told_below(page, start)
    for at in range(len(signs)):
        if strong[at] < SIGNS:
            return
        if _heads_sentence(page, start + at) or start + at < told:
            continue
        if start + at in page.kinds or sums[at] < SHARE * (len(signs) - at) or not opens(page.rows[start + at].core):
            continue
        for number in range(start + at, len(page.rows)):
            page.take(number, _WHY_SIGNS)
        return


def last_row(page: Around) -> None:
    """The page's last row, if its words are the site's alone, and a decisive end of a post with all below it."""
    last = len(page.rows) - 1
    if not page.has_prose or _body_below(page):
        return
    for number in range(page.first + 1, last + 1):
        if _ENDS_POST.fullmatch(page.rows[number].core) and not _heads_sentence(page, number):
            for below in range(number, last + 1):
                page.take(below, _WHY_BELOW)
            return
    core = page.rows[last].core
    alone = last > page.last and last not in page.kinds and opens(core) and not core.endswith(":")
    if alone and words_of_interfaces(core)[0] >= COVER_OF_LAST and not page.likeness.share(core):
        page.take(last, _WHY_SIGNS)


def _ended(page: Around) -> int:
    """Where it says below the prose who edited the text, if what stands above that is mostly the text's; or -1."""
    ended = max((n for n, kind in page.kinds.items() if kind == "ended" and n > page.last), default=-1)
    above = range(page.last + 1, ended)
    left = page.standing(above)
    if any(page.kinds.get(n) in BELOW - {"related"} for n in above):
        return -1
    return ended if sum(page.sign(n) <= 0 for n in left) > len(left) / 2 else -1


def _told_below(page: Around, start: int) -> int:
    """Where the first row of metadata stands, if it is below `start` and no prose is above: the text is below it."""
    if any(row.prose and n not in page.kinds for n, row in enumerate(page.rows[:start])):
        return -1
    first = min((n for n, kind in page.kinds.items() if kind == "metadata"), default=-1)
    left = page.standing(range(first + 1, len(page.rows)))
    return first if first >= start and len(left) >= BODY_ROWS else -1


def below(page: Around) -> None:
    """Short rows below the text and below other furniture."""
    if page.last < 0 or _body_below(page):
        return
    last = max(page.last, _ended(page) - 1)
    end = min((n for n, kind in page.kinds.items() if n > last and kind in BELOW | {"ended"}), default=None)
    if end is None or not (any(page.sign(n) >= 1 for n in range(end + 1, len(page.rows))) or _framed(page, end)):
        return
    for number in range(end + 1, len(page.rows)):
        page.take(number, _WHY_BELOW)


def _framed(page: Around, end: int) -> bool:
    """Whether anything but row `end` shows that the page is a site's, or the row is more than a word: 节目单."""
    others = any(kind in FRAME | {"ended"} for number, kind in page.kinds.items() if number != end)
    return others or page.kinds[end] != "navigation"


def _heads_sentence(page: Around, number: int) -> bool:
    """Whether a sentence of the text's stands right below a row: 留言 may head one, and an advertisement part two."""
    below = number + 1
    while (
        below < len(page.rows) and _WITHIN.search(page.rows[below - 1].core) and _WITHIN.search(page.rows[below].core)
    ):
        below += 1
    return below < len(page.rows) and below not in page.kinds and page.sign(below) <= -1


def beside_foot(page: Around) -> None:
    """Rows right above the site's part below the text that have some of its words."""
    start = next((n for n in range(page.last + 1, len(page.rows)) if n in page.kinds), None)
    if page.last < 0 or start is None or page.kinds[start] not in BELOW | {"surroundings"}:
        return
    for number in range(start - 1, max(page.last, start - 1 - BESIDE_ROWS), -1):
        if not beside(page.rows[number].core):
            return
        page.take(number, _WHY_BELOW)


def _body_below(page: Around) -> bool:
    """Whether the page's only prose is a row or two at its top, with a long run of unknown rows below."""
    if sum(len(row.core) for n, row in enumerate(page.rows) if row.prose and n not in page.kinds) > LITTLE_PROSE:
        return False
    run = longest = 0
    for number in range(page.last + 1, len(page.rows)):
        run = 0 if number in page.kinds else run + 1
        longest = max(longest, run)
    return longest >= BODY_ROWS and page.last < len(page.rows) // HEAD_SHARE
