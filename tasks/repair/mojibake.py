"""Text decoded as something else than it was: `鐢ㄦ埛` is 用户, `ä¸­å›½` is 中国, `ÖÐ¹ú` is 中国 (damage class 4).

Only the sure cases: UTF-8 read as GBK, UTF-8 read as Latin-1 or Windows-1252 (ftfy's work), GBK read as those. A clue
in the text, one compiled search each, decides whether anything is tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from operator import lt

from tasks.records import Edit, Stage
from tasks.repair.layers import apart
from tasks.repair.shift.pairs import pairs
from tasks.script.fold import fold

# Where Windows-1252 puts the bytes 80 to 9F; the five that it leaves out stay C1 controls.
_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_CONTINUATION = f"\x80-\xbf{_CP1252}"
# UTF-8 of Chinese: leads E3 to E9 and EF and two continuation bytes each. Two in a row, for `é…”` is honest French.
_UTF8_AS_LATIN = re.compile(f"[ã-ï][{_CONTINUATION}]{{2}}[ã-ï][{_CONTINUATION}]{{2}}")
# GB 2312: both bytes high. Four in a row, for no language writes so many letters with marks on end.
_GBK_AS_LATIN = re.compile("[\xa1-\xfe]{4,}")
# A run of one mark (××××), or one whose characters mostly rise (ÀÁÂÃÄÅ), is itself.
RISING = 0.75
# At least this share of what comes out is common Chinese.
MOSTLY = 0.8


def mojibake_edits(text: str) -> list[Edit]:
    """Edits that decode mis-decoded passages anew, each cut down to what changes.

    >>> [(edit.before, edit.after, edit.kind) for edit in mojibake_edits("标题：鐢ㄦ埛ã€‚\\nÖÐ¹úÈË and café…”")]
    [('鐢ㄦ埛', '用户', 'utf8_as_gbk'), ('ÖÐ¹úÈË', '中国人', 'gbk_as_latin1')]
    """
    edits: list[Edit] = []
    if _UTF8_AS_LATIN.search(text):
        edits += _by_ftfy(text)
    if _GBK_AS_LATIN.search(text):
        edits += _runs(text, _GBK_AS_LATIN, _from_latin, "gbk_as_latin1")
    if _utf8_as_gbk().search(text):
        edits += _utf8_runs(text)
    return apart(edits)


def _runs(text: str, run: re.Pattern[str], decode: Callable[[str], str], kind: str) -> Iterator[Edit]:
    for match in run.finditer(text):
        before, after = match[0], decode(match[0])
        if after:
            yield _edit(match.start(), before, after, kind)


def _edit(start: int, before: str, after: str, kind: str) -> Edit:
    """The change from before to after, without what both begin and end with."""
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    why = f"its bytes are Chinese text: {kind.replace('_', ' ')}"
    return Edit(start + first, start + first + len(before), before, after, Stage.REPAIR, kind, 0.99, why=why)


def _by_ftfy(text: str) -> Iterator[Edit]:
    """ftfy, line by line, with everything off that is not about mis-decoded text."""
    from ftfy import TextFixerConfig, fix_text_segment

    # ftfy's defaults turn the quotation marks and the full-width marks of Chinese text into ASCII.
    config = TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
    start = 0
    for line in text.split("\n"):
        if _UTF8_AS_LATIN.search(line):
            fixed = fix_text_segment(line, config)
            if fixed != line and "\n" not in fixed and _chinese(fixed) > _chinese(line):
                yield _edit(start, line, fixed, "utf8_as_latin1")
        start += len(line) + 1


def _chinese(text: str) -> int:
    return len(_HANZI.findall(text))


_HANZI = re.compile("[\u3400-\u9fff]")


def _from_latin(run: str) -> str:
    """GBK read as Latin-1 or Windows-1252, or "" unless all of it is common Chinese."""
    try:
        text = run.encode("latin-1").decode("gb2312")
    except UnicodeDecodeError:
        return ""
    if len(set(run)) <= 2 or sum(map(lt, run, run[1:])) > RISING * len(run):
        return ""
    return text if _common_share(text) == 1 else ""


def _gbk(char: str) -> bytes:
    """The bytes that a decoder of GBK made this character of; empty if none. It makes a euro sign of the byte 80."""
    if char == "€":
        return b"\x80"
    pair = pairs().get(char)
    return pair.to_bytes(2) if pair else b""


def _kind(lead: tuple[int, int], trail: tuple[int, int]) -> str:
    """A class of the characters of GBK whose bytes lie in these ranges, without what stands in row A1 to A9."""
    chars = (
        bytes((a, b)).decode("gb18030", "ignore")
        for a in range(lead[0], lead[1] + 1)
        for b in range(trail[0], trail[1] + 1)
        if b != 0x7F
    )
    return "".join(char for char in chars if len(char) == 1)


@cache
def _utf8_as_gbk() -> re.Pattern[str]:
    """Two hanzi of UTF-8 read as three characters of GBK: lead and first byte, second byte and lead, two more."""
    first = _kind((0xE4, 0xE9), (0x80, 0xBF)) + _kind((0xE3, 0xE3), (0x80, 0x80)) + _kind((0xEF, 0xEF), (0xBC, 0xBD))
    middle = _kind((0x81, 0xBF), (0xE3, 0xE9)) + _kind((0x81, 0xBF), (0xEF, 0xEF))
    last = _kind((0x81, 0xBF), (0x80, 0xBF))
    return re.compile(f"[{first}][{middle}€][{last}€]")


def _utf8_runs(text: str) -> Iterator[Edit]:
    """UTF-8 read as GBK, from each clue on as far as the bytes are UTF-8 of Chinese."""
    done = 0
    for match in _utf8_as_gbk().finditer(text):
        if match.start() < done:
            continue
        done, after = _from_gbk(text, match.start())
        if len(after) >= 2 and _common_share(after) >= MOSTLY:
            yield _edit(match.start(), text[match.start() : done], after, "utf8_as_gbk")


def _from_gbk(text: str, start: int) -> tuple[int, str]:
    """Where UTF-8 of Chinese read as GBK ends that begins at `start`, and what it says.

    The end is the last place where a character of GBK and one of UTF-8 end together.
    """
    end, after = start, ""
    raw, decoded = b"", ""
    for at in range(start, len(text)):
        pair = _gbk(text[at])
        if not pair:
            break
        raw += pair
        if len(raw) >= 3:
            if not 0xE3 <= raw[0] <= 0xEF:
                break
            try:
                decoded += raw[:3].decode("utf-8")
            except UnicodeDecodeError:
                break
            raw = raw[3:]
        if not raw:
            end, after = at + 1, decoded
    return end, after


def _common_share(text: str) -> float:
    """The share of common hanzi, in either script, and of Chinese marks: rows 1 to 55 of GB 2312."""
    return sum(0xA1 <= (char.encode("gb2312", "ignore") or b"\0")[0] <= 0xD7 for char in fold(text)) / max(len(text), 1)
