"""What a run says when pages were rejected or shards failed, to somebody who has not read the code."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from tasks.errors import QingwenError
from tasks.records import Reason

if TYPE_CHECKING:
    from flows.settings import Settings

T = TypeVar("T")

#: What a reason to reject says.
REASONS = {
    Reason.EMPTY: "nothing but white space",
    Reason.BINARY: "not text in any encoding",
    Reason.UNDECODABLE: "text, but in no encoding that is known",
    Reason.TOO_LARGE: "larger than the limit page_bytes",
    Reason.TRUNCATED: "a compressed file that ends early or is corrupt",
    Reason.MALFORMED: "a record that does not parse",
    Reason.NO_CONTENT: "no article on the page",
    Reason.UNREADABLE: "could not be read; tried again by the next run",
    Reason.VANISHED: "was gone when it should be read; tried again by the next run",
    Reason.UNSUPPORTED: "not a file, or of a kind that is not read",
    Reason.OUTSIDE: "a link or a name that leads out of raw",
    Reason.BOMB: "grows by more than the limit expansion",
    Reason.TOO_DEEP: "packed deeper than the limit depth",
    Reason.TOO_MANY: "beyond the limit members of an archive",
    Reason.TIMED_OUT: "took longer than the limit seconds",
    Reason.FAILED: "a bug of qingwen; the table rejects says where",
}

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENOTCONN, errno.EIO}


def counted(number: int, noun: str) -> str:
    """So many of something.

    >>> counted(1, "page"), counted(2000, "page")
    ('1 page', '2,000 pages')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def sentence(error: Exception, curated: str = "curated") -> str:
    """What an error says, on one line, and what to do about it if it does not say so itself.

    >>> from tasks.errors import UsageError
    >>> sentence(UsageError("cannot read raw: No such file or directory"))
    'cannot read raw: No such file or directory; mend that and run again'
    >>> sentence(OSError(errno.ENOSPC, "No space left on device"), "tables")
    '[Errno 28] No space left on device. Make room for tables and run again: what is written stays'
    >>> sentence(KeyError("x"))
    "a fault of qingwen, KeyError: 'x'. Report it with the lines below; what is written stays"
    """
    said = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, OSError):
        return f"{said.rstrip('.')}. {_remedy(error, curated)} run again: what is written stays"
    if not isinstance(error, QingwenError):
        return (
            f"a fault of qingwen, {type(error).__name__}: {said}. Report it with the lines below; what is written stays"
        )
    is_told = any(word in said for word in ("run again", "wait for", "`qingwen "))
    return said if is_told else f"{said}; mend that and run again"


def told(flow: Callable[[Settings], T], settings: Settings, *, verbose: bool) -> T:
    """What a flow returns. Raises QingwenError, a sentence, however it fails; if `verbose`, the error as it is."""
    try:
        return flow(settings)
    except QingwenError:
        raise
    except Exception as error:
        if verbose:
            raise
        said = sentence(error, settings.curated).replace("the lines below", "what --verbose shows")
        raise QingwenError(said) from error


def failure(failures: Sequence[BaseException], shards: int, curated: str) -> str:
    """The sentence that a failed run ends with, on one line: what failed, and what to do.

    >>> failure([OSError(errno.ENOSPC, "No space left on device")], 9, "tables")
    '1 of 9 shards failed, the first with: [Errno 28] No space left on device. Make room for tables and run again: \
the others are written'
    """
    first = " ".join(str(failures[0]).split()) or type(failures[0]).__name__
    said = f"{len(failures)} of {shards} shards failed, the first with: {first.rstrip('.')}. "
    if isinstance(failures[0], QingwenError) and "run again" in first:
        return f"{said}The others are written"
    return f"{said}{_remedy(failures[0], curated)} run again: the others are written"


def _remedy(error: BaseException, curated: str) -> str:
    """What comes before running again."""
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        return f"Make room for {curated} and"
    if number in _FORBIDDEN:
        return f"Let this user read raw and write to {curated}, and"
    if number in _GONE:
        return "See that the disks and shares are there, and"
    return "Mend that and"
