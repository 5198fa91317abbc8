"""A mutational fuzzer guided by line coverage: no dependency, and the same inputs for the same seed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).parent.parent.parent
WATCHED = tuple(str(ROOT / "tasks" / stage) for stage in ("read", "decode", "repair", "strip", "segment"))
#: An input may take so many seconds of processor time; ordinary ones take 0.001.
HANG_SECONDS = 5.0
#: Inputs grow no longer than this: what is found in long files shows in short ones.
LONGEST = 1 << 12

# What files are made of: magic numbers, headers, escapes, lengths that lie, marks that open what never closes.
TOKENS = (
    *(b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\x00", b"BZh91AY&SY", b"PK\x03\x04", b"PK\x05\x06", b"PAR1"),
    *(
        b"WARC/1.0\r\n",
        b"WARC-Type: response\r\n",
        b"Content-Length: 99999999\r\n",
        b"Content-Length: -1\r\n",
        b"\r\n\r\n",
    ),
    *(
        b"HTTP/1.1 200 OK\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"ffffffff\r\n",
        b"Content-Encoding: gzip\r\n",
        b"ustar\x00",
    ),
    *(b'{"text": "', b'"}\n', b"[[[[[[[[", b"\\ud83d", b"text,url\n", b'"', b"\t", b"<html><body>", b"<table><tr><td>"),
    *(b"<meta charset=gbk>", b"<!--", b"<script>", b"]]>", b"&#x110000;", b"&amp;" * 20, b"<div>" * 50),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xff\xfe\x00\x00",
        b"\x84\x31\x95\x33",
        b"~{",
        b"~}",
        b"\x1b$)A\x0e",
    ),
    *(b"\x1b$B", b"\x8e\xa2", b"\x00", b"\x00" * 64, b"\x80", b"\xff", b"\xe4\xb8", b"\xd6\xd0", b"\n", b"\r", b"\x85"),
    "门口的队伍一直排到桥头。".encode(),
    "門口的隊伍一直排到橋頭。".encode("big5"),
    "门口的队伍一直排到桥头。".encode("gbk"),
    "门口的队伍".encode("utf-16-le"),
)


@dataclass(slots=True)
class Found:
    """What a run of the fuzzer came to."""

    inputs: int = 0
    lines: int = 0
    corpus: list[bytes] = field(default_factory=list)
    slowest: float = 0.0
    failure: tuple[bytes, BaseException] | None = None


def fuzz(
    target: Callable[[bytes], object], seeds: Sequence[bytes], seconds: float, seed: int, most: int | None = None
) -> Found:
    """Feed mutated `seeds` to `target` for `seconds`, or `most` of them; what it raises, or taking too long, ends it.

    Inputs that reach lines of `WATCHED` which none before did are mutated in turn.
    """
    random, found = Random(seed), Found(corpus=[seed_[:LONGEST] for seed_ in seeds])
    with coverage() as reached:
        end = time.monotonic() + seconds
        waiting = list(found.corpus)
        while time.monotonic() < end and found.inputs != most:
            data = waiting.pop() if waiting else mutated(random, found.corpus)
            before, started = len(reached), time.process_time()
            try:
                target(data)
                took = time.process_time() - started
                if took > HANG_SECONDS:
                    raise TimeoutError(f"took {took:.1f} seconds")
            except BaseException as error:
                found.failure = (data, error)
                if not isinstance(error, Exception):
                    raise
                return found
            found.inputs += 1
            found.slowest = max(found.slowest, took)
            if len(reached) > before and found.inputs > len(seeds):
                found.corpus.append(data)
        found.lines = len(reached)
    return found


def mutated(random: Random, corpus: Sequence[bytes]) -> bytes:
    """One of the corpus with a few changes; half the time one that was found late."""
    late = random.random() < 0.5
    data = bytearray(random.choice(corpus[-20:] if late else corpus))
    for _ in range(1 << random.randrange(5)):
        at = random.randrange(len(data) + 1)
        end = min(len(data), at + 1 + int(random.expovariate(1 / 16)))
        match random.randrange(8):
            case 0 if at < len(data):
                data[at] ^= 1 << random.randrange(8)
            case 1 if at < len(data):
                data[at] = random.randrange(256)
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end] * random.choice((1, 1, 2, 40))
            case 4:
                data[at:at] = random.choice(TOKENS)
            case 5:
                data[at:end] = random.choice(TOKENS)
            case 6:
                other = random.choice(corpus)
                begin = random.randrange(len(other) + 1)
                data[at:end] = other[begin : begin + random.randrange(1, 400)]
            case _:
                del data[random.randrange(len(data) // 2, len(data) + 1) :]
    return bytes(data[:LONGEST])


@contextmanager
def coverage() -> Iterator[set[tuple[CodeType, int]]]:
    """A set that fills with the lines of watched code that are run meanwhile."""
    reached: set[tuple[CodeType, int]] = set()
    if sys.version_info >= (3, 12):
        yield from _by_monitoring(reached)
    else:
        before = sys.gettrace()
        sys.settrace(_tracer(reached))
        try:
            yield reached
        finally:
            sys.settrace(before)


def _by_monitoring(reached: set[tuple[CodeType, int]]) -> Iterator[set[tuple[CodeType, int]]]:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
    tool = monitoring.PROFILER_ID

    def on_line(code: CodeType, line: int) -> object:
        if code.co_filename.startswith(WATCHED):
            reached.add((code, line))
        return monitoring.DISABLE  # each line reports once, so that coverage costs next to nothing

    monitoring.use_tool_id(tool, "fuzz")
    monitoring.register_callback(tool, monitoring.events.LINE, on_line)
    monitoring.set_events(tool, monitoring.events.LINE)
    try:
        yield reached
    finally:
        monitoring.set_events(tool, 0)
        monitoring.restart_events()
        monitoring.free_tool_id(tool)


# Python 3.11 traces line by line, which costs a loop of bytes more than the loop: a function is traced for so many
# calls, and then for one call in so many.
_TRACED_CALLS = 50
_TRACED_THEN = 40


def _tracer(reached: set[tuple[CodeType, int]]) -> Any:
    calls: dict[CodeType, int] = {}

    def on_line(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            reached.add((frame.f_code, frame.f_lineno))
        return on_line

    def on_call(frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(WATCHED):
            return None
        count = calls[code] = calls.get(code, 0) + 1
        return on_line if count < _TRACED_CALLS or count % _TRACED_THEN == 0 else None

    return on_call
