"""Passages of a line that are believed to be mis-decoded: what they said, and what of it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tasks.decode.score import cost_of, mean_cost
from tasks.repair.mojibake.clue import clues
from tasks.repair.mojibake.codecs import LOST, READERS, WALL, strictly
from tasks.repair.mojibake.lost import deduced
from tasks.repair.mojibake.stretches import by_stretches
from tasks.repair.mojibake.tokens import UNMARKED, Token, as_found, undo
from tasks.repair.mojibake.weigh import SEAMS, found_cost, passages, surprise
from tasks.script.tables import HANZI

# By how many nats what is read anew must be likelier than what was found; and what it may cost a character beyond
# ASCII. Chinese costs 4 to 6.5 by the language model, other scripts and disorder 9 and more.
MARGIN = 18.0
ORDINARY = 9.5
# Pairs of bytes are characters whatever they are: what they gain must be so much for each character. Random hanzi are
# 1.5 nats likelier than random letters with marks, half-width kana or rare hanzi.
_EACH = 2.0
# Signs of Latin-1 alone may be meant: 45°±½° gains 19 nats, two hanzi of GBK gain 29 and three 39.
_SIGNS = frozenset(chr(code) for code in range(0xA0, 0xC0)) | {"×", "÷"}
_SIGNS_ALONE = 35.0
# A line that is read at once must be as ordinary as this by single characters: healthy text costs 5.7 to 8.
_EVERYDAY = 8.0
# At most this share of the characters may be lost.
_MOST_LOST = 0.85
_MOST_LOST_UTF_8 = 0.95
# Where more than this share is lost, nothing is deduced: what is left is no context. At three lost in four, 5 in 100
# were wrong, at less than half 1 in 1,000.
_MOST_DEDUCED = 0.5
# Passages that so many tokens lie between may be one; not where a cell ends.
_BETWEEN = 24
_ONE_RARE = 4.0
_SEPARATE = frozenset({"\t", "|", WALL})
# By so many characters a passage may be longer than single characters say.
_MORE = 4
# What no passage says: what no byte made, and line ends.
_NEVER = (WALL, "\n", "\r", "\x85", "\u2028", "\u2029")
#: What was done to the text, the last first: (reader, writer) says that `reader` read what `writer` had written.
Chain = tuple[tuple[str, str], ...]
_UTF_8 = [((reader, "utf8"),) for reader in READERS]
_CHINESE = re.compile(f"[{HANZI}\u3000-\u303f\uff00-\uffef“”‘’…—·]")


@dataclass(frozen=True, slots=True)
class Passage:
    """`line[start:end]`, the tokens that it is read as, by how many nats that is likelier, and what is likely lost.

    `lost` has, by position in `tokens`, the likeliest character and its lead over the next in nats.
    """

    start: int
    end: int
    tokens: tuple[Token, ...]
    gain: float
    lost: dict[int, tuple[str, float]]


def read(line: str, chain: Chain, margin: float = MARGIN, deduce: bool = True) -> list[Passage]:
    """The passages of `line` that are better read with `chain` undone, by `margin` nats at least.

    >>> [passage] = read("标题：鐢ㄦ埛鐧诲綍", (("gbk", "utf8"),))
    >>> passage.start, "".join(token.text for token in passage.tokens)
    (3, '用户登录')
    """
    tokens = anew(line, chain)
    found: list[Passage] = []
    for first, last in _joined(tokens, passages(line, tokens), len(tokens) if chain[-1][1] == "utf8" else _BETWEEN):
        done = found[-1].end if found else 0
        passage = _weighed(line, tokens[first:last], chain)
        if passage and passage.gain >= max(margin, _least(line, passage, chain)) and passage.start >= done:
            wider = [_weighed(line, tokens[a:b], chain) for a, b in _wider(tokens, first, last)]
            longer = [other for other in wider if other and other.start >= done and other.gain > passage.gain]
            found.append(max(longer, key=lambda other: other.gain, default=passage))
    return [_with_lost(passage, chain) for passage in found] if deduce and len(chain) == 1 else found


def _least(line: str, passage: Passage, chain: Chain) -> float:
    """What must be gained by a passage at least, whatever is known of the page."""
    if chain[-1][1] == "utf8":
        return 0.0
    signs = all(char in _SIGNS for char in line[passage.start : passage.end])
    return max(_SIGNS_ALONE * signs, _EACH * sum(bool(each.text) for each in passage.tokens))


def _joined(tokens: Sequence[Token], spans: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Spans that reach over what lies between them, and up to the ends of the line, if those are no more than `most`
    tokens that lost characters and are ordinary when read anew: what is left of such looks like other scripts."""
    joined: list[tuple[int, int]] = []
    done = 0
    for first, last in spans:
        begin = next((at for at in range(first, done, -1) if tokens[at - 1].text in _SEPARATE), done)
        if _is_between(tokens[begin:first], most):
            first = joined.pop()[0] if joined and begin == done else begin
        joined.append((first, last))
        done = last
    end = next((at for at in range(done, len(tokens)) if tokens[at].text in _SEPARATE), len(tokens))
    if joined and _is_between(tokens[done:end], most):
        joined[-1] = joined[-1][0], end
    return joined


