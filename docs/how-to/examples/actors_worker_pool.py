"""A supervised worker pool."""

from itertools import cycle

import attrs
import trio

from smarthealth.actors import Actor, ActorFailed, ActorRef, ChildSpec, Request, Supervisor, open_system

TEXTS = ("to be or not to be", "", "all the world's a stage", "brevity is the soul of wit")


@attrs.frozen
class MeanLength(Request[float]):
    """Asks how long the words of a text are on average."""

    text: str


class Worker(Actor[MeanLength]):
    """Counts; nobody told it about empty texts."""

    async def handle(self, message: MeanLength) -> float:
        """Answer one request."""
        await trio.sleep(0.1)  # stands for real work
        words = message.text.split()
        return sum(map(len, words)) / len(words)


async def measure(worker: ActorRef[MeanLength], text: str) -> None:
    """Ask, and print what comes back."""
    try:
        print(f"{text!r}: {await worker.ask(MeanLength(text), timeout=1.0):.1f}")
    except ActorFailed as failed:
        print(f"{text!r}: {failed.__cause__!r}")


async def main() -> None:
    """Have two workers, and deal the texts to them in turn."""
    workers = tuple(ChildSpec(name=f"worker-{number}", start=Worker) for number in (1, 2))
    async with open_system("app") as system:
        pool = await system.start_supervisor(ChildSpec(name="pool", start=Supervisor(children=workers)))
        async with trio.open_nursery() as nursery:
            for worker, text in zip(cycle(pool.children()), TEXTS, strict=False):
                nursery.start_soon(measure, worker, text)
        await measure(pool.children()[1], "words, words, words")
        for node in pool.snapshot().children:
            print(node.path, node.state.value, "restarts:", node.restarts)


if __name__ == "__main__":
    trio.run(main)
