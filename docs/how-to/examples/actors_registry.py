"""Find an actor by a name."""

import trio

from smarthealth.actors import Actor, ActorRef, ChildSpec, Context, Request, open_system


class WhatTime(Request[str]):
    """Asks for the time."""


class Clock(Actor[WhatTime]):
    """Can be found as `clock`, wherever it is in the tree; the name is free again when it has ended."""

    async def started(self) -> None:
        """Register; after a restart this is the same actor, under the same name."""
        self.context.registry.register("clock", self.context.self_ref)

    async def handle(self, message: WhatTime) -> str:
        """Tell."""
        return "noon"


async def need_the_clock(context: Context) -> None:
    """A service that needs the clock, and may be started before it."""
    context.started()
    clock: ActorRef[WhatTime] = await context.registry.wait_for("clock")
    assert await clock.ask(WhatTime()) == "noon"
    context.system.stop()


async def main() -> None:
    """Start the one who waits first."""
    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="needy", start=need_the_clock))
        assert system.registry.find("clock") is None
        await system.start_child(ChildSpec(name="clock", start=Clock))
        await system.wait_stopped()


if __name__ == "__main__":
    trio.run(main)
