"""Lines taken out of a text, worked on, and put back: so that lines with nothing to do cost next to nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from tasks.chars import CharPairs, CharSet, compiled

Pattern = re.Pattern[str] | CharSet
Signs = CharPairs | CharSet


def lines_with(pattern: Pattern, text: str, signs: Signs | None = None) -> list[tuple[int, int]]:
    """Start and end of each line of `text` that `pattern` finds something in, without its line end. Lines without any
    of `signs` are not tried: all that it finds holds one of them.

    >>> lines_with(CharSet("[,;]"), "春天\\n夏,秋;\\n冬;"), lines_with(re.compile(",秋"), "夏,秋;\\n冬;")
    ([(3, 7), (8, 10)], [(0, 4)])
    """
    spans: list[tuple[int, int]] = []
    first = signs if signs and compiled else pattern  # without a compiler that would take longer
    at = _found(first, text, 0)
    while at >= 0:
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if first is pattern or _found(pattern, text[start:end], 0) >= 0:
            spans.append((start, end))
        at = _found(first, text, end)
    return spans


def _found(pattern: Pattern | Signs, text: str, start: int) -> int:
    if isinstance(pattern, CharSet | CharPairs):
        return pattern.find(text, start)
    found = pattern.search(text, start)
    return found.start() if found else -1


def with_lines(text: str, spans: Sequence[tuple[int, int]], lines: Iterable[str]) -> str:
    """`text` with other lines at `spans`.

    >>> with_lines("春天\\n夏,秋;\\n冬;", [(3, 7), (8, 10)], ["夏，秋；", "冬；"])
    '春天\\n夏，秋；\\n冬；'
    """
    parts: list[str] = []
    position = 0
    for (start, end), line in zip(spans, lines, strict=True):
        parts += (text[position:start], line)
        position = end
    parts.append(text[position:])
    return "".join(parts)


def in_lines_with(pattern: Pattern, change: Callable[[str], str], text: str, signs: Signs | None = None) -> str:
    """`text` with each line that `pattern` finds something in changed; `signs` are those of `lines_with`.

    >>> in_lines_with(re.compile("[A-Z]"), str.lower, "ABC\\nÀ\\nD")
    'abc\\nÀ\\nd'
    """
    spans = lines_with(pattern, text, signs)
    return with_lines(text, spans, (change(text[start:end]) for start, end in spans)) if spans else text