def _is_between(tokens: Sequence[Token], most: int) -> bool:
    if not 0 < len(tokens) <= most or not any(LOST in token.raw for token in tokens):
        return False
    costs = [token.cost for token in tokens if token.text > "\x7f"]
    return sum(costs) <= _EVERYDAY * len(costs) + _ONE_RARE and not any(
        token.text in _SEPARATE or token.cost in UNMARKED for token in tokens
    )


def all_of(line: str, chain: Chain, deduce: bool = True) -> Passage | None:
    """A line that a chain of the page explains from end to end, with whole stretches as one token each.

    >>> all_of("用户登录", (("gbk", "utf8"),)) is None
    True
    >>> [token.text for token in all_of("鐢ㄦ埛鐧诲綍锛屼粖澶╀笅闆�", (("gbk", "utf8"),)).tokens]
    ['用户登录，今天下', '']
    """
    tokens = _at_once(line, chain)
    after = "".join(token.text for token in tokens)
    if not after or after == line or len(_CHINESE.findall(after)) < 2 or mean_cost(after) > _EVERYDAY:
        return None
    gone = sum(not token.text for token in tokens)
    if gone > (_MOST_LOST_UTF_8 if chain in _UTF_8 else _MOST_LOST) * (len(after) + gone) or clues(after):
        return None
    gained = cost_of("".join(line[token.start : token.end] for token in tokens if token.text)) - cost_of(after)
    each = 0.0 if chain[-1][1] == "utf8" else _EACH * len(after)
    if gained < max(MARGIN, each):
        return None
    passage = Passage(tokens[0].start, tokens[-1].end, tuple(tokens), gained, {})
    return _with_lost(passage, chain) if deduce and len(chain) == 1 else passage


def _at_once(line: str, chain: Chain) -> list[Token]:
    """The tokens of a line that is whole, or lost bytes beside stretches that are; none where it is something else."""
    if LOST not in line and (after := strictly(line, chain)) is not None:
        return [Token(after, 0, len(line), True, True, "", 0.0)]
    tokens = by_stretches(line, chain[0][0]) if chain in _UTF_8 else anew(line, chain)
    if not tokens or any(token.text == WALL or token.cost in UNMARKED for token in tokens):
        return []
    first, last = 0, len(tokens)
    while first < last and not (tokens[first].text or tokens[first].raw.strip(LOST)):
        first += 1
    while first < last and not (tokens[last - 1].text or tokens[last - 1].raw.strip(LOST)):
        last -= 1
    return tokens[first:last]


def _with_lost(passage: Passage, chain: Chain) -> Passage:
    gone = sum(not token.text for token in passage.tokens)
    if not 0 < gone <= _MOST_DEDUCED * len(passage.tokens):
        return passage
    return replace(passage, lost=deduced(passage.tokens, *chain[0]))


def _wider(tokens: Sequence[Token], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The span with up to a few tokens more on either side: single characters may be commoner in the wrong reading."""
    before, after = first, last
    while before > 0 and first - before < _MORE and tokens[before - 1].text not in ("", *SEAMS):
        before -= 1
        yield before, last
    while after < len(tokens) and after - last < _MORE and tokens[after].text not in ("", *SEAMS):
        after += 1
        yield first, after
    if before < first and after > last:
        yield before, after


def anew(line: str, chain: Chain) -> list[Token]:
    """The tokens of `line` with a chain undone."""
    tokens = as_found(line)
    for reader, writer in chain:
        tokens = undo(tokens, reader, writer)
    return tokens


def _trimmed(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without ASCII and losses at the ends, and without a token that shares a character with what is outside."""
    first, last = 0, len(tokens)
    while first < last and (_is_idle(tokens[first]) or not tokens[first].head):
        first += 1
    while last > first and (_is_idle(tokens[last - 1]) or not tokens[last - 1].tail):
        last -= 1
    return tokens[first:last]


def _is_idle(token: Token) -> bool:
    """Whether a token says nothing: ASCII as found, or a loss of which no byte is known."""
    return ("\x00" < token.text < "\x80") or (not token.text.strip(WALL) and not token.raw.strip(LOST))


def _weighed(line: str, tokens: Sequence[Token], chain: Chain) -> Passage | None:
    tokens = _trimmed(tokens)
    if not tokens:
        return None
    start, end = tokens[0].start, tokens[-1].end
    after = "".join(token.text for token in tokens)
    beyond = sum(char > "\x7f" for char in after)
    if any(mark in after for mark in _NEVER) or len(_CHINESE.findall(after)) < 2:
        return None
    cost = surprise(after)
    gone = sum(not token.text for token in tokens)
    if gone > beyond and chain in _UTF_8:  # what is left are no neighbours, and UTF-8 as it is looks like nothing else
        cost = min(cost, sum(token.cost for token in tokens if token.text))
    if cost > ORDINARY * beyond + 4.0 * (len(after) - beyond) + 8.0:
        return None
    if gone > (_MOST_LOST_UTF_8 if chain in _UTF_8 else _MOST_LOST) * (beyond + gone):
        return None
    before = "".join(line[token.start : token.end] for token in tokens if token.text)
    return Passage(start, end, tuple(tokens), found_cost(before) - cost, {})
