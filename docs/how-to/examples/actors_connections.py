"""Children that come and go, each a small tree of its own that ends with its significant child."""

from contextlib import suppress

import trio

from smarthealth.actors import (
    Actor,
    ChildSpec,
    Context,
    DynamicSupervisor,
    Restart,
    Supervisor,
    SupervisorFull,
    open_system,
)


class Outbox(Actor[str]):
    """Sends what it is told."""

    async def handle(self, message: str) -> None:
        """Send it."""


async def session(context: Context) -> None:
    """One client's visit: when it ends, so does everything that was made for it."""
    outbox = context.parent.child("outbox")
    assert outbox is not None
    context.started()
    await outbox.tell("welcome")
    await trio.sleep(0.05)


def connection(name: str) -> ChildSpec:
    """The tree of one connection."""
    children = (
        ChildSpec(name="outbox", start=Outbox, restart=Restart.TEMPORARY),
        ChildSpec(name="session", start=session, restart=Restart.TEMPORARY, significant=True),
    )
    return ChildSpec(name=name, start=Supervisor(children=children))


async def main() -> None:
    """Have two visitors, turn one away, and see them off."""
    async with open_system("app") as system:
        spec = ChildSpec(name="connections", start=DynamicSupervisor(max_children=2))
        connections = await system.start_supervisor(spec)
        visitors = [await connections.start_child(connection(name)) for name in ("ana", "luis")]
        with suppress(SupervisorFull):
            await connections.start_child(connection("one-too-many"))
        for visitor in visitors:
            await visitor.wait_stopped()
        assert connections.children() == ()


if __name__ == "__main__":
    trio.run(main)
