"""What all actors of one system share: its nursery, its timers, its counts, and who watches."""

from __future__ import annotations

import contextvars
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from math import inf
from types import TracebackType

import trio

from .events import DeadLetter, DeadLetterReason, Instrument, MessageInstrument, RuntimeEvent
from .timers import Timers
from .tracers import Tracers


class Caught:
    """Keeps what the block of its `with` statement raises, for those who raise it again somewhere else.

    Args:
        task: Whose block it is; None looks who runs.
    """

    __slots__ = ("_task", "error")

    def __init__(self, task: trio.lowlevel.Task | None = None) -> None:
        self.error: BaseException | None = None
        self._task = task or _current_task()

    def __enter__(self) -> Caught:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        self.error = error
        # The closing of a coroutine that is thrown away, by whoever runs just then, must go on.
        return not isinstance(error, GeneratorExit) or (self._task is not None and _current_task() is self._task)


def _current_task() -> trio.lowlevel.Task | None:
    try:
        return trio.lowlevel.current_task()
    except RuntimeError:
        return None


class Core:
    """The shared part of a system."""

    __slots__ = (
        "_at_end",
        "_ended",
        "_nursery",
        "_on_fatal",
        "ask_timeout",
        "burst",
        "cut_at",
        "dead_letters",
        "final_at",
        "now",
        "observed",
        "observers",
        "parts",
        "timers",
        "tracers",
    )

    def __init__(self, nursery: trio.Nursery, ask_timeout: float, on_fatal: Callable[[BaseException], object]) -> None:
        self._nursery = nursery
        self._on_fatal = on_fatal
        self.ask_timeout = ask_timeout
        self.timers = Timers(self.spawn_guarded)
        self.now = self.timers.now
        self.dead_letters: Counter[DeadLetterReason] = Counter()
        self.tracers: Tracers | None = None
        """Told of each message, if anybody wants to be."""
        self.observers: list[Instrument] = []
        self.observed = False
        self.burst = 0
        """Messages told since a sender last gave way."""
        self.parts: dict[type, object] = {}
        """What modules above this one keep for a system, by class; made when first used."""
        self._at_end: list[Callable[[], object]] = []
        self._ended = False
        # The budget of the system's stop: nothing but clean-up runs after the first, nothing at all after the second.
        self.cut_at = inf
        self.final_at = inf

    def spawn(self, run: Callable[[], Awaitable[object]], name: str) -> None:
        """Start a task in a fresh context, so that it does not keep its spawner's context variables alive."""
        contextvars.Context().run(self._nursery.start_soon, run, name=name)  # type: ignore[arg-type]  # not understood with *args

    def spawn_guarded(self, run: Callable[[], Awaitable[object]], name: str) -> None:
        """Start a task of the runtime's own; whatever it raises ends the system."""

        @trio.lowlevel.enable_ki_protection
        async def guarded() -> None:
            with Caught() as caught:
                await run()
            if caught.error is not None:
                self.fatal(caught.error)

        self.spawn(guarded, name)

    def fatal(self, error: BaseException) -> None:
        """Something that is no failure of an actor (`KeyboardInterrupt`, `SystemExit`) ends the system."""
        self._on_fatal(error)

    def end(self) -> None:
        """The system has ended, though its block may not have been left yet."""
        self._ended = True
        at_end, self._at_end = self._at_end, []
        for tell in at_end:
            tell()

    def call_at_end(self, tell: Callable[[], object]) -> None:
        """Have something called when the system has ended, or at once if it has."""
        if self._ended:
            tell()
        else:
            self._at_end.append(tell)

    def do_not_call_at_end(self, tell: Callable[[], object]) -> None:
        """Forget it."""
        if tell in self._at_end:
            self._at_end.remove(tell)

    def dead_letter(self, path: str, reason: DeadLetterReason, message: object) -> None:
        """Count a message that is not handled."""
        self.dead_letters[reason] += 1
        if self.observed:
            self.emit(DeadLetter(path=path, reason=reason, message_type=type(message).__name__))

    def instrument(self, instruments: Iterable[Instrument]) -> None:
        """Add those who are told of all that happens, before anything does."""
        for instrument in instruments:
            self.observe(instrument)
        following = [instrument for instrument in self.observers if isinstance(instrument, MessageInstrument)]
        self.tracers = Tracers(following) if following else None

    def observe(self, observer: Instrument) -> None:
        """Add an observer of events."""
        self.observers.append(observer)
        self.observed = True

    def unobserve(self, observer: Instrument) -> None:
        """Take an observer off; one that is not there is no matter."""
        if observer in self.observers:
            self.observers.remove(observer)
        self.observed = bool(self.observers)

    def emit(self, event: RuntimeEvent) -> None:
        """Tell all observers. Build the event only `if core.observed`."""
        for observer in tuple(self.observers):
            try:
                observer.on_event(event)
            except Exception:  # an observer must not harm what it observes
                self.unobserve(observer)
