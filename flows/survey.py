"""What a run has to do, found out without Prefect: the flow and the command line ask the same questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.jobs import Job
from flows.plan import Plan, Switch, plan, switches
from flows.settings import Settings
from tasks.errors import InputError, UsageError
from tasks.read import discover
from tasks.read.remote import is_remote, local_path
from tasks.write.learned import LearnedTable, learned_table
from tasks.write.manifest import fingerprint
from tasks.write.store import Store


@dataclass(frozen=True, slots=True)
class Survey:
    """What raw/ and curated/ hold, compared: the plan, what becomes visible together, and the ready shards to keep."""

    plan: Plan
    switches: tuple[Switch, ...]
    needed: frozenset[str]


def survey(settings: Settings, store: Store) -> Survey:
    """Compare raw/ with what curated/ was made from.

    Raises InputError if raw/ is missing or has no files, UsageError if curated/ lies in it, StoreError if a manifest of
    curated/ cannot be read.
    """
    check_places(settings)
    there = store.exists()
    listed = discover(settings.raw)
    if not listed:
        raise InputError(f"there are no files in {settings.raw}")
    visible, ready = (store.manifests(), store.ready()) if there else ([], [])
    seen = {manifest.shard for manifest in visible}
    known = [*visible, *(manifest for manifest in ready if manifest.shard not in seen)]
    made_with = made_with_of(settings)
    work = plan(listed, known, made_with, settings.shard_bytes, settings.removed == "keep")
    carried = {item.carry.shard for shard in work.shards for item in shard.items if item.carry}
    needed = carried | {manifest.shard for manifest in work.unchanged} - seen
    return Survey(work, tuple(switches(work, visible)), frozenset(needed))


def check_places(settings: Settings) -> None:
    """Raise UsageError if curated/ lies in raw/."""
    if _lies_in(settings.curated, settings.raw):
        raise UsageError(f"the tables would be read as pages: {settings.curated} lies in {settings.raw}")


def _lies_in(inner: str, outer: str) -> bool:
    if is_remote(inner) or is_remote(outer):
        return f"{inner.rstrip('/')}/".startswith(f"{outer.rstrip('/')}/")
    place, folder = local_path(inner).resolve(), local_path(outer).resolve()
    return folder in (place, *place.parents)


def jobs(settings: Settings, work: Plan) -> Iterator[Job]:
    """A job for each shard of the plan, the largest first; paths are absolute, so that they hold in any worker."""
    policy, made_with, learned = settings.policy(), made_with_of(settings), learned_of(settings)
    for shard in sorted(work.shards, key=lambda shard: -shard.size):
        yield Job(shard, absolute(settings.raw), absolute(settings.curated), policy, made_with, learned=learned)


def made_with_of(settings: Settings) -> str:
    """The fingerprint of all that shapes the tables: settings, versions, learned lines. Raises as `learned_of` does."""
    learned = learned_of(settings)
    return fingerprint(settings.policy(), learned.contents if learned else "")


def learned_of(settings: Settings) -> LearnedTable | None:
    """The table of lines that sites repeat, or None if nothing has been learned, or it is not wanted.

    Raises UsageError if the settings name a folder that has none, StoreError if it is not as it was written.
    """
    policy = settings.policy()
    if policy.strip is not None and "site_line" not in policy.strip:
        return None
    table = learned_table(absolute(settings.site_lines or settings.curated))
    if table is None and settings.site_lines:
        raise UsageError(f"there are no learned lines in {settings.site_lines}; `qingwen learn` makes them")
    return table if table and table.rows else None


def absolute(place: str) -> str:
    """A path or URI that holds in any process."""
    return place if is_remote(place) else str(local_path(place).resolve())
