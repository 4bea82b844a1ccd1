from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock

from smarthealth.llm.errors import ModelStreamCut
from smarthealth.llm.opening import open_chat_model
from smarthealth.llm.port import ChatEvent, ChatMessage, ChatRequest, Finished, TextDelta, ToolCall, Usage
from smarthealth.llm.settings import ModelSettings
from smarthealth.llm.tooling.errors import ToolError
from smarthealth.llm.tooling.events import Done, LoopEvent, Message, Thinking, ToolCalled, ToolReturned
from smarthealth.llm.tooling.loop import ToolLoop
from smarthealth.llm.tooling.registry import Toolbox, ToolSpec, make_tool
from smarthealth.llm.tooling.transcript import Transcript
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.provider import open_model_server
from smarthealth.testing.script import Ending, Reply

ASKED = ChatMessage(role="user", content="q")


async def double(number: float, wait: float = 0.0) -> float:
    """Double a number, after a while."""
    await trio.sleep(wait)
    if number < 0:
        raise ToolError("no negative numbers")
    return number * 2


def _calls(*arguments: str, name: str = "double") -> Reply:
    return Reply(
        tool_calls=tuple(ToolCall(id=f"c{i}", name=name, arguments=text) for i, text in enumerate(arguments, 1))
    )


def _loop_over(model: ScriptedChatModel, **options: object) -> ToolLoop:
    return ToolLoop(model=model, toolbox=Toolbox([make_tool(double)]), exhausted="too long", **options)  # type: ignore[arg-type] # of tests


class _Heard:
    """What a loop told and recorded."""

    def __init__(self) -> None:
        self.events: list[LoopEvent] = []
        self.recorded: list[ChatMessage] = []
        self.order: list[str] = []

    async def emit(self, event: LoopEvent) -> None:
        self.events.append(event)
        self.order.append(type(event).__name__)

    async def record(self, message: ChatMessage) -> None:
        self.recorded.append(message)
        self.order.append(message.role)


async def test_a_turn_without_tools_is_a_message() -> None:
    """Text streams as it comes, then the message whole, then the end with what was used."""
    heard, transcript = _Heard(), Transcript([ASKED])
    usage = Usage(prompt_tokens=3, completion_tokens=2)
    await _loop_over(ScriptedChatModel(Reply(text="two words", usage=usage))).run(transcript, heard.emit, heard.record)
    assert heard.events == [
        Thinking(iteration=1),
        TextDelta(text="two "),
        TextDelta(text="words"),
        Message(content="two words"),
        Done(iterations=1, reason="answered", usage=usage),
    ]
    assert heard.recorded == [ChatMessage(role="assistant", content="two words")] == list(transcript.added)


async def test_calls_run_side_by_side_and_are_answered_in_order(autojump_clock: MockClock) -> None:
    """Results are told as they come; the model reads them in the order of its calls."""
    model = ScriptedChatModel(_calls('{"number": 1, "wait": 5}', '{"number": 2, "wait": 1}'), Reply(text="done"))
    heard = _Heard()
    done = await _loop_over(model).run(Transcript([ASKED]), heard.emit, heard.record)
    assert [type(event) for event in heard.events] == [
        Thinking, ToolCalled, ToolCalled, ToolReturned, ToolReturned, Thinking, TextDelta, Message, Done,
    ]  # fmt: skip
    told = [event for event in heard.events if isinstance(event, ToolReturned)]
    assert [(event.call_id, event.result) for event in told] == [("c2", 4.0), ("c1", 2.0)]
    assert trio.current_time() == 5.0
    assert [message.tool_call_id for message in model.requests[1].messages[2:]] == ["c1", "c2"]
    assert done.iterations == 2


