"""How many undeclared texts are decoded right, by encoding and length, beside chardet and charset-normalizer alone.

    python -m evals.encodings

Judged by the decoded text, not by the label: 1,080 files of our held-out texts, in nine Chinese encodings, 12 to 2,000
characters long; once as they are, once with one byte in 400 lost, where right means that the encoding is still found.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from evals.corpus import own
from tasks.decode import decode
from tasks.decode.charsets import codec_of
from tasks.records import Limits, Page, Reject

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "hz")
LENGTHS = (12, 20, 40, 100, 400, 2000)
FILES = 20
LOST = 1 / 400
_TRADITIONAL = frozenset({"big5", "big5hkscs"})

# Bytes to the codec found and, if it is at hand, the text; ("", None) where nothing was found.
System = Callable[[bytes], tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Row:
    """Of `files` files of one encoding, how many each system decoded right, by length, and the milliseconds it took a
    file."""

    system: str
    encoding: str
    right: dict[int, int]
    files: int
    milliseconds: float


def ours(raw: bytes) -> tuple[str, str | None]:
    """The decode stage."""
    found = decode(Page("page", raw), Limits())
    return ("", None) if isinstance(found, Reject) else (found.encoding, found.text)


def chardet_alone(raw: bytes) -> tuple[str, str | None]:
    """chardet, and a strict decode by the name it gives."""
    import chardet

    return _by_name(raw, chardet.detect(raw)["encoding"])


def charset_normalizer_alone(raw: bytes) -> tuple[str, str | None]:
    """charset-normalizer's best guess."""
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    return _by_name(raw, best.encoding if best else None)


def _by_name(raw: bytes, name: str | None) -> tuple[str, str | None]:
    if not name:
        return "", None
    try:
        return codec_of(name) or name, raw.decode(name)
    except (LookupError, UnicodeDecodeError):
        return codec_of(name) or name, None


SYSTEMS: dict[str, System] = {
    "qingwen": ours,
    "chardet": chardet_alone,
    "charset-normalizer": charset_normalizer_alone,
}


def files(encoding: str, length: int, lost: float, count: int = FILES) -> list[tuple[str, bytes]]:
    """`count` texts of `length` characters and their bytes, of which the share `lost` is gone (one at least, if
    any)."""
    script = "Hant" if encoding in _TRADITIONAL else "Hans"
    text = "\n".join(passage.text for passage in own() if passage.script == script)
    text = text.encode(encoding, "ignore").decode(encoding)
    rng = Random(f"{encoding} {length} {lost}")
    made: list[tuple[str, bytes]] = []
    while len(made) < count:
        at = rng.randrange(len(text) - length)
        piece = text[at : at + length].strip()
        raw = bytearray(piece.encode(encoding))
        if raw.isascii() and encoding != "hz":
            continue
        for _ in range(max(1, round(len(raw) * lost)) if lost else 0):
            del raw[rng.randrange(len(raw))]
        made.append((piece, bytes(raw)))
    return made


def measure(system: str, encoding: str, lost: float, count: int = FILES) -> Row:
    """Let a system decode the files of one encoding."""
    right: dict[int, int] = {}
    taken = 0.0
    for length in LENGTHS:
        right[length] = 0
        for text, raw in files(encoding, length, lost, count):
            start = time.perf_counter()
            codec, found = SYSTEMS[system](raw)
            taken += time.perf_counter() - start
            right[length] += codec == codec_of(encoding) if lost else found == text
    total = count * len(LENGTHS)
    return Row(system, encoding, right, total, 1000 * taken / total)


def main() -> int:
    """Print both tables."""
    for lost in (0.0, LOST):
        print("one byte in 400 lost" if lost else "as they are")
        print(f"{'':20}{'':12}" + "".join(f"{length:>8}" for length in LENGTHS) + "     all       ms")
        for system in SYSTEMS:
            rows = [measure(system, encoding, lost) for encoding in ENCODINGS]
            for row in rows:
                cells = "".join(f"{100 * hits / FILES:8.1f}" for hits in row.right.values())
                share = 100 * sum(row.right.values()) / row.files
                print(f"{system:20}{row.encoding:12}{cells}{share:8.1f}{row.milliseconds:9.2f}")
            total = 100 * sum(sum(row.right.values()) for row in rows) / sum(row.files for row in rows)
            print(f"{system:20}{'all':12}{'':48}{total:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
