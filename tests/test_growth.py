"""Memory of a whole shard: what a container of 300 MB takes from its bytes to written tables, and whether it grows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES

#: A shard of a 2 GB container must stay under 500 MB. Measured here on 100 and 300 MB: what 200 MB more take is noise,
#: and ten times that is allowed for.
MOST_MEGABYTES = 500
MOST_GROWTH = 60
# Every page is decoded and written; of these one in so many goes through all stages, which takes seconds a megabyte.
CURATED = 40

PROGRAM = """
import resource, sys
from pathlib import Path

def peak():
    # Linux counts what the parent held before exec into ru_maxrss; VmHWM is of this program alone.
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

import flows.shard
from flows.plan import plan
from flows.shard import Job, write_shard
from tasks.decode import decode
from tasks.page import curate_page
from tasks.read import discover
from tasks.records import Curated, Metadata, Policy, Script

count = 0

def curate(page, policy, *more):
    global count
    count += 1
    if count % %(curated)d == 0:
        return curate_page(page, policy, *more)
    decoded = decode(page, policy.limits)
    return Curated(page, decoded, Script.HANS, Metadata(), decoded.text, (), decoded.edits)

flows.shard.curate_pages = lambda pages, *given: [curate(page, *given) for page in pages]
raw, out = sys.argv[1:]
(shard,) = plan(discover(raw), [], "x", 2**40, True).shards
done = write_shard(Job(shard, raw, out, Policy(), "x"))
print(done.kept, done.rejected, peak() // 1024)
""".replace("%(curated)d", str(CURATED))


def container(path: Path, megabytes: int) -> int:
    """Write a container of so many megabytes of pages, no two alike, and say how many they are."""
    sentence = "石桥镇的豆腐坊开了四十年，磨豆子用的水都从后山的泉里挑来。镇上的孩子上学以前都要来喝一碗豆浆。\n"
    number = written = 0
    with open(path, "wb") as file:
        while written < megabytes * 1_000_000:
            body = "".join(f"第{number}家的第{line}天。{sentence}" for line in range(300)).encode()
            if path.suffix == ".jsonl":
                record = json.dumps({"text": body.decode(), "url": f"http://a.example/{number}"}, ensure_ascii=False)
                data = record.encode() + b"\n"
            else:
                http = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body
                head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{number}\r\n"
                data = f"{head}Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"
            file.write(data)
            written += len(data)
            number += 1
    return number


def peak(folder: Path, name: str, megabytes: int) -> int:
    """Peak resident memory, in MB, of a process that curates and writes a container of so many megabytes."""
    raw = folder / f"raw{megabytes}"
    raw.mkdir()
    pages = container(raw / name, megabytes)
    command = [sys.executable, "-c", PROGRAM, str(raw), str(folder / f"out{megabytes}")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    kept, rejected, megabytes_held = map(int, done.stdout.split())
    assert (kept, rejected) == (pages, 0)
    return megabytes_held


@pytest.mark.parametrize("name", ["a.jsonl", "a.warc"])
def test_a_shard_takes_no_more_memory_for_a_container_of_300_megabytes(tmp_path: Path, name: str) -> None:
    small, large = peak(tmp_path, name, 100), peak(tmp_path, name, 300)
    assert large < MOST_MEGABYTES
    assert large - small < MOST_GROWTH, f"{small} MB for 100 MB, {large} MB for 300 MB"


#: Of a worker beside its largest page. Measured on the samples, which take every stage and table: 266.
MOST_OF_A_WORKER = 300
WORKER = """
import sys
from pathlib import Path
from flows.plan import plan
from flows.shard import Job, write_shard
from tasks.read import discover
from tasks.records import Policy

raw, out = sys.argv[1:]
for shard in plan(discover(raw), [], "x", 2**40, True).shards:
    write_shard(Job(shard, raw, out, Policy(), "x"))
status = Path("/proc/self/status").read_text()
print(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks for memory in /proc")
def test_a_worker_takes_less_than_300_megabytes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKER, str(SAMPLES), str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    assert int(done.stdout) < MOST_OF_A_WORKER
