"""HTML entities and escapes left in text: `&#20013;&#22269;`, `&nbsp;`, `\\u4e2d\\u56fd`, `%E4%B8%AD%E5%9B%BD`.

Only where they stand for running Chinese text, never in lines that speak of them or that look like program text, nor in
addresses.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from tasks.decode.score import mean_cost
from tasks.records import Edit, Stage
from tasks.repair.layers import apart
from tasks.repair.mojibake.codecs import bytes_of
from tasks.script.tables import HANZI

_SIGNS = re.compile(rb"[&%=\\u#](?:(?<=[&%=])|(?<=\\)[ux]|(?<=u)(?:4e|[5-8])|(?<=#)x)")
# The class comes first, so that text without its signs is passed over at the speed of a search for one class.
_ANY = re.compile(
    r"[&\\%=u#](?:(?<=&)(?:amp;|#|[a-z]{2,8};|nbsp)|(?<=[\\%])u[0-9a-fA-F]{4}|(?<=[%=])[0-9A-F]{2}[%=][89A-F]"
    r"|(?<=%)25[0-9A-F]{2}|(?<=\\)x[0-9a-fA-F]{2}|(?<=u)[4-9][0-9a-f]{3}u|(?<=#)x[0-9a-f]{4};)"
)
_ENTITY = re.compile(
    r"(?<![&0-9A-Za-z;])#x(?:ff[0-5]|30[01]|20[12])[0-9a-f];"  # marks whose & a site took out
    r"|&(?:amp;){0,3}(?:#[0-9]{2,7};|#[xX][0-9a-fA-F]{2,6};|#[0-9]{5}(?![0-9])|[a-zA-Z]{2,8}[0-9]?;|nbsp(?![a-zA-Z=]))"
)
_BARE = re.compile("#x(?:ff[0-5]|30[01]|20[12])[0-9a-f];")
# The backslash is doubled where a string was quoted twice, and gone where a careless program took all of them out.
_ESCAPES = re.compile(r"(?:(?:\\{1,2}|%)u[0-9a-fA-F]{4}){2,}|(?<![0-9a-zA-Z])(?:u[0-9a-f]{4}){3,}(?![0-9a-zA-Z])")
# Bytes written out, and between them the ASCII that such runs leave as it is; written out twice, %25 stands for the %.
_BYTES = re.compile(
    r"(?<![\w/=?&.:+#%-])%[0-9A-Fa-f]{2}(?:[\w.~-]{0,12}%[0-9A-Fa-f]{2}){3,}(?:(?<=%25)[0-9A-F]{2})?[@-Z]?(?![/=&%])"
    r"|(?<![\w=])=[0-9A-F]{2}(?:[\w., -]{0,12}=[0-9A-F]{2}){5,}(?![\w=])"
    r"|(?:\\{1,2}x[0-9a-fA-F]{2}){6,}"
    r"|(?:&(?:amp;)?(?:#(?:1[2-9]|2[0-5])[0-9]|#x[89a-fA-F][0-9a-fA-F]|[a-zA-Z]{2,6}[1-3]?);){6,}"
)
_CHINESE = re.compile(f"[{HANZI}\u3000-\u303f\uff00-\uffef“”‘’…—·]")
_HANZI = re.compile(f"[{HANZI}]")
_SPEAKS_OF_IT = re.compile(
    r"HTML|html|XML|xml|Unicode|unicode|UTF|URL|JSON|字符[实實]体|[实實]體|[实實]体[写寫名]|源代?[码碼]|原始碼|[转轉][义義]"
    r"|(?:字符|[统統]一|百分[号號])[编編][码碼]|字符集"
    # `写 &lt; 表示`, `&lt; 是小于号`
    r"|[写寫用][成作]?\s?&[#\w]{2,8};\s?(?:[来來]?(?:表示|代表)|[显顯]示)"
    r"|&[#\w]{2,8};\s?(?:表示|代表|[显顯]示[为為成]|就?是|[为為]|即)\s?(?:小[于於]|大[于於]|和[号號]|不[换換]行|空格|引[号號])"
)
_CODE = re.compile(r"[{}`]|=\s*[\"']|[A-Za-z_]\(|</|/>|&lt;/?[A-Za-z!]|[\"']\s*:\s*[\"'\[]|//(?!\S*\.)")
_BYTE_KINDS = {"%": "percent", "=": "quoted_printable", "\\": "escape", "&": "entity"}
_BYTE_CODECS = ("utf-8", "gb18030", "big5hkscs")
# So many characters are no example in a table of characters any more.
_PHRASE = 5
_NBSP = "\N{NO-BREAK SPACE}"


def entity_edits(text: str) -> list[Edit]:
    """Edits that write out the entities and escapes of Chinese lines.

    >>> [(edit.before, edit.after) for edit in entity_edits("&#20013;&#22269;人&nbsp;&amp;nbsp;\\\\u4f60\\\\u597d吗")]
    [('&#20013;', '中'), ('&#22269;', '国'), ('&nbsp;', ' '), ('&amp;nbsp;', ' '), ('\\\\u4f60\\\\u597d', '你好')]
    >>> entity_edits("HTML里写&lt;p&gt;") + entity_edits("fish &amp; chips")
    []
    """
    ascii_part = text.encode("ascii", "ignore")  # a hundredth of Chinese text, and made sooner than that is searched
    if not _SIGNS.search(ascii_part) or not _ANY.search(text):
        return []
    edits: list[Edit] = []
    start = 0
    bare = len(_BARE.findall(text)) > 1  # a single one may be spoken of
    for line in text.split("\n"):
        if _ANY.search(line) and not _SPEAKS_OF_IT.search(line) and not _CODE.search(line):
            edits += _line_edits(line, start, bare)
        start += len(line) + 1
    return edits


def _line_edits(line: str, start: int, bare: bool) -> Iterator[Edit]:
    entities = [match for match in _ENTITY.finditer(line) if bare or match[0][0] == "&"]
    found = [(*match.span(), _entity(match[0]), "entity") for match in entities]
    found += [(*match.span(), _escapes(match[0]), "escape") for match in _ESCAPES.finditer(line)]
    found += [(*match.span(), _bytes(match[0]), _BYTE_KINDS[match[0][0]]) for match in _BYTES.finditer(line)]
    # Chinese characters say that the line is Chinese text, whether they stand there already or are what is written so.
    if not _HANZI.search(line) and not any(_HANZI.search(after) for _, _, after, _ in found):
        return
    edits = [
        Edit(start + first, start + last, line[first:last], after, Stage.REPAIR, kind, 0.98, why=_why(kind))
        for first, last, after, kind in found
        if after and not (after.strip() and len(after) < _PHRASE and _is_alone(line, first, last))
    ]
    yield from apart(edits)


def _why(kind: str) -> str:
    return f"{kind.replace('_', '-')} that stands for the text itself"


def _is_alone(line: str, first: int, last: int) -> bool:
    """Whether an entity is a cell or word by itself: a table of entities, not text that was written with them."""
    return line[first - 1 : first] in ("", "\t", "|", " ") and line[last : last + 1] in ("", "\t", "|", " ")


def _entity(entity: str) -> str:
    """What an entity stands for, or "" if it is none, or stands for a control character or a line end."""
    if entity[0] == "#":
        entity = f"&{entity}"
    once = html.unescape(entity)
    while once != entity and once.startswith("&") and len(once) > 1:
        entity, once = once, html.unescape(once if once.endswith(";") else once + ";")
    if once == entity or len(once) != 1 or not (once.isprintable() or once in (_NBSP, "\N{IDEOGRAPHIC SPACE}")):
        return ""
    return once.replace(_NBSP, " ")


def _escapes(run: str) -> str:
    """A run of escapes as text, or "" unless nearly all of it is Chinese.

    >>> _escapes(r"\\u597d\\u7684\\u5440\\u54c8\\ud83d\\ude00")
    '好的呀哈😀'
    """
    units = [int(code, 16).to_bytes(2, "big") for code in re.findall("u([0-9a-fA-F]{4})", run)]
    text = b"".join(units).decode("utf-16-be", "replace")
    return text if _is_chinese(text) else ""


def _bytes(run: str) -> str:
    """A run of bytes written out as text, in the likeliest of UTF-8, GBK and Big5, or "" unless it is Chinese.

    >>> _bytes("%E7%AC%AC3%E5%A4%A9"), _bytes("%25E6%25B8%25A1%25E5%258F%25A3"), _bytes("%BDX%C0Y%B0%B1%AF%E8")
    ('第3天', '渡口', '碼頭停航')
    """
    raw = _raw(run)
    if raw.isascii() or len(set(raw)) == 1:  # dots in a row, and the like
        return ""
    readings: list[tuple[float, str]] = []
    for codec in _BYTE_CODECS:
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if _is_chinese(re.sub("[ -~]", "", text)):
            if codec == "utf-8":
                return text
            readings.append((mean_cost(text), text))
    return min(readings, default=(0.0, ""))[1]


def _raw(run: str) -> bytes:
    """The bytes that a run writes out; b"" if a part of it is no byte."""
    if run[0] == "&":
        text = html.unescape(run.replace("&amp;", "&")).translate(bytes_of("latin", "utf8"))
        return text.encode("latin-1") if max(text) < "\u0100" else b""
    raw = unquote_to_bytes(re.sub(r"\\{1,2}x", "%", run) if run[0] == "\\" else run.replace("=", "%"))
    return unquote_to_bytes(raw) if re.search(rb"%[0-9A-Fa-f]{2}", raw) else raw


def _is_chinese(text: str) -> bool:
    """Whether at least four in five characters, and two of them, are hanzi or Chinese marks."""
    chinese = len(_CHINESE.findall(text))
    return text.isprintable() and chinese >= 2 and 5 * chinese >= 4 * len(text)
