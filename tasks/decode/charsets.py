"""Labels to codecs, and bytes to text with every undecodable byte marked.

A label stands for what pages mean by it, not for the standard of that name, as the WHATWG Encoding Standard has it
(https://encoding.spec.whatwg.org/#names-and-labels): GB2312 and GBK are GB18030, Big5 has the Hong Kong characters,
ISO-8859-1 is windows-1252.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from tasks.chars import CharSet
from tasks.expressions import seldom

# Of the standard's labels those that do not lead Python to the same codec by themselves.
_LABELS = {
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "csgb2312": "gb18030",
    "eucgb2312cn": "gb18030",
    "euccn": "gb18030",
    "chinese": "gb18030",
    "gb18030": "gb18030",
    "gb180302000": "gb18030",
    "gb180302005": "gb18030",
    "gb180302022": "gb18030",
    "hz": "hz",
    "hzgb2312": "hz",
    "big5": "big5hkscs",
    "big5tw": "big5hkscs",
    "big5eten": "big5hkscs",
    "xxbig5": "big5hkscs",
    "xbig5": "big5hkscs",
    "cnbig5": "big5hkscs",
    "csbig5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "big5uao": "big5hkscs",
    "euctw": "euc-tw",
    "xeuctw": "euc-tw",
    "iso2022cn": "iso-2022-cn",
    "iso2022cnext": "iso-2022-cn",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "xsjis": "cp932",
    "mskanji": "cp932",
    "windows31j": "cp932",
    "cswindows31j": "cp932",
    "cp932": "cp932",
    "ms932": "cp932",
    "eucjp": "euc_jp",
    "xeucjp": "euc_jp",
    "eucjis2004": "euc_jis_2004",
    "euckr": "cp949",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "uhc": "cp949",
    "windows949": "cp949",
    "cp949": "cp949",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "usascii": "cp1252",
    "windows1252": "cp1252",
    "iso88599": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "utf8": "utf-8",
    "utf8sig": "utf-8",
    "unicode11utf8": "utf-8",
    "utf16": "utf-16-le",
    "unicode": "utf-16-le",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "utf32": "utf-32-le",
    "utf32le": "utf-32-le",
    "utf32be": "utf-32-be",
    "xmaccyrillic": "mac-cyrillic",
    "macintosh": "mac-roman",
}
# Codecs of Python that are no character encodings of pages, or that cannot be told from text.
_NO_TEXT = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
# EBCDIC, of mainframes: no page is in it, but chardet names it where half of a page is in one encoding and half in
# another.
_NO_TEXT |= {"cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"}

# The Big5 symbols that Python's big5hkscs maps otherwise than the WHATWG index (which here is what cp950 has).
_BIG5_SYMBOLS = str.maketrans("•､‾∼♁☉¥¢£", "‧﹑¯～⊕⊙￥￠￡")
# What GB18030-2022 and the WHATWG index give for pairs that Python's codec (GB18030-2000) still maps to private use:
# the vertical forms, eight radicals used as characters, and ḿ.
_GB18030_PRIVATE = (
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864"
)
_GB18030_2022 = str.maketrans(_GB18030_PRIVATE, "︐︒︑︓︔︕︖︗︘︙ḿ龴龵龶龷龸龹龺龻")
#: Characters that `text_of` has for pairs of bytes that Python's codecs read otherwise.
MAPPED_ANEW = frozenset(map(chr, {*_BIG5_SYMBOLS.values(), *_GB18030_2022.values()}))
_ANEW = {
    "gb18030": (CharSet(f"[{_GB18030_PRIVATE}]"), _GB18030_2022),
    "big5hkscs": (CharSet(f"[{''.join(map(chr, _BIG5_SYMBOLS))}]"), _BIG5_SYMBOLS),
}

# Codecs that Python lacks, or that do not survive a lost byte there.
_OURS = frozenset({"euc-tw", "iso-2022-cn", "hz"})

# Marks for undecodable bytes: lone surrogates, as in PEP 383, but for all 256 bytes (UTF-16 loses ASCII ones as well).
_MARK = 0xDC00
_MARKED = seldom("[\udc00-\udcff]")
_HANDLER = "qingwen.mark"
# A character beyond U+FFFF whose two surrogates are written in UTF-8, as some databases do (CESU-8, Unicode's UTR 26).
_SURROGATES = seldom(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_EURO = seldom("\udc80(?=[ \xa0]?[0-9])|(?<=[0-9])\udc80|(?<=[0-9] )\udc80")


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError), "only used for decoding"
    return "".join(chr(_MARK + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_HANDLER, _mark)


def codec_of(label: str) -> str | None:
    """The codec that a label stands for, by the name we give it, or None if we have none.

    >>> codec_of("GB_2312-80"), codec_of(" big5 "), codec_of("x-user-defined")
    ('gb18030', 'big5hkscs', None)
    """
    plain = re.sub(r"[^a-z0-9]", "", label[:64].lower())
    if plain in _LABELS:
        return _LABELS[plain]
    try:
        info = codecs.lookup(label[:64].strip())
    except (LookupError, ValueError):
        return None
    return None if info.name in _NO_TEXT or not info._is_text_encoding else info.name


def text_of(raw: bytes, codec: str) -> str:
    """`raw` as text; each undecodable byte is a lone surrogate, U+DC00 and the byte.

    >>> ascii(text_of(b"\\xd6\\xd0\\xff\\xb9\\xfa", "gb18030"))
    "'\\\\u4e2d\\\\udcff\\\\u56fd'"
    """
    return _mapped_anew(_decoded(raw, codec), codec)


def characters(pieces: Iterable[bytes], codec: str) -> str:
    """The characters of those pieces that are exactly one character of `codec` beyond ASCII.

    >>> characters([b"\\xd6\\xd0", b"\\xd6", b"\\xd6\\xff", b"A"], "gb18030")
    '中'
    """
    found = (piece.decode(codec, "ignore") for piece in pieces)
    return _mapped_anew("".join([char for char in found if len(char) == 1 and char > "\x7f"]), codec)


def by_line(raw: bytes, codec: str) -> list[str]:
    """What `codec` makes of each line by itself, without what it cannot decode, in one call of the decoder: a line end
    is no part of a character anywhere.

    >>> by_line(b"\\xd6\\xd0\\n\\xd6\\n\\xd6\\xff\\nA", "gb18030")
    ['中', '', '', 'A']
    """
    return raw.decode(codec, "ignore").split("\n")


def _mapped_anew(text: str, codec: str) -> str:
    if codec in _ANEW:
        chars, table = _ANEW[codec]
        return text.translate(table) if chars.find(text) >= 0 else text
    return text


def _decoded(raw: bytes, codec: str) -> str:
    if codec in _OURS:
        from tasks.decode import cns

        return cns.decode(raw, codec)
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        if codec == "iso2022_kr" or codec.startswith("iso2022_jp"):
            from tasks.decode import cns

            return cns.torn(raw, codec)
        return (_SURROGATES.sub(_of_four, raw) if codec == "utf-8" else raw).decode(codec, _HANDLER)


def _of_four(match: re.Match[bytes]) -> bytes:
    return match[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()


def whole(raw: bytes, codec: str) -> str | None:
    """`raw` as text, or None if it may have undecodable bytes: what `text_of` gives, and not looked through for marks.

    >>> whole(b"\\xd6\\xd0", "gb18030"), whole(b"\\xd6\\xff", "gb18030")
    ('中', None)
    """
    if codec in _OURS:
        return None
    try:
        return _mapped_anew(raw.decode(codec), codec)
    except UnicodeDecodeError:
        return None


def continued(text: str, decoder: codecs.IncrementalDecoder, rest: bytes, codec: str) -> str | None:
    """What `whole` gives for a page of which a decoder of `codec` has made `text`, and has yet to read the rest.

    >>> decoder = codecs.getincrementaldecoder("gb18030")()
    >>> continued(decoder.decode(b"\\xd6\\xd0\\xb9"), decoder, b"\\xfa", "gb18030")
    '中国'
    """
    try:
        return _mapped_anew(text + decoder.decode(rest, True), codec)
    except UnicodeDecodeError:
        return None


def with_euros(raw: bytes) -> str | None:
    """GBK as Windows writes it, whose byte 80 is a euro sign (code page 936, and GBK in the WHATWG standard), as text;
    None where that byte stands by no figure, or is not all that GB18030 lacks.

    >>> with_euros("票价".encode("gbk") + b"\\x808.50"), with_euros(b"\\xd6\\x80"), with_euros(b"\\x80\\xff1")
    ('票价€8.50', None, None)
    """
    if b"\x80" not in raw:
        return None
    text = text_of(raw, "gb18030")
    count = len(marked(text))
    return text.replace("\udc80", "€") if count and len(_EURO.findall(text)) == count else None


def marked(text: str) -> list[tuple[int, int]]:
    """Where `text` of `text_of` has undecodable bytes, and which: (position, byte).

    >>> marked(text_of(b"a\\xff", "utf-8"))
    [(1, 255)]
    """
    return [(match.start(), ord(match[0]) - _MARK) for match in _MARKED.finditer(text)]
