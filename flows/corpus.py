"""`qingwen learn` and `qingwen dedupe`: the flows over the whole corpus, and what came of them in a sentence."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

from flows import duplicates, learning
from flows.embedded import start_early
from flows.environment import importing, prepare
from flows.reasons import counted, told
from flows.settings import Settings
from tasks.write.corpus import TableRecord, tidy
from tasks.write.store import Store, store_of


def learn(settings_file: str | None, overrides: Mapping[str, Any], *, verbose: bool) -> int:
    """Run the flow `learn`, if there is anything new to learn from. Returns the exit status.

    Raises UsageError if a setting is wrong, there is nothing to read or another run is at work, QingwenError if the run
    failed.
    """
    settings = Settings.load(settings_file, os.environ, overrides)
    store = store_of(settings.curated)
    found = learning.nothing_new(store, learning.learning(settings, store))
    if found:
        _nothing_to_do(store)
    said = _learned(found or _run("learn", settings, verbose), settings)
    print(f"Nothing new in {settings.raw}: {said}" if found else said)
    return 0


def dedupe(settings_file: str | None, overrides: Mapping[str, Any], *, verbose: bool) -> int:
    """Run the flow `dedupe`, if the documents have changed since. Returns the exit status. Raises as `learn` does."""
    settings = Settings.load(settings_file, os.environ, overrides)
    store = store_of(settings.curated)
    found = duplicates.nothing_new(store, duplicates.deduping(settings, store))
    if found:
        _nothing_to_do(store)
    said = _repeated(found or _run("dedupe", settings, verbose), settings)
    print(f"Nothing new: {said}" if found else said)
    return 0


def _nothing_to_do(store: Store) -> None:
    """Clear what a run that died may have left; no server is started for that."""
    with store.locked():
        tidy(store)


def _learned(record: TableRecord, settings: Settings) -> str:
    figures = record.figures
    found = f"{counted(figures['lines'], 'line')} of {counted(figures['sites'], 'site')} learned"
    hint = "" if figures["lines"] else " A site is learned from five pages on, of the same address or first folder."
    return f"{found} from {counted(figures['pages'], 'page')}, in {settings.curated}.{hint}"


def _repeated(record: TableRecord, settings: Settings) -> str:
    figures = record.figures
    return (
        f"{figures['exact']} of {figures['documents']} documents in {settings.curated} repeat another exactly, "
        f"{figures['near']} nearly; {figures['clusters']} documents stand for them."
    )


def _run(name: str, settings: Settings, verbose: bool) -> TableRecord:
    store_of(settings.curated).check_free()  # before a server is started for nothing
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does: workers and server go too
    prepare()
    start_early()
    with importing():
        from flows.dedupe import dedupe as dedupe_flow
        from flows.learn import learn as learn_flow

    flow: Callable[[Settings], TableRecord] = learn_flow if name == "learn" else dedupe_flow
    return told(flow, settings, verbose=verbose)
