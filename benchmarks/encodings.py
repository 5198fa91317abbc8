"""How long decoding takes beside chardet alone, by encoding, size and damage. Part of `make bench`.

    python -m benchmarks.encodings             100 bytes to 1 MB, about two minutes
    python -m benchmarks.encodings --quick     2 kB and 200 kB

chardet alone is what it detects and Python's codec of that name. `same` is the same of ours: the encoding, and the text
with each undecodable byte in its place. `whole` is the whole decode stage: the lines as a reader sees them, pieces in
other encodings, an edit for each undecodable byte, and, where bytes were lost, the search for the place and the
character, which chardet does not do. `chardet says` is its verdict, in brackets where it is wrong.

Times are medians over pages that lost other bytes each, in milliseconds of processor time; above 1, ours is faster.
Exit status 1 where ours takes longer (by more than clocks err) to give the same as chardet, and chardet is right, or to
give the whole of a healthy page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random
from statistics import median

from evals.corpus import own
from tasks.decode import decode
from tasks.decode.charsets import codec_of, text_of
from tasks.decode.detect import detect
from tasks.records import Limits, Page

ENCODINGS = ("utf-8", "gbk", "gb18030", "big5", "utf-16-le")
SIZES = (100, 2_000, 20_000, 200_000, 1_000_000)
#: Shares of bytes lost, by what the table calls them; at least one byte is.
DAMAGE = {"healthy": 0.0, "1 in 2,000": 1 / 2000, "1 in 400": 1 / 400}
# Pages that are measured, after some that fill caches: a run has thousands of pages.
PAGES = 7
# Two runs of one program on a busy machine differ by as much.
ERROR = 1.25
WARM = 12


def page(encoding: str, size: int, lost: float, number: int = 0) -> bytes:
    """About `size` bytes of our own texts in an encoding, of which the share `lost` is gone; each `number` lost others.

    >>> 1990 < len(page("gbk", 2000, 1 / 400)) < 2000
    True
    """
    script = "Hant" if encoding == "big5" else "Hans"
    text = "\n".join(passage.text for passage in own() if passage.script == script)
    raw = text.encode(encoding, "ignore")
    raw = (raw * (size // len(raw) + 1))[:size].decode(encoding, "ignore").encode(encoding)
    rng = Random(f"{encoding} {size} {lost} {number}")
    gone = set(rng.sample(range(len(raw)), max(round(len(raw) * lost), 1) if lost else 0))
    return bytes(byte for place, byte in enumerate(raw) if place not in gone)


def same(raw: bytes) -> object:
    """The encoding and the text, as chardet alone gives them."""
    verdict = detect(raw, None)
    return None if verdict is None else verdict.text or text_of(raw, verdict.codec)


def ours(raw: bytes) -> object:
    """The decode stage."""
    return decode(Page("page", raw), Limits())


def chardet_alone(raw: bytes) -> object:
    """chardet's best guess, and a decode by that name."""
    import chardet

    return raw.decode(chardet.detect(raw)["encoding"] or "utf-8", "replace")


def verdict_of_chardet(raw: bytes) -> str | None:
    """The codec that chardet's best guess stands for."""
    import chardet

    return codec_of(chardet.detect(raw)["encoding"] or "")


def milliseconds(work: Callable[[bytes], object], pages: list[bytes]) -> float:
    """The median over some pages."""
    times = []
    for raw in pages:
        started = time.process_time()
        work(raw)
        times.append(time.process_time() - started)
    return 1000 * max(median(times), 1e-6)


def main(arguments: list[str]) -> int:
    """Print the table; 1 where ours is slower than it may be."""
    sizes = (SIZES[1], SIZES[3]) if "--quick" in arguments else SIZES
    print(f"{'encoding':11}{'bytes':>9}  {'lost':12}{'same ms':>9}{'whole ms':>10}{'chardet ms':>12}", end="")
    print(f"{'same':>8}{'whole':>8}  times as fast, and what chardet says")
    slower = 0
    for encoding in ENCODINGS:
        for number in range(WARM):
            ours(page(encoding, 20_000, 1 / 100, number))
        for size in sizes:
            for name, lost in DAMAGE.items():
                pages = [page(encoding, size, lost, number) for number in range(3 if size > 500_000 else PAGES)]
                said = verdict_of_chardet(pages[0])
                alike, mine, other = (milliseconds(work, pages) for work in (same, ours, chardet_alone))
                right = said == codec_of(encoding)
                slower += right and (alike > ERROR * other or (not lost and mine > ERROR * other))
                print(f"{encoding:11}{size:>9}  {name:12}{alike:9.3f}{mine:10.3f}{other:12.3f}", end="")
                print(f"{other / alike:8.1f}{other / mine:8.1f}  {said if right else f'({said})'}")
    print(f"slower than chardet alone, where that is right: {slower}")
    return int(slower > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
