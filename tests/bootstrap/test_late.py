"""What is made late."""

from __future__ import annotations

import threading

import trio
from trio.testing import MockClock

from smarthealth.actors import ChildSpec, Restart, open_system
from smarthealth.bootstrap.late import AFTER, Late


class Made:
    """Counts how often it is made, and by which thread."""

    threads: list[str]

    def __init__(self) -> None:
        self.threads = []

    def make(self) -> str:
        """Make it."""
        self.threads.append(threading.current_thread().name)
        return "thing"


def test_who_needs_it_has_it_made_once() -> None:
    """The first to ask makes it, all get the same."""
    made = Made()
    late = Late(made.make)
    assert not made.threads
    assert (late.get(), late.get()) == ("thing", "thing")
    assert len(made.threads) == 1


def test_two_at_once_have_it_made_once() -> None:
    """Who asks while it is being made waits and gets the same."""
    begun, go, made, got = threading.Event(), threading.Event(), Made(), list[str]()

    def make() -> str:
        begun.set()
        go.wait(10)
        return made.make()

    late = Late(make)
    first = threading.Thread(target=lambda: got.append(late.get()))
    first.start()
    begun.wait(10)
    second = threading.Thread(target=lambda: got.append(late.get()))
    second.start()
    go.set()
    first.join()
    second.join()
    assert got == ["thing", "thing"]
    assert len(made.threads) == 1


async def test_it_is_made_a_while_after_the_start_and_not_by_the_loop(autojump_clock: MockClock) -> None:
    """Nobody has to ask: it is made in a thread, once the server has been up for a while, and only once."""
    made = Made()
    late = Late(made.make)
    async with open_system("test") as system:
        ref = await system.start_child(ChildSpec(name="late", start=late.serve, restart=Restart.TRANSIENT))
        await trio.sleep(AFTER / 2)
        assert not made.threads
        await ref.wait_stopped()
        assert made.threads
        assert made.threads[0] != threading.current_thread().name
    assert late.get() == "thing"
    assert len(made.threads) == 1
