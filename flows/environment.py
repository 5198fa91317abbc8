"""Prefect's environment, set before Prefect is imported: no telemetry, a quiet and quick embedded server.

Everything here gives way to what the user has set.
"""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEFAULTS = {
    # Nothing is reported to anyone.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The UI of a server of our own shows runs, and no advertisements.
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Without PREFECT_API_URL a run starts a server of its own, on loopback, and stops it.
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    # Recording task runs by the hundred instead of one by one costs a quarter of the processor time.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    # The database keeps to its size: what is older than Prefect's retention leaves.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # On a busy machine the first start, which makes the database, can take longer than the 20 s that Prefect allows.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}

# Only for a server of our own: automations are of no use there, and stopping that service ends in a traceback
# ("Reactive triggers not started") on a run's last lines.
_EMBEDDED = {"PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false"}


def prepare() -> None:
    """Set what is not set. Must run before the first import of prefect."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    if "PREFECT_API_URL" not in os.environ:
        for name, value in _EMBEDDED.items():
            os.environ.setdefault(name, value)
    if "PREFECT_HOME" not in os.environ and not _home_is_writable():
        os.environ["PREFECT_HOME"] = str(Path(tempfile.gettempdir()) / f"qingwen-prefect-{os.getuid()}")


@contextmanager
def importing() -> Iterator[None]:
    """While Prefect is imported nothing is looked for that could be let go of: of a thousand modules nothing goes, and
    to find that out again and again takes a quarter of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _home_is_writable() -> bool:
    """Whether Prefect can keep its database where it wants to: ~/.prefect."""
    try:
        home = Path.home()
    except RuntimeError:
        return False
    return home.is_absolute() and home.is_dir() and os.access(home, os.W_OK)
