"""The record of a run: what went in, what came out, when, with which settings. One JSON file a run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flows.jobs import Done
from flows.plan import Plan
from flows.settings import Settings
from flows.survey import made_with_of
from tasks.version import PIPELINE_VERSION, SCHEMA_VERSION
from tasks.write.store import Store, StoreError
from tasks.write.tally import Tally, sum_of


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run that has ended. `fresh` counts the pages curated by it, `whole` everything that curated/ now holds.

    `made_with` is the fingerprint that its rows' sources carry in the manifests, by which `qingwen verify` finds the
    settings that made them. `error` is the sentence that a failed run ended with, or None. Times are in UTC.
    """

    run_id: str
    started_at: datetime
    ended_at: datetime
    settings: dict[str, Any]
    shards: int
    unchanged_shards: int
    fresh: Tally
    whole: Tally
    error: str | None = None
    made_with: str = ""

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return (self.ended_at - self.started_at).total_seconds()

    def to_json(self) -> dict[str, Any]:
        """The columns of the table `runs`."""
        fresh = self.fresh.to_json()
        damage = {key: count for key, count in fresh["edits"].items() if key.startswith(("decode/", "repair/"))}
        removal = {key: count for key, count in fresh["edits"].items() if key.startswith("strip/")}
        return {
            "run_id": self.run_id,
            "started_at": self.started_at.isoformat(timespec="seconds"),
            "ended_at": self.ended_at.isoformat(timespec="seconds"),
            "settings": self.settings,
            "made_with": self.made_with,
            "pipeline_version": PIPELINE_VERSION,
            "schema_version": SCHEMA_VERSION,
            "shards_written": self.shards,
            "shards_unchanged": self.unchanged_shards,
            "pages_in": self.fresh.pages,
            "pages_kept": self.fresh.kept,
            "pages_rejected": self.fresh.rejected,
            "rejects": fresh["rejects"],
            "damage": damage,
            "unrepaired": fresh["unapplied"],
            "removal": removal,
            "documents_total": self.whole.kept,
            "error": self.error,
        }

    def write(self, store: Store) -> str:
        """Write the record and return where it is."""
        moment = self.started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        name = f"_runs/{moment}-{self.run_id[:8]}.json"
        return store.write_text(name, json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n")


def record_of(
    settings: Settings,
    store: Store,
    started: datetime,
    work: Plan,
    done: Sequence[Done],
    run_id: str | None,
    error: str | None,
) -> RunRecord:
    """The record of a run that ends now. Raises StoreError if pages in are not kept plus rejected."""
    for one in done:
        if one.pages != one.kept + one.rejected:
            raise StoreError(f"{one.pages} pages came into shard {one.name}, {one.kept} + {one.rejected} came out")
    return RunRecord(
        run_id=run_id or uuid4().hex,
        started_at=started,
        ended_at=datetime.now(UTC),
        settings=settings.model_dump(mode="json"),
        shards=len(done),
        unchanged_shards=len(work.unchanged),
        fresh=sum_of(one.fresh for one in done),
        whole=sum_of(tally for _, tally in store.figures()),
        error=error,
        made_with=made_with_of(settings),
    )
