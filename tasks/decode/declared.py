"""What the bytes themselves say: a byte order mark, markup that names a charset, that they are HTML."""

from __future__ import annotations

from tasks.decode.charsets import codec_of
from tasks.expressions import seldom

# Longest first: the mark of UTF-32-LE begins with that of UTF-16-LE. Unicode 23.8; GB18030's from its registration.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\x84\x31\x95\x33", "gb18030"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Browsers look for a meta element in the first 1,024 bytes (HTML Living Standard, 13.2.3.2); crawled pages often have
# it later, behind comments and scripts.
_SEARCHED = 4096
_META = seldom(rb"(?i)<meta\b[^>]{0,300}?\bcharset\s{0,8}=\s{0,8}[\"']?\s{0,8}([a-z0-9_:.\-]{2,40})")
_XML = seldom(rb"(?i)^\s{0,64}<\?xml\b[^>]{0,200}?\bencoding\s{0,8}=\s{0,8}[\"']([a-z0-9_:.\-]{2,40})[\"']")

_DOCUMENT = seldom(
    rb"(?i)(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,500}-->\s*)?<(?:!doctype\s+html|html)[\s>]"
)
# What content systems export of a page: its body from the first block element on.
_FRAGMENT = seldom(rb"(?i)\s*<(p|div|table|section|article|span|font|center|h[1-6])(?:\s[^<>]{0,500})?>")


def opens_html(head: bytes) -> bool:
    """Whether the first bytes of a page, in any encoding that holds ASCII as it is, open an HTML document, or a piece
    of one with an element that is closed.

    >>> opens_html(b"<!DOCTYPE html>"), opens_html(b'<p class="a">x</p>'), opens_html(b"<p> begins a paragraph")
    (True, True, False)
    """
    if _DOCUMENT.match(head):
        return True
    element = _FRAGMENT.match(head)
    return element is not None and b"</%b>" % element[1].lower() in head.lower()


def marked_codec(raw: bytes) -> tuple[str, int] | None:
    """The codec that a byte order mark names and the mark's length in bytes, or None.

    >>> marked_codec(b"\\xef\\xbb\\xbfabc")
    ('utf-8', 3)
    """
    return next(((codec, len(mark)) for mark, codec in _MARKS if raw.startswith(mark)), None)


def declared_codec(raw: bytes, transport: str | None, markup: bool) -> str | None:
    """The codec that the transport declares, or else, where there is markup, its XML declaration or meta element.

    A markup declaration of UTF-16 cannot be true of bytes in which it was found as ASCII: it means UTF-8 (HTML Living
    Standard, 13.2.3.2).

    >>> declared_codec(b'<meta charset="gb2312">', None, markup=True)
    'gb18030'
    """
    if transport and (codec := codec_of(transport)):
        return codec
    head = raw[:_SEARCHED]
    found = markup and (_XML.search(head) or _META.search(head))
    codec = codec_of(found[1].decode("ascii")) if found else None
    return "utf-8" if codec and codec.startswith(("utf-16", "utf-32")) else codec
