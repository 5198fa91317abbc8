"""Whether a page's splices come from a tool's table, and from which: told from honest glosses by evidence.

The tool wrote each character of its table as character and reading, wherever the character stood. The page therefore
shows the table: common characters, their commonest reading, spliced at every place, inside words. Writers gloss
otherwise: a rare character once, a word's unusual reading, every character of a lesson.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from math import exp
from pathlib import Path
from typing import NamedTuple

from tasks.repair.readings import base, is_hanzi, readings
from tasks.repair.splice import NO_TABLE, Splice, Table
from tasks.script.fold import fold

# What a page shows for a table (+) or for honest glosses (-): in nats, roughly how much oftener it is seen in spliced
# pages. The hosts of the spliced pages at hand (four pages, 207 hosts) were, all of them, traditional characters
# whose simplified form is among the 1,500 most frequent (data/frequent.txt), and none stood bare where it was in step.
TRADITIONAL = 1.5  # such a host: a third of running traditional text is, and hardly any honest gloss
SELDOM = -0.25  # a traditional character that is common but not frequent: writers for children gloss those
RARE = -2.0  # not a common character in either script: what writers gloss
INSIDE = 0.5  # a hanzi beside it, in running text
STANDALONE = -2.0  # never in running text: a list of characters
UNUSUAL = -1.5  # not the character's commonest reading: what writers gloss
TWO_READINGS = -3.0  # a table has one reading a character; a lesson in polyphones has two
BARE = -1.5  # oftener bare than spliced: glossed at first mention
STRANGE = 3.0  # `(huì )` or `(guo)(guo)`: nobody writes so
REPEATED, REPEATED_MOST = 0.75, 6  # for each further time, up to six, if hardly ever bare, or AGAIN and again
TEACHING = -3.0  # the page speaks of readings, or of characters to learn; and more for each character glossed but once:
TAUGHT_ONCE = -1.5  # a lesson introduces a character once, a table does it every time
THIN = -1.25  # fewer than FEW splices, and more than MANY hanzi for each: tables of 20 characters show oftener
ENOUGH = 2.0  # what one traditional character spliced inside a word of a short text comes to
FEW, MANY, LONG = 5, 100, 2000  # LONG: as far as hanzi are counted for that
AGAIN = 3  # glosses of one common character, bare elsewhere: a writer gives one, or two
HARDLY = 4  # consistent: spliced at least four times as often as bare (a shift hides a splice now and then)
CHAIN = 4  # so many glossed characters in a row are a lesson, unless nearly all of them are traditional
NEARLY_ALL = 0.8
# So many characters that everybody can read, each glossed within running text and oftener bare: nobody glosses so, but
# for tools that strew their splices at random.
STREWN = 6
DOUBT = 0.3  # one page in three is not spliced where the evidence is just ENOUGH

_BY_RANK = {"traditional": TRADITIONAL, "seldom": SELDOM, "common": 0.0, "rare": RARE}
_TRADITIONAL = frozenset({"traditional", "seldom"})
_HANZI = re.compile("[\u3400-\u9fff]")
# Whole words, not classes within them: `re` looks for what they begin with at the speed of one class.
_TEACHING = re.compile(
    "拼音|注音|读音|讀音|生字|生词|生詞|多音|组词|組詞|组詞|組词|声调|声母|聲調|聲母|声調|聲调|韵母|韻母|音节|音節|读作|讀作|念作"
    "|识字|識字|发音|發音"
)


class _Host(NamedTuple):
    """What the page shows of one character that is glossed with a reading of its own."""

    char: str
    rank: str
    reading: str
    usual: bool
    spliced: int
    bare: int
    two_readings: bool
    toned: bool
    strange: bool
    inside: bool

    @property
    def traditional(self) -> bool:
        return self.rank in _TRADITIONAL

    @property
    def consistent(self) -> bool:
        return self.spliced > 1 and self.spliced >= HARDLY * self.bare

    @property
    def insistent(self) -> bool:
        """Whether a character that everybody can read is glossed again and again."""
        if self.spliced < AGAIN or self.two_readings:
            return False
        return self.rank in ("traditional", "common") and self.usual

    @property
    def strewn(self) -> bool:
        """Whether a character that everybody can read is glossed as it is always read, and oftener bare."""
        known = self.rank == "common" and self.usual and self.char in _frequent()
        return known and self.toned and self.bare >= self.spliced and not self.two_readings

    @property
    def weight(self) -> float:
        """The evidence of this character, in nats."""
        return (
            _BY_RANK[self.rank]
            + (INSIDE if self.inside else STANDALONE)
            + UNUSUAL * (not self.usual)
            + TWO_READINGS * self.two_readings
            + BARE * (self.toned and self.bare > self.spliced and not self.insistent)
            + STRANGE * self.strange
            + REPEATED * min(self.spliced - 1, REPEATED_MOST) * (self.consistent or self.insistent)
        )

    def belongs(self, traditional_table: bool) -> bool:
        """Whether the character is of the table of a page that has one: by its kind, or by what the page shows."""
        if self.traditional or self.consistent or self.strange:
            return True
        usual = self.usual and not self.two_readings
        return usual and not traditional_table and self.rank == "common" and self.weight > 0


def infer_table(splices: Sequence[Splice], text: str) -> Table:
    """The table that spliced this page, or `NO_TABLE` if the page does not show one.

    >>> from tasks.repair.splice import find_splices
    >>> text = "產(chǎn)業(yè)發(fā)展，產(chǎn)業(yè)升級(jí)"
    >>> dict(infer_table(find_splices(text), text).readings)
    {'產': 'chǎn', '業': 'yè', '發': 'fā', '級': 'jí'}
    >>> bool(infer_table(find_splices("他叫龘(dá)，人稱龘先生。"), "他叫龘(dá)，人稱龘先生。"))
    False
    """
    fitting = [splice for splice in splices if splice.fits]
    taught = _taught(fitting, text)
    if not fitting or 2 * len(taught) > len(fitting):
        return NO_TABLE
    counts = _counts({splice.host for splice in fitting}, text)
    hosts = _hosts([splice for splice in fitting if splice.start not in taught], counts)
    score = sum(host.weight for host in hosts) + _page_weight(hosts, text)
    if score < ENOUGH:
        return NO_TABLE
    # The rows that look like a lesson were left out of the evidence. On a page that has a table they are its work too.
    hosts = _hosts(fitting, counts) if taught else hosts
    traditional_table = sum(host.traditional for host in hosts) >= NEARLY_ALL * len(hosts)
    strewn = sum(host.strewn and host.inside for host in hosts) >= STREWN and not _TEACHING.search(text)
    members = [host for host in hosts if host.belongs(traditional_table) or (strewn and host.strewn)]
    return Table(
        {host.char: host.reading for host in members},
        {host.char: (host.spliced, host.spliced + host.bare) for host in members},
        1 - DOUBT * exp((ENOUGH - score) / 2),
    )


def _counts(chars: Collection[str], text: str) -> Mapping[str, int]:
    """How often each of `chars` stands in `text`: one by one, as far as they are few."""
    return {char: text.count(char) for char in chars} if len(chars) < MANY else Counter(text)


def _taught(fitting: Sequence[Splice], text: str) -> set[int]:
    """Where the splices start that belong to a lesson: a row of characters all glossed, not nearly all traditional."""
    taught: set[int] = set()
    row: list[Splice] = []
    end = 0
    for splice in fitting:
        # A row goes on over a mark or a line end, not over a character without a gloss.
        between = splice.start - end
        if between > FEW or (between > 1 and _HANZI.search(text, end, splice.start - 1)):
            taught.update(_lesson(row))
            row = []
        row.append(splice)
        end = splice.end
    taught.update(_lesson(row))
    return taught


def _lesson(row: Sequence[Splice]) -> list[int]:
    if len(row) < CHAIN:
        return []
    hosts = {splice.host for splice in row}
    if sum(rank(host) in _TRADITIONAL for host in hosts) >= NEARLY_ALL * len(hosts):
        return []
    return [splice.start for splice in row]


def _hosts(fitting: Sequence[Splice], counts: Mapping[str, int]) -> list[_Host]:
    """The distinct hosts, in the order of the page; `counts` says how often each character stands in it."""
    places: dict[str, list[Splice]] = defaultdict(list)
    for splice in fitting:
        places[splice.host].append(splice)
    return [_host(char, found, counts[char]) for char, found in places.items()]


def _host(char: str, found: Sequence[Splice], count: int) -> _Host:
    spoken = Counter([splice.reading for splice in found]) if len(found) > 1 else {found[0].reading: 1}
    reading = max(spoken, key=lambda each: spoken[each]) if len(spoken) > 1 else found[0].reading
    return _Host(
        char,
        rank(char),
        reading,
        _is_usual(char, reading),
        spliced=len(found),
        bare=count - len(found),
        two_readings=len(spoken) > 1 and len(set(map(base, spoken))) > 1,
        toned=any(base(reading) != reading for reading in spoken),
        strange=any(splice.strange for splice in found),
        inside=any(splice.inside for splice in found),
    )


def _page_weight(hosts: Sequence[_Host], text: str) -> float:
    """The evidence of the page beside each of its hosts."""
    weight = 0.0
    splices = sum(host.spliced for host in hosts)
    if splices < FEW and sum(map(is_hanzi, text[:LONG])) > MANY * splices:
        weight += THIN
    if _TEACHING.search(text):
        weight += TEACHING + TAUGHT_ONCE * sum(host.spliced == 1 for host in hosts)
    return weight


@lru_cache(maxsize=4096)
def rank(char: str) -> str:
    """How likely a character is in a table: `traditional` (and frequent), `seldom` (less so), `common`, `rare`.

    >>> [rank(char) for char in "發蟻发龘"]
    ['traditional', 'seldom', 'common', 'rare']
    """
    simple = fold(char)
    if not _is_common(simple):
        return "rare"
    if _in_gb2312(char) and simple == char:
        return "common"
    return "traditional" if simple in _frequent() else "seldom"


@cache
def _frequent() -> frozenset[str]:
    """The 1,500 most frequent hanzi, in simplified form (see tools/make_frequent.py)."""
    return frozenset((Path(__file__).with_name("data") / "frequent.txt").read_text(encoding="utf-8").strip())


def _in_gb2312(char: str) -> bool:
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _is_common(char: str) -> bool:
    """Whether a character is of level 1 of GB 2312: rows 16 to 55, 3,755 hanzi by how common they are."""
    return _in_gb2312(char) and 0xB0 <= char.encode("gb2312")[0] <= 0xD7


@lru_cache(maxsize=8192)
def _is_usual(char: str, reading: str) -> bool:
    first = readings(char)[0]
    return reading in (first, base(first))
