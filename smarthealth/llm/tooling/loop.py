"""The tool loop: a model is asked, the tools that it calls are run side by side, and it is asked again with their results.

Theory of operation. One iteration streams one answer. Its text goes out as it comes; fragments of calls are put together and
run when the answer is whole: recorded first, then told, then run in a nursery, each answered as it ends. Into the next request
the answers go in the order of the calls. Nothing of a turn lives in the loop: it stands in the `Transcript`, so whoever breaks
the loop off, by cancelling it or by a failure, asks the transcript what is left to be answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import attrs
import trio
from attrs.validators import ge

from smarthealth.llm.errors import ModelStreamCut
from smarthealth.llm.port import (
    ChatMessage,
    ChatModel,
    ChatRequest,
    Finished,
    FinishReason,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from smarthealth.wire.errors import WireError

from .arguments import parse_arguments
from .calls import CallAssembler
from .events import Approve, Done, Emit, KeepRest, Message, Record, Thinking, ToolCalled, ignore
from .registry import DEFAULT_RESULT_LIMIT, Toolbox
from .running import Answer, CallRunner
from .texts import ENGLISH, ToolingTexts
from .transcript import Transcript

MAX_ITERATIONS: Final = 10
MAX_CALLS: Final = 16
MAX_PARALLEL: Final = 4

_REASONS: Final[dict[FinishReason, Literal["answered", "length", "content_filter"]]] = {
    "stop": "answered",
    "tool_calls": "answered",
    "length": "length",
    "content_filter": "content_filter",
}


@attrs.frozen(kw_only=True)
class ToolLoop:
    """How an agent works through one turn; holds no state of a turn, so that one loop serves any number of them."""

    model: ChatModel
    toolbox: Toolbox
    exhausted: str
    """What the answer says when the model still wants to call tools after the last iteration."""
    texts: ToolingTexts = ENGLISH
    """Language of what the loop itself answers to calls."""
    approve: Approve | None = None
    """Asks a person, where a tool needs that; without it such tools are refused."""
    keep_rest: KeepRest | None = None
    """Keeps results that were cut; without it their rest is lost."""
    max_iterations: int = attrs.field(default=MAX_ITERATIONS, validator=ge(1))
    """Times that the model is asked."""
    max_calls: int = attrs.field(default=MAX_CALLS, validator=ge(1))
    """Calls of one answer that are run; the others are answered with an error."""
    max_parallel: int = attrs.field(default=MAX_PARALLEL, validator=ge(1))
    """Tools that work at once."""
    in_order: bool = False
    """Whether the calls of one answer run one after the other, in order: for tools that build on each other."""
    result_limit: int = attrs.field(default=DEFAULT_RESULT_LIMIT, validator=ge(1))
    """Characters of one result."""
    max_output_tokens: int = 1024
    temperature: float = 0.0

    async def run(self, transcript: Transcript, emit: Emit = ignore, record: Record = ignore) -> Done:
        """Work until the model has answered.

        Args:
            transcript: Begins with what the model is told; afterwards it holds all that was said and done.
            emit: Told of everything, in order; results of calls as they come.
            record: Given each message that must outlive the process; see `Record`.

        Returns:
            The last event, which has been emitted.

        Raises:
            ModelError: The model gave no whole answer. Open calls there are none then.
            Exception: What `emit`, `record` or `approve` raised.

        Cancellation:
            Ends the model's request and the running tools; then `transcript.interrupt()` has what must still be said.
        """
        usage = Usage(prompt_tokens=0, completion_tokens=0)
        for iteration in range(1, self.max_iterations + 1):
            await emit(Thinking(iteration=iteration))
            calls, finished = await self._ask(transcript, emit)
            usage = _sum(usage, finished.usage)
            said = ChatMessage(role="assistant", content=transcript.partial, tool_calls=_readable(calls))
            transcript.partial = ""
            transcript.add(said)
            await record(said)
            if not calls:
                return await _end(emit, said, Done(iterations=iteration, reason=_REASONS[finished.reason], usage=usage))
            await self._call_all(calls, transcript, emit, record)
        said = ChatMessage(role="assistant", content=self.exhausted)
        transcript.add(said)
        await record(said)
        return await _end(emit, said, Done(iterations=self.max_iterations, reason="iterations", usage=usage))

    async def _ask(self, transcript: Transcript, emit: Emit) -> tuple[tuple[ToolCall, ...], Finished]:
        request = ChatRequest(
            messages=transcript.messages,
            tools=self.toolbox.tools(),
            temperature=self.temperature,
            max_output_tokens=self.max_output_tokens,
        )
        assembler = CallAssembler()
        transcript.partial = ""
        async with self.model.open_stream(request) as events:
            async for event in events:
                match event:
                    case TextDelta(text=text):
                        transcript.partial += text
                        await emit(event)
                    case ToolCallDelta():
                        assembler.add(event)
                    case finished:
                        return assembler.calls(transcript.ids()), finished
        raise ModelStreamCut("the stream ended before the answer was whole")

    async def _call_all(self, calls: Sequence[ToolCall], transcript: Transcript, emit: Emit, record: Record) -> None:
        """Tell all calls, run them side by side or in order, and tell each answer as it comes."""
        for call in calls:
            transcript.opened(call)
            await emit(ToolCalled(call_id=call.id, tool=call.name, arguments=_arguments(call)))
        runner = self._runner()
        failures: list[Exception] = []
        async with trio.open_nursery() as nursery:

            async def answer(position: int, call: ToolCall) -> None:
                try:
                    if position >= self.max_calls:
                        answered = runner.failure(call, self.texts.too_many.format(self.max_calls))
                    else:
                        answered = await runner.run(call)
                    await _tell(call, answered, transcript, emit, record)
                except Exception as error:  # of the ports: it leaves alone, in no group
                    failures.append(error)
                    nursery.cancel_scope.cancel()

            for position, call in enumerate(calls):
                if self.in_order:
                    await answer(position, call)
                else:
                    nursery.start_soon(answer, position, call, name=f"tool {call.name}")
        if failures:
            raise failures[0]

    def _runner(self) -> CallRunner:
        return CallRunner(
            toolbox=self.toolbox,
            texts=self.texts,
            result_limit=self.result_limit,
            approve=self.approve,
            keep_rest=self.keep_rest,
            limiter=trio.CapacityLimiter(self.max_parallel),
        )


async def _tell(call: ToolCall, answer: Answer, transcript: Transcript, emit: Emit, record: Record) -> None:
    transcript.add(answer.message)
    transcript.returned(call, answer.returned)
    await record(answer.message)
    await emit(answer.returned)
    transcript.told([call])


async def _end(emit: Emit, said: ChatMessage, done: Done) -> Done:
    await emit(Message(content=said.content))
    await emit(done)
    return done


def _sum(usage: Usage, more: Usage | None) -> Usage:
    if more is None:
        return usage
    return Usage(
        prompt_tokens=usage.prompt_tokens + more.prompt_tokens,
        completion_tokens=usage.completion_tokens + more.completion_tokens,
    )


def _readable(calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """Calls as they may stand in a request: some providers refuse a conversation with arguments that are no JSON."""
    return tuple(call if _fits(call) else attrs.evolve(call, arguments="{}") for call in calls)


def _fits(call: ToolCall) -> bool:
    try:
        parse_arguments(call.arguments)
    except WireError:
        return False
    return bool(call.arguments.strip())


def _arguments(call: ToolCall) -> dict[str, object]:
    try:
        return parse_arguments(call.arguments)
    except WireError:
        return {}
