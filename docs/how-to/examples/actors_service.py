"""A plain async callable as a child: ready when it says so, given time to end when it watches for the stop."""

from functools import partial

import trio

from smarthealth.actors import ChildSpec, Context, Strategy, Supervisor, open_system

diary: list[str] = []


async def keep_store(context: Context) -> None:
    """Hold something open; cancelled at the stop, since it never looks at `context.stopping`."""
    diary.append("store open")
    try:
        context.started()
        await trio.sleep_forever()
    finally:
        diary.append("store closed")


async def serve(context: Context, greeting: str) -> None:
    """Work until told to stop, then finish what is in hand."""
    stopping = context.stopping
    diary.append(greeting)
    context.started()
    await stopping.wait()
    await trio.sleep(0.05)
    diary.append("drained")


async def main() -> None:
    """Start both in order, stop both in reverse."""
    children = (
        ChildSpec(name="store", start=keep_store),
        ChildSpec(name="server", start=partial(serve, greeting="serving"), stop_timeout=1.0),
    )
    async with open_system("app", shutdown_timeout=3.0) as system:
        await system.start_child(
            ChildSpec(name="back", start=Supervisor(children=children, strategy=Strategy.REST_FOR_ONE))
        )
    assert diary == ["store open", "serving", "drained", "store closed"]


if __name__ == "__main__":
    trio.run(main)
