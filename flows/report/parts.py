"""The parts of the report: what came in, what was damaged, what was removed, what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape

from flows.reasons import REASONS
from flows.report.charts import Series, bars, columns, grid, plain, unique
from flows.report.facts import Facts, by_tenth, most_removed, share, site_kinds, varied
from flows.report.html import card, cards, moment, percent, table_of, text_of
from tasks.records import Reason
from tasks.write.samples import Sample
from tasks.write.tally import CONFIDENCE_BINS, REMOVED_A_SHARD, Tally

_BARS = 12  # of a chart: what fits beside another chart; the table below it has more
_ROWS = 40  # of a table

#: The stages whose edits repair damage.
DAMAGE = ("decode/", "repair/")


def _bars(title: str, first: str, series: Sequence[Series], unit: str) -> str:
    """Bars of the labels with the largest sums, and the table of more of them."""
    sums: Counter[str] = Counter()
    for one in series:
        sums.update(one.counts)
    ranked = [name for name, count in sorted(sums.items(), key=lambda item: (-item[1], item[0])) if count]
    if not ranked:
        return ""
    label = f"{title}: bars for {min(len(ranked), _BARS)} of {len(ranked)}, {unit} each"
    table = table_of(
        (first, *(one.name for one in series)),
        ((name, *(one.counts.get(name, 0) for one in series)) for name in ranked[:_ROWS]),
    )
    rest = f"and {len(ranked) - _BARS:,} more" if len(ranked) > _BARS else ""
    return card(title, bars(label, ranked[:_BARS], series, unit), table, rest)


def _came_in(facts: Facts) -> str:
    tally = facts.tally
    healthy = Counter({site: count - tally.site_damaged[site] for site, count in tally.site_pages.items()})
    sites = [
        Series("healthy", "good", healthy),
        Series("damaged", "damage", tally.site_damaged),
        Series("rejected", "away", tally.site_rejected),
    ]
    return cards(
        _bars("Pages by site", "site", sites, "pages"),
        _bars("Kept pages by encoding", "encoding", [Series("pages", "calm", tally.encodings)], "pages")
        + _bars("Kept pages by script, as found", "script", [Series("pages", "calm", tally.scripts)], "pages"),
    )


def _damage(facts: Facts) -> str:
    tally = facts.tally
    kinds = [
        Series("repaired", "good", share(tally.edits, DAMAGE)),
        Series("left as found", "left", share(tally.unapplied, DAMAGE)),
    ]
    return cards(_bars("Damage by kind", "kind", kinds, "places"), _confidence(tally), _where(tally))


def _confidence(tally: Tally) -> str:
    sure, unsure = by_tenth(tally.sure), by_tenth(tally.unsure)
    if not sure.total() + unsure.total():
        return ""
    tenths = {n: f"{n / CONFIDENCE_BINS:.1f}" for n in range(CONFIDENCE_BINS)}
    series = [
        Series("applied", "good", {name: sure[n] for n, name in tenths.items()}),
        Series("left as found", "left", {name: unsure[n] for n, name in tenths.items()}),
    ]
    title = "How sure the readings are"
    chart = columns(f"{title}: columns for ten tenths", list(tenths.values()), series, "places", "confidence, from")
    rows = [(f"from {name}", sure[n], unsure[n]) for n, name in tenths.items()]
    surest = percent(sure[CONFIDENCE_BINS - 1], sure.total())
    note = f"{surest} of what was applied has a confidence of 0.9 or more."
    return card(title, chart, table_of(("confidence", "applied", "left as found"), rows), note)


def _where(tally: Tally) -> str:
    """Damage by site and kind: the sites with most of it against the kinds there is most of."""
    counts = site_kinds(tally, DAMAGE)
    sites: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for (site, kind), count in counts.items():
        sites[site] += count
        kinds[kind] += count
    if not counts:
        return ""
    rows, heads = [name for name, _ in sites.most_common(10)], [name for name, _ in kinds.most_common(6)]
    short_heads = {kind: kind.partition("/")[2] for kind in heads}
    squares = {(site, short_heads[kind]): count for (site, kind), count in counts.items() if kind in short_heads}
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    table = table_of(("site", "kind", "places repaired"), ((site, kind, n) for (site, kind), n in ranked[:_ROWS]))
    label = f"Repairs by site and kind: squares for {len(rows)} sites and {len(heads)} kinds"
    return card("Repairs by site and kind", grid(label, rows, list(short_heads.values()), squares, "places"), table)


def _samples(facts: Facts) -> str:
    shown = "".join(_sample(sample) for sample in varied(facts.tally.samples))
    return f'<div class="samples">{shown}</div>\n' if shown else ""


def _sample(sample: Sample) -> str:
    before = "".join(f"<del>{text_of(old)}</del>" if old != new else text_of(old) for old, new in sample.parts if old)
    after = "".join(f"<ins>{text_of(new)}</ins>" if old != new else text_of(new) for old, new in sample.parts if new)
    return (
        f'<article><header><span class="kind">{escape(plain(sample.kind))}</span> sure {sample.confidence:.2f} '
        f'<span class="page">{escape(plain(sample.source_uri))}</span></header>\n'
        f'<dl><dt>before</dt><dd lang="zh">{before}</dd><dt>after</dt><dd lang="zh">{after}</dd></dl></article>\n'
    )


def _removed(facts: Facts) -> str:
    tally = facts.tally
    chars = {kind: count for kind, count in tally.edit_chars.items() if kind.startswith("strip/")}
    by_site = tally.site_removed_chars
    shown = cards(
        _bars("Characters removed, by rule", "rule", [Series("characters", "cut", chars)], "characters"),
        _bars("Characters removed, by site", "site", [Series("characters", "cut", by_site)], "characters"),
    )
    rows = [
        (one.text, one.kind, plain(one.site) + (f" and {one.more_sites:,} more" if one.more_sites else ""), one.times)
        for one in most_removed(tally, _ROWS)
    ]
    if not rows:
        return shown
    note = f"By their first characters, and counted where they are among the {REMOVED_A_SHARD} most removed of a shard."
    table = table_of(("removed text", "rule", "site", "times"), rows)
    return f"{shown}<h3>Lines removed most</h3><p>{note}</p>{table}\n"


def _rejects(facts: Facts) -> str:
    tally = facts.tally
    if not tally.rejected:
        return ""
    rows = [(r, REASONS[Reason(r)] if r in set(Reason) else "", n) for r, n in tally.rejects.most_common()]
    return cards(
        _bars("Rejected pages by reason", "reason", [Series("pages", "away", tally.rejects)], "pages"),
        _bars("Rejected pages by folder", "folder", [Series("pages", "away", tally.site_rejected)], "pages"),
    ) + table_of(("reason", "which says", "pages"), rows)


def _sections(facts: Facts) -> str:
    kinds = [Series("sections", "calm", facts.tally.sections)]
    return cards(_bars("Sections by kind", "kind", kinds, "sections"), _tables(facts), _runs(facts))


def _tables(facts: Facts) -> str:
    if not facts.tables:
        return ""
    rows = [(name, one.files, one.rows, one.size) for name, one in sorted(facts.tables.items())]
    return (
        "<figure><figcaption>The tables</figcaption>"
        f"{table_of(('table', 'files', 'rows', 'bytes'), rows)}"
        "<p>Each is a folder of Parquet files beside this page; README.md describes the columns.</p></figure>\n"
    )


def _runs(facts: Facts) -> str:
    if not facts.runs:
        return ""
    names = unique(moment(run.started)[5:10] for run in facts.runs)
    series = [
        Series("kept", "good", {name: run.kept for name, run in zip(names, facts.runs, strict=True)}),
        Series("rejected", "away", {name: run.rejected for name, run in zip(names, facts.runs, strict=True)}),
    ]
    title = f"Pages curated by the last {len(names)} runs"
    chart = columns(title, names, series, "pages", "run started, UTC")
    rows = [(moment(run.started), run.kept, run.rejected, run.error or "succeeded") for run in reversed(facts.runs)]
    return card(title, chart, table_of(("started", "kept", "rejected", "outcome"), rows))


#: Anchor, title and maker of each part; a part of which there is nothing is left out.
PARTS: list[tuple[str, str, Callable[[Facts], str]]] = [
    ("in", "What came in", _came_in),
    ("damage", "Damage and repair", _damage),
    ("samples", "Before and after", _samples),
    ("removed", "What was removed", _removed),
    ("rejects", "What was rejected", _rejects),
    ("sections", "What came out", _sections),
]
