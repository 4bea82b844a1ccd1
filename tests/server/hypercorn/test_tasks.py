"""The tasks of a connection."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
import trio
import trio.testing
from hypercorn.config import Config

from smarthealth.server.hypercorn.tasks import ConnectionTasks, Receive, Send, run_app

SCOPE: dict[str, Any] = {"type": "http", "path": "/x"}


async def nothing(*arguments: Any) -> None:
    """Take anything."""


async def test_failure_of_an_application_is_logged_once_and_stays_there() -> None:
    """Whatever an application raises, alone or in groups, does not leave its task."""

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(nothing)
            raise ValueError

    with structlog.testing.capture_logs() as lines:
        await run_app(app, SCOPE, nothing, nothing)
    assert [line["event"] for line in lines] == ["app_failed"]


async def test_cancellation_is_no_failure() -> None:
    """A cancelled application ends cancelled, without a log line."""

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await trio.sleep_forever()

    with structlog.testing.capture_logs() as lines, trio.move_on_after(0) as scope:
        await run_app(app, SCOPE, nothing, nothing)
    assert scope.cancelled_caught
    assert lines == []


async def test_application_gets_events_and_its_end_is_told() -> None:
    """Events wait when the queue is full, and are dropped when the application has gone."""
    got: list[object] = []
    told: list[object] = []
    go = trio.Event()

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await go.wait()
        got.extend([await receive(), await receive()])

    async def send(event: object) -> None:
        told.append(event)

    config = Config()
    config.max_app_queue_size = 1
    async with ConnectionTasks() as tasks:
        put = await tasks.spawn_app(app, config, SCOPE, send)
        await put(1)
        with trio.move_on_after(0.01) as waited:
            await put(2)
        assert waited.cancelled_caught
        go.set()
        await put(2)
        await trio.testing.wait_all_tasks_blocked()
        await put(3)
    assert (got, told) == ([1, 2], [None])


async def test_event_for_an_application_that_ends_meanwhile_is_dropped() -> None:
    """A put that waits for room is freed by the application's end."""
    go = trio.Event()

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await go.wait()

    config = Config()
    config.max_app_queue_size = 1
    with trio.fail_after(2):
        async with ConnectionTasks() as tasks:
            put = await tasks.spawn_app(app, config, SCOPE, nothing)
            await put(1)
            tasks.spawn(put, 2)
            await trio.testing.wait_all_tasks_blocked()
            go.set()


@pytest.mark.parametrize("failing", [True, False])
async def test_connection_goes_on_after_its_application(failing: bool) -> None:
    """The end of an application is told whether it failed or not."""
    told = trio.Event()

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if failing:
            raise ValueError

    async def send(event: object) -> None:
        told.set()

    async with ConnectionTasks() as tasks:
        await tasks.spawn_app(app, Config(), SCOPE, send)
        await told.wait()
