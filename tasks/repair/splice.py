"""Pinyin spliced in after characters: `產(chǎn)業(yè)發(fā)展` is 產業發展 (damage class 1).

`find_splices` finds what looks like it, tasks/repair/table.py says whether the page was spliced by a tool's table, and
`splice_edits` takes the splices of that table out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tasks.chars import CharSet
from tasks.records import Edit, Stage
from tasks.repair.readings import base, characters, is_hanzi, plain, readings, reads
from tasks.repair.shift.pairs import characters as characters_of_pairs
from tasks.repair.shift.pairs import wide

LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêăĕĭŏŭɑɡ"
_GAP = "[ \N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}]"
_OPENING = CharSet("[(（]")
_ONE = rf"[(（]{_GAP}?([{LETTERS}]{{1,6}}){_GAP}{{0,2}}[)）]"
_SPLICES = re.compile(rf"{_ONE}(?:[(（]{_GAP}?\1{_GAP}{{0,2}}[)）])*")
_TONELESS = re.compile("[(（]([a-zü]{1,6})[)）]")


class Splice(NamedTuple):
    """A bracketed syllable, `text[start:end]` (== `before`), after the character `host` ("" at the start of the text).

    Behind ASCII `host` is the character that the byte before it makes with the last byte of the hanzi before that, if
    it is read so (款A(yù)pp: EE and A are 預). `reading` is the syllable as the table of readings spells it; `fits`
    says that `host` can be read so, whatever the tone; `strange` that the syllable is repeated or has a space inside;
    `inside` that a hanzi or another splice is next to it or its host.
    """

    start: int
    end: int
    before: str
    host: str
    reading: str
    fits: bool
    strange: bool
    inside: bool

    @property
    def toned(self) -> bool:
        """Whether the reading carries a tone mark."""
        return base(self.reading) != self.reading


@dataclass(frozen=True, slots=True)
class Table:
    """A page's inferred table, false if there is none.

    `readings`: character to reading; `counts`: how often it is spliced, and how often it stands in the text at all;
    `confidence`: how sure it is, 0 to 1, that a table and not a writer put the splices there.
    """

    readings: Mapping[str, str]
    counts: Mapping[str, tuple[int, int]]
    confidence: float

    def __bool__(self) -> bool:
        return bool(self.readings)


NO_TABLE = Table({}, {}, 0.0)


def find_splices(text: str) -> list[Splice]:
    """Every bracketed Mandarin syllable of `text`, with or without a tone mark, whatever stands before it.

    >>> [(s.host, s.reading, s.fits) for s in find_splices("產(chǎn)業(yè)，會(huì )奥(lián)國（guo）（guo）(can)")]
    [('產', 'chǎn', True), ('業', 'yè', True), ('會', 'huì', True), ('奥', 'lián', False), ('國', 'guo', True)]
    """
    found: list[Splice] = []
    if "(" not in text and "（" not in text:
        return found
    for match in _OPENING.matches(_SPLICES, text):
        syllable = _syllable(match[1])
        start = match.start()
        host = text[start - 1 : start]
        # A toneless syllable after anything but a hanzi is as a rule something else: f(a), (can).
        if syllable and (syllable.toned or is_hanzi(host)):
            found.append(_splice(text, match, host, syllable))
    return found


def in_step(splices: Iterable[Splice], text: str) -> frozenset[int]:
    """Where those splices begin that the very character before them is read by: they are no clue to a shift.

    >>> text = "產(chǎn)量，奥(lián)"
    >>> in_step(find_splices(text), text)
    frozenset({1})
    """
    return frozenset(
        splice.start
        for splice in splices
        if splice.fits and splice.host == text[splice.start - 1] and reads(splice.host, splice.reading)
    )


class _Syllable(NamedTuple):
    reading: str
    toneless: str

    @property
    def toned(self) -> bool:
        return self.reading != self.toneless


@lru_cache(maxsize=8192)
def _syllable(letters: str) -> _Syllable | None:
    """The syllable that is written so; None if no character is read so."""
    reading = plain(letters)
    return _Syllable(reading, base(reading)) if characters(reading) else None


@lru_cache(maxsize=8192)
def _reads(host: str, toneless: str) -> bool:
    return any(base(known) == toneless for known in readings(host))


def _splice(text: str, match: re.Match[str], host: str, syllable: _Syllable) -> Splice:
    start, end = match.span()
    after = text[end : end + 1]
    if after and after in "(（" and (again := _TONELESS.match(text, end)) and again[1] == syllable.toneless:
        end = again.end()  # a second tool's, behind the first one's
        after = text[end : end + 1]
    if "@" <= host <= "~" and start > 1:
        astride = characters_of_pairs()[wide().get(text[start - 2], 0) << 8 & 0xFF00 | ord(host)]
        host = astride if astride and _reads(astride, syllable.toneless) else host
    strange = end - start != len(match[1]) + 2
    inside = bool(host) and (_is_beside(after) or (start > 1 and _is_beside(text[start - 2])))
    return Splice(start, end, text[start:end], host, syllable.reading, _reads(host, syllable.toneless), strange, inside)


def _is_beside(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char == ")" or char == "）"


def splice_edits(splices: Iterable[Splice], table: Table) -> list[Edit]:
    """Edits that take the splices of a page's table out, and mark those that do not fit the table as unrepaired.

    >>> table = Table({"產": "chǎn"}, {"產": (2, 2)}, 0.99)
    >>> edits = splice_edits(find_splices("產(chǎn)量，產(chǎn)地，奥(lián)"), table)
    >>> [(e.before, e.applied, e.why) for e in edits[1:]]
    [('(chǎn)', True, "the page's table has 產(chǎn) at 2 of 2 places"),
     ('(lián)', False, '奥 is not read lián: a clue of bytes out of step')]
    """
    judged: dict[tuple[str, str], _Judged] = {}
    edits = []
    for start, end, before, host, reading, *_ in splices if table else ():
        said = judged.get((host, reading))
        if said is None:
            said = judged[host, reading] = _judged(host, reading, table)
        edits.append(Edit(start, end, before, "", Stage.REPAIR, *said))
    return edits


# The kind of an edit, how sure it is, whether it is applied, and why.
_Judged = tuple[str, float, bool, str]


def _judged(host: str, reading: str, table: Table) -> _Judged:
    """What comes of the splices of a host with one reading."""
    if not _reads(host, base(reading)):
        return "clue", 0.0, False, f"{host} is not read {reading}: a clue of bytes out of step"
    if host not in table.readings:
        why = f"{host}({reading}) is not for sure of the page's table: it may be an honest gloss"
        return "clue", 0.5, False, why
    spliced, places = table.counts[host]
    why = f"the page's table has {host}({table.readings[host]}) at {spliced} of {places} places"
    return "splice", table.confidence, True, why
