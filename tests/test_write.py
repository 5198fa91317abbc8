"""Rows, files, shards and what makes them visible: no Prefect here."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.commits import Commits
from flows.plan import Plan, plan, switches
from flows.shard import Done, Job, write_shard
from tasks.read import Source, discover
from tasks.records import (
    Curated,
    Decoded,
    Edit,
    Evidence,
    Metadata,
    Page,
    Policy,
    Reason,
    Reject,
    Script,
    Section,
    Stage,
)
from tasks.write import local, parquet
from tasks.write.manifest import Manifest, SourceRecord, fingerprint, shard_id
from tasks.write.parquet import ParquetFile, RowReader, count_rows
from tasks.write.rows import document_id, page_rows
from tasks.write.samples import sample_of
from tasks.write.schema import DOCUMENTS, EDITS, SHARD_TABLES, TABLES
from tasks.write.shard import ShardWriter, digest_of
from tasks.write.store import BusyError, StoreError, store_of
from tasks.write.tally import Tally

CREW = "青溪渡口的老船工把缆绳系在石桩上。"


def curated_page(uri: str = "甲/一.txt", text: str = f"{CREW}\n") -> Curated:
    edits = (
        Edit(0, 2, "舊題", "旧题", Stage.REPAIR, "demo", 0.5, True, "a reason"),
        Edit(4, 5, "�", "", Stage.DECODE, "undecodable", 0.0, False, "byte FF"),
    )
    return Curated(
        page=Page(uri, text.encode(), url="https://example.org/a", fetched_at=datetime(2024, 5, 1, tzinfo=UTC)),
        decoded=Decoded(text, "utf-8", Evidence.VALID, 1.0),
        script=Script.HANS,
        metadata=Metadata("题", datetime(1988, 7, 1, 8, 30), "某报", ("甲某", "乙某"), "丙某"),
        text=text,
        sections=(Section(0, None, 0, "lead", None, None, 0, len(text)),),
        edits=edits,
    )


REJECT = Reject("乙.bin", "decode", Reason.BINARY, "not text", "ab" * 32, 7)


# --- rows


def test_every_row_has_exactly_the_columns_of_its_table() -> None:
    rows = page_rows(curated_page()) | page_rows(REJECT)
    assert set(rows) == set(SHARD_TABLES)
    for table, some in rows.items():
        assert [list(row) for row in some] == [SHARD_TABLES[table].names] * len(some)


def test_a_document_row_says_what_the_page_was() -> None:
    row = page_rows(curated_page())["documents"][0]
    assert row["doc_id"] == document_id("甲/一.txt", f"{CREW}\n".encode())
    assert (row["edits"], row["unrepaired"], row["text_chars"]) == (2, 1, len(CREW) + 1)
    assert row["published_at"].isoformat() == "1988-07-01T08:30:00+09:00"  # Shanghai kept summer time in 1988


def test_an_id_depends_on_the_uri_and_the_bytes() -> None:
    assert len({document_id("a", b"b"), document_id("a", b"c"), document_id("ab", b""), document_id("b", b"b")}) == 4


def test_a_reject_whose_bytes_were_not_read_has_no_digest() -> None:
    row = page_rows(Reject("x", "read", Reason.UNREADABLE, "no"))["rejects"][0]
    assert row["raw_sha256"] is None
    assert row["raw_size"] is None


def test_half_a_surrogate_pair_is_refused_where_it_would_be_lost() -> None:
    with pytest.raises(UnicodeEncodeError):
        page_rows(replace(curated_page(), text="\ud800\n"))
    with pytest.raises(UnicodeEncodeError):
        page_rows(replace(curated_page(), page=replace(curated_page().page, url="http://a.example/\ud800")))


# --- files


def test_rows_come_back_as_written(tmp_path: Path) -> None:
    rows = page_rows(curated_page())["documents"]
    with ParquetFile(tmp_path / "d.parquet", DOCUMENTS) as file:
        file.append(rows * 3)
    with RowReader(tmp_path / "d.parquet") as reader:
        back = list(reader.rows(1, 2))
    assert count_rows(tmp_path / "d.parquet") == 3
    assert back == [*rows, *rows]


def test_a_file_does_not_depend_on_how_its_rows_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 4)
    rows = page_rows(curated_page())["edits"] * 5
    with ParquetFile(tmp_path / "once", EDITS) as file:
        file.append(rows)
    with ParquetFile(tmp_path / "bit by bit", EDITS) as file:
        for row in rows:
            file.append([row])
    assert (tmp_path / "once").read_bytes() == (tmp_path / "bit by bit").read_bytes()
    assert pq.read_metadata(tmp_path / "once").num_row_groups == 3


def test_rows_are_read_from_the_groups_that_hold_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 2)
    row = page_rows(curated_page())["edits"][0]
    with ParquetFile(tmp_path / "e", EDITS) as file:
        file.append(row | {"edit_no": number} for number in range(9))
    with RowReader(tmp_path / "e") as reader:
        assert [row["edit_no"] for row in reader.rows(3, 4)] == [3, 4, 5, 6]
        assert [row["edit_no"] for row in reader.rows(0, 1)] == [0]
        assert list(reader.rows(9, 0)) == []


def test_long_texts_close_a_group_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_CHARS", 100)
    with ParquetFile(tmp_path / "d", DOCUMENTS) as file:
        file.append(page_rows(curated_page(text="长" * 90 + "\n"))["documents"] * 3)
    assert pq.read_metadata(tmp_path / "d").num_row_groups == 3


@pytest.mark.parametrize("table", TABLES)
def test_every_column_says_what_it_means(table: str) -> None:
    schema = TABLES[table]
    assert schema.metadata[b"table"].decode() == table
    assert all(len(field.metadata[b"description"]) > 10 for field in schema)


# --- shards


def raw_with(folder: Path, pages: dict[str, str]) -> Path:
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


PAGES = {f"河{number}/页 {number}.txt": f"第{number}章\n{CREW}\n渡口在第{number}个河湾。\n" for number in range(12)}


def run(raw: Path, curated: Path, policy: Policy | None = None, keep: bool = True) -> tuple[Plan, list[Done]]:
    """What the flow does, without Prefect."""
    policy, target = policy or Policy(), store_of(curated)
    visible, ready = target.manifests(), target.ready()
    work = plan(discover(raw), [*visible, *ready], fingerprint(policy), 2**14, keep)
    target.sweep([manifest.shard for manifest in ready])
    commits = Commits(target, switches(work, visible))
    done = [write_shard(Job(shard, str(raw), str(curated), policy, fingerprint(policy))) for shard in work.shards]
    for one in done:
        commits.done(one.name, one.shard)
    commits.commit()
    target.clear_ready(())
    return work, done


def data(curated: Path) -> dict[str, bytes]:
    return {str(p.relative_to(curated)): p.read_bytes() for p in sorted(curated.glob("*/part-*.parquet"))}


def uris(curated: Path) -> list[str]:
    rows = [row for file in (curated / "documents").glob("*") for row in pq.read_table(file).to_pylist()]
    return sorted(row["source_uri"] for row in rows)


def test_every_page_is_kept_or_rejected(tmp_path: Path) -> None:
    raw = raw_with(tmp_path / "raw", PAGES | {"空.txt": "", "空白.txt": " \n"})
    run(raw, tmp_path / "out")
    whole = [manifest.tally for manifest in store_of(tmp_path / "out").manifests()]
    assert sum(t.pages for t in whole) == len(PAGES) + 2
    assert sum(t.kept for t in whole) == len(PAGES)
    assert sum(t.rejects["empty"] for t in whole) == 2
    assert uris(tmp_path / "out") == sorted(PAGES)


def test_the_bytes_do_not_depend_on_when_pages_came(tmp_path: Path) -> None:
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    run(raw_with(tmp_path / "raw", PAGES), whole)
    names = list(PAGES)
    for many in (3, 4, 9, 12):
        raw_with(tmp_path / "bits", {name: PAGES[name] for name in names[:many]})
        run(tmp_path / "bits", grown)
    assert len(data(whole)) > len(SHARD_TABLES)
    assert data(whole) == data(grown)


def test_the_bytes_do_not_depend_on_the_order_of_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, listing = raw_with(tmp_path / "raw", PAGES), os.scandir
    run(raw, tmp_path / "whole")

    @contextmanager
    def shuffled(folder: Any) -> Iterator[Iterator[Any]]:
        with listing(folder) as entries:
            found = list(entries)
            yield iter(Random(str(folder)).sample(found, len(found)))

    with monkeypatch.context() as patch:
        patch.setattr("tasks.read.sources.os.scandir", shuffled)
        run(raw, tmp_path / "out")
    assert data(tmp_path / "out") == data(tmp_path / "whole")


def test_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    raw = raw_with(tmp_path / "raw", PAGES)
    run(raw, tmp_path / "out")
    work, done = run(raw, tmp_path / "out")
    assert (work.shards, done, work.superseded) == ((), [], ())


def test_only_what_changed_is_curated_again(tmp_path: Path) -> None:
    raw, out = raw_with(tmp_path / "raw", PAGES), tmp_path / "out"
    run(raw, out)
    before = data(out)
    raw_with(raw, {"河3/页 3.txt": f"{CREW}换了一句话。\n"})
    work, done = run(raw, out)
    assert sum(one.pages for one in done) == 1
    assert len(work.shards) == 1
    assert uris(out) == sorted(PAGES)
    assert len(set(before) & set(data(out))) == len(before) - len(SHARD_TABLES)


def test_other_settings_curate_everything_again(tmp_path: Path) -> None:
    from tasks.records import Target

    raw, out = raw_with(tmp_path / "raw", PAGES), tmp_path / "out"
    run(raw, out)
    _, done = run(raw, out, Policy(target=Target.HANT))
    assert sum(one.pages for one in done) == len(PAGES)
    assert uris(out) == sorted(PAGES)


def test_files_taken_out_of_raw_stay_or_go_as_set(tmp_path: Path) -> None:
    raw, out = raw_with(tmp_path / "raw", PAGES), tmp_path / "out"
    run(raw, out)
    gone = "河5/页 5.txt"
    (raw / gone).unlink()
    _, done = run(raw, out)
    assert (done, uris(out)) == ([], sorted(PAGES))
    _, done = run(raw, out, keep=False)
    assert sum(one.pages for one in done) == 0
    assert uris(out) == sorted(set(PAGES) - {gone})


def test_what_could_not_be_read_is_tried_again(tmp_path: Path) -> None:
    raw, out = raw_with(tmp_path / "raw", PAGES), tmp_path / "out"
    listed = [*discover(raw), Source("没.txt", "没.txt", 4, 1)]
    shards = plan(listed, [], "x", 2**20, True).shards
    for shard in shards:
        write_shard(Job(shard, str(raw), str(out), Policy(), "x"))
    again = plan(listed, store_of(out).ready(), "x", 2**20, True)
    assert [item.source.uri for s in again.shards for item in s.items if item.carry is None] == ["没.txt"]


def test_a_stage_that_raises_costs_its_page_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tasks.page

    def broken(text: str) -> Script:
        if "第7章" in text:
            raise ValueError("a bug of ours")
        return Script.HANS

    monkeypatch.setattr(tasks.page, "detect_script", broken)
    raw, out = raw_with(tmp_path / "raw", PAGES), tmp_path / "out"
    run(raw, out)
    rejects = [row for file in (out / "rejects").glob("*") for row in pq.read_table(file).to_pylist()]
    assert [(row["source_uri"], row["reason"]) for row in rejects] == [("河7/页 7.txt", "failed")]
    assert rejects[0]["detail"].startswith("ValueError: a bug of ours")
    assert rejects[0]["raw_size"] == len(PAGES["河7/页 7.txt"].encode())


def test_a_reader_that_raises_costs_its_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import flows.shard

    def broken(root: str, source: Source, *given: object) -> Iterator[Page]:
        if source.uri.startswith("河2/"):
            raise RuntimeError("a bug in the reader")
        yield Page(source.uri, CREW.encode())

    monkeypatch.setattr(flows.shard, "read_source", broken)
    out = tmp_path / "out"
    run(raw_with(tmp_path / "raw", PAGES), out)
    whole = [manifest.tally for manifest in store_of(out).manifests()]
    assert (sum(t.kept for t in whole), sum(t.rejects["failed"] for t in whole)) == (len(PAGES) - 1, 1)


def test_losing_a_row_is_noticed(tmp_path: Path) -> None:
    with ShardWriter(tmp_path) as writer:
        writer.add_page(page_rows(curated_page()))
        writer.end_source(SourceRecord("甲/一.txt", 1, 1, "x", 2, writer.counts()))
    with pytest.raises(StoreError, match="2 pages came in, but 1 were kept and 0 rejected"):
        writer.finish()


def test_a_manifest_comes_back_as_written(tmp_path: Path) -> None:
    run(raw_with(tmp_path / "raw", PAGES), tmp_path / "out")
    for manifest in store_of(tmp_path / "out").manifests():
        assert Manifest.from_json(manifest.to_json()) == manifest
        assert manifest.shard == shard_id(manifest.files[table].sha256 for table in SHARD_TABLES)
        for file in manifest.files.values():
            assert (tmp_path / "out" / file.path).stat().st_size == file.size


# --- the store


def staged(curated: Path) -> Manifest:
    """A shard that is ready in curated/ and not visible."""
    target = store_of(curated)
    folder = target.staging("s")
    with ShardWriter(folder) as writer:
        writer.add_page(page_rows(curated_page()))
        writer.end_source(SourceRecord("甲/一.txt", 1, 1, "x", 1, writer.counts()))
    manifest = writer.finish()
    target.keep(folder, manifest)
    return manifest


def test_a_shard_is_visible_when_it_is_committed(tmp_path: Path) -> None:
    target = store_of(tmp_path / "out")
    target.sweep(())
    manifest = staged(tmp_path / "out")
    assert (target.shards(), data(tmp_path / "out"), target.ready()) == ([], {}, [manifest])
    target.commit([manifest.shard], [])
    assert (target.manifests(), target.ready()) == ([manifest], [])
    assert len(data(tmp_path / "out")) == len(SHARD_TABLES)


def test_a_commit_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    run(raw_with(tmp_path / "raw", PAGES), out)
    before, manifest = data(out), staged(out)

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(local, "write_whole", full)
        with pytest.raises(OSError, match="No space"):
            store_of(out).commit([manifest.shard], store_of(out).shards())
    assert data(out) == before
    store_of(out).commit([manifest.shard], store_of(out).shards())
    assert store_of(out).manifests() == [manifest]


def test_a_ready_shard_that_lacks_a_file_is_none(tmp_path: Path) -> None:
    manifest = staged(tmp_path)
    (tmp_path / "_ready" / manifest.shard / "edits.parquet").write_bytes(b"PAR1")
    assert store_of(tmp_path).ready() == []
    store_of(tmp_path).sweep([])
    assert list((tmp_path / "_ready").iterdir()) == []


def test_a_shard_written_twice_is_kept_once(tmp_path: Path) -> None:
    assert staged(tmp_path) == staged(tmp_path)
    assert len(store_of(tmp_path).ready()) == 1
    assert list((tmp_path / "_staging").iterdir()) == []


def test_one_folder_that_is_read_through_changes_in_one_step(tmp_path: Path) -> None:
    """A reader that has resolved _current sees one commit's files for as long as that generation stays."""
    raw, out = raw_with(tmp_path / "raw", PAGES), tmp_path / "out"
    run(raw, out)
    snapshot = (out / "_current").resolve()
    before = {path.name: path.read_bytes() for path in snapshot.glob("*/*.parquet")}
    raw_with(raw, {"河3/页 3.txt": f"{CREW}换了一句话。\n"})
    run(raw, out)
    assert {path.name: path.read_bytes() for path in snapshot.glob("*/*.parquet")} == before
    assert (out / "_current").resolve() != snapshot
    store_of(out).sweep(())  # as the next run does
    assert snapshot.exists()
    past = time.time() - local.GRACE_SECONDS - 1
    os.utime(snapshot, (past, past))
    store_of(out).sweep(())
    assert not snapshot.exists()


