"""Supervised workers in a Trio program that knows nothing else of actors."""

from contextlib import suppress

import attrs
import trio

from smarthealth.actors import Actor, ActorFailed, ActorRef, ChildSpec, Request, Supervisor, open_system


class NotWhole(Exception):
    """An answer like any other: the worker lives on."""


@attrs.frozen(kw_only=True)
class Divide(Request[int]):
    """Asks for a whole quotient."""

    errors = (NotWhole,)
    what: int
    by: int


class Worker(Actor[Divide]):
    """Divides; nobody told it about zero."""

    async def handle(self, message: Divide) -> int:
        """Answer a question."""
        quotient, rest = divmod(message.what, message.by)
        if rest:
            raise NotWhole
        return quotient


async def main() -> None:
    """Open a system, ask, and leave."""
    workers = tuple(ChildSpec(name=f"worker-{number}", start=Worker) for number in range(2))
    async with open_system("pool") as system:
        pool = await system.start_supervisor(ChildSpec(name="workers", start=Supervisor(children=workers)))
        refs: tuple[ActorRef[Divide], ...] = pool.children()
        assert await refs[0].ask(Divide(what=6, by=3), timeout=1.0) == 2
        with suppress(NotWhole):
            await refs[1].ask(Divide(what=7, by=3))
        with suppress(ActorFailed):  # its cause is a ZeroDivisionError, and the worker is restarted
            await refs[0].ask(Divide(what=7, by=0))
        assert await refs[0].ask(Divide(what=8, by=2)) == 4, "the reference is still good"
        assert [ref.snapshot().restarts for ref in refs] == [1, 0]


if __name__ == "__main__":
    trio.run(main)
