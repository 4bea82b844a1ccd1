"""Test an actor from outside, with a probe and virtual time; needs neither pytest nor a plugin."""

import attrs
import trio

from smarthealth.actors import Actor, ActorRef, ChildSpec, Request, open_system
from smarthealth.actors.testing import check_invariants, probe, run_virtual


@attrs.frozen
class Price(Request[float]):
    """Asks what an article costs."""

    article: str


@attrs.frozen
class Alarm:
    """A price has fallen below the limit."""

    article: str
    price: float


class Watch(Actor[None]):
    """The actor under test: looks at a price once a minute, and raises an alarm."""

    def __init__(self, prices: ActorRef[Price], alarms: ActorRef[Alarm]) -> None:
        self.prices = prices
        self.alarms = alarms

    async def started(self) -> None:
        """Look once a minute."""
        self.context.timers.every("look", 60.0, None)

    async def handle(self, message: None) -> None:
        """Look."""
        price = await self.prices.ask(Price("bread"), timeout=5.0)
        if price < 2.0:
            await self.alarms.tell(Alarm("bread", price))


async def main() -> None:
    """One probe stands in for the prices, one for whoever hears the alarms."""
    async with open_system("test") as system:
        prices, alarms = await probe(system, "prices"), await probe(system, "alarms")
        await system.start_child(ChildSpec(name="watch", start=lambda: Watch(prices.ref, alarms.ref)))

        request = await prices.expect(Price, within=61.0)
        assert request.article == "bread"
        prices.reply(2.5)
        await alarms.expect_nothing(within=30.0)

        await prices.expect(Price, within=61.0)
        prices.reply(1.5)
        assert await alarms.expect(Alarm) == Alarm("bread", 1.5)

        await prices.expect(Price, within=61.0)  # no reply: the watch runs into its timeout, fails and is restarted
        await trio.sleep(10.0)
        watch = system.child("watch")
        assert watch is not None
        assert watch.snapshot().last_failure == "AskTimeout"


if __name__ == "__main__":
    with check_invariants():
        run_virtual(main)
    print("three minutes of a price watch, in no time")
