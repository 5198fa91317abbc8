"""Headings: which lines are headings, what they say, and how deep they lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tasks.expressions import seldom
from tasks.segment.counted import PROSE, counted
from tasks.segment.levels import Candidate, levels_of
from tasks.segment.numbering import FIRSTS, Number, number
from tasks.segment.paragraphs import BOLD, Paragraph
from tasks.segment.unnumbered import unnumbered
from tasks.series import ENDS, series

# Longest heading on a line of its own, and longest first clause that heads its paragraph, in characters: the longest
# of our sample documents have 52 and 34.
_LONGEST = 60
_LONGEST_RUN_IN = 42
_LONGEST_LABEL = 16
# What is left of a paragraph after its run-in heading has to be a paragraph still.
_REST = 12
_REST_AFTER_COLON = 40
_REST_OF_ITEM = 30
_NAME = 6  # a clause this short names what its item is about
# The rank of 节, the innermost division of a book, and the longest name of one that no space sets apart.
_DIVISIONS, _LONGEST_DIVISION = 2, 20
_LONGEST_SENTENCE = 30
# A numbered line that ends in a colon announces prose or items no shorter than this; its own words are no longer.
_ANNOUNCED, _LONGEST_ANNOUNCING = 20, 20

# So many lines that come again are a table of contents; what an entry has behind its words.
_FEWEST_ENTRIES = 3
_ENTRY_END = seldom(r"[\s.…·]{0,80}\d{0,3}$")

# The heading of a first part, and how far above it the title stands.
_FIRST_PART = seldom(r"[【]?(?P<words>[^【】]{4,34}?)\s?[(第]?\s?篇?\s?[1一]\s?篇?[)】]?:?")
_TITLE_ABOVE = 6

_RULES = seldom(
    r"应当|不得|必须|可以|请|本办法|本规定|本通知|我们?(?!国|省|市|县|区|镇|村|院|校|厂|军|党|局|行)|您|你|吗\?"
)
_SUBTITLE = seldom(r"[—\-─]{2}|—")
_HAN = seldom("[\u3400-\u9fff\uf900-\ufaff]")
_ARTICLE_NAME = seldom(r"\s?[【\[(][^【】\[\]()]{2,20}[】\])]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's level, 1 (outermost) to 6, and its words: with its number, without marks and a final 。 or colon."""

    level: int
    text: str


def headings(paragraphs: Sequence[Paragraph], spoken: Mapping[int, str], aside: Collection[int]) -> dict[int, Heading]:
    """Headings by the number of their paragraph.

    Neither the lines of `spoken`, which begin turns, nor those of `aside` (the title, captions, notes, bylines) are
    headings. In order of trust: HTML's and Markdown's headings; numbered lines and numbered first clauses, if most
    numbers of their style head something; bold lines; short lines between paragraphs of prose.

    >>> lines = "一、修渠。去年冬天全镇老少上了工地，渠修通了。", "二、引水。今年春天上游放了水，不等下雨就插了秧。"
    >>> from tasks.script.fold import fold
    >>> {at: heading.text for at, heading in headings([Paragraph(t, fold(t)) for t in lines], {}, ()).items()}
    {0: '一、修渠', 1: '二、引水'}
    """
    barred = set(spoken) | set(aside)
    lines = [at for at, one in enumerate(paragraphs) if at not in barred and not one.verbatim]
    told = [at for at in lines if (one := paragraphs[at]).mark or one.tag]
    marked = [found for at in told if (found := _marked(paragraphs, at))]
    taken = {found.at for found in marked}
    begun = [at for at in lines if (first := paragraphs[at].folded[:1]) in FIRSTS or first > "\uffff"]
    begun = [at for at in begun if at not in taken]
    numbered = [found for at in begun if (found := _numbered(paragraphs, at))]
    numbered = counted(paragraphs, _without_contents(paragraphs, numbered), taken) if numbered else []
    taken |= {found.at for found in numbered}
    parts = _parts(paragraphs, set(lines) - taken)
    taken |= {found.at for found in parts}
    rest = [at for at in lines if at not in taken]
    others = unnumbered(paragraphs, rest, spoken, aside, taken)
    every = sorted([*marked, *numbered, *parts, *others], key=lambda candidate: candidate.at)
    if spoken:
        every = [one for one in every if _stands_in_talk(one, spoken, taken)]
    if not every:
        return {}
    levels = levels_of(every)
    return {one.at: Heading(levels[one.at], _words(paragraphs[one.at], one)) for one in every}


