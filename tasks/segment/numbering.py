"""The numbers that Chinese documents set before their headings, articles and items."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tasks.chars import members
from tasks.expressions import seldom

_NUMERAL = "〇零一二三四五六七八九十百两"
_DIGITS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_FORMAL = "壹贰叁参肆伍陆柒捌玖拾"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"
_LETTERED = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_HALVES = {"上": 1, "中": 2, "下": 3}

# Style name, rank from the outermost to the innermost, pattern in the folded view. The order of ranks is that of the
# standard for official documents (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）), with the divisions of books and laws
# above it (Legislation Law: 编, 章, 节, 条, 款, 项, 目). A page that shows another order has its way: headings.py.
_STYLES: tuple[tuple[str, int, str], ...] = (
    ("part", 0, rf"第([{_NUMERAL}\d]{{1,5}})(?:部分|编|篇|卷|单元|部|幕)(?![一-鿿]{{0,2}}[,。是为])"),
    ("half", 0, r"([上中下])[篇部编](?=[:\s]|$)"),
    ("latin", 0, r"(?:Part|PART|Chapter|CHAPTER|No\.|NO\.)\s?(\d{1,2})(?=[\s.:、]|$)"),
    ("chapter", 1, rf"第([{_NUMERAL}\d]{{1,5}})(?:章|回|讲|课|集)(?![,。是为])"),
    ("section", 2, rf"第([{_NUMERAL}\d]{{1,5}})节(?![,。课车是为])"),
    ("article", 3, rf"第([{_NUMERAL}\d]{{1,5}})条(?![,。、的和至第款]|规定|件|路)"),
    ("annex", 3, rf"(?:附件|附录|附表|附)\s?([{_NUMERAL}\d]{{1,3}})(?=[:.、\s]|$)"),
    (
        "case",
        3,
        rf"(?:案例|实例|步骤|方法|误区|技巧|问题|专题|专栏|单元|模块|任务|阶段|实验|类型|建议)([{_NUMERAL}\d]{{1,3}})"
        r"(?=[:.、\s]|$)",
    ),
    ("step", 3, rf"第([{_NUMERAL}\d]{{1,3}})(?:步|天|日|站|招|问|期|类|关|辑|场)(?=[:、\s])"),
    ("formal", 4, rf"([{_FORMAL}]{{1,3}})、"),
    ("corner", 4, rf"『([{_FORMAL}]{{1,3}})』"),  # as sites of questions and answers count
    ("stem", 4, rf"([{_STEMS}])、"),
    ("roman", 4, rf"([{_ROMAN}])[.、\s]"),
    ("roman_letters", 4, r"(I{1,3}|IV|VI{0,3}|IX|X)[.、](?=\s?[一-鿿])"),
    ("sign", 4, r"§\s?(\d{1,2})(?=\s|[一-鿿])"),
    ("padded", 4, r"(0\d)(?:\s?[/|丨]\s?|\s)(?=[一-鿿])"),
    ("one_of", 5, rf"其([{_NUMERAL}]{{1,2}})(?=[:、\s]\S)"),
    ("bare", 5, rf"([{_NUMERAL}]{{1,3}}|\d{{1,2}})[、.]?$"),
    (
        "chinese",
        5,
        rf"([{_NUMERAL}]{{1,3}})(?:、|\.(?!\d)|\s(?=\S))(?![{_NUMERAL}]、?[线级类型等手流审次年期])",
    ),
    ("chinese_bracket", 6, rf"[(〔【\[]([{_NUMERAL}]{{1,3}})[)〕】\]][、.,]?"),
    ("decimal", 7, r"(\d{1,2}(?:\.\d{1,2}){1,3})[.、]?(?=\s|[一-鿿])"),
    ("arabic", 7, r"(\d{1,2})(?:、|\.(?!\d)|\)、?(?!\d))"),
    ("letter", 7, r"([A-H])[.、](?=\s?[一-鿿])"),
    ("spaced", 7, r"(\d{1,2}) +(?=[一-鿿《“])"),
    ("arabic_bracket", 12, r"\((\d{1,2})\)[、.,]?"),
    ("circled", 13, rf"([{_CIRCLED}])[、.]?"),
)
_PLAIN = str.maketrans(_FORMAL, "一二三三四五六七八九十")
_BY_STYLE = {name: (rank, seldom(pattern)) for name, rank, pattern in _STYLES}
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, _, pattern in _STYLES))
# What a number begins with: most lines do not, and are tried no further.
_FIRST = re.compile(
    rf"[第附案实步方误技问专单模任阶类建上中下其§A-IPNVX{_NUMERAL}{_FORMAL}{_STEMS}{_CIRCLED}{_ROMAN}\d(〔【『\[]"
)
#: The same as a set, of the basic plane: beyond it there are digits.
FIRSTS = frozenset(members(_FIRST.pattern))


@dataclass(frozen=True, slots=True)
class Number:
    """A number at the start of a line: its style, the style's rank (0 outermost), its value, and where the number ends.

    Decimals such as `1.2.3` have the rank of `1.` and one more for every part after the first; their value is the last
    part. The style `spaced`, a number and a space, counts only beside decimals; `bare` is a number alone on its line.
    """

    style: str
    rank: int
    value: int
    end: int


def number(folded: str) -> Number | None:
    """The number a line starts with, in the folded view, or None.

    >>> number("(三)修复古桥")
    Number(style='chinese_bracket', rank=6, value=3, end=3)
    >>> number("2.1 水文资料").rank
    8
    >>> number("1.5亿元"), number("2020.年"), number("一是修桥"), number("一、二年级")
    (None, None, None, None)
    """
    if not _FIRST.match(folded) or not (found := _ANY.match(folded)):
        return None
    style = str(found.lastgroup)
    rank, pattern = _BY_STYLE[style]
    alone = pattern.match(folded)
    return _number(style, rank, alone) if alone else None


def _number(style: str, rank: int, found: re.Match[str]) -> Number | None:
    label = found[found.lastindex or 1]
    if style == "decimal":
        parts = label.split(".")
        after = found.string[found.end() : found.end() + 1]
        if after in _UNITS or parts[0] == "0":
            return None
        return Number(style, rank + len(parts) - 1, int(parts[-1]), found.end())
    value = _value(label)
    return Number(style, rank, value, found.end()) if value else None


_UNITS = frozenset("万亿元米吨倍度级分公千百平立斤克升毫厘%个名人次天年月日号点折")
"""What follows a decimal that is a quantity: 1.5亿元, 2.3万人, 3.15日."""


@lru_cache(maxsize=1024)  # there are few, and laws number each article
def _value(label: str) -> int:
    """The value of a Chinese or Arabic numeral, a circled number or a Roman one; 0 for what is none.

    >>> [_value(label) for label in ("三", "十", "十二", "二十", "一百零五", "12", "③", "Ⅳ", "贰", "丙")]
    [3, 10, 12, 20, 105, 12, 3, 4, 2, 3]
    """
    if label.isdecimal():
        return int(label)
    if label[0] in _FORMAL:
        return _chinese_value(label.translate(_PLAIN))
    if label in _STEMS:
        return _STEMS.index(label) + 1
    if label in _CIRCLED:
        return _CIRCLED.index(label) + 1
    if label in _LETTERED:
        return _LETTERED.index(label) + 1
    if label in _HALVES:
        return _HALVES[label]
    if label in "ABCDEFGH":
        return "ABCDEFGH".index(label) + 1
    if label in _ROMAN:
        return _ROMAN.index(label) + 1
    return _chinese_value(label)


def _chinese_value(label: str) -> int:
    if not set(label) & {"十", "百"}:
        value = 0
        for numeral in label:
            value = value * 10 + _DIGITS.get(numeral, 0)
        return value
    value = 0
    digit = 0
    for numeral in label:
        if numeral in "十百":
            value += (digit or 1) * (10 if numeral == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS.get(numeral, 0)
    return value + digit
