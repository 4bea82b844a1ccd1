"""Set aside what cannot be handled yet: a store that takes requests before it has connected."""

import attrs
import trio

from smarthealth.actors import Actor, ChildSpec, Request, open_system
from smarthealth.actors.errors import StashFull


@attrs.frozen
class Get(Request[str]):
    """Asks for what is stored under a key."""

    errors = (StashFull,)  # too many wait already: an answer, not a crash
    key: str


@attrs.frozen
class Connected:
    """The store is ready."""

    contents: dict[str, str]


class Store(Actor[Get | Connected]):
    """Answers when it can; the deadlines of those who wait stay theirs."""

    def __init__(self) -> None:
        self.contents: dict[str, str] | None = None

    async def handle(self, message: Get | Connected) -> str | None:
        """Answer, set aside, or take up what was set aside."""
        match message:
            case Connected(contents):
                self.contents = contents
                self.context.unstash_all()
            case Get(key) if self.contents is not None:
                return self.contents[key]
            case Get():
                self.context.stash()
        return None


async def main() -> None:
    """Ask three times before the store is ready; it may set two requests aside."""
    replies: list[str] = []

    async def ask(key: str) -> None:
        try:
            replies.append(await store.ask(Get(key), timeout=5.0))
        except StashFull as full:
            replies.append(str(full))

    async with open_system("app") as system:
        store = await system.start_child(ChildSpec(name="store", start=Store, stash_capacity=2))
        async with trio.open_nursery() as nursery:
            for key in ("a", "b", "c"):
                nursery.start_soon(ask, key)
            await trio.sleep(0.1)
            assert store.snapshot().stashed == 2
            await store.tell(Connected({"a": "apple", "b": "berry", "c": "cherry"}))
    assert "app/store has set aside 2 messages, its most" in replies
    assert len(replies) == 3


if __name__ == "__main__":
    trio.run(main)
