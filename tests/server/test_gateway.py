"""The door for WebSockets, over real sockets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import msgspec
import pytest
import structlog
import trio

from smarthealth.server.accounts import Accounts
from smarthealth.server.gateway import bearer_token, find_token
from smarthealth.server.service import make_app
from smarthealth.server.settings import ServerSettings
from smarthealth.testing.raw_peer import TEXT, RawPeer, close_frame, frame, open_raw_peer

OpenServer = Callable[..., AbstractAsyncContextManager[int]]


async def refusal(peer: RawPeer, path: str, *headers: tuple[str, str]) -> tuple[int, str, str]:
    """Status, code and head of a refused handshake."""
    head = await peer.upgrade(path, headers)
    body = await peer.read_rest()
    return int(head.split()[1]), msgspec.json.decode(body)["error"]["code"], head.lower()


async def refused(port: int, path: str, *headers: tuple[str, str]) -> tuple[int, str, str]:
    """The same on a connection of its own."""
    async with open_raw_peer(port) as peer:
        return await refusal(peer, path, *headers)


async def test_token_opens_the_door_in_every_way(world: Any, open_server: OpenServer) -> None:
    """Header, query and subprotocol are all good; `bearer` is echoed, the token is not."""
    user = world.users.add()
    token = world.token(user)
    async with open_server(world) as port:
        for path, headers in (
            ("/ws/chat", [("Authorization", f"Bearer {token}")]),
            (f"/ws/chat?token={token}", []),
            ("/ws/chat", [("Sec-WebSocket-Protocol", f"bearer, {token}")]),
        ):
            async with open_raw_peer(port) as peer:
                head = await peer.upgrade(path, headers)
                assert head.startswith("HTTP/1.1 101")
                assert ("sec-websocket-protocol: bearer" in head) is ("Sec-WebSocket-Protocol" in dict(headers))
                assert token not in head
                await peer.send(frame(TEXT, b"hola") + close_frame(1000))
                assert await peer.read_close() == (1000, "")
        assert [visit[1].user_id for visit in world.host.visits] == [user.id] * 3
        assert {visit[3] for visit in world.host.visits} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/ws/chat", None),
        ("/ws/chat?token=nonsense", None),
        ("/ws/chat?token=", None),
        ("/ws/chat", ("Authorization", "Basic YTpi")),
        ("/ws/chat", ("Authorization", "Bearer")),
        ("/ws/chat", ("Sec-WebSocket-Protocol", "bearer")),
        ("/other/ws/chat?token=nonsense", None),
    ],
)
async def test_missing_or_bad_token_is_401(
    path: str, header: tuple[str, str] | None, world: Any, open_server: OpenServer
) -> None:
    """A bad token is refused also where none is needed."""
    async with open_server(world) as port:
        status, code, head = await refused(port, path, *([header] if header else []))
    assert (status, code) == (401, "UNAUTHORIZED")
    assert "www-authenticate: bearer" in head
    assert world.host.visits == []


async def test_optional_and_in_band_doors(world: Any, open_server: OpenServer) -> None:
    """Without a token nobody is there; in-band, a bad token is the protocol's affair; path parts are passed on."""
    user = world.users.add()
    async with open_server(world, listener="other") as port:
        for path in ("/ws/rooms/7", "/ws/in-band", "/ws/in-band?token=bad", f"/ws/in-band?token={world.token(user)}"):
            async with open_raw_peer(port) as peer:
                assert (await peer.upgrade(path)).startswith("HTTP/1.1 101")
    assert [visit[1] and visit[1].user_id for visit in world.host.visits] == [None, None, None, user.id]
    assert world.host.visits[0][2] == {"room": "7"}


async def test_in_band_door_is_shut_when_nobody_can_be_looked_up(world: Any, open_server: OpenServer) -> None:
    """A database that is gone is 503 there too, not a bad token."""
    token = world.token(world.users.add())
    world.users.gone = True
    async with open_server(world, listener="other") as port:
        assert (await refused(port, f"/ws/in-band?token={token}"))[0] == 503


