"""Headings: which lines are headings, what they say, and how deep they lie."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasks.segment.numbering import Number, number
from tasks.segment.paragraphs import BOLD, Paragraph

# Longest heading on a line of its own, and longest first clause that heads its paragraph, in characters: the longest
# of our sample documents have 52 and 34.
_LONGEST = 60
_LONGEST_RUN_IN = 42
_LONGEST_LABEL = 16
# What is left of a paragraph after its run-in heading has to be a paragraph still.
_REST = 20
_REST_AFTER_COLON = 40
_LONGEST_SENTENCE = 30
_SHORTEST, _LONGEST_SHORT = 4, 32
_PROSE = 40
_DEEPEST = 6

_RULES = re.compile(
    r"应当|不得|必须|可以|请|本办法|本规定|本通知|我们?(?!国|省|市|县|区|镇|村|院|校|厂|军|党|局|行)|您|你|吗\?"
)
_SUBTITLE = re.compile(r"[—\-─]{2}|—")
_QUOTED = re.compile(r"[“「『\"][^“”「」『』\"]*[”」』\"]$")
_DATE = re.compile(r"[\d年月日时分秒:/. \-一二三四五六七八九十〇零()星期周]+$")
_NAMES = re.compile(r"[\u4e00-\u9fff]{2,3}(?:[ 、][\u4e00-\u9fff]{2,3})+$")
_ODD = re.compile(r"[\t|@#$%^&*+=<>~`{}\\/_]|https?:|www\.|\d{5}")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_BRACKETED = re.compile(r"【[^【】]{2,20}】$")
_KNOWN = re.compile(
    r"(?:前言|引言|序言?|绪论|导言|导语|概述|摘要|结语|结束语|结论|小结|后记|尾声|附则|总则|参考文献|参考资料|注释|致谢|目录|附录|附件|背景|引子)$"
)
_FRONT = re.compile(
    r"(?:前言|引言|序言?|绪论|导言|概述|摘要|结语|结束语|结论|小结|后记|尾声|附则|参考文献|参考资料|致谢|目录|引子)$"
)
_ARTICLE_NAME = re.compile(r"\s?[【\[(][^【】\[\]()]{2,20}[】\])]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's level, 1 (outermost) to 6, and its words: with its number, without marks and a final 。 or colon."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A line that may be a heading: `end` of its words in the line, `body` whether its own line goes on after them.

    `mark` is the level that HTML or Markdown gives it, BOLD, or 0; `front` whether it names a foreword, a conclusion or
    such.
    """

    at: int
    end: int
    number: Number | None
    mark: int
    body: bool
    front: bool = False

    @property
    def marked(self) -> bool:
        """Whether HTML or Markdown says that it is a heading."""
        return 0 < self.mark < BOLD

    @property
    def style(self) -> tuple[str, int]:
        """The style and rank of its number; ("", 0) without one."""
        return (self.number.style, self.number.rank) if self.number else ("", 0)

    @property
    def rank(self) -> int:
        """The rank of its number; 0 without one."""
        return self.number.rank if self.number else 0

    @property
    def value(self) -> int:
        """The value of its number; 0 without one."""
        return self.number.value if self.number else 0


def headings(paragraphs: Sequence[Paragraph], spoken: Mapping[int, str], aside: Collection[int]) -> dict[int, Heading]:
    """Headings by the number of their paragraph.

    Neither the lines of `spoken`, which begin turns, nor those of `aside` (the title, captions, notes, bylines) are
    headings. In order of trust: HTML's and Markdown's headings; numbered lines and numbered first clauses, if most
    numbers of their style head something; bold lines; short lines between paragraphs of prose.

    >>> lines = ["一、修渠。去年冬天全镇男女老少都上了工地，渠修通了。", "二、引水。今年春天上游放水，不等雨水就插了秧。"]
    >>> from tasks.script.fold import fold
    >>> {at: heading.text for at, heading in headings([Paragraph(t, fold(t)) for t in lines], {}, ()).items()}
    {0: '一、修渠', 1: '二、引水'}
    """
    barred = set(spoken) | set(aside)
    lines = [at for at in range(len(paragraphs)) if at not in barred and not paragraphs[at].verbatim]
    marked = [found for at in lines if (found := _marked(paragraphs, at))]
    taken = {found.at for found in marked}
    numbered = [found for at in lines if at not in taken and (found := _numbered(paragraphs[at], at))]
    numbered = _heading_styles(paragraphs, numbered, taken)
    taken |= {found.at for found in numbered}
    rest = [at for at in lines if at not in taken]
    others = [one for at in rest if (one := _bold(paragraphs, at) or _short(paragraphs, at, barred, taken))]
    every = sorted([*marked, *numbered, *others], key=lambda candidate: candidate.at)
    if spoken:
        every = [one for one in every if _stands_in_talk(one, spoken, taken)]
    levels = _levels(every)
    return {one.at: Heading(levels[one.at], _words(paragraphs[one.at], one)) for one in every}


