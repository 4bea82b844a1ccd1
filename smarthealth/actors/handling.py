"""How an actor handles its messages: one by one, asks with their replies, and what comes between two of them.

All that may come between two messages (an end, a request in the system's lane, a suspension, a message to set aside) raises
one flag, `_attention`, so that a message costs one look at it.
"""

from __future__ import annotations

from collections import deque
from math import inf

import trio

from .actor import Actor, ChildSpec
from .asking import Ask, Request, Suspend
from .cell import End, Parent
from .core import Core
from .envelopes import Envelope, Tick, content
from .errors import ActorFailed, ActorStopped, AskTimeout
from .events import ActorResumed, ActorSuspended, DeadLetterReason, Outcome
from .inbox import FAIRNESS, Inbox
from .keyed_timers import KeyedTimer, KeyedTimers
from .snapshot import State
from .stash import Stash
from .traced_inbox import TracedInbox
from .worker import WorkerCell

WRAPPED = frozenset({Ask, Envelope, KeyedTimer})
"""What is in a mailbox beside bare messages."""


class HandlingCell(WorkerCell):
    """An actor's mailbox, and the loop that handles what is in it."""

    __slots__ = (
        "_attention",
        "_finishing",
        "_in_hand",
        "_inbox",
        "_setting_aside",
        "_stash",
        "_suspended",
        "_timers",
    )

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec) -> None:
        super().__init__(core, parent, spec)
        tracers = core.tracers
        self.inbox = self._inbox = (
            Inbox(self, spec.mailbox) if tracers is None else TracedInbox(self, self, spec.mailbox, tracers)
        )
        self._attention = False
        self._finishing = False
        self._in_hand: Ask | None = None
        self._setting_aside = False
        self._stash: Stash | None = None
        self._suspended = False
        self._timers: KeyedTimers | None = None

    def _begin(self) -> None:
        self._finishing = False
        self._attention = self._suspended or bool(self._inbox.lane)
        super()._begin()

    # Messages

    async def _handle_messages(self, actor: Actor[object]) -> None:
        inbox = self._inbox
        handle = actor.handle
        since_checkpoint = 0
        message: object = None
        while True:
            if self._attention and not await self._attend(actor, message):
                return
            queue = inbox.queue
            if not queue:
                since_checkpoint = 0
                await inbox.park()
                continue
            if since_checkpoint >= FAIRNESS:
                since_checkpoint = 0
                await trio.lowlevel.checkpoint()  # with nothing in hand that a cancellation could lose
                continue
            since_checkpoint += 1
            message = inbox.take(queue)
            if type(message) in WRAPPED:
                if type(message) is Ask:
                    await self._answer(actor, message)
                else:
                    message = await self._unwrap(actor, message)
            else:
                try:
                    await handle(message)
                except Exception as error:
                    if not self._unclaimed(message, error):
                        raise

    def _unclaimed(self, message: object, error: Exception) -> bool:
        """Count a declared error of a request that was told; False when it is no such error, but a crash."""
        if not (isinstance(message, Request) and isinstance(error, message.errors)):
            return False
        self._setting_aside = False
        self.core.dead_letter(self.path, DeadLetterReason.UNCLAIMED_ERROR, message)
        return True

    async def _answer(self, actor: Actor[object], ask: Ask) -> None:
        if not ask.pending:
            self.core.dead_letter(self.path, DeadLetterReason.EXPIRED, ask.request)
            return
        self._in_hand = ask
        try:
            if ask.token is None:
                reply = await actor.handle(ask.request)
            else:
                reply = await self._followed(actor, ask.request, ask.token, ask.request.errors)
        except ask.request.errors as error:
            in_time = ask.fail(error)
            self._setting_aside = False
        except AskTimeout as error:
            if not self._ran_out(error):
                raise
            in_time = self._setting_aside = False
        else:
            in_time = self._setting_aside or ask.settle(reply)
        self._in_hand = None
        if not in_time:
            self.core.dead_letter(self.path, DeadLetterReason.LATE_REPLY, ask.request)

    def _ran_out(self, error: Exception) -> bool:
        """True for an ask that ended with the deadline of the asker in hand, who has gone: no failure of the actor's own."""
        asked = self._in_hand
        return isinstance(error, AskTimeout) and error.inherited and asked is not None and not asked.pending

    async def _unwrap(self, actor: Actor[object], wrapped: object) -> object:
        """Handle what is not queued bare, and is no ask; gives what would be set aside."""
        if isinstance(wrapped, Tick) and not wrapped.taken():
            return None
        message, tokens = content(wrapped), wrapped.token if isinstance(wrapped, Envelope) else None
        try:
            errors = message.errors if isinstance(message, Request) else ()
            await self._followed(actor, message, tokens, errors)
        except Exception as error:
            if not self._unclaimed(message, error):
                raise
        return wrapped if isinstance(wrapped, Envelope) else message

    async def _followed(
        self,
        actor: Actor[object],
        message: object,
        tokens: tuple[object, ...] | None,
        errors: tuple[type[Exception], ...],
    ) -> object:
        """Handle a message and tell the instruments, if there are any."""
        tracers = self.core.tracers
        if tracers is None:
            return await actor.handle(message)
        states = tracers.begin(self, message, tokens)
        outcome, failure = Outcome.CUT, None
        try:
            reply = await actor.handle(message)
            outcome = Outcome.STASHED if self._setting_aside else Outcome.DONE
            return reply
        except Exception as error:
            failure = error
            if isinstance(error, errors):
                outcome = Outcome.DECLARED_ERROR
            elif not self._ran_out(error):
                outcome = Outcome.FAILED
            raise
        finally:
            tracers.end(self, message, states, outcome, failure)

    # What comes between two messages

    async def _attend(self, actor: Actor[object], message: object) -> bool:
        """Do it; False when it is time to end.

        Args:
            actor: The incarnation.
            message: What was handled last, which may have to be set aside.
        """
        if self._setting_aside:
            self._setting_aside = False
            assert self._stash is not None
            self._stash.add(message)
        while True:
            if self._inbox.lane:
                self._empty_lane(actor, self._inbox.lane)
            if self.halting or self._finishing:
                return self._draining()
            if not self._suspended:
                self._attention = False
                return True
            self.state = State.SUSPENDED
            await self._inbox.pause()

    def _empty_lane(self, actor: Actor[object], lane: deque[Ask]) -> None:
        while lane:
            ask = lane.popleft()
            if not ask.pending:
                continue
            if isinstance(ask.request, Suspend):
                self._suspend()
                ask.settle(None)
                continue
            try:
                ask.settle(actor.get_state())
            except Exception as error:
                failed = ActorFailed(self.path)
                failed.__cause__ = error
                ask.fail(failed)

    def _suspend(self) -> None:
        if not self._suspended:
            self._suspended = True
            if self.core.observed:
                self.core.emit(ActorSuspended(path=self.path))

    def _draining(self) -> bool:
        return self.final and self.spec.drain and not self._finishing and bool(self._inbox.queue)

    # Asked by the runtime

    def take_urgent(self, ask: Ask) -> None:
        """Take a request of the runtime's own, to be answered between two messages."""
        self._inbox.put_in_lane(ask)
        self._attention = True

    def resume(self) -> None:
        """Handle messages again, if suspended."""
        if not self._suspended:
            return
        self._suspended = False
        if self.state is State.SUSPENDED:
            self.state = State.RUNNING
        self._inbox.wake()
        if self.core.observed:
            self.core.emit(ActorResumed(path=self.path))

    @property
    def asked_until(self) -> float:
        """When the asker of the request in hand gives up."""
        return inf if self._in_hand is None else self._in_hand.given_up_at()

    # The context's side

    def stash(self) -> None:
        """Set the message in hand aside once `handle` returns."""
        own_task = self.task is trio.lowlevel.current_task()
        if not own_task or not self._ready or self._cleaning:
            raise RuntimeError("a message is set aside from within `handle`, by the actor's own task")
        stash = self._stash
        if stash is None:
            stash = self._stash = Stash(self.spec.stash_capacity)
        for request in stash.expired():
            self.core.dead_letter(self.path, DeadLetterReason.EXPIRED, request)
        stash.check_room(self.path)
        self._setting_aside = self._attention = True

    def unstash_all(self) -> int:
        """Queue again, before all others, what was set aside."""
        if self._stash is None:
            return 0
        stashed = self._stash.take_all()
        if stashed:
            self._inbox.put_back(stashed)
            self._inbox.wake()
        return len(stashed)

    def own_timers(self) -> KeyedTimers:
        """Timers of this incarnation."""
        timers = self._timers
        if timers is None:
            timers = self._timers = KeyedTimers(self.core.timers, self._inbox.put_tick)
            if self.halting:
                timers.close()
        return timers

    @property
    def stashed(self) -> int:
        """Messages set aside."""
        return len(self._stash or ())

    # The end

    def _close_timers(self) -> None:
        if self._timers is not None:
            self._timers.close()

    def _settle(self, end: End) -> None:
        if self._timers is not None:
            self._timers.close()
            self._timers = None
        self._setting_aside = False
        if self._stash is not None:
            self.unstash_all()
        if self._in_hand is None:
            return
        ask, self._in_hand = self._in_hand, None
        if end.error is None:
            ask.fail(ActorStopped(self.path))
            return
        failed = ActorFailed(self.path)
        failed.__cause__ = end.error
        ask.fail(failed)

    def finalize(self, end: End) -> None:
        """There will be no other incarnation."""
        super().finalize(end)
        self._suspended = False