async def test_what_is_told_is_in_the_record() -> None:
    """Calls are recorded before they are told and run, results before they are told."""
    heard = _Heard()
    await _loop_over(ScriptedChatModel(_calls('{"number": 1}'), Reply(text="done"))).run(
        Transcript([ASKED]), heard.emit, heard.record
    )
    expected = ["Thinking", "assistant", "ToolCalled", "tool", "ToolReturned", "Thinking", "TextDelta", "assistant"]
    assert heard.order == [*expected, "Message", "Done"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ('{"number": -1}', "no negative numbers"),
        ('{"number": ', "is not JSON"),
        ("[1]", "must be a JSON object"),
        ('{"number": "1"}', "must be a number"),
        ('{"number": 1, "more": 1}', "is no argument of this tool"),
        ("", "number: is missing"),
    ],
)
async def test_a_call_that_fails_goes_back_to_the_model(arguments: str, error: str) -> None:
    """The model hears what was wrong and is asked again; its own words go back as JSON that any provider takes."""
    heard, model = _Heard(), ScriptedChatModel(_calls(arguments), Reply(text="sorry"))
    await _loop_over(model).run(Transcript([ASKED]), heard.emit)
    told = next(event for event in heard.events if isinstance(event, ToolReturned))
    assert not told.success
    assert error in (told.error or "")
    called, answered = model.requests[1].messages[1:]
    assert called.tool_calls[0].arguments == (arguments if arguments.endswith("}") else "{}")
    assert error in answered.content
    assert heard.events[-2] == Message(content="sorry")


async def test_a_loop_ends_after_so_many_iterations() -> None:
    """The last calls are still answered, then the message says that it was too much."""
    heard, model = _Heard(), ScriptedChatModel(rule=lambda request: _calls('{"number": 1}'))
    done = await _loop_over(model, max_iterations=3).run(Transcript([ASKED]), heard.emit, heard.record)
    assert (done.iterations, done.reason, len(model.requests)) == (3, "iterations", 3)
    assert heard.events[-2] == Message(content="too long")
    told = [event.call_id for event in heard.events if isinstance(event, ToolReturned)]
    assert len(set(told)) == 3  # the model used one id three times
    assert heard.recorded[-1].content == "too long"


async def test_of_too_many_calls_the_first_ones_run() -> None:
    """The others are answered with an error."""
    heard, model = _Heard(), ScriptedChatModel(_calls(*['{"number": 1}'] * 3), Reply(text="ok"))
    await _loop_over(model, max_calls=2).run(Transcript([ASKED]), heard.emit)
    told = {event.call_id: event.success for event in heard.events if isinstance(event, ToolReturned)}
    assert told == {"c1": True, "c2": True, "c3": False}


async def test_no_more_tools_work_at_once_than_may(autojump_clock: MockClock) -> None:
    """Calls beyond the limit wait for a place."""
    model = ScriptedChatModel(_calls(*['{"number": 1, "wait": 1}'] * 4), Reply(text="ok"))
    await _loop_over(model, max_parallel=2).run(Transcript([ASKED]))
    assert trio.current_time() == 2.0


async def test_calls_in_order(autojump_clock: MockClock) -> None:
    """One runs after the other where they build on each other, the slow one first."""
    model = ScriptedChatModel(_calls('{"number": 1, "wait": 2}', '{"number": 1, "wait": 1}'), Reply(text="ok"))
    heard = _Heard()
    await _loop_over(model, in_order=True).run(Transcript([ASKED]), heard.emit)
    told = [event.call_id for event in heard.events if isinstance(event, ToolReturned)]
    assert (told, trio.current_time()) == (["c1", "c2"], 3.0)


async def test_an_approval_waits_for_nobody_else(autojump_clock: MockClock) -> None:
    """While a person is asked, other calls run, in the one place that there is."""

    async def approve(call: ToolCall, spec: ToolSpec) -> bool:
        await trio.sleep(60)
        return True

    box = Toolbox([make_tool(double), make_tool(double, name="ask", needs_approval=True)])
    both = Reply(
        tool_calls=(ToolCall(id="a", name="ask", arguments='{"number": 1}'), *_calls('{"number": 2}').tool_calls)
    )
    heard = _Heard()
    loop = ToolLoop(
        model=ScriptedChatModel(both, Reply(text="ok")), toolbox=box, exhausted="", max_parallel=1, approve=approve
    )
    await loop.run(Transcript([ASKED]), heard.emit)
    told = [event.call_id for event in heard.events if isinstance(event, ToolReturned)]
    assert (told, trio.current_time()) == (["c1", "a"], 60.0)


