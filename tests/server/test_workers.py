"""Several processes on one port."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import trio

from smarthealth.server.hypercorn import Bind, Listener, ShellLimits, open_listeners
from smarthealth.server.shared_metrics import SharedMetrics
from smarthealth.server.workers import PLAN, Worker, WorkerPlan, WorkersFailed, main, run_workers

ENTRY = '''
import os, signal, socket, threading, time

def _listening(worker):
    return socket.socket(fileno=worker.sockets[0][1])

def serve(worker):
    """Answer every connection with the process's number, until SIGTERM."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    listening = _listening(worker)
    listening.settimeout(0.05)
    worker.say_ready()
    while not stopped.is_set():
        try:
            connection, _ = listening.accept()
        except OSError:
            continue
        connection.sendall(f"{os.getpid()} {worker.arguments['word']}".encode())
        connection.close()

def fail(worker):
    raise SystemExit(3)

def deaf(worker):
    """Ignore SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    worker.say_ready()
    time.sleep(60)

def orphan(worker):
    """Say when the parent is gone."""
    import trio
    worker.say_ready()
    trio.run(worker.wait_orphaned)
    open(worker.arguments["file"], "w").write("alone")
'''


@pytest.fixture
def listeners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Listener, ...]]:
    """A bound port, and the children's module on their path."""
    (tmp_path / "children.py").write_text(ENTRY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    with open_listeners([Bind(name="records", address="127.0.0.1:0")], ShellLimits()) as bound:
        yield bound


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Where the numbers of the children are gathered."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


async def who_answers(port: int) -> str:
    """What one connection is told."""
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    told = b""
    async for data in stream:
        told += data
    await stream.aclose()
    return told.decode()


async def test_children_share_the_port_are_replaced_and_stop(listeners: tuple[Listener, ...], shared: Path) -> None:
    """All are ready before it is announced; a killed one is replaced; at the end all are gone."""
    stopping, ready, announced = trio.Event(), trio.Event(), []

    def on_ready(addresses: Sequence[str]) -> None:
        announced.append(addresses)
        ready.set()

    plan = WorkerPlan(
        entry="children:serve",
        count=2,
        listeners=listeners,
        shared=shared,
        arguments={"word": "hola"},
        grace=2,
        first_pause=0.01,
    )
    port = listeners[0].port
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:

            async def run() -> None:
                await run_workers(plan, stopping=stopping, on_ready=on_ready)

            nursery.start_soon(run)
            await ready.wait()
            assert announced == [[listeners[0].address]]
            first = await who_answers(port)
            assert first.endswith("hola")
            victim = int(first.split()[0])
            os.kill(victim, signal.SIGKILL)
            seen = {victim}
            while len(seen) < 3:
                seen.add(int((await who_answers(port)).split()[0]))
                await trio.sleep(0.02)
            stopping.set()
    for pid in seen:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_sigterm_is_obeyed(listeners: tuple[Listener, ...], shared: Path) -> None:
    """The signal to the parent stops all children and ends the parent's own wait."""
    plan = WorkerPlan(
        entry="children:serve", count=1, listeners=listeners, shared=shared, arguments={"word": "x"}, grace=2
    )

    def stop(addresses: Sequence[str]) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    stopping = trio.Event()
    with trio.fail_after(20):
        await run_workers(plan, stopping=stopping, on_ready=stop)
    assert stopping.is_set()


async def test_child_that_cannot_start_ends_it_all(listeners: tuple[Listener, ...], shared: Path) -> None:
    """A child that ends before it was ever ready is not started again and again."""
    plan = WorkerPlan(entry="children:fail", count=2, listeners=listeners, shared=shared)
    with trio.fail_after(20), pytest.raises(WorkersFailed, match="ended with 3"):
        await run_workers(plan, stopping=trio.Event(), on_ready=lambda addresses: None)


async def test_child_that_does_not_stop_is_killed(
    listeners: tuple[Listener, ...], shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its grace, and a little more, nobody waits for it."""
    monkeypatch.setattr("smarthealth.server.workers.KILL_AFTER", 0.2)
    plan = WorkerPlan(entry="children:deaf", count=1, listeners=listeners, shared=shared, grace=0.1)
    stopping = trio.Event()
    with trio.fail_after(20):
        await run_workers(plan, stopping=stopping, on_ready=lambda addresses: stopping.set())


async def test_cancelled_parent_kills_its_children(
    listeners: tuple[Listener, ...], shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancellation leaves no process behind, nor does a program that cannot be run."""
    plan = WorkerPlan(entry="children:serve", count=1, listeners=listeners, shared=shared, arguments={"word": "x"})
    with trio.CancelScope() as scope:
        await run_workers(plan, stopping=trio.Event(), on_ready=lambda addresses: scope.cancel())
    assert scope.cancelled_caught
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ExceptionGroup):
        await run_workers(plan, stopping=trio.Event(), on_ready=lambda addresses: None)


async def test_nothing_is_announced_when_stopped_while_starting(listeners: tuple[Listener, ...], shared: Path) -> None:
    """A stop that comes first leaves nothing to announce."""
    stopping = trio.Event()
    stopping.set()
    plan = WorkerPlan(entry="children:serve", count=1, listeners=listeners, shared=shared)

    def never(addresses: Sequence[str]) -> None:
        raise AssertionError

    await run_workers(plan, stopping=stopping, on_ready=never)


async def test_child_notices_that_its_parent_is_gone(tmp_path: Path, listeners: tuple[Listener, ...]) -> None:
    """However the parent went, its end of the lifeline is closed."""
    hears, says = os.pipe()
    lifeline, held = os.pipe()
    worker = Worker(
        number=1,
        sockets=(("records", listeners[0].socket.fileno()),),
        lifeline=lifeline,
        ready=says,
        shared=str(tmp_path),
        arguments={"file": str(tmp_path / "note")},
    )
    assert worker.metrics() == SharedMetrics(folder=tmp_path, number=1)
    assert worker.binds() == (Bind(name="records", address=f"fd://{listeners[0].socket.fileno()}"),)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker.wait_orphaned)
        os.write(held, b"x")
        await trio.testing.wait_all_tasks_blocked()
        os.close(held)
    worker.say_ready()
    assert os.read(hears, 100) == b"ready\n"
    os.close(hears)


def test_child_is_a_function_named_by_its_parent(
    tmp_path: Path, listeners: tuple[Listener, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan comes in the environment, and is not passed on."""
    plan = b'{"number": 1, "sockets": [], "lifeline": 0, "ready": 0, "shared": "", "arguments": {}}'
    monkeypatch.setenv(PLAN, plan.decode())
    with pytest.raises(SystemExit):
        main(["children:fail"])
    assert PLAN not in os.environ
