"""The decode stage: any bytes end as the text they were, or as a reject with its reason."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import zlib
from binascii import b2a_qp
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evals import encodings
from tasks.decode import decode
from tasks.decode.charsets import codec_of, text_of
from tasks.decode.html import visible_lines
from tasks.ledger import Ledger, check_layer
from tasks.records import Decoded, Evidence, Limits, Media, Page, Reason, Reject, Stage
from tasks.repair import repair

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "decode.json").read_text(encoding="utf-8"))
PROSE = "渡口的石阶被水磨得发亮，摆渡的老赵每天四点起来生火。村里的祠堂前年修过一次，梁上的彩绘是请师傅重新描的。"
HANT = "渡口的石階被水磨得發亮，擺渡的老趙每天四點起來生火。村裡的祠堂前年修過一次，樑上的彩繪是請師傅重新描的。"


ARTICLE = "".join(f"<p>{PROSE}这是第{n}段，讲的是河边的旧事。</p>" for n in "一二三四五六")
HTML = f"""<html><head><title>渡口旧事_河边网</title></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/n">新闻</a></li></ul></div>
<div class="article"><h1>渡口旧事</h1>{ARTICLE}</div>
<div class="footer"><p>河边网版权所有</p></div></body></html>"""


def decoded(raw: bytes, media: Media = Media.TEXT, charset: str | None = None) -> Decoded:
    result = decode(Page("page", raw, media, charset=charset), Limits())
    assert isinstance(result, Decoded), result
    return result


def rejected(raw: bytes, media: Media = Media.TEXT, limits: Limits | None = None) -> Reject:
    result = decode(Page("page", raw, media), limits or Limits())
    assert isinstance(result, Reject), result
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any]) -> None:
    hexadecimal = case["codec"] == "hex"
    raw = bytes.fromhex(case["original"]) if hexadecimal else case["original"].encode(case["codec"])
    found = decoded(raw, Media(case.get("media", "text")))
    assert (found.text, found.encoding) == (case["fixed"], case["encoding"])
    assert found.evidence == case.get("evidence", found.evidence)
    assert found.undecodable_bytes == 0
    assert found.edits == ()


def test_unchanged_cases_are_as_many_as_changed() -> None:
    assert sum(case["original"] == case["fixed"] for case in CASES) * 2 >= len(CASES)


@pytest.mark.parametrize(
    ("raw", "charset", "encoding", "evidence"),
    [
        (PROSE.encode("utf-8-sig"), "gbk", "utf-8", Evidence.BOM),
        (PROSE.encode(), None, "utf-8", Evidence.VALID),
        (PROSE.encode(), "UTF-8", "utf-8", Evidence.DECLARED),
        (PROSE.encode(), "gb2312", "utf-8", Evidence.VALID),
        (PROSE.encode("gbk"), "gb2312", "gb18030", Evidence.DECLARED),
        (PROSE.encode("gbk"), "big5", "gb18030", Evidence.DETECTED),
        (PROSE.encode("gbk"), "no-such-thing", "gb18030", Evidence.DETECTED),
        ("Ünïcödé façade".encode("latin-1"), "iso-8859-1", "cp1252", Evidence.DECLARED),
        ("ёлка и ёж".encode("cp1251"), "windows-1251", "cp1251", Evidence.DECLARED),
        (b"plain", "big5", "ascii", Evidence.VALID),
    ],
)
def test_the_evidence_that_wins(raw: bytes, charset: str | None, encoding: str, evidence: Evidence) -> None:
    found = decoded(raw, charset=charset)
    assert (found.encoding, found.evidence) == (encoding, evidence)
    assert 0.5 <= found.confidence <= 1.0


@pytest.mark.parametrize("codec", ["EUC-TW", "ISO-2022-CN"])
def test_encodings_that_python_lacks(codec: str) -> None:
    try:
        done = subprocess.run(
            ["iconv", "-f", "UTF-8", "-t", codec], input=HANT.encode(), capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"no iconv with {codec} here")
    found = decoded(done.stdout)
    assert (found.text, found.encoding) == (HANT, codec.lower())


def test_the_same_without_iconv() -> None:
    """Bytes that glibc's iconv made, and ISO-2022-CN put together by hand."""
    euc = bytes.fromhex(
        "e0aec4c7cefbc6fbe2eaddb7c5d5f1d3dab5e0f5cfe9a1a2f6c8e0aecefbc8d2ebb7cae4c5b2c6bef6b5d8c4cbf4c6edc5d6a1a4"
    )
    text = "渡口的石階被水磨得發亮，擺渡的老趙每天四點起來生火。"
    assert (decoded(euc).text, decoded(euc).encoding) == (text, "euc-tw")
    seven = bytes(byte & 0x7F for byte in PROSE.encode("gb2312"))
    found = decoded(b"\x1b$)A\x0e" + seven + b"\x0f\n")
    assert (found.text, found.encoding) == (f"{PROSE}\n", "iso-2022-cn")


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("euc-kr", "cp949", "똠방각하가 펲시콜라를 마시고 있다."),
        ("windows-1258", "cp1258", "Tôi ăn cơm ngon."),
        ("windows-1250", "cp1250", "Příliš žluťoučký kůň."),
        ("koi8-u", "koi8-u", "Їжак їсть ґрушу біля річки."),
        ("koi8-r", "koi8-r", "Рыбак чинит сеть у реки."),
        ("iso-8859-1", "cp1252", "Où est la clé du moulin ?"),
        ("iso-8859-2", "iso8859-2", "Młyn stoi nad rzeką."),
        ("iso-8859-4", "iso8859-4", "Dzirnavas stāv pie upes."),
        ("iso-8859-5", "iso8859-5", "Мельница стоит у реки."),
        ("iso-8859-6", "iso8859-6", "الطاحونة عند النهر"),
        ("iso-8859-7", "iso8859-7", "Ο μύλος είναι δίπλα στο ποτάμι."),
        ("iso-8859-8", "iso8859-8", "הטחנה ליד הנהר"),
        ("iso-8859-9", "cp1254", "Değirmen ırmağın yanında."),
        ("iso-8859-13", "iso8859-13", "Malūnas stovi prie upės."),
        ("iso-8859-15", "iso8859-15", "Le moulin coûte 9 € l’an.".replace("’", "'")),
        ("tis-620", "cp874", "โรงสีอยู่ริมแม่น้ำ"),
        ("macintosh", "mac-roman", "Où est la clé du moulin ?"),
        ("shift_jis", "cp932", "水車は①日も止まっていた。"),
        ("gb18030", "gb18030", "𠮷野家在渡口边，㐀字少见，ḿ也少见。"),
        ("big5", "big5hkscs", "佢哋喺渡口嗰邊等咗好耐，啲魚好新鮮。"),
    ],
)
def test_declared_encodings(charset: str, codec: str, text: str) -> None:
    found = decoded(text.encode(codec), charset=charset)
    assert codec_of(found.encoding) == codec_of(codec)
    assert found.text == text


