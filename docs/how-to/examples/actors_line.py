"""A pipeline that stays open: items go in at one end and come out at the other, in order."""

from collections.abc import Awaitable, Callable

import trio

from smarthealth.actors import Pipeline, Stage
from smarthealth.actors.pipeline import Line


async def fetch(page: int, emit: Callable[[str], Awaitable[None]]) -> None:
    """Later pages come faster."""
    await trio.sleep(0.1 / page)
    await emit(f"page {page}")


async def shout(text: str, emit: Callable[[str], Awaitable[None]]) -> None:
    """Change it."""
    await emit(text.upper())


async def put_all(line: Line) -> None:
    """Put pages in; waits when the line is full."""
    for page in range(1, 7):
        await line.put(page)
    line.end()


async def main() -> None:
    """Three pages are fetched at a time, and come out as they were put in."""
    pipeline = Pipeline(stages=(Stage("fetch", fetch, concurrency=3, timeout=1.0), Stage("shout", shout, capacity=2)))
    async with pipeline.open() as line, trio.open_nursery() as nursery:
        nursery.start_soon(put_all, line)
        read = [text async for text in line]
    assert read == [f"PAGE {page}" for page in range(1, 7)]

    # `ordered=False` lets what is done early out early; `on_output` is called instead of reading.
    first: list[str] = []

    async def note(text: str) -> None:
        first.append(text)

    async with Pipeline(stages=(Stage("fetch", fetch, concurrency=3, ordered=False),)).open(note) as line:
        for page in (1, 2, 3):
            await line.put(page)
    assert first == ["page 3", "page 2", "page 1"]


if __name__ == "__main__":
    trio.run(main)
