"""The compiled glance passes over nothing that Python would have searched, and leaves Python hardly anything else."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.corpora import damaged, healthy
from evals.corpus import own
from tasks.repair.lm import model
from tasks.repair.shift import kernel, likely
from tasks.repair.shift.clues import Clue, clues, is_likely
from tasks.repair.shift.likely import likely_clues

needs_it = pytest.mark.skipif(kernel.compiled is None, reason="installed without a C compiler")
OWN = "".join(passage.text for passage in own())


@pytest.fixture(autouse=True)
def read() -> None:
    """The language model is read: before that the glance is Python's."""
    model()


def in_python(text: str) -> list[Clue]:
    return [clue for clue in clues(text) if is_likely(text, clue)]


@needs_it
def test_on_healthy_and_damaged_pages() -> None:
    found = [likely_clues(text) for text in damaged(1500, 20)]
    assert found == [in_python(text) for text in damaged(1500, 20)]
    assert sum(map(bool, found)) > 10
    for text in (*healthy("Hans", 2000, 10, odds=0.3), *healthy("Hant", 2000, 10)):
        assert likely_clues(text) == in_python(text)


@needs_it
def test_hardly_any_place_of_a_healthy_page_is_left_to_python() -> None:
    texts = [text for script in ("Hans", "Hant") for text in healthy(script, 3000, 20)]
    left = sum(len(likely._glance().places(text)) for text in texts)
    assert sum(len(list(clues(text))) for text in texts) > 20 * left


# What stands at clues and beside them, hanzi rare and common, and what lies beyond the basic plane.
MARKS = [*"?()!;:、，。！；：？“”《》」』（）％%,€—…Ｗaā ü\n\0\x80①の\ue319\ue5e5\ufffd\U00020021\U0001f600"]
LETTERS = ["硺I", "魅挝瘑T", "q", "?^", "|", "～~"]
RARE = [*"勇炼鞘菇洲厣谥г誓ǎ▌當優質㐀鿿处罚款", *LETTERS, "???", "?shù)", "(fā)", "（tuán", "。”", "!(", "?!?", "?睢"]


@needs_it
@given(st.lists(st.one_of(st.sampled_from(MARKS), st.sampled_from(RARE), st.sampled_from(OWN)), max_size=40))
@settings(deadline=None, max_examples=1000)
def test_on_anything_at_all(parts: list[str]) -> None:
    text = "".join(parts)
    assert likely_clues(text) == in_python(text)


@needs_it
@given(st.integers(0, len(OWN) - 60), st.integers(1, 59), st.integers(0, 58), st.sampled_from("?!，；€（"))
@settings(deadline=None, max_examples=300)
def test_on_text_out_of_step(start: int, length: int, at: int, mark: str) -> None:
    piece = OWN[start : start + length]
    shifted = piece[:at].encode("gb18030")[1:].decode("gb18030", "replace")
    for text in (shifted + piece[at:], piece[:at] + mark + shifted):
        assert likely_clues(text) == in_python(text)


def test_without_it_clues_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = damaged(800, 4)
    found = [likely_clues(text) for text in texts]
    monkeypatch.setattr(likely, "compiled", None)
    assert found == [likely_clues(text) for text in texts]


@needs_it
def test_what_it_is_given_is_looked_at() -> None:
    numbers = (3,) * len(kernel.compiled.GLANCES)
    flags = array("H", bytes(2 * 0x10000))
    with pytest.raises(ValueError, match="other numbers"):
        kernel.compiled.Glance(kernel.tables(), flags, numbers[1:])
    with pytest.raises(ValueError, match="further than it can"):
        kernel.compiled.Glance(kernel.tables(), flags, (99, *numbers[1:]))
    with pytest.raises(ValueError, match="further than it can"):
        kernel.compiled.Glance(kernel.tables(), flags, (*numbers[:-1], 4))
    with pytest.raises(ValueError, match="too short"):
        kernel.compiled.Glance(kernel.tables(), flags[1:], numbers)
    with pytest.raises(ValueError, match="needs the search's tables"):
        kernel.compiled.Glance("tables", flags, numbers)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="at a text"):
        likely._glance().places(b"bytes")  # type: ignore[arg-type]
