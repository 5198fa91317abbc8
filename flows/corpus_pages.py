"""What `learn` and `dedupe` show in the Prefect UI. Everything from pages goes through `inert`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flows.artifacts import table
from flows.harmless import inert
from flows.reasons import counted

# A line is shown by its beginning: a row of the table on a screen.
_LINE_CHARS = 80
# Rows of a table: more than a person reads, less than the UI minds.
_SHOWN = 200


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
            table("", ("site", "line", "pages", "share of articles"), rows, _SHOWN),
        ]
    )


def duplicates_page(figures: Mapping[str, int], clusters: Iterable[tuple[int, str, str]]) -> str:
    """The largest clusters, as (documents, title of the representative, where that comes from)."""
    rows = ((str(size), inert(title[:_LINE_CHARS]), inert(uri)) for size, title, uri in clusters)
    return "\n\n".join(
        [
            f"# {figures['exact'] + figures['near']:,} of {counted(figures['documents'], 'document')} repeat another",
            f"{figures['exact']} exactly, {figures['near']} nearly, in {counted(figures['clusters'], 'cluster')}.",
            table("", ("documents", "title", "representative"), rows, _SHOWN),
        ]
    )
