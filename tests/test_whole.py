"""The tables of the whole corpus, under what may happen to `learn` and `dedupe`: killed at any step, or on Dask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from flows.check import verify
from flows.cli import main
from flows.count import count_shard
from flows.crew import LocalCrew
from flows.duplicates import deduping, make_table, sketched
from flows.learning import learning
from flows.learning import make_table as make_lines
from flows.settings import Settings
from tasks.errors import QingwenError
from tasks.write.corpus import read_record, tidy
from tasks.write.store import store_of
from tests.conftest import ROOT
from tests.runs import curate
from tests.test_learn import article, page

# Ends itself, as kill -9 would, before it gives anything a name for the so manieth time.
DIES = """
import os, sys
from tests.test_whole import make
left = int(sys.argv[4])
def dying(call):
    def counted(*given, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return call(*given, **named)
    return counted
os.replace, os.symlink, os.rename, os.unlink = map(dying, (os.replace, os.symlink, os.rename, os.unlink))
make(sys.argv[1], sys.argv[2], sys.argv[3])
"""
TABLES = {"learn": "site_lines", "dedupe": "duplicates"}


def make(what: str, raw: str, curated: str) -> None:
    """The work of a flow, in this process."""
    store = store_of(curated)
    settings = Settings(raw=raw, curated=curated)
    with store.locked():
        tidy(store)
        if what == "learn":
            to_learn = learning(settings, store)
            for job in to_learn.jobs:
                count_shard(job)
            make_lines(store, to_learn)
        else:
            to_sketch = deduping(settings, store)
            for one in to_sketch.jobs:
                sketched(one)
            make_table(store, to_sketch)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A site of fourteen pages, of which two repeat others."""
    folder = tmp_path / "raw" / "竹影"
    folder.mkdir(parents=True)
    for number in range(14):
        (folder / f"{number}.txt").write_text(page(article(number % 12)), encoding="utf-8")
    return folder.parent


def held(curated: Path) -> dict[str, bytes]:
    """Everything below a folder of tables but what runs keep for one another, by the names that readers use."""
    kept = {"_cache", "_lock", "_generations", "_runs"}
    paths = [path for top in sorted(curated.iterdir()) if top.name not in kept for path in (top, *top.rglob("*"))]
    paths += [path for table in TABLES.values() for path in (curated / table).glob("*")]
    files = (path for path in paths if path.is_file() or path.is_symlink())
    return {str(path.relative_to(curated)): path.read_bytes() if path.is_file() else b"" for path in files}


@pytest.mark.parametrize("what", TABLES)
def test_killed_at_any_step_the_next_run_leaves_what_an_undisturbed_one_does(
    raw: Path, tmp_path: Path, what: str
) -> None:
    before, whole = tmp_path / "before", tmp_path / "whole"
    curate(raw, before)
    make(what, str(raw), str(before))
    (raw / "竹影" / "2.txt").unlink()
    (raw / "竹影" / "14.txt").write_text(page(article(3)), encoding="utf-8")
    curate(raw, before, removed="drop")
    copytree(before, whole, symlinks=True)
    make(what, str(raw), str(whole))
    assert held(whole) != held(before)
    seen = {one / TABLES[what] / path.name for one in (before, whole) for path in (one / TABLES[what]).iterdir()}
    tables = {path.name: path.read_bytes() for path in seen}
    steps = 0
    while True:
        out = tmp_path / f"out{steps}"
        copytree(before, out, symlinks=True)
        command = [sys.executable, "-c", DIES, what, str(raw), str(out), str(steps)]
        ended = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=120)
        assert ended.returncode in (0, 9)
        (path,) = (out / TABLES[what]).iterdir()
        assert path.read_bytes() == tables[path.name], "readers see the one table or the other"
        assert verify(str(out), None, 1).wrong == []
        make(what, str(raw), str(out))
        assert held(out) == held(whole)
        if not ended.returncode:
            break
        steps += 1
    assert steps >= 6


def test_a_run_of_curate_finishes_a_table_that_was_recorded(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    curate(raw, out)
    make("dedupe", str(raw), str(out))
    record = read_record(store_of(out), "duplicates")
    assert record
    (out / "duplicates").unlink()
    (out / ".duplicates.0123abcd").symlink_to("nowhere")
    (out / "_tables" / ".duplicates.json.77").write_text("{", encoding="utf-8")
    assert main(["run", "--raw", str(raw), "--curated", str(out)]) == 0
    assert [path.name for path in (out / "duplicates").iterdir()] == [record.file.path.rpartition("/")[2]]
    assert not [path for path in [*out.glob(".*"), *out.glob("_tables/.*")] if path.name != ".gitignore"]


def test_on_a_cluster_both_tables_have_the_same_bytes(prefect_server: None, raw: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    made = []
    for runner in ("local", "dask"):
        out = tmp_path / runner
        curate(raw, out)
        common = ["--curated", str(out), "--runner", runner, "--workers", "1"]
        assert main(["learn", "--raw", str(raw), *common]) == 0
        assert main(["dedupe", *common]) == 0
        made.append({name: content for name, content in held(out).items() if name.endswith(".parquet")})
    assert made[0] == made[1]
    assert {name.split("/")[0] for name in made[0]} >= set(TABLES.values())


def dies_until(place: str) -> int:
    """Kills its worker until a folder holds as many files as its name says."""
    folder = Path(place)
    (folder / str(os.getpid())).touch()
    if len(list(folder.iterdir())) < int(folder.name):
        os._exit(9)
    return 7


def test_a_worker_that_dies_over_a_sketch_is_replaced_once(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("2", "9", "1")]
    for place in places:
        place.mkdir()
    with LocalCrew(1) as crew:
        assert crew.call(dies_until, str(places[0])) == 7
        with pytest.raises(QingwenError, match="dies_until lost its worker; is there too little memory"):
            crew.call(dies_until, str(places[1]))
        assert crew.call(dies_until, str(places[2])) == 7


def test_a_worker_does_not_import_the_main_module_of_the_run(tmp_path: Path) -> None:
    """Which may be Prefect's, and large, or a script without a guard, which would run once more."""
    script = tmp_path / "script.py"
    script.write_text(
        "import prefect.flows\n"
        "from flows.crew import LocalCrew\n"
        "from tests.test_whole import modules\n"
        "with LocalCrew(1) as crew:\n"
        "    print(crew.call(modules, 'prefect'), __spec__, __file__)\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == f"[] None {script}\n"


def modules(name: str) -> list[str]:
    """The modules of a package that this process has imported."""
    return [one for one in sys.modules if one.split(".")[0] == name]
