"""Text of pages made harmless, for pages are hostile: on a terminal (`visible`), and in Markdown (`inert`)."""

from __future__ import annotations

import html
import re

# What could steer a terminal, hide text or turn its direction.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:@$^=/])")
_SHOWN = 120  # longer texts are cut in the middle


def visible(text: str, shown: int = _SHOWN) -> str:
    """The text on one line, cut in the middle if longer than `shown`, with every control character shown by number.

    >>> visible("甲\\n乙\\x1b[31m")
    '甲⏎乙<1B>[31m'
    """
    if len(text) > shown:
        text = f"{text[: shown // 2]} … {len(text) - shown} more … {text[-shown // 2 :]}"
    return _CONTROLS.sub(lambda match: "⏎" if match[0] == "\n" else f"<{ord(match[0]):02X}>", text)


def inert(text: str) -> str:
    """The text as Markdown that shows it and does nothing else: no markup, no links, no HTML, no line ends.

    >>> inert("[點我](javascript:alert(1))|<b>")
    '\\\\[點我\\\\]\\\\(javascript\\\\:alert\\\\(1\\\\)\\\\)\\\\|&lt;b&gt;'
    """
    shown = _CONTROLS.sub(lambda match: "⏎" if match[0] == "\n" else "�", text)
    escaped = _MARKDOWN.sub(r"\\\1", shown)
    return html.escape(escaped, quote=False).replace("\\&lt;", "&lt;").replace("\\&gt;", "&gt;")
