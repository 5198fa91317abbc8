"""Duplicates: copies come together however damaged, other articles stay apart; the table is whole or not there."""

from __future__ import annotations

import multiprocessing
import shutil
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any

import numpy
import pyarrow.parquet as pq
import pytest

from evals.duplicates import Copy, copies, figures, representatives
from evals.sites import headline, paragraph
from flows.cli import main
from flows.duplicates import deduping, largest, make_table, nothing_new, sketched
from flows.settings import Settings
from flows.shard import write_shard
from flows.survey import jobs, survey
from tasks.dedupe import cluster as clusters
from tasks.dedupe.cluster import similarities
from tasks.dedupe.sketch import SLOTS, sketch
from tasks.write import corpus, sketches
from tasks.write.store import StoreError, store_of


def text(number: int, paragraphs: int = 4) -> str:
    """An article of its own for every number."""
    random = Random(number)
    return "".join(f"{line}\n" for line in (headline(random), *(paragraph(random) for _ in range(paragraphs))))


def stand(texts: Sequence[str], damage: Sequence[tuple[int, int]] = (), least: float = 0.75) -> list[int]:
    """Who stands for whom; `damage` is (unrepaired, edits) of each."""
    given = damage or [(0, 0)] * len(texts)
    return representatives([Copy("", one, one, *how) for one, how in zip(texts, given, strict=True)], texts, least)


# --- sketches


def test_a_sketch_depends_on_its_text_alone() -> None:
    texts = [text(number) for number in range(5)]
    together = sketch(texts)
    for number, one in enumerate(texts):
        alone = sketch([one])
        assert alone.digests[0] == together.digests[number]
        assert (alone.signatures[0] == together.signatures[number]).all()


def test_signatures_are_what_they_were() -> None:
    """Sketches are kept from run to run; a change here must come with a new SKETCH_VERSION."""
    (row,) = sketch(["渡口的老船工把缆绳系在石桩上，等最后一班客人上岸。"]).signatures.tolist()
    assert len(row) == SLOTS
    assert row[:4] == [3304657441, 3255142678, 3008856443, 2594546188]


def test_script_width_space_and_case_make_no_difference() -> None:
    found = sketch(["灯会昨晚开幕，共 ABC 三场。", "燈會昨晚開幕,\n共ＡＢＣ三場。", "灯会昨晚开幕，共 abc 三场"])
    assert found.digests[0] == found.digests[1] != found.digests[2]
    assert (found.signatures[0] == found.signatures[2]).all()


def test_similarity_estimates_what_texts_share() -> None:
    whole = "".join(paragraph(Random(number)) for number in range(60))
    shares = []
    for cut in (0.95, 0.8, 0.5):
        found = sketch([whole, whole[: int(len(whole) * cut)]])
        shares.append(float(similarities(found.signatures, 0, numpy.array([1]))[0]))
    assert shares[0] == pytest.approx(0.95, abs=0.1)
    assert shares[1] == pytest.approx(0.8, abs=0.12)
    assert shares[2] == pytest.approx(0.5, abs=0.15)


def test_texts_without_letters_and_half_characters_are_sketched() -> None:
    found = sketch(["", "……\n", "\ud800甲", "甲"])
    assert (found.letters[0], found.letters[1], found.letters[3]) == (0, 0, 1)
    assert found.signatures.shape == (4, SLOTS)


# --- clusters


def test_exact_copies_have_one_representative_and_others_stay_alone() -> None:
    assert stand([text(1), text(2), text(1), text(3), text(1)]) == [0, 1, 0, 3, 0]


def test_the_least_damaged_stands_for_the_others() -> None:
    texts = [text(1) + mark for mark in ("甲", "乙乙", "丙", "丁")]
    assert stand(texts, [(1, 0), (0, 5), (0, 4), (2, 0)]) == [2, 2, 2, 2], "fewest unrepaired, then fewest edits"
    assert stand(texts, [(0, 0)] * 4) == [1, 1, 1, 1], "then the longest"
    assert stand([text(1)] * 3) == [0, 0, 0], "then the lowest id"


def test_short_texts_have_exact_duplicates_only() -> None:
    assert stand(["页面正在维护，请稍后再来。", "页面正在维护，请稍候再来。", "页面正在维护，请稍后再来。"]) == [
        0,
        1,
        0,
    ]


