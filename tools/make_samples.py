"""Make raw/samples/ from the texts in tools/samples/, which are our own writing: `python -m tools.make_samples`.

The same sources always give the same pages. `--check` writes nothing and exits 1 where a sample differs from what would
be made (compressed files by their content, which does not depend on the compressor's version).
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import zstandard

from evals.damage import Damage, damage

ROOT = Path(__file__).resolve().parent.parent
SOURCES = Path(__file__).with_name("samples")
SAMPLES = ROOT / "raw" / "samples"

ASCII_MARKS = {"！": "!", "；": ";", "？": "?", "：": ":", "，": ",", "（": "(", "）": ")"}
PORT_TABLE = (
    "擴kuò 建jiàn 學xué 廣guǎng 業yè 產chǎn 為wéi 與yǔ 數shù 據jù 計jì 設shè 證zhèng 關guān "
    "開kāi 會huì 對duì 當dāng 協xié 環huán 專zhuān 線xiàn 實shí 時shí 樣yàng 戶hù 續xù"
)
FARM_TABLE = (
    "數shù 當dāng 優yōu 質zhì 驅qū 務wù 發fā 產chǎn 業yè 會huì 區qū 聯lián 農nóng 實shí "
    "樹shù 員yuán 電diàn 單dān 個gè 學xué 廣guǎng 導dǎo 進jìn 濱bīn 條tiáo 長cháng"
)


def table(entries: str) -> dict[str, str]:
    """A splice table from its entries, character and reading, in order.

    >>> table("數shù 當dāng")
    {'當': 'dāng', '數': 'shù'}
    """
    return {entry[0]: entry[1:] for entry in entries.split()}


def source(name: str) -> str:
    """The text of a source."""
    return (SOURCES / name).read_text(encoding="utf-8")


def splices() -> bytes:
    """Class 1: a traditional page, spliced at every aligned place."""
    how = Damage(table(PORT_TABLE), chance=0.0)
    return damage(source("harbour.html"), how).text.encode()


def shifts() -> bytes:
    """Class 2 by splices and marks: `?` swallows a byte, user areas are deleted."""
    how = Damage(table(FARM_TABLE), punctuation=ASCII_MARKS, mark_policy="drop", user_areas="delete", fold_ascii=True)
    return damage(source("orchard.txt"), how, seed=4).text.encode()


def shifts_by_marks() -> bytes:
    """Class 2 by marks alone, on a simplified page in GB 18030."""
    how = Damage(punctuation={**ASCII_MARKS, "、": "、"}, policy="question")
    return damage(source("library.txt"), how, seed=1).text.encode("gb18030")


def lost_gbk() -> bytes:
    """Class 3: bytes lost from a GBK page."""
    return damage(source("weather.txt"), Damage(lost=3), seed=2).raw


def lost_big5() -> bytes:
    """Class 3: bytes lost from a Big5 page."""
    return damage(source("theatre.txt"), Damage(lost=2, encoding="big5"), seed=5).raw


def utf8_as_gbk() -> bytes:
    """Class 4: a paragraph of UTF-8 read as GBK, some of its bytes lost, on a page that is otherwise healthy."""
    lines = source("museum.txt").splitlines()
    lines[1] = lines[1].encode().decode("gbk", "replace")
    return "\n".join(lines).encode()


def utf8_as_latin1() -> bytes:
    """Class 4: UTF-8 read as Windows-1252, its five holes as Latin-1, the whole page."""
    text = source("bridge.txt").encode()
    return "".join(_latin(byte) for byte in text).encode()


def _latin(byte: int) -> str:
    return bytes((byte,)).decode("cp1252" if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else "latin-1")


def escapes() -> bytes:
    """Class 4: entities, escapes, percent and quoted-printable runs left in text, a row each."""
    title, first, second, *_ = source("bridge.txt").splitlines()
    rows = [
        {"text": title + "\n" + "".join(f"&#{ord(c)};" for c in first)},
        {"text": title + "\n" + second[:12] + second[12:].encode("unicode_escape").decode()},
        {"text": f"{title}\n原文链接的标题是{quote(title)}，点击率不高。\n{first}"},
        {"text": title + "\n" + "".join(f"={byte:02X}" for byte in second.encode())},
    ]
    return _jsonl(rows)


def mixed_scripts() -> bytes:
    """Class 5: scripts and widths mixed, invisible characters, radicals and compatibility forms, in UTF-16."""
    replaced = {
        "古茶樹": "古\N{ZERO WIDTH SPACE}茶\N{ZERO WIDTH SPACE}樹",
        "說": "\N{CJK COMPATIBILITY IDEOGRAPH-F9A1}",
        "老的": "⽼的",
        "背包": "背\N{RIGHT-TO-LEFT MARK}包",
        "1200": "１２００",
    }
    text = source("tea.txt")
    for old, new in replaced.items():
        text = text.replace(old, new)
    return b"\xff\xfe" + text.encode("utf-16-le")


def portal() -> bytes:
    """Class 6: a portal's page around an article, declared GB2312."""
    return source("market.html").encode("gb18030")


