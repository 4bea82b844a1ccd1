"""Have things go wrong, on order, in actors that know nothing of it."""

import attrs
import trio

from smarthealth.actors import Actor, ActorFailed, ActorRef, Backoff, ChildSpec, Request, Supervisor, open_system
from smarthealth.actors.testing import CrashMessage, FailStart, FaultPlan, HangMessage, SlowStart, run_virtual


@attrs.frozen
class Greet(Request[str]):
    """Asks for a greeting."""

    name: str


class Greeter(Actor[Greet]):
    """Never fails by itself."""

    async def handle(self, message: Greet) -> str:
        """Greet."""
        return f"hello {message.name}"


PLAN = FaultPlan(
    CrashMessage(path="app/greeters/a", nth=2, error=ConnectionError),  # the second message crashes,
    SlowStart(path="app/greeters/a", nth=2, seconds=3.0),  # the start that follows is slow
    FailStart(path="app/greeters/a", nth=2),  # and fails, so there is a third
    HangMessage(path="app/greeters/*", nth=3, seconds=20.0),
)


async def main() -> None:
    """See how a caller fares."""
    children = (ChildSpec(name="a", start=Greeter), ChildSpec(name="b", start=Greeter))
    policy = Supervisor(children=children, backoff=Backoff(initial=0.1, jitter=0.0))
    with PLAN:
        async with open_system("app") as system:
            greeters = await system.start_supervisor(ChildSpec(name="greeters", start=policy))
            a: ActorRef[Greet] = greeters.children()[0]
            assert await a.ask(Greet("one")) == "hello one"
            try:
                await a.ask(Greet("two"))
            except ActorFailed as failed:
                print("the caller sees", repr(failed.__cause__))
            before = trio.current_time()
            assert await a.ask(Greet("three"), timeout=60.0) == "hello three"
            print(f"the next one waits {trio.current_time() - before:.1f} s for two restarts and a slow reply")
            print("restarts:", a.snapshot().restarts)
    print("never happened:", PLAN.missed)


if __name__ == "__main__":
    run_virtual(main)
