"""A connection without a network: a socket in memory, a dialogue and turns that do as told.

Events are plain texts. One that begins with `+` is a token and joins the token before it.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import attrs
import pytest
import trio
import trio.testing

from smarthealth.actors import Context, Instrument, SupervisorRef, System, open_system
from smarthealth.actors.events import ChildFailed, RuntimeEvent
from smarthealth.conversation.application import (
    Dialogue,
    Endpoint,
    Link,
    Principal,
    TurnFailure,
    TurnOutput,
    TurnPolicy,
)
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.conversation.socket import SocketClosed
from smarthealth.conversation.telemetry import Telemetry

Script = Callable[[TurnOutput[str]], Awaitable[Sequence[str]]]


def merge(first: str, second: str) -> str | None:
    """Join two tokens."""
    return first + second[1:] if first[:1] == second[:1] == "+" else None


@attrs.define(eq=False)
class MemorySocket:
    """A socket whose client is the test."""

    batches: list[list[str]] = attrs.field(factory=list)
    """What each call of `send`, or of `send_now`, was given."""
    longest: int = 0
    """Bytes of a message that the server takes beyond its common bound."""
    direct: bool = False
    """Whether something can be sent without waiting, while the client reads."""
    closed: tuple[int, str] | None = None
    """The close frame that the server sent."""
    gone: SocketClosed | None = None
    _inbound: list[str | bytes] = attrs.field(factory=list)
    _arrived: trio.Event = attrs.field(factory=trio.Event)
    _reading: trio.Event = attrs.field(factory=trio.Event)

    def __attrs_post_init__(self) -> None:
        self._reading.set()

    # the client's side

    @property
    def frames(self) -> list[str]:
        """All that came, in order."""
        return [frame for batch in self.batches for frame in batch]

    def say(self, *frames: str | bytes) -> None:
        """Send frames to the server."""
        self._inbound.extend(frames)
        self._arrived.set()

    def leave(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection."""
        self.gone = SocketClosed(code, reason)
        self._arrived.set()
        self._reading.set()

    def stall(self) -> None:
        """Stop reading."""
        self._reading = trio.Event()

    def resume(self) -> None:
        """Read again."""
        self._reading.set()

    # the server's side

    async def receive(self) -> str | bytes:
        """The next frame of the client."""
        while not self._inbound:
            if self.gone is not None:
                raise self.gone
            self._arrived = trio.Event()
            await self._arrived.wait()
        return self._inbound.pop(0)

    def take_longer(self, longest: int) -> None:
        """Remember it."""
        self.longest = longest

    async def send(self, frames: Sequence[str]) -> None:
        """Arrive, once the client reads."""
        await trio.lowlevel.checkpoint()
        await self._reading.wait()
        if self.gone is not None:
            raise self.gone
        assert self.closed is None, "a frame after the close frame"
        self.batches.append(list(frames))

    def send_now(self, frames: Sequence[str]) -> bool:
        """Arrive, if the client reads."""
        taken = self.direct and self._reading.is_set() and self.gone is None
        if taken:
            self.batches.append(list(frames))
        return taken

    async def close(self, code: int, reason: str) -> None:
        """Arrive, once the client reads."""
        await self._reading.wait()
        if self.gone is not None:
            raise self.gone
        self.closed = (code, reason)
        self.gone = SocketClosed(code, reason)


@attrs.define(eq=False)
class ScriptedTurn:
    """A turn that runs a script, and remembers how it went."""

    script: Script
    key: str = "one"
    time_limit: float = 60.0
    settle_time: float = 0.0
    settle_error: Exception | None = None
    settled: list[TurnFailure | None] = attrs.field(factory=list)
    failures: list[TurnFailure] = attrs.field(factory=list)

    async def run(self, output: TurnOutput[str], context: Context) -> Sequence[str]:
        """Run the script."""
        return await self.script(output)

    def ending(self, failure: TurnFailure) -> Sequence[str]:
        """Say how it failed."""
        self.failures.append(failure)
        return [f"failed {self.key} {failure.end.name} {failure.stage or ''}".rstrip()]

    async def settle(self, failure: TurnFailure | None) -> None:
        """Take some time, or fail."""
        await trio.sleep(self.settle_time)
        if self.settle_error is not None:
            raise self.settle_error
        self.settled.append(failure)


