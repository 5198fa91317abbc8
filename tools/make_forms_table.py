"""Write tasks/script/data/forms.txt: characters that stand for another one, one code point for one.

    python tools/make_forms_table.py

Rows of name, characters, what they stand for, separated by tabs:

- radicals: the Kangxi radicals by their compatibility decomposition, the CJK radicals supplement by the property
  Equivalent_Unified_Ideograph of the Unicode Character Database (those with an equivalent in the basic plane)
- compatibility: CJK compatibility ideographs by their canonical decomposition
- private: what GBK and GB 18030-2000 had to put into the private use area, and where GB 18030-2022 has it in Unicode
- japanese: Japanese forms that neither GB 2312 nor Big5 has, to the traditional form (OpenCC, Apache-2.0)
- regional: forms of Hong Kong and Taiwan that GB 2312 lacks and OpenCC's t2s leaves, to the simplified form (OpenCC)
- variants: those of the list of 1955 (第一批异体字整理表) that OpenCC leaves as well, to what it puts in their place
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from opencc import OpenCC

TARGET = Path(__file__).parent.parent / "tasks" / "script" / "data" / "forms.txt"

# U+2E81 on; a full stop where there is no equivalent in the basic plane, or no radical.
SUPPLEMENT = (
    "厂乛乚乙亻冂.刀刂卜㔾小小兀尣尢.巳幺彑彐忄㣺扌攵.旡日月歺母民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁.."
    "羊..耂肀聿肉臼艹艹艹虎衤覀西见角.讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食.飠饣.马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)

# Variants and the characters that the list of 1955 puts in their place, and a few of Taiwan and Hong Kong that are like
# them (瞇, 櫈); none that names are written with. Careless
# converters to traditional script, of mirror sites above all, pick them for plain characters (方麪, 廻應, 具躰).
VARIANTS = dict(
    zip(
        "濬尅傚躰襍廻敺畧竝儅鬭鬦閙隂騐懽搆擧敭曡朶燄玅甎皐臯砲碁窰縂羢耡蔴蘂劔髩逥堦壻姪嬾寃寳幚庻廐恠憇慙拕"
        "揷攷槀欵毬潄煖牎犂猨疎癈皷盌眎睂碪稬穅窓筯糓紥緜繖翄聦肎胷艢菓葢蚉蛕蜋衂袠覩觝詶諠賸趂輭辤逈酧醼銲闗"
        "隣隷鞌頋飃鵞鼈霛歛暱槕繙飜"
        "鼇櫈褭撦瞇甖囓躭韮搥怳醆",
        "浚克效体杂回驱略并当斗斗闹阴验欢构举扬叠朵焰妙砖皋皋炮棋窑总绒锄麻蕊剑鬓回阶婿侄懒冤宝帮庶厩怪憩惭拖"
        "插考稿款球漱暖窗犁猿疏废鼓碗视眉砧糯糠窗箸谷扎绵伞翅聪肯胸樯果盖蚊蛔螂衄帙睹抵酬喧剩趁软辞迥酬宴焊关"
        "邻隶鞍顾飘鹅鳖灵敛昵桌翻翻"
        "鳌凳袅扯眯罂啮耽韭捶恍盏",
        strict=True,
    )
)

# Private code point, and its character, where Python's codec still gives a private one (GB 18030-2022).
MOVED = {
    0xE76C: 0x20AC,
    **dict(zip(range(0xE78D, 0xE797), (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)), strict=True)),
    0xE7C7: 0x1E3F,
    0xE7C8: 0x01F9,
    **dict(zip(range(0xE7E7, 0xE7F4), (0x303E, *range(0x2FF0, 0x2FFC)), strict=True)),
    **dict(
        zip(
            (0xE816, 0xE817, 0xE818, 0xE831, 0xE83B, 0xE855),
            (0x20087, 0x20089, 0x200CC, 0x215D7, 0x2298F, 0x241FE),
            strict=True,
        )
    ),
    **dict(zip((0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864), range(0x9FB4, 0x9FBC), strict=True)),
}
FE50 = 0xE815  # where the pairs FE50–FEA0 were put


def main() -> None:
    """Write the table and say what it holds."""
    lines = []
    for row in (radicals, compatibility, private, japanese, regional, variants):
        pairs = list(row())
        lines.append(f"{row.__name__}\t{''.join(a for a, _ in pairs)}\t{''.join(b for _, b in pairs)}\n")
        print(f"{row.__name__}: {len(pairs)}")
    TARGET.write_text("".join(lines), encoding="utf-8")


def radicals() -> Iterator[tuple[str, str]]:
    """Radicals and the ideographs they look like."""
    for code, same in enumerate(SUPPLEMENT, 0x2E81):
        if same != ".":
            yield chr(code), same
    yield from decomposed(0x2F00, 0x2FD6)


def compatibility() -> Iterator[tuple[str, str]]:
    """Compatibility ideographs and the unified ones."""
    yield from decomposed(0xF900, 0xFAFF)
    yield from decomposed(0x2F800, 0x2FA1E)


def decomposed(first: int, last: int) -> Iterator[tuple[str, str]]:
    """The characters from first up to last that decompose into one other."""
    for code in range(first, last):
        same = unicodedata.normalize("NFKC", chr(code))
        if same != chr(code) and len(same) == 1:
            yield chr(code), same


def private() -> Iterator[tuple[str, str]]:
    """Private use code points and their characters."""
    codes = dict(MOVED)
    forms = {ord(form): ord(same) for form, same in radicals()}
    for index, trail in enumerate(byte for byte in range(0x50, 0xA1) if byte != 0x7F):
        char = ord(bytes((0xFE, trail)).decode("gb18030"))
        if not 0xE000 <= char <= 0xF8FF:
            codes.setdefault(FE50 + index, forms.get(char, char))
    yield from ((chr(code), chr(codes[code])) for code in sorted(codes))


def japanese() -> Iterator[tuple[str, str]]:
    """Japanese forms and the traditional ones."""
    convert = OpenCC("jp2t").convert
    for code in range(0x4E00, 0x9FA6):
        char = chr(code)
        same = convert(char)
        if same != char and len(same) == 1 and not (has("gb2312", char) or has("cp950", char)):
            yield char, same


def regional() -> Iterator[tuple[str, str]]:
    """Regional forms and the simplified ones."""
    converters = [OpenCC(name).convert for name in ("hk2s", "tw2s")]
    plain = OpenCC("t2s").convert
    for code in range(0x3400, 0x9FA6):
        char = chr(code)
        if plain(char) == char and not has("gb2312", char):
            same = next((s for convert in converters if (s := convert(char)) != char), char)
            if same != char and len(same) == 1:
                yield char, same


def variants() -> Iterator[tuple[str, str]]:
    """Variants and the characters that stand for them."""
    yield from VARIANTS.items()


def has(encoding: str, char: str) -> bool:
    """Whether an encoding has the character."""
    return bool(char.encode(encoding, "ignore"))


if __name__ == "__main__":
    main()
