"""Where a task stands now, as text."""

from __future__ import annotations

import traceback

import trio


def stack_of(task: trio.lowlevel.Task | None) -> str:
    """The stack of a task as a traceback prints it, and those of the tasks in its nurseries; empty without a task."""
    if task is None:
        return ""
    lines = traceback.StackSummary.extract(task.iter_await_frames()).format()
    for nursery in task.child_nurseries:
        for child in nursery.child_tasks:
            lines += [f"  task {child.name}:\n", *(f"  {line}" for line in stack_of(child).splitlines(keepends=True))]
    return "".join(lines)
