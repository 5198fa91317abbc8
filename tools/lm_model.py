"""From counts to the model: smoothed, pruned, and packed into the file that tasks/repair/lm reads."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from tasks.repair.lm import MAGIC, UNIT, symbols
from tools.lm_counts import Counts

# Sizes after pruning: half as many again bring back no more spans, a quarter as many 2.5 in a hundred fewer.
KEPT_BIGRAMS = 1_200_000
KEPT_TRIGRAMS = 3_000_000
# Absolute discounts, for bigrams and trigrams (held-out perplexity is flat between 0.5 and 0.8).
DISCOUNTS = (0.8, 0.92)
# What lies in words alone, and so never before or after anything, weighs so much where a shorter context is asked.
UNCONNECTED = 0.3
# The share of the unigram mass for characters of GBK that no source holds.
UNSEEN = 2e-5


def continued(counts: list[Counts]) -> list[Counts]:
    """Counts for the shorter contexts after Kneser and Ney: not how often an n-gram stands, but after how much.

    An n-gram weighs what is discounted of the longer ones that end in it; what no longer one holds weighs little.
    """
    found = [counts[2]]
    for order, discount in ((1, DISCOUNTS[1]), (0, DISCOUNTS[0])):
        keys, weight = counts[order]
        longer, more = counts[order + 1]
        at = np.searchsorted(keys, longer & ((1 << 16 * (order + 1)) - 1))
        within = np.bincount(at, more, len(keys))
        taken = np.bincount(at, np.minimum(more, discount), len(keys))
        found.insert(0, (keys, taken + UNCONNECTED * np.maximum(weight - within, 0)))
    return found


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


def pack(tables: list[Counts], words: dict[str, float]) -> bytes:
    """The file: magic, sizes, then the trigrams and the words, each deflated. tasks/repair/lm tells the layout."""
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
    grams = zlib.compress(b"".join(sections), 9)
    ordered = sorted(words)
    spelt = cost(np.array([words[word] for word in ordered])) + "\n".join(ordered).encode()
    sizes = struct.pack("<5I", *(len(table[0]) for table in tables), len(ordered), len(grams))
    return MAGIC + sizes + grams + zlib.compress(spelt, 9)
