"""How a row looks that may be a title: its length, its words, and what no title is."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import chain

from tasks.expressions import seldom
from tasks.strip.about.dates import DATE
from tasks.strip.about.names import names_of
from tasks.strip.about.official import NUMBER, OFFICE
from tasks.strip.about.title_text import SITE_WORD, date_behind
from tasks.strip.sheet import Row, ends_sentence
from tasks.strip.signs import is_caption, sign, site_speech
from tasks.strip.tables import table
from tasks.strip.wording.bars import is_weak
from tasks.surnames import USUAL

# A row that scores so much looks like a title, or is the one for its place and its words.
LEAST_SCORE = 3
# Titles of the layouts under evals/ have 4 to 60 characters.
MAX_CHARS = 80
MIN_CHARS, LONE_LETTER = 2, 8
# What a row's length says for its being the title: short rows are more often the names of columns.
_LENGTHS = ((8, 4), (5, 3), (4, 0), (0, -2))
# Signs of the site speak against rows no longer than this: longer rows are more often headlines that name such things.
MENU_CHARS = 20
# So many words, none longer than this, are a menu along a row.
MENUS = ((4, 4), (8, 6))
# A row that has lost one character in so many says nothing.
LOST_EACH = 4
# Where a third of a row is figures, it is an issue's number or a price.
FIGURES = 0.3

_LABELLED = seldom(r"[\u4e00-\u9fff]{2,4}\s?[:/]\s?.{1,16}$|\d")
_TWO_LABELS = seldom(r"[\u4e00-\u9fff]{2,4}:[^:]{1,30}\s[\u4e00-\u9fff]{2,4}:")
# A row that begins with one of these labels says something of the page.
_SAYS = seldom(
    r"[\[【(]?\s?(?:关键词|关键字|摘\s{0,2}要|内容摘要|时间|日期|地点|会议(?:时间|地点)|中图分类号|文章编号|引用格式|个人简介|作者简介|来源|作者|编辑|责任编辑|发布时间|发布日期|发布者|DOI|doi)\s?[\]】)]?\s?:"
    r"|[\[【](?:关键词|关键字|摘\s{0,2}要|内容摘要|中图分类号|引用格式)[\]】]"
)
# What a record or a shop says of a thing, a row each; and how many have answered a question.
_OF_RECORD = seldom(
    r"[\u4e00-\u9fff]{0,4}(?:类型|名称|编号|分类|页码|页数|标签|字数|单位|地址|电话|传真|邮箱|热线|网址|联系人|格式|大小|状态|出处|型号|品牌|供应商|厂家)\s?:\s?\S|[\u4e00-\u9fff]{2,4}号\s?:\s?\d"
    r"|共?\s?\d{1,6}\s?个(?:回答|回复|评论|答案|赞)|.{0,40}返回(?:首页|列表|上页|目录)"
    r"|(?:有效期至?|最后更新|供货总量|最小起订量?|发货期限|所在地|单价)\s?[:\s]\s?\S|[\u4e00-\u9fff]{2,8}#\s|by\s\S{1,16}$|[\[【][^\[\]【】]{1,6}[\]】]$"
    r"|.{0,40}\s\d{1,7}\s?(?:条?评论|个?回复|浏览|阅读|人气|围观)$|第\s?[A-Z]{0,2}\d{1,3}\s?版(?:\s?:|$)|作品\s?:\s?\S|(?:文档|资源|作品|剧情|影片|内容|故事)(?:简介|描述)$"
    r"|名\s?称$|(?:性别|年龄|身高|体重)\s?[::]|(?:工作|上班|营业|开放|服务|门诊|急诊)时间$|(?:副?主任|主治|住院)(?:医师|医生|药师)\S{0,6}$|.{4,24}(?:三级甲等|三甲)$|.{0,12}领域(?:创作者|作者)$|.{1,16}答主$|.{1,6}小编$|\S{1,8}\s(?:楼主|博主|版主|站长)$|.{0,30}每(?:天|日|周[一二三四五六日]?)(?:更新|推送)$"
)
# The name of a site for reading, as it stands at the top of a chapter's page.
_READING_SITE = seldom(
    r"[\u4e00-\u9fffA-Za-z]{1,8}(?:小说网?|文学[网城]?|书[院屋城吧库包阁坊]网?|书网|中文网?|读书网?|阅读网?|看书网?)"
)
# What a collection of essays is called: …作文(精选15篇).
_COLLECTION = seldom(r".{4,50}\((?:精选|通用|优秀|推荐|集锦|汇编|合集|共|热门|实用)?\d{1,3}[篇首则条句份]\)")
# Names of writers, one of them with a blank inside.
_NAMES = seldom(r"(?=.{0,12}?(?:^|\s)\S\s\S(?:\s|$))\S\s?\S{1,2}(?:\s{1,3}\S\s?\S{1,2}){1,4}")
# A program's list of its own pages, as sites that share documents name them.
_PAGE_OF_FILE = seldom(r".{2,70}_第\d{1,3}页$")
# A row of so many bars is a menu.
BARS_OF_MENU = 4
# A bracket that a title may begin with: (5级)第39届名单.
LEADING = seldom(r"\([^()]{1,8}\)\S{6}")
# Entries of a menu with wide gaps between them.
_GAPS = seldom(r"[\u4e00-\u9fff]{2,6}(?:\s{3,20}[\u4e00-\u9fff]{2,6}){2,8}")
_NUMBERED = seldom(
    r"(?:[一二三四五六七八九十]{1,3}[、.]|\(?[一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、]|第[一二三四五六七八九十百\d]{1,4}[条款])"
)
_CHAPTER = seldom(r"第[一二三四五六七八九十百\d]{1,4}[章节编篇]")
_PART = seldom(r"第[一二三四五六七八九十百千\d]{1,5}[章部回集卷话]\s")  # of a novel: its names are no menu
_NOT_TITLE = seldom(
    r"(?:综合|编译|外电|即时|专题|特派)?报[导道]\s?/|标题[:\[]|作者[\sA-Za-z]"
    r"|(?:文字?|图片?|摄影|撰文|编辑)[/|\N{CJK UNIFIED IDEOGRAPH-4E28}]"
    r"|(?:问|答|Q|A|记者|主持人)\d{0,2}:|(?:编者按|摘要|导语|导读|目录|前言|引言|正文|图|表|原标题|《[^》]{1,30}》目录)\s*:?\d*$|[-—=*_~]{2,}|——|文号|主席|各位"
)


def looks(core: str) -> int:
    """What a row's length and words say for its being the title."""
    if dated := date_behind(core):
        core = core[: dated.start()]
    score = next(points for chars, points in _LENGTHS if len(core) >= chars)
    score -= 3 * (_CHAPTER.match(core) is not None)
    score -= 3 * (len(core) <= 10 and SITE_WORD.search(core) is not None)
    score -= round(3 * sign(core)) if len(core) <= MENU_CHARS else 0
    score -= 4 * (core.split(" ", 1)[0] in _labels() or _TWO_LABELS.match(core) is not None)
    score -= 3 * core.isascii()
    score -= 3 * (_LABELLED.match(core) is not None)
    score -= 3 * (sum(map(str.isdigit, core)) > FIGURES * len(core))
    return score


