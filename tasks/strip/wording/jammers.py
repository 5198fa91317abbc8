"""Noise that forums hide between the lines of a post, against copying: `' d/ v. n# d- O" W, p` at an end of a line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tasks.expressions import seldom
from tasks.strip.sheet import Claim, Row, Sheet

# One or two characters of ASCII and a blank, again and again; the last one touches the text.
_BEFORE = seldom(r"(?:[!-~]{1,2}\s{1,3}){5,40}[!-~]?(?=[^\s!-/])")
_AFTER = re.compile(r"[!-~]{1,2}(?:\s{1,3}[!-~]{1,2}){5,40}$")
# A row of nothing else, on a page that has it at other places for sure.
_LOOSE = seldom(r"\s{0,2}(?:[!-~]{1,2}\s{1,3}){3,40}[!-~]{0,2}\s{0,2}")
# A code and the site's name right behind the end of a paragraph: …大扫除。a7Q某某新闻网
_SIGNED_BY_SITE = seldom(
    r"(?<=\S)(?=[A-Za-z0-9]{0,2}\d|[A-Za-z0-9]{0,2}[A-Z])[A-Za-z0-9]{3}[\u4e00-\u9fff]{2,8}(?:网|在线|之窗)$"
)
_SITES = ("网", "在线", "之窗")
# Of these at least so many are a sign behind a letter or another sign, with so many different signs: formulas have
# digits there, and `+ - =` alone.
_SIGNED = seldom(r"(?<!\S)([!-/:-~])(?!\1)[!-/:-@\[-`{-~](?!\S)")
SIGNED, SIGNS = 2, 2
# A page has it at so many places, or it is something else.
PLACES = 3
# Behind a row it is looked for in so many characters: what boards write has 20 to 60.
TAIL_CHARS = 120


def jammers(sheet: Sheet) -> Iterator[Claim]:
    """The noise at either end of rows, where the page has it again and again.

    The board writes random characters in the colour of the ground after some of a post's lines (Discuz! calls them
    jammers), and a text that is cut out of the page has them before or behind its own.
    """
    found = [claim for _, row in sheet.loose() for claim in _claims(row)]
    if len(found) >= PLACES:
        yield from found
        taken = {claim.row.line.start for claim in found}
        rest = [row for row in sheet.rows if row.line.start not in taken and row.folded.isascii()]
        yield from (
            Claim.whole(row, "noise that a forum hides between lines") for row in rest if _LOOSE.fullmatch(row.folded)
        )
    signed = [
        (row, mark)
        for _, row in sheet.loose()
        if row.folded.endswith(_SITES) and (mark := _SIGNED_BY_SITE.search(row.folded))
    ]
    counts = Counter([mark[0] for _, mark in signed]) if signed else {}
    for row, mark in signed:
        if counts[mark[0]] >= PLACES:
            yield Claim(row, mark.start(), mark.end(), "the site's mark behind a paragraph")


def _claims(row: Row) -> Iterator[Claim]:
    folded = row.folded
    # A row of Chinese text begins and ends with a character beyond ASCII, or with a mark.
    if folded[0] < "\x7f" and (before := _BEFORE.match(folded)) and _is_noise(before[0]):
        yield Claim(row, 0, before.end(), "noise that a forum hides between lines")
    tail = max(0, len(folded) - TAIL_CHARS)
    if folded[-1] < "\x7f" and (after := _AFTER.search(folded, tail)) and _is_noise(after[0]):
        yield Claim(row, after.start(), after.end(), "noise that a forum hides between lines")


def _is_noise(run: str) -> bool:
    signed = [match[0] for match in _SIGNED.finditer(run)]
    return len(signed) >= SIGNED and len({token[1] for token in signed}) >= SIGNS
