"""The read stage: whatever lies in raw/ ends as pages or rejects, and nothing in it can stop the run."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import random
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tasks.read
from tasks.errors import InputError, UsageError
from tasks.read import Source, discover, read_source, uri_of
from tasks.records import Limits, Media, Page, Reason, Reject

TEXT = "渡口的石阶被水磨得发亮。\n".encode()
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".zst": zstandard.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
}


def put(root: Path, name: str, data: bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def read(root: Path, limits: Limits | None = None) -> list[Page | Reject]:
    return [entry for source in discover(root) for entry in read_source(root, source, limits or Limits())]


def pages(root: Path, limits: Limits | None = None) -> list[Page]:
    found = read(root, limits)
    assert all(isinstance(entry, Page) for entry in found), found
    return [entry for entry in found if isinstance(entry, Page)]


def rejects(root: Path, limits: Limits | None = None) -> list[Reject]:
    return [entry for entry in read(root, limits) if isinstance(entry, Reject)]


def one_reject(root: Path, limits: Limits | None = None) -> Reject:
    (found,) = read(root, limits)
    assert isinstance(found, Reject), found
    return found


class TestDiscover:
    def test_order_does_not_depend_on_the_file_system(self, tmp_path: Path) -> None:
        for name in ("b.txt", "a/z.txt", "a.txt", "新 闻/第 1 页.md", "B.txt"):
            put(tmp_path, name, TEXT)
        uris = [source.uri for source in discover(tmp_path)]
        assert uris == ["B.txt", "a.txt", "a/z.txt", "b.txt", "新 闻/第 1 页.md"]

    def test_sizes(self, tmp_path: Path) -> None:
        put(tmp_path, "a.txt", TEXT)
        (source,) = discover(str(tmp_path))
        assert (source.size, source.refused) == (len(TEXT), None)

    def test_hidden_files_and_the_readme_of_raw_are_passed_over(self, tmp_path: Path) -> None:
        for name in (".hidden", ".git/config", "README.md", "site/README.md", "site/.DS_Store"):
            put(tmp_path, name, TEXT)
        assert [source.uri for source in discover(tmp_path)] == ["site/README.md"]

    def test_a_single_file(self, tmp_path: Path) -> None:
        path = put(tmp_path, "a.txt", TEXT)
        (source,) = discover(path)
        assert list(read_source(path, source, Limits())) == [Page("a.txt", TEXT)]

    def test_no_such_folder(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="No such file"):
            discover(tmp_path / "nothing")
        assert issubclass(InputError, UsageError)

    def test_a_pipe_for_raw(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(InputError, match="neither a folder nor a file"):
            discover(tmp_path / "pipe")

    def test_names_that_are_no_unicode_lead_back_to_one_file(self, tmp_path: Path) -> None:
        try:
            Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xd6\xd0.txt")).write_bytes(TEXT)
        except OSError:
            pytest.skip("this file system takes only Unicode names")
        assert [(page.source_uri, page.raw) for page in pages(tmp_path)] == [("%D6%D0.txt", TEXT)]

    @given(st.lists(st.text(min_size=1), unique=True, min_size=2, max_size=2))
    def test_two_paths_never_share_a_uri(self, paths: list[str]) -> None:
        first, second = (path.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape") for path in paths)
        assert uri_of(first) != uri_of(second)
        assert "#" not in uri_of(first)
        assert uri_of(first).encode("utf-8")


class TestNotFiles:
    def test_a_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.txt")
        reject = one_reject(tmp_path)
        assert (reject.reason, reject.detail) == (Reason.UNSUPPORTED, "not a file but a pipe")

    def test_a_file_that_turns_into_a_pipe_does_not_block(self, tmp_path: Path) -> None:
        put(tmp_path, "a.txt", TEXT)
        (source,) = discover(tmp_path)
        (tmp_path / "a.txt").unlink()
        os.mkfifo(tmp_path / "a.txt")
        (reject,) = read_source(tmp_path, source, Limits())
        assert isinstance(reject, Reject)
        assert reject.reason is Reason.UNSUPPORTED

    def test_a_link_out_of_raw(self, tmp_path: Path) -> None:
        secret = put(tmp_path, "secret.txt", TEXT)
        (tmp_path / "raw").mkdir()
        (tmp_path / "raw" / "link.txt").symlink_to(secret)
        assert one_reject(tmp_path / "raw").reason is Reason.OUTSIDE

    def test_a_link_inside_raw_is_followed_and_a_folder_is_read_once(self, tmp_path: Path) -> None:
        put(tmp_path, "a/b.txt", TEXT)
        (tmp_path / "c.txt").symlink_to("a/b.txt")
        (tmp_path / "loop").symlink_to(".")
        assert [page.source_uri for page in pages(tmp_path)] == ["a/b.txt", "c.txt"]

    def test_a_link_to_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to("gone")
        assert one_reject(tmp_path).reason is Reason.VANISHED

    def test_raw_may_itself_be_a_link(self, tmp_path: Path) -> None:
        put(tmp_path, "real/a.txt", TEXT)
        (tmp_path / "raw").symlink_to("real")
        assert [page.source_uri for page in pages(tmp_path / "raw")] == ["a.txt"]

    def test_a_file_that_vanishes(self, tmp_path: Path) -> None:
        put(tmp_path, "a.txt", TEXT)
        (source,) = discover(tmp_path)
        (tmp_path / "a.txt").unlink()
        (reject,) = read_source(tmp_path, source, Limits())
        assert isinstance(reject, Reject)
        assert (reject.reason, reject.raw_sha256) == (Reason.VANISHED, "")

    def test_a_file_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path, "a.txt", TEXT)

        def denied(path: Path) -> None:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(tasks.read, "_opened", denied)
        reject = one_reject(tmp_path)
        assert (reject.reason, reject.detail) == (Reason.UNREADABLE, "cannot be read: Permission denied")

    def test_a_folder_that_may_not_be_listed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(tmp_path, "closed/a.txt", TEXT)
        put(tmp_path, "b.txt", TEXT)
        scandir = os.scandir

        def denied(path: Path) -> object:
            if path.name == "closed":
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(os, "scandir", denied)
        assert [type(entry) for entry in read(tmp_path)] == [Page, Reject]
        assert rejects(tmp_path)[0].source_uri == "closed"


class TestPages:
    @pytest.mark.parametrize(
        ("name", "data", "media"),
        [
            ("a.txt", TEXT, Media.TEXT),
            ("a.md", TEXT, Media.MARKDOWN),
            ("a.html", TEXT, Media.HTML),
            ("a.HTM", TEXT, Media.HTML),
            ("a.txt", b"<!doctype html><p>" + TEXT, Media.HTML),
            ("a.aspx", b"<html><p>" + TEXT, Media.HTML),
            ("a.txt", b'<div class="a"><p>' + TEXT + b"</p></DIV>", Media.HTML),
            ("a.txt", b"<p>" + TEXT + b"</p><p>" + TEXT, Media.HTML),
            ("a.txt", b"<p> begins a paragraph.\n" + TEXT, Media.TEXT),
            ("a.txt", b"<b>" + TEXT + b"</b>", Media.TEXT),
            ("a.md", b"<p>" + TEXT + b"</p>", Media.MARKDOWN),
            ("page", b"From: the ferryman\n\n" + TEXT, Media.TEXT),
            ("a.txt", b"Content-Transfer-Encoding: base64\n\n" + TEXT, Media.TEXT),
            ("page", TEXT, Media.TEXT),
            ("a.txt", b"\x00\x01\x02", Media.TEXT),
            ("empty.txt", b"", Media.TEXT),
            ("a.gz", TEXT, Media.TEXT),
        ],
    )
    def test_kind(self, tmp_path: Path, name: str, data: bytes, media: Media) -> None:
        put(tmp_path, name, data)
        assert pages(tmp_path) == [Page(name, data, media)]

    @pytest.mark.parametrize("name", ["a.bin", "photo", "a.docx"])
    def test_not_a_page(self, tmp_path: Path, name: str) -> None:
        data = b"PK\x03\x04\x00\x00" if name == "a.docx" else b"\x89PNG\r\n\x1a\n\x00\x00"
        put(tmp_path, name, data)
        reject = one_reject(tmp_path)
        assert (reject.reason, reject.raw_size) == (Reason.UNSUPPORTED, len(data))
        assert reject.raw_sha256 == hashlib.sha256(data).hexdigest()

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("feed.rss", b'<?xml version="1.0"?><rss><item><title>' + TEXT),
            ("a.mhtml", b"From: <x>\r\nContent-Type: multipart/related;\r\n boundary=b\r\n\r\n--b\r\n" + TEXT),
            ("a.eml", b"Subject: x\r\ncontent-transfer-encoding: quoted-printable\r\n\r\n=E6=B8=A1"),
        ],
    )
    def test_coded_text_is_no_page(self, tmp_path: Path, name: str, data: bytes) -> None:
        put(tmp_path, name, data)
        assert one_reject(tmp_path).reason is Reason.UNSUPPORTED

    @pytest.mark.parametrize("suffix", COMPRESS)
    def test_compressed(self, tmp_path: Path, suffix: str) -> None:
        put(tmp_path, f"a.html{suffix}", COMPRESS[suffix](TEXT * 20_000))
        assert pages(tmp_path) == [Page(f"a.html{suffix}", TEXT * 20_000, Media.HTML)]

    @pytest.mark.parametrize("suffix", COMPRESS)
    def test_compressed_in_several_members(self, tmp_path: Path, suffix: str) -> None:
        put(tmp_path, f"a.txt{suffix}", COMPRESS[suffix](TEXT) + COMPRESS[suffix](b"") + COMPRESS[suffix](TEXT))
        assert pages(tmp_path)[0].raw == TEXT * 2

    @pytest.mark.parametrize("suffix", COMPRESS)
    def test_compressed_under_another_name(self, tmp_path: Path, suffix: str) -> None:
        put(tmp_path, "a.txt", COMPRESS[suffix](TEXT))
        assert pages(tmp_path)[0].raw == TEXT

    @pytest.mark.parametrize("suffix", COMPRESS)
    @pytest.mark.parametrize("lost", [1, 5, 30])
    def test_truncated(self, tmp_path: Path, suffix: str, lost: int) -> None:
        whole = COMPRESS[suffix](os.urandom(200) + TEXT * 9)
        data = whole[:-lost]
        put(tmp_path, f"a.txt{suffix}", data)
        reject = one_reject(tmp_path)
        assert (reject.reason, reject.raw_size) == (Reason.TRUNCATED, len(data))
        assert reject.raw_sha256 == hashlib.sha256(data).hexdigest()

    @pytest.mark.parametrize("suffix", [".gz", ".xz", ".bz2"])
    def test_corrupt(self, tmp_path: Path, suffix: str) -> None:
        data = bytearray(COMPRESS[suffix](TEXT * 9))
        data[len(data) // 2] ^= 0xFF
        put(tmp_path, f"a.txt{suffix}", bytes(data))
        assert one_reject(tmp_path).reason is Reason.TRUNCATED

    def test_padding_after_gzip(self, tmp_path: Path) -> None:
        put(tmp_path, "a.txt.gz", gzip.compress(TEXT) + b"\x00" * 512)
        assert pages(tmp_path)[0].raw == TEXT

    def test_too_large(self, tmp_path: Path) -> None:
        put(tmp_path, "a.txt", TEXT)
        reject = one_reject(tmp_path, Limits(page_bytes=10))
        assert (reject.reason, reject.raw_size) == (Reason.TOO_LARGE, len(TEXT))
        assert reject.raw_sha256 == hashlib.sha256(TEXT).hexdigest()

    @pytest.mark.parametrize("suffix", COMPRESS)
    def test_a_bomb(self, tmp_path: Path, suffix: str) -> None:
        put(tmp_path, f"a.txt{suffix}", COMPRESS[suffix](bytes(30_000_000)))
        assert one_reject(tmp_path, Limits(page_bytes=1_000_000)).reason is Reason.BOMB

    def test_compressions_around_compressions(self, tmp_path: Path) -> None:
        data = TEXT
        for _ in range(5):
            data = gzip.compress(data)
        put(tmp_path, "a.txt.gz", data)
        assert one_reject(tmp_path).reason is Reason.TOO_DEEP
        assert pages(tmp_path, Limits(depth=5))[0].raw == TEXT


class TestJsonLines:
    @pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf_16(self, tmp_path: Path, codec: str) -> None:
        rows = "".join(
            json.dumps({"text": f"第{number}道闸。𠮷"}, ensure_ascii=False) + "\r\n" for number in range(3000)
        )
        put(tmp_path, "a.jsonl", rows.encode(codec))
        found = pages(tmp_path)
        assert [page.raw.decode() for page in found] == [f"第{number}道闸。𠮷" for number in range(3000)]
        assert found[7].source_uri == "a.jsonl#8"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("桥修好了。\\n船也来了。\\r\\n岸上有人。", "桥修好了。\n船也来了。\n岸上有人。"),
            (
                "桥修好了\\n\u3000\u3000船也来了\\n\u3000\u3000岸上有人",
                "桥修好了\n\u3000\u3000船也来了\n\u3000\u3000岸上有人",
            ),
            ("桥修好了。<br>船也来了。<BR/><br />岸上有人。", "桥修好了。\n船也来了。\n岸上有人。"),
            ("用\\n换行，写成 print('\\n')。", "用\\n换行，写成 print('\\n')。"),
            ("用<br>换行。<br>是标签。", "用<br>换行。<br>是标签。"),
            ("路径是C:\\new。", "路径是C:\\new。"),
            ("桥修好了。\\n\n船也来了。", "桥修好了。\\n\n船也来了。"),
            ("桥修好了。<br><b>船</b>也来了。", "桥修好了。<br><b>船</b>也来了。"),
        ],
    )
    def test_line_ends_that_were_written_out(self, tmp_path: Path, text: str, expected: str) -> None:
        put(tmp_path, "a.jsonl", json.dumps({"text": text}).encode())
        assert pages(tmp_path)[0].raw.decode() == expected

    def test_rows(self, tmp_path: Path) -> None:
        rows = [
            {"text": "甲。", "url": "http://a.example/", "date": "2021-03-04T05:06:07Z"},
            {"id": 7, "Content": "乙。", "meta": {"url": "http://b.example/", "date": "2021-03-04"}},
            {"html": "<p>丙</p>"},
            {"text": "<html><p>丁</html>", "timestamp": 1614834367},
            {"text": "", "raw_content": "戊。"},
            {"text": ["己。", "庚。"]},
        ]
        put(tmp_path, "a.jsonl", "\n".join(json.dumps(row) for row in rows).encode())
        found = pages(tmp_path)
        assert [page.source_uri for page in found] == [f"a.jsonl#{n}" for n in range(1, 7)]
        assert [page.raw.decode() for page in found] == [
            "甲。", "乙。", "<p>丙</p>", "<html><p>丁</html>", "戊。", "己。\n庚。",
        ]  # fmt: skip
        assert [page.media for page in found] == [
            Media.TEXT, Media.TEXT, Media.HTML, Media.HTML, Media.TEXT, Media.TEXT,
        ]  # fmt: skip
        assert [page.url for page in found[:3]] == ["http://a.example/", "http://b.example/", None]
        assert found[0].fetched_at == datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
        assert found[1].fetched_at == datetime(2021, 3, 4, tzinfo=UTC)
        assert found[3].fetched_at == datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)

    def test_a_broken_row_costs_that_row(self, tmp_path: Path) -> None:
        deep = "[" * 100_000 + "]" * 100_000
        lines = ['{"text": "甲"}', "", "{oops", "[1, 2]", '{"title": "x"}', deep, '{"text": 5}', '"乙"', "1" * 5000]
        put(tmp_path, "a.ndjson.gz", gzip.compress("\r\n".join(lines).encode()))
        found = read(tmp_path)
        assert [entry.source_uri for entry in found if isinstance(entry, Page)] == ["a.ndjson.gz#1", "a.ndjson.gz#8"]
        broken = [entry for entry in found if isinstance(entry, Reject)]
        assert [entry.source_uri.partition("#")[2] for entry in broken] == ["3", "4", "5", "6", "7", "9"]
        assert {entry.reason for entry in broken} == {Reason.MALFORMED}
        assert broken[0].raw_sha256 == hashlib.sha256(b"{oops").hexdigest()
        assert broken[0].raw_size == 5

    def test_rows_before_a_truncation_are_kept(self, tmp_path: Path) -> None:
        data = gzip.compress(b"".join(b'{"text": "%s"}\n' % os.urandom(200).hex().encode() for _ in range(2000)))
        put(tmp_path, "a.jsonl.gz", data[: len(data) // 2])
        *kept, last = read(tmp_path)
        assert len(kept) > 500
        assert all(isinstance(entry, Page) for entry in kept[:-1])
        assert isinstance(last, Reject)
        assert (last.reason, last.source_uri) == (Reason.TRUNCATED, "a.jsonl.gz")

    def test_a_row_too_large_is_passed_over(self, tmp_path: Path) -> None:
        row = b'{"text": "' + b"x" * 5000 + b'"}\n'
        put(tmp_path, "a.jsonl", b'{"text": "a"}\n' + row + b'{"text": "b"}\n')
        found = read(tmp_path, Limits(page_bytes=1000))
        assert [type(entry) for entry in found] == [Page, Reject, Page]
        assert isinstance(found[1], Reject)
        assert (found[1].reason, found[1].raw_size) == (Reason.TOO_LARGE, len(row))
        assert found[2].source_uri == "a.jsonl#3"

    def test_bytes_that_are_no_utf_8_are_left_for_decode(self, tmp_path: Path) -> None:
        put(tmp_path, "a.jsonl", b'{"text": "' + TEXT.strip() * 3 + b"\xff" + b'"}')
        assert pages(tmp_path)[0].raw == TEXT.strip() * 3 + b"\xff"

    def test_rows_in_gbk(self, tmp_path: Path) -> None:
        row = '{"text": "開幕式在臺北，誠邀各位"}'  # 誠 ends in a backslash in GBK
        put(tmp_path, "a.jsonl", row.encode("gbk"))
        assert pages(tmp_path)[0].raw.decode() == "開幕式在臺北，誠邀各位"

    def test_half_a_surrogate_pair(self, tmp_path: Path) -> None:
        put(tmp_path, "a.jsonl", b'{"text": "a\\ud83d"}')
        assert pages(tmp_path)[0].raw == b"a\xed\xa0\xbd"

    @pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
    def test_no_rows(self, tmp_path: Path, data: bytes) -> None:
        put(tmp_path, "a.jsonl", data)
        assert one_reject(tmp_path).reason is Reason.EMPTY

    def test_lines_of_json_under_another_name(self, tmp_path: Path) -> None:
        put(tmp_path, "part-0001", b'{"text": "a"}\n{"text": "b"}\n')
        assert [page.source_uri for page in pages(tmp_path)] == ["part-0001#1", "part-0001#2"]

    def test_an_address_that_is_no_unicode_is_one(self, tmp_path: Path) -> None:
        rows = [b'{"text": "%s", "url": "http://a.example/%s"}' % (TEXT.strip(), end) for end in (rb"\ud800", b"\xe5")]
        put(tmp_path, "a.jsonl", b"\n".join(rows))
        assert [page.url for page in pages(tmp_path)] == ["http://a.example/%ED%A0%80", "http://a.example/%E5"]

    @pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", 1e300, "heute"])
    def test_a_date_that_no_table_holds_is_none(self, tmp_path: Path, date: object) -> None:
        put(tmp_path, "a.jsonl", json.dumps({"text": "a", "date": date}).encode())
        assert pages(tmp_path)[0].fetched_at is None


def record(url: str, body: bytes, kind: str = "response", head: str = "", length: int | None = None) -> bytes:
    http = (
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n{head}\r\n".encode() if kind == "response" else b""
    )
    size = len(http + body) if length is None else length
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        "WARC-Date: 2021-03-04T05:06:07Z",
        "Content-Type: " + ("application/http; msgtype=response" if kind == "response" else "text/plain"),
        f"Content-Length: {size}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + http + body + b"\r\n\r\n"


A, B, C = (record(f"http://{name}.example/", f"<p>{name}</p>".encode()) for name in "abc")


class TestWarc:
    def test_records(self, tmp_path: Path) -> None:
        info = record("", b"software: x", "warcinfo")
        request = record("http://a.example/", b"GET / HTTP/1.1", "request")
        put(tmp_path, "a.warc", info + request + A + record("http://t.example/", TEXT, "conversion"))
        first, second = pages(tmp_path)
        assert (first.source_uri, first.raw, first.media) == ("a.warc#3", b"<p>a</p>", Media.HTML)
        assert (first.url, first.charset) == ("http://a.example/", "gbk")
        assert first.fetched_at == datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
        assert (second.source_uri, second.raw, second.media) == ("a.warc#4", TEXT, Media.TEXT)

    def test_gzip_record_by_record(self, tmp_path: Path) -> None:
        put(tmp_path, "a.warc.gz", b"".join(map(gzip.compress, (A, B, C))))
        assert [page.source_uri for page in pages(tmp_path)] == ["a.warc.gz#1", "a.warc.gz#2", "a.warc.gz#3"]

    def test_a_reject_tells_the_url(self, tmp_path: Path) -> None:
        put(tmp_path, "a.warc", record("http://b.example/桥.html", b"<p>b</p>", length=5000) + A)
        rejects = [entry.detail for entry in read(tmp_path) if isinstance(entry, Reject)]
        assert [detail.endswith(" (http://b.example/桥.html)") for detail in rejects] == [True]

    def test_under_another_name(self, tmp_path: Path) -> None:
        put(tmp_path, "crawl", A + B)
        assert len(pages(tmp_path)) == 2

    @pytest.mark.parametrize(
        ("label", "torn", "kept"),
        [
            ("too long", record("http://b.example/", b"<p>b</p>", length=5000), "ac"),
            ("far too long", record("http://b.example/", b"<p>b</p>", length=10**12), "ac"),
            ("into the next", record("http://b.example/", b"<p>b</p>", length=160), "ac"),
            ("too short", record("http://b.example/", b"<p>b</p>" * 90, length=100), "ac"),
            ("negative", record("http://b.example/", b"<p>b</p>", length=-5), "ac"),
            (
                "no number",
                record("http://b.example/", b"<p>b</p>").replace(b"Content-Length: ", b"Content-Length: x"),
                "ac",
            ),
            ("no length", record("http://b.example/", b"<p>b</p>").replace(b"Content-Length: ", b"X: "), "ac"),
            ("junk", b"nothing of a record\r\n\r\n", "ac"),
            ("endless header", b"WARC/1.0\r\n" + b"X: y\r\n" * 50_000, "ac"),
            ("no status", record("http://b.example/", b"<p>b</p>").replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 xx"), "ac"),
        ],
        ids=lambda value: value if isinstance(value, str) else None,
    )
    def test_a_broken_record_costs_that_record(self, tmp_path: Path, label: str, torn: bytes, kept: str) -> None:
        put(tmp_path, "a.warc", A + torn + C)
        found = read(tmp_path)
        assert "".join(entry.raw.decode()[3] for entry in found if isinstance(entry, Page)) == kept, label
        (reject,) = [entry for entry in found if isinstance(entry, Reject)]
        assert (reject.reason, reject.source_uri) == (Reason.MALFORMED, "a.warc#2")

    def test_a_last_record_that_breaks_off(self, tmp_path: Path) -> None:
        put(tmp_path, "a.warc", A + B[:-12])
        found = read(tmp_path)
        assert [type(entry) for entry in found] == [Page, Reject]

    def test_a_corrupt_gzip_member_costs_its_record(self, tmp_path: Path) -> None:
        broken = bytearray(gzip.compress(B))
        broken[len(broken) // 2] ^= 0xFF
        put(tmp_path, "a.warc.gz", gzip.compress(A) + bytes(broken) + gzip.compress(C))
        found = read(tmp_path)
        assert [entry.raw for entry in found if isinstance(entry, Page)] == [b"<p>a</p>", b"<p>c</p>"]
        assert Reason.TRUNCATED in {entry.reason for entry in found if isinstance(entry, Reject)}

    def test_lengths_that_all_lie_take_no_square_time(self, tmp_path: Path) -> None:
        put(tmp_path, "a.warc", record("http://b.example/", b"<p>b</p>", length=8_000_000) * 20_000)
        assert {entry.reason for entry in rejects(tmp_path)} == {Reason.MALFORMED}

    def test_bodies_as_crawlers_keep_them(self, tmp_path: Path) -> None:
        chunked = b"4;x=y\r\n<p>a\r\n4\r\n</p>\r\n0\r\n\r\n"
        for number, (head, body) in enumerate(
            [
                ("Transfer-Encoding: chunked\r\n", chunked),
                ("Transfer-Encoding: chunked\r\n", b"<p>a</p>"),
                ("Content-Encoding: gzip\r\n", gzip.compress(b"<p>a</p>")),
                ("Content-Encoding: gzip\r\n", b"<p>a</p>"),
                ("Content-Encoding: deflate\r\n", zlib.compress(b"<p>a</p>")),
            ]
        ):
            put(tmp_path, f"{number}.warc", record("http://a.example/", body, head=head))
        assert [page.raw for page in pages(tmp_path)] == [b"<p>a</p>"] * 5

    def test_what_is_no_page(self, tmp_path: Path) -> None:
        image = record("http://a.example/a.jpg", b"\xff\xd8\xff\x00", head="X: y\r\n").replace(
            b"text/html", b"image/gif"
        )
        missing = A.replace(b"200 OK", b"404 No")
        bomb = record("http://a.example/", gzip.compress(bytes(3_000_000)), head="Content-Encoding: gzip\r\n")
        put(tmp_path, "a.warc", image + missing + bomb + record("http://a.example/", b"x" * 1_200_000) + A)
        found = read(tmp_path, Limits(page_bytes=1_000_000))
        assert [entry.reason for entry in found if isinstance(entry, Reject)] == [
            Reason.UNSUPPORTED,
            Reason.UNSUPPORTED,
            Reason.TOO_LARGE,
            Reason.TOO_LARGE,
        ]
        assert isinstance(found[-1], Page)


class TestTables:
    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_csv(self, tmp_path: Path, codec: str) -> None:
        text = 'id,Text,url\r\n1,"渡口的石阶，很旧。\n第二行",http://a.example/\r\n\r\n2,祠堂的梁上有彩绘。,\r\n'
        put(tmp_path, "a.csv", text.encode(codec))
        first, second = pages(tmp_path)
        assert (first.source_uri, first.raw.decode(), first.url) == (
            "a.csv#1",
            "渡口的石阶，很旧。\n第二行",
            "http://a.example/",
        )
        assert (second.raw.decode(), second.url) == ("祠堂的梁上有彩绘。", None)

    def test_tsv(self, tmp_path: Path) -> None:
        put(tmp_path, "a.tsv.gz", gzip.compress("url\t正文\nhttp://a.example/\t渡口, 石阶\n".encode()))
        assert pages(tmp_path)[0].raw.decode() == "渡口, 石阶"

    @pytest.mark.parametrize("first", ["sep=;", "\ufeffsep=;", '"sep=;"'])
    def test_csv_that_names_its_separator(self, tmp_path: Path, first: str) -> None:
        put(tmp_path, "a.csv", f"{first}\r\nurl;text\r\nhttp://a.example/;渡口，石阶, 旧,,\r\n".encode())
        (page,) = pages(tmp_path)
        assert (page.source_uri, page.raw.decode()) == ("a.csv#1", "渡口，石阶, 旧,,")

    def test_csv_without_a_text_column(self, tmp_path: Path) -> None:
        put(tmp_path, "a.csv", b'year,"the\ncount"\n1987,4\n')
        reject = one_reject(tmp_path)
        assert reject.reason is Reason.MALFORMED
        assert "columns.text" in reject.detail
        assert "\n" not in reject.detail

    def test_csv_with_commas_in_texts_without_quotes(self, tmp_path: Path) -> None:
        put(tmp_path, "a.csv", "text,url\n渡口,石阶,http://a.example/\n祠堂,http://a.example/,,\n".encode())
        torn, whole = read(tmp_path)
        assert isinstance(torn, Reject)
        assert torn.reason is Reason.MALFORMED
        assert torn.detail.startswith("3 cells under 2 columns")
        assert isinstance(whole, Page)
        assert (whole.raw.decode(), whole.url) == ("祠堂", "http://a.example/")

    def test_csv_with_a_quote_that_never_closes(self, tmp_path: Path) -> None:
        put(tmp_path, "a.csv", b'text\nfirst\n"second\n' + b"line\n" * 5000)
        found = read(tmp_path, Limits(page_bytes=10_000))
        assert [type(entry) for entry in found] == [Page, Reject]
        assert isinstance(found[1], Reject)
        assert found[1].reason is Reason.MALFORMED

    def test_parquet(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        when = datetime(2021, 3, 4, tzinfo=UTC)
        table = pa.table(
            {
                "content": ["甲", None, "丙"],
                "url": ["http://a.example/", None, None],
                "date": [when, None, None],
                "x": [1, 2, 3],
            }
        )
        pq.write_table(table, path, row_group_size=2)
        found = read(tmp_path)
        assert [entry.source_uri for entry in found] == ["a.parquet#1", "a.parquet#2", "a.parquet#3"]
        assert isinstance(found[0], Page)
        assert (found[0].raw.decode(), found[0].url, found[0].fetched_at) == ("甲", "http://a.example/", when)
        assert isinstance(found[1], Reject)
        assert isinstance(found[2], Page)
        data = path.read_bytes()
        path.unlink()
        put(tmp_path, "b.zst", zstandard.compress(data))
        assert len(read(tmp_path)) == 3

    def test_dates_of_parquet(self, tmp_path: Path) -> None:
        days = pa.array([18_690, None], pa.date32())
        pq.write_table(pa.table({"text": ["a", "b"], "date": days}), tmp_path / "a.parquet")
        late = pa.array([10**18], pa.timestamp("us", tz="UTC"))  # the year 33,658
        pq.write_table(pa.table({"text": ["a"], "date": late}), tmp_path / "b.parquet")
        first, second, third = read(tmp_path)
        assert isinstance(first, Page)
        assert first.fetched_at == datetime(2021, 3, 4, tzinfo=UTC)
        assert isinstance(second, Page)
        assert second.fetched_at is None
        assert isinstance(third, Reject)
        assert third.detail == "row group 0 breaks off here: date value out of range"

    def test_parquet_that_is_damaged(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({"text": ["甲" * 500, "乙" * 500] * 500}), path, row_group_size=100)
        data = path.read_bytes()
        rng = random.Random(11)
        for number in range(60):
            broken = bytearray(data)
            for _ in range(4):
                broken[rng.randrange(4, len(data))] ^= 1 << rng.randrange(8)
            path.write_bytes(broken if number % 3 else broken[: rng.randrange(5, len(data))])
            assert read(tmp_path)
        path.write_bytes(b"PAR1" + bytes(50) + b"PAR1")
        assert one_reject(tmp_path).reason is Reason.MALFORMED


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes | tarfile.TarInfo]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            info = data if isinstance(data, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data) if isinstance(data, bytes) else 0
            archive.addfile(info, io.BytesIO(data) if isinstance(data, bytes) else None)
    return buffer.getvalue()


class TestArchives:
    @pytest.mark.parametrize(("name", "pack"), [("a.zip", zipped), ("a.tar", tarred), ("a", zipped), ("b", tarred)])
    def test_members(self, tmp_path: Path, name: str, pack: Callable[[dict[str, bytes]], bytes]) -> None:
        put(
            tmp_path,
            name,
            pack(
                {"b/页 1.txt": TEXT, "a.jsonl": b'{"text": "x"}\n', ".hidden": TEXT, "c.html.gz": gzip.compress(TEXT)}
            ),
        )
        found = pages(tmp_path)
        assert [page.source_uri for page in found] == [f"{name}#b/页 1.txt", f"{name}#a.jsonl#1", f"{name}#c.html.gz"]
        assert found[2] == Page(f"{name}#c.html.gz", TEXT, Media.HTML)

    @pytest.mark.parametrize("suffix", [*COMPRESS, ".tgz"])
    def test_tar_compressed(self, tmp_path: Path, suffix: str) -> None:
        data = COMPRESS.get(suffix, gzip.compress)(tarred({"a.txt": TEXT, "b.txt": TEXT}))
        put(tmp_path, "a.tgz" if suffix == ".tgz" else f"a.tar{suffix}", data)
        assert [page.raw for page in pages(tmp_path)] == [TEXT, TEXT]

    def test_zip_inside_a_compressed_tar(self, tmp_path: Path) -> None:
        put(tmp_path, "a.tar.gz", gzip.compress(tarred({"b.zip": zipped({"c.txt": TEXT})})))
        assert pages(tmp_path)[0].source_uri == "a.tar.gz#b.zip#c.txt"

    @pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "..\\a.txt", "C:\\a.txt"])
    def test_names_that_lead_out(self, tmp_path: Path, name: str) -> None:
        put(tmp_path, "a.zip", zipped({name: TEXT, "b.txt": TEXT}))
        put(tmp_path, "b.tar", tarred({name: TEXT, "b.txt": TEXT}))
        found = read(tmp_path)
        assert [getattr(entry, "reason", None) for entry in found] == [Reason.OUTSIDE, None] * 2

    def test_links_and_devices(self, tmp_path: Path) -> None:
        members: dict[str, bytes | tarfile.TarInfo] = {}
        for name, kind in (
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("f", tarfile.FIFOTYPE),
            ("c", tarfile.CHRTYPE),
        ):
            members[name] = tarfile.TarInfo(name)
            members[name].type, members[name].linkname = kind, "/etc/passwd"  # type: ignore[union-attr]
        put(tmp_path, "a.tar", tarred({**members, "b.txt": TEXT}))
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
            archive.writestr(link, "/etc/passwd")
        reasons = [entry.reason for entry in rejects(tmp_path)]
        assert reasons == [Reason.OUTSIDE, Reason.OUTSIDE, Reason.UNSUPPORTED, Reason.UNSUPPORTED, Reason.OUTSIDE]

    def test_names_in_gbk(self, tmp_path: Path) -> None:
        data = zipped({"XXXX.txt": TEXT}).replace(b"XXXX", "渡口".encode("gbk"))
        put(tmp_path, "a.zip", data)
        put(tmp_path, "b.tar", tarred({"渡口.txt".encode("gbk").decode("utf-8", "surrogateescape"): TEXT}))
        assert [page.source_uri for page in pages(tmp_path)] == ["a.zip#渡口.txt", "b.tar#渡口.txt"]

    def test_a_member_without_a_name(self, tmp_path: Path) -> None:
        """Its one letter is given to the extra field, in the local header and in the directory."""
        data = bytearray(zipped({"b.txt": TEXT, "a": TEXT}))
        for head, at in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
            place = data.rindex(head) + at
            assert data[place : place + 4] == b"\1\0\0\0"
            data[place : place + 4] = b"\0\0\1\0"
        put(tmp_path, "a.zip", bytes(data))
        put(tmp_path, "b.tar", tarred({"": TEXT, "b.txt": TEXT}))
        found = [(entry.source_uri, getattr(entry, "reason", None)) for entry in read(tmp_path)]
        malformed = Reason.MALFORMED
        assert found == [("a.zip#b.txt", None), ("a.zip#", malformed), ("b.tar#", malformed), ("b.tar#b.txt", None)]

    def test_a_name_twice(self, tmp_path: Path) -> None:
        put(tmp_path, "a.tar", tarred({"a.txt": TEXT, "b": tarfile.TarInfo("a.txt")}))
        assert [entry.source_uri for entry in read(tmp_path)] == ["a.tar#a.txt", "a.tar#a.txt@2"]

    def test_a_broken_member_costs_that_member(self, tmp_path: Path) -> None:
        noise = random.Random(3).randbytes(400)
        data = zipped({"a.txt": noise, "b.txt": TEXT})
        at = data.index(noise[:0] or b"a.txt") + 60
        put(tmp_path, "a.zip", data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :])
        put(tmp_path, "b.tar", tarred({"x.gz": gzip.compress(TEXT)[:-3], "b.txt": TEXT}))
        found = read(tmp_path)
        assert [getattr(entry, "reason", None) for entry in found] == [Reason.TRUNCATED, None] * 2

    @pytest.mark.parametrize("pack", [zipped, tarred])
    def test_archives_that_break_off(self, tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
        whole = pack({"a.txt": TEXT, "b.txt": TEXT * 900})
        put(tmp_path, "a.zip" if pack is zipped else "a.tar", whole[: len(whole) * 2 // 3 if pack is tarred else -30])
        assert rejects(tmp_path)[-1].reason is Reason.TRUNCATED

    def test_empty_archives(self, tmp_path: Path) -> None:
        put(tmp_path, "a.zip", zipped({}))
        put(tmp_path, "b.tar", tarred({}))
        assert [entry.reason for entry in rejects(tmp_path)] == [Reason.EMPTY, Reason.EMPTY]

    def test_encrypted(self, tmp_path: Path) -> None:
        data = bytearray(zipped({"a.txt": TEXT}))
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
        put(tmp_path, "a.zip", bytes(data))
        assert (one_reject(tmp_path).reason, one_reject(tmp_path).detail) == (Reason.UNREADABLE, "encrypted")

    def test_too_many_members(self, tmp_path: Path) -> None:
        members = {f"{number}.txt": b"x" for number in range(30)}
        put(tmp_path, "a.zip", zipped(members))
        put(tmp_path, "b.tar", tarred(dict(members)))
        found = read(tmp_path, Limits(members=20))
        assert [entry.reason for entry in found if isinstance(entry, Reject)] == [Reason.TOO_MANY, Reason.TOO_MANY]

    def test_bombs(self, tmp_path: Path) -> None:
        limits = Limits(page_bytes=1_000_000)
        put(tmp_path, "a.zip", zipped({f"{number}.txt": bytes(900_000) for number in range(9)}))
        put(tmp_path, "b.tar.gz", gzip.compress(tarred({f"{number}.txt": bytes(900_000) for number in range(9)})))
        found = read(tmp_path, limits)
        assert {entry.reason for entry in found if isinstance(entry, Reject)} == {Reason.BOMB}
        assert len([entry for entry in found if isinstance(entry, Page)]) < 18

    def test_archives_in_archives(self, tmp_path: Path) -> None:
        data = TEXT
        for number in range(6):
            data = zipped({f"{number}.zip" if number else "0.txt": data})
        put(tmp_path, "a.zip", data)
        assert one_reject(tmp_path).reason is Reason.TOO_DEEP


PEAK = """
import resource, sys
from tasks.read import Source, read_source
from tasks.records import Limits, Page
found = size = 0
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for entry in read_source(sys.argv[1], Source(sys.argv[2], sys.argv[2], 0), Limits()):
    assert isinstance(entry, Page), entry
    found += 1
    size += len(entry.raw)
