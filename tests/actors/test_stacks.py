"""Where a task stands."""

from __future__ import annotations

import trio
from trio.testing import wait_all_tasks_blocked

from smarthealth.actors.stacks import stack_of


async def test_stack_shows_nested_tasks(nursery: trio.Nursery) -> None:
    """The functions that a task waits in are named, and those of the tasks in its nurseries."""

    async def inner() -> None:
        await trio.sleep_forever()

    async def outer() -> None:
        async with trio.open_nursery() as inside:
            inside.start_soon(inner, name="the inner one")
            inside.start_soon(trio.sleep_forever)

    nursery.start_soon(outer, name="the outer one")
    await wait_all_tasks_blocked()
    (task,) = nursery.child_tasks
    text = stack_of(task)
    assert "in outer" in text
    assert "task the inner one:\n" in text
    assert "in inner" in text
    assert stack_of(None) == ""
    nursery.cancel_scope.cancel()
