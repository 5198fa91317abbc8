"""Sets and forms of characters: compiled and uncompiled they find the same, also beyond the basic plane."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tasks import chars
from tasks.chars import CharMap, CharPairs, CharRows, CharSet, CharWeights, TextPairs, members
from tasks.decode import score
from tasks.decode.score import mean_cost
from tasks.script.fold import simplified

needs_it = pytest.mark.skipif(chars.compiled is None, reason="installed without a C compiler")
SETS = {
    "marks": ("[，。、\n]", 1, 0),
    "not usual": ("[^\n -~\u3400-\u9fff]", 0x10000, 0x10FFFF),
    "hanzi of all planes": ("[\u3400-\u9fff\U00020000-\U000323af]", 0x20000, 0x323AF),
    "Latin-1": ("[\x80-\xff]", 1, 0),
}
# Texts of one, two and four bytes a character.
TEXTS = st.one_of(
    st.text("ab ,\n\xe9\xff\0", max_size=30),
    st.text("春夏國学，。、\n a\ud800\uffff１Ａ", max_size=30),
    st.text("春國，。a\U00010000\U0001f600\U00020000\U000323af\U000323b0\U0010ffff", max_size=30),
)


PLANE = [code % 13 for code in range(0x10000)]
MAPS = {
    "simplified": (simplified(), 0x20000, 0x323AF),
    "letters": ({ord("a"): "b", ord(","): "，", 0xE9: "é", 0x1F600: "a"}, 0x1F600, 0x1F600),
    "none beyond": ({ord("１"): "1", ord("春"): "\U00020000"}, 1, 0),
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chars, "_PAYS", -1)


@contextmanager
def uncompiled() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chars, "compiled", None)
        yield


@needs_it
@pytest.mark.parametrize("name", SETS)
@given(TEXTS, st.integers(0, 40), st.integers(1, 3), st.integers(0, 2))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_set_is_what_its_expression_matches(name: str, text: str, start: int, count: int, gap: int) -> None:
    longer = re.compile(SETS[name][0] * count + ".?[ab，]")

    def found() -> object:
        one = CharSet(*SETS[name])
        spans = [match.span() for match in one.matches(longer, text, count)]
        return one.find(text, start, count, gap), one.count(text), spans

    made = found()
    with uncompiled():
        assert made == found()


@needs_it
@pytest.mark.parametrize("name", SETS)
@given(TEXTS, st.integers(0, 40), st.integers(1, 3), st.integers(0, 2), st.integers(0, 9), st.integers(0, 20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_rows_are_found_the_same(name: str, text: str, start: int, count: int, gap: int, each: int, over: int) -> None:
    weights = {char: ord(char) % 13 for char in text}

    def found() -> object:
        rows = CharRows(SETS[name][0], weights, lambda: PLANE, *SETS[name][1:])
        return rows.find(text, start, count, gap, each, over)

    made = found()
    with uncompiled():
        assert made == found()


SIGNS = st.sets(st.text("ab ,春夏國学，。\0\uffff", min_size=1, max_size=2), max_size=12)


@needs_it
@given(SIGNS, TEXTS, st.integers(0, 6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pairs_are_counted_the_same(signs: set[str], text: str, most: int) -> None:
    signs -= {"\0\0"}
    found = CharPairs(signs).count(text, most)
    places = [at for sign in signs for at in range(len(text)) if text.startswith(sign, at)]
    first = min((at for at in places if at >= most), default=-1)
    assert CharPairs(signs).find(text, most) == first
    with uncompiled():
        assert CharPairs(signs).count(text, most) == found == min(most, len(places))
        assert CharPairs(signs).find(text, most) == first


@needs_it
@pytest.mark.parametrize("name", MAPS)
@given(TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_characters_become_the_same(name: str, text: str) -> None:
    found = CharMap(*MAPS[name]).of(text)
    assert found == text.translate(MAPS[name][0])
    with uncompiled():
        assert found == CharMap(*MAPS[name]).of(text)


@needs_it
@pytest.mark.parametrize("name", MAPS)
def test_all_characters_become_the_same(name: str) -> None:
    planes = ["".join(map(chr, range(first, first + 0x10000))) for first in (0, 0x10000, 0x20000)]
    for text in (*planes, "".join(planes), planes[0] + "\U0001f64f", planes[0] * 17):
        assert CharMap(*MAPS[name]).of(text) == text.translate(MAPS[name][0])
        with uncompiled():
            assert CharMap(*MAPS[name]).of(text) == text.translate(MAPS[name][0])


@needs_it
@given(TEXTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_costs_are_the_same(text: str) -> None:
    made = mean_cost(text)
    for cached in (score._weights, score._costs):
        cached.cache_clear()
    with uncompiled():
        assert made == mean_cost(text)
    score._weights.cache_clear()


@needs_it
def test_all_characters_cost_the_same() -> None:
    weights, plane = score.Tenths(), score.tenths_of_all()
    assert [weights[chr(code)] for code in range(0x10000)] == plane


def test_tables_are_made_once_they_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chars, "_PAYS", 5)
    heavy, wide = CharWeights(dict.fromkeys("，春", 2), lambda: [2] * 0x10000), CharMap({ord(","): "，"})
    for made in (None, None, chars.compiled):
        assert (heavy.of("春，"), wide.of("春,")) == (4, "春，")
        assert (heavy._made is None) == (made is None)
        assert (wide._made is None) == (chars.compiled is None)


def members_of(pattern: str) -> str:
    plane = "".join(map(chr, range(0x10000)))
    return "".join(re.findall(pattern, plane))


@pytest.mark.parametrize(
    "pattern",
    [
        *("[]a]", "[^]a]", "[a-]", "[-a]", "[a^]", "[a-c-e]", r"[\]-a]", r"[\x41-\u0045\.]", "於", "[c-ea-dd-d]"),
        *(r"[a\-c]", r"[\--/]", r"[\s]", r"[\da]", ".", r"\s", r"\.", "[^\0-\uffff]", "[\ud800-\udfff]", "[\n-\r]"),
        *("[\U00020000-\U000323af春]", "[春-\U00020000]", "[^春-\U00020000]", "[a]|b", "[a](?=.|$)"),
    ],
)
def test_members_of_a_class_are_what_it_matches(pattern: str) -> None:
    assert members(pattern) == members_of(pattern)


@given(st.text("abz-^]\\.春夏學\0\n\uffff\U00020000", min_size=1, max_size=8))
@settings(deadline=None)
def test_members_of_any_class_are_what_it_matches(inside: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            pattern = re.compile(f"[{inside}]").pattern
            re.fullmatch(pattern, "a")
    except (re.error, FutureWarning):
        return
    assume(inside != "^" and len(pattern) > 2)
    assert members(pattern) == members_of(pattern)


@given(
    st.lists(st.text("ab渡口船\n\0\U00020000", max_size=9), max_size=4),
    st.lists(st.text("ab渡口船\n\0", min_size=2, max_size=2), max_size=4),
)
def test_pairs_of_texts_are_those_that_stand_in_one(texts: list[str], pairs: list[str]) -> None:
    stand = sum(any(pair in text for text in texts) for pair in pairs)
    assert TextPairs(texts).count(pairs) == stand
    with uncompiled():
        assert TextPairs(texts).count(pairs) == stand


def test_pairs_of_a_long_text() -> None:
    text = "".join(map(chr, range(0x4E00, 0x9F00))) * 2
    assert TextPairs([text]).count(["一丁", "丁一", "\u9eff一"]) == 2


@needs_it
def test_what_it_is_given_is_looked_at() -> None:
    marks = chars.compiled.Set("，。", 1, 0)
    with pytest.raises(TypeError, match="characters are those of a text"):
        marks.find(b"bytes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="characters are those of a text"):
        marks.count(b"bytes")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a text to look in is missing"):
        marks.find()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="more arguments"):
        marks.find("春", 0, 1, 2, 3)  # type: ignore[call-arg]
    for start, count, gap in ((-1, 1, 0), (0, 0, 0), (0, 1, -1)):
        with pytest.raises(ValueError, match="from 0 on, one at least"):
            marks.find("春", start, count, gap)
    with pytest.raises(TypeError):
        marks.find("春", "0")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="becomes one"):
        chars.compiled.Forms("春", 1, 0)
    with pytest.raises(ValueError, match="a weight of two bytes"):
        chars.compiled.Weights(b"\0")
    with pytest.raises(ValueError, match="a weight of two bytes"):
        chars.compiled.Rows("春", 1, 0, b"\0")
    rows = chars.compiled.Rows("春", 1, 0, bytes(0x20000))
    for arguments in ((-1, 1, 0, 0, 0), (0, 0, 0, 0, 0), (0, 1, -1, 0, 0), (0, 1, 0, -1, 0), (0, 1, 0, 0, 2**40)):
        with pytest.raises(ValueError, match="rows are looked for from 0 on"):
            rows.find("春", *arguments)
    with pytest.raises(TypeError, match="characters are those of a text"):
        chars.compiled.Weights(bytes(2 * 0x10000)).of(b"bytes")  # type: ignore[arg-type]
    assert marks.find("春，", 99) == -1
    with pytest.raises(ValueError, match="one or two characters"):
        CharPairs({"春夏秋"})
    for pairs, alone in (("春", ""), ("\0\0", ""), ("春\U00020000", ""), ("\U00020000春", ""), ("", "\U00020000")):
        with pytest.raises(ValueError, match="two characters each"):
            chars.compiled.Pairs(pairs, alone)
    with pytest.raises(ValueError, match="no more than"):
        chars.compiled.Pairs("春夏" * 0x8001, "")
    with pytest.raises(TypeError, match="characters are those of a text"):
        chars.compiled.Pairs("春夏", "").count(b"bytes", 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a number are wanted"):
        chars.compiled.Pairs("春夏", "").count("春")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        chars.compiled.Pairs("春夏", "").count("春", "1")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="0 or more"):
        chars.compiled.Pairs("春夏", "").find("春", -1)
