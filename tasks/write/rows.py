"""A page's rows in each table, as plain dicts whose keys are the columns of tasks/write/schema.py."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from tasks.records import Curated, Reject
from tasks.version import PIPELINE_VERSION, SCHEMA_VERSION
from tasks.write.names import PAGE_ZONE

Row: TypeAlias = dict[str, Any]

# Half of a SHA-256 is 128 bits: two of 10 billion pages agree by chance with probability 1.5e-19.
_ID_DIGITS = 32


def document_id(source_uri: str, raw: bytes) -> str:
    """The hex id of a page: SHA-256 of its source_uri, a NUL byte and its raw bytes, cut to 32 digits.

    >>> document_id("甲.txt", b"abc") == document_id("乙.txt", b"abc")
    False
    """
    return hashlib.sha256(source_uri.encode() + b"\0" + raw).hexdigest()[:_ID_DIGITS]


def page_rows(result: Curated | Reject) -> Mapping[str, list[Row]]:
    """The rows that one page, kept or rejected, has in each table.

    Raises UnicodeEncodeError if a text holds half of a surrogate pair, which no table can.
    """
    if isinstance(result, Reject):
        return {"rejects": [_reject_row(result)]}
    doc_id = document_id(result.page.source_uri, result.page.raw)
    rows = {
        "documents": [_document_row(doc_id, result)],
        "sections": _section_rows(doc_id, result),
        "edits": _edit_rows(doc_id, result),
    }
    for text in _texts(result):
        text.encode()
    return rows


def _texts(result: Curated) -> list[str]:
    said = result.metadata
    lines = [result.text, said.title or "", said.publisher or "", said.editor or "", *said.authors]
    lines += [said.document_number or "", said.issuer or "", result.page.url or ""]
    return [*lines, *(text for edit in result.edits for text in (edit.before, edit.after, edit.why))]


def _document_row(doc_id: str, result: Curated) -> Row:
    page, decoded, said = result.page, result.decoded, result.metadata
    return {
        "doc_id": doc_id,
        "source_uri": page.source_uri,
        "url": page.url,
        "fetched_at": page.fetched_at,
        "raw_sha256": hashlib.sha256(page.raw).hexdigest(),
        "raw_size": len(page.raw),
        "encoding": decoded.encoding,
        "encoding_evidence": decoded.evidence.value,
        "encoding_confidence": decoded.confidence,
        "undecodable_bytes": decoded.undecodable_bytes,
        "script": result.script.value,
        "title": said.title,
        "published_at": _in_page_zone(said.published_at),
        "publisher": said.publisher,
        "authors": list(said.authors),
        "editor": said.editor,
        "document_number": said.document_number,
        "issuer": said.issuer,
        "text": result.text,
        "text_chars": len(result.text),
        "edits": len(result.edits),
        "unrepaired": sum(not edit.applied for edit in result.edits),
        "schema_version": SCHEMA_VERSION,
        "pipeline_version": PIPELINE_VERSION,
    }


def _in_page_zone(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=ZoneInfo(PAGE_ZONE))


def _section_rows(doc_id: str, result: Curated) -> list[Row]:
    return [
        {
            "doc_id": doc_id,
            "section_no": section.number,
            "parent_no": section.parent,
            "level": section.level,
            "kind": section.kind,
            "heading": section.heading,
            "speaker": section.speaker,
            "text": result.text[section.start : section.end],
            "start": section.start,
            "end": section.end,
        }
        for section in result.sections
    ]


def _edit_rows(doc_id: str, result: Curated) -> list[Row]:
    return [
        {
            "doc_id": doc_id,
            "edit_no": number,
            "stage": edit.stage.value,
            "kind": edit.kind,
            "start": edit.start,
            "end": edit.end,
            "before": edit.before,
            "after": edit.after,
            "confidence": edit.confidence,
            "applied": edit.applied,
            "why": edit.why,
        }
        for number, edit in enumerate(result.edits)
    ]


def _reject_row(reject: Reject) -> Row:
    read = bool(reject.raw_sha256)
    return {
        "source_uri": reject.source_uri,
        "raw_sha256": reject.raw_sha256 if read else None,
        "raw_size": reject.raw_size if read else None,
        "stage": reject.stage,
        "reason": reject.reason.value,
        "detail": reject.detail.encode(errors="backslashreplace").decode(),
    }
