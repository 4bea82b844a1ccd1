"""Count and time messages by place and class; the places do not multiply with the visitors."""

from contextlib import suppress

import trio

from smarthealth.actors import Actor, ActorFailed, ChildSpec, DynamicSupervisor, Request, open_system
from smarthealth.actors.events import Outcome
from smarthealth.actors.instruments import Metrics


class Greet(Request[str]):
    """Asks for a greeting."""


class Host(Actor[Greet]):
    """Greets one visitor, badly when it is its third time."""

    def __init__(self) -> None:
        self.times = 0

    async def handle(self, message: Greet) -> str:
        """Greet."""
        self.times += 1
        if self.times == 3:
            raise RuntimeError
        return "hello"


async def main() -> None:
    """Have two visitors, of whom one comes too often."""
    metrics = Metrics()
    async with open_system("app", instrument=metrics) as system:
        hosts = await system.start_supervisor(ChildSpec(name="hosts", start=DynamicSupervisor(max_children=9)))
        for name, times in (("anna", 2), ("ben", 3)):
            host = await hosts.start_child(ChildSpec(name=name, start=Host))
            for _ in range(times):
                with suppress(ActorFailed):
                    await host.ask(Greet())
    (series,) = metrics.series()
    assert (series.actor, series.message, series.sent) == ("app/hosts/*", "Greet", 5)
    assert series.outcomes == {Outcome.DONE: 4, Outcome.FAILED: 1}
    assert series.ask_errors == {"ActorFailed": 1}
    assert series.handling.count == 5
    assert metrics.crashes == {"RuntimeError": 1}


if __name__ == "__main__":
    trio.run(main)
