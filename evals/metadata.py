"""What pages say of themselves, on labelled pages of our own writing: by field, right, wrong and missed.

    python -m evals.metadata [--check] [--show]

A field is right if it is as labelled, wrong if it has another value or one where the page says nothing, and missed if
it is empty though the page says it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.decode import decode
from tasks.ledger import Ledger
from tasks.records import Limits, Media, Metadata, Page, Policy, Reject
from tasks.strip import strip

PAGES = Path(__file__).with_name("metadata") / "pages.txt"
# Shapes of headers, around the same text: @ stands for it, @@ for it in traditional characters.
HEADERS = PAGES.with_name("headers.txt")
BODIES = {
    "@": "东岸码头昨晚开出第一班夜班船,船上坐了二十三位下夜班的工人。\n"
    "船公司说,夜班船试开三个月,每天两班,票价和白天一样。",
    "@@": "東岸碼頭昨晚開出第一班夜班船,船上坐了二十三位下夜班的工人。\n"
    "船公司說,夜班船試開三個月,每天兩班,票價和白天一樣。",
}
FIELDS = ("title", "published_at", "publisher", "authors", "editor", "document_number", "issuer")
# The least share of the fields that pages have that is right, and how many may be wrong, of all fields of all pages.
LEAST_RIGHT = 0.99
MOST_WRONG = 0


@dataclass(slots=True)
class Tally:
    """How a field comes out over all pages."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    empty: int = 0  # rightly


def pages() -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, labelled fields and text of the pages."""
    for source in (PAGES, HEADERS):
        for part in source.read_text(encoding="utf-8").split("\n== ")[1:]:
            head, text = part.split("\n--\n", 1)
            name, *lines = head.split("\n")
            rows = [BODIES.get(row, row) for row in text.rstrip("\n").split("\n")]
            yield name, dict(line.split(": ", 1) for line in lines), "\n".join(rows) + "\n"


def fields_of(metadata: Metadata) -> dict[str, str]:
    """The fields that are not empty, as the labels have them."""
    said = {
        "title": metadata.title,
        "published_at": metadata.published_at and metadata.published_at.isoformat(),
        "publisher": metadata.publisher,
        "authors": "|".join(metadata.authors),
        "editor": metadata.editor,
        "document_number": metadata.document_number,
        "issuer": metadata.issuer,
    }
    return {name: value for name, value in said.items() if value}


def read(text: str) -> dict[str, str]:
    """What the strip stage reads of a page, HTML if it begins as HTML does."""
    media = Media.HTML if text.startswith("<") else Media.TEXT
    decoded = decode(Page("page", text.encode(), media), Limits())
    if isinstance(decoded, Reject):
        return {}
    return fields_of(strip(Ledger.of(decoded.text), decoded.blocks, Policy())[1])


def measure() -> tuple[dict[str, Tally], list[str]]:
    """Tallies by field, and a sentence for each field that is not right."""
    tallies = {name: Tally() for name in FIELDS}
    said = []
    for page, labelled, text in pages():
        found = read(text)
        for name, tally in tallies.items():
            want, got = labelled.get(name), found.get(name)
            if want == got:
                tally.right += want is not None
                tally.empty += want is None
            elif got is None:
                tally.missed += 1
            else:
                tally.wrong += 1
            if want != got:
                said.append(f"{page}: {name} is {got!r}, not {want!r}")
    return tallies, said


def fallen() -> list[str]:
    """A sentence for each bound that does not hold."""
    tallies, _ = measure()
    right = sum(tally.right for tally in tallies.values())
    asked = right + sum(tally.missed for tally in tallies.values())
    wrong = sum(tally.wrong for tally in tallies.values())
    below = [f"{wrong} fields are wrong, above {MOST_WRONG}"] if wrong > MOST_WRONG else []
    if right < LEAST_RIGHT * asked:
        below.append(f"{right / asked:.1%} of the fields are right, below {LEAST_RIGHT:.0%}")
    return below


def main(arguments: list[str] | None = None) -> int:
    """Print the table by field, and with --show the fields that are not right."""
    parser = argparse.ArgumentParser(prog="python -m evals.metadata", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="exit 1 if a bound does not hold")
    parser.add_argument("--show", action="store_true", help="list the fields that are not right")
    options = parser.parse_args(arguments)
    tallies, said = measure()
    print(f"{'field':18}{'right':>7}{'wrong':>7}{'missed':>8}{'rightly empty':>15}")
    for name, tally in tallies.items():
        print(f"{name:18}{tally.right:7}{tally.wrong:7}{tally.missed:8}{tally.empty:15}")
    for sentence in said if options.show else []:
        print(sentence)
    below = fallen() if options.check else []
    print(*below, sep="\n", end="\n" if below else "")
    return int(bool(below))


if __name__ == "__main__":
    sys.exit(main())
