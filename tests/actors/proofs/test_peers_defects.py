"""Five defects seen in another in-process supervisor for Trio; none of them is here."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import attrs
import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Context, Supervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed, AskTimeout, SupervisionError
from smarthealth.actors.events import DeadLetterReason
from smarthealth.actors.policy import Restart
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import check_invariants, settle


@pytest.fixture(autouse=True)
def invariants() -> Iterator[None]:
    """Hold after each of these."""
    with check_invariants():
        yield


@attrs.frozen
class Wait(Request[str]):
    """Takes so many seconds, then replies or crashes."""

    seconds: float
    crash: bool = False


class Server(Actor[Wait]):
    """A server."""

    async def handle(self, message: Wait) -> str:
        """Wait, then reply or crash."""
        await trio.sleep(message.seconds)
        if message.crash:
            raise OSError
        return "reply"


async def test_a_call_does_not_hang_when_the_server_crashes(autojump_clock: MockClock) -> None:
    """The caller learns of it in the moment of the crash, without any deadline of its own; so do those in the queue."""
    async with open_system("app", ask_timeout=1e6) as system:
        server = await system.start_child(ChildSpec(name="server", start=Server, restart=Restart.TEMPORARY))
        failed_at: list[float] = []

        async def call() -> None:
            with pytest.raises(ActorFailed) as caught:
                await server.ask(Wait(2, crash=True))
            assert isinstance(caught.value.__cause__, OSError)
            failed_at.append(trio.current_time())

        async def queue() -> None:
            with pytest.raises(Exception, match="has stopped"):
                await server.ask(Wait(1))
            failed_at.append(trio.current_time())

        before = trio.current_time()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(call)
            await settle()
            nursery.start_soon(queue)
        assert failed_at == [before + 2] * 2


async def test_a_late_reply_does_not_crash_the_server(autojump_clock: MockClock) -> None:
    """It is dropped and counted, and the server goes on with the next call, in the same incarnation."""
    async with open_system("app") as system:
        server = await system.start_child(ChildSpec(name="server", start=Server))
        with pytest.raises(AskTimeout):
            await server.ask(Wait(2), timeout=1)
        with trio.move_on_after(0.5):
            await server.ask(Wait(2), timeout=60)
        assert await server.ask(Wait(0), timeout=60) == "reply"
        assert server.snapshot().restarts == 0
        assert system.dead_letters == {DeadLetterReason.LATE_REPLY: 1, DeadLetterReason.EXPIRED: 1}


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.1, 30.0])
async def test_a_timeout_takes_as_long_as_it_says(autojump_clock: MockClock, seconds: float) -> None:
    """To the moment, and others that come sooner or later do not matter."""
    async with open_system("app") as system, trio.open_nursery() as nursery:
        server = await system.start_child(ChildSpec(name="server", start=Server))
        nursery.start_soon(server.ask, Wait(200), 1000.0)
        await settle()
        before = trio.current_time()
        with pytest.raises(AskTimeout):
            await server.ask(Wait(200), timeout=seconds)
        assert trio.current_time() - before == pytest.approx(seconds)


async def test_a_timeout_takes_as_long_in_real_time() -> None:
    """A tenth of a second is nowhere near two seconds."""
    async with open_system("app", shutdown_timeout=0.1) as system:
        server = await system.start_child(ChildSpec(name="server", start=Server))
        before = trio.current_time()
        with pytest.raises(AskTimeout):
            await server.ask(Wait(60), timeout=0.1)
        assert 0.1 <= trio.current_time() - before < 1.0


async def test_a_crash_loop_takes_time(autojump_clock: MockClock) -> None:
    """Restarts wait, each longer than the one before, so that the limit says something about the world."""
    starts: list[float] = []

    async def crash(context: Context) -> None:
        starts.append(trio.current_time())
        context.started()
        raise OSError

    async def run() -> None:
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="crash", start=crash))
            await trio.sleep_forever()

    with pytest.raises(SupervisionError):
        await run()
    pauses = [after - before for before, after in itertools.pairwise(starts)]
    assert len(pauses) == 3
    assert pauses[0] >= 0.08
    assert pauses == sorted(pauses)
    assert sum(pauses) >= 0.5


async def test_a_supervisor_past_its_limit_does_not_end_in_silence(autojump_clock: MockClock) -> None:
    """The error leaves the system, with every cause, however deep the supervisor was."""

    async def crash(context: Context) -> None:
        context.started()
        raise OSError(context.path)

    spec = ChildSpec(name="crash", start=crash)
    for name in ("inner", "outer"):
        spec = ChildSpec(name=name, start=Supervisor(children=(spec,), intensity=1))

    async def run() -> None:
        async with open_system("app", intensity=0) as system:
            await system.start_child(spec)
            await trio.sleep_forever()

    with pytest.raises(SupervisionError) as caught:
        await run()
    assert [str(cause) for cause in caught.value.causes] == ["app/outer/inner/crash"] * 4
    assert "app gave up: OSError" in str(caught.value)
