"""Where splices stand on a page, and what they name: looked up once a place, however many hypotheses come by."""

from __future__ import annotations

import re
from functools import lru_cache

from tasks.repair.readings import characters
from tasks.repair.shift.candidates import SPLICE, SWALLOWED
from tasks.script.fold import simplified

FURTHEST_BACK = 120  # characters: as many as seven characters with the longest splices after them
_LAST = re.compile(SPLICE.pattern + r"\Z")

# Where it ends, the characters that are read so, and whether the page's table has the reading.
Splice = tuple[int, str, bool]


class Splices:
    """The splices of `text`; `written` are the readings of its table. Where the page is all `traditional`, none of them
    names the simplified form of another that is read so: tīng is 聽, not 听.

    >>> Splices("數(shù)", frozenset()).at(1)[0], Splices("數(shù)", frozenset()).at(0)
    (6, None)
    >>> Splices("當?shù)貎", frozenset()).left_at(1)[0]
    6
    """

    def __init__(self, text: str, written: frozenset[str], traditional: bool = False) -> None:
        self._text = text
        self._written = written
        self._characters = _not_simplified if traditional else characters
        self._whole: dict[int, Splice | None] = {}
        self._left: dict[int, Splice | None] = {}

    def at(self, pos: int) -> Splice | None:
        """The splice at `pos`, which is one of the text's places."""
        if self._text[pos] not in "(（":
            return None
        if pos not in self._whole:
            self._whole[pos] = self._named(SPLICE.match(self._text, pos))
        return self._whole[pos]

    def left_at(self, pos: int) -> Splice | None:
        """What a half character at `pos` left of a splice."""
        if pos not in self._left:
            self._left[pos] = self._named(SWALLOWED.match(self._text, pos))
        return self._left[pos]

    def back(self, pos: int, count: int) -> int:
        """`count` characters before `pos` in its line; a splice does not count, and is not cut in two."""
        text, least = self._text, max(0, pos - FURTHEST_BACK)
        while count and pos > least and text[pos - 1] != "\n":
            if text[pos - 1] in ")）" and (found := _LAST.search(text, max(0, pos - 18), pos)):
                pos = found.start()
                continue
            pos -= 1
            count -= 1
        return pos

    def _named(self, found: re.Match[str] | None) -> Splice | None:
        return (found.end(), self._characters(found[1]), found[1] in self._written) if found else None


@lru_cache(maxsize=4096)
def _not_simplified(syllable: str) -> str:
    """The characters that are read so, but for those that are the simplified form of another."""
    chars = characters(syllable)
    forms = {form for char in chars if (form := simplified().get(ord(char), char)) != char}
    return "".join([char for char in chars if char not in forms])
