"""The pages that speed is measured on: the evaluation's own texts, their sentences in ever new order."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Literal

from evals.corpus import own
from evals.damage import damage
from evals.tables import draw_damage
from tasks.records import Media, Page

_SEED = 20261122
_SENTENCE = re.compile("[^。！？\n]+[。！？]?[”」』]?")
# What crawled pages hold beside Chinese text: brackets, question marks, words and numbers in ASCII, addresses.
_ODDS = (
    "（见附表）",
    "(试行)",
    "——这可能吗?",
    "GDP增长5.2%，",
    "共1,280人（含志愿者36人），",
    "详见https://www.example.cn/list?id=27&page=3。",
    "采用Linux系统，",
    "“为什么不呢？”",
    "10:30至11:45；",
    "价格：￥19.90；",
)
Script = Literal["Hans", "Hant"]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Pages of one kind. `script` is what most of their text is in; `chars` counts the characters of their texts."""

    name: str
    pages: tuple[Page, ...]
    texts: tuple[str, ...]

    @property
    def chars(self) -> int:
        """Code points of all texts."""
        return sum(map(len, self.texts))


def sentences(script: Script) -> list[str]:
    """The sentences of the evaluation's texts in a script."""
    return [found[0] for passage in own() if passage.script == script for found in _SENTENCE.finditer(passage.text)]


def _text(random: Random, stock: list[str], size: int, odds: float) -> str:
    """Paragraphs of two to five sentences, `size` characters of them; `odds` is how often an oddity stands between."""
    parts: list[str] = []
    length = 0
    while length < size:
        for _ in range(random.randrange(2, 6)):
            parts.append(random.choice(stock))
            if random.random() < odds:
                parts.append(random.choice(_ODDS))
            length += len(parts[-1])
        parts.append("\n")
    return "".join(parts)[: size - 1] + "\n"


def healthy(script: Script, size: int, count: int, odds: float = 0.0) -> list[str]:
    """`count` texts of `size` characters.

    >>> [len(text) for text in healthy("Hant", 300, 2)]
    [300, 300]
    """
    random, stock = Random(f"{_SEED} {script} {size}"), sentences(script)
    return [_text(random, stock, size, odds) for _ in range(count)]


def mixed(size: int, count: int) -> list[str]:
    """Texts of which every other paragraph is in the other script."""
    pairs = zip(healthy("Hans", size, count), healthy("Hant", size, count), strict=True)
    return ["\n".join(chain(*zip(one.split("\n"), other.split("\n"), strict=False)))[:size] for one, other in pairs]


def damaged(size: int, count: int) -> list[str]:
    """Texts damaged as the evaluation's are: splices, and marks put where they set the rest out of step."""
    random = Random(_SEED)
    texts = healthy("Hant", size, count)
    return [damage(text, draw_damage(random, "marks", "Hant"), random.randrange(2**32)).text for text in texts]


def _pages(texts: list[str], encode: Callable[[str], bytes], media: Media) -> Iterator[Page]:
    for number, text in enumerate(texts):
        yield Page(f"{number:05d}.txt", encode(text), media)


def _html(text: str) -> bytes:
    title, *rest = text.split("\n")
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in rest)
    menu = "".join(f'<li><a href="/{number}.html">栏目{number}</a></li>' for number in range(20))
    head = f'<head><meta charset="utf-8"><title>{html.escape(title[:30])}</title></head>'
    heading = f"<h1>{html.escape(title[:30])}</h1>"
    return f"<!DOCTYPE html><html>{head}<body><ul>{menu}</ul>{heading}{body}</body></html>".encode()


def corpora(scale: float) -> Iterator[Corpus]:
    """All corpora; `scale` multiplies how many pages each has, of which there is always one."""

    def count(pages: int) -> int:
        return max(1, round(pages * scale))

    plans: list[tuple[str, list[str], str]] = [
        ("Hans, short", healthy("Hans", 200, count(200)), "utf-8"),
        ("Hant, short", healthy("Hant", 200, count(200)), "utf-8"),
        ("Hans", healthy("Hans", 3000, count(40)), "utf-8"),
        ("Hant", healthy("Hant", 3000, count(40)), "utf-8"),
        ("mixed scripts", mixed(3000, count(40)), "utf-8"),
        ("marked", healthy("Hans", 3001, count(40), odds=0.3), "utf-8"),
        ("Hans, long", healthy("Hans", 200_000, 1), "utf-8"),
        ("damaged", damaged(4000, count(10)), "utf-8"),
        ("GB18030", healthy("Hans", 3002, count(40)), "gb18030"),
        ("Big5", healthy("Hant", 3002, count(40)), "big5hkscs"),
        # Pipelines take some tenths of a second to set up, which on ten pages is most of their time: always so many.
        ("Hans, many", healthy("Hans", 3003, 200), "utf-8"),
        ("Hant, many", healthy("Hant", 3003, 200), "utf-8"),
        ("damaged, many", damaged(2000, 40), "utf-8"),
    ]
    for name, texts, codec in plans:
        pages = _pages(texts, lambda text, codec=codec: text.encode(codec, "replace"), Media.TEXT)  # type: ignore[misc]
        yield Corpus(name, tuple(pages), tuple(texts))
    texts = healthy("Hans", 3003, count(40))
    yield Corpus("HTML", tuple(_pages(texts, _html, Media.HTML)), tuple(texts))
