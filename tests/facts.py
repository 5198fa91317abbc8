"""Figures of an invented crawl, and of one where everything is hostile, for tests of what shows them."""

from __future__ import annotations

import random

from flows.report.facts import Facts, RunFacts, TableFacts
from tasks.records import Reason
from tasks.write.samples import Sample
from tasks.write.tally import Tally

SITES = [
    *("news.hexi.example.cn", "www.old-harbour-gazette.example.com", "bbs.qingxi.example.net", "wenhua.example.cn"),
    *(
        "zh.baike-mirror.example.info",
        "a.example.cn",
        "镜像站",
        "溪口县志",
        "存档 2009",
        "",
        "blog.liuzhou.example.org",
    ),
    *("blog.liuzhou.example.org", "地方志资料库第十七辑续编与补遗"),
    *("m.beiwan.example.cn", "ww2.a-very-long-name-of-a-site-with-dashes.example.com"),
]
KINDS = ["repair/splice", "repair/byte_shift", "repair/mojibake", "repair/entities", "repair/controls", "decode/bytes"]
RULES = ["menu", "share_bar", "pager", "spam", "related"]
LINES = ["首页 | 新闻 | 视频 | 图片 | 专题 | 论坛", "分享到: 微博 微信 空间", "上一篇 下一篇 返回目录", "点击展开全文"]
PASSAGES = {
    "repair/splice": (
        *(("清晨的柳", "清晨的柳"), ("(liǔ)", ""), ("桥镇，渡船", "桥镇，渡船"), ("(chuán)", "")),
        *(("还没有解缆，茶摊已经冒出热气", "还没有解缆，茶摊已经冒出热气"),),
    ),
    "repair/byte_shift": (("今年的枇杷",) * 2, ("當(dāng)?shù)貎?yōu)", "当地优"), ("品种又获丰收，果农忙着装箱",) * 2),
    "repair/mojibake": (
        *(("镇志记载：", "镇志记载："), ("ä¸‰å\x8d\x81å¹´å‰\x8dçš„æ¡¥", "三十年前的桥")),
        *(("是木头搭的，\n每逢大水都要重修", "是木头搭的，\n每逢大水都要重修"),),
    ),
    "repair/entities": (("茶叶",) * 2, ("&amp;nbsp;", " "), ("每斤",) * 2, ("&#165;", "¥"), ("120元，不议价",) * 2),
}
HOSTILE = (
    '<script>window.hostile=1;alert(1)</script><img src=x onerror="window.hostile=1">"\'><b>點(diǎn)|`x`|'
    "[點我](javascript:alert(1))![](http://evil.example/p.png)</style></svg></table>\u202e\x00\x1b[31m&lt;i&gt;"
)


def crawl() -> Facts:
    """A crawl of several sites with all that a report can show."""
    dice, tally = random.Random(4), Tally()
    for place, site in enumerate(SITES):
        pages = int(40_000 / (place + 1) ** 1.2) + dice.randrange(50)
        tally.site_pages[site], tally.site_damaged[site] = pages, int(pages * dice.random() ** 2)
        tally.site_rejected[site] = int(pages * 0.03 * dice.random())
        tally.site_removed_chars[site] = int(pages * dice.random() * 900)
        for kind in dice.sample(KINDS, 4):
            count = int(tally.site_damaged[site] * dice.random() ** 3 * 20)
            tally.site_edits[f"{site}\t{kind}"] = tally.edits[kind] = tally.edits[kind] + count
            tally.edit_chars[kind] += 5 * count
            tally.sure.update({f"{kind}\t{tenth}": int(count * (tenth / 9) ** 4 / 2.5) for tenth in range(10)})
            tally.unsure.update({f"{kind}\t{tenth}": count // (40 + 30 * tenth) for tenth in range(10)})
    for number, line in enumerate(LINES):
        for site in SITES[: number + 2]:
            tally.removed[f"{site}\t{RULES[number % 3]}\t{line}"] = dice.randrange(10, 3000)
    tally.edits.update({f"strip/{rule}": dice.randrange(100, 90_000) for rule in RULES})
    tally.edit_chars.update({f"strip/{rule}": dice.randrange(100, 9_000_000) for rule in RULES})
    tally.rejects.update({Reason.EMPTY: 900, Reason.NO_CONTENT: 700, Reason.MALFORMED: 33, Reason.FAILED: 2})
    tally.site_rejected["坏掉的站"] = 31
    tally.unapplied.update({kind: tally.edits[kind] // 25 for kind in KINDS[:3]})
    tally.encodings.update({"gb18030": 51_000, "utf-8": 44_000, "big5": 9_800, "utf-16": 120, "euc-jp": 14})
    tally.scripts.update({"Hans": 90_000, "Hant": 14_000, "mixed": 3_100, "none": 40})
    tally.sections.update({"lead": 100_000, "section": 244_000, "turn": 12_000, "caption": 4_100, "note": 900})
    tally.samples = [
        Sample(f"镜像站/2009/{number}/页 {number}.html#3", kind, 0.97, parts)
        for number in range(3)
        for kind, parts in PASSAGES.items()
    ]
    tally.kept, tally.damaged = tally.site_pages.total(), tally.site_damaged.total()
    tally.rejected, tally.unrepaired = tally.rejects.total(), tally.unapplied.total()
    tally.pages, tally.text_chars = tally.kept + tally.rejected, tally.kept * 2210
    tables = {
        name: TableFacts(1250, 100_000 * size, 10**9 // size) for size, name in enumerate(("documents", "edits"), 1)
    }
    runs = [
        RunFacts(f"2026-10-{day:02}T03:00:04+00:00", f"2026-10-{day:02}T03:07:04+00:00", 4000 - 90 * day, 9 * day, "")
        for day in range(1, 30)
    ]
    runs.append(RunFacts("2026-10-30T03:00:04+00:00", "2026-10-30T03:01:00+00:00", 100, 3, "2 of 9 shards failed"))
    return Facts("curated", tally, tables, runs)


def hostile() -> Facts:
    """Figures whose every name and text tries to be markup."""
    tally = Tally(pages=2, kept=1, rejected=1, damaged=1)
    tally.samples.append(Sample(HOSTILE, HOSTILE, 0.5, ((HOSTILE, HOSTILE), (HOSTILE, f"{HOSTILE}x"), (HOSTILE, ""))))
    names = ("site_pages", "site_rejected", "site_damaged", "site_removed_chars", "encodings", "scripts", "rejects")
    for name in (*names, "sections"):
        getattr(tally, name)[HOSTILE] = 1
    tally.edits.update({f"repair/{HOSTILE}": 1, f"strip/{HOSTILE}": 1})
    tally.edit_chars.update(tally.edits)
    tally.unapplied[f"repair/{HOSTILE}"] = 1
    tally.sure[f"repair/{HOSTILE}\t9"] = 1
    tally.site_edits[f"{HOSTILE}\trepair/{HOSTILE}"] = 1
    tally.removed[f"{HOSTILE}\t{HOSTILE}\t{HOSTILE}"] = 1
    return Facts(HOSTILE, tally, {HOSTILE: TableFacts(1, 1, 1)}, [RunFacts(HOSTILE, HOSTILE, 1, 1, HOSTILE)])
