"""`qingwen report`: one self-contained HTML page about curated/. It reads the shards' figures, never the data."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.report.facts import Facts
from flows.report.page import page_of
from tasks.errors import InputError
from tasks.write.store import write_text


def write_report(curated: str, output: str | None) -> int:
    """Write the page about the folder `curated`. Raises InputError if there is nothing to report on."""
    page = page_of(Facts.of(Path(curated)))
    if output == "-":
        sys.stdout.buffer.write(page.encode())
        return 0
    path = Path(output) if output else Path(curated) / "_report.html"
    try:
        write_text(path, page)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
    print(path)
    return 0
