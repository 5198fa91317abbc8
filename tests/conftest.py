"""What several test modules share: one Prefect server a session, and one dataset curated from raw/samples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "raw" / "samples"

for name in [name for name in os.environ if name.startswith(("QINGWEN_", "PREFECT_"))]:
    del os.environ[name]

Curate = Callable[..., "object"]


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One embedded server, with a database of its own, for every test that runs a flow."""
    home = tmp_path_factory.mktemp("prefect")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        from flows.environment import prepare

        prepare()
        from prefect.testing.utilities import prefect_test_harness

        with prefect_test_harness(server_startup_timeout=120):
            yield


@pytest.fixture(scope="session")
def samples_curated(prefect_server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables made from raw/samples, in several shards."""
    from flows.curate import curate
    from flows.settings import Settings

    target = tmp_path_factory.mktemp("samples") / "curated"
    curate(Settings(raw=str(SAMPLES), curated=str(target), shard_bytes=2**16))
    return target