Heard = Callable[[Link[str], str], Awaitable[None]]


async def echo(link: Link[str], text: str) -> None:
    """Reply with what came."""
    link.reply(f"echo {text}")


@attrs.define(eq=False)
class EchoDialogue(Dialogue):
    """Hands what comes to a function of the test."""

    link: Link[str]
    heard: Heard
    ended: int = 0

    def opened(self) -> None:
        """Greet."""
        self.link.reply("hello")

    async def received(self, text: str) -> None:
        """Let the test deal with it."""
        await self.heard(self.link, text)

    def closed(self) -> None:
        """Count."""
        self.ended += 1


@attrs.define(eq=False)
class Failures(Instrument):
    """Keeps what the runtime reports."""

    events: list[RuntimeEvent] = attrs.field(factory=list)

    def on_event(self, event: RuntimeEvent) -> None:
        """Keep it."""
        self.events.append(event)

    @property
    def crashes(self) -> list[ChildFailed]:
        """The failures among them."""
        return [event for event in self.events if isinstance(event, ChildFailed)]


@attrs.define(eq=False)
class Host:
    """A system with connections in it."""

    system: System
    connections: Connections
    instrument: Failures
    nursery: trio.Nursery
    dialogues: list[EchoDialogue] = attrs.field(factory=list)

    @property
    def connections_ref(self) -> SupervisorRef:
        """The supervisor of connections."""
        ref = self.system.child("connections")
        assert isinstance(ref, SupervisorRef)
        return ref

    def endpoint(self, heard: Heard = echo, policy: TurnPolicy | None = None) -> Endpoint[str]:
        """Where clients come in who are answered by an echo, or as `heard` says."""

        def open_dialogue(link: Link[str], parts: Mapping[str, str]) -> Dialogue:
            dialogue = EchoDialogue(link, heard)
            self.dialogues.append(dialogue)
            return dialogue

        return Endpoint(
            path="/ws",
            authentication="optional",
            open_dialogue=open_dialogue,
            encode=str,
            merge=merge,
            turns=policy or TurnPolicy(),
            application="echo",
        )

    async def visit(
        self,
        heard: Heard = echo,
        *,
        principal: Principal | None = None,
        policy: TurnPolicy | None = None,
        endpoint: Endpoint[str] | None = None,
        socket: MemorySocket | None = None,
        path_parts: Mapping[str, str] | None = None,
    ) -> MemorySocket:
        """Connect a client, and return when it was greeted."""
        socket = socket or MemorySocket()
        endpoint = endpoint or self.endpoint(heard, policy)
        serve = functools.partial(
            self.connections.serve, socket, endpoint, principal, path_parts or {}, address="192.0.2.7"
        )
        self.nursery.start_soon(serve)
        await trio.testing.wait_all_tasks_blocked()
        return socket


OpenHost = Callable[..., AbstractAsyncContextManager[Host]]


@pytest.fixture
def open_host() -> OpenHost:
    """Open a system with connections. The test asks for `autojump_clock` itself: pytest-trio looks no deeper."""

    @asynccontextmanager
    async def open_it(telemetry: Telemetry | None = None, **settings: float) -> AsyncIterator[Host]:
        connections = Connections(
            ConversationSettings(**settings),  # type: ignore[arg-type]  # ints stay ints
            telemetry,
            wall_clock=lambda: 1_000_000 + trio.current_time(),
        )
        instrument = Failures()
        async with trio.open_nursery() as nursery, open_system("test", instrument=instrument) as system:
            await connections.start(system)
            yield Host(system, connections, instrument, nursery)

    return open_it
