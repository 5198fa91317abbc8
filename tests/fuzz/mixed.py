"""Pages of mixed shapes, drawn by seed: prose, verse, lists, tables, code, furniture and oddities in any order, damaged
in any way or none, as text, Markdown or torn HTML, in any encoding, declared rightly or not."""

from __future__ import annotations

import html
from collections.abc import Callable
from random import Random

from evals.corpus import own
from evals.damage import damage
from evals.tables import draw_damage
from tasks.records import Media, Page

FURNITURE = (
    *("首页 > 频道 > 正文", "字号：大 中 小", "分享到：微信 微博", "上一篇：无", "下一篇：河边的灯", "来源：甲城日报"),
    *("发布时间：2021-03-04 12:03", "相关阅读", "热门推荐", "打印本页 关闭窗口", "点击：345 次", "登录 | 注册"),
    *("版权所有 © 2020 甲城网", "All Rights Reserved", "0条评论", "更多>>", "=====", "☆☆☆☆☆", "[责任编辑：甲乙]"),
)
MARKS = (
    ("一、", "二、", "三、"),
    ("（一）", "（二）", "（三）"),
    ("1.", "2.", "3."),
    ("第一条 ", "第二条 ", "第三条 "),
    ("Q：", "A：", "Q："),
    ("**问:**", "**答:**", "**问:**"),
)
ODDITIES: tuple[Callable[[str], str], ...] = (
    lambda line: f"\u202e{line}\u202c",
    lambda line: f"\ufeff{line}",
    lambda line: "\u200b".join(line[:40]),
    lambda line: " ".join(line[:60]),
    lambda line: line.replace("，", ",").replace("。", "."),
    lambda line: f"\x0c{line}\x0b",
    lambda line: f"&amp;nbsp;&#20013;\\u4e2d%E4%B8%AD=E4=B8=AD{line}",
    lambda line: f"锟斤拷{line}烫烫烫",
    lambda line: f"\ufffd\ufffd{line}\ufffd?",
    lambda line: f"𠮷𠀀𪚥{line}の한국어",
    lambda line: line * 20,
    lambda _: "(chǎn)(yè)(yè)(yè)",
    lambda _: "?" * 40,
    lambda _: "??:" * 30,
    lambda _: "（" * 200 + "）" * 150,
    lambda _: "](](](" * 20 + "*" * 301,
    lambda _: "第一章" * 90,
    lambda _: "|".join(FURNITURE * 4),
)
TAGS = (
    *("p", "div", "li", "td", "span", "h1", "h2", "pre", "blockquote", "dt"),
    *("button", "ruby", "a", "font", "nav", "footer", "table", "svg", "textarea", "template"),
)
MISREAD = (("utf-8", "gb18030"), ("utf-8", "cp1252"), ("gb18030", "latin1"), ("big5", "gb18030"))
ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "gb18030",
    "gbk",
    "big5hkscs",
    "utf-16",
    "utf-16-le",
    "hz",
    "cp1252",
)


def mixed_page(seed: int) -> Page:
    """The page of a seed."""
    random = Random(seed)
    lines = [line for _ in range(random.randrange(1, 9)) for line in _part(random)]
    text, media = _damaged("\n".join(lines), random), random.choice(list(Media))
    if random.random() < 0.4:
        text, media = _as_html(text, random), random.choice((Media.HTML, Media.TEXT))
    codec = random.choice(ENCODINGS)
    raw = text.encode(codec, "replace")
    if random.random() < 0.3:
        raw = bytes(byte for byte in raw if random.random() > 0.003)
    if random.random() < 0.1:
        raw += random.choice(own()).text.encode("gb18030")
    charset = random.choice((None, None, codec, "gbk", "utf-8", "no-such"))
    return Page(f"{seed}.txt", raw, media, url="http://a.example/1", charset=charset)


def _part(random: Random) -> list[str]:
    """Some lines of one kind."""
    prose = [line for line in random.choice(own()).text.split("\n") if line.strip()]
    line = random.choice(prose)
    kind = random.randrange(8)
    if kind < 2:
        return random.sample(prose, min(len(prose), 3))
    if kind == 2:
        return random.choices(FURNITURE, k=random.randrange(1, 12))
    if kind == 3:
        return [mark + line[: random.randrange(4, 60)] for mark in random.choice(MARKS)]
    if kind == 4:
        return [line[at : at + 7] + ("，" if at % 2 else "。") for at in range(0, 56, 7)]
    if kind == 5:
        return ["| 名称 | 数量 |", "| --- | ---: |", *(f"| {line[at : at + 4]} | {at} |" for at in range(3))]
    if kind == 6:
        return ["```python", "def f(x):", f"    return x  # {line[:12]}", random.choice(("```", ""))]
    return [random.choice(ODDITIES)(line), ""]


def _damaged(text: str, random: Random) -> str:
    kind = random.randrange(8)
    if kind < 3:
        how = draw_damage(random, ("splices", "marks", "lost")[kind], random.choice(("Hans", "Hant")))
        return damage(text, how, random.randrange(99)).text
    if kind == 3:
        start, (written, read) = random.randrange(len(text) + 1), random.choice(MISREAD)
        end = start + random.randrange(10, 400)
        return text[:start] + text[start:end].encode(written, "ignore").decode(read, "replace") + text[end:]
    return "".join(char for char in text if random.random() > 0.03) if kind == 4 else text


def _as_html(text: str, random: Random) -> str:
    """Elements that close or do not, in any order, some hidden, with scripts between."""
    parts = [random.choice(("<!doctype html>", "<html><head><title>河灯</title></head><body>", ""))]
    for line in text.split("\n"):
        tag, attribute = random.choice(TAGS), random.choice(("", " hidden", " style=display:none", ' onclick="a>b"'))
        end = random.choice((f"</{tag}>", f"</{tag.upper()}>", "", "<br>", "</div></div>"))
        parts.append(f"<{tag}{attribute}>{html.escape(line) if random.random() < 0.9 else line}{end}")
        if random.random() < 0.1:
            parts.append(random.choice(("<script>a='</p>'</script>", f"<!-- {line} -->", "<![CDATA[x]]>", "\x00")))
    return "\n".join(parts)