@cache
def _labels() -> frozenset[str]:
    return frozenset(chain.from_iterable(table("labels").values()))


def letterhead(core: str) -> bool:
    """Whether a row is an official document's number or the name of its series: what stands above its title."""
    return NUMBER.fullmatch(core) is not None or (core.endswith("文件") and OFFICE.match(core) is not None)


def may_be_title(row: Row) -> bool:
    """Whether a row looks like a title, wherever it stands."""
    return can_be(row) and looks(row.core) >= LEAST_SCORE


def names_reading_site(core: str) -> bool:
    """Whether a row is what a site for reading is called.

    >>> names_reading_site("青石书包网"), names_reading_site("镇上的书店")
    (True, False)
    """
    return _READING_SITE.fullmatch(core) is not None


def names_collection(core: str) -> bool:
    """Whether a row is the title of a collection, by the number of its parts.

    >>> names_collection("三年级作文我的妈妈(精选15篇)"), names_collection("我的妈妈")
    (True, False)
    """
    return core[-1:] == ")" and _COLLECTION.fullmatch(core) is not None


def is_chapter(core: str) -> bool:
    """Whether a row is the heading of a chapter.

    >>> is_chapter("第12章 渡口"), is_chapter("第12届灯会")
    (True, False)
    """
    return _CHAPTER.match(core) is not None


def _names_alone(core: str) -> bool:
    """Whether a row is names of writers, each of a surname and a name, one of them with a blank inside."""
    return _NAMES.fullmatch(core) is not None and all(name[0] in USUAL for name in names_of(core) or ("-",))


def can_be(row: Row) -> bool:
    """Whether nothing in a row says that it is no title."""
    if not MIN_CHARS <= len(row.core) <= MAX_CHARS or row.prose:
        return False
    return _can_be(row.core, row.tag == "h1") and not is_caption(row.folded)


@lru_cache(maxsize=4096)  # several rules ask, and a site's pages repeat their rows
def _can_be(core: str, heading: bool) -> bool:
    if not any(c.isalpha() for c in core):
        return False
    if len(core) <= LONE_LETTER and sum(map(str.isalnum, core)) < MIN_CHARS:  # - N +
        return False
    words = core.split()
    if "锟斤拷" in core or core.count("\N{REPLACEMENT CHARACTER}") * LOST_EACH >= len(core):
        return False
    if letterhead(core) or "://" in core:
        return False
    if any(len(words) >= least and max(map(len, words)) <= most for least, most in MENUS) and not _PART.match(core):
        return False
    if _GAPS.fullmatch(core) or (core.isascii() and not heading and sign(core) >= 1):
        return False
    if not heading and len(core) <= 20 and is_weak(core):
        return False
    if core.count("|") >= BARS_OF_MENU or core[0] == "<" or _SAYS.match(core) or _PAGE_OF_FILE.fullmatch(core):
        return False
    if _OF_RECORD.match(core) or (core[0] in USUAL and _names_alone(core)):
        return False
    if site_speech(core):
        return False
    if (
        DATE.fullmatch(core)
        or _NUMBERED.match(core)
        or _NOT_TITLE.match(core)
        or core.endswith((":", ",", ";", "、"))
        or (core[0] == "(" and not LEADING.match(core))
    ):
        return False
    return not ends_sentence(core) or core.endswith(("!", "?", "”", '"'))
