"""Who may open a WebSocket, from where and how; a refusal is an HTTP response with JSON."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import msgspec
import pytest
import trio

from smarthealth.testing.raw_peer import TEXT, frame

if TYPE_CHECKING:
    from tests.endtoend.conftest import Launch, Server

Header = tuple[str, str]
HOUR = 3600


def bearer(token: str) -> Header:
    """The header that carries a token."""
    return "Authorization", f"Bearer {token}"


async def test_a_token_comes_in_by_three_ways(server: Server) -> None:
    """Query, header and subprotocol each let a client in; `bearer` is echoed, and nothing where it was not offered."""
    token = server.token()
    assert await server.knock(f"/ws/chat?token={token}") == (101, "connected")
    assert await server.knock("/ws/chat", bearer(token)) == (101, "connected")
    for path, headers, echoed in (
        ("/ws/chat", [("Sec-WebSocket-Protocol", f"bearer, {token}")], True),
        (f"/ws/chat?token={token}", [("Sec-WebSocket-Protocol", "bearer")], True),
        (f"/ws/chat?token={token}", [("Sec-WebSocket-Protocol", "chat")], False),
        (f"/ws/chat?token={token}", [], False),
    ):
        async with server.raw() as peer:
            head = (await peer.upgrade(path, headers)).lower()
            assert head.startswith("http/1.1 101")
            assert ("\r\nsec-websocket-protocol: bearer" in head) is echoed
            assert token.lower() not in head


async def test_the_greeting_names_the_user(server: Server) -> None:
    """`connected` carries the integer of the token's `sub` and the document's message."""
    with trio.fail_after(10):
        async with server.raw() as peer:
            await peer.upgrade(f"/ws/chat?token={server.token(sub='987654321')}")
            greeting = msgspec.json.decode(await peer.read_text())
    assert greeting == {
        "type": "connected",
        "user_id": 987654321,
        "message": "✅ Conectado exitosamente al chat médico",
    }


async def test_the_prefix_leads_to_the_same_place(server: Server) -> None:
    """`/records/ws/chat` is `/ws/chat`; other paths are 404 for a WebSocket."""
    token = server.token()
    assert await server.knock("/records/ws/chat", bearer(token)) == (101, "connected")
    for path in (
        "/",
        "/ws",
        "/ws/chats",
        "/records/chat",
        "/trains/api/v1/ws/chat",
        "/WS/CHAT",
        "/ws/chat/x",
        "//ws/chat",
    ):
        assert await server.knock(path, bearer(token)) == (404, "NOT_FOUND"), path


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(time.time()) - HOUR},
    "no expiry": {"exp": None},
    "expiry as text": {"exp": "mañana"},
    "issued later": {"iat": int(time.time()) + HOUR},
    "not yet good": {"nbf": int(time.time()) + HOUR},
    "no time of issue": {"iat": None},
    "another issuer": {"iss": "someone"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "taxi"},
    "no audience": {"aud": None},
    "refresh token": {"type": "refresh"},
    "no type": {"type": None},
    "no subject": {"sub": None},
    "subject in words": {"sub": "demo"},
    "subject below zero": {"sub": "-1"},
    "unknown role": {"role": "god"},
}


@pytest.mark.parametrize("fault", BAD_CLAIMS)
async def test_a_token_with_bad_claims_is_401(server: Server, fault: str) -> None:
    """Well signed, and yet refused: each required claim counts."""
    assert await server.knock("/ws/chat", bearer(server.token(**BAD_CLAIMS[fault]))) == (401, "UNAUTHORIZED")


async def test_a_token_that_is_none_is_401(server: Server) -> None:
    """No token, an empty one, noise, another signature, another algorithm and a token of another kind of key."""
    claims = jwt.decode(server.token(), options={"verify_signature": False})
    good = server.token()
    unsigned = jwt.encode(claims, "", "none")
    forged = [
        "",
        "x",
        "a.b.c",
        "é",
        good[:-2],
        good + "x",
        unsigned,
        jwt.encode(claims, "x" * 64, "HS256"),
        jwt.encode(claims, server.secret(), "HS512"),
        jwt.encode(claims, server.secret(), "HS384"),
        jwt.encode(claims, server.secret(), "HS256", headers={"kid": "../../etc/passwd"}),
        good.split(".")[0] + "..",
        "x" * 5000,
    ]
    assert await server.knock("/ws/chat") == (401, "UNAUTHORIZED")
    for token in forged:
        header = ("Authorization", f"Bearer {token}")
        if token.isascii():
            assert await server.knock("/ws/chat", header) == (401, "UNAUTHORIZED"), token[:60]
            assert await server.knock(f"/ws/chat?token={token}") == (401, "UNAUTHORIZED"), token[:60]
    assert await server.knock("/ws/chat?token=%C3%A9%00") == (401, "UNAUTHORIZED")
    assert await server.knock("/ws/chat", ("Authorization", f"Basic {good}")) == (401, "UNAUTHORIZED")
    assert await server.knock("/ws/chat", bearer(good)) == (101, "connected")


async def test_a_bad_token_in_the_header_is_not_mended_by_the_query(server: Server) -> None:
    """The first way in that a client uses is the one that counts."""
    path = f"/ws/chat?token={server.token()}"
    assert await server.knock(path, bearer("x")) == (401, "UNAUTHORIZED")


async def test_patients_may_not_enter(server: Server) -> None:
    """The records are for clinicians and admins: a patient's good token is 403."""
    assert await server.knock("/ws/chat", bearer(server.token(sub="777", role="patient"))) == (403, "FORBIDDEN")
    assert await server.knock("/ws/chat", bearer(server.token(sub="777", role="admin"))) == (101, "connected")


