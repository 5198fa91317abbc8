"""Control and invisible characters: taken out where they do nothing for the text.

C0 and C1 controls say nothing in a text. Zero-width, bidirectional and other invisible characters have honest work in
Arabic, Hebrew, Indic scripts and emoji; beside Chinese text they have none, and are left over from editors, or hide
words from filters.
"""

from __future__ import annotations

import re

from tasks.chars import CharSet
from tasks.records import Edit, Stage

_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ufdd0-\ufdef\ufff9-\ufffb"
_INVISIBLE = (
    "\N{SOFT HYPHEN}\N{COMBINING GRAPHEME JOINER}\N{ARABIC LETTER MARK}\N{MONGOLIAN VOWEL SEPARATOR}"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\N{OBJECT REPLACEMENT CHARACTER}"
    "\ufe00-\ufe0e"  # variation selectors; U+FE0F, of emoji, is left
)
_TAGS = "\U000e0000-\U000e01ef"  # tags, and the variation selectors of hanzi
_ANY = CharSet(f"[{_CONTROLS}{_INVISIBLE}{_TAGS}]", 0xE0000, 0xE01EF)
_RUN = re.compile(f"[{_CONTROLS}{_INVISIBLE}{_TAGS}]+")
_CONTROL = re.compile(f"[{_CONTROLS}]")
_SEPARATOR = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CJK = re.compile(
    "[\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—·]"
)
# A C1 control beside one of these is a byte of mis-read text, which is not to be thrown away.
_LATIN_1 = re.compile("[\xa0-\xff]")


def control_edits(text: str) -> list[Edit]:
    """Edits that take control characters out, and invisible ones beside Chinese text.

    >>> [(edit.before, edit.after, edit.kind) for edit in control_edits("中\\u200b文\\x00，a\\u200bb")]
    [('\\u200b', '', 'invisible'), ('\\x00', '', 'control')]
    """
    if _ANY.find(text) < 0:
        return []
    edits = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        before, after = match[0], _left(match[0], text[start - 1 : start] if start else "", text[end : end + 1])
        if before != after:
            kind = "control" if _CONTROL.search(before) else "invisible"
            why = "not to be seen, without a task here: " + " ".join(f"U+{ord(c):04X}" for c in before[:8])
            edits.append(Edit(start, end, before, after, Stage.REPAIR, kind, why=why))
    return edits


def _left(run: str, before: str, after: str) -> str:
    """What is to be left of a run between two characters, either of which may be a line end or nothing."""
    chinese = any(_CJK.match(char) for char in (before, after) if char)
    if any(_LATIN_1.match(char) for char in (before, after) if char) and not chinese:
        return run
    if _SEPARATOR.search(run) and before.strip() and after.strip() and not chinese:
        return " "
    return "" if chinese else _CONTROL.sub("", run)
