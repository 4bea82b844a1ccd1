import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import attrs
import pytest
import trio
import trio.lowlevel
from trio.testing import MockClock

from smarthealth.llm import openai_chat
from smarthealth.llm.errors import ModelError, ModelProtocolError, ModelRefused, ModelStreamCut, ModelUnavailable
from smarthealth.llm.openai_chat import OpenAIChatModel
from smarthealth.llm.openai_client import open_openai
from smarthealth.llm.port import (
    ChatEvent,
    ChatMessage,
    ChatModel,
    ChatRequest,
    Finished,
    TextDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from smarthealth.llm.settings import ModelSettings
from smarthealth.testing.conformance import check_chat_model
from smarthealth.testing.http import Exchange, open_http_server
from smarthealth.testing.provider import ScriptedModelServer, open_model_server
from smarthealth.testing.script import Ending, Refusal, Reply


@asynccontextmanager
async def _open_model(url: str, **settings: Any) -> AsyncIterator[OpenAIChatModel]:
    chosen = attrs.evolve(ModelSettings(base_url=url, max_retries=0), **settings)
    async with open_openai(chosen) as client:
        yield OpenAIChatModel(chosen, client)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedModelServer]:
    """A scripted provider."""
    async with open_model_server() as server:
        yield server


async def _collect(model: ChatModel, request: ChatRequest) -> tuple[list[ChatEvent], ModelError | None]:
    events: list[ChatEvent] = []
    try:
        async with model.open_stream(request) as stream:
            events.extend([event async for event in stream])
    except ModelError as error:
        return events, error
    return events, None


async def _collect_each(model: ChatModel, request: ChatRequest) -> tuple[list[ChatEvent], ModelError | None]:
    """As `_collect`, and keeps what came before an error."""
    events: list[ChatEvent] = []
    try:
        async with model.open_stream(request) as stream:
            async for event in stream:
                events.append(event)  # noqa: PERF401  # a comprehension would lose them
    except ModelError as error:
        return events, error
    return events, None


async def test_the_adapter_is_a_chat_model(server: ScriptedModelServer) -> None:
    """It does what every chat model must."""
    await check_chat_model(partial(_open_model, server.url))


async def test_an_answer_streams_in(server: ScriptedModelServer, request_: ChatRequest) -> None:
    """Text comes token by token, the usage with the end, and the next answer over the same connection."""
    async with _open_model(server.url) as model:
        assert model.name == "gpt-4o-mini"
        for _ in range(2):
            server.script(Reply(tokens=("uno ", "dos")))
            assert await _collect(model, request_) == (
                [
                    TextDelta(text="uno "),
                    TextDelta(text="dos"),
                    Finished(reason="stop", usage=Usage(prompt_tokens=3, completion_tokens=2)),
                ],
                None,
            )
    first, second = server.requests
    assert first.client_port == second.client_port


async def test_a_request_says_what_the_port_says(server: ScriptedModelServer) -> None:
    """Messages, tools, limits and the wish for a stream with usage all arrive."""
    call = ToolCall(id="c1", name="look", arguments='{"a":1}')
    request = ChatRequest(
        messages=(
            ChatMessage(role="system", content="be brief"),
            ChatMessage(role="user", content="¿qué?"),
            ChatMessage(role="assistant", content="", tool_calls=(call,)),
            ChatMessage(role="tool", content="found", tool_call_id="c1"),
        ),
        tools=(Tool(name="look", description="looks", parameters={"type": "object"}),),
        temperature=0.5,
        max_output_tokens=50,
    )
    async with _open_model(server.url, model="m", api_key="sk-test") as model:
        await _collect(model, request)
    (received,) = server.requests
    assert received.chat == request
    assert received.headers["authorization"] == "Bearer sk-test"
    assert received.headers["accept-encoding"] == "identity"
    assert (received.body["model"], received.body["stream"]) == ("m", True)
    assert received.body["stream_options"] == {"include_usage": True}
    assert received.body["max_tokens"] == 50


