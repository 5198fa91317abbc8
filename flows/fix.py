"""`qingwen fix`: decode, repair, scripts, and strip if asked; bytes in, UTF-8 out. Nothing heavy is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tasks.errors import InputError
from tasks.page import repair_page
from tasks.read.kinds import COMPRESSED, HEAD_BYTES, Kind, kind_of, media_of
from tasks.records import Page, Policy, Punctuation, Reason, Reject, Target

_HOLD_PAGES = COMPRESSED | {Kind.ZIP, Kind.TAR, Kind.WARC, Kind.PARQUET}


def fix(files: Sequence[str], target: Target, punctuation: Punctuation, *, strip: bool) -> int:
    """Write the repaired text of each file to standard output. Returns 1 if one is no page that can be decoded, else 0.

    Raises InputError if a file cannot be read.
    """
    policy = Policy(target=target, punctuation=punctuation)
    status = 0
    for name in files:
        page = page_of(name)
        if (kind := kind_of(name, page.raw[:HEAD_BYTES])) in _HOLD_PAGES:
            print(f"qingwen: {name}: no page but {kind}, which `qingwen explain` and `run` read", file=sys.stderr)
            status = 1
            continue
        text = fixed(page, policy, strip=strip)
        if isinstance(text, str):
            sys.stdout.buffer.write(text.encode())
        elif text.reason is not Reason.EMPTY:
            print(f"qingwen: {name}: {text.detail or text.reason}", file=sys.stderr)
            status = 1
    return status


def page_of(name: str) -> Page:
    """The page in a file, or on standard input for "-". Raises InputError if it cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    return Page(name, raw, media_of(name, raw[:HEAD_BYTES]))


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
