"""Several processes on the same ports.

The parent binds the sockets and hands them to its children, which accept from them in turn. It watches the children: one that
ends is started again, later and later while that goes on. SIGTERM and SIGINT are passed on; each child drains as a single
server does, and the parent exits when all have. A child whose parent vanishes notices by a pipe, and drains too.

A child runs `main` with `MODULE:FUNCTION`; the function gets a `Worker` and returns when it has finished.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import msgspec
import structlog
import trio

from .hypercorn import Bind, Listener
from .shared_metrics import SharedMetrics, forget_process

log = structlog.get_logger()

PLAN = "SMARTHEALTH_WORKER"
"""Environment variable that carries a child's plan."""
PROGRAM = f"import sys; from {__name__} import main; main(sys.argv[1:])"
"""What a child's interpreter runs; not `-m`, which would load this module twice, its classes included."""
READY = b"ready\n"
KILL_AFTER = 5.0
"""Seconds beyond the grace after which a child that does not end is killed."""


@attrs.frozen(kw_only=True)
class Worker:
    """What a child is told."""

    number: int
    """Counts from 1."""
    sockets: tuple[tuple[str, int], ...]
    """Names and descriptors of the listening sockets."""
    lifeline: int
    """Descriptor that reads as ended when the parent is gone."""
    ready: int
    """Descriptor to write to once connections are accepted."""
    shared: str
    """Folder where the numbers of all are gathered; see `shared_metrics`."""
    arguments: dict[str, Any]
    """Whatever the composer of the program wants to tell its children."""

    def binds(self) -> tuple[Bind, ...]:
        """For `open_listeners`: the parent's sockets."""
        return tuple(Bind(name=name, address=f"fd://{descriptor}") for name, descriptor in self.sockets)

    def metrics(self) -> SharedMetrics:
        """For `Metrics`: where the other children are found."""
        return SharedMetrics(folder=Path(self.shared), number=self.number)

    def say_ready(self) -> None:
        """Tell the parent that connections are accepted."""
        os.write(self.ready, READY)
        os.close(self.ready)

    async def wait_orphaned(self) -> None:
        """Wait until the parent is gone, however it went."""
        async with trio.lowlevel.FdStream(self.lifeline) as pipe:
            while await pipe.receive_some():
                pass


@attrs.frozen(kw_only=True)
class WorkerPlan:
    """How to run the children."""

    entry: str
    """`MODULE:FUNCTION`; takes a `Worker`."""
    count: int
    """Children."""
    listeners: Sequence[Listener]
    shared: Path
    """An empty folder, for the numbers of all children."""
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    """Told to each child; JSON."""
    grace: float = 15.0
    """Seconds that a child has to drain."""
    first_pause: float = 0.5
    """Seconds before a child is started again."""
    longest_pause: float = 30.0
    """Seconds; the pause doubles up to this while children keep ending."""
    steady: float = 30.0
    """Seconds of life after which a child's end is its first again."""


class WorkersFailed(Exception):
    """A child ended before it had ever been ready: starting it again would not help."""


async def run_workers(plan: WorkerPlan, *, stopping: trio.Event, on_ready: Callable[[Sequence[str]], None]) -> None:
    """Run children until `stopping` is set, or SIGTERM or SIGINT comes; returns when all have ended.

    Args:
        plan: What to run.
        stopping: Set it to stop; set by the signals.
        on_ready: Called once with the addresses, when every child accepts connections.

    Raises:
        WorkersFailed: A child could not start.

    Cancellation:
        Kills the children.
    """
    lifeline, held = os.pipe()  # the end that is read says so when the other, held by this process alone, is gone
    try:
        async with trio.open_nursery() as nursery:
            await nursery.start(_obey_signals, stopping)
            async with trio.open_nursery() as children:
                crew = [_Child(plan, number, lifeline, stopping) for number in range(1, plan.count + 1)]
                for child in crew:
                    children.start_soon(child.keep_running, name=f"worker {child.number}")
                for child in crew:
                    await child.ready.wait()
                if not stopping.is_set():
                    on_ready([listener.address for listener in plan.listeners])
            nursery.cancel_scope.cancel()
    finally:
        os.close(lifeline)
        os.close(held)
    for child in crew:
        if child.failure is not None:
            raise child.failure


async def _obey_signals(stopping: trio.Event, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        async for number in signals:
            log.info("workers_stopping", signal=signal.Signals(number).name)
            stopping.set()


class _Child:
    """One place among the children, and the processes that fill it one after the other."""

    def __init__(self, plan: WorkerPlan, number: int, lifeline: int, stopping: trio.Event) -> None:
        self.number = number
        self.ready = trio.Event()
        """Set when it accepted connections for the first time, or will not any more."""
        self.failure: WorkersFailed | None = None
        self._plan = plan
        self._lifeline = lifeline
        self._stopping = stopping
        self._was_ready = False

    async def keep_running(self) -> None:
        """Run a process, and another when that ends, until it is time to stop."""
        pause = self._plan.first_pause
        while not self._stopping.is_set():
            began = trio.current_time()
            code = await self._run_one()
            forget_process(self._plan.shared, self.number)
            if self._stopping.is_set():
                break
            log.warning("worker_ended", number=self.number, exit_code=code)
            if not self._was_ready:
                self.failure = WorkersFailed(f"worker {self.number} ended with {code} before it was ready")
                self._stopping.set()
                break
            steady = trio.current_time() - began > self._plan.steady
            pause = self._plan.first_pause if steady else min(pause * 2, self._plan.longest_pause)
            with trio.move_on_after(pause):
                await self._stopping.wait()
        self.ready.set()

    async def _run_one(self) -> int:
        hears, says = os.pipe()
        try:
            process = await self._start(says)
        except BaseException:
            os.close(hears)
            raise
        finally:
            os.close(says)
        log.info("worker_started", number=self.number, pid=process.pid)
        try:
            async with trio.open_nursery() as nursery, trio.lowlevel.FdStream(hears) as pipe:
                nursery.start_soon(self._stop_in_time, process)
                if await pipe.receive_some() == READY:
                    self._was_ready = True
                    self.ready.set()
                code = await process.wait()
                nursery.cancel_scope.cancel()
        finally:
            with trio.CancelScope(shield=True), trio.move_on_after(KILL_AFTER):
                process.kill()
                await process.wait()
        return code

    async def _start(self, says: int) -> trio.Process:
        sockets = tuple((listener.name, listener.socket.fileno()) for listener in self._plan.listeners)
        worker = Worker(
            number=self.number,
            sockets=sockets,
            lifeline=self._lifeline,
            ready=says,
            shared=str(self._plan.shared),
            arguments=dict(self._plan.arguments),
        )
        return await trio.lowlevel.open_process(
            [sys.executable, "-c", PROGRAM, self._plan.entry],
            pass_fds=[self._lifeline, says, *(descriptor for _, descriptor in sockets)],
            env=os.environ | {PLAN: msgspec.json.encode(worker).decode()},
            process_group=0,  # Ctrl-C in a terminal is the parent's to pass on
        )

    async def _stop_in_time(self, process: trio.Process) -> None:
        await self._stopping.wait()
        process.terminate()
        await trio.sleep(self._plan.grace + KILL_AFTER)
        log.warning("worker_killed", number=self.number)
        process.kill()


def main(arguments: Sequence[str]) -> None:
    """Be a child."""
    worker = msgspec.json.decode(os.environ.pop(PLAN), type=Worker)
    module, _, function = arguments[0].partition(":")
    getattr(importlib.import_module(module), function)(worker)
