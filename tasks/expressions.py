"""Expressions that pages seldom ask for, compiled when one does.

There are hundreds, of which a healthy page asks for some sixty, and each takes half a millisecond to compile: together
more than all else that `qingwen fix --strip` or a worker does before its first page.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar, cast

Text = TypeVar("Text", str, bytes)

_ATTRIBUTES = (
    *("match", "search", "fullmatch", "finditer", "findall", "split", "sub", "subn"),
    *("flags", "groups", "groupindex"),
)


def seldom(pattern: Text, flags: int = 0) -> re.Pattern[Text]:
    """What `re.compile` makes of `pattern`, made when it is first asked; its `pattern` is known before.

    Of a match, `re` is what was compiled, not what this gives. An expression that is wrong raises re.error when it is
    asked; tests/test_expressions.py asks all of them.

    >>> year = seldom(r"(19|20)\\d\\d年")
    >>> year.pattern, year.match("2024年3月")[1], year.sub("", "1999年冬")
    ('(19|20)\\\\d\\\\d年', '20', '冬')
    """
    return cast("re.Pattern[Text]", _Seldom(pattern, flags))


class _Seldom:
    """Stands for an expression: once it is compiled, with methods of its own that are the expression's."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _ATTRIBUTES:
            raise AttributeError(name)
        made = re.compile(self.pattern, self._flags)
        for each in _ATTRIBUTES:
            setattr(self, each, getattr(made, each))
        return getattr(made, name)
