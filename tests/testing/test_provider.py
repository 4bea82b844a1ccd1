import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
import trio
import trio.testing
from trio.testing import MockClock

from smarthealth.llm.port import ChatRequest, ToolCall
from smarthealth.testing.provider import ScriptedModelServer, open_model_server
from smarthealth.testing.script import Ending, Refusal, Reply

MESSAGES = [{"role": "user", "content": "uno dos tres"}]


@pytest.fixture
def patient_clock() -> MockClock:
    """Virtual time that moves on when nothing has happened for a moment, so that bytes under way on loopback arrive."""
    return MockClock(autojump_threshold=0.02)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedModelServer]:
    """A scripted provider."""
    async with open_model_server() as server:
        yield server


@pytest.fixture
async def client(server: ScriptedModelServer) -> AsyncIterator[httpx2.AsyncClient]:
    """A plain HTTP client of it."""
    async with httpx2.AsyncClient(base_url=server.url) as client:
        yield client


async def _stream(client: httpx2.AsyncClient, **body: Any) -> list[Any]:
    """The data of each event, decoded where it is JSON."""
    lines: list[Any] = []
    request = {"model": "m", "messages": MESSAGES, "stream": True, **body}
    async with client.stream("POST", "chat/completions", json=request) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            if line:
                data = line.removeprefix("data: ")
                lines.append(json.loads(data) if data.startswith("{") and data.endswith("}") else data)
    return lines


def _text(events: list[Any]) -> str:
    choices = [choice for event in events if isinstance(event, dict) for choice in event.get("choices", ())]
    return "".join(choice["delta"].get("content", "") for choice in choices)


async def test_the_sdk_takes_it_for_openai(server: ScriptedModelServer) -> None:
    """Whole answers, streams, embeddings and models, as the SDK itself reads them."""
    call = ToolCall(id="c", name="f", arguments='{"a":1}')
    server.script(Reply(text="uno dos", tool_calls=(call,)))
    async with openai.AsyncOpenAI(api_key="k", base_url=server.url) as client:
        whole = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "q"}])
        stream = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "uno dos"}], stream=True
        )
        texts = [chunk.choices[0].delta.content async for chunk in stream]
        vectors = await client.embeddings.create(model="m", input=["a", "b"])
        models = await client.models.list()
    assert whole.choices[0].message.content == "uno dos"
    assert whole.choices[0].message.tool_calls is not None
    assert whole.choices[0].message.tool_calls[0].id == "c"
    assert texts == ["", "uno ", "dos", None]
    assert [len(row.embedding) for row in vectors.data] == [64, 64]
    assert [model.id for model in models.data] == ["scripted"]


async def test_a_stream_ends_with_reason_usage_and_done(client: httpx2.AsyncClient) -> None:
    """Usage comes only when it is asked for."""
    events = await _stream(client, stream_options={"include_usage": True})
    assert _text(events) == "uno dos tres"
    assert events[-3]["choices"][0]["finish_reason"] == "stop"
    assert events[-2]["usage"] == {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}
    assert events[-1] == "[DONE]"
    assert "finish_reason" in (await _stream(client))[-2]["choices"][0]


async def test_tokens_keep_the_pace(
    server: ScriptedModelServer, client: httpx2.AsyncClient, patient_clock: MockClock
) -> None:
    """Each token is due by the clock, so the last is as punctual as the first."""
    server.script(Reply(tokens=("a",) * 41, first_token_delay=2.0, pace=4.0))
    await _stream(client)
    assert trio.current_time() == pytest.approx(12.0, abs=0.5)
    server.script(Reply(tokens=("a",) * 8, first_token_delay=1.0, pace=4.0))
    begun = trio.current_time()
    await client.post("chat/completions", json={"messages": MESSAGES})
    assert trio.current_time() - begun == pytest.approx(3.0, abs=0.5)


async def test_a_rule_answers_by_request() -> None:
    """What the queue does not hold is decided by what is asked."""

    def rule(request: ChatRequest) -> Reply:
        return Reply(text=request.messages[-1].content.upper())

    async with open_model_server(rule=rule) as server, httpx2.AsyncClient(base_url=server.url) as client:
        assert _text(await _stream(client)) == "UNO DOS TRES"


async def test_refusals_have_status_code_and_wait(
    server: ScriptedModelServer, client: httpx2.AsyncClient, patient_clock: MockClock
) -> None:
    """For chat and for embeddings, after their delay."""
    server.script(Refusal(status=429, code="slow_down", retry_after=1.5, delay=3.0))
    refused = await client.post("chat/completions", json={"messages": MESSAGES})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1.5")
    assert refused.json()["error"]["code"] == "slow_down"
    assert trio.current_time() >= 3.0
    server.refuse_embeddings(Refusal(status=400, code="c", param="input"))
    refused = await client.post("embeddings", json={"input": "a"})
    assert refused.status_code == 400
    assert "retry-after" not in refused.headers
    assert refused.json()["error"]["param"] == "input"
    assert (await client.post("embeddings", json={"input": "a"})).status_code == 200


@pytest.mark.parametrize(
    ("ending", "last"),
    [(Ending.END, "uno "), (Ending.MALFORMED, '{"choices": ['), (Ending.ERROR, "server_error")],
)
async def test_broken_streams_end_as_scripted(
    server: ScriptedModelServer, client: httpx2.AsyncClient, ending: Ending, last: str
) -> None:
    """After the number of pieces that the script says."""
    server.script(Reply(text="uno dos", ending=ending, after=1))
    events = await _stream(client)
    assert _text(events) == "uno "
    assert last in json.dumps(events[-1], ensure_ascii=False).replace("\\", "")
    await server.wait_idle()
    assert server.requests[0].tokens_sent == 1
    assert server.requests[0].answered


async def test_a_cut_resets_the_connection(server: ScriptedModelServer, client: httpx2.AsyncClient) -> None:
    """In the middle of a chunk; the server has then done what it was told."""
    server.script(Reply(text="uno dos", ending=Ending.CUT, after=1))
    with pytest.raises(httpx2.NetworkError):
        await _stream(client)
    await server.wait_idle()
    assert server.requests[0].answered
    assert server.requests[0].disconnected_at is None


async def test_a_client_that_leaves_is_noticed(server: ScriptedModelServer, client: httpx2.AsyncClient) -> None:
    """Requests are counted while they are open, and a disconnection has its time."""
    server.script(Reply(text="uno dos", ending=Ending.HANG, after=1))
    async with client.stream("POST", "chat/completions", json={"messages": MESSAGES, "stream": True}) as response:
        assert response.status_code == 200
        await server.wait_requests(1)
        await trio.testing.wait_all_tasks_blocked(0.01)
        assert server.open_requests == 1
    await server.wait_idle()
    (received,) = server.requests
    assert (received.answered, received.path) == (False, "/v1/chat/completions")
    assert received.disconnected_at is not None


async def test_waiting_for_a_request_waits(server: ScriptedModelServer, client: httpx2.AsyncClient) -> None:
    """A test can go on exactly when the server was asked."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.get, "models")
        await server.wait_requests(1)
    assert server.requests[0].path == "/v1/models"


async def test_other_paths_are_not_found(client: httpx2.AsyncClient) -> None:
    """What the server does not offer is told in OpenAI's form."""
    answer = await client.get("files")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
