"""One message as a turn: loads what is known, runs the agents, gives each failure its type, keeps what must be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs
import structlog
import trio
from msgspec import UNSET, UnsetType

from smarthealth.actors import Context
from smarthealth.conversation.application import TurnEnd, TurnFailure, TurnOutput
from smarthealth.llm.errors import ModelError
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.errors import SessionOwnedByAnother, StorageError
from smarthealth.storage.sessions import Exchange
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .caller import Caller
from .case import Case
from .memory import APPLICATION, Memory
from .results import SCALE
from .services import Alarm, DoctorServices
from .stages import AlarmRaised, DoctorStages
from .wire import (
    CitedSource,
    Emergency,
    EndMetadata,
    ErrorType,
    Event,
    Failed,
    Say,
    StartMetadata,
    Status,
    StatusDetails,
    StatusName,
    StreamEnded,
    StreamStarted,
    Token,
    TriageSummary,
)

LOOKED_AT: Final[tuple[StatusName, ...]] = ("validating", "checking_emergency")
"""What every turn begins with; both are done by then."""
COMPLETED: Final = "completed"
EMERGENCY: Final = "emergency"
REMEMBERING_LIMIT: Final = 1.0
"""Seconds to remember a turn that did not finish: nobody waits for it, and another may."""
ADVICE_TIME_LIMIT: Final = 30.0
"""Seconds to send the advice in an emergency, which is written already."""

_ENDINGS: Final[Mapping[TurnEnd, tuple[ErrorType, str]]] = {
    TurnEnd.STAGE_TIMEOUT: ("timeout_error", texts.TIMED_OUT),
    TurnEnd.TURN_TIMEOUT: ("timeout_error", texts.TIMED_OUT),
    TurnEnd.CANCELLED: ("server_error", texts.CANCELLED),
    TurnEnd.INTERRUPTED: ("server_error", texts.INTERRUPTED),
    TurnEnd.CONNECTION_LOST: ("server_error", texts.GOING_AWAY),
    TurnEnd.SHUTDOWN: ("server_error", texts.GOING_AWAY),
    TurnEnd.CRASHED: ("server_error", texts.SERVER_FAILED),
}

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class TurnRefusedByRule(Exception):
    """The message is not answered, and its sender is told why.

    Attributes:
        error_type: As the protocol has it.
        message: What is said.
        outcome: For the audit.
    """

    def __init__(self, error_type: ErrorType, message: str, outcome: str) -> None:
        super().__init__(outcome)
        self.error_type: ErrorType = error_type
        self.message = message
        self.outcome = outcome


@attrs.define(eq=False)
class _Kept:
    """What every turn keeps: the exchange in its session, and a row in the audit."""

    services: DoctorServices
    caller: Caller
    began: float = attrs.field(factory=trio.current_time, init=False)

    async def remember(self, question: str, answer: str) -> None:
        """Write both sides of the exchange.

        Raises:
            StorageError: The database failed.
        """
        exchange = Exchange(question=question, answer=answer, patient_id=None, at=self.services.now())
        await self.services.sessions.open(self.caller.session_id, APPLICATION, self.caller.user_id)
        await self.services.sessions.append(self.caller.session_id, exchange)

    async def audit(self, outcome: str) -> None:
        """Write the row.

        Raises:
            StorageError: The database failed.
        """
        entry = AuditEntry(
            event="message",
            outcome=outcome,
            application=APPLICATION,
            user_id=self.caller.user_id,
            address=self.caller.address,
            session_id=self.caller.session_id,
            turn_id=self.caller.connection_id,
            duration=trio.current_time() - self.began,
        )
        await self.services.audit.record(entry)


@attrs.define(eq=False)
class AnswerTurn:
    """The turn of a message that raised no alarm."""

    services: DoctorServices
    say: Say
    caller: Caller
    memory: Memory
    _stages: DoctorStages | None = attrs.field(default=None, init=False)
    _outcome: str = attrs.field(default=COMPLETED, init=False)
    _kept: _Kept = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._kept = _Kept(self.services, self.caller)

    @property
    def key(self) -> str:
        """What may be busy."""
        return self.caller.key

    @property
    def time_limit(self) -> float:
        """Seconds for all of it."""
        return self.services.settings.turn_timeout

    async def run(self, output: TurnOutput[Event], context: Context) -> Sequence[Event]:
        """Answer the message and return its last events."""
        for status in LOOKED_AT:
            await output.send(Status(status=status, details=StatusDetails(), timestamp=self._timestamp()))
        self._stages = stages = DoctorStages(self.services, self.say.enable_agents, self._load, output)
        try:
            await stages.run(context)
        except AlarmRaised as raised:
            return await self._alarm(raised.alarm, stages, output)
        except TurnRefusedByRule as refused:
            return self._fail(refused.error_type, refused.message, refused.outcome)
        except ModelError as error:
            self._log_failure(error)
            return self._fail("agent_error", texts.AGENT_FAILED)
        except StorageError as error:
            self._log_failure(error)
            return self._fail("server_error", texts.SERVER_FAILED)
        return (StreamEnded(timestamp=self._timestamp(), metadata=self._came_to(stages.case)),)

    def ending(self, failure: TurnFailure) -> Sequence[Event]:
        """The events that end the turn after a failure."""
        error_type, message = _ENDINGS[failure.end]
        return self._fail(error_type, message, failure.end.name.lower())

    async def settle(self, failure: TurnFailure | None) -> None:
        """Keep what was said on both sides; of an answer broken off, what was heard of it."""
        stages = self._stages
        said = "".join(stages.pieces) if stages is not None else ""
        if failure is None and self._outcome in (COMPLETED, EMERGENCY):
            await self._kept.remember(self.say.message, said)
            await self._kept.audit(self._outcome)
            return
        outcome = self._outcome if failure is None else failure.end.name.lower()
        with trio.move_on_after(REMEMBERING_LIMIT):
            try:
                if said:
                    await self._kept.remember(self.say.message, said)
                await self._kept.audit(outcome)
            except StorageError as error:
                log.error("turn_not_kept", outcome=outcome, error=type(error).__name__)

    async def _load(self) -> Case:
        """What is known of the person and the conversation.

        Raises:
            AlarmRaised: With what was said before, it is an emergency.
            TurnRefusedByRule: It is not answered.
            StorageError: The database failed.
        """
        services, message = self.services, self.say.message
        language = services.language_of(message)
        try:
            remembered = await self.memory.recall(self.caller, self.say.patient_profile)
        except SessionOwnedByAnother:
            raise TurnRefusedByRule("auth_error", texts.SESSION_OF_ANOTHER, "auth_error") from None
        alarm = services.detect(message, remembered.profile, [said.message for said in remembered.history])
        if alarm is not None:
            raise AlarmRaised(alarm)
        refusal = services.screen(message, language)
        if refusal is not None:
            raise TurnRefusedByRule("safety_violation", refusal.message, refusal.rule)
        return Case(message=message, language=language, profile=remembered.profile, history=remembered.history)

    async def _alarm(self, alarm: Alarm, stages: DoctorStages, output: TurnOutput[Event]) -> Sequence[Event]:
        """Break off what was being said, raise the alarm, and give the advice in the same stream."""
        self._outcome = EMERGENCY
        await output.send(alarm_event(alarm, self.caller, self._timestamp()))
        if not stages.streaming:
            await output.send(emergency_start(alarm, self._timestamp()))
            stages.streaming = True
        separator = "\n\n" if stages.pieces else ""
        for piece in advice_pieces(separator + alarm.advice):
            await output.send(Token(content=piece, timestamp=self._timestamp()))
            stages.pieces.append(piece)
        return (emergency_end(alarm, self.caller, self._timestamp()),)

    def _fail(self, error_type: ErrorType, message: str, outcome: str | None = None) -> Sequence[Event]:
        """The last events of a turn that fails; `stream_end` goes first where `stream_start` went out."""
        self._outcome = outcome or error_type
        self.services.telemetry.error(APPLICATION, error_type)
        failed = Failed(
            error_type=error_type, message=message, timestamp=self._timestamp(), session_id=self.caller.session_name
        )
        stages = self._stages
        if stages is None or not stages.streaming:
            return (failed,)
        metadata = attrs.evolve(self._came_to(stages.case), interrupted=True)
        return StreamEnded(timestamp=self._timestamp(), metadata=metadata), failed

    def _came_to(self, case: Case | None) -> EndMetadata:
        if case is None:
            return EndMetadata(session_id=self.caller.session_name, agents_completed=())
        self.services.telemetry.tokens(APPLICATION, len(self._stages.pieces) if self._stages is not None else 0)
        return EndMetadata(
            session_id=self.caller.session_name,
            agents_completed=case.completed if self.say.enable_agents else (),
            triage=_summary(case),
            sources=_sources(case),
            model_used=self.services.chat_model.name,
        )

    def _timestamp(self) -> str:
        return utc_timestamp(self.services.now())

    def _log_failure(self, error: Exception) -> None:
        # no text of the error: it may quote what must not be in logs
        log.warning("turn_failed", application=APPLICATION, error=type(error).__name__)


@attrs.define(eq=False)
class EmergencyTurn:
    """The advice in an emergency, once the alarm has been raised: it needs neither model nor database."""

    services: DoctorServices
    message: str
    alarm: Alarm
    caller: Caller
    _kept: _Kept = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._kept = _Kept(self.services, self.caller)

    @property
    def key(self) -> str:
        """What may be busy; an urgent turn asks nobody."""
        return self.caller.key

    @property
    def time_limit(self) -> float:
        """Seconds for all of it."""
        return ADVICE_TIME_LIMIT

    async def run(self, output: TurnOutput[Event], context: Context) -> Sequence[Event]:
        """Send the advice and return the last event."""
        await output.send(emergency_start(self.alarm, self._timestamp()))
        for piece in advice_pieces(self.alarm.advice):
            await output.send(Token(content=piece, timestamp=self._timestamp()))
        return (emergency_end(self.alarm, self.caller, self._timestamp()),)

    def ending(self, failure: TurnFailure) -> Sequence[Event]:
        """The stream's end; the alarm itself is out whatever happens."""
        return (emergency_end(self.alarm, self.caller, self._timestamp()),)

    async def settle(self, failure: TurnFailure | None) -> None:
        """Keep the exchange if the database takes it in time; an emergency is answered without it."""
        with trio.move_on_after(REMEMBERING_LIMIT) as scope:
            try:
                await self._kept.audit(EMERGENCY)
                await self._kept.remember(self.message, self.alarm.advice)
            except StorageError as error:
                log.error("emergency_not_kept", error=type(error).__name__)
        if scope.cancelled_caught:
            log.error("emergency_not_kept", error="TooSlow")

    def _timestamp(self) -> str:
        return utc_timestamp(self.services.now())


