"""Speaker turns: interviews, questions and answers, panels, plays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from tasks.expressions import seldom
from tasks.segment.paragraphs import Paragraph
from tasks.surnames import COMPOUND, USUAL

_LABEL = re.compile(r"([\[【(]?)([^,。!?;:“”\"'…、\t\[\]【】|()]{1,20}(?: ?\([^()]{1,30}\))?)[\]】)]?:(?!//)")
_LONGEST_LABEL = 56  # all that `_LABEL` takes, the colon and the brackets with it
_LONGEST_PART = 14  # of what somebody is, before his name
_LETTERS = frozenset(("Q", "A", "Q.", "A."))
_OPENS_LABEL = frozenset("[【Q")
_ASKS = seldom(r"(Q)\d{0,2}\s(?=[\u4e00-\u9fff].{4,120}[。?!]$)")  # Q 请谈谈这本书。
_OFFICE = re.compile(r" ?[(（][^()（）]{1,30}[)）]$")
_BRACKETED = seldom(r"[\[【]([^,。!?;:“”\"'…、\t\[\]【】|]{1,20})[\]】]")
_QUESTION = re.compile(r"(问|答|提问|回答|追问|Q|A|问题|q|a) ?\d{0,2}$")
_ROLE = re.compile(
    r"(?:解说词?|画外音|同期声|配音|字幕)$|.{0,12}(?:记者|主持人?|嘉宾|网友|听众|观众|读者|采访者|受访者|访谈者|访员|编辑|小编|发言人|老师|教授|学生|同学|医生|律师"
    r"|专家|法官|审判长|原告|被告|公诉人|辩护人|旁白|画外音|众人?|甲|乙|丙|丁)[ A-Z\d]{0,3}[\u4e00-\u9fff·]{0,4}$"
    r"|[^ ]{2,14}(?:报|网|社|周刊|杂志|电视台|电台|新闻|日报|晚报|财经|传媒)$"
    r"|[^ ]{2,8}(?:报|网|社|台|刊|新闻|财经)·[^ ]{2,10}$"
)
# Who asks, and the office of one who answers; without the one the other is a list of who holds which.
_ASKER = seldom(r".{0,12}(?:记者|主持人?|网友|听众|观众|提问者?|追问|问)\s?[A-Z\d]{0,3}$")
_OFFICE_HELD = seldom(
    r"[\u4e00-\u9fff]{0,10}(?:长官|[司局部署厅处科所院校会省市县区镇乡村馆站队行]长|主任|书记|主席|总裁|总经理|负责人|代表)"
)
# Words that head a field of a form, a recipe, an exercise or a notice, and recur there.
_FIELD = re.compile(
    r".{0,6}(?:时间|日期|地点|地址|电话|手机|传真|邮箱|邮编|网址|官网|来源|作者|编辑|责编|摄影|标题|题目|关键词|摘要|注|说明|备注|提示|注意|"
    r"答案|解析|分析|点评|例如|比如|例|材料|原料|做法|用料|步骤|方法|价格|型号|规格|名称|姓名|性别|年龄|职务|职位|单位|部门|公司|编号|"
    r"数量|优点|缺点|特点|功能|用途|功效|主治|用法|用量|原因|结果|结论|目的|目标|任务|要求|条件|对象|范围|内容|主题|重点|难点|背景|意义|"
    r"主演|导演|编剧|类型|片长|上映|译文|原文|释义|出处|拼音|读音|近义词|反义词|造句|其中|分别|如下|包括|等|即|是|为|有)$"
)
_SAYING = re.compile(r".{1,}(?:说|道|称|表示|认为|指出|强调|写道|喊|叫|告诉.{0,6}|介绍|问道|答道|回应|坦言|透露|笑道)$")
# Voices of a film, one of which ends as verbs of speech do.
_VOICE = seldom(r"(?:解说词?|画外音|同期声|配音|字幕)$")
_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,4}(?: ?[(][^()]{1,12}[)])?$|[\u4e00-\u9fffA-Za-z]{1,12}[·.][\u4e00-\u9fffA-Za-z·.]{1,16}$"
)
# Surnames that no other words begin with, beside the usual ones.
_RARE = frozenset("蒯郦逄阙郜隗缑訾郗郇亓仝仉谯麴钭郏")
# Speakers named by no more than their names must sound like speech: most of their lines end as sentences.
_SPEECH_SHARE = 0.7
# Speakers named by neither a part nor a person's name have to address each other in this share of their lines.
_ADDRESS = seldom(r"[我你您咱]|[?]")
_ADDRESS_SHARE = 0.3


def turns(paragraphs: Sequence[Paragraph]) -> dict[int, str]:
    """The speaker of every paragraph that begins a turn, by the paragraph's number; empty where nobody takes turns.

    A label counts as a speaker if it is a part in a conversation (记者, 主持人, 问) or a name, not a field of a form,
    and somebody speaks twice or two speakers alternate.

    >>> lines = ["问：水库何时蓄水？", "答：明年春天。", "要看雨水。", "问：谁来管？", "答：镇里。"]
    >>> from tasks.script.fold import fold
    >>> turns([Paragraph(line, fold(line)) for line in lines])
    {0: '问', 1: '答', 3: '问', 4: '答'}
    """
    may_be = [
        (at, one)
        for at, one in enumerate(paragraphs)
        if ":" in (folded := one.folded)[:_LONGEST_LABEL]
        or folded[:1] in _OPENS_LABEL
        or one.label
        or folded in _LETTERS
    ]
    labels = {at: label for at, one in may_be if (label := _label(one))}
    if labels and not any(label == "Q" for _, label in labels.values()):  # A. is a choice
        labels = {at: label for at, label in labels.items() if paragraphs[at].folded not in _LETTERS}
    if not labels:
        return {}
    counts = Counter([label for _, label in labels.values()])
    roles = {label for label in counts if _ROLE.match(label) or _QUESTION.match(label)}
    if not roles and len(counts) == len(labels):
        return {}  # nobody speaks twice
    others = [label for label in counts if label not in roles]
    asked = any(_ASKER.match(label) for label in roles)
    names = {
        label
        for label in others
        if _is_name(label)
        or (roles and counts[label] > 1 and _NAME.match(label))
        or (asked and _OFFICE_HELD.fullmatch(label))
    }
    if roles and _take_turns(counts, roles | names):
        speakers = roles | names
    else:
        speakers = {name for name in others if counts[name] > 1 and (name in names or _sounds(paragraphs, labels))}
        lines = [paragraphs[at] for at, (_, label) in labels.items() if label in speakers]
        if (len(speakers) < 2 and not _asked(paragraphs, labels, speakers)) or sum(
            line.closed for line in lines
        ) < _SPEECH_SHARE * len(lines):
            return {}
    return {at: said for at, (said, label) in labels.items() if label in speakers}


def _asked(paragraphs: Sequence[Paragraph], labels: dict[int, tuple[str, str]], speakers: Collection[str]) -> bool:
    """Whether the one who speaks answers what stands behind a dash above each of his turns: ——谈水位."""
    said = [at for at, (_, label) in labels.items() if label in speakers]
    return bool(said) and all(at and paragraphs[at - 1].folded[0] in "—-" for at in said)


def _take_turns(counts: Counter[str], speakers: Collection[str]) -> bool:
    """Whether a part in a conversation recurs or is answered."""
    spoken = sum(counts[label] for label in speakers)
    return spoken >= 2 and (len(speakers) >= 2 or spoken >= 3)


def _sounds(paragraphs: Sequence[Paragraph], labels: dict[int, tuple[str, str]]) -> bool:
    """Whether the labelled lines address somebody or ask: fields of a form do neither."""
    spoken = sum(_ADDRESS.search(paragraphs[at].folded) is not None for at in labels)
    return spoken >= _ADDRESS_SHARE * len(labels)


def _label(paragraph: Paragraph) -> tuple[str, str] | None:
    """A line's label as it stands and folded, if it may name a speaker."""
    span = _label_span(paragraph)
    if span is None or paragraph.verbatim or paragraph.cell:
        return None
    start, end = span
    label = _bare(paragraph.folded[start:end])
    if not label or label.isdecimal() or _FIELD.match(label):
        return None
    if _SAYING.match(label) and not (_QUESTION.match(label) or _VOICE.match(label)):
        return None
    return _bare(paragraph.text[start:end]), label


