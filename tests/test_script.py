"""Script: detection, and a conversion that keeps length and line ends and changes nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from evals import scripts as scripts_eval
from evals.corpus import Passage, own
from tasks.records import Punctuation, Script, Target
from tasks.script import convert as conversion
from tasks.script import fold as folding
from tasks.script.convert import converter
from tasks.script.detect import detect_script
from tasks.script.fold import fold, simplify
from tasks.script.tables import forms, japanese, only_simplified, only_traditional, to_be_weighed, variants

CASES = json.loads((Path(__file__).parent / "cases" / "script.json").read_text(encoding="utf-8"))
NEGATIVE = [case for case in CASES if case["original"] == case["fixed"]]
LABELS = [case["label"] for case in CASES]
SAMPLE = "".join(case["original"] for case in CASES)


def convert(text: str, target: Target = Target.HANS, punctuation: Punctuation = Punctuation.FULLWIDTH) -> str:
    return converter(detect_script(text), target, punctuation)(text)


@pytest.mark.parametrize("case", CASES, ids=LABELS)
def test_case(case: dict[str, str]) -> None:
    assert convert(case["original"]) == case["fixed"]


@pytest.mark.parametrize("case", CASES, ids=LABELS)
def test_length_and_line_ends_stay_and_a_second_time_changes_nothing(case: dict[str, str]) -> None:
    for target in Target:
        for punctuation in Punctuation:
            run = converter(detect_script(case["original"]), target, punctuation)
            once = run(case["original"])
            assert [len(line) for line in once.split("\n")] == [len(line) for line in case["original"].split("\n")]
            assert run(once) == once


def test_at_least_as_many_negatives_as_positives() -> None:
    assert len(NEGATIVE) >= len(CASES) - len(NEGATIVE) >= 30


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("竹编产品销往县城", Script.HANS),
        ("竹編產品銷往縣城", Script.HANT),
        ("竹編產品銷往縣城\n竹编产品销往县城", Script.MIXED),
        ("云端之下，雲海翻湧，后來的游客", Script.HANT),
        ("佢哋琴晚去咗邊度食嘢呀", Script.HANT),
        ("山水", Script.HANS),
        ("⽔⼭", Script.HANS),
        ("竹の子が山で採れました", Script.NONE),
        ("漢字를 배우는 學生들이 늘었다", Script.NONE),
        ("Bamboo 竹 is a kind of grass, and grows quickly in warm places", Script.NONE),
        ("", Script.NONE),
        ("2019", Script.NONE),
        # a lesson in Chinese, and Japanese names
        (
            "生詞\n燈籠（とうろう）是掛在門前的燈\n「さくら」是櫻花\n這兩個詞要會寫，還要會讀，你們學了沒有？\nこんにちは（你好）\nおはよう（早安）",
            Script.HANT,
        ),
        (
            "第一回大会 優勝 渡邊・齋藤組 準優勝 濱田・廣瀬組 三位 櫻井・澤田組 スポーツニュース トップページ",
            Script.NONE,
        ),
    ],
)
def test_detection(text: str, script: Script) -> None:
    assert detect_script(text) is script


def test_a_short_tail_in_the_other_script_does_not_make_a_page_mixed() -> None:
    page = "氣象站設在山頂，觀測員每天記錄雲量、風向和氣溫，資料傳回總站。" * 6
    assert detect_script(page + "\n更多内容请进入首页") is Script.HANT


def test_a_long_page_is_judged_by_pieces_of_all_of_it() -> None:
    assert detect_script("竹编产品销往县城。" * 20_000 + "竹編產品銷往縣城。" * 20_000) is Script.MIXED


@pytest.mark.parametrize(
    ("original", "fixed"),
    [
        ("皇后走在队伍后面，离村里三里路。", "皇后走在隊伍後面，離村裏三里路。"),
        ("竹編產品，后妃干政", "竹編產品，后妃干政"),
        ("霧散了，船開了\n雾散了，船开了", "霧散了，船開了\n霧散了，船開了"),
        ("⻊球隊，図書", "足球隊，圖書"),
    ],
)
def test_to_traditional(original: str, fixed: str) -> None:
    assert convert(original, Target.HANT) == fixed


def test_keep_keeps_the_script_but_not_odd_forms() -> None:
    assert convert("後面⻊球場,后面", Target.KEEP) == "後面足球場，后面"
    assert convert("後面⻊球場,后面", Target.KEEP, Punctuation.KEEP) == "後面足球場,后面"


def test_half_a_surrogate_pair_and_nul_do_no_harm() -> None:
    assert convert("發\ud800展\x00經濟") == "发\ud800展\x00经济"


def test_offsets_hold_where_opencc_changes_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.script.convert._opencc_converter", lambda _: lambda text: text.replace("發展", "发"))
    assert conversion._opencc("t2s", "經濟發展\n漁業") == "经济发展\n漁業"


def test_tables_are_one_for_one_and_do_not_undo_each_other() -> None:
    for table in (forms(), japanese(), variants()):
        assert all(len(same) == 1 for same in table.values())
        assert not any(ord(same) in forms() for same in table.values())
    assert only_simplified().isdisjoint(only_traditional())


@given(st.text(st.sampled_from(SAMPLE), max_size=80))
def test_any_mixture_keeps_its_shape_and_comes_to_rest(text: str) -> None:
    for target in (Target.HANS, Target.KEEP):
        run = converter(detect_script(text), target, Punctuation.FULLWIDTH)
        once = run(text)
        assert [len(line) for line in once.split("\n")] == [len(line) for line in text.split("\n")]
        assert run(once) == once


@given(st.text(st.sampled_from(SAMPLE), max_size=80))
def test_folding_keeps_its_shape(text: str) -> None:
    assert [len(line) for line in fold(text).split("\n")] == [len(line) for line in text.split("\n")]
    assert fold(fold(text)) == fold(text)


def test_the_floors_on_labelled_sentences_are_held() -> None:
    assert scripts_eval.fallen() == []


@pytest.mark.parametrize(
    ("simple", "traditional"),
    [
        ("井干了。", "井乾了。"),
        ("井边干了三天。", "井邊幹了三天。"),
        ("他的头发干部里没有第二个人有。", "他的頭髮幹部裏沒有第二個人有。"),
        ("冲了两杯茶。", "沖了兩杯茶。"),
        ("他冲了出去，冲着茶馆喊。", "他衝了出去，衝着茶館喊。"),
        ("看了那出老戏。", "看了那齣老戲。"),
        ("这出戏剧性的转折。", "這出戲劇性的轉折。"),
        ("不准入内。", "不准入內。"),
        ("猜不准是谁。", "猜不準是誰。"),
        ("读音不准。", "讀音不準。"),
        ("这口井有百年历史。", "這口井有百年歷史。"),
        ("一个中年人指明了方向。", "一個中年人指明了方向。"),
        ("皇帝后宫，皇帝后来病了。", "皇帝後宮，皇帝後來病了。"),
        ("刮掉旧漆。", "刮掉舊漆。"),
        ("种姜的人家姓姜。", "種薑的人家姓姜。"),
        ("中文系在山上，把绳系在树上。", "中文系在山上，把繩繫在樹上。"),
        ("他被困了两天，孩子困了。", "他被困了兩天，孩子睏了。"),
        ("蒙上眼，蒙上一层灰。", "矇上眼，蒙上一層灰。"),
        ("修表的人填表格。", "修錶的人填表格。"),
        ("胡同里的人不胡来。", "胡同裏的人不胡來。"),
        ("其余家庭去了余家。", "其餘家庭去了余家。"),
        ("模范老师和范师傅", "模範老師和范師傅"),
        ("钟停了，两人一见钟情。", "鐘停了，兩人一見鍾情。"),
    ],
)
def test_what_opencc_has_no_phrase_for(simple: str, traditional: str) -> None:
    assert converter(Script.HANS, Target.HANT, Punctuation.KEEP)(simple) == traditional


# Characters of which a word decides what they become, with all that stands beside them in such words.
DECIDED = sorted({char for pattern in [to_be_weighed().pattern] for char in pattern if char > "\u3400"})


@given(
    st.lists(st.sampled_from([*DECIDED, *"，。\n的於著着甚麼發國"]), max_size=40).map("".join), st.sampled_from(Script)
)
def test_a_line_that_opencc_is_not_given_is_what_it_would_have_made_of_it(text: str, script: Script) -> None:
    assert conversion._to_hans(text, script) == conversion._weighed(text, script)


@pytest.mark.parametrize("passage", own(), ids=lambda passage: passage.register)
def test_so_are_those_of_running_text(passage: Passage) -> None:
    text = OpenCC("s2t").convert(passage.text)
    assert conversion._to_hans(text, Script.HANT) == conversion._weighed(text, Script.HANT)


def test_of_a_line_in_which_a_word_decides_opencc_is_given_the_clause(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(conversion, "_opencc", lambda _, text: given.append(text) or OpenCC("t2s").convert(text))
    assert convert("春雨過後，乾隆年間的石橋還在。橋下水流很急。\n孩子們反覆數著橋墩，") == (
        "春雨过后，乾隆年间的石桥还在。桥下水流很急。\n孩子们反复数着桥墩，"
    )
    assert given == ["乾隆年間的石橋還在\n孩子們反覆數着橋墩"]


def test_japanese_lines_stay_among_others() -> None:
    assert convert(
        "河邊掛滿了紙燈，孩子們沿著石階跑上跑下，等著看船。\n橋のたもとで灯り\n燈會從此開始，一直辦到正月底。"
    ) == ("河边挂满了纸灯，孩子们沿着石阶跑上跑下，等着看船。\n橋のたもとで灯り\n灯会从此开始，一直办到正月底。")


def test_few_lines_are_given_to_opencc() -> None:
    lines = [line for passage in own() if passage.script == "Hant" for line in passage.text.splitlines()]
    assert 10 * sum(to_be_weighed().search(line) is not None for line in lines) < 2 * len(lines)


def test_characters_are_simplified_by_themselves_compiled_and_not(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(map(chr, range(0x3000, 0xA000))) + "\U00020164\U0002f800"
    found = simplify(text)
    folding._simplified.cache_clear()
    monkeypatch.setattr("tasks.chars.compiled", None)
    assert simplify(text) == found != text