@pytest.mark.parametrize("codec", ["gbk", "big5"])
def test_servers_declare_windows_1252_of_pages_in_any_encoding(codec: str) -> None:
    text = PROSE if codec == "gbk" else HANT
    for length in range(6, len(text)):
        assert decoded(text[:length].encode(codec), charset="iso-8859-1").text == text[:length]


@pytest.mark.parametrize("charset", [None, "windows-1252"])
def test_one_letter_beyond_ascii_is_no_damaged_chinese(charset: str | None) -> None:
    text = "Die Fähre legt um vier Uhr ab, und der alte Mann am Ufer macht schon sein Feuer an."
    assert decoded(text.encode("cp1252"), charset=charset).text == text


def test_misread_utf_8_that_was_saved_again_is_utf_8() -> None:
    for text in (PROSE, HANT):
        for start in range(len(text) - 4):
            for length in (3, 4, 8, 16, 32):
                misread = text[start : start + length].encode().decode("latin-1")
                assert decoded(misread.encode()).encoding == "utf-8", text[start : start + length]


def test_lost_bytes_do_not_change_the_verdict() -> None:
    rng = random.Random(7)
    for codec, name, text in (
        ("utf-8", "utf-8", PROSE),
        ("gbk", "gb18030", PROSE),
        ("big5", "big5hkscs", HANT),
        ("utf-16-le", "utf-16-le", PROSE),
        ("utf-16-be", "utf-16-be", HANT),
    ):
        raw = (text * 8).encode(codec)
        for _ in range(6):
            at = rng.randrange(len(raw))
            found = decoded(raw[:at] + raw[at + 1 :])
            assert found.encoding == name, (codec, at)


def test_hz_with_a_tilde_before_its_end() -> None:
    text = "渡口的石阶有三分之二"
    assert text.encode("hz").endswith(b"~~}")
    assert decoded(text.encode("hz")).text == text


@pytest.mark.parametrize("lost", [b"~", b"{", b"~}", b"}", b"~{"])
def test_hz_that_lost_a_byte_of_a_shift(lost: bytes) -> None:
    lines = ["渡口的石阶涨水时只露出三级。", "摆渡的老人把竹篙插在岸边，回屋吃饭去了。", "对岸有人喊船。"]
    raw = [line.encode("hz") for line in lines]
    begin, end = raw[1][:2], raw[1][-2:]
    assert (begin, end) == (b"~{", b"~}")
    if lost in begin:
        raw[1] = begin.replace(lost, b"", 1) + raw[1][2:]
    else:
        raw[1] = raw[1][:-2] + end.replace(lost, b"", 1)
    found = decoded(b"\n".join(raw)).text.split("\n")
    assert (found[0], found[2]) == (lines[0], lines[2])
    if lost != b"~{":  # without any begin the run is ASCII
        assert found[1] == lines[1]


