"""Letters with marks, quotation marks and dashes in UTF-8 that were read as single bytes: ftfy's own field.

Also other languages than Chinese: what is theirs must not be searched for Chinese, which pairs of bytes always hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.records import Edit, Stage
from tasks.repair.mojibake.chains import name
from tasks.repair.mojibake.clue import has_bytes
from tasks.repair.mojibake.codecs import CP1252_ONLY, bytes_of
from tasks.script.tables import HANZI

# A word, or what stands between hanzi, with two or three bytes of UTF-8 in it.
_WORD = re.compile("[^\\s\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]{2,200}")
_BYTES = re.compile(f"[\xc2-\xf4][\x80-\xbf{CP1252_ONLY}]")
_RUN = re.compile(f"[\x20-\xff{CP1252_ONLY}]{{4,}}")
_HANZI = re.compile(f"[{HANZI}]")
_KANA_OR_HANGUL = re.compile("[\u3041-\u30ff\uac00-\ud7a3]")
_KANA_SHARE = 0.1  # of Japanese text half are kana
# UTF-8 that was read as single bytes more often than this is not looked for.
_MOST_TIMES = 4


def spans_of_letters(line: str) -> list[tuple[int, int]]:
    """The stretches of a line that are UTF-8 read as single bytes, once or more, all through, and not of Chinese.

    >>> spans_of_letters("书名：El seÃƒÂ±or MuÃƒÂ±oz"), spans_of_letters("ä¸\xadå›½")
    ([(3, 23)], [])
    """
    spans = []
    for match in _RUN.finditer(line):
        if _BYTES.search(match[0]) and (text := _read(match[0])[0]) and not has_bytes(text):
            hanzi, kana = len(_HANZI.findall(text)), len(_KANA_OR_HANGUL.findall(text))
            if not hanzi or kana > _KANA_SHARE * len(text):
                spans.append(match.span())
    return spans


def letter_edits(line: str, offset: int) -> Iterator[Edit]:
    """The words of a line that begins at `offset` which ftfy holds to be UTF-8 read as Latin-1 or Windows-1252.

    >>> [(edit.before, edit.after, edit.kind) for edit in letter_edits("书名叫Itâ€™s a cafÃ©，很薄", 0)]
    [('â€™', '’', 'utf8_as_cp1252'), ('Ã©', 'é', 'utf8_as_latin1')]
    """
    for match in _WORD.finditer(line):
        word = match[0]
        found = list(_BYTES.finditer(word))
        if not found or _read(word)[0] != _by_ftfy(word):
            continue
        for byte in re.finditer(f"[\x80-\xff{CP1252_ONLY}]+", word):
            before, (after, times) = byte[0], _read(byte[0])
            kind = name((("latin", "utf8"),) * times, before)
            start, why = offset + match.start() + byte.start(), "its bytes are UTF-8, and ftfy takes them for it"
            if after and after != before:
                yield Edit(start, start + len(before), before, after, Stage.REPAIR, kind, 0.95, why=why)


def _read(word: str) -> tuple[str, int]:
    """The word as the UTF-8 that its characters are the bytes of, and how often they are; "" and 0 if they are not."""
    text, times = word, 0
    while times < _MOST_TIMES:
        try:
            inner = text.translate(bytes_of("latin", "utf8")).encode("latin-1").decode("utf-8")
        except UnicodeError:
            break
        if inner == text:
            break
        text, times = inner, times + 1
    return (text, times) if times and text.isprintable() else ("", 0)


def _by_ftfy(word: str) -> str:
    from ftfy import fix_encoding

    return fix_encoding(word)
