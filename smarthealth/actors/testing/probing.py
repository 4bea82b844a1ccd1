"""A probe: an actor of the test's own, which shows what it is sent and replies as the test says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

import trio

from smarthealth.actors.actor import Actor, ChildSpec, SupervisorRef
from smarthealth.actors.asking import Request
from smarthealth.actors.policy import DEFAULT_MAILBOX, Mailbox
from smarthealth.actors.refs import ActorRef

from .seams import being_asked

M = TypeVar("M")
T = TypeVar("T")

PATIENCE = 3.0
"""Seconds, virtual in most tests, that a probe waits for what it expects."""

Answer = Callable[[Any], object]
"""Makes the reply to a request; what it raises is raised by the probe's actor."""


class Reply:
    """The reply to one request, when the test has given it."""

    def __init__(self) -> None:
        self._given = trio.Event()
        self._make: Callable[[], object] | None = None

    def give(self, make: Callable[[], object]) -> None:
        """Reply with what `make` returns or raises."""
        self._make = make
        self._given.set()

    async def made(self) -> object:
        """Wait for it."""
        await self._given.wait()
        assert self._make is not None
        return self._make()


class Probe(Generic[M]):
    """Records the messages of its actor. Make one with `probe`, or put `spec` among a supervisor's children."""

    def __init__(
        self, *, name: str = "probe", mailbox: Mailbox = DEFAULT_MAILBOX, answer: Answer | None = None
    ) -> None:
        self.messages: list[M] = []
        """All messages so far, of all incarnations."""
        self.spec = ChildSpec(name=name, start=partial(_ProbeActor, self), mailbox=mailbox)
        """Specification of the probe as a child."""
        self._answer = answer
        self._unread: deque[M] = deque()
        self._replies: deque[Reply] = deque()
        self._arrived = trio.Event()
        self._ref: ActorRef[M] | None = None

    @property
    def ref(self) -> ActorRef[M]:
        """The reference to give away; there is one as soon as the probe has started."""
        assert self._ref is not None, "the probe has not started"
        return self._ref

    async def expect(self, kind: type[T], *, within: float = PATIENCE) -> T:
        """Take the next message that has not been taken, or wait for it.

        Args:
            kind: Class that it must be of.
            within: Seconds.

        Raises:
            AssertionError: None came in time, or it is of another class.
        """
        with trio.move_on_after(within):
            await self._one_unread()
        if not self._unread:
            raise AssertionError(f"no {kind.__name__} came within {within:g} s; before came {self.messages!r}")
        message = self._unread.popleft()
        assert isinstance(message, kind), f"expected a {kind.__name__}, not {message!r}"
        return message

    async def expect_nothing(self, *, within: float = PATIENCE) -> None:
        """Wait, and see that no message comes that has not been taken.

        Args:
            within: Seconds.

        Raises:
            AssertionError: One came.
        """
        with trio.move_on_after(within):
            await self._one_unread()
        assert not self._unread, f"expected nothing, not {self._unread[0]!r}"

    async def _one_unread(self) -> None:
        while not self._unread:
            await self._arrived.wait()

    def reply(self, value: object) -> None:
        """Reply to the request in hand; requests are handled one by one.

        Raises:
            AssertionError: None waits for a reply.
        """
        self._next().give(lambda: value)

    def fail(self, error: Exception) -> None:
        """Raise in the actor: as the reply, if the request declares this error, else as a crash.

        Raises:
            AssertionError: No request waits for a reply.
        """

        def crash() -> object:
            raise error

        self._next().give(crash)

    def _next(self) -> Reply:
        assert self._replies, "no request waits for a reply"
        return self._replies.popleft()

    def started(self, ref: ActorRef[M]) -> None:
        """The actor has an address."""
        self._ref = ref

    async def receive(self, message: M, *, asked: bool) -> object:
        """The actor has a message."""
        self.messages.append(message)
        self._unread.append(message)
        arrived, self._arrived = self._arrived, trio.Event()
        arrived.set()
        if not asked:
            return None
        assert isinstance(message, Request)
        if self._answer is not None:
            return self._answer(message)
        reply = Reply()
        self._replies.append(reply)
        try:
            return await reply.made()
        finally:
            if reply in self._replies:
                self._replies.remove(reply)


class _ProbeActor(Actor[M]):
    def __init__(self, probe: Probe[M]) -> None:
        self._probe = probe

    async def started(self) -> None:
        """Tell the probe its address."""
        self._probe.started(self.context.self_ref)

    async def handle(self, message: M) -> object:
        """Show the message, and reply as told."""
        return await self._probe.receive(message, asked=being_asked(self.context))


async def probe(parent: SupervisorRef, name: str = "probe", *, answer: Answer | None = None) -> Probe[Any]:
    """Start a probe below a supervisor, such as the system itself.

    Args:
        parent: The supervisor.
        name: Its name among its siblings.
        answer: Makes the replies to requests. Without it, each request waits for `Probe.reply` or `Probe.fail`.
    """
    made: Probe[Any] = Probe(name=name, answer=answer)
    await parent.start_child(made.spec)
    return made