async def test_the_library_reads_what_nothing_can_read_past_it(
    server: ScriptedModelServer, request_: ChatRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is the same whoever reads it."""
    monkeypatch.setattr(openai_chat, "direct_body", lambda *_: None)
    server.script(Reply(text="uno dos"))
    async with _open_model(server.url) as model:
        events, error = await _collect(model, request_)
    assert error is None
    assert [event.text for event in events if isinstance(event, TextDelta)] == ["uno ", "dos"]


async def test_tool_calls_come_in_fragments(server: ScriptedModelServer, request_: ChatRequest) -> None:
    """Fragments of one call share its index and join to its arguments."""
    server.script(Reply(text="Veo.", tool_calls=(ToolCall(id="c1", name="look", arguments='{"a":1}'),)))
    async with _open_model(server.url) as model:
        events, _ = await _collect(model, request_)
    calls = [event for event in events if isinstance(event, ToolCallDelta)]
    assert (calls[0].id, calls[0].name, {call.index for call in calls}) == ("c1", "look", {0})
    assert "".join(call.arguments for call in calls) == '{"a":1}'
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "tool_calls"


@pytest.mark.parametrize("refusal", [Refusal(status=429, retry_after=7.0), Refusal(status=500), Refusal(status=503)])
async def test_outages_before_the_answer_are_asked_again(
    server: ScriptedModelServer, request_: ChatRequest, refusal: Refusal, patient_clock: MockClock
) -> None:
    """An answer after an outage is an answer; the wait is the one that the provider asks for."""
    server.script(refusal, Reply(text="uno dos"))
    async with _open_model(server.url, max_retries=1, backoff=0.5) as model:
        events, error = await _collect(model, request_)
    assert error is None
    assert len(events) == 3
    wait = refusal.retry_after or 0.0
    assert wait <= trio.current_time() <= wait + 2.0


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.END, Ending.ERROR])
async def test_a_stream_lost_before_its_first_token_is_asked_again(
    server: ScriptedModelServer, request_: ChatRequest, ending: Ending
) -> None:
    """Nothing has been given out, so nothing would be said twice."""
    server.script(Reply(text="uno dos", ending=ending, after=0), Reply(text="uno dos"))
    async with _open_model(server.url, max_retries=1, backoff=0.0) as model:
        events, error = await _collect(model, request_)
    assert (len(events), error) == (3, None)


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.END, Ending.ERROR])
async def test_a_stream_that_breaks_off_is_cut_and_never_asked_again(
    server: ScriptedModelServer, request_: ChatRequest, ending: Ending
) -> None:
    """What was said stays said, and the failure is told."""
    server.script(Reply(text="uno dos tres", ending=ending, after=2))
    async with _open_model(server.url, max_retries=5) as model:
        events, error = await _collect_each(model, request_)
    # A reset may overtake what was sent before it.
    assert events == [TextDelta(text="uno "), TextDelta(text="dos ")][: len(events)]
    assert isinstance(error, ModelStreamCut)
    assert len(server.requests) == 1


async def test_a_malformed_event_is_a_protocol_error(server: ScriptedModelServer, request_: ChatRequest) -> None:
    """Nonsense is not asked for again."""
    server.script(Reply(text="uno dos", ending=Ending.MALFORMED, after=1))
    async with _open_model(server.url, max_retries=5) as model:
        events, error = await _collect_each(model, request_)
    assert events == [TextDelta(text="uno ")]
    assert isinstance(error, ModelProtocolError)
    assert len(server.requests) == 1


async def test_a_malformed_first_event_closes_the_connection(
    server: ScriptedModelServer, request_: ChatRequest
) -> None:
    """A failure before the answer leaves no request open."""
    server.script(Reply(text="uno", ending=Ending.MALFORMED, after=0))
    async with _open_model(server.url) as model:
        _, error = await _collect(model, request_)
        assert isinstance(error, ModelProtocolError)
        await server.wait_idle()


async def test_a_refusal_is_told_at_once(server: ScriptedModelServer, request_: ChatRequest) -> None:
    """What would be refused again is not asked again."""
    server.script(Refusal(status=401, code="invalid_api_key"))
    async with _open_model(server.url, max_retries=5) as model:
        _, error = await _collect(model, request_)
    assert isinstance(error, ModelRefused)
    assert (error.status, error.code) == (401, "invalid_api_key")
    assert len(server.requests) == 1


async def test_nobody_at_the_address_is_an_outage(request_: ChatRequest) -> None:
    """A refused connection is told as an outage, after the retries."""
    async with open_model_server() as server:
        url = server.url
    async with _open_model(url, max_retries=1, backoff=0.0) as model:
        _, error = await _collect(model, request_)
    assert isinstance(error, ModelUnavailable)


async def test_a_silent_provider_runs_into_the_read_timeout(
    server: ScriptedModelServer, request_: ChatRequest, patient_clock: MockClock
) -> None:
    """Where no caller sets a deadline, a hanging provider is given up all the same."""
    server.script(Reply(text="uno dos", ending=Ending.HANG, after=1), Reply(first_token_delay=math.inf))
    async with _open_model(server.url, read_timeout=30.0) as model:
        events, error = await _collect_each(model, request_)
        assert events == [TextDelta(text="uno ")]
        assert isinstance(error, ModelStreamCut)
        _, error = await _collect(model, request_)
        assert isinstance(error, ModelUnavailable)


@pytest.mark.parametrize("after", [0, 1])
async def test_cancelling_closes_the_connection_at_once(
    server: ScriptedModelServer, request_: ChatRequest, after: int
) -> None:
    """The provider sees the connection end within a moment, before the first token and in mid-answer."""
    server.script(Reply(text="uno dos", ending=Ending.HANG, after=after))
    async with _open_model(server.url) as model:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_collect, model, request_)
                await server.wait_requests(1)
                while server.requests[0].tokens_sent < after:
                    await trio.lowlevel.checkpoint()
                cancelled_at = trio.current_time()
                scope.cancel()
        await server.wait_idle()
        disconnected_at = server.requests[0].disconnected_at
        assert disconnected_at is not None
        assert disconnected_at - cancelled_at < 0.5


async def test_leaving_a_stream_closes_the_connection(server: ScriptedModelServer, request_: ChatRequest) -> None:
    """Who has heard enough stops the provider's work."""
    server.script(Reply(text="uno dos", ending=Ending.HANG, after=1))
    async with _open_model(server.url) as model:
        async with model.open_stream(request_) as events:
            await anext(events)
        await server.wait_idle()
    assert server.requests[0].disconnected_at is not None


async def test_cancellation_is_seen_while_events_wait(server: ScriptedModelServer, request_: ChatRequest) -> None:
    """Events that came in one read do not outlive their reader's scope."""
    async with _open_model(server.url) as model, model.open_stream(request_) as events:
        with trio.CancelScope() as scope:
            scope.cancel()
            await anext(events)
        assert scope.cancelled_caught


async def test_parameters_that_a_model_does_not_take_are_left_out(
    server: ScriptedModelServer, request_: ChatRequest
) -> None:
    """A refusal that names an optional parameter is learnt from, once for all requests."""
    server.script(
        Refusal(status=400, code="unsupported_value", param="temperature"),
        Refusal(status=400, code="unsupported_parameter", param="max_tokens"),
        Refusal(status=400, code="unknown_parameter", param="stream_options"),
    )
    async with _open_model(server.url) as model:
        for _ in range(2):
            events, error = await _collect(model, request_)
            assert (len(events), error) == (4, None)
    assert len(server.requests) == 5
    for received in server.requests[3:]:
        assert "max_completion_tokens" in received.body
        assert not {"temperature", "max_tokens", "stream_options"} & set(received.body)


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(status=400, code="unsupported_value", param="messages"),
        Refusal(status=400, code="unsupported_value", param="seed"),
        Refusal(status=400, code="invalid_prompt", param="temperature"),
    ],
)
async def test_other_refusals_of_parameters_stand(
    server: ScriptedModelServer, request_: ChatRequest, refusal: Refusal
) -> None:
    """What cannot be left out is refused for good."""
    server.script(refusal)
    async with _open_model(server.url) as model:
        _, error = await _collect(model, request_)
    assert isinstance(error, ModelRefused)
    assert len(server.requests) == 1


