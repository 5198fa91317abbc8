"""Traditional characters that OpenCC's phrases miss: decided by what stands beside the simplified one."""

from __future__ import annotations

from tasks.expressions import seldom

# The traditional character, and where a simplified one is it. OpenCC's own tables go first: these are places where they
# have no phrase, or the longest one begins too early. Each is held by sentences under evals/scripts and tests/cases.
_PLACES = (
    # dry, of what holds water or is wet, not done
    (
        "乾",
        "(?<=[井河溪塘])干(?=[了透得，。,]|$)"
        "|(?<=嗓子|喉咙|嘴唇|皮肤|头发|衣服|毛巾|河床|泥土|油漆|被子|稻田|河水|井水|眼泪|汗水)干(?![部活预扰涉劲架事什])",
    ),
    # to pour water on tea, not to rush
    ("沖", "冲(?=[了过好]?[一两几半]?[杯壶碗泡]|[了过好]?(?:茶(?!馆)|咖啡(?!馆)|奶(?!奶))|[走毁垮掉淡散])"),
    # a play
    ("齣", "(?<=[这那几每])出(?=(?:[好大小新老旧名折喜悲闹京越川独]的?)?[戏剧](?!剧性))"),
    # to allow, not exact
    ("准", "(?<![看拿说测吃摸猜算瞄打投射对音])(?<=不)准(?=[\u4e00-\u9fff])(?![确时的了头点绳星])"),
    ("準", "(?<=[看拿测摸猜算瞄打]不)准"),
    # to shave and to scrape, not to blow
    ("刮", "刮(?=[去掉](?!的风))"),
    ("鬚", "(?<=刮胡)须|(?<=白胡)须|(?<=留胡)须"),
    # ginger, not the surname
    ("薑", "(?<=[种切拍磨])姜(?!家|氏)|姜(?=[苗农汁块末醋粉])"),
    # to tie, not to be
    ("繫", "(?:(?<=^)|(?<=[，。；：、,;“绳缆纱铃]))系(?=[在着上紧住](?!线))"),
    # sleepy, not besieged
    ("睏", "(?<=犯)困|(?<![被围受贫])困(?=了(?:就|便|，|。|,|$)|意)"),
    # blindfold
    ("矇", "蒙(?=[着住上]了?[双两]?眼)"),
    # watches
    ("錶", "(?<=[修戴])表(?![格演示面达])"),
    ("鐘", "钟(?=[走停响敲慢快])"),
    # surnames before what people are called by
    ("余", "(?<![其多剩业盈残富结])余(?=[家某氏]|先生|师傅|老师|女士|小姐|医生|教授|主任|书记|局长|经理)"),
    ("范", "(?<![模示规典师风就])范(?=[家某氏]|先生|师傅|老师|女士|小姐|医生|教授|主任|书记|局长|经理)"),
    # lanes and views, where OpenCC has older characters
    ("胡", "胡(?=同)"),
    ("同", "(?<=胡)同(?![学乡行意时])"),
    ("致", "(?<=景)致"),
)
_PLACE = tuple((char, seldom(pattern)) for char, pattern in _PLACES)
_HAS_PLACE = seldom("[干冲出准刮须姜系困蒙表钟余范胡致]")


def mended(line: str, converted: str) -> str:
    """`converted`, what OpenCC made of the simplified `line` (of equal length), with what it misses put right.

    >>> mended("他冲了杯茶，不准冲动。", "他衝了杯茶，不準衝動。")
    '他沖了杯茶，不准衝動。'
    """
    if not _HAS_PLACE.search(line):
        return converted
    found = {match.start(): char for char, pattern in _PLACE for match in pattern.finditer(line)}
    if not found:
        return converted
    return "".join(found.get(at, char) for at, char in enumerate(converted))
