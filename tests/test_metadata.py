"""What the strip stage reads of a page about itself: never guessed, and out of the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals import metadata as metadata_eval
from tasks.ledger import Ledger
from tasks.page import curate_page
from tasks.records import Block, Curated, Media, Metadata, Page, Policy
from tasks.strip import strip

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases" / "metadata.json").read_text(encoding="utf-8")
)


def said(metadata: Metadata) -> dict[str, Any]:
    official = {"document_number": metadata.document_number, "issuer": metadata.issuer}
    return {
        "title": metadata.title,
        "published_at": metadata.published_at.isoformat() if metadata.published_at else None,
        "publisher": metadata.publisher,
        "authors": list(metadata.authors),
        "editor": metadata.editor,
    } | {name: value for name, value in official.items() if value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if case.get("expect") == "fail":
        request.applymarker(pytest.mark.xfail(strict=True, reason=case["comment"]))
    ledger, metadata = strip(Ledger.of(case["original"]), (), Policy())
    assert said(metadata) == case["metadata"]
    assert ledger.text == case["fixed"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_metadata_is_read_though_nothing_leaves(case: dict[str, Any]) -> None:
    ledger, metadata = strip(Ledger.of(case["original"]), (), Policy(strip=frozenset({"caption"})))
    assert ledger.text == case["original"]
    published = metadata.published_at and metadata.published_at.isoformat()
    # A date that stands behind the title is found with it, and with nothing gone another row may look like the title.
    assert published == case["metadata"]["published_at"] or (
        not published and metadata.title != case["metadata"]["title"]
    )
    assert metadata.publisher == case["metadata"]["publisher"]


def test_the_floors_on_labelled_pages_are_held() -> None:
    assert metadata_eval.fallen() == []
    assert len(list(metadata_eval.pages())) >= 40


PROSE = "镇上的老手艺人说,鱼灯的骨架要用去年冬天砍下的竹子,阴干半年才不会变形,糊纸的时候还要避开雨天,那天再放进河里。"


@pytest.mark.parametrize(
    "text",
    [
        f"锟斤拷锟斤拷锟斤拷\n2021-03-02 来源:青石晚报\n{PROSE}\n{PROSE}\n",
        f"\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}的\N{REPLACEMENT CHARACTER}\n{PROSE}\n",
        "# 读取灯的数量\nimport lamp\nprint(lamp.count())\n脚本到此为止。\n",
        "# 装好\npip install lamp\n# 运行\npython lamp.py\n",
    ],
)
def test_lost_text_and_comments_of_programs_are_no_titles(text: str) -> None:
    assert strip(Ledger.of(text), (), Policy())[1].title is None


def test_an_entry_of_a_list_to_choose_from_is_no_title() -> None:
    blocks = tuple(Block(tag, True) for tag in ("option", "option", "p", "p"))
    ledger, metadata = strip(Ledger.of(f"请选择城市\n甲城\n{PROSE}\n{PROSE}\n"), blocks, Policy())
    assert (metadata.title, ledger.text) == (None, f"{PROSE}\n{PROSE}\n")


def test_the_articles_h2_is_the_title_below_a_blogs_name() -> None:
    page = f"河边小记\n鱼灯放进河里\n{PROSE}\n{PROSE}\n"
    blocks = (Block("h1", True), Block("h2", True), Block("p", True), Block("p", True))
    assert strip(Ledger.of(page), blocks, Policy())[1].title == "鱼灯放进河里"
    assert strip(Ledger.of(page.replace("河边小记", "鱼灯的骨架")), blocks, Policy())[1].title == "鱼灯的骨架"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("鱼灯的骨架用竹子_地方_河边网", "鱼灯的骨架用竹子"),
        ("魚燈的骨架用竹子 - 河邊網", "鱼灯的骨架用竹子"),
        ("魚燈的骨架(jià)用竹(zhú)子扎(zhā)成，竹(zhú)子要陰(yīn)乾", "鱼灯的骨架用竹子扎成，竹子要阴干"),
        ("河边网首页", None),
        ("", None),
    ],
)
def test_the_heads_title_is_the_articles_where_the_text_shows_none(head: str, title: str | None) -> None:
    source = f"<html><head><title>{head}</title></head><body><p>{PROSE}</p><p>{PROSE}</p></body></html>"
    found = curate_page(Page("page.html", source.encode(), Media.HTML), Policy())
    assert isinstance(found, Curated)
    assert found.metadata.title == title
    assert found.text.count("竹子") == 2


def test_a_title_that_the_text_shows_stands_before_the_heads() -> None:
    source = f"<title>鱼灯的骨架</title><h1>竹子要阴干</h1><p>{PROSE}</p><p>{PROSE}</p>"
    found = curate_page(Page("page.html", source.encode(), Media.HTML), Policy())
    assert isinstance(found, Curated)
    assert found.metadata.title == "竹子要阴干"
