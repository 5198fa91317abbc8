"""`qingwen explain`: every edit of a page, in its place, with what it replaced, why, and how sure it is.

It runs the same `curate_page` as the flow does, so what it shows is what the table `edits` holds. Pages are hostile:
control characters, which could steer a terminal, are shown by number and never sent.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from flows.faults import attempt
from flows.fix import page_of
from flows.harmless import visible
from flows.reasons import REASONS, counted
from tasks.ledger import replay
from tasks.page import curate_page
from tasks.records import Curated, Edit, Page, Policy, Punctuation, Reject, Target

_CONTEXT = 16  # code points on either side of an edit: half a line of Chinese on a terminal of 80 columns
_REASON = 1000  # why a long run was read anew: a clause for each byte that was lost

_STYLES = {"head": "1", "place": "2", "before": "31;9", "after": "32", "left": "33;4", "why": "2;3"}


def explain(file: str, target: Target, punctuation: Punctuation, *, as_json: bool, colour: bool) -> int:
    """Explain the page, or each page of the container, in `file`. Returns 1 if one was rejected, else 0.

    Raises InputError if the file cannot be read.
    """
    policy, status = Policy(target=target, punctuation=punctuation), 0
    for page in _pages(file, policy):
        result = page if isinstance(page, Reject) else attempt(page, partial(curate_page, page, policy))
        status = max(status, int(isinstance(result, Reject)))
        lines = [json.dumps(as_plain(result), ensure_ascii=False)] if as_json else in_words(result, colour=colour)
        sys.stdout.buffer.writelines(f"{line}\n".encode(errors="backslashreplace") for line in lines)
    return status


def _pages(file: str, policy: Policy) -> Iterator[Page | Reject]:
    if file == "-" or not os.path.isfile(file):  # a pipe, or nothing that can be read: `page_of` says so
        yield page_of(file)
        return
    from tasks.read import discover, read_source

    for source in discover(file):
        yield from read_source(file, source, policy.limits, policy.columns)


def as_plain(result: Curated | Reject) -> dict[str, Any]:
    """All that is known of a page, as plain values: the same names as the tables' columns, and the decoded text."""
    if isinstance(result, Reject):
        return asdict(result) | {"rejected": True}
    said = asdict(result.metadata)
    said["published_at"] = said["published_at"] and said["published_at"].isoformat()
    return {
        "source_uri": result.page.source_uri,
        "rejected": False,
        "encoding": result.decoded.encoding,
        "encoding_evidence": result.decoded.evidence,
        "encoding_confidence": result.decoded.confidence,
        "undecodable_bytes": result.decoded.undecodable_bytes,
        "script": result.script,
        **said,
        "decoded": result.decoded.text,
        "replayed": replay(result.decoded.text, result.edits),
        "text": result.text,
        "sections": [asdict(section) for section in result.sections],
        "edits": [edit._asdict() for edit in result.edits],
    }


def in_words(result: Curated | Reject, *, colour: bool) -> Iterator[str]:
    """The lines that a person reads."""
    if isinstance(result, Reject):
        yield _paint("head", visible(result.source_uri), colour)
        yield f"  rejected in {result.stage} as {result.reason}: {visible(result.detail) or REASONS[result.reason]}"
        return
    yield _paint("head", visible(result.page.source_uri), colour)
    yield f"  {_summary(result)}"
    lines = _LineNumbers(result.decoded.text)
    for edit in result.edits:
        yield from _edit_lines(result.decoded.text, edit, lines.at(edit.start), colour)


def _summary(result: Curated) -> str:
    decoded, said = result.decoded, result.metadata
    left = sum(not edit.applied for edit in result.edits)
    parts = [
        f"{decoded.encoding} ({decoded.evidence}, {decoded.confidence:.2f})",
        f"script {result.script}",
        f"{counted(len(result.edits) - left, 'edit')}, {left} left as found",
        counted(len(result.sections), "section"),
        f"title: {visible(said.title)}" if said.title else "no title",
    ]
    return " · ".join(parts)


def _edit_lines(text: str, edit: Edit, line: int, colour: bool) -> Iterator[str]:
    left = visible(text[max(edit.start - _CONTEXT, 0) : edit.start])
    right = visible(text[edit.end : edit.end + _CONTEXT])
    place = _paint("place", f"line {line}, {edit.stage} {edit.kind}, {edit.confidence:.2f}", colour)
    yield f"{place}  {left}{_change(edit, colour)}{right}"
    if edit.why:
        yield f"    {_paint('why', visible(edit.why, _REASON), colour)}"


def _change(edit: Edit, colour: bool) -> str:
    """The edit; without colour in the notation of wdiff: [-removed-]{+added+}, and {?left as found?}."""
    before, after = visible(edit.before), visible(edit.after)
    if not edit.applied:
        guess = f" → {after}" if after else ""
        return _paint("left", before, colour) + guess if colour else f"{{?{before}{guess}?}}"
    if colour:
        return _paint("before", before, colour) + (_paint("after", after, colour) if after else "")
    return (f"[-{before}-]" if before else "") + (f"{{+{after}+}}" if after else "")


def _paint(style: str, text: str, colour: bool) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colour and text else text


class _LineNumbers:
    """The line that a position lies in, from 1; asked in rising order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line = 1

    def at(self, position: int) -> int:
        """The line of `position`."""
        self._line += self._text.count("\n", self._position, position)
        self._position = position
        return self._line
