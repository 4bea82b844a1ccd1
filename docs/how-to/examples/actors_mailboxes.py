"""What happens when an actor is told more than it can handle."""

import trio

from smarthealth.actors import Actor, ActorRef, ChildSpec, Mailbox, Overflow, open_system
from smarthealth.actors.events import DeadLetterReason


class Slow(Actor[int]):
    """Takes its time."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    async def handle(self, message: int) -> None:
        """Remember, slowly."""
        await trio.sleep(0.01)
        self.heard.append(message)


async def main() -> None:
    """Send ten messages to mailboxes of three."""
    heard = {}
    async with open_system("app") as system:
        for overflow in (Overflow.WAIT, Overflow.REJECT, Overflow.DROP_OLDEST):
            actor = Slow()
            spec = ChildSpec(
                name=overflow.value,
                start=lambda actor=actor: actor,
                mailbox=Mailbox(capacity=3, overflow=overflow),
                drain=True,
            )
            ref: ActorRef[int] = await system.start_child(spec)
            for number in range(10):
                await ref.tell(number)
            ref.stop()
            await ref.wait_stopped()
            heard[overflow] = actor.heard
        assert heard[Overflow.WAIT] == list(range(10)), "the sender waited"
        assert heard[Overflow.REJECT] == [0, 1, 2], "the rest was refused"
        assert heard[Overflow.DROP_OLDEST] == [7, 8, 9], "the latest is what counts"
        assert system.dead_letters == {DeadLetterReason.FULL: 7, DeadLetterReason.DROPPED: 7}


if __name__ == "__main__":
    trio.run(main)
