"""Whole sites, drawn by seed: articles of many kinds in the site's own furniture, every line labelled.

The words are ours and say nothing; what matters is which lines recur, how often, and where they stand. Some sites hold
articles several times, exactly or nearly; articles quote each other, and have the set lines of their kind: addressees,
headings, closing words, signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal


def _words(text: str) -> list[str]:
    return text.split()


_WHO = _words(
    "老船工 守林人 茶农 石匠 灯塔管理员 果园主 养蜂人 邮差 木匠 渔家姑娘 乡村教师 兽医 "
    "面点师傅 水文站站员 摆渡人 篾匠 药农 护桥员"
)
_WHEN = _words("入秋以后 天还没亮 每逢集日 雨停的时候 去年冬天 午饭过后 临近年关 头一场霜落下 涨水那几天 月亮升起来时")
_WHERE = _words(
    "在青石码头 在北坡的竹林边 在旧粮仓后面 在半山的凉亭里 在村口的老槐树下 在河湾的浅滩上 "
    "在新修的引水渠旁 在镇上的修理铺里"
)
_DOES = ["清点", "修补", "晾晒", "搬运", "打磨", "测量", "誊写", "分拣", "看护", "擦洗"]
_WHAT = ["渔网", "竹筐", "账本", "木桨", "茶青", "石板", "蜂箱", "水尺", "信件", "药材", "灯罩", "磨盘", "麻绳", "陶罐"]
_THEN = _words(
    "直到天黑才回家 并把数目记在本子上 邻居们都来帮忙 谁也没有多说一句 一连忙了好几天 "
    "比往年早了半个月 总共花去两天工夫 这才放下心来"
)
_FIRST = ["云", "竹", "石", "青", "渔", "柳", "霜", "谷", "桐", "鹤", "雁", "荷", "松", "雪", "泉", "岚"]
_SECOND = ["溪", "影", "桥", "舟", "灯", "村", "声", "坡", "湾", "亭", "笺", "庐", "砚", "棹", "陌", "窗"]
_PLACE = ["频道", "茶馆", "小筑", "集市", "书房", "驿站", "天地", "广场", "沙龙", "画廊", "账房", "戏台", "渡口"]
_PROVERBS = (
    "老话说得好，船到桥头先看水，人到山前先问路，急着赶路的往往最晚到家。",
    "渡口的老人常讲，一根绳子捆不住三担柴，一个人看不住三块田，要紧的是大家搭把手。",
)


Owner = Literal["site", "article", "link"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; `owner` is "site" for its furniture, "article", or "link" for titles of other articles, which
    do not recur and are not counted."""

    text: str
    owner: Owner


Page = tuple[Line, ...]
Article = list[str]


@dataclass(frozen=True, slots=True)
class Site:
    """A site: its kind of articles, and its pages."""

    kind: str
    pages: tuple[Page, ...]


def sentence(random: Random) -> str:
    """A sentence that hardly comes twice.

    >>> len(sentence(Random(1))) > 20
    True
    """
    pick = random.choice
    opening = f"{pick(_WHEN)}，{pick(_WHO)}{pick(_WHERE)}{pick(_DOES)}{random.randint(2, 99)}件{pick(_WHAT)}"
    return f"{opening}，又{pick(_DOES)}了{pick(_WHO)}送来的{pick(_WHAT)}，{pick(_THEN)}。"


def paragraph(random: Random) -> str:
    """One to three sentences."""
    return "".join(sentence(random) for _ in range(random.randint(1, 3)))


def headline(random: Random) -> str:
    """A title."""
    pick = random.choice
    return f"{pick(_WHO)}与{random.randint(2, 99)}件{pick(_WHAT)}的{pick(_FIRST)}{pick(_SECOND)}往事"


def name(random: Random) -> str:
    """A name of a column, in words that no rule knows."""
    return random.choice(_FIRST) + random.choice(_SECOND) + random.choice(_PLACE)


def _body(random: Random, least: int = 2, most: int = 8) -> Article:
    return [paragraph(random) for _ in range(random.randint(least, most))]


def _news(random: Random, site: Random) -> Article:
    return [headline(random), *_body(random)]


