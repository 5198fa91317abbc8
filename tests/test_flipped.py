"""One byte of a page was lost, or a bit of it flipped: the encoding is found all the same, and the rest of the text."""

from __future__ import annotations

from collections import Counter

import pytest

from tasks.decode import decode
from tasks.records import Decoded, Limits, Page

HANS = "渡口的石阶被水磨得发亮，摆渡的老赵每天四点起来生火。\n村里的祠堂前年修过一次，梁上的彩绘是请师傅重新描的。\n"
HANT = "渡口的石階被水磨得發亮，擺渡的老趙每天四點起來生火。\n村裡的祠堂前年修過一次，樑上的彩繪是請師傅重新描的。\n"
JAPANESE = "渡し場の石段は水に磨かれて光り、船頭は毎朝四時に起きて火をおこす。\n村の社は一昨年なおされたばかりだ。\n"
KOREAN = "나루터의 돌계단은 물에 닳아 반들거리고 뱃사공은 날마다 네 시에 일어나 불을 피운다.\n사당은 재작년에 고쳤다.\n"
RUSSIAN = "Каменные ступени у переправы блестят от воды, паромщик встаёт в четыре и разводит огонь.\n" * 2
GERMAN = "Die Stufen an der Fähre glänzen; der Fährmann steht früh auf, schürt das Feuer und kocht süßen Tee.\n" * 2
TEXTS = {
    "utf-8": HANS,
    "utf-16-le": HANS,
    "utf-16-be": HANT,
    "utf-32-le": HANS,
    "utf-32-be": HANT,
    "gb18030": HANS,
    "hz": HANS,
    "big5hkscs": HANT,
    "cp932": JAPANESE,
    "euc_jp": JAPANESE,
    "iso2022_jp_2": JAPANESE,
    "cp949": KOREAN,
    "iso2022_kr": KOREAN,
    "cp1251": RUSSIAN,
    "cp1252": GERMAN,
}


@pytest.mark.parametrize("encoding", TEXTS)
@pytest.mark.parametrize("lost", [False, True], ids=["flipped", "lost"])
def test_the_verdict_and_the_rest_stay(encoding: str, lost: bool) -> None:
    text = TEXTS[encoding] * 2
    raw = text.encode(encoding)
    for place in range(16, len(raw) - 4, len(raw) // 12):
        hit = bytearray(raw)
        if lost:
            del hit[place]
        else:
            hit[place] ^= 0x04
        decoded = decode(Page("page", bytes(hit)), Limits())
        assert isinstance(decoded, Decoded), (place, decoded)
        assert decoded.encoding == encoding, (place, decoded.text)
        kept = Counter(text) & Counter(decoded.text)
        # In ISO-2022 an escape that is hit costs the rest of its line.
        assert kept.total() > 0.8 * len(text), (place, decoded.text)
