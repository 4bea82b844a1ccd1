"""One ask is settled once, however many try."""

from __future__ import annotations

from math import inf
from typing import cast

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors import asking
from smarthealth.actors.asking import Ask, Request
from smarthealth.actors.errors import AskTimeout
from smarthealth.actors.timers import Timers


class Question(Request[int]):
    """Wants a number."""


async def ask_in(nursery: trio.Nursery, heard: list[object]) -> Ask:
    """An ask whose asker waits in a task of its own and puts what it gets in a list."""
    asks: list[Ask] = []

    async def wait() -> None:
        ask = Ask(Question(), trio.lowlevel.current_task())
        asks.append(ask)
        try:
            heard.append(await ask.reply())
        except OSError as error:
            heard.append(error)

    nursery.start_soon(wait)
    await wait_all_tasks_blocked()
    return asks[0]


async def test_reply_wakes_the_asker_once(nursery: trio.Nursery) -> None:
    """The first reply counts; a second, or an error after it, reaches nobody and says so."""
    heard: list[object] = []
    ask = await ask_in(nursery, heard)
    assert ask.settle(1)
    assert not ask.settle(2)
    assert not ask.fail(OSError())
    await wait_all_tasks_blocked()
    assert heard == [1]


async def test_error_is_raised_in_the_asker(nursery: trio.Nursery) -> None:
    """An error sent as a reply is raised where the reply is waited for, as itself."""
    heard: list[object] = []
    ask = await ask_in(nursery, heard)
    error = OSError()
    assert ask.fail(error)
    await wait_all_tasks_blocked()
    assert heard == [error]


async def test_reply_may_come_before_the_asker_waits(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """A reply made in the same step as the request is not lost, and its deadline is forgotten."""
    timers = Timers(lambda run, name: nursery.start_soon(run, name=name))
    ask = Ask(Question(), trio.lowlevel.current_task())
    ask.expire_at(trio.current_time() + 1, 1, timers, "app/a")
    assert ask.settle(1)
    assert await ask.reply() == 1
    assert len(timers) == 0
    timers.close()


async def test_ask_that_expires_says_where_and_after_how_long(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """A deadline that passes is an error with the receiver's path, and tells whether it was inherited."""
    timers = Timers(lambda run, name: nursery.start_soon(run, name=name))
    ask = Ask(Question(), trio.lowlevel.current_task())
    ask.expire_at(trio.current_time() + 1, 1, timers, "app/a", inherited=True)
    with pytest.raises(AskTimeout) as caught:
        await ask.reply()
    assert (caught.value.path, caught.value.timeout, caught.value.inherited) == ("app/a", 1, True)
    assert not ask.settle(1)
    timers.close()


async def test_cancelled_asker_is_gone(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """After its asker was cancelled, an ask takes no reply, and its deadline is forgotten."""
    timers = Timers(lambda run, name: nursery.start_soon(run, name=name))
    ask = Ask(Question(), trio.lowlevel.current_task())
    ask.timer = timers.after(5, lambda: ask.fail(OSError()))
    with trio.CancelScope() as scope:
        scope.cancel()
        await ask.reply()
    assert not ask.settle(1)
    assert len(timers) == 0
    timers.close()


async def test_error_is_not_kept_alive(nursery: trio.Nursery) -> None:
    """An ask lets go of the error it raised: the two would keep each other, and the asker's frames, alive."""
    ask = Ask(Question(), trio.lowlevel.current_task())
    ask.fail(FileNotFoundError())
    with pytest.raises(FileNotFoundError):
        await ask.reply()
    assert ask.error is None


async def test_reply_to_an_asker_about_to_be_cancelled_is_too_late(nursery: trio.Nursery) -> None:
    """Once the cancellation has reached the asker, a reply in the same step reaches nobody and says so."""
    asks: list[Ask] = []
    scope = trio.CancelScope()

    async def wait() -> None:
        with scope:
            ask = Ask(Question(), trio.lowlevel.current_task())
            asks.append(ask)
            await ask.reply()

    nursery.start_soon(wait)
    await wait_all_tasks_blocked()
    scope.cancel()
    assert not asks[0].settle(1)


async def test_deadline_of_a_task_is_known_to_others(autojump_clock: MockClock) -> None:
    """Trio's scopes around an asker are seen from outside; without the private attribute that shows them, none are."""
    with trio.CancelScope(deadline=trio.current_time() + 5):
        await trio.lowlevel.checkpoint()
        ask = Ask(Question(), trio.lowlevel.current_task())
        assert ask.given_up_at() == trio.current_effective_deadline() == trio.current_time() + 5
    assert asking._deadline_of(cast(trio.lowlevel.Task, object())) == inf
