"""ASGI WebSockets as the engine wants them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from smarthealth.conversation.socket import SocketClosed
from smarthealth.server.websocket_socket import AsgiSocket


def scripted(events: list[dict[str, Any]]) -> tuple[Callable[[], Awaitable[Any]], list[Any], Any]:
    """A receive that plays events, and a send that keeps what it gets."""
    sent: list[Any] = []

    async def receive() -> Any:
        return events.pop(0)

    async def send(event: Any) -> None:
        sent.append(event)

    return receive, sent, send


async def test_messages_and_the_end_are_received() -> None:
    """Texts are texts, bytes bytes, and the end is an exception with its code."""
    receive, sent, send = scripted(
        [
            {"type": "websocket.receive", "text": ""},
            {"type": "websocket.receive", "bytes": b"x", "text": None},
            {"type": "websocket.disconnect", "code": 4000, "reason": "bye"},
        ]
    )
    socket = AsgiSocket({}, receive, send)
    assert [await socket.receive(), await socket.receive()] == ["", b"x"]
    with pytest.raises(SocketClosed) as closed:
        await socket.receive()
    assert (closed.value.code, closed.value.reason) == (4000, "bye")
    with pytest.raises(SocketClosed):
        await socket.send(["late"])
    assert not socket.send_now(["late"])
    await socket.close(1000, "")
    assert sent == []


async def test_end_without_a_code_is_1005() -> None:
    """Servers that give none mean none."""
    receive, _, send = scripted([{"type": "websocket.disconnect"}])
    with pytest.raises(SocketClosed) as closed:
        await AsgiSocket({}, receive, send).receive()
    assert (closed.value.code, closed.value.reason) == (1005, "")


def extended(**given: Any) -> dict[str, Any]:
    """A scope of our own shell, as far as sockets look at it."""
    frames = {"send_now": bool, "take_longer": len, "hand_over": list} | given
    return {"extensions": {"smarthealth.frames": frames}}


async def test_several_frames_are_one_event_where_the_server_can() -> None:
    """Under our shell one event carries them all, under another server each has its own."""
    receive, sent, send = scripted([])
    longest: list[int] = []
    ours = AsgiSocket(extended(send_now=lambda texts: len(texts) == 1, take_longer=longest.append), receive, send)
    await ours.send(["a", "b"])
    assert (ours.send_now(["a"]), ours.send_now(["a", "b"])) == (True, False)
    assert sent == [{"type": "smarthealth.frames", "texts": ["a", "b"]}]
    ours.take_longer(5000)
    assert longest == [5000]
    sent.clear()
    socket = AsgiSocket({}, receive, send)
    socket.take_longer(5000)
    assert not socket.send_now(["a"])
    await socket.send(["a", "b"])
    await socket.close(1001, "away")
    assert sent == [
        {"type": "websocket.send", "text": "a"},
        {"type": "websocket.send", "text": "b"},
        {"type": "websocket.close", "code": 1001, "reason": "away"},
    ]


async def test_a_socket_outlives_its_application_where_the_server_can() -> None:
    """Under our shell it is released once, at the end; under another server the application has to stay."""
    receive, _, send = scripted([])
    released: list[str] = []
    ours = AsgiSocket(extended(hand_over=lambda: lambda: released.append("released")), receive, send)
    ours.release()
    assert released == []
    assert ours.outlive()
    for _ in range(2):
        ours.release()
    assert released == ["released"]
    other = AsgiSocket({}, receive, send)
    assert not other.outlive()
    other.release()
