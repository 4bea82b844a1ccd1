"""One query as a turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from smarthealth.apps.records import texts
from smarthealth.apps.records.settings import RecordsSettings
from smarthealth.apps.records.turn import Caller, QueryTurn
from smarthealth.apps.records.wire import (
    Complete,
    ErrorCode,
    ErrorDetail,
    Event,
    Failed,
    PatientSummary,
    StreamEnded,
    StreamStarted,
    Token,
    TokenUsage,
)
from smarthealth.conversation.application import TurnEnd, TurnFailure
from smarthealth.llm.port import ChatEvent, ChatRequest, Finished, TextDelta, Usage
from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.model import IndexState
from smarthealth.storage.audit import AuditLog
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.storage.patients import Patients
from smarthealth.storage.pool import Pool
from smarthealth.storage.sessions import Exchange, Sessions
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Ending, Refusal, Reply
from tests.apps.records.conftest import NOW, SESSION, SOURCE, OpenContext, Sent, World, fail, make_query, play


class TerseModel(ScriptedChatModel):
    """Says just these events."""

    def __init__(self, *events: ChatEvent) -> None:
        super().__init__()
        self._events = events

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        """Say them."""
        send, receive = trio.open_memory_channel[ChatEvent](len(self._events))
        with send:
            for event in self._events:
                send.send_nowait(event)
        async with receive:
            yield receive


def errors(events: list[Event]) -> list[ErrorDetail]:
    """The errors among events."""
    return [event.error for event in events if isinstance(event, Failed)]


async def test_an_answer_is_complete_and_kept(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """The last events are the end of the stream and `complete`, whose text is that of the tokens; both rows are there."""
    world.model.script.add(Reply(text="Fue 6.1 % [1].", usage=Usage(prompt_tokens=9, completion_tokens=4)))
    world.patients.trouble.delay = 0.25
    async with open_context() as context:
        events = await play(world.turn(), context)
    *_, ended, complete = events
    assert ended == StreamEnded(session_id=SESSION, timestamp="2024-12-08T10:30:00.000Z")
    assert isinstance(complete, Complete)
    assert complete.patient_info == PatientSummary(
        patient_id=1, full_name="Laura Morales", document_type="CD", document_number="30.995.750"
    )
    tokens = [event.token for event in events if isinstance(event, Token)]
    assert complete.answer.text == "".join(tokens) == "Fue 6.1 % [1]."
    assert (complete.answer.confidence, complete.answer.model_used) == (0.85, "scripted")
    metadata = complete.metadata
    assert (metadata.total_records_analyzed, metadata.vector_chunks_used) == (25, 5)
    assert metadata.passages_searched
    assert metadata.sources == (SOURCE,)
    assert metadata.usage == TokenUsage(prompt_tokens=9, completion_tokens=4)
    assert metadata.timings_ms == {
        "searching_patient": 250.0,
        "vector_search": 0.0,
        "building_context": 0.0,
        "first_token": 250.0,
        "generating": 0.0,
        "total": 250.0,
    }
    question = make_query().question
    exchange = Exchange(question=question, answer="Fue 6.1 % [1].", patient_id=1, at=NOW)
    assert world.sessions.exchanges == {UUID(SESSION): [exchange]}
    (entry,) = world.audit.entries
    assert (entry.event, entry.outcome, entry.application) == ("query", "completed", "records")
    assert (entry.user_id, entry.address, entry.patient_id) == (7, "192.0.2.7", 1)
    assert (entry.session_id, entry.turn_id, entry.duration) == (UUID(SESSION), "c/query/1", 0.25)
    assert world.telemetry.counts == [4]


async def test_a_provider_that_does_not_count_has_no_usage(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """`usage` is None when the model's stream ended without one."""
    world.model = TerseModel(TextDelta(text="Sí."), Finished(reason="stop"))
    async with open_context() as context:
        *_, complete = await play(world.turn(), context)
    assert isinstance(complete, Complete)
    assert complete.metadata.usage is None