def test_hz_of_which_two_bytes_of_one_run_are_lost() -> None:
    text = "摆渡的老人把竹篙插在岸边，回屋吃饭去了，只留下一只黄狗看着缆绳，谁来解缆它就叫。对岸有人喊船。"
    raw = text.encode("hz")
    found = decoded(raw[:22] + raw[23:64] + raw[65:])
    assert found.encoding == "hz"
    assert found.text[:9] == text[:9]
    assert found.text[-15:] == text[-15:]
    assert "只留下一只黄狗" in found.text or "回屋吃饭去了" in found.text


@pytest.mark.parametrize("encoding", encodings.ENCODINGS)
def test_short_texts_without_a_declaration(encoding: str) -> None:
    """The floor under evals/encodings.py, on a quarter of its files: what it gives today, with a file in hand."""
    whole = encodings.measure("qingwen", encoding, 0.0, 5)
    torn = encodings.measure("qingwen", encoding, encodings.LOST, 5)
    assert sum(whole.right.values()) == whole.files
    assert sum(torn.found.values()) >= torn.files - 1


def test_utf_16_comes_back_into_step_after_a_lost_byte() -> None:
    raw = (PROSE * 300).encode("utf-16-le")
    found = decoded(raw[:9001] + raw[9002:])
    assert found.text.count(PROSE) == 299
    assert found.undecodable_bytes == 1


def test_big5_comes_back_into_step_where_a_long_run_is_out_of_it() -> None:
    raw = (HANT * 4).encode("big5")
    assert decoded(raw[:41] + raw[42:]).text.count(HANT) == 3


PARAGRAPH = (
    "石桥镇的豆腐坊开了四十年，磨豆子用的水都从后山的泉里挑来。老板说，机器磨得快，可是豆香会跑掉。"
    "镇上的孩子上学以前都要来喝一碗豆浆，冬天的早晨，门口的队伍一直排到桥头。"
)
PARAGRAPH_HANT = (
    "石橋鎮的豆腐坊開了四十年，磨豆子用的水都從後山的泉裡挑來。老闆說，機器磨得快，可是豆香會跑掉。"
    "鎮上的孩子上學以前都要來喝一碗豆漿，冬天的早晨，門口的隊伍一直排到橋頭。"
)


def without(text: str, codec: str, char: int, byte: int) -> bytes:
    """`text` in bytes, of whose character number `char` the given byte is lost."""
    at = len(text[:char].encode(codec)) + byte
    raw = text.encode(codec)
    return raw[:at] + raw[at + 1 :]


@pytest.mark.parametrize("byte", [0, 1])
@pytest.mark.parametrize(("codec", "text"), [("gbk", PARAGRAPH), ("gbk", PARAGRAPH_HANT), ("big5", PARAGRAPH_HANT)])
def test_a_lost_byte_costs_no_more_than_its_character(codec: str, text: str, byte: int) -> None:
    """Of places all over the text three in four are found; a letter that may be a half or itself is left as it is."""
    places = range(3, len(text) - 3, 4)
    found = 0
    for place in places:
        result = decoded(without(text, codec, place, byte))
        ledger = Ledger.of(result.text).then(result.edits)
        check_layer(result.text, result.edits)
        found += (ledger.text[:place], ledger.text[-len(text) + place + 1 :]) == (text[:place], text[place + 1 :])
    assert found >= 0.75 * len(places)


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_a_character_that_lost_a_byte_is_read_where_only_one_can_be_meant(codec: str) -> None:
    place = PARAGRAPH.index("早晨")
    result = decoded(without(PARAGRAPH, codec, place, 1))
    (edit,) = result.edits
    assert (edit.kind, edit.after, edit.applied, edit.start) == ("lost_byte", "早", True, place)
    assert edit.confidence > 0.8
    assert edit.before == "\ufffd" * result.undecodable_bytes
    assert "D4" in edit.why or "E6" in edit.why
    assert Ledger.of(result.text).then(result.edits).text == PARAGRAPH


def test_what_may_be_several_characters_is_left_with_the_likeliest_reading() -> None:
    place = PARAGRAPH.index("四十年")
    result = decoded(without(PARAGRAPH, "gbk", place, 1))
    (edit,) = result.edits
    assert (edit.applied, edit.before) == (False, "\ufffd")
    assert edit.after
    assert Ledger.of(result.text).then(result.edits).unrepaired == 1


def test_two_bytes_lost_from_one_line() -> None:
    raw = without(PARAGRAPH, "gbk", 60, 1)
    raw = raw[:31] + raw[32:]
    text = Ledger.of(decoded(raw).text).then(decoded(raw).edits).text
    assert text[:13] + text[17:58] + text[63:] == PARAGRAPH[:13] + PARAGRAPH[17:58] + PARAGRAPH[63:]


@pytest.mark.parametrize(
    "letters", ["这件T恤洗了三次。", "他买的A股今天跌了。", "医生让她做一次B超。", "设x为所求的数。"]
)
def test_single_letters_of_a_page_that_lost_bytes_elsewhere(letters: str) -> None:
    text = f"{PARAGRAPH}\n{letters}\n{PARAGRAPH}"
    assert f"\n{letters}\n" in decoded(without(text, "gbk", 70, 0)).text


