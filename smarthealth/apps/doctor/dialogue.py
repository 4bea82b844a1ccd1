"""What the doctor application does with a client's messages.

Every message is looked at for an emergency first, whatever else is wrong with it and however many came before: with no model,
no database and no limit in the way. An alarm goes out at once; its advice follows as a turn that interrupts all others.
"""

from __future__ import annotations

from typing import Final, Literal
from uuid import uuid4

import attrs
import structlog
import trio
from msgspec import UNSET

from smarthealth.conversation.application import Dialogue, Link, Turn
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.retrieval.remembering import Remembered
from smarthealth.storage.errors import SessionOwnedByAnother, StorageError
from smarthealth.wire.errors import WireError
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .caller import Caller
from .case import Said
from .memory import APPLICATION, Memory
from .profile import PatientProfile, merge_profiles
from .services import Alarm, DoctorServices
from .turn import LOOKED_AT, AnswerTurn, EmergencyTurn, alarm_event
from .wire import (
    CODEC,
    LONGEST_MESSAGE,
    Connected,
    ErrorType,
    Event,
    Failed,
    History,
    Ping,
    Pong,
    Recall,
    SaidBefore,
    Say,
    Status,
    StatusDetails,
    words_of,
)

Role = Literal["user", "assistant"]
SESSIONS_KEPT: Final = 8
"""Sessions of one connection of which the last words are kept at hand for the detection of emergencies."""
WORDS_KEPT: Final = 3
"""Earlier messages of a session that are kept at hand."""
RECALL_LIMIT: Final = 3.0
"""Seconds to read what was said in a session."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen(kw_only=True)
class _AtHand:
    """What was told on this connection in one session."""

    profile: PatientProfile = attrs.field(factory=PatientProfile)
    words: tuple[str, ...] = ()


class DoctorDialogue(Dialogue):
    """One person's connection.

    Args:
        services: What the application works with.
        link: The way back to the client.
        subject: The user whose stored profile is read, None where the path names none.
    """

    def __init__(self, services: DoctorServices, link: Link[Event], subject: int | None = None) -> None:
        self._services = services
        self._link = link
        self._subject = subject
        self._own_session = str(uuid4())
        self._memory = Memory(services.sessions, services.profiles, services.settings.history_length)
        self._at_hand = Remembered[str, _AtHand](SESSIONS_KEPT)

    def opened(self) -> None:
        """Greet, with the session that messages without one belong to."""
        self._link.reply(Connected(session_id=self._own_session, timestamp=self._timestamp()))

    async def received(self, text: str) -> None:
        """Hear an emergency; else answer, recall, or refuse."""
        try:
            command = CODEC.decode(text)
        except WireError as error:
            await self._refuse_unless_emergency(text, error)
            return
        if isinstance(command, Ping):
            self._link.reply(Pong(timestamp=self._timestamp()))
        elif isinstance(command, Recall):
            await self._recall(self._caller(command.session_id))
        else:
            await self._hear(command)

    async def _hear(self, say: Say) -> None:
        caller = self._caller(say.session_id)
        alarm = self._detect(caller, say.message, say.patient_profile)
        if alarm is not None:
            await self._sound(alarm, say.message, caller)
        elif (wait := self._limited()) > 0:
            self._refuse("rate_limit_error", texts.rate_limited(wait), caller, retry_after=round(wait, 1))
        else:
            await self._answer(say, caller)

    async def _answer(self, say: Say, caller: Caller) -> None:
        turn = AnswerTurn(services=self._services, say=say, caller=caller, memory=self._memory)
        await self._start(turn, caller)

    async def _refuse_unless_emergency(self, text: str, error: WireError) -> None:
        """An emergency is heard in a message that breaks the rules, too."""
        words = words_of(text)
        caller = self._caller(None)
        alarm = self._detect(caller, words, None) if words is not None else None
        if alarm is not None and words is not None:
            await self._sound(alarm, words[:LONGEST_MESSAGE], caller)
        else:
            self._refuse(*texts.refused(error), None)

    async def _sound(self, alarm: Alarm, message: str, caller: Caller) -> None:
        """Raise the alarm now, and have the advice follow."""
        for status in LOOKED_AT:
            self._link.reply(Status(status=status, details=StatusDetails(), timestamp=self._timestamp()))
        self._link.reply(alarm_event(alarm, caller, self._timestamp()))
        log.info("emergency", application=APPLICATION, severity=alarm.severity, rules=alarm.rules)
        turn = EmergencyTurn(services=self._services, message=message, alarm=alarm, caller=caller)
        await self._start(turn, caller, urgent=True)

    async def _start(self, turn: Turn[Event], caller: Caller, *, urgent: bool = False) -> None:
        try:
            await self._link.start_turn(turn, urgent=urgent)
        except TurnRefused as refused:
            error_type, message, code = _reason(refused)
            self._refuse(error_type, message, caller, code=code)

    async def _recall(self, caller: Caller) -> None:
        try:
            with trio.fail_after(RECALL_LIMIT):
                said = await self._memory.conversation(caller)
        except SessionOwnedByAnother:
            self._refuse("auth_error", texts.SESSION_OF_ANOTHER, caller)
        except (StorageError, trio.TooSlowError):
            self._refuse("server_error", texts.SERVER_FAILED, caller)
        else:
            messages = tuple(
                SaidBefore(role=role, content=content, timestamp=utc_timestamp(one.at))
                for one in said
                for role, content in _sides(one)
            )
            history = History(session_id=caller.session_name, messages=messages, timestamp=self._timestamp())
            self._link.reply(history)

    def _detect(self, caller: Caller, message: str, told: PatientProfile | None) -> Alarm | None:
        """Look for an emergency, with what was told on this connection before."""
        known = self._at_hand.get(caller.session_name) or _AtHand()
        profile = merge_profiles(known.profile, told) if told is not None else known.profile
        alarm = self._services.detect(message, profile, known.words)
        words = (*known.words, message)[-WORDS_KEPT:]
        self._at_hand.put(caller.session_name, _AtHand(profile=profile, words=words))
        return alarm

    def _limited(self) -> float:
        """Seconds to wait; 0 when the message may go on."""
        principal = self._link.principal
        who = f"user {principal.user_id}" if principal is not None else f"address {self._link.address}"
        limiter = self._services.limiter
        return limiter.take(f"connection {self._link.connection_id}") or limiter.take(who)

    def _caller(self, session: str | None) -> Caller:
        principal = self._link.principal
        return Caller(
            user_id=principal.user_id if principal is not None else None,
            subject=self._subject,
            address=self._link.address,
            connection_id=self._link.connection_id,
            session_name=session or self._own_session,
        )

    def _refuse(
        self,
        error_type: ErrorType,
        message: str,
        caller: Caller | None,
        *,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self._services.telemetry.error(APPLICATION, error_type)
        self._link.reply(
            Failed(
                error_type=error_type,
                message=message,
                timestamp=self._timestamp(),
                session_id=caller.session_name if caller is not None else UNSET,
                code=code if code is not None else UNSET,
                retry_after=retry_after if retry_after is not None else UNSET,
            )
        )

    def _timestamp(self) -> str:
        return utc_timestamp(self._services.now())


def _sides(said: Said) -> tuple[tuple[Role, str], ...]:
    return ("user", said.message), ("assistant", said.answer)


def _reason(refused: TurnRefused) -> tuple[ErrorType, str, str]:
    match refused:
        case TurnBusy():
            return "rate_limit_error", texts.SESSION_BUSY, "SESSION_BUSY"
        case TooManyTurns():
            return "rate_limit_error", texts.TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS"
        case ServerDraining():
            return "server_error", texts.GOING_AWAY, "GOING_AWAY"
        case _:
            return "server_error", texts.SERVER_FAILED, "PROCESSING_ERROR"
