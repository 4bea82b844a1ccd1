"""Ends a connection that has been idle for too long, whose token ran out, or where nobody signed in."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import trio

from .application import Principal
from .closing import IDLE, NOT_SIGNED_IN, TOKEN_EXPIRED, Closing

EPSILON = 0.001
"""Seconds: the two clocks do not agree to the last digit."""


@attrs.define(eq=False)
class Keepalive:
    """The clock of one connection: whoever runs it looks until when it may sleep, so that a busy connection does not wake it."""

    idle_timeout: float
    sign_in_by: float | None
    """When somebody must have signed in, None where that is not asked."""
    wall_clock: Callable[[], float]
    """Seconds since the epoch, as tokens count them."""
    is_busy: Callable[[], bool]
    """Whether a turn is running: then nobody is idle."""
    end: Callable[[Closing], object]
    principal: Principal | None
    last_heard: float = attrs.field(factory=trio.current_time)
    """When the client last sent anything."""
    wake: Callable[[], object] = attrs.field(default=bool, init=False)
    """Has whoever runs it look again now."""

    def sign_in(self, principal: Principal) -> None:
        """From now on this principal's token counts."""
        self.principal = principal
        self.sign_in_by = None
        self.wake()  # the sleep was for the former deadlines

    def look(self) -> float | None:
        """When to look again; None once a deadline has passed, and the connection was asked to end."""
        due, closing = self._next()
        if due <= trio.current_time() + EPSILON:
            self.end(closing)
            return None
        return due

    def _next(self) -> tuple[float, Closing]:
        now = trio.current_time()
        quiet_since = now if self.is_busy() else self.last_heard
        deadlines = [(quiet_since + self.idle_timeout, IDLE)]
        if self.principal is not None:
            deadlines.append((now + self.principal.expires_at - self.wall_clock(), TOKEN_EXPIRED))
        if self.sign_in_by is not None:
            deadlines.append((self.sign_in_by, NOT_SIGNED_IN))
        return min(deadlines, key=lambda deadline: deadline[0])
