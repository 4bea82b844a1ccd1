"""A database that goes away: one right error to who was asking, and recovery without a restart."""

from __future__ import annotations

import os
import signal
import uuid
from typing import TYPE_CHECKING

import trio

from smarthealth.testing.script import Reply

if TYPE_CHECKING:
    from tests.endtoend.conftest import Chat, Eventually, Launch, Message, Model, Server

QUESTION = "¿Qué alergias tiene?"
CUT = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> pg_backend_pid() and application_name = 'smarthealth'"


def error_of(message: Message) -> str:
    """The code of an error, empty for another message."""
    return str(message["error"]["code"]) if message["type"] == "error" else ""


async def recovered(chat: Chat) -> None:
    """Ask until there is an answer; meanwhile each question gets its one error."""
    with trio.fail_after(20):
        while (last := (await chat.ask(QUESTION))[-1])["type"] != "complete":
            assert error_of(last) == "PROCESSING_ERROR"
            await trio.sleep(0.1)


async def test_connections_cut_between_queries_are_not_noticed(server: Server) -> None:
    """Idle connections to the database that were cut cost nobody an error."""
    async with server.chat() as chat:
        assert (await chat.ask(QUESTION))[-1]["type"] == "complete"
        with server.database() as database:
            database.execute(CUT)
        assert (await chat.ask(QUESTION))[-1]["type"] == "complete"
    assert server.request("/api/me", headers={"Authorization": f"Bearer {server.token()}"}).status == 200


async def test_connections_cut_in_mid_query_are_one_error(server: Server, eventually: Eventually) -> None:
    """Who was waiting for the database gets one PROCESSING_ERROR; the same connection is answered next."""
    session = str(uuid.uuid4())
    async with server.chat() as chat:
        with server.database() as database:
            waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            with database.transaction():
                database.execute("lock table patient_identifier in access exclusive mode")
                await chat.query(QUESTION, session)
                await eventually(lambda: database.execute(waiting).fetchall() == [(1,)])
                database.execute(f"{CUT} and wait_event_type = 'Lock'")
                messages = await chat.turn()
        assert [message["type"] for message in messages] == ["status", "error"]
        assert error_of(messages[-1]) == "PROCESSING_ERROR"
        assert messages[-1]["session_id"] == session
        assert (await chat.ask(QUESTION, session))[-1]["type"] == "complete"


async def test_connections_cut_while_the_model_speaks_are_not_noticed(scripted: Server, model: Model) -> None:
    """An answer under way needs no database until it is kept, and that takes a new connection."""
    word, session = model.on(Reply(text="uno dos tres cuatro", pace=8)), str(uuid.uuid4())
    async with scripted.chat() as chat:
        await chat.query(word, session)
        while (await chat.receive())["type"] != "token":
            pass
        with scripted.database() as database:
            database.execute(CUT)
            assert (await chat.turn())[-1]["type"] == "complete"
            kept = database.execute("select count(*) from chat_exchange where session_id = %s", [session]).fetchone()
    assert kept == (1,)


async def test_an_embedded_database_that_is_killed_comes_back(launch: Launch, eventually: Eventually) -> None:
    """After `kill -9` of PostgreSQL: one error each, 503 on `/health`, then all is as before, nothing lost, no restart."""
    server, session = launch(), str(uuid.uuid4())
    async with server.chat() as chat, server.chat() as other:
        await chat.ask("¿Cuál es el último valor de hemoglobina glicosilada?", session)
        os.kill(int((server.data / "postgres/cluster/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        await recovered(chat)
        assert "6.1" in (await chat.ask("¿Y el primero?", session))[-1]["answer"]["text"]
        await other.ping()
        await recovered(other)
        await eventually(lambda: server.request("/health").status == 200)
    assert server.process.poll() is None
    assert server.run("users", "list").returncode == 0
    assert server.stop() == 0


async def test_a_database_that_is_gone_for_a_while(launch: Launch, eventually: Eventually) -> None:
    """While PostgreSQL cannot start: sign-in 503, handshakes 503, queries PROCESSING_ERROR, `/health` 503; then all works."""
    server = launch()
    token = server.token()
    cluster = server.data / "postgres/cluster"
    vital, hidden = cluster / "global/pg_control", cluster.with_name("hidden")
    async with server.chat() as chat:
        vital.rename(hidden)
        os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert error_of((await chat.ask(QUESTION))[-1]) == "PROCESSING_ERROR"
        await chat.ping()
        assert (await server.knock(f"/ws/chat?token={token}"))[0] == 503
        login = {"email": "demo@smarthealth.local", "password": "equivocada-1234"}
        assert server.request("/auth/login", "POST", json=login).status == 503
        health = server.request("/health")
        assert (health.status, health.json()["parts"]["database"]["status"]) == (503, "failed")
        hidden.rename(vital)
        await recovered(chat)
    await eventually(lambda: server.request("/health").status == 200)
    assert (await server.knock(f"/ws/chat?token={token}"))[0] == 101