def _label_span(paragraph: Paragraph) -> tuple[int, int] | None:
    """Where the label stands: before a colon; in brackets or in bold without one, if it names a part or a person."""
    folded = paragraph.folded
    if folded in _LETTERS:
        return 0, 1
    found = _LABEL.match(folded) if ":" in folded[:_LONGEST_LABEL] else None
    if found:
        return found.span(2)
    if folded[:1] == "Q" and (asks := _ASKS.match(folded)):
        return asks.span(1)
    found = _BRACKETED.match(folded) if folded[:1] in "[【" else None
    if found and (_ROLE.match(found[1]) or _QUESTION.match(found[1])):
        return found.span(1)
    bold = folded[: paragraph.label].strip() if paragraph.label else ""
    if bold and (_ROLE.match(bold) or _QUESTION.match(bold) or _is_name(bold)):
        return 0, paragraph.label
    return None


def _bare(label: str) -> str:
    """A label without the office in brackets behind it; and `问1` and `Q 2` are the same asker.

    >>> _bare("贺连舟（区长）"), _bare("问 2")
    ('贺连舟', '问')
    """
    label = _OFFICE.sub("", label.strip())
    return label.rstrip("0123456789").rstrip() if _QUESTION.match(label) else label


def _is_name(label: str) -> bool:
    """Whether a label reads like a person's name: a surname first, or a foreign name with its dot."""
    part, _, name = label.rpartition(" ")  # who he is, and his name: 守亭人 张石四
    if len(name) > 1 and 1 < len(part) <= _LONGEST_PART and name[0] in USUAL and len(name) <= 3:
        return True
    if not _NAME.match(label):
        return False
    return label[0] in USUAL or label[0] in _RARE or label.startswith(COMPOUND) or "·" in label