async def test_a_cancelled_turn_can_be_ended_properly(autojump_clock: MockClock) -> None:
    """What ran is stopped, what was done is kept, and every open call has its answer."""
    model = ScriptedChatModel(_calls('{"number": 1}', '{"number": 1, "wait": 99}'))
    heard, transcript = _Heard(), Transcript([ASKED])
    with trio.move_on_after(5):
        await _loop_over(model).run(transcript, heard.emit, heard.record)
    interruption = transcript.interrupt()
    assert [event.call_id for event in interruption.returned] == ["c2"]
    assert [message.tool_call_id for message in transcript.messages[2:]] == ["c1", "c2"]
    assert model.open_streams == 0


async def test_text_of_an_answer_broken_off_is_there() -> None:
    """Whoever wants to keep what was said finds it in the transcript; the model's failure comes out as it is."""
    transcript = Transcript([ASKED])
    model = ScriptedChatModel(Reply(text="one two three", after=2, ending=Ending.CUT))
    with pytest.raises(ModelStreamCut):
        await _loop_over(model).run(transcript)
    assert transcript.partial == "one two "


class _Lost(Exception):
    pass


@pytest.mark.parametrize("port", ["emit", "record"])
async def test_a_port_that_fails_ends_the_turn_with_its_own_error(port: str, autojump_clock: MockClock) -> None:
    """It leaves in no group, and the tools that still run are stopped."""

    async def fail(item: object) -> None:
        if isinstance(item, ToolReturned) or getattr(item, "role", "") == "tool":
            raise _Lost

    model = ScriptedChatModel(_calls('{"number": 1}', '{"number": 1, "wait": 99}'))
    run: Callable[..., Awaitable[Done]] = _loop_over(model).run
    with pytest.raises(_Lost):
        await run(Transcript([ASKED]), **{port: fail})
    assert trio.current_time() < 99


class _Odd(ScriptedChatModel):
    """A model whose stream is just what is given."""

    def __init__(self, *events: ChatEvent) -> None:
        super().__init__()
        self._given = events

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        async def stream() -> AsyncIterator[ChatEvent]:
            for event in self._given:
                yield event

        yield stream()


async def test_a_stream_that_ends_early_is_cut() -> None:
    """A model that breaks its own promise of a last event is a model that failed."""
    with pytest.raises(ModelStreamCut):
        await _loop_over(_Odd(TextDelta(text="a"))).run(Transcript([ASKED]))


async def test_a_provider_may_not_say_what_was_used() -> None:
    """What it does not count is none."""
    done = await _loop_over(_Odd(Finished(reason="length"))).run(Transcript([ASKED]))
    assert done == Done(iterations=1, reason="length", usage=Usage(prompt_tokens=0, completion_tokens=0))


async def test_calls_in_fragments_over_http_are_put_together() -> None:
    """What a real provider streams, three fragments a call, is run like any other."""
    script = (_calls('{"number": 21}', '{"number": 4}'), Reply(text="42 and 8"))
    async with open_model_server() as server:
        server.script(*script)
        settings = ModelSettings(api_key="k", base_url=server.url)
        async with open_chat_model(settings, lambda request: []) as model:
            heard = _Heard()
            loop = ToolLoop(model=model, toolbox=Toolbox([make_tool(double)]), exhausted="")
            await loop.run(Transcript([ASKED]), heard.emit)
    told = {event.call_id: event.result for event in heard.events if isinstance(event, ToolReturned)}
    assert told == {"c1": 42.0, "c2": 8.0}
    assert heard.events[-2] == Message(content="42 and 8")
