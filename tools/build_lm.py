"""Build tasks/repair/lm/model.bin, the character trigrams of the byte-shift repair, and common.txt beside it.

    python tools/build_lm.py OUT --text FILE.txt[.xz] ... --bigrams lm_sc.t3g --words pydict_sc.bin
                             --frequencies large_zh.msgpack.gz --dictionary dict.txt [--hold-out 20]

Inputs and their terms (NOTICE repeats them): running text in UTF-8 lines (work reports, statutes, Wikipedia
paragraphs: CC BY-SA 4.0); the word bigrams of open-gram as Debian's package sunpinyin-data ships them (CC BY-SA 3.0);
word frequencies of the package wordfreq (data CC BY-SA 4.0); jieba's dict.txt (MIT).  The model holds probabilities of
characters only.  docs/adr/0005-language-model.md tells what was tried.
"""

from __future__ import annotations

import argparse
import gzip
import lzma
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tasks.repair.lm import BOUNDARY, MAGIC, UNIT, symbols
from tasks.repair.shift.pairs import is_private, pairs

# How much each source weighs, in characters of running text that it is made to stand for (tuned on held-out lines of
# each register: see the ADR).  Running text counts as itself.
BIGRAM_WORDS = 10e6
FREQUENCY_WORDS = 2e6
DICTIONARY_WORDS = 2e6
# Word counts are raised to this power, so that rare words (香蒲) are not lost beside frequent ones.
FLATNESS = 0.7
# Sizes after pruning: as many as keep the file under 4 MB.
KEPT_BIGRAMS = 650_000
KEPT_TRIGRAMS = 800_000
# Absolute discounts, for bigrams and trigrams (held-out perplexity is flat between 0.5 and 0.8).
DISCOUNTS = (0.8, 0.92)
# The share of the unigram mass for characters of GBK that no source holds.
UNSEEN = 2e-5
# A character that makes up less than one in so many is rare: a clue to shifted text (11.5 nats).
RARE = 100_000

Counts = tuple[np.ndarray, np.ndarray]


