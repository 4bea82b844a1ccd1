"""What the conversation engine asks of an application, and what it offers to one.

An application gives the engine one `Application`. For every accepted connection the engine opens one `Dialogue`, tells it
of every text frame, and gives it a `Link`: the only way back to the client. A dialogue answers by starting turns; a turn
runs as an actor of its own, writes through its `TurnOutput` and returns its last events, so that the engine, which alone
sends those, can hold that every turn has exactly one ending.

Beside its WebSockets an application may answer small HTTP requests whole: the server mounts its routes and pages under its
prefix on every port, and at their bare paths on the port that is its own.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, Literal, Protocol, TypeVar, runtime_checkable

import attrs

from smarthealth.actors import Context

from .feeds import Feed

Role = Literal["clinician", "patient", "admin"]
Language = Literal["es", "en"]
E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)
E_contra = TypeVar("E_contra", contravariant=True)


@attrs.frozen(kw_only=True)
class Principal:
    """Who is on the other side, as the token says."""

    user_id: int
    email: str | None
    name: str | None
    role: Role
    expires_at: float
    """Seconds since the epoch; an open connection ends with 4401 then."""


class TurnEnd(enum.Enum):
    """Why a turn ended without finishing; the dialogue says it in its protocol's words."""

    STAGE_TIMEOUT = enum.auto()
    TURN_TIMEOUT = enum.auto()
    CANCELLED = enum.auto()
    """By the client."""
    INTERRUPTED = enum.auto()
    """By a newer turn of the same key, where the policy says so."""
    CONNECTION_LOST = enum.auto()
    """The client is gone, or was cut off: nobody hears this ending, but `settle` runs."""
    SHUTDOWN = enum.auto()
    """The server closes the connection: it is going away, or the client's token ran out."""
    CRASHED = enum.auto()
    """An exception that the application did not expect; the supervisor logs it."""


@attrs.frozen(kw_only=True)
class TurnFailure:
    """How a turn failed."""

    end: TurnEnd
    stage: str | None = None
    """Name of the stage that ran out of time."""


class TurnOutput(Protocol[E_contra]):
    """A turn's way to its client: events in order, nothing after the terminal one."""

    async def send(self, event: E_contra) -> None:
        """Queue an event, waiting while the client is behind.

        Raises:
            ConnectionLost: The client is gone.
        """
        ...


class Turn(Protocol[E_co]):
    """One answer in the making."""

    @property
    def key(self) -> str:
        """What may be busy: two turns of one key never run at once."""
        ...

    @property
    def time_limit(self) -> float:
        """Seconds for the whole turn."""
        ...

    async def run(self, output: TurnOutput[E_co], context: Context) -> Sequence[E_co]:
        """Work, send events on the way, and return the last ones, the terminal one at the end.

        `context` is that of the turn's actor: a pipeline given it shows its stages in the tree. Expected failures are returned as the protocol's error; anything raised is a crash.
        """
        ...

    def ending(self, failure: TurnFailure) -> Sequence[E_co]:
        """The events that end this turn properly after `failure`, given what it has sent so far."""
        ...

    async def settle(self, failure: TurnFailure | None) -> None:
        """Write what must be kept, None meaning that `run` returned; always called once, before the last events go out.

        It runs shielded, within `ConversationSettings.settle_timeout`. Raising, or running out of time, turns a
        finished turn into a crashed one.
        """
        ...


class Link(Protocol[E_contra]):
    """One connection, as its dialogue sees it."""

    @property
    def principal(self) -> Principal | None:
        """Who is connected, None when nobody signed in."""
        ...

    @property
    def connection_id(self) -> str:
        """Unique in this process's life."""
        ...

    @property
    def address(self) -> str | None:
        """The client's network address, for the audit."""
        ...

    def sign_in(self, principal: Principal) -> None:
        """Say who this is, where the protocol signs in by a message."""
        ...

    def reply(self, event: E_contra) -> None:
        """Queue a control event (never waits, never dropped); a client too far behind is cut with 4430."""
        ...

    async def start_turn(self, turn: Turn[E_contra], *, urgent: bool = False) -> None:
        """Start a turn as an actor of its own; returns at once, the turn goes on.

        Args:
            turn: The answer in the making.
            urgent: It interrupts every other turn of the connection, whatever their keys, and is never refused as busy;
                only other urgent turns go before it.

        Raises:
            TurnBusy: A turn of the same key is running, on this connection or another.
            TooManyTurns: The connection runs as many turns as it may; of urgent ones, as many again.
            ServerDraining: The server, or this connection, is going away.
        """
        ...

    def cancel_turn(self, key: str) -> bool:
        """Cancel the turns of this key, running or waiting; False when there is none."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Ask for the connection to be closed once what is queued has gone out."""
        ...


@runtime_checkable
class FollowingLink(Link[E_contra], Protocol[E_contra]):
    """A link that can send what others publish, too: every connection's link is one."""

    def follow(self, feed: Feed) -> Callable[[], None]:
        """Send the frames of a feed from now on, after everything of the connection's own.

        A client too slow for it is cut with 4430.

        Returns:
            What the feed's owner calls when there is more to send, or when its `busy` ends.
        """
        ...


