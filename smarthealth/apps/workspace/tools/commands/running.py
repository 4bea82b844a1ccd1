"""Runs an order in a process of its own, and ends it whatever happens.

Theory of operation. The launcher's standard input is a pipe whose other end is held here: closing it is how a command is stopped,
and so is the end of this process, however it comes. The launcher then kills all that the command started, and ends when the kernel
has ended all of it; that is waited for, shielded, so that nothing of a cancelled command writes into what comes after it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import attrs
import structlog
import trio

from .launcher import Order
from .result import Ended, NotIsolatedError, NotStartedError

HERE: Final = Path(__file__).resolve().parent
# the folder comes last, so that none of its modules stands in for one of the standard library
_PROGRAM: Final = (
    "import sys; sys.path.append(sys.argv[1]); "
    f"from {HERE.name}.kernel import Kernel; from {HERE.name}.launcher import main; main(sys.argv[2], Kernel())"
)
WATCH_EVERY: Final = 0.2
"""Seconds between two looks at what a command has written."""
END_LIMIT: Final = 5.0
"""Seconds that the kernel has to end all of a command before the launcher itself is killed, too."""
_PIECE: Final = 64 * 1024
_LONGEST_STATUS: Final = 4096

Watch = Callable[[], Awaitable[bool]]
"""Whether the command may go on."""
Stop = Literal["time", "output", "quota"]

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.define
class _Output:
    """What both streams gave, up to a bound for both together."""

    bound: int
    pieces: dict[str, bytearray] = attrs.field(factory=lambda: {"stdout": bytearray(), "stderr": bytearray()})
    full: bool = False

    async def take(self, name: str, stream: trio.abc.ReceiveStream, scope: trio.CancelScope) -> None:
        while data := await stream.receive_some(_PIECE):
            room = self.bound - sum(map(len, self.pieces.values()))
            self.pieces[name] += data[:room]
            if len(data) > room:
                self.full = True
                scope.cancel()


async def run_order(order_of: Callable[[int], Order], *, output: int, watch: Watch) -> Ended:
    """Run an order until it ends or a bound stops it.

    Args:
        order_of: Makes the order, given the descriptor for its status.
        output: Bytes that both streams may give together.
        watch: Asked now and then whether the command may go on.

    Raises:
        NotIsolatedError: Nothing was run.
        NotStartedError: The program could not be started.

    Cancellation:
        Ends all that the command started before it goes on.
    """
    reading, writing = os.pipe()
    try:
        try:
            order = order_of(writing)
            process = await _start(order)
        finally:
            os.close(writing)
        ended = await _follow(process, order.time, _Output(output), watch)
        os.set_blocking(reading, False)
        status = _read_status(reading)
    finally:
        os.close(reading)
    return _judge(ended, status)


async def _start(order: Order) -> trio.Process:
    arguments = json.dumps({name: getattr(order, name) for name in Order.__dataclass_fields__})
    return await trio.lowlevel.open_process(
        [sys.executable, "-I", "-S", "-c", _PROGRAM, str(HERE.parent), arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(order.status,),
        env={},
        cwd="/",
        start_new_session=True,
    )


async def _follow(process: trio.Process, seconds: float, output: _Output, watch: Watch) -> Ended:
    greedy = False
    try:
        with trio.move_on_after(seconds) as time:
            async with trio.open_nursery() as nursery:
                scope = nursery.cancel_scope
                for name, stream in (("stdout", process.stdout), ("stderr", process.stderr)):
                    assert stream is not None, "it is a pipe"
                    nursery.start_soon(partial(output.take, name, stream, scope), name=name)
                nursery.start_soon(process.wait, name="wait")

                async def keep_watch() -> None:
                    nonlocal greedy
                    while await watch():
                        with trio.move_on_after(WATCH_EVERY):
                            await process.wait()
                            return
                    greedy = True
                    scope.cancel()

                nursery.start_soon(keep_watch, name="watch")
    finally:
        await _end(process)  # noqa: ASYNC102 # it shields itself, and has a limit
    stopped: Stop | None = "output" if output.full else "quota" if greedy else "time" if time.cancelled_caught else None
    return Ended(
        exit_code=None,
        stdout=bytes(output.pieces["stdout"]),
        stderr=bytes(output.pieces["stderr"]),
        stopped=stopped,
    )


async def _end(process: trio.Process) -> None:
    """Let go of the launcher, and wait until all of it is gone."""
    with trio.CancelScope(shield=True):
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None, "it is a pipe"
            await stream.aclose()
        with trio.move_on_after(END_LIMIT):
            await process.wait()
            return
        log.error("command_would_not_end")
        process.kill()  # the rest dies with it
        await process.wait()


def _read_status(reading: int) -> dict[str, Any]:
    """What the launcher wrote, its lines together; nothing when it wrote none."""
    try:
        lines = os.read(reading, _LONGEST_STATUS).splitlines()
    except BlockingIOError:
        lines = []  # somebody holds the other end, who should be gone
    status: dict[str, Any] = {}
    for line in lines:
        status |= json.loads(line)
    return status


def _judge(ended: Ended, status: dict[str, Any]) -> Ended:
    if ended.stopped is not None:
        return ended
    if "not_started" in status:
        log.warning("command_not_started", reason=status["not_started"])
        raise NotStartedError
    if "exit" not in status:
        log.error("command_not_isolated", reason=status.get("failed", "the launcher ended"))
        raise NotIsolatedError
    return attrs.evolve(ended, exit_code=int(status["exit"]))
