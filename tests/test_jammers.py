"""The noise that forums hide between lines leaves the text; formulas and signs stay."""

from __future__ import annotations

from tasks.ledger import Ledger
from tasks.records import Policy
from tasks.strip import strip

POST = (
    "渡口的老船这个月底停航,最后一班定在二十八号下午四点。\n"
    "摆渡的老人说,他撑了三十一年的篙,河底哪里有石头闭着眼睛也知道。\n"
    "新桥通车以后,两岸的人走过去只要六分钟,可是还有人愿意坐船。\n"
    "镇上打算把这条船拖上岸,放在码头边上,给孩子们看看。\n"
)


def stripped(text: str) -> str:
    return strip(Ledger.of(text), (), Policy())[0].text


def test_noise_before_and_behind_the_lines_of_a_post() -> None:
    first, second, third, fourth = POST.splitlines()
    jammed = (
        f"{first}! b6 ~- A$ C) k+ m7 N3 o\n' d/ v. n# d- O\" W, p{second}\n"
        f"* ^5 Q/ T! v* L+ A6 `{third}\n/ C2 [  V  _* ^$ D- F9 e9 H{fourth}\n"
    )
    assert stripped(jammed) == POST


def test_noise_that_stands_but_once_stays() -> None:
    jammed = POST.replace("四点。\n", "四点。! b6 ~- A$ C) k+ m7 N3 o\n")
    assert stripped(jammed) == jammed


def test_formulas_and_signs_stay() -> None:
    text = (
        "两种配方的比例不一样,先把三个量记住再往下看。\na = b + c - d / e 是第一种配方的算法,其中 e 不能是零。\n"
        "x1 + x2 - x3 + y1 * y2 = z 是第二种,每一项都要先称过再加。\n"
        "! # $ % & * 这几个符号在表里各有各的意思,不要改。\n"
        "老师傅说,记不住就写在墙上,天天看也就会了。\n"
    )
    assert stripped(text) == text
