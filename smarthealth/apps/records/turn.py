"""One query as a turn: runs the stages, gives each failure its code, and keeps what must be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import attrs
import structlog
import trio

from smarthealth.actors import Context
from smarthealth.conversation.application import TurnEnd, TurnFailure, TurnOutput
from smarthealth.llm.errors import ModelError
from smarthealth.llm.port import Usage
from smarthealth.retrieval.errors import RetrievalError
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.errors import StorageError
from smarthealth.storage.patients import DOCUMENT_TYPES, PatientInfo, display_name
from smarthealth.storage.sessions import Exchange
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .services import Grounds, RecordsServices
from .stages import APPLICATION, GENERATING, VECTOR_SEARCH, Generated, QueryRefused, QueryStages
from .wire import (
    Answer,
    AnswerMetadata,
    Complete,
    ErrorDetail,
    Event,
    Failed,
    PatientSummary,
    Query,
    StreamEnded,
    TokenUsage,
)

COMPLETED: Final = "completed"
"""Outcome in the audit of a query that was answered; else it is the code of the error, or `cancelled`."""

_STAGES_OUT_OF_TIME: Final[Mapping[str | None, ErrorDetail]] = {
    VECTOR_SEARCH: texts.SEARCH_TIMED_OUT,
    GENERATING: texts.MODEL_TIMED_OUT,
}
_ENDINGS: Final[Mapping[TurnEnd, ErrorDetail]] = {
    TurnEnd.TURN_TIMEOUT: texts.REQUEST_TIMED_OUT,
    TurnEnd.CANCELLED: texts.CANCELLED,
    TurnEnd.INTERRUPTED: texts.CANCELLED,
    TurnEnd.CONNECTION_LOST: texts.GOING_AWAY,
    TurnEnd.SHUTDOWN: texts.GOING_AWAY,
    TurnEnd.CRASHED: texts.FAILED,
}
_UNHEARD: Final = frozenset({TurnEnd.CANCELLED, TurnEnd.INTERRUPTED, TurnEnd.CONNECTION_LOST})

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen(kw_only=True)
class Caller:
    """Who asks, and on which connection."""

    user_id: int
    address: str | None
    connection_id: str


@attrs.define(eq=False)
class QueryTurn:
    """The turn of one query."""

    services: RecordsServices
    query: Query
    caller: Caller
    turn_id: str
    """The path of its actor, from the connection down; for the audit."""
    _stages: QueryStages | None = attrs.field(default=None, init=False)
    _error: ErrorDetail | None = attrs.field(default=None, init=False)
    """What its client is told, unless it was answered."""
    _began: float = attrs.field(factory=trio.current_time, init=False)

    @property
    def key(self) -> str:
        """A user's session, however it was spelled: what may be busy."""
        return f"{self.caller.user_id}/{self.query.session_id.lower()}"

    @property
    def time_limit(self) -> float:
        """Seconds for all of it."""
        return self.services.settings.total_request_timeout

    async def run(self, output: TurnOutput[Event], context: Context) -> Sequence[Event]:
        """Answer the query and return its last events."""
        self._stages = stages = QueryStages(self.services, self.query, self.caller.user_id, output)
        try:
            await stages.run(context)
        except QueryRefused as refused:
            return self._fail(refused.detail)
        except ModelError as error:
            self._log_failure(error)
            return self._fail(texts.MODEL_FAILED)
        except RetrievalError as error:
            self._log_failure(error)
            return self._fail(texts.SEARCH_UNAVAILABLE)
        except StorageError as error:
            self._log_failure(error)
            return self._fail(texts.FAILED)
        return self._complete(stages)

    def ending(self, failure: TurnFailure) -> Sequence[Event]:
        """The events that end the query after a failure."""
        return self._fail(_told(failure))

    async def settle(self, failure: TurnFailure | None) -> None:
        """Keep the exchange in its session, and who asked about whom in the audit."""
        outcome = self._outcome(failure)
        try:
            if outcome == COMPLETED:
                await self._remember()
            await self._audit(outcome)
        except StorageError as error:
            if outcome == COMPLETED:
                raise
            # the client hears of the first failure; the missing row must still be noticed
            log.error("audit_lost", turn=self.turn_id, outcome=outcome, error=type(error).__name__)

    def _complete(self, stages: QueryStages) -> Sequence[Event]:
        """The last events of an answer."""
        patient, grounds, generated = stages.patient, stages.grounds, stages.generated
        assert patient is not None
        assert grounds is not None
        if generated is None:
            return self._fail(texts.MODEL_FAILED)
        self.services.telemetry.tokens(APPLICATION, len(stages.pieces))
        text = "".join(stages.pieces)
        stages.timings["total"] = round((trio.current_time() - stages.started) * 1000, 1)
        timestamp = utc_timestamp(self.services.now())
        session_id = self.query.session_id
        return (
            StreamEnded(session_id=session_id, timestamp=timestamp),
            Complete(
                session_id=session_id,
                timestamp=timestamp,
                patient_info=_summary(patient),
                answer=Answer(text=text, confidence=grounds.confidence(text), model_used=self.services.chat_model.name),
                metadata=_metadata(grounds, generated, stages.timings),
            ),
        )

    def _fail(self, detail: ErrorDetail) -> Sequence[Event]:
        """The last events of a query that fails; `stream_end` goes first where `stream_start` went out."""
        self._error = detail
        self.services.telemetry.error(APPLICATION, detail.code.value)
        session_id = self.query.session_id
        failed = Failed(session_id=session_id, error=detail)
        if self._stages is not None and self._stages.streaming:
            return StreamEnded(session_id=session_id, timestamp=utc_timestamp(self.services.now())), failed
        return (failed,)

    def _outcome(self, failure: TurnFailure | None) -> str:
        if failure is None:
            return COMPLETED if self._error is None else self._error.code.value
        return "cancelled" if failure.end in _UNHEARD else _told(failure).code.value

    async def _remember(self) -> None:
        assert self._stages is not None
        assert self._stages.patient is not None
        exchange = Exchange(
            question=self.query.question,
            answer="".join(self._stages.pieces),
            patient_id=self._stages.patient.id,
            at=self.services.now(),
        )
        await self.services.sessions.append(UUID(self.query.session_id), exchange)

    async def _audit(self, outcome: str) -> None:
        stages = self._stages
        entry = AuditEntry(
            event="query",
            outcome=outcome,
            application=APPLICATION,
            user_id=self.caller.user_id,
            address=self.caller.address,
            patient_id=stages.patient.id if stages is not None and stages.patient is not None else None,
            session_id=UUID(self.query.session_id),
            turn_id=self.turn_id,
            duration=trio.current_time() - self._began,
        )
        await self.services.audit.record(entry)

    def _log_failure(self, error: Exception) -> None:
        # no text of the error: it may quote what must not be in logs
        log.warning("query_failed", turn=self.turn_id, error=type(error).__name__)


def _told(failure: TurnFailure) -> ErrorDetail:
    """What the client is told of a failure that the engine saw."""
    if failure.end is TurnEnd.STAGE_TIMEOUT:
        return _STAGES_OUT_OF_TIME[failure.stage]
    return _ENDINGS[failure.end]


def _summary(patient: PatientInfo) -> PatientSummary:
    return PatientSummary(
        patient_id=patient.id,
        full_name=display_name(patient.full_name),
        document_type=DOCUMENT_TYPES[patient.document_type].code,
        document_number=patient.document_number,
    )


def _metadata(grounds: Grounds, generated: Generated, timings: Mapping[str, float]) -> AnswerMetadata:
    return AnswerMetadata(
        total_records_analyzed=grounds.records_analyzed,
        vector_chunks_used=grounds.chunks_used,
        sources=tuple(grounds.sources),
        usage=_usage(generated.usage),
        timings_ms=timings,
        passages_searched=grounds.passages_searched,
    )


def _usage(usage: Usage | None) -> TokenUsage | None:
    if usage is None:
        return None
    return TokenUsage(prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens)