def _words(paragraph: Paragraph, found: _Candidate) -> str:
    return paragraph.text[: found.end].strip().rstrip("。．.：:").rstrip()


def _marked(paragraphs: Sequence[Paragraph], at: int) -> _Candidate | None:
    """A heading by its tag or by Markdown's `#`."""
    paragraph = paragraphs[at]
    level = paragraph.heading_level
    if not level or level == BOLD or _SUBTITLE.match(paragraph.folded):
        return None
    if len(paragraph.text) > _LONGEST or at + 1 == len(paragraphs):
        return None
    return _Candidate(at, len(paragraph.text), number(paragraph.folded), level, False)


def _numbered(paragraph: Paragraph, at: int) -> _Candidate | None:
    """A numbered line, whether or not it is a heading: `end` is 0 where it reads like an item or a paragraph."""
    if paragraph.tag in ("td", "th", "caption"):
        return None
    found = number(paragraph.folded)
    if not found:
        return None
    if found.style == "article":
        return _article(paragraph, at, found)
    end = _whole(paragraph.folded, found) or _run_in(paragraph, found)
    return _Candidate(at, end, found, 0, 0 < end < len(paragraph.text) - 1)


def _article(paragraph: Paragraph, at: int, found: Number) -> _Candidate:
    """An article of a law: its number is its heading, with its name in brackets if it has one."""
    name = _ARTICLE_NAME.match(paragraph.folded, found.end)
    end = name.end() if name else found.end
    return _Candidate(at, end, found, 0, end < len(paragraph.text))


def _whole(folded: str, found: Number) -> int:
    """The line's length if all of it reads like a heading, else 0."""
    words = folded[found.end :]
    if not 2 <= len(words) <= _LONGEST or words[-1] in ",、;…":
        return 0
    if words[-1] in "。:" and (len(words) > _LONGEST_SENTENCE or found.rank > 6):
        return 0
    inner = words[:-1]
    if any(mark in inner for mark in "。;") or not _HAN.search(words):
        return 0
    return 0 if words[-1] == "。" and _RULES.search(words) else len(folded)


def _run_in(paragraph: Paragraph, found: Number) -> int:
    """Where the first clause of a numbered paragraph ends, if it reads like a heading and a paragraph follows, or 0."""
    folded = paragraph.folded
    stop = folded.find("。", found.end, found.end + _LONGEST_RUN_IN + 1)
    colon = folded.find(":", found.end, found.end + _LONGEST_LABEL + 1)
    if colon >= 0 and (stop < 0 or colon < stop):
        clause = folded[found.end : colon]
        enough = len(folded) - colon > _REST_AFTER_COLON and found.rank <= 6
        return colon + 1 if enough and len(clause) >= 2 and "," not in clause else 0
    if stop < 0 or len(folded) - stop <= _REST:
        return 0
    clause = folded[found.end : stop]
    if len(clause) < 2 or any(mark in clause for mark in "!;") or _RULES.search(clause) or not _HAN.search(clause):
        return 0
    return stop + 1


def _heading_styles(
    paragraphs: Sequence[Paragraph], numbered: Sequence[_Candidate], taken: Collection[int]
) -> list[_Candidate]:
    """Of the numbered lines those that are headings: a style is one of headings if half its lines head something."""
    bodied = _bodied(paragraphs, numbered, taken)
    by_style: dict[tuple[str, int], list[_Candidate]] = defaultdict(list)
    for found in numbered:
        if found.number:
            by_style[found.style].append(found)
    kept: list[_Candidate] = []
    for (_, rank), group in by_style.items():
        good = [found for found in group if found.end and found.at in bodied]
        if 2 * len(good) >= len(group) and _is_sequence(group, rank):
            kept += [found for place, found in enumerate(group) if found.end and _heads(group, place, bodied)]
    return kept


