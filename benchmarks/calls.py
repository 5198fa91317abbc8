"""How many calls each stage makes on fixed pages: a measure of work that is the same on a busy machine and a quiet one.

    python -m benchmarks.calls             the counts, and how far below their ceilings they are
    python -m benchmarks.calls --pin       write ceilings a tenth above what is counted now

Calls of Python and of C functions are counted as the interpreter tells them to a profiler. A loop that moves from C
into Python, or is done twice, shows at once; work inside one C call does not, for that there is `make bench`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.corpora import damaged, healthy
from benchmarks.measure import Work
from benchmarks.subjects import stages_on
from tasks.chars import compiled as chars
from tasks.records import Media, Page
from tasks.repair.shift.kernel import compiled as search

CEILINGS = Path(__file__).with_name("calls.json")
# A change that costs a tenth is one to be looked at; a hundred calls a page more, in a stage that makes few, are none.
_ROOM, _SLACK = 1.1, 300
_PARTLY_IN_C = (": decode", ": repair", ": script", ": strip", ": convert")


def pages() -> dict[str, list[Page]]:
    """The fixed pages, by kind."""
    texts = {"Hans": healthy("Hans", 3000, 3), "Hant": healthy("Hant", 3000, 3), "damaged": damaged(1000, 8)}
    return {kind: [Page("a.txt", text.encode(), Media.TEXT) for text in some] for kind, some in texts.items()}


def calls_of(work: Work) -> int:
    """How many calls of functions a call makes, its own counted, once all that is loaded once is there.

    >>> calls_of(lambda: [len(word) for word in ("a", "b")]) in (4, 5)
    True
    """
    count = 0

    def told(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    work()
    before = sys.getprofile()
    sys.setprofile(told)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def counted() -> Iterator[tuple[str, int]]:
    """Each stage's calls on each kind of pages, as `kind: stage`."""
    for kind, some in pages().items():
        for name, stage in stages_on(some).items():
            yield f"{kind}: {name}", calls_of(stage.work)


def ceilings() -> dict[str, int]:
    """The ceilings, but for the stages of which parts are not compiled: those call Python's functions instead."""
    pinned: dict[str, int] = json.loads(CEILINGS.read_text(encoding="utf-8"))
    bound = search and chars
    return {name: most if bound or not name.endswith(_PARTLY_IN_C) else sys.maxsize for name, most in pinned.items()}


def above(found: Mapping[str, int], most: Mapping[str, int]) -> list[str]:
    """A sentence for each count that is above its ceiling, and for each that has none.

    >>> above({"a": 3, "b": 1}, {"a": 2})
    ['a: 3 calls, the ceiling is 2', 'b has no ceiling']
    """
    said = [f"{name}: {count} calls, the ceiling is {most.get(name)}" for name, count in found.items()]
    pairs = zip(found.items(), said, strict=True)
    return [
        f"{name} has no ceiling" if name not in most else words
        for (name, count), words in pairs
        if count > most.get(name, -1)
    ]


def main() -> int:
    """Print the counts, or pin them. Returns 1 if one is above its ceiling."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pin", action="store_true", help="write the ceilings")
    options = parser.parse_args()
    found = dict(counted())
    if options.pin:
        pinned = {name: round(count * _ROOM) + _SLACK for name, count in found.items()}
        CEILINGS.write_text(json.dumps(pinned, indent=1) + "\n", encoding="utf-8")
    most = ceilings()
    for name, count in found.items():
        print(f"{name:20}{count:10,}{count / most[name]:8.0%}")
    said = above(found, most)
    print("\n".join(said))
    return bool(said)


if __name__ == "__main__":
    sys.exit(main())
