"""How well passages tell of what is asked."""

from __future__ import annotations

import random
from pathlib import Path

import attrs
import pytest

from smarthealth.apps.support.agents.specs import LEAST_SURENESS, SURE
from smarthealth.apps.support.knowledge.library import Source, manual_sources
from smarthealth.apps.support.knowledge.matching import Matcher
from tests.apps.support.conftest import manual

FACTS = [line.split("\t") for line in (Path(__file__).parent / "facts.tsv").read_text(encoding="utf-8").splitlines()]
UNANSWERED = [
    line.split("\t")[1] for line in (Path(__file__).parent / "unanswered.tsv").read_text(encoding="utf-8").splitlines()
]


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
def test_what_is_not_there_is_not_found_surely(question: str) -> None:
    """In any passage."""
    found = manual().find(question, 1)
    assert not found or found[0].sureness < LEAST_SURENESS


def test_sureness_tells_what_the_manual_answers_from_what_it_does_not() -> None:
    """Of questions about the same car."""
    answered = [manual().find(question, 1)[0].sureness >= SURE for _, question, _ in FACTS]
    sure = [bool(found) and found[0].sureness >= SURE for found in (manual().find(one, 1) for one in UNANSWERED)]
    assert sum(answered) / len(answered) >= 0.9
    assert sum(sure) / len(sure) <= 0.2


def test_questions_held_back_find_what_they_ask_for() -> None:
    """One of forty, chosen by chance: by the others of its fact, though no two were written in the same words."""
    questions = [
        (source, number, asked)
        for source in manual_sources()
        for number, facts in enumerate(source.asked)
        for asked in facts
    ]
    held = random.Random(7).sample(questions, len(questions) // 40)
    without = {(source.id, number, asked) for source, number, asked in held}
    matcher = Matcher(
        [
            attrs.evolve(
                source,
                asked=tuple(
                    tuple(asked for asked in facts if (source.id, number, asked) not in without)
                    for number, facts in enumerate(source.asked)
                ),
            )
            for source in manual_sources()
        ]
    )
    places = [[one.source.section for one in matcher.find(asked, 3)] for _, _, asked in held]
    first = sum(source.section in found[:1] for (source, _, _), found in zip(held, places, strict=True))
    among = sum(source.section in found for (source, _, _), found in zip(held, places, strict=True))
    assert first / len(held) >= 0.42
    assert among / len(held) >= 0.55


def source(identity: str, text: str, kind: str = "text", asked: tuple[str, ...] = (), table: str = "") -> Source:
    """A passage."""
    words = (asked,) if asked else ()
    return Source(id=identity, file="f", title="T", section="S", kind=kind, text=text, asked=words, table=table)


def test_nearness_in_meaning_counts_beside_words() -> None:
    """Of passages that are there; nothing is found by it alone where nothing is asked."""
    matcher = Matcher([source("a", "the wheelbase"), source("b", "the wheelbase")])
    assert [one.source.id for one in matcher.find("wheelbase", 2)] == ["a", "b"]
    assert matcher.find("wheelbase", 1, bonuses={"b": 0.3, "x": 1.0})[0].source.id == "b"
    assert matcher.source("a") is not None
    assert matcher.source("x") is None
    assert len(matcher) == 2
    assert matcher.find("zeppelin", 2, bonuses={"a": 1.0}) == []


def test_a_passage_is_found_by_the_words_in_which_it_is_asked_for() -> None:
    """A slip of the pen forgiven; where it is asked for in several ways it is found once."""
    told = source("a", "Wheelbase 2,680 mm. Track 1,545 mm.", asked=("gondola between the axles",))
    both = attrs.evolve(told, asked=(*told.asked, ("zeppelin",)))
    matcher = Matcher([both, source("b", "Length 4,385 mm.")])
    for question in ("gondola", "gondolla", "zeppelin"):
        assert [one.source.id for one in matcher.find(question, 3)] == ["a"]


def test_a_row_of_another_car_is_not_told() -> None:
    """Before that of the one asked for; nothing is held against a row that is of both, or where both are asked for."""
    plugs = [
        source(name, f"Spark plugs, {name}; Interval: 1", "row") for name in ("1.5 T", "Hybrid", "1.5 T and Hybrid")
    ]
    matcher = Matcher(plugs)

    def first(question: str) -> str:
        return matcher.find(question, 1)[0].source.id

    assert first("spark plugs of the hybrid") == "Hybrid"
    assert first("spark plugs of the 1.5") == "1.5 T"
    assert first("spark plugs of the 1.5 and the hybrid") == "1.5 T and Hybrid"


def test_a_row_of_the_kind_that_is_asked_for_goes_first() -> None:
    """And a find is less sure where it holds no such value."""
    rows = [
        source("when", "Oil; Interval: every 2 years", "row"),
        source("how much", "Oil; Capacity: 4.7 litres", "row"),
    ]
    matcher = Matcher(rows)
    assert matcher.find("how often oil", 1)[0].source.id == "when"
    assert matcher.find("how much oil", 1)[0].source.id == "how much"
    (known,), (unknown,) = (Matcher(rows[:1]).find(question, 1) for question in ("how often oil", "how much oil"))
    assert known.sureness > unknown.sureness


def test_rows_that_are_alike_take_nothing_from_each_other() -> None:
    """Both are told, so that one is found as surely as alone."""
    few, full = (
        attrs.evolve(source(load, f"Rim 16; Load: {load}", "row", table="t"), name=f"Rim 16; Load: {load}")
        for load in ("light", "heavy")
    )
    other = source("other", "Rim 16; Load: heavy", "row")
    (alike, _), (different, _) = (Matcher([few, one]).find("rim 16", 2) for one in (full, other))
    assert alike.sureness > different.sureness


def test_a_find_says_what_is_to_the_point() -> None:
    """Of a text the sentences, of a row the table that it is of, whole; and how much of the question it names."""
    table = source("t", "Rim | Size\nAire | 16\nCumbre | 18", "table")
    row = source("r", "Rim Cumbre; Size: 18", "row", table="t")
    text = source("x", "One two three four five. " * 4 + "The winch is quite blue.")
    matcher = Matcher([table, row, text])
    (found,) = matcher.find("winch zeppelin", 1)
    assert found.point.endswith("The winch is quite blue.")
    assert 0 < found.coverage < 1
    assert matcher.find("rim of the Cumbre", 1)[0].table == table.text
    assert matcher.find("of the what", 1) == [] or matcher.find("of the what", 1)[0].coverage == 1