def _parts(paragraphs: Sequence[Paragraph], lines: Collection[int]) -> list[Candidate]:
    """The headings of a page's parts that say the same but for the number at their end."""
    ends = [
        at
        for at, one in enumerate(paragraphs)
        if (last := one.folded[-1:]) in ENDS or (last == ":" and one.folded[-2:] == "):")
    ]
    if not ends:
        return []
    texts = [one.folded if at in lines else "" for at, one in enumerate(paragraphs)]
    found = series(texts, [one.closed and (len(one.text) >= PROSE or one.folded[-1] in ":!") for one in paragraphs])
    if not found:
        return [part for at in ends if at in lines and (part := _first_part(paragraphs, at))]
    return [Candidate(at, len(texts[at]), Number("series", 0, value, 0), 0, False) for at, value in found.items()]


def _first_part(paragraphs: Sequence[Paragraph], at: int) -> Candidate | None:
    """The only heading of a page's parts, where the others are on further pages: the title again, with 1 behind."""
    part = _FIRST_PART.fullmatch(paragraphs[at].folded) if at else None
    if not part or not any(one.closed and len(one.text) >= PROSE for one in paragraphs[at + 1 : at + 4]):
        return None
    titles = (one.folded for one in paragraphs[max(at - _TITLE_ABOVE, 0) : at] if not one.closed)
    if not any(part["words"] in title and len(title) <= _LONGEST for title in titles):
        return None
    return Candidate(at, len(paragraphs[at].text), Number("series", 0, 1, 0), 0, False)


def _words(paragraph: Paragraph, found: Candidate) -> str:
    return paragraph.text[: found.end].strip().rstrip("。．.：:").rstrip()


def _marked(paragraphs: Sequence[Paragraph], at: int) -> Candidate | None:
    """A heading by its tag or by Markdown's `#`."""
    paragraph = paragraphs[at]
    level = paragraph.heading_level
    if not level or level == BOLD or _SUBTITLE.match(paragraph.folded):
        return None
    if len(paragraph.text) > _LONGEST or at + 1 == len(paragraphs):
        return None
    return Candidate(at, len(paragraph.text), number(paragraph.folded), level, False)


def _numbered(paragraphs: Sequence[Paragraph], at: int) -> Candidate | None:
    """A numbered line, whether or not it is a heading: `end` is 0 where it reads like an item or a paragraph."""
    paragraph = paragraphs[at]
    if paragraph.tag in ("td", "th", "caption"):
        return None
    found = number(paragraph.folded)
    if not found:
        return None
    if found.style == "article":
        return _article(paragraph, at, found)
    if found.style == "bare":
        prose = at + 1 < len(paragraphs) and len(paragraphs[at + 1].text) >= PROSE
        return Candidate(at, len(paragraph.text) if prose else 0, found, 0, False)
    if found.rank <= _DIVISIONS and found.end == len(paragraph.folded):  # 第一篇, and nothing else
        prose = any(len(one.text) >= PROSE and one.closed for one in paragraphs[at + 1 : at + 3])
        return Candidate(at, found.end if prose else 0, found, 0, False)
    end = _whole(paragraph.folded, found) or _run_in(paragraph, found) or _announcing(paragraphs, at, found)
    return Candidate(at, end, found, 0, 0 < end < len(paragraph.text) - 1)


