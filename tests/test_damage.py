"""The forward model gives back the damage seen on live pages, and says truly where it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.damage import Damage, Policy, damage, spliced
from evals.pairs import decoding, encoding_of, is_private

ASCII_MARKS = {"！": "!", "；": ";", "？": "?", "：": ":", "，": ",", "（": "(", "）": ")"}
SAME_MARKS = {mark: mark for mark in "！；？：，、（）"}
SHU = {"數": "shù", "當": "dāng"}

WORKED = [
    ("當地優質", Damage({**SHU, "優": "yōu", "質": "zhì"}), "當(dāng)?shù)貎?yōu)質(zhì)"),
    ("館。基地負責", Damage(punctuation=SAME_MARKS, user_areas="delete"), "館?；刎"),
    ("次。《壽光蔬菜博覽會", Damage(punctuation=ASCII_MARKS, mark_policy="drop"), "次!秹酃馐卟瞬┯[會"),
    ("當地所需、新", Damage(SHU, punctuation=SAME_MARKS, user_areas="delete"), "當(dāng)?shù)厮?、新"),
    ("家幸福”、“", Damage(punctuation={"！": "!", "、": "、"}, mark_policy="drop"), "家幸!、“"),
    ("報道。活動進一步", Damage(punctuation=ASCII_MARKS, policy="drop"), "報道;顒舆M一步"),
    ("勇擔使命走在前 ", Damage({"聯": "lián"}), "勇?lián)\ue319姑\ue3e2咴谇?"),
    ("勇擔使命走在前 ", Damage({"聯": "lián"}, user_areas="delete"), "勇?lián)姑咴谇?"),
    ("增強。“聯誼", Damage({"聯": "lián"}, punctuation=ASCII_MARKS, mark_policy="drop"), "增強!奥(lián)誼"),
    ("送服務", Damage({"驅": "qū"}), "送服務"),
    ("實打實服務", Damage({"驅": "qū", "務": "wù"}), "實打?qū)嵎⻊?wù)"),
    ("他們為山東發展", Damage({"優": "yōu", "發": "fā"}), "他們?yōu)樯綎|發(fā)展"),
    ("之智。”區商", Damage({"區": "qū"}, punctuation=SAME_MARKS), "之智?！眳^(qū)商"),
    (
        "當地“造血”功能，并進一步",
        Damage({**SHU, "進": "jìn"}, user_areas="delete"),
        "當(dāng)?shù)亍霸煅惫δ埽⑦M(jìn)一步",
    ),
    (
        "天津對口支援甘南特色產業園",
        Damage({"驅": "qū", "對": "duì", "產": "chǎn", "業": "yè"}, user_areas="delete"),
        "天津?qū)谥г誓咸厣a(chǎn)業(yè)園",
    ),
    ("天津對口", Damage({"對": "duì", "驅": "qū"}, policy="drop"), "天津(qū)(duì)口"),
    ("產業發展", Damage({"產": "chǎn", "業": "yè", "發": "fā"}), "產(chǎn)業(yè)發(fā)展"),
    ("會發", Damage({"會": "huì", "發": "fā"}, form="spaced"), "會(huì )發(fā )"),
    ("國", Damage({"國": "guó"}, form="toneless"), "國(guo)"),
    ("國", Damage({"國": "guó"}, form="doubled"), "國(guo)(guo)"),
    ("國", Damage({"國": "guó"}, form="fullwidth"), "國（guó）"),
]


@pytest.mark.parametrize(("right", "how", "damaged"), WORKED, ids=[case[2] for case in WORKED])
def test_worked_examples_come_out_letter_for_letter(right: str, how: Damage, damaged: str) -> None:
    assert damage(right, how).text.startswith(damaged)


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        ("swallow", "當(dāng)?shù)貎?yōu)質"),
        ("question", "當(dāng)?(shù)貎?(yōu)質"),
        ("fffd", "當(dāng)\ufffd(shù)貎\ufffd(yōu)質"),
        ("drop", "當(dāng)(shù)貎(yōu)質"),
    ],
)
def test_each_decoder_policy_shows_half_characters_its_own_way(policy: Policy, shown: str) -> None:
    assert damage("當地優質", Damage({**SHU, "優": "yōu"}, policy=policy)).text == shown


def test_a_span_is_the_maximal_stretch_out_of_step() -> None:
    damaged = damage("當地優質", Damage({**SHU, "優": "yōu", "質": "zhì"}))
    assert [(damaged.text[s.start : s.end], s.right, s.way, s.gone) for s in damaged.spans] == [
        ("?shù)貎?yōu)", "地優", "splice", 0)
    ]
    assert [damaged.text[a:b] for a, b in damaged.splices] == ["(dāng)", "(zhì)"]


def test_bytes_of_deleted_user_areas_count_as_gone() -> None:
    damaged = damage("勇擔使命走在前 ", Damage({"聯": "lián"}, user_areas="delete"))
    assert [s.gone for s in damaged.spans] == [4]


def test_only_aligned_places_are_hit_when_chance_is_nil() -> None:
    damaged = damage("當地優質", Damage(SHU, chance=0.0))
    assert damaged.text == "當(dāng)地優質"
    assert not damaged.spans


def test_a_lost_byte_shifts_the_rest_of_the_line_and_no_further() -> None:
    right = "春天的河水漲得很快\n岸邊的柳樹也綠了"
    damaged = damage(right, Damage(lost=1, policy="fffd"), seed=3)
    (span,) = damaged.spans
    assert (span.way, span.gone) == ("lost", 1)
    line = 0 if span.start <= damaged.text.index("\n") else 1
    assert damaged.text.split("\n")[1 - line] == right.split("\n")[1 - line]


def test_big5_loses_bytes_too() -> None:
    damaged = damage("春天的河水漲得很快", Damage(lost=1, encoding="big5", policy="question"), seed=1)
    assert len(damaged.spans) == 1
    assert damaged.text != damaged.right


def test_ascii_folding_turns_marks_and_leaves_the_rest() -> None:
    assert damage("好，是！", Damage(fold_ascii=True)).text == "好,是!"


def test_script_is_converted_before_the_damage() -> None:
    damaged = damage("发展", Damage({"發": "fā"}, script="Hant"))
    assert (damaged.text, damaged.right) == ("發(fā)展", "發展")


def test_straddling_pairs_are_hit_by_chance_and_the_seed_decides() -> None:
    how = Damage(SHU, chance=0.5)
    shown = {damage("當地當地當地當地", how, seed).text for seed in range(20)}
    assert len(shown) > 1
    assert damage("當地當地", how, 7) == damage("當地當地", how, 7)


@pytest.mark.parametrize("form", ["toned", "spaced", "toneless", "doubled", "fullwidth"])
def test_no_form_of_a_reading_is_empty(form: str) -> None:
    assert "shu" in spliced("shū", "toneless")
    assert len(spliced("shù", form)) >= 5  # type: ignore[arg-type]


def test_pairs_hold_the_user_areas() -> None:
    gbk = decoding("gbk")
    areas = ("aaa1", "affe", "f8a1", "fefe", "a140", "a7a0")
    assert [is_private(gbk[bytes.fromhex(pair)]) for pair in areas] == [True] * 6
    assert encoding_of("gbk")["。"].hex() == "a1a3"


TEXTS = st.text(alphabet="當地優質數據，。！“”發展ab1 \n龘", max_size=40)
HOWS = st.builds(
    Damage,
    table=st.just({**SHU, "優": "yōu", "質": "zhì", "發": "fā"}),
    form=st.sampled_from(["toned", "spaced", "toneless", "doubled", "fullwidth"]),
    punctuation=st.sampled_from([{}, ASCII_MARKS, SAME_MARKS]),
    chance=st.sampled_from([0.0, 0.5, 1.0]),
    policy=st.sampled_from(["swallow", "question", "fffd", "drop"]),
    mark_policy=st.sampled_from([None, "drop", "swallow"]),
    user_areas=st.sampled_from(["keep", "delete"]),
    encoding=st.sampled_from(["gbk", "big5"]),
    lost=st.integers(0, 3),
)


@given(TEXTS, HOWS, st.integers(0, 99))
def test_putting_the_right_text_back_gives_the_text_before_the_damage(text: str, how: Damage, seed: int) -> None:
    damaged = damage(text, how, seed)
    parts: list[str] = []
    at = 0
    changes = [(s.start, s.end, s.right) for s in damaged.spans] + [(a, b, "") for a, b in damaged.splices]
    for start, end, right in sorted(changes):
        parts += [damaged.text[at:start], right]
        at = end
    parts.append(damaged.text[at:])
    width = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    assert "".join(parts).translate(width) == text.translate(width)
    assert len(damaged.before) == len(damaged.text) + 1
    assert all(damaged.right.startswith(s.right, damaged.before[s.start]) for s in damaged.spans if s.start < s.end)
    assert damaged.text.count("\n") == text.count("\n")