class Dialogue(Protocol):
    """What an application does on one connection. All its methods run in the connection's session and never block.

    Implementations derive from it.
    """

    def opened(self) -> None:
        """The connection was accepted: send the greeting."""
        ...

    def closed(self) -> None:
        """The connection has ended: let go of what this dialogue joined."""
        return None

    async def received(self, text: str) -> None:
        """One text frame came. Every bad input is answered, none raises. Short awaits on storage are fine; turns are not."""
        ...


@runtime_checkable
class ArrivingDialogue(Dialogue, Protocol):
    """A dialogue that has something to wait for before it hears its client."""

    async def arrived(self) -> None:
        """Called once, after `opened` and before the first `received`. Short awaits on storage are fine; it raises nothing."""
        ...


@runtime_checkable
class BinaryDialogue(Dialogue, Protocol):
    """A dialogue that takes binary frames too; any other has its connection closed with 1003 for one."""

    async def received_binary(self, data: bytes) -> None:
        """One binary frame came; as for `received`."""
        ...


@attrs.frozen(kw_only=True)
class TurnPolicy:
    """How the turns of one connection go together."""

    when_busy: Literal["reject", "enqueue", "interrupt"] = "reject"
    """What happens to a turn whose key is busy: refused, run afterwards, or run once the busy one was cancelled."""
    sequential: bool = False
    """Whether turns of different keys, too, run one after the other, in order: for protocols whose events name none.

    A key that is busy on this very connection is then no reason to refuse: its turn waits like the others.
    """


async def admit_all(principal: Principal | None, path_parts: Mapping[str, str]) -> bool:
    """Let everybody in whom `authentication` and `roles` do."""
    return True


@attrs.frozen(kw_only=True)
class Endpoint(Generic[E]):
    """A WebSocket path of an application."""

    path: str
    """Bare path, such as `/ws/chat`; a part in braces matches one path segment and is passed on by name."""
    authentication: Literal["required", "optional", "in-band"]
    """`required`: no token is 401. `optional`: a bad token is 401. `in-band`: the dialogue deals with tokens."""
    open_dialogue: Callable[[Link[E], Mapping[str, str]], Dialogue]
    """Called for every accepted connection with its link and the path's named parts; see `query`."""
    encode: Callable[[E], str]
    """Event to text frame; runs in the outbox, once per frame sent."""
    merge: Callable[[E, E], E | None] = lambda first, second: None
    """Joins two adjacent events (tokens of one turn) when the client is behind, or returns None."""
    query: tuple[str, ...] = ()
    """Names of parameters of the query that come with the path's named parts, when they are given; none named like a part."""
    roles: frozenset[Role] = frozenset({"clinician", "patient", "admin"})
    """Who may enter; others get 403."""
    may_enter: Callable[[Principal | None, Mapping[str, str]], Awaitable[bool]] = admit_all
    """Asked last at the handshake, with the path's named parts; False is 403. A `StorageError` is 503."""
    language: Language = "es"
    """Of what a client is told whose handshake is refused."""
    turns: TurnPolicy = TurnPolicy()
    longest_message: int = 0
    """Bytes of a message of who has signed in, where that is more than the server takes of everybody; 0 for no more."""
    application: str = "unnamed"
    """Name of its application, for telemetry, names of actors and the audit."""


@attrs.frozen(kw_only=True)
class HttpRequest:
    """One request, read whole; the server bounds its size."""

    principal: Principal | None
    """Who asks, None when nobody signed in."""
    address: str
    """The client's network address."""
    path_parts: Mapping[str, str]
    """What stood where the route's path has names in braces."""
    query: Mapping[str, str]
    """The first value of each name in the query, the token left out."""
    body: bytes
    language: str = ""
    """The header Accept-Language, as sent."""


@attrs.frozen(kw_only=True)
class HttpAnswer:
    """One answer."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class HttpRoute:
    """A path that an application answers by HTTP."""

    path: str
    """Bare path, such as `/api/v1/chat`; a part in braces matches one path segment and is passed on by name."""
    method: Literal["GET", "POST", "PUT", "DELETE"]
    answer: Callable[[HttpRequest], Awaitable[HttpAnswer]]
    """Makes the answer. A `StorageError` becomes 503, anything else raised is a defect and becomes 500."""
    summary: str
    """One line for the published interface."""
    authentication: Literal["required", "optional", "none"]
    """`required`: no token is 401. `optional`: a bad token is 401. `none`: tokens are not looked at."""
    roles: frozenset[Role] = frozenset({"clinician", "patient", "admin"})
    """Whose tokens are good here; others get 403."""
    time_limit: float = 30.0
    """Seconds for the answer; then the client gets 503."""
    request: type | None = None
    """Class of the body, for the published interface."""
    response: type | None = None
    """Class of the answer, for the published interface."""


@attrs.frozen(kw_only=True)
class Application:
    """One application, as the server mounts it."""

    name: str
    """Its prefix on the main port."""
    endpoints: tuple[Endpoint[Any], ...]
    """Each speaks its own events; nobody here looks inside one."""
    client_messages: Mapping[str, type] = attrs.field(factory=dict)
    """Type tag to class, for the published schema."""
    server_messages: Mapping[str, type] = attrs.field(factory=dict)
    """Type tag to class, for the published schema."""
    page: str | None = None
    """File name of its page for people, among the server's pages: at `/NAME/`, and at `/` on a port of its own."""
    pages: Mapping[str, str] = attrs.field(factory=dict)
    """Bare path to file name of further pages, where a document names one; a WebSocket may have the same path."""
    http: tuple[HttpRoute, ...] = ()
    """What it answers by HTTP."""
