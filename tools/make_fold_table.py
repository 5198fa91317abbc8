"""Write tasks/script/data/fold.txt: every traditional character that OpenCC's t2s turns into one simplified character.

    python tools/make_fold_table.py

Source: the dictionaries that ship with OpenCC (Apache-2.0), read through its own converter, one code point at a time
over the CJK blocks. Two lines: the traditional characters, and the simplified ones in the same order.
"""

from __future__ import annotations

from pathlib import Path

from opencc import OpenCC

BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
TARGET = Path(__file__).parent.parent / "tasks" / "script" / "data" / "fold.txt"


def main() -> None:
    """Write the table and say how many pairs it holds."""
    convert = OpenCC("t2s").convert
    characters = [chr(code) for first, last in BLOCKS for code in range(first, last)]
    pairs = [(c, s) for c in characters if (s := convert(c)) != c and len(s) == 1]
    TARGET.write_text("".join(t for t, _ in pairs) + "\n" + "".join(s for _, s in pairs) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(pairs)} characters")


if __name__ == "__main__":
    main()
