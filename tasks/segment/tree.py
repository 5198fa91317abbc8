"""The sections of a page: a tree, each section with a span of its own, the spans laid end to end over the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tasks.records import Section
from tasks.segment.asides import opens_note
from tasks.segment.headings import Heading
from tasks.segment.paragraphs import Paragraph


class _Tree:
    """Sections in the making: what is open, and what lies above it."""

    def __init__(self) -> None:
        self.sections: list[Section] = []
        self._headings: list[Section] = []  # the open headings, outermost first
        self._running: Section | None = None  # the section that running text belongs to
        self._aside = False  # whether the last section is a caption, note or byline

    def _add(
        self,
        kind: str,
        parent: Section | None,
        start: int,
        level: int = 0,
        heading: str | None = None,
        speaker: str | None = None,
    ) -> Section:
        section = Section(
            number=len(self.sections),
            parent=parent.number if parent else None,
            level=level,
            kind=kind,
            heading=heading,
            speaker=speaker,
            start=start,
            end=start,
        )
        self.sections.append(section)
        return section

    def heading(self, start: int, heading: Heading) -> None:
        while self._headings and self._headings[-1].level >= heading.level:
            self._headings.pop()
        parent = self._headings[-1] if self._headings else None
        self._running = self._add("section", parent, start, level=heading.level, heading=heading.text)
        self._headings.append(self._running)
        self._aside = False

    def turn(self, start: int, speaker: str) -> None:
        self._running = self._add("turn", self._headings[-1] if self._headings else None, start, speaker=speaker)
        self._aside = False

    def aside(self, start: int, kind: str) -> None:
        self._add(kind, self._headings[-1] if self._headings else None, start)
        self._aside = True

    def text(self, start: int) -> None:
        """Running text goes on where it stood; after an aside in a section of its own, below the one before."""
        if self._running is None:
            self._running = self._add("lead", None, start)
        elif self._aside:
            kind = "lead" if self._running.kind == "lead" else "section"
            self._add(kind, self._running, start)
        self._aside = False


def tree(
    paragraphs: Sequence[Paragraph],
    title: int,
    headings: Mapping[int, Heading],
    spoken: Mapping[int, str],
    asides: Mapping[int, str],
) -> list[Section]:
    """The sections of a text made of `paragraphs`, each with a line end; `title` is the title's paragraph, or -1.

    Spans lie end to end and cover the text. Running text after a caption, note or byline is a section without a
    heading, whose parent is the section that it goes on with.

    >>> lines = ["水库落成", "图为水库。", "水库昨日落成。"]
    >>> [(s.kind, s.parent, s.start, s.end) for s in tree([Paragraph(t, t) for t in lines], 0, {}, {}, {1: "caption"})]
    [('lead', None, 0, 5), ('caption', None, 5, 11), ('lead', 0, 11, 19)]
    """
    if paragraphs and not (headings or spoken or asides):
        return [Section(0, None, 0, "lead", None, None, 0, sum(len(one.text) + 1 for one in paragraphs))]
    growing = _Tree()
    position = 0
    in_note = False
    for at, paragraph in enumerate(paragraphs):
        if at in headings:
            growing.heading(position, headings[at])
        elif at in spoken:
            growing.turn(position, spoken[at])
        elif at in asides:
            growing.aside(position, asides[at])
        elif not in_note or at == title or paragraph.mark:
            growing.text(position)
        in_note = at in asides and opens_note(paragraph)
        position += len(paragraph.text) + 1
    ends = [section.start for section in growing.sections[1:]] + [position]
    return [replace(section, end=end) for section, end in zip(growing.sections, ends, strict=False)]
