"""What is measured: our repair, and beside it what people use today. Each says its changes against the damaged text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` becomes `after` if applied; `splice` tells the removal of a splice from everything else."""

    start: int
    end: int
    after: str
    confidence: float = 1.0
    applied: bool = True
    splice: bool = False


System = Callable[[str], list[Change]]

_SPLICE = re.compile(r"(?<=[\u2e80-\u9fff])(?:[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6} ?[)）]){1,2}")


def ours(text: str) -> list[Change]:
    """The whole repair stage of the pipeline."""
    from tasks.ledger import Ledger
    from tasks.repair import repair

    return [
        Change(e.start, e.end, e.after, e.confidence, e.applied, splice=e.kind == "splice")
        for e in repair(Ledger.of(text)).edits
    ]


def plain_splice_removal(text: str) -> list[Change]:
    """Delete whatever looks like a reading in brackets after a Chinese character.

    >>> plain_splice_removal("產(chǎn)業")
    [Change(start=1, end=7, after='', confidence=1.0, applied=True, splice=True)]
    """
    return [Change(m.start(), m.end(), "", splice=True) for m in _SPLICE.finditer(text)]


def ftfy_defaults(text: str) -> list[Change]:
    """ftfy.fix_text, its changes found by comparison line by line."""
    import ftfy

    changes: list[Change] = []
    start = 0
    for line in text.splitlines(keepends=True):
        fixed = ftfy.fix_text(line)
        if fixed != line:
            matcher = SequenceMatcher(None, line, fixed, autojunk=False)
            changes += (
                Change(start + a, start + b, fixed[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
            )
        start += len(line)
    return changes


SYSTEMS: dict[str, System] = {
    "qingwen": ours,
    "ftfy": ftfy_defaults,
    "plain splice removal": plain_splice_removal,
}
