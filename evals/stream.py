"""What a site's tools and a reader's decoder do to a page's bytes, cell by cell.

A cell is one byte of a two-byte character, or a literal, and remembers the character that it comes from; so does every
piece that the decoder shows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Literal

from evals.pairs import Encoding, decoding, encoding_of, is_dropped, is_lead

Policy = Literal["swallow", "question", "fffd", "drop"]
Form = Literal["toned", "spaced", "toneless", "doubled", "fullwidth"]


@dataclass(frozen=True, slots=True)
class Damage:
    """How a site damages its pages.

    `table`: character to the reading spliced in after it, in the tool's order. `punctuation`: full-width mark to what
    replaces it, an ASCII mark or the mark itself written anew. `chance`: how likely a straddling pair is hit; an
    aligned one always is, but for `strewn`, the share of aligned places hit by tools that splice at random. `policy`:
    what a decoder makes of half a character; `mark_policy` the same in runs that a replaced mark began, where the marks
    were replaced by a later pass with a decoder of its own (None: one pass, `policy` holds, and no mark is ever
    swallowed). `user_areas`: whether private-use characters stay. `fold_ascii`: whether full-width forms are folded to
    ASCII afterwards. `script`: OpenCC conversion before the damage (None: the text as it is). `lost`: how many bytes of
    two-byte characters are lost, anywhere.
    """

    table: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    form: Form = "toned"
    punctuation: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    chance: float = 1.0
    strewn: float = 1.0
    policy: Policy = "swallow"
    mark_policy: Policy | None = None
    user_areas: Literal["keep", "delete"] = "keep"
    fold_ascii: bool = False
    script: Literal["Hans", "Hant"] | None = None
    encoding: Encoding = "gbk"
    lost: int = 0


@dataclass(slots=True)
class _Cell:
    """One step of the stream: a byte of `owner`'s two-byte character, or a literal that is no half of anything.

    A literal has `value` -1 and shows `text`; `owner` is -1 for inserted ones.
    """

    owner: int
    value: int = -1
    text: str = ""
    first: bool = False
    role: str = ""


@dataclass(slots=True)
class Shown:
    """One decoded piece: its text, the owners of its bytes, and whether it is its owner undamaged."""

    text: str
    owners: tuple[int, ...]
    whole: bool
    role: str = ""
    gone: int = 0


def shown_after(text: str, how: Damage, random: Random) -> tuple[list[Shown], bytes]:
    """`text` after the damage, as the pieces that the decoder shows, and the bytes that it read."""
    cells = list(_cells(text, how.encoding))
    cells = _replace_marks(cells, how, random)
    cells = _splice(cells, how, random)
    _lose(cells, how.lost, random)
    return list(_decode(cells, how)), _raw(cells, how.encoding)


def spliced(reading: str, form: Form) -> str:
    """A reading as the tool writes it. Full-width brackets come of a later pass, so the bytes have ASCII ones.

    >>> spliced("shù", "toned"), spliced("shù", "spaced"), spliced("shù", "doubled")
    ('(shù)', '(shù )', '(shu)(shu)')
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))
    forms: dict[Form, str] = {
        "toned": f"({reading})",
        "spaced": f"({reading} )",
        "toneless": f"({bare})",
        "doubled": f"({bare})({bare})",
        "fullwidth": f"（{reading}）",
    }
    return forms[form]


def _cells(text: str, encoding: Encoding) -> Iterator[_Cell]:
    pairs = encoding_of(encoding)
    for owner, character in enumerate(text):
        pair = pairs.get(character) if character >= "\x80" else None
        if pair is None:
            yield _Cell(owner, text=character)
        else:
            yield _Cell(owner, pair[0], first=True)
            yield _Cell(owner, pair[1])


def _replace_marks(cells: list[_Cell], how: Damage, random: Random) -> list[_Cell]:
    """Replace marks left to right on bytes: aligned ones always, straddling ones by chance."""
    pairs = encoding_of(how.encoding)
    marks = {(p[0], p[1]): new for old, new in how.punctuation.items() if (p := pairs.get(old))}
    out: list[_Cell] = []
    i = 0
    while i < len(cells):
        cell = cells[i]
        new = marks.get((cell.value, cells[i + 1].value)) if i + 1 < len(cells) else None
        if new is None or not (cell.first or _straddles(cells, i, how, random)):
            out.append(cell)
            i += 1
            continue
        out.append(_Cell(cell.owner if cell.first else -1, text=new, role="mark" if cell.first else "way:mark"))
        i += 2
    return out


def _straddles(cells: list[_Cell], i: int, how: Damage, random: Random) -> bool:
    """Whether a mark's bytes at i, across two characters, are hit; a splice between them shields them."""
    character = decoding(how.encoding)[bytes((cells[i - 1].value, cells[i].value))]
    return cells[i + 1].first and character not in how.table and random.random() < how.chance


