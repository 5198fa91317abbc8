"""The tables as their users read them: a folder is a dataset, in every library that users have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.dataset
import pyarrow.parquet
import pytest

from tasks.write.schema import SHARD_TABLES


def by_pandas(folder: Path) -> tuple[int, list[str]]:
    import pandas

    frame = pandas.read_parquet(folder)
    return len(frame), list(frame.columns)


def by_pyarrow(folder: Path) -> tuple[int, list[str]]:
    table = pyarrow.dataset.dataset(folder, format="parquet").to_table()
    return table.num_rows, table.column_names


def by_polars(folder: Path) -> tuple[int, list[str]]:
    import polars

    frame = polars.read_parquet(folder / "*.parquet")
    return frame.height, frame.columns


def by_duckdb(folder: Path) -> tuple[int, list[str]]:
    import duckdb

    relation = duckdb.sql(f"select * from read_parquet('{folder}/*.parquet')")
    return len(relation.fetchall()), relation.columns


READERS: list[Callable[[Path], tuple[int, list[str]]]] = [by_pandas, by_pyarrow, by_polars, by_duckdb]


@pytest.mark.parametrize("table", SHARD_TABLES)
@pytest.mark.parametrize("read", READERS, ids=lambda read: str(read.__name__))
def test_a_folder_is_a_dataset(
    samples_curated: Path, table: str, read: Callable[[Path], tuple[int, list[str]]]
) -> None:
    rows, columns = read(samples_curated / table)
    files = (samples_curated / table).glob("*.parquet")
    assert rows == sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)
    assert rows > 0
    assert columns == SHARD_TABLES[table].names


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
