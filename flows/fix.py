"""`qingwen fix`: decode, repair, scripts, and strip if asked; bytes in, UTF-8 out. Nothing heavy is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial

from flows.faults import attempt
from tasks.errors import InputError
from tasks.page import repair_page
from tasks.read.kinds import COMPRESSED, HEAD_BYTES, Kind, kind_of, media_of
from tasks.records import Limits, Page, Policy, Punctuation, Reason, Reject, Target

_HOLD_PAGES = COMPRESSED | {Kind.ZIP, Kind.TAR, Kind.WARC, Kind.PARQUET}


def fix(files: Sequence[str], target: Target, punctuation: Punctuation, *, strip: bool) -> int:
    """Write the repaired text of each file to standard output. One that has none is told of, and the next one's turn.

    Returns 2 if a file cannot be read, 1 if one is no page that can be decoded, else 0.
    """
    policy = Policy(target=target, punctuation=punctuation)
    status = 0
    for name in files:
        try:
            page = page_of(name)
        except InputError as error:
            print(f"qingwen: {error}", file=sys.stderr)
            status = 2
            continue
        if (kind := kind_of(name, page.raw[:HEAD_BYTES])) in _HOLD_PAGES:
            print(f"qingwen: {name}: no page but {kind}, which `qingwen explain` and `run` read", file=sys.stderr)
            status = status or 1
            continue
        text = attempt(page, partial(fixed, page, policy, strip=strip))
        if isinstance(text, str):
            sys.stdout.buffer.write(text.encode())
        elif text.reason is not Reason.EMPTY:
            print(f"qingwen: {name}: {_ours(text)}{text.detail or text.reason}", file=sys.stderr)
            status = status or 1
    return status


def _ours(text: Reject) -> str:
    return "a fault of qingwen; please report it with the page: " if text.reason is Reason.FAILED else ""


def page_of(name: str) -> Page:
    """The page in a file, or on standard input for "-". Raises InputError if it cannot be read."""
    try:
        raw = _read(name)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise InputError(f"cannot read {name or repr(name)}: {getattr(error, 'strerror', error)}") from error
    return Page(name, raw, media_of(name, raw[:HEAD_BYTES]))


def _read(name: str) -> bytes:
    """No more than a page may have, and the byte more by which decode rejects it: a device may never come to an end."""
    most = Limits().page_bytes + 1
    if name == "-":
        return sys.stdin.buffer.read(most)
    with open(name, "rb") as stream:
        return stream.read(most)


def fixed(page: Page, policy: Policy, *, strip: bool = False) -> str | Reject:
    """The page's repaired text in the target script, or why there is none.

    >>> fixed(Page("-", "產(chǎn)業(yè)發(fā)展".encode("gb18030")), Policy())
    '产业发展'
    """
    found = repair_page(page, policy)
    if isinstance(found, Reject):
        return found
    ledger = found.ledger
    if strip:
        from tasks.strip import strip as stripped

        ledger, _ = stripped(ledger, found.decoded.blocks, policy)
    return found.convert(ledger.text)
