"""Write tasks/script/data/seams.txt: where OpenCC's s2t takes a character into a word that belongs to the next one.

    python tools/make_seams.py DICT

OpenCC takes the longest word it knows from the left: 百年历史 becomes 百年曆史 for the sake of 年历, and 指明了 becomes
指明瞭 for the sake of 明了. Of three characters that two words overlap in, one reading is likelier by the counts of the
words: 年|历史 than 年历|史. DICT is dict.txt of jieba 0.42.1 (MIT License), which has them; OpenCC's words (Apache-2.0)
are read with the program that ships with it. A row is a word of OpenCC of two characters, what must stand before it for
its first one to go with that, and what must stand behind it for its second one to, separated by tabs.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import opencc

TARGET = Path(__file__).parent.parent / "tasks" / "script" / "data" / "seams.txt"
CLIB = Path(opencc.__file__).with_name("clib")
SOURCES = ("STPhrases", "STPhrases_GeneratedFromRegionalPhrases")
# The other reading must be so many times as likely, by the product of its parts' shares of all words. By eye, of those
# between 1 and 3 every second one is as well as the other; on the left, where a lone character is left over, more are.
LIKELIER, LIKELIER_BEFORE = 3, 10
# How often the likelier reading is to be expected in the 60 million words that the counts are of; the rest is rare.
EXPECTED = 0.5
# A word with fewer counts is no word to build on.
LEAST = 20
# What is left alone at the end becomes what it becomes by itself: of these only that is what it mostly is.
ALONE_BEHIND = frozenset("了里后才并几发云占回须核冲")
# 只 is an adverb behind these alone; behind other words it counts: 许多只鸟.
ONLY_BEHIND = "是有"
# Words as good as the likelier reading.
WORDS = frozenset(("不明了",))
# What is left alone at the beginning, and is this or that by what comes before.
UNSURE_BEFORE = frozenset("干钟")


def phrases() -> set[str]:
    """The words of OpenCC from simplified to traditional characters."""
    found: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "words.txt"
        for name in SOURCES:
            source = CLIB / "share" / "opencc" / f"{name}.ocd2"
            tool = str(CLIB / "bin" / "opencc_dict")
            subprocess.run((tool, "-i", str(source), "-o", str(text), "-f", "ocd2", "-t", "text"), check=True)
            found |= {row.split("\t")[0] for row in text.read_text(encoding="utf-8").splitlines()}
    return found


def counts(path: Path) -> dict[str, float]:
    """Words and how often they occur, of jieba's list."""
    rows = (row.split(" ") for row in path.read_text(encoding="utf-8").splitlines())
    return {word: float(number) + 1 for word, number, _ in rows}


class Seams:
    """Pairs of characters that OpenCC takes for a word, with what must stand before and behind for them to be none."""

    def __init__(self, count: dict[str, float], known: set[str]) -> None:
        self.count, self.total, self.known = count, sum(count.values()), known
        self.convert = opencc.OpenCC("s2t").convert
        self.starting: dict[str, list[str]] = defaultdict(list)
        self.ending: dict[str, list[str]] = defaultdict(list)
        for word, number in count.items():
            if len(word) == 2 and number >= LEAST:
                self.starting[word[0]].append(word)
                self.ending[word[1]].append(word)

    def rows(self) -> dict[str, tuple[str, str]]:
        """By pair: what stands before it, and what behind it."""
        found = {}
        for pair in sorted(word for word in self.known if len(word) == 2):
            made = self.convert(pair)
            if made != "".join(map(self.convert, pair)):
                before = "".join(sorted(word[0] for word in self.ending[pair[0]] if self.goes_before(word, pair, made)))
                behind = "".join(
                    sorted(word[1] for word in self.starting[pair[1]] if self.goes_behind(pair, word, made))
                )
                if before or behind:
                    found[pair] = before, behind
        return found

    def goes_behind(self, pair: str, word: str, made: str) -> bool:
        """Whether the second character of `pair`, which becomes `made`, belongs to `word`, and is another there."""
        first, rest = pair[0], word[1]
        alone = self.convert(first)
        if alone + self.convert(word)[0] == made or (alone != made[0] and first in UNSURE_BEFORE):
            return False
        return self.likelier(pair + rest, (first, word), (pair, rest), LIKELIER)

    def goes_before(self, word: str, pair: str, made: str) -> bool:
        """Whether the first character of `pair` belongs to `word`, and one of the two is another then."""
        last = pair[1]
        alone = self.convert(last)
        if self.convert(word)[1] + alone == made:
            return False
        if alone != made[1] and not (last in ALONE_BEHIND or (last == "只" and pair[0] in ONLY_BEHIND)):
            return False
        return self.likelier(word[0] + pair, (word, last), (word[0], pair), LIKELIER_BEFORE)

    def likelier(self, text: str, one: tuple[str, str], other: tuple[str, str], times: float) -> bool:
        """Whether `text`, no word as a whole, is so much likelier `one` than the `other`."""
        if text in self.known or text in self.count or text in WORDS:
            return False
        here, there = (self.count.get(a, 1) * self.count.get(b, 1) for a, b in (one, other))
        return here > times * there and here / self.total >= EXPECTED


def main() -> None:
    """Write the table and say what it holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dictionary", type=Path, help="dict.txt of jieba 0.42.1")
    found = Seams(counts(parser.parse_args().dictionary), phrases()).rows()
    TARGET.write_text("".join(f"{pair}\t{b}\t{a}\n" for pair, (b, a) in found.items()), encoding="utf-8")
    print(f"{TARGET.name}: {len(found)} pairs, {sum(len(a) + len(b) for a, b in found.values())} places")


if __name__ == "__main__":
    main()
