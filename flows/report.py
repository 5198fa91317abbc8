"""`qingwen report`: one self-contained HTML page about curated/. It reads the manifests' figures, never the data.

Everything that comes from a page is escaped; there are no scripts, no requests, and a policy that forbids both.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from tasks.errors import InputError
from tasks.write.store import read_manifests, write_text
from tasks.write.samples import Sample
from tasks.write.tally import CONFIDENCE_BINS, Tally, sum_of

_ROWS = 25  # rows of a chart or table: what a person reads; the tables themselves have the rest
_SAMPLES = 60
_BAR_WIDTH = 240

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2025; --paper: #fdfcf9; --line: #d9d5cb; --bar: #3d7a6e; --cut: #b3362d;
  --new: #1f7a3d; --soft: #6b6f76; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e3dc; --paper: #17191c; --line: #3a3d42; --bar: #6db3a4;
  --cut: #f08a80; --new: #7fd39a; --soft: #9a9ea6; } }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; } svg rect { fill: var(--bar); } svg { display: block; }
del { color: var(--cut); } ins { color: var(--new); text-decoration: none; font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; }
dt { color: var(--soft); } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
@media print { body { max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""


def write_report(curated: str, output: str | None) -> int:
    """Write the page about the folder `curated`. Raises InputError if there is nothing to report on."""
    manifests = read_manifests(Path(curated))
    if not manifests:
        raise InputError(f"{curated} holds no tables of qingwen")
    page = report_page(Path(curated).name, sum_of(manifest.tally for manifest in manifests))
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


def report_page(name: str, tally: Tally) -> str:
    """The page as HTML."""
    parts = [
        _figures(tally),
        _chart("Sites", tally.site_pages, "pages", {"damaged": tally.site_damaged, "cut": tally.site_removed_chars}),
        _chart("Encodings", tally.encodings, "pages"),
        _chart("Scripts as found", tally.scripts, "pages"),
        _chart("Damage repaired", _of(tally.edits, "decode/", "repair/"), "edits", {"characters": tally.edit_chars}),
        _chart("Damage seen and left as found", tally.unapplied, "places"),
        _chart("Confidence of the repairs", _confidence(tally), "edits", ordered=False),
        _samples(tally.samples[:_SAMPLES]),
        _chart("Removed", _of(tally.edits, "strip/"), "edits", {"characters": tally.edit_chars}),
        _chart("Most removed", tally.removed, "times"),
        _chart("Rejected", tally.rejects, "pages"),
        _chart("Sections", tally.sections, "sections"),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>qingwen: {escape(name)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>qingwen 清文: {escape(name)}</h1>\n{''.join(parts)}</body>\n</html>\n"
    )


def _figures(tally: Tally) -> str:
    figures = {
        "pages in": tally.pages,
        "kept": tally.kept,
        "rejected": tally.rejected,
        "damaged": tally.damaged,
        "places left as found": tally.unrepaired,
        "characters of text": tally.text_chars,
    }
    return f"<dl>{''.join(f'<div><dt>{name}</dt><dd>{count:,}</dd></div>' for name, count in figures.items())}</dl>\n"


def _of(counts: Mapping[str, int], *prefixes: str) -> Counter[str]:
    return Counter({key: count for key, count in counts.items() if key.startswith(prefixes)})


def _confidence(tally: Tally) -> Counter[str]:
    bins: Counter[int] = Counter()
    for key, count in tally.sure.items():
        bins[int(key.rsplit("\t", 1)[1])] += count
    return Counter(
        {f"{bin_ / CONFIDENCE_BINS:.1f} to {(bin_ + 1) / CONFIDENCE_BINS:.1f}": bins[bin_] for bin_ in sorted(bins)}
    )


def _chart(
    title: str,
    counts: Counter[str],
    unit: str,
    more: Mapping[str, Mapping[str, int]] | None = None,
    *,
    ordered: bool = True,
) -> str:
    """A section with a bar a row, and further figures of the same keys beside it; nothing where there is nothing."""
    if not counts:
        return ""
    more = more or {}
    shown = counts.most_common(_ROWS) if ordered else list(counts.items())
    longest = max(count for _, count in shown)
    head = "".join(f'<th class="n">{escape(name)}</th>' for name in (unit, *more))
    rows = "".join(
        f"<tr><td>{escape(_shown(key))}</td>{_numbers([count, *(extra.get(key, 0) for extra in more.values())])}"
        f"<td>{_bar(count, longest, f'{_shown(key)}: {count:,} {unit}')}</td></tr>\n"
        for key, count in shown
    )
    rest = len(counts) - len(shown)
    note = f"<p>and {rest:,} more</p>\n" if rest else ""
    return (
        f'<section><h2>{escape(title)}</h2>\n<div class="scroll"><table>'
        f"<thead><tr><th></th>{head}<th></th></tr></thead>\n"
        f"<tbody>\n{rows}</tbody></table></div>\n{note}</section>\n"
    )


def _shown(key: str) -> str:
    return " ".join(key.split()) or "(none)"


def _numbers(counts: Iterable[int]) -> str:
    return "".join(f'<td class="n">{count:,}</td>' for count in counts)


def _bar(count: int, longest: int, label: str) -> str:
    width = max(round(_BAR_WIDTH * count / longest), 1)
    return (
        f'<svg role="img" aria-label="{escape(label)}" width="{_BAR_WIDTH}" height="14">'
        f"<title>{escape(label)}</title>"
        f'<rect width="{width}" height="14" rx="2"/></svg>'
    )


def _samples(samples: Iterable[Sample]) -> str:
    rows = "".join(
        f"<tr><td>{''.join(_part(*part) for part in s.parts)}</td>"
        f'<td>{escape(s.kind)}</td><td class="n">{s.confidence:.2f}</td><td>{escape(s.source_uri)}</td></tr>\n'
        for s in samples
    )
    if not rows:
        return ""
    return (
        '<section><h2>Before and after</h2>\n<div class="scroll"><table><thead><tr><th>place</th><th>kind</th>'
        f'<th class="n">sure</th><th>page</th></tr></thead>\n<tbody lang="zh">\n{rows}</tbody></table></div>'
        "</section>\n"
    )


def _part(before: str, after: str) -> str:
    if before == after:
        return escape(before)
    return f"<del>{escape(before)}</del><ins>{escape(after)}</ins>"
