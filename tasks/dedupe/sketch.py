"""What is kept of a text to find its duplicates: a digest of its folded form, and a MinHash of its runs of letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from tasks.script.fold import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

#: Numbers in a signature. The share of equal ones estimates the Jaccard similarity of two texts' runs of letters, with
#: a standard error of 0.035 at 0.8.
SLOTS = 128
#: Bytes of a digest: 128 bits, of which two texts in 10 billion agree by chance with probability 1.5e-19.
DIGEST_BYTES = 16
#: Texts of fewer letters have no near duplicates, only exact ones: two notices of a line are alike by chance.
LEAST_LETTERS = 50
#: To be raised when sketches are made in another way.
SKETCH_VERSION = 1

# Letters in a run. Of four, different articles share one run in 300 at most, damaged and repaired copies of one article
# four in five at least (evals/duplicates.py); runs of two are shared by anything that is written on one subject.
_RUN = 4
# Chosen once, so that signatures of all runs can be compared.
_SEED = 20_240_229
_NOT_LETTERS = re.compile(r"[\W_]+")
_SPACE = re.compile(r"\s+")
# Odd constants of the usual 64-bit mixers (splitmix64); any would do, as long as it stays.
_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of some texts: digests, numbers of letters, and a row of `SLOTS` numbers of 32 bits each."""

    digests: tuple[bytes, ...]
    letters: tuple[int, ...]
    signatures: Array


def sketch(texts: Sequence[str]) -> Sketches:
    """Sketch texts. Each text's sketch depends on that text alone.

    >>> found = sketch(["老船工把缆绳系在石桩上，等客人上岸。", "老船工把纜繩系在石樁上,\\n等客人上岸。"])
    >>> found.digests[0] == found.digests[1], found.letters[0]
    (True, 16)
    """
    import numpy
    from rensa import RMinHash

    folded = [fold(text) for text in texts]
    letters = [_NOT_LETTERS.sub("", text.lower()) for text in folded]
    runs = [_runs(text) for text in letters]
    ends = numpy.cumsum([len(part) for part in runs], dtype=numpy.uint64)
    offsets = numpy.concatenate((numpy.zeros(1, dtype=numpy.uint64), ends))
    tokens = numpy.concatenate(runs) if runs else numpy.zeros(0, dtype=numpy.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(tokens, offsets, num_perm=SLOTS, seed=_SEED)
    signatures = numpy.array(matrix.to_rows(), dtype=numpy.uint32).reshape(len(texts), SLOTS)
    return Sketches(tuple(map(_digest, folded)), tuple(map(len, letters)), signatures)


def _digest(folded: str) -> bytes:
    """Of the folded text without white space: where paragraphs were cut makes no difference."""
    bare = _SPACE.sub("", folded)
    return blake2b(bare.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).digest()


def _runs(letters: str) -> Array:
    """Every run of `_RUN` letters as a number of 64 bits; of a shorter text, the text as one run."""
    import numpy

    codes = numpy.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(numpy.uint64)
    width = min(_RUN, len(codes))
    count = len(codes) - width + 1 if width else 0
    mixed = numpy.zeros(count, dtype=numpy.uint64)
    for at in range(width):
        mixed = (mixed ^ codes[at : at + count]) * numpy.uint64(_MIX[0])
        mixed ^= mixed >> numpy.uint64(32)
    for factor in _MIX[1:]:
        mixed = (mixed ^ (mixed >> numpy.uint64(29))) * numpy.uint64(factor)
    return numpy.unique(mixed)


def sketcher_version() -> str:
    """What a sketch depends on besides the text: our own way, and the algorithm of rensa's signatures."""
    from rensa import RMinHash

    return f"{SKETCH_VERSION}.{RMinHash.ALGORITHM_VERSION}"
