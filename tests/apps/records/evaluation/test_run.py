"""Cases are asked as a turn asks, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs
import pytest
import trio

from smarthealth.apps.records.evaluation.cases import Case, Expected
from smarthealth.apps.records.evaluation.run import AT_ONCE, Examiner, PatientMissing
from smarthealth.apps.records.evaluation.score import CitedSource, Verdict
from smarthealth.apps.records.wire import AnswerSource
from smarthealth.llm.errors import ModelUnavailable
from smarthealth.llm.port import ChatMessage, ChatRequest
from smarthealth.storage.patients import PatientInfo
from smarthealth.storage.sessions import Exchange
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Refusal, Reply


@attrs.frozen
class Grounds:
    """One dated source and one without a date."""

    request: ChatRequest
    sources: Sequence[AnswerSource] = (
        AnswerSource(id=1, type="observation", date=date(2024, 3, 12), score=1.0, excerpt="6.6 %", record="o/1"),
        AnswerSource(id=2, type="document", date=None, score=1.0, excerpt="a note", record="d/1"),
    )
    records_analyzed: int = 2
    chunks_used: int = 0
    passages_searched: bool = True

    def build(self) -> Grounds:
        """Itself."""
        return self

    def confidence(self, text: str) -> float:
        """More for a longer text."""
        return len(text) / 100


class World:
    """Patients whose document number is their own number, and a record that knows the question alone."""

    def __init__(self) -> None:
        self.asking = 0
        self.most_asking = 0
        self.remembered: list[tuple[str, ...]] = []

    async def find(self, document_type: int, document_number: str) -> PatientInfo | None:
        """A patient, unless the number is 0."""
        if document_number == "0":
            return None
        return PatientInfo(
            id=int(document_number),
            full_name="Laura Morales",
            document_type=document_type,
            document_number=document_number,
            birth_date=None,
            birth_precision=None,
            gender=None,
            deceased=False,
            died_on=None,
        )

    async def retrieve(self, patient: PatientInfo, question: str, history: Sequence[Exchange]) -> Grounds:
        """Later patients' records are found sooner."""
        self.remembered.append(tuple(exchange.question for exchange in history))
        self.asking += 1
        self.most_asking = max(self.most_asking, self.asking)
        await trio.sleep(10 - patient.id)
        self.asking -= 1
        return Grounds(ChatRequest(messages=(ChatMessage(role="user", content=f"{question} {patient.id}"),)))


def case(number: int) -> Case:
    """A case about the patient of a number, whose latest value is that number."""
    return Case(
        kind="latest",
        language="es",
        document_type=8,
        document_number=str(number),
        question="¿último valor?",
        expected=Expected(numbers=(float(number),), source_days=("2024-03-12",)),
    )


def tell_number(request: ChatRequest) -> Reply:
    """A model that says what the prompt holds."""
    return Reply(text=f"El valor fue {request.messages[0].content.split()[-1]} [1].")


async def test_verdicts_come_in_the_order_of_the_cases(autojump_clock: trio.abc.Clock) -> None:
    """Whichever answer is there first, verdicts are in order, and the listener hears each as it comes."""
    heard: list[Verdict] = []
    world = World()
    examiner = Examiner(patients=world, grounding=world, chat_model=ScriptedChatModel(rule=tell_number))
    verdicts = await examiner.examine([case(number) for number in (1, 2, 3, 4, 5, 6)], heard.append)
    assert [verdict.case.document_number for verdict in verdicts] == ["1", "2", "3", "4", "5", "6"]
    assert all(verdict.correct and verdict.source_hit for verdict in verdicts)
    assert sorted(heard, key=lambda verdict: verdict.case.document_number) == verdicts != heard
    assert world.most_asking == AT_ONCE


async def test_an_answer_is_what_a_client_would_get() -> None:
    """Text, confidence and sources are those of the application; a source without a date has none."""
    world = World()
    examiner = Examiner(patients=world, grounding=world, chat_model=ScriptedChatModel(Reply(text="nada")))
    (verdict,) = await examiner.examine([case(10)], lambda _: None)
    assert (verdict.answer.text, verdict.answer.confidence, verdict.correct) == ("nada", 0.04, False)
    assert verdict.answer.sources == (
        CitedSource(id=1, day="2024-03-12", excerpt="6.6 %"),
        CitedSource(id=2, day=None, excerpt="a note"),
    )


async def test_earlier_questions_of_the_session_are_asked_first() -> None:
    """A question that leans on another is asked after it, with what was said in mind."""
    world = World()
    examiner = Examiner(patients=world, grounding=world, chat_model=ScriptedChatModel(rule=tell_number))
    await examiner.examine([attrs.evolve(case(10), earlier=("¿peso?", "¿talla?"))], lambda _: None)
    assert world.remembered == [(), ("¿peso?",), ("¿peso?", "¿talla?")]


async def test_the_first_failure_ends_it_as_itself(autojump_clock: trio.abc.Clock) -> None:
    """A patient whom nobody imported or a model that fails ends the examination, with no group around the error."""
    world = World()
    missing = Examiner(patients=world, grounding=world, chat_model=ScriptedChatModel())
    with pytest.raises(PatientMissing, match="8:0"):
        await missing.examine([case(1), case(0), case(0)], lambda _: None)
    failing = Examiner(patients=world, grounding=world, chat_model=ScriptedChatModel(Refusal(status=503)))
    with pytest.raises(ModelUnavailable):
        await failing.examine([case(10)], lambda _: None)
