"""Actors behind a web server that knows nothing of them: Hypercorn serves a plain ASGI application."""

from functools import partial
from typing import Any

import attrs
import trio
from hypercorn.config import Config
from hypercorn.trio import serve

from smarthealth.actors import Actor, ActorFailed, ActorRef, ChildSpec, Request, open_system


@attrs.frozen
class Visit(Request[int]):
    """Asks how often a page was visited, this time included."""

    path: str


class Visits(Actor[Visit]):
    """Counts in memory, one visit after the other."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    async def handle(self, message: Visit) -> int:
        """Count."""
        if message.path == "/crash":
            raise RuntimeError("nobody thought of this path")
        self.counts[message.path] = self.counts.get(message.path, 0) + 1
        return self.counts[message.path]


async def app(visits: ActorRef[Visit], scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application with one argument more."""
    if scope["type"] == "lifespan":
        for _ in ("startup", "shutdown"):
            await send({"type": (await receive())["type"] + ".complete"})
        return
    try:
        status, text = 200, str(await visits.ask(Visit(scope["path"]), timeout=1.0))
    except ActorFailed:
        status, text = 500, "try again"
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"%d" % len(text))]})
    await send({"type": "http.response.body", "body": text.encode()})


async def get(url: str, path: str) -> str:
    """The answer's last line."""
    async with await trio.open_tcp_stream("127.0.0.1", int(url.rpartition(":")[2])) as stream:
        await stream.send_all(f"GET {path} HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n".encode())
        return b"".join([chunk async for chunk in stream]).decode().rpartition("\r\n")[2]


async def main() -> None:
    """The system is opened around the server, and closed after it."""
    config, stop = Config.from_mapping(bind=["127.0.0.1:0"], errorlog=None), trio.Event()
    async with open_system("web") as system:
        visits: ActorRef[Visit] = await system.start_child(ChildSpec(name="visits", start=Visits))
        async with trio.open_nursery() as nursery:
            serving = partial(serve, partial(app, visits), config, shutdown_trigger=stop.wait, mode="asgi")
            (url,) = await nursery.start(serving)
            assert [await get(url, path) for path in ("/", "/", "/about")] == ["1", "2", "1"]
            assert await get(url, "/crash") == "try again"
            assert await get(url, "/") == "1", "the server did not notice; the counts began anew"
            stop.set()


if __name__ == "__main__":
    trio.run(main)
