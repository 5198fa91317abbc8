"""The values that pass between stages: frozen, slotted, typed.

Read this file first: a page goes `Page` -> `Decoded` -> `Ledger` (tasks/ledger.py) -> `Curated`, or ends as a `Reject`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Media(StrEnum):
    """What a page's bytes hold, as its container or name says."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"


class Stage(StrEnum):
    """The stages that write into the ledger, in the order in which they run."""

    DECODE = "decode"
    REPAIR = "repair"
    STRIP = "strip"
    SEGMENT = "segment"


class Evidence(StrEnum):
    """Which evidence decided a page's encoding (contract: documents.encoding_evidence)."""

    BOM = "bom"
    DECLARED = "declared"
    VALID = "valid"
    DETECTED = "detected"
    MIXED = "mixed"


class Script(StrEnum):
    """The script of a page as found: ISO 15924 codes, and two words for what they cannot say."""

    HANS = "Hans"
    HANT = "Hant"
    MIXED = "mixed"
    NONE = "none"


class Target(StrEnum):
    """The script a page is converted to."""

    HANS = "Hans"
    HANT = "Hant"
    KEEP = "keep"


class Punctuation(StrEnum):
    """What becomes of ASCII punctuation between Chinese characters."""

    FULLWIDTH = "fullwidth"
    KEEP = "keep"


class Reason(StrEnum):
    """Why a page was not kept: the closed list of rejects.reason. Each is exercised by a test."""

    EMPTY = "empty"  # no bytes, or nothing but white space
    BINARY = "binary"  # not text in any encoding
    UNDECODABLE = "undecodable"  # text, but in no encoding that explains enough of its bytes
    TOO_LARGE = "too_large"  # larger than Limits.page_bytes
    TRUNCATED = "truncated"  # a compressed file that ends early, or is corrupt
    MALFORMED = "malformed"  # a container's record that does not parse
    NO_CONTENT = "no_content"  # nothing is left after stripping, or the HTML holds no text
    UNREADABLE = "unreadable"  # permission denied, or another error of the storage
    VANISHED = "vanished"  # listed, then gone
    UNSUPPORTED = "unsupported"  # not a file, or of a kind that is not read
    OUTSIDE = "outside"  # a link, or a member's name, that leads out of raw/ or out of its archive
    BOMB = "bomb"  # expands by more than Limits.expansion
    TOO_DEEP = "too_deep"  # an archive in an archive, deeper than Limits.depth
    TOO_MANY = "too_many"  # what follows Limits.members members of one archive
    TIMED_OUT = "timed_out"  # took longer than Limits.seconds
    FAILED = "failed"  # a stage raised: a bug of ours; detail holds the error


@dataclass(frozen=True, slots=True)
class Page:
    """One page as its container gave it.

    `source_uri` is the path below raw/ with `#member` or `#row` inside a container; `charset` is what the transport
    declared (not what the bytes declare), or None; `fetched_at` is timezone-aware or None.
    """

    source_uri: str
    raw: bytes
    media: Media = Media.TEXT
    url: str | None = None
    fetched_at: datetime | None = None
    charset: str | None = None


class Edit(NamedTuple):
    """A replacement of `text[start:end]`, which reads `before`, by `after`.

    Positions count code points of the text that the edit was made against: the decoded text, once composed into a
    `Ledger`. `applied` is False for a damaged span that is left as found; `after` then holds the best reading known, or
    "". `why` is a sentence a person can check.
    """

    start: int
    end: int
    before: str
    after: str
    stage: Stage
    kind: str
    confidence: float = 1.0
    applied: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """What HTML says of one line of the decoded text: the tag it comes from, and whether an extractor holds it content.

    `tag` is the nearest block element (`p`, `h1` … `h6`, `li`, `tr`, `alt`, …), `content` the extractor's verdict.
    """

    tag: str
    content: bool


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's decoded text, and how sure we are of it.

    `text` has "\\n" as its only line end. `blocks` is empty for plain text and Markdown; for HTML it has one entry a
    line of `text`. `edits` are decode-stage edits against `text` (an undecodable byte shows as U+FFFD). `head_title` is
    what an HTML page's title element says, which no reader sees in the text.
    """

    text: str
    encoding: str
    evidence: Evidence
    confidence: float
    undecodable_bytes: int = 0
    blocks: tuple[Block, ...] = ()
    edits: tuple[Edit, ...] = ()
    head_title: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page says of itself; None or empty where it does not say. `published_at` is naive, in Asia/Shanghai."""

    title: str | None = None
    published_at: datetime | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    editor: str | None = None
    document_number: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the curated text: `text[start:end]`, its own span without its children's.

    `kind` is one of lead, section, turn, caption, note, byline; `level` 0 for kinds without a heading, 1 to 6 else;
    `parent` the section_no of the section above, or None.
    """

    number: int
    parent: int | None
    level: int
    kind: str
    heading: str | None
    speaker: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one page, and one container, may cost. Sizes in bytes, before decoding.

    `expansion` is how many times its own size a compressed file may grow to, once it has grown past `page_bytes`: gzip
    cannot pass 1,032, pages of text stay under 20, rows that repeat a template under 100. `depth` counts compressions
    and archives around a page: x.jsonl.gz is 1, x.txt.gz in a .tar.zst is 3. `members` is per archive. `seconds` is the
    processor time that curating one page may take: ordinary pages take 0.02 s, a megabyte of prose that is damaged
    throughout 4 s, so that the default lets `page_bytes` of it pass.
    """

    page_bytes: int = 64 * 2**20
    expansion: int = 250
    depth: int = 4
    members: int = 1_000_000
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns of JSONL, CSV and Parquet that are looked for, best first, without regard to case."""

    text: tuple[str, ...] = ("text", "content", "raw_content", "body", "article", "html", "raw_html", "正文", "内容")
    url: tuple[str, ...] = ("url", "uri", "link", "source_url", "page_url", "warc-target-uri", "网址", "链接")
    date: tuple[str, ...] = ("fetched_at", "fetch_time", "crawl_date", "crawled_at", "warc-date", "date", "timestamp")


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that the stages see: plain values, no Prefect, no Pydantic.

    `strip` holds the kinds of strip rules that are on; None means all of them.
    """

    target: Target = Target.HANS
    punctuation: Punctuation = Punctuation.FULLWIDTH
    strip: frozenset[str] | None = None
    limits: Limits = field(default_factory=Limits)
    columns: Columns = field(default_factory=Columns)


@dataclass(frozen=True, slots=True)
class Curated:
    """A page kept: everything the four tables hold of it. Offsets in `sections` count code points of `text`."""

    page: Page
    decoded: Decoded
    script: Script
    metadata: Metadata
    text: str
    sections: tuple[Section, ...]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Reject:
    """A page, or a container's record, that was not kept. `stage` is the stage that gave up; `detail` a sentence.

    `raw_sha256` is hex, or "" where the bytes could not be read; `raw_size` is in bytes.
    """

    source_uri: str
    stage: str
    reason: Reason
    detail: str
    raw_sha256: str = ""
    raw_size: int = 0
