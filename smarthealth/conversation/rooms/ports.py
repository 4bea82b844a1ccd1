"""What a room asks of its application, and how much it may take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import attrs
from attrs.validators import ge, gt

from smarthealth.conversation.application import FollowingLink, TurnPolicy

from .log import Cursor

E = TypeVar("E")


@attrs.define(eq=False)
class Viewer(Generic[E]):
    """One connection in a room."""

    link: FollowingLink[E]
    cursor: Cursor | None = attrs.field(default=None, init=False)
    """How far it has read; None before it has entered."""


class RoomLife(Protocol[E]):
    """What an application does in one room. None of it waits, but for `open`.

    What `welcome` tells and what comes live fit together without gap and repeat when the former is made of what was `published`
    alone, and of what `open` read.
    """

    async def open(self) -> None:
        """Read what there was when the room was last open.

        Raises:
            Exception: It cannot be read; nobody enters.
        """
        ...

    def welcome(self, viewer: Viewer[E]) -> Sequence[E]:
        """What somebody who enters is sent before anything live: all that was said so far."""
        ...

    def published(self, event: E) -> None:
        """An event is being sent to the viewers: what belongs to the history is part of it from now on."""
        ...

    def entered(self, viewer: Viewer[E]) -> None:
        """Somebody is in the room."""
        ...

    def left(self, viewer: Viewer[E]) -> None:
        """Somebody is gone."""
        ...


@attrs.frozen(kw_only=True)
class RoomLimits:
    """How long and how much; durations in seconds, sizes in bytes."""

    max_rooms: int = attrs.field(default=2_000, validator=ge(1))
    """Rooms that are open at once; one more is refused."""
    max_viewers: int = attrs.field(default=500, validator=ge(1))
    """Viewers of one room; one more is refused."""
    log_frames: int = attrs.field(default=4_096, validator=ge(8))
    """Frames that a viewer may be behind; one who is further behind is cut."""
    log_bytes: int = attrs.field(default=1024 * 1024, validator=ge(1))
    """Bytes that a viewer may be behind."""
    grace: float = attrs.field(default=60.0, validator=ge(0))
    """Seconds that a turn goes on with nobody in the room."""
    linger: float = attrs.field(default=120.0, validator=gt(0))
    """Seconds that an empty room without a turn stays open."""
    max_turns: int = attrs.field(default=4, validator=ge(1))
    """Turns that a room runs or has waiting; one more is refused."""
    settle_timeout: float = attrs.field(default=5.0, validator=gt(0))
    """Seconds to write what must be kept of a turn, whatever ended it."""
    policy: TurnPolicy = attrs.field(factory=TurnPolicy)
    """What happens to a turn while another runs."""
