"""How well passages tell of what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.matching import Matcher
from tests.apps.support.conftest import manual

FACTS = [line.split("\t") for line in (Path(__file__).parent / "facts.tsv").read_text(encoding="utf-8").splitlines()]


def test_facts_are_found_in_other_words() -> None:
    """In both languages: mostly as the first passage, nearly always among three."""
    first = among = 0
    for _, question, fact in FACTS:
        found = [one.source.text for one in manual().find(question, 3)]
        first += fact in found[0] if found else False
        among += any(fact in text for text in found)
    assert first / len(FACTS) >= 0.8
    assert among / len(FACTS) >= 0.9


@pytest.mark.parametrize("question", ["what brand of coffee do you like", "", "capital of France"])
def test_what_is_not_there_is_not_covered(question: str) -> None:
    """By any passage."""
    found = manual().find(question, 1)
    assert not found or found[0].coverage < 0.5
    assert not manual().knows("xyzzy")


def source(identity: str, text: str, kind: str = "text") -> Source:
    """A passage."""
    return Source(id=identity, file="f", title="T", section="S", kind=kind, text=text)


def test_nearness_in_meaning_counts_beside_words() -> None:
    """Of passages that are there; nothing is found by it alone where nothing is asked."""
    matcher = Matcher([source("a", "the wheelbase"), source("b", "the wheelbase")])
    assert [one.source.id for one in matcher.find("wheelbase", 2)] == ["a", "b"]
    assert matcher.find("wheelbase", 1, bonuses={"b": 0.3, "x": 1.0})[0].source.id == "b"
    assert matcher.source("a") is not None
    assert matcher.source("x") is None
    assert len(matcher) == 2
    assert matcher.knows("wheelbase")
    assert matcher.find("please", 2, bonuses={"a": 1.0}) == []


def test_how_and_where_prefer_text_that_tells_it() -> None:
    """Before a row that names the thing as often."""
    matcher = Matcher(
        [source("row", "First aid kit; How: date", "row"), source("text", "The first aid kit is in the boot.")]
    )
    assert matcher.find("where is the first aid kit?", 1)[0].source.id == "text"
    matcher = Matcher([source("row", "Clock; Kind: digital", "row"), source("text", "Clock: choose Settings.")])
    assert matcher.find("how do I set the clock?", 1)[0].source.id == "text"
