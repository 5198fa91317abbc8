"""Stage 4: what is not the article leaves the text, and what the page says of itself fills the metadata.

A page is a `sheet` of rows; a rule takes a sheet and claims rows, or parts of them; `tags` shown as text leave before
it is cut into them. `wording/` knows a row by its own words, `about/` finds what the page says of itself, `placing/`
knows a row by where it stands; each may ask those named before it. All of them ask the word tables (`tables`; what
their turns of phrase hold for sure, `factors`), the `signs` of interfaces and the `likeness` of two rows. What others
say of a page: `extractor` (HTML), `site` (learned).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from tasks.ledger import Ledger
from tasks.lines import lines_of
from tasks.records import Block, Edit, Metadata, Policy, Stage
from tasks.strip import extractor, site, tags
from tasks.strip.about import dates, metadata, notices, official, said, signoffs, title, title_text
from tasks.strip.about.bylines import Field
from tasks.strip.placing import around, edges, frame, tails, teasers, tops
from tasks.strip.sheet import Claim, Row, Sheet, rows_of
from tasks.strip.wording import bars, jammers, leftovers, menus, places, spam

Found = list[tuple[Row, list[Field]]]

# The rules, in the order in which they see the page: each sees what those before it left standing. Spam goes first: it
# would pass for prose and move the page's head and tail; disclaimers for the same reason; then what is known by its own
# words, then what is known by its place. `metadata`, `title` and `extractor` have their own places in
# `strip`, and `site_line`, which is learned from what all of them leave, is the last.
BEFORE_METADATA: dict[str, Callable[[Sheet], Iterable[Claim]]] = {
    "markup": leftovers.leftover_markup,
    "jammer": jammers.jammers,
    "spam": spam.keyword_spam,
    "places": places.place_lists,
    "disclaimer": tails.disclaimers,
}
AFTER_METADATA: dict[str, Callable[[Sheet], Iterable[Claim]]] = {
    "caption": leftovers.caption_leftovers,
    "breadcrumb": menus.breadcrumbs,
    "related": tails.related_tails,
    "footer": tails.footers,
    "font_size": bars.font_bars,
    "share": bars.share_bars,
    "tools": bars.tool_bars,
    "pager": bars.pagers,
    "login": bars.logins,
    "navigation": menus.menus,
    "label": leftovers.empty_labels,
}
# Those that claim short rows and no others: not asked of a page that has none.
OF_SHORT_ROWS = frozenset({"font_size", "share", "tools", "pager", "login", "label"})
# Fields of the rows that stand by a title; counters alone do so on pages that have none of them.
TELLING = frozenset(
    ["date", "published", "dated", "updated", "publisher", "media", "author", "issue", "document_number"]
)
KINDS = frozenset({*BEFORE_METADATA, *AFTER_METADATA, "metadata", "site_line", "title", "surroundings", "extractor"})
"""Every kind of strip edit, for the settings' `strip`."""


def strip(
    ledger: Ledger, blocks: Sequence[Block], policy: Policy, learned: Collection[str] = frozenset()
) -> tuple[Ledger, Metadata]:
    """Take out of `ledger.text` what is not the article, and read the metadata. Positions count code points.

    `blocks` has one entry a line of the decoded text, or is empty; `policy.strip` says which kinds of rules are on
    (None: all); `learned` are the lines that the page's site repeats (folded, see tasks/strip/site.py). Raises
    ValueError for a kind that there is not. Metadata is read whether or not its rows leave.

    >>> page = "首页 > 新闻\\n灯会开幕\\n2024-02-03 来源:甲城日报\\n灯会昨晚开幕。\\n"
    >>> ledger, said = strip(Ledger.of(page), (), Policy())
    >>> ledger.text, said.title, said.publisher
    ('灯会开幕\\n灯会昨晚开幕。\\n', '灯会开幕', '甲城日报')
    """
    if policy.strip is not None and not policy.strip <= KINDS:
        raise ValueError(f"no such kind of strip rule: {', '.join(sorted(policy.strip - KINDS))}")
    on = KINDS if policy.strip is None else policy.strip
    if "markup" in on and "<" in ledger.text:
        ledger = ledger.then(tags.tags(ledger.text))
    rows = _marked(rows_of(lines_of(ledger, blocks)))
    sheet = Sheet.of(rows)
    taken: list[tuple[str, Claim]] = []
    sheet = _apply(sheet, BEFORE_METADATA | {"related": teasers.teasers}, on, taken)
    found = metadata.metadata_rows(sheet)
    starts = [row.line.start for row, fields in found if any(field.kind != "editor" for field in fields)]
    closing, signed = signoffs.signoff(sheet)
    sheet = _take(sheet, "metadata", [*metadata.claims(found), *closing], taken) if "metadata" in on else sheet
    sheet = replace(sheet, told=tuple(sorted(starts))) if starts else sheet
    sheet = _apply(sheet, AFTER_METADATA, on, taken)
    learned = learned if "site_line" in on else frozenset()
    if "surroundings" in on:
        sheet = _take(sheet, "surroundings", notices.notices(sheet, _telling(found)), taken)
    own = sheet.without({claim.row.line.start for claim in site.site_lines(sheet, learned)})
    shown = _title(own, taken, found)
    if "surroundings" in on:
        kinds = {claim.row.line.start: kind for kind, claim in reversed(taken) if _whole(claim)}
        kinds |= {row.line.start: "ended" for row, fields in found if any(field.kind == "editor" for field in fields)}
        if kinds or around.may_be_furnished(sheet) or tops.may_have(sheet):
            sheet = _take(sheet, "surroundings", frame.surroundings(rows, kinds, shown), taken)
    if shown and "title" in on:
        sheet = _take(sheet, "title", title_text.repeats(sheet, shown), taken)
        taken += [("title", claim) for claim in _site_name(shown)]
    if frame.nothing_left(sheet):
        taken = [one for one in taken if not (one[0] in frame.BY_PLACE and frame.spared(one[1].row))]
    stray = frame.strays(rows, taken)
    taken = [one for one in taken if one[1].row.line.start not in stray]
    if blocks and "extractor" in on:
        sheet = _take(sheet, "extractor", extractor.not_content(sheet, shown), taken)
    sheet = _take(sheet, "site_line", site.site_lines(sheet, learned), taken)
    return ledger.then(_layer(ledger.text, taken)), _metadata(sheet, found, shown, signed)


