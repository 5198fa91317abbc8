"""`qingwen verify`: whether curated/ is what it says it is. Without Prefect: it must answer at once, and when no server
comes up."""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass

from pydantic import ValidationError

from flows.settings import Settings
from flows.survey import absolute
from tasks.errors import InputError
from tasks.read import Source, discover
from tasks.records import Policy
from tasks.write.check import check_shard
from tasks.write.findings import Findings
from tasks.write.folder import check_folder
from tasks.write.manifest import Manifest, fingerprint
from tasks.write.replay import check_replay
from tasks.write.store import Store, manifest_path, store_of


@dataclass(frozen=True, slots=True)
class Check:
    """A shard to check. With `raw`, its pages are read again and replayed: `sources` are its files as listed now."""

    curated: str
    shard: str
    raw: str | None
    sources: Mapping[str, Source]
    policies: Mapping[str, Policy]


def check(one: Check) -> Findings:
    """Do a check. Raises nothing for what is wrong with the shard."""
    store = store_of(one.curated)
    findings, manifest = check_shard(store, one.shard)
    if one.raw is not None and manifest is not None and not findings.wrong:
        findings.merge(check_replay(store, manifest, one.raw, one.sources, one.policies))
    return findings


def verify(
    curated: str, raw: str | None, workers: int, progress: Callable[[int, int], None] = lambda done, of: None
) -> Findings:
    """Check the tables at `curated`, and with `raw` replay every page. `progress` hears of shards done.

    Raises InputError if there are no tables at all.
    """
    store = store_of(absolute(curated))
    shards = store.shards() if store.exists() else []
    if not shards and not store.files("_runs"):
        raise InputError(f"{curated} holds no tables of qingwen; `qingwen run --curated {curated}` writes them")
    whole = Findings()
    for done, findings in enumerate(_findings(store, shards, raw, workers), 1):
        whole.merge(findings)
        progress(done, len(shards))
    whole.merge(check_folder(store, _sources_of(store, shards)))
    return whole


def _findings(store: Store, shards: list[str], raw: str | None, workers: int) -> Iterator[Findings]:
    """The findings of each shard, in any order."""
    checks = _checks(store, shards, raw)
    if min(workers, len(shards)) <= 1:
        yield from map(check, checks)
        return
    context = multiprocessing.get_context("spawn")  # this process may have threads
    with ProcessPoolExecutor(min(workers, len(shards)), mp_context=context) as pool:
        yield from _done(pool, checks)


def _done(pool: ProcessPoolExecutor, checks: Iterator[Check]) -> Iterator[Findings]:
    for future in as_completed([pool.submit(check, one) for one in checks]):
        yield future.result()


def _checks(store: Store, shards: list[str], raw: str | None) -> Iterator[Check]:
    if raw is None:
        yield from (Check(store.uri, shard, None, {}, {}) for shard in shards)
        return
    listed = {source.uri: source for source in discover(raw)}
    policies = _policies(store)
    for shard, uris in _sources_of(store, shards):
        own = {uri: listed[uri] for uri in uris if uri in listed}
        yield Check(store.uri, shard, absolute(raw), own, policies)


def _sources_of(store: Store, shards: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each shard with the uris of its sources; none of a manifest that cannot be read, which `check_shard` tells of."""
    texts = store.read_texts([manifest_path(shard) for shard in shards])
    for shard, (_, text) in zip(shards, texts, strict=True):
        try:
            uris = [record.uri for record in Manifest.from_json(text).sources] if isinstance(text, str) else []
        except (ValueError, KeyError, TypeError):
            uris = []
        yield shard, uris


def _policies(store: Store) -> dict[str, Policy]:
    """The settings that runs have recorded, by the fingerprint that they left in the manifests."""
    policies = {fingerprint(Policy()): Policy()}
    for _, text in store.read_texts([f"_runs/{name}" for name in sorted(store.files("_runs"))]):
        try:
            plain = json.loads(text) if isinstance(text, str) else {}
            policies[plain["made_with"]] = Settings.model_validate(plain["settings"]).policy()
        except (ValueError, KeyError, TypeError, ValidationError):
            continue  # `check_folder` tells of records that cannot be read; of an older version's, replay cannot be had
    return policies


def show(curated: str, raw: str | None, workers: int | None, *, as_json: bool) -> int:
    """Verify, print what was found, and return the exit status: 1 if anything is wrong."""
    findings = verify(curated, raw, workers or Settings().crew_size())
    if as_json:
        print(json.dumps(asdict(findings), ensure_ascii=False, indent=1))
    else:
        _print(curated, findings)
    return 1 if findings.wrong else 0


def _print(curated: str, findings: Findings) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{curated}: {verdict(findings)}", title_justify="left")
    table.add_column("looked at")
    table.add_column("", justify="right")
    for name, count in (findings.counts | findings.notes).items():
        table.add_row(name, f"{count:,}")
    Console().print(table, soft_wrap=not sys.stdout.isatty())
    for wrong in findings.wrong:
        print(f"\n{wrong.place}\n  {wrong.what}\n  what to do: {wrong.remedy}")


def verdict(findings: Findings) -> str:
    """The outcome in a few words."""
    count = len(findings.wrong)
    return "nothing is wrong" if not count else "one thing is wrong" if count == 1 else f"{count} things are wrong"
