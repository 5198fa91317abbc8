"""Pages of mixed shapes through the whole chain: what holds for any page holds for them."""

from __future__ import annotations

import os
from itertools import count, takewhile
from time import monotonic

from tasks.page import curate_page, curate_pages
from tasks.records import Curated, Policy, Target
from tasks.write.rows import page_rows
from tests.fuzz.mixed import mixed_page
from tests.fuzz.targets import check_curated

#: As many as come up in ten minutes with FUZZ_SECONDS=600 make test ARGS=tests/test_mixed.py.
PAGES = 120
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))


def test_pages_of_mixed_shapes_keep_the_promises() -> None:
    end = monotonic() + SECONDS
    kept = 0
    for seed in takewhile(lambda seed: monotonic() < end if SECONDS else seed < PAGES, count()):
        page, policy = mixed_page(seed), Policy(target=list(Target)[seed % 3])
        found = curate_page(page, policy)
        assert page_rows(found), f"mixed_page({seed})"
        if isinstance(found, Curated):
            kept += 1
            check_curated(found, policy)
            assert all(edit.why for edit in found.edits if edit.stage != "segment"), f"mixed_page({seed})"
    assert kept > PAGES // 2


def test_pages_of_mixed_shapes_come_out_of_a_batch_as_alone() -> None:
    pages = [mixed_page(seed) for seed in range(16)]
    together = curate_pages(pages, Policy(), [frozenset[str]()] * len(pages))
    assert together == [curate_page(page, Policy()) for page in pages]