def _bodied(paragraphs: Sequence[Paragraph], numbered: Sequence[_Candidate], taken: Collection[int]) -> set[int]:
    """The numbered lines that head something: text of their own line, text below, or a deeper number that does."""
    by_line = {found.at: found for found in numbered}
    bodied: set[int] = set()
    for found in reversed(numbered):
        below = by_line.get(found.at + 1)
        if found.body:
            bodied.add(found.at)
        elif found.at + 1 >= len(paragraphs) or found.at + 1 in taken:
            continue
        elif below is None or not below.end or (below.rank > found.rank and below.at in bodied):
            bodied.add(found.at)
    return bodied


def _heads(group: Sequence[_Candidate], place: int, bodied: Collection[int]) -> bool:
    """Whether a heading has a body, or stands without one among siblings that have, and so is no list."""
    near = [*group[max(place - 1, 0) : place], *group[place + 1 : place + 2]]
    return group[place].at in bodied or (bool(near) and all(one.at in bodied for one in near))


def _is_sequence(group: Sequence[_Candidate], rank: int) -> bool:
    """Whether the numbers of a style count: two that follow one another; one alone only for the outer styles."""
    values = [found.value for found in group]
    if len(values) == 1:
        return rank <= 5 and group[0].style[0] != "article"
    return any(later - earlier in (1, 2) for earlier, later in pairwise(values))


def _bold(paragraphs: Sequence[Paragraph], at: int) -> _Candidate | None:
    """A line that is bold as a whole, neither a sentence nor one of several bold lines in a row."""
    paragraph = paragraphs[at]
    if paragraph.mark != BOLD or at + 1 == len(paragraphs) or paragraphs[at + 1].mark == BOLD:
        return None
    folded = paragraph.folded
    if not 2 <= len(folded) <= _LONGEST or folded[-1] in "。,;、…" or _SUBTITLE.match(folded) or _DATE.match(folded):
        return None
    return _Candidate(at, len(folded), number(folded), BOLD, False, _FRONT.match(folded) is not None)


def _short(
    paragraphs: Sequence[Paragraph], at: int, barred: Collection[int], taken: Collection[int]
) -> _Candidate | None:
    """A short line without an end, after the end of a paragraph and before prose."""
    paragraph = paragraphs[at]
    if len(paragraph.text) > _LONGEST_SHORT or paragraph.mark or paragraph.cell or at + 1 >= len(paragraphs):
        return None
    folded = paragraph.folded
    if number(folded) or not _reads_like_heading(folded) or not at or not _prose_below(paragraphs, at):
        return None
    known = _KNOWN.match(folded) is not None
    above = paragraphs[at - 1]
    after_end = above.closed or at - 1 in taken or (at - 1 in barred and at > 1)
    if not (known or after_end):
        return None
    return _Candidate(at, len(folded), None, 0, False, _FRONT.match(folded) is not None)


def _reads_like_heading(folded: str) -> bool:
    if _KNOWN.match(folded) or _BRACKETED.match(folded):
        return True
    if not len(folded) >= _SHORTEST or folded[-1] in "。,;、…:" or any(mark in folded[:-1] for mark in "。;!?…"):
        return False
    if folded.count(",") > 2 or _ODD.search(folded) or _SUBTITLE.match(folded) or _QUOTED.match(folded):
        return False
    if _DATE.match(folded) or _NAMES.match(folded) or folded[0] in "([【":
        return False
    return 2 * len(_HAN.findall(folded)) >= len(folded)


def _prose_below(paragraphs: Sequence[Paragraph], at: int) -> bool:
    below = at + 1
    if _SUBTITLE.match(paragraphs[below].folded) and below + 1 < len(paragraphs):
        below += 1
    paragraph = paragraphs[below]
    if paragraph.cell or paragraph.mark:
        return False
    return len(paragraph.text) >= _PROSE and ("。" in paragraph.folded or paragraph.closed)


def _stands_in_talk(found: _Candidate, spoken: Mapping[int, str], taken: Collection[int]) -> bool:
    """In an interview an unmarked heading stands before a turn; elsewhere numbers and short lines are what was said."""
    if found.mark or found.at < min(spoken):
        return True
    return found.at + 1 in spoken or (found.at + 1 in taken and found.at + 2 in spoken)


