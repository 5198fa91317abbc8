"""What a run has to do, found out without Prefect: the flow and the command line ask the same questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flows.plan import Plan, plan
from flows.record import RunRecord
from flows.settings import Settings
from flows.shard import Done, Job
from tasks.errors import InputError, UsageError
from tasks.read import discover
from tasks.write.manifest import fingerprint
from tasks.write.store import read_figures, read_manifests
from tasks.write.tally import sum_of


def survey(settings: Settings) -> Plan:
    """Compare raw/ with what curated/ was made from.

    Raises InputError if raw/ is missing or has no files, UsageError if curated/ lies in it, StoreError if a manifest of
    curated/ cannot be read.
    """
    raw, curated = Path(settings.raw), Path(settings.curated)
    if raw.resolve() in (curated.resolve(), *curated.resolve().parents):
        raise UsageError(f"the tables would be read as pages: {curated} lies in {raw}")
    if curated.exists() and not curated.is_dir():
        raise UsageError(f"{curated} is not a folder")
    listed = discover(raw)
    if not listed:
        raise InputError(f"there are no files in {raw}")
    made_with = fingerprint(settings.policy())
    return plan(listed, read_manifests(curated), made_with, settings.shard_bytes, settings.removed == "keep")


def jobs(settings: Settings, work: Plan) -> Iterator[Job]:
    """A job for each shard of the plan; paths are absolute, so that they hold in any worker."""
    policy = settings.policy()
    raw, curated = str(Path(settings.raw).resolve()), str(Path(settings.curated).resolve())
    for shard in work.shards:
        yield Job(shard, raw, curated, policy, fingerprint(policy))


def record_of(
    settings: Settings, started: datetime, work: Plan, done: Sequence[Done], run_id: str | None, error: str | None
) -> RunRecord:
    """The record of a run that ends now."""
    return RunRecord(
        run_id=run_id or uuid4().hex,
        started_at=started,
        ended_at=datetime.now(UTC),
        settings=settings.model_dump(mode="json"),
        shards=len(done),
        unchanged_shards=len(work.unchanged),
        fresh=sum_of(one.fresh for one in done),
        whole=sum_of(tally for _, tally in read_figures(Path(settings.curated))),
        error=error,
    )
