"""What a run shows in the Prefect UI, as rows and Markdown: figures, damage by kind and site, passages before and
after, lines removed most, rejects, where the tables are; lines learned, and duplicates.

Pages are hostile: everything that comes from one goes through `inert` before it stands in Markdown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote

from flows.harmless import inert
from flows.reasons import REASONS, counted
from flows.record import RunRecord
from flows.report.facts import by_tenth, most_removed, share, site_kinds, varied
from tasks.records import Reason
from tasks.write.samples import Sample
from tasks.write.tally import CONFIDENCE_BINS, Tally

#: How many rows a table of the UI shows, and how many passages: an artifact is kept for every run.
_SHOWN = 20
_DAMAGE = ("decode/", "repair/")
# A learned line or a title is shown by its beginning: a row of the table on a screen.
_LINE_CHARS = 80
# Rows about the whole corpus: more than a person reads, less than the UI minds.
_SHOWN_OF_CORPUS = 200


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


def headline(record: RunRecord) -> str:
    """The run in two lines of Markdown; what failed comes first."""
    fresh = record.fresh
    failed = f"**{inert(record.error)}.**\n\n" if record.error else ""
    return (
        f"{failed}{fresh.kept:,} pages kept, {fresh.rejected:,} rejected. "
        f"{fresh.damaged:,} of them were damaged; {fresh.unrepaired:,} places were left as found."
    )


def damage_page(record: RunRecord) -> str:
    """Damage by kind and by site, and how sure the repairs are."""
    tally = _told_of(record)
    kinds = sorted(share(tally.edits + tally.unapplied, _DAMAGE), key=lambda kind: (-tally.edits[kind], kind))
    rows = [
        (
            inert(kind),
            f"{tally.edits[kind]:,}",
            f"{tally.unapplied[kind]:,}",
            f"{tally.edit_chars[kind]:,}",
            _sure(tally, kind),
        )
        for kind in kinds
    ]
    return _page(
        "Damage",
        headline(record),
        _table("By kind", ("kind", "repaired", "left as found", "characters", "of confidence 0.9 or more"), rows),
        _table("By site", ("site", "pages", "damaged", "repairs", "most frequent"), _damaged_sites(tally)),
    )


def _sure(tally: Tally, kind: str) -> str:
    tenths = by_tenth({key: count for key, count in tally.sure.items() if key.rpartition("\t")[0] == kind})
    return f"{100 * tenths[CONFIDENCE_BINS - 1] / tenths.total():.0f} %" if tenths else ""


def _damaged_sites(tally: Tally) -> Iterable[tuple[str, ...]]:
    kinds: dict[str, Counter[str]] = {}
    for (site, kind), count in site_kinds(tally, _DAMAGE).items():
        kinds.setdefault(site, Counter())[kind] = count
    for site, damaged in sorted(tally.site_damaged.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]:
        if damaged:
            own = kinds.get(site, Counter())
            most = ", ".join(f"{inert(kind)} {count:,}" for kind, count in own.most_common(3))
            yield _site(site), f"{tally.site_pages[site]:,}", f"{damaged:,}", f"{own.total():,}", most


def samples_page(record: RunRecord) -> str:
    """Passages before and after, with what was changed in bold; not a table, for passages are wider than the UI."""
    samples = varied(_told_of(record).samples, _SHOWN)
    return _page("Before and after", headline(record), *(_passage(sample) for sample in samples))


def _passage(sample: Sample) -> str:
    before = "".join(_marked(old, old != new) for old, new in sample.parts)
    after = "".join(_marked(new, old != new) for old, new in sample.parts)
    head = f"**{inert(sample.kind)}** sure {sample.confidence:.2f}, {inert(sample.source_uri)}"
    return f"{head}\n\n- before: {before}\n- after: {after}"


def _marked(text: str, changed: bool) -> str:
    """An element: asterisks do not make bold what starts or ends with a mark beside a Chinese character."""
    return f"<strong>{inert(text) or '∅'}</strong>" if changed else inert(text)


def removed_page(record: RunRecord) -> str:
    """The lines removed most, by rule and site, and what each rule took."""
    tally = _told_of(record)
    lines = (
        (inert(one.text), inert(one.kind), _site(one.site) + _others(one.more_sites), f"{one.times:,}")
        for one in most_removed(tally, _SHOWN)
    )
    rules = (
        (inert(kind.partition("/")[2]), f"{count:,}", f"{tally.edit_chars[kind]:,}")
        for kind, count in share(tally.edits, ("strip/",)).most_common()
    )
    return _page(
        "What was removed",
        headline(record),
        _table("Lines removed most", ("text", "rule", "site", "times"), lines),
        _table("By rule", ("rule", "times", "characters"), rules),
    )


def rejects_page(record: RunRecord) -> str:
    """The rejected pages by reason, in words, and by the folder that they lie in."""
    tally = _told_of(record)
    reasons = (
        (inert(reason), REASONS[Reason(reason)] if reason in set(Reason) else "", f"{count:,}")
        for reason, count in tally.rejects.most_common()
    )
    folders = ((_site(site), f"{count:,}") for site, count in tally.site_rejected.most_common(_SHOWN))
    return _page(
        "Rejected pages",
        headline(record),
        _table("By reason", ("reason", "which says", "pages"), reasons),
        _table("By folder", ("folder", "pages"), folders),
    )


def tables_page(record: RunRecord, curated: str) -> str:
    """Where the tables are, and how many rows they have; `curated` is an absolute path or a URI."""
    place = curated if "://" in curated else f"file://{curated}"
    rows = (
        (f"[{name}]({quote(f'{place}/{name}', safe='/:')})", f"{count:,}", inert(f"{curated}/{name}"))
        for name, count in table_rows(record.whole).items()
    )
    return _page("Tables", f"All of {inert(curated)}, after this run.", _table("", ("table", "rows", "where"), rows))


def table_rows(whole: Tally) -> dict[str, int]:
    """How many rows each table has."""
    return {
        "documents": whole.kept,
        "sections": whole.sections.total(),
        "edits": whole.edits.total() + whole.unapplied.total(),
        "rejects": whole.rejected,
    }


def described(record: RunRecord) -> dict[str, str]:
    """A line for each Markdown artifact, which the UI shows on its card. Numbers and our own words only."""
    tally = _told_of(record)
    repairs, removed = share(tally.edits, _DAMAGE).total(), share(tally.edits, ("strip/",)).total()
    return {
        "damage": f"{tally.damaged:,} damaged pages, {repairs:,} repairs, {tally.unrepaired:,} places left as found",
        "samples": f"{min(len(tally.samples), _SHOWN)} passages before and after",
        "removed": f"{removed:,} removals",
        "rejects": f"{tally.rejected:,} rejected pages",
        "tables": ", ".join(f"{name} {count:,}" for name, count in table_rows(record.whole).items()),
    }


def learned_page(figures: Mapping[str, int], lines: Iterable[tuple[str, str, int, float]]) -> str:
    """The lines that stand on most pages, as (site, line, pages, share).

    >>> figures = {"lines": 1, "sites": 1, "pages": 9, "sites_seen": 2}
    >>> print(learned_page(figures, [("甲城", "<回到顶端>", 9, 0.96)]))
    # 1 line of 1 site learned
    <BLANKLINE>
    From 9 pages of 2 sites. The next run of curate removes these lines.
    <BLANKLINE>
    | site | line | pages | share of articles |
    | --- | --- | --- | --- |
    | 甲城 | &lt;回到顶端&gt; | 9 | 96% |
    """
    rows = ((inert(site), inert(line[:_LINE_CHARS]), str(pages), f"{share:.0%}") for site, line, pages, share in lines)
    return "\n\n".join(
        [
            f"# {counted(figures['lines'], 'line')} of {counted(figures['sites'], 'site')} learned",
            f"From {counted(figures['pages'], 'page')} of {counted(figures['sites_seen'], 'site')}. "
            "The next run of curate removes these lines.",
            _table("", ("site", "line", "pages", "share of articles"), rows, _SHOWN_OF_CORPUS),
        ]
    )


def duplicates_page(figures: Mapping[str, int], clusters: Iterable[tuple[int, str, str]]) -> str:
    """The largest clusters, as (documents, title of the representative, where that comes from)."""
    rows = ((str(size), inert(title[:_LINE_CHARS]), inert(uri)) for size, title, uri in clusters)
    return "\n\n".join(
        [
            f"# {figures['exact'] + figures['near']:,} of {counted(figures['documents'], 'document')} repeat another",
            f"{figures['exact']} exactly, {figures['near']} nearly, in {counted(figures['clusters'], 'cluster')}.",
            _table("", ("documents", "title", "representative"), rows, _SHOWN_OF_CORPUS),
        ]
    )


def _told_of(record: RunRecord) -> Tally:
    """What the run did; of a run that did nothing, what curated/ holds."""
    return record.fresh if record.fresh.pages else record.whole


def _site(site: str) -> str:
    return inert(site) if site else "∅"


def _others(sites: int) -> str:
    return f" and {sites:,} more" if sites else ""


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *(part for part in parts if part)]) + "\n"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], most: int = _SHOWN) -> str:
    """A Markdown table under a heading; "" if it has no rows."""
    lines = [f"| {' | '.join(row)} |" for row in list(rows)[:most]]
    if not lines:
        return ""
    made = "\n".join([f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *lines])
    return f"## {title}\n\n{made}" if title else made
