"""Names of persons and of media, as bylines and sources have them."""

from __future__ import annotations

import re

from tasks.expressions import seldom
from tasks.strip.tables import table

# What stands between the fields of a row, and around the values.
SEPARATORS = " \t?|/·,;、()[]【】<>《》-—_:.丨•「」\u3000\u200b\ufeff*#"
_NAME = seldom(r"[\u4e00-\u9fff]{1,4}|[\u4e00-\u9fff]{1,8}[·•][\u4e00-\u9fff·•]{1,12}|[A-Za-z][A-Za-z.\-]{0,20}")
_ASIDE = seldom(r"\([^()]{1,30}\)|_[A-Za-z]+\d+")  # where a writer works; an editor's code
_ROLES = seldom(
    r"(?:摄影|图文|综合)报[道导]|(?:本报|本网|本台|本刊|特约|见习|实习|首席|全媒体|融媒体?)?(?:记者|通讯员|实习生|摄影|撰文)|(?:(?<![\u4e00-\u9fff])|(?<=[\u4e00-\u9fff]{3})|(?=[文图摄][/、][文图摄])|(?=摄))(?:文|图|摄)(?:/|、)?(?:图|文|摄)?(?=[\s/|:])|(?<=[\u4e00-\u9fff]\s)(?:报导|报道|综合报导|综合报道|撰文|整理)(?=\s)"
)
_MEDIA = seldom(
    r"[\u4e00-\u9fffA-Za-z0-9·•・\-—\s《》“”\"]{0,22}(?:网站?|日报|晚报|早报|时报|商报|都市报|晨报|快报|导报|周报|青年报|报社?|社|电视台|广播台|电台|总台|卫视|频道|客户端|新闻(?:中心|网)?|在线|周刊|杂志|月刊|传媒|融媒体?(?:中心)?|"
    r"发布|头条|观察|资讯|公众号|微信|政府|办公室|官网|门户|论坛|委员会|局|厅)[》”\"]?"
)
_MEDIA_BY_PART = seldom(r"[\u4e00-\u9fffA-Za-z0-9]{1,12}(?:报|网|社|台)[·•・][\u4e00-\u9fffA-Za-z0-9]{1,10}")


def is_media(text: str) -> bool:
    """Whether `text` reads as the name of a medium or an office.

    >>> is_media("青石晚报·竹溪在线"), is_media("人民网"), is_media("张三")
    (True, True, False)
    """
    if len(text) < 2 or is_generic(text):
        return False
    return bool(_MEDIA.fullmatch(text) or _MEDIA_BY_PART.fullmatch(text))


def is_generic(text: str) -> bool:
    """Whether `text` says what a medium is, and names none.

    >>> is_generic("新闻"), is_generic("青石新闻")
    (True, False)
    """
    return text in table("words")["generic media"]


def nobody(value: str) -> bool:
    """Whether a value behind 来源, 作者 or 编辑 names nobody.

    >>> nobody("本站原创"), nobody("青石晚报")
    (True, False)
    """
    return value in table("words")["nobody"]


def names_of(value: str) -> tuple[str, ...]:
    """The names in the value of a byline, in order; () if it does not read as names.

    >>> names_of("张三、李 四 王五"), names_of("您怎么看这件事")
    (('张三', '李四', '王五'), ())
    >>> names_of("文/李建文 图/王小图"), names_of("张三 文/图")
    (('李建文', '王小图'), ('张三',))
    """
    value = _ROLES.sub(" ", _ASIDE.sub(" ", value) + " ")
    parts = [part for part in re.split(r"[、,;\s/&|]+", value) if part.strip(SEPARATORS)]
    parts = [part.strip("()[]【】:.-—_*") for part in parts]
    names: list[str] = []
    held = ""
    for part in parts:
        if not _NAME.fullmatch(part):
            return ()
        if len(part) == 1 and "\u4e00" <= part <= "\u9fff":
            held += part
            if len(held) == 2:
                names.append(held)
                held = ""
            continue
        if held:
            return ()
        names.append(part)
    if held:
        return ()
    return _join_latin(names)


def _join_latin(names: list[str]) -> tuple[str, ...]:
    joined: list[str] = []
    for name in names:
        if joined and name.isascii() and joined[-1].isascii():
            joined[-1] += " " + name
        else:
            joined.append(name)
    return tuple(dict.fromkeys(joined))
