"""A chart of cost against size as SVG, drawn by hand: a handful of lines needs no library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from benchmarks.growth import Growth

_WIDTH, _HEIGHT, _MARGIN = 720, 420, 64
_COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#9c6b4e")


def chart(found: Sequence[Growth]) -> str:
    """Microseconds a thousand characters by size of page; a linear stage is a level line.

    >>> chart([Growth("repair", (10, 100), (5.0, 4.0))]).count("<polyline")
    1
    """
    sizes = found[0].sizes
    top = max(cost for one in found for cost in one.costs)

    def at(size: int, cost: float) -> tuple[float, float]:
        along = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
        return _MARGIN + along * (_WIDTH - 3 * _MARGIN), _HEIGHT - _MARGIN - cost / top * (_HEIGHT - 2 * _MARGIN)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_MARGIN}" y="24">µs per 1,000 characters, by characters of the page</text>',
    ]
    for size in sizes:
        x, y = at(size, 0)
        parts.append(f'<text x="{x:.0f}" y="{y + 20:.0f}" text-anchor="middle">{size:,}</text>')
    for share in (0.0, 0.5, 1.0):
        x, y = at(sizes[0], share * top)
        parts.append(f'<path d="M{x:.0f} {y:.1f}H{_WIDTH - 2 * _MARGIN}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 8:.0f}" y="{y + 4:.1f}" text-anchor="end">{share * top:.0f}</text>')
    for one, colour in zip(found, _COLOURS, strict=False):
        places = [at(size, cost) for size, cost in zip(one.sizes, one.costs, strict=True)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x, y = places[-1]
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 4:.1f}" fill="{colour}">{escape(one.stage)}</text>')
    return "\n".join([*parts, "</svg>\n"])
