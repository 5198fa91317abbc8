"""Conversion to the target script and width: one code point for one, line by line, so that offsets survive it.

Not written edit by edit: a deterministic function named by the settings (docs/adr/0002-text-normalisation.md). OpenCC
decides by phrase; the tables of tasks/script/data add what it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial

from tasks.chars import CharMap, CharSet
from tasks.expressions import seldom
from tasks.records import Punctuation, Script, Target
from tasks.script.detect import is_japanese
from tasks.script.fold import BEYOND, simplified, simplify
from tasks.script.hant import Topic, mended
from tasks.script.homoglyphs import latin_words
from tasks.script.mentions import with_mentions
from tasks.script.patches import in_lines_with, lines_with, with_lines
from tasks.script.punctuation import widen
from tasks.script.seams import resewn
from tasks.script.tables import (
    KANA,
    forms,
    japanese,
    only_simplified,
    only_traditional,
    regional,
    to_be_weighed,
    variants,
    weighed_signs,
    with_japanese_form,
    with_other_form,
    with_own_form,
    with_regional_form,
    with_simplified_form,
)

Convert = Callable[[str], str]

# Traditional forms that simplified text uses as well, in names and set words (乾隆, 张乾, 宫商角徵羽): a line without
# any other traditional character keeps them.
_ALSO_SIMPLIFIED = frozenset("乾徵夥麴吒榘")
_HAS_ALSO_SIMPLIFIED = CharSet("[乾徵夥麴吒榘]")
# 著 that is 着: not in 著作 and the like, nor in 名著 and the like, nor before a title.
_ASPECT = re.compile(
    "著(?<![名原巨土顯显卓昭專专論论譯译編编合遺遗拙新所撰大舊旧雜杂知公]著)(?![作名稱称者錄录述書书文《〈「“]|有[《〈「“])"
)
# Taiwan's words for 只 and 什么, that OpenCC leaves, as it does its pronouns; a simplified page that has 妳 means it.
_ONLY = seldom("祇(?=[有是能要好得會会不可怕需見见管顧顾在讓让為为])")
_WHAT = re.compile("甚(?=[麼么])")
_MAY_BE_TAIWANS = CharSet("[妳牠甚祇]")
# A city's 市 written as the apron 巿, which stands in few words and one name.
_APRON = seldom("(?<![徐朱赤玄幽韠蔽“「『])巿(?![(（”」』])")
# 乾 in names of towns and counties; 乾 of what is dry stands before other characters.
_TOWN = re.compile("乾(?=[^旱燥淨净枯涸冷熱热粮糧果貨货草坤的了而透着著癟瘪脆杯][縣县鎮镇])")
# Surnames of both scripts that are other words' simplified characters.
_SURNAME = seldom("(?<=姓)[余范党种朴郁曲于岳云涂沈后]")
# A full-width point in a number whose digits were full-width.
_POINT = seldom("(?<=[0-9])\N{FULLWIDTH FULL STOP}(?=[0-9])")
_SURROGATE, _SURROGATES = re.compile("[\ud800-\udfff]"), re.compile("([\ud800-\udfff]+)")
_AT = CharSet("於")
# Cantonese words that simplified text has as they are; OpenCC's forms for them lie beyond the basic plane (𠮶 for 嗰).
_AS_THEY_ARE = CharSet("[嗰孻]")
_KANA = CharSet(f"[{KANA}]")
# What ends a clause, on the pages of every site.
_MARKS = "，。"
_MARK = re.compile(f"[{_MARKS}]")
# What most Chinese text is written in: none of it is kana, or stands for another character.
_USUAL = "\n -~\u3000-\u303f\u3400-\u9fff\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e“”‘’…—·"
_UNUSUAL = CharSet(f"[^{_USUAL}]", 0x10000, 0x10FFFF)


def converter(script: Script, target: Target, punctuation: Punctuation) -> Convert:
    """The conversion of a page found in `script`: it keeps length and line ends, and changes nothing twice.

    A page without Chinese (Script.NONE) stays as it is, and so do Japanese lines of a Chinese page.

    >>> convert = converter(Script.HANT, Target.HANS, Punctuation.FULLWIDTH)
    >>> convert("乾隆皇后的頭髮,在後面⻊球場裡")
    '乾隆皇后的头发，在后面足球场里'
    >>> converter(Script.HANS, Target.HANT, Punctuation.KEEP)("后面,皇后")
    '後面,皇后'
    """
    return partial(_convert, script=script, target=target, punctuation=punctuation)


def _convert(text: str, script: Script, target: Target, punctuation: Punctuation) -> str:
    if script is Script.NONE or text.isascii():
        return text
    if _UNUSUAL.find(text) < 0:
        return _chinese(text, script, target, punctuation)
    converted = _chinese(_usual(text), script, target, punctuation)
    spans = [(start, end) for start, end in lines_with(_KANA, text) if is_japanese(text[start:end])]
    return with_lines(converted, spans, (text[start:end] for start, end in spans)) if spans else converted


@cache
def _forms() -> CharMap:
    return CharMap(forms(), *BEYOND)


def _usual(text: str) -> str:
    """Lines without characters that stand for others."""
    if with_other_form().find(text) >= 0:
        text = _POINT.sub(".", _forms().of(text))
    return latin_words(text)


def _chinese(text: str, script: Script, target: Target, punctuation: Punctuation) -> str:
    """Lines as if none of them were Japanese."""
    if "巿" in text:
        text = _APRON.sub("市", text)
    found = text
    if target is Target.HANS:
        text = _lines_to_hans(text, script) if script is Script.HANS else _to_hans(text, script)
    if target is Target.HANT:
        lines, topic = text.translate(japanese()).split("\n"), Topic.of(text)
        text = "\n".join(_line_to_hant(line, topic) if _is_hans(line, script) else line for line in lines)
    text = with_mentions(found, text) if target is not Target.KEEP else text
    return widen(text) if punctuation is Punctuation.FULLWIDTH else text


def _lines_to_hans(text: str, script: Script) -> str:
    """A text of which few lines hold anything to be converted: those alone are, together."""
    spans = lines_with(with_simplified_form(), text)
    if not spans:
        return text
    converted = _to_hans("\n".join(text[start:end] for start, end in spans), script).split("\n")
    return with_lines(text, spans, converted)


def _to_hans(text: str, script: Script) -> str:
    """Most lines become what their characters do by themselves; of those in which a word decides OpenCC is given the
    clause, or the whole line if a table of ours has a form for one of its characters."""
    own = _own_words(text, script)
    lines = lines_with(to_be_weighed(), own, weighed_signs())
    plain = simplify(own)
    whole = [(start, end) for start, end in lines if with_own_form().find(own[start:end]) >= 0]
    parted = [line for line in lines if line not in whole] if whole else lines
    if whole:
        weighed = _weighed("\n".join(text[start:end] for start, end in whole), script)
        plain = with_lines(plain, whole, weighed.split("\n"))
    return _with_clauses(own, plain, parted, script) if parted else plain


def _with_clauses(text: str, plain: str, lines: Sequence[tuple[int, int]], script: Script) -> str:
    """What `text` becomes, of which `plain` is what its characters do by themselves, if words decide in some lines."""
    clauses = [clause for line in lines for clause in _clauses(text, *line)]
    worded = _worded("\n".join([text[start:end] for start, end in clauses]), script)
    converted = with_lines(plain, clauses, worded.split("\n"))
    named = [(start, end) for start, end in lines if _HAS_ALSO_SIMPLIFIED.find(text[start:end]) >= 0]
    return _with_names(text, converted, named, script)


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What stands between two marks, or the ends of a line, where a word may decide: its start and end. None of
    OpenCC's words has a mark in it, so that nothing beyond one counts."""
    for match in to_be_weighed().finditer(text, start, end):
        at = match.start()
        if at >= start:
            start = max(text.rfind(mark, start, at) + 1 for mark in _MARKS) or start
            mark = _MARK.search(text, at, end)
            yield start, mark.start() if mark else end
            start = mark.end() if mark else end


