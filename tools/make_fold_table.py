"""Write tasks/script/data/fold.txt and words.txt: what OpenCC's t2s makes of characters, and where a word decides.

    python tools/make_fold_table.py

Source: the dictionaries that ship with OpenCC (Apache-2.0). fold.txt is read through its own converter, one code point
at a time over the CJK blocks: every traditional character but KEPT that turns into one simplified character, in two
lines, the traditional characters, and the simplified ones in the same order. words.txt is read off the dictionary of
words, with the program that ships with OpenCC: a line for each character that a word turns into something else than it
becomes by itself, with what stands before and after it there, `_` for anything.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import opencc

BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
DATA = Path(__file__).parent.parent / "tasks" / "script" / "data"
# Cantonese words, whose simplified forms lie beyond the basic plane: who writes simplified characters writes these too.
KEPT = "嗰孻"
CLIB = Path(opencc.__file__).with_name("clib")


def characters() -> dict[str, str]:
    """What each traditional character becomes."""
    convert = opencc.OpenCC("t2s").convert
    every = (chr(code) for first, last in BLOCKS for code in range(first, last))
    return {c: s for c in every if c not in KEPT and (s := convert(c)) != c and len(s) == 1}


def words() -> dict[str, str]:
    """What each word of OpenCC's dictionary becomes."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "words.txt"
        source = CLIB / "share" / "opencc" / "TSPhrases.ocd2"
        tool = str(CLIB / "bin" / "opencc_dict")
        subprocess.run((tool, "-i", str(source), "-o", str(text), "-f", "ocd2", "-t", "text"), check=True)
        rows = (row.split("\t") for row in text.read_text(encoding="utf-8").splitlines())
        return {word: forms.split(" ")[0] for word, forms in rows}


def places(alone: dict[str, str], joined: dict[str, str]) -> dict[str, set[str]]:
    """The characters that some word decides, each with what stands before and after it there."""
    found: dict[str, set[str]] = defaultdict(set)
    for word, form in joined.items():
        if len(word) != len(form):
            raise ValueError(f"{word} becomes longer or shorter: {form}")
        for before, char, becomes, after in zip(f"_{word}", word, form, f"{word[1:]}_", strict=False):
            if alone.get(char, char) != becomes:
                found[char].add(before + after)
    return found


def main() -> None:
    """Write the tables and say how much they hold."""
    alone = characters()
    (DATA / "fold.txt").write_text("".join(alone) + "\n" + "".join(alone.values()) + "\n", encoding="utf-8")
    print(f"fold.txt: {len(alone)} characters")
    decided = places(alone, words())
    rows = (f"{char}\t{' '.join(sorted(pairs))}\n" for char, pairs in sorted(decided.items()))
    (DATA / "words.txt").write_text("".join(rows), encoding="utf-8")
    print(f"words.txt: {len(decided)} characters")


if __name__ == "__main__":
    main()
