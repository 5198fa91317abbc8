"""The tables as their users read them: a folder is a dataset, in every library that users have."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.dataset
import pyarrow.parquet
import pytest

from tasks.version import SCHEMA_VERSION
from tasks.write.schema import SHARD_TABLES, TABLES

Row = dict[str, Any]

# Before datasets is imported: it asks nobody.
os.environ.setdefault("HF_HUB_OFFLINE", "1")


def by_pandas(folder: Path) -> list[Row]:
    import pandas

    return pandas.read_parquet(folder).astype(object).to_dict("records")


def by_pyarrow(folder: Path) -> list[Row]:
    return pyarrow.dataset.dataset(folder, format="parquet").to_table().to_pylist()


def by_polars(folder: Path) -> list[Row]:
    import polars

    return polars.scan_parquet(folder / "*.parquet").collect().to_dicts()


def by_duckdb(folder: Path) -> list[Row]:
    import duckdb

    relation = duckdb.sql(f"select * from '{folder}/*.parquet'")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def by_datasets(folder: Path) -> list[Row]:
    import datasets

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        files = str(folder / "*.parquet")
        return list(datasets.load_dataset("parquet", data_files=files, split="train", cache_dir=cache))


def by_spark(folder: Path) -> list[Row]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    try:
        return [row.asDict() for row in session.read.parquet(folder.as_uri()).collect()]
    finally:
        session.stop()


SPARK = pytest.param(
    by_spark,
    marks=[
        pytest.mark.spark,
        pytest.mark.skipif(
            not (shutil.which("java") and find_spec("pyspark")),
            reason="Spark needs Java 17 and pip install 'pyspark>=4'",
        ),
        # py4j and Spark's own Python leave sockets to the collector.
        pytest.mark.filterwarnings("ignore::ResourceWarning"),
    ],
)
READERS: list[Any] = [by_pandas, by_pyarrow, by_polars, by_duckdb, by_datasets, SPARK]


def plain(value: Any) -> Any:
    """A value as every reader can give it: no array types, no difference between missing and null, times in UTC."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaT", "<NA>"):
        return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(tzinfo=None).isoformat()
    if isinstance(value, float):
        return round(value, 5)
    if hasattr(value, "tolist"):
        value = value.tolist()
        return plain(value) if not isinstance(value, list) else value
    return value


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The rows with plain values, in an order of their own: readers need not keep that of the files."""
    made = [{name: plain(value) for name, value in row.items()} for row in rows]
    return sorted(made, key=lambda row: json.dumps(row, ensure_ascii=False, sort_keys=True))


@pytest.mark.parametrize("table", SHARD_TABLES)
@pytest.mark.parametrize("read", READERS, ids=lambda read: str(read.__name__))
def test_a_folder_is_a_dataset(samples_curated: Path, table: str, read: Callable[[Path], list[Row]]) -> None:
    """Every library gives the same rows, columns and values, of all files and of nothing else."""
    rows = read(samples_curated / table)
    files = list((samples_curated / table).glob("*.parquet"))
    assert len(rows) == sum(pyarrow.parquet.read_metadata(file).num_rows for file in files) > 0
    assert list(rows[0]) == SHARD_TABLES[table].names
    assert in_order(rows) == in_order(by_pyarrow(samples_curated / table))


@pytest.fixture(scope="module")
def many(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of 120 pages of three sites, in some ten shards."""
    from flows.curate import curate
    from flows.settings import Settings

    folder = tmp_path_factory.mktemp("many")
    for site in ("甲站", "乙站", "丙站"):
        (folder / "raw" / site).mkdir(parents=True)
        for number in range(40):
            text = f"第{number}期\n" + f"{site}的编辑把第{number}期的稿子放在窗台上晒太阳。\n" * 20
            (folder / "raw" / site / f"{number:03}.txt").write_text(text, encoding="utf-8")
    curate(Settings(raw=str(folder / "raw"), curated=str(folder / "curated"), shard_bytes=2**16))
    return folder / "curated"


def test_a_range_of_addresses_reads_its_files_only(many: Path) -> None:
    """The files of documents hold ranges of source_uri that do not overlap, and say so in their statistics."""
    documents = pyarrow.dataset.dataset(many / "documents", format="parquet")
    ranges = ranges_of(many)
    assert len(ranges) > 3
    assert all(one[1] < other[0] for one, other in pairwise(ranges))
    for first, last in ranges:
        field = pyarrow.dataset.field("source_uri")
        wanted = (field >= first) & (field <= last)
        groups = [group for file in documents.get_fragments() for group in file.split_by_row_group(wanted)]
        assert len(groups) == 1


def ranges_of(curated: Path) -> list[tuple[str, str]]:
    """First and last source_uri of each file that holds documents, in order."""
    found = []
    for file in (curated / "documents").glob("*.parquet"):
        metadata = pyarrow.parquet.read_metadata(file)
        place = metadata.schema.to_arrow_schema().names.index("source_uri")
        groups = [metadata.row_group(n).column(place).statistics for n in range(metadata.num_row_groups)]
        if groups:
            found.append((min(one.min for one in groups), max(one.max for one in groups)))
    return sorted(found)


