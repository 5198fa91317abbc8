"""Rows that name who reported: a medium, what somebody is to it, and names, several times over; and who did what in
brackets below a text.

河口晚报·河口在线记者 甲一心 通讯员 乙二思
(丙三省 摄)
"""

from __future__ import annotations

from tasks.expressions import seldom
from tasks.strip.about.names import is_media, names_of
from tasks.surnames import USUAL

# A row of reporters is no longer, names the medium in no more characters, and a name has so many.
MAX_CHARS, MEDIUM_CHARS, NAME_CHARS = 60, 16, (2, 3)
# Names run together are told apart up to so many characters; of four characters it may be one name.
GLUED_CHARS, LEAST_GLUED = 9, 5
_ROLE = seldom(
    r"(?:见习|实习|特约|首席|资深|高级|全媒体|融媒体?|视频|摄影|驻地|文字|特派|校园|小){0,2}(?:记者|通讯员|实习生|撰稿人|评论员)\s?:?\s?"
)
_DID = seldom(r"\s?(?:综合|摄影|图文|文字)?(?:报道|摄影|摄|文/图|图/文)$")
_OURS = ("本报", "本网", "本刊", "本台", "本社")
_TITLED = seldom(r"《[^《》]{2,20}》")
_MEDIUM = seldom(r"[\u4e00-\u9fffA-Za-z·•]{2,16}")
_IN_BRACKETS = seldom(
    r"[(【\[]\s?(?P<names>[\u4e00-\u9fff]{2,3}(?:[、 ][\u4e00-\u9fff]{2,3}){0,3})\s?/?\s?"
    r"(?P<did>文/图|图/文|文|图|摄影|摄|报道|供稿|供图|撰文|撰稿|整理|编辑)[)】\]]"
)
# Whose a pupil's text is: 上湾县 渡口小学四(2)班 李四九.
_PUPIL = seldom(
    r"(?=.{4,40}$)(?:[\u4e00-\u9fff]{2,12}\s)?[\u4e00-\u9fff]{2,14}(?:小学|中学|学校)[\u4e00-\u9fff\d()]{0,8}班\s?(?P<name>[\u4e00-\u9fff]{2,3})"
)
_WRITES = frozenset({"文", "文/图", "图/文", "报道", "供稿", "撰文", "撰稿"})


def reporters(core: str) -> tuple[str, tuple[str, ...]] | None:
    """The medium, or "", and the names of a folded row that names nothing but reporters; None for any other row.

    >>> reporters("河口晚报·河口在线记者 李一心 资深通讯员 王二思")
    ('河口晚报·河口在线', ('李一心', '王二思'))
    >>> reporters("张一心王二思摄影报道")
    ('', ('张一心', '王二思'))
    >>> reporters("记者见到他时,他正在补网")
    """
    if not 4 <= len(core) <= MAX_CHARS or core[-1] == "摄":  # who took a picture is its caption's
        return None
    roles = list(_ROLE.finditer(core))
    if not roles:
        did = _DID.search(core) if core.endswith(("报道", "文/图", "图/文")) else None
        return ("", names) if did and len(names := _names(core[: did.start()])) > 1 else None
    if len(roles) == 1 and not roles[0].start() and roles[0][0][-1:] == " ":  # a label
        return None
    medium = core[: roles[0].start()].strip()
    if medium and medium not in _OURS and not _MEDIUM.fullmatch(medium):
        return None
    found: list[str] = []
    sure = False
    for role, after in zip(roles, [*roles[1:], None], strict=True):
        said = core[role.end() : after.start() if after else len(core)].strip()
        said = said[: did.start()] if (did := _DID.search(said)) else said
        if after and medium:  # 某某报记者 甲一心 某某报通讯员 乙二思
            said = said.removesuffix(medium).rstrip()
        names = _names(said)
        if not names and len(roles) > 1 and len(said) in NAME_CHARS and said.isalpha():  # of a rare surname
            names = (said,)
        elif names:
            sure = True
        if not names:
            return None
        found += names
    return (medium if is_media(medium) else "", tuple(found)) if sure else None


def in_brackets(core: str) -> tuple[str, str] | None:
    """What kind of field a row in brackets is that says who did what, and the names; None for any other row.

    >>> in_brackets("(李一心 文)"), in_brackets("(王二思编辑)"), in_brackets("(下图)")
    (('author', '李一心'), ('editor', '王二思'), None)
    """
    said = _IN_BRACKETS.fullmatch(core)
    if not said or not all(name[0] in USUAL for name in names_of(said["names"]) or ("-",)):
        return None
    return "author" if said["did"] in _WRITES else "editor" if said["did"] == "编辑" else "others", said["names"]


def pupil(core: str) -> str | None:
    """The pupil whom a row of a school and a class names, and nothing else.

    >>> pupil("上湾县 渡口小学四(2)班 李四九"), pupil("渡口小学四(2)班的水位牌")
    ('李四九', None)
    """
    said = _PUPIL.fullmatch(core)
    return said["name"] if said and said["name"][0] in USUAL else None


def _names(said: str) -> tuple[str, ...]:
    """The names of a stretch that has nothing else, each with a usual surname; run together they are told apart where
    there is one way to do so."""
    names = names_of(said)
    if names and all(name[0] in USUAL and len(name) in NAME_CHARS for name in names):
        return names
    ways = _apart(said) if len(said) <= GLUED_CHARS and said.isalpha() else []
    return ways[0] if len(ways) == 1 else ()


def told_apart(said: str) -> str:
    """Writers' names run together, set apart by 、; "" where several ways to do so are as good; else `said`.

    >>> told_apart("李一心王二思"), told_apart("高鸣宋洪远"), told_apart("河口日报")
    ('李一心、王二思', '', '河口日报')
    """
    ways = _apart(said) if LEAST_GLUED <= len(said) <= GLUED_CHARS and said.isalpha() else []
    return "、".join(ways[0]) if len(ways) == 1 else "" if ways else said


def source_and_writers(value: str) -> tuple[str, str] | None:
    """The source and the writers that stand behind it and a bar; None for any other value.

    >>> source_and_writers("《河口评论》 | 李一心 王二思"), source_and_writers("河口网 | 新闻")
    (('《河口评论》', '李一心 王二思'), None)
    """
    source, _, names = (part.strip() for part in value.partition("|"))
    known = names_of(names)
    if not any(name[0] in USUAL for name in known) or not all(len(name) in NAME_CHARS for name in known):
        return None
    return (source, names) if _TITLED.fullmatch(source) or is_media(source) else None


def _apart(said: str) -> list[tuple[str, ...]]:
    """The ways in which a run of characters is names."""
    if not said:
        return [()]
    if said[0] not in USUAL:
        return []
    return [(said[:chars], *rest) for chars in NAME_CHARS if len(said) >= chars for rest in _apart(said[chars:])]
