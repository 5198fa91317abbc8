"""Traditional characters that OpenCC's phrases miss: decided by what stands beside the simplified one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple, Self

from tasks.expressions import seldom
from tasks.script.fold import simplify

# The traditional character, and where a simplified one is it. OpenCC's own tables go first: these are places where they
# have no phrase, or the longest one begins too early. Each is held by sentences under evals/scripts and tests/cases.
_PLACES = (
    # dry, of what holds water or is wet, not done
    (
        "乾",
        "(?<=[井河溪塘])干(?=[了透得，。,]|$)"
        "|(?<=嗓子|喉咙|嘴唇|皮肤|头发|衣服|毛巾|河床|泥土|油漆|被子|稻田|河水|井水|眼泪|汗水)干(?![部活预扰涉劲架事什])",
    ),
    ("幹", "干(?=的(?:第|事|活|好|工|是|就|什么|这|那|坏))|(?<=[我你他她们谁队])干(?=的)"),
    # to rush, and to pour water on tea
    ("衝", "冲(?=[突击撞刺锋])"),
    (
        "沖",
        "冲(?=[了过好]?[一两几半]?[杯壶碗泡]|[了过好]?(?:茶(?!馆)|咖啡(?!馆)|奶(?!奶))|[走毁垮掉淡散洗刷]"
        "|[了过个完]{0,2}[凉厕])",
    ),
    # once out of the door; a play
    ("出", "(?<=一)出(?=[门手现世去来口生场局狱])"),
    ("齣", "(?<=[这那几每])出(?=(?:[好大小新老旧名折喜悲闹京越川独]的?)?[戏剧](?!剧性))"),
    # to allow, not exact
    ("准", "(?<![看拿说测吃摸猜算瞄打投射对音])(?<=[不唔])准(?=[\u4e00-\u9fff])(?![确时的了头点绳星])"),
    ("准", "(?<!标)准(?=许|予)|(?<=[获核恩])准|(?<=只)准(?!备)"),
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
    ("錶", "(?<=[修戴])表(?![格演示面达])|(?<=只手)表(?![格演示面达现])"),
    ("表", "表(?=[格单示达现演决率])"),
    ("鐘", "钟(?=[走停响敲慢快])"),
    # surnames before what people are called by; what is left over
    ("餘", "余(?=[震热款额])|(?<=[0-9十百千万亿])余"),
    ("余", "(?<![其多剩业盈残富结0-9十百千万亿])余(?=[家某氏]|先生|师傅|老师|女士|小姐|医生|教授|主任|书记|局长|经理)"),
    ("范", "(?<![模示规典师风就])范(?=[家某氏]|先生|师傅|老师|女士|小姐|医生|教授|主任|书记|局长|经理)"),
    # 范 that is in no word of 範 is a name
    ("范", "(?<![示规模师典就防风轨垂闺铸陶洪仪泥遗])范(?![围畴例本文式型儿])"),
    ("岳", "(?<![五四山河岱东西南北中海嵩])岳(?![庙渎镇])"),
    # lanes and views, where OpenCC has older characters
    ("胡", "胡(?=同)"),
    ("同", "(?<=胡)同(?![学乡行意时])"),
    ("致", "(?<=景)致"),
    # to make, not a system; what has been made a system of
    ("製", "制(?=造(?!成)|备(?!案|战|用)|作(?![用业风为]))|(?<=自)制(?=[\u4e00-\u9fff])(?![力能约心地])"),
    ("製", "(?<![控限抑克压遏牵管节专体机法税币学])制(?=[好成](?![熟立为]))"),
    ("制", "制(?=度)|(?<=改)制"),
    # to sign, not a slip of wood
    (
        "簽",
        "(?<![标书竹抽])签(?=[约订署字名发到收证入批]|合同|协议|文件)|(?<=[要会已刚没未再迫能请他她你我])签(?=[了过完下一，。])",
    ),
    ("於", "(?<=[出由])于|于(?=心不)"),
    ("稜", "棱(?=[角线镜])"),
    # to march, not to call in
    ("征", "征(?=[程途战伐讨服夫])|(?<=[从出远长亲])征(?![收用兵求集召询税稿文得])"),
    # the Dipper's likes, calendars, the second hour
    ("斗", "(?<=[南北])斗(?![争殴气])"),
    ("曆", "(?<=[律创造治授])历(?![史代任经届来程次])"),
    ("丑", "(?<=[子合])丑(?![陋恶])|丑(?=[时月])"),
    ("划", "划(?=到[河湖江对岸]|[桨艇])|(?<=船，)划"),
    # to take, and again
    ("採", "(?<![风神文光])采(?=[用纳购集摘伐掘])"),
    ("複", "复(?=[杂印]|制(?!度))|(?<=重)复(?=[了地性的，。,]|[一二两三几数多]次)"),
    ("復", "复(?=[国校兴])"),
    ("參", "参(?=[加与选观赛](?!工))"),
    ("困", "困(?=[难惑境扰])"),
    # animals counted
    ("隻", "(?<=[0-9])只(?![能是有要需会准用在])"),
    # a typhoon, and a cloud of particles
    ("颱", "(?<![舞戏讲灶电阳])台(?=风(?![格范度稳味貌]))"),
    ("雲", "云(?=[层彩朵])|(?<=[分电离原粒]子)云"),
    ("云", "(?<![白乌彩乱风星祥浮青])云(?=[：:])"),
    ("系", "(?<![联关维])系(?=[统列谱])"),
    ("係", "(?<=[真但即净梗仲唔确纯实乃均皆])系(?![统列数谱族])"),
    ("裏", "(?<![公英华海平方万千百十])里(?=面(?!积)|边)"),
    ("劃", "(?<=[规策企筹区])划"),
    ("托", "(?<=摩)托|托(?=[儿育])"),
    ("回", "回(?=归(?![分模方线]))"),
    ("當", "(?<=应)当(?=当[庭场])|(?<=应当)当(?=[庭场])"),
    ("哄", "哄(?=[抢骗])"),
    ("後", "后(?=裔)|(?<=[0-9]天)后"),
    ("后", "(?<=天)后(?=[妈娘宫庙殿诞])"),
    ("並", "(?<=[，；、。])并(?![购吞轨入]|发症)"),
    ("個", "(?<=[一两这那每几数多])个(?=中)"),
)


def _by_character(places: Sequence[tuple[str, str]]) -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """By the simplified character that is looked at: the traditional one, and where it is that."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)
    for char, pattern in places:
        found[simplify(char)].append((char, seldom(pattern)))
    return found