async def test_openai_itself_is_asked_by_the_new_name_of_the_limit(
    server: ScriptedModelServer, request_: ChatRequest
) -> None:
    """Its newer models know no other."""
    settings = ModelSettings(api_key="sk-1")
    async with open_openai(settings) as client:
        await _collect(OpenAIChatModel(settings, client.with_options(base_url=server.url)), request_)
    assert server.requests[0].body["max_completion_tokens"] == 1024


@asynccontextmanager
async def _open_raw(head: bytes) -> AsyncIterator[str]:
    """A provider that answers anything with `head` and then hangs."""

    async def answer(stream: trio.SocketStream) -> None:
        async with stream:
            await stream.receive_some()
            await stream.send_all(head)
            while await stream.receive_some():
                pass

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        await nursery.start(trio.serve_listeners, answer, [listener])
        yield f"http://127.0.0.1:{listener.socket.getsockname()[1]}/v1"
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    "header", [b"Content-Type: application/json", b"Content-Type: text/event-stream\r\nContent-Encoding: gzip"]
)
async def test_what_is_no_plain_event_stream_is_a_protocol_error(header: bytes, request_: ChatRequest) -> None:
    """A page, a JSON object or a compressed stream is not read to its end first."""
    head = b"HTTP/1.1 200 OK\r\n" + header + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with _open_raw(head) as url, _open_model(url) as model:
        _, error = await _collect(model, request_)
    assert isinstance(error, ModelProtocolError)