async def test_disabled_user_is_401_and_wrong_role_403(world: Any, open_server: OpenServer) -> None:
    """A token outlives neither its user nor its user's role."""
    disabled, patient = world.users.add(), world.users.add(role="patient")
    world.users.disable(disabled.id)
    async with open_server(world) as port:
        assert (await refused(port, f"/ws/chat?token={world.token(disabled)}"))[:2] == (401, "UNAUTHORIZED")
        assert (await refused(port, f"/ws/chat?token={world.token(patient)}"))[:2] == (403, "FORBIDDEN")


async def test_an_endpoint_has_a_last_word_and_a_language(world: Any, open_server: OpenServer) -> None:
    """Who may not enter is 403, whoever cannot be looked up 503, both in the endpoint's language."""
    user = world.users.add()
    headers = ("Authorization", f"Bearer {world.token(user)}")
    async with open_server(world, listener="other") as port:
        async with open_raw_peer(port) as peer:
            assert (await peer.upgrade(f"/ws/own/{user.id}", [headers])).startswith("HTTP/1.1 101")
        async with open_raw_peer(port) as peer:
            assert (await peer.upgrade("/ws/own/999", [headers])).startswith("HTTP/1.1 403")
            assert "You may not use this" in (await peer.read_rest()).decode()
        assert (await refused(port, "/ws/own/0", headers))[:2] == (503, "UNAVAILABLE")


async def test_foreign_page_is_403_and_unknown_path_404(world: Any, open_server: OpenServer) -> None:
    """The origin is looked at before the token, the path before both."""
    token = world.token(world.users.add())
    async with open_server(world) as port:
        origin = ("Origin", "https://evil.example")
        assert (await refused(port, f"/ws/chat?token={token}", origin))[:2] == (403, "ORIGIN_NOT_ALLOWED")
        assert (await refused(port, "/nothing", origin))[:2] == (404, "NOT_FOUND")
        async with open_raw_peer(port) as peer:
            head = await peer.upgrade(f"/ws/chat?token={token}", [("Origin", f"http://localhost:{port}")])
            assert head.startswith("HTTP/1.1 101")


async def test_address_that_is_refused_too_often_has_to_wait(world: Any, open_server: OpenServer) -> None:
    """Failures are counted by address, whatever their kind; then even a good token is 429, with Retry-After."""
    world.settings = ServerSettings(failure_burst=3)
    token = world.token(world.users.add())
    async with open_server(world) as port:
        for path in ("/ws/chat", "/nothing", "/ws/chat?token=bad"):
            assert (await refused(port, path))[0] in (401, 404)
        status, code, head = await refused(port, f"/ws/chat?token={token}")
    assert (status, code) == (429, "TOO_MANY_FAILURES")
    assert "retry-after: 1" in head


async def test_user_has_so_many_connections(world: Any, open_server: OpenServer) -> None:
    """One more is 429 until another ends; other users are not concerned."""
    world.settings = ServerSettings(connections_per_user=2)
    ana, bo = (world.token(world.users.add()) for _ in range(2))
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(open_server(world))
        peers = [await stack.enter_async_context(open_raw_peer(port)) for _ in range(4)]
        for peer in peers[:2]:
            await peer.upgrade(f"/ws/chat?token={ana}")
        status, code, head = await refused(port, f"/ws/chat?token={ana}")
        assert (status, code) == (429, "TOO_MANY_CONNECTIONS")
        assert "retry-after:" in head
        assert (await peers[2].upgrade(f"/ws/chat?token={bo}")).startswith("HTTP/1.1 101")
        await peers[0].send(close_frame(1000))
        await peers[0].read_close()
        await peers[0].read_rest()
        assert (await peers[3].upgrade(f"/ws/chat?token={ana}")).startswith("HTTP/1.1 101")


