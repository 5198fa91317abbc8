"""`qingwen verify`: a dataset that is whole passes, and whatever is wrong with one is told, with its file."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from flows.check import verify
from flows.cli import main
from tasks.write.check import page_faults
from tasks.write.manifest import Manifest, SourceRecord
from tasks.write.schema import SHARD_TABLES
from tasks.write.shard import ShardWriter
from tasks.write.store import store_of
from tests.conftest import SAMPLES
from tests.runs import curate

Row = dict[str, Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples, curated in several shards."""
    folder = tmp_path_factory.mktemp("verify")
    shutil.copytree(SAMPLES, folder / "raw")
    curate(folder / "raw", folder / "out", shard_bytes=2**16)
    return folder


@pytest.fixture
def dataset(whole: Path, tmp_path: Path) -> Path:
    """A copy of one's own, to break: raw/ beside out/."""
    shutil.copytree(whole, tmp_path / "set", symlinks=True)
    return tmp_path / "set"


def wrongs(dataset: Path, raw: bool = False) -> list[tuple[str, str]]:
    findings = verify(str(dataset / "out"), str(dataset / "raw") if raw else None, 1)
    assert all(wrong.remedy for wrong in findings.wrong)
    return [(str(Path(wrong.place).relative_to(dataset / "out")), wrong.what) for wrong in findings.wrong]


def test_what_a_run_made_is_whole_and_replays(whole: Path) -> None:
    findings = verify(str(whole / "out"), str(whole / "raw"), 2)
    assert findings.wrong == []
    assert findings.notes == {}
    assert findings.counts["replayed"] == findings.counts["documents"] > 20
    assert findings.counts["shards"] > 1


def test_code_with_blank_lines_is_whole(tmp_path: Path) -> None:
    page = "渡口的账目用下面的程序来算。\n\n```python\nimport csv\n\n\ndef total():\n    return 0\n```\n"
    (tmp_path / "raw").mkdir()
    for name in ("a.md", "b.txt"):
        (tmp_path / "raw" / name).write_text(page, encoding="utf-8")
    curate(tmp_path / "raw", tmp_path / "out")
    findings = verify(str(tmp_path / "out"), str(tmp_path / "raw"), 1)
    assert findings.wrong == []
    assert findings.counts["replayed"] == 2


def test_the_command_says_what_is_wrong_and_exits_1(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(dataset / "out"), "--raw", str(dataset / "raw")]) == 0
    assert "nothing is wrong" in capsys.readouterr().out
    stray = dataset / "out" / "documents" / "extra.parquet"
    stray.write_bytes(b"")
    assert main(["verify", str(dataset / "out")]) == 1
    said = capsys.readouterr().out
    assert f"{stray}\n  belongs to no shard, and readers see it\n  what to do: remove it\n" in said
    assert main(["verify", str(dataset / "out"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["wrong"][0]["place"] == str(stray)
    assert main(["verify", str(dataset / "raw")]) == 2
    assert "holds no tables" in capsys.readouterr().err


def one(dataset: Path, table: str) -> Path:
    return sorted((dataset / "out" / table).iterdir())[0]


def cut_short(dataset: Path) -> None:
    path = one(dataset, "edits")
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-5])


def flip_a_byte(dataset: Path) -> None:
    path = one(dataset, "documents")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)


def remove_a_file(dataset: Path) -> None:
    one(dataset, "sections").unlink()


def break_a_manifest(dataset: Path) -> None:
    path = one(dataset, "_manifest")
    path.unlink()
    path.write_text("{")


def lie_about_rows(dataset: Path) -> None:
    path = one(dataset, "_manifest")
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["sources"][0]["pages"] += 1
    path.unlink()
    path.write_text(json.dumps(plain), encoding="utf-8")


def lie_about_damage(dataset: Path) -> None:
    path = one(dataset, "_manifest")
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["tally"]["unrepaired"] += 1
    path.unlink()
    path.write_text(json.dumps(plain), encoding="utf-8")


def lose_a_manifest(dataset: Path) -> None:
    one(dataset, "_manifest").unlink()


def lose_pages_in_a_run(dataset: Path) -> None:
    (dataset / "out" / "_runs").mkdir(exist_ok=True)
    record = {"pages_in": 3, "pages_kept": 1, "pages_rejected": 1}
    (dataset / "out" / "_runs" / "x.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "table", "what"),
    [
        (cut_short, "edits", "is not what was written"),
        (flip_a_byte, "documents", "is not what was written"),
        (remove_a_file, "sections", "cannot be read"),
        (break_a_manifest, "_manifest", "cannot be read"),
        (lie_about_rows, "_manifest", "pages came in"),
        (lie_about_damage, "_manifest", "its count of unrepaired is not what the rows give"),
        (lose_a_manifest, "documents", "belongs to no shard"),
        (lose_pages_in_a_run, "_runs", "3 pages came in, 2 went out"),
    ],
)
def test_damage_is_found_and_named(dataset: Path, damage: Callable[[Path], None], table: str, what: str) -> None:
    damage(dataset)
    found = wrongs(dataset)
    assert any(place.startswith(f"{table}/") and what in said for place, said in found), found