def test_a_chain_of_small_changes_does_not_bring_its_ends_together() -> None:
    parts = [paragraph(Random(number)) for number in range(30)]
    chain = ["".join(parts[start : start + 20]) for start in range(10)]
    stands = stand(chain)
    found = sketch(chain)
    for number, other in enumerate(stands):
        assert similarities(found.signatures, other, numpy.array([number]))[0] >= 0.75
    assert len(set(stands)) > 1
    assert stands.count(stands[0]) > 1


def test_the_order_of_documents_makes_no_difference() -> None:
    texts = [text(number % 7) + "甲" * (number % 3) for number in range(40)]
    there = {texts[a]: texts[b] for a, b in enumerate(stand(texts))}
    Random(1).shuffle(texts)
    assert {texts[a]: texts[b] for a, b in enumerate(stand(texts))} == there


def test_a_template_that_many_share_is_looked_at_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_AT_ONCE", 7)
    frame = "".join(paragraph(Random(number)) for number in range(3))
    stands = stand([frame + text(number) for number in range(60)])
    assert len(set(stands)) == 60


def test_damaged_copies_of_an_article_end_in_one_cluster_and_other_articles_do_not_join() -> None:
    found = figures(copies(passages=6))
    assert found["found_after"] > 0.9
    assert found["found_after"] > found["found_before"] + 0.2
    assert found["wrong_pairs_max"] == 0


# --- the table


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles curated from two folders: copies across them, in two scripts, and singles; in several shards."""
    folder = tmp_path_factory.mktemp("dedupe")
    raw = folder / "raw"
    for site in ("甲", "乙"):
        (raw / site).mkdir(parents=True)
        for number in range(20):
            own = text(number) if number < 8 else text(number + 100 * len(site.encode("gbk")) + ord(site))
            (raw / site / f"{number}.txt").write_text(own + ("" if number % 2 else f"{site}稿。\n"), encoding="utf-8")
    curate(raw, folder / "out")
    return folder / "out"


def curate(raw: Path, out: Path) -> None:
    settings = Settings(raw=str(raw), curated=str(out), shard_bytes=2**16)
    store = store_of(str(out))
    with store.locked():
        found = survey(settings, store)
        store.commit([write_shard(job).shard for job in jobs(settings, found.plan)], found.plan.superseded)


def dedupe(out: Path) -> corpus.TableRecord:
    """The flow's work, in this process."""
    store = store_of(str(out))
    with store.locked():
        corpus.tidy(store)
        work = deduping(Settings(curated=str(out)), store)
        for job in work.jobs:
            sketched(job)
        return make_table(store, work)


def rows(out: Path, table: str = "duplicates") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / table).to_pylist()
    return found


def data(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "duplicates").iterdir())}


def test_the_table_names_each_repeated_document_once(curated: Path) -> None:
    record = dedupe(curated)
    documents = {row["doc_id"]: row for row in rows(curated, "documents")}
    found = rows(curated)
    assert [row["doc_id"] for row in found] == sorted({row["doc_id"] for row in found})
    assert not {row["doc_id"] for row in found} & {row["representative_id"] for row in found}
    assert {row["kind"] for row in found} == {"exact", "near"}
    for row in found:
        one, other = documents[row["doc_id"]], documents[row["representative_id"]]
        assert Path(one["source_uri"]).name == Path(other["source_uri"]).name
        assert row["similarity"] == 1.0 if row["kind"] == "exact" else 0.75 <= row["similarity"] <= 1.0
    assert len(found) == 8
    assert record.figures == {"documents": 40, "exact": 4, "near": 4, "clusters": 8}


def test_the_largest_clusters_are_shown_with_their_titles(curated: Path) -> None:
    record = dedupe(curated)
    store = store_of(str(curated))
    shown = list(largest(store, record, deduping(Settings(curated=str(curated)), store)))
    assert [size for size, _, _ in shown] == [2] * 8
    assert all(uri.endswith(".txt") for _, _, uri in shown)


def test_deduping_again_gives_the_same_bytes_and_sketches_only_what_is_new(curated: Path, tmp_path: Path) -> None:
    dedupe(curated)
    before = data(curated)
    store = store_of(str(curated))
    work = deduping(Settings(curated=str(curated)), store)
    assert work.jobs == ()
    assert nothing_new(store, work)
    (curated / corpus.record_path("duplicates")).unlink()
    dedupe(curated)
    assert data(curated) == before
    looser = deduping(Settings(curated=str(curated), similarity=0.6), store)
    assert nothing_new(store, looser) is None


