"""One answer of one agent: the model is asked, its tools are run, and it is asked again, through `llm.tooling`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import attrs
import msgspec

from smarthealth.apps.taxi.slots import Slots
from smarthealth.apps.taxi.wire import AgentChunk, AgentEnd, Event, ToolCallSent, ToolResultSent, milliseconds
from smarthealth.llm.port import ChatEvent, ChatMessage, ChatModel, ChatRequest, Finished, TextDelta
from smarthealth.llm.tooling.events import LoopEvent, ToolCalled, ToolReturned
from smarthealth.llm.tooling.loop import ToolLoop
from smarthealth.llm.tooling.texts import SPANISH
from smarthealth.llm.tooling.transcript import Transcript
from smarthealth.storage.threads import ThreadMessage

from .brief import make_brief
from .prompts import MAX_OUTPUT_TOKENS, messages_for
from .tools import HANDOFFS, AgentTools
from .work import Work

MAX_ITERATIONS: Final = 5
"""Times that the model is asked in one turn."""
EXHAUSTED: Final = "Disculpa, se me enredó la solicitud. ¿Me la repites, por favor?"
SILENT: Final = "Disculpa, no te escuché bien. ¿Me lo repites, por favor?"
"""What is said where the model said nothing."""

Emit = Callable[[Event], Awaitable[None]]
Clear = Callable[[], Awaitable[None]]


async def _at_once() -> None:
    """Nobody can speak over what is not spoken."""


@attrs.define(eq=False)
class Answering:
    """One answer in the making; what it did is read from here, whatever ended it."""

    work: Work
    transcript: Transcript
    emit: Emit
    clear: Clear
    """Returns when nobody speaks over the answer."""
    open_calls: dict[str, None] = attrs.field(factory=dict, init=False)
    """Calls that were told and have no result yet, in order."""
    _said: str = attrs.field(default="", init=False)
    _begins: bool = attrs.field(default=False, init=False)
    """Whether the next text is the first of a further request."""

    @classmethod
    def of(
        cls, work: Work, before: Slots, history: Sequence[ThreadMessage], emit: Emit, clear: Clear | None = None
    ) -> Answering:
        """Get ready to answer.

        Args:
            work: The turn.
            before: The order before the message.
            history: What was said in the thread.
            emit: Takes the events of the answer, in order.
            clear: Returns when nobody speaks over the answer; None where nothing is spoken.
        """
        brief = make_brief(work, before)
        return cls(work, Transcript(messages_for(brief, history, work.text)), emit, clear or _at_once)

    async def run(self) -> None:
        """Answer.

        Raises:
            ModelError: The model failed.
        """
        loop = ToolLoop(
            model=StopAfterHandoff(self.work.services.chat_model),
            toolbox=AgentTools(self.work).toolbox(),
            exhausted=EXHAUSTED,
            texts=SPANISH,
            max_iterations=MAX_ITERATIONS,
            # a taxi is sent with what the call before noted; and what waits is not run when the person interrupts
            in_order=True,
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )
        done = await loop.run(self.transcript, self._tell)
        if done.reason == "iterations":
            await self._say(EXHAUSTED)
        if not self._said.strip():
            self.transcript.add(ChatMessage(role="assistant", content=SILENT))
            await self._say(SILENT)
        await self.emit(AgentEnd(agent=self.work.agent, ts=self._ts()))

    async def _tell(self, event: LoopEvent) -> None:
        await self.clear()
        match event:
            case TextDelta(text=text):
                await self._say(text)
            case ToolCalled():
                self.open_calls[event.call_id] = None
                await self.emit(
                    ToolCallSent(toolCallId=event.call_id, name=event.tool, args=event.arguments, ts=self._ts())
                )
            case ToolReturned():
                self._begins = True
                result = event.result if event.success else event.error
                text = result if isinstance(result, str) else msgspec.json.encode(result).decode()
                await self.emit(ToolResultSent(toolCallId=event.call_id, result=text, ts=self._ts()))
                self.open_calls.pop(event.call_id, None)
            case _:
                pass

    async def _say(self, text: str) -> None:
        if self._begins and self._said and not self._said[-1].isspace() and text[:1].strip():
            text = f" {text}"
        self._begins = False
        if not self._said:
            text = text.lstrip()
        if not text:
            return
        self._said += text
        await self.emit(AgentChunk(text=text, agent=self.work.agent, ts=self._ts()))

    def _ts(self) -> int:
        return milliseconds(self.work.services.now())


@attrs.frozen
class StopAfterHandoff:
    """A model that is not asked again when an agent has spoken and handed over: there is nothing more to say."""

    model: ChatModel

    @property
    def name(self) -> str:
        """The model's."""
        return self.model.name

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        """Start one answer, an empty one after a handoff; see `ChatModel.open_stream`."""
        if is_handed_over(request.messages):
            yield _nothing()
            return
        async with self.model.open_stream(request) as events:
            yield events


def is_handed_over(messages: Sequence[ChatMessage]) -> bool:
    """Whether the last thing that happened in a turn that has words is a handoff."""
    said, last = "", None
    for message in messages:
        if message.role == "user":
            said, last = "", None
        elif message.role == "assistant":
            said += message.content.strip()
            last = message
    return bool(
        said and last is not None and last.tool_calls and all(call.name in HANDOFFS for call in last.tool_calls)
    )


async def _nothing() -> AsyncIterator[ChatEvent]:
    yield Finished(reason="stop")
