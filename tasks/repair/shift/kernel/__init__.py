"""The compiled search: `module.c` and its headers say what search.py, moves.py and reading.py say, and find the same.

It is there where the package was installed with a C compiler at hand (`hatch_build.py`), and not needed where it was
not; tests hold the two to the same hypotheses. Costs, tables and the model stand in Python and are handed over.
"""

from __future__ import annotations

from array import array
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from tasks.repair.lm import UNIT, UNKNOWN, model, symbols
from tasks.repair.shift import costs
from tasks.repair.shift.candidates import RAREST, other_forms
from tasks.repair.shift.pairs import GBK, MARKS, characters, dropped, pairs, wide

if TYPE_CHECKING:
    from tasks.repair.shift.kernel._search import Tables

try:
    from tasks.repair.shift.kernel import _search as compiled
except ImportError:
    compiled = None  # type: ignore[assignment]

__all__ = ["compiled", "tables"]

_EVERY = range(0x10000)
_KINDS = (
    costs.AS_SEEN,
    costs.SPLICED,
    costs.SHIFTED,
    costs.NAMED,
    costs.LOST_HALF,
    costs.LOST_LEAD,
    costs.LOST_TRAIL,
    costs.LOST_BOTH,
    costs.DELETED,
    costs.DOUBLED,
    costs.ADDED,
    costs.SPLICE_OF,
)
_MARK, _WIDE_MARK, _CLOSE_MARK, _OPENS, _CLOSES, _PLAIN_MARK, _STOPPED, _DROPPED = (1 << bit for bit in range(8))


@cache
def tables(codec: str = GBK) -> Tables:
    """What the compiled search knows of the model, of a codec and of costs; made once, in some 30 ms."""
    lm = model()
    elsewhere = {"RAREST": RAREST, "UNKNOWN_COST": UNKNOWN}
    index = array("i", [-1]) * len(_EVERY)
    for symbol, at in lm.index.items():
        index[ord(symbol)] = at
    return compiled.Tables(
        tuple(elsewhere.get(name) or getattr(costs, name) for name in compiled.COSTS),
        _KINDS,
        (UNIT, costs.ON_PAGE, costs.ON_PAGE3),
        index,
        (
            lm.costs1,
            lm.backoffs1,
            lm.starts1,
            lm.after1,
            lm.costs2,
            lm.backoffs2,
            lm.starts2,
            lm.after2,
            lm.costs3,
        ),
        (_units("".join(char or "\0" for char in characters(codec))), *_bytes(codec), _units(_seen()), _kinds(codec)),
        _forms(codec),
        (
            _units("".join(f"{mark}{costs.PARTNERS[mark]}" for mark in sorted(costs.OPENING))),
            array("H", [wide(codec)[mark] for mark in "!?;:"]),
        ),
    )


def _units(text: str) -> bytes:
    """UTF-16 units as the machine has them."""
    return text.encode("utf-16", "surrogatepass")[2:]  # without the byte order mark


@cache
def _seen() -> str:
    """What the model sees of each character of the basic plane."""
    return symbols("".join(map(chr, _EVERY)))


def _bytes(codec: str) -> tuple[array[int], array[int]]:
    """The pair of each character, 0 for none; and the same with what stands for a full-width form."""
    found = []
    for table in (pairs(codec), wide(codec)):
        found.append(array("H", bytes(2 * len(_EVERY))))
        for char, pair in table.items():
            found[-1][ord(char)] = pair
    return found[0], found[1]


def _kinds(codec: str) -> bytes:
    kinds = bytearray(len(_EVERY))
    for chars, bit in (
        (MARKS, _MARK),
        (costs.WIDE_MARKS, _WIDE_MARK),
        (costs.CLOSE_MARKS, _CLOSE_MARK),
        (costs.OPENING, _OPENS),
        (costs.PARTNERS.keys() - costs.OPENING, _CLOSES),
        (costs.PLAIN_MARKS, _PLAIN_MARK),
        (costs.STOPPED, _STOPPED),
        ((characters(codec)[pair] for pair in dropped(codec)), _DROPPED),
    ):
        for char in chars:
            kinds[ord(char)] |= bit
    return bytes(kinds)


def _forms(codec: str) -> tuple[bytes, array[int]]:
    """The characters that the model sees as each symbol, but for itself, and where each symbol's begin."""
    sizes = array("I", bytes(4 * len(_EVERY) + 4))
    for symbol, others in other_forms(codec).items():
        sizes[ord(symbol) + 1] = len(others)
    return _units("".join(others for _, others in sorted(other_forms(codec).items()))), array("I", accumulate(sizes))