@pytest.mark.parametrize("table", SHARD_TABLES)
def test_columns_that_are_asked_for_have_statistics(samples_curated: Path, table: str) -> None:
    asked = {"doc_id", "source_uri", "kind", "stage", "reason", "confidence", "applied", "unrepaired", "published_at"}
    for file in (samples_curated / table).glob("*.parquet"):
        metadata = pyarrow.parquet.read_metadata(file)
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for column in map(group.column, range(group.num_columns)):
                if column.path_in_schema in asked and column.num_values > 0:
                    assert column.is_stats_set
                    assert column.statistics.has_null_count


def test_duckdb_skips_what_a_filter_rules_out(many: Path) -> None:
    import duckdb

    first = ranges_of(many)[0][0]
    query = f"select title from '{many}/documents/*.parquet' where source_uri = '{first}'"
    plan = str(duckdb.sql(f"explain {query}").fetchall())
    assert "source_uri" in plan.split("PARQUET_SCAN")[-1]
    assert len(duckdb.sql(query).fetchall()) == 1


def test_the_files_of_a_shard_have_one_name_in_every_table(many: Path) -> None:
    """Whoever knows a document's file knows the file of its sections and edits, and need not read the others."""
    for file in (many / "documents").glob("*.parquet"):
        own = set(pyarrow.parquet.read_table(file, columns=["doc_id"])["doc_id"].to_pylist())
        for table in ("sections", "edits"):
            other = pyarrow.parquet.read_table(many / table / file.name, columns=["doc_id"])
            assert set(other["doc_id"].to_pylist()) <= own


RELEASED = Path(__file__).parent / "schema.json"


def described(schema: pyarrow.Schema) -> list[Row]:
    return [{"name": field.name, "type": str(field.type), "null": field.nullable} for field in schema]


def test_the_schema_is_the_released_one() -> None:
    """tests/schema.json is the schema as released. A change of a column's name, type, place or nullability takes a new
    SCHEMA_VERSION, a line in CHANGELOG.md, and then a new file: python -m tests.test_readers > tests/schema.json"""
    released = json.loads(RELEASED.read_text(encoding="utf-8"))
    today = {table: described(schema) for table, schema in TABLES.items()}
    if released["schema_version"] == SCHEMA_VERSION:
        assert today == released["tables"], "the schema has changed: it needs a new SCHEMA_VERSION"
    else:
        assert today != released["tables"], "the schema has a new version and is the same"
        changelog = (RELEASED.parent.parent / "CHANGELOG.md").read_text(encoding="utf-8")
        said = re.search(rf"schema_version`?\W+(is |to |now )*{SCHEMA_VERSION}\b", changelog)
        assert said, "a new schema_version needs a line in CHANGELOG.md"
        raise AssertionError("the schema has a new version: write tests/schema.json anew, see above")


@pytest.mark.parametrize("table", SHARD_TABLES)
def test_the_files_carry_the_schema_and_its_descriptions(samples_curated: Path, table: str) -> None:
    for file in (samples_curated / table).glob("*.parquet"):
        schema = pyarrow.parquet.read_schema(file)
        assert schema.equals(as_read(SHARD_TABLES[table]), check_metadata=False)
        assert all(field.metadata[b"description"] for field in schema)
        assert schema.metadata[b"table"].decode() == table


def as_read(schema: pyarrow.Schema) -> pyarrow.Schema:
    """Parquet has no unit of a second: what is written in seconds is stored in milliseconds."""
    kinds = [pyarrow.timestamp("ms", f.type.tz) if str(f.type).startswith("timestamp[s") else f.type for f in schema]
    return pyarrow.schema([field.with_type(kind) for field, kind in zip(schema, kinds, strict=True)])


def test_tables_join_on_doc_id(samples_curated: Path) -> None:
    import duckdb

    where = str(samples_curated)
    orphans = duckdb.sql(
        f"""select count(*) from (select doc_id from '{where}/sections/*.parquet'
            union all select doc_id from '{where}/edits/*.parquet') s
            anti join '{where}/documents/*.parquet' d using (doc_id)"""
    ).fetchall()
    assert orphans == [(0,)]


def test_sections_are_spans_of_the_text_and_cover_it(samples_curated: Path) -> None:
    documents = pyarrow.dataset.dataset(samples_curated / "documents").to_table().to_pylist()
    sections = pyarrow.dataset.dataset(samples_curated / "sections").to_table().to_pylist()
    for document in documents:
        text, end = document["text"], 0
        for section in (row for row in sections if row["doc_id"] == document["doc_id"]):
            assert text[section["start"] : section["end"]] == section["text"]
            assert not text[end : section["start"]].strip()
            end = section["end"]
        assert not text[end:].strip()


def test_edits_are_in_order_and_do_not_overlap(samples_curated: Path) -> None:
    edits = pyarrow.dataset.dataset(samples_curated / "edits").to_table().to_pylist()
    last: dict[str, tuple[int, int]] = {}
    for edit in edits:
        number, position = last.get(edit["doc_id"], (-1, 0))
        assert edit["edit_no"] == number + 1
        assert position <= edit["start"] <= edit["end"]
        assert len(edit["before"]) == edit["end"] - edit["start"]
        last[edit["doc_id"]] = edit["edit_no"], edit["end"]


if __name__ == "__main__":
    tables = {table: described(schema) for table, schema in TABLES.items()}
    print(json.dumps({"schema_version": SCHEMA_VERSION, "tables": tables}, indent=1))
