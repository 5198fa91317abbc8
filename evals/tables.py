"""Splice tables as site tools have them, and the settings of a damaged page, drawn by seed."""

from __future__ import annotations

from random import Random
from types import MappingProxyType
from typing import Literal

from evals.damage import Damage, Form, Policy

# Traditional characters that GBK has and GB 2312 lacks, of everyday use: what such tools annotate.
POOL = (
    "產業會發國數優當質學習實際經濟進統計設備應對農轉變標準電開關黨員幹導領務區縣鄉鎮門間題問聞聽說話語詞讀書寫記錄報"
    "紙證據論議討訪談請謝認識試點讓達過還遠運動靜態勢極構積種類級線網絡細節終結給紅約總組織維護權義責貨財貧窮買賣費資"
    "貿貴賞賽贊贏車軌軍輔輕較輪輸辦邊連選遺釋錢鐵銀鋼鎖鏡長陽陰階隊陸險隨難雜離雲霧靈須頭頂項順預顏願顯風飛飯館馬驗驚"
    "體髮魚鳥麗麥黃齊齡龍東兒幾個們傳傷價億儀儲內兩冊軟勝勞勵協單卻廳歷參雙葉號嗎團園圍圖場壞塊塵壓壽夢夾獎奪婦媽孫寧"
    "寶將專尋層屬島嶺師帶幫廣廠廢張彈歸復徹愛慶憂懷戰戲戶擇擊擔擴攝攜敗敵斷時晉暫術條來樓樂樹樣橋機檢歐歡歲殘氣決沒況"
    "洩淚淺渦測濃灣濕為熱燈爭爺牆狀獨獲現環瑪畫異療癥盜監盤眾礦碼確禮禍稱穩競筆範築簡糧糾純紛紀紐絕綠緊緩編緣縱聯職聰"
    "腦臨舊舉艦藝藥處虛蘇蘭衛衝補裝裡製複規視覺觀觸訂訓託註評詢"
)
_ODD_READING = 0.05  # share of a table's readings that are another reading of the character than the usual one

_SAME = {mark: mark for mark in "！；？：，、（）"}
_ASCII = {"！": "!", "；": ";", "？": "?", "：": ":", "，": ",", "（": "(", "）": ")"}
_SOME = {"！": "!", "；": ";", "？": "?", "、": "、"}

_POLICIES: tuple[Policy, ...] = ("swallow", "question", "fffd", "drop")
_FORMS: tuple[Form, ...] = ("toned",) * 8 + ("spaced", "fullwidth")


def draw_table(random: Random, size: int) -> dict[str, str]:
    """`size` characters of the pool with a reading each, some of them not the usual one.

    >>> table = draw_table(Random(1), 20)
    >>> len(table), all(table.values())
    (20, True)
    """
    from pypinyin import Style, pinyin

    table = {}
    for character in random.sample(POOL, size):
        readings = pinyin(character, style=Style.TONE, heteronym=True)[0]
        odd = len(readings) > 1 and random.random() < _ODD_READING
        table[character] = readings[1] if odd else readings[0]
    return table


Kind = Literal["splices", "marks", "strewn", "lost", "lost big5"]
KINDS: tuple[Kind, ...] = ("splices", "splices", "splices", "marks", "marks", "strewn", "lost", "lost big5")


def draw_damage(random: Random, kind: Kind, script: Literal["Hans", "Hant"]) -> Damage:
    """The settings of one damaged page of a kind: tables of 20 to 150 characters, every policy equally often."""
    policy = random.choice(_POLICIES)
    areas: Literal["keep", "delete"] = random.choice(("keep", "delete"))
    folded = random.random() < 0.5
    if kind in ("lost", "lost big5"):
        count = random.choice((1, 2, 3, 6))
        if kind == "lost":
            return Damage(policy=policy, user_areas=areas, script=script, lost=count, fold_ascii=folded)
        return Damage(policy=policy, user_areas="keep", script="Hant", lost=count, encoding="big5")
    if kind == "strewn":
        form: Form = random.choice(("doubled", "toneless"))
        table = MappingProxyType(draw_table(random, 40))
        return Damage(table, form, chance=0.0, strewn=random.choice((0.1, 0.4)), script="Hant", fold_ascii=folded)
    marks = random.choice((_SAME, _ASCII, _SOME, {})) if kind == "splices" else random.choice((_SAME, _ASCII, _SOME))
    spliced = draw_table(random, random.choice((20, 50, 100, 150))) if kind == "splices" else {}
    return Damage(
        MappingProxyType(spliced),
        random.choice(_FORMS),
        MappingProxyType(marks),
        chance=random.choice((0.6, 1.0)),
        policy=policy,
        mark_policy=random.choice((None, "drop", "question")),
        user_areas=areas,
        fold_ascii=folded,
        script="Hant" if kind == "splices" else script,
    )