def test_the_snapshot_lists_what_the_folders_hold(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(raw_with(tmp_path / "raw", PAGES), out)
    said = json.loads((out / "_snapshot.json").read_text(encoding="utf-8"))
    assert sorted(path for paths in said["files"].values() for path in paths) == sorted(data(out))
    assert said["shards"] == store_of(out).shards()


def test_tables_in_plain_folders_are_taken_over(tmp_path: Path) -> None:
    """A dataset that was copied here, or made by an earlier version, has no generations."""
    raw, out, plain = raw_with(tmp_path / "raw", PAGES), tmp_path / "out", tmp_path / "plain"
    run(raw, out)
    for name in (*SHARD_TABLES, "_manifest"):
        shutil.copytree(out / name, plain / name)
    assert [m.shard for m in store_of(plain).manifests()] == store_of(out).shards()
    work, done = run(raw, plain)
    assert (work.shards, done, data(plain)) == ((), [], data(out))
    assert (plain / "documents").is_symlink()
    assert list((plain / "_staging").iterdir()) != []
    store_of(plain).sweep(())
    assert (data(plain), (plain / "_staging").exists()) == (data(out), False)


def _run_slowly(raw: str, curated: str, ready: Event) -> None:
    with store_of(Path(curated)).locked():
        store_of(Path(curated)).manifests()
        ready.set()
        run(Path(raw), Path(curated))


def test_runs_that_are_killed_leave_what_an_undisturbed_run_makes(tmp_path: Path) -> None:
    raw = raw_with(tmp_path / "raw", {f"{n}.txt": f"第{n}页\n{CREW}\n" * 30 for n in range(120)})
    run(raw, tmp_path / "whole")
    context = multiprocessing.get_context("spawn")
    for moment in (0.0, 0.02, 0.05, 0.1, 0.2, 0.4):
        ready = context.Event()
        process = context.Process(target=_run_slowly, args=(str(raw), str(tmp_path / "out"), ready))
        process.start()
        assert ready.wait(60)
        time.sleep(moment)
        process.kill()
        process.join()
        for manifest in store_of(tmp_path / "out").manifests():
            for file in manifest.files.values():
                assert digest_of(tmp_path / "out" / file.path) == file.sha256
    with store_of(tmp_path / "out").locked():
        run(raw, tmp_path / "out")
    assert data(tmp_path / "out") == data(tmp_path / "whole")


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "_manifest").mkdir()
    (tmp_path / "_manifest" / "x.json").write_text("{")
    with pytest.raises(StoreError, match=r"x\.json cannot be read"):
        store_of(tmp_path).manifests()


