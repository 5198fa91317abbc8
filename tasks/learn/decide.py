"""What of a site's rows is furniture: rows that stand at the edges of many pages whose articles differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.learn.rows import LEARNABLE, PROSE, SENTENCE, TITLE
from tasks.strip.site import runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

# The figures below were chosen on sites drawn by evals/learned.py with odd seeds; its floors are held with even ones.
#
# A row is furniture of a site if it stands on so many different articles, and on this share of the site's articles ...
_ARTICLES, _SHARE = 5.0, 0.1
# ... or, as large sites have many templates, on this many, and this share.
_MANY_ARTICLES, _SMALL_SHARE = 50.0, 0.02
# Running text has to show more: articles quote each other, and a column repeats its lead.
_PROSE_ARTICLES, _PROSE_SHARE = 8.0, 0.25
# Of the places where the row stands, so many are at the edge of their page: what stands in the midst of articles is
# theirs, be it a heading that all of them have.
_EDGE = 0.9
# What stands right at the article so often may be its last words (a speaker's thanks), its addressee or its first
# heading: a short sentence there stays, and so does what stands between the article and its title, or its date.
_INNERMOST = 0.9
# An article is taken to stand on as many pages as its title does, or as the rarest part of its page's prose does, if
# that is more: of this share, or of this one where no title is known. Copies with a title of their own and a fifth of
# their prose changed pass for different articles.
_OWN_SHARE, _UNTITLED_SHARE = 0.2, 0.5
# Pages of one title have one article only if at least the rest of their prose is not theirs alone; else the title is
# something that the site shows there.
_ALIKE_SHARE = 0.7
# With less prose than this, in code points, all rows of the page are taken for prose.
_OWN_CHARS = 50
# A title that more of the site's pages have is no title of an article, but the site's.
_TITLES = 0.5
# Behind more rows of the page's own, links to other articles, running text is furniture even there.
_FEW = 2
# Rows that are found not to be furniture end the furniture on their pages, so that others may fall: so often at most.
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class SitePages:
    """The pages of one site, each once, in an order that does not depend on history.

    Page `n` has the rows `starts[n]` to `starts[n + 1]`, by key, length in code points and flags (tasks/learn/rows.py).
    """

    site: str
    starts: Array
    keys: Array
    chars: Array
    flags: Array


@dataclass(frozen=True, slots=True)
class Learned:
    """A row that is furniture, with the evidence: the columns of the table site_lines that are counts."""

    key: int
    pages: int
    articles: float
    share: float
    edge: float
    top: float
    first_row: int
    last_row: int


def learn_site(site: SitePages) -> list[Learned]:
    """The furniture of one site, in order of key.

    A row counts once for every *article* it stands with, not for every page: of k pages that repeat one article each
    counts 1/k, so that a page that is there k times does not teach its own text. See docs/adr/0010-learned-lines.md.
    """
    import numpy

    pages = len(site.starts) - 1
    if pages < _ARTICLES:
        return []
    names, row_name, row_page, on_pages, pair_name, pair_page = _count(site)
    if on_pages.max(initial=0) < _ARTICLES:
        return []
    weight = 1.0 / _copies(site, on_pages[row_name], row_page)
    articles = numpy.round(numpy.bincount(pair_name, weights=weight[pair_page], minlength=len(names)), 6)
    share = articles / max(float(weight.sum()), 1.0)
    flags = numpy.bitwise_or.reduceat(site.flags[numpy.argsort(row_name, kind="stable")], _firsts(row_name, names))
    common = _repeated(articles, share, flags)
    placed = _place(site, common, row_name, flags)
    evidence = (on_pages, articles, share)
    return [_learned(int(names[n]), n, evidence, placed) for n in numpy.flatnonzero(placed.furniture).tolist()]


def _count(site: SitePages) -> tuple[Array, Array, Array, Array, Array, Array]:
    """The distinct keys; each row's key and page by number; the pages a key stands on; all pairs of key and page."""
    import numpy

    pages = len(site.starts) - 1
    names, inverse = numpy.unique(site.keys, return_inverse=True)
    row_name = inverse.astype(numpy.int32)  # 32 bits are enough for what is counted at once, and half as much memory
    del inverse
    row_page = numpy.repeat(numpy.arange(pages, dtype=numpy.int32), numpy.diff(site.starts))
    pairs = row_name.astype(numpy.int64)
    pairs *= pages
    pairs += row_page
    pairs.sort()
    fresh = numpy.append(True, pairs[1:] != pairs[:-1])
    pairs = pairs[fresh]
    pair_name, pair_page = (pairs // pages).astype(numpy.int32), (pairs % pages).astype(numpy.int32)
    on_pages = numpy.bincount(pair_name, minlength=len(names)).astype(numpy.int32)
    return names, row_name, row_page, on_pages, pair_name, pair_page


def _firsts(row_name: Array, names: Array) -> Array:
    import numpy

    counts = numpy.bincount(row_name, minlength=len(names))
    return numpy.cumsum(counts) - counts


def _repeated(articles: Array, share: Array, flags: Array) -> Array:
    """Rows that stand on enough different articles, wherever they stand on the page."""
    plain = (articles >= _ARTICLES) & (share >= _SHARE) | (articles >= _MANY_ARTICLES) & (share >= _SMALL_SHARE)
    prose = (articles >= _PROSE_ARTICLES) & (share >= _PROSE_SHARE)
    marks: Array = ((flags & PROSE) == 0) & plain | ((flags & PROSE) > 0) & prose
    return marks


def _copies(site: SitePages, on_pages: Array, row_page: Array) -> Array:
    """How many pages each page's article stands on: the rarest part of its prose does, or its title."""
    import numpy

    pages = len(site.starts) - 1
    prose = numpy.where((site.flags & PROSE) > 0, site.chars, 0)
    has_prose = numpy.bincount(row_page, weights=prose, minlength=pages) >= _OWN_CHARS
    weight = numpy.where(has_prose[row_page], prose, site.chars)
    del prose
    order = numpy.lexsort((on_pages, row_page))  # pages stay where they are: rows are sorted within each
    total = numpy.bincount(row_page, weights=weight, minlength=pages)
    within = numpy.cumsum(weight[order], dtype=numpy.float64)
    within -= numpy.concatenate(([0.0], numpy.cumsum(total)))[:-1][row_page]
    sorted_pages = on_pages[order]
    del weight, order

    def rarest(share: float) -> Array:
        """On how many pages the rarest rows stand that make up this share of each page."""
        less = within < numpy.maximum(total * share, 1)[row_page] - 1e-6
        step = numpy.bincount(row_page, weights=less, minlength=pages).astype(numpy.int64)
        at = numpy.minimum(site.starts[:-1] + step, numpy.maximum(site.starts[1:] - 1, 0))
        return numpy.where(numpy.diff(site.starts) > 0, sorted_pages[at], 1)

    titled = _titled(site, on_pages, row_page)
    alike = (titled > 0) & (rarest(_ALIKE_SHARE) > 1)
    untitled = numpy.where(titled > 0, rarest(_OWN_SHARE), rarest(_UNTITLED_SHARE))
    copies: Array = numpy.where(alike, numpy.maximum(untitled, titled), untitled).astype(numpy.float64)
    return copies


def _titled(site: SitePages, on_pages: Array, row_page: Array) -> Array:
    """How many pages have each page's title, or the rarest row above its prose if no title is known; 0 for neither."""
    import numpy

    pages = len(site.starts) - 1
    known = numpy.zeros(pages)
    numpy.maximum.at(known, row_page, numpy.where((site.flags & TITLE) > 0, on_pages, 0))
    prose_so_far = numpy.cumsum((site.flags & PROSE) > 0)
    before = numpy.concatenate(([0], prose_so_far))[site.starts[:-1]]
    above = prose_so_far == before[row_page]
    rarest = numpy.full(pages, float(pages + 1))
    numpy.minimum.at(rarest, row_page, numpy.where(above, on_pages, pages + 1))
    found = numpy.where(known > 0, known, rarest)
    return numpy.where(found > max(1, pages * _TITLES), 0, found)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Which names are furniture, and where on their pages they stand."""

    furniture: Array
    edge: Array
    top: Array
    first: Array
    last: Array


def _place(site: SitePages, common: Array, row_name: Array, flags: Array) -> _Placed:
    """Of the rows that are repeated, drop those that do not stand at pages' edges, until none is left to drop."""
    import numpy

    may_be = common & ((flags & LEARNABLE) > 0)
    sentence, short = (flags & SENTENCE) > 0, (flags & PROSE) == 0
    everywhere = numpy.bincount(row_name, minlength=len(common))
    seen = _seen(site, may_be, row_name)
    inner, within = (seen[what] / numpy.maximum(seen["edge"], 1) for what in ("inner", "within"))
    may_be &= ~((short & sentence & (inner > _INNERMOST)) | (within > _INNERMOST))
    for _ in range(_ROUNDS):
        seen = _seen(site, may_be, row_name)
        edge = seen["edge"] / everywhere
        keep = may_be & (edge >= _EDGE)
        if (keep == may_be).all():
            break
        may_be = keep
    top = seen["top"] / numpy.maximum(seen["edge"], 1)
    return _Placed(keep, edge, top, seen["first"], seen["last"])


def _seen(site: SitePages, may_be: Array, row_name: Array) -> dict[str, Any]:
    """How often each name stands at an edge, at the top, innermost, and innermost behind a few rows of the page's own;
    the least rows above it, and below it."""
    import numpy

    names = len(may_be)
    seen = {what: numpy.zeros(names, dtype=numpy.int64) for what in ("edge", "top", "inner", "within")}
    far = numpy.iinfo(numpy.int64).max
    seen |= {what: numpy.full(names, far, dtype=numpy.int64) for what in ("first", "last")}
    row_common = may_be[row_name]
    prose = (site.flags & PROSE) > 0
    for start, end in zip(site.starts[:-1].tolist(), site.starts[1:].tolist(), strict=True):
        marks = row_common[start:end]
        if marks.any():
            _note(seen, row_name[start:end].tolist(), marks.tolist(), prose[start:end].tolist())
    return seen


def _note(seen: dict[str, Any], name: list[int], common: list[bool], prose: list[bool]) -> None:
    """Note one page."""
    last = len(name) - 1
    top = runs(common, prose)
    bottom = [[last - number for number in run] for run in runs(common[::-1], prose[::-1])]
    for number in {number for run in (*top, *bottom) for number in run}:
        seen["edge"][name[number]] += 1
        seen["first"][name[number]] = min(seen["first"][name[number]], number)
        seen["last"][name[number]] = min(seen["last"][name[number]], last - number)
    for number in {number for run in top for number in run}:
        seen["top"][name[number]] += 1
    for side, edge in ((top, -1), (bottom, last + 1)):
        if side:
            innermost = side[-1][-1]
            between = abs(side[-1][0] - (side[-2][-1] if len(side) > 1 else edge)) - 1
            seen["inner"][name[innermost]] += 1
            seen["within"][name[innermost]] += 0 < between <= _FEW or (between > 0 and not prose[innermost])


def _learned(key: int, name: int, evidence: tuple[Array, Array, Array], placed: _Placed) -> Learned:
    on_pages, articles, share = (values[name] for values in evidence)
    return Learned(
        key=key,
        pages=int(on_pages),
        articles=round(float(articles), 4),
        share=round(min(float(share), 1.0), 4),
        edge=round(float(placed.edge[name]), 4),
        top=round(float(placed.top[name]), 4),
        first_row=int(placed.first[name]),
        last_row=int(placed.last[name]),
    )
