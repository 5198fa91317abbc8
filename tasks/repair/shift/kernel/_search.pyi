from collections.abc import Callable
from typing import TypeAlias

from tasks.repair.shift.costs import Hyp

COSTS: tuple[str, ...]
GLANCES: tuple[str, ...]

_Found: TypeAlias = tuple[int, str, bool] | None

class Tables:
    def __new__(
        cls,
        costs: tuple[int, ...],
        kinds: tuple[str, ...],
        shares: tuple[float, float, float],
        index: object,
        model: tuple[object, ...],
        pairs: tuple[object, ...],
        forms: tuple[object, object],
        marks: tuple[object, object],
    ) -> Tables: ...
    def seen(self, text: str, /) -> str | None: ...

class Page:
    def __new__(
        cls,
        *,
        tables: Tables,
        text: str,
        seen: str,
        singles: str,
        pairs: str,
        foreign: str,
        present: str,
        spliced: str,
        splice_at: Callable[[int], _Found],
        swallowed_at: Callable[[int], _Found],
        keeps_private: bool,
    ) -> Page: ...
    def shifted(self, pos: int, count: int, /) -> tuple[int, int, int]: ...
    def as_it_is(self, start: int, end: int, most: int, first: tuple[str, str, str], /) -> tuple[list[Hyp], int]: ...
    def learn(self, symbols: str, /) -> None: ...
    def run(
        self,
        *,
        start: int,
        clue: int,
        stop: int,
        hidden: bool,
        damaged: bool,
        hit: str,
        open: str,
        first: tuple[str, str, str],
    ) -> tuple[int, list[Hyp], int]: ...

class Glance:
    def __new__(cls, tables: Tables, flags: object, numbers: tuple[int, ...]) -> Glance: ...
    def places(self, text: str, /) -> list[int]: ...
