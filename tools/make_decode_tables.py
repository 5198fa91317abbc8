"""Write tasks/decode/data/characters.txt: how often each character stands in Chinese text, for judging decodings.

    python tools/make_decode_tables.py TEXT.xz …

TEXT: clean Chinese prose, UTF-8, xz, in any script; what it says does not matter, only how often it uses each
character. Each text is counted twice, in simplified and in traditional characters (OpenCC), and a character keeps the
higher of its two shares: a page is in one of the two scripts, and both must look equally at home. A line of the output
is a cost in tenths of a nat (-10 ln of the share) and the characters that have it. Counts are facts; no text is kept.
"""

from __future__ import annotations

import lzma
import math
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from opencc import OpenCC

TARGET = Path(__file__).parent.parent / "tasks" / "decode" / "data" / "characters.txt"
# Seen less often than this, a character is as good as unseen: tasks/decode/score.py has a cost for those.
MINIMUM = 3
STEP = 5


def _counts(char: str) -> bool:
    """Hanzi, and the marks between them; letters of other scripts have a cost by block."""
    return "\u4e00" <= char <= "\u9fff" or (char > "\x7f" and unicodedata.category(char)[0] in "PSN")


def main() -> None:
    """Write the table and say how many characters it holds."""
    texts = [lzma.decompress(Path(path).read_bytes()).decode("utf-8") for path in sys.argv[1:]]
    costs: dict[str, int] = {}
    for script in ("t2s", "s2twp", "s2hk"):
        convert = OpenCC(script).convert
        counts = Counter(char for text in texts for line in text.split("\n") for char in convert(line))
        total = counts.total()
        for char, count in counts.items():
            if count >= MINIMUM and _counts(char):
                cost = round(-10 * math.log(count / total) / STEP) * STEP
                costs[char] = min(cost, costs.get(char, cost))
    bands: defaultdict[int, list[str]] = defaultdict(list)
    for char, cost in costs.items():
        bands[cost].append(char)
    TARGET.parent.mkdir(exist_ok=True)
    lines = [f"{cost}\t{''.join(sorted(chars))}\n" for cost, chars in sorted(bands.items())]
    TARGET.write_text("".join(lines), encoding="utf-8")
    print(f"{TARGET.name}: {len(costs)} characters in {len(bands)} bands")


if __name__ == "__main__":
    main()
