"""The Prefect server that a run starts for itself ends with the run, however that ends.

Prefect stops it at exit; a process that is killed has no exit. So a small process of our own holds one end of a pipe
whose other end only the run has, and ends the server when the pipe breaks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

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


def tie_server() -> None:
    """Have every embedded server of this process end with it. Called by the modules of flows, once Prefect is there."""
    if "PREFECT_API_URL" in os.environ:
        return  # there is a server; none will be started
    from prefect.server.api.server import SubprocessASGIServer

    start = SubprocessASGIServer._run_uvicorn_command
    if getattr(start, "is_tied", False):
        return

    def tied(server: SubprocessASGIServer) -> subprocess.Popen[Any]:
        watch = _watcher()
        process = start(server)
        assert watch.stdin is not None
        watch.stdin.write(f"{process.pid}\n".encode())
        watch.stdin.flush()
        _watchers.append(watch)
        return process

    tied.is_tied = True  # type: ignore[attr-defined]
    SubprocessASGIServer._run_uvicorn_command = tied  # type: ignore[method-assign,assignment]


# Held for as long as this process lives: a watcher that is let go of takes its pipe for broken.
_watchers: list[subprocess.Popen[bytes]] = []


def _watcher() -> subprocess.Popen[bytes]:
    """A process that waits for a number of a process, and then for us to be gone."""
    command = [sys.executable, "-I", "-S", "-c", _WATCH]
    # In a session of its own: Ctrl-C is not meant for it.
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
