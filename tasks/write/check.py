"""What must be true of curated/, looked for in its files: the checks of `qingwen verify`, a shard at a time.

A check never raises for what it finds: everything wrong is a `Wrong` that names the file and says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.read.digest import digest_of
from tasks.records import Reason
from tasks.write.findings import BROKEN, Findings, Wrong, line_of
from tasks.write.manifest import FileRecord, Manifest, SourceRecord, shard_id
from tasks.write.pages import OrphanError, stored_pages
from tasks.write.parquet import RowReader
from tasks.write.rows import Row
from tasks.write.schema import SHARD_TABLES
from tasks.write.store import Store, data_path, manifest_path, remedy_of
from tasks.write.tally import Tally

SECTION_KINDS = frozenset({"lead", "section", "turn", "caption", "note", "byline"})
# Of what is wrong with one shard, so much is told: the first dozen say what happened, a million do not say more.
_MOST = 12
# The counts of a manifest that are made again from the rows and compared.
_TALLIED = ("pages", "kept", "rejected", "text_chars", "unrepaired", "rejects", "sections", "edits", "unapplied")


def check_shard(store: Store, shard: str) -> tuple[Findings, Manifest | None]:
    """Check a visible shard: digests, schemas, counts, and every row. A shard that has been superseded meanwhile counts
    for nothing."""
    findings = Findings()
    ((name, text),) = store.read_texts([manifest_path(shard)])
    try:
        if isinstance(text, Exception):
            raise text
        manifest = Manifest.from_json(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        if shard not in store.shards():
            return Findings(), None
        remedy = "remove it and run again: its pages are curated again"
        findings.wrong.append(Wrong(store.place(name), f"cannot be read: {error}", remedy))
        return findings, None
    said = [*_check_manifest(store, shard, manifest)]
    for table, file in manifest.files.items():
        said += _check_file(store, table, file)
    if not said:
        said += _check_rows(store, manifest, findings)
    if said and shard not in store.shards():
        return Findings(), None
    findings.count("shards")
    findings.wrong += said[:_MOST]
    if len(said) > _MOST:
        findings.wrong.append(Wrong(store.place(name), f"{len(said) - _MOST} more like these", said[0].remedy))
    return findings, manifest


def _check_manifest(store: Store, shard: str, manifest: Manifest) -> Iterator[Wrong]:
    """Whether a manifest agrees with itself."""
    place, remedy = store.place(manifest_path(shard)), remedy_of(store, shard)
    if set(manifest.files) != set(SHARD_TABLES):
        yield Wrong(place, f"names the tables {', '.join(sorted(manifest.files))}", remedy)
        return
    if not manifest.shard == shard == shard_id(manifest.files[table].sha256 for table in SHARD_TABLES):
        yield Wrong(place, "its id is not made of the digests that it names", remedy)
    for table, file in manifest.files.items():
        rows = sum(source.rows[table] for source in manifest.sources)
        if file.path != data_path(table, shard):
            yield Wrong(place, f"names {file.path} as the file of {table}", remedy)
        if rows != file.rows:
            yield Wrong(place, f"{file.rows} rows of {table}, but {rows} when its sources are added up", remedy)
    pages = sum(source.pages for source in manifest.sources)
    kept, rejected = manifest.files["documents"].rows, manifest.files["rejects"].rows
    if pages != kept + rejected:
        yield Wrong(place, f"{pages} pages came in, {kept} were kept and {rejected} rejected", remedy)


def _check_file(store: Store, table: str, file: FileRecord) -> Iterator[Wrong]:
    """Whether a data file is the one that was written: digest and size, schema, rows by its own footer."""
    place = store.place(file.path)
    remedy = remedy_of(store, file.path.rpartition("part-")[2].removesuffix(".parquet"))
    try:
        with store.open(file.path) as stream:
            digest, size = digest_of(stream)
            if (size, digest) != (file.size, file.sha256):
                sizes = "" if size == file.size else f" ({size} bytes, {file.size} were written)"
                yield Wrong(place, f"is not what was written{sizes}", remedy)
                return
            stream.seek(0)
            held = pq.ParquetFile(stream)
            if not held.schema_arrow.equals(_stored_schema(table), check_metadata=True):
                yield Wrong(place, "has other columns than this version writes", "curate it again with this version")
            if held.metadata.num_rows != file.rows:
                yield Wrong(place, f"holds {held.metadata.num_rows} rows, {file.rows} were written", remedy)
    except BROKEN as error:
        yield Wrong(place, f"cannot be read: {line_of(error)}", remedy)


@cache
def _stored_schema(table: str) -> pa.Schema:
    """A table's schema as it comes back from a file: Parquet has no unit of a second."""
    sink = pa.BufferOutputStream()
    pq.write_table(SHARD_TABLES[table].empty_table(), sink, version="2.6")
    return pq.read_schema(pa.BufferReader(sink.getvalue()))


