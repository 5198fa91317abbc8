"""How well duplicates are found: damaged copies of one article, and different articles on one subject.

Each passage of evals/texts is damaged in different ways (evals/damage.py) and its copies are clustered twice: as found,
and as repaired. Among them stand articles on four subjects, three on each, that say different things
(evals/subjects.json), and letters after one pattern. `python -m evals.duplicates` prints the table; `--gate` fails if a
figure falls below its floor in evals/floors.json (`duplicates`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random

from evals.corpus import own
from evals.damage import damage
from evals.floors import FLOORS, fallen
from evals.tables import KINDS, draw_damage
from tasks.dedupe.cluster import BANDS, Documents, band_keys, cluster, firsts, ranks
from tasks.dedupe.sketch import LEAST_LETTERS, sketch
from tasks.page import curate_page
from tasks.records import Curated, Page, Policy

SUBJECTS = Path(__file__).with_name("subjects.json")
COPIES = 4  # of each passage: every kind of damage falls on some
LEAST = 0.75  # the setting's default


@dataclass(frozen=True, slots=True)
class Copy:
    """A document: which article it is, its text as found and as curated, and how damaged it is."""

    article: str
    found: str
    text: str
    unrepaired: int
    edits: int


def copies(passages: int | None = None, each: int = COPIES) -> list[Copy]:
    """Damaged copies of the passages, then the articles that are no copies of each other."""
    documents = []
    for place, passage in enumerate(own()[:passages]):
        for number in range(each):
            random = Random(f"{passage.register} {number}")
            how = draw_damage(random, KINDS[(place + number) % len(KINDS)], passage.script)
            documents.append(_curated(passage.register, damage(passage.text, how, seed=number).text))
    articles = json.loads(SUBJECTS.read_text(encoding="utf-8"))
    documents += [_curated(f"{one['subject']} {number}", one["text"]) for number, one in enumerate(articles)]
    return documents + [_curated(f"letter {number}", letter) for number, letter in enumerate(_letters())]


def _letters() -> list[str]:
    """Letters of one pattern, each about something else: the pattern is half of the letter."""
    about = (
        ("北坡水渠清淤", "每户出一名劳力，自带铁锹和竹筐，从上闸口往下分段清理，淤泥一律堆到渠外两米，不得倒进菜地"),
        ("晒谷场轮流使用", "按门牌单双号隔日使用，傍晚六点以前收完，收完的人家负责把场地扫净，麻袋和木耙放回棚里"),
        ("祠堂前的旧电线更换", "更换期间上午停电，冰柜里的东西请提前搬走，老人家里如有制氧机，请到村部借用备用电源"),
        ("山林防火值班", "值班的人佩红袖标，带铜锣一面，发现有人烧荒先劝阻再上报，夜里两人同行，不可单独进林子"),
    )
    return [
        f"各户人家：经村里商议，定于本月起办理{what}一事。{how}。请各家互相转告，如有难处，可在三日之内到村部说明。特此告知。"
        for what, how in about
    ]


def _curated(article: str, text: str) -> Copy:
    result = curate_page(Page(article, text.encode(errors="replace")), Policy())
    if not isinstance(result, Curated):
        return Copy(article, text, text, 0, 0)
    return Copy(article, text, result.text, sum(not edit.applied for edit in result.edits), len(result.edits))


def representatives(documents: Sequence[Copy], texts: Sequence[str], least: float = LEAST) -> list[int]:
    """For each document the number of the one that stands for it."""
    import numpy

    found = sketch(texts)
    halves = numpy.frombuffer(b"".join(found.digests), dtype=">u8").astype(numpy.uint64).reshape(-1, 2)
    digests = halves[:, 0], halves[:, 1]
    chars = numpy.array([len(text) for text in texts])
    ids = numpy.zeros(len(texts), dtype=numpy.uint64), numpy.arange(len(texts), dtype=numpy.uint64)
    unrepaired, edits = (numpy.array([getattr(one, name) for one in documents]) for name in ("unrepaired", "edits"))
    rank = ranks(unrepaired, edits, chars, ids)
    near = numpy.array(found.letters) >= LEAST_LETTERS
    keys = band_keys(found.signatures)
    clusters = cluster(
        Documents(rank, firsts(digests, rank), near, found.signatures), (keys[band] for band in range(BANDS)), least
    )
    return [int(number) for number in clusters.representative]


def figures(documents: Sequence[Copy]) -> dict[str, float]:
    """The figures: of pairs of copies those found before and after repair, articles in one cluster, wrong pairs."""
    pairs = [(a, b) for a, b in combinations(range(len(documents)), 2)]
    same = [(a, b) for a, b in pairs if documents[a].article == documents[b].article]
    before = representatives(documents, [one.found for one in documents])
    after = representatives(documents, [one.text for one in documents])
    articles = {documents[a].article for a, _ in same}
    stands: dict[str, set[int]] = {}
    for number, one in enumerate(documents):
        stands.setdefault(one.article, set()).add(after[number])
    wrong = sum(after[a] == after[b] for a, b in pairs if documents[a].article != documents[b].article)
    return {
        "pairs": len(same),
        "found_before": sum(before[a] == before[b] for a, b in same) / len(same),
        "found_after": sum(after[a] == after[b] for a, b in same) / len(same),
        "one_cluster": sum(len(stands[article]) == 1 for article in articles) / len(articles),
        "wrong_pairs_max": float(wrong),
    }


def main(arguments: Sequence[str]) -> int:
    """Print the figures; with `--gate`, 1 if one fell below its floor."""
    measured = figures(copies())
    for name, value in measured.items():
        print(f"{name:16} {value:8.4g}")
    floors: dict[str, float] = json.loads(FLOORS.read_text(encoding="utf-8"))["duplicates"]
    low = fallen(measured, floors) if "--gate" in arguments else []
    print(*low, sep="\n", end="\n" if low else "")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
