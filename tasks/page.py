"""One page, from raw bytes to curated text: every stage, in order. The order stands here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from tasks.decode import decode
from tasks.ledger import Ledger
from tasks.records import Curated, Decoded, Metadata, Page, Policy, Reason, Reject, Script, Section
from tasks.repair import repair
from tasks.script.convert import Convert, converter
from tasks.script.detect import detect_script

T = TypeVar("T")


def curate_page(page: Page, policy: Policy, learned: Collection[str] = frozenset()) -> Curated | Reject:
    """Curate one page, or say why it cannot be. Pure: the same page, policy and lines give the same result.

    `learned` are the lines that the page's site repeats on its pages (table site_lines).

    >>> page = Page("a.txt", "產(chǎn)業(yè)發(fā)展，產(chǎn)業(yè)升級(jí)。".encode())
    >>> curate_page(page, Policy()).text
    '产业发展，产业升级。\\n'
    """
    return curate_pages([page], policy, [learned])[0]


def curate_pages(pages: Sequence[Page], policy: Policy, learned: Sequence[Collection[str]]) -> list[Curated | Reject]:
    """What `curate_page` gives for each page, made stage by stage: all are decoded, then all repaired, and so on.

    That saves small pages a fifth of their time: what a stage needs lies in the processor's caches when the next page
    comes. `learned` has the lines of each page's site. All pages are held at a time; what one raises ends all.
    """
    return _in_turn([_curating(page, policy, lines) for page, lines in zip(pages, learned, strict=True)])


def _in_turn(works: Sequence[Generator[None, None, T]]) -> list[T]:
    """What the works give, each of which is taken a step further in turn."""
    given: dict[int, T] = {}
    while len(given) < len(works):
        for number, work in enumerate(works):
            if number not in given:
                try:
                    next(work)
                except StopIteration as end:
                    given[number] = end.value
    return [given[number] for number in range(len(works))]


def _curating(page: Page, policy: Policy, learned: Collection[str]) -> Generator[None, None, Curated | Reject]:
    """The stages of one page, in order, with a stop after each: decode, repair, script (`_repairing`); strip, segment,
    and the conversion to the target script."""
    # `qingwen fix` needs neither, and the patterns of both take as long to compile as all it does.
    from tasks.segment import segment
    from tasks.strip import strip
    from tasks.strip.about.head_title import head_title

    found = yield from _repairing(page, policy)
    if isinstance(found, Reject):
        return found
    decoded, convert = found.decoded, found.convert
    yield
    ledger, metadata = strip(found.ledger, decoded.blocks, policy, learned)
    if metadata.title is None and decoded.head_title:
        metadata = replace(metadata, title=head_title(repair(Ledger.of(decoded.head_title)).text, ledger.text))
    yield
    ledger, sections = segment(ledger, decoded.blocks, metadata)
    yield
    text = convert(ledger.text)
    if not text.strip():
        return Reject(page.source_uri, "segment", Reason.NO_CONTENT, "nothing is left of the page after stripping")
    if words := _converted_words(metadata, sections, convert):
        metadata = _converted_metadata(metadata, words)
        sections = [_converted_section(section, words) for section in sections]
    return Curated(page, decoded, found.script, metadata, text, tuple(sections), ledger.edits)


@dataclass(frozen=True, slots=True)
class Repaired:
    """A page after the stages that leave its lines where they are: decoded, repaired, its script known."""

    decoded: Decoded
    ledger: Ledger
    script: Script
    convert: Convert


def repair_page(page: Page, policy: Policy) -> Repaired | Reject:
    """Decode and repair a page, and choose its conversion; nothing is stripped yet. `qingwen fix` stops here."""
    return _in_turn([_repairing(page, policy)])[0]


def _repairing(page: Page, policy: Policy) -> Generator[None, None, Repaired | Reject]:
    """The first three stages: decode, repair, script."""
    decoded = decode(page, policy.limits)
    if isinstance(decoded, Reject):
        return decoded
    yield
    ledger = repair(Ledger.of(decoded.text).then(decoded.edits))
    yield
    script = detect_script(ledger.text)
    return Repaired(decoded, ledger, script, converter(script, policy.target, policy.punctuation))


def _converted_words(metadata: Metadata, sections: Iterable[Section], convert: Convert) -> Mapping[str | None, str]:
    """What the words of the metadata, headings and speakers become, of those that change: converted as lines of one
    text, for a call costs much."""
    said = [metadata.title, metadata.publisher, metadata.editor, *metadata.authors]
    said += [metadata.document_number, metadata.issuer]
    for section in sections:
        said += (section.heading, section.speaker)
    words = list(dict.fromkeys(filter(None, said)))
    if not words:
        return {}
    if any("\n" in one for one in words):
        converted = [convert(one) for one in words]
    else:
        converted = convert("\n".join(words)).split("\n")
    return {one: other for one, other in zip(words, converted, strict=True) if one != other}


def _converted_metadata(metadata: Metadata, words: Mapping[str | None, str]) -> Metadata:
    return replace(
        metadata,
        title=words.get(metadata.title, metadata.title),
        publisher=words.get(metadata.publisher, metadata.publisher),
        authors=tuple(words.get(author, author) for author in metadata.authors),
        editor=words.get(metadata.editor, metadata.editor),
        document_number=words.get(metadata.document_number, metadata.document_number),
        issuer=words.get(metadata.issuer, metadata.issuer),
    )


def _converted_section(section: Section, words: Mapping[str | None, str]) -> Section:
    heading, speaker = words.get(section.heading), words.get(section.speaker)
    if heading is None and speaker is None:
        return section
    return replace(section, heading=heading or section.heading, speaker=speaker or section.speaker)