def _hold(folder: str, ready: Event) -> None:
    with store_of(Path(folder)).locked():
        ready.set()
        time.sleep(60)


def test_two_runs_cannot_write_at_once_and_a_dead_one_does_not_lock(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), ready))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(BusyError, match="another run"), store_of(tmp_path).locked():
            pass
    finally:
        other.kill()
        other.join()
    with store_of(tmp_path).locked():
        pass


# --- tallies


def test_tallies_add_up_and_come_back_from_json() -> None:
    one, other, both = Tally(), Tally(), Tally()
    one.add_page(page_rows(curated_page()))
    other.add_page(page_rows(REJECT))
    for page in (curated_page(), REJECT):
        both.add_page(page_rows(page))
    one.merge(other)
    assert one == both
    assert Tally.from_json(json.loads(json.dumps(both.to_json()))) == both
    assert (both.damaged, both.unrepaired, both.edits["repair/demo"]) == (1, 1, 1)


def test_a_sample_stands_where_its_edit_stood() -> None:
    rows = page_rows(
        replace(
            curated_page(text="产业升级，事业发展。\n"),
            edits=(
                Edit(1, 3, "()", "", Stage.REPAIR, "k"),
                Edit(9, 14, "(yè1)", "", Stage.REPAIR, "k"),
            ),
        )
    )
    sample = sample_of(rows["documents"][0], rows["edits"])
    assert sample is not None
    assert sample.kind == "repair/k"
    assert sample.parts == (
        ("产", "产"),
        ("()", ""),
        ("业升级，事业", "业升级，事业"),
        ("(yè1)", ""),
        ("发展。\n", "发展。\n"),
    )
    assert (sample.before, sample.after) == ("产()业升级，事业(yè1)发展。\n", "产业升级，事业发展。\n")
    assert sample_of(rows["documents"][0], rows["edits"], {"repair/k"}) is None
