"""What a run shows in the Prefect UI: counts and damage by kind, rejects by reason, places before and after.

Pages are hostile: everything that comes from one goes through `inert` before it stands in Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from flows.record import RunRecord
from tasks.write.samples import Sample
from tasks.write.tally import Tally

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:@$^=/])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

#: How many samples and kinds a page of the UI shows.
_SHOWN = 20


def inert(text: str) -> str:
    """A page's text as Markdown that shows it and does nothing else: no markup, no links, no HTML, no line ends.

    >>> inert("[點我](javascript:alert(1))|<b>")
    '\\\\[點我\\\\]\\\\(javascript\\\\:alert\\\\(1\\\\)\\\\)\\\\|&lt;b&gt;'
    """
    visible = _CONTROLS.sub(lambda match: "⏎" if match[0] == "\n" else "�", text)
    escaped = _MARKDOWN.sub(r"\\\1", visible)
    return html.escape(escaped, quote=False).replace("\\&lt;", "&lt;").replace("\\&gt;", "&gt;")


def counts_table(record: RunRecord) -> list[dict[str, str | int]]:
    """Rows of the table artifact: a figure each, for this run and for all of curated/."""
    names = ("pages", "kept", "rejected", "damaged", "unrepaired", "text_chars")
    rows: list[dict[str, str | int]] = [
        {"what": name.replace("_", " "), "this run": getattr(record.fresh, name), "all": getattr(record.whole, name)}
        for name in names
    ]
    for name in ("edits", "unapplied", "rejects", "scripts", "encodings"):
        fresh, whole = getattr(record.fresh, name), getattr(record.whole, name)
        rows += [{"what": f"{name}: {key}", "this run": fresh[key], "all": whole[key]} for key in sorted(whole)]
    return rows


def samples_page(record: RunRecord) -> str:
    """The Markdown artifact: places before and after, what was removed, what was rejected."""
    tally = record.fresh if record.fresh.pages else record.whole
    parts = [
        f"# {record.fresh.kept} pages kept, {record.fresh.rejected} rejected",
        f"{record.fresh.damaged} of them were damaged; {record.fresh.unrepaired} places were left as found.",
        *_section("Before and after", ("page", "kind", "before", "after", "sure"), map(_sample_row, tally.samples)),
        *_section("Damage and removals by kind", ("kind", "edits", "characters"), _kind_rows(tally)),
        *_section(
            "Most removed", ("text", "times"), ((inert(t), str(n)) for t, n in tally.removed.most_common(_SHOWN))
        ),
        *_section("Rejected", ("reason", "pages"), ((inert(r), str(n)) for r, n in tally.rejects.most_common())),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in list(rows)[:_SHOWN]]
    if not lines:
        return []
    return [f"## {title}", "\n".join([f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *lines])]


def _sample_row(sample: Sample) -> tuple[str, ...]:
    before = "".join(_marked(old, old != new) for old, new in sample.parts)
    after = "".join(_marked(new, old != new) for old, new in sample.parts)
    return inert(sample.source_uri), inert(sample.kind), before, after, f"{sample.confidence:.2f}"


def _marked(text: str, changed: bool) -> str:
    return f"**{inert(text) or '∅'}**" if changed else inert(text)


def _kind_rows(tally: Tally) -> Iterable[tuple[str, ...]]:
    return ((inert(kind), str(count), str(tally.edit_chars[kind])) for kind, count in tally.edits.most_common())
