"""The lesser noise of damaged sites: commas put in beside other marks (`指出，，2014年`, `讲话，。`)."""

from __future__ import annotations

import re

from tasks.chars import CharSet
from tasks.records import Edit, Stage
from tasks.script.tables import HANZI

# A comma beside a comma or a full stop, between Chinese characters. Three commas in a row are somebody's ellipsis.
_MARKS = CharSet("[，,。、；]")
_DOUBLED = re.compile("[，,。、；][，,。、；]")
_BEFORE = re.compile(f"[{HANZI}0-9A-Za-z%”’》）)]")
_AFTER = re.compile(f"[{HANZI}0-9A-Za-z“‘《（(”’\n]|$")
# On a page that shows no other damage, so many, and one in so many characters, are a tool's doing. Hasty writers
# double a comma too: 27 times in 1.4 million characters of shop reviews, never thrice as near together as this.
MANY, NEAR = 3, 400


def noise_edits(text: str, damaged: bool) -> list[Edit]:
    """Edits that take such commas out of a page that is `damaged` otherwise, or has many of them.

    >>> [(edit.before, edit.after) for edit in noise_edits("会议指出，，今年要抓落实，。", damaged=True)]
    [('，，', '，'), ('，。', '。')]
    >>> noise_edits("会议指出，，今年要抓落实。", damaged=False)
    []
    """
    if _MARKS.find(text, 0, 2) < 0:
        return []
    found = [match for match in _DOUBLED.finditer(text) if _is_between(match)]
    if not damaged and (len(found) < MANY or len(found) * NEAR < len(text)):
        return []
    return [_edit(match) for match in found]


def _is_between(match: re.Match[str]) -> bool:
    start, end = match.span()
    if "，" not in match[0] and "," not in match[0]:
        return False
    return bool(start and _BEFORE.match(match.string, start - 1) and _AFTER.match(match.string, end))


def _edit(match: re.Match[str]) -> Edit:
    before = match[0]
    after = next((mark for mark in before if mark not in "，,"), before[0])
    why = "a comma put in beside another mark"
    return Edit(match.start(), match.end(), before, after, Stage.REPAIR, "doubled_mark", 0.8, why=why)
