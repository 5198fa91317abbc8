"""What is seen to be damaged and cannot be brought back: recorded, so that the count of unrepaired spans is true."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.chars import CharSet
from tasks.records import Edit, Stage
from tasks.repair.layers import apart
from tasks.repair.splice import LETTERS
from tasks.script.tables import HANZI

_LOST = "\N{REPLACEMENT CHARACTER}"
_ANY = CharSet(f"[\ue000-\uf8ff{_LOST}]")
TWICE_LOST = "锟斤拷"
# Bytes that no decoder could read, and what UTF-8's replacement characters look like when read as GBK. In quotation
# marks, somebody speaks of them.
_GONE = re.compile(
    f"{_LOST}(?<![“‘「『\"'].){_LOST}*(?![”’」』\"'])|锟(?<![“‘「『\"'].)斤拷(?:{TWICE_LOST})*(?![”’」』\"'])"
)
_PRIVATE = re.compile("[\ue000-\uf8ff]+")
_HANZI = re.compile(f"[{HANZI}]")
# On damaged pages only: a bracketed reading whose bracket a decoder swallowed, and a mark of another code point lost in
# a word or number (`TN98?34`).
_SWALLOWED = re.compile(f"[?{_LOST}][{LETTERS}]{{1,6}} ?[)）]")
_IN_WORD = re.compile("\\?(?<=[A-Za-z0-9].)(?=[A-Za-z0-9])")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*")


def clue_edits(text: str, damaged: bool) -> list[Edit]:
    """Marks on what is left of damage; `damaged` says that the page was seen to have more of it.

    >>> [(edit.before, edit.applied) for edit in clue_edits("济南锟斤拷工作\\ufffd，\\ue319。", damaged=False)]
    [('锟斤拷', False), ('\ufffd', False), ('\ue319', False)]
    >>> clue_edits("“锟斤拷”是什么", damaged=False)
    []
    """
    edits: list[Edit] = []
    if (_ANY.find(text) >= 0 or TWICE_LOST in text) and _HANZI.search(text):
        edits += _marks(_GONE, text, "", "bytes that were lost before this text was read")
        edits += _marks(_PRIVATE, text, "", "characters without a meaning: their bytes belong elsewhere")
    if damaged:
        edits += _marks(_SWALLOWED, text, "", "a reading without its bracket: a clue of bytes out of step")
        outside = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
        edits += _marks(_IN_WORD, outside, "-", "a mark that was lost, likely a hyphen")
    return apart(edits)


def _marks(pattern: re.Pattern[str], text: str, after: str, why: str) -> Iterator[Edit]:
    for match in pattern.finditer(text):
        yield Edit(*match.span(), match[0], after, Stage.REPAIR, "clue", 0.0, applied=False, why=why)
