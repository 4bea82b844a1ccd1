"""Users and their tokens: signing in, being shut out, running out of time, and the key that signs."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING

import jwt
import trio

if TYPE_CHECKING:
    from tests.endtoend.conftest import Command, Launch, Response, Server

DEMO = "demo@smarthealth.local"


def login(server: Server, email: object, password: object) -> Response:
    """Try to sign in."""
    return server.request("/auth/login", "POST", json={"email": email, "password": password})


def password_of(server: Server) -> str:
    """The demo user's password."""
    return (server.data / "demo-password").read_text().strip()


def test_login_gives_a_bearer_token(server: Server) -> None:
    """`POST /auth/login` answers with `access_token` and `token_type`; the token has the required claims, HS256."""
    answer = login(server, DEMO.upper(), password_of(server))
    assert answer.status == 200
    assert answer.json().keys() == {"access_token", "token_type"}
    assert answer.json()["token_type"] == "bearer"
    token = answer.json()["access_token"]
    claims = jwt.decode(token, server.secret(), ["HS256"], audience="smarthealth", issuer="smarthealth")
    assert claims.keys() >= {"sub", "iat", "exp", "iss", "aud", "type", "email", "name"}
    assert claims["type"] == "access"
    assert claims["sub"].isdigit()
    assert jwt.get_unverified_header(token)["kid"]
    assert answer.headers["cache-control"] == "no-store"


def test_wrong_credentials_are_all_alike(server: Server) -> None:
    """A wrong password and an unknown user get the same 401 in about the same time; bad bodies get 400."""
    times: list[float] = []
    answers = []
    for email in (DEMO, f"{uuid.uuid4()}@example.org"):
        began = time.monotonic()
        answers.append(login(server, email, "equivocada-12345"))
        times.append(time.monotonic() - began)
    assert [answer.status for answer in answers] == [401, 401]
    assert answers[0].body == answers[1].body
    assert answers[0].json()["error"]["code"] == "INVALID_CREDENTIALS"
    assert times[1] > times[0] / 5  # no short cut: a hash takes most of it
    bodies: list[object] = [{}, [], {"email": DEMO}, {"email": 1, "password": "x"}, {"email": DEMO, "password": None}]
    for body in bodies:
        assert server.request("/auth/login", "POST", json=body).status == 400, body
    assert login(server, "a" * 300 + "@b.c", "x").status == 400
    assert login(server, DEMO, "x" * 5000).status == 400
    assert server.request("/auth/login").status == 405
    assert server.request("/auth/login", "POST", json="x" * 100_000).status == 413
    assert login(server, DEMO, password_of(server)).status == 200  # a right one in between is still taken


