"""What a serving process logs of its actors: crashes, each once, and tasks that do not end."""

from __future__ import annotations

import structlog

from smarthealth.actors import Instrument
from smarthealth.actors.events import ChildFailed, RuntimeEvent, TaskStuck

_log = structlog.get_logger()


class CrashLog(Instrument):
    """Logs what somebody has to look at; the rest of the tree's life is in `/observer` and the metrics."""

    __slots__ = ()

    def on_event(self, event: RuntimeEvent) -> None:
        """Log a crash with where it happened, or a stuck task with where it stands."""
        match event:
            case ChildFailed(path=path, error=Exception() as error, restart_in=restart_in):
                _log.error("actor_failed", path=path, error=type(error).__name__, restart_in=restart_in, exc_info=error)
            case TaskStuck(path=path, stack=stack):
                _log.error("task_stuck", path=path, stack=stack)
            case _:
                pass  # also a second Ctrl-C, which ends an actor wherever it is: no crash
