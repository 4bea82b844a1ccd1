"""How far playback has come, and when the next audio may be sent: never more than a few seconds ahead.

Playback begins with the first audio that is sent. A client may tell how much it has played; such a mark counts from then on, and
the clock goes on from it. No client has played more than was sent, nor less than it said before.
"""

from __future__ import annotations

from typing import Final

import attrs

AHEAD: Final = 5.0
"""Seconds of audio that may be sent before they are played."""
_MOMENT: Final = 0.001
"""Seconds that nobody waits for: sums of durations are never exact."""


@attrs.define(eq=False)
class Playback:
    """Sans-IO: every method takes the time, in seconds of any clock."""

    ahead: float = attrs.field(default=AHEAD, validator=attrs.validators.gt(0))
    sent: float = attrs.field(default=0.0, init=False)
    """Seconds of audio."""
    _base: float = attrs.field(default=0.0, init=False)
    """Seconds played at `_since`."""
    _since: float | None = attrs.field(default=None, init=False)
    """None while nothing is played: before the first audio, and when paused."""
    _marked: float = attrs.field(default=0.0, init=False)
    """What the client has said last."""
    _paused: bool = attrs.field(default=False, init=False)

    @property
    def paused(self) -> bool:
        """Whether playback stands still."""
        return self._paused

    def add(self, seconds: float, now: float) -> None:
        """Audio was sent; after a gap in it, playback goes on from here."""
        self._settle(now)
        self.sent += seconds
        if not self._paused:
            self._since = now

    def played(self, now: float) -> float:
        """Seconds of audio that were played."""
        if self._since is None:
            return self._base
        return min(self.sent, self._base + max(0.0, now - self._since))

    def mark(self, played: float, now: float) -> None:
        """The client says how much it has played: it knows better than the clock."""
        self._base = self._marked = min(self.sent, max(played, self._marked))
        if self._since is not None:
            self._since = now

    def pause(self, now: float) -> None:
        """Playback stands still."""
        self._settle(now)
        self._paused, self._since = True, None

    def resume(self, now: float) -> None:
        """Playback goes on."""
        self._paused = False
        self._since = now

    def wait(self, seconds: float, now: float) -> float:
        """How long to wait before so much more audio is sent; infinite while playback stands still and is far enough behind."""
        excess = self.sent + seconds - self.played(now) - max(self.ahead, seconds)
        if excess <= _MOMENT:
            return 0.0
        return float("inf") if self._paused else excess

    def left(self, now: float) -> float:
        """Seconds until all that was sent is played; infinite while playback stands still before its end."""
        rest = self.sent - self.played(now)
        if rest <= _MOMENT:
            return 0.0
        return float("inf") if self._paused else rest

    def _settle(self, now: float) -> None:
        self._base = self.played(now)
        if self._since is not None:
            self._since = now
