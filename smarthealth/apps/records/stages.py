"""The stages that answer one query, each a task, linked by bounded channels.

    searching_patient ─► vector_search ─► building_context ─► generating ─► delivering

The first four send their status when they begin. `generating` passes on the model's text piece by piece, and `delivering`
sends it, so that reading from the model goes on while a piece is on its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import attrs
import trio

from smarthealth.actors import Context, Pipeline, Stage
from smarthealth.actors.pipeline import Emit
from smarthealth.conversation.application import TurnOutput
from smarthealth.llm.errors import ModelProtocolError
from smarthealth.llm.port import ChatEvent, Finished, TextDelta, Usage
from smarthealth.storage.errors import SessionOwnedByAnother
from smarthealth.storage.patients import DOCUMENT_TYPES, PatientInfo
from smarthealth.storage.sessions import Exchange
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .services import Grounds, RecordsServices, Retrieved
from .wire import ErrorDetail, Event, Query, Status, StatusName, StreamStarted, Token

APPLICATION: Final = "records"
SEARCHING: Final[StatusName] = "searching_patient"
VECTOR_SEARCH: Final[StatusName] = "vector_search"
BUILDING: Final[StatusName] = "building_context"
GENERATING: Final[StatusName] = "generating"
DELIVERING: Final = "delivering"
LONGEST_ANSWER: Final = 8 * 1024 * 1024
"""Characters. A model is asked for some thousand tokens; this only keeps a provider that never ends from filling the memory."""


class QueryRefused(Exception):
    """The query cannot be answered, and its client is told why.

    Attributes:
        detail: What the client is told.
    """

    def __init__(self, detail: ErrorDetail) -> None:
        super().__init__(detail.code.name)
        self.detail = detail


@attrs.frozen(kw_only=True)
class Located:
    """The patient, and what was said of them in this session."""

    patient: PatientInfo
    history: tuple[Exchange, ...]


@attrs.frozen(kw_only=True)
class Generated:
    """The model has said all."""

    usage: Usage | None


@attrs.define(eq=False)
class QueryStages:
    """One query on its way through the stages; what it came to is read from here, whatever ended it."""

    services: RecordsServices
    query: Query
    user_id: int
    output: TurnOutput[Event]
    started: float = attrs.field(factory=trio.current_time, init=False)
    timings: dict[str, float] = attrs.field(factory=dict, init=False)
    """Milliseconds by stage."""
    patient: PatientInfo | None = attrs.field(default=None, init=False)
    grounds: Grounds | None = attrs.field(default=None, init=False)
    streaming: bool = attrs.field(default=False, init=False)
    """Whether `stream_start` went out."""
    pieces: list[str] = attrs.field(factory=list, init=False)
    """The tokens that went out."""
    generated: Generated | None = attrs.field(default=None, init=False)
    _length: int = attrs.field(default=0, init=False)

    async def run(self, context: Context) -> None:
        """Answer.

        Raises:
            QueryRefused: It cannot be answered.
            StageTimeout: A stage took too long.
            ModelError: The model failed.
            StorageError: The database failed.
            RetrievalError: The index failed.
        """
        settings = self.services.settings
        pipeline = Pipeline(
            stages=(
                Stage(SEARCHING, self._search_patient, capacity=1),
                Stage(VECTOR_SEARCH, self._retrieve, timeout=settings.vector_search_timeout, capacity=1),
                Stage(BUILDING, self._build, capacity=1),
                Stage(GENERATING, self._generate, timeout=settings.llm_timeout, capacity=1),
                Stage(DELIVERING, self._deliver, capacity=0),
            )
        )
        await pipeline.run(self.query, context=context)

    async def _search_patient(self, query: Query, emit: Emit[Located]) -> None:
        await self._say(SEARCHING)
        with self._timed(SEARCHING):
            services, session = self.services, UUID(query.session_id)
            try:
                await services.sessions.open(session, APPLICATION, self.user_id)
            except SessionOwnedByAnother:
                raise QueryRefused(texts.SESSION_OF_ANOTHER) from None
            self.patient = await services.patients.find(query.document_type_id, query.document_number)
            if self.patient is None:
                code = DOCUMENT_TYPES[query.document_type_id].code
                raise QueryRefused(texts.patient_not_found(code, query.document_number))
            history = await services.sessions.history(
                session, services.settings.history_length, patient_id=self.patient.id
            )
        await emit(Located(patient=self.patient, history=history))

    async def _retrieve(self, located: Located, emit: Emit[Retrieved]) -> None:
        await self._say(VECTOR_SEARCH)
        with self._timed(VECTOR_SEARCH):
            retrieved = await self.services.grounding.retrieve(located.patient, self.query.question, located.history)
        await emit(retrieved)

    async def _build(self, retrieved: Retrieved, emit: Emit[Grounds]) -> None:
        await self._say(BUILDING)
        with self._timed(BUILDING):
            self.grounds = retrieved.build()
        await emit(self.grounds)

    async def _generate(self, grounds: Grounds, emit: Emit[str | Generated]) -> None:
        await self._say(GENERATING)
        with self._timed(GENERATING):
            async with self.services.chat_model.open_stream(grounds.request) as stream:
                async for event in stream:
                    await emit(_read(event))

    async def _deliver(self, piece: str | Generated, emit: Emit[object]) -> None:
        if isinstance(piece, Generated):
            if not self.streaming:
                raise ModelProtocolError("the answer is empty")
            self.generated = piece
        elif piece:
            self._length += len(piece)
            if self._length > LONGEST_ANSWER:
                raise ModelProtocolError("the answer does not end")
            if not self.streaming:
                await self._begin_stream()
            await self.output.send(Token(token=piece, session_id=self.query.session_id))
            self.pieces.append(piece)

    async def _begin_stream(self) -> None:
        timestamp = utc_timestamp(self.services.now())
        await self.output.send(StreamStarted(session_id=self.query.session_id, timestamp=timestamp))
        self.streaming = True
        seconds = trio.current_time() - self.started
        self.timings["first_token"] = _milliseconds(seconds)
        self.services.telemetry.first_token(APPLICATION, seconds)

    async def _say(self, status: StatusName) -> None:
        await self.output.send(Status(status=status, message=texts.STATUS[status]))

    @contextmanager
    def _timed(self, stage: StatusName) -> Iterator[None]:
        began = trio.current_time()
        yield
        seconds = trio.current_time() - began
        self.timings[stage] = _milliseconds(seconds)
        self.services.telemetry.stage_finished(APPLICATION, stage, seconds)


def _read(event: ChatEvent) -> str | Generated:
    if isinstance(event, TextDelta):
        return event.text
    if isinstance(event, Finished):
        return Generated(usage=event.usage)
    raise ModelProtocolError("a tool was called, and none is on offer")


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
