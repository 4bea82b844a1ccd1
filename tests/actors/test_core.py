"""What a system's actors share."""

from __future__ import annotations

import contextvars
from functools import partial

import pytest
import trio
import trio.testing

from smarthealth.actors.core import Caught, Core
from smarthealth.actors.events import (
    ChildStarted,
    DeadLetter,
    DeadLetterReason,
    Instrument,
    MessageInstrument,
    RuntimeEvent,
)

VARIABLE = contextvars.ContextVar("VARIABLE", default="fresh")


class Recorder(Instrument):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[RuntimeEvent] = []

    def on_event(self, event: RuntimeEvent) -> None:
        """Keep it."""
        self.events.append(event)


class Clumsy(Instrument):
    """Raises."""

    def on_event(self, event: RuntimeEvent) -> None:
        """Raise."""
        raise RuntimeError(event)


def make_core(nursery: trio.Nursery, fatal: list[BaseException] | None = None) -> Core:
    """A core whose fatal errors go to a list."""
    return Core(nursery, 5, (fatal if fatal is not None else []).append)


async def test_tasks_start_in_a_fresh_context(nursery: trio.Nursery) -> None:
    """A task does not see, and so does not keep alive, its spawner's context variables."""
    seen: list[str] = []

    async def look() -> None:
        seen.append(VARIABLE.get())

    VARIABLE.set("spawner's")
    make_core(nursery).spawn(look, "look")
    await trio.testing.wait_all_tasks_blocked()
    assert seen == ["fresh"]


async def test_own_tasks_never_crash_into_the_nursery(nursery: trio.Nursery) -> None:
    """What a task of the runtime raises is fatal to the system, but leaves through its opener alone."""
    fatal: list[BaseException] = []
    error = KeyboardInterrupt()

    async def fail() -> None:
        raise error

    async def work() -> None:
        pass

    core = make_core(nursery, fatal)
    core.spawn_guarded(fail, "fail")
    core.spawn_guarded(work, "work")
    await trio.testing.wait_all_tasks_blocked()
    assert fatal == [error]


def test_caught_lets_a_closing_coroutine_close() -> None:
    """Whatever is raised is kept, but `GeneratorExit` goes on."""
    with Caught() as caught:
        raise KeyboardInterrupt
    assert isinstance(caught.error, KeyboardInterrupt)
    with pytest.raises(GeneratorExit), Caught():
        raise GeneratorExit
    with Caught() as nothing:
        pass
    assert nothing.error is None


async def test_dead_letters_are_counted_and_reported_without_content(nursery: trio.Nursery) -> None:
    """A lost message is counted by reason; observers hear of its class, never of its content."""
    core, recorder = make_core(nursery), Recorder()
    core.dead_letter("app/a", DeadLetterReason.FULL, "secret")
    core.observe(recorder)
    core.dead_letter("app/a", DeadLetterReason.FULL, "secret")
    core.unobserve(recorder)
    core.unobserve(recorder)
    core.dead_letter("app/a", DeadLetterReason.STOPPED, "secret")
    assert core.dead_letters == {DeadLetterReason.FULL: 2, DeadLetterReason.STOPPED: 1}
    assert recorder.events == [DeadLetter(path="app/a", reason=DeadLetterReason.FULL, message_type="str")]
    assert not core.observed


async def test_clumsy_observer_is_taken_off(nursery: trio.Nursery) -> None:
    """An observer that raises harms neither the system nor the other observers, and is not called again."""
    core, recorder = make_core(nursery), Recorder()
    core.observe(Clumsy())
    core.observe(recorder)
    event = ChildStarted(path="app/a", restarts=0)
    core.emit(event)
    core.emit(event)
    assert recorder.events == [event, event]
    assert len(core.observers) == 1


async def test_the_end_is_told_once(nursery: trio.Nursery) -> None:
    """To all who asked for it and have not changed their minds; to those who ask later, at once."""
    core, told = make_core(nursery), list[str]()
    tells = {name: partial(told.append, name) for name in "abc"}
    for tell in tells.values():
        core.call_at_end(tell)
    core.do_not_call_at_end(tells["b"])
    core.do_not_call_at_end(tells["b"])
    core.end()
    assert told == ["a", "c"]
    core.call_at_end(tells["b"])
    core.end()
    assert told == ["a", "c", "b"]


async def test_those_who_wait_are_told_of_the_end(nursery: trio.Nursery) -> None:
    """Once, unless they leave before; at once if they come late."""
    core, told = make_core(nursery), list[str]()
    leaving = lambda: told.append("left")  # noqa: E731 - compared by identity
    core.call_at_end(leaving)
    core.call_at_end(lambda: told.append("waited"))
    core.do_not_call_at_end(leaving)
    core.do_not_call_at_end(leaving)
    core.end()
    core.end()
    core.call_at_end(lambda: told.append("late"))
    assert told == ["waited", "late"]


async def test_only_those_who_follow_messages_have_them_followed(nursery: trio.Nursery) -> None:
    """An instrument of events costs messages nothing."""
    core = make_core(nursery)
    core.instrument([Recorder()])
    assert core.tracers is None
    core.instrument([MessageInstrument()])
    assert core.tracers is not None
    assert len(core.observers) == 2


async def test_what_is_raised_is_caught_though_it_closes_coroutines(nursery: trio.Nursery) -> None:
    """A `GeneratorExit` that the task itself raises is an error like any other."""
    with Caught() as caught:
        raise GeneratorExit
    assert isinstance(caught.error, GeneratorExit)
