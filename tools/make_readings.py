"""Write tasks/repair/data/readings.txt: the readings of the 20,902 hanzi of GBK, both scripts.

    python tools/make_readings.py

Source: the single-character dictionary of pypinyin (MIT licence), which collects the readings of Unihan and of large
dictionaries. A line a toned syllable: the syllable, a tab, the hanzi whose first (commonest) reading it is, a tab, the
hanzi that have it as another reading.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from pypinyin.pinyin_dict import pinyin_dict

FIRST, LAST = "\N{CJK UNIFIED IDEOGRAPH-4E00}", "\N{CJK UNIFIED IDEOGRAPH-9FA5}"  # the hanzi of GBK
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü")
TARGET = Path(__file__).parent.parent / "tasks" / "repair" / "data" / "readings.txt"


def main() -> None:
    """Write the table and say what it holds."""
    first: dict[str, str] = defaultdict(str)
    other: dict[str, str] = defaultdict(str)
    for code in range(ord(FIRST), ord(LAST) + 1):
        syllables = [s for s in pinyin_dict.get(code, "").split(",") if s and LETTERS.issuperset(s)]
        for syllable in syllables[:1]:
            first[syllable] += chr(code)
        for syllable in dict.fromkeys(syllables[1:]):
            other[syllable] += chr(code)
    lines = [f"{syllable}\t{first[syllable]}\t{other[syllable]}\n" for syllable in sorted({*first, *other})]
    TARGET.write_text("".join(lines), encoding="utf-8")
    print(f"{TARGET.name}: {len(lines)} syllables, {sum(map(len, first.values()))} hanzi")


if __name__ == "__main__":
    main()
