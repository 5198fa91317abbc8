"""Which document stands for which: locality-sensitive hashing finds pairs, signatures judge them, stars part them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: Documents whose signatures agree in all rows of a band are compared. With 21 bands of 6 of the 128 numbers, a pair of
#: similarity 0.8 is compared with probability 0.998, one of 0.7 with 0.93, of 0.3 with 0.015.
BANDS, ROWS = 21, 6

# Documents of one band's bucket are compared with so many others at most, the least damaged first; what many different
# documents have in common there is a template.
_CENTRES = 8
# So many signatures are compared at once: 32 MB.
_AT_ONCE = 65_536
_MIX = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents by number, in any fixed order. All arrays have an entry a document.

    `rank` is the place in the order in which a representative is chosen, 0 the first choice; `same` the number of the
    first choice among those of the same folded text; `near` whether the text is long enough for near duplicates;
    `signatures` a row of numbers each, which may lie on a disk.
    """

    rank: Array
    same: Array
    near: Array
    signatures: Array


@dataclass(frozen=True, slots=True)
class Clusters:
    """For each document its representative (itself if none), and the similarity of the two."""

    representative: Array
    similarity: Array


def ranks(unrepaired: Array, edits: Array, chars: Array, ids: tuple[Array, Array]) -> Array:
    """The order in which representatives are chosen: the fewest places left damaged, then the fewest edits, then the
    longest text, then the lowest id (given as upper and lower half)."""
    import numpy

    order = numpy.lexsort((ids[1], ids[0], -chars.astype(numpy.int64), edits, unrepaired))
    rank = numpy.empty(len(order), dtype=numpy.int64)
    rank[order] = numpy.arange(len(order))
    return rank


def firsts(digests: tuple[Array, Array], rank: Array) -> Array:
    """For each document, the one of lowest rank among those with the same digest (given as two halves)."""
    import numpy

    order = numpy.lexsort((rank, digests[1], digests[0]))
    upper, lower = digests[0][order], digests[1][order]
    new = numpy.ones(len(order), dtype=bool)
    new[1:] = (upper[1:] != upper[:-1]) | (lower[1:] != lower[:-1])
    same = numpy.empty(len(order), dtype=numpy.int64)
    same[order] = order[new][numpy.cumsum(new) - 1] if len(order) else order
    return same


def band_keys(signatures: Array) -> Array:
    """Of a block of signatures, a number of 64 bits for each band: a row a band."""
    import numpy

    keys = numpy.zeros((BANDS, len(signatures)), dtype=numpy.uint64)
    for band in range(BANDS):
        for row in range(band * ROWS, (band + 1) * ROWS):
            keys[band] = (keys[band] ^ signatures[:, row]) * numpy.uint64(_MIX)
            keys[band] ^= keys[band] >> numpy.uint64(31)
    return keys


def cluster(documents: Documents, bands: Iterable[Array], least: float) -> Clusters:
    """Find clusters. `bands` gives the keys of each band for all documents; `least` is the least similarity of a pair.

    Every document of a cluster is at least so similar to its representative, not only to some other member. The result
    depends on the documents alone, not on their order.
    """
    import numpy

    own = documents.same == numpy.arange(len(documents.same))
    members = numpy.flatnonzero(own & documents.near)
    members = members[numpy.argsort(documents.rank[members])]
    parent = numpy.arange(len(own))
    for keys in bands:
        for bucket in _buckets(keys[members], members):
            for one, other in _alike(documents.signatures, bucket, least):
                _join(parent, one, other)
    return _stars(documents, members, parent, least)


def _buckets(keys: Array, members: Array) -> Iterator[Array]:
    """The members with the same key, if there are two and more, in the order of `members`."""
    import numpy

    order = numpy.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    starts = numpy.flatnonzero(numpy.append(True, sorted_keys[1:] != sorted_keys[:-1])) if len(keys) else order
    sizes = numpy.diff(numpy.append(starts, len(keys)))
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        yield members[order[start : start + size]]


def _alike(signatures: Array, bucket: Array, least: float) -> Iterator[tuple[int, int]]:
    """Pairs of a bucket that are similar enough: everyone with the first centre that it is similar to."""
    for _ in range(_CENTRES):
        if len(bucket) < 2:
            return
        centre, others = int(bucket[0]), bucket[1:]
        alike = similarities(signatures, centre, others) >= least
        for other in others[alike].tolist():
            yield centre, other
        bucket = others[~alike]


def similarities(signatures: Array, one: int, others: Array) -> Array:
    """The similarity of one document with each of the others: the share of numbers that are equal."""
    import numpy

    parts = [
        (signatures[others[start : start + _AT_ONCE]] == signatures[one]).mean(axis=1)
        for start in range(0, len(others), _AT_ONCE)
    ]
    return numpy.concatenate(parts) if parts else numpy.zeros(0)


def _root(parent: Array, one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = int(parent[one])
    return one


def _join(parent: Array, one: int, other: int) -> None:
    first, second = _root(parent, one), _root(parent, other)
    parent[max(first, second)] = min(first, second)


def _stars(documents: Documents, members: Array, parent: Array, least: float) -> Clusters:
    """Give a connected group to its first choice, what is not similar enough to that to the next choice, and so on."""
    import numpy

    representative = numpy.arange(len(parent))
    similarity = numpy.ones(len(parent), dtype=numpy.float32)
    roots = numpy.array([_root(parent, one) for one in members.tolist()], dtype=numpy.int64)
    for group in _buckets(roots, members):
        while len(group) > 1:
            centre, others = int(group[0]), group[1:]
            found = similarities(documents.signatures, centre, others)
            alike = found >= least
            representative[others[alike]] = centre
            similarity[others[alike]] = found[alike]
            group = others[~alike]
    return Clusters(representative[documents.same], similarity[documents.same])
