"""What the conversation engine asks of an application, and what it offers to one.

An application gives the engine one `Application`. For every accepted connection the engine opens one `Dialogue`, tells it
of every text frame, and gives it a `Link`: the only way back to the client. A dialogue answers by starting turns; a turn
runs as an actor of its own and writes through its `TurnOutput`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, Literal, Protocol, TypeVar

import attrs

Role = Literal["clinician", "patient", "admin"]
E = TypeVar("E")
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
    SHUTDOWN = enum.auto()
    CRASHED = enum.auto()
    """An exception that the application did not expect; already logged."""


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


class Turn(Protocol[E]):
    """One answer in the making."""

    @property
    def key(self) -> str:
        """What may be busy: two turns of one key never run at once."""
        ...

    @property
    def time_limit(self) -> float:
        """Seconds for the whole turn."""
        ...

    async def run(self, output: TurnOutput[E]) -> None:
        """Work and send events, the terminal one last.

        Expected failures are sent as the protocol's error and return normally; anything raised is a crash.
        """
        ...

    def ending(self, failure: TurnFailure) -> Sequence[E]:
        """The events that end this turn properly after `failure`, given what it has sent so far."""
        ...


class Link(Protocol[E]):
    """One connection, as its dialogue sees it."""

    @property
    def principal(self) -> Principal | None:
        """Who is connected, None when nobody signed in."""
        ...

    @property
    def connection_id(self) -> str:
        """Unique in this process's life."""
        ...

    def reply(self, event: E) -> None:
        """Queue a control event (never waits, never dropped); a client too far behind is cut with 4430."""
        ...

    def start_turn(self, turn: Turn[E]) -> None:
        """Start a turn as an actor of its own.

        Raises:
            TurnBusy: A turn of the same key is running.
            TooManyTurns: The connection runs as many turns as it may.
            ServerDraining: The server is going away.
        """
        ...

    def cancel_turn(self, key: str) -> bool:
        """Cancel the running turn of this key; False when there is none."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Ask for the connection to be closed once what is queued has gone out."""
        ...


class Dialogue(Protocol):
    """What an application does on one connection. All its methods run in the connection's session and never block."""

    def opened(self) -> None:
        """The connection was accepted: send the greeting."""
        ...

    async def received(self, text: str) -> None:
        """One text frame came. Every bad input is answered, none raises. Short awaits on storage are fine; turns are not."""
        ...


@attrs.frozen(kw_only=True)
class Endpoint(Generic[E]):
    """A WebSocket path of an application."""

    path: str
    """Bare path, such as `/ws/chat`; a part in braces matches one path segment and is passed on by name."""
    authentication: Literal["required", "optional", "in-band"]
    """`required`: no token is 401. `optional`: a bad token is 401. `in-band`: the dialogue deals with tokens."""
    open_dialogue: Callable[[Link[E], Mapping[str, str]], Dialogue]
    """Called for every accepted connection with its link and the path's named parts."""
    encode: Callable[[E], str]
    """Event to text frame; runs in the outbox, once per frame sent."""
    merge: Callable[[E, E], E | None] = lambda first, second: None
    """Joins two adjacent events (tokens of one turn) when the client is behind, or returns None."""
    roles: frozenset[Role] = frozenset({"clinician", "patient", "admin"})
    """Who may enter; others get 403."""


@attrs.frozen(kw_only=True)
class Application:
    """One application, as the server mounts it."""

    name: str
    """Its prefix on the main port."""
    endpoints: tuple[Endpoint[object], ...]
    client_messages: Mapping[str, type] = attrs.field(factory=dict)
    """Type tag to class, for the published schema."""
    server_messages: Mapping[str, type] = attrs.field(factory=dict)
    """Type tag to class, for the published schema."""