print(found, size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("name", ["a.jsonl", "a.warc", "a.tar", "a.jsonl.gz"])
def test_memory_does_not_grow_with_a_container_of_300_megabytes(tmp_path: Path, name: str) -> None:
    page = TEXT * 8000
    pages_of_300_megabytes = 300_000_000 // len(page)
    row = json.dumps({"text": page.decode()}, ensure_ascii=False).encode() + b"\n"
    with open(tmp_path / name, "wb") as file:
        if name == "a.tar":
            with tarfile.open(fileobj=file, mode="w|") as archive:
                for number in range(pages_of_300_megabytes):
                    info = tarfile.TarInfo(f"{number}.txt")
                    info.size = len(page)
                    archive.addfile(info, io.BytesIO(page))
        else:
            unit = {"a.jsonl": row, "a.warc": record("http://a.example/", page, "conversion"), "a.jsonl.gz": row}[name]
            unit = gzip.compress(unit, 1) if name.endswith(".gz") else unit
            for _ in range(pages_of_300_megabytes):
                file.write(unit)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(tmp_path), name], capture_output=True, text=True, check=True, timeout=120
    )
    found, size, grown = map(int, done.stdout.split())
    assert (found, size) == (pages_of_300_megabytes, pages_of_300_megabytes * len(page))
    assert grown < 60


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.jsonl", "a", "a.gz", "a.csv", "a.warc", "a.zip", "a.tar"]))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_end_as_pages_or_rejects(tmp_path: Path, data: bytes, name: str) -> None:
    path = put(tmp_path, name, data)
    found = list(read_source(tmp_path, Source(name, name, len(data)), Limits(page_bytes=1000)))
    path.unlink()
    assert found
    assert all(entry.source_uri.partition("#")[0] == name for entry in found)