def read_lines(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        opened = lzma.open if path.suffix == ".xz" else open
        with opened(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield re.sub(r"[\U00010000-\U0010FFFF]", "\N{REPLACEMENT CHARACTER}", line)


def held_out(number: int, every: int) -> bool:
    """Whether line `number` belongs to the held-out blocks of 50 lines."""
    return bool(every) and number // 50 % every == every - 1


def merge(parts: list[Counts]) -> Counts:
    keys, where = np.unique(np.concatenate([k for k, _ in parts]), return_inverse=True)
    return keys, np.bincount(where, np.concatenate([w for _, w in parts]), len(keys))


class Tally:
    """Weighted counts of character uni-, bi- and trigrams, keyed by 16-bit code points packed into 64-bit integers."""

    def __init__(self) -> None:
        self.parts: tuple[list[Counts], ...] = ([], [], [])

    def add(self, text: str, weight: np.ndarray | float = 1.0, inside: np.ndarray | None = None) -> None:
        """Count `text`, where boundaries stand between pieces; `weight` is per character or one for all."""
        codes = np.frombuffer(symbols(text).encode("utf-16-le"), "<u2").astype(np.int64)
        weights = np.full(len(codes), weight) if isinstance(weight, float) else weight
        keys = codes
        for order in range(3):
            if order:
                keys = (keys[:-1] << 16) | codes[order:]
                weights = weights[1:]
            mask = np.ones(len(keys), bool) if inside is None else self._within(inside, order)
            self.parts[order].append(merge([(keys[mask], weights[mask])]))

    @staticmethod
    def _within(inside: np.ndarray, order: int) -> np.ndarray:
        mask = inside[order:].copy()
        for back in range(1, order + 1):
            mask &= inside[order - back : len(inside) - back]
        return mask

    def totals(self) -> list[Counts]:
        return [merge(parts) for parts in self.parts]


def add_words(tally: Tally, words: list[str], weights: np.ndarray) -> None:
    """Count what stands inside each word, each word apart from the next."""
    text = "\x00".join(words)
    lengths = np.array([len(word) + 1 for word in words])
    codes = np.frombuffer(text.encode("utf-16-le"), "<u2")
    tally.add(text, np.repeat(weights, lengths)[: len(codes)], codes != 0)


def is_word(text: str) -> bool:
    return "\u4e00" <= text[0] <= "\u9fff"


def usable(word: str) -> bool:
    return bool(word) and all("\u3000" <= c <= "\u9fff" or c in "，。！？：；“”‘’（）…—·" for c in word)


def open_gram(tally: Tally, bigrams: Path, lexicon: Path) -> None:
    """Expected character counts under open-gram's word bigrams: inside words, and over the seam of two words."""
    data = bigrams.read_bytes()
    _, _, roots, ones, twos, _ = struct.unpack("<6I", data[:24])
    chances = np.frombuffer(data, "<f4", 1 << 16, 24)
    start = 24 + 4 * (1 << 16) + 4 * (1 << 14) + 12 * roots
    nodes = np.frombuffer(data, "<u4", 3 * (ones + twos), start).reshape(-1, 3)
    ids, chance = nodes[:, 0] & 0x3FFFF, chances[nodes[:, 1] & 0xFFFF].astype(float)
    child = (nodes[:ones, 1] >> 16).astype(np.int64) | ((nodes[:ones, 2] >> 25).astype(np.int64) << 16)
    names = lexicon.read_bytes()
    words = names[struct.unpack("<3I", names[:12])[2] :].decode("utf-32-le", "replace").split("\x00")
    named = [words[i] if i < len(words) and usable(words[i]) else "" for i in ids.tolist()]
    first = [(named[i], chance[i]) for i in range(ones - 1) if named[i]]
    add_words(tally, [w for w, _ in first], np.array([p for _, p in first]) * BIGRAM_WORDS)
    seams, weights = [], []
    for i in range(ones - 1):
        left = named[i]
        if not left:
            continue
        for j in range(ones + child[i], ones + child[i + 1]):
            if named[j] and (is_word(left) or is_word(named[j])):  # forums write 。。 and ，， all the time
                seams.append((left[-2:], named[j][:2]))
                weights.append(chance[i] * chance[j])
    add_seams(tally, seams, np.array(weights) * BIGRAM_WORDS)


def add_seams(tally: Tally, seams: list[tuple[str, str]], weights: np.ndarray) -> None:
    """Count the bi- and trigrams that lie over the seam of two words; what lies inside either is counted already."""
    for order, cuts in ((1, ((1, 1),)), (2, ((2, 1), (1, 2)))):
        for left, right in cuts:
            chosen = [i for i, (a, b) in enumerate(seams) if len(a) >= left and len(b) >= right]
            text = "".join(seams[i][0][-left:] + seams[i][1][:right] for i in chosen)
            codes = np.frombuffer(symbols(text).encode("utf-16-le"), "<u2").astype(np.int64).reshape(-1, order + 1)
            keys = codes[:, 0]
            for column in range(1, order + 1):
                keys = (keys << 16) | codes[:, column]
            tally.parts[order].append(merge([(keys, weights[chosen])]))


def frequencies(path: Path) -> Iterator[tuple[str, float]]:
    """(word, relative frequency) of a wordfreq list: msgpack of buckets, bucket i for frequency 10 ** (-i / 100)."""
    data = gzip.decompress(path.read_bytes())
    at, bucket = 3, -2
    while at < len(data):
        byte = data[at]
        at += 1
        if byte >> 4 == 8:  # the header, a map
            at = data.index(b"\x01", at) + 1
            bucket = -1  # the next array is bucket 0
        elif byte >> 4 == 9 or byte in (0xDC, 0xDD):
            width = {0xDC: 2, 0xDD: 4}.get(byte, 0)
            at += width
            bucket += 1
        else:
            length, skip = (byte & 31, 0) if byte >> 5 == 5 else (data[at], 1)
            yield data[at + skip : at + skip + length].decode(), 10 ** (-bucket / 100)
            at += skip + length


def count(args: argparse.Namespace) -> list[Counts]:
    tally = Tally()
    lines = [line for n, line in enumerate(read_lines(args.text)) if not held_out(n, args.hold_out)]
    for at in range(0, len(lines), 2000):
        tally.add(BOUNDARY + re.sub(r"\s*\n\s*", BOUNDARY, "".join(lines[at : at + 2000])))
    if args.bigrams:
        open_gram(tally, args.bigrams, args.words)
    lists: list[tuple[list[tuple[str, float]], float]] = []
    if args.frequencies:
        lists.append(([(w, f) for w, f in frequencies(args.frequencies) if usable(w)], FREQUENCY_WORDS))
    if args.dictionary:
        rows = (line.split(" ") for line in args.dictionary.read_text(encoding="utf-8").splitlines())
        lists.append(([(row[0], float(row[1]) + 1) for row in rows if usable(row[0])], DICTIONARY_WORDS))
    for words, size in lists:
        weights = np.array([f for _, f in words]) ** FLATNESS
        add_words(tally, [w for w, _ in words], weights / weights.sum() * size)
    return tally.totals()


def interpolated(counts: list[Counts]) -> tuple[list[Counts], list[np.ndarray]]:
    """Probabilities by absolute discounting, interpolated; and what backing off would give each bigram and trigram."""
    keys, weight = counts[0]
    every = np.unique(np.concatenate([keys, unseen_hanzi()]))
    unigram = np.full(len(every), UNSEEN / len(every))
    unigram[np.searchsorted(every, keys)] += weight / weight.sum() * (1 - UNSEEN)
    tables: list[Counts] = [(every, unigram)]
    below: list[np.ndarray] = []
    for order, discount in ((1, DISCOUNTS[0]), (2, DISCOUNTS[1])):
        keys, weight = counts[order]
        _, where = np.unique(keys >> 16, return_inverse=True)
        total = np.bincount(where, weight)
        taken = np.bincount(where, np.minimum(weight, discount))
        shorter_keys, shorter = tables[order - 1]
        lower = shorter[np.searchsorted(shorter_keys, keys & ((1 << 16 * order) - 1))]
        backed = (taken / total)[where] * lower
        tables.append((keys, np.maximum(weight - discount, 0) / total[where] + backed))
        below.append(backed)
    return tables, below


def unseen_hanzi() -> np.ndarray:
    hanzi = "".join(chr(c) for c in range(0x4E00, 0x9FA6))
    return np.unique(np.frombuffer(symbols(hanzi).encode("utf-16-le"), "<u2").astype(np.int64))


def prune(counts: list[Counts], tables: list[Counts], below: list[np.ndarray]) -> list[Counts]:
    """Keep the n-grams whose loss would cost the most: their count times the log of what they gain over backing off."""
    kept: list[Counts] = [tables[0]]
    gains = [counts[o][1] * np.log(np.maximum(tables[o][1], 1e-12) / below[o - 1]) for o in (1, 2)]
    best = np.sort(np.argsort(-gains[1])[:KEPT_TRIGRAMS])
    trigrams = (tables[2][0][best], tables[2][1][best])
    keys = tables[1][0]
    gain = gains[0].copy()
    gain[np.searchsorted(keys, np.unique(trigrams[0] >> 16))] = np.inf
    best = np.sort(np.argsort(-gain)[: max(KEPT_BIGRAMS, int(np.isinf(gain).sum()))])
    kept += [(keys[best], tables[1][1][best]), trigrams]
    return kept


def backoffs(shorter: Counts, longer: Counts, lower: np.ndarray) -> np.ndarray:
    """The weight of each context's lower-order probabilities, so that the kept n-grams and the rest add up to one.

    `lower` is what the model without `longer` gives each of its n-grams.
    """
    where = np.searchsorted(shorter[0], longer[0] >> 16)
    explicit = np.bincount(where, longer[1], len(shorter[0]))
    covered = np.bincount(where, lower, len(shorter[0]))
    return np.clip(1 - explicit, 1e-4, 1) / np.clip(1 - covered, 1e-4, 1)


def look_up(table: Counts, keys: np.ndarray) -> np.ndarray:
    at = np.minimum(np.searchsorted(table[0], keys), len(table[0]) - 1)
    return np.where(table[0][at] == keys, table[1][at], 0.0)


def cost(chance: np.ndarray) -> bytes:
    """Minus log probability in steps of UNIT nats, a byte each."""
    steps = np.clip(np.round(-np.log(np.maximum(chance, 1e-12)) / UNIT), 0, 255)
    return bytes(steps.astype(np.uint8))


def signed(weight: np.ndarray) -> bytes:
    """A back-off weight as a cost, 0 for a weight of 1 or more."""
    return cost(np.minimum(weight, 1.0))


def pack(tables: list[Counts]) -> bytes:
    """The file: magic, sizes, then the sections, deflated. tasks/repair/lm/__init__.py tells the layout."""
    unigrams, bigrams, trigrams = tables
    one = backoffs(unigrams, bigrams, look_up(unigrams, bigrams[0] & 0xFFFF))
    seen = look_up(bigrams, trigrams[0] & 0xFFFFFFFF)
    left_over = one[np.searchsorted(unigrams[0], trigrams[0] >> 16 & 0xFFFF)] * look_up(unigrams, trigrams[0] & 0xFFFF)
    two = backoffs(bigrams, trigrams, np.where(seen > 0, seen, left_over))
    # Successors are stored likeliest first.
    order = np.lexsort((-bigrams[1], bigrams[0] >> 16))
    rank = np.argsort(order)
    parents = rank[np.searchsorted(bigrams[0], trigrams[0] >> 16)]
    after = np.lexsort((-trigrams[1], parents))
    per_one = np.bincount(np.searchsorted(unigrams[0], bigrams[0] >> 16), minlength=len(unigrams[0]))
    per_two = np.bincount(parents, minlength=len(bigrams[0]))
    sections = [
        unigrams[0].astype("<u2").tobytes(),
        cost(unigrams[1]),
        signed(one),
        per_one.astype("<u2").tobytes(),
        (bigrams[0] & 0xFFFF).astype("<u2")[order].tobytes(),
        cost(bigrams[1][order]),
        signed(two[order]),
        per_two.astype("<u2").tobytes(),
        (trigrams[0] & 0xFFFF).astype("<u2")[after].tobytes(),
        cost(trigrams[1][after]),
    ]
    sizes = struct.pack("<3I", len(unigrams[0]), len(bigrams[0]), len(trigrams[0]))
    return MAGIC + sizes + zlib.compress(b"".join(sections), 9)


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
    for name in ("bigrams", "words", "frequencies", "dictionary"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--hold-out", type=int, default=0, help="leave out every n-th block of 50 lines")
    args = parser.parse_args()
    counts = count(args)
    tables, below = interpolated(counts)
    kept = prune(counts, tables, below)
    data = pack(kept)
    args.out.write_bytes(data)
    args.out.with_name("common.txt").write_text(common_characters(tables[0]), encoding="utf-8")
    print(*(len(table[0]) for table in kept), len(data))


if __name__ == "__main__":
    main()
