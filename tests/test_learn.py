"""Learned lines: what sites repeat is found, what articles share is not; the table is whole, the same, or not there."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Iterable
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from evals.learned import learned_of, measure
from evals.sites import headline, paragraph
from flows.cli import main
from flows.count import count_shard
from flows.learning import learning, make_table, nothing_new
from flows.settings import Settings
from flows.survey import made_with_of
from tasks.errors import QingwenError
from tasks.learn.rows import LEARNABLE, counted_rows
from tasks.ledger import Ledger
from tasks.records import Policy
from tasks.strip import strip
from tasks.strip.site import runs
from tasks.write import corpus, counts
from tasks.write.corpus import read_record, record_path
from tasks.write.learned import learned_table, lines_of_site
from tasks.write.store import store_of

TOP = ["竹影茶馆", "竹声夜话"]
BOTTOM = [
    "本页由竹影茶馆整理，图文归各自的作者，转去别处的请写明来处，并请寄一份样书给我们。",
    "回到竹影",
    "竹影茶馆账房",
]


def article(number: int, *, paragraphs: int = 4) -> list[str]:
    """A title and some paragraphs, different for every number."""
    random = Random(number)
    return [headline(random), *(paragraph(random) for _ in range(paragraphs))]


def page(lines: Iterable[str], top: list[str] = TOP, bottom: list[str] = BOTTOM) -> str:
    return "".join(f"{line}\n" for line in (*top, *lines, *bottom))


def learned(pages: Iterable[str]) -> frozenset[str]:
    return learned_of(list(pages))


# --- what is furniture


def test_what_stands_around_different_articles_is_learned() -> None:
    found = learned(page(article(n)) for n in range(12))
    assert len(found) == len(TOP) + len(BOTTOM)
    assert "回到竹影" in found


def test_too_few_pages_teach_nothing() -> None:
    assert not learned(page(article(n)) for n in range(4))


def test_an_article_that_is_there_many_times_does_not_teach_its_own_text() -> None:
    copies = [page(article(0)) for _ in range(15)]
    found = learned([*copies, *(page(article(n)) for n in range(1, 13))])
    assert found
    assert not found & set(article(0))


def test_a_site_of_copies_of_one_article_teaches_nothing() -> None:
    assert not learned(page(article(0)) for _ in range(30))


def test_copies_that_differ_in_a_paragraph_teach_nothing_of_their_own() -> None:
    own = article(0, paragraphs=8)
    copies = [page([*own[:5], paragraph(Random(n)), *own[5:]]) for n in range(15)]
    found = learned([*copies, *(page(article(n)) for n in range(100, 112))])
    assert found
    assert not found & set(own)


QUOTE = "老话说得好，船到桥头先看水，人到山前先问路，急着赶路的往往最晚到家。"


def test_what_articles_quote_stays() -> None:
    pages = [page([*article(n)[:3], QUOTE, *article(n)[3:]]) for n in range(12)]
    assert not any(QUOTE[:6] in line for line in learned(pages))


def test_headings_that_all_articles_have_stay() -> None:
    pages = []
    for number in range(12):
        title, *rest = article(number)
        pages.append(
            page([title, "摘要", *rest[:2], "材料与做法", *rest[2:], "参考书目", f"[1] {headline(Random(-number))}"])
        )
    assert not learned(pages) & {"摘要", "材料与做法", "参考书目"}


def test_addressees_closing_words_and_signatures_stay() -> None:
    own = {"各位乡亲、各位朋友:", "我的话讲完了,谢谢大家!", "请遵照执行。", "松湾镇管理委员会"}
    speeches, letters = [], []
    for number in range(12):
        title, *rest = article(number)
        speeches.append(page([title, "各位乡亲、各位朋友：", *rest, "我的话讲完了，谢谢大家！"]))
        date = f"2023年{number % 12 + 1}月8日"
        letters.append(page([title, *rest, "请遵照执行。", "松湾镇管理委员会", date]))
    assert not learned(speeches) & own
    assert not learned(letters) & own


def test_dates_and_figures_are_never_learned() -> None:
    rows = counted_rows("甲", Ledger.of("2024年3月5日 星期二\n第3页 共12页\n12:30\n首页\n"), ())
    assert [bool(row.flags & LEARNABLE) for row in rows] == [False, False, False, True]


def test_two_templates_of_a_site_are_both_learned() -> None:
    other = ["渔灯驿站", "渔灯夜话"]
    pages = [page(article(n), top=other if n % 2 else TOP) for n in range(24)]
    assert {"渔灯驿站", "渔灯夜话", "竹影茶馆"} <= learned(pages)


def test_traditional_and_full_width_forms_are_one_line() -> None:
    pages = [page(article(n), top=["竹影茶馆 ＡＢＣ" if n % 2 else "竹影茶館 ABC"]) for n in range(12)]
    assert "竹影茶馆 ABC" in learned(pages)


def test_hostile_pages_are_counted_in_bounded_rows() -> None:
    rows = counted_rows("甲", Ledger.of("行\n" * 100_000), ())
    assert len(rows) == 300
    assert not [row for row in counted_rows("甲", Ledger.of("\ud800首页\n" + "长" * 5000 + "\n"), ()) if row.text]


def test_the_chain_of_furniture_ends_where_the_pages_own_prose_begins() -> None:
    assert runs([True, False, True, True, True], [False, True, False, False, False]) == [[0]]


def test_whole_sites_of_every_kind() -> None:
    scores = measure(odd=False, sizes=(12,), seeds=2)
    assert scores["all"].figures["kept"] == 1.0
    assert scores["all"].figures["removed"] > 0.8


# --- the rule


def test_learned_lines_leave_as_edits_where_they_stand_at_the_edge() -> None:
    text = (
        "竹影茶馆\n灯会开幕\n灯会昨晚在旧码头边上开幕，来了三千多位客人，一直热闹到半夜。\n回到竹影\n"
        "灯会还要办上五天，每晚七点点灯，十点熄灯，请大家错开时间前来。\n回到竹影\n"
    )
    ledger, said = strip(Ledger.of(text), (), Policy(), frozenset({"竹影茶馆", "回到竹影"}))
    taken = [edit for edit in ledger.edits if edit.kind == "site_line"]
    assert [(edit.before, edit.start) for edit in taken] == [("竹影茶馆\n", 0), ("回到竹影\n", text.rindex("回到"))]
    assert ledger.text.count("回到竹影") == 1
    assert said.title == "灯会开幕"


def test_the_rule_can_be_switched_off_and_without_lines_does_nothing() -> None:
    text = page(article(1))
    off = Policy(strip=frozenset({"footer"}))
    assert strip(Ledger.of(text), (), off, frozenset({"竹影茶馆"}))[0].text == text
    assert not [edit for edit in strip(Ledger.of(text), (), Policy())[0].edits if edit.kind == "site_line"]


# --- the table


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Two sites, one by its folder and one by its pages' addresses, and pages of no site."""
    folder = tmp_path / "raw"
    (folder / "竹影").mkdir(parents=True)
    for number in range(12):
        (folder / "竹影" / f"{number}.txt").write_text(page(article(number)), encoding="utf-8")
        (folder / f"无{number}.txt").write_text(page(article(number + 50), top=["无处"]), encoding="utf-8")
    rows = [{"url": f"https://yudeng.example/{n}", "text": page(article(n + 99), top=["渔灯驿站"])} for n in range(12)]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "渔灯.jsonl").write_text(lines, encoding="utf-8")
    return folder


