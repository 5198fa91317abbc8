"""The word tables under data/: sections headed [name], words between spaces, # for comments."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from tasks.chars import CharPairs, compiled
from tasks.expressions import seldom
from tasks.strip.factors import factors_of

# Rows are remembered up to this length: of 4,096 longer ones a megabyte would be the least.
_REMEMBERED_CHARS = 120
_HEAD = seldom(r"\[([a-z_ ]+)\]")


@cache
def table(file: str) -> dict[str, tuple[str, ...]]:
    """The sections of data/`file`.txt with their words, in the order written.

    >>> "font_size" in [name.split()[-1] for name in table("words")]
    True
    """
    found: dict[str, list[str]] = {}
    words: list[str] = []
    source = Path(__file__).with_name("data") / f"{file}.txt"
    for line in source.read_text(encoding="utf-8").splitlines():
        if head := _HEAD.fullmatch(line):
            words = found.setdefault(head[1], [])
        elif not line.startswith("#"):
            words += line.split()
    return {name: tuple(section) for name, section in found.items()}


@cache
def kinds(strength: str) -> dict[str, str]:
    """The words of bars and menus that are `strong` or `weak`, each with the kind of its bar.

    >>> kinds("strong")["打印本页"], kinds("weak")["体育"]
    ('tools', 'navigation')
    """
    return {
        word: name.split()[1] for name, words in table("words").items() if name.startswith(strength) for word in words
    }


@cache
def _compound(*parts: str) -> re.Pattern[str]:
    words = table("words")
    return re.compile("".join(f"(?:{'|'.join(sorted(words[part], key=len, reverse=True))})" for part in parts))


def is_button(word: str) -> bool:
    """Whether a word is made as the labels of buttons are.

    >>> is_button("返回列表"), is_button("立即购买"), is_button("河边点灯")
    (True, True, False)
    """
    return 3 <= len(word) <= 10 and _is_button(word)


@lru_cache(maxsize=4096)  # asked of each word again and again
def _is_button(word: str) -> bool:
    verbs, calls = _compound("button verbs", "button objects"), _compound("button calls", "button verbs")
    return verbs.fullmatch(word) is not None or calls.fullmatch(word) is not None


def is_menu_entry(word: str) -> bool:
    """Whether a word is made as the entries of menus are.

    >>> is_menu_entry("招生就业"), is_menu_entry("河边点灯")
    (True, False)
    """
    return 3 <= len(word) <= 8 and _compound("menu heads", "menu tails").fullmatch(word) is not None


@cache
def _words() -> re.Pattern[str]:
    """Words of bars and menus, the longest first."""
    words = {word for strength in ("strong", "weak") for word in kinds(strength) if len(word) > 1}
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))))


def made_of_known_words(word: str) -> bool:
    """Whether a word is words of bars and menus that lost what stood between them.

    >>> made_of_known_words("设为首页收藏本站"), made_of_known_words("首页河边点灯")
    (True, False)
    """
    return 4 <= len(word) <= 40 and not _words().sub("", word)


@cache
def alone() -> frozenset[str]:
    """Words that nothing but a button says, or the end of a page."""
    return frozenset(table("words")["alone"])


@cache
def related() -> frozenset[str]:
    """The headings of lists of links to other articles."""
    return frozenset(table("words")["related"])


@cache
def phrase(section: str) -> re.Pattern[str]:
    """The turns of phrase of a section of data/phrases.txt as one pattern that ignores case.

    >>> phrase("copyright").search("甲ICP备00000000号")[0]
    '甲ICP备'
    """
    return re.compile("(?:" + "|".join(table("phrases")[section]) + ")", re.IGNORECASE)


def is_one_of(section: str, core: str) -> bool:
    """Whether a row is one of the turns of phrase of a section of data/phrases.txt, and nothing else.

    >>> is_one_of("within", "- 广告 -"), is_one_of("within", "广告法")
    (True, False)
    """
    if not compiled:
        return phrase(section).fullmatch(core) is not None
    rest, signs, ways = _known(section)
    if rest and rest.fullmatch(core):
        return True
    at = signs.find(core, 0)
    while at >= 0:
        if (way := ways.get(core[at : at + 2])) and way.fullmatch(core):
            return True
        if (way := ways.get(core[at])) and way.fullmatch(core):
            return True
        at = signs.find(core, at + 1)
    return False


@cache
def _known(section: str) -> tuple[re.Pattern[str] | None, CharPairs, dict[str, re.Pattern[str]]]:
    """The turns of phrase of a section of which nothing is known, as one pattern, or None; what all others hold one of;
    and these by what they hold, a handful for each."""
    found: dict[str, list[str]] = {}
    for words in table("phrases")[section]:
        for sign in factors_of(words) or ():
            found.setdefault(sign, []).append(words)
    ways = {sign: seldom("|".join(some), re.IGNORECASE) for sign, some in found.items()}
    rest = [words for words in table("phrases")[section] if factors_of(words) is None]
    return re.compile("|".join(rest), re.IGNORECASE) if rest else None, CharPairs(ways), ways


def may_hold(section: str, core: str) -> bool:
    """Whether a row may hold any of the turns of phrase of a section of data/phrases.txt: none where it does not, and
    quickly. Without a compiler all may, for to ask that takes longer there.

    >>> may_hold("copyright", "甲ICP备00000000号")
    True
    """
    signs = _signs(section) if compiled else None
    return not signs or signs.count(core, 1) > 0


def holds(section: str, core: str) -> bool:
    """Whether a row holds any of the turns of phrase of a section of data/phrases.txt.

    >>> holds("copyright", "甲ICP备00000000号"), holds("copyright", "河边点灯")
    (True, False)
    """
    return may_hold(section, core) and phrase(section).search(core) is not None


@cache
def _signs(section: str) -> CharPairs | None:
    """What all turns of phrase of a section hold one of; None if there is one that nothing is known of."""
    rest, signs, _ = _known(section)
    return None if rest else signs


@cache
def _kinds_of(section: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<g{n}>{kind})" for n, kind in enumerate(table("phrases")[section])))


def kinds_in(section: str, core: str) -> set[str | None]:
    """Which of the kinds of words of a section of data/phrases.txt a row has: g0 for the first, g1, ….

    >>> sorted(kinds_in("address", "小编感谢您的阅读"))
    ['g0', 'g6']
    """
    return {match.lastgroup for match in _kinds_of(section).finditer(core)}


def is_chatter(core: str) -> bool:
    """Whether a row is one of the turns of phrase with which sites and their programs talk to readers.

    >>> is_chatter("请登录"), is_chatter("请登上甲板")
    (True, False)
    """
    return _is_chatter(core) if len(core) <= _REMEMBERED_CHARS else _is_chatter.__wrapped__(core)


@lru_cache(maxsize=4096)  # two rules ask, and a site's pages repeat their rows
def _is_chatter(core: str) -> bool:
    return is_one_of("chatter", core)
