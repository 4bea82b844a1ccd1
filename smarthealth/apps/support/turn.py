"""One message as a turn: answers it, gives each failure its code, keeps what must be kept. HTTP takes the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid4

import attrs
import structlog
import trio
from msgspec import UNSET

from smarthealth.actors import Context
from smarthealth.conversation.application import TurnEnd, TurnFailure, TurnOutput
from smarthealth.llm.errors import ModelError
from smarthealth.llm.port import Image
from smarthealth.retrieval.language import language_of
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.customers import CustomerOfAnother
from smarthealth.storage.dialogues import Conversation, Message
from smarthealth.storage.errors import SessionOwnedByAnother, StorageError

from . import texts
from .busy import SessionBusy
from .caller import APPLICATION, Caller
from .case import Case, Work
from .maintenance.tools import Counter
from .services import SupportServices
from .stages import SupportStages, agents_of
from .state import read_state, write_state
from .wire import (
    AnswerContext,
    AnswerMetadata,
    Citation,
    Code,
    Complete,
    Event,
    Failed,
    HandedOff,
    OtherTyping,
    PersonSaid,
)

COMPLETED: Final = "completed"
PERSON: Final = "person"
EXCERPT: Final = 300
"""Characters of a source that a client is shown."""
REMEMBERING_LIMIT: Final = 1.0
"""Seconds to remember a turn that did not finish: nobody waits for it, and another may."""
_FORWARDED: Final[Mapping[str, str]] = {
    "en": "Your message was passed on to the person who is helping you.",
    "es": "Su mensaje fue entregado a la persona que lo atiende.",
}
_ENDINGS: Final[Mapping[TurnEnd, tuple[Code, str]]] = {
    TurnEnd.STAGE_TIMEOUT: ("PROCESSING_ERROR", texts.TIMED_OUT),
    TurnEnd.TURN_TIMEOUT: ("PROCESSING_ERROR", texts.TIMED_OUT),
    TurnEnd.CANCELLED: ("CANCELLED", texts.CANCELLED),
    TurnEnd.INTERRUPTED: ("CANCELLED", texts.INTERRUPTED),
    TurnEnd.CONNECTION_LOST: ("GOING_AWAY", texts.GOING_AWAY),
    TurnEnd.SHUTDOWN: ("GOING_AWAY", texts.GOING_AWAY),
    TurnEnd.CRASHED: ("PROCESSING_ERROR", texts.FAILED),
}

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class _Repeated(Exception):
    """The message was answered already.

    Attributes:
        answer: What was said.
    """

    def __init__(self, answer: Message) -> None:
        super().__init__("repeated")
        self.answer = answer


class _Forwarded(Exception):
    """A person has joined the session and has the message now."""


@attrs.frozen(kw_only=True)
class Asked:
    """What is to be answered."""

    message: str
    message_id: UUID = attrs.field(factory=uuid4)
    images: tuple[Image, ...] = ()
    partial: bool = True
    replaces: bool = False
    """Whether the session is cut from this message on first: it is asked anew."""


@attrs.define(eq=False)
class AnswerTurn:
    """The turn of one message."""

    services: SupportServices
    asked: Asked
    caller: Caller
    _stages: SupportStages | None = attrs.field(default=None, init=False)
    _outcome: str = attrs.field(default=COMPLETED, init=False)
    _opened: bool = attrs.field(default=False, init=False)
    _customer_id: int | None = attrs.field(default=None, init=False)
    _output: TurnOutput[Event] | None = attrs.field(default=None, init=False)
    _language: str = attrs.field(default="en", init=False)
    _began: float = attrs.field(factory=trio.current_time, init=False)

    @property
    def key(self) -> str:
        """What may be busy."""
        return self.caller.key

    @property
    def time_limit(self) -> float:
        """Seconds for all of it."""
        return self.services.settings.turn_timeout

    async def run(self, output: TurnOutput[Event], context: Context | None) -> Sequence[Event]:
        """Answer the message and return its last event."""
        try:
            with self.services.busy.held(self.key):
                return await self._answer(output, context)
        except SessionBusy:
            return self._fail("SESSION_BUSY", texts.SESSION_BUSY)
        except (SessionOwnedByAnother, CustomerOfAnother):
            return self._fail("FORBIDDEN", texts.NOT_YOURS)
        except LookupError:
            return self._fail("NOT_FOUND", texts.NO_SUCH_MESSAGE)
        except (ModelError, StorageError) as error:
            # no text of the error: it may quote what must not be in logs
            log.warning("turn_failed", application=APPLICATION, error=type(error).__name__)
            return self._fail("PROCESSING_ERROR", texts.FAILED)

    def ending(self, failure: TurnFailure) -> Sequence[Event]:
        """The event that ends the turn after a failure."""
        code, message = _ENDINGS[failure.end]
        self.services.telemetry.error(APPLICATION, code)
        return (Failed(error=message, code=code, session_id=self.caller.session_name),)

    async def settle(self, failure: TurnFailure | None) -> None:
        """Keep what was said on both sides; of an answer broken off, what was heard of it."""
        stages = self._stages
        if failure is None and self._outcome == COMPLETED and stages is not None and stages.case is not None:
            await self._keep(stages, state=write_state(stages.state))
            await self._record(COMPLETED)
            return
        outcome = self._outcome if failure is None else failure.end.name.lower()
        with trio.move_on_after(REMEMBERING_LIMIT):
            try:
                if self._opened and stages is not None and stages.pieces and self._outcome != PERSON:
                    # what was done by tools holds although the answer was broken off, and so does where the session stands
                    await self._keep(stages, state=write_state(stages.state))
                await self._record(outcome)
            except StorageError as error:
                log.error("turn_not_kept", outcome=outcome, error=type(error).__name__)

    async def _answer(self, output: TurnOutput[Event], context: Context | None) -> Sequence[Event]:
        self._output = output
        self._stages = stages = SupportStages(
            self.services, self._load, self._counter, self._hand_over, output.send, self.asked.partial
        )
        try:
            await stages.run(context)
        except _Repeated as repeated:
            self._outcome = "repeated"
            return (self._complete(repeated.answer.content, repeated.answer.agent or "none", 1.0),)
        except _Forwarded:
            self._outcome = PERSON
            return (self._complete(_FORWARDED[self._language], PERSON, 1.0),)
        self.services.telemetry.tokens(APPLICATION, len(stages.pieces))
        return (self._completed(stages),)

    async def _load(self) -> Case:
        services, caller = self.services, self.caller
        limit = services.settings.history_length
        conversation = await services.conversations.open(caller.session_id, APPLICATION, caller.user_id, limit)
        self._opened = True
        if self.asked.replaces:
            if not await services.conversations.cut_from(caller.session_id, self.asked.message_id):
                raise LookupError("no such message")
            conversation = await services.conversations.open(caller.session_id, APPLICATION, caller.user_id, limit)
        self._customer_id = conversation.customer_id
        if caller.customer is not None:
            self._customer_id = (await services.customers.claim(caller.user_id, caller.customer)).id
        state = read_state(conversation.state)
        language = language_of(self.asked.message, default="es" if state.language == "es" else "en")
        self._language = language
        self._look_for_repetition(conversation)
        if conversation.joined_ticket is not None:
            await self._forward()
        return Case(
            caller=caller,
            message=self.asked.message,
            language=language,
            images=self.asked.images,
            history=conversation.messages,
            state=attrs.evolve(state, language=language),
            customer_id=self._customer_id,
            joined_ticket=conversation.joined_ticket,
        )

    def _look_for_repetition(self, conversation: Conversation) -> None:
        """A message that comes again under its id has its answer already."""
        for message in conversation.messages:
            if message.answers == self.asked.message_id and message.author == "assistant":
                raise _Repeated(message)

    async def _forward(self) -> None:
        """Pass the message on to the person who has joined."""
        services, caller = self.services, self.caller
        said = Message(
            message_id=self.asked.message_id, author="customer", content=self.asked.message, at=services.now()
        )
        await services.conversations.keep(caller.session_id, (said,))
        heard = PersonSaid(
            message_id=str(said.message_id), message=said.content, name=caller.name, session_id=str(caller.session_id)
        )
        services.switchboard.to_staff(caller.session_id, heard)
        raise _Forwarded

    async def _counter(self, case: Case) -> Counter:
        """For whom tools act: the session's customer, or the user's own."""
        services = self.services
        if self._customer_id is None:
            self._customer_id = (await services.customers.claim(self.caller.user_id, None)).id
        customer_id = self._customer_id

        async def vehicle_of(registration: str) -> int:
            plain = "".join(filter(str.isalnum, registration)).upper()
            return (await services.customers.vehicle(customer_id, plain)).id

        return Counter(workshop=services.workshop, customer_id=customer_id, vehicle_of=vehicle_of)

    async def _hand_over(self, work: Work) -> int:
        assert work.handoff is not None
        assert self._output is not None
        ticket = await self.services.tickets.open(
            self.caller.session_id, self.caller.user_id, work.handoff.reason, self.asked.message
        )
        await self._output.send(
            HandedOff(reason=work.handoff.reason, ticket=ticket.id, session_id=self.caller.session_name)
        )
        return ticket.id

    async def _keep(self, stages: SupportStages, *, state: str) -> None:
        now, agents = self.services.now(), agents_of(stages.works)
        asked = Message(message_id=self.asked.message_id, author="customer", content=self.asked.message, at=now)
        answer = Message(
            message_id=uuid4(),
            author="assistant",
            content=stages.text,
            agent=_agent(agents),
            answers=self.asked.message_id,
            at=now,
        )
        await self.services.conversations.keep(
            self.caller.session_id, (asked, answer), state=state, customer_id=self._customer_id
        )

    async def _record(self, outcome: str) -> None:
        await self.services.audit.record(
            AuditEntry(
                event="message",
                outcome=outcome,
                application=APPLICATION,
                user_id=self.caller.user_id,
                address=self.caller.address,
                session_id=self.caller.session_id,
                turn_id=self.caller.connection_id,
                duration=trio.current_time() - self._began,
            )
        )

    def _completed(self, stages: SupportStages) -> Complete:
        works, agents = stages.works, agents_of(stages.works)
        routed = stages.route.confidence if stages.route is not None else 0.0
        confidence = routed
        for work in works:
            confidence *= work.grounding
        metadata = AnswerMetadata(
            agent=_agent(agents),
            agents=agents if len(agents) > 1 else UNSET,
            confidence=round(min(1.0, max(0.0, confidence)), 3),
            context=_context(works),
            message_id=str(self.asked.message_id),
            ticket=stages.ticket if stages.ticket is not None else UNSET,
            model_used=self.services.chat_model.name,
        )
        return Complete(response=stages.text, session_id=self.caller.session_name, metadata=metadata)

    def _complete(self, response: str, agent: str, confidence: float) -> Complete:
        metadata = AnswerMetadata(
            agent=agent,
            confidence=confidence,
            context=AnswerContext(sources=()),
            message_id=str(self.asked.message_id),
        )
        return Complete(response=response, session_id=self.caller.session_name, metadata=metadata)

    def _fail(self, code: Code, message: str) -> Sequence[Event]:
        self._outcome = code.lower()
        self.services.telemetry.error(APPLICATION, code)
        return (Failed(error=message, code=code, session_id=self.caller.session_name),)


def typing_of(caller: Caller) -> OtherTyping:
    """That a customer writes."""
    return OtherTyping(name=caller.name, session_id=str(caller.session_id))


def _agent(agents: Sequence[str]) -> str:
    return agents[0] if len(agents) == 1 else "mixed"


def _context(works: Sequence[Work]) -> AnswerContext:
    found = [one.source for work in works for one in work.sources]
    citations = tuple(
        Citation(n=number, file=source.file, section=source.section, excerpt=source.text[:EXCERPT])
        for work in works
        for number, source in enumerate((one.source for one in work.sources), start=1)
    )
    return AnswerContext(sources=tuple(dict.fromkeys(source.file for source in found)), citations=citations)
