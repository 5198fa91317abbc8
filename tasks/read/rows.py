"""A row of a JSONL, CSV or Parquet file as a page: which columns hold its text, its URL and its date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from tasks.expressions import seldom
from tasks.read.digest import rejected
from tasks.records import Columns, Media, Page, Reason, Reject

# A column with this in its name holds a page's source as it was fetched: a row is HTML whatever it opens with.
_HTML_COLUMN = "html"
# Where corpora keep a row's url and date besides the row itself.
NESTED = ("metadata", "meta", "warc_headers")
#: What to do about text in a column that is not looked for.
NAME_IT = "the setting columns.text names others"
# Line ends as programs write them that escape a text twice, and as pages do; and those behind the end of a sentence or
# before an indent, which are meant: of a text about them hardly one is. Nine in ten must be.
_ENDS = "[。！？；：…”’」』）]"
_BREAKS = tuple(
    (seldom(f"(?:{end})+"), seldom(f"(?:(?<={_ENDS})(?:{end})+|(?:{end})+(?=\u3000))"))
    for end in (r"(?:\\r)?\\n", r"(?i:<br\s{0,3}/?>)")
)
_MOST_BREAKS = 0.9
_OTHER_MARKUP = seldom(r"<(?!br\b)[a-zA-Z/!]", re.IGNORECASE)
# What is no UTF-8 in an address is written as addresses write bytes: no table can hold it otherwise.
_SURROGATE = seldom("[\ud800-\udfff]")
# Numbers beyond this are milliseconds since 1970, not seconds: as seconds they would lie past the year 5000.
_MILLISECONDS_FROM = 10**11


def page_of_row(uri: str, row: object, columns: Columns, raw: bytes) -> Page | Reject:
    """The page that a row holds. `raw` is the row as the container holds it, for the reject's digest.

    A page's bytes are its text in UTF-8; what was no UTF-8 in the row is handed on as it was, for decode to judge.

    >>> page_of_row("a.jsonl#1", {"Text": "正文。", "meta": {"url": "http://x/"}}, Columns(), b"").url
    'http://x/'
    """
    from tasks.decode.declared import opens_html  # as in kinds.py

    if isinstance(row, str):
        row = {columns.text[0]: row}
    if not isinstance(row, Mapping):
        return rejected(uri, Reason.MALFORMED, f"the row is not an object but {type(row).__name__}", raw)
    fields = {key.lower(): value for key, value in row.items() if isinstance(key, str)}
    name, text = _text(fields, columns.text)
    if text is None:
        wanted = ", ".join(columns.text[:3])
        detail = f"no column of the row holds text (looked for {wanted}, …); {NAME_IT}"
        return rejected(uri, Reason.MALFORMED, detail, raw)
    content = text if isinstance(text, bytes) else _bytes(_with_breaks(text))
    html = _HTML_COLUMN in name.lower() or opens_html(content[:4096])
    nested = [fields, *(value for key in NESTED if isinstance(value := fields.get(key), Mapping))]
    return Page(
        source_uri=uri,
        raw=content,
        media=Media.HTML if html else Media.TEXT,
        url=next((value for f in nested if (value := _string(f, columns.url))), None),
        fetched_at=next((value for f in nested if (value := _date(f, columns.date))), None),
    )


def instant(value: object) -> datetime | None:
    """A date as data files write it (ISO 8601, or seconds or milliseconds since 1970), in UTC; None if it is none, or
    in UTC lies outside the years 1 to 9999.

    >>> instant("2021-03-04T05:06:07Z").isoformat(), instant(1614834367000).year, instant("gestern")
    ('2021-03-04T05:06:07+00:00', 2021, None)
    """
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            value = datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS_FROM else value, UTC)
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _text(fields: Mapping[str, Any], names: Sequence[str]) -> tuple[str, str | bytes | None]:
    found: tuple[str, str | bytes | None] = ("", None)
    for name in names:
        value = fields.get(name.lower())
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            value = "\n".join(value)
        if isinstance(value, str | bytes) and (found[1] is None or (not found[1].strip() and value.strip())):
            found = (name, value)
    return found


def _with_breaks(text: str) -> str:
    """A text whose line ends were escaped once too often, or are elements of HTML while nothing else is, with line
    ends; any other as it is.

    >>> _with_breaks("桥修好了。\\\\n船也来了。"), _with_breaks("用\\\\n换行")
    ('桥修好了。\\n船也来了。', '用\\\\n换行')
    """
    if "\n" in text or not ("\\n" in text or "<" in text):
        return text
    for written, after in _BREAKS:
        ends = len(after.findall(text))
        if ends and ends >= _MOST_BREAKS * len(written.findall(text)) and not _OTHER_MARKUP.search(text):
            return written.sub("\n", text)
    return text


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        # Half a surrogate pair, written as an escape: its three bytes are for decode to call undecodable.
        return text.encode("utf-8", "surrogatepass")


def _string(fields: Mapping[str, Any], names: Sequence[str]) -> str | None:
    values = (fields.get(name) for name in names)
    found = next((value.strip() for value in values if isinstance(value, str) and value.strip()), None)
    return found and _SURROGATE.sub(lambda match: "".join(f"%{byte:02X}" for byte in _bytes(match[0])), found)


def _date(fields: Mapping[str, Any], names: Sequence[str]) -> datetime | None:
    return next((found for name in names if (found := instant(fields.get(name)))), None)
