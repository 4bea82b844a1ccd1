"""Counts and durations of messages, by place and class.

Labels cannot explode: a place is a path in which all children of a dynamic supervisor are one (`app/connections/*/session`),
and of places and classes together only so many are told apart; what is more is counted in one series of its own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

import attrs
import trio

from smarthealth.actors.events import (
    ChildFailed,
    DeadLetter,
    DeadLetterReason,
    MessageInstrument,
    Outcome,
    Receiver,
    RuntimeEvent,
)

BOUNDS = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)
"""Seconds; upper bounds of the counted ranges."""
MAX_SERIES = 500
OTHERS = "*"
"""Place and class of the series that has all that is more."""


@attrs.frozen(kw_only=True)
class Durations:
    """How long something took, as counts of ranges."""

    count: int
    total: float
    """Seconds, all together."""
    longest: float
    """Seconds."""
    up_to: Mapping[float, int]
    """How many took at most so many seconds; all of them are in `count`."""


@attrs.frozen(kw_only=True)
class Series:
    """What is known of messages of one class at one place."""

    actor: str
    """The place: a path with `*` for children of dynamic supervisors."""
    message: str
    """Class name."""
    sent: int
    """Told, asked or published, whatever became of it."""
    outcomes: Mapping[Outcome, int]
    """What became of those that were handled."""
    ask_errors: Mapping[str, int]
    """Asks that ended in something else than a reply, by class of the error."""
    waiting: Durations
    """From the sending to the handling."""
    handling: Durations


class _Recorder:
    """Durations in the making."""

    __slots__ = ("_counts", "_longest", "_total")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self._total = self._longest = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self._total += seconds
        self._longest = max(self._longest, seconds)

    def durations(self) -> Durations:
        below, up_to = 0, {}
        for bound, count in zip(BOUNDS, self._counts, strict=False):
            below += count
            up_to[bound] = below
        return Durations(count=sum(self._counts), total=self._total, longest=self._longest, up_to=up_to)


@attrs.define(eq=False)
class _Entry:
    """One series in the making."""

    sent: int = 0
    outcomes: Counter[Outcome] = attrs.Factory(Counter)
    ask_errors: Counter[str] = attrs.Factory(Counter)
    waiting: _Recorder = attrs.Factory(_Recorder)
    handling: _Recorder = attrs.Factory(_Recorder)


class Metrics(MessageInstrument):
    """Counts what happens in the systems that it is given to.

    Args:
        max_series: Pairs of place and class that are told apart.
    """

    __slots__ = ("_crashes", "_dead_letters", "_entries", "_max_series")

    def __init__(self, max_series: int = MAX_SERIES) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._max_series = max_series
        self._dead_letters: Counter[DeadLetterReason] = Counter()
        self._crashes: Counter[str] = Counter()

    def series(self) -> tuple[Series, ...]:
        """All that was counted so far, by place and class."""
        return tuple(
            Series(
                actor=actor,
                message=message,
                sent=entry.sent,
                outcomes=dict(entry.outcomes),
                ask_errors=dict(entry.ask_errors),
                waiting=entry.waiting.durations(),
                handling=entry.handling.durations(),
            )
            for (actor, message), entry in sorted(self._entries.items())
        )

    @property
    def dead_letters(self) -> Mapping[DeadLetterReason, int]:
        """Messages and replies lost, by reason."""
        return dict(self._dead_letters)

    @property
    def crashes(self) -> Mapping[str, int]:
        """Failures of actors, by class of the error."""
        return dict(self._crashes)

    def _entry(self, receiver: Receiver, message: object) -> _Entry:
        key = (receiver.pattern, type(message).__name__)
        entry = self._entries.get(key)
        if entry is None:
            if len(self._entries) >= self._max_series:
                key = (OTHERS, OTHERS)
            entry = self._entries.setdefault(key, _Entry())
        return entry

    def on_event(self, event: RuntimeEvent) -> None:
        """Count crashes and dead letters."""
        if isinstance(event, DeadLetter):
            self._dead_letters[event.reason] += 1
        elif isinstance(event, ChildFailed):
            name = type(event.error).__name__
            known = name in self._crashes or len(self._crashes) < self._max_series
            self._crashes[name if known else OTHERS] += 1

    def on_send(self, receiver: Receiver, message: object) -> object:
        """Count it; its token is the time."""
        self._entry(receiver, message).sent += 1
        return trio.current_time()

    def on_handle(self, receiver: Receiver, message: object, token: object) -> object:
        """Measure how long it waited; a timer's message waits for nobody."""
        now = trio.current_time()
        if isinstance(token, float):
            self._entry(receiver, message).waiting.add(now - token)
        return now

    def on_handled(
        self, receiver: Receiver, message: object, state: object, outcome: Outcome, error: BaseException | None
    ) -> None:
        """Count what became of it, and measure how long that took."""
        entry = self._entry(receiver, message)
        entry.outcomes[outcome] += 1
        if isinstance(state, float):
            entry.handling.add(trio.current_time() - state)

    def on_ask_over(self, receiver: Receiver, request: object, token: object, error: BaseException | None) -> None:
        """Count asks that had no reply."""
        if error is not None:
            self._entry(receiver, request).ask_errors[type(error).__name__] += 1
