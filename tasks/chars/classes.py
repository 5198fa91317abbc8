"""The characters of a class of `re`, read off its expression: to compile one of three thousand hanzi takes `re` 5 ms,
and to try it at each character of the plane takes another one."""

from __future__ import annotations

import re
from functools import cache

_LAST = 0xFFFF  # of the basic plane
_CLASS = re.compile(r"\[(?P<not>\^?)(?P<inside>\]?(?:\\.|[^\]\\])*)\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_STRETCH = re.compile("(.)-(.)", re.DOTALL)


@cache
def plane() -> str:
    """All characters of the basic plane, in order: two dozen sets are made of it.

    >>> len(plane()), plane()[ord("春")]
    (65536, '春')
    """
    row = bytearray(512)
    row[::2] = bytes(range(256))
    rows: list[str] = []
    for high in range(256):  # one by one, or two halves of a pair would be one character
        row[1::2] = bytes([high]) * 256
        rows.append(row.decode("utf-16-le", "surrogatepass"))
    return "".join(rows)


def members(pattern: str) -> str:
    """The characters of the basic plane that `pattern` matches, a class of one, in order.

    >>> members("[a-c,]"), len(members("[^a-c,]")), members(r"[^\\S\\n]")[:3]
    (',abc', 65532, '\\t\\x0b\\x0c')
    """
    spans = _spans(pattern)
    if spans is None:
        return "".join(re.findall(f"(?:{pattern})+", plane()))
    all_of = plane()
    return "".join([all_of[first:end] for first, end in spans])


def _spans(pattern: str) -> list[tuple[int, int]] | None:
    """Where the characters begin and end in the plane; None of what is not a class of characters and of stretches."""
    found = _CLASS.fullmatch(pattern)
    parts = _parts(found["inside"]) if found else None
    if not found or parts is None:
        return None
    spans: list[tuple[int, int]] = []
    before = -1
    for first, end in sorted(parts):
        if first > before:
            spans.append((first, end))
            before = end
        elif end > before:
            spans[-1] = spans[-1][0], end
            before = end
    if not found["not"]:
        return spans
    ends = [0, *[at for span in spans for at in span], _LAST + 1]
    return list(zip(ends[::2], ends[1::2], strict=True))


def _parts(inside: str) -> list[tuple[int, int]] | None:
    """The stretches that a class is made of, without what lies beyond the plane; None if one is not understood."""
    if "\\" in inside:
        escapes = {_escaped(*found.groups()) for found in _ESCAPE.finditer(inside)}
        if None in escapes or "-" in escapes:  # which would pass for the mark of a stretch
            return None
        inside = _ESCAPE.sub(lambda found: _escaped(*found.groups()) or "", inside)
    parts = [(ord(first), min(ord(last), _LAST) + 1) for first, last in _STRETCH.findall(inside)]
    parts += [(code, code + 1) for code in map(ord, _STRETCH.sub("", inside))]
    return [(first, end) for first, end in parts if first <= _LAST]


def _escaped(two: str | None, four: str | None, char: str | None) -> str | None:
    """The character that an escape stands for; None if that is more than one, or not known."""
    if char:
        return None if char.isalnum() else char
    return chr(int(two or four or "", 16))
