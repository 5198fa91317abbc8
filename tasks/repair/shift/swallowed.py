"""What a half character swallowed: `港区?025》` was 港区2025》, `?/p>` was a character and </p>, `?ldquo;` one and “.

Some decoders show a half character and the ASCII byte after it as one '?'. Of most bytes nothing is left. A number of
three digits where a year stands was one of four, and its first digit is not in doubt; nor is what opens a tag, or an
entity, what closes a bracket that nothing else closes, or the first of six dots.
"""

from __future__ import annotations

import html
import re

from tasks.repair.shift.candidates import LETTERS, SPLICE, SWALLOWED

_SWALLOWS = re.compile(rf"[?][{LETTERS}]{{1,6}} ?[)）]")  # what is left of a splice without its opening bracket
_YEAR = re.compile(r"(?:(?P<two>0)|[89])[0-9]{2}(?![0-9])(?P<said>[年》])?")

_BLOCKS = "p|br|div|li|ul|td|tr|h[1-6]|section"
_DOTS = re.compile("(?:[.]{2}|[.]{5})(?![.])")  # of three, and of six
_NUMBER = re.compile("[.]?[0-9]")  # of which a digit is missing
_DATED = ("年月", "月日")  # a number has stood between
_DAY = re.compile("月[0-9]{1,2}日")  # and before this
_BRACKET = re.compile("[()（）]")
_REACH, _AHEAD = 60, 300  # characters of a line in which a bracket is looked for that opens, and one that closes it
_ATTRIBUTE = r" [a-z-]{2,12} ?=[^<>\n]{1,300}"
_TAG = re.compile(
    rf"(?:</?(?:{_BLOCKS})(?:\s[^<>\n]{{0,300}})?/?"
    rf"|(?<=[?\ufffd])/?(?:{_BLOCKS}|span|strong|em|b|i|u|a|font)(?: {{0,2}}|{_ATTRIBUTE})/?)>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"(?:[lr][sd]quo|nbsp|hellip|[mn]dash|middot|bull|quot|[lr]aquo|times|yen);")


def without_tags(text: str) -> tuple[str, frozenset[int]]:
    """`text` with nothing but line ends where tags of HTML say that a line or a block ends, and where the tags begin
    whose bracket was swallowed.

    >>> without_tags("春天?/p><BR>夏天"), without_tags("a<b>c")
    (('春天?\\n\\n\\n\\n\\n\\n\\n夏天', frozenset({3})), ('a<b>c', frozenset()))
    """
    if ">" not in text:
        return text, frozenset()
    opened = frozenset(match.start() for match in _TAG.finditer(text) if match[0][0] != "<")
    return _TAG.sub(lambda match: "\n" * len(match[0]), text), opened


def swallowed(text: str, at: int, known: bool, read: str = "") -> tuple[str, int]:
    """The character that was swallowed before `text[at]`, as far as what stands around shows it, or "", and how many
    characters of what follows it makes with them.

    `known` says that the page's decoder swallows; `read` is the character whose half it was.

    >>> swallowed("?025年", 1, False), swallowed("?那里", 1, True)
    (('2', 0), ('', 0))
    >>> swallowed("?ldquo;长桥", 1, False)
    ('“', 6)
    >>> swallowed("桥(旧?的", 4, True), swallowed("等等?..", 3, True), swallowed("?2月", 1, True)
    ((')', 0), ('.', 0), ('?', 0))
    >>> swallowed("?月", 1, False, "年"), swallowed("?*村", 1, True)
    (('?', 0), ('*', 0))
    """
    if entity := _ENTITY.match(text, at):
        return html.unescape(f"&{entity[0]}").replace("\N{NO-BREAK SPACE}", " "), len(entity[0])
    if known and _DOTS.match(text, at):
        return ".", 0
    if known and text[at : at + 1] == "*":  # which stand in twos and more, for names and numbers
        return "*", 0
    if is_open(text, at):
        return ")", 0
    dated = read + text[at : at + 1] in _DATED or _DAY.match(text, at) is not None
    return first_digit(text, at, known) or ("?" if dated or (known and _NUMBER.match(text, at)) else ""), 0


def is_open(text: str, at: int) -> bool:
    """Whether a bracket is open at `text[at]` that nothing in the line closes.

    >>> is_open("桥(旧?的", 4), is_open("桥(旧?的)", 4), is_open("桥(jiù)?的", 7)
    (True, False, False)
    """
    line = text.rfind("\n", max(0, at - _REACH), at) + 1
    before = _brackets(text[max(line, at - _REACH) : at])
    after = _brackets(text[at : at + _AHEAD].partition("\n")[0])
    return before[-1:] == "(" and after[:1] != ")"


def _brackets(text: str) -> str:
    """The brackets of a text that are none of a splice, as far as they are not closed within it."""
    left = "".join(_BRACKET.findall(SPLICE.sub("", SWALLOWED.sub("", text)))).replace("（", "(").replace("）", ")")
    while "()" in left:
        left = left.replace("()", "")
    return left


def swallows(text: str) -> bool:
    """Whether a page shows that its decoder swallows what stands after a half character.

    >>> swallows("當?shù)貎?yōu)質"), swallows("當?(shù)貎?(yōu)質")
    (True, False)
    """
    return _SWALLOWS.search(text) is not None


def first_digit(text: str, at: int, known: bool) -> str:
    """The first digit of the year whose other three stand at `text[at]`; "" if none does.

    `known` says that the page's decoder swallows. A year does not begin with 0: 025年 and 025》 show it by themselves.

    >>> first_digit("?025年", 1, False), first_digit("?998》", 1, True), first_digit("?998年", 1, False)
    ('2', '1', '')
    >>> first_digit("?2025年", 1, True), first_digit("?0251", 1, True)
    ('', '')
    """
    year = _YEAR.match(text, at)
    if not year or not (known or (year["two"] and year["said"])):
        return ""
    return "2" if year["two"] else "1"
