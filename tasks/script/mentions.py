"""Characters that are spoken of, not read, and Japanese words: 「穅」為「糠」之異體 says nothing once both are 糠."""

from __future__ import annotations

import re

from tasks.chars import CharSet
from tasks.expressions import seldom
from tasks.script.patches import lines_with, with_lines
from tasks.script.tables import HANZI

# One character in quotation marks, in a line with a word for what characters are.
_MENTION = seldom(f"[「『“‘][{HANZI}][」』”’]")
_QUOTES = CharSet("[「『“‘]")
_ABOUT = seldom(
    "[异異][体體]|[繁简簡正][体體]|[简簡]化字|[俗本古正今]字|[说說]文|字典|部首|偏旁|[写寫][作成][「『“‘]|通假|字形|形[声聲]|字[头頭]"
)

# Words of one or two hanzi with Japanese endings, what one such syllable joins to them (南ぬ風), and what is glossed in
# them; の does not count, which Chinese signs borrow.
_SYLLABLE = "[ぁ-ねは-ゖ]"
_JAPANESE = seldom(
    f"(?<![{HANZI}])[{HANZI}]{{1,2}}(?={_SYLLABLE})|(?<=[{HANZI}]{_SYLLABLE})[{HANZI}]{{1,2}}(?![{HANZI}])"
    f"|(?<![{HANZI}])[{HANZI}]{{1,4}}(?=[(（]{_SYLLABLE})"
)
_HIRAGANA = CharSet(_SYLLABLE)


def with_mentions(text: str, converted: str) -> str:
    """`converted`, what `text` became (of equal length), with the characters that lines about characters speak of,
    and Japanese words, as they were.

    >>> with_mentions("「穅」為「糠」之異體，「後」字", "「糠」为「糠」之异体，「后」字")
    '「穅」为「糠」之异体，「後」字'
    >>> with_mentions("他說了一聲「來」", "他说了一声「来」")
    '他说了一声「来」'
    >>> with_mentions("民宿「南ぬ風」", "民宿「南ぬ风」")
    '民宿「南ぬ風」'
    """
    if converted == text:
        return converted
    if _HIRAGANA.find(text) >= 0:
        converted = _as_they_were(text, converted, _JAPANESE)
    if not next(_QUOTES.matches(_MENTION, text), None):
        return converted
    spans = [(start, end) for start, end in lines_with(_MENTION, text) if _ABOUT.search(text[start:end])]
    lines = (_as_they_were(text[start:end], converted[start:end], _MENTION) for start, end in spans)
    return with_lines(converted, spans, lines)


def _as_they_were(before: str, after: str, pattern: re.Pattern[str]) -> str:
    made = list(after)
    for match in pattern.finditer(before):
        made[match.start() : match.end()] = match[0]
    return "".join(made)
