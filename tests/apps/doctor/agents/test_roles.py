"""The agents: what each looks up, asks and reads."""

from __future__ import annotations

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.agents.prompts import read_prompt
from smarthealth.apps.doctor.agents.roles import (
    LONGEST_TEXT,
    MOST_POSSIBILITIES,
    MOST_REASONS,
    _exact_text,
    make_agents,
)
from smarthealth.apps.doctor.case import Case, Said
from smarthealth.apps.doctor.profile import Allergies, PatientProfile
from smarthealth.apps.doctor.results import LEVELS
from smarthealth.testing.fuzzing import json_values
from tests.apps.doctor.conftest import NOW

AGENTS = make_agents()
THROAT = Case(
    message="I have a sore throat and fever",
    language="en",
    profile=PatientProfile(allergies=Allergies(drug=("penicillin",))),
)
HEADS = st.one_of(
    st.none(),
    st.text(max_size=80),
    json_values().map(lambda value: msgspec.json.encode(repr(value)).decode()),
    st.fixed_dictionaries(
        {},
        optional={
            name: st.none()
            | st.integers()
            | st.text(max_size=5)
            | st.lists(st.text(max_size=3) | st.none(), max_size=3)
            for name in (
                "level",
                "reasons",
                "possibilities",
                "self_care",
                "see_professional",
                "warning_signs",
                "cautions",
            )
        },
    ).map(lambda value: msgspec.json.encode(value).decode()),
    st.sampled_from(
        ["{", "[]", '{"a":' * 1500, "[" * 8000, '{"level": "VI", "reasons": []}', '{"possibilities": [null]}']
    ),
)


def prepared(name: str, case: Case = THROAT) -> Case:
    """The case as an agent gets it."""
    return case.with_sources(AGENTS[name].passages(case))


def head(**values: object) -> str:
    """A head of a model's answer."""
    return msgspec.json.encode(values).decode()


@given(HEADS, st.sampled_from(sorted(AGENTS)))
def test_whatever_a_model_writes_is_read(text: str | None, name: str) -> None:
    """Nothing raises; what cannot be read leaves the rules' own result, and no level is less urgent than theirs."""
    own = AGENTS[name].read(None, THROAT)
    case = AGENTS[name].read(text, THROAT)
    if own.triage is not None:
        assert case.triage is not None
        assert LEVELS.index(case.triage.level) <= LEVELS.index(own.triage.level)


def test_triage_may_find_a_case_more_urgent_and_not_less() -> None:
    """The model's level counts upwards alone; its reasons are few."""
    rules = AGENTS["triage"].read(None, THROAT).triage
    worse = AGENTS["triage"].read(head(level="I", reasons=["x"] * 20), THROAT).triage
    better = AGENTS["triage"].read(head(level="INFO", reasons=["all is well"]), THROAT).triage
    assert worse is not None
    assert (worse.level, len(worse.reasons)) == ("I", MOST_REASONS)
    assert better == rules
    general = AGENTS["general"].read(head(level="II", reasons=["x" * 900]), THROAT).triage
    assert general is not None
    assert (general.level, len(general.reasons[0])) == ("II", LONGEST_TEXT)


def test_a_question_in_general_ends_with_triage() -> None:
    """Nobody is ill, so the others have nothing to do."""
    case = attrs.evolve(THROAT, message="What is a fever?")
    assert AGENTS["triage"].read(None, case).is_over
    assert not AGENTS["triage"].read(None, THROAT).is_over


def test_possibilities_are_ranked_and_few() -> None:
    """The model's where it names some, else the articles'."""
    own = AGENTS["diagnostic"].read(None, THROAT).diagnostic
    assert own is not None
    assert 0 < len(own.possibilities) <= MOST_POSSIBILITIES
    told = [{"name": f"n{n}", "likelihood": "possible"} for n in range(9)]
    read = AGENTS["diagnostic"].read(head(possibilities=told), THROAT).diagnostic
    assert read is not None
    assert [one.name for one in read.possibilities] == [f"n{n}" for n in range(MOST_POSSIBILITIES)]
    assert AGENTS["diagnostic"].read(head(possibilities=[]), THROAT).diagnostic == own


def test_no_caution_of_the_rules_is_lost() -> None:
    """A model that forgets the allergy does not make it forgotten."""
    own = AGENTS["treatment"].read(None, THROAT).treatment
    assert own is not None
    assert own.self_care
    assert own.warning_signs
    assert any("penicillin" in caution for caution in own.cautions)
    text = head(self_care=["rest"], see_professional=[], warning_signs=[], cautions=["mine"])
    read = AGENTS["treatment"].read(text, THROAT).treatment
    assert read is not None
    assert read.cautions == (*own.cautions, "mine")


@pytest.mark.parametrize("name", sorted(AGENTS))
def test_each_rests_on_sections_of_articles(name: str) -> None:
    """Its facts name the numbers of the sources that hold them; it looks up what was said before as well, unless that is another matter."""
    agent, case = AGENTS[name], prepared(name)
    facts = read_prompt(agent.request(case)).facts
    numbers = {
        one["n"] for value in facts.values() if isinstance(value, list) for one in value if isinstance(one, dict)
    }
    assert numbers <= set(range(1, len(case.sources) + 1))
    assert numbers
    followed = attrs.evolve(THROAT, history=(Said(message="and a cough", answer="x", at=NOW),))
    assert agent.query(followed) == "I have a sore throat and fever and a cough"
    assert agent.query(THROAT) == THROAT.message
    other = attrs.evolve(followed, message="my nails are brittle")
    assert agent.query(other) == "my nails are brittle"


def test_a_source_that_the_case_has_not_got_has_no_number() -> None:
    """No mark is made up for it."""
    facts = read_prompt(AGENTS["treatment"].request(THROAT)).facts
    assert {one["n"] for one in facts["self_care"]} == {None}


def test_a_text_of_a_result_is_text_and_short() -> None:
    """A number is not made into one; what is too long is cut."""
    with pytest.raises(TypeError):
        _exact_text(3, str)
    assert len(_exact_text("x" * (LONGEST_TEXT + 1), str)) == LONGEST_TEXT
