"""How many messages a client may send: so many at once, and so many a second for long."""

from __future__ import annotations

import attrs


@attrs.define
class Throttle:
    """A bucket that holds `burst` messages and is refilled at `rate` a second."""

    rate: float
    burst: int
    now: float
    _held: float = attrs.field(init=False, default=attrs.Factory(lambda self: float(self.burst), takes_self=True))

    def allow(self, now: float) -> bool:
        """Whether one more message may come at `now`."""
        self._held = min(float(self.burst), self._held + (now - self.now) * self.rate)
        self.now = now
        if self._held < 1:
            return False
        self._held -= 1
        return True