def _splice(cells: list[_Cell], how: Damage, random: Random) -> list[_Cell]:
    """Insert readings after each pair of the table, aligned or straddling, entry by entry in the table's order.

    An entry finds its two bytes only if no earlier one was inserted between them: so a straddling reading can stand in
    the place of the aligned one (對 in `津?qū)谥`), and beside it where the aligned one came first.
    """
    pairs = encoding_of(how.encoding)
    entries = {(p[0], p[1]): (n, r) for n, (c, r) in enumerate(how.table.items()) if (p := pairs.get(c))}
    places = []
    for at in range(1, len(cells)):
        entry = entries.get((cells[at - 1].value, cells[at].value))
        if entry is not None and cells[at - 1].first != cells[at].first:
            places.append((entry[0], at, entry[1]))
    inserted: dict[int, list[_Cell]] = {}
    for _, at, reading in sorted(places):
        aligned = cells[at - 1].first
        if at - 1 not in inserted and random.random() < (how.strewn if aligned else how.chance):
            inserted[at] = _reading_cells(reading, how.form, aligned)
    return [cell for at, own in enumerate(cells) for cell in (own, *inserted.get(at, ()))]


def _reading_cells(reading: str, form: Form, aligned: bool) -> list[_Cell]:
    """A reading's literals, with ASCII brackets for the full-width form until they are widened."""
    wide = str.maketrans("()", "（）") if form == "fullwidth" else {}
    role = "splice" if aligned else "way:splice"
    return [_Cell(-1, text=c.translate(wide), role=role) for c in spliced(reading, _byte_form(form))]


def _byte_form(form: Form) -> Form:
    return "toned" if form == "fullwidth" else form


def _lose(cells: list[_Cell], count: int, random: Random) -> None:
    """Take `count` bytes of two-byte characters out of the stream."""
    bytes_at = [i for i, cell in enumerate(cells) if cell.value >= 0]
    for i in sorted(random.sample(bytes_at, min(count, len(bytes_at))), reverse=True):
        cells[i] = _Cell(cells[i].owner, text="", role="way:lost")


def _raw(cells: list[_Cell], encoding: Encoding) -> bytes:
    codec = "gb18030" if encoding == "gbk" else "cp950"
    return b"".join(bytes((c.value,)) if c.value >= 0 else c.text.encode(codec, "replace") for c in cells)


def _decode(cells: list[_Cell], how: Damage) -> Iterator[Shown]:
    """Read the stream pair by pair, never looking back, with the decoder's policy for half characters."""
    pairs = decoding(how.encoding)
    cells = [cell for cell in cells if cell.text or cell.value >= 0 or cell.role == "way:lost"]
    way, i = "", 0
    while i < len(cells):
        cell = cells[i]
        if cell.role.startswith("way:"):
            way = cell.role
        if cell.value < 0:
            yield Shown(cell.text, (cell.owner,), cell.role != "way:lost", cell.role, int(cell.role == "way:lost"))
            i += 1
            continue
        j = i + 1
        while j < len(cells) and cells[j].role == "way:lost":
            way = "way:lost"
            yield Shown("", (cells[j].owner,), False, "way:lost", 1)
            j += 1
        after = cells[j] if j < len(cells) else None
        if is_lead(cell.value) and after is not None and (trail := _trail(after)) is not None:
            character = pairs.get(bytes((cell.value, trail)))
            if character is not None:
                yield _pair(cell, after, character, how)
                i = j + 1
                continue
        if cell.value < 0x80:
            yield Shown(chr(cell.value), (cell.owner,), False)
            i = j
            continue
        policy = how.mark_policy if how.mark_policy and _next_way(way, after) == "way:mark" else how.policy
        swallowed = policy == "swallow" and after is not None and _can_swallow(after)
        owners = (cell.owner, after.owner) if swallowed and after is not None else (cell.owner,)
        text = {"swallow": "?", "question": "?", "fffd": "\N{REPLACEMENT CHARACTER}", "drop": ""}[policy]
        way = after.role if after is not None and after.role.startswith("way:") else way
        yield Shown(text, owners, False, way if way else "")
        i = j + 1 if swallowed else j


def _next_way(way: str, after: _Cell | None) -> str:
    """The way into the run that a half character belongs to: the half before a straddling mark is that run's first."""
    return after.role if after is not None and after.role.startswith("way:") else way


def _trail(cell: _Cell) -> int | None:
    """The byte that a cell offers as a trail byte: its own, or an ASCII literal's."""
    if cell.value >= 0:
        return cell.value
    return ord(cell.text) if len(cell.text) == 1 and "@" <= cell.text <= "~" and not cell.role else None


def _can_swallow(cell: _Cell) -> bool:
    """An ASCII byte goes with the half character before it; line ends and replaced marks stay."""
    return cell.value < 0x80 and cell.text not in ("\n", "") and cell.text < "\x80" and "mark" not in cell.role


def _pair(lead: _Cell, trail: _Cell, character: str, how: Damage) -> Shown:
    whole = lead.first and trail.owner == lead.owner and trail.value >= 0
    deleted = how.user_areas == "delete" and is_dropped(character)
    return Shown("" if deleted else character, (lead.owner, trail.owner), whole, gone=2 * deleted)
