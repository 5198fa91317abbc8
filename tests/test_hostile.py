"""Files made to hurt: each ends as a page or as a reject with a reason of its own, and the pages beside it are kept."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import flows.shard
from flows.plan import plan
from flows.shard import Job, write_shard
from tasks.page import curate_page
from tasks.read import Source, discover, read_source
from tasks.records import Curated, Limits, Page, Policy, Reason, Reject
from tests.runs import one_by_one

HONEST = "石桥镇的豆腐坊开了四十年，磨豆子用的水都从后山的泉里挑来。\n".encode()
LIMITS = Limits(page_bytes=1_000_000, expansion=50, depth=3, members=200, seconds=60)
Make = Callable[[Path], object]


def file(name: str, data: bytes) -> Make:
    """Writes a file of this name and content into the folder."""
    return lambda raw: (raw / name).write_bytes(data)


def sparse(name: str, start: bytes, size: int) -> Make:
    """Writes a file that begins with `start` and goes on with zero bytes, which take no room on the disk."""

    def make(raw: Path) -> None:
        with open(raw / name, "wb") as made:
            made.write(start)
            made.truncate(size)

    return make


def zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def directory_of_millions() -> bytes:
    """A zip of no members whose end record speaks of a directory of five million."""
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 5_000_000 * 60, 0, 0)


def warc(body: bytes, head: str = "", length: int | None = None) -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{head}\r\n".encode() + body
    size = len(http) if length is None else length
    fields = ("WARC/1.0", "WARC-Type: response", "WARC-Target-URI: http://a.example/", f"Content-Length: {size}")
    return "\r\n".join((*fields, "", "")).encode() + http + b"\r\n\r\n"


def deflated_with_lies() -> bytes:
    """A zip whose member says that it is 10 bytes long, of 20 million."""
    data = bytearray(zipped(("a.txt", bytes(20_000_000))))
    for magic, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(magic) + at
        data[place : place + 4] = struct.pack("<L", 10)
    return bytes(data)


def zip_of_a_version_to_come() -> bytes:
    """A zip whose directory says of its member that version 16.9 of the format is needed for it."""
    data = bytearray(zipped(("a.txt", HONEST)))
    data[data.index(b"PK\x01\x02") + 6] = 169
    return bytes(data)


def parquet(text: list[str], **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": text}), buffer, **options)
    return buffer.getvalue()


def parquet_with_lying_rows() -> bytes:
    """Parquet that says of its row group, in its footer, that it has 16 times as many rows as it has."""
    data = bytearray(parquet(["豆" * 40] * 64, use_dictionary=False))
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    honest, lying = b"\x80\x01", b"\x80\x10"  # 64 and 1,024 as zigzag varints
    for place in range(footer, len(data) - 8):
        if data[place : place + 2] == honest:
            data[place : place + 2] = lying
    return bytes(data)


def parquet_of_another_type() -> bytes:
    """Parquet whose footer says of its text that it is numbers, beside sizes that only text has."""
    data = bytearray(parquet(["豆" * 40] * 64))
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    place = data.index(
        b"\x15\x0c", footer
    )  # field 1 of the schema's element: the type, 6 for bytes, as a zigzag varint
    data[place + 1] = 0x04
    return bytes(data)


def in_each_other(times: int) -> bytes:
    data = HONEST
    for number in range(times):
        data = zipped((f"{number}.zip" if number else "a.txt", data))
    return data


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
BIG = HONEST * 20_000

#: What it is, how it is made, and the reasons that its rejects have; none where it must be kept.
HOSTILE: list[tuple[str, Make, set[Reason]]] = [
    ("gzip bomb", file("a.txt.gz", gzip.compress(bytes(90_000_000))), {Reason.BOMB}),
    ("gzip bomb in a gzip", file("a.gz", gzip.compress(gzip.compress(bytes(90_000_000)))), {Reason.BOMB}),
    ("zip bomb", file("a.zip", zipped(("a.txt", bytes(90_000_000)))), {Reason.BOMB, Reason.TOO_LARGE}),
    ("zip of a member that lies about its size", file("a.zip", deflated_with_lies()), {Reason.TRUNCATED}),
    ("zip of a version to come", file("a.zip", zip_of_a_version_to_come()), {Reason.UNSUPPORTED}),
    ("tar bomb", file("a.tgz", gzip.compress(tarred(("a.txt", bytes(90_000_000))))), {Reason.BOMB}),
    (
        "bomb in an HTTP body",
        file("a.warc", warc(gzip.compress(BIG), "Content-Encoding: gzip\r\n")),
        {Reason.TOO_LARGE},
    ),
    ("archives in archives", file("a.zip", in_each_other(7)), {Reason.TOO_DEEP}),
    ("member above the archive", file("a.zip", zipped(("../a.txt", HONEST))), {Reason.OUTSIDE}),
    ("member with an absolute name", file("a.tar", tarred(("/etc/a.txt", HONEST))), {Reason.OUTSIDE}),
    ("member with a drive", file("a.zip", zipped(("C:\\a.txt", HONEST))), {Reason.OUTSIDE}),
    ("linked member", file("a.tar", tarred(("a", b""), kind=tarfile.SYMTYPE, link="/etc/passwd")), {Reason.OUTSIDE}),
    ("hard-linked member", file("a.tar", tarred(("a", b""), kind=tarfile.LNKTYPE, link="../x")), {Reason.OUTSIDE}),
    ("device in an archive", file("a.tar", tarred(("a", b""), kind=tarfile.CHRTYPE)), {Reason.UNSUPPORTED}),
    ("directory of millions", file("a.zip", directory_of_millions()), {Reason.TOO_MANY, Reason.TRUNCATED}),
    ("many members", file("a.tar", tarred(*((f"{n}.txt", HONEST) for n in range(300)))), {Reason.TOO_MANY}),
    ("an endless line", sparse("a.jsonl", b'{"text": "', 10**8), {Reason.TOO_LARGE}),
    ("an endless CSV row", sparse("a.csv", b'text\n"', 10**8), {Reason.MALFORMED}),
    ("an endless page", sparse("a.txt", HONEST, 10**8), {Reason.TOO_LARGE}),
    ("deep HTML", file("a.html", b"<html><body>" + b"<div>" * 100_000 + HONEST), set()),
    ("HTML that never closes", file("a.html", b"<table><tr><td>" * 20_000 + HONEST), set()),
    ("billion laughs", file("a.html", f"<!DOCTYPE html [{LAUGHS}]><html><p>&a11;</p>".encode() + HONEST), set()),
    ("nested JSON", file("a.jsonl", b'{"text":' + b"[" * 400_000), {Reason.MALFORMED}),
    ("a number of a million digits", file("a.jsonl", b'{"text": ' + b"1" * 900_000 + b"}\n"), {Reason.MALFORMED}),
    ("Parquet that expands", file("a.parquet", parquet(["豆" * 30_000] * 400)), {Reason.BOMB}),
    (
        "Parquet of plain values that expand",
        file("a.parquet", parquet(["豆" * 300_000] * 40, use_dictionary=False, compression="zstd")),
        {Reason.BOMB},
    ),
    ("Parquet that lies about its rows", file("a.parquet", parquet_with_lying_rows()), set()),
    ("Parquet of another type", file("a.parquet", parquet_of_another_type()), {Reason.MALFORMED}),
    ("Parquet without a footer", file("a.parquet", b"PAR1" + bytes(900) + b"PAR1"), {Reason.MALFORMED}),
    ("WARC that says too much", file("a.warc", warc(HONEST, length=10**14)), {Reason.MALFORMED}),
    ("WARC that says too little", file("a.warc", warc(HONEST * 90, length=100)), {Reason.MALFORMED}),
    ("endless chunks", file("a.warc", warc(b"ffffffff\r\n" + HONEST, "Transfer-Encoding: chunked\r\n")), set()),
    ("chunks of one byte", file("a.warc", warc(b"1\r\nx\r\n" * 100_000, "Transfer-Encoding: chunked\r\n")), set()),
    ("a pipe", lambda raw: os.mkfifo(raw / "a.txt"), {Reason.UNSUPPORTED}),
    ("a link to a device", lambda raw: (raw / "a.txt").symlink_to("/dev/zero"), {Reason.OUTSIDE}),
    ("a link out of raw", lambda raw: (raw / "a.txt").symlink_to("/etc/passwd"), {Reason.OUTSIDE}),
    ("a link to itself", lambda raw: (raw / "a.txt").symlink_to("a.txt"), {Reason.UNREADABLE, Reason.VANISHED}),
    ("a link to nothing", lambda raw: (raw / "a.txt").symlink_to("gone.txt"), {Reason.VANISHED}),
    ("a cut-off gzip", file("a.txt.gz", gzip.compress(os.urandom(9000))[:-20]), {Reason.TRUNCATED}),
    ("a program", file("a.txt", b"\x7fELF" + bytes(range(256)) * 40), {Reason.BINARY}),
    ("a photograph", file("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(900)), {Reason.UNSUPPORTED}),
    ("nothing", file("a.txt", b""), {Reason.EMPTY}),
    ("no text", file("a.html", b"<html><script>x()</script></html>"), {Reason.NO_CONTENT}),
    ("no encoding", file("a.txt", b"\xef\xbb\xbf" + HONEST + b"\xff\xfe\xfd" * 90), {Reason.UNDECODABLE}),
    ("an encrypted member", file("a.zip", zipped(("a.txt", HONEST))), set()),
]
NAMES = [what for what, _, _ in HOSTILE]


@pytest.mark.parametrize(("make", "reasons"), [item[1:] for item in HOSTILE], ids=NAMES)
def test_a_hostile_file_ends_in_time_with_its_reason(tmp_path: Path, make: Make, reasons: set[Reason]) -> None:
    make(tmp_path)
    started = time.process_time()
    entries = [entry for source in discover(tmp_path) for entry in read_source(tmp_path, source, LIMITS)]
    results = [curate_page(e, Policy(limits=LIMITS)) if isinstance(e, Page) else e for e in entries]
    assert time.process_time() - started < 20
    assert results
    found = {result.reason for result in results if isinstance(result, Reject)}
    assert found <= reasons if reasons else not found
    assert bool(found) == bool(reasons)
    assert all(result.detail or result.reason is Reason.EMPTY for result in results if isinstance(result, Reject))


def test_a_device_in_raw(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "a.txt", 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero, which has no end
    except (AttributeError, OSError):
        pytest.skip("making a device takes rights that are not had here")
    (source,) = discover(tmp_path)
    assert source.refused
    assert (source.refused.reason, source.refused.detail) == (Reason.UNSUPPORTED, "not a file but a device")


def test_names_that_are_no_unicode_end_as_rows(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    names = [b"\xb2\xe8\xb9\xdd.txt", b"\xff#\xfe.txt", "页%D6.txt".encode(), b"line\nend.txt"]
    try:
        for name in names:
            Path(os.fsdecode(os.fsencode(raw) + b"/" + name)).write_bytes(HONEST)
    except OSError:
        pytest.skip("this file system takes only Unicode names")
    kept = shard_rows(raw, out, "documents")
    assert {row["source_uri"] for row in kept} == {
        "%B2%E8%B9%DD.txt",
        "%FF%23%FE.txt",
        "页%25D6.txt",
        "line%0Aend.txt",
    }


def shard_rows(raw: Path, out: Path, table: str, policy: Policy | None = None) -> list[dict[str, Any]]:
    """Curate a folder as one shard, and read a table of it."""
    (shard,) = plan(discover(raw), [], "x", 2**40, True).shards
    write_shard(Job(shard, str(raw), str(out), policy or Policy(limits=LIMITS), "x"))
    return ready_rows(out, table)


def ready_rows(out: Path, table: str) -> list[dict[str, Any]]:
    return [row for part in out.glob(f"_ready/*/{table}.parquet") for row in pq.read_table(part).to_pylist()]


def test_every_reason_to_reject_is_seen_in_one_run_and_honest_pages_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closed list, exercised: a reason that nothing leads to any more would be a dead row of the dictionary."""
    raw, out = tmp_path / "raw", tmp_path / "out"
    for number, (_, make, _) in enumerate(HOSTILE):
        (raw / f"{number:02}").mkdir(parents=True)
        make(raw / f"{number:02}")
        (raw / f"{number:02}" / "z.txt").write_bytes(HONEST)
    (raw / "bug.txt").write_bytes(b"bug")
    (raw / "slow.txt").write_bytes(b"slow")

    def curate(page: Page, policy: Policy, *more: Any) -> Curated | Reject:
        if page.raw == b"bug":
            raise RuntimeError("a bug of ours")
        while page.raw == b"slow":
            pass
        return curate_page(page, policy, *more)

    monkeypatch.setattr(flows.shard, "curate_pages", one_by_one(curate))
    curate_page(Page("warm", HONEST), Policy())
    limits = replace(LIMITS, seconds=3)
    rejects = shard_rows(raw, out, "rejects", Policy(limits=limits))
    assert {row["reason"] for row in rejects} >= {str(reason) for reason in Reason} - {"unreadable"}
    assert all(row["detail"] or row["reason"] == "empty" for row in rejects)
    kept = ready_rows(out, "documents")
    assert sum(row["source_uri"].endswith("/z.txt") for row in kept) == len(HOSTILE)


