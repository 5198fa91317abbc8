"""The title that only the head of an HTML page says, without the names of the site and its channels behind it."""

from __future__ import annotations

from tasks.lines import Line
from tasks.script.fold import fold
from tasks.strip.about.title import LIKE
from tasks.strip.about.title_looks import MAX_CHARS
from tasks.strip.about.title_text import title_text
from tasks.strip.likeness import Likeness
from tasks.strip.sheet import Row, is_prose, undress

# A shorter title is as likely the name of a site or a channel.
MIN_CHARS = 4


def head_title(said: str, text: str) -> str | None:
    """What the head's title says of the article `text`; None where it shares too little with it to be its title.

    >>> text = "镇上的鱼灯用冬天砍下的竹子扎成,阴干半年才不会变形。\\n" * 6
    >>> head_title("鱼灯用竹子扎成_地方_某某网", text), head_title("某某网首页", text)
    ('鱼灯用竹子扎成', None)
    """
    line = said.replace("\n", " ").strip()
    folded = fold(line)
    title = title_text(Row(Line(0, len(line), line, folded), undress(folded), False, 0))
    if not MIN_CHARS <= len(title) <= MAX_CHARS or "\N{REPLACEMENT CHARACTER}" in title:
        return None
    cores = map(fold, text.split("\n"))
    likeness = Likeness(Row(Line(0, len(core), core, core), core, True, 0) for core in cores if is_prose(core))
    return title if likeness.enough and likeness.share(fold(title)) >= LIKE else None