async def test_the_database_s_role_counts(server: Server) -> None:
    """A token cannot make a known user more than the database says; nor less."""
    assert await server.knock("/ws/chat", bearer(server.token(role="patient"))) == (101, "connected")


ORIGINS = {
    "own": ("http://127.0.0.1:{port}", 101),
    "own by name": ("http://localhost:{port}", 101),
    "page from disk": ("null", 101),
    "another port": ("http://localhost:3000", 101),
    "another port by number": ("http://127.0.0.1:5173", 101),
    "another port by IPv6": ("http://[::1]:5173", 101),
    "foreign": ("https://evil.example", 403),
    "foreign that looks alike": ("http://localhost.evil.example", 403),
    "foreign with a user": ("http://localhost@evil.example", 403),
    "not an origin": ("localhost", 403),
    "a file": ("file://", 403),
}


@pytest.mark.parametrize("kind", ORIGINS)
async def test_origins_while_nothing_is_set(server: Server, kind: str) -> None:
    """On loopback, the server's own origin, `null` and any port of localhost come in, a foreign one never."""
    origin, status = ORIGINS[kind]
    given = ("Origin", origin.format(port=server.port))
    found, said = await server.knock("/ws/chat", bearer(server.token()), given)
    assert (found, said) == ((101, "connected") if status == 101 else (403, "ORIGIN_NOT_ALLOWED"))


async def test_origins_that_are_set(launch: Launch) -> None:
    """With ALLOWED_ORIGINS those and the server's own come in, localhost and `null` no more; limits hold beside."""
    server = launch(
        environment={
            "ALLOWED_ORIGINS": "https://clinica.example, https://otra.example:8443",
            "SMARTHEALTH_CONNECTIONS_PER_USER": "2",
            "SMARTHEALTH_MAX_CONNECTIONS": "3",
            "SMARTHEALTH_QUERIES_PER_MINUTE": "1",
            "SMARTHEALTH_QUERY_BURST": "2",
            "SMARTHEALTH_INBOUND_BURST": "20",
            "SMARTHEALTH_INBOUND_RATE": "1",
            "SMARTHEALTH_FAILURE_BURST": "30",
        }
    )
    who = bearer(server.token())
    for origin, status in (
        ("https://clinica.example", 101),
        ("https://otra.example:8443", 101),
        ("http://localhost", 101),  # as in the request's Host
        ("https://otra.example", 403),
        ("http://clinica.example", 403),
        ("null", 403),
        ("http://localhost:3000", 403),
    ):
        assert (await server.knock("/ws/chat", who, ("Origin", origin)))[0] == status, origin
    await _check_number_of_connections(server)
    await _check_rates(server)
    for _ in range(40):
        await server.knock("/ws/chat")
    assert await server.knock("/ws/chat", who) == (429, "TOO_MANY_FAILURES")


async def _check_number_of_connections(server: Server) -> None:
    async with server.chat() as chat, server.chat() as other:
        assert await server.knock("/ws/chat", bearer(server.token())) == (429, "TOO_MANY_CONNECTIONS")
        async with server.chat(server.token(sub="55")):
            assert await server.knock("/ws/chat", bearer(server.token(sub="56"))) == (429, "OVERLOADED")
        await chat.ping()
        await other.ping()
    with trio.fail_after(5):  # the two are counted until they are over on the server's side
        while (await server.knock("/ws/chat", bearer(server.token())))[0] != 101:
            pass


async def _check_rates(server: Server) -> None:
    async with server.chat() as chat:
        codes = [(await chat.ask("¿Qué alergias tiene?"))[-1].get("error", {}).get("code") for _ in range(3)]
        assert codes == [None, None, "RATE_LIMITED"]
        await chat.ping()
    async with server.raw() as peer:
        await peer.upgrade("/ws/chat", [bearer(server.token())])
        await peer.send(frame(TEXT, b'{"type":"ping"}') * 30)
        assert (await peer.read_close())[0] == 4429


async def test_a_handshake_that_is_none_is_refused(server: Server) -> None:
    """HTTP/1.0, another version, a bad key and a plain GET get an HTTP answer and harm nobody."""
    good = ["GET /ws/chat HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade"]
    version, key = "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    for lines, status in (
        ([*good, key, "Sec-WebSocket-Version: 8"], 426),
        ([*good, version, "Sec-WebSocket-Key: kurz"], 400),
        ([*good, version], 400),
        (["GET /ws/chat HTTP/1.0", *good[1:], version, key], 400),
        (["GET /ws/chat HTTP/1.1", "Host: x"], 404),
        (["POST /ws/chat HTTP/1.1", "Host: x", "Content-Length: 0"], 404),
        (["NONSENSE"], 400),
    ):
        with trio.fail_after(10):
            async with server.raw() as peer:
                await peer.send("\r\n".join([*lines, "", ""]).encode())
                assert (await peer.read_head()).split()[1] == str(status), lines
    async with server.chat() as chat:
        await chat.ping()
