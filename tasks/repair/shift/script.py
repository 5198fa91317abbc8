"""Which characters a page cannot hold, by its script: a guess of 国 is wrong where all else is traditional."""

from __future__ import annotations

from functools import cache

from tasks.chars import CharSet
from tasks.script.fold import simplified

RARE = "\xc9"  # the lead byte of the first of the 7,652 less frequent characters of Big5
SIMPLIFIED = "国"  # a character that is foreign to all traditional pages
SAMPLE = 3000  # characters that show a page's script
MIXED = 4  # a page of one script has this many times as many of its own characters as of the other's


@cache
def _scripts() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of traditional script alone, and of simplified script alone: those that GB 2312 lacks, and those that
    Big5 lacks or has among its rarer characters, as 机, 与 and 体, which are others there."""
    both = {chr(code): simple for code, simple in simplified().items()}
    traditional = frozenset(char for char in both if not char.encode("gb2312", "ignore"))
    return traditional, frozenset(
        char for char in both.values() if not "\xa4" <= char.encode("big5", "ignore").decode("latin-1") < RARE
    )


@cache
def _counted() -> tuple[CharSet, CharSet]:
    """The same, of the basic plane, to be counted."""
    traditional, simple = (sorted(char for char in chars if char <= "\uffff") for chars in _scripts())
    return CharSet(f"[{''.join(traditional)}]"), CharSet(f"[{''.join(simple)}]")


def foreign_to(text: str) -> frozenset[str]:
    """The characters that a page in the script of `text` does not use; none if it mixes scripts.

    >>> "国" in foreign_to("臺灣的經濟發展與農業"), "國" in foreign_to("臺灣的經濟發展與農業")
    (True, False)
    """
    traditional, simple = _scripts()
    many, few = (chars.count(text[:SAMPLE]) for chars in _counted())
    if many > MIXED * few + MIXED:
        return simple
    return traditional if few > MIXED * many + MIXED else frozenset()
