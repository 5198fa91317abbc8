"""Character tables of the script stage, loaded on first use: which tell a script, and which stand for others."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tasks.chars import CharPairs, CharSet
from tasks.script.fold import BEYOND, simplified

KANA = "\N{HIRAGANA LETTER SMALL A}-\N{KATAKANA LETTER SMALL KE}\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}"
HANZI = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    "\N{IDEOGRAPHIC NUMBER ZERO}\N{IDEOGRAPHIC ITERATION MARK}"
)

# Full-width letters and digits; marks are left, for full-width is their right width between Chinese characters.
_WIDE = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
# Characters that OpenCC's t2s changes in some words alone (瞭解, 沈默, 憑藉), so that data/fold.txt does not have them.
_IN_WORDS = "瞭沈藉覆甦衹俱彷"
# Characters that some lines keep, see tasks/script/convert.py.
_BY_LINE = "乾徵夥麴吒榘"
_NARROW_MARKS = {
    "\N{HALFWIDTH IDEOGRAPHIC FULL STOP}": "\N{IDEOGRAPHIC FULL STOP}",
    "\N{HALFWIDTH LEFT CORNER BRACKET}": "\N{LEFT CORNER BRACKET}",
    "\N{HALFWIDTH RIGHT CORNER BRACKET}": "\N{RIGHT CORNER BRACKET}",
    "\N{HALFWIDTH IDEOGRAPHIC COMMA}": "\N{IDEOGRAPHIC COMMA}",
}


@cache
def _rows() -> dict[str, dict[int, str]]:
    """The rows of data/forms.txt (see tools/make_forms_table.py), each ready for `str.translate`."""
    source = Path(__file__).with_name("data") / "forms.txt"
    cells = (row.split("\t") for row in source.read_text(encoding="utf-8").splitlines())
    return {name: dict(zip(map(ord, chars), same, strict=True)) for name, chars, same in cells}


@cache
def forms() -> dict[int, str]:
    """Radicals, compatibility ideographs, old private use and full-width letters to what they stand for."""
    rows = _rows()
    wide = {ord(char): chr(ord(char) - 0xFEE0) for char in _WIDE}
    narrow = {ord(mark): same for mark, same in _NARROW_MARKS.items()}
    return rows["radicals"] | rows["compatibility"] | rows["private"] | wide | narrow


@cache
def japanese() -> dict[int, str]:
    """Japanese forms that Chinese does not use, to the traditional form."""
    return _rows()["japanese"]


@cache
def regional() -> dict[int, str]:
    """Forms of Hong Kong and Taiwan that OpenCC's t2s leaves, to the simplified form."""
    return _rows()["regional"]


@cache
def variants() -> dict[int, str]:
    """`regional`, and variants that traditional text alone has for plain characters (躰, 廻, 襍)."""
    return regional() | _rows()["variants"]


def _has(encoding: str, char: str) -> bool:
    return bool(char.encode(encoding, "ignore"))


@cache
def only_traditional() -> frozenset[str]:
    """Characters of traditional text alone: they have a simplified form, and GBK has them but not GB 2312."""
    return frozenset(char for char in map(chr, simplified()) if _has("gbk", char) and not _has("gb2312", char))


@cache
def only_simplified() -> frozenset[str]:
    """Characters of simplified text alone: simplified forms that Big5 lacks (so not 后, 里, 云, which it has)."""
    return frozenset(char for char in simplified().values() if _has("gbk", char) and not _has("cp950", char))


@cache
def with_other_form() -> CharSet:
    """Characters that stand for another one in any script: see `forms`."""
    return _one_of(map(chr, forms()))


@cache
def with_simplified_form() -> CharSet:
    """Characters that the conversion to simplified ones may change."""
    chars = {*simplified(), *japanese(), *variants(), *map(ord, _IN_WORDS)}
    return _one_of(map(chr, chars))


@cache
def to_be_weighed() -> re.Pattern[str]:
    """Traditional characters that may become another one than they do by themselves: by the word (data/words.txt, see
    tools/make_fold_table.py), or by a table beside OpenCC's. Lines without them are simplified one by one."""
    decided = (_beside(char, places) for char, places in _decided().items())
    # Each way begins with a character, so that `re` looks for these at the speed of a class; the commonest come first.
    return re.compile("|".join([*decided, *sorted(_told())]))


@cache
def weighed_signs() -> CharPairs:
    """What all that `to_be_weighed` finds holds one of: such a character with one beside it, or one that is told."""
    beside = ((char, place) for char, places in _decided().items() for place in places)
    pairs = {char + place[1] if place[0] == "_" else place[0] + char for char, place in beside}
    return CharPairs(_told() | pairs)


@cache
def _told() -> frozenset[str]:
    """The characters that a table beside OpenCC's changes."""
    own = {*japanese(), *variants(), *map(ord, _BY_LINE)}
    own |= {code for code, one in simplified().items() if ord(one) in regional()}
    return frozenset(map(chr, own))


@cache
def _decided() -> dict[str, list[str]]:
    """The characters that a word decides on, and what stands beside them there: `甲乙`, `_乙`, `甲_`."""
    source = Path(__file__).with_name("data") / "words.txt"
    rows = (row.split("\t") for row in source.read_text(encoding="utf-8").splitlines())
    return {char: places.split(" ") for char, places in rows if char not in _told()}


def _beside(char: str, places: Iterable[str]) -> str:
    """A pattern for a character where something stands before and after it: `甲乙`, `_乙`, `甲_`."""
    pairs = [(place[0], place[1]) for place in places]
    after = "".join(second for first, second in pairs if first == "_")
    before = "".join(first for first, second in pairs if second == "_")
    both = [f"(?<={first}{char})(?={second})" for first, second in pairs if "_" not in (first, second)]
    ways = [f"(?=[{after}])"] * bool(after) + [f"(?<=[{before}]{char})"] * bool(before) + both
    return f"{char}(?:{'|'.join(ways)})"


@cache
def with_own_form() -> CharSet:
    """Characters that a table beside OpenCC's changes, whatever else stands in their line."""
    return _one_of(_told().difference(_BY_LINE))


@cache
def with_japanese_form() -> CharSet:
    """Characters that `japanese` has a form for."""
    return _one_of(map(chr, japanese()))


@cache
def with_regional_form() -> CharSet:
    """Characters that `variants` has a form for."""
    return _one_of(map(chr, variants()))


def _one_of(chars: Iterable[str]) -> CharSet:
    """A set of characters. Those beyond the basic plane, which `re` would try one by one, are one range."""
    inside = sorted(char for char in chars if char < "\U00010000")
    return CharSet("[" + re.escape("".join(inside)) + "\U00020000-\U000323af]", *BEYOND)
