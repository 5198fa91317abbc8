"""The report as HTML: its frame, the figures at its top, and what somebody should look at.

There are no scripts, no requests, and a policy that forbids both.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from flows.reasons import REASONS
from flows.report.charts import plain
from flows.report.facts import Facts, share
from flows.report.html import items, moment, percent, short
from flows.report.parts import DAMAGE, PARTS
from tasks.records import Reason
from tasks.write.tally import Tally


def page_of(facts: Facts) -> str:
    """The whole page."""
    parts = [
        (name, title, body)
        for name, title, make in PARTS
        if (body := make(facts))  # what there is nothing of is left out
    ]
    links = "".join(f'<a href="#{name}">{escape(title)}</a>' for name, title, _ in parts)
    sections = "".join(
        f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{escape(title)}</h2>\n{body}'
        "</section>\n"
        for name, title, body in parts
    )
    shown = escape(plain(facts.name))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>qingwen: {shown}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n"
        f'<header><span class="seal" lang="zh" aria-hidden="true">清文</span><div><h1>{shown}</h1>{_lead(facts)}</div>'
        f'</header>\n<nav aria-label="Parts">{links}</nav>\n<main>\n{_tiles(facts.tally)}{_notices(facts)}{sections}'
        f"</main>\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def _lead(facts: Facts) -> str:
    if not facts.runs:
        return "<p>What qingwen made of the pages.</p>"
    return f"<p>What qingwen made of the pages, as of {escape(moment(facts.runs[-1].ended))} UTC.</p>"


def _tiles(tally: Tally) -> str:
    tiles = [
        ("pages in", tally.pages, ""),
        ("kept", tally.kept, percent(tally.kept, tally.pages)),
        ("rejected", tally.rejected, percent(tally.rejected, tally.pages)),
        ("damaged", tally.damaged, f"{percent(tally.damaged, tally.kept)} of kept"),
        ("repaired", share(tally.edits, DAMAGE).total(), "places"),
        ("left as found", tally.unrepaired, "places"),
        ("text", tally.text_chars, "characters"),
    ]
    shown = "".join(
        f'<div><dt>{name}</dt><dd title="{count:,}">{short(count)}</dd><dd class="of">{note}</dd></div>'
        for name, count, note in tiles
    )
    return f'<dl class="tiles">{shown}</dl>\n'


def _notices(facts: Facts) -> str:
    """What somebody should look at, if there is anything."""
    tally, said = facts.tally, []
    if facts.runs and facts.runs[-1].error:
        said.append(f"The last run failed: {escape(plain(facts.runs[-1].error))}")
    said += [
        f"{tally.rejects[reason]:,} pages were rejected as <code>{reason}</code>: {REASONS[reason]}."
        for reason in (Reason.FAILED, Reason.TIMED_OUT)
        if tally.rejects[reason]
    ]
    barred = sorted(site for site in tally.site_rejected if not tally.site_pages[site])
    if barred and tally.kept:
        names = ", ".join(f"<b>{escape(plain(site))}</b>" for site in barred[:5])
        said.append(f"No page was kept of {names}{f' and {len(barred) - 5:,} more' if len(barred) > 5 else ''}.")
    if not said:
        return ""
    return f'<aside class="look" aria-label="Worth a look"><h2>Worth a look</h2><ul>{items(said)}</ul></aside>\n'
