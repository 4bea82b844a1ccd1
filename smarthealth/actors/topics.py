"""Topics: one publishes, all who subscribe get it, in one order.

A topic is a plain object without a task. Publishing goes through all subscribers in one synchronous step: each mailbox takes
the event, loses it by its own policy, or puts it in line; only then does a publisher wait. So two publishers can never be
seen in different orders by two subscribers, and a slow subscriber holds up nobody's event but its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar, cast

import trio

from .cell import Cell
from .core import Core
from .errors import ActorStopped, AskCycle, TopicFull
from .events import DeadLetterReason, Down
from .inbox import Inbox, Sender
from .policy import DEFAULT_MAILBOX, Mailbox
from .refs import ActorRef
from .snapshot import WaitReason
from .waiting import Waiting

E = TypeVar("E")

MAX_SUBSCRIBERS = 1000


class TopicStream(Generic[E]):
    """Events of one topic, oldest first, for a task that is no actor: `async for event in stream`."""

    __slots__ = ("_closed", "_inbox", "core", "path")

    def __init__(self, core: Core, path: str, mailbox: Mailbox) -> None:
        self.core = core
        self.path = path
        self._inbox = Inbox(self, mailbox)
        self._closed = False

    @property
    def inbox(self) -> Inbox:
        """Where events wait."""
        return self._inbox

    def stop(self) -> None:
        """End it: what is queued can be read, and nothing follows."""
        self._closed = True
        self._inbox.close(keep_queued=True)
        self._inbox.wake()

    def __aiter__(self) -> TopicStream[E]:
        return self

    async def __anext__(self) -> E:
        inbox = self._inbox
        while not inbox.queue:
            if self._closed:
                raise StopAsyncIteration
            await inbox.park()
        return cast(E, inbox.take(inbox.queue))

    def close(self) -> None:
        """Lose what is queued."""
        self._closed = True
        self._inbox.close()


class _Subscription:
    """One subscriber."""

    __slots__ = ("_subscriptions", "cell", "inbox")

    def __init__(self, subscriptions: dict[object, _Subscription], inbox: Inbox, cell: Cell | None) -> None:
        self._subscriptions = subscriptions
        self.inbox = inbox
        self.cell = cell
        """None for a stream."""

    def ended(self, _down: Down) -> None:
        self._subscriptions.pop(self.cell, None)


class Topic(Generic[E]):
    """Events of type `E`, to whoever subscribes.

    Args:
        max_subscribers: Most of them at a time.
    """

    def __init__(self, max_subscribers: int = MAX_SUBSCRIBERS) -> None:
        self._max_subscribers = max_subscribers
        self._subscriptions: dict[object, _Subscription] = {}

    @property
    def subscribers(self) -> int:
        """How many there are."""
        return len(self._subscriptions)

    def subscribe(self, ref: ActorRef[E]) -> None:
        """Have an actor told of each event from now on, until it ends; again is no matter.

        Its own mailbox says what happens when it falls behind: by default the publisher waits.

        Raises:
            ActorStopped: The actor has stopped, or takes no messages.
            TopicFull: There are as many subscribers as there may be.
        """
        cell = ref._cell
        if cell.inbox is None or cell.inbox.closed:
            raise ActorStopped(cell.path)
        if cell not in self._subscriptions:
            cell.listen(self._add(cell, cell.inbox, cell).ended)

    def _add(self, key: object, inbox: Inbox, cell: Cell | None) -> _Subscription:
        if len(self._subscriptions) >= self._max_subscribers:
            raise TopicFull(self._max_subscribers)
        subscription = self._subscriptions[key] = _Subscription(self._subscriptions, inbox, cell)
        return subscription

    def unsubscribe(self, ref: ActorRef[E]) -> None:
        """Tell it no more; one that has not subscribed is no matter. What waits in its mailbox stays there."""
        subscription = self._subscriptions.pop(ref._cell, None)
        if subscription is not None:
            ref._cell.unlisten(subscription.ended)

    @asynccontextmanager
    async def open_stream(
        self, system: ActorRef[Any], mailbox: Mailbox = DEFAULT_MAILBOX
    ) -> AsyncIterator[TopicStream[E]]:
        """Subscribe a task that is no actor: `async with topic.open_stream(system) as events: async for event in events: ...`.

        Args:
            system: Where what the stream loses is counted.
            mailbox: How many events may wait to be read, and what happens to one more; `Overflow.STOP` ends the stream.

        Raises:
            TopicFull: There are as many subscribers as there may be.
        """
        cell = system._cell
        stream: TopicStream[E] = TopicStream(cell.core, f"{cell.path}/stream", mailbox)
        self._add(stream, stream.inbox, None)
        cell.core.call_at_end(stream.stop)
        try:
            yield stream
        finally:
            del self._subscriptions[stream]
            cell.core.do_not_call_at_end(stream.stop)
            stream.close()

    def publish_nowait(self, event: E) -> int:
        """Tell all subscribers without waiting.

        Returns:
            How many of them took it. One that is full and would wait refuses it; that is a dead letter.
        """
        taken = 0
        for subscription in tuple(self._subscriptions.values()):
            inbox = subscription.inbox
            if inbox.closed:
                continue
            took = inbox.offer(event)
            if took is None:
                inbox.refuse(event, DeadLetterReason.FULL)
            taken += took or 0
        return taken

    async def publish(self, event: E) -> int:
        """Tell all subscribers, waiting for room in the mailboxes that are full and whose policy is to wait.

        An actor may publish to a topic that it has subscribed to itself; what would wait for itself is a dead letter.

        Returns:
            How many of them took it.

        Cancellation: Those that had no room yet do not get it; the others have it.
        """
        await trio.lowlevel.checkpoint()
        taken, in_line = self._offer(event)
        try:
            while in_line:
                taken += await self._wait_in_line(*in_line[0], event)
                in_line.popleft()
        finally:
            for subscription, sender in in_line:
                subscription.inbox.forget(sender)
        return taken

    def _offer(self, event: E) -> tuple[int, deque[tuple[_Subscription, Sender]]]:
        """Give the event to all that have room, and put it in line at the others, without a step between."""
        taken, in_line = 0, deque[tuple[_Subscription, Sender]]()
        task = trio.lowlevel.current_task()
        for subscription in tuple(self._subscriptions.values()):
            inbox = subscription.inbox
            took = None if inbox.closed else inbox.offer(event)
            if took is None and not inbox.closed:
                sender = Sender(inbox, event, task)
                inbox.queue_sender(sender)
                in_line.append((subscription, sender))
            taken += took or 0
        return taken, in_line

    async def _wait_in_line(self, subscription: _Subscription, sender: Sender, event: E) -> bool:
        if subscription.cell is None:
            await sender.wait()
            return sender.taken
        try:
            with Waiting(subscription.cell, WaitReason.ROOM):
                await sender.wait()
        except AskCycle:
            if sender.in_line:
                subscription.inbox.forget(sender)
                subscription.inbox.refuse(event, DeadLetterReason.CYCLE)
        return sender.taken