def alarm_event(alarm: Alarm, caller: Caller, timestamp: str) -> Emergency:
    """The alarm, as the client gets it."""
    return Emergency(
        severity=alarm.severity,
        conditions=alarm.conditions,
        recommendation=alarm.recommendation,
        contacts=alarm.contacts,
        session_id=caller.session_name,
        timestamp=timestamp,
    )


def emergency_start(alarm: Alarm, timestamp: str) -> StreamStarted:
    """Advice follows."""
    return StreamStarted(timestamp=timestamp, metadata=StartMetadata(emergency=True, severity=alarm.severity))


def emergency_end(alarm: Alarm, caller: Caller, timestamp: str) -> StreamEnded:
    """The advice is whole."""
    metadata = EndMetadata(emergency_detected=True, severity=alarm.severity, session_id=caller.session_name)
    return StreamEnded(timestamp=timestamp, metadata=metadata)


def advice_pieces(advice: str) -> list[str]:
    """Advice line by line: it is written already, and there is no time for effects."""
    return advice.splitlines(keepends=True)


def _summary(case: Case) -> TriageSummary | UnsetType:
    if case.triage is None:
        return UNSET
    return TriageSummary(level=case.triage.level, scale=SCALE, reasons=case.triage.reasons)


def _sources(case: Case) -> tuple[CitedSource, ...]:
    return tuple(
        CitedSource(id=number, title=passage.title, section=passage.heading, source=passage.source, url=passage.url)
        for number, passage in enumerate(case.sources, start=1)
    )
