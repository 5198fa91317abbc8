"""How long decoding takes beside chardet alone, by encoding, size and damage. Part of `make bench`.

    python -m benchmarks.encodings             2 kB to 1 MB, about a minute
    python -m benchmarks.encodings --quick     2 kB and 200 kB

chardet alone is what it detects and Python's codec of that name; ours is the whole decode stage: the encoding, the
text, an edit for each undecodable byte, and, where bytes were lost, the search for the place and the character, which
chardet does not do. Times are the best of some rounds, in milliseconds of processor time; above 1, ours is faster.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random

from evals.corpus import own
from tasks.decode import decode
from tasks.records import Limits, Page

ENCODINGS = ("utf-8", "gbk", "gb18030", "big5", "utf-16-le")
SIZES = (2_000, 20_000, 200_000, 1_000_000)
#: Shares of bytes lost, by what the table calls them.
DAMAGE = {"healthy": 0.0, "1 in 2,000": 1 / 2000, "1 in 400": 1 / 400}


def page(encoding: str, size: int, lost: float) -> bytes:
    """About `size` bytes of our own texts in an encoding, of which the share `lost` is gone.

    >>> 1990 < len(page("gbk", 2000, 1 / 400)) < 2000
    True
    """
    script = "Hant" if encoding == "big5" else "Hans"
    text = "\n".join(passage.text for passage in own() if passage.script == script)
    raw = text.encode(encoding, "ignore")
    raw = (raw * (size // len(raw) + 1))[:size].decode(encoding, "ignore").encode(encoding)
    rng = Random(f"{encoding} {size} {lost}")
    gone = set(rng.sample(range(len(raw)), round(len(raw) * lost)))
    return bytes(byte for place, byte in enumerate(raw) if place not in gone)


def ours(raw: bytes) -> object:
    """The decode stage."""
    return decode(Page("page", raw), Limits())


def chardet_alone(raw: bytes) -> object:
    """chardet's best guess, and a decode by that name."""
    import chardet

    return raw.decode(chardet.detect(raw)["encoding"] or "utf-8", "replace")


def milliseconds(work: Callable[[bytes], object], raw: bytes) -> float:
    """The best of some rounds, after one that fills caches."""
    work(raw)
    times = []
    for _ in range(2 if len(raw) > 500_000 else 5):
        started = time.process_time()
        work(raw)
        times.append(time.process_time() - started)
    return 1000 * max(min(times), 1e-6)


def main(arguments: list[str]) -> int:
    """Print the table."""
    sizes = (SIZES[0], SIZES[2]) if "--quick" in arguments else SIZES
    print(
        f"{'encoding':11}{'bytes':>9}  {'lost':12}{'qingwen ms':>11}{'MB/s':>8}{'chardet ms':>12}{'times as fast':>15}"
    )
    for encoding in ENCODINGS:
        for size in sizes:
            for name, lost in DAMAGE.items():
                raw = page(encoding, size, lost)
                mine, other = milliseconds(ours, raw), milliseconds(chardet_alone, raw)
                speed = len(raw) / mine / 1000
                print(f"{encoding:11}{size:>9}  {name:12}{mine:11.2f}{speed:8.1f}{other:12.2f}{other / mine:15.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
