"""How well sections are found, on labelled pages of our own writing: headings with their level, speakers, joins.

Every page of `evals/sections/` is rendered in several layouts (`LAYOUTS`) and segmented; what comes out is held against
the labels. `python -m evals.sections` prints the table, `--gate` fails if a figure falls below its floor in
`evals/sections/floors.json`, `--errors` lists what went wrong.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.ledger import Ledger
from tasks.records import Block, Metadata, Section
from tasks.segment import segment

PAGES = Path(__file__).with_name("sections")
MEASURES = ("headings", "speakers", "joins")
_WRAP = 38  # characters a line in the wrapped layout
_CUT_SHARE = 0.4  # of the long paragraphs, in the cut layout
_CUTTINGS = 5  # different cuts of every page
_SHORTEST_CUT = 50


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled paragraph: its label, text, and the heading's level and words or the speaker, if it has one."""

    label: str
    text: str
    level: int = 0
    heading: str = ""
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page in one layout: the text as it would be decoded, its blocks if it is HTML, and where its line ends lie.

    `breaks` holds, for every line end between two lines with words, how many characters that are not white space stand
    before it, in the text without marks.
    """

    text: str
    breaks: frozenset[int]
    blocks: tuple[Block, ...] = ()


@dataclass(slots=True)
class Score:
    """Hits, false alarms and misses of one measure, with examples of what went wrong."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where there was nothing to find and nothing was found."""
        found = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / found if found else 1.0

    def add(self, want: Counter[tuple[object, ...]], got: Counter[tuple[object, ...]], where: str) -> None:
        self.right += (want & got).total()
        self.wrong += (got - want).total()
        self.missed += (want - got).total()
        self.errors += [f"{where}: wrongly {one}" for one in got - want]
        self.errors += [f"{where}: missed {one}" for one in want - got]


def parse(text: str) -> list[Item]:
    """The paragraphs of a labelled page (evals/sections/README.md).

    >>> parse("h1|一、修渠\\nr2|（一）引水。||去年动工。")[1].heading
    '（一）引水'
    """
    return [_item(*line.split("|", 1)) for line in text.splitlines() if line]


def _item(label: str, rest: str) -> Item:
    if label[0] == "h":
        return Item("h", rest, int(label[1]), _clean(rest))
    if label[0] == "r":
        heading, body = rest.split("||")
        return Item("r", heading + body, int(label[1]), _clean(heading))
    if label == "t":
        speaker, line = rest.split("|", 1)
        return Item("t", line, speaker=speaker)
    return Item(label, rest)


def _clean(heading: str) -> str:
    return heading.rstrip("。：")


def _breaks(lines: Sequence[str]) -> frozenset[int]:
    found: list[int] = []
    count = 0
    for line in lines:
        count += len("".join(line.split()))
        found.append(count)
    return frozenset(found[:-1])


def plain(items: Sequence[Item], _: random.Random) -> Rendered:
    """A paragraph a line."""
    lines = [item.text for item in items]
    return Rendered("\n".join(lines) + "\n", _breaks(lines))


def spaced(items: Sequence[Item], _: random.Random) -> Rendered:
    """Paragraphs indented, with blank lines between."""
    lines = [item.text for item in items]
    flush = ("title", "v", "c")
    indented = [item.text if item.label in flush else "　　" + item.text for item in items]
    return Rendered("\n\n".join(indented) + "\n", _breaks(lines))


def wrapped(items: Sequence[Item], _: random.Random) -> Rendered:
    """Paragraphs indented and wrapped at a constant width; no line begins with a closing mark."""
    lines = [line for item in items for line in _wrap(item)]
    return Rendered("\n".join(lines) + "\n", _breaks(lines))


def _wrap(item: Item) -> list[str]:
    if item.label not in ("p", "t", "r"):
        return [item.text]
    rest, lines = "　　" + item.text, []
    while len(rest) > _WRAP:
        end = _WRAP
        while rest[end] in "，。、；：！？”）》】":
            end -= 1
        lines.append(rest[:end])
        rest = rest[end:]
    return [*lines, rest]


def cut(items: Sequence[Item], chance: random.Random) -> Rendered:
    """Some long paragraphs cut in two where a page ended, most with a blank line in the cut."""
    lines: list[str] = []
    text = ""
    for item in items:
        pieces = _cut(item, chance)
        lines += pieces
        text += chance.choice(("\n", "\n\n", "\n\n")).join(pieces) + "\n\n"
    return Rendered(text, _breaks(lines))


def _cut(item: Item, chance: random.Random) -> list[str]:
    text = item.text
    if item.label not in ("p", "t", "r") or len(text) < _SHORTEST_CUT or chance.random() > _CUT_SHARE:
        return [text]
    places = [
        at
        for at in range(25, len(text) - 8)
        if text[at] not in "，。、；：！？”）》】" and text[at - 1] not in "。；：！？”“（《【"
    ]
    at = chance.choice(places)
    return [text[:at], text[at:]]


def markdown(items: Sequence[Item], _: random.Random) -> Rendered:
    """As a converter of web pages writes it: headings with marks, run-in headings and speakers in bold."""
    lines = []
    for item in items:
        if item.label == "title":
            lines.append("# " + item.text)
        elif item.label == "h":
            lines.append("#" * (item.level + 1) + " " + item.text)
        elif item.label == "t":
            label = len(item.text.split("：", 1)[0]) + 1
            lines.append(f"**{item.text[:label]}**{item.text[label:]}")
        else:
            lines.append(item.text)
    return Rendered("\n\n".join(lines) + "\n", _breaks([item.text for item in items]))


