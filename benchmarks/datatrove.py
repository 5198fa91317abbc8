"""datatrove's pipeline on the same texts, where it is installed (`pip install datatrove regex`): a peer's lesser job.

Its own reader, its formatter that calls ftfy, a filter and its Parquet writer, as its examples put them together.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SHORTEST = 20  # characters of a text that its filter keeps


def is_installed() -> bool:
    """Whether there is a datatrove to measure, with what it needs."""
    return all(importlib.util.find_spec(name) for name in ("datatrove", "regex"))


def run(texts: Sequence[str]) -> None:
    """Write the texts as JSON lines and put them through the pipeline, in this process."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.filters import LambdaFilter
    from datatrove.pipeline.formatters import FTFYFormatter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import ParquetWriter

    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw")
        raw.mkdir()
        lines = (json.dumps({"id": str(at), "text": text}, ensure_ascii=False) for at, text in enumerate(texts))
        (raw / "pages.jsonl").write_text("\n".join(lines), encoding="utf-8")
        steps: list[Any] = [
            JsonlReader(str(raw)),
            FTFYFormatter(),
            LambdaFilter(lambda document: len(document.text) >= SHORTEST),
            ParquetWriter(str(Path(folder, "tables")), compression="zstd"),
        ]
        logs = str(Path(folder, "logs"))
        LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=logs, skip_completed=False).run()