# Forms of OpenCC's own standard that neither Taiwan nor Hong Kong writes, to the one that both do (its t2tw and t2hk).
_IN_USE = str.maketrans("脣衆覈僞鉢鍼喫嬀爲潙癡皁祕竈糉纔踊", "唇眾核偽缽針吃媯為溈痴皂秘灶粽才踴")
# Characters of written Cantonese alone, and what there are others in it than in Mandarin: 係 is "to be".
_CANTONESE = re.compile("[嘅咗啲嘢佢哋喺嚟冇咁噉㗎嗰睇乜喐攞畀瞓]|唔(?![，。！…])")
# So many of them, and one in so many characters, make a page Cantonese: songs and posts have one in 10 to 80, Mandarin
# that quotes a word or two one in hundreds.
FEWEST_WORDS, CANTONESE = 3, 0.01
# A page on ginger has so many words for it, and nobody of that name.
FEWEST_GINGER = 2
_GINGER = re.compile("[生干老嫩鲜子母片块]姜|姜[汁汤茶片丝末粉糖]")
_SURNAME_GINGER = re.compile("姓姜|姜[氏某家太维尚]|姜子牙|姜(?:先生|女士|师傅|老师|教授|主任|书记|经理)")
_IN_CANTONESE = (
    ("係", "(?<![关联维体派星直旁母父语水科院数文中理])系(?![统列数谱主里内])"),
    ("隻", "(?<=[呢嗰边几成])只(?![有能要得係系])"),
    ("晒", "晒(?![太衫衣干相])"),
    ("吓", "(?<!惊)吓(?![亲死坏倒])"),
    ("郁", "(?<![抑忧浓馥葱沉])郁(?![闷金结悒])"),
)


@cache
def _places() -> tuple[dict[str, list[tuple[str, re.Pattern[str]]]], dict[str, list[tuple[str, re.Pattern[str]]]]]:
    return _by_character(_PLACES), _by_character(_IN_CANTONESE)


def _found(line: str, places: Mapping[str, Iterable[tuple[str, re.Pattern[str]]]]) -> dict[int, str]:
    """Where characters of `line` are to be others, and which."""
    rules = [rule for char, rules in places.items() if char in line for rule in rules]
    return {match.start(): char for char, pattern in rules for match in pattern.finditer(line)}


class Topic(NamedTuple):
    """What a page is about, as far as it decides on characters of its lines.

    >>> Topic.of("佢哋系广州人嚟嘅"), Topic.of("生姜切片，姜汤煮好，放凉了姜味更浓。")
    (Topic(cantonese=True, ginger=False), Topic(cantonese=False, ginger=True))
    >>> Topic.of("他们是广州人，说“唔该”"), Topic.of("姜先生爱喝姜汤，生姜要切片。")
    (Topic(cantonese=False, ginger=False), Topic(cantonese=False, ginger=False))
    """

    cantonese: bool = False
    ginger: bool = False

    @classmethod
    def of(cls, text: str) -> Self:
        """What shows in a text, of whichever script."""
        words = len(_CANTONESE.findall(text))
        cantonese = words >= max(FEWEST_WORDS, CANTONESE * len(text))
        ginger = "姜" in text and len(_GINGER.findall(text)) >= FEWEST_GINGER and not _SURNAME_GINGER.search(text)
        return cls(cantonese, ginger)


def mended(line: str, converted: str, topic: Topic | None = None) -> str:
    """`converted`, what OpenCC made of the simplified `line` (of equal length), with what it misses put right. A line
    is Cantonese if its page is, or if it is by itself.

    >>> mended("他冲了杯茶，不准冲动。", "他衝了杯茶，不準衝動。")
    '他沖了杯茶，不准衝動。'
    >>> mended("佢系边度嚟嘅？", "佢系邊度嚟嘅？")
    '佢係邊度嚟嘅？'
    """
    always, in_cantonese = _places()
    found = _found(line, always)
    if (topic and topic.cantonese) or _CANTONESE.search(line):
        found |= _found(line, in_cantonese)
    if topic and topic.ginger and "姜" in line:
        found |= {at: "薑" for at, char in enumerate(line) if char == "姜"}
    if found:
        converted = "".join(found.get(at, char) for at, char in enumerate(converted))
    return converted.translate(_IN_USE)
