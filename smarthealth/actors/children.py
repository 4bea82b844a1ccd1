"""The two kinds of cells with a task: actors, which handle messages one by one, and services, which just run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import trio

from .actor import Actor, ChildSpec, Context, Service
from .asking import Ask, Request
from .cell import FINISHED, KILLED, STOPPED, End, Parent
from .core import Core
from .errors import ActorFailed, ActorStopped
from .events import DeadLetterReason, EndReason
from .inbox import FAIRNESS, Inbox
from .snapshot import Kind
from .worker import WorkerCell


class ServiceCell(WorkerCell):
    """A plain async callable."""

    __slots__ = ()

    kind = Kind.SERVICE

    @trio.lowlevel.disable_ki_protection
    async def _live(self) -> None:
        if self.halting:
            return
        self._arm_start()
        await cast(Service, self.spec.start)(Context(self, self))

    def _how_it_ended(self, *, cut: bool) -> End:
        if self.halting:
            drained_too_long = cut and self._stopping is not None
            return KILLED if drained_too_long else STOPPED
        if self._ready:
            return KILLED if cut else FINISHED
        if cut:
            return End(EndReason.FAILED, trio.TooSlowError(f"{self.path} took too long to call context.started()"))
        return End(EndReason.FAILED, RuntimeError(f"{self.path} returned without calling context.started()"))

    def _begin_halt(self) -> None:
        if self._stopping is None:
            # It never looked whether it should stop, so it would not notice.
            self.cut(clean_up=False)
        else:
            self._stopping.set()
            self._arm_stop()

    def started(self) -> None:
        """The service says it is ready."""
        self.now_ready()

    def finish(self) -> None:
        """Services finish by returning."""
        raise RuntimeError("a service finishes by returning")


class ActorCell(WorkerCell):
    """An actor with its mailbox."""

    __slots__ = ("_actor", "_finishing", "_in_hand", "_inbox")

    kind = Kind.ACTOR

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec) -> None:
        super().__init__(core, parent, spec)
        self.inbox = self._inbox = Inbox(self, spec.mailbox)
        self._actor: Actor[Any] | None = None
        self._in_hand: Ask | None = None
        self._finishing = False

    @trio.lowlevel.disable_ki_protection
    async def _live(self) -> None:
        self._finishing = False
        if self.halting:
            return
        actor = self._actor = cast(Callable[[], Actor[object]], self.spec.start)()
        actor.context = Context(self, self)
        if type(actor).started is not Actor.started:
            self._arm_start()
            await actor.started()
        self.now_ready()
        await self._handle_messages(actor)

    async def _handle_messages(self, actor: Actor[object]) -> None:
        inbox = self._inbox
        handle = actor.handle
        since_checkpoint = 0
        while not (self.halting or self._finishing) or self._draining():
            queue = inbox.queue
            if not queue:
                since_checkpoint = 0
                await inbox.park()
                continue
            message = inbox.take(queue)
            if type(message) is Ask:
                await self._answer(actor, message)
            else:
                try:
                    await handle(message)
                except Exception as error:
                    if not (isinstance(message, Request) and isinstance(error, message.errors)):
                        raise
                    self.core.dead_letter(self.path, DeadLetterReason.UNCLAIMED_ERROR, message)
            since_checkpoint += 1
            if since_checkpoint >= FAIRNESS:
                since_checkpoint = 0
                await trio.lowlevel.checkpoint()

    def _draining(self) -> bool:
        return self.final and self.spec.drain and not self._finishing and bool(self._inbox.queue)

    async def _answer(self, actor: Actor[object], ask: Ask) -> None:
        if not ask.pending:
            self.core.dead_letter(self.path, DeadLetterReason.EXPIRED, ask.request)
            return
        self._in_hand = ask
        try:
            reply = await actor.handle(ask.request)
        except ask.request.errors as error:
            in_time = ask.fail(error)
        else:
            in_time = ask.settle(reply)
        self._in_hand = None
        if not in_time:
            self.core.dead_letter(self.path, DeadLetterReason.LATE_REPLY, ask.request)

    def _settle(self, end: End) -> None:
        ask, self._in_hand = self._in_hand, None
        if ask is None:
            return
        if end.error is None:
            ask.fail(ActorStopped(self.path))
            return
        failed = ActorFailed(self.path)
        failed.__cause__ = end.error
        ask.fail(failed)

    def _has_clean_up(self) -> bool:
        return self._actor is not None and type(self._actor).stopped is not Actor.stopped

    @trio.lowlevel.disable_ki_protection
    async def _clean_up(self) -> None:
        assert self._actor is not None
        await self._actor.stopped()

    def _how_it_ended(self, *, cut: bool) -> End:
        if cut and not self._ready and not self.halting:
            return End(EndReason.FAILED, trio.TooSlowError(f"{self.path} took longer to start than it may"))
        if cut:
            return KILLED
        return STOPPED if self.halting else FINISHED

    def _refuse(self) -> None:
        self._inbox.close(keep_queued=self.spec.drain)

    def _begin_halt(self) -> None:
        if self._stopping is not None:
            self._stopping.set()
        if self._inbox.parked is not None:
            self._inbox.wake()
        else:
            self._arm_stop()

    def started(self) -> None:
        """Actors are ready when their `started` returns."""
        raise RuntimeError("an actor has started when its method `started` returns")

    def finish(self) -> None:
        """End after the current message."""
        self._finishing = True
        self._inbox.wake()
