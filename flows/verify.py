"""The flow that verifies curated/, for those who schedule it: the checks of flows/check.py, and a table in the UI.

Without `from __future__ import annotations`: served runs need the parameters' real types.
"""

from flows.environment import prepare

prepare()  # before the first import of prefect

from prefect import flow, get_run_logger  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402

from flows.check import verdict  # noqa: E402
from flows.check import verify as check_all  # noqa: E402
from flows.embedded import tie_server  # noqa: E402
from flows.harmless import inert  # noqa: E402
from flows.settings import Settings  # noqa: E402
from flows.ui import forget, settled  # noqa: E402
from tasks.errors import QingwenError  # noqa: E402
from tasks.write.findings import Findings  # noqa: E402

tie_server()

# What a person reads; `qingwen verify` has the rest.
_SHOWN = 50


@flow(
    name="verify",
    flow_run_name="verify {curated}",
    description="Whether the tables are what they say they are.",
    persist_result=False,
    on_failure=[forget],
)
def verify(curated: str = "curated", raw: str | None = None, workers: int | None = None) -> Findings:
    """Check the tables at `curated`; with `raw`, replay every page of it too.

    Raises QingwenError if anything is wrong, InputError if there are no tables.
    """
    return settled(_verify, curated, raw, workers)


def _verify(curated: str, raw: str | None, workers: int | None) -> Findings:
    log = get_run_logger()
    findings = check_all(
        curated, raw, workers or Settings().crew_size(), lambda done, of: log.info("%d of %d shards checked", done, of)
    )
    rows = [{"looked at": name, "count": count} for name, count in (findings.counts | findings.notes).items()]
    create_table_artifact(rows, key="qingwen-verify", description=verdict(findings))
    if findings.wrong:
        wrong = [
            {"file": inert(one.place), "what is wrong": inert(one.what), "what to do": inert(one.remedy)}
            for one in findings.wrong[:_SHOWN]
        ]
        create_table_artifact(wrong, key="qingwen-wrong", description=verdict(findings))
        first = findings.wrong[0]
        raise QingwenError(f"{verdict(findings)}, the first: {first.place} {first.what}; {first.remedy}")
    return findings
