"""One message as one request, and how the WebSocket is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from smarthealth.apps.taxi import texts
from smarthealth.apps.taxi.http import TaxiHttp
from smarthealth.apps.taxi.presence import Presence
from smarthealth.apps.taxi.settings import TaxiSettings
from smarthealth.conversation.application import HttpRequest, Principal
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Ending, Refusal, Reply
from tests.apps.taxi.agents.conftest import open_desk
from tests.apps.taxi.conftest import ANA, LUIS, World


@asynccontextmanager
async def asking(world: World) -> AsyncIterator[TaxiHttp]:
    """The application's HTTP around a world."""
    async with open_desk(world):
        yield TaxiHttp(world.services(), Presence())


async def post(http: TaxiHttp, body: object, principal: Principal | None = None) -> tuple[int, dict[str, Any]]:
    """Send a body."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    request = HttpRequest(principal=principal, address="192.0.2.7", path_parts={}, query={}, body=raw)
    answer = await http.chat(request)
    return answer.status, msgspec.json.decode(answer.body)


def refusal(code: str, message: str) -> dict[str, object]:
    """As the server writes its own."""
    return {"error": {"code": code, "message": message}}


async def test_a_conversation_by_http(world: World, autojump_clock: MockClock) -> None:
    """Each message is answered whole, in its thread, with the agent and the tools that were called."""
    async with asking(world) as http:
        status, first = await post(http, {"message": "Necesito un taxi al aeropuerto"})
        _, second = await post(http, {"message": "efectivo", "thread_id": first["thread_id"]})
    assert status == 200
    assert set(first) == {"response", "thread_id", "agent", "tools"}
    assert (first["agent"], first["tools"]) == ("RECEPCIONISTA", ["TransferToNavegante"])
    assert first["response"].startswith("Entendido: Aeropuerto")
    assert (second["agent"], second["thread_id"]) == ("OPERADOR", first["thread_id"])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"\xff", "El mensaje no es JSON válido"),
        (b"{", "El mensaje no es JSON válido"),
        ([], "El mensaje debe ser un objeto JSON"),
        ({}, "Falta el campo 'message'"),
        ({"message": " "}, texts.EMPTY),
        ({"message": "a" * 2001}, "El mensaje es demasiado largo: máximo 2000 caracteres"),
        ({"message": 7}, "El campo 'message' no es del tipo correcto"),
    ],
)
async def test_a_bad_body(body: object, detail: str, world: World) -> None:
    """Is told what is wrong."""
    async with asking(world) as http:
        assert await post(http, body) == (422, refusal("INVALID_REQUEST", detail))


async def test_who_asks_too_often(world: World) -> None:
    """By user, or by address."""
    world.limiter.retry_after = 2.0
    async with asking(world) as http:
        status, body = await post(http, {"message": "Hola"}, ANA)
        await post(http, {"message": "Hola"})
    assert (status, body) == (429, refusal("RATE_LIMITED", "Demasiados mensajes; espera 2 s"))
    assert world.limiter.taken == ["user 7", "address 192.0.2.7"]


async def test_somebody_else_s_thread(world: World, autojump_clock: MockClock) -> None:
    """Is refused."""
    async with asking(world) as http:
        assert (await post(http, {"message": "Hola", "thread_id": "t"}, ANA))[0] == 200
        status, body = await post(http, {"message": "Hola", "thread_id": "t"}, LUIS)
    assert (status, body) == (403, refusal("FORBIDDEN", texts.THREAD_OF_ANOTHER))


async def test_a_failing_model(world: World, autojump_clock: MockClock) -> None:
    """Is 503, and so is one that hangs."""
    world.settings = TaxiSettings(agent_timeout=100, turn_timeout=2)
    world.model = ScriptedChatModel(Refusal(status=500), Reply(text="Hola", ending=Ending.HANG))
    async with asking(world) as http:
        failed = await post(http, {"message": "Hola"})
        hung = await post(http, {"message": "Hola"})
    assert failed == (503, refusal("AGENT_ERROR", texts.AGENT_FAILED))
    assert hung == (503, refusal("AGENT_ERROR", texts.TIMED_OUT))


async def test_an_answer_that_cannot_be_kept(world: World) -> None:
    """Is no answer: the server makes a 503 of it."""
    async with asking(world) as http:
        world.threads.keeping.error = StorageUnavailable()
        with pytest.raises(StorageUnavailable):
            await post(http, {"message": "Hola"})


async def test_a_stage_that_takes_too_long(world: World, autojump_clock: MockClock) -> None:
    """Ends the turn as over the WebSocket."""
    world.settings = TaxiSettings(agent_timeout=1)
    world.model = ScriptedChatModel(Reply(text="Hola", ending=Ending.HANG))
    async with asking(world) as http:
        assert (await post(http, {"message": "Hola"}))[0] == 503


async def test_a_client_that_leaves(world: World, autojump_clock: MockClock) -> None:
    """What was said is kept."""
    world.model = ScriptedChatModel(Reply(text="uno dos tres", pace=1))
    async with asking(world) as http:
        with trio.move_on_after(1.5):
            await post(http, {"message": "Hola"})
    assert ("user", "Hola") in [said for messages in [world.threads.said] for said in messages]


async def test_health(world: World) -> None:
    """With the true count."""
    presence = Presence(connections=2)
    request = HttpRequest(principal=None, address="x", path_parts={}, query={}, body=b"")
    answer = await TaxiHttp(world.services(), presence).health(request)
    assert msgspec.json.decode(answer.body) == {
        "status": "healthy",
        "active_connections": 2,
        "service": "websocket_streaming",
    }