async def test_a_refused_query_keeps_nothing_but_its_row(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """A patient nobody knows is one error with the session, and no stream."""
    async with open_context() as context:
        events = await play(world.turn(document_number="1"), context)
    assert events[-1] == Failed(session_id=SESSION, error=texts.patient_not_found("CD", "1"))
    assert len(events) == 2
    assert world.audit.outcomes == [("query", "PATIENT_NOT_FOUND")]
    assert world.audit.entries[0].patient_id is None
    assert not world.sessions.exchanges
    assert world.telemetry.errors == ["PATIENT_NOT_FOUND"]


@pytest.mark.parametrize(
    "reply", [Refusal(status=500), Reply(ending=Ending.END), Reply(text="a b", ending=Ending.MALFORMED, after=1)]
)
async def test_the_model_s_failures_are_llm_error(
    reply: Reply | Refusal, world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """Before the first token and in the middle of an answer, a model that fails is LLM_ERROR, after the stream's end."""
    world.model.script.add(reply)
    async with open_context() as context:
        with capture_logs() as logs:
            events = await play(world.turn(), context)
    assert errors(events) == [texts.MODEL_FAILED]
    started = any(isinstance(event, StreamStarted) for event in events)
    assert isinstance(events[-2], StreamEnded) == started
    assert [entry["event"] for entry in logs] == ["query_failed"]
    assert world.audit.outcomes == [("query", "LLM_ERROR")]


async def test_a_stream_that_just_stops_is_llm_error(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """An adapter that ends without saying that the answer is whole gave no answer."""
    world.model = TerseModel(TextDelta(text="Sí."))
    async with open_context() as context:
        events = await play(world.turn(), context)
    assert errors(events) == [texts.MODEL_FAILED]
    assert isinstance(events[-2], StreamEnded)


@pytest.mark.parametrize(
    ("error", "detail"),
    [(StorageUnavailable("down"), texts.FAILED), (IndexUnavailable(IndexState.MISSING), texts.SEARCH_UNAVAILABLE)],
)
async def test_storage_that_fails_is_a_processing_error(
    error: Exception, detail: ErrorDetail, world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """The database's or the index's failure has one code, its class in the log, and no word of it for the client."""
    world.grounding.trouble.error = error
    async with open_context() as context:
        with capture_logs() as logs:
            events = await play(world.turn(), context)
    assert errors(events) == [detail]
    assert detail.code is ErrorCode.PROCESSING_ERROR
    assert logs == [
        {"event": "query_failed", "turn": "c/query/1", "error": type(error).__name__, "log_level": "warning"}
    ]


@pytest.mark.parametrize(
    ("failure", "detail", "outcome"),
    [
        (
            TurnFailure(end=TurnEnd.STAGE_TIMEOUT, stage="vector_search"),
            texts.SEARCH_TIMED_OUT,
            "VECTOR_SEARCH_TIMEOUT",
        ),
        (TurnFailure(end=TurnEnd.STAGE_TIMEOUT, stage="generating"), texts.MODEL_TIMED_OUT, "LLM_TIMEOUT"),
        (TurnFailure(end=TurnEnd.TURN_TIMEOUT), texts.REQUEST_TIMED_OUT, "REQUEST_TIMEOUT"),
        (TurnFailure(end=TurnEnd.CANCELLED), texts.CANCELLED, "cancelled"),
        (TurnFailure(end=TurnEnd.INTERRUPTED), texts.CANCELLED, "cancelled"),
        (TurnFailure(end=TurnEnd.CONNECTION_LOST), texts.GOING_AWAY, "cancelled"),
        (TurnFailure(end=TurnEnd.SHUTDOWN), texts.GOING_AWAY, "PROCESSING_ERROR"),
        (TurnFailure(end=TurnEnd.CRASHED), texts.FAILED, "PROCESSING_ERROR"),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
async def test_what_the_engine_sees_has_its_code(
    failure: TurnFailure,
    detail: ErrorDetail,
    outcome: str,
    streaming: bool,
    world: World,
    open_context: OpenContext,
    autojump_clock: MockClock,
) -> None:
    """Each failure ends in its error, `stream_end` first where the stream had started, and leaves its row."""
    world.model.script.add(Reply(text="Fue 6.1", ending=Ending.HANG, first_token_delay=0.0 if streaming else 9.0))
    async with open_context() as context:
        events = await fail(world.turn(), context, failure, after=1.0)
    assert errors(events) == [detail]
    assert isinstance(events[-2], StreamEnded) == streaming
    assert world.audit.outcomes == [("query", outcome)]
    assert not world.sessions.exchanges
    assert world.model.open_streams == 0


async def test_a_turn_that_never_ran_leaves_a_row_too(world: World, autojump_clock: MockClock) -> None:
    """A query that was cancelled while it waited for its turn is in the audit."""
    turn = world.turn()
    failure = TurnFailure(end=TurnEnd.CANCELLED)
    await turn.settle(failure)
    assert turn.ending(failure) == (Failed(session_id=SESSION, error=texts.CANCELLED),)
    assert world.audit.outcomes == [("query", "cancelled")]
    assert world.audit.entries[0].session_id == UUID(SESSION)


async def test_no_answer_without_its_rows(world: World, open_context: OpenContext, autojump_clock: MockClock) -> None:
    """When the exchange or its audit cannot be written, settling fails, so that no `complete` goes out."""
    async with open_context() as context:
        for trouble in (world.sessions.keeping, world.audit.trouble):
            trouble.error = StorageUnavailable("down")
            turn = world.turn()
            await turn.run(Sent(), context)
            with pytest.raises(StorageUnavailable):
                await turn.settle(None)
            trouble.error = None


async def test_a_lost_row_of_a_failed_query_is_logged(
    world: World, open_context: OpenContext, autojump_clock: MockClock
) -> None:
    """A query that failed already keeps its error when the audit fails too, and the loss is noticed."""
    world.audit.trouble.error = StorageUnavailable("down")
    async with open_context() as context:
        with capture_logs() as logs:
            events = await play(world.turn(document_number="1"), context)
    assert errors(events) == [texts.patient_not_found("CD", "1")]
    assert [(entry["event"], entry["outcome"]) for entry in logs] == [("audit_lost", "PATIENT_NOT_FOUND")]


async def test_a_session_is_one_key_however_it_is_spelled() -> None:
    """Upper case names the same session, and another user's key is another."""
    world = World()
    assert world.turn().key == world.turn(session_id=SESSION.upper()).key
    other = QueryTurn(
        world.services, make_query(), Caller(user_id=8, address=None, connection_id="d"), turn_id="d/query/1"
    )
    assert other.key != world.turn().key


async def test_the_whole_turn_has_the_time_that_is_set() -> None:
    """TOTAL_REQUEST_TIMEOUT is the turn's limit."""
    assert World(settings=RecordsSettings(total_request_timeout=5.0)).turn().time_limit == 5.0


async def test_storage_keeps_what_a_turn_keeps(world: World, open_context: OpenContext, pool: Pool) -> None:
    """With the real database: the patient is found, the exchange is in the session and the row in the audit."""
    await pool.execute(
        "insert into app_user (email, full_name, role, password_hash) values ('a@b.c', 'A', 'admin', '')"
    )
    row = await pool.fetch_one("select id from app_user")
    assert row is not None
    patient = await pool.fetch_one(
        "insert into patient (fhir_id, full_name, search_name) values ('p1', 'Laura Morales', 'laura morales') returning id"
    )
    assert patient is not None
    await pool.execute(
        "insert into patient_identifier (document_type, document_number, patient_id, written_as)"
        " values (8, '30995750', %s, '30.995.750')",
        [patient[0]],
    )
    sessions, audit = Sessions(pool), AuditLog(pool)
    world.patients, world.sessions, world.audit = Patients(pool), sessions, audit  # type: ignore[assignment]  # the real ones
    turn = QueryTurn(
        world.services, make_query(), Caller(user_id=row[0], address=None, connection_id="c"), turn_id="c/query/1"
    )
    async with open_context() as context:
        *_, complete = await play(turn, context)
    assert isinstance(complete, Complete)
    assert complete.patient_info.document_number == "30.995.750"
    (exchange,) = await sessions.history(UUID(SESSION), 10)
    assert exchange.answer == complete.answer.text
    (entry,) = await audit.latest(limit=10)
    assert (entry.event, entry.outcome, entry.patient_id) == ("query", "completed", patient[0])
