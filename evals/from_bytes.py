"""Class 3 with the undecoded bytes at hand: pages that lost bytes go through decode and repair; lines are compared.

A line is right when it equals the line before the damage after folding script and width, but for the characters whose
own bytes were lost: of those one may be missing, or stand as U+FFFD, or have been read as another.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random

from evals.corpus import Passage
from evals.damage import Damage, Damaged, damage
from evals.pairs import Encoding
from tasks.script.fold import fold

COUNTS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class LinesScore:
    """Lines of the pages of one encoding that had bytes lost, by outcome, and healthy lines that were changed.

    `exact` is all right, `whole` right but for the characters that lost a byte and stay marked, `misread` where such a
    one was read as another character, `out` still out of step.
    """

    encoding: Encoding
    lost: int
    outcomes: Counter[str]
    harmed: int
    healthy: int


def measure_bytes(passages: list[Passage], pages: int) -> list[LinesScore]:
    """Measure `pages` pages for each encoding and number of bytes lost."""
    return [_measure(passages, pages, encoding, lost) for encoding in ("gbk", "big5") for lost in COUNTS]


def _measure(passages: list[Passage], pages: int, encoding: Encoding, lost: int) -> LinesScore:
    outcomes: Counter[str] = Counter()
    harmed = healthy = 0
    for number in range(pages):
        passage = passages[number % len(passages)]
        script = "Hant" if encoding == "big5" or Random(number).random() < 0.3 else passage.script
        damaged = damage(passage.text, Damage(script=script, lost=lost, encoding=encoding), seed=number)
        got = repaired(damaged.raw).split("\n")
        lines = _encodable(damaged.right, encoding).split("\n")
        for line, text, hit in zip(lines, [*got, *[""] * len(lines)], _hit(damaged), strict=False):
            if hit:
                outcomes[_outcome(fold(line), fold(text), hit)] += 1
            else:
                healthy += 1
                harmed += fold(line).strip() != fold(text).strip()
    return LinesScore(encoding, lost, outcomes, harmed, healthy)


def _encodable(text: str, encoding: Encoding) -> str:
    """`text` as the page's bytes can hold it: characters that the encoding lacks are `?`."""
    codec = "gb18030" if encoding == "gbk" else "cp950"
    return text.encode(codec, "replace").decode(codec)


def _hit(damaged: Damaged) -> list[int]:
    """For each line the number of bytes that it lost."""
    counts = [0] * (damaged.right.count("\n") + 1)
    for span in damaged.spans:
        counts[damaged.right.count("\n", 0, damaged.before[span.start])] += span.gone
    return counts


def _outcome(line: str, text: str, lost: int) -> str:
    """How near a repaired line is to what it was.

    >>> _outcome("春风又绿江南", "春风又绿江南", 1), _outcome("春风又绿江南", "春\ufffd又绿江南", 1)
    ('exact', 'whole')
    >>> _outcome("春风又绿江南", "春雨又绿江南", 1), _outcome("春风又绿江南", "春绿江南", 1)
    ('misread', 'out')
    """
    line, text = line.strip(), text.strip()
    if line == text:
        return "exact"
    i = j = spent = misread = 0
    while i < len(line) and spent <= lost:
        if j < len(text) and line[i] == text[j]:
            i, j = i + 1, j + 1
            continue
        spent += 1
        i += 1
        if text[j : j + 1] >= "\u2000" and text[j : j + 1] != "\ufffd" and text[j + 1 : j + 2] == line[i : i + 1]:
            misread += 1
            j += 1
        while j < len(text) and text[j] in "\ufffd?":
            j += 1
    if spent > lost or j < len(text):
        return "out"
    return "misread" if misread else "whole"


def repaired(raw: bytes) -> str:
    """The text of a page's bytes after decode and repair."""
    from tasks.decode import decode
    from tasks.ledger import Ledger
    from tasks.records import Limits, Page, Reject
    from tasks.repair import repair

    decoded = decode(Page("page.txt", raw), Limits())
    return "" if isinstance(decoded, Reject) else repair(Ledger.of(decoded.text).then(decoded.edits)).text
