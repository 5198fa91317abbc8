"""The tables of the whole corpus on a real S3 server: the same bytes as on a disk, and nothing half written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.check import verify
from tasks.write import corpus
from tasks.write.store import store_of
from tests.runs import curate
from tests.s3 import s3_server
from tests.test_learn import article, page

fsspec = pytest.importorskip("fsspec")
pytest.importorskip("s3fs")
pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def fs() -> Iterator[Any]:
    with s3_server():
        yield fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)


def learn(raw: str, curated: str) -> corpus.TableRecord:
    """The work of the flow `learn`, in this process."""
    from flows.count import count_shard
    from flows.learning import learning, make_table
    from flows.settings import Settings

    store = store_of(curated)
    with store.locked():
        corpus.tidy(store)
        work = learning(Settings(raw=raw, curated=curated, shard_bytes=2**16), store)
        for job in work.jobs:
            count_shard(job)
        return make_table(store, work)


def dedupe(curated: str) -> corpus.TableRecord:
    """The work of the flow `dedupe`, in this process."""
    from flows.duplicates import deduping, make_table, sketched
    from flows.settings import Settings

    store = store_of(curated)
    with store.locked():
        corpus.tidy(store)
        work = deduping(Settings(curated=curated), store)
        for job in work.jobs:
            sketched(job)
        return make_table(store, work)


def test_both_tables_are_what_they_are_on_a_disk(fs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "raw" / "竹影"
    raw.mkdir(parents=True)
    for number in range(14):
        (raw / f"{number}.txt").write_text(page(article(number % 12)), encoding="utf-8")
    fs.mkdir("corpus")
    fs.put(f"{tmp_path / 'raw'}/", "corpus/raw/", recursive=True)
    places = ((str(tmp_path / "raw"), str(tmp_path / "out")), ("s3://corpus/raw", "s3://corpus/out"))
    made = []
    for raw_uri, curated in places:
        learned = learn(raw_uri, curated)
        curate(raw_uri, curated, shard_bytes=2**16)
        made.append((learned, dedupe(curated)))
        assert verify(curated, None, 1).wrong == []
    assert made[0][0].file.sha256 == made[1][0].file.sha256
    assert made[0][0].contents == made[1][0].contents
    assert made[0][1].file.sha256 == made[1][1].file.sha256
    assert made[0][1].file.rows == 2

    store = store_of("s3://corpus/out")
    stray = tmp_path / "stray.parquet"
    stray.write_bytes(b"left by a run that died")
    store.put_table(stray, "duplicates", "part-0000.parquet")
    assert len(store.files("duplicates")) == 2
    corpus.tidy(store)
    assert corpus.read_record(store, "duplicates") == made[1][1]
    assert len(store.files("duplicates")) == 1
