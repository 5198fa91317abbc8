"""HTML entities and escapes left in text: `&#20013;&#22269;`, `&nbsp;`, `\\u4e2d\\u56fd`, `%E4%B8%AD%E5%9B%BD`.

Only where they stand for running Chinese text, never in lines that speak of them or that look like program text, nor in
addresses.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from tasks.records import Edit, Stage
from tasks.script.tables import HANZI

_SIGNS = ("&", "\\u", "%", "=")
# The class comes first, so that text without its signs is passed over at the speed of a search for one class.
_ANY = re.compile(
    r"[&\\%=](?:(?<=&)(?:amp;|#|[a-z]{2,8};|nbsp)|(?<=[\\%])u[0-9a-fA-F]{4}|(?<=[%=])[0-9A-F]{2}[%=][89A-F])"
)
_ENTITY = re.compile(
    r"&(?:amp;){0,3}(?:#[0-9]{2,7};|#[xX][0-9a-fA-F]{2,6};|#[0-9]{5}(?![0-9])|[a-zA-Z]{2,8}[0-9]?;|nbsp(?![a-zA-Z=]))"
)
_ESCAPES = re.compile(r"(?:(?:\\|%)u[0-9a-fA-F]{4}){2,}")
_BYTES = re.compile(r"(?<![\w/=?&.:+#%-])(?:%[0-9A-Fa-f]{2}){4,}(?![/=&%])|(?<![\w=])(?:=[0-9A-F]{2}){6,}(?![\w=])")
_CHINESE = re.compile(f"[{HANZI}\u3000-\u303f\uff00-\uffef“”‘’…—·]")
_HANZI = re.compile(f"[{HANZI}]")
_SPEAKS_OF_IT = re.compile(
    r"HTML|html|XML|xml|Unicode|unicode|UTF|URL|JSON|字符[实實]体|[实實]體|[实實]体[写寫名]|源代?[码碼]|原始碼|[转轉][义義]"
    r"|(?:字符|[统統]一|百分[号號])[编編][码碼]|字符集"
)
_CODE = re.compile(r"[{}`]|=\s*[\"']|[A-Za-z_]\(|</|/>|&lt;/?[A-Za-z!]|[\"']\s*:\s*[\"'\[]|//(?!\S*\.)")
_BYTE_KINDS = {"%": "percent", "=": "quoted_printable"}
_NBSP = "\N{NO-BREAK SPACE}"


def entity_edits(text: str) -> list[Edit]:
    """Edits that write out the entities and escapes of Chinese lines.

    >>> [(edit.before, edit.after) for edit in entity_edits("&#20013;&#22269;人&nbsp;&amp;nbsp;\\\\u4f60\\\\u597d吗")]
    [('&#20013;', '中'), ('&#22269;', '国'), ('&nbsp;', ' '), ('&amp;nbsp;', ' '), ('\\\\u4f60\\\\u597d', '你好')]
    >>> entity_edits("HTML里写&lt;p&gt;") + entity_edits("fish &amp; chips")
    []
    """
    if not any(sign in text for sign in _SIGNS) or not _ANY.search(text):
        return []
    edits: list[Edit] = []
    start = 0
    for line in text.split("\n"):
        if _ANY.search(line) and not _SPEAKS_OF_IT.search(line) and not _CODE.search(line):
            edits += _line_edits(line, start)
        start += len(line) + 1
    return edits


def _line_edits(line: str, start: int) -> Iterator[Edit]:
    found = [(*match.span(), _entity(match[0]), "entity") for match in _ENTITY.finditer(line)]
    found += [(*match.span(), _escapes(match[0]), "escape") for match in _ESCAPES.finditer(line)]
    found += [(*match.span(), _bytes(match[0]), _BYTE_KINDS[match[0][0]]) for match in _BYTES.finditer(line)]
    # Chinese characters say that the line is Chinese text, whether they stand there already or are what is written so.
    if not _HANZI.search(line) and not any(_HANZI.search(after) for _, _, after, _ in found):
        return
    for first, last, after, kind in sorted(found):
        if after and not (after.strip() and _is_alone(line, first, last)):
            why = f"{kind.replace('_', '-')} that stands for the text itself"
            yield Edit(start + first, start + last, line[first:last], after, Stage.REPAIR, kind, 0.98, why=why)


def _is_alone(line: str, first: int, last: int) -> bool:
    """Whether an entity is a cell or word by itself: a table of entities, not text that was written with them."""
    return line[first - 1 : first] in ("", "\t", "|", " ") and line[last : last + 1] in ("", "\t", "|", " ")


def _entity(entity: str) -> str:
    """What an entity stands for, or "" if it is none, or stands for a control character or a line end."""
    once = html.unescape(entity)
    while once != entity and once.startswith("&") and len(once) > 1:
        entity, once = once, html.unescape(once if once.endswith(";") else once + ";")
    if once == entity or len(once) != 1 or not (once.isprintable() or once in (_NBSP, "\N{IDEOGRAPHIC SPACE}")):
        return ""
    return once.replace(_NBSP, " ")


def _escapes(run: str) -> str:
    """A run of escapes as text, or "" unless nearly all of it is Chinese."""
    chars = [chr(int(code, 16)) for code in re.findall("u([0-9a-fA-F]{4})", run)]
    text = "".join(chars)
    return text if _is_chinese(text) else ""


def _bytes(run: str) -> str:
    """A run of percent or quoted-printable bytes as text, in UTF-8 or GBK, or "" unless nearly all of it is Chinese."""
    raw = unquote_to_bytes(run.replace("=", "%"))
    for encoding in ("utf-8", "gbk"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_chinese(text):
            return text
    return ""


def _is_chinese(text: str) -> bool:
    """Whether at least four in five characters, and two of them, are hanzi or Chinese marks."""
    chinese = len(_CHINESE.findall(text))
    return text.isprintable() and chinese >= 2 and 5 * chinese >= 4 * len(text)
