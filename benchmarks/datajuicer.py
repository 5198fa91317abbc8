"""data-juicer's operators for such pages on the same texts, where it is installed: a peer's lesser job.

Its mappers that call ftfy and OpenCC and even out punctuation and white space, as its recipes for Chinese text have
them, each on a batch of all texts, without its reader and writer. (`pip install py-data-juicer aiohttp ftfy opencc`;
what it lacks besides, Ray for one, it installs by itself when it is imported.)
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from typing import Any


def is_installed() -> bool:
    """Whether there is a data-juicer to measure, with what it needs."""
    return all(importlib.util.find_spec(name) for name in ("data_juicer", "aiohttp"))


@cache
def _operators() -> tuple[Any, ...]:
    mapper: Any = importlib.import_module("data_juicer.ops.mapper")
    return (
        mapper.FixUnicodeMapper(normalization="NFC"),
        mapper.ChineseConvertMapper(mode="t2s"),
        mapper.PunctuationNormalizationMapper(),
        mapper.WhitespaceNormalizationMapper(),
    )


def run(texts: Sequence[str]) -> None:
    """Put the texts through the operators, in this process."""
    batch: dict[str, list[str]] = {"text": list(texts)}
    for operator in _operators():
        batch = operator.process_batched(batch)
