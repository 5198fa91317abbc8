"""Which chain of wrong readings made a passage what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tasks.decode.score import cost_of
from tasks.repair.mojibake.codecs import CP1252_ONLY, LOST, READERS, WRITERS, bytes_of
from tasks.repair.mojibake.passages import Chain, anew, read
from tasks.repair.mojibake.tokens import as_found, piece, pieces, undo
from tasks.repair.mojibake.weigh import advantage

_SAME = {("gbk", "gbk"), ("big5", "big5"), ("eten", "big5")}
_ONCE = [(reader, writer) for writer in WRITERS for reader in READERS if (reader, writer) not in _SAME]
_CODECS = {"gbk": "gb18030", "big5": "big5hkscs"}
# Two characters of UTF-8 on end, also with a byte lost in each.
_CUT = f"[\xe3-\xe9\xef][\x80-\xbf]?[{LOST}? ]+|{LOST}+[\x80-\xbf]{{1,2}}"
_UTF_8 = re.compile(f"(?:[\xc2-\xdf][\x80-\xbf]|[\xe3-\xe9\xef][\x80-\xbf]{{2}}|{_CUT}){{2}}")
# The window in which chains are tried, in characters from a clue on, and a few before it; a chain is tried if the first
# of them are likelier under it. Where a chain of which the page leaves no doubt explains something, no other is tried.
WINDOW = 48
_BEFORE = 3
_FIRST = 16
_SHORT = 8
# A second wrong reading is looked for beneath UTF-8 of which this share of the characters is whole.
_WHOLE = 0.7
# Each time makes a text twice as long, and the window holds four hanzi that were misread thrice, two beyond that.
_LATIN, _MOST_TIMES = ("latin", "utf8"), 4
# What loses so many characters that a closer look at the first of them may show nothing: from so many marks on.
_TORN: tuple[Chain, ...] = ((("gbk", "big5"),), (("eten", "gbk"),), (("big5", "gbk"),))
_MANY = 4
# Takes away what Latin-1 and Windows-1252 make of single bytes.
_NOT_SINGLE = dict.fromkeys((*range(0x100), *map(ord, CP1252_ONLY), ord(LOST)))
# What a reader makes of a third of all bytes of Chinese text and more: without any of it, it has not read the text.
_SHOWS = {
    "latin": re.compile(f"[\x80-\u07ff{CP1252_ONLY}]"),
    "sjis": re.compile("[\uff61-\uff9f]"),
    "euckr": re.compile("[\uac00-\ud7a3]"),
}
# The first byte of a character beyond ASCII that was written as UTF-8 and read as Latin-1 twice.
_LEAD = re.compile(f"\xc3[\x80-\xbf{CP1252_ONLY}]")


def name(chain: Chain, before: str) -> str:
    """The chain as the kind of an edit, the first reading first.

    >>> name((("gbk", "utf8"),), "鐢ㄦ埛"), name((("latin", "utf8"), ("gbk", "utf8")), "å¨“æ“ƒ")
    ('utf8_as_gbk', 'utf8_as_gbk_then_utf8_as_cp1252')
    """
    latin = "cp1252" if any(char in before for char in CP1252_ONLY) else "latin1"
    if chain[0][0] == "latin" and chain[0][1] != "utf8" and before.translate(_NOT_SINGLE):
        latin = f"utf8_or_{latin}"
    named = {"latin": latin}
    return "_then_".join(f"{writer}_as_{named.get(reader, reader)}" for reader, writer in reversed(chain))


def best_chain(line: str, at: int, known: Iterable[Chain] = ()) -> Chain | None:
    """The chain under which most is gained around `line[at]`, or None if that is best left as it is.

    >>> best_chain("标题：鐢ㄦ埛", 3), best_chain("用户今天下午", 0)
    ((('gbk', 'utf8'),), None)
    """
    window = line[max(at - _BEFORE, 0) : at + WINDOW]
    return (
        _best(window, known)
        or _best(window, _likely(line[at : at + _SHORT], window[:_FIRST]))
        or _best(window, _latin_again(window))
        or (_best(window, _TORN) if window.count(LOST) >= _MANY else None)
    )


def _best(window: str, chains: Iterable[Chain]) -> Chain | None:
    best: tuple[float, Chain] | None = None
    for chain in dict.fromkeys(chains):
        found = sum(passage.gain for passage in read(window, chain, deduce=False))
        if found > 0 and (best is None or found > best[0]):
            best = found, chain
    return best[1] if best else None


@lru_cache(maxsize=1024)  # a site's pages repeat their rows, and the rare characters in them
def _likely(short: str, start: str) -> tuple[Chain, ...]:
    """The chains that are worth a closer look."""
    return tuple(_worth_a_look(short, start))


def _worth_a_look(short: str, start: str) -> Iterator[Chain]:
    beside = {reader for reader, sign in _SHOWS.items() if not sign.search(start)}
    for reader, writer in _ONCE:
        if reader in beside or not could_be(short, reader, writer):
            continue
        found = list(pieces(start, reader, writer))
        if advantage(start, found) > 0:
            yield ((reader, writer),)
        if writer == "utf8" and _is_whole([text for _, _, text, _ in found]):
            tokens = undo(as_found(start), reader, writer)
            for inner in _ONCE:
                if advantage(start, map(piece, undo(tokens, *inner))) > 0:
                    yield ((reader, writer), inner)


def could_be(short: str, reader: str, writer: str) -> bool:
    """Whether the bytes of a few characters look like the writer's, at a hundredth of what a closer look costs."""
    raw = short.translate(bytes_of(reader, writer))
    if writer == "utf8":
        return _UTF_8.search(raw) is not None
    if LOST in raw:
        return True
    known = raw.encode("latin-1", "ignore")
    if 3 * (len(raw) - len(known)) > len(short):
        return False  # most of it are characters that the reader cannot have made
    return cost_of(known.decode(_CODECS[writer], "ignore")) < _cost_as_found(short)


@lru_cache(maxsize=16)  # each pair of codecs is tried on the same characters
def _cost_as_found(short: str) -> float:
    return cost_of(short)


def _latin_again(window: str) -> Iterator[Chain]:
    """UTF-8 that was read as Latin-1 or windows-1252 three times and more, as a page that is saved again and again."""
    if not _LEAD.search(window):
        return
    chain: Chain = (_LATIN,) * 2
    tokens = anew(window, chain)
    while len(chain) < _MOST_TIMES and _is_whole([token.text for token in tokens]):
        tokens, chain = undo(tokens, *_LATIN), (*chain, _LATIN)
        yield chain


def _is_whole(texts: Iterable[str]) -> bool:
    beyond = [text for text in texts if text > "\x7f" or not text]
    whole = sum(text not in ("", "\uffff") for text in beyond)
    return whole >= 4 and whole >= _WHOLE * len(beyond)