def _levels(found: Sequence[_Candidate]) -> dict[int, int]:
    """A level for every heading: its kinds, in the order of `_kinds`, count from 1."""
    kinds = _kinds(found)
    order = {kind: min(level, _DEEPEST) for level, kind in enumerate(sorted(set(kinds.values())), 1)}
    return {at: order[kind] for at, kind in kinds.items()}


def _kinds(found: Sequence[_Candidate]) -> dict[int, tuple[int, int]]:
    """(mark, rank) of every heading; the smaller is the outer.

    Marked headings come first, by their mark and within a mark by their number; then numbers by their rank on this
    page; then those with neither, by `_plain_rank`. Bold lines that are few beside the deepest marked headings are
    their siblings.
    """
    ranks = _ranks([one for one in found if one.number])
    outermost: dict[int, int] = {}  # the outermost number under each mark
    for one in found:
        if one.number and one.marked:
            rank = ranks[one.style]
            outermost[one.mark] = min(outermost.get(one.mark, rank), rank)
    kinds: dict[int, tuple[int, int]] = {}
    for one in found:
        if one.marked:
            kinds[one.at] = (one.mark, ranks[one.style] if one.number else outermost.get(one.mark, 0))
        elif one.number:
            kinds[one.at] = (BOLD + 1, ranks[one.style])
    plain = [one for one in found if not one.number and not one.marked]
    siblings = _bold_kind(found, kinds)
    place = _plain_rank([one for one in found if one.number and not one.marked], plain, ranks)
    for one in plain:
        kinds[one.at] = siblings if siblings and one.mark == BOLD else (BOLD + 1, place(one))
    return kinds


def _bold_kind(found: Sequence[_Candidate], kinds: Mapping[int, tuple[int, int]]) -> tuple[int, int] | None:
    """The kind of the deepest marked headings, if bold lines without a number are at most half as many."""
    marks = Counter(one.mark for one in found if one.marked)
    bold = sum(one.mark == BOLD and not one.number for one in found)
    deepest = max(marks, default=0)
    if not deepest or 2 * bold > marks[deepest]:
        return None
    return max(kinds[one.at] for one in found if one.mark == deepest)


_ABOVE, _BELOW = -1, 99


def _plain_rank(
    numbered: Sequence[_Candidate], plain: Sequence[_Candidate], ranks: Mapping[tuple[str, int], int]
) -> Callable[[_Candidate], int]:
    """The rank of a heading with neither mark nor number.

    Above the numbers, if the outermost numbering starts again under every such heading; beside the outermost number, if
    it stands before all numbers or names a foreword, a conclusion or such; else below the numbers.
    """
    outer = min((ranks[one.style] for one in numbered), default=0)
    starts = [one.at for one in numbered if one.value == 1 and ranks[one.style] == outer]
    heads = [one.at for one in plain]
    fresh = sum(
        bisect_left(heads, start) > bisect_left(heads, before)
        for before, start in zip([-1, *starts], starts, strict=False)
    )
    above = len(starts) > 1 and fresh == len(starts)

    def place(one: _Candidate) -> int:
        if above:
            return _ABOVE
        return outer if not numbered or one.front or one.at < numbered[0].at else _BELOW

    return place


def _ranks(numbered: Sequence[_Candidate]) -> dict[tuple[str, int], int]:
    """The page's own order of styles: the usual one, unless an inner style holds an outer one that starts again."""
    styles = sorted({one.style for one in numbered}, key=lambda style: (style[1], style[0]))
    for _ in styles:
        for place in range(len(styles) - 1):
            if _holds(numbered, styles[place + 1], styles[place]):
                styles[place], styles[place + 1] = styles[place + 1], styles[place]
                break
        else:
            break
    return {style: rank for rank, style in enumerate(styles)}


def _holds(numbered: Sequence[_Candidate], outer: tuple[str, int], inner: tuple[str, int]) -> bool:
    """Whether `inner` starts again from 1 at least once, each time under another heading of `outer`."""
    under = 0
    starts = 0
    seen = False
    for found in numbered:
        if found.style == outer:
            seen = True
        elif found.style == inner and found.value == 1:
            starts += 1
            under += seen
            seen = False
    return starts > 1 and under == starts
