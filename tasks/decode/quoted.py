"""A page that a mail program has written in quoted-printable (RFC 2045, 6.7), line ends that it put in and all.

Runs of it inside a line are the repair's; here are pages in which it goes on over line ends, which no repair may move.
"""

from __future__ import annotations

import re
from binascii import a2b_qp

from tasks.expressions import seldom

_TRIPLE = seldom(rb"=[0-9A-Fa-f]{2}")
_SOFT = re.compile(rb"=[ \t]{0,8}\r?\n")
_HEAD = 4096
# Of such a page a byte in five at least stands in a triple, however much of it is ASCII; and it breaks off lines.
_SHARE = 0.2
_LEAST_BREAKS = 2


def unquoted(raw: bytes) -> bytes | None:
    """The bytes that a page in quoted-printable stands for; None if it is none: each "=" must be of it.

    >>> unquoted(b"=E6=9C=A8=E6=A1=A5=\\n=E4=BF=AE=\\n=E5=A5=BD").decode()
    '木桥修好'
    >>> unquoted(b"a=b"), unquoted(b"x=\\n1=\\n=E4y=z")
    (None, None)
    """
    if not _SOFT.search(raw[:_HEAD]) or not raw.isascii():
        return None
    triples, breaks = len(_TRIPLE.findall(raw)), len(_SOFT.findall(raw))
    if (
        breaks < _LEAST_BREAKS
        or 3 * triples < _SHARE * len(raw)
        or raw.count(b"=") - triples - breaks > raw.endswith(b"=")
    ):
        return None
    return a2b_qp(raw)