def _article(paragraph: Paragraph, at: int, found: Number) -> Candidate:
    """An article of a law: its number is its heading, with its name in brackets if it has one."""
    name = _ARTICLE_NAME.match(paragraph.folded, found.end)
    end = name.end() if name else found.end
    return Candidate(at, end, found, 0, end < len(paragraph.text))


def _whole(folded: str, found: Number) -> int:
    """The line's length if all of it reads like a heading, else 0."""
    words = folded[found.end :]
    if not 1 <= len(words) <= _LONGEST or words[-1] in ",、;…":
        return 0
    if words[-1] in "。:" and (len(words) > _LONGEST_SENTENCE or found.rank > 6):
        return 0
    if found.rank <= _DIVISIONS and (words[-1] in "。!?" or not _is_division(words)):
        return 0
    inner = words[:-1]
    if any(mark in inner for mark in "。;") or not _HAN.search(words):
        return 0
    return 0 if words[-1] == "。" and _RULES.search(words) else len(folded)


def _is_division(words: str) -> bool:
    """Whether what stands after 第一章 or 第一回 is its name, not the rest of a sentence: 第一回见到他是在船上."""
    return words[0] in " :、-—" or (len(words) <= _LONGEST_DIVISION and "," not in words)


def _run_in(paragraph: Paragraph, found: Number) -> int:
    """Where the first clause of a numbered paragraph ends, if it reads like a heading and a paragraph follows, or 0."""
    folded = paragraph.folded
    stop = folded.find("。", found.end, found.end + _LONGEST_RUN_IN + 1)
    colon = folded.find(":", found.end, found.end + _LONGEST_LABEL + 1)
    if colon >= 0 and (stop < 0 or colon < stop):
        clause = folded[found.end : colon]
        enough = len(folded) - colon > _REST_AFTER_COLON and found.rank <= 6
        return colon + 1 if enough and len(clause) >= 2 and "," not in clause else 0
    clause = folded[found.end : stop].strip()
    rest = _REST if found.rank <= 6 or (len(clause) <= _NAME and "," not in clause) else _REST_OF_ITEM
    if stop < 0 or len(folded) - stop <= rest:
        return 0
    if len(clause) < 2 or any(mark in clause for mark in "!;") or _RULES.search(clause) or not _HAN.search(clause):
        return 0
    return stop + 1


def _announcing(paragraphs: Sequence[Paragraph], at: int, found: Number) -> int:
    """The line's length if it ends in a colon above prose or items that have no numbers, else 0."""
    folded = paragraphs[at].folded
    words = folded[found.end : -1].strip()
    if folded[-1] != ":" or at + 1 == len(paragraphs) or not 2 <= len(words) <= _LONGEST_ANNOUNCING:
        return 0
    below = paragraphs[at + 1]
    long = len(below.folded) >= _ANNOUNCED and below.closed and not number(below.folded)
    return len(folded) if long and not any(mark in words for mark in ",。;:!?") and _HAN.search(words) else 0


def _without_contents(paragraphs: Sequence[Paragraph], numbered: Sequence[Candidate]) -> Sequence[Candidate]:
    """The numbered lines but for those of a table of contents: several that the page has again, all further down."""
    lines = [_ENTRY_END.sub("", paragraphs[found.at].folded) for found in numbered]
    last = {line: at for at, line in enumerate(lines)}
    entries = [at for at, line in enumerate(lines) if last[line] > at]
    if len(entries) < _FEWEST_ENTRIES or entries[-1] > min(last[lines[at]] for at in entries):
        return numbered
    return [found for found, line, at in zip(numbered, lines, range(len(lines)), strict=True) if last[line] == at]


def _stands_in_talk(found: Candidate, spoken: Mapping[int, str], taken: Collection[int]) -> bool:
    """In an interview an unmarked heading stands before a turn; elsewhere numbers and short lines are what was said."""
    if found.mark or found.at < min(spoken):
        return True
    return found.at + 1 in spoken or (found.at + 1 in taken and found.at + 2 in spoken)
