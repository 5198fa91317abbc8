"""The likeliest encoding of bytes that look like no ordinary Chinese: all codecs are compared, and chardet is asked."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from operator import attrgetter
from typing import NamedTuple

from tasks.decode.charsets import codec_of, marked, text_of
from tasks.decode.cuts import CUT, cheapest_cost
from tasks.decode.score import BAD_BYTE, HANGUL, cost_of, mean_cost
from tasks.expressions import seldom

#: Below this mean cost of the characters beyond ASCII, a decoding without undecodable bytes is ordinary Chinese and no
#: other codec is tried. Right readings of the evaluation texts: 5.7 to 8.0 from 24 characters on; wrong ones: 9.4 up.
CLEAR = 8.0
#: Codecs of units of two and four bytes, those of four first.
WIDE_CODECS = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
# Where the likeliest reading is not ordinary Chinese, or has undecodable bytes, the codecs are judged by their
# cheapest cuts (tasks/decode/cuts.py) over this many bytes, a few milliseconds a codec.
_SEARCHED = 1024
# Of the bytes beyond ASCII, the share that stands in whole characters: of UTF-8 over nine in ten, of others three.
_UTF_8 = seldom(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_UTF_8_LIKE = 0.6
# Where the likeliest cut is dearer than this, in nats per byte, chardet is asked as well. Chinese has 3.2.
_ODD = 3.9
_TORN_CHINESE = ("gb18030", "big5hkscs")  # may have lost a byte beside, which tells in a short text
# chardet's word against windows-1252, in nats; and how near its confidences must lie for windows-1252, the commonest.
_BETWEEN_LATIN = 40.0
_AS_SURE = 0.9
# Cost per byte above which a reading is none: random and compressed bytes have 4.9 to 5.8 in their likeliest reading,
# Chinese 3.2, lists of the rarest hanzi 4.6, single-byte alphabets 3.4 to 4.3.
_NO_TEXT = 4.8
# What a codec must beat the others by, in nats: how much rarer it is among Chinese pages.
_PRIOR = {
    "gb18030": 0.0,
    "utf-8": 0.0,
    "big5hkscs": 0.5,
    "utf-16-le": 1.0,
    "utf-16-be": 1.0,
    "euc-tw": 6.0,
    "euc_jp": 4.0,
    "cp932": 4.0,
    "cp949": 4.0,
    "cp1252": 6.0,
}
_OTHER_PRIOR = 6.0
# A declaration is worth this much: a page that is as likely in its declared encoding as 10^6 to 1 against stays there.
# The more bytes read well in it, the more it is worth, in nats per byte: a wrong one costs 1.2 more.
_DECLARED = 14.0
_DECLARED_EACH = 0.3
# In these a text with so many kana is so much rarer, in nats, than in EUC-JP.
_KANA_TOO = frozenset({"gb18030", "euc-tw", "cp949"})
_KANA = seldom("[\u3041-\u30fe]")
_KANA_SHARE = 0.25
_JAPANESE = 16.0
# Japanese without a single kana is so much rarer, in nats: names and headings.
_NO_KANA = 4.0
_JAPANESE_CODECS = frozenset({"euc_jp", "cp932"})
# One pair of bytes again and again ("哈哈哈", a line of dashes) says what one says.
_REPEATED = seldom(rb"(..)\1{2,}", re.DOTALL)
# Of the syllables of Korean text three in four are among 200; of hanzi that are read so, one in ten.
_SYLLABLE = seldom("[\uac00-\ud7a3]")
_COMMON_SYLLABLE = seldom(f"[{HANGUL}]")
_COMMON_SHARE = 0.4
_NOT_KOREAN = 3.0
_UTF_16 = frozenset({"utf-16-le", "utf-16-be"})
_KOREAN_CODECS = frozenset({"cp949", "johab", *_UTF_16})
_MULTIBYTE = ("gb18030", "big5hkscs", "utf-8", "euc_jp", "cp932", "cp949", "euc-tw", "cp1252")
_ISOLATED = seldom(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_BEYOND_ASCII = bytes(range(0x80, 0x100))
# Of the bytes beyond ASCII, the share that stands alone: English, French and Spanish 1.0 (Polish and Turkish less, and
# they need no help); Big5 at most 0.33 from 12 characters on, GBK 0.0, traditional characters in GBK 0.25.
_ISOLATED_SHARE = 0.75
# So many bytes that stand alone contradict a declaration: of GBK only characters that GB 2312 lacks have one, of Big5
# half of all, so that a page of English with a few words of Chinese may by chance have no other.
_NOT_AS_DECLARED = {"gb18030": 2, "big5hkscs": 8}


class _Reading(NamedTuple):
    """A sample as a codec reads it. In nats: what its characters cost, and what is held against the codec besides: how
    rare it is, that it is not the declared one, that the text is not the language it seems to be in."""

    codec: str
    text: str
    alone: float
    besides: float

    @property
    def cost(self) -> float:
        """What decides: the cheapest reading is the likeliest."""
        return self.alone + self.besides


def likeliest(sample: bytes, declared: str | None) -> tuple[str, float] | None:
    """The likeliest codec and the probability that it is right; None if no reading looks like text.

    First as if no byte were lost; where that gives nothing clear, by the cheapest cuts, and if these are odd as well,
    chardet is asked.

    >>> likeliest("시장에서는 아침마다 생선을 팔고 있다.".encode("cp949"), None)
    ('cp949', 0.99)
    """
    isolated = are_isolated(sample)
    if isolated and declared in _TORN_CHINESE and _beyond_ascii(sample) >= _NOT_AS_DECLARED[declared]:
        declared = None  # English, whose quotation marks are windows-1252
    besides = {codec: _PRIOR.get(codec, _OTHER_PRIOR) for codec in _tried(sample, declared, isolated)}
    if declared in besides:
        besides[declared] -= _credit(sample, declared)
    if not isolated:
        sample = _REPEATED.sub(rb"\1", sample)
    readings = [_reading(sample, codec, against) for codec, against in besides.items()]
    best = min(readings, key=_cost)
    if best.codec == "cp1252" or marked(best.text) or mean_cost(best.text) > CLEAR:
        sample, readings = sample[:_SEARCHED], [_cut(sample, reading) for reading in readings]
        best = min(readings, key=_cost)
        if best.codec != declared and _is_odd(sample, best):
            readings += _chardets(sample, best, besides)
            best = min(readings, key=_cost)
    if best.cost > _NO_TEXT * len(sample) + 2 * BAD_BYTE:
        return None
    margin = min((one.cost for one in readings if one.text != best.text), default=best.cost) - best.cost
    # The model's nats are overconfident, for characters of a text are not independent: a tenth of them is nearer.
    return best.codec, min(0.99, 1 / (1 + math.exp(-margin / 10)))


_cost = attrgetter("cost")


def _tried(sample: bytes, declared: str | None, isolated: bool) -> list[str]:
    """The codecs that are compared."""
    codecs = [*_MULTIBYTE, *(WIDE_CODECS if b"\x00" in sample else WIDE_CODECS[2:])]
    if declared and declared not in codecs:
        codecs.append(declared)
    if not isolated:
        return codecs
    return [codec for codec in codecs if codec not in _MULTIBYTE[:-1] or codec in (declared, "utf-8")]


def _reading(sample: bytes, codec: str, against: float) -> _Reading:
    """A reading as if no byte were lost."""
    text = text_of(sample, codec)
    return _Reading(codec, text, penalised(text), against + _against(codec, text))


def _cut(sample: bytes, reading: _Reading) -> _Reading:
    """A reading of the sample's beginning, by its cheapest cut where that is cheaper."""
    if len(sample) > _SEARCHED:
        sample = sample[:_SEARCHED]
        text = text_of(sample, reading.codec)
        reading = reading._replace(text=text, alone=penalised(text))
    if reading.codec not in CUT or (reading.codec == "utf-8" and not _like_utf8(sample)):
        return reading
    return reading._replace(alone=min(reading.alone, cheapest_cost(sample, reading.codec)))