def test_an_encrypted_member_is_unreadable(tmp_path: Path) -> None:
    """The one reason that depends on the machine as well: a member without its key stands for a file without rights."""
    data = bytearray(zipped(("a.txt", HONEST)))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.zip").write_bytes(data)
    (row,) = shard_rows(tmp_path / "raw", tmp_path / "out", "rejects")
    assert (row["reason"], row["detail"]) == ("unreadable", "encrypted")


MEMORY = """
import resource, sys
from tests.test_hostile import HOSTILE, LIMITS
from pathlib import Path
from tasks.read import discover, read_source
from tasks.page import curate_page
from tasks.records import Page, Policy
raw = Path(sys.argv[1])
curate_page(Page("warm", "渡口".encode()), Policy())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for source in discover(raw):
    for entry in read_source(raw, source, LIMITS):
        if isinstance(entry, Page):
            curate_page(entry, Policy(limits=LIMITS))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_hostile_files_take_no_more_memory_than_the_limits_say(tmp_path: Path) -> None:
    for number, (_, make, _) in enumerate(HOSTILE):
        (tmp_path / f"{number:02}").mkdir()
        make(tmp_path / f"{number:02}")
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300
    )
    assert int(done.stdout) < 300


def test_the_measure_of_memory_is_at_work() -> None:
    held = bytearray(os.urandom(50_000_000))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > len(zlib.compress(held[:1])) + 50_000_000


def test_rows_are_read_by_the_columns_that_settings_name(tmp_path: Path) -> None:
    from flows.settings import Settings

    row = {"id": 7, "Story": "豆腐坊开了四十年。", "text": "摘要", "address": "http://a.example/", "seen": "2021-03-04"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "b.csv").write_text(
        "Story,address,seen\n豆腐坊开了四十年。,http://a.example/,2021-03-04\n", encoding="utf-8"
    )
    pq.write_table(pa.table({name: [value] for name, value in row.items()}), tmp_path / "c.parquet")
    environment = {"QINGWEN_COLUMNS__TEXT": "story", "QINGWEN_COLUMNS__URL": "address", "QINGWEN_COLUMNS__DATE": "seen"}
    policy = Settings.load(None, environment).policy()
    found = [e for s in discover(tmp_path) for e in read_source(tmp_path, s, policy.limits, policy.columns)]
    assert [page.raw.decode() for page in found if isinstance(page, Page)] == ["豆腐坊开了四十年。"] * 3
    assert {page.url for page in found if isinstance(page, Page)} == {"http://a.example/"}
    assert {page.fetched_at and page.fetched_at.year for page in found if isinstance(page, Page)} == {2021}


@given(
    st.binary(max_size=2000), st.sampled_from(["a", "a.txt", "a.html", "a.jsonl", "a.csv", "a.warc", "a.zip", "a.gz"])
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_through_the_whole_front_door(tmp_path: Path, data: bytes, name: str) -> None:
    """What is read is curated or rejected, by every stage, and nothing is lost or raised on the way."""
    (tmp_path / name).write_bytes(data)
    entries = [entry for source in discover(tmp_path) for entry in read_source(tmp_path, source, LIMITS)]
    (tmp_path / name).unlink()
    results = [curate_page(e, Policy(limits=LIMITS)) if isinstance(e, Page) else e for e in entries]
    assert results
    for result in results:
        uri = result.source_uri if isinstance(result, Reject) else result.page.source_uri
        assert uri.partition("#")[0] == name
        assert isinstance(result, Reject) or result.text.endswith("\n")


def test_a_source_that_is_gone_is_no_error(tmp_path: Path) -> None:
    (reject,) = read_source(tmp_path, Source("a.txt", "a.txt", 1), LIMITS)
    assert isinstance(reject, Reject)
    assert reject.reason is Reason.VANISHED
