"""Writers that no label names: names behind a mark, or alone between the title and the text."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.strip.about.bylines import Field, signed
from tasks.strip.about.names import names_of
from tasks.strip.about.title_looks import may_be_title
from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Row, Sheet
from tasks.strip.wording.bars import known_word
from tasks.surnames import MOST, USUAL

# Above the prose, in so many rows, a date may have its writers run on behind it.
HEAD_ROWS = 40
# Marks before writers, so many of them, with names no longer than this.
_MARKS = frozenset("●○◎□■◆◇△▲★☆")
MARKED_NAMES, NAME_CHARS = 3, 3
# Names behind a mark alone are writers if so many rows of the text below have none of them.
NAMED_ROWS = 40
_PLACES = frozenset("村镇乡县市区庄屯寨山河湖江海岛湾港桥寺塔街路巷店站")

# A name alone has so many characters: of two it may be any word. Headings of the text have no more than so many.
LONE_CHARS, HEADING_CHARS = 3, 6
# So many names in a row below the title are its writers.
LISTED = 2, 6
# The title stands so many rows above them: a subtitle and a date stand between.
TITLE_ABOVE = 4
# A paragraph that announces the text stands with the title and the reporters among so many rows.
TEASER_ROWS = 5


def marked_writers(sheet: Sheet) -> dict[int, list[Field]]:
    """The rows above the text that are nothing but names behind marks, and stand twice, if no others have marks."""
    marked = [n for n, row in enumerate(sheet.rows[: min(sheet.first, HEAD_ROWS)]) if row.folded.lstrip()[0] in _MARKS]
    if not marked or sheet.first == len(sheet.rows):
        return {}
    names = {n: names_of(sheet.rows[n].core) for n in marked}
    if not all(_are_names(said) for said in names.values()) or len(set(names.values())) > 1:
        return {}
    if len(marked) == 1 and not _signs_text(sheet, marked[0]):
        return {}
    return {n: [Field("author", "作者", sheet.rows[n].core)] for n in marked}


def _signs_text(sheet: Sheet, number: int) -> bool:
    """Whether a row of names behind the page's only mark stands between a title and the text, which names them nowhere:
    高山村 may be a name, and head a text."""
    if not 0 < number == sheet.first - 1:
        return False
    below = sheet.rows[sheet.first : sheet.first + NAMED_ROWS]
    names = names_of(sheet.rows[number].core)
    if any(row.folded.lstrip()[0] in _MARKS for row in below):
        return False
    return all(
        name[0] in MOST and name[-1] not in _PLACES and not any(name in row.core for row in below) for name in names
    )


def _are_names(said: Sequence[str]) -> bool:
    return 0 < len(said) <= MARKED_NAMES and all(name[0] in USUAL and 1 < len(name) <= NAME_CHARS for name in said)


def lone_writer(sheet: Sheet) -> dict[int, list[Field]]:
    """The row between the title and the text that is a name, if the text has nothing of it and no such headings.

    >>> from tasks.lines import Line
    >>> from tasks.strip.sheet import Row
    >>> said = ["渡口的水位观测", "李四九", "船工说,水位牌上的刻度要用红漆描,一年描两回,描的那天全渡口的人都来看。" * 3]
    >>> rows = [Row(Line(0, len(text), text, text), text, text.endswith("。"), 0) for text in said]
    >>> [field.value for field in lone_writer(Sheet.of(rows))[1]]
    ['李四九']
    """
    rows, at = sheet.rows, sheet.first - 1
    if sheet.first == 0:
        return _below_teaser(rows)
    if at == 0 and " " in rows[0].core:  # what reading sites have left of a paper's head
        return _listed(rows, at)
    if not 0 < at < len(rows) - 1 or at >= HEAD_ROWS:
        return {}
    core, above = rows[at].core, rows[at - 1]
    if len(core) != LONE_CHARS:
        titled = any(map(may_be_title, rows[max(at - TITLE_ABOVE, 0) : at]))
        return _listed(rows, at) if "·" not in core and titled else {}
    if core[0] not in MOST or core[-1] in _PLACES or known_word(core) or not core.isalpha() or core.isascii():
        return {}
    title = rows[at - 2] if at > 1 and above.core[:1] in ("-", "—") else above
    if len(title.core) < LONE_CHARS or not may_be_title(title):
        return {}
    below = rows[at + 1 :]
    if any(not row.prose and len(row.core) <= HEADING_CHARS and row.core.isalpha() for row in below[:NAMED_ROWS]):
        return {}
    likeness = Likeness(row for row in below if row.prose)
    return {at: [Field("author", "", core)]} if likeness.enough and not likeness.share(core) else {}


def _listed(rows: Sequence[Row], at: int) -> dict[int, list[Field]]:
    """Row `at` below the title, if it is names and the text has none of them but before what they say."""
    names = names_of(rows[at].core)
    if not LISTED[0] <= len(names) <= LISTED[1] or not all(_is_person(name) for name in names):
        return {}
    if 2 * sum(len(name) >= LONE_CHARS for name in names) < len(names):  # of two characters it may be any word
        return {}
    below = [row.core for row in rows[at + 1 : at + 1 + NAMED_ROWS]]
    if any(name in core and not core.startswith(f"{name}:") for name in names for core in below if name in core[:80]):
        return {}
    return {at: [Field("author", "", "、".join(names))]}


def _is_person(name: str) -> bool:
    return 1 < len(name) <= LONE_CHARS + 1 and name[0] in USUAL and name[-1] not in _PLACES and not known_word(name)


def _below_teaser(rows: Sequence[Row]) -> dict[int, list[Field]]:
    """The reporters' row between a title and the text, where a paragraph that announces the text stands above both."""
    for at in range(2, min(TEASER_ROWS, len(rows) - 1)):
        if rows[at - 1].prose or not rows[at + 1].prose or not may_be_title(rows[at - 1]):
            continue
        fields = signed(rows[at].core) if "记者" in rows[at].core else []
        if fields and all(field.kind in ("author", "media") for field in fields):
            return {at: fields}
    return {}
