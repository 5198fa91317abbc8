"""`qingwen run`: the flow, with a bar on a terminal and a table at the end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from flows.embedded import start_early
from flows.environment import importing, prepare
from flows.plan import Plan
from flows.progress import watched_by
from flows.reasons import told
from flows.settings import Settings
from flows.survey import survey
from flows.terminal import Bar, show_summary
from tasks.write.corpus import tidy
from tasks.write.store import Store, store_of


def run(settings_file: str | None, overrides: Mapping[str, Any], *, verbose: bool) -> int:
    """Run the flow with the settings of a file, the environment and the command line. Returns the exit status.

    Raises UsageError if a setting is wrong, there is nothing to read or another run is at work, QingwenError if the run
    failed.
    """
    settings = Settings.load(settings_file, os.environ, overrides)
    store = store_of(settings.curated)
    found = survey(settings, store)
    if not found.switches:
        return _nothing_to_do(settings, store, found.plan)
    store.check_free()  # before a server is started for nothing
    terminal = sys.stderr.isatty()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: workers and server go too
    prepare()
    if terminal and not verbose:
        # The bar has the terminal to itself; the log goes on to the server, for the UI.
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    start_early()
    with importing():
        from flows.curate import curate

    with Bar(shown=terminal) as bar, watched_by(bar):
        record = told(curate, settings, verbose=verbose)
    show_summary(record, settings.curated)
    return 0


def _nothing_to_do(settings: Settings, store: Store, work: Plan) -> int:
    """Say so, and clear what a run that died may have left; no server is started for that."""
    with store.locked():
        tidy(store, ())
    tally = [manifest.tally for manifest in work.unchanged]
    pages, kept = sum(one.pages for one in tally), sum(one.kept for one in tally)
    print(f"Nothing to do: all {pages} pages of {settings.raw} are in {settings.curated} ({kept} kept), as now set.")
    return 0
