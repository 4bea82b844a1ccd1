"""One message as a turn: hear → answer → speak, each stage a task, on bounded channels.

    hearing ──► answering ──► speaking
    transcript  agent, tools   text to the client, voice beside it

What a turn was told to keep is written when it ends, however it ends: all of it when it was whole; when it was broken off, what the
person had heard by then, and the tools that had begun. A tool that sends a taxi goes on at the desk (`desk.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final

import attrs
import structlog
import trio

from smarthealth.actors import Context, Pipeline, Stage
from smarthealth.actors.pipeline import Emit
from smarthealth.conversation.application import TurnEnd, TurnFailure, TurnOutput
from smarthealth.llm.errors import ModelError
from smarthealth.llm.port import ChatMessage
from smarthealth.speech.errors import SpeechError
from smarthealth.storage.errors import SessionOwnedByAnother, StorageError
from smarthealth.storage.threads import Thread, ThreadMessage

from . import texts
from .agents.answering import Answering
from .agents.prompts import write_calls
from .agents.work import Work, begin
from .caller import APPLICATION, Caller
from .hearing import Hearing, Speaker, Speaking
from .services import TaxiServices
from .state import ThreadState, read_state, write_state
from .wire import (
    AgentChunk,
    AgentEnd,
    AgentError,
    AgentName,
    Cancelled,
    Event,
    Interrupted,
    SttChunk,
    SttOutput,
    SystemMessage,
    ToolResultSent,
    milliseconds,
)

HEARING: Final = "hearing"
ANSWERING: Final = "answering"
SPEAKING: Final = "speaking"
PIECES_AHEAD: Final = 32
"""Events that may wait before each stage."""
ACTIVE_LIMIT: Final = 5
"""Services under way that are looked up."""

_ENDINGS: Final[Mapping[TurnEnd, str]] = {
    TurnEnd.STAGE_TIMEOUT: texts.TIMED_OUT,
    TurnEnd.TURN_TIMEOUT: texts.TIMED_OUT,
    TurnEnd.CONNECTION_LOST: texts.GOING_AWAY,
    TurnEnd.SHUTDOWN: texts.GOING_AWAY,
    TurnEnd.CRASHED: texts.SERVER_FAILED,
}

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen
class Utterance:
    """What the person said, whole."""

    text: str


Item = Hearing | Utterance | Event
OnWork = Callable[[Work], None]


@attrs.define(eq=False, kw_only=True)
class TaxiTurn:
    """The turn of one utterance, typed or spoken."""

    services: TaxiServices
    caller: Caller
    hearing: Hearing
    """Where the words come from."""
    speaker: Speaker | None = None
    """What the answer is spoken with, None while speech is off."""
    work: Work | None = attrs.field(default=None, init=False)
    """From the moment on when the person's words are there."""
    _answering: Answering | None = attrs.field(default=None, init=False)
    _speaking: Speaking | None = attrs.field(default=None, init=False)
    _sent: list[str] = attrs.field(factory=list, init=False)
    """Pieces of the answer that went out."""
    _thread: Thread | None = attrs.field(default=None, init=False)
    _agent: AgentName = attrs.field(default="RECEPCIONISTA", init=False)
    _held: AsyncExitStack = attrs.field(factory=AsyncExitStack, init=False)
    _is_mute: bool = attrs.field(default=False, init=False)
    _has_failed: bool = attrs.field(default=False, init=False)
    _began: float = attrs.field(factory=trio.current_time, init=False)

    @property
    def key(self) -> str:
        """What may be busy."""
        return self.caller.key

    @property
    def time_limit(self) -> float:
        """Seconds for all of it."""
        return self.services.settings.turn_timeout

    @property
    def heard(self) -> str:
        """What of the answer reached the person: what was played, or where nothing is spoken, what was sent."""
        if self._speaking is not None and not self._is_mute:
            return self._speaking.heard
        return "".join(self._sent)

    async def run(self, output: TurnOutput[Event], context: Context | None) -> Sequence[Event]:
        """Hear, answer, speak, and return the last event."""
        began = trio.current_time()
        try:
            await self._held.enter_async_context(self.services.locks.hold(self.caller.thread_id))
            await self.services.desk.settled(str(self.caller.thread_id))
            self._thread = await self.services.threads.open(self.caller.thread_id, self.caller.user_id)
            await output.send(self._system(texts.processing(self.caller.thread_name)))
            await self._stages(output, context)
        except SessionOwnedByAnother:
            self.services.telemetry.error(APPLICATION, "thread_of_another")
            message = texts.THREAD_OF_ANOTHER
            return (SystemMessage(message=message, level="error", thread_id=self.caller.thread_name, ts=self._ts()),)
        except (ModelError, StorageError, SpeechError) as error:
            return self._failed(error)
        if self._answering is None:
            return (self._system(texts.NOTHING_HEARD),)
        self.services.telemetry.stage_finished(APPLICATION, ANSWERING, trio.current_time() - began)
        return (self._system(texts.PROCESSED),)

    def ending(self, failure: TurnFailure) -> Sequence[Event]:
        """The events that end the turn after a failure; each call that was told has its result before."""
        open_calls = self._answering.open_calls if self._answering is not None else ()
        results = [ToolResultSent(toolCallId=one, result=texts.INTERRUPTED, ts=self._ts()) for one in open_calls]
        if failure.end is TurnEnd.INTERRUPTED:
            return (*results, Interrupted(agent=self._agent, heard=self.heard, ts=self._ts()))
        if failure.end is TurnEnd.CANCELLED:
            return (*results, Cancelled(thread_id=self.caller.thread_name, ts=self._ts()))
        self.services.telemetry.error(APPLICATION, failure.end.name.lower())
        return (*results, AgentError(error=_ENDINGS[failure.end], ts=self._ts()))

    async def settle(self, failure: TurnFailure | None) -> None:
        """Keep what was said on both sides; of an answer that was broken off, what was heard of it."""
        try:
            work, thread = self.work, self._thread
            if work is None or thread is None:
                return
            is_whole = failure is None and not self._has_failed
            messages = self._whole(work) if is_whole else self._broken_off(work)
            state = work.state if is_whole else self._state_after(work, self.heard)
            await self.services.threads.append(thread.id, messages, write_state(state), bookings=thread.bookings)
        except StorageError as error:
            # a turn that failed has told so already; one that did not must not claim to be kept
            if failure is None:
                raise
            log.error("turn_not_kept", error=type(error).__name__)
        finally:
            await self._held.aclose()

    # Stages

    async def _stages(self, output: TurnOutput[Event], context: Context | None) -> None:
        settings = self.services.settings
        async with AsyncExitStack() as voice:
            self._speaking = await self._open_voice(output, voice)
            pipeline = Pipeline(
                stages=(
                    Stage(HEARING, self._hear, timeout=settings.hearing_timeout, capacity=1),
                    Stage(ANSWERING, self._answer, timeout=settings.agent_timeout, capacity=PIECES_AHEAD),
                    Stage(SPEAKING, self._speaker_of(output), capacity=PIECES_AHEAD),
                )
            )
            await pipeline.run(self.hearing, context=context)

    async def _open_voice(self, output: TurnOutput[Event], stack: AsyncExitStack) -> Speaking | None:
        if self.speaker is None:
            return None
        try:
            return await stack.enter_async_context(self.speaker.open_speaking(output.send))
        except SpeechError as error:
            await self._lose_voice(output, error)
            return None

    async def _hear(self, hearing: Hearing, emit: Emit[Item]) -> None:
        async def partial(text: str) -> None:
            await emit(SttChunk(text=text, ts=self._ts()))

        text = (await hearing.listen(partial)).strip()
        if text:
            await emit(SttOutput(text=text, ts=self._ts()))
            await emit(Utterance(text))

    async def _answer(self, item: Item, emit: Emit[Item]) -> None:
        if not isinstance(item, Utterance):
            await emit(item)
            return
        thread, services = self._thread, self.services
        assert thread is not None
        state: ThreadState = read_state(thread.state)
        settings = services.settings
        active = await services.bookings.active(thread.id, thread.user_id, age=settings.service_age, limit=ACTIVE_LIMIT)
        history = await services.threads.history(thread.id, settings.history_length)
        work = begin(services, self.caller, thread, state, item.text, active)
        work.is_first = not history
        self.work, self._agent = work, work.agent
        log.info("taxi_turn_routed", agent=work.agent, missing=work.slots.missing)
        clear = self._speaking.may_go_on if self._speaking is not None else None
        self._answering = Answering.of(work, state.slots, history, emit, clear)
        await self._answering.run()

    def _speaker_of(self, output: TurnOutput[Event]) -> Callable[[Event, Emit[object]], Awaitable[None]]:
        async def speak(event: Event, emit: Emit[object]) -> None:
            await output.send(event)
            if isinstance(event, AgentChunk):
                if not self._sent:
                    self.services.telemetry.first_token(APPLICATION, trio.current_time() - self._began)
                self._sent.append(event.text)
            if self._speaking is None or self._is_mute:
                return
            try:
                if isinstance(event, AgentChunk):
                    await self._speaking.say(event.text)
                elif isinstance(event, AgentEnd):
                    await self._speaking.finish()
            except SpeechError as error:
                self._is_mute = True
                await self._lose_voice(output, error)

        return speak

    async def _lose_voice(self, output: TurnOutput[Event], error: SpeechError) -> None:
        log.warning("taxi_voice_lost", error=type(error).__name__)
        await output.send(SystemMessage(message=texts.NO_VOICE, level="warning", ts=self._ts()))

    # What is kept

    def _whole(self, work: Work) -> list[ThreadMessage]:
        assert self._answering is not None
        added = self._answering.transcript.added
        told = (one for one in added if one.role == "tool" or one.content or one.tool_calls)
        return [self._said_by_person(work), *map(self._stored, told)]

    def _broken_off(self, work: Work) -> list[ThreadMessage]:
        """The calls that had begun with their results, and the words that were heard."""
        assert self._answering is not None
        self._answering.transcript.interrupt()
        kept = [self._said_by_person(work)]
        for message in self._answering.transcript.added:
            if message.role == "tool" or message.tool_calls:
                content = message.content if message.role == "tool" else ""
                kept.append(self._stored(attrs.evolve(message, content=content)))
        if heard := self.heard.strip():
            kept.append(self._stored(ChatMessage(role="assistant", content=heard)))
        return kept

    @staticmethod
    def _state_after(work: Work, heard: str) -> ThreadState:
        """The thread's state after an answer that was broken off: to a summary whose question was not heard, "sí" is no yes."""
        state = work.state
        if state.slots.missing != "confirmation" or heard.rstrip().endswith("?"):
            return state
        return attrs.evolve(state, patience=attrs.evolve(state.patience, doubted=True))

    def _said_by_person(self, work: Work) -> ThreadMessage:
        return ThreadMessage(role="user", content=work.text, at=self.services.now())

    def _stored(self, message: ChatMessage) -> ThreadMessage:
        return ThreadMessage(
            role="tool" if message.role == "tool" else "assistant",
            agent=None if message.role == "tool" else self._agent,
            content=message.content,
            tool_calls=write_calls(message.tool_calls),
            tool_call_id=message.tool_call_id,
            at=self.services.now(),
        )

    # Words

    def _failed(self, error: Exception) -> Sequence[Event]:
        # no text of the error: it may quote what must not be in logs
        self._has_failed = True
        log.warning("turn_failed", application=APPLICATION, error=type(error).__name__)
        self.services.telemetry.error(APPLICATION, type(error).__name__)
        message = {ModelError: texts.AGENT_FAILED, SpeechError: texts.HEARING_FAILED}
        said = next((text for kind, text in message.items() if isinstance(error, kind)), texts.SERVER_FAILED)
        open_calls = self._answering.open_calls if self._answering is not None else ()
        results = [ToolResultSent(toolCallId=one, result=texts.INTERRUPTED, ts=self._ts()) for one in open_calls]
        return (*results, AgentError(error=said, ts=self._ts()))

    def _system(self, message: str) -> SystemMessage:
        return SystemMessage(message=message, level="info", thread_id=self.caller.thread_name, ts=self._ts())

    def _ts(self) -> int:
        return milliseconds(self.services.now())
