"""Running text at a page's edges that is the site's: full of words of interfaces, and with nothing of the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Row
from tasks.strip.signs import is_caption, words_of_interfaces
from tasks.strip.tables import is_chatter

# A row of running text may be the site's if so many words of interfaces cover so much of it, and it is no longer than
# this: of 68,000 rows of laws, reports and encyclopedias one in a thousand is such, and those are about such things.
COVER, WORDS, CHARS = 0.2, 3, 150
# Such a row shares no more of its pairs of characters with the text.
LIKE_TEXT = 0.1
# Of fewer characters a text may have nothing of its own paragraphs.
LEAST_TEXT = 120
# A text of which so many rows have half as many such words is about them.
ABOUT, ABOUT_ROWS = 0.2, 30
# So many rows at either end are looked at, of a page with so many more.
EDGE_ROWS = 8
LEAST_ROWS = 2


def without_speech(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, of which those at the edges of the prose that are the site's are prose no longer."""
    prose = [number for number, row in enumerate(rows) if row.prose]
    edges = {*_edge(rows, prose), *_edge(rows, reversed(prose))}
    if not edges or len(prose) - len(edges) < LEAST_ROWS:
        return rows
    text = [rows[number] for number in prose if number not in edges]
    likeness = Likeness(text)
    if sum(len(row.core) for row in text) < LEAST_TEXT or _about_sites(text[:ABOUT_ROWS]):
        return rows
    strange = {number for number in edges if likeness.share(rows[number].core) <= LIKE_TEXT}
    return [row._replace(prose=row.prose and number not in strange) for number, row in enumerate(rows)]


def without_captions(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, of which captions above the text are prose no longer: the page's date may stand below them."""
    found: list[int] = []
    for number, row in enumerate(rows):
        if not row.prose or is_chatter(row.core):
            continue
        if not is_caption(row.folded):
            return [row._replace(prose=row.prose and n not in found) for n, row in enumerate(rows)] if found else rows
        found.append(number)
    return rows


def _edge(rows: Sequence[Row], prose: Iterable[int]) -> list[int]:
    """The first rows of the prose that may be the site's."""
    found: list[int] = []
    for number in prose:
        core = rows[number].core
        if len(core) > CHARS or len(found) == EDGE_ROWS:
            break
        cover, words = words_of_interfaces(core)
        if cover < COVER or words < WORDS:
            break
        found.append(number)
    return found


def _about_sites(text: Sequence[Row]) -> bool:
    """Whether a text is about sites and their use."""
    return sum(words_of_interfaces(row.core)[0] >= COVER / 2 for row in text) > ABOUT * len(text)


# On a page with fewer rows of prose so many sentences of so many characters are its prose.
FEW_PROSE, SENTENCES, SENTENCE_CHARS = 2, 4, 8
# Of the rows from the first of them to the last so many are such.
DENSE = 0.4


def with_sentences(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, of which short sentences are prose on a page with hardly any other: of a law, a talk, a letter."""
    if len([row for row in rows if row.prose]) > FEW_PROSE:
        return rows
    said = [n for n, row in enumerate(rows) if row.prose or _sentence(row.core)]
    if len(said) < SENTENCES or len(said) < DENSE * (said[-1] - said[0] + 1):
        return rows
    found = frozenset(said)
    return [row._replace(prose=row.prose or number in found) for number, row in enumerate(rows)]


def _sentence(core: str) -> bool:
    """Whether a row is a sentence, and not the site's."""
    if len(core) < SENTENCE_CHARS or not core.endswith(("。", "?", "!", "。”", "!”", "?”", ";")):
        return False
    return words_of_interfaces(core)[0] < COVER and not is_chatter(core)
