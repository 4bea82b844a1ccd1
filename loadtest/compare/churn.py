"""Load point: clients that come, ask and go, one after the other, and what that leaves in a server's memory."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import attrs

from .points import LoadFailed, question
from .servers import Process
from .socket import WebSocket

AT_ONCE: Final = 8
"""Clients at a time."""
PAUSE: Final = 0.25
"""Seconds between the going of one and the coming of the next: what it takes to go round is not what is measured."""
SAMPLES: Final = 12
"""Times that memory is looked at, the beginning aside."""
ANSWERED_WITHIN: Final = 30.0


@attrs.frozen(kw_only=True)
class Churn:
    """What came of so many visits."""

    seconds: float
    visits: int
    failures: int
    memory: tuple[int, ...]
    """Bytes resident: at the beginning, and after each twelfth of the time."""

    @property
    def growth(self) -> float:
        """Bytes a visit, from the third sample to the last: before, caches and pools fill."""
        settled = self.memory[2:]
        visits = self.visits * (len(settled) - 1) / (len(self.memory) - 1)
        return (settled[-1] - settled[0]) / visits if visits else 0.0


async def measure_churn(process: Process, token: str, seconds: float) -> Churn:
    """Let clients come and go: each connects, asks once, reads the answer and closes.

    Raises:
        LoadFailed: Nobody was answered.
    """
    visits = failures = 0
    memory = [process.memory()]

    async def come_and_go() -> None:
        nonlocal visits, failures
        while True:
            try:
                async with asyncio.timeout(ANSWERED_WITHIN):
                    await _visit(process, token)
                visits += 1
            except (TimeoutError, OSError):
                failures += 1
            await asyncio.sleep(PAUSE)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        clients = [group.create_task(come_and_go()) for _ in range(AT_ONCE)]
        for _ in range(SAMPLES):
            await asyncio.sleep(seconds / SAMPLES)
            memory.append(process.memory())
        for client in clients:
            client.cancel()
    if not visits:
        raise LoadFailed(f"nobody was answered in {seconds:.0f} s of coming and going, {failures} failures")
    return Churn(seconds=time.perf_counter() - began, visits=visits, failures=failures, memory=tuple(memory))


async def _visit(process: Process, token: str) -> None:
    answered = asyncio.Event()

    def heard(message: bytes) -> None:
        if message.startswith((b'{"type":"complete"', b'{"type":"error"')):
            answered.set()

    socket = await WebSocket.connect("127.0.0.1", process.port, f"/ws/chat?token={token}", heard)
    try:
        socket.send(question())
        await answered.wait()
    finally:
        socket.close()
