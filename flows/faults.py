"""Rejects for pages at which a stage raised: a fault of ours, which costs that page and no other."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from tasks.records import Page, Reason, Reject

if TYPE_CHECKING:
    from traceback import StackSummary

T = TypeVar("T")


def attempt(page: Page, work: Callable[[], T]) -> T | Reject:
    """What `work` makes of a page, or the page's reject where a stage raises.

    >>> attempt(Page("a.txt", b"?"), lambda: 1 // 0).detail
    'ZeroDivisionError: integer division or modulo by zero'
    """
    try:
        return work()
    except Exception as error:
        return failed(page, error)


def failed(page: Page, error: Exception) -> Reject:
    """The reject of a page at which a stage raised."""
    return rejected(page, stage_of(error), words_of(error))


def rejected(page: Page, stage: str, detail: str, reason: Reason = Reason.FAILED) -> Reject:
    """The reject of a page that was read."""
    return Reject(page.source_uri, stage, reason, detail, sha256(page.raw).hexdigest(), len(page.raw))


def words_of(error: Exception) -> str:
    """The error in a line, with the place in our own code that it came from."""
    frames = [frame for frame in _frames(error) if f"{os.sep}tasks{os.sep}" in frame.filename]
    place = f" (tasks/{_below(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {str(error)[:500]}{place}"


def stage_of(error: BaseException) -> str:
    """The folder below tasks/ that raised: the stage."""
    for frame in reversed(_frames(error)):
        if f"{os.sep}tasks{os.sep}" in frame.filename and "/" in (below := _below(frame.filename)):
            return below.split("/", 1)[0]
    return "page"


def _frames(error: BaseException) -> StackSummary:
    import traceback  # it takes longer to import than most pages to repair

    return traceback.extract_tb(error.__traceback__)


def _below(filename: str) -> str:
    return filename.rsplit(f"{os.sep}tasks{os.sep}", 1)[1].replace(os.sep, "/")