def _gazette(random: Random, site: Random) -> Article:
    """An official letter: addressee, headings, closing words, signature and date are the same in all of them."""
    body = f"{name(site)}镇"
    closing = [
        "请遵照执行，并按月报送进展。",
        f"{body}管理委员会",
        f"2023年{random.randint(1, 12)}月{random.randint(1, 28)}日",
    ]
    number = f"{body[:2]}管发〔2023〕{random.randint(1, 99)}号"
    parts = ["一、总的要求", *_body(random, 1, 2), "二、分工与时限", *_body(random, 1, 2)]
    return [f"关于{headline(random)}的通知", number, "各村、各站所，镇属各单位：", *parts, *closing]


def _speech(random: Random, site: Random) -> Article:
    return [headline(random), "各位乡亲、各位朋友：", *_body(random, 3, 8), "我的话讲完了，谢谢大家！"]


def _journal(random: Random, site: Random) -> Article:
    parts = ["摘要", *_body(random, 1, 1), "1 引言", *_body(random, 1, 3), "2 材料与做法", *_body(random, 1, 3)]
    return [headline(random), *parts, "3 小结", *_body(random, 1, 2), "参考书目", f"[1] {headline(random)}. 渡口丛刊."]


def _recipe(random: Random, site: Random) -> Article:
    amounts = [f"{thing} {random.randint(2, 90)}克" for thing in random.sample(_WHAT, 4)]
    steps = [
        f"{number}. {random.choice(_DOES)}{random.choice(_WHAT)}，{random.choice(_THEN)}" for number in range(1, 6)
    ]
    return [headline(random), "用料", *amounts, "做法", *steps, "小提醒", paragraph(random)]


KINDS: dict[str, Callable[[Random, Random], Article]] = {
    "news": _news,
    "gazette": _gazette,
    "speech": _speech,
    "journal": _journal,
    "recipe": _recipe,
}


def draw_site(seed: int, kind: str, pages: int) -> Site:
    """A site of a kind of articles. A third of the sites hold some articles many times, a third quote proverbs."""
    random = Random(f"{seed} {kind}")
    templates = [_template(random) for _ in range(random.choice((1, 1, 2)))]
    copied = random.random() < 0.33
    quoting = random.choice((0.0, 0.0, 0.3))
    articles: list[Article] = []
    while len(articles) < pages:
        article = KINDS[kind](random, Random(seed))
        if random.random() < quoting:
            article.insert(random.randint(2, len(article)), random.choice(_PROVERBS))
        if copied and random.random() < 0.1:
            articles += [_nearly(article, random) for _ in range(random.randint(3, max(4, pages // 3)))]
        articles.append(article)
    return Site(kind, tuple(_page(article, random.choice(templates), random) for article in articles[:pages]))


def _nearly(article: Article, random: Random) -> Article:
    """A copy; in half of the cases one of its paragraphs is another."""
    if random.random() < 0.5 or len(article) < 8:
        return article
    place = random.randrange(len(article))
    return [*article[:place], paragraph(random), *article[place + 1 :]]


@dataclass(frozen=True, slots=True)
class _Template:
    """What stands above, between title and article, and below; `links` is how many titles of other articles below."""

    above: tuple[str, ...]
    beside: tuple[str, ...]
    below: tuple[str, ...]
    links: int


def _template(random: Random) -> _Template:
    menu = [name(random) for _ in range(random.randint(2, 24))]
    above = [f"欢迎来到{name(random)}", *menu] if random.random() < 0.5 else menu
    beside = [f"收进{name(random)}", f"寄给{name(random)}的朋友", f"换成{name(random)}字样"] * (random.random() < 0.4)
    claims = [
        f"本页由{name(random)}整理，{sentence(random)}转去别处的请写明来自{name(random)}。"
        for _ in range(random.randint(0, 2))
    ]
    below = [*claims, f"回到{name(random)}", *(name(random) for _ in range(random.randint(1, 12)))]
    return _Template(tuple(above), tuple(beside), tuple(below), random.choice((0, 0, 2, 5)))


def _page(article: Article, template: _Template, random: Random) -> Page:
    title, *rest = article
    lead, tail = template.below[:1], template.below[1:]
    parts: tuple[tuple[Owner, Iterable[str]], ...] = (
        ("site", template.above),
        ("article", [title]),
        ("site", template.beside),
        ("article", rest),
        ("site", lead),
        ("link", [headline(random) for _ in range(template.links)]),
        ("site", tail),
    )
    return tuple(Line(text, owner) for owner, texts in parts for text in texts)
