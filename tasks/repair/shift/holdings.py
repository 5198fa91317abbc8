"""What a page holds: its characters, by themselves and side by side, and what was read on it and applied."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from operator import add

from tasks.records import Edit
from tasks.repair.lm import symbols
from tasks.repair.shift.candidates import SPLICE
from tasks.repair.shift.costs import PAGE_MEMORY, PLAIN_MARKS, TWOFOLD
from tasks.repair.shift.script import foreign_to

_PRIVATE = re.compile("[\ue000-\ue765]")


class Holdings:
    """The characters of a page, counted when they are first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def keeps_private(self) -> bool:
        """Whether the page still has characters of the user areas."""
        return _PRIVATE.search(self.text) is not None

    @cached_property
    def present(self) -> frozenset[str]:
        """The characters of the page, and the marks that any page may hold."""
        return frozenset(self.text[:PAGE_MEMORY]) | PLAIN_MARKS | TWOFOLD

    @cached_property
    def page(self) -> Counter[str]:
        """How often each two symbols stand side by side on the page."""
        page = symbols(SPLICE.sub("", self.text[:PAGE_MEMORY]))
        return Counter(map(add, page, page[1:]))

    @cached_property
    def triples(self) -> Counter[str]:
        """How often each three symbols stand side by side on the page."""
        page = symbols(SPLICE.sub("", self.text[:PAGE_MEMORY]))
        return Counter(map(add, map(add, page, page[1:]), page[2:]))

    @cached_property
    def singles(self) -> Counter[str]:
        """How often each symbol stands on the page."""
        return Counter(symbols(self.text[:PAGE_MEMORY]))

    def learn(self, edits: Iterable[Edit]) -> None:
        """Remember what was read and applied as if the page held it."""
        for text in (symbols(edit.after) for edit in edits if edit.applied):
            self.singles.update(text)
            self.page.update(map(add, text, text[1:]))
            self.triples.update(map(add, map(add, text, text[1:]), text[2:]))

    @cached_property
    def foreign(self) -> frozenset[str]:
        """The characters that the page's script does not use."""
        return foreign_to(self.text)
