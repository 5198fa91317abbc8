"""An HTTP response as a crawler kept it: status, header fields, body (RFC 9110, RFC 9112)."""

from __future__ import annotations

import zlib

from tasks.expressions import seldom
from tasks.read.streams import BrokenError
from tasks.records import Limits, Reason

_HEAD_END = seldom(rb"\r?\n\r?\n")
_STATUS = seldom(rb"HTTP/\d(?:\.\d)?\s+(\d{3})")
_CHARSET = seldom(r"(?i)charset\s*=\s*[\"']?([\w:.\-]+)")
_CHUNK_HEAD = seldom(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")


def payload_of(response: bytes, limits: Limits) -> tuple[bytes, str, str | None]:
    """Body, media type (lower case, "" if none is declared) and charset of a response.

    Many crawlers store a body that they have already unchunked or decompressed under its old header: a body that does
    not look as its header says is taken as it is. Raises BrokenError for a response that holds no page.

    >>> payload_of(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html; charset=GBK\\r\\n\\r\\n<p>", Limits())
    (b'<p>', 'text/html', 'GBK')
    """
    end = _HEAD_END.search(response)
    head = response[: end.start()] if end else response
    status = _STATUS.match(head)
    if not status or end is None:
        raise BrokenError(Reason.MALFORMED, "an HTTP response without a status or without a body")
    if not status[1].startswith(b"2"):
        raise BrokenError(Reason.UNSUPPORTED, f"an answer of HTTP status {status[1].decode()}")
    fields = _fields(head)
    body = response[end.end() :]
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    body = _expanded(body, fields.get("content-encoding", "").strip().lower(), limits)
    return body, *media_type(fields.get("content-type", ""))


def media_type(declared: str) -> tuple[str, str | None]:
    """The media type of a Content-Type field, in lower case, and its charset if it has one.

    >>> media_type("Text/HTML; charset='GBK'"), media_type("")
    (('text/html', 'GBK'), ('', None))
    """
    charset = _CHARSET.search(declared)
    return declared.partition(";")[0].strip().lower(), charset[1] if charset else None


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").splitlines()[1:]
    parts = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in parts}


def _unchunked(body: bytes) -> bytes:
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK_HEAD.match(body, position):
        size = int(match[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        position = match.end() + size
        position += 2 if body.startswith(b"\r\n", position) else body.startswith(b"\n", position)
    # Broken off between chunks: what came is the page. No chunk at all: the body was never chunked.
    return b"".join(parts) or body


def _expanded(body: bytes, encoding: str, limits: Limits) -> bytes:
    if encoding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
        return _inflated(body, 31, limits)
    if encoding == "deflate":
        return _inflated(body, 15 if body[:1] in (b"\x78", b"\x58", b"\x08") else -15, limits)
    if encoding in ("br", "zstd") and not body.lstrip()[:1] == b"<":
        raise BrokenError(Reason.UNSUPPORTED, f"a body with Content-Encoding {encoding}")
    return body


def _inflated(body: bytes, bits: int, limits: Limits) -> bytes:
    expander = zlib.decompressobj(wbits=bits)
    try:
        data = expander.decompress(body, limits.page_bytes + 1)
    except zlib.error as error:
        if bits != 31:
            return body
        raise BrokenError(Reason.TRUNCATED, f"the body's gzip data is corrupt: {error}") from error
    if len(data) > limits.page_bytes:
        raise BrokenError(Reason.TOO_LARGE, f"a body that expands to more than {limits.page_bytes} bytes")
    if not expander.eof and bits == 31:
        raise BrokenError(Reason.TRUNCATED, "the body's gzip data ends early")
    return data
