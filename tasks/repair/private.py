"""Private-use characters of Hong Kong's supplementary character set (HKSCS), from before Unicode had its characters.

Pages written with the supplement of 1999 to 2004 on Windows keep 埗 or 喺 as private-use characters. Code page 950 puts
its user areas there in order, so the code point tells the pair of bytes, and HKSCS what the pair stood for. GBK's user
areas lie at the same code points, but those are debris of a byte shift, beside rare characters and splices.
"""

from __future__ import annotations

import re

from tasks.chars import CharSet
from tasks.records import Edit, Script, Stage
from tasks.repair.readings import is_hanzi
from tasks.repair.splice import find_splices
from tasks.repair.table import rank
from tasks.script.detect import detect_script

_PRIVATE = re.compile("[\ue000-\uf848]")
_ANY = CharSet("[\ue000-\uf848]")
_HONG_KONG = re.compile("香港|九龍|新界|港島|港元|港幣|港鐵|特首|立法會|[佢嘅咗喺啲嚟冇哋嘢咁唔嗰]")
# First code point and first lead byte of each area, by Microsoft's code page 950; the area at C6 begins with cell 63.
_AREAS = ((0xF6B1 - 63, 0xC6), (0xEEB8, 0x81), (0xE311, 0x8E), (0xE000, 0xFA))
ROW, LOW = 157, 63  # cells a row, and those of them below 0x7F


def private_edits(text: str) -> list[Edit]:
    """Edits that give the private-use characters of a page of Hong Kong their characters, if all of them have one.

    >>> [(ascii(edit.before), edit.after) for edit in private_edits("香港深水\\ue88c的舊樓")]
    [("'\\\\ue88c'", '埗')]
    >>> private_edits("勇\\ue319姑\\ue3e2咴谇") + private_edits("山東\\ue88c區")
    []
    """
    if _ANY.find(text) < 0 or not _HONG_KONG.search(text) or detect_script(text) is not Script.HANT:
        return []
    found = [(match.start(), match[0], _hkscs(match[0])) for match in _PRIVATE.finditer(text)]
    if not all(is_hanzi(char) and _is_among_common(text, at) for at, _, char in found):
        return []
    if any(splice.fits for splice in find_splices(text)):
        return []
    return [
        Edit(at, at + 1, before, char, Stage.REPAIR, "hkscs", 0.95, why=f"U+{ord(before):04X} was {char} in HKSCS")
        for at, before, char in found
    ]


def _is_among_common(text: str, at: int) -> bool:
    """Whether the characters on either side are common ones, those of Cantonese, or no hanzi."""
    around = text[max(at - 2, 0) : at + 3]
    return not any(is_hanzi(char) and rank(char) == "rare" and not _HONG_KONG.match(char) for char in around)


def _hkscs(private: str) -> str:
    """What code page 950's private-use character was in HKSCS; "" if nothing.

    >>> _hkscs("\\uecd8"), _hkscs("\\ue05b")
    ('喺', '')
    """
    code = ord(private)
    start, lead = next((start, lead) for start, lead in _AREAS if code >= start + (LOW if lead == 0xC6 else 0))
    row, cell = divmod(code - start, ROW)
    pair = bytes((lead + row, cell + (0x40 if cell < LOW else 0x62)))
    return pair.decode("big5hkscs", "ignore")
