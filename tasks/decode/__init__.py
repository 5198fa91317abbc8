"""Stage 1: from bytes to the text they were: the encoding, the undecodable bytes, the lines a reader would see.

In the order in which a page meets them: a mail's coding (`quoted`), what it says of itself (`declared`), which encoding
that makes (`detect`, and where all look odd `likeliest`; `score`, `cuts` and `mixed` tell how odd), its bytes as text
(`charsets`, `cns`) with one line end (`line_ends`), runs that lost bytes brought back into step (`resync`, where they
look `odd`; by the language model `lost`, `places` and `chances`, between two losses `bridged`), HTML as lines (`html`,
`flat`, `content`), and the readings of characters that lost a byte (`restore`, `halves`).
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import replace

from tasks.chars import CharSet
from tasks.decode.charsets import marked, text_of, with_euros
from tasks.decode.declared import declared_codec, opens_html
from tasks.decode.detect import Verdict, detect
from tasks.decode.likeliest import CLEAR
from tasks.decode.line_ends import with_line_ends
from tasks.decode.mixed import Foreign, foreign_pieces
from tasks.decode.quoted import unquoted
from tasks.decode.restore import Reading
from tasks.decode.resync import has_splices, in_step
from tasks.decode.score import mean_cost
from tasks.expressions import seldom
from tasks.records import Block, Decoded, Edit, Evidence, Limits, Media, Page, Reason, Reject, Stage

__all__ = ["decode"]

# A page with more control characters than this is no text. Text with stray ones has under 1 in 100; compiled programs,
# images and compressed data read as single bytes have 10 in 100 and more.
_BINARY_SHARE = 0.05
_CONTROLS_FEW = 1  # a title may have one
# A page of whose bytes beyond ASCII more are undecodable is in an encoding we do not know. One byte in 10 lost leaves
# GB18030 with 10 % undecodable, and no page with more can be read by a person.
_UNDECODABLE_SHARE = 0.3
# A page that is no text shows it in its first, middle or last so many characters.
_PIECE = 2**16
_INVISIBLE = " \t\n\x00\xa0\xad\u200b\u200c\u200d\u200e\u200f\u2060\u3000\ufeff"
_TAIL = 64  # bytes, of whole characters, by which the end of a page is in step or not
_FILLED = 16  # zero bytes that no encoding has at a text's end
_OPENING = 4096  # characters in which HTML shows
_UNDECODABLE_FEW = 8  # a title of ten characters may lose three
# A reading of a character that lost a byte is applied from this confidence on; of all that are, 93 in 100 are right.
_SURE = 0.6
_CONTROL = CharSet("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_BYTES = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))
_TAG = seldom(r"<[a-zA-Z!/][^<>]{0,1000}>")


# The mark that UTF-8 begins with, where a page of pairs of bytes begins a line or an element with it: an included file
# brought it along. It is a character and a half there, which would put the line out of step.
_PAIRED = frozenset({"gb18030", "big5hkscs"})
_BOM = seldom(rb"(?<![^\n>])" + codecs.BOM_UTF8)
# Marks of undecodable bytes cannot pass an XML tree, in which a lone surrogate is no character. Plane 16 is private
# use that no encoding of pages reaches but Unicode's own.
_MARKS = seldom("[\udc00-\udcff]")
_TO_REPLACEMENT = dict.fromkeys(range(0xDC00, 0xDD00), "\ufffd")
_TO_STAND_INS = {0xDC00 + byte: chr(0x10FE00 + byte) for byte in range(256)}
_FROM_STAND_INS = {0x10FE00 + byte: chr(0xDC00 + byte) for byte in range(256)}


def decode(page: Page, limits: Limits) -> Decoded | Reject:
    """The decoded text of a page, or why there is none.

    The text has "\\n" as its only line end and no byte order mark at its start; an undecodable byte stands as U+FFFD
    under an edit that has the byte in its `why`, and is applied only where it is half of a character that is sure.

    >>> decode(Page("a.txt", "正文\\r\\n".encode("utf-16")), Limits()).text
    '正文\\n'
    """
    if len(page.raw) > limits.page_bytes:
        return _reject(page, Reason.TOO_LARGE, f"{len(page.raw)} bytes, more than {limits.page_bytes}")
    raw = unquoted(page.raw) or page.raw
    if not raw.strip(b" \t\r\n\x0b\x0c\x00"):
        return _reject(page, Reason.EMPTY, "no bytes" if not raw else "nothing but white space")
    markup = page.media is Media.HTML or raw.lstrip()[:1] == b"<"
    judged = _unfilled(raw)
    verdict = detect(judged, declared_codec(raw, page.charset, markup))
    if verdict is None:
        return _reject(page, Reason.BINARY, "looks like text in no encoding")
    if len(judged) < len(raw):
        verdict = replace(verdict, text=None, sound=None)  # the zeros stay in the text, and leave it by an edit
    body = _with_whole_line_end(raw[verdict.skip :] if verdict.skip else raw, verdict.codec)
    text, damaged = _read(body, verdict)
    bad = marked(text) if damaged else []
    pieces = foreign_pieces(body, text, verdict.codec, damaged=bool(bad)) if verdict.text is None else []
    html = _is_html(page, text)
    seams: tuple[Edit, ...] = ()
    if pieces:
        text, seams = _pieced(body, verdict.codec, pieces, html)
        bad = marked(text)
    if reason := _unreadable(body, text, len(bad), verdict.codec):
        return _reject(page, *reason)
    if pieces:
        verdict = Verdict("mixed", Evidence.MIXED, verdict.confidence)
    if html:
        return _html(page, verdict, text, bool(bad))
    text = with_line_ends(text)
    if not text.strip(_INVISIBLE):
        return _reject(page, Reason.EMPTY, "nothing but white space")
    return _decoded(verdict, text, (), seams, bool(bad))


def _with_whole_line_end(raw: bytes, codec: str) -> bytes:
    """A page of UTF-16 to which a program that takes it for ASCII has put a line end, with that as one of UTF-16."""
    if not (codec.startswith("utf-16") and len(raw) % 2 and raw.endswith(b"\n")) or raw.endswith(b"\x00\n"):
        return raw
    is_in_step = mean_cost(text_of(raw[-_TAIL - 1 : -1], codec)) < CLEAR
    return raw[:-1] + "\n".encode(codec) if is_in_step else raw


def _read(raw: bytes, verdict: Verdict) -> tuple[str, bool]:
    """The text of a page, and whether it may have undecodable bytes."""
    if verdict.text is not None:
        return verdict.text, False
    if verdict.codec == "gb18030" and (text := with_euros(raw)) is not None:
        return text, False
    if verdict.codec in _PAIRED and codecs.BOM_UTF8 in raw and len(pieces := _BOM.split(raw)) > 1:
        found = [in_step(piece, verdict.codec) for piece in pieces]
        return "\ufeff".join(text for text, _ in found), any(damaged for _, damaged in found)
    return in_step(raw, verdict.codec, verdict.sound)


def _pieced(raw: bytes, codec: str, pieces: list[Foreign], html: bool) -> tuple[str, tuple[Edit, ...]]:
    """`raw` as text where `pieces` of it are in other encodings, and an edit for each piece.

    The decoded text has the pieces as `codec` reads them, and an edit brings each to what it was: so the seam stands
    in the ledger. In HTML the edits would be against the source, which nobody sees: there the pieces are read right at
    once.
    """
    parts: list[str] = []
    seams: list[Edit] = []
    position = length = 0
    for piece in pieces:
        gap = with_line_ends(text_of(raw[position : piece.start], codec))
        own = with_line_ends(text_of(raw[piece.start : piece.end], codec)).translate(_TO_REPLACEMENT)
        length += len(gap)
        why = f"this piece is {piece.codec} in a page of {codec}"
        after = with_line_ends(piece.text)
        seams.append(Edit(length, length + len(own), own, after, Stage.DECODE, f"mixed:{piece.codec}", why=why))
        parts += (gap, after if html else own)
        length += len(own)
        position = piece.end
    parts.append(with_line_ends(text_of(raw[position:], codec)))
    return "".join(parts), () if html else tuple(seams)


def _html(page: Page, verdict: Verdict, text: str, damaged: bool) -> Decoded | Reject:
    from tasks.decode.content import content_flags
    from tasks.decode.flat import flat_lines
    from tasks.decode.html import collapsed, parse, visible_lines

    source = text.translate(_TO_STAND_INS) if damaged else text
    tree = parse(source)
    lines = flat_lines(source) if tree is None else visible_lines(tree)
    if not lines:
        return _reject(page, Reason.NO_CONTENT, "the HTML holds no text that a reader would see")
    title = None if tree is None or damaged else collapsed(tree.findtext(".//title") or "") or None
    flags = [True] * len(lines) if tree is None else content_flags(tree, lines)
    blocks = tuple(map(Block, (line.tag for line in lines), flags))
    seen = "".join(f"{line.text}\n" for line in lines)
    decoded = _decoded(verdict, seen.translate(_FROM_STAND_INS) if damaged else seen, blocks, (), damaged)
    return replace(decoded, head_title=title) if title else decoded


def _decoded(verdict: Verdict, text: str, blocks: tuple[Block, ...], seams: tuple[Edit, ...], damaged: bool) -> Decoded:
    """The decoded text, in which undecodable bytes are still marks, if there are any; `seams` are edits against it."""
    bad = marked(text) if damaged else []
    edits = list(seams)
    if bad:
        text = _MARKS.sub("\ufffd", text)
        edits += _undecodable(text, bad, verdict.codec)
        edits.sort(key=lambda edit: edit.start)
    return Decoded(
        text=text,
        encoding=verdict.codec,
        evidence=verdict.evidence,
        confidence=verdict.confidence,
        undecodable_bytes=len(bad),
        blocks=blocks,
        edits=tuple(edits),
    )


def _undecodable(text: str, bad: list[tuple[int, int]], codec: str) -> list[Edit]:
    """An edit for each undecodable byte, or for what is left of a character that lost one, with the likeliest reading.

    A reading is applied where it is sure enough; else the bytes are left as they were found.
    """
    readings = _readings(text, bad, codec)
    edits: list[Edit] = []
    covered = 0
    for number, (position, byte) in enumerate(bad):
        if position < covered:
            continue
        if reading := readings.get(position):
            covered = reading.end
            left = " ".join(f"{value:02X}" for _, value in bad[number : number + reading.end - reading.start])
            why = f"{left} is left of a character of {codec} that lost a byte"
            before, sure = text[reading.start : reading.end], reading.confidence
            found = (before, reading.char, Stage.DECODE, "lost_byte", round(sure, 4), sure >= _SURE, why)
            edits.append(Edit(reading.start, reading.end, *found))
        else:
            why = f"the byte {byte:02X} is no character" + (f" of {codec}" if codec != "mixed" else "")
            edits.append(
                Edit(position, position + 1, "\ufffd", "", Stage.DECODE, "undecodable", applied=False, why=why)
            )
    return edits


def _readings(text: str, bad: list[tuple[int, int]], codec: str) -> dict[int, Reading]:
    from tasks.decode.restore import CODECS, readings

    if codec not in CODECS or (codec == "gb18030" and has_splices(text)):
        return {}
    return {reading.start: reading for reading in readings(text, bad, codec)}


def _unreadable(raw: bytes, text: str, bad: int, codec: str) -> tuple[Reason, str] | None:
    """Why a decoded text with `bad` undecodable bytes is none, or None if it is one."""
    raw = raw.rstrip(b"\x00") if raw.endswith(bytes(_FILLED)) else raw
    text = text.rstrip("\x00")
    if (controls := _controls(raw, text, codec)) > _BINARY_SHARE * len(text) + _CONTROLS_FEW:
        return Reason.BINARY, f"{controls} of {len(text)} characters are control characters"
    if bad > _UNDECODABLE_FEW:
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        if bad > _UNDECODABLE_SHARE * beyond_ascii + _UNDECODABLE_FEW:
            return Reason.UNDECODABLE, f"{bad} bytes are no characters of the likeliest encoding"
    return None


def _unfilled(raw: bytes) -> bytes:
    """A page without the zeros that a disk, or a copy that broke off, has filled it up with; whole in any encoding."""
    return raw[: -(-len(raw.rstrip(b"\x00")) // 4) * 4] if raw.endswith(bytes(_FILLED)) else raw


def _controls(raw: bytes, text: str, codec: str) -> int:
    """How many control characters a page has, or 0 if it begins, goes on and ends without one."""
    if all(_CONTROL.find(piece) < 0 for piece in _pieces(text)):
        return 0
    if codec.startswith(("utf-16", "utf-32", "iso")):
        return _CONTROL.count(text)
    # Where no escapes are bytes too, ASCII's control characters are these bytes, and these bytes nothing else.
    return len(raw) - len(raw.translate(None, _CONTROL_BYTES))


def _pieces(page: str) -> tuple[str, ...]:
    if len(page) <= _PIECE:
        return (page,)
    middle = len(page) // 2
    return page[:_PIECE], page[middle : middle + _PIECE], page[-_PIECE:]


def _is_html(page: Page, text: str) -> bool:
    """HTML by its name, if it has any markup, or by how it opens. A page of text that is called .html stays as it
    is."""
    if page.media is Media.HTML:
        return _TAG.search(text) is not None
    return page.media is Media.TEXT and "<" in text[:1024] and opens_html(text[:_OPENING].encode("utf-8", "ignore"))


def _reject(page: Page, reason: Reason, detail: str) -> Reject:
    digest = hashlib.sha256(page.raw).hexdigest()
    return Reject(page.source_uri, "decode", reason, detail, digest, len(page.raw))