@pytest.mark.parametrize(
    ("codec", "first", "second"), [("gbk", 9, 40), ("gbk", 21, 66), ("utf-16-le", 9, 41), ("utf-16-be", 21, 60)]
)
def test_two_bytes_lost_from_a_line_that_shows_no_half(codec: str, first: int, second: int) -> None:
    raw = PROSE.encode(codec)
    found = decoded(raw[:first] + raw[first + 1 : second] + raw[second + 1 :])
    text = Ledger.of(found.text).then(found.edits).text
    assert encodings._astray(PROSE, text) <= 2


@pytest.mark.parametrize("codec", ["gbk", "big5", "hz", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["no other", "another"])
def test_two_bytes_lost_near_each_other(codec: str, elsewhere: bool) -> None:
    """What stands between is out of step, and the second loss puts it right again: nothing shows but odd characters."""
    text = HANT + "清早的霧還沒有散，對岸的人家已經在喊船了。" if codec == "big5" else PROSE + PROSE[:26]
    whole = text.encode(codec)
    right = tried = 0
    for first in range(8, 100, 5):
        for length in (8, 13, 20, 31):
            raw = whole[:first] + whole[first + 1 : first + length] + whole[first + length + 1 :]
            found = decoded(raw[:141] + raw[142:] if elsewhere else raw)
            ledger = Ledger.of(found.text).then(found.edits)
            check_layer(found.text, found.edits)
            tried += 1
            right += encodings._astray(text, ledger.text) <= 2 + elsewhere
    assert right >= 0.6 * tried


@pytest.mark.parametrize("elsewhere", [False, True], ids=["whole", "that lost a byte"])
@pytest.mark.parametrize(
    ("codec", "line"),
    [
        ("gb18030", "地名里的生僻字有圐圙、堽城、甪直、洑口、歙县、郫县。"),
        ("gb18030", "龘犇猋麤鱻羴，这些字由三个同样的字叠成。"),
        ("gbk", "魑魅魍魉四个字都从鬼，饕餮二字都从食。"),
        ("gbk", "翻译的药名有吡嗪酰胺和羟氯喹，产地是塔什库尔干。"),
        ("gbk", "Привет и добрый день, написано на доске."),
        ("gbk", "α、β、γ三种射线，┌─┬─┐是表格的边。"),
        ("big5hkscs", "鸊鷉、鸕鶿與鷺鷥都在湖邊築巢，蜣螂滾著糞球。"),
        ("utf-16-le", "한국어 문장은 그대로 남는다. 아침마다 시장에 간다."),
        ("utf-16-be", "일과 학습 사이에서 천천히 걷는다. 우리는 내일 만난다."),
    ],
)
def test_rare_characters_are_not_cut_anew(codec: str, line: str, elsewhere: bool) -> None:
    prose = HANT if codec == "big5hkscs" else PROSE
    raw = f"{prose}\n{line}\n".encode(codec)
    if elsewhere:
        raw = raw[:20] + raw[21:]
    found = decoded(raw)
    assert line in Ledger.of(found.text).then(found.edits).text


@pytest.mark.parametrize(
    "text",
    [
        "設點A在線上，x為所求之數。",
        "這檔A股昨天跌停，T恤降價三成。",
        "第B座三樓的K書中心",
        "打風|天文台:今晚風大，小心門窗。",
        "今天天氣好~明天下雨_後天再說",
    ],
)
def test_single_letters_of_a_page_of_big5(text: str) -> None:
    assert decoded(f"{HANT}\n{text}\n".encode("big5")).text.split("\n")[1] == text


def test_a_trail_byte_that_looks_like_a_letter() -> None:
    text = "老師傅說，缸水的味道來判斷最準。"
    found = decoded(without(text, "big5", text.index("味"), 1))
    assert encodings._astray(text, Ledger.of(found.text).then(found.edits).text) <= 1


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        ("utf-8-sig", "gbk"),
        ("utf-8-sig", "big5"),
        ("utf-16-le", "utf-8"),
        ("utf-16-be", "gbk"),
        ("utf-16-be", "utf-16-le"),
    ],
)
def test_a_byte_order_mark_that_the_bytes_contradict(mark: str, codec: str) -> None:
    prose = HANT if codec == "big5" else PROSE
    raw = ("" if mark == "utf-8-sig" else "\ufeff").encode(mark) + f"{prose}\n{prose}".encode(codec)
    found = decoded(raw)
    assert (found.text, found.encoding) == (f"{prose}\n{prose}", codec_of(codec))
    assert found.evidence is not Evidence.BOM


@pytest.mark.parametrize("text", ["བོད་ཡིག་གི་དེབ་འདི་སྔོན་མའི་དུས་སུ་བྲིས།", "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ", "龘犇猋麤鱻羴圐圙", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "短"])
@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_before_a_rare_script_is_believed(text: str, codec: str) -> None:
    found = decoded((text if codec == "utf-8-sig" else f"\ufeff{text}").encode(codec))
    assert (found.text, found.evidence) == (text, Evidence.BOM)


