"""A page while its frame is being found: which rows are gone, by which rule, and where its prose begins and ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from tasks.series import series
from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Claim, Row, Sheet, ends_sentence
from tasks.strip.signs import is_caption, numbered, opens, sign, site_speech

# Furniture that stands below the article and above its title: short rows beyond it are not the article's.
BELOW = frozenset({"share", "tools", "pager", "login", "related", "footer", "disclaimer", "navigation"})
ABOVE = frozenset({"breadcrumb", "navigation", "login"})
BARS = frozenset({"share", "tools", "login", "font_size", "pager"})
FRAME = BELOW | ABOVE | {"metadata", "font_size"}

# A page whose prose is no more rows, and worth no more than this, may hold its article in other rows: so many at least.
LITTLE_PROSE_ROWS, LITTLE_PROSE = 4, 3.0
BODY_ROWS = 5
# A page is furnished if so many rows outside its text may begin the site's part, and none is furniture for sure.
LONE_SIGNS = 5
# Rows above the text that share so many of their pairs with it, and are no shorter than this, are its own.
LIKE_TEXT, LIKE_CHARS = 0.5, 5
# What a row of prose is worth, by its length, and what a row that is gone speaks against the text around it.
WORTH_CHARS, WORTH_PER_CHARS = 150, 15
WORTH_GONE = {"metadata": 1.0, "caption": 0.0, "markup": 0.0, "spam": 0.0, "places": 0.0}
WORTH_TAKEN, WORTH_SIGN, WORTH_SHORT, WORTH_BARE, WORTH_SPEECH = 2.0, 1.5, 0.1, 0.7, 5.0


@dataclass(slots=True)
class Around:
    """The page's rows; `kinds` has the kinds of those that are gone, by number; `first` and `last` are the first and
    last rows of standing prose, len(rows) and -1 without; `title` is the title's number, -1 without."""

    rows: Sequence[Row]
    kinds: dict[int, str]
    first: int
    last: int
    title: int
    claims: list[Claim] = field(default_factory=list)
    _likeness: Likeness | None = None
    _parts: dict[int, int] | None = None
    _opening: list[int] | None = None

    @classmethod
    def of(cls, rows: Sequence[Row], kinds: dict[int, str], title: Row | None) -> Around:
        """The page of `rows` less those that `kinds` has."""
        prose = [number for number, row in enumerate(rows) if row.prose and number not in kinds]
        at = next((number for number, row in enumerate(rows) if row is title), -1)
        page = cls(rows, kinds, prose[0] if prose else len(rows), prose[-1] if prose else -1, at)
        start = page._bare_start() if len(prose) <= LITTLE_PROSE_ROWS else None
        worth = sum(map(page.worth, prose)) if start is not None else 0.0
        if start is not None and worth <= LITTLE_PROSE:
            first, last, total = page.bare_body(start)
            total -= sum(page.worth(n) for n in prose if n <= last)
            if total > worth and last - first >= BODY_ROWS - 1:
                page.first, page.last = first, last
        return page

    @property
    def furnished(self) -> bool:
        """Whether any row is furniture for sure, or many short rows outside the text show that they may be."""
        if any(kind in FRAME and kind != "metadata" for kind in self.kinds.values()):
            return True
        if self._opening is None:
            self._opening = [n for n, row in enumerate(self.rows) if not row.prose and opens(row.core)]
        return sum(map(self.outside, self._opening)) >= LONE_SIGNS

    @property
    def has_prose(self) -> bool:
        """Whether prose stands."""
        return self.first < len(self.rows)

    @property
    def shown(self) -> bool:
        """Whether metadata right below the title, or furniture right above it, show that it is the title."""
        return self.title >= 0 and (
            self.kinds.get(self.title + 1) == "metadata" or self.kinds.get(self.title - 1) in FRAME - {"metadata"}
        )

    @property
    def likeness(self) -> Likeness:
        """What rows share with the standing prose."""
        if self._likeness is None:
            prose = (n for n in range(max(self.first, 0), self.last + 1) if n not in self.kinds)
            self._likeness = Likeness(self.rows[n] for n in prose if self.rows[n].prose)
        return self._likeness

    @property
    def parts(self) -> dict[int, int]:
        """The rows that head the parts of a series, each with its number."""
        if self._parts is None:
            self._parts = series([row.core for row in self.rows], [row.prose for row in self.rows])
        return self._parts

    def like_text(self, number: int) -> bool:
        """Whether row `number` has as much of the text's words as titles have, and as hardly any furniture has."""
        core = self.rows[number].core
        if len(core) < LIKE_CHARS or not self.has_prose or not self.likeness.enough:
            return False
        return self.likeness.share(core) >= LIKE_TEXT

    def take(self, number: int, why: str) -> None:
        """Claim a row, if it stands, is not the title, and no extractor that saw the page's structure holds it."""
        block = self.rows[number].line.block
        if self.kinds.get(number - 1) == "breadcrumb" and self.kinds.get(number + 1) == "metadata":
            return  # a title that names what sites are made of
        row = self.rows[number]
        if number < self.first and number not in self.kinds and (self.like_text(number) or is_caption(row.folded)):
            return
        if number in self.parts:
            return
        if not (block is not None and block.content):
            self.claim(number, why)

    def claim(self, number: int, why: str) -> None:
        """Claim a row, if it stands and is not the title, whatever it shares with the text."""
        if number not in self.kinds and number != self.title:
            self.kinds[number] = "surroundings"
            self.claims.append(Claim.whole(self.rows[number], why))

    def standing(self, numbers: Iterable[int]) -> list[int]:
        """Those of the rows that stand."""
        return [number for number in numbers if number not in self.kinds]

    def outside(self, number: int) -> bool:
        """Whether row `number` stands before the first prose or after the last, or there is none."""
        return not self.has_prose or number < self.first or number > self.last

    def sign(self, number: int) -> float:
        """What speaks for row `number` being the site's, 1.0 at most, or below 0 for being the text's."""
        kind = self.kinds.get(number)
        if kind:
            return 0.5 if kind == "metadata" else 1.0
        core = self.rows[number].core
        return sign(core) or (-1.0 if ends_sentence(core) else -0.5 if numbered(core) else 0.0)

    def worth(self, number: int) -> float:
        """What row `number` says for the text (above 0) or for the site around it."""
        row = self.rows[number]
        if number in self.kinds:
            return -WORTH_GONE.get(self.kinds[number], WORTH_TAKEN)
        if row.prose and site_speech(row.core):
            return -WORTH_SPEECH
        if row.prose:
            return min(len(row.core), WORTH_CHARS) / WORTH_PER_CHARS
        return -WORTH_SIGN * sign(row.core) or -WORTH_SHORT

    def body_end(self) -> int:
        """The last row of the stretch of rows whose worth sums up to the most, or -1."""
        best, end, total = 0.0, -1, 0.0
        for number in range(len(self.rows)):
            total = max(total, 0.0) + self.worth(number)
            if total > best:
                best, end = total, number
        return end

    def _bare_start(self) -> int | None:
        """Where a text with little prose or none may begin: below the title, if furniture shows it, or with the first
        of several short sentences."""
        if self.shown:
            return self.title + 1
        said = [
            n for n in self.standing(range(len(self.rows))) if ends_sentence(self.rows[n].core) and self.sign(n) < 0
        ]
        return said[0] if len(said) >= BODY_ROWS else None

    def bare_body(self, start: int) -> tuple[int, int, float]:
        """The first and last rows, and the worth, of a text with little prose or none: from `start` on, as far as rows
        without signs of the site outweigh the others."""
        rows = range(start, len(self.rows))
        first = next((n for n in rows if n not in self.kinds and self.sign(n) <= 0), len(self.rows))
        best, end, total = 0.0, -1, 0.0
        for number in range(first, len(self.rows)):
            plain = number not in self.kinds and self.sign(number) <= 0
            total += max(WORTH_BARE, self.worth(number)) if plain else self.worth(number)
            if total > best:
                best, end = total, number
        return first, end, best


def may_be_furnished(sheet: Sheet) -> bool:
    """Whether so many rows stand outside the prose that they may be a site's, though no rule knows any of them."""
    return sheet.first == len(sheet.rows) or sheet.first + len(sheet.rows) - 1 - sheet.last >= LONE_SIGNS


def from_here_on(values: Sequence[float]) -> list[float]:
    """The sum of the values from each on.

    >>> from_here_on([1.0, 2.0, 3.0])
    [6.0, 5.0, 3.0]
    """
    return list(accumulate(reversed(values)))[::-1]
