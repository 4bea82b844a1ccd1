"""`smarthealth serve`, with meters that its parent reads: `python metered.py instructions|memory`.

A meter is switched on by SIGUSR1, so that the start is not slowed down; from then on each line on standard input is answered
by one on standard output: a JSON object with the readings.

Instructions are those of Python's byte code, executed by the thread of the event loop, and steps are the times that it ran a
task. Both are the same for the same work, whatever else the machine does. Memory is what Python allocated and holds.
"""

from __future__ import annotations

import contextlib
import gc
import json
import signal
import sys
import threading
import tracemalloc
from importlib.metadata import entry_points
from types import FrameType
from typing import Any

import trio


class InstructionMeter(trio.abc.Instrument):
    """Counts byte code and steps of tasks."""

    def __init__(self) -> None:
        self.instructions = 0
        self.steps = 0

    def start(self) -> None:
        """Count from now on; in the thread of the event loop, as signal handlers are."""
        trio.lowlevel.add_instrument(self)
        sys.settrace(self._enter)

    def read(self) -> dict[str, int]:
        """What was counted."""
        return {"instructions": self.instructions, "steps": self.steps}

    def before_task_step(self, _task: trio.lowlevel.Task) -> None:
        """Count a step."""
        self.steps += 1

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._within

    def _within(self, _frame: FrameType, event: str, _argument: object) -> Any:
        self.instructions += event == "opcode"
        return self._within


class MemoryMeter:
    """Counts bytes that are held."""

    def start(self) -> None:
        """Count from now on."""
        tracemalloc.start(1)

    def read(self) -> dict[str, int]:
        """What is held, garbage aside."""
        gc.collect()
        return {"bytes": tracemalloc.get_traced_memory()[0]}


def main() -> None:
    """Serve."""
    (program,) = entry_points(group="console_scripts", name="smarthealth")
    meter = InstructionMeter() if sys.argv[1] == "instructions" else MemoryMeter()
    signal.signal(signal.SIGUSR1, lambda *_: meter.start())
    threading.Thread(target=_answer, args=(meter,), daemon=True).start()
    sys.argv = ["smarthealth", "serve", "--port", "0"]
    program.load()()


def _answer(meter: InstructionMeter | MemoryMeter) -> None:
    with contextlib.suppress(BrokenPipeError):
        for _ in sys.stdin:
            print(json.dumps(meter.read()), flush=True)


if __name__ == "__main__":
    main()
