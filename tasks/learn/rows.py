"""What is counted of a page: its rows as keys, with their length, and whether they could be furniture at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from tasks.ledger import Ledger
from tasks.lines import lines_of
from tasks.records import Block
from tasks.script.fold import fold
from tasks.strip.sheet import Row, ends_sentence, rows_of
from tasks.strip.site import REACH, counts

#: Bits of `Counted.flags`.
PROSE, SENTENCE, LEARNABLE, TITLE = 1, 2, 4, 8

# Furniture ends where the article has begun for good. Three paragraphs of a disclaimer or a publisher's portrait may
# stand above or below it; what stands behind a fourth row of prose, from either edge, is not furniture.
_PROSE_ROWS = 3
# Longer rows are not learned: the longest disclaimer of the layouts under evals/ has 240 characters.
_LONGEST = 400
# Half a character, which no table can hold.
_SURROGATE = re.compile("[\ud800-\udfff]")
# Dates, times, page numbers and prices: a hundred pages of one day have them in common, and they are not furniture.
_FIGURES = re.compile(r"[\d\s年月日号时分秒第页共元星期周一二三四五六七八九十〇○零上下午今天,.:/\-()\[\]|%¥]+")


@dataclass(frozen=True, slots=True)
class Counted:
    """A row as it is counted: 64 bits of a digest of site and folded text, its length in code points, its flags.

    `text` is the row's folded text if the row can be furniture (flag LEARNABLE), else "".
    """

    key: int
    chars: int
    flags: int
    text: str


def counted_rows(site: str, ledger: Ledger, blocks: Sequence[Block], title: str | None = None) -> list[Counted]:
    """The rows that the rules leave of a page, in order: at most twice `REACH`, those near its edges.

    `title` is the page's title as the rules have found it.

    >>> page = Ledger.of("首頁\\n2024年3月5日\\n渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。\\n")
    >>> [(row.text, row.flags) for row in counted_rows("甲", page, ())]
    [('首页', 4), ('', 0), ('渡口的老船工把缆绳系在石桩上,等最后一班客人上岸。', 7)]
    """
    rows = [row for row in rows_of(lines_of(ledger, blocks)) if counts(row.core)]
    shown = next((row for row in rows if fold(title) in row.core), None) if title else None
    near = _near(rows)
    if len(rows) > 2 * REACH:
        near = near[:REACH] + near[-REACH:]
        rows = rows[:REACH] + rows[-REACH:]
    return [_counted(site, row, TITLE * (row is shown), one) for row, one in zip(rows, near, strict=True)]


def _near(rows: Sequence[Row]) -> list[bool]:
    """Which rows stand before the fourth row of prose, or behind the fourth from below."""
    above = list(_until_prose(rows))
    below = list(_until_prose(rows[::-1]))[::-1]
    return [one or other for one, other in zip(above, below, strict=True)]


def _until_prose(rows: Sequence[Row]) -> Iterator[bool]:
    seen = 0
    for row in rows:
        seen += row.prose
        yield seen <= _PROSE_ROWS


def _counted(site: str, row: Row, flags: int, near: bool) -> Counted:
    core = row.core
    learnable = near and 1 < len(core) <= _LONGEST and not _FIGURES.fullmatch(core) and not _SURROGATE.search(core)
    flags |= PROSE * row.prose | SENTENCE * ends_sentence(core) | LEARNABLE * learnable
    return Counted(key_of(site, core), len(core), flags, core if learnable else "")


def key_of(site: str, core: str) -> int:
    """64 bits for a row of a site. Of ten million rows of one site two agree by chance once in 370,000 sites.

    >>> key_of("甲", "首页") == key_of("乙", "首页")
    False
    """
    digest = blake2b(f"{site}\n{core}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
