"""What it costs to show the events of one room to many viewers: `python tests/benchmarks/fan_out.py`.

A server in a process of its own has one room and publishes events at a steady rate; this process is its viewers, over real sockets,
and sees that each gets every event once and in order; `--stalled N` adds viewers that never read. What counts is the server's CPU time. Beside the room's way stands the usual
one, encoding and queueing each event for each viewer, in turn with it, so that a busy machine slows both alike. Not under
`loadtest`, which may not see `server`.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import attrs
import trio

from smarthealth.actors import open_system
from smarthealth.conversation.application import ArrivingDialogue, Dialogue, Endpoint, FollowingLink, Link
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.rooms.ports import RoomLife, RoomLimits, Viewer
from smarthealth.conversation.rooms.room import Room
from smarthealth.conversation.rooms.rooms import Rooms
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.server.hypercorn import Bind, Shell, open_listeners
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.server.websocket_socket import AsgiSocket
from smarthealth.wire.codec import Codec

VIEWERS = 50
RATE = 2_000
SECONDS = 4.0
HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@attrs.frozen(kw_only=True)
class ToolResult:
    """An event of the usual size."""

    success: bool = True
    result: Mapping[str, object]
    tool_call_id: str


CODEC: Codec[Any, ToolResult] = Codec(commands={}, events={"tool_result": ToolResult})


def event(number: int) -> ToolResult:
    """The so-manieth event."""
    result = {"path": f"informes/ventas-{number}.txt", "size": 1234, "modified": "2026-11-21T12:00:00.000Z"}
    return ToolResult(result=result, tool_call_id=f"call_{number}")


class NoLife(RoomLife[ToolResult]):
    """A room in which nothing is remembered."""

    async def open(self) -> None:
        """Do nothing."""

    def welcome(self, viewer: Viewer[ToolResult]) -> Sequence[ToolResult]:
        """Nothing was said."""
        return ()

    def published(self, event: ToolResult) -> None:
        """Forget it."""

    def entered(self, viewer: Viewer[ToolResult]) -> None:
        """Nobody is told."""

    def left(self, viewer: Viewer[ToolResult]) -> None:
        """Nobody is told."""


@attrs.define(eq=False)
class Looker(ArrivingDialogue):
    """A viewer's connection."""

    link: FollowingLink[ToolResult]
    rooms: Rooms[ToolResult]

    def opened(self) -> None:
        """Say nothing."""

    async def arrived(self) -> None:
        """Enter."""
        await self.rooms.enter("room", Viewer(self.link))

    async def received(self, text: str) -> None:
        """Hear nothing."""


async def serve(way: str, viewers: int, rate: int, seconds: float) -> None:
    """Serve one room, publish when all are there, and say what it cost."""
    async with open_system("fan-out") as system:
        limits = RoomLimits(max_viewers=viewers)
        rooms: Rooms[ToolResult] = Rooms(
            "rooms", system.child, lambda room: NoLife(), encode=CODEC.encode, limits=limits, application="benchmark"
        )
        connections = Connections(ConversationSettings(outbox_events=100_000, outbox_bytes=1024**3))
        await system.start_child(rooms.child())
        await connections.start(system)

        def open_dialogue(link: Link[ToolResult], parts: Mapping[str, str]) -> Dialogue:
            assert isinstance(link, FollowingLink)
            return Looker(link, rooms)

        endpoint = Endpoint[ToolResult](
            path="/", authentication="optional", open_dialogue=open_dialogue, encode=CODEC.encode
        )

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "websocket":
                for step in ("startup", "shutdown"):
                    await receive()
                    await send({"type": f"lifespan.{step}.complete"})
                return
            await receive()
            await send({"type": "websocket.accept"})
            await connections.serve(AsgiSocket(scope, receive, send), endpoint, None, {})

        with open_listeners([Bind(name="main", address="127.0.0.1:0")], ShellLimits()) as listeners:
            async with trio.open_nursery() as nursery:
                shell, stopping = Shell(app, ShellLimits(), None), trio.Event()

                async def nothing() -> None:
                    return None

                await nursery.start(
                    partial(shell.serve, listeners, tls=None, stopping=stopping, drain=nothing, grace=1.0)
                )
                print(listeners[0].port, flush=True)  # noqa: T201 # the other process reads it
                await _publish(rooms, way, viewers, rate, seconds)
                nursery.cancel_scope.cancel()


