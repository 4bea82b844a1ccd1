"""What is written down of what happens: logs, audit, metrics, health, the tree; and what pages may do."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import psycopg
import pytest

from smarthealth.testing.raw_peer import TEXT, frame

if TYPE_CHECKING:
    from tests.endtoend.conftest import Eventually, Launch, Server

QUESTION = "¿Tiene zzpreguntazz alergias y cuál fue su hemoglobina glicosilada?"
DOCUMENT = "30995750"


async def converse(server: Server) -> list[str]:
    """Use the server in every way that could leave traces; what must not be found in its logs."""
    token, secrets = (
        server.token(),
        ["zzpreguntazz", DOCUMENT, "Laura", "Morales", "demo@smarthealth.local", "zznombrezz"],
    )
    stranger = server.token(sub="31337", name="zznombrezz", email="zznombrezz@example.org")
    async with server.chat() as chat, server.chat(stranger) as other:
        session = str(uuid.uuid4())
        complete = (await chat.ask(QUESTION, session))[-1]
        secrets += [token, stranger, complete["answer"]["text"], *complete["answer"]["text"].split(". ")]
        await other.ask(QUESTION, session)
        await chat.ask(QUESTION, document=(1, "zzpreguntazz"))
        await chat.send_text('{"type":"query","question":"zzpreguntazz"}')
        await chat.receive()
        await chat.send_text("zzpreguntazz")
        await chat.receive()
    for path in (f"/ws/chat?token={token}", f"/ws/chat?token={token}zzpreguntazz", "/zzpreguntazz?token=zzpreguntazz"):
        await server.knock(path)
    await server.knock("/ws/chat", ("Sec-WebSocket-Protocol", f"bearer, {token}"))
    server.request(f"/api/patients?search=Morales&token={token}", headers={"Authorization": f"Bearer {token}"})
    server.request("/auth/login", "POST", json={"email": "zznombrezz@example.org", "password": "zzpreguntazz"})
    server.request("/auth/login", "POST", json="zzpreguntazz")
    async with server.raw() as peer:
        await peer.upgrade(f"/ws/chat?token={token}")
        await peer.send(frame(TEXT, b"\xffzzpreguntazz"))
        await peer.read_close()
    return [secret for secret in secrets if len(secret) > 4]


async def test_logs_hold_no_health_text_and_no_tokens(launch: Launch) -> None:
    """Not a token, name, address of mail, document number, question or answer: not in the server's log, nor in its database's."""
    server = launch()
    secrets = await converse(server)
    with server.database() as database, pytest.raises(psycopg.Error):
        database.execute("select 1/0")
    assert server.stop() == 0
    logged = server.log.read_text() + (server.data / "postgres/postgres.log").read_text()
    assert "/zzpreguntazz" in logged  # paths are logged, and are no place for secrets; this one was ours
    logged = logged.replace('"path": "/zzpreguntazz"', "")
    for secret in secrets:
        assert secret not in logged, secret
    for event in server.log_events():  # each line is one JSON object, by structlog
        assert event.keys() >= {"event", "level", "timestamp"}
    assert not re.search(r"eyJ|Traceback", logged)


async def test_every_query_and_refusal_is_audited(server: Server, eventually: Eventually) -> None:
    """One row each: who, when, from where, about whom, in which session and turn, with what outcome."""
    session, missing = str(uuid.uuid4()), str(uuid.uuid4())
    async with server.chat() as chat:
        patient = (await chat.ask("¿Qué alergias tiene?", session))[-1]["patient_info"]["patient_id"]
        await chat.ask("¿Qué alergias tiene?", missing, (1, "5555"))
        await chat.send(type="nada")
        await chat.receive()
    with server.database() as database:
        columns = "event, outcome, application, user_id, address, patient_id, turn_id is not null, duration > 0"
        by_session = f"select {columns} from audit_entry where session_id = %s"
        assert database.execute(by_session, [session]).fetchall() == [
            ("query", "completed", "records", 1, "127.0.0.1", patient, True, True)
        ]
        assert database.execute(by_session, [missing]).fetchall() == [
            ("query", "PATIENT_NOT_FOUND", "records", 1, "127.0.0.1", None, True, True)
        ]
        refusals = "select event, outcome, user_id from audit_entry where outcome = 'UNKNOWN_MESSAGE_TYPE'"
        await eventually(lambda: ("refusal", "UNKNOWN_MESSAGE_TYPE", 1) in database.execute(refusals).fetchall())
        logins = database.execute("select outcome from audit_entry where event = 'login'").fetchall()
        assert ("completed",) in logins


def test_the_audit_cannot_be_changed(server: Server) -> None:
    """The database refuses to change, delete or empty it, to its owner too."""
    with server.database() as database:
        for statement in ("update audit_entry set outcome = 'x'", "delete from audit_entry", "truncate audit_entry"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(statement)


async def test_metrics_are_there(server: Server) -> None:
    """`/metrics` counts connections, turns, stage times, time to first token, tokens, errors and queue depths."""
    async with server.chat() as chat:
        await chat.ask("¿Qué alergias tiene?")
        await chat.ask("¿Qué alergias tiene?", document=(1, "5555"))
        answer = server.request("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    text = answer.body.decode()
    for line in (
        r'smarthealth_connections\{application="records"\} [1-9]',
        r'smarthealth_connections_opened_total\{application="records"\} ',
        r'smarthealth_turns_total\{application="records",outcome="finished"\} [1-9]',
        r'smarthealth_turns_running\{application="records"\} 0',
        r'smarthealth_turn_seconds_bucket\{application="records"',
        r'smarthealth_stage_seconds_count\{application="records",stage="vector_search"\} [1-9]',
        r'smarthealth_first_token_seconds_count\{application="records"\} [1-9]',
        r'smarthealth_tokens_total\{application="records"\} [1-9]',
        r'smarthealth_errors_total\{application="records",code="PATIENT_NOT_FOUND"\} [1-9]',
        r"smarthealth_mailbox_depth\{actor=",
        r"smarthealth_actor_restarts\{actor=",
        r"smarthealth_pool_in_use ",
        r"smarthealth_http_requests_total\{",
    ):
        assert re.search(f"^{line}", text, re.MULTILINE), line
    assert DOCUMENT not in text


def test_health_speaks_of_each_part(server: Server) -> None:
    """200 with a status for database, index and model."""
    answer = server.request("/health")
    assert answer.status == 200
    found = answer.json()
    assert found["status"] == "ok"
    assert {name: part["status"] for name, part in found["parts"].items()} == {
        "database": "ok",
        "index": "ok",
        "model": "ok",
    }


async def test_the_observer_shows_the_living_tree(server: Server) -> None:
    """`/observer.json` holds the system's children, each connection, its actors and its turn's stages; `/observer` draws it."""
    async with server.chat() as chat:
        await chat.ping()
        tree = server.request("/observer.json").json()
    names: list[str] = []

    def walk(actor: dict[str, object]) -> None:
        names.append(str(actor["name"]))
        children = actor.get("children")
        assert isinstance(children, list)
        for child in children:
            walk(child)

    walk(tree.get("root", tree))
    assert {"storage", "models", "index", "connections", "server", "session", "keepalive", "outbox", "query"} <= {
        *names
    }
    page = server.request("/observer")
    assert (page.status, page.headers["content-type"].split(";")[0]) == (200, "text/html")
    through_proxy = server.request("/observer.json", headers={"X-Forwarded-For": "203.0.113.7"})
    assert through_proxy.status == 401


def test_pages_are_locked_down(server: Server) -> None:
    """A strict Content-Security-Policy and its companions on every page; nothing from elsewhere."""
    for path in ("/", "/docs", "/redoc", "/observer", "/health", "/nothing"):
        headers = server.request(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy or "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert scripts is None or "unsafe-inline" not in scripts[1]
        assert not re.search(r"https?://", policy)
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    console = server.request("/")
    assert console.status == 200
    assert not re.search(rb"""(src|href)=["']?(https?:)?//""", console.body)


def test_refusals_of_http_are_json(server: Server) -> None:
    """What is not there, not allowed or not signed in is said in one shape, with a code and a sentence."""
    for path, method, status, code in (
        ("/nothing", "GET", 404, "NOT_FOUND"),
        ("/auth/login", "DELETE", 405, "METHOD_NOT_ALLOWED"),
        ("/api/patients", "GET", 401, "UNAUTHORIZED"),
        ("/auth/login", "POST", 400, "INVALID_REQUEST"),
    ):
        answer = server.request(path, method)
        assert (answer.status, answer.json()["error"]["code"]) == (status, code)
        assert answer.json()["error"]["message"]
    patient = server.token(sub="777", role="patient")
    assert server.request("/api/patients", headers={"Authorization": f"Bearer {patient}"}).status == 403


def test_foreign_pages_cannot_read_over_http(server: Server) -> None:
    """Cross-origin reading is allowed to origins of the list only."""
    allowed = server.request("/health", headers={"Origin": "http://localhost:3000"}).headers
    foreign = server.request("/health", headers={"Origin": "https://evil.example"}).headers
    assert allowed["access-control-allow-origin"] == "http://localhost:3000"
    assert "access-control-allow-origin" not in foreign