def _own_words(text: str, script: Script) -> str:
    if "著" in text and script is not Script.HANS:
        text = _with_aspect(text)
    if script is not Script.HANS:
        return _taiwans_words(text)
    if _MAY_BE_TAIWANS.find(text) >= 0:  # lines that show that they are traditional
        text = in_lines_with(
            _MAY_BE_TAIWANS, lambda line: _taiwans_words(line) if _is_traditional(line) else line, text
        )
    return text


def _weighed(text: str, script: Script) -> str:
    text = in_lines_with(with_japanese_form(), lambda line: line.translate(japanese()), text)
    text = _own_words(text, script)
    return _with_names(text, _worded(text, script), lines_with(_HAS_ALSO_SIMPLIFIED, text), script)


def _worded(text: str, script: Script) -> str:
    """What OpenCC makes of a text, without the forms of Hong Kong and Taiwan that it leaves."""
    converted = _opencc("t2s", text)
    if "於" in converted:  # OpenCC knows 於單 as a name, also in 屬於單一; once 單 is 单 it does not
        converted = in_lines_with(_AT, partial(_opencc, "t2s"), converted)
    if _AS_THEY_ARE.find(text) >= 0:
        converted = "".join(o if o in "嗰孻" else n for o, n in zip(text, converted, strict=True))
    table = regional() if script is Script.HANS else variants()  # simplified text may speak of a variant
    return in_lines_with(with_regional_form(), lambda line: line.translate(table), converted)


