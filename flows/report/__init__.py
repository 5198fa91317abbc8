"""`qingwen report`: one self-contained HTML page about curated/. It reads the shards' figures, never the data.

The figures (`facts`), the page and its parts (`page`, `parts`), charts (`charts`), and what is escaped (`html`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from flows.report.facts import Facts
from flows.report.page import page_of
from tasks.errors import InputError
from tasks.write.disk import write_whole
from tasks.write.store import store_of


def write_report(curated: str, output: str | None) -> int:
    """Write the page about the tables at `curated`, a folder or a URI. Raises InputError if there are none."""
    page = page_of(Facts.of(curated))
    if output == "-":
        sys.stdout.buffer.write(page.encode())
        return 0
    try:
        print(_beside(curated, page) if output is None else _to(Path(output), page))
    except OSError as error:
        raise InputError(f"cannot write {output or curated}: {error.strerror or error}") from error
    return 0


def _beside(curated: str, page: str) -> str:
    """Put the page beside the tables, and return where it is."""
    return store_of(curated).write_text("_report.html", page)


def _to(path: Path, page: str) -> str:
    if path.is_symlink() or (path.exists() and not path.is_file()):  # as /dev/stdout: written to, and not replaced
        path.write_text(page, encoding="utf-8")
    else:
        write_whole(path, page)
    return str(path)
