"""Publish to whoever subscribes, each with a policy of its own."""

from functools import partial

import trio

from smarthealth.actors import Actor, ChildSpec, Mailbox, Overflow, Topic, open_system

prices = Topic[int](max_subscribers=10)


class Reader(Actor[int]):
    """Subscribes itself; its own mailbox says what happens when it falls behind."""

    def __init__(self, seen: list[int], pause: float) -> None:
        self.seen = seen
        self.pause = pause

    async def started(self) -> None:
        """Subscribe, until it ends."""
        prices.subscribe(self.context.self_ref)

    async def handle(self, message: int) -> None:
        """Read."""
        await trio.sleep(self.pause)
        self.seen.append(message)


async def main() -> None:
    """Publish faster than one of them reads."""
    ledger: list[int] = []
    display: list[int] = []
    latest = Mailbox(capacity=1, overflow=Overflow.DROP_OLDEST)
    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="ledger", start=partial(Reader, ledger, 0.0)))
        await system.start_child(ChildSpec(name="display", start=partial(Reader, display, 0.05), mailbox=latest))
        async with prices.open_stream(system) as stream:  # for a task that is no actor
            for price in range(20):
                await prices.publish(price)  # waits for those whose mailbox is full and says to wait
            assert await anext(stream) == 0
        await trio.sleep(0.2)
    assert prices.subscribers == 0
    assert ledger == list(range(20))
    assert display[-1] == 19
    assert len(display) < 20


if __name__ == "__main__":
    trio.run(main)