def settings(raw: Path, curated: Path, **more: Any) -> Settings:
    return Settings(raw=str(raw), curated=str(curated), shard_bytes=2**16, **more)


def learn(raw: Path, curated: Path, **more: Any) -> corpus.TableRecord:
    """The flow's work, in this process."""
    store = store_of(str(curated))
    with store.locked():
        corpus.tidy(store)
        work = learning(settings(raw, curated, **more), store)
        for job in work.jobs:
            count_shard(job)
        return make_table(store, work)


def table(curated: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(curated / "site_lines").to_pylist()
    return rows


def data(curated: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((curated / "site_lines").iterdir())}


def test_the_table_says_what_each_site_repeats_and_on_what_evidence(raw: Path, tmp_path: Path) -> None:
    record = learn(raw, tmp_path / "out")
    rows = table(tmp_path / "out")
    assert {row["site"] for row in rows} == {"竹影", "yudeng.example"}
    assert [(row["site"], row["line"]) for row in rows] == sorted((row["site"], row["line"]) for row in rows)
    (top,) = [row for row in rows if row["line"] == "竹影茶馆"]
    assert (top["pages"], top["articles"], top["share"], top["edge"], top["top"]) == (12, 12.0, 1.0, 1.0, 1.0)
    assert top["first_row"] == 0
    assert record.figures == {"pages": 24, "sites_seen": 2, "sites": 2, "lines": len(rows)}
    found = learned_table(str(tmp_path / "out"))
    assert found is not None
    assert "竹影茶馆" in lines_of_site(found, "竹影")
    assert lines_of_site(found, "别处") == frozenset()


def test_learning_again_gives_the_same_bytes_whatever_came_first(raw: Path, tmp_path: Path) -> None:
    learn(raw, tmp_path / "once")
    late = raw / "竹影" / "11.txt"
    text = late.read_text(encoding="utf-8")
    late.unlink()
    learn(raw, tmp_path / "twice")
    late.write_text(text, encoding="utf-8")
    store = store_of(str(tmp_path / "twice"))
    work = learning(settings(raw, tmp_path / "twice"), store)
    assert 0 < len(work.jobs) <= len(work.shards)
    assert nothing_new(store, work) is None
    learn(raw, tmp_path / "twice")
    assert data(tmp_path / "twice") == data(tmp_path / "once")
    assert nothing_new(store, learning(settings(raw, tmp_path / "twice"), store)) is not None


def test_counts_are_the_same_however_the_corpus_is_cut(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(raw, tmp_path / "whole")
    with monkeypatch.context() as patch:
        patch.setattr(counts, "_AT_ONCE", 100)  # a bucket for each site, and only a draw of its pages
        learn(raw, tmp_path / "drawn")
    monkeypatch.setattr(counts, "_HELD_ROWS", 5)
    learn(raw, tmp_path / "flushed")
    assert data(tmp_path / "flushed") == data(tmp_path / "whole")
    drawn = {row["line"]: row["pages"] for row in table(tmp_path / "drawn")}
    assert all(pages < 12 for pages in drawn.values())


def test_a_new_table_has_everything_curated_again_and_the_same_table_does_not(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    plain = made_with_of(settings(raw, out))
    learn(raw, out)
    known = made_with_of(settings(raw, out))
    assert known != plain
    assert made_with_of(settings(raw, out, strip={"site_line": False})) not in (plain, known)
    assert made_with_of(settings(raw, tmp_path / "other", site_lines=str(out))) == known
    (raw / "竹影" / "20.txt").write_text(page(article(777)), encoding="utf-8")
    before = data(out)
    learn(raw, out)
    assert data(out) != before
    assert made_with_of(settings(raw, out)) == known, "more pages with the same lines are nothing new to curate"


def test_a_missing_table_is_wrong_usage(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["run", "--raw", str(raw), "--curated", str(tmp_path / "out"), "--settings", str(given(tmp_path))])
    assert status == 2
    assert "there are no learned lines in" in capsys.readouterr().err


def given(folder: Path) -> Path:
    file = folder / "settings.toml"
    file.write_text(f'site_lines = "{folder / "nowhere"}"\n', encoding="utf-8")
    return file


def test_a_table_whose_file_is_gone_is_named(raw: Path, tmp_path: Path) -> None:
    record = learn(raw, tmp_path / "out")
    (tmp_path / "out" / record.file.path).unlink()
    with pytest.raises(corpus.StoreError, match="run `qingwen learn` again"):
        learned_table(str(tmp_path / "out"))
    learn(raw, tmp_path / "out")
    assert table(tmp_path / "out")


def test_a_record_that_cannot_be_read_is_named(raw: Path, tmp_path: Path) -> None:
    learn(raw, tmp_path / "out")
    (tmp_path / "out" / record_path("site_lines")).write_text("{")
    with pytest.raises(corpus.StoreError, match=r"site_lines\.json cannot be read"):
        read_record(store_of(str(tmp_path / "out")), "site_lines")


def _learn_slowly(raw: str, curated: str, ready: Event) -> None:
    ready.set()
    learn(Path(raw), Path(curated))


def test_learning_that_is_killed_leaves_no_half_table_and_ends_as_an_undisturbed_run(raw: Path, tmp_path: Path) -> None:
    learn(raw, tmp_path / "whole")
    out = tmp_path / "out"
    context = multiprocessing.get_context("spawn")
    for moment in (0.0, 0.1, 0.3, 0.6, 1.0, 1.4):
        ready = context.Event()
        process = context.Process(target=_learn_slowly, args=(str(raw), str(out), ready))
        process.start()
        assert ready.wait(60)
        time.sleep(moment)
        process.kill()
        process.join()
        assert not out.exists() or not (out / "site_lines").exists() or data(out) == data(tmp_path / "whole")
    learn(raw, out)
    assert data(out) == data(tmp_path / "whole")
    assert sorted(path.name for path in out.iterdir() if path.name != "_staging") == sorted(
        path.name for path in (tmp_path / "whole").iterdir() if path.name != "_staging"
    )


# --- the flow and the command


def test_learn_then_run_takes_the_lines_off(
    prefect_server: None, raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from flows.curate import curate

    out = tmp_path / "out"
    arguments = ["learn", "--raw", str(raw), "--curated", str(out), "--workers", "1"]
    assert main(arguments) == 0
    assert "lines of 2 sites learned from 24 pages" in capsys.readouterr().out
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("Nothing new in ")
    curate(settings(raw, out, workers=1))
    edits = pq.read_table(out / "edits").to_pylist()
    kinds = [edit["kind"] for edit in edits]
    assert kinds.count("site_line") > 60
    texts = [row["text"] for row in pq.read_table(out / "documents", columns=["text", "source_uri"]).to_pylist()]
    assert sum("竹影茶馆账房" in text for text in texts) == 12, "pages of no site keep what no rule knows"


def test_another_run_at_work_is_wrong_usage(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with store_of(str(tmp_path / "out")).locked():
        assert main(["learn", "--raw", str(raw), "--curated", str(tmp_path / "out")]) == 2
    assert "another run is writing to" in capsys.readouterr().err


def test_a_shard_that_cannot_be_counted_fails_the_run_and_no_table_is_written(
    prefect_server: None, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.learn
    import flows.task_runs

    class Crew:
        def __enter__(self) -> Crew:
            return self

        def __exit__(self, *error: object) -> None:
            return None

        def run(self, job: object) -> None:
            raise ValueError("the disk says no")

    monkeypatch.setattr(flows.learn, "crew_of", lambda *given: Crew())
    with pytest.raises(QingwenError, match=r"jobs \(count\) failed, the first with: the disk says no; .* run again"):
        flows.learn.learn(settings(raw, tmp_path / "out"))
    assert read_record(store_of(str(tmp_path / "out")), "site_lines") is None


@pytest.mark.parametrize("name", ["learn", "dedupe"])
def test_the_flows_can_be_served(prefect_server: None, name: str) -> None:
    import importlib

    import cloudpickle

    flow = getattr(importlib.import_module(f"flows.{name}"), name)
    again = cloudpickle.loads(cloudpickle.dumps(flow))
    given = Settings(similarity=0.9).model_dump(mode="json")
    assert again.validate_parameters({"settings": given})["settings"].similarity == 0.9


def test_a_file_that_could_not_be_read_is_counted_again_by_the_next_run(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.count
    from tasks.records import Reason, Reject

    read = flows.count.read_source

    def blinking(root: Any, source: Any, *rest: Any) -> Any:
        if source.uri.endswith("11.txt"):
            return iter([Reject(source.uri, "read", Reason.UNREADABLE, "permission denied")])
        return read(root, source, *rest)

    store = store_of(str(tmp_path / "out"))
    with monkeypatch.context() as patch:
        patch.setattr(flows.count, "read_source", blinking)
        work = learning(settings(raw, tmp_path / "out"), store)
        done = [count_shard(job) for job in work.jobs]
        again = {one.shard for one in done if one.rejected}
        make_table(store, work, again)
    assert len(again) >= 1
    assert {job.made_with for job in learning(settings(raw, tmp_path / "out"), store).jobs} == again
    learn(raw, tmp_path / "out")
    learn(raw, tmp_path / "whole")
    assert data(tmp_path / "out") == data(tmp_path / "whole")
