"""Which encoding a page is in."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from tasks.decode.charsets import codec_of, marked, text_of
from tasks.decode.declared import marked_codec
from tasks.decode.resync import RESYNCED, cheapest_cost
from tasks.decode.score import BAD_BYTE, cost_of, mean_cost
from tasks.records import Evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """The codec chosen, what decided it, and the probability that it is right; `skip` bytes of byte order mark."""

    codec: str
    evidence: Evidence
    confidence: float
    skip: int = 0


# How many bytes are judged. 8 KiB hold 2,700 hanzi or more, 200 times what a decision needs, and cost about 1 ms a
# codec.
_SAMPLE = 8192
# Below this mean cost of the characters beyond ASCII, a decoding without undecodable bytes is ordinary Chinese and no
# other codec is tried. Right readings of the evaluation texts: 5.4 to 7.0; wrong ones: 9.0 up.
_CLEAR = 7.6
_CLEAR_CHARACTERS = 24
# Where the likeliest reading is not ordinary Chinese, or has undecodable bytes, chardet is asked, and the codecs are
# judged by their cheapest cuts (tasks/decode/resync.py), over this many bytes: 20 ms.
_SEARCHED = 2048
# Cost per byte above which a reading is none: random and compressed bytes have 4.9 to 5.8 in their likeliest reading,
# Chinese 3.2, lists of the rarest hanzi 4.6, single-byte alphabets 3.4 to 4.3.
_NO_TEXT = 4.8
# Cost per byte below which UTF-16 or UTF-32 is worth comparing: Chinese in UTF-16 has 3.2, other encodings read so 4.5
# up.
_WIDE = 4.2
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
_DECLARED = 14.0
_MULTIBYTE = ("gb18030", "big5hkscs", "utf-8", "euc_jp", "cp932", "cp949", "euc-tw", "cp1252")
_WIDE_CODECS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_HIGH_RUN = re.compile(rb"[\x80-\xff][^\n]*")
_THREE_BYTES = re.compile(rb"[\xe0-\xff]")
_ESCAPES = (
    (re.compile(rb"~\{(?:[!-~][!-~])+(?:~\}|\n|$)"), "hz"),
    (re.compile(rb"\x1b\$\)[AEG]"), "iso-2022-cn"),
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
    (re.compile(rb"\x1b(?:\$[@B]|\$\([DOPQ]|\([IJ])"), "iso2022_jp_2"),
)


def detect(raw: bytes, declared: str | None) -> Verdict | None:
    """Decide the encoding of `raw`, which is not empty; None if it looks like text in no encoding.

    `declared` is the codec that the transport or markup names, or None.

    First match wins:
    1. a byte order mark;
    2. ASCII, with the escapes of HZ and ISO-2022 read where they stand;
    3. valid UTF-8, unless all of it is two-byte characters and another reading is far likelier;
    4. the declared codec, where its text is ordinary Chinese;
    5. GB18030, on the same condition;
    6. the likeliest reading of all, a declaration counting for it, with chardet's guess among them when all look odd.

    >>> detect("春天来了，山上的桃花都开了。".encode("gbk"), None).codec
    'gb18030'
    """
    if mark := marked_codec(raw):
        return Verdict(mark[0], Evidence.BOM, 1.0, mark[1])
    wide = b"\x00" in raw[: 4 * _SAMPLE]
    if not wide and raw.isascii():
        return _seven_bit(raw, declared)
    if not wide and _is_utf8(raw) and not _two_byte_accident(raw):
        evidence = Evidence.DECLARED if declared == "utf-8" else Evidence.VALID
        return Verdict("utf-8", evidence, 1.0)
    wide = wide or _looks_wide(raw)
    sample = raw[:_SAMPLE] if wide else _sample(raw)
    for codec in () if wide else (declared, "gb18030"):
        if codec and _is_clear(text_of(sample, codec)):
            return Verdict(codec, Evidence.DECLARED if codec == declared else Evidence.DETECTED, 0.99)
    return _likeliest(sample, declared)


def _seven_bit(raw: bytes, declared: str | None) -> Verdict:
    for escape, codec in _ESCAPES:
        if (b"~{" in raw if codec == "hz" else b"\x1b" in raw) and escape.search(raw):
            sample = raw[:_SAMPLE]
            text = text_of(sample, codec)
            if _penalised(text) < cost_of(sample.decode("ascii")):
                return Verdict(codec, Evidence.DECLARED if declared == codec else Evidence.DETECTED, 0.99)
    return Verdict("ascii", Evidence.VALID, 1.0)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _two_byte_accident(raw: bytes) -> bool:
    """Whether GB18030 or Big5 that happens to be valid UTF-8 is likelier: only possible without three-byte
    characters."""
    if _THREE_BYTES.search(raw):
        return False
    sample = _sample(raw)
    other = min(_penalised(text_of(sample, codec)) for codec in ("gb18030", "big5hkscs"))
    return other < cost_of(sample.decode("utf-8", "replace"))


def _looks_wide(raw: bytes) -> bool:
    """Whether the head of `raw`, which holds no zero bytes, could be UTF-16: Chinese without a space or a line end."""
    head = raw[:512]
    return any(_penalised(text_of(head, codec)) < _WIDE * len(head) for codec in _WIDE_CODECS[:2])


def _sample(raw: bytes) -> bytes:
    """The lines of `raw` from their first byte beyond ASCII, so that markup and scripts do not crowd the text out."""
    if len(raw) <= _SAMPLE:
        return raw
    parts: list[bytes] = []
    size = 0
    for match in _HIGH_RUN.finditer(raw):
        parts.append(match[0][: _SAMPLE - size])
        size += len(parts[-1]) + 1
        if size >= _SAMPLE:
            break
    return b"\n".join(parts)


def _penalised(text: str) -> float:
    """The cost of `text`, in which each undecodable byte is a lone surrogate."""
    bad = len(marked(text))
    return cost_of(text) + bad * (BAD_BYTE - 16.0) if bad else cost_of(text)


def _is_clear(text: str) -> bool:
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return beyond >= _CLEAR_CHARACTERS and not marked(text) and mean_cost(text) < _CLEAR


def _likeliest(sample: bytes, declared: str | None) -> Verdict | None:
    """The verdict by likelihood; None if no reading looks like text."""
    codecs = [*_MULTIBYTE, *_WIDE_CODECS]
    if declared and declared not in codecs:
        codecs.append(declared)
    readings = {codec: text_of(sample, codec) for codec in codecs}
    costs = {codec: _weighed(codec, _penalised(text), declared) for codec, text in readings.items()}
    best = min(costs, key=costs.__getitem__)
    if marked(readings[best]) or mean_cost(readings[best]) > _CLEAR:
        sample = sample[:_SEARCHED]
        if (guess := _chardet(sample)) and guess not in codecs:
            codecs.append(guess)
        readings = {codec: text_of(sample, codec) for codec in codecs}
        costs = {codec: _weighed(codec, _searched(sample, codec, readings[codec]), declared) for codec in codecs}
        best = min(costs, key=costs.__getitem__)
    if costs[best] > _NO_TEXT * len(sample):
        return None
    rivals = [cost for codec, cost in costs.items() if readings[codec] != readings[best]]
    margin = min(rivals) - costs[best]
    # The model's nats are overconfident, for characters of a text are not independent: a tenth of them is nearer.
    confidence = min(0.99, 1 / (1 + math.exp(-margin / 10)))
    return Verdict(best, Evidence.DECLARED if best == declared else Evidence.DETECTED, confidence)


def _searched(sample: bytes, codec: str, reading: str) -> float:
    return min(_penalised(reading), cheapest_cost(sample, codec)) if codec in RESYNCED else _penalised(reading)


def _weighed(codec: str, cost: float, declared: str | None) -> float:
    prior = _PRIOR.get(codec, _OTHER_PRIOR)
    return cost + (prior - _DECLARED if codec == declared else prior)


def _chardet(sample: bytes) -> str | None:
    import chardet

    name = chardet.detect(sample).get("encoding")
    return codec_of(name) if name else None
