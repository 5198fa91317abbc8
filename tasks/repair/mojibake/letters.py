"""Letters with marks, quotation marks and dashes in UTF-8 that were read as single bytes: ftfy's own field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.records import Edit, Stage
from tasks.repair.mojibake.codecs import CP1252_ONLY, bytes_of

# A word, or what stands between hanzi, with two or three bytes of UTF-8 in it.
_WORD = re.compile("[^\\s\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]{2,200}")
_BYTES = re.compile(f"[\xc2-\xf4][\x80-\xbf{CP1252_ONLY}]")


def letter_edits(line: str, offset: int) -> Iterator[Edit]:
    """The words of a line that begins at `offset` which ftfy holds to be UTF-8 read as Latin-1 or Windows-1252.

    >>> [(edit.before, edit.after, edit.kind) for edit in letter_edits("书名叫Itâ€™s a cafÃ©，很薄", 0)]
    [('â€™', '’', 'utf8_as_cp1252'), ('Ã©', 'é', 'utf8_as_latin1')]
    """
    for match in _WORD.finditer(line):
        word = match[0]
        found = list(_BYTES.finditer(word))
        if not found or _read(word) != _by_ftfy(word):
            continue
        for byte in re.finditer(f"[\x80-\xff{CP1252_ONLY}]+", word):
            before, after = byte[0], _read(byte[0])
            kind = "utf8_as_cp1252" if any(char in before for char in CP1252_ONLY) else "utf8_as_latin1"
            start, why = offset + match.start() + byte.start(), "its bytes are UTF-8, and ftfy takes them for it"
            if after and after != before:
                yield Edit(start, start + len(before), before, after, Stage.REPAIR, kind, 0.95, why=why)


def _read(word: str) -> str:
    """The word as the UTF-8 that its characters are the bytes of, or "" if they are not."""
    try:
        text = word.translate(bytes_of("latin", "utf8")).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""
    return text if text.isprintable() else ""


def _by_ftfy(word: str) -> str:
    from ftfy import fix_encoding

    return fix_encoding(word)
