"""A page as the strip rules see it: its rows (the lines that are not blank), and where its prose begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks.expressions import seldom
from tasks.lines import Line

# A row this long with a full stop, or twice this long with two commas, is prose: running text that only the rules for
# spam, place names and disclaimers may judge. Menu entries and headlines of the layouts under evals/ stay below.
PROSE_CHARS = 24
# One that asks or calls is a headline up to this length.
CALL_CHARS = 36
BARS = 3  # so many make it a menu
# Rows longer than this are not looked at by the rules for menus, bars and headings.
SHORT_CHARS = 120

# What a row that some rule asks more of may begin with, ordinary as it looks: greetings, requests, set phrases of spam.
_OPENERS = frozenset("您你请视主蜘感欢")
_BULLET = re.compile(r"(?:[\s#*•●■◆▪►▶※★☆○◎▲△◇□|\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NO-BREAK SPACE}]|·|[-+] )+")
_LINK = seldom(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,500}\)")
_SPLIT = re.compile(
    r"[\s|/·•←→\[\]【】()<>,:、»›\N{BLACK RIGHT-POINTING TRIANGLE}\N{BOX DRAWINGS LIGHT VERTICAL}"
    r"\N{BOX DRAWINGS LIGHT QUADRUPLE DASH VERTICAL}\N{BOX DRAWINGS LIGHT TRIPLE DASH VERTICAL}\N{BROKEN BAR}]+"
)
_SENTENCE_END = re.compile(r"[。!?;…][\"'”’」』)\]]*$")
_HAN = seldom("[\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7a3]")
_LATIN_STOP = seldom(r"[a-z)]\. [A-Z]|[a-z)][.!?][\"”]?$")


class Row(NamedTuple):
    """A line that is not blank. `core` is its folded text without marks, bullets and link targets around its words.

    `plain` says of most prose that it begins with a hanzi, but for a few, and ends with 。, with no mark or link around
    it: rules for furniture pass it over unread.
    """

    line: Line
    core: str
    prose: bool
    links: int
    plain: bool = False

    @property
    def folded(self) -> str:
        """The row's folded text, one character for one of `line.text`."""
        return self.line.folded

    @property
    def tag(self) -> str:
        """The HTML tag the row comes from, or "" for plain text."""
        return self.line.block.tag if self.line.block else ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule takes of a page: columns `start` to `end` of a row's line; the whole line if they cover its words."""

    row: Row
    start: int
    end: int
    why: str

    @classmethod
    def whole(cls, row: Row, why: str) -> Claim:
        """A claim to all of a row."""
        return cls(row, 0, len(row.line.text), why)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows still standing, in order. `first` and `last` index the first and last row of prose.

    Without prose `first` is len(rows) and `last` is that of the last row that ends a sentence, or -1: all is head, and
    only what follows the sentences is tail. `told` is where lines of the page's source and date start, in order.
    """

    rows: tuple[Row, ...]
    first: int
    last: int
    told: tuple[int, ...] = ()
    _short: tuple[tuple[int, Row], ...] = ()
    _loose: tuple[tuple[int, Row], ...] = ()

    @classmethod
    def of(cls, rows: Iterable[Row], told: tuple[int, ...] = ()) -> Sheet:
        """The sheet of `rows`."""
        rows = tuple(rows)
        short = tuple([(n, row) for n, row in enumerate(rows) if not row.prose and len(row.core) <= SHORT_CHARS])
        loose = tuple([(n, row) for n, row in enumerate(rows) if not row.plain])
        prose = [number for number, row in enumerate(rows) if row.prose]
        if prose:
            return cls(rows, prose[0], prose[-1], told, short, loose)
        last = max((number for number, row in enumerate(rows) if ends_sentence(row.core)), default=-1)
        return cls(rows, len(rows), last, told, short, loose)

    def without(self, gone: frozenset[int] | set[int]) -> Sheet:
        """The sheet less the rows whose lines start at the positions in `gone`."""
        if not gone:
            return self
        return Sheet.of([row for row in self.rows if row.line.start not in gone], self.told)

    def outside(self, number: int) -> bool:
        """Whether row `number` stands before the first prose or after the last."""
        return number < self.first or number > self.last

    def short(self) -> Iterable[tuple[int, Row]]:
        """The rows that menus, bars and headings may be, with their numbers."""
        return self._short

    def loose(self) -> Sequence[tuple[int, Row]]:
        """The rows that are not `plain`, with their numbers: a few of a healthy page."""
        return self._loose


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """The rows of `lines`: those that are not blank.

    >>> from tasks.ledger import Ledger
    >>> from tasks.lines import lines_of
    >>> [(row.core, row.prose) for row in rows_of(lines_of(Ledger.of("• 首頁\\n\\n## **標題**\\n")))]
    [('首页', False), ('标题', False)]
    """
    return [row for line in lines if (row := _row(line))]


def _row(line: Line) -> Row | None:
    folded, links = line.folded, 0
    if folded[-1:] == "。" and ("]" not in folded or "](" not in folded):
        core = folded.lstrip()
        if "\u3400" <= (first := core[0]) <= "\u9fff":
            long = len(core) >= PROSE_CHARS
            plain = long and first not in _OPENERS and not (line.block and line.block.tag == "h1")
            return tuple.__new__(Row, (line, core, long, 0, plain))  # as `Row(…)`, in half the time
    if not folded or folded.isspace():
        return None
    if "]" in folded and "](" in folded:
        folded, links = _LINK.subn(r"\1", folded)
    core = undress(folded)
    return Row(line, core, is_prose(core), links)


def as_found(row: Row, value: str | None) -> str:
    """A folded value (None: the row's words) in the page's own script; folded, where the row does not have it so."""
    value = row.core if value is None else value
    at = row.folded.find(value) if value else -1
    return row.line.text[at : at + len(value)] if at >= 0 else value


def undress(folded: str) -> str:
    """`folded` without white space, bullets and Markdown marks around it.

    >>> undress("  • **责任编辑:某某**  ")
    '责任编辑:某某'
    """
    bullet = None if "\u3400" <= folded[:1] <= "\u9fff" else _BULLET.match(folded)
    return folded[bullet.end() if bullet else 0 :].rstrip(" \t\r\N{ZERO WIDTH SPACE}#*|")


def is_prose(core: str) -> bool:
    """Whether a row is running text, by its length and its punctuation."""
    if len(core) < PROSE_CHARS:
        return False
    if "。" in core or (len(core) >= 2 * PROSE_CHARS and core.count(",") >= 2 and _HAN.search(core)):
        return True
    if ends_sentence(core):
        return core[-1] not in "!?" or ";" in core or (len(core) > CALL_CHARS and core.count("|") < BARS)
    return len(core) >= 2 * PROSE_CHARS and bool(_LATIN_STOP.search(core)) and not core.endswith("eserved.")


def ends_sentence(core: str) -> bool:
    """Whether a row ends as a sentence does."""
    return bool(_SENTENCE_END.search(core[-4:]))


def words_of(core: str) -> list[str]:
    """The words of a row of furniture: what stands between bars, brackets, colons and spaces.

    >>> words_of("【打印】 [关闭] | 字号:大 中 小")
    ['打印', '关闭', '字号', '大', '中', '小']
    """
    return [word for word in _SPLIT.split(core) if word]
