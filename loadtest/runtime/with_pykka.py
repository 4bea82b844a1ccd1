"""The rows' work on pykka, whose actors are threads."""
# mypy: allow-subclassing-any

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pykka

from .measure import Stopwatch, Work, timed
from .sizes import ASK_TIMEOUT, FAN_OUT, RING_SIZE


class Sink(pykka.ThreadingActor):
    """Hears numbers until a negative one."""

    def __init__(self, done: threading.Event) -> None:
        super().__init__()
        self._done = done

    def on_receive(self, message: int) -> None:
        """Note the last."""
        if message < 0:
            self._done.set()


def tell(count: int, watch: Stopwatch) -> None:
    """Messages to an actor, whose mailbox has no bound."""
    done = threading.Event()
    ref = Sink.start(done)
    with watch:
        for number in range(count):
            ref.tell(number)
        ref.tell(-1)
        done.wait()
    ref.stop()


class Doubler(pykka.ThreadingActor):
    """Replies."""

    def on_receive(self, message: int) -> int:
        """Double it."""
        return message * 2


def _ask_many(ref: pykka.ActorRef[Doubler], count: int) -> None:
    for number in range(count):
        ref.ask(number, timeout=ASK_TIMEOUT)


def ask(pairs: int, count: int, watch: Stopwatch) -> None:
    """Requests and replies between so many pairs, each with a timeout."""
    refs = [Doubler.start() for _ in range(pairs)]
    askers = [threading.Thread(target=_ask_many, args=(ref, count // pairs)) for ref in refs]
    with watch:
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
    pykka.ActorRegistry.stop_all()


class Member(pykka.ThreadingActor):
    """Passes a number on, less by one."""

    def __init__(self, done: threading.Event) -> None:
        super().__init__()
        self._done = done
        self.next: pykka.ActorRef[Member] | None = None

    def on_receive(self, message: int) -> None:
        """Pass it on until it is zero."""
        if message and self.next is not None:
            self.next.tell(message - 1)
        else:
            self._done.set()


def ring(count: int, watch: Stopwatch) -> None:
    """A message goes around actors."""
    done = threading.Event()
    refs = [Member.start(done) for _ in range(RING_SIZE)]
    for number, ref in enumerate(refs):
        ref.proxy().next = refs[(number + 1) % RING_SIZE]
    with watch:
        refs[0].tell(count)
        done.wait()
    pykka.ActorRegistry.stop_all()


class Node(pykka.ThreadingActor):
    """Sends up the sum of what is below it; at the bottom, its own number."""

    def __init__(self, report: Callable[[int], object], number: int, size: int) -> None:
        super().__init__()
        self._report = report
        self._number = number
        self._size = size
        self._sum = 0
        self._awaited = FAN_OUT

    def on_start(self) -> None:
        """Start those below."""
        if self._size == 1:
            self._report(self._number)
            self.stop()
            return
        size = self._size // FAN_OUT
        for number in range(self._number, self._number + self._size, size):
            Node.start(self.actor_ref.tell, number, size)

    def on_receive(self, message: int) -> None:
        """Add up."""
        self._sum += message
        self._awaited -= 1
        if not self._awaited:
            self._report(self._sum)
            self.stop()


def skynet(count: int, watch: Stopwatch) -> None:
    """A tree of tens with so many leaves adds up its leaves' numbers."""
    done = threading.Event()
    sums: list[int] = []

    def report(total: int) -> None:
        sums.append(total)
        done.set()

    with watch:
        Node.start(report, 0, count)
        done.wait()
    assert sums == [sum(range(count))]
    pykka.ActorRegistry.stop_all()


class Stage(pykka.ThreadingActor):
    """Passes items on, more by one."""

    def __init__(self, following: Callable[[int], object]) -> None:
        super().__init__()
        self._following = following

    def on_receive(self, message: int) -> None:
        """Pass it on."""
        self._following(message + 1 if message >= 0 else message)


def pipeline_persistent(count: int, watch: Stopwatch) -> None:
    """Items pass from a thread through three actors."""
    done = threading.Event()
    check = Sink.start(done)
    add_more = Stage.start(check.tell)
    add = Stage.start(add_more.tell)
    with watch:
        for number in (*range(count), -1):
            add.tell(number)
        done.wait()
    pykka.ActorRegistry.stop_all()


def park(count: int, look: Callable[[], object]) -> None:
    """Actors that wait for messages."""
    for _ in range(count):
        Doubler.start()
    look()
    pykka.ActorRegistry.stop_all()


WORK: dict[str, Work] = {
    "tell": timed(tell),
    "ask 1": timed(partial(ask, 1)),
    "ask 100": timed(partial(ask, 100)),
    "ring": timed(ring),
    "skynet": timed(skynet),
    "pipeline": timed(pipeline_persistent),
}
"""What it can do; it has no supervisors that restart."""
