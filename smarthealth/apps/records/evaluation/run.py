"""Asks every case of the application's own parts, as a turn would, and judges the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import trio

from smarthealth.apps.records.services import Grounding, PatientFinder, utc_now
from smarthealth.apps.records.wire import AnswerSource
from smarthealth.llm.port import ChatModel, ChatRequest, TextDelta
from smarthealth.storage.sessions import Exchange

from .cases import Case
from .score import Answer, CitedSource, Verdict, judge

AT_ONCE = 4
"""Cases that are asked at the same time."""


class PatientMissing(Exception):
    """A case's patient was not imported."""


@attrs.frozen(kw_only=True)
class Examiner:
    """Asks and judges."""

    patients: PatientFinder
    grounding: Grounding
    chat_model: ChatModel

    async def examine(self, cases: Sequence[Case], on_verdict: Callable[[Verdict], None]) -> list[Verdict]:
        """Ask every case; verdicts come back in the order of the cases.

        Raises:
            PatientMissing: A case names a patient whom the database lacks.
            StorageError: The database failed.
            RetrievalFailed: The index failed.
            ModelError: The model failed.
        """
        verdicts: dict[int, Verdict] = {}
        waiting = iter(enumerate(cases))
        failures: list[Exception] = []

        async def work() -> None:
            try:
                for number, case in waiting:
                    verdicts[number] = judge(case, await self._answer(case))
                    on_verdict(verdicts[number])
            except Exception as error:
                # kept, so that the first one leaves as itself and not in a group
                failures.append(error)
                nursery.cancel_scope.cancel()

        async with trio.open_nursery() as nursery:
            for number in range(AT_ONCE):
                nursery.start_soon(work, name=f"examine {number}")
        if failures:
            raise failures[0]
        return [verdicts[number] for number in sorted(verdicts)]

    async def _answer(self, case: Case) -> Answer:
        patient = await self.patients.find(case.document_type, case.document_number)
        if patient is None:
            raise PatientMissing(f"nobody with the document {case.document_type}:{case.document_number} was imported")
        said: list[Exchange] = []
        for question in case.earlier:
            before = (await self.grounding.retrieve(patient, question, said)).build()
            said.append(exchanged(patient.id, question, await self._written(before.request)))
        grounds = (await self.grounding.retrieve(patient, case.question, said)).build()
        text = await self._written(grounds.request)
        return Answer(text=text, confidence=grounds.confidence(text), sources=tuple(map(_cited, grounds.sources)))

    async def _written(self, request: ChatRequest) -> str:
        return await written(self.chat_model, request)


async def written(chat_model: ChatModel, request: ChatRequest) -> str:
    """The whole answer of a model; raises `ModelError` when it fails."""
    async with chat_model.open_stream(request) as stream:
        return "".join([event.text async for event in stream if isinstance(event, TextDelta)])


def exchanged(patient_id: int, question: str, answer: str) -> Exchange:
    """What a session remembers of an earlier question."""
    return Exchange(question=question, answer=answer, patient_id=patient_id, at=utc_now())


def _cited(source: AnswerSource) -> CitedSource:
    day = source.date.isoformat() if source.date is not None else None
    return CitedSource(id=source.id, day=day, excerpt=source.excerpt)