def _line_to_hant(line: str, topic: Topic) -> str:
    """A simplified line; after 姓 a name keeps the character that it has in either script."""
    converted = _opencc("s2t", line)
    if len(converted) == len(line):
        converted = mended(line, resewn(line, converted, _word), topic)
    for match in _SURNAME.finditer(line) if "姓" in line else ():
        converted = converted[: match.start()] + match[0] + converted[match.end() :]
    return converted


def _kept(before: str, after: str, script: Script) -> str:
    """A converted line; a simplified one keeps the characters that simplified text uses as well.

    On a traditional page a line that does not tell is traditional too, and keeps no more than a name's 乾.
    """
    if not only_traditional().isdisjoint(before):
        towns = [match.start() for match in _TOWN.finditer(before)]
        return "".join("乾" if at in towns else char for at, char in enumerate(after)) if towns else after
    also = frozenset("乾") if script is Script.HANT else _ALSO_SIMPLIFIED
    return "".join(o if o in also else n for o, n in zip(before, after, strict=True))


def _with_names(text: str, converted: str, lines: Sequence[tuple[int, int]], script: Script) -> str:
    """What `text` becomes, with the characters that some of its lines keep."""
    return with_lines(converted, lines, (_kept(text[start:end], converted[start:end], script) for start, end in lines))


def _taiwans_words(text: str) -> str:
    """Traditional text without the words of Taiwan and Hong Kong that OpenCC leaves: 妳 and 牠, 祇 for 只, 甚麼."""
    text = text.replace("妳", "你").replace("牠", "它")
    text = _WHAT.sub("什", text) if "甚" in text else text
    return _ONLY.sub("只", text) if "祇" in text else text


def _is_traditional(line: str) -> bool:
    return not only_traditional().isdisjoint(line)


def _with_aspect(text: str) -> str:
    """Text with 着 for 著 in traditional lines of Taiwan, which writes 著 for both; a line that has both tells them
    apart by itself."""
    parts: list[str] = []
    position = end = 0
    is_taiwans = False
    for match in _ASPECT.finditer(text):
        at = match.start()
        if at >= end:
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            line = text[start:end]
            is_taiwans = "着" not in line and _is_traditional(line)
        if is_taiwans:
            parts += (text[position:at], "着")
            position = at + 1
    parts.append(text[position:])
    return "".join(parts)


def _is_hans(line: str, script: Script) -> bool:
    """Whether a line is to be made traditional: simplified by its characters, or by its page if they do not tell."""
    traditional = sum(map(only_traditional().__contains__, line))
    simple = sum(map(only_simplified().__contains__, line))
    return simple > traditional or (script is Script.HANS and not traditional)


@cache
def _opencc_converter(name: str) -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC(name).convert
    return convert


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    """A word in traditional characters."""
    return _opencc_converter("s2t")(text)


def _opencc(name: str, text: str) -> str:
    """OpenCC's conversion, held to one code point for one: the lines where it gives more or fewer go by character."""
    # OpenCC speaks UTF-8, which half a surrogate pair has no place in.
    pieces = _SURROGATES.split(text) if _SURROGATE.search(text) else [text]
    converted = [piece if i % 2 else _opencc_converter(name)(piece) for i, piece in enumerate(pieces)]
    if all(len(old) == len(new) for old, new in zip(pieces, converted, strict=True)):
        return "".join(converted)
    if "\n" in text:
        return "\n".join(_opencc(name, line) for line in text.split("\n"))
    return text.translate(simplified()) if name == "t2s" else text
