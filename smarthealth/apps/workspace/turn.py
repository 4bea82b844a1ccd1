"""One turn of the workspace agent: a message in, tool calls and an answer out, for all who are in the conversation.

Theory of operation. What is told was written down before: the message, the calls before any runs, each result before it is
published. Whatever ends a turn, `settle` answers the calls that are still open, in the database too, and `ending` tells it. When
not even that can run, because the process was killed, the next one who opens the conversation finds calls without results, and
reads them as interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import msgspec
import structlog
from msgspec import UNSET

from smarthealth.actors import Context
from smarthealth.conversation.application import TurnEnd, TurnFailure, TurnOutput
from smarthealth.llm.errors import ModelError
from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.llm.tooling import (
    SPANISH,
    Done,
    LoopEvent,
    Message,
    Thinking,
    ToolCalled,
    ToolLoop,
    ToolReturned,
    ToolSpec,
    Transcript,
)
from smarthealth.storage.conversations import Entry
from smarthealth.storage.errors import StorageError
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .life import ConversationLife, Participant
from .prompts import SYSTEM
from .services import APPLICATION
from .story import calls_text
from .wire import (
    ApprovalRequired,
    DoneEvent,
    ErrorCode,
    Failed,
    MessageEvent,
    Sent,
    ThinkingEvent,
    ToolCallEvent,
    ToolResultEvent,
    UserMessage,
)

MAX_OUTPUT_TOKENS = 4_096

_ENDINGS: dict[TurnEnd, tuple[str, ErrorCode]] = {
    TurnEnd.STAGE_TIMEOUT: (texts.TURN_TIMEOUT, "TURN_TIMEOUT"),
    TurnEnd.TURN_TIMEOUT: (texts.TURN_TIMEOUT, "TURN_TIMEOUT"),
    TurnEnd.CONNECTION_LOST: (texts.ABANDONED, "ABANDONED"),
    TurnEnd.SHUTDOWN: (texts.GOING_AWAY, "GOING_AWAY"),
    TurnEnd.CRASHED: (texts.INTERNAL_ERROR, "INTERNAL_ERROR"),
}
"""How turns end that nobody wanted to end; cancelled ones just end."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.define(eq=False)
class AgentTurn:
    """One answer; see the module."""

    life: ConversationLife
    words: str
    """What was said."""
    sender: Participant
    _output: TurnOutput[Sent] = attrs.field(init=False)
    _transcript: Transcript = attrs.field(init=False, factory=lambda: Transcript(()))
    _unwritten: dict[str, ChatMessage] = attrs.field(init=False, factory=dict)
    """Answers to calls that are not in the database yet, by call."""
    _last: list[Sent] = attrs.field(init=False, factory=list)
    _message_id: int | None = attrs.field(default=None, init=False)
    _iterations: int = attrs.field(default=0, init=False)

    @property
    def key(self) -> str:
        """A conversation answers one message at a time."""
        return self.life.room.name

    @property
    def time_limit(self) -> float:
        """Seconds for the whole turn."""
        return self.life.services.settings.turn_timeout

    async def run(self, output: TurnOutput[Sent], context: Context) -> Sequence[Sent]:
        """Work until there is an answer."""
        self._output = output
        life, settings = self.life, self.life.services.settings
        loop = ToolLoop(
            model=life.services.chat_model,
            toolbox=life.workbench.toolbox,
            exhausted=texts.EXHAUSTED.format(settings.max_iterations),
            texts=SPANISH,
            approve=self._approve,
            keep_rest=life.workbench.keep_rest,
            max_iterations=settings.max_iterations,
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )
        try:
            await self._take_in()
            done = await loop.run(self._transcript, self._emit, self._record)
        except ModelError as error:
            log.warning("model_failed", application=APPLICATION, error=type(error).__name__)
            return await self._fail(texts.MODEL_FAILED, "MODEL_FAILED")
        except StorageError as error:
            log.warning("conversation_not_kept", application=APPLICATION, error=type(error).__name__)
            return await self._fail(texts.UNAVAILABLE, "UNAVAILABLE")
        life.services.telemetry.tokens(APPLICATION, done.usage.completion_tokens)
        return self._last

    def ending(self, failure: TurnFailure) -> Sequence[Sent]:
        """Answer the open calls, say why unless somebody wanted it, and end."""
        self._last += [_result(returned) for returned in self._transcript.interrupt(SPANISH).returned]
        if failure.end in _ENDINGS:
            self._last.append(self._failed(*_ENDINGS[failure.end]))
        return [*self._last, DoneEvent(iterations=self._iterations)]

    async def settle(self, failure: TurnFailure | None) -> None:
        """Write the answers to calls that were not written; without a database they are written by nobody, and read as such."""
        if failure is None:
            return
        try:
            await self._answer_open()
        except StorageError as error:
            log.warning("answers_not_kept", application=APPLICATION, error=type(error).__name__)

    async def _take_in(self) -> None:
        """Write down what was said, tell those who want to know, and show it to the model."""
        life, person = self.life, self.sender.person
        author = person.name if person.name is not UNSET else None
        stored = await life.record(Entry(role="user", content=self.words, author=author))
        life.room.publish(
            UserMessage(
                content=self.words,
                message_id=stored.id,
                viewer_id=person.viewer_id,
                author=person.name,
                timestamp=utc_timestamp(stored.at),
            ),
            extra=True,
        )
        self._transcript = Transcript([ChatMessage(role="system", content=SYSTEM), *life.context])

    async def _emit(self, event: LoopEvent) -> None:
        match event:
            case Thinking(iteration=iteration):
                self._iterations = iteration
                await self._output.send(ThinkingEvent(iteration=iteration))
            case ToolCalled(call_id=call_id, tool=tool, arguments=arguments):
                await self._output.send(ToolCallEvent(tool=tool, arguments=arguments, tool_call_id=call_id))
            case ToolReturned():
                await self._write(event)
                await self._output.send(_result(event))
            case Message(content=content):
                message_id = self._message_id if self._message_id is not None else UNSET
                self._last.append(MessageEvent(content=content.strip() or texts.SILENT, message_id=message_id))
            case Done(iterations=iterations):
                self._last.append(DoneEvent(iterations=iterations))
            case _:
                pass  # a piece of text: this protocol tells an answer whole

    async def _record(self, message: ChatMessage) -> None:
        if message.role == "tool":
            self._unwritten[message.tool_call_id or ""] = message  # written when it is told, with what is told
            return
        stored = await self.life.record(
            Entry(role="assistant", content=message.content, calls=calls_text(message.tool_calls))
        )
        self._message_id = stored.id

    async def _write(self, returned: ToolReturned) -> None:
        message = self._unwritten[returned.call_id]
        detail = {"success": returned.success} | (
            {"result": returned.result} if returned.success else {"error": returned.error}
        )
        await self.life.record(
            Entry(
                role="tool",
                content=message.content,
                call_id=returned.call_id,
                detail=msgspec.json.encode(detail).decode(),
            )
        )
        del self._unwritten[returned.call_id]

    async def _answer_open(self) -> None:
        """Have every call answered in the database, those whose answer was about to be written included."""
        interruption = self._transcript.interrupt(SPANISH)
        self._last += [_result(returned) for returned in interruption.returned]
        self._unwritten |= {message.tool_call_id or "": message for message in interruption.messages}
        told = {returned.call_id: returned for returned in interruption.returned}
        for call_id in tuple(self._unwritten):
            silent = ToolReturned(call_id=call_id, tool="", success=False, error=SPANISH.interrupted)
            await self._write(told.get(call_id, silent))

    async def _approve(self, call: ToolCall, spec: ToolSpec) -> bool:
        arguments = msgspec.json.decode(call.arguments or "{}")
        event = ApprovalRequired(tool=call.name, arguments=arguments, tool_call_id=call.id)
        with self.life.waiting(event) as decided:
            await self._output.send(event)
            return await decided()

    async def _fail(self, error: str, code: ErrorCode) -> Sequence[Sent]:
        await self.settle(TurnFailure(end=TurnEnd.CRASHED))
        return [*self._last, self._failed(error, code), DoneEvent(iterations=self._iterations)]

    def _failed(self, error: str, code: ErrorCode) -> Failed:
        self.life.services.telemetry.error(APPLICATION, code)
        return Failed(error=error, code=code)


def _result(returned: ToolReturned) -> ToolResultEvent:
    return ToolResultEvent(
        success=returned.success,
        result=returned.result if returned.success else UNSET,
        error=returned.error if returned.error is not None else UNSET,
        tool_call_id=returned.call_id,
    )
