"""The numeral of cheques for the everyday one: converters that turn every 一 into 壹 (`壹個`, `統壹`, `壹些`)."""

from __future__ import annotations

import re

from tasks.records import Edit, Stage

# Words that hardly anybody writes with 壹; a page needs as many different ones, and not a single 一.
_WORDS = re.compile("壹[個个種种些點点樣样次起般定直切方旦致邊边面段旁]|[統统第之唯同某每任]壹")
_LEAST = 3
# 壹 of sums of money, and of names that are written so.
_SUM = "零壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿億元圆圓角分整号號"
_ONE = re.compile(f"(?<![{_SUM}“《「])壹(?![{_SUM}”》」])")


def numeral_edits(text: str) -> list[Edit]:
    """Edits that write 一 for 壹 on a page that has 壹 in everyday words and 一 nowhere.

    >>> [edit.start for edit in numeral_edits("這是壹個問題，壹些人認為要統壹，合同總價壹佰元")]
    [2, 7, 14]
    >>> numeral_edits("這是壹個問題，壹些人認為要統壹，有一個人不同意")
    []
    """
    if "壹" not in text or "一" in text or len(set(_WORDS.findall(text))) < _LEAST:
        return []
    why = "everyday words of the page have 壹, and 一 stands nowhere"
    found = (match.start() for match in _ONE.finditer(text))
    return [Edit(at, at + 1, "壹", "一", Stage.REPAIR, "numeral", 0.95, why=why) for at in found]
