"""What a hypothesis is, and what each of its assumptions costs, in the language model's steps."""

from __future__ import annotations

from typing import NamedTuple

from tasks.repair.lm import UNIT

LOST = "?\N{REPLACEMENT CHARACTER}"  # what decoders show for half a character
WIDE_MARKS = "，！？；：（）、"  # full-width marks that sites replace
CLOSE_MARKS = WIDE_MARKS + "。“”"  # marks before and after which a run may end


def nats(value: float) -> int:
    """A cost in the model's steps."""
    return round(value / UNIT)


# What each assumption costs: minus the log of its share, read off damaged pages and tuned on generated ones.
HALF_SHOWN = nats(1.0)  # into a run by a half character that shows as '?' or U+FFFD
HALF_ALONE = nats(9.0)  # and nothing stands after it that halves come to stand before
HALF_ALONE_HERE = nats(14.0)  # the same on a page whose bytes were replaced: none is known to have been lost besides
MARK_SWALLOWED = nats(6.0)  # a half character that swallowed the mark replaced after it
HALF_DROPPED = nats(2.5)  # by one that the decoder dropped, where halves come to stand alone
LEFT_DROPPED = nats(0.3)  # out of a run, likewise
MARK_KNOWN = nats(0.2)  # into a run by a straddling mark, where the page is known to have that mark replaced
MARK_SPACED = nats(1.0)  # and stands with the blank behind it that sites write
MARK_STRADDLED = nats(1.5)  # a replaced mark is made of two halves
ASCII_FOLDED = nats(4.0)  # an ASCII character was a full-width one, and no mark
BYTE_LOST = nats(9.0)  # a byte lost anywhere, with nothing to show for it
MARK_ADDED = nats(4.5)  # 0xA1 before a full-width mark: a site's fault that shows as '。'
PAIR_DELETED = nats(0.0)  # asked only where the halves around it make no sense, which costs enough by itself
DELETED_AGAIN = nats(2.0)  # a second pair beside it: any character at all can be put in so
SPLICE_KEPT = nats(0.5)  # a splice reads as it should
GLOSS = nats(9.0)  # a reading in brackets that is not the host's
REMNANT = nats(25.0)  # what is left of a splice after half a character: nobody writes so
FOREIGN = nats(5.0)  # a character of the other script
BARE = nats(2.5)  # a character of the page's table without its splice
UNTABLED = nats(2.0)  # what a splice names is no traditional character, as those of tools' tables are
WIDE = nats(5.0)  # a full-width letter or digit: the model sees one class of them all, in either width
STOPPED = frozenset(" \n。、;:?!")  # the symbols behind which a blank may stand, and no other stop
BLANK, BLANK_HERE = nats(5.0), nats(3.0)  # what a full-width space costs elsewhere, and gains there
STOPS_IN = ",，、。"  # those that stand within a sentence, or end it: behind 。” or ； they cost as much
COMMA_ADDED = nats(3.0)  # a site's comma stands before a stop, which belongs to what is before it
TWOFOLD, ALONE = frozenset("—…"), nats(2.0)  # signs that come in twos, and what one alone costs
STOP_AGAIN = nats(4.0)  # what a stop costs there; commas that sites add stand before some
LETTER, LETTER_MORE = nats(3.5), nats(2.0)  # which letter it is, after no letter and after one: the model knows a class
ABSENT, ABSENT_MARK = nats(0.7), nats(3.5)  # a hanzi, or another character, that the page holds nowhere
PRONOUNS = "他她它"  # whose first bytes are one, and the second near each other
PLAIN_MARKS = frozenset("，。、；：？！")
BALANCED, UNBALANCED = nats(2.0), nats(5.0)  # a quotation mark closes an open one; it closes none, or opens one within
TITLE_BALANCED = nats(7.0)  # the same of 《, which stays open for a few characters
LOOK_BACK = 300  # characters in which an open quotation is looked for
PARTNERS = dict(zip("“”‘’《》「」『』", "”“’‘》《」「』『", strict=True))
OPENING = frozenset("“‘《「『")
LEFT_OPEN = nats(9.0)  # a line ends within a quotation
LEFT_OPEN_TWICE = nats(5.0)  # and the next line opens it anew, as quotations over many lines do
ON_PAGE = 0.15  # how much the page's own pairs of characters count beside the model's
ON_PAGE3 = 0.3  # and its own three characters in a row beside both
HOPELESS = nats(20.0)  # the next two characters together: a second byte may be lost here
UNLIKELY = nats(4.0)  # a character after a deleted pair: there may be a second one
PLAUSIBLE = nats(4.0)  # the next two characters together: no pair is missing between
WIDTH = 24  # hypotheses followed at a position
WIDTH_AT_SPLICE = 60  # the same before a splice, which tells which of them it belongs to
READINGS = 3  # hypotheses kept that are in step and agree on the last two characters
BEAM = nats(15)  # how far behind the best they may lie
PAGE_MEMORY = 20_000  # characters of the page whose pairs of characters are remembered
SUCCESSORS = 100  # characters tried where nothing is known of one
NEAR = nats(6)  # how far behind the best a hypothesis may lie for unknown bytes to be tried
# How wide the search is, tuned on generated and real spans: 60 hypotheses everywhere bring no more than 24.
FANS = 4  # hypotheses at a position for which unknown bytes are tried
DELETED_RANK = 3  # and for which a deleted pair is
FAN = 12  # readings followed of an unknown byte
FAN_DELETED = 24  # the same before a deleted pair, which says nothing of the second byte
IN_STEP, UNKNOWN = 0, -1


class Segment(NamedTuple):
    """`text[start:end]` was read as `after`. `kind` says how, and `byte` which byte was lost or added (else 0)."""

    before: tuple | None  # type: ignore[type-arg]  # the segment before it: a plain tuple of the same fields
    start: int
    end: int
    after: str
    kind: str
    byte: int


# How a stretch was read: its segment's kind. `SPLICE_OF` is followed by the character that the splice names.
AS_SEEN, SPLICED, SHIFTED, NAMED = "as seen", "splice", "shifted", "named trail"
LOST_HALF, LOST_LEAD, LOST_TRAIL, LOST_BOTH = "lost half", "lost lead", "lost trail", "lost both, trail"
DELETED, DOUBLED, ADDED, SPLICE_OF = "deleted", "doubled", "added", "splice of "

# cost, held (IN_STEP, a lead byte, UNKNOWN, or minus the known first byte of a deleted pair), the last two symbols, the
# last character, the last segment. Plain tuples: thousands are made for a span.
Hyp = tuple[int, int, str, str, str, tuple | None]  # type: ignore[type-arg]