def spam() -> bytes:
    """Class 6: an article between headers of keywords and a list of counties."""
    return gzip.compress(source("spam.txt").encode(), mtime=0)


def counties() -> bytes:
    """Counties in honest sentences and a table: nothing of it may leave the text."""
    return b"\xef\xbb\xbf" + source("counties.txt").encode()


def rules() -> bytes:
    """Class 7: chapters, articles, run-in headings, a note, in Markdown."""
    return source("rules.md").encode()


def interview() -> bytes:
    """Class 7: speaker turns, headings, an editor's note, a caption."""
    return zstandard.ZstdCompressor(level=9, write_content_size=True).compress(source("interview.md").encode())


def page_breaks() -> bytes:
    """Class 7: paragraphs cut in two by a page break."""
    return source("workshop.txt").encode()


def archive() -> bytes:
    """Rows with URLs and dates, healthy."""
    names = ("museum.txt", "bridge.txt", "weather.txt")
    rows = [
        {"url": f"https://archive.example/{i}.html", "date": f"2021-0{i}-15T08:00:00+08:00", "text": source(name)}
        for i, name in enumerate(names, 1)
    ]
    return gzip.compress(_jsonl(rows), mtime=0)


def declared_big5() -> bytes:
    """A healthy Big5 page that says so."""
    title, *paragraphs = source("theatre.txt").splitlines()
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    page = f'<html><head><meta charset="big5"><title>{title}</title></head><body><h1>{title}</h1>\n{body}</body></html>'
    return page.encode("big5")


def blank() -> bytes:
    """Nothing but white space: a reject."""
    return "\r\n　\r\n".encode()


def _jsonl(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


MAKERS: dict[str, Callable[[], bytes]] = {
    "01-splices.html": splices,
    "02-shifts.txt": shifts,
    "03-shifts-by-marks.gb18030.txt": shifts_by_marks,
    "04-lost-bytes.gbk.txt": lost_gbk,
    "05-lost-bytes.big5.txt": lost_big5,
    "06-utf8-as-gbk.txt": utf8_as_gbk,
    "07-utf8-as-latin1.txt": utf8_as_latin1,
    "08-escapes.jsonl": escapes,
    "09-mixed-scripts.utf16.txt": mixed_scripts,
    "10-portal.html": portal,
    "11-spam.txt.gz": spam,
    "12-counties.txt": counties,
    "13-rules.md": rules,
    "14-interview.md.zst": interview,
    "15-page-breaks.txt": page_breaks,
    "16-archive.jsonl.gz": archive,
    "17-declared-big5.html": declared_big5,
    "18-blank.txt": blank,
}


def content(name: str, data: bytes) -> bytes:
    """A sample's bytes, decompressed."""
    if name.endswith(".gz"):
        return gzip.decompress(data)
    if name.endswith(".zst"):
        return zstandard.ZstdDecompressor().decompress(data)
    return data


def stale() -> list[str]:
    """The names of samples that are missing, differ from what would be made, or are made by nothing."""
    present = {path.name: path.read_bytes() for path in SAMPLES.iterdir()}
    made = {name: make() for name, make in MAKERS.items()}
    differing = {n for n in made if n not in present or content(n, present[n]) != content(n, made[n])}
    return sorted(differing | (present.keys() - made.keys()))


def main(arguments: list[str]) -> int:
    """Write the samples; with --check, say which are stale."""
    if arguments == ["--check"]:
        print(*(stale() or ["all samples are as made"]), sep="\n")
        return int(bool(stale()))
    SAMPLES.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        (SAMPLES / name).write_bytes(make())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
