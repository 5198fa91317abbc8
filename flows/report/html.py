"""Pieces of the report's HTML. Everything that may come from a page is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from unicodedata import category

from flows.report.charts import plain


def short(count: int) -> str:
    """A number for a glance.

    >>> short(812), short(12_345), short(4_560_000)
    ('812', '12,345', '4.56 M')
    """
    for size, letter in ((10**9, "G"), (10**6, "M")):
        if count >= size:
            return f"{count / size:.3g} {letter}" if count < 1000 * size else f"{count // size:,} {letter}"
    return f"{count:,}"


def percent(part: int, of: int) -> str:
    return f"{100 * part / of:.1f} %" if of else "–"


def card(title: str, svg: str, table: str, note: str = "") -> str:
    """A chart with its title, and its figures as a table to open."""
    more = f"<p>{note}</p>" if note else ""
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>\n{svg}\n{more}"
        f"<details><summary>The figures</summary>{table}</details></figure>\n"
    )


def cards(*cards: str) -> str:
    return f'<div class="cards">{"".join(cards)}</div>\n' if any(cards) else ""


def table_of(head: Sequence[str], rows: Iterable[tuple[str | int, ...]]) -> str:
    """A table; whole numbers stand to the right. Texts are escaped here."""
    listed = list(rows)
    right = [all(isinstance(row[n], int) for row in listed) for n in range(len(head))]
    cells = "".join(f"<th scope=col{' class=n' if right[n] else ''}>{escape(name)}</th>" for n, name in enumerate(head))
    body = "".join(f"<tr>{''.join(_cell(value) for value in row)}</tr>\n" for row in listed)
    table = f"<table><thead><tr>{cells}</tr></thead><tbody>\n{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _cell(value: str | int) -> str:
    return (
        f"<td class=n>{value:,}</td>" if isinstance(value, int) else f"<td>{escape(plain(value) if value else '')}</td>"
    )


def text_of(text: str) -> str:
    """A passage as HTML: line ends and what cannot be seen are shown by a sign, private-use characters by number.

    >>> text_of("甲\\u3000乙\\n<b>\\ue5ca\\x1b")
    '甲\\u3000乙⏎&lt;b&gt;‹E5CA›�'
    """
    return escape("".join(char if char.isprintable() else _sign(char) for char in text))


def _sign(char: str) -> str:
    kind = category(char)
    if kind == "Co":
        return f"‹{ord(char):04X}›"
    return char if kind == "Zs" else "⏎" if char == "\n" else "�"


def items(said: Iterable[str]) -> str:
    return "".join(f"<li>{one}</li>" for one in said)


def moment(text: str) -> str:
    """`2026-01-02T03:04:05+00:00` as `2026-01-02 03:04`."""
    return text[:16].replace("T", " ")
