"""Sets, forms and weights of characters, for whole pages: compiled where the package was installed with a C compiler.

`re` looks for a class of hanzi at 3 to 5 ns a character, `str.translate` looks one up at 28 for a list and 80 for a
dict, and a page is gone through a dozen times; `_chars.c` does either at 1. Without it the same comes out, by `re` and
numpy. What sets are made of is read off their expressions (`classes`). Tables that take longer to make are made when
enough text has been seen to pay for them: `qingwen fix` on a small file does without.
"""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import repeat
from operator import add

from tasks.chars.classes import members, plane

try:
    from tasks.chars import _chars as compiled

    compiled.Pairs.find  # noqa: B018 (what was compiled from an older source has none, and is as good as nothing)
except (ImportError, AttributeError):
    compiled = None  # type: ignore[assignment]

__all__ = ["CharMap", "CharPairs", "CharRows", "CharSet", "CharWeights", "TextPairs", "compiled", "members"]

# A table of weights, or for numpy, takes 1 to 10 ms to make; Python goes through so many characters in less.
_PAYS = 10_000
# To try an expression at a place takes Python as long as `re` needs for so many characters; some are tried anyhow.
_DENSE, _SOME = 8, 100
# From this length on numpy's 3 µs a call are less than it saves; of longer texts than that its 12 bytes a character are
# too many.
_SHORT, _LONG = 96, 2**20


class CharSet:
    """The characters that `pattern` matches, a class of one character. Of those beyond the basic plane none, or all of
    one stretch, from `first` to `last`, and it is for the caller to say so.

    >>> marks = CharSet("[，。]")
    >>> marks.find("春，夏，。"), marks.find("春，夏，。", 2), marks.find("春，夏，。", 0, 2), marks.count("春，夏，。")
    (1, 3, 3, 3)
    """

    def __init__(self, pattern: str, first: int = 1, last: int = 0) -> None:
        self._pattern, self._beyond = pattern, (first, last)
        self._expressions: dict[tuple[int, int], re.Pattern[str]] = {}
        self._made: compiled.Set | None = None

    def find(self, text: str, start: int = 0, count: int = 1, gap: int = 0) -> int:
        """Where the first `count` characters of the set stand, from `start` on, with at most `gap` others between each
        two; -1 if nowhere."""
        made = self._made or self._make()
        if made:
            return made.find(text, start, count, gap)
        if (count, gap) not in self._expressions:
            next_one = f"(?:.{{0,{gap}}}?{self._pattern})" if gap else self._pattern
            more = f"{next_one}{{{count - 1}}}" if count > 1 else ""
            self._expressions[count, gap] = re.compile(self._pattern + more, re.DOTALL)
        found = self._expressions[count, gap].search(text, start)
        return found.start() if found else -1

    def count(self, text: str) -> int:
        """How many characters of `text` are of the set."""
        made = self._made or self._make()
        return made.count(text) if made else len(re.findall(self._pattern, text))

    def matches(self, expression: re.Pattern[str], text: str, count: int = 1) -> Iterator[re.Match[str]]:
        """What `expression.finditer` finds, of an expression all of whose matches begin with `count` of the set: tried
        where those stand, as long as they are few.

        >>> [match[0] for match in CharSet("[，。]").matches(re.compile("，."), "春，夏，，。")]
        ['，夏', '，，']
        """
        made = self._made or self._make()
        at, tried = made.find(text, 0, count) if made else 0, 0
        while made and at >= 0 and tried * _DENSE <= at + _SOME:
            match = expression.match(text, at)
            if match:
                yield match
            tried += 1
            at = made.find(text, max(match.end(), at + 1) if match else at + 1, count)
        if at >= 0:
            yield from expression.finditer(text, at)

    def _make(self) -> compiled.Set | None:
        if compiled:
            self._made = compiled.Set(members(self._pattern), *self._beyond)
        return self._made


