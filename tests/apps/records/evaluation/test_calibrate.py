"""Fitting the confidence to answers that are known to be right or wrong."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from smarthealth.apps.records.answering.confidence_coefficients import ABSTENTION, ANSWER, Coefficients
from smarthealth.apps.records.answering.entries import Person
from smarthealth.apps.records.answering.evidence import Evidence, assemble
from smarthealth.apps.records.answering.findings import Findings
from smarthealth.apps.records.evaluation import calibrate
from smarthealth.apps.records.evaluation.calibrate import Sample, fit, observe, spoilt, write_coefficients
from smarthealth.apps.records.evaluation.cases import Case, Expected
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.llm.port import ChatMessage, ChatRequest
from smarthealth.retrieval.glossary import load_glossary
from smarthealth.retrieval.model import SearchResult
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply

PRIOR = Coefficients(intercept=0.0, weights={"match": 1.0, "dangling": -2.0})
CASE = Case(
    kind="unanswerable",
    language="es",
    document_type=1,
    document_number="1",
    question="¿Cuál es su grupo sanguíneo?",
    expected=Expected(absent=True),
)


def samples(*, right: int, wrong: int, match: float) -> list[Sample]:
    """So many right and wrong answers of one match."""
    flags = [True] * right + [False] * wrong
    return [Sample(features={"match": match, "dangling": 0.0}, abstains=False, correct=flag) for flag in flags]


def test_without_answers_the_coefficients_stay() -> None:
    """What no answer speaks against keeps its weight."""
    assert fit([], PRIOR, hold=1) == PRIOR
    assert calibrate.calibrate([], hold=1) == (ANSWER, ABSTENTION)


def test_a_weight_moves_towards_what_tells_right_from_wrong() -> None:
    """A feature that right answers have and wrong ones lack gains weight; one that none has keeps it."""
    fitted = fit([*samples(right=90, wrong=10, match=1.0), *samples(right=5, wrong=95, match=0.0)], PRIOR, hold=1)
    assert fitted.weights["match"] > 3
    assert fitted.intercept < -1
    assert fitted.weights["dangling"] == PRIOR.weights["dangling"]


def test_few_answers_move_little() -> None:
    """The greater `hold`, the nearer the coefficients stay to those in use."""
    some = samples(right=0, wrong=20, match=1.0)
    loose, held = (fit(some, PRIOR, hold=hold) for hold in (1, 1000))
    assert loose.weights["match"] < held.weights["match"] <= PRIOR.weights["match"]


def test_fitting_gives_up_after_its_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit ends, near enough or not."""
    monkeypatch.setattr(calibrate, "ROUNDS", 1)
    assert fit(samples(right=1, wrong=9, match=1.0), PRIOR, hold=1).weights["match"] < 1


def test_a_spoilt_question_differs_by_one_word() -> None:
    """A share of the cases comes back with a word that nobody knows; a question without long words cannot be spoilt."""
    (one,) = spoilt([CASE, attrs.evolve(CASE, question="¿Y?")], share=1.0, seed=1)
    assert one.expected == CASE.expected
    assert sorted(one.question) == sorted(CASE.question)
    assert sum(a != b for a, b in zip(one.question.split(), CASE.question.split(), strict=True)) == 1
    assert spoilt([CASE], share=0.0, seed=1) == []


@attrs.frozen
class Grounds:
    """Nothing found."""

    evidence: Evidence
    request: ChatRequest


@pytest.mark.parametrize(
    ("text", "correct"), [("En la historia no consta su grupo sanguíneo.", True), ("Es O+.", False)]
)
async def test_an_answer_becomes_a_sample(text: str, correct: bool) -> None:
    """What a model answers is judged, and its features are kept."""
    question = understand(CASE.question, history=(), today=date(2024, 1, 1), glossary=load_glossary())
    findings = Findings(person=Person(full_name="Laura Morales"), findings=(), records_analyzed=0, names=())
    hits = SearchResult(hits=(), vectors_searched=True)
    evidence = assemble(question, findings, hits, today=date(2024, 1, 1))
    request = ChatRequest(messages=(ChatMessage(role="user", content=CASE.question),))

    sample = await observe(CASE, Grounds(evidence, request), ScriptedChatModel(Reply(text=text)))
    assert sample.correct is correct
    assert sample.abstains is correct
    assert set(ANSWER.weights) <= set(sample.features)


def test_coefficients_are_written_as_they_stand_in_the_module() -> None:
    """What is printed can be put into the module."""
    written = "\n".join(write_coefficients("ANSWER", PRIOR))
    space: dict[str, object] = {"Coefficients": Coefficients}
    exec(written, space)
    assert space["ANSWER"] == PRIOR