async def _publish(rooms: Rooms[ToolResult], way: str, viewers: int, rate: int, seconds: float) -> None:
    while (room := rooms.find("room")) is None or len(room.viewers) < viewers:  # noqa: ASYNC110 # they come when they come
        await trio.sleep(0.05)
    total, begun, used = int(rate * seconds), trio.current_time(), time.process_time()
    for number in range(total):
        _tell(room, way, event(number))
        ahead = begun + (number + 1) / rate - trio.current_time()
        if ahead > 0.001 or number % 32 == 0:
            await trio.sleep(max(0.0, ahead))
    took = trio.current_time() - begun
    await trio.sleep(1.0)  # what waits is sent
    cost = {"cpu": time.process_time() - used, "wall": took, "events": total}
    cost["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(cost), flush=True)  # noqa: T201 # as above


def _tell(room: Room[ToolResult], way: str, one: ToolResult) -> None:
    if way == "room":
        room.publish(one)
    else:
        for viewer in room.viewers:
            viewer.link.reply(one)


async def look(port: int, total: int, found: list[int]) -> None:
    """Be one viewer: count the events, and see that they come in order."""
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    await stream.send_all(HANDSHAKE)
    if total == 0:  # a viewer that never reads
        await trio.sleep_forever()
    rest, expected = b"", 0
    while b"\r\n\r\n" not in rest:
        rest += await stream.receive_some(65536)
    rest = rest.partition(b"\r\n\r\n")[2]
    while expected < total:
        at = 0
        while (frame := _frame(rest, at)) is not None:
            assert f'"call_{expected}"'.encode() in frame[0], f"event {expected} is not next"
            expected, at = expected + 1, frame[1]
        rest = rest[at:]
        if expected < total:
            more = await stream.receive_some(1 << 20)
            if not more:
                break
            rest += more
    found.append(expected)


def _frame(data: bytes, at: int) -> tuple[bytes, int] | None:
    if len(data) < at + 4:
        return None
    length, start = data[at + 1], at + 2
    if length == 126:
        length, start = struct.unpack_from("!H", data, start)[0], start + 2
    return (data[start : start + length], start + length) if len(data) >= start + length else None


async def _watch(port: int, viewers: int, stalled: int, total: int) -> list[int]:
    found: list[int] = []
    with trio.move_on_after(120):
        async with trio.open_nursery() as stalling:
            for _ in range(stalled):
                stalling.start_soon(look, port, 0, found)
            async with trio.open_nursery() as nursery:
                for _ in range(viewers):
                    nursery.start_soon(look, port, total, found)
            stalling.cancel_scope.cancel()
    return found


def run(way: str, viewers: int, stalled: int, rate: int, seconds: float) -> dict[str, float]:
    """One round of one way."""
    command = [sys.executable, __file__, "--serve", way, "--viewers", str(viewers + stalled), "--rate", str(rate), "--seconds", str(seconds)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = trio.run(_watch, int(server.stdout.readline()), viewers, stalled, int(rate * seconds))
        # what it logs is passed over
        said = next((line for line in server.stdout if line.startswith("{")), "{}")
    result: dict[str, float] = json.loads(said)
    whole = found == [int(rate * seconds)] * viewers
    return {**result, "whole": float(whole)}


def main() -> None:
    """Measure both ways in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    parser.add_argument("--stalled", type=int, default=0, help="viewers besides that never read")
    parser.add_argument("--rate", type=int, default=RATE, help="events a second")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of publishing in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", choices=("room", "each"), help="be the server; for this program's own use")
    options = parser.parse_args()
    if options.serve:
        trio.run(serve, options.serve, options.viewers, options.rate, options.seconds)
        return
    rounds: dict[str, list[dict[str, float]]] = {"room": [], "each": []}
    for _ in range(options.rounds):
        for way, results in rounds.items():
            results.append(run(way, options.viewers, options.stalled, options.rate, options.seconds))
    for way, results in rounds.items():
        shares = [one["cpu"] / (one["events"] / options.rate) for one in results if "cpu" in one]
        costs = [one["cpu"] / one["events"] / options.viewers * 1e6 for one in results if "cpu" in one]
        rates = [one["events"] / one["wall"] for one in results if "wall" in one]
        sys.stdout.write(
            f"{way:5} {statistics.median(rates):6.0f} events/s to {options.viewers} viewers, "
            f"{100 * statistics.median(shares):5.1f} % of one core, {statistics.median(costs):5.2f} µs an event and viewer, "
            f"{max(one.get('rss', 0.0) for one in results):4.0f} MB, whole and in order: {all(one['whole'] for one in results)}\n"
        )


if __name__ == "__main__":
    main()