DONE = b'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


@pytest.mark.parametrize("rest", [b"", b"zz\r\n"])
async def test_an_answer_is_whole_whatever_follows_it(
    rest: bytes, request_: ChatRequest, patient_clock: MockClock
) -> None:
    """A provider that neither ends the response nor sends sense after [DONE] holds nobody up."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with _open_raw(head + b"%x\r\n%s\r\n" % (len(DONE), DONE) + rest) as url, _open_model(url) as model:
        events, error = await _collect(model, request_)
    assert (events, error) == ([TextDelta(text="a"), Finished(reason="stop")], None)
    assert trio.current_time() < 1


async def test_each_read_gives_out_all_its_events(request_: ChatRequest) -> None:
    """Many events in one segment come one by one, in order."""

    async def handle(exchange: Exchange) -> None:
        await exchange.begin_stream()
        event = b'{"choices":[{"index":0,"delta":{"content":"%d"}}]}'
        events = [event % number for number in range(100)]
        end = [b'{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}', b"[DONE]"]
        await exchange.send_event(b"\n\ndata: ".join([*events, *end]))
        await exchange.end_stream()

    async with open_http_server(handle) as url, _open_model(url) as model:
        events, error = await _collect(model, request_)
    assert error is None
    assert [event.text for event in events if isinstance(event, TextDelta)] == [str(number) for number in range(100)]


def test_pictures_go_beside_the_text() -> None:
    """As parts of the content, the bytes in the address; a message without any is text alone."""
    from smarthealth.llm.openai_chat import _content
    from smarthealth.llm.port import ChatMessage, Image

    picture = Image(media_type="image/png", data=b"\x89PNG")
    assert _content(ChatMessage(role="user", content="look", images=(picture,))) == [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
    ]
    assert _content(ChatMessage(role="user", content="look")) == "look"
