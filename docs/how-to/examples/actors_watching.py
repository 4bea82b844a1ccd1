"""Log crashes once, look at the tree, hear of an end."""

import trio

from smarthealth.actors import Actor, ChildSpec, Instrument, Restart, open_system
from smarthealth.actors.events import ChildFailed, EndReason, RuntimeEvent, TaskStuck


class Log(Instrument):
    """What a program logs of its actors: crashes, and tasks that do not end."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def on_event(self, event: RuntimeEvent) -> None:
        """Called in the middle of the runtime's work: be quick."""
        match event:
            case ChildFailed(path=path, error=error, restart_in=delay):
                again = "not restarted" if delay is None else "restarted soon"
                self.lines.append(f"{path} failed with {type(error).__name__}, {again}")
            case TaskStuck(path=path, stack=stack):
                self.lines.append(f"{path} does not end:\n{stack}")
            case _:
                pass


class Fragile(Actor[Exception]):
    """Raises what it is told."""

    async def handle(self, message: Exception) -> None:
        """Raise it."""
        raise message


async def main() -> None:
    """Crash two actors and look."""
    log = Log()
    async with open_system("app", instrument=log) as system:
        lasting = await system.start_child(ChildSpec(name="lasting", start=Fragile))
        passing = await system.start_child(ChildSpec(name="passing", start=Fragile, restart=Restart.TEMPORARY))
        async with passing.monitor() as monitor:
            await passing.tell(KeyError())
            down = await monitor.receive()
        assert (down.path, down.reason) == ("app/passing", EndReason.FAILED)
        await lasting.tell(LookupError())
        await trio.sleep(0.3)
        shown = {node.path: (node.state.value, node.restarts, node.last_failure) for node in system.snapshot().walk()}
        assert shown == {"app": ("running", 0, None), "app/lasting": ("running", 1, "LookupError")}
    assert log.lines == [
        "app/passing failed with KeyError, not restarted",
        "app/lasting failed with LookupError, restarted soon",
    ]


if __name__ == "__main__":
    trio.run(main)
