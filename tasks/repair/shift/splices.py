"""Where splices stand on a page, and what they name: looked up once a place, however many hypotheses come by."""

from __future__ import annotations

import re

from tasks.repair.readings import characters
from tasks.repair.shift.candidates import SPLICE, SWALLOWED

Splice = tuple[
    int, str, bool
]  # where it ends, the characters that are read so, whether the page's table has the reading


class Splices:
    """The splices of `text`; `written` are the readings of its table.

    >>> Splices("數(shù)", frozenset()).at(1)[0], Splices("數(shù)", frozenset()).at(0)
    (6, None)
    >>> Splices("當?shù)貎", frozenset()).left_at(1)[0]
    6
    """

    def __init__(self, text: str, written: frozenset[str]) -> None:
        self._text = text
        self._written = written
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

    def _named(self, found: re.Match[str] | None) -> Splice | None:
        return (found.end(), characters(found[1]), found[1] in self._written) if found else None
