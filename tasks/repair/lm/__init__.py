"""A character trigram model of Chinese: how surprising is a character after the two before it?

The file `model.bin` is made by tools/build_lm.py: a magic number, five sizes, the trigrams and the words, both deflated
(`words` reads the latter). For each of the `n1` symbols, in code point order: the symbol (UTF-16), its cost, its
back-off cost, how many bigrams it begins. For each of the `n2` bigrams, by first symbol, likeliest first: the second
symbol, cost, back-off cost, how many trigrams it begins. For each of the `n3` trigrams, by bigram and likeliest first:
the third symbol and the cost. A cost is minus a natural logarithm of a probability in steps of `UNIT`.
Successors stay strings, so that `str.find` looks them up at C speed, and nothing is unpacked into Python objects.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import accumulate
from pathlib import Path

from tasks.script.fold import simplified

MAGIC = b"QWLM2\n"
SIZES = struct.Struct("<5I")  # symbols, bigrams, trigrams, words, and bytes of the trigrams
UNIT = 1 / 16  # nats a step: 255 steps reach 16 nats, a chance of one in nine million
BOUNDARY = "\n"  # stands at both ends of a line
_PIECE = 2**16  # bytes of the file that are inflated at a time
UNKNOWN = 240  # the cost of a character that no source holds: 15 nats, as for the rarest hanzi

# One symbol for marks that say the same, in the widths and quotation styles of all sites.
_SAME = dict(zip("「」『』﹁﹂〝〞＂˙•・‧‥〜～﹏｡", '“”‘’“”“”"····…~~~。', strict=True))


@cache
def _symbol_table() -> dict[int, str]:
    widths = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    same = {ord(mark): one for mark, one in _SAME.items()} | {0x3000: " ", 0xA0: " "}
    narrow = {code: one for code, one in simplified().items() if one < "\U00010000"}  # a symbol is one UTF-16 unit
    table = narrow | widths | same
    for first, last, symbol in (("0", "9", "0"), ("A", "Z", "a"), ("a", "z", "a")):
        for code in range(ord(first), ord(last) + 1):
            table[code] = table[code + 0xFEE0] = symbol
    return table


def symbols(text: str) -> str:
    """`text` as the model sees it, one symbol a character: simplified, half-width, digits and letters one class each.

    >>> symbols("臺灣Ａ股，１９９５年「開」")
    '台湾a股,0000年“开”'
    """
    return text.translate(_symbol_table())


@dataclass(frozen=True, slots=True)
class Model:
    """The tables of the file, as strings of symbols and bytes of costs, side by side."""

    index: dict[str, int]
    costs1: bytes
    backoffs1: bytes
    starts1: array[int]
    after1: str
    costs2: bytes
    backoffs2: bytes
    starts2: array[int]
    after2: str
    costs3: bytes

    def cost(self, first: str, second: str, third: str) -> int:
        """Minus log P(third | first second), in steps of `UNIT` nats; all three are symbols.

        >>> model().cost("中", "华", "人") < model().cost("中", "华", "貎")
        True
        """
        at = self.index.get(second, -1)
        if at < 0:
            return self.lone(third)
        starts = self.starts1
        before = self.index.get(first, -1)
        charge = 0
        if before >= 0:
            pair = self.after1.find(second, starts[before], starts[before + 1])
            if pair >= 0:
                found = self.after2.find(third, self.starts2[pair], self.starts2[pair + 1])
                if found >= 0:
                    return self.costs3[found]
                charge = self.backoffs2[pair]
        found = self.after1.find(third, starts[at], starts[at + 1])
        if found >= 0:
            return charge + self.costs2[found]
        return charge + self.backoffs1[at] + self.lone(third)

    def costs(self, first: str, second: str, candidates: Sequence[tuple[int, str, int, str]]) -> list[int]:
        """`cost` of many third symbols at once: of each candidate's second field, whose first is its cost alone.

        >>> model().costs("中", "华", [(model().lone("人"), "人", 0, "")]) == [model().cost("中", "华", "人")]
        True
        """
        at, before = self.index.get(second, -1), self.index.get(first, -1)
        if at < 0:
            return [candidate[0] for candidate in candidates]
        find1, low1, high1 = self.after1.find, self.starts1[at], self.starts1[at + 1]
        pair = find1(second, self.starts1[before], self.starts1[before + 1]) if before >= 0 else -1
        low2, high2 = (self.starts2[pair], self.starts2[pair + 1]) if pair >= 0 else (0, 0)
        charge = self.backoffs2[pair] if pair >= 0 else 0
        find2, costs2, costs3, left = self.after2.find, self.costs2, self.costs3, charge + self.backoffs1[at]
        found: list[int] = []
        for lone, symbol, _, _ in candidates:
            if low2 != high2 and (place := find2(symbol, low2, high2)) >= 0:
                found.append(costs3[place])
            elif (place := find1(symbol, low1, high1)) >= 0:
                found.append(charge + costs2[place])
            else:
                found.append(left + lone)
        return found

    def successors(self, first: str, second: str, count: int) -> str:
        """The likeliest symbols after two others: those seen after both, and the first `count` seen after the second.

        >>> "民" in model().successors("中", "人", 40)
        True
        """
        at, before = self.index.get(second, -1), self.index.get(first, -1)
        if at < 0:
            return ""
        seen = self.after1[self.starts1[at] : min(self.starts1[at] + count, self.starts1[at + 1])]
        pair = self.after1.find(second, self.starts1[before], self.starts1[before + 1]) if before >= 0 else -1
        if pair >= 0:
            seen += self.after2[self.starts2[pair] : min(self.starts2[pair] + count, self.starts2[pair + 1])]
        return seen

    def lone(self, symbol: str) -> int:
        """Minus log P(symbol) with nothing known before it, in steps of `UNIT` nats."""
        at = self.index.get(symbol, -1)
        return UNKNOWN if at < 0 else self.costs1[at]


def opened(path: Path | None = None) -> tuple[tuple[int, ...], BytesIO]:
    """The sizes that the file says, and the file, which stands at its deflated trigrams; its words follow these.

    Raises OSError if the package lacks its file, ValueError if the file is not of this version.
    """
    source = path or Path(__file__).with_name("model.bin")
    file = BytesIO(source.read_bytes())
    if file.read(len(MAGIC)) != MAGIC:
        raise ValueError(f"{source} is not a language model of this version")
    return SIZES.unpack(file.read(SIZES.size)), file


class _Inflated:
    """The deflated part of a file where it stands, inflated as it is taken, so that it does not lie in memory twice."""

    def __init__(self, file: BytesIO) -> None:
        self._file = file
        self._stream = zlib.decompressobj()

    def take(self, count: int) -> bytes:
        """The next `count` bytes. Raises ValueError if there are fewer."""
        found = bytearray()
        while len(found) < count:
            piece = self._stream.unconsumed_tail or self._file.read(_PIECE)
            more = self._stream.decompress(piece, count - len(found))
            if not piece and not more:
                raise ValueError("the language model ends too early")
            found += more
        return bytes(found)

    def text(self, count: int) -> str:
        """The next `count` symbols."""
        return self.take(2 * count).decode("utf-16-le")

    def starts(self, count: int) -> array[int]:
        """Where the successors of each of the next `count` n-grams start, and where the last ones end."""
        return array("I", accumulate(array("H", self.take(2 * count)), initial=0))


@cache
def model(path: Path | None = None) -> Model:
    """The model, read once, when first asked for. Raises as `opened` does."""
    (n1, n2, n3, _, _), file = opened(path)
    rest = _Inflated(file)
    return Model(
        index={symbol: i for i, symbol in enumerate(rest.text(n1))},
        costs1=rest.take(n1),
        backoffs1=rest.take(n1),
        starts1=rest.starts(n1),
        after1=rest.text(n2),
        costs2=rest.take(n2),
        backoffs2=rest.take(n2),
        starts2=rest.starts(n2),
        after2=rest.text(n3),
        costs3=rest.take(n3),
    )
