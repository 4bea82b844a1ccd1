"""Timers of an actor: save now and then, end when nobody has come for a while."""

from typing import Literal

import trio

from smarthealth.actors import Actor, ChildSpec, Restart, open_system

SAVE_EVERY = 0.1
IDLE_LIMIT = 0.35

saved: list[list[str]] = []


class Notebook(Actor[str]):
    """Keeps notes in memory and saves them by a timer; ends by another when it is left alone."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    async def started(self) -> None:
        """Set both timers: their messages come through the mailbox, like any other."""
        self.context.timers.every("save", SAVE_EVERY, "/save")
        self.context.timers.once("idle", IDLE_LIMIT, "/end")

    async def handle(self, message: str | Literal["/save", "/end"]) -> None:
        """Note, save or end."""
        match message:
            case "/save":
                saved.append(self.notes.copy())
            case "/end":
                self.context.finish()
            case note:
                self.notes.append(note)
                self.context.timers.once("idle", IDLE_LIMIT, "/end")  # the one of that key is replaced


async def main() -> None:
    """Write two notes and go away."""
    async with open_system("app") as system:
        notebook = await system.start_child(ChildSpec(name="notebook", start=Notebook, restart=Restart.TEMPORARY))
        await notebook.tell("milk")
        await trio.sleep(0.15)
        await notebook.tell("bread")
        await notebook.wait_stopped()
    assert saved[0] == ["milk"]
    assert saved[-1] == ["milk", "bread"]


if __name__ == "__main__":
    trio.run(main)