@pytest.mark.parametrize("codec", ["gbk", "big5"])
@pytest.mark.parametrize("before", ["\n", "<p>"])
def test_the_mark_of_an_included_file(codec: str, before: str) -> None:
    """It is three bytes, which put what follows out of step."""
    prose = HANT if codec == "big5" else PROSE
    found = decoded(f"{prose}{before}".encode(codec) + b"\xef\xbb\xbf" + prose.encode(codec))
    assert (found.text, found.encoding) == (f"{prose}{before}\ufeff{prose}", codec_of(codec))
    assert found.undecodable_bytes == 0


def test_nobelium_within_a_line_is_no_mark() -> None:
    text = "元素锘开始有了名字。" + PROSE
    assert decoded(text.encode("gbk")).text == text


@pytest.mark.parametrize(
    "text", ["哈" * 50, "哈" * 50 + "，真好笑", "烫" * 30, "屯" * 40, "啊啊啊啊啊啊，好可爱", "—" * 20]
)
def test_one_character_again_and_again(text: str) -> None:
    assert decoded(text.encode("gbk")).text == text


@pytest.mark.parametrize("mark", [b"~", b"{"])
def test_hz_of_which_the_only_beginning_lost_a_byte(mark: bytes) -> None:
    raw = "对岸的人家已经在喊船了".encode("hz")
    found = decoded(mark + raw[2:])
    assert (found.text, found.encoding) == ("对岸的人家已经在喊船了", "hz")


@pytest.mark.parametrize("text", ["{return items[index]~}", "~ what follows is {odd~}", "{{~summary_of_the_year~}}"])
def test_ascii_that_ends_like_hz(text: str) -> None:
    assert (decoded(text.encode()).text, decoded(text.encode()).encoding) == (text, "ascii")