def _check_rows(store: Store, manifest: Manifest, findings: Findings) -> Iterator[Wrong]:
    """Every page of the shard."""
    tally = Tally()
    place, remedy = store.place(data_path("documents", manifest.shard)), remedy_of(store, manifest.shard)
    seen: set[str] = set()
    try:
        for source, page in pages_of(store, manifest):
            tally.add_page(page)
            for table, rows in page.items():
                findings.count(table, len(rows))
            for what in page_faults(page, source, seen):
                yield Wrong(place, what, remedy)
    except OrphanError as error:
        yield Wrong(place, str(error), remedy)
    except BROKEN as error:
        yield Wrong(place, f"its rows cannot be read: {line_of(error)}", remedy)
        return
    made, told = tally.to_json(), manifest.tally.to_json()
    for name in _TALLIED:
        if made[name] != told[name]:
            yield Wrong(
                store.place(manifest_path(manifest.shard)), f"its count of {name} is not what the rows give", remedy
            )


def pages_of(store: Store, manifest: Manifest) -> Iterator[tuple[SourceRecord, dict[str, list[Row]]]]:
    """Each page of a shard with the source it came from. Raises as `stored_pages` does."""
    starts = dict.fromkeys(SHARD_TABLES, 0)
    with readers_of(store, manifest.shard) as readers:
        for source in manifest.sources:
            for page in stored_pages(readers, starts, source.rows):
                yield source, page
            for table in SHARD_TABLES:
                starts[table] += source.rows[table]


@contextmanager
def readers_of(store: Store, shard: str) -> Iterator[dict[str, RowReader]]:
    """A reader for each of a shard's files."""
    with ExitStack() as stack:
        files = {table: stack.enter_context(store.data(table, shard)) for table in SHARD_TABLES}
        yield {table: stack.enter_context(RowReader(file)) for table, file in files.items()}


def page_faults(page: Mapping[str, Sequence[Row]], source: SourceRecord, seen: set[str]) -> Iterator[str]:
    """What is wrong with a page's rows, as far as they tell by themselves. `seen` are the ids of documents before."""
    for reject in page.get("rejects", ()):
        yield from _named("a reject", reject["source_uri"], source)
        if reject["reason"] not in set(Reason):
            yield f"{reject['source_uri']} is rejected for {reject['reason']!r}, which is no reason"
    for document in page.get("documents", ()):
        name = f"document {document['doc_id']} ({document['source_uri']})"
        yield from _named(name, document["source_uri"], source)
        if document["doc_id"] in seen:
            yield f"{name} is there twice"
        seen.add(document["doc_id"])
        faults = (_document_faults(document, page), _section_faults(document["text"], page["sections"]))
        for fault in (*(f for some in faults for f in some), *_edit_faults(document["text"], page["edits"])):
            yield f"{name}: {fault}"


def _named(name: str, uri: str, source: SourceRecord) -> Iterator[str]:
    if uri != source.uri and not uri.startswith(f"{source.uri}#"):
        yield f"{name} stands among the pages of {source.uri}"


def _document_faults(document: Row, page: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    edits, text = page["edits"], document["text"]
    if document["edits"] != len(edits):
        yield f"says that it has {document['edits']} edits, and has {len(edits)}"
    if document["unrepaired"] != sum(not edit["applied"] for edit in edits):
        yield f"says that {document['unrepaired']} places are unrepaired, the edits say otherwise"
    if document["text_chars"] != len(text):
        yield f"says that its text has {document['text_chars']} characters, and it has {len(text)}"
    if not text.endswith("\n"):  # within it code keeps its blank lines
        yield "its text does not end with a line feed"


def _section_faults(text: str, sections: Sequence[Row]) -> Iterator[str]:
    """Numbers, parents and kinds; spans that lie in the text, say what stands there, and cover it once."""
    place = 0
    for number, section in enumerate(sections):
        start, end, parent = section["start"], section["end"], section["parent_no"]
        if section["section_no"] != number or section["kind"] not in SECTION_KINDS:
            yield f"section {section['section_no']} ({section['kind']}) stands as number {number}"
        if parent is not None and not 0 <= parent < number:
            yield f"section {number} has section {parent} above it"
        if not place <= start <= end <= len(text):
            yield f"section {number} goes from {start} to {end}, after {place}, in a text of {len(text)}"
            return
        if section["text"] != text[start:end]:
            yield f"section {number} does not say what stands in the text"
        if text[place:start].strip():
            yield f"no section holds what stands from {place} to {start}"
        place = end
    if text[place:].strip():
        yield f"no section holds what stands after {place}"


def _edit_faults(text: str, edits: Sequence[Row]) -> Iterator[str]:
    """Edits in order that do not overlap, in a decoded text whose length the curated text's gives."""
    place = 0
    grown = sum(len(edit["after"]) - len(edit["before"]) for edit in edits if edit["applied"])
    for number, edit in enumerate(edits):
        if edit["edit_no"] != number:
            yield f"edit {edit['edit_no']} stands as number {number}"
        if not place <= edit["start"] <= edit["end"] <= len(text) - grown:
            yield f"edit {number} goes from {edit['start']} to {edit['end']}, after {place}"
            return
        if len(edit["before"]) != edit["end"] - edit["start"]:
            yield f"edit {number} replaces {edit['end'] - edit['start']} characters by its span, not by what it says"
        if not 0 <= edit["confidence"] <= 1:
            yield f"edit {number} is sure by {edit['confidence']}"
        place = edit["end"]
