"""The clues of a page that shows no damage that may be worth a search: on a healthy page hardly any.

What clues.py and glance.py say of them, for which the compiled search passes over the commonest, where it is there.
"""

from __future__ import annotations

from array import array
from functools import cache
from typing import TYPE_CHECKING

from tasks.repair.lm import model
from tasks.repair.shift import glance
from tasks.repair.shift.clues import (
    CLOSES,
    CLOSING,
    COMMAS,
    ENDS,
    EXCLAIMS,
    LETTERS_OF_SPLICES,
    SPOTS,
    Clue,
    clue_at,
    clues,
    is_likely,
)
from tasks.repair.shift.kernel import compiled, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.repair.shift.kernel._search import Glance


def likely_clues(text: str) -> list[Clue]:
    """The clues of `text` for which `is_likely` holds, in order.

    >>> likely_clues("他叫王琰，是教师！"), [clue.at for clue in likely_clues("當?shù)貎?yōu)質產品")]
    ([], [1, 7])
    """
    # Where nothing has asked for the language model yet, as in `qingwen fix`, the glance does not make it be read.
    found: Iterable[Clue | None]
    if compiled and model.cache_info().currsize:
        found = (clue_at(text, at) for at in _glance().places(text))
    else:
        found = clues(text)
    return [clue for clue in found if clue and is_likely(text, clue)]


@cache
def _glance() -> Glance:
    """What the compiled glance knows of characters, and the numbers of glance.py."""
    return compiled.Glance(tables(), _flags(), tuple(getattr(glance, name) for name in compiled.GLANCES))


def _flags() -> array[int]:
    """The sets that each character of the basic plane is in, a bit each, in the order of glance.h."""
    flags = array("H", bytes(2 * 0x10000))
    sets: tuple[Iterable[str], ...] = (
        *(glance.common(), SPOTS, COMMAS, glance.STOPS, CLOSING, glance.MARKS_BEFORE, glance.AFTER_A1),
        *(glance.frequent(), LETTERS_OF_SPLICES, ENDS, "(（", CLOSES, EXCLAIMS),
    )
    for number, chars in enumerate(sets):
        for char in chars:
            if char < "\U00010000":
                flags[ord(char)] |= 1 << number
    return flags
