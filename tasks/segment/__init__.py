"""Stage 5: layout leaves the text, cut paragraphs are joined, and the text becomes a tree of sections.

In the order in which a text meets them: lines become paragraphs (`layout`, with `markdown`; `paragraphs` is what the
steps hand on), cut ones are joined (`joins`, by `affinity`, and `wrapped` ones, but for `verses` and what stands
`apart`), then speakers (`turns`), captions and notes (`asides`), headings (`headings`, by `numbering`, of
which `counted` says where it is one of headings, or `unnumbered`; `levels` says how deep), and the tree (`tree`).
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.ledger import Ledger
from tasks.records import Block, Metadata, Section
from tasks.segment.asides import asides
from tasks.segment.headings import headings
from tasks.segment.joins import TITLE_LINES, join
from tasks.segment.layout import layout
from tasks.segment.paragraphs import Paragraph
from tasks.segment.tree import tree
from tasks.segment.turns import turns


def segment(ledger: Ledger, blocks: Sequence[Block], metadata: Metadata) -> tuple[Ledger, list[Section]]:
    """Lay the text out as one paragraph a line, and cut it into sections whose spans lie end to end over it.

    `blocks` has HTML's word on every line of the decoded text, or is empty. `start` and `end` of a section count code
    points of the text of the ledger that is given back. The decisions are in docs/adr/0008-segments.md.

    >>> text = "　　去年大旱。\\n\\n　　一、打井\\n　　全镇打了三口井，最深的一口\\n\\n有四十丈。\\n"
    >>> ledger, sections = segment(Ledger.of(text), (), Metadata())
    >>> ledger.text
    '去年大旱。\\n一、打井\\n全镇打了三口井，最深的一口\\n有四十丈。\\n'
    >>> [(section.kind, section.heading, section.start, section.end) for section in sections]
    [('lead', None, 0, 6), ('section', '一、打井', 6, 31)]
    """
    ledger, paragraphs = layout(ledger, blocks)
    ledger, paragraphs = join(ledger, paragraphs, metadata.title or "")
    title = _title(paragraphs, metadata)
    spoken = turns(paragraphs)
    beside = asides(paragraphs, {title, *spoken})
    barred = {*beside, *range(title + 1), *_repeats(paragraphs, title)}
    return ledger, tree(paragraphs, title, headings(paragraphs, spoken, barred), spoken, beside)


def _title(paragraphs: Sequence[Paragraph], metadata: Metadata) -> int:
    """The number of the title's paragraph, or -1: the line that metadata names, else the only heading of level 1."""
    top = paragraphs[:TITLE_LINES]
    if metadata.title:
        wanted = _bare(metadata.title)
        return next((at for at, paragraph in enumerate(top) if _bare(paragraph.text) == wanted), -1)
    first = [at for at, one in enumerate(paragraphs) if (one.tag or one.mark) and one.heading_level == 1]
    return first[0] if len(first) == 1 and first[0] < len(top) else -1


def _repeats(paragraphs: Sequence[Paragraph], title: int) -> set[int]:
    """Lines that say the title again."""
    if title < 0:
        return set()
    wanted = _bare(paragraphs[title].text)
    alike = [at for at, paragraph in enumerate(paragraphs) if paragraph.text.lstrip()[:1] == wanted[:1]]
    return {at for at in alike if _bare(paragraphs[at].text) == wanted}


def _bare(text: str) -> str:
    return "".join(text.split())
