"""How a hanzi is read: every reading of the 20,902 hanzi of GBK, both ways round.

The table is made by tools/make_readings.py from the single-character dictionary of pypinyin (MIT licence).
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

# Letters that sites and fonts write for others: the GBK forms of a and g, breves for carons, v and u: for ü.
_LETTERS = str.maketrans(
    {
        "\N{LATIN SMALL LETTER ALPHA}": "a",
        "\N{LATIN SMALL LETTER SCRIPT G}": "g",
        "\N{LATIN SMALL LETTER A WITH BREVE}": "ǎ",
        "\N{LATIN SMALL LETTER E WITH BREVE}": "ě",
        "\N{LATIN SMALL LETTER I WITH BREVE}": "ǐ",
        "\N{LATIN SMALL LETTER O WITH BREVE}": "ǒ",
        "\N{LATIN SMALL LETTER U WITH BREVE}": "ǔ",
        "v": "ü",
    }
)
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ", "aaaaeeeeiiiioooouuuuüüüü")


@cache
def _tables() -> tuple[dict[str, list[str]], dict[str, str]]:
    """Hanzi to readings, and toned syllable to hanzi, the commonest reading and the hanzi it is commonest for first."""
    rows = (Path(__file__).with_name("data") / "readings.txt").read_text(encoding="utf-8").splitlines()
    cells = [row.split("\t") for row in rows]
    readings: dict[str, list[str]] = {}
    for syllable, first, _ in cells:
        for char in first:
            readings[char] = [syllable]
    for syllable, _, other in cells:
        for char in other:
            readings[char].append(syllable)
    return readings, {syllable: first + other for syllable, first, other in cells}


@cache
def _toneless() -> dict[str, str]:
    """Toneless syllable to hanzi, each once."""
    found: dict[str, dict[str, None]] = {}
    for syllable, chars in _tables()[1].items():
        found.setdefault(base(syllable), {}).update(dict.fromkeys(chars))
    return {syllable: "".join(chars) for syllable, chars in found.items()}


def is_hanzi(char: str) -> bool:
    """Whether `char` is one unified ideograph of the basic block or extension A.

    >>> is_hanzi("產"), is_hanzi("？"), is_hanzi("")
    (True, False, False)
    """
    return "\u3400" <= char <= "\u9fff"


def readings(char: str) -> tuple[str, ...]:
    """Every toned reading of a hanzi, commonest first; empty for anything that is not one of GBK's hanzi.

    >>> readings("長")
    ('zhǎng', 'cháng', 'zhàng')
    >>> readings("A")
    ()
    """
    return tuple(_tables()[0].get(char, ()))


@lru_cache(maxsize=8192)
def plain(syllable: str) -> str:
    """A syllable as the table spells it: lower case, one code point a letter, v and u: as ü, look-alike letters folded.

    >>> plain("Lu:") == plain("lv") == "lü", plain("ɡuănɡ")
    (True, 'guǎng')
    """
    spelt = unicodedata.normalize("NFC", syllable.strip().lower()).replace("u:", "ü")
    return spelt.translate(_LETTERS)


@lru_cache(maxsize=8192)
def base(syllable: str) -> str:
    """A syllable without its tone mark; `lü` keeps its dots.

    >>> base("chǎn"), base("lǜ"), base("guo")
    ('chan', 'lü', 'guo')
    """
    return plain(syllable).translate(_TONES)


def characters(syllable: str) -> str:
    """The hanzi that can be read so: with this tone, or with any tone if the syllable carries no tone mark.

    >>> "數" in characters("shù"), "數" in characters("shu"), characters("blah")
    (True, True, '')
    """
    spelt = plain(syllable)
    if spelt == base(spelt):
        return _toneless().get(spelt, "")
    return _tables()[1].get(spelt, "")


@lru_cache(maxsize=8192)
def reads(char: str, syllable: str) -> bool:
    """Whether `syllable`, toned or not, is one of the readings of `char`.

    >>> reads("會", "huì "), reads("會", "hui"), reads("會", "huǐ"), reads("貎", "yōu")
    (True, True, False, False)
    """
    spelt = plain(syllable)
    known = _tables()[0].get(char, ())
    return spelt in known or (spelt == base(spelt) and any(base(reading) == spelt for reading in known))
