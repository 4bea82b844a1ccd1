"""How a server ends, and how it comes back: SIGTERM, `kill -9`, a port or folder that somebody else uses, workers."""

from __future__ import annotations

import os
import signal
import socket
import uuid
from typing import TYPE_CHECKING

import pytest
import trio

from smarthealth.testing.script import Reply

if TYPE_CHECKING:
    from tests.endtoend.conftest import Command, CopyData, Eventually, Launch, Message, Model, Server

FOLLOWED = "¿Cuál es el último valor de hemoglobina glicosilada?"
FOLLOW_UP = "¿Y el primero?"
FIRST_VALUE = "6.1"


async def test_sigterm_lets_turns_end_and_says_goodbye(launch: Launch, model: Model) -> None:
    """A running turn is finished, every client hears 1001, who comes is told 503, and the exit code is 0."""
    server = launch(environment={"OPENAI_BASE_URL": model.url, "SMARTHEALTH_SHUTDOWN_GRACE": "12"})
    server.wait_healthy()
    word = model.on(Reply(text="uno dos tres cuatro cinco", pace=3))
    codes: list[int] = []

    async def rest(name: str) -> None:
        async with server.chat(path=f"/{name}") as chat:
            ready.set()
            codes.append((await chat.closed())[0])

    async with trio.open_nursery() as nursery:
        for path in ("ws/chat", "records/ws/chat"):
            ready = trio.Event()
            nursery.start_soon(rest, path)
            await ready.wait()
        async with server.chat() as chat:
            await chat.query(word)
            while (await chat.receive())["type"] != "token":
                pass
            server.process.send_signal(signal.SIGTERM)
            await trio.sleep(0.2)
            assert await server.knock(f"/ws/chat?token={server.token()}") == (503, "DRAINING")
            health = server.request("/health")
            assert (health.status, health.json()["status"]) == (503, "draining")
            await chat.query("¿Qué alergias tiene?")
            refused = await chat.receive()
            while refused["type"] != "error":
                assert refused["type"] == "token"
                refused = await chat.receive()
            assert (await chat.turn())[-1]["answer"]["text"] == "uno dos tres cuatro cinco"
            codes.append((await chat.closed())[0])
    assert codes == [1001] * 3
    assert await trio.to_thread.run_sync(server.process.wait, 30) == 0
    assert not (server.data / "postgres/cluster/postmaster.pid").exists()


async def test_a_turn_that_outlasts_the_grace_is_ended_properly(launch: Launch, model: Model) -> None:
    """A turn still running when the grace is nearly over gets `stream_end`, its error and then 1001; exit code 0."""
    server = launch(environment={"OPENAI_BASE_URL": model.url, "SMARTHEALTH_SHUTDOWN_GRACE": "2"})
    server.wait_healthy()
    word = model.on(Reply(text="uno dos " * 100, pace=2))
    async with server.chat() as chat:
        await chat.query(word)
        while (await chat.receive())["type"] != "token":
            pass
        server.process.send_signal(signal.SIGTERM)
        messages: list[Message] = await chat.turn()
        assert [message["type"] for message in messages[-2:]] == ["stream_end", "error"]
        assert messages[-1]["error"]["code"] == "PROCESSING_ERROR"
        assert (await chat.closed())[0] == 1001
    assert await trio.to_thread.run_sync(server.process.wait, 30) == 0


async def test_a_session_outlives_kill_9(launch: Launch) -> None:
    """After `kill -9` a server on the same folder is ready again, and remembers the session and its audit."""
    server, session = launch(), str(uuid.uuid4())
    async with server.chat() as chat:
        await chat.ask(FOLLOWED, session)
        await chat.query(FOLLOWED)  # under way when it is killed
        server.kill()
    again = launch(data=server.data)
    async with again.chat() as chat:
        followed = (await chat.ask(FOLLOW_UP, session))[-1]
        assert FIRST_VALUE in followed["answer"]["text"]
    with again.database() as database:
        audited = database.execute("select outcome from audit_entry where session_id = %s", [session]).fetchall()
        assert audited == [("completed",), ("completed",)]
    assert again.request("/health").status == 200


async def test_two_servers_may_share_a_folder(launch: Launch) -> None:
    """Both answer, each with the other's sessions; the first to leave takes nothing away from the other."""
    first = launch()
    second = launch(data=first.data)
    session = str(uuid.uuid4())
    async with first.chat() as chat:
        await chat.ask(FOLLOWED, session)
    async with second.chat(first.token()) as chat:
        assert FIRST_VALUE in (await chat.ask(FOLLOW_UP, session))[-1]["answer"]["text"]
        assert await trio.to_thread.run_sync(first.stop) == 0
        assert FIRST_VALUE in (await chat.ask(FOLLOW_UP, session))[-1]["answer"]["text"]
    assert second.stop() == 0
    assert not (second.data / "postgres/cluster/postmaster.pid").exists()


def test_a_port_that_is_taken_is_said_in_a_line(command: Command, copy_data: CopyData) -> None:
    """No traceback, the address in the text, exit code 1, and nothing left running."""
    data = copy_data()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = command("serve", "--port", port, data=data)
    assert refused.returncode == 1
    assert f"127.0.0.1:{port}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (data / "postgres/cluster/postmaster.pid").exists()


async def test_bare_paths_on_a_port_of_their_own(launch: Launch) -> None:
    """`--listen records=127.0.0.1:N` serves the bare path and `/health` there, and the main port goes on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = launch("serve", "--listen", f"records=127.0.0.1:{port}")
    assert str(port) in server.output
    main = server.port
    for each in (main, port):
        assert server.request("/health", port=each).status == 200
        server.port = each
        for path in ("/ws/chat", "/records/ws/chat"):
            async with server.chat(path=path) as chat:
                await chat.ping()


async def test_workers_are_replaced_and_drained(launch: Launch, eventually: Eventually) -> None:
    """With `--workers 2` sign-in and chats work; a worker killed by -9 is replaced; SIGTERM drains all, exit code 0."""
    server = launch("serve", "--workers", "2")
    workers = workers_of(server)
    assert len(workers) == 2
    codes: list[int] = []
    async with trio.open_nursery() as nursery:
        for _ in range(6):
            await nursery.start(wait_closed, server, codes)
        os.kill(workers[0], signal.SIGKILL)
        for _ in range(2):  # one worker down, then both up: whoever accepts, each of these is answered
            for _ in range(4):
                async with server.chat() as chat:
                    assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"
            await eventually(lambda: sum(event["event"] == "server_ready" for event in server.log_events()) == 3)
        # one more, since the kernel may have given all of those before to the worker that was killed
        await nursery.start(wait_closed, server, codes)
        server.process.send_signal(signal.SIGTERM)
    assert set(codes) <= {1001, 1006}
    assert codes.count(1001) >= 1
    assert await trio.to_thread.run_sync(server.process.wait, 30) == 0
    for pid in workers_of(server):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def wait_closed(
    server: Server, codes: list[int], task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Connect, say so, and wait for the end."""
    async with server.chat() as chat:
        task_status.started()
        try:
            codes.append((await chat.closed())[0])
        except AssertionError:  # no close frame: its worker was killed
            codes.append(1006)


def workers_of(server: Server) -> list[int]:
    """The processes that it has started so far to work for it."""
    return [event["pid"] for event in server.log_events() if event["event"] == "worker_started"]