def test_what_a_run_left_that_died_between_table_and_record_is_cleared(
    curated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dedupe(curated)
    before = data(curated)
    store = store_of(str(curated))
    work = deduping(Settings(curated=str(curated), similarity=0.99), store)

    def full(self: object, name: str, text: str) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "write_text", full)
        with pytest.raises(OSError, match="No space"):
            make_table(store, work)
    dedupe(curated)
    assert data(curated) == before
    assert len(list((curated / "_whole" / "duplicates").iterdir())) == 1


def test_sketches_that_do_not_belong_any_more_are_cleared(curated: Path) -> None:
    stray = curated / corpus.cache_path("duplicates") / "0000.1.2.parquet"
    (curated / corpus.record_path("duplicates")).unlink(missing_ok=True)
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"")
    dedupe(curated)
    assert not stray.exists()


def without_sketches(curated: Path, tmp_path: Path) -> Path:
    own = tmp_path / "own"
    shutil.copytree(curated, own, symlinks=True)
    shutil.rmtree(own / "_cache", ignore_errors=True)
    return own


@pytest.mark.parametrize("gone", [False, True], ids=["damaged", "gone"])
def test_documents_that_are_not_as_they_were_written(curated: Path, tmp_path: Path, gone: bool) -> None:
    """The message names the shard, the command that says more, and what to do."""
    own = without_sketches(curated, tmp_path)
    (path, *_) = (own / "documents").iterdir()
    shard, whole = path.stem.removeprefix("part-"), path.read_bytes()
    path.unlink() if gone else path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match=f"{shard}.*`qingwen verify .*; remove .*{shard}.json and run again"):
        dedupe(own)
    path.write_bytes(whole)
    assert dedupe(own).figures["clusters"] == 8


def test_sketches_that_are_not_as_they_were_written(curated: Path, tmp_path: Path) -> None:
    own = without_sketches(curated, tmp_path)
    dedupe(own)
    (own / corpus.record_path("duplicates")).unlink()
    (path, *_) = (own / "_cache" / "duplicates").iterdir()
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StoreError, match=f"{path.name}.*; remove them and run again"):
        dedupe(own)
    path.unlink()
    assert dedupe(own).figures["clusters"] == 8


def test_nothing_curated_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dedupe", "--curated", str(tmp_path / "nowhere")]) == 2
    assert "there are no documents in" in capsys.readouterr().err


def test_a_similarity_that_is_none_is_wrong_usage(curated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dedupe", "--curated", str(curated), "--similarity", "1.5"]) == 2
    assert "similarity" in capsys.readouterr().err


def _dedupe_slowly(out: str, ready: Event) -> None:
    ready.set()
    dedupe(Path(out))


def test_deduping_that_is_killed_leaves_no_half_table(curated: Path, tmp_path: Path) -> None:
    import shutil

    dedupe(curated)
    out = tmp_path / "out"
    shutil.copytree(curated, out, symlinks=True)
    for name in ("_tables", "_whole", "_cache"):
        shutil.rmtree(out / name)
    context = multiprocessing.get_context("spawn")
    for moment in (0.0, 0.05, 0.1, 0.2, 0.4):
        ready = context.Event()
        process = context.Process(target=_dedupe_slowly, args=(str(out), ready))
        process.start()
        assert ready.wait(60)
        time.sleep(moment)
        process.kill()
        process.join()
        assert not (out / "duplicates").exists() or data(out) == data(curated)
    dedupe(out)
    assert data(out) == data(curated)


def test_the_flow_and_the_command(prefect_server: None, curated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (curated / corpus.record_path("duplicates")).unlink(missing_ok=True)
    assert main(["dedupe", "--curated", str(curated), "--workers", "1"]) == 0
    assert "4 of 40 documents" in capsys.readouterr().out
    assert main(["dedupe", "--curated", str(curated)]) == 0
    assert capsys.readouterr().out.startswith("Nothing new: ")


def test_sketch_files_are_read_in_any_number_of_groups(curated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dedupe(curated)
    before = data(curated)
    for path in (curated / corpus.cache_path("duplicates")).iterdir():
        path.unlink()
    (curated / corpus.record_path("duplicates")).unlink()
    monkeypatch.setattr(sketches, "_BATCH", 3)
    dedupe(curated)
    assert data(curated) == before
