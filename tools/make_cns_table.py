"""Write tasks/decode/data/cns.txt: planes 1 to 4 of CNS 11643, the character set of EUC-TW and ISO-2022-CN.

    python tools/make_cns_table.py

Python has no codec for either. The mapping is read off the EUC-TW converter of glibc's iconv, code by code. A line a
plane, 94 × 94 characters in the order of their codes; a code that stands for nothing is a space.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

TARGET = Path(__file__).parent.parent / "tasks" / "decode" / "data" / "cns.txt"
CODES = [bytes((row, cell)) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF)]


def plane(number: int) -> str:
    """The characters of a plane, in the order of their codes."""
    codes = b"\n".join(b"\x8e" + bytes([0xA0 + number]) + code for code in CODES)
    command = ["iconv", "-c", "-f", "EUC-TW", "-t", "UTF-8"]
    done = subprocess.run(command, input=codes, capture_output=True, check=False)
    lines = done.stdout.decode("utf-8").split("\n")
    if len(lines) != len(CODES):
        raise SystemExit(f"iconv gave {len(lines)} lines for {len(CODES)} codes")
    return "".join(line if len(line) == 1 else " " for line in lines)


def main() -> None:
    """Write the table and say how many characters it holds."""
    planes = [plane(number) for number in (1, 2, 3, 4)]
    TARGET.write_text("\n".join(planes) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {sum(len(p) - p.count(' ') for p in planes)} characters")


if __name__ == "__main__":
    main()