@pytest.mark.parametrize("damage", [cut_short, flip_a_byte, remove_a_file, break_a_manifest, lose_a_manifest])
def test_the_remedy_helps(dataset: Path, whole: Path, damage: Callable[[Path], None]) -> None:
    """Removing the manifest that is named, and running again, brings back what was there."""
    damage(dataset)
    for place, _ in wrongs(dataset):
        shard = Path(place).stem.removeprefix("part-")
        (dataset / "out" / "_manifest" / f"{shard}.json").unlink(missing_ok=True)
    curate(dataset / "raw", dataset / "out", shard_bytes=2**16)
    assert wrongs(dataset, raw=True) == []
    assert store_of(dataset / "out").shards() == store_of(whole / "out").shards()


def test_a_page_that_changed_without_a_trace_is_found(dataset: Path) -> None:
    """Same size, same time of change, other bytes: only reading raw again can tell."""
    path = dataset / "raw" / "12-counties.txt"
    info, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:-8] + content[-4:-1] + content[-5:])
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert wrongs(dataset) == []
    assert any("12-counties.txt: its bytes are not those" in what for _, what in wrongs(dataset, raw=True))


def test_what_cannot_be_replayed_is_a_note(dataset: Path) -> None:
    (dataset / "raw" / "12-counties.txt").unlink()
    (dataset / "raw" / "13-rules.md").write_text("换过了。\n", encoding="utf-8")
    findings = verify(str(dataset / "out"), str(dataset / "raw"), 1)
    assert findings.wrong == []
    assert findings.notes == {
        "pages not replayed: the file is gone from raw": 1,
        "pages not replayed: the file has changed since": 1,
    }


