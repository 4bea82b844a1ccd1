"""What a room has published lately, and how far each of its viewers has read.

Theory of operation. Positions count the frames of a room from its beginning and never go back. The log holds the newest of
them, within a bound on their number and bytes; the others are gone. A cursor is a position: joining takes the end of the log
as it is in that moment, so nothing is missed and nothing comes twice, and since all cursors move over one list, all viewers see
one order. A cursor before the beginning of the log has lost frames, and its viewer is cut.

Frames are dropped a quarter of the log at a time, so that dropping costs each frame little. Sizes are kept as running sums,
which makes "as many as fit" a search by halves.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import inf

import attrs


@attrs.define(eq=False)
class FrameLog:
    """The newest frames of one room."""

    max_frames: int
    max_bytes: int
    first: int = attrs.field(default=0, init=False)
    """Position of the oldest frame held."""
    _texts: list[str] = attrs.field(factory=list, init=False)
    _times: list[float] = attrs.field(factory=list, init=False)
    _sums: list[int] = attrs.field(factory=list, init=False)
    """Bytes of all frames ever up to each one, itself included."""
    _dropped: int = attrs.field(default=0, init=False)
    """Bytes of the frames that are gone."""
    _extras: set[int] = attrs.field(factory=set, init=False)
    """Positions of frames that only some viewers want."""

    @property
    def end(self) -> int:
        """Position of the frame that comes next."""
        return self.first + len(self._texts)

    @property
    def bytes_held(self) -> int:
        """Bytes of the frames held."""
        return (self._sums[-1] if self._sums else self._dropped) - self._dropped

    def append(self, text: str, now: float, *, extra: bool = False) -> None:
        """Take the next frame.

        Args:
            text: The frame, encoded.
            now: Trio's time.
            extra: Whether only viewers who asked for more get it.
        """
        if extra:
            self._extras.add(self.end)
        size = self.bytes_held + sys.getsizeof(text)
        self._texts.append(text)
        self._times.append(now)
        self._sums.append(self._dropped + size)
        if len(self._texts) > self.max_frames or size > self.max_bytes:
            self._shrink()

    def forget(self, position: int) -> None:
        """Drop the frames before a position: everybody has read them."""
        self._drop(max(0, min(position - self.first, len(self._texts))))

    def time_of(self, position: int) -> float:
        """When a frame that is held came."""
        return self._times[position - self.first]

    def read(self, position: int, max_bytes: int, *, extras_from: float) -> tuple[Sequence[str], int]:
        """Frames from a position that is held on, extras from theirs on alone, and the position after them."""
        start = position - self.first
        before = self._sums[start - 1] if start else self._dropped
        stop = max(bisect_right(self._sums, before + max_bytes, lo=start), start + 1)
        texts = self._texts[start:stop]
        if self._extras and position < extras_from:
            texts = [text for at, text in enumerate(texts, position) if at not in self._extras or at >= extras_from]
        return texts, min(self.first + stop, self.end)

    def _shrink(self) -> None:
        """Drop old frames until a quarter of the bound is free; the newest one stays, however long."""
        surplus = self._sums[-1] - self._dropped - self.max_bytes * 3 // 4
        by_bytes = bisect_right(self._sums, self._dropped + surplus - 1) + 1 if surplus > 0 else 0
        by_count = len(self._texts) - self.max_frames * 3 // 4
        self._drop(min(max(by_bytes, by_count), len(self._texts) - 1))

    def _drop(self, count: int) -> None:
        if count:
            self._dropped = self._sums[count - 1]
            del self._texts[:count], self._times[:count], self._sums[:count]
            self.first += count
            if self._extras:
                self._extras = {position for position in self._extras if position >= self.first}


@attrs.define(eq=False)
class Cursor:
    """How far one viewer has read; to its connection, a `Feed`."""

    log: FrameLog
    is_busy: Callable[[], bool]
    shut_down: Callable[[], object] = lambda: None
    """Ends what goes on in the room."""
    extras_from: float = attrs.field(default=inf, init=False)
    """From which position on this viewer gets more than the protocol's own events."""
    position: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.position = self.log.end

    def want_extras(self) -> None:
        """From now on give this viewer extras, too."""
        self.extras_from = min(self.extras_from, self.log.end)

    def __len__(self) -> int:
        return self.log.end - self.position

    @property
    def lost(self) -> bool:
        """Whether frames are gone that were not read."""
        return self.position < self.log.first

    @property
    def oldest(self) -> float | None:
        """When the frame waiting longest came; minus infinity when frames were lost."""
        if self.lost:
            return -inf
        return self.log.time_of(self.position) if len(self) else None

    @property
    def busy(self) -> bool:
        """Whether the room is at work."""
        return self.is_busy()

    def go_away(self) -> None:
        """The server is going away: the room's turns end, so that this viewer hears it."""
        self.shut_down()

    def take(self, max_bytes: int) -> Sequence[str]:
        """The next frames; none when frames were lost, or none waits."""
        if self.lost or not len(self):
            return ()
        texts, self.position = self.log.read(self.position, max_bytes, extras_from=self.extras_from)
        return texts
