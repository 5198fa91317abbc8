"""The strongest check of all: read the raw pages again and let the ledger make the curated text of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from tasks.decode import decode
from tasks.ledger import replay
from tasks.read import Source, read_source
from tasks.records import Edit, Page, Policy, Reject, Script, Stage
from tasks.script.convert import converter
from tasks.write.check import readers_of
from tasks.write.findings import Findings, Wrong
from tasks.write.manifest import Manifest, SourceRecord
from tasks.write.pages import stored_pages
from tasks.write.rows import Row, document_id
from tasks.write.schema import SHARD_TABLES
from tasks.write.store import Store, data_path, remedy_of


def check_replay(
    store: Store, manifest: Manifest, raw: str, sources: Mapping[str, Source], policies: Mapping[str, Policy]
) -> Findings:
    """Replay every page of a shard whose raw file is as it was, and whose settings are known by their fingerprint.

    `sources` are the shard's files as they are listed now.
    """
    findings = Findings()
    place, remedy = store.place(data_path("documents", manifest.shard)), remedy_of(store, manifest.shard)
    starts = dict.fromkeys(SHARD_TABLES, 0)
    with readers_of(store, manifest.shard) as readers:
        for source in manifest.sources:
            if why := _unfit(source, sources.get(source.uri), policies):
                findings.note(f"pages not replayed: {why}", source.pages)
            else:
                policy = policies[source.made_with]
                read = read_source(raw, sources[source.uri], policy.limits, policy.columns)
                kept = stored_pages(readers, starts, {**source.rows, "rejects": 0})
                rejects = readers["rejects"].rows(starts["rejects"], source.rows["rejects"])
                for fault in _source_faults(read, _Stored(kept, rejects), policy, findings):
                    findings.wrong.append(Wrong(place, fault, remedy))
            for table in SHARD_TABLES:
                starts[table] += source.rows[table]
    return findings


def _unfit(source: SourceRecord, now: Source | None, policies: Mapping[str, Policy]) -> str:
    """Why a source cannot be replayed; "" if it can."""
    if now is None:
        return "the file is gone from raw"
    if source.refused or source.again or now.refused:
        return "the file could not be read"
    if (now.size, now.mtime_ns, now.tag) != (source.size, source.mtime_ns, source.tag):
        return "the file has changed since"
    return "" if source.made_with in policies else "made by another version, or with settings that no run has recorded"


class _Stored:
    """A source's pages as they are stored: the kept ones and the rejected ones, each in the order of the source."""

    def __init__(self, kept: Iterator[dict[str, list[Row]]], rejects: Iterator[Row]) -> None:
        self._kept = kept
        self._rejects = rejects
        self._page = next(kept, None)
        self._reject = next(rejects, None)

    def take(self, uri: str) -> dict[str, list[Row]] | None:
        """The rows of the page called `uri`, if it comes next among the kept or the rejected."""
        if self._page and self._page["documents"][0]["source_uri"] == uri:
            page, self._page = self._page, next(self._kept, None)
            return page
        if self._reject and self._reject["source_uri"] == uri:
            reject, self._reject = self._reject, next(self._rejects, None)
            return {"rejects": [reject]}
        return None

    def left(self) -> str | None:
        """A page that has not been taken, or None."""
        rows = [*(self._page["documents"] if self._page else ()), *([self._reject] if self._reject else ())]
        return rows[0]["source_uri"] if rows else None


def _source_faults(read: Iterator[Page | Reject], stored: _Stored, policy: Policy, findings: Findings) -> Iterator[str]:
    for page in read:
        rows = stored.take(page.source_uri)
        if rows is None:
            yield f"{page.source_uri} is in raw, and neither kept nor rejected in its place"
        elif "rejects" in rows:
            held = rows["rejects"][0]["raw_sha256"]
            digest = page.raw_sha256 if isinstance(page, Reject) else hashlib.sha256(page.raw).hexdigest()
            if held and digest and held != digest:
                yield f"{page.source_uri}: its bytes are not those that were rejected"
        elif isinstance(page, Reject):
            yield f"{page.source_uri} is kept, and cannot be read from raw: {page.detail}"
        else:
            findings.count("replayed")
            if fault := replay_fault(page, rows, policy):
                yield f"{page.source_uri}: {fault}"
    if (uri := stored.left()) is not None:
        yield f"{uri} is kept or rejected, and not in raw"


def replay_fault(page: Page, stored: Mapping[str, Sequence[Row]], policy: Policy) -> str:
    """What keeps the edits from making the page's text of its decoded text, letter for letter; "" if nothing."""
    (document,) = stored["documents"]
    if document["doc_id"] != document_id(page.source_uri, page.raw):
        return "its bytes are not those that its doc_id is made of"
    decoded = decode(page, policy.limits)
    if isinstance(decoded, Reject):
        return f"it does not decode any more: {decoded.detail}"
    edits = [_edit(row) for row in stored["edits"]]
    for number, edit in enumerate(edits):
        if decoded.text[edit.start : edit.end] != edit.before:
            return f"edit {number} does not say what stands in the decoded text"
    convert = converter(Script(document["script"]), policy.target, policy.punctuation)
    made = convert(replay(decoded.text, edits))
    if made == document["text"]:
        return ""
    at = next((n for n, (a, b) in enumerate(zip(made, document["text"], strict=False)) if a != b), len(made))
    return f"its edits give another text than documents holds, from character {at} on"


def _edit(row: Row) -> Edit:
    return Edit(
        row["start"],
        row["end"],
        row["before"],
        row["after"],
        Stage(row["stage"]),
        row["kind"],
        row["confidence"],
        row["applied"],
        row["why"],
    )
