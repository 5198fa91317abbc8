"""Text brought back into step after lost bytes: where it looks out of step, and by which means it is searched."""

from __future__ import annotations

from tasks.chars import CharSet
from tasks.decode.charsets import marked, text_of, whole
from tasks.decode.cuts import resynced
from tasks.decode.odd import has_rare_run, is_odd, odd_run, rare
from tasks.decode.score import BAD_BYTE, cost_of, mean_cost
from tasks.expressions import seldom

_WIDE = frozenset({"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})
# Mean cost of the characters beyond ASCII of a stretch that is read out of step: 10 and more; of healthy text 5 to 8.
_OUT_OF_STEP = 8.5
# Codecs that are searched line by line, and what they must gain by it, in nats: a character and a half at least. Those
# of them that Chinese is written in, which have a language model, and nothing to gain.
_BY_LINE = frozenset({"gb18030", "big5hkscs", "euc-tw", "euc_jp", "cp932", "cp949"})
_CHINESE = frozenset({"gb18030", "big5hkscs"})
_LEAST_GAIN = 15.0
# Of a line, so many characters before and after its odd runs are cut anew as well: where it looks odd it has been out
# of step for a while.
_AROUND = 32
# Of a page, so many characters say which script it is in.
_SAMPLE = 4000
# Among so few characters before a single letter, one that costs more than this (1,935 cost less) makes it worth a look.
_SHORT_RUN = 5
_HAN = seldom("[\u4e00-\u9fff]")
_OTHERS = seldom("[\u3041-\u30fa\uac00-\ud7a3]")
_SYLLABLES = CharSet("[\uac00-\ud7a3]")
_KOREAN = seldom("[\uac00-\ud7a3][\u3400-\u9fff]|[\u3400-\u9fff][\uac00-\ud7a3]")
_OTHERS_SHARE = 0.3
# Letters of India, Africa and America before a hanzi, which UTF-16 of Chinese is full of out of step, and what each
# such place costs more than its characters do, in nats.
_STRANGE = seldom("[\u0530-\u058f\u0700-\u0dff\u0e80-\u1dff\u2c00-\u2dff\ua000-\uabff][\u3400-\u9fff]")
_STRANGER = 8.0
_DAMAGE = seldom("[\udc00-\udcff]")
_LETTERS = CharSet("[@-~]")
# Pairs of the user areas, which text out of step is full of and text in step hardly has, in private use.
_USER_AREA = CharSet("[\ue000-\ue765]")
_LETTER = seldom("[@-~](?<=[^\\x00-\\x7f].)(?=[^\\x00-\\x7f]|\\n|$)")
# Pinyin spliced in by a site's tool, with tones, or without them twice.
_SPLICE = seldom("[(（](?:[a-zü]{0,5}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü ]{0,5}[)）]|([a-z]{1,6})[)）][(（]\\1[)）])")
# UTF-16 and UTF-32 are looked at in long stretches, and where one looks odd in short ones, of which those are searched
# that look odd themselves.
_STRETCH = 4096
_SHORT = 256
# How many bytes are searched at most, a second's worth; and how many by the language model, a fifth of a second's: all
# that need it on a page of 800 kB that lost one byte in 400.
_MOST_SEARCHED = 2**20
_MOST_CLOSELY = 2**17


def in_step(raw: bytes, codec: str, sound: str | None = None, lossy: bool = False) -> tuple[str, bool]:
    """`raw` as text, brought back into step after lost bytes; and whether it may have marks of undecodable bytes.
    `sound` is what `charsets.whole` gives, if that is known; `lossy` says that bytes are known to be lost elsewhere.

    Only what looks like no text is searched, so that healthy pages cost next to nothing. UTF-16 and UTF-32 never come
    back by themselves; codecs of two bytes do at the next byte that is no part of a character. A page of GB18030 with
    pinyin spliced into it is left to the shift search of the repair stage, which knows why its bytes are out of step.
    """
    sound = sound or whole(raw, codec)
    text = text_of(raw, codec) if sound is None else sound
    damaged = sound is None and _DAMAGE.search(text) is not None
    if codec in _WIDE:
        # Where marks of losses were written into a page, it lost its bytes before it was UTF-16.
        # Without a hanzi it is in another script, of which all is odd.
        odd = damaged or (
            "\ufffd" not in text
            and (_STRANGE.search(text) or _is_mixed(text) or (has_rare_run(text) and _HAN.search(text)))
        )
        return (_wide_in_step(raw, codec, 0.0 if damaged else _LEAST_GAIN), True) if odd else (text, False)
    if codec not in _BY_LINE:
        return text, damaged
    if _may_be_out_of_step(text, codec, damaged):
        spliced = codec == "gb18030" and has_splices(text)
        return (text, damaged) if spliced else (_searched(raw, text, codec, damaged), True)
    lossy = lossy or (codec == "gb18030" and _USER_AREA.find(text) >= 0)
    if codec not in _CHINESE or not is_odd(text, lossy):
        return text, damaged
    from tasks.decode.bridged import bridged

    found = bridged(raw, text, codec, None, lossy)
    return (text, damaged) if found == text or has_splices(text) else (found, True)


def _searched(raw: bytes, text: str, codec: str, damaged: bool) -> str:
    if codec not in _CHINESE:
        return _odd_runs_in_step(raw, text, codec, None)
    from tasks.decode.bridged import bridged
    from tasks.decode.halves import is_traditional
    from tasks.decode.lost import runs_read_anew

    script = is_traditional(text[:_SAMPLE])
    found = runs_read_anew(raw, text, codec, damaged, script)
    if found != text and not damaged:  # once more, now that it turned out that bytes were lost
        found = runs_read_anew(raw, text, codec, True, script)
    found = _odd_runs_in_step(raw, found, codec, script)
    return bridged(raw, found, codec, script, damaged or found != text)


def has_splices(text: str) -> bool:
    """Whether a site's tool has spliced pinyin into a page.

    >>> has_splices("發(fā)展"), has_splices("發(fa)(fa)展"), has_splices("發展(fa)")
    (True, True, False)
    """
    return _SPLICE.search(text) is not None


def _may_be_out_of_step(text: str, codec: str, damaged: bool) -> bool:
    """Whether bytes may have been lost from a page: halves of characters, runs of odd ones, single letters.

    In Big5 two trail bytes in five are letters; in GB18030 only those of rarer characters are, so that on a page
    without other damage a letter is worth a look only behind a rare character.
    """
    if damaged or has_rare_run(text):
        return True
    if codec == "big5hkscs":
        return _LETTER.search(text) is not None
    return (
        codec in _CHINESE
        and _LETTERS.find(text) >= 0
        and any(
            rare().search(text, max(match.start() - _SHORT_RUN, 0), match.start()) for match in _LETTER.finditer(text)
        )
    )


def _odd_runs_in_step(raw: bytes, text: str, codec: str, script: bool | None) -> str:
    """`text`, with the lines cut anew in which odd characters follow each other: what lost two bytes shows no half at
    its end."""
    places = [match.start() for match in odd_run().finditer(text)]
    if not places:
        return text
    lines, sources = text.split("\n"), raw.split(b"\n")
    if len(lines) != len(sources):
        return text
    left = _MOST_CLOSELY if codec in _CHINESE else _MOST_SEARCHED
    for number in _line_numbers(text, places):
        left -= len(sources[number])
        if left < 0:
            break
        lines[number] = _line_in_step(sources[number], lines[number], codec, script)
    return "\n".join(lines)


def _line_in_step(raw: bytes, text: str, codec: str, script: bool | None) -> str:
    """A line cut anew from a little before its first odd run to a little after the last."""
    first, last = 0, len(text)
    start, end = 0, len(raw)
    if codec in _CHINESE:
        from tasks.decode.lost import counter

        count = counter(raw, text, codec)
        odd = [match.span() for match in odd_run().finditer(text)]
        first, last = max(odd[0][0] - _AROUND, 0), min(odd[-1][1] + _AROUND, len(text))
        start, end = count(text[:first]), len(raw) - count(text[last:])
    found, cost = resynced(raw[start:end], codec)
    if _cost_of_marked(text[first:last]) - cost <= _LEAST_GAIN:
        return text
    if codec in _CHINESE:
        from tasks.decode.lost import refined

        found = refined(raw[start:end], found, codec, script)
    return f"{text[:first]}{found}{text[last:]}"


def _line_numbers(text: str, places: list[int]) -> list[int]:
    """The numbers of the lines in which ascending places of a text lie, each once."""
    numbers: list[int] = []
    at = number = 0
    for place in places:
        number += text.count("\n", at, place)
        at = place
        if not numbers or numbers[-1] != number:
            numbers.append(number)
    return numbers


def _cost_of_marked(text: str) -> float:
    return cost_of(text) - len(marked(text)) * (16.0 - BAD_BYTE)


def _wide_in_step(raw: bytes, codec: str, least: float) -> str:
    found = _stretches_in_step(raw, codec, least)
    if not codec.startswith("utf-16") or not _is_chinese(found):
        return found
    from tasks.decode.bridged import bridged

    return bridged(raw, found, codec, None, True)


def _is_chinese(text: str) -> bool:
    """Whether a text holds hanzi, and hardly a letter of Japanese or Korean."""
    return _HAN.search(text) is not None and len(_OTHERS.findall(text)) < _OTHERS_SHARE * len(text)


def _is_mixed(text: str) -> bool:
    """Whether UTF-16 of Chinese has characters that hardly stand in it: out of step one in four is Korean."""
    return _SYLLABLES.find(text) >= 0 and _KOREAN.search(text) is not None and _is_chinese(text)


def _stretches_in_step(raw: bytes, codec: str, least: float) -> str:
    parts: list[str] = []
    position = searched = 0
    closely = 0  # up to where short stretches are looked at
    while position < len(raw):
        piece = raw[position : position + (_SHORT if position < closely else _STRETCH)]
        text = text_of(piece, codec)
        odd = searched < _MOST_SEARCHED and _looks_odd(text)
        if odd and position >= closely:
            closely = position + _STRETCH
            continue
        if odd:
            searched += len(piece)
            text = _stretch_in_step(piece, text, codec, least, closely=searched < _MOST_CLOSELY)
            left = 0 if position + len(piece) == len(raw) else _passed_at_end(text)
            text, piece = text[: len(text) - left], piece[: len(piece) - left]
        parts.append(text)
        position += len(piece)
    return "".join(parts)


def _looks_odd(text: str) -> bool:
    """Whether a stretch may be out of step, be it at its end alone."""
    if _DAMAGE.search(text) or mean_cost(text) > _OUT_OF_STEP:
        return True
    return _STRANGE.search(text) is not None or odd_run().search(text) is not None


def _stretch_in_step(raw: bytes, text: str, codec: str, least: float, closely: bool) -> str:
    """A stretch of UTF-16 or UTF-32 cut anew, if that is likelier by `least` nats."""
    found, cost = resynced(raw, codec)
    if _cost_of_marked(text) + _STRANGER * len(_STRANGE.findall(text)) - cost < least:
        return text
    if closely and codec.startswith("utf-16") and _HAN.search(found):
        from tasks.decode.lost import refined

        return refined(raw, found, codec)
    return found


def _passed_at_end(text: str) -> int:
    """How many bytes at the end were passed over: the first of a character that goes on in the next stretch."""
    return next((count for count in range(min(3, len(text))) if not "\udc00" <= text[-1 - count] <= "\udcff"), 3)
