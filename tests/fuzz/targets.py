"""What is fuzzed, what must hold for any bytes, and the files it starts from."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from tasks.decode import decode
from tasks.ledger import Ledger, check_layer, replay
from tasks.page import curate_page
from tasks.read import Source, read_source
from tasks.records import Curated, Limits, Media, Page, Policy, Reject, Target
from tasks.script.convert import converter

SAMPLES = Path(__file__).parent.parent.parent / "raw" / "samples"
CASES = Path(__file__).parent.parent / "cases"
LIMITS = Limits(page_bytes=1 << 20, expansion=50, members=50)
TEXT = "石桥镇的豆腐坊开了四十年，磨豆子用的水都从后山的泉里挑来。\n"
#: Names under which an input is read: what the first byte of an input chooses from.
NAMES = ("a", "a.txt", "a.html", "a.jsonl", "a.csv", "a.warc", "a.parquet", "a.zip", "a.tar", "a.gz", "a.warc.gz")


def read_target(data: bytes) -> None:
    """Any file ends as at least one page or reject, each named after it; every page can be decoded."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data[1:])
        entries = list(read_source(folder, Source(name, name, len(data)), LIMITS))
    assert entries, "no page and no reject"
    for entry in entries:
        assert entry.source_uri.partition("#")[0] == name, entry.source_uri
        assert entry.source_uri.encode("utf-8")
        if isinstance(entry, Reject):
            assert entry.stage == "read", entry
            assert entry.detail or entry.raw_size == 0, entry
        else:
            assert len(entry.raw) <= LIMITS.page_bytes
    for entry in entries[:5]:
        if isinstance(entry, Page):
            check(entry)


def decode_target(data: bytes) -> None:
    """Any bytes end as text, with edits that hold, or as a reject."""
    media = list(Media)[data[0] % len(Media)] if data else Media.TEXT
    charset = (None, None, "gbk", "big5", "utf-16", "shift_jis", "hz", "no-such")[data[0] // 3 % 8] if data else None
    check(Page("page", data[1:], media, charset=charset))


def page_target(data: bytes) -> None:
    """Any page is kept or rejected; what is kept replays, and its sections hold every character once."""
    if not data:
        return
    policy = Policy(target=list(Target)[data[0] // 3 % 3], limits=LIMITS)
    kept = curate_page(Page("page", data[1:], list(Media)[data[0] % 3], url="http://a.example/1"), policy)
    if isinstance(kept, Curated):
        check_curated(kept, policy)


def check_curated(kept: Curated, policy: Policy) -> None:
    """What holds for any page that is kept: its ledger replays, its sections hold every character once."""
    check_layer(kept.decoded.text, kept.edits)
    convert = converter(kept.script, policy.target, policy.punctuation)
    assert convert(replay(kept.decoded.text, kept.edits)) == kept.text
    assert kept.text.endswith("\n")
    spans = sorted((each.start, each.end) for each in kept.sections)
    assert all(before[1] <= after[0] for before, after in pairwise(spans)), "two sections hold a character"
    ends = [0, *(end for _, end in spans)]
    gaps = zip(ends, [*(start for start, _ in spans), len(kept.text)], strict=True)
    assert not any(kept.text[start:end].strip() for start, end in gaps), "no section holds a character"
    assert all(each.parent is None or each.parent < each.number for each in kept.sections)
    said = kept.metadata
    for words in (said.title, said.publisher, said.editor, *said.authors):
        assert words is None or (words.strip() and "\n" not in words)


def page_seeds() -> list[bytes]:
    """The sample pages, and what the cases of the stages start from."""
    cases = [case for path in sorted(CASES.glob("*.json")) for case in json.loads(path.read_text(encoding="utf-8"))]
    texts = [case["original"] for case in cases if isinstance(case.get("original"), str)][::12]
    return decode_seeds() + [bytes((number % 9,)) + text.encode("utf-8", "ignore") for number, text in enumerate(texts)]


def check(page: Page) -> None:
    """What holds for whatever decode makes of a page."""
    result = decode(page, LIMITS)
    if isinstance(result, Reject):
        assert result.stage == "decode"
        return
    check_layer(result.text, result.edits)
    assert result.text.encode("utf-8")
    assert "\r" not in result.text
    assert not result.blocks or len(result.blocks) == result.text.count("\n")
    assert len(result.text) <= 20 * len(page.raw) + 20
    marks = [edit for edit in result.edits if not edit.kind.startswith("mixed")]
    assert sum(edit.end - edit.start for edit in marks) == result.undecodable_bytes
    text = Ledger.of(result.text).then(result.edits).text
    assert text.count("\n") == result.text.count("\n") or result.encoding == "mixed"


def decode_seeds() -> list[bytes]:
    """The sample pages, unpacked where they are compressed, and a text in each encoding."""
    pages = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
    pages = [
        zstandard.ZstdDecompressor().decompressobj().decompress(p) if p[:4] == b"\x28\xb5\x2f\xfd" else p for p in pages
    ]
    pages = [gzip.decompress(page) if page[:2] == b"\x1f\x8b" else page for page in pages]
    for codec in ("utf-8", "utf-16", "utf-16-be", "utf-32", "gb18030", "hz", "big5hkscs"):
        pages.append(TEXT.encode(codec, "ignore"))
    pages += ["水車は三日も止まっていた。".encode(codec) for codec in ("cp932", "euc_jp", "iso2022_jp")]
    pages += ["시장에서는 생선을 팔고 있다.".encode("euc_kr"), "Ünïcödé façade à Genève".encode("cp1252")]
    return [bytes((number,)) + page for number, page in enumerate(pages)]


def read_seeds() -> list[bytes]:
    """The sample files as they are, and a small container of each kind."""
    made = [("a", path.read_bytes()) for path in sorted(SAMPLES.iterdir()) if path.stat().st_size < 20_000]
    rows = "".join(json.dumps({"text": TEXT, "url": "http://a.example/"}) + "\n" for _ in range(3)).encode()
    made += [("a.jsonl", rows), ("a.csv", f'text,url\n"{TEXT}",x\n{TEXT}'.encode()), ("a.html", b"<p>" + TEXT.encode())]
    made += [("a.gz", gzip.compress(rows)), ("a", lzma.compress(rows)), ("a", bz2.compress(rows))]
    made += [("a", zstandard.compress(rows)), ("a.zip", _zip()), ("a.tar", _tar()), ("a.gz", gzip.compress(_tar()))]
    made += [("a.warc", _warc()), ("a.warc.gz", gzip.compress(_warc()) + gzip.compress(_warc()))]
    table = io.BytesIO()
    pq.write_table(pa.table({"text": [TEXT] * 5, "url": ["x"] * 5}), table)
    made.append(("a.parquet", table.getvalue()))
    return [bytes((NAMES.index(name),)) + data for name, data in made]


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b/一.txt", TEXT)
        archive.writestr("c.jsonl", json.dumps({"text": TEXT}))
    return buffer.getvalue()


def _tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("一.txt", "二.html"):
            info = tarfile.TarInfo(name)
            info.size = len(TEXT.encode())
            archive.addfile(info, io.BytesIO(TEXT.encode()))
    return buffer.getvalue()


def _warc() -> bytes:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n<p>" + TEXT.encode("gbk")
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head.encode() + body + b"\r\n\r\n") * 2
