"""The report as a file: what it says, that it asks for nothing, that pages' text stays text; without a browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.cli import main
from flows.reasons import REASONS
from flows.report.facts import Facts, by_tenth, most_removed, varied
from flows.report.page import page_of
from tasks.errors import InputError
from tasks.records import Reason
from tasks.write.tally import Tally
from tests.facts import KINDS, LINES, crawl, hostile

# What the page is made of; nothing else may come out of anybody's text.
TAGS = frozenset(
    """html head meta title style body header span div h1 p nav a dl dt dd aside h2 ul li code b main section figure h3
    figcaption svg g path line text rect defs clippath details summary table thead tbody tr th td article del ins
    """.split()  # noqa: SIM905
)


class Tags(HTMLParser):
    """Gathers the tags and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str, str]] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(crawl())


def test_hostile_text_is_text() -> None:
    found = Tags(page_of(hostile()))
    assert found.tags <= TAGS
    assert not [name for _, name, _ in found.attributes if name.startswith("on") or name in ("src", "xlink:href")]
    assert {value for _, name, value in found.attributes if name == "href"} <= {
        f"#{part}" for part in ("in", "damage", "samples", "removed", "rejects", "sections")
    }
    assert "<script>window.hostile=1" in found.text
    assert not re.search(r"[\x00\x1b\u202e]", found.text)


def test_the_page_asks_for_nothing(page: str) -> None:
    assert "default-src 'none'" in page
    for request in ("http://", "https://", "src=", "@import", "url(h", "url(/", "<script", "<link", "<iframe"):
        assert request not in page
    assert len(page) < 300_000


def test_the_charts_have_text_alternatives(page: str) -> None:
    facts = crawl()
    charts = page.count("<svg")
    assert charts == page.count('role="graphics-document" aria-roledescription="chart" aria-label="') == 12
    labels = re.findall(r'aria-label="([^"]*)"', page)
    assert f"gb18030, pages: {facts.tally.encodings['gb18030']:,} pages" in labels
    for kind in KINDS:
        assert f"{kind}, repaired: {facts.tally.edits[kind]:,} places" in labels
    assert page.count("<summary>The figures</summary>") == charts


def test_the_page_tells_what_happened(page: str) -> None:
    text = Tags(page).text
    for words in (
        *LINES,
        "镜像站/2009/0/页 0.html#3",
        "當(dāng)?shù)貎?yōu)",
        "No page was kept of 坏掉的站.",
        "as of 2026-10-30 03:01",
    ):
        assert words in text
    assert "The last run failed: 2 of 9 shards failed" in text
    assert "2 pages were rejected as failed" in text
    assert "<ins>三十年前的桥</ins>" in page
    assert "清晨的柳<del>(liǔ)</del>桥镇" in page
    assert "清晨的柳桥镇，渡船还没有解缆" in page


def test_of_what_there_is_nothing_the_page_says_nothing() -> None:
    page = page_of(Facts("空", Tally()))
    assert "<svg" not in page
    assert 'id="rejects"' not in page
    assert "<h1>空</h1>" in page


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(Reason)


def test_lines_are_added_up_over_sites() -> None:
    tally = Tally()
    tally.removed.update({"甲\tmenu\t首页": 2, "乙\tmenu\t首页": 5, "乙\tspam\t首页": 1, "乙\tmenu\t下页\t末页": 3})
    found = [(one.text, one.kind, one.times, one.site, one.more_sites) for one in most_removed(tally, 9)]
    assert found == [("首页", "menu", 7, "乙", 1), ("下页\t末页", "menu", 3, "乙", 0), ("首页", "spam", 1, "乙", 0)]


def test_samples_of_each_kind_get_a_place() -> None:
    samples = crawl().tally.samples
    many = [sample for sample in samples if sample.kind == "repair/splice"] * 20 + samples
    assert {sample.kind for sample in varied(many, 4)} == {sample.kind for sample in samples}
    assert len(varied(many, 10)) == 10


def test_the_report_of_the_samples(samples_curated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(samples_curated), "-o", str(tmp_path / "页.html")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "页.html")
    page = (tmp_path / "页.html").read_text(encoding="utf-8")
    facts = Facts.of(samples_curated)
    assert facts.tally.pages == facts.tally.kept + facts.tally.rejected > 20
    assert facts.tables["documents"].rows == facts.tally.kept
    assert len(facts.runs) == 1
    assert by_tenth(facts.tally.sure).total() == sum(
        count for kind, count in facts.tally.edits.items() if kind.startswith(("repair/", "decode/"))
    )
    assert f"{facts.tally.kept:,}" in page
    assert page.count("<svg") > 8
    assert Tags(page).tags <= TAGS


def test_the_report_goes_beside_the_tables(samples_curated: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["report", str(samples_curated)]) == 0
    path = Path(capsysbinary.readouterr().out.decode().strip())
    assert path == samples_curated / "_report.html"
    assert main(["report", str(samples_curated), "-o", "-"]) == 0
    assert capsysbinary.readouterr().out == path.read_bytes()
    path.unlink()


def test_what_a_link_leads_to_is_written_and_the_link_stays(samples_curated: Path, tmp_path: Path) -> None:
    """As /dev/stdout, which a program of root would else put a file in the place of; and a pipe."""
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to("page.html")
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    for place in (link, pipe):
        assert main(["report", str(samples_curated), "-o", str(place)]) == 0
    page = (tmp_path / "page.html").read_bytes()
    assert link.is_symlink()
    assert pipe.is_fifo()
    assert reader.communicate(timeout=60)[0] == page


def test_a_folder_without_tables_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "holds no tables of qingwen; `qingwen run --curated" in capsys.readouterr().err


def manifests(folder: Path, shards: int) -> Path:
    """curated/ as far as the report reads it: so many shards of 400 files each, every one of another site."""
    (folder / "_manifest").mkdir(parents=True)
    for number in range(shards):
        tally = crawl().tally
        tally.site_pages.update({f"site{number}-{n}.example.cn": n for n in range(400)})
        source = {"size": 1, "mtime_ns": 1, "made_with": "x", "pages": 1, "rows": {}, "refused": "", "again": False}
        file = {"path": "documents/part-x.parquet", "rows": 400, "size": 4000, "sha256": "x"}
        plain = {
            "shard": f"{number:016x}",
            "files": {"documents": file},
            "sources": [{"uri": f"{number}/{n}.html", **source} for n in range(400)],
            "tally": tally.to_json(),
        }
        (folder / "_manifest" / f"{number:016x}.json").write_text(json.dumps(plain), encoding="utf-8")
    return folder


def test_memory_does_not_grow_with_the_pages(tmp_path: Path) -> None:
    """The names of sites are all that is kept of a shard, and there is a bound to them."""
    Facts.of(manifests(tmp_path / "warm", 1))
    peaks = []
    for shards in (10, 60):
        tracemalloc.start()
        Facts.of(manifests(tmp_path / str(shards), shards))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 50 * 400 * 400  # a name and its count, and no file
    assert len(list((tmp_path / "60" / "_manifest").glob("*"))) == 60


def test_a_run_record_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = manifests(tmp_path, 1)
    (folder / "_runs").mkdir()
    (folder / "_runs" / "20260101T000000Z-x.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"record of a run .*20260101T000000Z-x.json cannot be read"):
        Facts.of(folder)