def test_a_character_is_told_by_what_follows_it() -> None:
    text = "运来机具。企业一旦选定，便不能更改。"
    found = decoded(without(text, "gbk", text.index("企"), 1))
    assert [edit.after for edit in found.edits] == ["企"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_html_of_utf_16_that_lost_a_byte_keeps_its_byte_order(codec: str) -> None:
    raw = HTML.encode(codec)
    for place in (300, 900, 1700):
        assert decoded(raw[:place] + raw[place + 1 :], Media.HTML).encoding == codec


def test_characters_beyond_the_first_plane_in_six_bytes() -> None:
    page = "𠮷野家的招牌。"
    found = decoded(page.encode() + b"\xed\xa1\x82\xed\xbe\xb7")
    assert (found.text, found.encoding, found.undecodable_bytes) == (f"{page}𠮷", "utf-8", 0)


def test_marks_of_losses_that_were_written_are_left_in_utf_16() -> None:
    page = "渡���������被水磨����亮�����渡��人����起，瘡亄嚺烛趹杷略瀟厗仑搌湆"
    assert decoded(page.encode("utf-16")).text == page


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs", "utf-16-le"])
def test_marks_of_losses_that_were_written_are_no_halves(codec: str) -> None:
    """A page that holds U+FFFD, or what its encoding has for it, and lost bytes around it."""
    text = "渡口的老船工把纜繩系在石柱上，說今年的水比往年高出\ufffd\ufffd三尺。河對岸的集市要到中午才散。\n" * 2
    raw = text.encode(codec, "replace")
    near = raw.find("三".encode(codec))
    for first in range(near - 12, near + 8):
        for second in (first + 1, first + 5, first + 9):
            damaged = raw[:first] + raw[first + 1 : second] + raw[second + 1 :]
            found = decode(Page("a.txt", damaged), Limits())
            assert isinstance(found, Decoded)
            assert found.encoding == codec


def test_a_row_of_wide_spaces_is_no_row_of_zeros() -> None:
    page = f"{PROSE}{'　' * 40}——黼黻文章，鼙鼓鼖鼗，籀篆隶楷\n{PROSE}"
    assert decoded(page.encode("utf-16")).text == page


@pytest.mark.parametrize("codec", ["utf-8-sig", "gbk", "utf-16"])
def test_zeros_behind_a_short_page_do_not_make_it_binary(codec: str) -> None:
    for length in range(20, 32):
        assert decoded(PROSE[:length].encode(codec) + bytes(510)).text.rstrip("\x00") == PROSE[:length]


def test_bytes_that_a_tool_put_out_of_step_are_left_to_the_repair() -> None:
    """Of a page with spliced pinyin, the shift search knows why its bytes are out of step."""
    spliced = "產(chǎn)業(yè)發(fā)展\n" + PARAGRAPH_HANT
    raw = without(spliced, "gbk", 60, 1)
    assert decoded(raw).text.replace("\ufffd", "") == text_of(raw, "gb18030").translate(
        dict.fromkeys(range(0xDC00, 0xDD00))
    )


def test_an_undecodable_byte_is_an_edit_that_says_which() -> None:
    found = decoded(PROSE.encode() + b"\xff\r\n" + PROSE.encode())
    assert found.text == f"{PROSE}\ufffd\n{PROSE}"
    (edit,) = found.edits
    assert (edit.start, edit.before, edit.after, edit.stage, edit.kind) == (
        len(PROSE),
        "\ufffd",
        "",
        Stage.DECODE,
        "undecodable",
    )
    assert not edit.applied
    assert "FF" in edit.why
    assert found.undecodable_bytes == 1
    assert Ledger.of(found.text).then(found.edits).unrepaired == 1


def test_an_undecodable_byte_in_html_keeps_its_place() -> None:
    found = decoded(b"<html><body><p>" + PROSE.encode() + b"</p><p>a\xffb</p>", Media.HTML)
    assert found.text == f"{PROSE}\na\ufffdb\n"
    assert [found.text[edit.start] for edit in found.edits] == ["\ufffd"]
    assert "FF" in found.edits[0].why


def test_a_replacement_character_that_was_written_is_no_undecodable_byte() -> None:
    found = decoded("甲\ufffd乙".encode())
    assert (found.text, found.undecodable_bytes, found.edits) == ("甲\ufffd乙", 0, ())


@pytest.mark.parametrize(("page", "piece"), [("gbk", "utf-8"), ("utf-8", "gbk"), ("big5", "utf-8"), ("utf-8", "big5")])
def test_two_encodings_in_one_page(page: str, piece: str) -> None:
    prose = HANT if "big5" in (page, piece) else PROSE
    lines = [f"{prose}{number}" for number in range(8)]
    raw = b"\r\n".join(line.encode(piece if number == 3 else page) for number, line in enumerate(lines))
    found = decoded(raw)
    assert (found.encoding, found.evidence, found.undecodable_bytes) == ("mixed", Evidence.MIXED, 0)
    (seam,) = found.edits
    assert seam.applied
    assert seam.kind == f"mixed:{codec_of(piece)}"
    assert Ledger.of(found.text).then(found.edits).text == "\n".join(lines)


def test_two_encodings_in_html() -> None:
    raw = HTML.encode().replace("首页".encode(), "河边网首页导航".encode("gbk"))
    found = decoded(raw, Media.HTML)
    assert found.evidence is Evidence.MIXED
    assert found.text.startswith("河边网首页导航\n")
    assert found.edits == ()


@pytest.mark.parametrize("codec", ["gb18030", "big5hkscs"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_pages_that_are_half_in_one_encoding_and_half_in_another(codec: str, share: float) -> None:
    rng = random.Random(11)
    lines = (PROSE if codec == "gb18030" else HANT).split("。")[:-1]
    for _ in range(10):
        chosen = [(rng.choice(lines), codec if rng.random() < share else "utf-8") for _ in range(8)]
        found = decoded(b"\n".join(line.encode(encoding) for line, encoding in chosen))
        text = Ledger.of(found.text).then(found.edits).text
        assert text == "\n".join(line for line, _ in chosen)
        assert found.undecodable_bytes == 0


@pytest.mark.parametrize("order", ["gggb", "gbbb", "gbgb", "bgbg", "bbbbbbg", "ggggggggb"])
def test_lines_of_gbk_and_big5_on_one_page_are_told_apart_by_decode_or_repair(order: str) -> None:
    hans = ["渡口的石阶被水磨得发亮，摆渡的人四点起来生火。", "茶山上的雾到中午才散，背篓的人往回走。"]
    hant = ["燈塔的看守人每晚記下風向與潮水的高度。", "碼頭的吊車壞了兩天，貨船只好在外面等著。"]
    lines = [((hans if kind == "g" else hant)[place % 2], kind) for place, kind in enumerate(order)]
    found = decoded(b"\n".join(line.encode("gbk" if kind == "g" else "big5") for line, kind in lines))
    repaired = repair(Ledger.of(found.text).then(found.edits))
    assert repaired.text == "\n".join(line for line, _ in lines)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_page_in_quoted_printable_with_the_line_ends_that_it_put_in(codec: str, end: bytes) -> None:
    text = "標題 = 1\n渡口的石階很舊，擺渡的人四點起來生火。\n\n茶山上的霧到中午才散，背簍的人往回走。\n"
    found = decoded(b2a_qp(text.encode(codec)).replace(b"\n", end))
    assert (found.text, found.edits) == (text, ())


def test_a_page_in_quoted_printable_may_be_html() -> None:
    assert decoded(b2a_qp(HTML.encode()), Media.HTML).text == decoded(HTML.encode(), Media.HTML).text


def test_zeros_that_fill_a_page_up_do_not_make_it_binary() -> None:
    for codec in ("gb18030", "utf-8"):
        found = decoded(PROSE.encode(codec) + bytes(4096))
        assert found.encoding == codec
        assert found.text == PROSE + "\x00" * 4096
    assert rejected(PROSE.encode("gbk")[:20] + bytes(range(9)) * 50).reason is Reason.BINARY


def test_a_page_of_which_nothing_can_be_seen() -> None:
    assert rejected(" \u3000\u200b\n\u00ad\ufeff".encode()).reason is Reason.EMPTY


@pytest.mark.parametrize("charset", [None, "gb2312", "gbk", "big5", "iso-8859-1"])
def test_english_with_quotation_marks_of_windows_is_not_chinese(charset: str | None) -> None:
    text = "It’s the ferryman’s house — “the old one,” he said. Nobody’s there before 4 o’clock…"
    assert decoded(text.encode("cp1252"), charset=charset).text == text


def test_a_rare_character_is_what_its_page_declares() -> None:
    for codec, text in (("gbk", "It is written 鎔 in the old form."), ("big5", "The words 功 and 成 are here.")):
        assert decoded(text.encode(codec), charset=codec).text == text


def test_the_euro_sign_of_windows_in_gbk() -> None:
    text = "渡船的票价是€8.50，月票 120€，行李另计 € 2。"
    found = decoded(text.replace("€", "@").encode("gbk").replace(b"@", b"\x80"))
    assert (found.text, found.undecodable_bytes) == (text, 0)
    torn = decoded("渡船的票价是".encode("gbk") + b"\x80" + "老赵每天四点起来生火。".encode("gbk"))
    assert torn.undecodable_bytes == 1


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_line_end_of_one_byte_behind_utf_16(codec: str) -> None:
    mark = "\ufeff".encode(codec)
    found = decoded(mark + PROSE.encode(codec) + b"\n")
    assert (found.text, found.undecodable_bytes) == (f"{PROSE}\n", 0)
    assert decoded(mark + PROSE.encode(codec) + b"\x2e").undecodable_bytes == 1


def test_no_page_is_in_ebcdic() -> None:
    assert codec_of("cp875") is None
    assert codec_of("IBM037") is None


def test_lost_bytes_make_no_page_mixed() -> None:
    rng = random.Random(9)
    for codec, text in (("utf-8", PROSE), ("gbk", PROSE), ("big5", HANT)):
        raw = bytearray((f"{text}\n" * 40).encode(codec))
        for _ in range(len(raw) // 400):
            del raw[rng.randrange(len(raw))]
        assert decoded(bytes(raw)).evidence is not Evidence.MIXED


@pytest.mark.parametrize("raw", [b"", b" \r\n\t ", b"\x00\x00\x00", "　\n　\n".encode(), b"\xef\xbb\xbf", b"\xff\xfe"])
def test_empty(raw: bytes) -> None:
    assert rejected(raw).reason is Reason.EMPTY


@pytest.mark.parametrize(
    "raw",
    [
        random.Random(1).randbytes(4000),
        zlib.compress(random.Random(2).randbytes(4000)),
        b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + random.Random(3).randbytes(900),
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + zlib.compress(random.Random(4).randbytes(3000)),
    ],
    ids=["random", "zlib", "elf", "png", "pdf"],
)
def test_binary(raw: bytes) -> None:
    assert rejected(raw).reason is Reason.BINARY


def test_stray_zero_bytes_do_not_make_a_text_binary() -> None:
    found = decoded((PROSE[:20] + "\x00" + PROSE[20:]).encode("gbk"))
    assert found.text == PROSE[:20] + "\x00" + PROSE[20:]


def test_stray_zero_bytes_do_not_hide_utf_8() -> None:
    found = decoded((PROSE[:20] + "\x00" + PROSE[20:]).encode())
    assert (found.encoding, found.evidence) == ("utf-8", Evidence.VALID)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_long_utf_16_with_hardly_a_line_end(codec: str) -> None:
    found = decoded((f"{PROSE * 5}\n" * 20).encode(codec))
    assert (found.encoding, found.text.count("\n")) == (codec, 20)


def test_text_in_no_encoding_that_explains_it() -> None:
    raw = b"\xef\xbb\xbf" + PROSE.encode() + b"\xff\xfe\xfd" * 60
    assert rejected(raw).reason is Reason.UNDECODABLE


def test_too_large() -> None:
    reject = rejected(b"abc", limits=Limits(page_bytes=2))
    assert (reject.reason, reject.raw_size) == (Reason.TOO_LARGE, 3)
    assert len(reject.raw_sha256) == 64


@pytest.mark.parametrize(
    "source",
    [
        b"<html><head><title>x</title></head><body></body></html>",
        b"<html><body><script>var a = 1</script>",
        b"<!DOCTYPE html><html><frameset><frame src=a></frameset></html>",
        b"<html><!-- nothing -->",
        b"<!-- never closed <table><p>x",
    ],
)
def test_html_with_nothing_in_it(source: bytes) -> None:
    assert rejected(source, Media.HTML).reason is Reason.NO_CONTENT


def test_blocks_say_tag_and_content() -> None:
    found = decoded(HTML.encode(), Media.HTML)
    lines = found.text.splitlines()
    assert len(lines) == len(found.blocks)
    by_line = dict(zip(lines, found.blocks, strict=True))
    assert (by_line["渡口旧事"].tag, by_line["渡口旧事"].content) == ("h1", True)
    assert (by_line["首页"].tag, by_line["首页"].content) == ("li", False)
    assert not by_line["河边网版权所有"].content
    article = [block for line, block in by_line.items() if "河边的旧事" in line]
    assert [(block.tag, block.content) for block in article] == [("p", True)] * 6


def test_the_heading_is_content_in_whatever_element() -> None:
    found = decoded(HTML.replace("h1", "div").encode(), Media.HTML)
    by_line = dict(zip(found.text.splitlines(), found.blocks, strict=True))
    assert by_line["渡口旧事"].content
    assert not by_line["新闻"].content


def test_all_is_content_where_the_extractor_finds_too_little() -> None:
    found = decoded("<html><body><ul><li>渡口<li>石阶<li>祠堂</ul>".encode(), Media.HTML)
    assert [block.content for block in found.blocks] == [True, True, True]


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "font", "blockquote"])
def test_absurdly_deep_html_keeps_its_text(tag: str) -> None:
    raw = b"<html><body>" + f"<{tag}>".encode() * 60_000 + PROSE.encode() + b"<p>" + HANT.encode()
    text = decoded(raw, Media.HTML).text
    assert PROSE in text
    assert HANT in text


@pytest.mark.parametrize(
    "source",
    [
        b"<table><tr>" + b"<td>x" * 40_000,
        b"<br>" * 60_000 + b"x",
        b"<table><tr><td>" * 600 + b"x",
        b"<p title='a b'>x" * 30_000,
        b"<" * 300_000 + b" x",
        b"<!--" * 100_000 + b"-->x",
        b"<meta " * 100_000 + b">x",
    ],
    ids=["cells", "breaks", "tables", "titles", "angles", "comments", "metas"],
)
def test_html_made_to_be_slow(source: bytes) -> None:
    start = time.process_time()
    decode(Page("page", b"<html><body>" + source, Media.HTML), Limits())
    assert time.process_time() - start < 8


def test_entities_that_expand_into_each_other() -> None:
    lines = ['<!ENTITY a0 "渡口">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))]
    source = f"<?xml version='1.0'?><!DOCTYPE html [{''.join(lines)}]><html><body><p>石阶 &a11;</p></body></html>"
    result = decode(Page("page", source.encode(), Media.HTML), Limits())
    assert isinstance(result, Decoded)
    assert len(result.text) < len(source)


def test_a_single_line_of_50_megabytes() -> None:
    raw = (PROSE * 340_000).encode()
    assert len(raw) > 50_000_000
    start = time.process_time()
    assert len(decoded(raw).text) == len(PROSE) * 340_000
    assert time.process_time() - start < 10


def test_a_html_text_of_12_megabytes_is_not_lost() -> None:
    found = decoded(b"<html><body><p>" + (PROSE * 80_000).encode(), Media.HTML)
    assert len(found.text) == len(PROSE) * 80_000 + 1


def test_healthy_utf_8_loads_no_detector() -> None:
    program = (
        "import sys; from tasks.decode import decode; from tasks.records import *; "
        "decode(Page('a', '渡口'.encode()), Limits()); "
        "heavy = {'chardet', 'lxml', 'trafilatura', 'ftfy', 'pyarrow'} & set(sys.modules); "
        "print(heavy or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("GB_2312-80", "gb18030"),
        ("x-gbk", "gb18030"),
        ("BIG5-HKSCS", "big5hkscs"),
        ("Shift_JIS", "cp932"),
        ("latin1", "cp1252"),
        ("utf-16", "utf-16-le"),
        ("utf-7", None),
        ("base64", None),
        ("rot13", None),
        ("\x00", None),
        ("x" * 1000, None),
    ],
)
def test_labels(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


@given(st.binary(max_size=300), st.sampled_from(list(Media)), st.sampled_from([None, "gbk", "utf-16", "big5"]))
@example(b"\x80\x88b@", Media.TEXT, "big5")  # 8862 of Hong Kong's Big5 is two characters
@settings(max_examples=300, deadline=None)
def test_any_bytes_end_decoded_or_rejected(raw: bytes, media: Media, charset: str | None) -> None:
    result = decode(Page("page", raw, media, charset=charset), Limits())
    if isinstance(result, Reject):
        assert result.stage == "decode"
        return
    check_layer(result.text, result.edits)
    undecodable = [edit for edit in result.edits if edit.kind in ("undecodable", "lost_byte")]
    assert sum(edit.end - edit.start for edit in undecodable) == result.undecodable_bytes
    assert "\r" not in result.text
    assert result.text.encode("utf-8")
    assert not result.blocks or len(result.blocks) == result.text.count("\n")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp"))))
@settings(deadline=None)
def test_utf_8_is_decoded_as_it_is(text: str) -> None:
    found = decoded(("渡口" + text).encode())
    assert (found.text, found.encoding, found.evidence) == ("渡口" + text, "utf-8", Evidence.VALID)


@given(st.binary(max_size=200), st.sampled_from(["gb18030", "big5hkscs", "euc-tw", "iso-2022-cn", "hz", "utf-16-le"]))
def test_no_codec_raises_or_makes_text_from_nothing(raw: bytes, codec: str) -> None:
    assert len(text_of(raw, codec)) <= len(raw)


def test_visible_lines_of_an_empty_tree() -> None:
    import lxml.html

    assert visible_lines(lxml.html.document_fromstring("<html></html>")) == []
