"""The report's charts: Vega-Lite specifications drawn to SVG by vl-convert, without a browser and without requests.

Every mark has a text alternative of its own (ARIA, by Vega), and every chart a label. Colours are variables of the
page's style sheet, so that a chart follows the reader's light or dark. Texts are data, never expressions of Vega's, and
vl-convert escapes them. docs/adr/0013-report.md says why this library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from unicodedata import east_asian_width

# Drawn at the width of a phone's page, so that nothing has to shrink there; a desktop shows two beside each other.
_WIDTH = 400
_STEP = 25  # height of a bar with what parts it from the next, in CSS pixels
_LABEL = 180  # width that labels of bars may take: some 13 Chinese characters
_FONT = 13
_LATIN = 0.64  # width of a character that is not wide, in ems, in the widest of the common fonts (DejaVu Sans)
_LONG = 300  # of a name, so many characters are looked at: a host has 253 at the most
_NUMBER = 62  # room for the number behind a bar

# Vega-Lite's own defaults replaced by the page's: its inks and lines, no frame, no ticks.
_CONFIG: dict[str, Any] = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink)",
        "titleColor": "var(--soft)",
        "labelFontSize": _FONT,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 0,
        "gridColor": "var(--line)",
        "domain": False,
        "ticks": False,
        "labelPadding": 7,
    },
    "legend": {
        "labelColor": "var(--ink)",
        "labelFontSize": 12,
        "title": None,
        "orient": "top",
        "offset": 6,
        "symbolType": "square",
        "symbolSize": 110,
        "symbolStrokeWidth": 0,
    },
}


@dataclass(frozen=True, slots=True)
class Series:
    """A colour of a chart: what it is called, its custom property of the style sheet, and a count for each label."""

    name: str
    colour: str
    counts: Mapping[str, int]


def bars(label: str, names: Sequence[str], series: Sequence[Series], unit: str) -> str:
    """A horizontal bar for each name, its series one after the other, and the sum behind it."""
    order = unique(names)
    values = _values(names, order, series, unit)
    counts = [sum(one.counts.get(name, 0) for one in series) for name in names]
    sums = [{"name": shown, "sum": count} for shown, count in zip(order, counts, strict=True)]
    left = _extent(order)
    plot = _WIDTH - left
    y = {"field": "name", "type": "nominal", "sort": order, "axis": _labels(left)}
    most = max(counts, default=0) or 1
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, most * plot / (plot - _NUMBER)]}}
    bar = {
        "mark": {"type": "bar", "height": {"band": 0.68}},
        "data": {"values": values},
        "encoding": {"y": y, "x": x | {"field": "count", "stack": "zero"}, **_coloured(series)},
    }
    number = {
        "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 12, "color": "var(--soft)", "aria": False},
        "data": {"values": sums},
        "encoding": {"y": y, "x": x | {"field": "sum"}, "text": {"field": "sum", "format": ","}},
    }
    return _svg(label, {"height": {"step": _STEP}, "layer": [bar, number]})


def columns(label: str, names: Sequence[str], series: Sequence[Series], unit: str, below: str) -> str:
    """A column for each name, from left to right, its series one above the other; `below` is what the names are."""
    order = unique(names)
    x_axis = {"title": below, "labelAngle": 0, "labelOverlap": "parity", "labelFontSize": 12, "labelSeparation": 8}
    y_axis = {"title": None, "format": "~s", "tickCount": 4, "labelFontSize": 12, "minExtent": 36}
    encoding = {
        "x": {"field": "name", "type": "ordinal", "sort": order, "axis": x_axis},
        "y": {"field": "count", "type": "quantitative", "stack": "zero", "axis": y_axis},
        **_coloured(series),
    }
    mark = {"type": "bar", "width": {"band": 0.82}}
    data = {"values": _values(names, order, series, unit)}
    return _svg(label, {"height": 190, "data": data, "mark": mark, "encoding": encoding})


def grid(
    label: str, rows: Sequence[str], heads: Sequence[str], counts: Mapping[tuple[str, str], int], unit: str
) -> str:
    """A table of squares, the darker the more: `counts` by row and head."""
    down, across = unique(rows, _LABEL * 2 / 3), unique(heads)
    values = [
        {"row": row, "head": head, "count": count, "said": f"{plain(one)}, {plain(other)}: {count:,} {unit}"}
        for one, row in zip(rows, down, strict=True)
        for other, head in zip(heads, across, strict=True)
        if (count := counts.get((one, other), 0))
    ]
    top = {"title": None, "orient": "top", "labelAngle": -35, "labelFontSize": 12}
    places = {
        "y": {"field": "row", "type": "nominal", "scale": {"domain": down}, "axis": _labels(_extent(down))},
        "x": {"field": "head", "type": "nominal", "scale": {"domain": across}, "axis": top},
    }
    depth = {"field": "count", "type": "quantitative", "legend": None, "scale": {"type": "sqrt", "range": [0.14, 1]}}
    square = {
        "mark": {"type": "rect", "color": "var(--damage)", "cornerRadius": 3, "stroke": "var(--card)"},
        "encoding": {**places, "opacity": depth, "description": {"field": "said"}},
    }
    number = {
        "mark": {"type": "text", "fontSize": 12, "color": "var(--ink)", "aria": False},
        "encoding": {**places, "text": {"field": "count", "type": "quantitative", "format": ".2~s"}},
    }
    # The slanted head of the last column leans out to the right.
    padding = {"left": 0, "top": 0, "bottom": 0, "right": 45}
    return _svg(
        label, {"padding": padding, "height": {"step": 30}, "data": {"values": values}, "layer": [square, number]}
    )


def _values(names: Sequence[str], order: Sequence[str], series: Sequence[Series], unit: str) -> list[dict[str, Any]]:
    """A row for each name and series, with the words that stand for the mark."""
    return [
        {
            "name": shown,
            "series": one.name,
            "count": one.counts.get(name, 0),
            "place": place,
            "said": f"{plain(name)}, {one.name}: {one.counts.get(name, 0):,} {unit}",
        }
        for name, shown in zip(names, order, strict=True)
        for place, one in enumerate(series)
    ]


def _coloured(series: Sequence[Series]) -> dict[str, Any]:
    """The encoding that tells series apart, in their order, and gives each mark its words."""
    scale = {"domain": [one.name for one in series], "range": [f"var(--{one.colour})" for one in series]}
    colour: dict[str, Any] = {"field": "series", "type": "nominal", "scale": scale}
    if len(series) == 1:
        colour["legend"] = None
    return {"color": colour, "order": {"field": "place"}, "description": {"field": "said"}}


def _labels(extent: float) -> dict[str, Any]:
    """An axis of names that takes up so much width, whatever its font is measured to be."""
    return {"title": None, "minExtent": extent, "maxExtent": extent}


def _extent(names: Sequence[str]) -> float:
    return max(map(_width, names), default=0) + 12


def _width(text: str) -> float:
    """The width of a label in CSS pixels, at the most."""
    return sum(_FONT * (1 if east_asian_width(char) in "WFA" else _LATIN) for char in text)


def _cut(text: str, width: float) -> str:
    """The text, or its two ends if it is wider than a label may be.

    >>> _cut("www.the-long-name-of-a-site.example.cn", 180)
    'www.the-lo…example.cn'
    """
    if _width(text) <= width:
        return text
    left, right = text[: len(text) // 2], text[len(text) // 2 :]
    while _width(left) + _width(right) > width - _FONT:
        left, right = (left[:-1], right) if _width(left) >= _width(right) else (left, right[1:])
    return f"{left}…{right}"


def unique(names: Iterable[str], width: float = _LABEL) -> list[str]:
    """The names as labels: on one line each, cut if wider than `width`, and numbered where they look the same.

    >>> unique(["甲\\n乙", "甲 乙", ""])
    ['甲 乙', '甲 乙 (2)', '(none)']
    """
    found: list[str] = []
    for name in names:
        shown = _cut(plain(name[:_LONG]), width)
        number = 1
        while shown in found:
            number += 1
            shown = f"{_cut(plain(name[:_LONG]), width)} ({number})"
        found.append(shown)
    return found


def plain(text: str) -> str:
    """The text on one line, without the characters that XML cannot hold or that change the order of others."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split()) or "(none)"


def _svg(label: str, spec: Mapping[str, Any]) -> str:
    """The specification drawn."""
    import vl_convert

    whole = {"width": _WIDTH, "autosize": {"type": "fit-x", "contains": "padding"}, "padding": 0, **spec}
    drawn: str = vl_convert.vegalite_to_svg(whole, config=_CONFIG, allowed_base_urls=[])
    named = f'role="graphics-document" aria-roledescription="chart" aria-label="{escape(label)}" class="marks"'
    # The namespaces are implied in HTML, and look like addresses to whoever searches the page for requests.
    for namespace in ('xmlns="http://www.w3.org/2000/svg" ', 'xmlns:xlink="http://www.w3.org/1999/xlink" '):
        drawn = drawn.replace(namespace, "", 1)
    return drawn.replace('class="marks"', named, 1)