def _is_odd(sample: bytes, best: _Reading) -> bool:
    """Whether chardet is asked as well."""
    torn = BAD_BYTE if best.codec in _TORN_CHINESE and marked(best.text) else 0.0
    return best.codec == "cp1252" or best.cost > _ODD * len(sample) + torn


def _chardets(sample: bytes, best: _Reading, tried: Collection[str]) -> list[_Reading]:
    """The reading that chardet names, if it is none of those that were tried."""
    codec = _chardet(sample, best.codec)
    if codec in tried:
        return []
    text = text_of(sample, codec)
    # Between two Latin alphabets only chardet can tell; the costs know no words.
    own = _BETWEEN_LATIN if best.codec == "cp1252" else 0.0
    return [_Reading(codec, text, penalised(text), _PRIOR.get(codec, _OTHER_PRIOR) - own)]


def _against(codec: str, text: str) -> float:
    """What a reading costs more than its characters do, for it is not the language that it seems to be in.

    Kana stand at the same codes in EUC-JP, GB18030 and EUC-TW: text that is full of them is Japanese, and in the
    first. Hanzi read as EUC-KR are syllables that Korean hardly has.
    """
    if codec in _KANA_TOO and len(_KANA.findall(text)) > _KANA_SHARE * len(text):
        return _JAPANESE
    if codec in _JAPANESE_CODECS and not _KANA.search(text):
        return _NO_KANA
    if codec in _KOREAN_CODECS and not (codec in _UTF_16 and marked(text)):  # which may be Chinese out of step
        syllables = len(_SYLLABLE.findall(text))
        return 0.0 if len(_COMMON_SYLLABLE.findall(text)) >= _COMMON_SHARE * syllables else _NOT_KOREAN * syllables
    return 0.0