def test_pages_of_settings_that_nobody_recorded_are_a_note(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("渡口的灯亮了。\n", encoding="utf-8")
    curate(tmp_path / "raw", tmp_path / "out", target="Hant")
    findings = verify(str(tmp_path / "out"), str(tmp_path / "raw"), 1)
    assert (findings.wrong, sum(findings.notes.values())) == ([], 1)


def test_the_flow_s_record_tells_the_settings(prefect_server: None, tmp_path: Path) -> None:
    from flows.curate import curate as flow
    from flows.settings import Settings

    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("渡口的灯亮了。\n", encoding="utf-8")
    flow(Settings(raw=str(tmp_path / "raw"), curated=str(tmp_path / "out"), target="Hant"))  # type: ignore[arg-type]
    findings = verify(str(tmp_path / "out"), str(tmp_path / "raw"), 1)
    assert (findings.wrong, findings.notes, findings.counts["replayed"]) == ([], {}, 1)


def test_the_flow_fails_with_the_first_thing_that_is_wrong(prefect_server: None, dataset: Path) -> None:
    from flows.verify import verify as flow
    from tasks.errors import QingwenError

    assert flow(str(dataset / "out"), workers=1).wrong == []
    remove_a_file(dataset)
    with pytest.raises(QingwenError, match=r"one thing is wrong, the first: .*sections.* run again"):
        flow(str(dataset / "out"), workers=1)


def test_tables_of_the_whole_corpus_are_checked(dataset: Path) -> None:
    from tasks.write.corpus import write_table

    store = store_of(dataset / "out")
    known = pq.read_table(dataset / "out" / "documents", columns=["doc_id"])["doc_id"].to_pylist()
    pairs = [(known[0], known[1]), (known[2], "f" * 32)]
    rows = [{"doc_id": a, "representative_id": b, "similarity": 1.0, "kind": "exact"} for a, b in pairs]
    record = write_table(store, "duplicates", rows, "x", "y", {})
    findings = verify(str(dataset / "out"), None, 1)
    assert (findings.wrong, findings.counts["duplicates"]) == ([], 2)
    assert findings.notes == {"duplicates that name a document that is gone: dedupe again": 1}
    path = dataset / "out" / record.file.path
    path.write_bytes(path.read_bytes() + b"x")
    (path.parent / "part-other.parquet").write_bytes(b"")
    assert wrongs(dataset) == [
        (record.file.path, "is not what was written"),
        ("duplicates/part-other.parquet", "belongs to no table, and readers see it"),
    ]
    (dataset / "out" / "_tables" / "duplicates.json").unlink()
    assert len(wrongs(dataset)) == 2


# --- rows


@pytest.fixture(scope="module")
def stored(whole: Path) -> dict[str, list[Row]]:
    """The rows of one page with several sections and edits."""
    out = whole / "out"
    tables = {
        table: [row for file in sorted((out / table).iterdir()) for row in pq.read_table(file).to_pylist()]
        for table in SHARD_TABLES
    }
    document = max(tables["documents"], key=lambda row: row["edits"])
    own = {t: [r for r in tables[t] if r["doc_id"] == document["doc_id"]] for t in ("sections", "edits")}
    assert len(own["sections"]) > 1
    return {"documents": [document], **own}


def faults(page: dict[str, list[Row]]) -> list[str]:
    uri = page["documents"][0]["source_uri"].partition("#")[0]
    return list(page_faults(page, SourceRecord(uri, 1, 1, "x", 1, {}), set()))


def test_a_page_as_written_has_no_faults(stored: dict[str, list[Row]]) -> None:
    assert faults(stored) == []


def changes() -> Iterator[tuple[str, int, dict[str, Any], str]]:
    yield "documents", 0, {"edits": 0}, "says that it has 0 edits"
    yield "documents", 0, {"unrepaired": 99}, "99 places are unrepaired"
    yield "documents", 0, {"text_chars": 1}, "says that its text has 1 characters"
    yield "documents", 0, {"source_uri": "other.txt"}, "stands among the pages of"
    yield "sections", 1, {"section_no": 5}, "stands as number 1"
    yield "sections", 1, {"kind": "chapter"}, "stands as number 1"
    yield "sections", 0, {"parent_no": 0}, "has section 0 above it"
    yield "sections", 0, {"end": 1}, "section 0 does not say"
    yield "sections", 1, {"start": 0}, "section 1 goes from 0"
    yield "sections", 1, {"text": "别的"}, "section 1 does not say what stands in the text"
    yield "edits", 1, {"edit_no": 7}, "edit 7 stands as number 1"
    yield "edits", 1, {"start": 0}, "edit 1 goes from 0"
    yield "edits", 0, {"before": ""}, "edit"
    yield "edits", 0, {"confidence": 1.5}, "is sure by 1.5"


@pytest.mark.parametrize(("table", "number", "change", "what"), list(changes()))
def test_a_fault_in_a_row_is_told(
    stored: dict[str, list[Row]], table: str, number: int, change: Row, what: str
) -> None:
    page = {name: [dict(row) for row in rows] for name, rows in stored.items()}
    if table == "documents" and "source_uri" in change:
        good = SourceRecord(page["documents"][0]["source_uri"], 1, 1, "x", 1, {})
        page["documents"][0].update(change)
        assert any(what in fault for fault in page_faults(page, good, set()))
        return
    page[table][number].update(change)
    assert any(what in fault for fault in faults(page)), faults(page)


def test_a_lost_section_and_a_lost_edit_are_told(stored: dict[str, list[Row]]) -> None:
    without = {**stored, "sections": stored["sections"][:-1]}
    assert any("no section holds what stands after" in fault for fault in faults(without))
    without = {**stored, "edits": stored["edits"][:-1]}
    assert any("edits, and has" in fault for fault in faults(without))


def test_a_document_that_is_there_twice_is_told(stored: dict[str, list[Row]]) -> None:
    seen: set[str] = set()
    source = SourceRecord(stored["documents"][0]["source_uri"], 1, 1, "x", 1, {})
    assert list(page_faults(stored, source, seen)) == []
    assert any("is there twice" in fault for fault in page_faults(stored, source, seen))


def test_a_row_without_its_document_is_told(stored: dict[str, list[Row]], tmp_path: Path) -> None:
    out = store_of(tmp_path / "out")
    folder = out.staging("s")
    orphan = dict(stored["sections"][0]) | {"doc_id": "f" * 32}
    with ShardWriter(folder) as writer:
        writer.add_page(stored | {"sections": [*stored["sections"], orphan]})
        uri = stored["documents"][0]["source_uri"].partition("#")[0]
        writer.end_source(SourceRecord(uri, 1, 1, "x", 1, writer.counts()))
    manifest: Manifest = writer.finish()
    out.keep(folder, manifest)
    out.commit([manifest.shard], [])
    found = verify(str(tmp_path / "out"), None, 1).wrong
    assert any("a row of sections names document ffff" in wrong.what for wrong in found)


def test_a_source_in_two_shards_is_told(dataset: Path) -> None:
    out = store_of(dataset / "out")
    source = max(out.manifests(), key=lambda manifest: len(manifest.sources)).sources[0].uri
    raw = dataset / "other"
    (raw / source).parent.mkdir(parents=True)
    shutil.copy(dataset / "raw" / source, raw / source)
    curate(raw, dataset / "second")
    (extra,) = store_of(dataset / "second").manifests()
    folder = out.staging("second")
    for table, file in extra.files.items():
        shutil.copy(dataset / "second" / file.path, folder / f"{table}.parquet")
    out.keep(folder, extra)
    out.commit([extra.shard], [])
    assert any(f"{source} is also in shard" in what for _, what in wrongs(dataset))