def bold(items: Sequence[Item], _: random.Random) -> Rendered:
    """Markdown whose headings are lines in bold, all alike."""
    lines = [f"**{item.text}**" if item.label == "h" else item.text for item in items]
    return Rendered("\n\n".join(lines) + "\n", _breaks([item.text for item in items]))


def html(items: Sequence[Item], _: random.Random) -> Rendered:
    """The text of a web page, its headings marked by their tags."""
    tags = {"title": "h1", "c": "figcaption", "v": "li"}
    blocks = [Block(f"h{item.level + 1}" if item.label == "h" else tags.get(item.label, "p"), True) for item in items]
    rendered = plain(items, _)
    return Rendered(rendered.text, rendered.breaks, tuple(blocks))


LAYOUTS: tuple[Callable[[Sequence[Item], random.Random], Rendered], ...] = (
    plain,
    spaced,
    wrapped,
    cut,
    markdown,
    bold,
    html,
)


def measure() -> dict[tuple[str, str], Score]:
    """The score of every measure in every layout, by (layout, measure), and over all layouts by ("all", measure)."""
    scores = {(layout, name): Score() for layout in [*(one.__name__ for one in LAYOUTS), "all"] for name in MEASURES}
    for path in sorted(PAGES.glob("*.txt")):
        items = parse(path.read_text(encoding="utf-8"))
        for layout in LAYOUTS:
            for number in range(_CUTTINGS if layout is cut else 1):
                where = f"{path.stem} {layout.__name__} {number}"
                for name, want, got in _compare(items, layout, random.Random(where)):
                    scores[layout.__name__, name].add(want, got, where)
                    scores["all", name].add(want, got, where)
    return scores


def _compare(
    items: Sequence[Item], layout: Callable[[Sequence[Item], random.Random], Rendered], chance: random.Random
) -> Iterator[tuple[str, Counter[tuple[object, ...]], Counter[tuple[object, ...]]]]:
    rendered = layout(items, chance)
    title = next((item.text for item in items if item.label == "title"), None)
    ledger, sections = segment(Ledger.of(rendered.text), rendered.blocks, Metadata(title=title))
    levels = layout is not bold  # bold lines, all alike, do not tell how deep they lie
    yield "headings", *_headings(items, sections, levels)
    yield "speakers", *_speakers(items, sections, ledger.text)
    true = _breaks([item.text for item in items])
    kept = _breaks(ledger.text.splitlines())
    want = Counter[tuple[object, ...]]((at,) for at in rendered.breaks - true)
    yield "joins", want, Counter[tuple[object, ...]]((at,) for at in rendered.breaks - kept)


def _headings(
    items: Sequence[Item], sections: Sequence[Section], levels: bool
) -> tuple[Counter[tuple[object, ...]], Counter[tuple[object, ...]]]:
    want = Counter[tuple[object, ...]]((item.level if levels else 0, item.heading) for item in items if item.heading)
    found = [(section.level if levels else 0, section.heading) for section in sections if section.heading]
    return want, Counter[tuple[object, ...]](found)


def _speakers(
    items: Sequence[Item], sections: Sequence[Section], text: str
) -> tuple[Counter[tuple[object, ...]], Counter[tuple[object, ...]]]:
    """Turns by speaker, the start of the turn, and how many characters it has."""
    want: Counter[tuple[object, ...]] = Counter()
    turn: list[str] | None = None
    for item in [*items, Item("h", "")]:
        if turn and item.label in ("h", "t", "r", "c", "n", "b"):
            want[turn[0], turn[1][:12], len("".join(turn[1:]).replace(" ", ""))] += 1
            turn = None
        if item.label == "t":
            turn = [item.speaker, item.text]
        elif turn:
            turn.append(item.text)
    spoken = [(section.speaker, text[section.start : section.end]) for section in sections if section.kind == "turn"]
    return want, Counter((who, said.split("\n")[0][:12], len("".join(said.split()))) for who, said in spoken)


def main(arguments: Sequence[str]) -> int:
    """Print the table; with `--gate`, 1 if a figure fell below its floor."""
    scores = measure()
    print(f"{'layout':10}" + "".join(f"{name:>26}" for name in MEASURES))
    for layout in [*(one.__name__ for one in LAYOUTS), "all"]:
        cells = [scores[layout, name] for name in MEASURES]
        print(f"{layout:10}" + "".join(f"{s.f1:10.3f} {s.right:5}+{s.wrong:<3} -{s.missed:<4}" for s in cells))
    if "--errors" in arguments:
        print(*(error for name in MEASURES for error in scores["all", name].errors), sep="\n")
    floors: dict[str, float] = json.loads((PAGES / "floors.json").read_text(encoding="utf-8"))
    figures = {name: scores["all", name].f1 for name in MEASURES}
    low = [f"{name} {figures[name]:.3f} < {floor}" for name, floor in floors.items() if figures[name] < floor]
    if low and "--gate" in arguments:
        print("below the floor:", *low, sep="\n  ")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