async def test_connections_end_with_their_clients_under_any_server(world: Any, open_server: OpenServer) -> None:
    """Where the server lets sockets outlive the application, and where it does not: what is said arrives, and places are freed."""
    world.settings = ServerSettings(connections_per_user=1)
    token = world.token(world.users.add())
    for plain in (False, True):
        async with open_server(world, plain=plain) as port:
            for _ in range(2):
                async with open_raw_peer(port) as peer:
                    assert (await peer.upgrade(f"/ws/chat?token={token}")).startswith("HTTP/1.1 101")
                    await peer.send(frame(TEXT, b"hola"))
                    assert await peer.read_text() == "hola"
                    await peer.send(close_frame(1000))
                    assert await peer.read_close() == (1000, "")
                    await peer.read_rest()


async def test_handshake_that_fails_at_the_last_moment_frees_its_place(world: Any, open_server: OpenServer) -> None:
    """An answer that cannot be sent is the end of a connection like any other."""
    world.settings = ServerSettings(connections_per_user=1)
    token, scope = world.token(world.users.add()), {"headers": (), "path": "/ws/chat", "state": {"listener": "records"}}
    app = make_app(world.settings, world.services(), Accounts(world.tokens, world.users), ())

    async def receive() -> object:
        return {"type": "websocket.connect"}

    async def send(event: object) -> None:
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            await app(scope | {"type": "websocket", "query_string": f"token={token}".encode()}, receive, send)


async def test_full_server_is_429_and_a_draining_one_503(world: Any, open_server: OpenServer) -> None:
    """There is no room, or nothing new is begun: come back later."""
    token = world.token(world.users.add())
    async with open_server(world) as port:
        world.host.full = True
        assert (await refused(port, f"/ws/chat?token={token}"))[:2] == (429, "OVERLOADED")
        world.host.draining = True
        assert (await refused(port, "/nothing"))[:2] == (503, "DRAINING")


async def test_decision_that_takes_too_long_is_503(world: Any, open_server: OpenServer) -> None:
    """A database that hangs does not hold handshakes."""
    world.settings = ServerSettings(handshake_timeout=0.1)
    token = world.token(world.users.add())

    async def hang(user_ids: object) -> None:
        await trio.sleep_forever()

    world.users.find_all = hang
    async with open_server(world) as port:
        assert (await refused(port, f"/ws/chat?token={token}"))[:2] == (503, "UNAVAILABLE")


async def test_refusals_are_counted_and_logged_without_the_token(world: Any, open_server: OpenServer) -> None:
    """A refused token is in no log line, and the refusal in the metrics."""
    async with open_server(world) as port:
        with structlog.testing.capture_logs() as lines:
            await refused(port, "/ws/chat?token=verysecret", ("Authorization", "Bearer verysecret"))
    assert "verysecret" not in repr(lines)
    assert {"handshake_refused", "request_answered"} <= {line["event"] for line in lines}
    assert b'smarthealth_handshakes_refused_total{code="UNAUTHORIZED"} 1.0' in world.metrics.exposition()


async def test_sentences_are_in_the_servers_language(world: Any, open_server: OpenServer) -> None:
    """Spanish unless it is set otherwise."""
    async with open_server(world) as port, open_raw_peer(port) as peer:
        await peer.upgrade("/ws/chat")
        assert "Token inválido".encode() in await peer.read_rest()


def test_header_goes_before_query_before_subprotocol() -> None:
    """The first way that is used counts, good or bad."""
    scope: dict[str, Any] = {"query_string": b"token=q", "subprotocols": ["v1", "bearer", "s"]}
    assert find_token(scope, {"authorization": "bearer h"}) == ("h", "bearer")
    assert find_token(scope, {}) == ("q", "bearer")
    assert find_token({"subprotocols": ["v1", "bearer", "s"]}, {}) == ("s", "bearer")
    assert find_token({"subprotocols": ["v1"]}, {}) == (None, None)
    assert find_token({}, {}) == (None, None)


@pytest.mark.parametrize(("given", "token"), [("Bearer a", "a"), ("  bearer   a ", "a"), ("Basic a", ""), ("", "")])
def test_only_bearer_is_a_token(given: str, token: str) -> None:
    """Any other kind of authorization is no good token."""
    assert bearer_token(given) == token
