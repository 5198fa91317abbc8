"""Which characters a page cannot hold, by its script: a guess of 国 is wrong where all else is traditional."""

from __future__ import annotations

from functools import cache

from tasks.chars import CharSet
from tasks.script.fold import simplified

SAMPLE = 3000  # characters that show a page's script
MIXED = 4  # a page of one script has this many times as many of its own characters as of the other's


@cache
def _scripts() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of traditional script alone, and of simplified script alone: those that GB 2312 or Big5 lacks."""
    both = {chr(code): simple for code, simple in simplified().items()}
    traditional = frozenset(char for char in both if not _in(char, "gb2312"))
    return traditional, frozenset(char for char in both.values() if not _in(char, "big5"))


@cache
def _counted() -> tuple[CharSet, CharSet]:
    """The same, of the basic plane, to be counted."""
    traditional, simple = (sorted(char for char in chars if char <= "\uffff") for chars in _scripts())
    return CharSet(f"[{''.join(traditional)}]"), CharSet(f"[{''.join(simple)}]")


def _in(char: str, codec: str) -> bool:
    try:
        return bool(char.encode(codec))
    except UnicodeEncodeError:
        return False


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