class CharMap:
    """What characters become, one for one, by code point as for `str.translate`. Those beyond the basic plane that
    become another lie between `first` and `last`.

    >>> CharMap({ord("（"): "(", ord("）"): ")"}).of("春（夏）")
    '春(夏)'
    """

    def __init__(self, forms: Mapping[int, str], first: int = 1, last: int = 0) -> None:
        self._forms, self._beyond = forms, (first, last)
        self._made: Callable[[str], str | None] | None = None
        self._seen = 0

    def of(self, text: str) -> str:
        """What `text` becomes."""
        made = self._made or self._make(text)
        found = made(text) if made else None
        if found is not None:
            return found
        first, last = self._beyond
        beyond = first <= last and re.search(f"[{chr(first)}-{chr(last)}]", text)
        return text.translate(self._forms if beyond else self._table)

    @cached_property
    def _table(self) -> list[int]:
        """What each character of the basic plane becomes: `str.translate` reads a list twice as fast as a dict that
        most characters are not in, for each of those raises an error within."""
        table = list(range(0x10000))
        for code, form in self._forms.items():
            if code < len(table):
                table[code] = ord(form)
        return table

    def _make(self, text: str) -> Callable[[str], str | None] | None:
        self._seen += len(text)
        if compiled:
            forms = list(plane())
            for code, form in self._forms.items():
                if code < len(forms):
                    forms[code] = form
            self._made = compiled.Forms("".join(forms), *self._beyond).of
        elif self._seen > _PAYS:
            self._made = _by_array(self._table)
        return self._made


def _by_array(table: Sequence[int]) -> Callable[[str], str | None]:
    """What the table for C does, by numpy, at 3 ns a character; None of texts that are short, long, or go beyond it."""
    import numpy

    array = numpy.array(table, "<u4")

    def become(text: str) -> str | None:
        if not _SHORT <= len(text) <= _LONG:
            return None
        codes = numpy.frombuffer(codecs.utf_32_le_encode(text, "surrogatepass")[0], "<u4")
        try:
            found = array.take(codes)
        except IndexError:
            return None
        return codecs.utf_32_le_decode(found.data, "surrogatepass")[0]

    return become


class CharWeights:
    """What characters weigh, whole numbers up to 65,535: `weights` of any character, and `plane` of all of the basic
    plane at once.

    >>> weights = CharWeights({"春": 2, "夏": 3}, lambda: [0] * 0x10000)
    >>> weights.of("春夏夏")
    8
    """

    def __init__(self, weights: Mapping[str, int], plane: Callable[[], list[int]]) -> None:
        self._weights, self._plane = weights, plane
        self._made: compiled.Weights | None = None
        self._seen = 0

    def of(self, text: str) -> int:
        """What all characters of `text` weigh together."""
        made = self._made or self._make(text)
        found = made.of(text) if made else None
        return sum(map(self._weights.__getitem__, text)) if found is None else found

    def _make(self, text: str) -> compiled.Weights | None:
        self._seen += len(text)
        if compiled and self._seen > _PAYS:
            self._made = compiled.Weights(array("H", self._plane()))
        return self._made


