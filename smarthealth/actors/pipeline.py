"""Pipelines: stages linked by bounded channels, a task each, gone together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import pairwise
from typing import Any

import attrs
import trio
from attrs.validators import min_len

from .actor import Context
from .core import Caught
from .errors import ActorStopped, first_leaf
from .joined import JoinedStage
from .snapshot import TaskSnapshot
from .stages import Emit, Stage, StageReport, StageRun

__all__ = ["Emit", "Line", "Pipeline", "Stage", "StageReport"]


@attrs.frozen(kw_only=True)
class Pipeline:
    """Stages in a row."""

    stages: tuple[Stage[Any, Any], ...] = attrs.field(validator=min_len(1))
    """The first gets the item that `run` is given."""

    def __attrs_post_init__(self) -> None:
        """Check that stages without a task of their own follow one that has a single one."""
        for before, stage in pairwise((None, *self.stages)):
            if stage is not None and stage.joined and (before is None or before.concurrency > 1):
                raise ValueError(f"stage {stage.name!r} of capacity 0 needs a stage of one task before it")

    async def run(
        self,
        first_item: object,
        on_output: Callable[[Any], Awaitable[None]] | None = None,
        task_observer: Callable[[StageReport], object] | None = None,
        *,
        context: Context | None = None,
    ) -> None:
        """Send one item through and return when all that came of it is handled.

        Args:
            first_item: What the first stage handles.
            on_output: Called, in the last stage's task, with what that emits; None drops it.
            task_observer: Called when a stage ends.
            context: The actor in which this runs, to show its stages in the system's snapshot.

        Raises:
            StageTimeout: A stage spent too long on one item.
            Exception: What a stage raises, as itself; if several fail, the first. The others are cancelled.

        Cancellation: Cancels all stages.
        """
        run = _Run(self.stages, on_output or _drop, task_observer)
        run.feed(first_item)
        if context is None:
            await run.run()
            return
        with run.shown_in(context):
            await run.run()

    @asynccontextmanager
    async def open(
        self,
        on_output: Callable[[Any], Awaitable[None]] | None = None,
        task_observer: Callable[[StageReport], object] | None = None,
        *,
        context: Context | None = None,
        outputs: int = 16,
    ) -> AsyncIterator[Line]:
        """Run the stages beside the body of an `async with` block, for as many items as it puts.

        Leaving the block waits until what was put is handled; what came of it and was not read is dropped.

        Args:
            on_output: Called, in the last stage's task, with what that emits; None keeps it for `async for` over the line.
            task_observer: Called when a stage ends.
            context: The actor in which this runs, to show its stages in the system's snapshot.
            outputs: Items that may wait to be read, when there is no `on_output`; when there are so many, the last stage
                waits.

        Raises:
            StageTimeout: A stage spent too long on one item.
            Exception: What a stage raises, as itself; if several fail, the first. The others, and the body, are cancelled.
            BaseException: What the body raises, as itself.

        Cancellation: Cancels all stages.
        """
        kept = _Kept(outputs) if on_output is None else None
        run = _Run(self.stages, on_output or kept.emit, task_observer, kept.end if kept else _nothing)  # type: ignore[union-attr]  # there is one then
        line, body = Line(run, kept), Caught()
        with run.shown_in(context):
            try:
                async with trio.open_nursery() as nursery:
                    run.start(nursery)
                    with body:
                        yield line
                    line.end()
                    if kept is not None:
                        kept.close()
                    if body.error is not None:
                        nursery.cancel_scope.cancel()
            except BaseExceptionGroup as group:
                run.interrupted(group)
            finally:
                run.close()
        await run.leave(body.error)


async def _drop(_item: object) -> None:
    pass


class _Kept:
    """What came out of a line and waits to be read."""

    __slots__ = ("_receive", "_send")

    def __init__(self, capacity: int) -> None:
        self._send, self._receive = trio.open_memory_channel[object](capacity)

    async def emit(self, item: object) -> None:
        with suppress(trio.BrokenResourceError):  # nobody reads any more
            try:
                self._send.send_nowait(item)
            except trio.WouldBlock:
                await self._send.send(item)

    def end(self) -> None:
        self._send.close()

    async def next(self) -> object:
        try:
            return await self._receive.receive()
        except (trio.EndOfChannel, trio.ClosedResourceError):
            raise StopAsyncIteration from None

    def close(self) -> None:
        self._receive.close()


class Line:
    """A pipeline that runs: items are put in at one end and come out at the other."""

    __slots__ = ("_kept", "_run")

    def __init__(self, run: _Run, kept: _Kept | None) -> None:
        self._run = run
        self._kept = kept

    async def put(self, item: object) -> None:
        """Put an item in, waiting while the first stage is behind.

        Raises:
            ActorStopped: The line was ended.
        """
        try:
            await self._run.put(item)
        except (trio.ClosedResourceError, trio.BrokenResourceError):
            raise ActorStopped("the pipeline") from None

    def end(self) -> None:
        """Put nothing more; reading ends when what was put has come out. Leaving the block does this too."""
        self._run.end_input()

    def __aiter__(self) -> Line:
        if self._kept is None:
            raise TypeError("what comes out goes to on_output")
        return self

    async def __anext__(self) -> Any:
        assert self._kept is not None
        return await self._kept.next()


class _Run:
    """One run of a pipeline."""

    __slots__ = ("_cut_off", "_failure", "_nursery", "_observer", "_stages", "_started_at")

    def __init__(
        self,
        stages: tuple[Stage[Any, Any], ...],
        on_output: Emit[Any],
        observer: Callable[[StageReport], object] | None,
        on_end: Callable[[], object] | None = None,
    ) -> None:
        self._observer = observer
        self._failure: BaseException | None = None
        self._cut_off = False
        self._started_at = trio.current_time()
        emit, close = on_output, on_end or _nothing
        self._stages: list[StageRun | JoinedStage] = []
        for stage in reversed(stages):
            run = (JoinedStage if stage.joined else StageRun)(stage, emit, close)
            emit, close = run.put, run.close_input
            self._stages.append(run)
        self._stages.reverse()

    @property
    def _first(self) -> StageRun:
        first = self._stages[0]
        assert isinstance(first, StageRun)  # a pipeline begins with no other
        return first

    def feed(self, item: object) -> None:
        self._first.put_nowait(item)
        self._first.close_input()

    async def put(self, item: object) -> None:
        await self._first.put(item)

    def end_input(self) -> None:
        self._first.close_input()

    def start(self, nursery: trio.Nursery) -> None:
        self._nursery = nursery
        for stage in self._stages:
            if isinstance(stage, StageRun):
                for _ in range(stage.stage.concurrency):
                    nursery.start_soon(self._guard, stage, name=f"stage {stage.stage.name}")

    async def run(self) -> None:
        try:
            async with trio.open_nursery() as nursery:
                self.start(nursery)
        except BaseExceptionGroup as group:
            self.interrupted(group)
        finally:
            self.close()
        await self.leave(None)

    def interrupted(self, group: BaseExceptionGroup[BaseException]) -> None:
        # Stages let nothing out but cancellation; beside it, an interrupt may have come to this task itself.
        self._failure = first_leaf(group) or self._failure
        self._cut_off = True

    def close(self) -> None:
        # Not sooner: a stage cut off by another's failure is cancelled, and must not see a broken channel first.
        for stage in self._stages:
            stage.close()

    async def leave(self, body_error: BaseException | None) -> None:
        """Raise the one error that leaves, if there is one."""
        error = self._failure or body_error
        self._failure = None  # it holds this frame, which holds it
        if error is not None:
            try:
                raise error
            finally:
                del error, body_error
        if self._cut_off:
            await trio.lowlevel.checkpoint_if_cancelled()  # the cancellation goes on as itself, not as a group

    @contextmanager
    def shown_in(self, context: Context | None) -> Iterator[None]:
        """Show the stages in the actor's snapshot, if it is an actor's run."""
        if context is None:
            yield
            return
        context.add_gauge(self.snapshot)
        try:
            yield
        finally:
            context.remove_gauge(self.snapshot)

    async def _guard(self, stage: StageRun) -> None:
        try:
            await self._work(stage)
        except trio.Cancelled:
            raise
        except BaseException as error:  # raised by run, as itself
            if self._failure is None:
                self._failure = error
            self._nursery.cancel_scope.cancel()
        else:
            stage.end_output()

    async def _work(self, stage: StageRun) -> None:
        try:
            await stage.work()
        except Exception as error:
            if all(each.error is not error for each in self._stages):  # else it came from one joined to this
                stage.error = error
            raise
        finally:
            if stage.worker_ended():
                self._tell(stage)
                for joined in self._joined_to(stage):
                    self._tell(joined)

    def _tell(self, stage: StageRun | JoinedStage) -> None:
        if self._observer is not None:
            self._observer(stage.report(trio.current_time() - self._started_at))

    def _joined_to(self, stage: StageRun) -> Iterator[JoinedStage]:
        for after in self._stages[self._stages.index(stage) + 1 :]:
            if not isinstance(after, JoinedStage):
                return
            yield after

    def snapshot(self) -> tuple[TaskSnapshot, ...]:
        return tuple(stage.snapshot() for stage in self._stages)


def _nothing() -> None:
    pass
