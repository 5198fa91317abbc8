"""The Prefect server that a run starts for itself: up while Prefect is imported, gone with the run however it ends.

Prefect starts it when it first needs one and waits for it, three seconds in which nothing else happens; `start_early`
does so before Prefect is imported, and Prefect is given the process. Prefect stops it at exit; a process that is killed
has no exit. So a small process of our own holds one end of a pipe whose other end only the run has, and ends the server
when the pipe breaks.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

# Prefect's own command, but for the garbage collector: of what is imported nothing goes, and to find that out again and
# again takes a third of the start. It begins when its watcher knows of it, which a run that is killed may not live to
# say.
_SERVE = """
import gc, sys
if not sys.stdin.readline():
    sys.exit()
gc.disable()
import prefect.server.api.server
gc.freeze()
gc.enable()
from uvicorn.main import main
main()
"""
_ONLY_API = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
# Where Prefect reads settings besides the environment and its profiles, and what shows that a server may be among them.
_FILES = {".env": "api_url", "prefect.toml": "api", "pyproject.toml": "tool.prefect"}

# A watcher gives its server ten seconds to end by itself.
_END_SECONDS = 12
# In a process that imports next to nothing (12 MB, 20 ms). A process is held by a descriptor where the system has such
# (Linux), so that no other can be ended that has got its number since.
_WATCH = """
import os, select, signal, sys
pid = int(sys.stdin.buffer.readline() or 0)
held = os.pidfd_open(pid) if pid and hasattr(os, "pidfd_open") else None
sys.stdin.buffer.read()
def end(number):
    try:
        signal.pidfd_send_signal(held, number) if held is not None else os.kill(pid, number)
    except OSError:
        sys.exit()
if pid:
    end(signal.SIGTERM)
    if held is not None and not select.select([held], [], [], 10)[0]:
        end(signal.SIGKILL)
"""


class _Early(NamedTuple):
    port: int
    process: subprocess.Popen[Any]


_early: list[_Early] = []  # the server that was started early and that Prefect has not asked for yet


def start_early() -> None:
    """Start the server that a run of this process will need, if it will; call it once the environment is prepared."""
    if "PREFECT_API_URL" in os.environ or _may_name_a_server():
        return
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    _early.append(_Early(port, _served(port, {})))
    atexit.register(_end_early)


def _end_early() -> None:
    """End a server that Prefect did not ask for; one that it did it ends itself."""
    while _early:
        process = _early.pop().process
        process.terminate()
        process.wait()


def _may_name_a_server() -> bool:
    """Whether any file says of a server, so that Prefect may ask for none of ours."""
    home = Path(os.environ.get("PREFECT_HOME") or Path("~", ".prefect").expanduser())
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    for path, sign in {profiles: "api_url", **{Path(name): sign for name, sign in _FILES.items()}}.items():
        try:
            if sign in path.read_text(encoding="utf-8", errors="replace").lower():
                return True
        except OSError:
            continue  # not there, or not readable for Prefect either
    return False


def tie_server() -> None:
    """Have every embedded server of this process end with it. Called by the modules of flows, once Prefect is there."""
    if "PREFECT_API_URL" in os.environ:
        return  # there is a server; none will be started
    from prefect.server.api.server import SubprocessASGIServer
    from prefect.settings import get_current_settings

    if getattr(SubprocessASGIServer._run_uvicorn_command, "is_tied", False):
        return
    find = SubprocessASGIServer.find_available_port

    def port(server: SubprocessASGIServer) -> int:
        return _early[0].port if _early else find(server)

    def tied(server: SubprocessASGIServer) -> subprocess.Popen[Any]:
        if _early and _early[0].port == server.port:
            return _early.pop().process
        assert server.port is not None
        return _served(server.port, get_current_settings().to_environment_variables(exclude_unset=True))

    tied.is_tied = True  # type: ignore[attr-defined]
    SubprocessASGIServer.find_available_port = port  # type: ignore[method-assign,assignment]
    SubprocessASGIServer._run_uvicorn_command = tied  # type: ignore[method-assign,assignment]


def _served(port: int, settings: Mapping[str, str]) -> subprocess.Popen[Any]:
    """A server, and a process that ends it if we are gone."""
    watch = _watcher()
    where = ("--host", "127.0.0.1", "--port", str(port))
    factory = ("--factory", "prefect.server.api.server:create_app")
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _SERVE, *factory, *where, "--log-level", "error", "--lifespan", "on"],
        env={**os.environ, **_ONLY_API, **settings},
        stdin=subprocess.PIPE,
    )
    assert watch.stdin is not None
    assert process.stdin is not None
    watch.stdin.write(f"{process.pid}\n".encode())
    watch.stdin.flush()
    _watchers.append(watch)
    with suppress(OSError), process.stdin as begins:  # a server that is gone already says so to whoever asks it
        begins.write(b"\n")
    return process


# Held for as long as this process lives: a watcher that is let go of takes its pipe for broken.
_watchers: list[subprocess.Popen[bytes]] = []


@atexit.register  # when this module is imported, so after what ends the servers themselves, which registers later
def _let_go() -> None:
    """Have the watchers end, which takes no time where their servers have ended."""
    for watch in _watchers:
        if watch.stdin:
            watch.stdin.close()
    for watch in _watchers:
        with suppress(subprocess.TimeoutExpired):
            watch.wait(_END_SECONDS)


def _watcher() -> subprocess.Popen[bytes]:
    """A process that waits for a number of a process, and then for us to be gone."""
    command = [sys.executable, "-I", "-S", "-c", _WATCH]
    # In a session of its own: Ctrl-C is not meant for it.
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
