"""What is timed: our stages, the whole chain, the peers that do a part of its work, and the floor.

The peers have the settings that their documentation gives for such use.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.corpora import Corpus
from benchmarks.measure import Work
from flows.fix import fixed
from flows.shard import batches
from tasks.decode import decode
from tasks.ledger import Ledger
from tasks.page import curate_page, curate_pages
from tasks.records import Curated, Decoded, Limits, Page, Policy, Reject
from tasks.repair import repair
from tasks.script.convert import converter
from tasks.script.detect import detect_script
from tasks.segment import segment
from tasks.strip import strip
from tasks.write.rows import page_rows
from tasks.write.shard import ShardWriter

POLICY, LIMITS = Policy(), Limits()
OURS = ("repair", "qingwen fix", "curate_page", "whole chain to tables")


@cache
def _opencc() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert


def floor(pages: Sequence[Page], codec: str) -> None:
    """The least any program could do with these libraries: strict decode, OpenCC once, zstd Parquet write."""
    texts = [_opencc()(page.raw.decode(codec)) for page in pages]
    table = pa.table({"source_uri": [page.source_uri for page in pages], "text": texts})
    pq.write_table(table, io.BytesIO(), compression="zstd")


def whole_chain(pages: Sequence[Page]) -> None:
    """What a worker does with a shard: every stage, the rows, the four tables."""
    with tempfile.TemporaryDirectory() as folder, ShardWriter(Path(folder)) as writer:
        for result in in_batches(pages):
            writer.add_page(page_rows(result))


def in_batches(pages: Sequence[Page]) -> Iterator[Curated | Reject]:
    """Pages curated as a worker does it: some together, stage by stage."""
    for batch in batches(pages):
        some = [page for page in batch if isinstance(page, Page)]
        yield from curate_pages(some, POLICY, [frozenset()] * len(some))


def _each(work: Callable[[Page], object], pages: Sequence[Page]) -> None:
    for page in pages:
        work(page)


def _texts(work: Callable[[str], object], texts: Sequence[str]) -> None:
    for text in texts:
        work(text)


def works_on(corpus: Corpus) -> dict[str, Work]:
    """What is timed on a corpus, by name."""
    from ftfy import fix_text

    codec = {"GB18030": "gb18030", "Big5": "big5hkscs"}.get(corpus.name, "utf-8")
    ledgers = [Ledger.of(text) for text in corpus.texts]
    works: dict[str, Work] = {
        "floor": partial(floor, corpus.pages, codec),
        "ftfy.fix_text": partial(_texts, fix_text, corpus.texts),
        "repair": lambda: [repair(ledger) for ledger in ledgers],
        "qingwen fix": partial(_each, lambda page: fixed(page, POLICY), corpus.pages),
        "curate_page": partial(_each, lambda page: curate_page(page, POLICY), corpus.pages),
        "curate_page, in batches": lambda: list(in_batches(corpus.pages)),
        "whole chain to tables": partial(whole_chain, corpus.pages),
    }
    if codec != "utf-8":
        works |= _detectors(corpus)
    if corpus.name == "HTML":
        from trafilatura import extract

        works["trafilatura.extract"] = partial(_each, lambda page: extract(page.raw), corpus.pages)
        works["curate_page"] = works.pop("curate_page")
    return works


def _detectors(corpus: Corpus) -> dict[str, Work]:
    import chardet
    from charset_normalizer import from_bytes

    return {
        "decode": partial(_each, lambda page: decode(page, LIMITS), corpus.pages),
        "chardet.detect": partial(_each, lambda page: chardet.detect(page.raw), corpus.pages),
        "charset_normalizer": partial(_each, lambda page: from_bytes(page.raw).best(), corpus.pages),
    }


class Stage(NamedTuple):
    """A stage's work on some pages, and the bytes that go into it."""

    work: Work
    bytes_in: int


def stages_on(pages: Sequence[Page]) -> Mapping[str, Stage]:
    """Each stage alone, on what the stages before it make of the pages."""
    decoded = [found for page in pages if isinstance(found := decode(page, LIMITS), Decoded)]
    ledgers = [Ledger.of(one.text).then(one.edits) for one in decoded]
    repaired = [repair(ledger) for ledger in ledgers]
    converts = [converter(detect_script(one.text), POLICY.target, POLICY.punctuation) for one in repaired]
    stripped = [strip(one, found.blocks, POLICY) for one, found in zip(repaired, decoded, strict=True)]
    laid = [segment(one, found.blocks, said)[0] for (one, said), found in zip(stripped, decoded, strict=True)]
    curated = [one for page in pages if isinstance(one := curate_page(page, POLICY), Curated)]
    if len(curated) < len(pages):
        raise ValueError("a page of the benchmark is rejected")
    works: dict[str, tuple[Work, Iterable[str]]] = {
        "repair": (lambda: [repair(ledger) for ledger in ledgers], (one.text for one in ledgers)),
        "script": (lambda: [detect_script(one.text) for one in repaired], (one.text for one in repaired)),
        "strip": (
            lambda: [strip(one, found.blocks, POLICY) for one, found in zip(repaired, decoded, strict=True)],
            (one.text for one in repaired),
        ),
        "segment": (
            lambda: [segment(one, f.blocks, said) for (one, said), f in zip(stripped, decoded, strict=True)],
            (one.text for one, _ in stripped),
        ),
        "convert": (
            lambda: [convert(one.text) for convert, one in zip(converts, laid, strict=True)],
            (one.text for one in laid),
        ),
        "rows": (lambda: [page_rows(one) for one in curated], (one.text for one in curated)),
    }
    raw = Stage(lambda: [decode(page, LIMITS) for page in pages], sum(len(page.raw) for page in pages))
    sized = {name: Stage(work, sum(len(text.encode()) for text in texts)) for name, (work, texts) in works.items()}
    return {"decode": raw, **sized}
