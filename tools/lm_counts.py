"""The counts that the language model is made of: characters in running text, in words and over the seams of words."""

from __future__ import annotations

import argparse
import gzip
import lzma
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from evals.corpus import newspaper
from tasks.repair.lm import BOUNDARY, symbols
from tasks.repair.lm.words import LONGEST_WORD

# How much each source weighs, in characters of running text that it is made to stand for (tuned on held-out lines of
# each register: see the ADR).  Running text counts as itself.
BIGRAM_WORDS = 10e6
ARPA_WORDS = 10e6
FREQUENCY_WORDS = 2e6
DICTIONARY_WORDS = 2e6
# Word counts are raised to this power, so that rare words (香蒲) are not lost beside frequent ones.
FLATNESS = 0.7
# As many words as keep the file under 4 MB, with the n-grams of tools/lm_model.py.
KEPT_WORDS = 100_000

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


def arpa_lines(path: Path) -> Iterator[tuple[int, float, list[str]]]:
    """(order, probability, words) of every n-gram of an ARPA file."""
    order = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("\\"):
                order = int(line[1]) if line[1].isdigit() else 0
            elif order and len(fields := line.rstrip("\n").split("\t")) > 1:
                yield order, 10 ** float(fields[0]), fields[1].split(" ")


def add_arpa(tally: Tally, path: Path, frequent: dict[str, float]) -> None:
    """Expected character counts under an ARPA file's word trigrams: inside words, and over the seams of words.

    Its single words are smoothed for backing off to, so how often a word comes first is taken from `frequent`.
    """
    alone: dict[str, float] = {}
    joint: dict[tuple[str, str], float] = {}
    seams, weights, threes, chances = [], [], [], []
    for order, chance, words in arpa_lines(path):
        if order == 1:
            alone[words[0]] = chance
            continue
        first, second = (BOUNDARY if word in ("<s>", "</s>") else word for word in words[:2])
        if not all(word == BOUNDARY or usable(word) for word in (first, second)):
            continue
        if order == 2:
            joint[words[0], words[1]] = weight = (frequent.get(words[0]) or alone.get(words[0], 0.0)) * chance
            seams.append((first[-2:], second[:2]))
            weights.append(weight)
        elif len(second) == 1 and usable(second) and usable(words[2]):  # three words in three characters
            threes.append(first[-1] + second + words[2][0])
            chances.append(joint.get((words[0], words[1]), 0.0) * chance)
    known = [(word, chance) for word, chance in alone.items() if usable(word)]
    add_words(tally, [word for word, _ in known], np.array([chance for _, chance in known]) * ARPA_WORDS)
    add_seams(tally, seams, np.array(weights) * ARPA_WORDS)
    tally.parts[2].append(merge([(packed(threes, 3), np.array(chances) * ARPA_WORDS)]))


def packed(texts: list[str], length: int) -> np.ndarray:
    """The keys of n-grams of one length."""
    codes = np.frombuffer(symbols("".join(texts)).encode("utf-16-le"), "<u2").astype(np.int64).reshape(-1, length)
    keys = codes[:, 0]
    for column in range(1, length):
        keys = (keys << 16) | codes[:, column]
    return keys


def add_seams(tally: Tally, seams: list[tuple[str, str]], weights: np.ndarray) -> None:
    """Count the bi- and trigrams that lie over the seam of two words; what lies inside either is counted already."""
    for order, cuts in ((1, ((1, 1),)), (2, ((2, 1), (1, 2)))):
        for left, right in cuts:
            chosen = [i for i, (a, b) in enumerate(seams) if len(a) >= left and len(b) >= right]
            keys = packed([seams[i][0][-left:] + seams[i][1][:right] for i in chosen], order + 1)
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


def dictionary(path: Path) -> Iterator[tuple[str, float]]:
    """(word, count) of jieba's list; no word without a count."""
    for line in path.read_text(encoding="utf-8").splitlines():
        word, number, _ = line.split(" ")
        yield word, float(number) + 1


def count(args: argparse.Namespace) -> list[Counts]:
    tally = Tally()
    lines = [line for n, line in enumerate(read_lines(args.text)) if not held_out(n, args.hold_out)]
    lines += [line + "\n" for line in newspaper(args.newspaper)[1]]
    for at in range(0, len(lines), 2000):
        tally.add(BOUNDARY + re.sub(r"\s*\n\s*", BOUNDARY, "".join(lines[at : at + 2000])))
    open_gram(tally, args.bigrams, args.lexicon)
    add_arpa(tally, args.arpa, dict(frequencies(args.frequencies)))
    for source, size in (
        (frequencies(args.frequencies), FREQUENCY_WORDS),
        (dictionary(args.dictionary), DICTIONARY_WORDS),
    ):
        words = [(word, weight) for word, weight in source if usable(word)]
        weights = np.array([weight for _, weight in words]) ** FLATNESS
        add_words(tally, [word for word, _ in words], weights / weights.sum() * size)
    return tally.totals()


def vocabulary(args: argparse.Namespace) -> dict[str, float]:
    """The likeliest words of up to `LONGEST_WORD` symbols, as the mean of what three sources say of them."""
    sources: list[Iterable[tuple[str, float]]] = [
        ((words[0], chance) for order, chance, words in arpa_lines(args.arpa) if order == 1),
        frequencies(args.frequencies),
        dictionary(args.dictionary),
    ]
    mean: Counter[str] = Counter()
    for source in sources:
        known: Counter[str] = Counter()
        for word, weight in source:
            if all("\u4e00" <= char <= "\u9fff" for char in word):
                known[symbols(word)] += weight  # type: ignore[assignment]  # weights of a counter may be floats
        total = sum(known.values())
        for word, weight in known.items():
            mean[word] += weight / total / len(sources)  # type: ignore[assignment]
    short = {word: chance for word, chance in mean.items() if len(word) <= LONGEST_WORD}
    return dict(sorted(short.items(), key=lambda item: (-item[1], item[0]))[:KEPT_WORDS])
