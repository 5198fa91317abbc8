"""Which chain of wrong readings made a passage what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tasks.repair.mojibake.codecs import CP1252_ONLY, READERS, WRITERS
from tasks.repair.mojibake.passages import Chain, read
from tasks.repair.mojibake.tokens import Token, as_found, undo
from tasks.repair.mojibake.weigh import advantage

_SAME = {("gbk", "gbk"), ("big5", "big5"), ("eten", "big5")}
_ONCE = [(reader, writer) for writer in WRITERS for reader in READERS if (reader, writer) not in _SAME]
# The window in which chains are tried; the first of its characters must gain under a chain, in nats.
WINDOW = 48
_FIRST = 16
_LEAST_GAIN = 2.0
# A second wrong reading is looked for beneath UTF-8 of which this share of the characters is whole.
_WHOLE = 0.7


def name(chain: Chain, before: str) -> str:
    """The chain as the kind of an edit, the first reading first.

    >>> name((("gbk", "utf8"),), "鐢ㄦ埛"), name((("latin", "utf8"), ("gbk", "utf8")), "å¨“æ“ƒ")
    ('utf8_as_gbk', 'utf8_as_gbk_then_utf8_as_cp1252')
    """
    latin = "cp1252" if any(char in before for char in CP1252_ONLY) else "latin1"
    named = {"latin": latin}
    return "_then_".join(f"{writer}_as_{named.get(reader, reader)}" for reader, writer in reversed(chain))


def best_chain(window: str, known: Iterable[Chain] = ()) -> Chain | None:
    """The chain under which most of `window` is gained, or None if it is best left as it is.

    >>> best_chain("鐢ㄦ埛"), best_chain("娴犲﹥妫╂稉瀣？"), best_chain("用户今天下午")
    ((('gbk', 'utf8'),), None, None)
    """
    best: tuple[float, Chain] | None = None
    for chain in (*known, *_likely(window)):
        found = sum(passage.gain for passage in read(window, chain))
        if found > 0 and (best is None or found > best[0]):
            best = found, chain
    return best[1] if best else None


def _likely(window: str) -> Iterator[Chain]:
    """The chains that are worth a closer look."""
    start = window[:_FIRST]
    first = as_found(start)
    for reader, writer in _ONCE:
        tokens = undo(first, reader, writer)
        if advantage(start, tokens) > _LEAST_GAIN:
            yield ((reader, writer),)
        if writer == "utf8" and _is_whole(tokens):
            for inner in _ONCE:
                if advantage(start, undo(tokens, *inner)) > _LEAST_GAIN:
                    yield ((reader, writer), inner)


def _is_whole(tokens: list[Token]) -> bool:
    beyond = [token for token in tokens if token.text > "\x7f" or not token.text]
    whole = sum(token.text not in ("", "\uffff") for token in beyond)
    return whole >= 4 and whole >= _WHOLE * len(beyond)
