"""`qingwen serve`: the scheduled deployment, served from this process, with Prefect's server and UI if need be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.environment import prepare
from flows.settings import Settings
from tasks.errors import QingwenError, SettingsError

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.schedules import Schedule

#: Prefect's own port, unless PREFECT_SERVER_API_PORT names another.
_PORT = "4200"
# Making the database takes up to 20 s on a laptop; a busy machine gets six times that.
_START_SECONDS = 120


def serve(
    settings_file: str | None, overrides: Mapping[str, Any], crons: Mapping[str, str | None], timezone: str = "UTC"
) -> int:
    """Serve the flows until interrupted, one run at a time: each on its schedule of `crons`, or, where that is None,
    when someone starts it in the UI. Without PREFECT_API_URL, start a Prefect server for as long.

    `timezone` is the one that schedules are read in, by its name in the IANA database. Raises SettingsError if a
    setting, a schedule or the time zone is wrong, QingwenError if the server does not start.
    """
    settings = Settings.load(settings_file, os.environ, overrides)
    prepare()
    url = _own_address()  # before the first import of prefect, which reads the environment then
    schedules = {name: schedule_of(cron, timezone) for name, cron in crons.items() if cron is not None}
    with _server(url) if url else nullcontext():
        from prefect import serve as serve_all

        for name, schedule in schedules.items():
            print(f"{name} is scheduled at {schedule.cron!r} in {timezone}", flush=True)
        serve_all(*deployments(settings, schedules), limit=1, print_starting_message=True)
    return 0


def deployments(settings: Settings, schedules: Mapping[str, Schedule]) -> list[Any]:
    """A deployment for each flow, named like the flow, with the settings as its parameters.

    A run that would start while another of its flow is at work is cancelled: the one at work does the same.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    from flows.curate import curate
    from flows.dedupe import dedupe
    from flows.learn import learn
    from flows.verify import verify

    own = {"settings": settings.model_dump(mode="json")}
    checked = {"curated": settings.curated, "workers": settings.workers}
    flows: tuple[tuple[Flow[..., Any], dict[str, Any]], ...]
    flows = ((curate, own), (learn, own), (dedupe, own), (verify, checked))
    return [
        flow.to_deployment(
            name=flow.name,
            schedule=schedules.get(flow.name),
            parameters=parameters,
            description=flow.description,
            tags=["qingwen"],
            concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        )
        for flow, parameters in flows
    ]


def schedule_of(cron: str, timezone: str) -> Schedule:
    """A schedule that Prefect takes. Raises SettingsError if it does not, before anything is started for it."""
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.schedules import Cron
    from pydantic import ValidationError

    try:
        ZoneInfo(timezone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise SettingsError(f"there is no time zone {timezone!r}; Asia/Shanghai is one") from error
    try:
        CronSchedule(cron=cron, timezone=timezone)
    except ValidationError as error:
        raise SettingsError(f"{cron!r} is not a schedule that cron knows") from error
    return Cron(cron, timezone=timezone)


def _own_address() -> str | None:
    """Where a server of our own will be, and tell Prefect so; None if the environment names a server."""
    if "PREFECT_API_URL" in os.environ:
        return None
    host = os.environ.setdefault("PREFECT_SERVER_API_HOST", "127.0.0.1")
    port = os.environ.setdefault("PREFECT_SERVER_API_PORT", _PORT)
    os.environ["PREFECT_API_URL"] = f"http://{host}:{port}/api"
    return f"http://{host}:{port}"


@contextmanager
def _server(url: str) -> Iterator[None]:
    """A Prefect server with its UI on loopback, stopped at the end."""
    environment = dict(os.environ)
    environment.pop("PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED", None)
    command = [sys.executable, "-m", "prefect", "server", "start"]
    # In a session of its own: Ctrl-C reaches the runner first, which needs the server to pause the schedule.
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(process, url)
        print(f"The Prefect UI is at {url}", flush=True)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise QingwenError(f"no Prefect server came up at {url}; is the port taken? PREFECT_SERVER_API_PORT sets another")
