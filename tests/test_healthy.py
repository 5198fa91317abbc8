"""Text of many languages and kinds, none of it damaged: it is decoded as it was written, and the repair leaves it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.decode import decode
from tasks.ledger import Ledger
from tasks.records import Decoded, Limits, Page
from tasks.repair import repair

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases" / "healthy.json").read_text(encoding="utf-8"))
ENCODED = [(case, encoding) for case in CASES for encoding in case["encodings"]]
# Short, and long enough for every sample that the decision takes.
TIMES = (1, 12)


@pytest.mark.parametrize(
    ("case", "encoding"), ENCODED, ids=[f"{case['label']} in {encoding}" for case, encoding in ENCODED]
)
def test_it_is_decoded_as_it_was_written(case: dict[str, Any], encoding: str) -> None:
    only_declared = "undeclared" in case["comment"] and encoding == "gb18030"
    for times in TIMES:
        text = case["original"] * times
        for charset in (encoding,) if only_declared else (None, encoding):
            decoded = decode(Page("page", text.encode(encoding), charset=charset), Limits())
            assert isinstance(decoded, Decoded)
            assert (decoded.text, decoded.edits) == (text, ())


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_the_repair_leaves_it(case: dict[str, Any]) -> None:
    for times in TIMES:
        ledger = repair(Ledger.of(case["original"] * times))
        assert (ledger.text, ledger.edits) == (case["fixed"] * times, ())


def test_all_of_it_on_one_page_is_left() -> None:
    page = "".join(case["original"] for case in CASES)
    assert repair(Ledger.of(page)).edits == ()
    decoded = decode(Page("page", page.encode("gb18030")), Limits())
    assert isinstance(decoded, Decoded)
    assert decoded.text == page


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_a_european_page_with_a_flipped_byte_is_not_taken_for_chinese(encoding: str) -> None:
    raw = bytearray((CASES[0]["original"] * 8).encode(encoding))
    raw[raw.index("ü".encode(encoding), 400)] ^= 0x20
    decoded = decode(Page("page", bytes(raw)), Limits())
    assert isinstance(decoded, Decoded)
    assert decoded.encoding == encoding