class CharRows:
    """Rows of characters that `pattern` matches, a class of one, as in `CharSet`, by what they weigh, as in
    `CharWeights`.

    >>> rows = CharRows("[春夏]", {"春": 9, "夏": 12, "，": 1}, lambda: [0] * 0x10000)
    >>> rows.find("春，夏，，春夏", 0, 2, 1, 5, 3), rows.find("春，夏，，春夏", 0, 2, 1, 5, 4)
    ((0, 3), (5, 7))
    """

    def __init__(
        self, pattern: str, weights: Mapping[str, int], plane: Callable[[], list[int]], first: int = 1, last: int = 0
    ) -> None:
        self._pattern, self._beyond = pattern, (first, last)
        self._weights, self._plane = weights, plane
        self._set = CharSet(pattern, first, last)
        self._made: compiled.Rows | None = None
        self._seen = 0

    def find(self, text: str, start: int, count: int, gap: int, each: int, over: int) -> tuple[int, int] | None:
        """Where the first row from `start` on begins and ends: at least `count` of the set, at most `gap` others
        between each two, which weigh with the character behind them `each` for each of these, and `over` besides. What
        goes beyond the basic plane is heavy enough."""
        made = self._made or self._make(text)
        if made:
            return made.find(text, start, count, gap, each, over)
        chain = re.compile(f"{self._pattern}(?:.{{0,{gap}}}{self._pattern})*", re.DOTALL)
        while (first := self._set.find(text, start, count, gap)) >= 0 and (match := chain.match(text, first)):
            start = match.end()
            row = text[first : start + 1]
            if max(row) > "\uffff" or sum(map(self._weights.__getitem__, row)) >= over + each * (start - first + 1):
                return first, start
        return None

    def _make(self, text: str) -> compiled.Rows | None:
        self._seen += len(text)
        if compiled and self._seen > _PAYS:
            self._made = compiled.Rows(members(self._pattern), *self._beyond, array("H", self._plane()))
        return self._made


class TextPairs:
    """The pairs of characters that stand side by side in texts.

    >>> pairs = TextPairs(["渡口的船", "靠岸"])
    >>> pairs.count(["渡口", "口的", "船靠", "靠岸", "靠岸"])
    4
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._made: compiled.Pairs | None = None
        if compiled:
            # Every other pair from the first character on, and from the second on.
            halves = [half for text in texts for half in (text[: len(text) & ~1], text[1 : len(text) - 1 | 1])]
            with suppress(ValueError):  # more than it takes, or some beyond the plane
                self._made = compiled.Pairs("".join(halves), "")
        self._pairs: set[int] = set()
        for text in () if self._made else texts:
            self._pairs.update(_numbers(text, 0), _numbers(text, 1))

    def count(self, pairs: Sequence[str]) -> int:
        """How many of `pairs`, of the basic plane each, stand in the texts."""
        if self._made:
            return sum(map(self._made.count, pairs, repeat(1)))
        return sum(map(self._pairs.__contains__, _numbers("".join(pairs), 0)))


def _numbers(text: str, start: int) -> array[int]:
    """Every other pair of neighbours as a number, in UTF-16: sets of these are made faster than of strings."""
    units = text.encode("utf-16-le", "surrogatepass")[2 * start :]
    return array("I", units[: len(units) // 4 * 4])


class CharPairs:
    """Strings of one or two characters of the basic plane, to be counted, or found, where they stand in a text.

    >>> signs = CharPairs({"本站", "网友", "©"})
    >>> signs.count("网友在本站说 © 2020", 9), signs.count("网友在本站说 © 2020", 2), signs.count("本日站上", 9)
    (3, 2, 0)
    >>> signs.find("网友在本站说 © 2020", 0), signs.find("网友在本站说 © 2020", 4), signs.find("本日站上", 0)
    (0, 7, -1)
    """

    def __init__(self, signs: Collection[str]) -> None:
        self._signs = frozenset(signs)
        pairs, alone = (sorted(one for one in self._signs if len(one) == length) for length in (2, 1))
        if len(pairs) + len(alone) < len(self._signs):
            raise ValueError("one or two characters are looked for")
        self._made = compiled.Pairs("".join(pairs), "".join(alone)) if compiled else None

    def count(self, text: str, most: int) -> int:
        """In how many places of `text` any of them begins, `most` at most; a place where two do counts as two."""
        if self._made:
            return self._made.count(text, most)
        found = sum(map(self._signs.__contains__, map(add, text, text[1:])))
        return min(most, found + sum(map(self._signs.__contains__, text)))

    def find(self, text: str, start: int) -> int:
        """The first place from `start` on where any of them begins; -1 if there is none."""
        if self._made:
            return self._made.find(text, start)
        places = range(start, len(text))
        return next((at for at in places if text[at] in self._signs or text[at : at + 2] in self._signs), -1)