def test_guessing_is_slowed_down(launch: Launch) -> None:
    """After a few failures an account has to wait: 429 with Retry-After; another account does not."""
    server = launch()
    statuses = [login(server, "victima@example.org", "adivinanza-12").status for _ in range(8)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    refused = login(server, "victima@example.org", "adivinanza-12")
    assert int(refused.headers["retry-after"]) >= 1
    assert login(server, DEMO, password_of(server)).status == 200
    added = server.run(
        "users",
        "add",
        "ana@example.org",
        "--name",
        "Ana",
        "--role",
        "clinician",
        "--password-stdin",
        typed="contraseña-larga-7\n",
    )
    assert added.returncode == 0, added.stderr
    assert login(server, "ana@example.org", "contraseña-larga-7").status == 200


async def test_users_come_and_go_beside_a_running_server(launch: Launch) -> None:
    """`users add`, `list`, `disable` and `token` work while it serves; who is disabled is out, the open connection too."""
    server = launch(environment={"SMARTHEALTH_ACCOUNT_CHECK_INTERVAL": "0.2"})
    made = server.run("users", "add", "Eva@Example.org", "--name", "Eva Gil", "--role", "admin")
    assert made.returncode == 0, made.stderr
    password = made.stdout.split("password: ")[1].strip()
    assert "eva@example.org" in server.run("users", "list").stdout
    assert "exists" in server.run("users", "add", "eva@example.org", "--name", "X", "--role", "admin").stderr
    token = server.run("token", "eva@example.org", "--ttl", "600").stdout.strip()
    assert jwt.decode(token, options={"verify_signature": False})["name"] == "Eva Gil"
    async with server.chat(token) as chat:
        await chat.ping()
        assert server.run("users", "disable", "eva@example.org").returncode == 0
        code, _ = await chat.closed()
        assert code == 4401
    assert login(server, "eva@example.org", password).status == 401
    refused = server.request("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert refused.status == 401
    assert server.run("token", "eva@example.org").returncode == 1
    missing = server.run("users", "disable", "nadie@example.org")
    assert (missing.returncode, "Traceback" in missing.stderr) == (1, False)


async def test_an_open_connection_ends_with_its_token(server: Server) -> None:
    """When the token expires, the connection is closed with 4401 and not before, also while it is used."""
    expires = int(time.time()) + 2
    async with server.chat(server.token(exp=expires)) as chat:
        await chat.ping()
        code, _ = await chat.closed()
    assert code == 4401
    assert expires - 0.5 <= time.time() < expires + 5


def test_a_short_secret_is_refused(command: Command) -> None:
    """A SECRET_KEY below 32 bytes: the server does not start, and says why in one line without repeating it."""
    refused = command("serve", "--port", "0", environment={"SECRET_KEY": "corta-y-adivinable"})
    assert refused.returncode == 1
    assert "SECRET_KEY" in refused.stderr
    assert "32" in refused.stderr
    assert "corta" not in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr
    assert "ready" not in refused.stdout


def test_the_made_secret_is_its_owner_s_alone(server: Server) -> None:
    """Where no secret is given, one is made, of 32 bytes or more, and kept with mode 0600."""
    file = server.data / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(server.secret().encode()) >= 32


async def test_keys_rotate(launch: Launch) -> None:
    """After a change of SECRET_KEY the former key's tokens are good as long as it is listed, then no more."""
    old, new = "antigua-" * 5, "nueva-clave-" * 4
    server = launch(environment={"SECRET_KEY": new, "SMARTHEALTH_PREVIOUS_SECRET_KEYS": old})
    claims = jwt.decode(server.token(), new, ["HS256"], audience="smarthealth")
    async with server.chat(jwt.encode(claims, old, "HS256")) as chat:
        await chat.ping()
    other = jwt.encode(claims, server.secret(), "HS256")  # the data folder's key, although another is set
    assert await server.knock(f"/ws/chat?token={other}") == (401, "UNAUTHORIZED")


def test_settings_mask_secrets(command: Command) -> None:
    """`smarthealth settings` lists every setting with source, default and meaning, and shows no secret."""
    secret = "muy-secreto-" * 4
    shown = command("settings", environment={"SECRET_KEY": secret, "LLM_TIMEOUT": "12.5", "COLUMNS": "300"})
    assert shown.returncode == 0
    assert secret not in shown.stdout
    for name in ("SMARTHEALTH_DATA", "DATABASE_URL", "OPENAI_API_KEY", "ALLOWED_ORIGINS", "VECTOR_SEARCH_TIMEOUT"):
        assert name in shown.stdout
    line = next(line for line in shown.stdout.splitlines() if "LLM_TIMEOUT" in line)
    assert "12.5" in line
    assert "environment" in line
    assert "45" in line
    wrong = command("settings", environment={"LLM_TIMEOUT": "mucho"})
    assert (wrong.returncode, "LLM_TIMEOUT" in wrong.stderr, "Traceback" in wrong.stderr) == (1, True, False)


async def test_the_login_s_token_opens_the_chat(server: Server) -> None:
    """What curl gets from `/auth/login` is good for the WebSocket, as the document goes on."""
    token = json.loads(login(server, DEMO, password_of(server)).body)["access_token"]
    with trio.fail_after(10):
        async with server.chat(token) as chat:
            await chat.ping()
