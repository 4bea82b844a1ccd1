"""What a serving process logs of its actors."""

from __future__ import annotations

import pytest
import trio
from structlog.testing import capture_logs

from smarthealth.actors import ChildSpec, Context, Restart, open_system
from smarthealth.actors.events import ChildEnded, ChildFailed, ChildStarted, EndReason, TaskStuck
from smarthealth.bootstrap.crash_log import CrashLog


@pytest.mark.parametrize("restart_in", [0.5, None])
def test_a_crash_is_logged_with_its_place(restart_in: float | None) -> None:
    """A crash says which actor failed with what, when it is started again, and carries the error for its traceback."""
    error = LookupError("Laura Morales")
    with capture_logs() as logs:
        CrashLog().on_event(ChildFailed(path="app/index", error=error, restart_in=restart_in))
    assert logs == [
        {
            "event": "actor_failed",
            "log_level": "error",
            "path": "app/index",
            "error": "LookupError",
            "restart_in": restart_in,
            "exc_info": error,
        }
    ]


def test_a_stuck_task_is_logged_with_where_it_stands() -> None:
    """A task that does not end is an error, with its stack."""
    with capture_logs() as logs:
        CrashLog().on_event(TaskStuck(path="app/index", stack="File …"))
    assert logs == [{"event": "task_stuck", "log_level": "error", "path": "app/index", "stack": "File …"}]


def test_ordinary_life_is_not_logged() -> None:
    """Starts and ends are no news, nor is Ctrl-C pressed twice."""
    with capture_logs() as logs:
        CrashLog().on_event(ChildStarted(path="app/index", restarts=0))
        CrashLog().on_event(ChildEnded(path="app/index", reason=EndReason.STOPPED))
        CrashLog().on_event(ChildFailed(path="app/index", error=KeyboardInterrupt(), restart_in=None))
    assert logs == []


async def test_a_system_logs_each_crash_once(autojump_clock: trio.abc.Clock) -> None:
    """In a system that it watches, an actor that fails is one line, and the system goes on."""
    failing = True

    async def fragile(context: Context) -> None:
        nonlocal failing
        context.started()
        await trio.sleep(1)
        if failing:
            failing = False
            raise LookupError
        await trio.sleep_forever()

    with capture_logs() as logs:
        async with open_system("app", instrument=CrashLog()) as system:
            await system.start_child(ChildSpec(name="fragile", start=fragile, restart=Restart.PERMANENT))
            await trio.sleep(10)
    assert [(entry["event"], entry["path"]) for entry in logs] == [("actor_failed", "app/fragile")]
