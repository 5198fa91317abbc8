"""The tables of curated/ as Arrow schemas: every column with its type, its description, and whether it may be null.

The descriptions stand in the Parquet files as field metadata (key `description`) and in curated/README.md, which a test
holds against this module. pyarrow is imported here, at the top: only `tasks/write` and its callers pay for it.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from tasks.records import Reason
from tasks.version import SCHEMA_VERSION
from tasks.write.names import CORPUS_NAMES, PAGE_ZONE, SHARD_NAMES


def _field(name: str, kind: pa.DataType, description: str, *, null: bool = False) -> pa.Field[Any]:
    return pa.field(name, kind, nullable=null, metadata={"description": description})


def _table(name: str, description: str, *fields: pa.Field[Any]) -> pa.Schema:
    metadata: dict[str | bytes, str | bytes] = {
        "table": name,
        "description": description,
        "schema_version": SCHEMA_VERSION,
    }
    return pa.schema(fields, metadata=metadata)


DOCUMENTS = _table(
    "documents",
    "a row for each page kept",
    _field("doc_id", pa.string(), "hex digest of source_uri and the raw bytes; the key of the other tables"),
    _field("source_uri", pa.string(), "path below raw/, with #member or #row inside a container"),
    _field("url", pa.string(), "address of the page, where the container gives one", null=True),
    _field("fetched_at", pa.timestamp("us", "UTC"), "when the page was fetched, where the container says", null=True),
    _field("raw_sha256", pa.string(), "SHA-256 of the page's raw bytes, in hex"),
    _field("raw_size", pa.int64(), "number of the page's raw bytes"),
    _field("encoding", pa.string(), "encoding that the raw bytes were read in"),
    _field("encoding_evidence", pa.string(), "what decided the encoding: bom, declared, valid, detected or mixed"),
    _field("encoding_confidence", pa.float32(), "how sure the encoding is, from 0 to 1"),
    _field("undecodable_bytes", pa.int32(), "number of raw bytes that the encoding does not explain"),
    _field("script", pa.string(), "script of the page as found: Hans, Hant, mixed or none"),
    _field("title", pa.string(), "title, where the page shows one", null=True),
    _field("published_at", pa.timestamp("s", PAGE_ZONE), "date and time that the page gives for itself", null=True),
    _field("publisher", pa.string(), "source that the page names", null=True),
    _field("authors", pa.list_(pa.field("item", pa.string(), nullable=False)), "authors that the page names, in order"),
    _field("editor", pa.string(), "editor that the page names", null=True),
    _field("document_number", pa.string(), "number of an official document, where the page says it", null=True),
    _field("issuer", pa.string(), "body that issued an official document, where the page says it", null=True),
    _field("text", pa.string(), "curated text in the target script; every paragraph ends with a line feed"),
    _field("text_chars", pa.int32(), "number of code points of text"),
    _field("edits", pa.int32(), "number of rows that the table edits has for the document"),
    _field("unrepaired", pa.int32(), "number of spans seen as damaged and left as found"),
    _field("schema_version", pa.string(), "version of the tables' columns"),
    _field("pipeline_version", pa.string(), "version of qingwen that curated the page"),
)

SECTIONS = _table(
    "sections",
    "a row for each section of a document, in reading order",
    _field("doc_id", pa.string(), "the document"),
    _field("section_no", pa.int32(), "number of the section in its document, from 0"),
    _field("parent_no", pa.int32(), "section_no of the section above; null at the top", null=True),
    _field("level", pa.int8(), "depth of the heading from 1; 0 where there is no heading"),
    _field("kind", pa.string(), "lead, section, turn, caption, note or byline"),
    _field("heading", pa.string(), "heading, with its number", null=True),
    _field("speaker", pa.string(), "who speaks, for a turn", null=True),
    _field("text", pa.string(), "the section's own span of documents.text, without its children's"),
    _field("start", pa.int32(), "where the span starts in documents.text, in code points"),
    _field("end", pa.int32(), "where the span ends in documents.text, in code points"),
)

EDITS = _table(
    "edits",
    "a row for each edit of the decoded text, in order, not overlapping",
    _field("doc_id", pa.string(), "the document"),
    _field("edit_no", pa.int32(), "number of the edit in its document, from 0"),
    _field("stage", pa.string(), "stage that made the edit: decode, repair, strip or segment"),
    _field("kind", pa.string(), "rule that made the edit"),
    _field("start", pa.int32(), "where the span starts in the decoded text, in code points"),
    _field("end", pa.int32(), "where the span ends in the decoded text, in code points"),
    _field("before", pa.string(), "what stands there in the decoded text"),
    _field("after", pa.string(), "what takes its place, or would if the edit were applied"),
    _field("confidence", pa.float32(), "how sure the edit is, from 0 to 1"),
    _field("applied", pa.bool_(), "false: the span is damaged and was left as found"),
    _field("why", pa.string(), "the reason, in words a person can check; empty where the kind says it all"),
)

REJECTS = _table(
    "rejects",
    "a row for each page that was not kept",
    _field("source_uri", pa.string(), "path below raw/, with #member or #row inside a container"),
    _field("raw_sha256", pa.string(), "SHA-256 of the raw bytes, in hex; null where they could not be read", null=True),
    _field("raw_size", pa.int64(), "number of the raw bytes; null where they could not be read", null=True),
    _field("stage", pa.string(), "stage that gave up"),
    _field(
        "reason",
        pa.string(),
        f"one of {', '.join(Reason)}",
    ),
    _field("detail", pa.string(), "the reason in a sentence"),
)

DUPLICATES = _table(
    "duplicates",
    "a row for each document that repeats another",
    _field("doc_id", pa.string(), "the document"),
    _field("representative_id", pa.string(), "the document that it repeats"),
    _field("similarity", pa.float32(), "share of the two texts that is the same, from 0 to 1"),
    _field("kind", pa.string(), "exact or near"),
)

SITE_LINES = _table(
    "site_lines",
    "a row for each line that a site repeats around its articles",
    _field("site", pa.string(), "host of the pages' address, else the first folder below raw/"),
    _field("line", pa.string(), "the line, repaired, in simplified characters and half-width forms"),
    _field("pages", pa.int64(), "number of the site's pages that have it, of those that were counted"),
    _field("articles", pa.float32(), "number of different articles on these pages, repeated ones counted once"),
    _field("share", pa.float32(), "share of the site's articles that have it, from 0 to 1"),
    _field("edge", pa.float32(), "share of its places that are at the top or bottom of a page, not in the article"),
    _field("top", pa.float32(), "share of these that are at the top"),
    _field("first_row", pa.int32(), "least number of rows above it on a page"),
    _field("last_row", pa.int32(), "least number of rows below it on a page"),
)

#: Every table of curated/.
TABLES: dict[str, pa.Schema] = {
    "documents": DOCUMENTS,
    "sections": SECTIONS,
    "edits": EDITS,
    "rejects": REJECTS,
    "duplicates": DUPLICATES,
    "site_lines": SITE_LINES,
}

#: The tables that a shard writes, in the order in which they are made visible.
SHARD_TABLES: dict[str, pa.Schema] = {name: TABLES[name] for name in SHARD_NAMES}

#: The tables that are made of the whole corpus at once.
CORPUS_TABLES: dict[str, pa.Schema] = {name: TABLES[name] for name in CORPUS_NAMES}
