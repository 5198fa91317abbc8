"""A lock on a storage of objects: a small object that its holder writes anew every few seconds.

Nobody compares clocks. Whoever finds the object watches it by a clock that only goes forward: if it changes, its holder
is alive; if it has not changed for a whole lease, its holder is gone, and the object may be taken over. On S3 creating,
renewing and taking over are conditional writes, so that two cannot do it at once; elsewhere the last writer wins and
the other notices at its next renewal.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from tasks.read.remote import storage_errors

#: Seconds without a sign of life after which a holder is taken for dead. A holder that cannot renew for as long stops.
LEASE_SECONDS = 40.0
# Signs of life within a lease: three may be lost to a slow storage.
_BEATS = 4


class HeldError(Exception):
    """Somebody else holds the lease, and is alive; the text says who."""


class LostError(Exception):
    """The lease has passed to somebody else, or could not be renewed in time."""


class Lease:
    """A lease on the object at `path`, renewed from a thread between `acquire` and `release`."""

    def __init__(self, fs: Any, path: str, seconds: float | None = None) -> None:
        self._fs = fs
        self._path = path
        self._seconds = LEASE_SECONDS if seconds is None else seconds
        self._me = {"holder": uuid4().hex, "machine": machine(), "pid": os.getpid(), "since": began_at(os.getpid())}
        self._beat = 0
        self._tag = ""
        self._renewed = 0.0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._lost = ""

    def acquire(self) -> None:
        """Hold the lease, waiting at most a lease for a holder that gives no sign. Raises HeldError, OSError."""
        if not self._create():
            self._take_over(self._until_dead())
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise LostError unless the lease is held."""
        if not self._lost and time.monotonic() - self._renewed > self._seconds:
            self._lost = "could not be renewed in time"
        if self._lost:
            raise LostError(self._lost)

    def release(self) -> None:
        """Let go."""
        self._stop.set()
        if self._thread:
            self._thread.join()
        if not self._lost and self._holder()[0] == self._me["holder"]:
            with storage_errors(self._path):
                self._fs.rm_file(self._path)

    def _create(self) -> bool:
        began = time.monotonic()
        try:
            with storage_errors(self._path):
                self._fs.pipe_file(self._path, self._text(), mode="create")
        except FileExistsError:
            return False
        self._renewed = began
        return self._is_mine()

    def _until_dead(self) -> str:
        """The tag of an object whose holder is gone. Raises HeldError once it gives a sign of life."""
        holder, tag, said = self._holder()
        if not holder or _is_dead(said):
            return tag
        began = time.monotonic()
        while time.monotonic() - began < self._seconds:
            time.sleep(min(self._seconds / _BEATS / 2, 2.0))
            holder, now, said = self._holder()
            if not holder:
                return now
            if now != tag:
                raise HeldError(f"process {said.get('pid')}")
        return tag

    def _take_over(self, tag: str) -> None:
        began = time.monotonic()
        if not (self._write(tag) if tag else self._create()):
            raise HeldError("a run that began at the same time")
        self._renewed = began

    def _renew(self) -> None:
        while not self._stop.wait(self._seconds / _BEATS):
            began = time.monotonic()
            try:
                if not self._write(self._tag):
                    self._lost = "has passed to another run"
                    return
                self._renewed = began
            except OSError:
                if began - self._renewed > self._seconds:
                    self._lost = "could not be renewed in time"
                    return

    def _write(self, tag: str) -> bool:
        """Write the object if it is still the one with `tag`. False if it is not."""
        self._beat += 1
        if not is_s3(self._fs) and self._holder()[1] != tag:
            return False
        condition = {"IfMatch": tag} if is_s3(self._fs) else {}
        return write_if(self._fs, self._path, self._text(), condition) and self._is_mine()

    def _is_mine(self) -> bool:
        """Whether the object is as this lease wrote it last; note its tag."""
        holder, self._tag, _ = self._holder()
        return holder == self._me["holder"]

    def _text(self) -> bytes:
        return json.dumps(self._me | {"beat": self._beat}).encode()

    def _holder(self) -> tuple[str, str, dict[str, Any]]:
        """Who holds the lease, the tag of the object, and what it says; empty if there is none, or none that reads.

        The tag is asked for first: it may be older than what is read, which fails to match, and never newer.
        """
        try:
            with storage_errors(self._path):
                tag = str(self._fs.info(self._path)["ETag"]) if is_s3(self._fs) else ""
                raw: bytes = self._fs.cat_file(self._path)
        except FileNotFoundError:
            return "", "", {}
        tag = tag or hashlib.sha256(raw).hexdigest()
        try:
            said = json.loads(raw)
            return str(said["holder"]), tag, said
        except (ValueError, KeyError, TypeError):
            return "unknown", tag, {}


def write_if(fs: Any, path: str, data: bytes, condition: dict[str, str]) -> bool:
    """Write an object under a condition of S3's (IfMatch, IfNoneMatch). False if it does not hold. Raises OSError."""
    try:
        with storage_errors(path):
            fs.pipe_file(path, data, **condition)
    except OSError as error:
        if condition and ("pre-condition" in str(error) or isinstance(error, FileExistsError)):
            return False
        raise
    return True


def is_s3(fs: Any) -> bool:
    """Whether a file system speaks S3, and so knows conditional writes and tags."""
    return "s3" in (fs.protocol if isinstance(fs.protocol, tuple | list) else [fs.protocol])


def machine() -> str:
    """What tells this machine, as processes see it, from others and from itself before it was started; "" if nothing
    does."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def began_at(pid: int) -> str:
    """When a process began, in ticks since the machine's start; "" if there is none or nobody knows."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _is_dead(said: dict[str, Any]) -> bool:
    """Whether a holder was a process of this machine that is no more. Others are watched instead."""
    if not said.get("machine") or said["machine"] != machine():
        return False
    return bool(began_at(int(said["pid"])) != said.get("since"))
