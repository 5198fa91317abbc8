"""Which encoding a page is in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tasks.decode.charsets import continued, marked, text_of
from tasks.decode.cuts import CUT, cheapest_cost
from tasks.decode.declared import marked_codec
from tasks.decode.likeliest import CLEAR, WIDE_CODECS, are_isolated, likeliest, penalised
from tasks.decode.mixed import commonest_codec
from tasks.decode.score import beyond_ascii, cost_of, mean_cost
from tasks.expressions import seldom
from tasks.records import Evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """The codec chosen, what decided it, and the probability that it is right; `skip` bytes of byte order mark.

    `text` is the text, where it had to be decoded to decide; else None. `sound` is what `charsets.whole` gives, where
    half of it had to be.
    """

    codec: str
    evidence: Evidence
    confidence: float
    skip: int = 0
    text: str | None = None
    sound: str | None = None


# How many bytes are judged: 1,300 hanzi or more, 100 times what a decision needs, at about 0.5 ms a codec.
_SAMPLE = 4096
# So many characters of a reading that is ordinary Chinese need no other tried.
_CLEAR_CHARACTERS = 24
# Of a long sample every fifth character decides, if it has so many beyond ASCII and their mean cost, 0.06 nats off as a
# rule and at most 0.52 in 2,400 samples, is not so near the limit: the rest costs time and says the same.
_EACH, _TELLING, _NEAR = 5, 200, 0.5
# Before all codecs are, the three that Chinese pages are in are tried so on half of that. Right cuts: 3.1 to 3.6 nats
# per byte, for UTF-8 2.2 to 2.6; wrong ones 4.2 up, but for Japanese, whose kana stand at the same codes in EUC-JP.
_SEARCHED_FIRST = 512
# Text shorter than that must be so much clearer, in nats per byte, and no shorter than so many bytes.
_CLEARER = 0.15
_SEARCHED_LEAST = 64
_CHEAP = {"utf-8": 2.9, "gb18030": 3.9, "big5hkscs": 3.9, "utf-16-le": 3.9, "utf-16-be": 3.9}
# Of what starts with the first byte beyond ASCII, the share that must be hanzi of UTF-8 for it to be worth a search.
_UTF_8_HANZI = seldom(rb"[\xe3-\xe9][\x80-\xbf]{2}")
_UTF_8_SHARE = 0.4
# Of the characters of misread UTF-8, the share that are bytes of its hanzi: all but punctuation, in a sentence four in
# five. What happens to be valid has hardly one.
_MISREAD_SHARE = 0.5
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_KANA = seldom("[\u3041-\u30fe]")
_KANA_SHARE = 0.02
# What HZ and ISO-2022 read must look like, or the escapes are part of a text that is ASCII: no dearer than a list of
# rare characters, and hardly damaged.
_PLAUSIBLE = 9.5
_DAMAGED_SHARE = 0.2
# Of such a page at most this share of bytes is beyond ASCII, by bits that were flipped on the way.
_FLIPPED_SHARE = 0.005
# The share of zero bytes above which a page cannot be in a multibyte encoding; stray ones are below it, and so is
# UTF-16 with hardly any ASCII, which `_looks_wide` knows.
_ZERO_SHARE = 0.04
_ZERO_CHARACTERS = 8  # in UTF-32 that is read as UTF-16 every second character is zero, in text hardly one
# Cost per byte below which UTF-16 or UTF-32 is worth comparing: Chinese in UTF-16 has 3.2, other encodings read so 4.5
# up.
_WIDE = 4.2
_UTF_16 = ("utf-16-le", "utf-16-be")
# What another reading must gain, in nats, for a mark to be wrong: four characters' worth.
_CONTRADICTED = 40.0
_CHINESE = ("utf-8", "gb18030", "big5hkscs")
_MULTIBYTE_STRICT = frozenset({*_CHINESE, "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})
_CONTROLS = seldom(rb"[\x01-\x08\x0e-\x1a]")
_HIGH_RUN = seldom(rb"[\x80-\xff][^\n]*")
_THREE_BYTES = re.compile(rb"[\xe0-\xff]")
_ESCAPES = (
    (seldom(rb"~\{(?:[!-w][!-~]){2}"), "hz"),
    (seldom(rb"\x1b\$\)[AEG]"), "iso-2022-cn"),
    (seldom(rb"\x1b\$\)C"), "iso2022_kr"),
    (seldom(rb"\x1b\(I"), "iso2022_jp_ext"),
    (seldom(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([IJ])"), "iso2022_jp_2"),
)
# HZ of which the only ~{ lost a byte: so many pairs up to a ~}, and they read as ordinary Chinese.
_TORN_HZ = seldom(rb"[~{](?:[!-w][!-~]){5}[!-~]*~\}")


def detect(raw: bytes, declared: str | None) -> Verdict | None:
    """Decide the encoding of `raw`, which is not empty; None if it looks like text in no encoding.

    `declared` is the codec that the transport or markup names, or None.

    First match wins:
    1. a byte order mark, unless the text is ordinary Chinese in another encoding and in this one none;
    2. ASCII, with the escapes of HZ and ISO-2022 read where they stand;
    3. valid UTF-8, unless all of it is two-byte characters and another reading is far likelier; and what would be 2 but
       for a few flipped bits;
    4. the declared codec, where its text is ordinary Chinese, then GB18030 and Big5 (or UTF-16 and UTF-32, where there
       are too many zero bytes for these) on the same condition;
    5. UTF-8, GB18030 or Big5, or UTF-16, where it is ordinary Chinese but for a few lost bytes;
    6. UTF-8, GB18030 or Big5, where nearly each line, or text between tags, is ordinary Chinese in one of them;
    7. the likeliest reading of all, a declaration counting for it, with chardet's guess among them when all look odd.

    >>> detect("春天来了，山上的桃花都开了。".encode("gbk"), None).codec
    'gb18030'
    """
    if mark := marked_codec(raw):
        return _contradicted(raw, mark, declared) or Verdict(mark[0], Evidence.BOM, 1.0, mark[1])
    # To look for one takes a twentieth of the time that it takes to count them.
    wide = raw.find(b"\x00", 0, _SAMPLE) >= 0 and raw.count(b"\x00", 0, _SAMPLE) > _ZERO_SHARE * min(len(raw), _SAMPLE)
    if not wide and raw.isascii():
        if _CONTROLS.search(raw, 0, _SAMPLE) and _looks_wide(raw):  # Thai, with hardly a space
            return _likeliest(raw[:_SAMPLE], declared)
        return _seven_bit(raw, declared) or Verdict("ascii", Evidence.VALID, 1.0)
    if not wide and (text := _utf8(raw)) is not None and not _two_byte_accident(raw):
        evidence = Evidence.DECLARED if declared == "utf-8" else Evidence.VALID
        return Verdict("utf-8", evidence, 1.0, text=text)
    if not wide and (found := _flipped_seven_bit(raw, declared)):
        return found
    sample = raw[:_SAMPLE] if wide else _sample(raw)
    first = WIDE_CODECS if wide else _CHINESE
    # Of an alphabet any bytes are letters, and servers that know no better declare windows-1252: it must be likelier.
    if clear := _clear_one(raw, sample, (declared, *first) if declared in CUT else first, declared):
        return clear
    if not wide and _looks_wide(raw):
        wide, sample = True, raw[:_SAMPLE]
        if clear := _clear_one(raw, sample, WIDE_CODECS[2:], declared):
            return clear
    damaged = WIDE_CODECS[2:] if wide or are_isolated(sample) else (*_CHINESE, *WIDE_CODECS[2:])
    if len(sample) >= _SEARCHED_LEAST and (torn := _damaged_one(sample[:_SEARCHED_FIRST], damaged)):
        return Verdict(torn, Evidence.DECLARED if torn == declared else Evidence.DETECTED, 0.99)
    if not wide and (commonest := commonest_codec(sample)):
        return Verdict(commonest, Evidence.DETECTED, 0.99)
    return _likeliest(sample, declared)


def _contradicted(raw: bytes, mark: tuple[str, int], declared: str | None) -> Verdict | None:
    """What a page is in whose mark, put there by a program that did not look, says UTF-8 or UTF-16, and which is
    nothing of the kind; None where the mark is right."""
    codec, skip = mark
    sample = raw[skip : skip + _SAMPLE]
    text = _begun(sample, codec)[0] if sample else ""
    if text is not None and mean_cost(text) < _PLAUSIBLE:
        return None
    found = detect(raw[skip:], declared)
    if found is None or found.codec not in (*_CHINESE, *_UTF_16) or found.codec == codec:
        return None
    other = text_of(sample, found.codec)
    gained = penalised(text_of(sample, codec)) - penalised(other)
    return replace(found, skip=skip) if gained > _CONTRADICTED and mean_cost(other) < CLEAR else None


def _likeliest(sample: bytes, declared: str | None) -> Verdict | None:
    if best := likeliest(sample, declared):
        return Verdict(best[0], Evidence.DECLARED if best[0] == declared else Evidence.DETECTED, best[1])
    return None


def _clear_one(raw: bytes, sample: bytes, codecs: Iterable[str], declared: str | None) -> Verdict | None:
    """The first codec in which the sample of a page is ordinary Chinese without a byte that is none."""
    for codec in codecs:
        text, decoder = _begun(sample, codec)
        if text and _is_clear(text):
            sound = continued(text, decoder, raw[len(sample) :], codec) if decoder and raw.startswith(sample) else None
            evidence = Evidence.DECLARED if codec == declared else Evidence.DETECTED
            return Verdict(codec, evidence, 0.99, sound=sound)
    return None


def _begun(sample: bytes, codec: str) -> tuple[str | None, codecs.IncrementalDecoder | None]:
    """The sample as text, of which the last character may be cut, and what reads on from there, if anything can; None
    if it is not valid."""
    if codec not in _MULTIBYTE_STRICT:
        text = text_of(sample, codec)
        return None if marked(text) else text, None
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        return decoder.decode(sample), decoder
    except UnicodeDecodeError:
        return None, None


def _damaged_one(sample: bytes, codecs: Iterable[str]) -> str | None:
    """The first codec in which the sample is ordinary Chinese but for a few lost bytes; the likelier of the two of
    UTF-16, of which each reads the markup of the other."""
    found = next((codec for codec in codecs if _is_damaged_chinese(sample, codec)), None)
    return min(_UTF_16, key=lambda codec: cheapest_cost(sample, codec)) if found in _UTF_16 else found


def _flipped_seven_bit(raw: bytes, declared: str | None) -> Verdict | None:
    """What `_seven_bit` says of a page that is ASCII but for a few bytes of which a bit was flipped."""
    head = raw[:_SAMPLE]
    if (b"~" not in head or b"~{" not in head) and (b"\x1b" not in head or b"\x1b$" not in head):
        return None
    beyond = len(raw) - len(raw.translate(None, _BEYOND_ASCII))
    return _seven_bit(raw, declared) if beyond <= max(1, _FLIPPED_SHARE * len(raw)) else None


def _seven_bit(raw: bytes, declared: str | None) -> Verdict | None:
    """The codec that the escapes of a page of ASCII speak of, if what they enclose is text."""
    for escape, codec in _ESCAPES:
        if (b"~{" in raw if codec == "hz" else b"\x1b" in raw) and escape.search(raw):
            sample = raw[:_SAMPLE]
            text = text_of(sample, codec)
            if mean_cost(text) < _PLAUSIBLE and len(marked(text)) < _DAMAGED_SHARE * len(text):
                return Verdict(codec, Evidence.DECLARED if declared == codec else Evidence.DETECTED, 0.99)
    if b"~}" in raw and b"~{" not in raw and _TORN_HZ.search(raw) and mean_cost(text_of(raw[:_SAMPLE], "hz")) < CLEAR:
        return Verdict("hz", Evidence.DECLARED if declared == "hz" else Evidence.DETECTED, 0.99)
    return None


def _utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _two_byte_accident(raw: bytes) -> bool:
    """Whether GB18030 or Big5 that happens to be valid UTF-8 is likelier: only possible without three-byte
    characters, and not where the two-byte ones are UTF-8 that was read as Latin-1 and saved again."""
    if _THREE_BYTES.search(raw):
        return False
    sample = _sample(raw)
    text = sample.decode("utf-8", "replace")
    misread = 3 * len(_UTF_8_HANZI.findall(text.encode("latin-1", "ignore")))
    if misread > _MISREAD_SHARE * beyond_ascii(text):
        return False
    other = min(penalised(text_of(sample, codec)) for codec in ("gb18030", "big5hkscs"))
    return other < cost_of(text)


def _looks_wide(raw: bytes) -> bool:
    """Whether the head of `raw`, which has hardly a zero byte, could be UTF-16: Chinese with few spaces or line
    ends."""
    head = raw[:512]
    return any(penalised(text_of(head, codec)) < _WIDE * len(head) for codec in WIDE_CODECS[2:])


def _sample(raw: bytes) -> bytes:
    """The first lines of `raw`, if most bytes of them are beyond ASCII; else all lines from their first such byte, so
    that markup and scripts do not crowd the text out."""
    head = raw[:_SAMPLE]
    if len(raw) <= _SAMPLE or 2 * len(head.translate(None, _BEYOND_ASCII)) < len(head):
        return head
    parts: list[bytes] = []
    size = 0
    for match in _HIGH_RUN.finditer(raw):
        parts.append(match[0][: _SAMPLE - size])
        size += len(parts[-1]) + 1
        if size >= _SAMPLE:
            break
    return b"\n".join(parts)


def _is_clear(text: str) -> bool:
    """Whether a text without marks is ordinary Chinese."""
    if beyond_ascii(text) < _CLEAR_CHARACTERS or _ZERO_CHARACTERS * text.count("\x00") > len(text):
        return False
    some = text[::_EACH]
    if beyond_ascii(some) >= _TELLING:
        cost = mean_cost(some)
        if cost > CLEAR + _NEAR:
            return False
        if cost < CLEAR - _NEAR and not _KANA.search(some):
            return True
    return mean_cost(text) < CLEAR and not _is_japanese(text)


def _is_japanese(text: str) -> bool:
    """Whether kana are so many that the text may be Japanese, in this codec or another that has kana at the same
    codes."""
    return len(_KANA.findall(text)) > _KANA_SHARE * len(text)


def _is_damaged_chinese(sample: bytes, codec: str) -> bool:
    if codec == "utf-8" and 3 * len(_UTF_8_HANZI.findall(sample)) < _UTF_8_SHARE * len(sample):
        return False
    # Little-endian kana are big-endian ones from the second byte on.
    if any(_is_japanese(text_of(sample, each)) for each in (_UTF_16 if codec in _UTF_16 else (codec,))):
        return False
    limit = _CHEAP[codec] - (_CLEARER if len(sample) < _SEARCHED_FIRST else 0.0)
    beyond = len(sample)
    spent = cheapest_cost(sample, codec)
    if codec in _CHINESE:  # what is ASCII in all of them says nothing
        beyond -= len(sample.translate(None, _BEYOND_ASCII))
        spent -= cost_of("a") * (len(sample) - beyond)
    return spent < limit * beyond
