"""Look into a running system: state, who waits for whom, where it stands; hold an actor and let it go on."""

from functools import partial

import trio

from smarthealth.actors import Actor, ActorRef, ChildSpec, Request, open_system
from smarthealth.actors.snapshot import State, WaitReason


class Count(Request[int]):
    """Asks for the next number."""


class Counter(Actor[Count]):
    """Counts."""

    def __init__(self) -> None:
        self.number = 0

    async def handle(self, message: Count) -> int:
        """Count."""
        self.number += 1
        return self.number


class Client(Actor[str]):
    """Asks the counter."""

    def __init__(self, counter: ActorRef[Count]) -> None:
        self.counter = counter
        self.last = 0

    async def handle(self, message: str) -> None:
        """Ask."""
        self.last = await self.counter.ask(Count())

    def get_state(self) -> object:
        """What it shows of itself; by default, all attributes."""
        return {"last": self.last}


async def main() -> None:
    """Hold the counter, see who waits for it, and let it go on."""
    async with open_system("app") as system:
        counter = await system.start_child(ChildSpec(name="counter", start=Counter))
        client = await system.start_child(ChildSpec(name="client", start=partial(Client, counter)))
        assert await counter.get_state() == {"number": 0}

        await counter.suspend()  # returns between two messages; from now on they wait
        await client.tell("go")
        await trio.sleep(0.05)
        assert counter.snapshot().state is State.SUSPENDED
        waiting = client.snapshot(stacks=True)
        assert (waiting.waiting_for, waiting.waiting_why) == ("app/counter", WaitReason.REPLY)
        assert waiting.stack is not None
        assert "self.counter.ask" in waiting.stack

        counter.resume()
        assert await client.get_state(timeout=1.0) == {"last": 1}


if __name__ == "__main__":
    trio.run(main)
