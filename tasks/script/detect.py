"""Which script a text is in, by the characters that only one script uses."""

from __future__ import annotations

from functools import cache

from tasks.chars import CharSet
from tasks.expressions import seldom
from tasks.records import Script
from tasks.script.tables import KANA, only_simplified, only_traditional

# Text looked at: the whole of most pages; of longer ones, this many pieces of this many characters, evenly spread.
PIECES, PIECE = 16, 8192
# Both scripts: the rarer one has at least this share of the telling characters. A traditional news page with a tail of
# forty county names in simplified ones, as damaged mirrors add, has 4 %; a page half and half has 50 %.
MIXED = 0.1
# Japanese: at least this share of kana among kana and hanzi, and three of them. Japanese prose has 45 to 70 %, its
# headlines rarely under 25 %; Chinese text that names Japanese products under 10 %.
JAPANESE, FEWEST_KANA = 0.2, 3
# A lesson of Japanese is Chinese for all its kana: more than these shares of its hanzi are none of the first level of
# JIS X 0208, which Japanese prose hardly leaves, stand in runs without kana at either end, where Japanese endings would
# be, and are small words of Chinese; and there are so many at least. Two lessons that were looked at have 15, 99 and
# 6 %, Japanese prose, old and new, 0 % in such runs, menus and lists of names 90 %, but none of the small words.
NOT_OF_JAPAN, WITHOUT_KANA, SMALL_WORDS, FEWEST_HANZI = 0.1, 0.6, 0.02, 20
# No Chinese page: fewer hanzi than this share of the Latin letters, as in English text that quotes a few.
QUOTED = 0.05

_KANA = seldom(f"[{KANA}]")
_HANZI = CharSet("[\u2e80-\u2fd5\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = seldom("[\uac00-\ud7a3]")
_KANA_OR_HANGUL = CharSet(f"[{KANA}\uac00-\ud7a3]")
_RUN_OF_HANZI = seldom(f"(?<![{KANA}\u3400-\u9fff])[\u3400-\u9fff]+(?![{KANA}\u3400-\u9fff])")
_SMALL_WORD = seldom("[的是不了這这們们你很在有]")
_LETTERS = seldom("[A-Za-z]+")
# A page whose first characters, so many at least and one in so many, hold hanzi enough for all its length is Chinese.
_HEAD, _HEAD_SHARE = 32, 12


def detect_script(text: str) -> Script:
    """The script of a page as found: Hans, Hant, mixed (both), or none (not Chinese).

    Text whose characters are all right in both scripts (山水) counts as Hans.

    >>> [str(detect_script(text)) for text in ("发展经济", "發展經濟", "發展經濟，发展经济", "山水")]
    ['Hans', 'Hant', 'mixed', 'Hans']
    >>> [str(detect_script(text)) for text in ("English", "東京の会議です", "한국의 經濟")]
    ['none', 'none', 'none']
    """
    text = _sample(text)
    if not _is_chinese(text):
        return Script.NONE
    traditional, simplified = _traditional().count(text), _simplified().count(text)
    if min(traditional, simplified) > MIXED * (traditional + simplified):
        return Script.MIXED
    return Script.HANT if traditional > simplified else Script.HANS


@cache
def _traditional() -> CharSet:
    return CharSet("[" + "".join(sorted(only_traditional())) + "]")


@cache
def _simplified() -> CharSet:
    return CharSet("[" + "".join(sorted(only_simplified())) + "]")


def _is_chinese(text: str) -> bool:
    hanzi = _HANZI.count(text[: max(_HEAD, len(text) // _HEAD_SHARE)])
    if hanzi > QUOTED * len(text) and _KANA_OR_HANGUL.find(text) < 0:
        return True
    hanzi, kana = _HANZI.count(text), len(_KANA.findall(text))
    if _are_japanese(kana, hanzi) and not _is_lesson(text, hanzi):
        return False
    return hanzi > QUOTED * sum(map(len, _LETTERS.findall(text))) and hanzi >= len(_HANGUL.findall(text))


def _is_lesson(text: str, hanzi: int) -> bool:
    """Whether the hanzi of a text full of kana are Chinese ones, as where Japanese is taught."""
    runs = "".join(_RUN_OF_HANZI.findall(text))
    if hanzi < FEWEST_HANZI or len(runs) < WITHOUT_KANA * hanzi:
        return False
    small = len(_SMALL_WORD.findall(runs))
    return small > SMALL_WORDS * len(runs) and sum(map(_is_not_of_japan, runs)) > NOT_OF_JAPAN * len(runs)


@cache
def _is_not_of_japan(char: str) -> bool:
    """Whether a hanzi is beyond level 1 of JIS X 0208 (in Shift JIS, after 98 72)."""
    return not b"\x88" < char.encode("shift_jis", "ignore") <= b"\x98\x72"


def is_japanese(text: str) -> bool:
    """Whether kana make up so much of a text or line that its hanzi must be Japanese ones.

    >>> is_japanese("東京で会議を開く"), is_japanese("推出「の」字商标"), is_japanese("鸡蛋のお菓子が好きです")
    (True, False, True)
    """
    kana = len(_KANA.findall(text))
    return kana > 0 and _are_japanese(kana, _HANZI.count(text))


def _are_japanese(kana: int, hanzi: int) -> bool:
    return kana >= FEWEST_KANA and kana >= JAPANESE * (kana + hanzi)


def _sample(text: str) -> str:
    if len(text) <= PIECES * PIECE:
        return text
    step = len(text) // PIECES
    return "\n".join(text[start : start + PIECE] for start in range(0, step * PIECES, step))