def are_isolated(sample: bytes) -> bool:
    """Whether bytes beyond ASCII stand alone, as in European languages; of hanzi only some of Big5 have one such byte.

    >>> are_isolated("Die Mühle stand still".encode("cp1252")), are_isolated("水車停了".encode("big5"))
    (True, False)
    """
    return len(_ISOLATED.findall(sample)) > _ISOLATED_SHARE * _beyond_ascii(sample)


def _beyond_ascii(sample: bytes) -> int:
    return len(sample) - len(sample.translate(None, _BEYOND_ASCII))


def _like_utf8(sample: bytes) -> bool:
    return sum(map(len, _UTF_8.findall(sample))) >= _UTF_8_LIKE * _beyond_ascii(sample)


def _credit(sample: bytes, declared: str) -> float:
    """What a declaration is worth."""
    return _DECLARED + (0.0 if marked(text_of(sample, declared)) else _DECLARED_EACH * len(sample[:_SEARCHED]))


def _chardet(sample: bytes, otherwise: str) -> str:
    """The codec that chardet names, or `otherwise` if it names none that we have, or is as sure of Western
    European."""
    import chardet

    guesses = chardet.detect_all(sample, ignore_threshold=True)
    named = [(codec_of(guess["encoding"] or ""), guess["confidence"]) for guess in guesses]
    best, confidence = next(((codec, sure) for codec, sure in named if codec), (otherwise, 0.0))
    western = max((sure for codec, sure in named if codec == "cp1252"), default=0.0)
    return otherwise if otherwise == "cp1252" and western >= _AS_SURE * confidence else best or otherwise


def penalised(text: str) -> float:
    """The cost of `text`, in which each undecodable byte is a lone surrogate."""
    bad = len(marked(text))
    return cost_of(text) + bad * (BAD_BYTE - 16.0) if bad else cost_of(text)
