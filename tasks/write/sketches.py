"""What `dedupe` keeps of a shard of curated/: the sketches of its documents, and how damaged they are.

    curated/_cache/duplicates/<shard>.<version>.parquet    a row a document, in the order of the table documents

A shard's files never change, and neither do its sketches.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.dedupe.cluster import BANDS, Documents, band_keys, firsts, ranks
from tasks.dedupe.sketch import DIGEST_BYTES, LEAST_LETTERS, SLOTS, sketch
from tasks.write.corpus import cache_path
from tasks.write.findings import as_written, line_of
from tasks.write.store import Store, StoreError

_FIELDS: list[pa.Field[Any]] = [
    pa.field("doc_id", pa.binary(DIGEST_BYTES)),
    pa.field("digest", pa.binary(DIGEST_BYTES)),
    pa.field("letters", pa.int32()),
    pa.field("unrepaired", pa.int32()),
    pa.field("edits", pa.int32()),
    pa.field("text_chars", pa.int32()),
    pa.field("signature", pa.binary(4 * SLOTS)),
]
SKETCHES = pa.schema(_FIELDS)

# Documents read and sketched at a time: 256 texts of some kilobytes, or one of 60 MB.
_BATCH = 256


def name_of(shard: str, version: str) -> str:
    """The name of the file with a shard's sketches; `version` is that of the sketcher."""
    return f"{shard}.{version}.parquet"


def sketch_shard(store: Store, shard: str, version: str) -> int:
    """Sketch the documents of a shard, and keep the sketches. Idempotent. Returns their number. Raises OSError, and
    StoreError if the shard's documents are not as they were written."""
    folder = store.staging(f"sketch-{shard}")
    staged, count = folder / "sketches.parquet", 0
    try:
        columns = ["doc_id", "text", "unrepaired", "edits", "text_chars"]
        with (
            as_written(store, shard),
            store.data("documents", shard) as source,
            pq.ParquetFile(source) as file,
            # Signatures are as good as random, and do not compress.
            pq.ParquetWriter(staged, SKETCHES, compression="none") as writer,
        ):
            for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
                writer.write_batch(_sketched(batch))
                count += batch.num_rows
        store.put(staged, f"{cache_path('duplicates')}/{name_of(shard, version)}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return count


def _sketched(batch: pa.RecordBatch) -> pa.RecordBatch:
    found = sketch([str(text) for text in batch.column("text").to_pylist()])
    ids = [bytes.fromhex(str(one)) for one in batch.column("doc_id").to_pylist()]
    own: list[pa.Array[Any]] = [
        pa.array(ids, SKETCHES.field("doc_id").type),
        pa.array(found.digests, SKETCHES.field("digest").type),
        pa.array(found.letters, pa.int32()),
        *(batch.column(name) for name in ("unrepaired", "edits", "text_chars")),
        pa.array([row.tobytes() for row in found.signatures.astype("<u4")], SKETCHES.field("signature").type),
    ]
    return pa.RecordBatch.from_arrays(own, schema=SKETCHES)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All documents of some shards: what clusters are made of. `ids` are the doc_ids as two halves of 64 bits."""

    documents: Documents
    ids: tuple[Any, Any]
    folder: Path

    def bands(self) -> Iterator[Any]:
        """The keys of each band for all documents, one band in memory at a time."""
        for band in range(BANDS):
            yield numpy.fromfile(_band_file(self.folder, band), dtype=numpy.uint64)

    def doc_id(self, number: int) -> str:
        """A document's id, as the tables have it."""
        return f"{int(self.ids[0][number]):016x}{int(self.ids[1][number]):016x}"


def _kept(store: Store, name: str) -> Iterator[pa.RecordBatch]:
    """The sketches of a shard. Raises StoreError if they are not as they were written."""
    try:
        with store.open(name) as stream, pq.ParquetFile(stream) as file:
            yield from file.iter_batches()
    except pa.ArrowException as error:
        said = f"the sketches {store.place(name)} cannot be read ({line_of(error)})"
        raise StoreError(f"{said}; remove them and run again: they are made anew") from error


def gather(store: Store, shards: Sequence[str], version: str, folder: Path) -> Corpus:
    """Put the sketches of shards together. Signatures and the keys of bands go to files in `folder`, an empty folder.

    In memory are some 60 bytes a document, whatever the texts' length.
    """
    parts: list[tuple[Any, ...]] = []
    with ExitStack() as files:
        signatures = files.enter_context((folder / "signatures").open("wb"))
        bands = [files.enter_context(_band_file(folder, band).open("wb")) for band in range(BANDS)]
        for shard in shards:
            for batch in _kept(store, f"{cache_path('duplicates')}/{name_of(shard, version)}"):
                block = _numbers(batch.column("signature"), "<u4").reshape(-1, SLOTS)
                signatures.write(block.tobytes())
                for sink, keys in zip(bands, band_keys(block), strict=True):
                    sink.write(keys.tobytes())
                parts.append(_columns(batch))
    columns = [numpy.concatenate([part[at] for part in parts]) if parts else numpy.zeros(0) for at in range(8)]
    unrepaired, edits, chars, near, *halves = columns
    ids, digests = (halves[0], halves[1]), (halves[2], halves[3])
    rank = ranks(unrepaired, edits, chars, ids)
    size = len(rank)
    mapped: Any = (
        numpy.memmap(folder / "signatures", dtype="<u4", mode="r", shape=(size, SLOTS))
        if size
        else numpy.zeros((0, SLOTS), dtype="<u4")
    )
    return Corpus(Documents(rank, firsts(digests, rank), near.astype(bool), mapped), ids, folder)


def _columns(batch: pa.RecordBatch) -> tuple[Any, ...]:
    """The damage, whether the text is long enough, and id and digest as two halves each."""
    plain = (batch.column(name).to_numpy() for name in ("unrepaired", "edits", "text_chars"))
    halves = [_numbers(batch.column(name), ">u8").reshape(-1, 2) for name in ("doc_id", "digest")]
    native = [half.astype(numpy.uint64) for pair in halves for half in (pair[:, 0], pair[:, 1])]
    return (*plain, batch.column("letters").to_numpy() >= LEAST_LETTERS, *native)


def _numbers(column: Any, kind: str) -> Any:
    """The bytes of a column of fixed size, as numbers."""
    width = column.type.byte_width
    start = column.offset * width
    return numpy.frombuffer(column.buffers()[1], dtype=numpy.uint8)[start : start + len(column) * width].view(kind)


def _band_file(folder: Path, band: int) -> Path:
    return folder / f"band-{band}"
