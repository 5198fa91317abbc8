"""ASCII punctuation between Chinese characters, made full-width: one code point for one, line by line.

Left alone: numbers and times (1,000 10:30), addresses, code, text in Latin letters, quotation marks and full stops.
"""

from __future__ import annotations

import re

from tasks.chars import CharSet
from tasks.expressions import seldom
from tasks.script.patches import in_lines_with
from tasks.script.tables import HANZI

# What stands for a Chinese character on the left and on the right: the hanzi themselves and full-width marks.
_CLOSING = "”’」』》〉】〕）％…"
_OPENING = "“‘「『《〈【〔（"
_LEFT, _RIGHT = f"[{HANZI}{_CLOSING}]", f"[{HANZI}{_OPENING}]"

# The marks come first, so that text without any is passed over at the speed of a search for one class.
_ANY = seldom(f"[,;:?!()](?:(?<={_LEFT}.)|(?={_RIGHT})|(?<![()])(?:(?<={_LEFT} .)|(?<={_LEFT}[*]{{2}}.)))")
# After a Chinese character whatever follows, but for emoticons, also where what it ends stands out (**注意**:); before
# one, after a digit, a Latin letter, a percent sign, a stray space or a straight quotation mark, only commas and
# semicolons: `key:值`, `C:盘`, `条件 ? 甲 : 乙` are not Chinese punctuation. After a bracket that is not, colons are.
_AFTER = seldom(
    f"[,;:?!](?:(?<={_LEFT}.)(?!(?<=!)\\[[^][]{{0,80}}]\\()"  # not in pictures of Markdown: ![名](地址)
    f"(?:(?<![:;])|(?!-?[)DP]|-?\\((?:\\s|$)))[,;:?!]*|(?<={_LEFT}[*]{{2}}.))"
)
_BEFORE = seldom(
    f"[,;:](?:(?<=[])].)(?={_RIGHT})|(?<!:)(?:(?<=[0-9A-Za-z%].)(?={_RIGHT})|(?<={_LEFT} .)(?=\\s|$|{_RIGHT})"
    f"|(?<=[0-9A-Za-z%)] .)(?={_RIGHT})|(?<={_LEFT}[\"'].)(?={_RIGHT})))"
)
# What of ASCII a line has at least for each: looked for in that alone.
_AFTER_MARKS, _BEFORE_MARKS = seldom(b"[,;:?!]"), seldom(b"[,;:]")
_BRACKET = seldom("[()]")
_HANZI = seldom(f"[{HANZI}]")
_ALL_HANZI = CharSet(f"[{HANZI}]", 0x20000, 0x323AF)
# Addresses, and entities, whose semicolon is their own.
_ADDRESS = seldom(
    r"[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s，。；：！？、）》”]+|www\.[^\s，。；：！？、）》”]+|&#?[0-9A-Za-z]{2,10};"
)
# A line that looks like program text keeps its punctuation.
_CODE = seldom(
    r"[{}`\\]|==|!=|=>|->|</|/>|//(?!\S*\.)|/\*|\*/|\(\?|[A-Za-z]\.[A-Za-z]+\(|[A-Za-z_]\((?:[\"']|\))"
    r"|^\s*(?:import|def|return|print|var|let|const|for|if|class|select|insert into|update)\b"
    r"|\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s.{1,200}\s(?:FROM|VALUES|SET|WHERE)\s|^\s*=[A-Z]{2,12}\("
)
# What such a line has of ASCII, at least: looked for in a tenth of the line, as it is hardly ever there.
_CODE_SIGNS = seldom(
    rb"[{}`\\]|==|!=|=>|->|</|/>|//|/\*|\*/|\(\?|[A-Za-z][.(]|[A-Za-z_]\("
    rb"|import|def|return|print|var|let|const|for|if|class|select|insert into|update|SELECT|INSERT|UPDATE|DELETE"
)
# What such functions take stays in their brackets.
_FUNCTIONS = ("SUM", "COUNT", "AVG", "SUMIF", "COUNTIF", "VLOOKUP", "AVERAGE", "ROUND", "CONCAT", "IFNULL")
_LATIN = seldom(b"[A-Za-z]")
_MARKS = ",;:?!()"
_WIDE = str.maketrans(_MARKS, "，；：？！（）")
_ANY_MARK = CharSet(f"[{_MARKS}]")
_ONE_WIDE = dict(zip(_MARKS, "，；：？！（）", strict=True))  # a run of marks is hardly ever longer
# A line with more Latin letters than this for each hanzi is not Chinese text: its punctuation is its own.
FOREIGN = 4
# Longest bracket looked into: what a reader takes in at once; bounds the work on nested brackets.
LONGEST_BRACKET = 400


def widen(text: str) -> str:
    """Punctuation between Chinese characters made full-width.

    >>> widen("他说:好!共1,000人(含老师),10:30出发?见http://a.cn/?q=水,火")
    '他说：好！共1,000人（含老师），10:30出发？见http://a.cn/?q=水,火'
    """
    return in_lines_with(_ANY, _widen_line, text, _ANY_MARK)


def _widen_line(line: str) -> str:
    own = line.encode("ascii", "ignore")
    if (_CODE_SIGNS.search(own) and _CODE.search(line)) or _is_foreign(line, own):
        return line
    line = _brackets(line)
    addresses = [match.span() for match in _ADDRESS.finditer(line)] if b":" in own or b"." in own or b"&" in own else []
    for rule, marks in ((_AFTER, _AFTER_MARKS), (_BEFORE, _BEFORE_MARKS)):
        if marks.search(own):
            line = _outside(line, rule, addresses)
    return line


def _is_foreign(line: str, own: bytes) -> bool:
    """Whether a line, of which `own` is what is ASCII, has too many Latin letters for its hanzi."""
    letters = len(_LATIN.findall(own))
    return letters > 0 and letters > FOREIGN * _ALL_HANZI.count(line)


def _outside(line: str, rule: re.Pattern[str], addresses: list[tuple[int, int]]) -> str:
    """Apply a rule everywhere but in addresses; no rule changes lengths."""
    if not addresses:
        return rule.sub(_translated, line)
    parts: list[str] = []
    position = 0
    for start, end in addresses:
        parts += (rule.sub(_translated, line[position:start]), line[start:end])
        position = end
    parts.append(rule.sub(_translated, line[position:]))
    return "".join(parts)


def _translated(match: re.Match[str]) -> str:
    return _ONE_WIDE.get(match[0]) or match[0].translate(_WIDE)


def _brackets(line: str) -> str:
    """Pairs of brackets with Chinese in them, made full-width, both or neither."""
    opened: list[int] = []
    wide: list[int] = []
    for match in _BRACKET.finditer(line):
        if match[0] == "(":
            opened.append(match.start())
        elif opened:
            start = opened.pop()
            if line.endswith((*_FUNCTIONS, "]"), 0, start):  # Markdown's addresses: [名](#名)
                continue
            if match.start() - start <= LONGEST_BRACKET and _HANZI.search(line, start, match.start()):
                wide += (start, match.start())
    if not wide:
        return line
    characters = list(line)
    for at in wide:
        characters[at] = characters[at].translate(_WIDE)
    return "".join(characters)