def _marked(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows, of which the site's own words and captions are prose no longer, and short sentences are."""
    return edges.with_sentences(edges.without_captions(edges.without_speech(rows)))


def _metadata(sheet: Sheet, found: Found, shown: Row | None, signed: list[Field]) -> Metadata:
    """What the page says of itself: its fields, the row that shows the title, and the rows that stand."""
    fields = [*(field for row in _first_post(found) for field in row), *signed]
    if shown and not any(field.when for field in fields) and (behind := title_text.date_behind(shown.folded)):
        fields.append(Field("date", "", behind[0], dates.read_date(behind)))
    opening = sheet.rows[sheet.first] if sheet.first < len(sheet.rows) else None
    page = said.metadata_of(fields, title_text.whole_title(sheet, shown) if shown else None, opening)
    number, issuer = official.official(sheet, fields, shown)
    return replace(page, document_number=number, issuer=issuer) if number or issuer else page


def _first_post(found: Found) -> list[list[Field]]:
    """The fields of each row, but for those that name who wrote another post of a thread, and when."""
    rows = [fields for _, fields in found]
    posts = [
        fields for fields in rows if any(one.kind == "author" for one in fields) and any(one.when for one in fields)
    ]
    return [fields for fields in rows if fields not in posts[1:]] if len(posts) > 1 else rows


def _telling(found: Found) -> list[int]:
    """Where the rows of metadata start that stand by a title."""
    return [row.line.start for row, fields in found if any(field.kind in TELLING for field in fields)]


def _title(sheet: Sheet, taken: Sequence[tuple[str, Claim]], found: Found) -> Row | None:
    """The row that shows the title, among those that stand; `found` are the rows of metadata."""
    told = _telling(found)
    prose = sheet.rows[sheet.first].line.start if sheet.first < len(sheet.rows) else -1
    whole = [(kind, claim.row.line.start) for kind, claim in taken if _whole(claim)]
    menus = [start for kind, start in whole if kind in around.ABOVE and start < prose]
    bars = [claim.row.line.start for kind, claim in taken if kind in around.BARS]
    paths = [start for kind, start in whole if kind == "breadcrumb"]
    greeting = notices.notice(sheet, told)
    named = title.named_by_path(sheet, [claim.row.core for _, claim in taken if _whole(claim)])
    shown = title.title_row(sheet, told, menus, bars, paths) if len(greeting) < 2 else None
    if named and (shown is None or title.is_long(named)):
        return named
    if shown or not greeting:
        return shown
    return title.title_row(sheet.without({row.line.start for row in greeting}), told, menus, bars, paths)


def _apply(
    sheet: Sheet,
    rules: dict[str, Callable[[Sheet], Iterable[Claim]]],
    on: frozenset[str],
    taken: list[tuple[str, Claim]],
) -> Sheet:
    for kind, rule in rules.items():
        asked = kind in on and (sheet.short() or kind not in OF_SHORT_ROWS)
        if asked and (claims := list(rule(sheet))):
            sheet = _take(sheet, kind, claims, taken)
    return sheet


def _take(sheet: Sheet, kind: str, claims: Iterable[Claim], taken: list[tuple[str, Claim]]) -> Sheet:
    """Note the claims of one rule, and the sheet without the rows that they take whole."""
    gone: set[int] = set()
    for claim in claims:
        taken.append((kind, claim))
        if _whole(claim):
            gone.add(claim.row.line.start)
    return sheet.without(gone)


def _site_name(shown: Row) -> list[Claim]:
    claims = [Claim(shown, *found, "how a forum prints a title") for found in title_text.printed(shown)]
    cut = title_text.site_suffix(shown)
    if cut is not None:
        claims.append(Claim(shown, cut, len(shown.line.text), "the site's name behind the title"))
    return claims


def _whole(claim: Claim) -> bool:
    text = claim.row.line.text
    return not (text[: claim.start] + text[claim.end :]).strip(" \t\u3000\xa0|_,;。.")


def _layer(text: str, taken: Iterable[tuple[str, Claim]]) -> list[Edit]:
    """The claims as edits in order; of claims that overlap the first stands, and whole lines take their line end."""
    whole = {claim.row.line.start: (kind, claim) for kind, claim in reversed(list(taken)) if _whole(claim)}
    edits = [_edit(text, kind, claim.row.line.start, claim.row.line.end, claim.why) for kind, claim in whole.values()]
    for kind, claim in taken:
        base = claim.row.line.start
        if base not in whole:
            edits.append(_edit(text, kind, base + claim.start, base + claim.end, claim.why))
    edits.sort(key=lambda edit: (edit.start, edit.end))
    layer: list[Edit] = []
    for edit in edits:
        if not layer or edit.start >= layer[-1].end:
            layer.append(edit)
    return layer


def _edit(text: str, kind: str, start: int, end: int, why: str) -> Edit:
    return Edit(start, end, text[start:end], "", Stage.STRIP, kind, why=why)
