"""Write tasks/repair/data/frequent.txt: the most frequent hanzi of the language model, in simplified form.

    python tools/make_frequent.py

Source: the costs of single characters in tasks/repair/lm/model.bin (see NOTICE for what that is made from). One line,
commonest first.
"""

from __future__ import annotations

from pathlib import Path

from tasks.repair.lm import model

COUNT = 1500  # 93 % of the hanzi of encyclopedia prose
TARGET = Path(__file__).parent.parent / "tasks" / "repair" / "data" / "frequent.txt"


def main() -> None:
    """Write the table and say how many characters it holds."""
    known = model()
    hanzi = sorted((chr(code) for code in range(0x4E00, 0xA000)), key=lambda char: (known.lone(char), char))
    TARGET.write_text("".join(hanzi[:COUNT]) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {COUNT} hanzi")


if __name__ == "__main__":
    main()
