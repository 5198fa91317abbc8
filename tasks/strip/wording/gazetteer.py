"""The gazetteer of the country's counties, districts and cities, abolished ones among them (tools/make_places.py)."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from pathlib import Path


@cache
def gazetteer() -> tuple[list[str], list[frozenset[str]], frozenset[str]]:
    """Names in order, the provinces of each, and the names of counties and districts (tools/make_places.py)."""
    provinces: dict[str, set[str]] = {}
    counties: set[str] = set()
    source = Path(__file__).parents[1] / "data" / "places.txt"
    for line in source.read_text(encoding="utf-8").splitlines():
        province, level, *names = line.split(" ")
        for name in names:
            provinces.setdefault(name, set()).add(province)
        if level == "c":
            counties.update(names)
    names = sorted(provinces)
    return names, [frozenset(provinces[name]) for name in names], frozenset(counties)


def provinces_of(word: str) -> frozenset[str]:
    """The provinces (first two digits of their codes) with a place whose name is or begins with `word`.

    >>> sorted(provinces_of("海阳市")), sorted(provinces_of("畹町")), sorted(provinces_of("很久"))
    (['37'], ['53'], [])
    """
    names, provinces, _ = gazetteer()
    at = bisect_left(names, word)
    found: set[str] = set()
    while at < len(names) and names[at].startswith(word):
        found |= provinces[at]
        at += 1
    return frozenset(found)
