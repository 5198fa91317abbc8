"""What expressions hold for sure: whatever they match has one of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tasks.chars import compiled
from tasks.strip import tables
from tasks.strip.factors import factors_of
from tasks.strip.tables import is_one_of, may_hold, phrase, table

SECTIONS = sorted(table("phrases"))
WAYS = [
    *(
        "船|渡口",
        "(?:渡|船)口",
        "渡口?的船",
        "(?:渡口){2,3}",
        "(?:渡口)?船头",
        "[渡船]口",
        "[^渡]口船",
        r"\s渡\d口船",
        "(?:a|渡口)x+y",
    ),
    *(
        "渡(?!船)口",
        "(?<!大)船头",
        "(?<=渡)口.船",
        "渡.口",
        r"\(渡\)",
        r"[\d渡]口",
        "渡{0,2}口",
        "渡{2}口",
        "k?is",
        "(渡口)船",
        "",
        "渡|",
    ),
    *(r"\u6e21\u53e3", "渡+口", "渡*?口船", "(?>渡口|船头)+", "[]渡]口", "[渡-船]口", r"\.渡", "ß口", "渡口$|^船"),
]


def holds_one(expression: str, text: str) -> bool:
    found = factors_of(expression)
    return found is None or any(factor in text for factor in found)


@pytest.mark.parametrize("expression", WAYS)
@given(st.data())
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
def test_what_a_small_expression_matches_holds_one(expression: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(re.compile(expression, re.IGNORECASE)))
    match = re.compile(expression, re.IGNORECASE).search(text)
    assert match is not None
    assert holds_one(expression, text)


@pytest.mark.parametrize("section", SECTIONS)
@given(st.data())
@settings(max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
def test_what_turns_of_phrase_match_holds_one(section: str, data: st.DataObject) -> None:
    words = data.draw(st.sampled_from(table("phrases")[section]))
    text = data.draw(st.from_regex(re.compile(words, re.IGNORECASE), fullmatch=True))
    assert holds_one(words, text)
    assert may_hold(section, text)
    assert phrase(section).search(text)


@pytest.mark.parametrize("letter", "abcdefghijklmnopqrstuvwxyz")
def test_all_that_is_taken_for_a_letter_is_looked_for(letter: str) -> None:
    plane = "".join(map(chr, range(0x10000)))
    assert factors_of(letter) == frozenset(re.findall(letter, plane, re.IGNORECASE))


def test_what_is_not_known_may_be_anywhere() -> None:
    assert factors_of(r"\d{1,4}") is None
    assert factors_of("渡口|.") is None
    assert tables._signs("pages") is None
    assert may_hold("pages", "渡口")


@pytest.mark.skipif(compiled is None, reason="installed without a C compiler")
def test_most_of_healthy_text_holds_none() -> None:
    assert not may_hold("within", "渡口的船在雾里靠岸。")
    assert not may_hold("own_voice", "渡口的船在雾里靠岸。")


@pytest.mark.parametrize("section", SECTIONS)
@given(st.data())
@settings(max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
def test_a_row_is_one_of_the_turns_of_phrase_by_their_signs(section: str, data: st.DataObject) -> None:
    words = data.draw(st.sampled_from(table("phrases")[section]))
    text = data.draw(st.from_regex(re.compile(words, re.IGNORECASE), fullmatch=True))
    for row in (text, text + "渡口", "渡口" + text):
        assert is_one_of(section, row) == (phrase(section).fullmatch(row) is not None)
