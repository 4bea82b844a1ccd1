"""What the offline model writes for the agents."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.agents.heads import HeadReader
from smarthealth.apps.doctor.agents.offline import compose
from smarthealth.apps.doctor.agents.phrases import phrases_of
from smarthealth.apps.doctor.agents.prompts import build_request
from smarthealth.apps.doctor.agents.roles import make_agents
from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.guardrails.outgoing import OutputBarrier
from smarthealth.apps.doctor.profile import Allergies, PatientProfile
from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold

AGENTS = make_agents()
PEOPLE = (
    PatientProfile(),
    PatientProfile(age=70, chronic_conditions=("diabetes",)),
    PatientProfile(age_months=5),
    PatientProfile(pregnant=True),
    PatientProfile(age=30, allergies=Allergies(drug=("penicillin", "ibuprofen"))),
)
MESSAGES: tuple[tuple[str, Language], ...] = (
    ("I have a persistent cough for 4 weeks", "en"),
    ("sore throat and fever of 39", "en"),
    ("What is a fever?", "en"),
    ("What is a zyzzyva?", "en"),
    ("I feel weird", "en"),
    ("tengo fiebre de 39,8 y dolor de cabeza hace 2 días", "es"),
    ("me duele la garganta", "es"),
    ("¿Qué es la fiebre?", "es"),
    ("me siento raro", "es"),
)


def written(name: str, message: str, language: Language, profile: PatientProfile) -> tuple[Case, str, str]:
    """The case as the agent had it, the head and the prose."""
    case = Case(message=message, language=language, profile=profile)
    case = case.with_sources(AGENTS[name].passages(case))
    reader = HeadReader()
    prose = "".join(map(reader.feed, compose(AGENTS[name].request(case)))) + reader.finish()
    assert reader.head is not None
    return case, reader.head, prose


@pytest.mark.parametrize(("message", "language"), MESSAGES)
@pytest.mark.parametrize("name", sorted(AGENTS))
@pytest.mark.parametrize("profile", PEOPLE)
def test_it_writes_a_head_and_prose_that_the_barrier_lets_through(
    name: str, message: str, language: Language, profile: PatientProfile
) -> None:
    """Each agent for each person: the result reads back, marks point to sources, and nothing had to be taken out."""
    case, head, prose = written(name, message, language, profile)
    assert AGENTS[name].read(head, case) == AGENTS[name].read(None, case)
    assert prose.strip()
    assert {int(mark) for mark in re.findall(r"\[(\d+)\]", prose)} <= set(range(1, len(case.sources) + 1))
    barrier = OutputBarrier(AGENTS[name].read(head, case))
    assert barrier.feed(prose) + barrier.finish() == prose


def test_treatment_ends_with_a_disclaimer_in_the_person_s_language() -> None:
    """Whatever else is said."""
    for message, language in MESSAGES[:2] + MESSAGES[5:7]:
        _, _, prose = written("treatment", message, language, PatientProfile())
        assert prose.endswith(phrases_of(language).closing)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
def test_any_message_is_answered(message: str) -> None:
    """Nothing raises, whatever stands in it."""
    for name in AGENTS:
        written(
            name, message, "es", PatientProfile(chronic_conditions=(message,)) if message.strip() else PatientProfile()
        )


def test_a_caution_is_said_before_advice() -> None:
    """A penicillin allergy comes first where a sore throat is treated."""
    _, head, prose = written("treatment", "I have a sore throat", "en", PEOPLE[-1])
    assert msgspec.json.decode(head)["cautions"]
    assert "penicillin" in fold(prose.split("\n\n")[0])


def test_possibilities_say_what_would_tell_them_apart() -> None:
    """As a list, after a sentence that it is no diagnosis."""
    _, _, prose = written("diagnostic", "I have a persistent cough", "en", PatientProfile())
    first, rest = prose.split("\n\n", 1)
    assert first == phrases_of("en").no_diagnosis
    assert all(line.startswith("- ") for line in rest.splitlines())
    case = Case(message="zyzzyva", language="en", profile=PatientProfile())
    assert phrases_of("en").no_possibilities in "".join(compose(AGENTS["diagnostic"].request(case)))
    told = {"name": "a cold", "likelihood": "likely", "reasons_for": ["cough"], "told_apart_by": [], "n": None}
    bare = "".join(compose(build_request("diagnostic", case, {"possibilities": [told]})))
    assert bare.endswith("- Likely: a cold. What speaks for it: cough.")


def test_the_one_general_answer_says_why_it_is_as_urgent() -> None:
    """Its level comes with the reasons of the rules, in the head and in the prose."""
    _, head, prose = written("general", "I have a sore throat and a fever for 5 days", "en", PatientProfile())
    reasons = msgspec.json.decode(head)["reasons"]
    assert reasons
    assert all(reason in prose.split("\n\n")[0] for reason in reasons)
