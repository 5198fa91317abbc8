"""What a file is: by its first bytes where they say it, else by its name."""

from __future__ import annotations

from enum import StrEnum

from tasks.expressions import seldom
from tasks.records import Media

# Enough to reach the magic of tar, which stands at byte 257, and to look for markup past a byte order mark and
# comments.
HEAD_BYTES = 4096


class Kind(StrEnum):
    """The ways to read a file."""

    GZIP = "gzip"
    ZSTD = "zstd"
    XZ = "xz"
    BZIP2 = "bzip2"
    ZIP = "zip"
    TAR = "tar"
    WARC = "warc"
    PARQUET = "parquet"
    JSONL = "jsonl"
    CSV = "csv"
    PAGE = "page"
    OTHER = "other"


COMPRESSED = frozenset({Kind.GZIP, Kind.ZSTD, Kind.XZ, Kind.BZIP2})

# RFC 1952 2.3.1 (with the deflate method), RFC 8878 3.1.1 and 3.1.2 (skippable frames are not looked for), the .xz
# format 2.1.1.1, bzip2's block magic, APPNOTE 4.3.7 and 4.3.16, POSIX ustar, WARC 1.1 4, Parquet's file format.
_MAGIC = (
    (0, b"\x1f\x8b\x08", Kind.GZIP),
    (0, b"\x28\xb5\x2f\xfd", Kind.ZSTD),
    (0, b"\xfd7zXZ\x00", Kind.XZ),
    (0, b"PK\x03\x04", Kind.ZIP),
    (0, b"PK\x05\x06", Kind.ZIP),
    (257, b"ustar", Kind.TAR),
    (0, b"WARC/", Kind.WARC),
    (0, b"PAR1", Kind.PARQUET),
)
_BZIP2 = seldom(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")

_SUFFIXES = {
    ".tar": Kind.TAR,
    ".warc": Kind.WARC,
    ".wet": Kind.WARC,
    ".parquet": Kind.PARQUET,
    ".jsonl": Kind.JSONL,
    ".ndjson": Kind.JSONL,
    ".csv": Kind.CSV,
    ".tsv": Kind.CSV,
}
_MEDIA = {
    ".txt": Media.TEXT,
    ".text": Media.TEXT,
    ".md": Media.MARKDOWN,
    ".markdown": Media.MARKDOWN,
    ".html": Media.HTML,
    ".htm": Media.HTML,
    ".xhtml": Media.HTML,
    ".shtml": Media.HTML,
}
_COMPRESSED_SUFFIXES = {
    ".gz": "",
    ".zst": "",
    ".zstd": "",
    ".xz": "",
    ".bz2": "",
    ".tgz": ".tar",
    ".tzst": ".tar",
    ".txz": ".tar",
}
# Zip files that are documents of another program, not archives of pages.
_ZIPPED_DOCUMENTS = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar", ".apk", ".whl"})
# Text for programs to read, unless it opens as JSON lines or an HTML document does.
_FOR_PROGRAMS = frozenset({".json", ".js", ".css", ".xml", ".svg", ".map", ".yaml", ".yml", ".toml", ".ini", ".py"})

# XML that is no HTML: feeds, whose texts stand in escapes, and data for programs.
_XML = seldom(rb"(?:\xef\xbb\xbf)?\s*<\?xml\s")
# A mail, or a page saved as one (MHTML), whose bodies are coded: RFC 5322, 2.2, and RFC 2045, 5 and 6.
_FIELD = seldom(rb"[A-Za-z][A-Za-z\-]{1,40}:[ \t]")
_CODED = seldom(rb"(?im)^content-(?:transfer-encoding:[ \t]*(?:base64|quoted-printable)|type:[ \t]*multipart/)")
# A line of JSON Lines: an object, closed on the same line.
_JSON_LINE = seldom(rb"(?:\xef\xbb\xbf)?\s*\{\s*(?:\"|\})")


def kind_of(name: str, head: bytes) -> Kind:
    """How to read a file called `name` whose first `HEAD_BYTES` bytes are `head`.

    First match wins: content that names itself; a name that does; for names that say nothing, JSON lines, then text.

    >>> kind_of("a.txt", b"\\x1f\\x8b\\x08"), kind_of("a.jsonl", b"{}"), kind_of("a.json", b"{}")
    (<Kind.GZIP: 'gzip'>, <Kind.JSONL: 'jsonl'>, <Kind.OTHER: 'other'>)
    """
    suffix = _suffix(name)
    magic = next((kind for at, magic, kind in _MAGIC if head.startswith(magic, at)), None)
    if magic is Kind.ZIP and suffix in _ZIPPED_DOCUMENTS:
        return Kind.OTHER
    if magic:
        return magic
    if _BZIP2.match(head):
        return Kind.BZIP2
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix in _MEDIA or not head:
        return Kind.PAGE
    return _sniffed(head, suffix)


def media_of(name: str, head: bytes) -> Media:
    """What kind of text a page called `name` holds. Plain text that opens as HTML does is HTML.

    >>> media_of("a.md", b"# x"), media_of("a", b"<!DOCTYPE html>")
    (<Media.MARKDOWN: 'markdown'>, <Media.HTML: 'html'>)
    """
    media = _MEDIA.get(_suffix(name), Media.TEXT)
    return Media.HTML if media is Media.TEXT and _opens_html(head) else media


def inner_name(name: str) -> str:
    """The name of what a compressed file holds.

    >>> inner_name("a.jsonl.gz"), inner_name("b.tgz"), inner_name("c.txt")
    ('a.jsonl', 'b.tar', 'c.txt')
    """
    suffix = _suffix(name)
    if suffix not in _COMPRESSED_SUFFIXES:
        return name
    return name[: -len(suffix)] + _COMPRESSED_SUFFIXES[suffix]


def _suffix(name: str) -> str:
    base = name.rpartition("/")[2]
    dot = base.rfind(".")
    return base[dot:].lower() if dot >= 0 else ""


def _opens_html(head: bytes) -> bool:
    # Who looks what there is to read, and leaves the reading to others, needs no stages: a tenth of a second.
    from tasks.decode.declared import opens_html

    return opens_html(head)


def _sniffed(head: bytes, suffix: str) -> Kind:
    if _JSON_LINE.match(head) and b"\n" in head and head.split(b"\n", 1)[0].rstrip().endswith(b"}"):
        return Kind.JSONL
    if (suffix in _FOR_PROGRAMS or _XML.match(head)) and not _opens_html(head):
        return Kind.OTHER
    if _FIELD.match(head) and _CODED.search(head):
        return Kind.OTHER
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return Kind.OTHER if b"\x00" in head and not wide else Kind.PAGE
