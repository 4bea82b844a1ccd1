"""One connection: its actors together."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

import attrs
import pytest
import trio
from trio._core import _run
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.conversation.application import (
    Dialogue,
    Endpoint,
    FollowingLink,
    Link,
    Principal,
    TurnEnd,
    TurnOutput,
    TurnPolicy,
)
from smarthealth.conversation.errors import ConnectionLost, ServerDraining, TooManyTurns, TurnBusy
from smarthealth.conversation.rooms.log import Cursor, FrameLog
from tests.conversation.conftest import EchoDialogue, Host, MemorySocket, OpenHost, Script, ScriptedTurn, merge

EPOCH = 1_000_000.0


def tell(key: str, count: int, pace: float = 0.1) -> Script:
    """A script that says some tokens and ends."""

    async def script(output: TurnOutput[str]) -> Sequence[str]:
        for number in range(count):
            await output.send(f"+{key}{number}")
            await trio.sleep(pace)
        return [f"done {key}"]

    return script


async def converse(link: Link[str], text: str) -> None:
    """`turn KEY COUNT` starts a turn, `cancel KEY` cancels, `crash` and `close` do so, and the rest is answered."""
    match text.split():
        case ["turn", key, count]:
            try:
                await link.start_turn(ScriptedTurn(tell(key, int(count)), key=key))
            except (TurnBusy, TooManyTurns, ServerDraining) as error:
                link.reply(type(error).__name__)
        case ["cancel", key]:
            link.reply(f"cancelled {link.cancel_turn(key)}")
        case ["crash"]:
            raise LookupError
        case ["close"]:
            link.close(4000, "as you wish")
        case ["sign", "in"]:
            expires = EPOCH + trio.current_time() + 60
            link.sign_in(Principal(user_id=7, email=None, name=None, role="patient", expires_at=expires))
            link.reply(f"user {link.principal and link.principal.user_id}")
        case _:
            link.reply(f"echo {text}")


def endings(frames: list[str]) -> list[str]:
    """The last events of turns."""
    return [frame for frame in frames if frame.startswith(("done", "failed"))]


async def test_a_ping_is_answered_in_the_middle_of_a_turn(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """The session reads on while a turn runs, and the turn's tokens go on after."""
    async with open_host() as host:
        socket = await host.visit(converse)
        socket.say("turn a 5")
        await trio.sleep(0.15)
        socket.say("ping")
        await trio.sleep(1)
        assert socket.frames == ["hello", "+a0", "+a1", "echo ping", "+a2", "+a3", "+a4", "done a"]


async def test_turns_show_in_the_tree_by_number(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """The tree is that of the design: outbox, query/N, keepalive, session."""
    async with open_host() as host:
        socket = await host.visit(converse)
        socket.say("turn a 5", "turn b 5")
        await wait_all_tasks_blocked()
        (connection,) = host.system.snapshot().children[0].children
        below = [actor.path.removeprefix(connection.path + "/") for actor in connection.walk()][1:]
        assert below == ["outbox", "query", "query/1", "query/2", "keepalive", "session"]


async def test_refusals_of_turns(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """A busy key, one turn too many and a draining server are told apart."""
    async with open_host(max_turns=2) as host:
        socket = await host.visit(converse)
        socket.say("turn a 5", "turn a 5", "turn b 5", "turn c 5")
        await wait_all_tasks_blocked()
        assert [frame for frame in socket.frames if frame[0] == "T"] == ["TurnBusy", "TooManyTurns"]
        host.nursery.start_soon(host.connections.drain, 10.0)
        await wait_all_tasks_blocked()
        socket.say("turn d 5")
        await wait_all_tasks_blocked()
        assert "ServerDraining" in socket.frames


async def test_a_client_cancels_its_turn(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Cancelling ends the turn at once, in one event, and the connection goes on."""
    async with open_host() as host:
        socket = await host.visit(converse)
        socket.say("turn a 1000")
        await trio.sleep(0.25)
        socket.say("cancel a", "cancel z", "ping")
        await wait_all_tasks_blocked()
        assert endings(socket.frames) == ["failed a CANCELLED"]
        assert {"cancelled True", "cancelled False", "echo ping"} <= set(socket.frames)


async def test_other_turns_go_on_beside_a_crashed_one(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """A turn that fails is its own affair."""

    async def crash(output: TurnOutput[str]) -> Sequence[str]:
        raise LookupError

    async def heard(link: Link[str], text: str) -> None:
        if text == "crash":
            await link.start_turn(ScriptedTurn(crash, key="crash"))
        else:
            await converse(link, text)

    async with open_host() as host:
        socket = await host.visit(heard)
        socket.say("turn a 5", "crash")
        await trio.sleep(2)
        assert endings(socket.frames) == ["failed crash CRASHED", "done a"]
        assert [type(failure.error) for failure in host.instrument.crashes] == [LookupError]


async def test_a_dialogue_s_close_goes_out_after_what_is_queued(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """The dialogue may end the connection; running turns are ended first."""
    async with open_host() as host:
        socket = await host.visit(converse)
        socket.say("turn a 1000")
        await trio.sleep(0.15)
        socket.say("close")
        await wait_all_tasks_blocked()
        assert socket.frames[-1] == "failed a SHUTDOWN"
        assert socket.closed == (4000, "as you wish")
        assert host.connections.count == 0


async def test_a_dialogue_that_crashes_is_an_internal_error(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """The client gets 1011 and no word of why; the supervisor reports it."""
    async with open_host() as host:
        socket = await host.visit(converse)
        socket.say("crash")
        await wait_all_tasks_blocked()
        assert socket.closed == (1011, "internal error")
        assert [type(failure.error) for failure in host.instrument.crashes] == [LookupError]


async def test_an_event_that_cannot_be_sent_is_an_internal_error(
    open_host: OpenHost, autojump_clock: MockClock
) -> None:
    """When the outbox itself fails, the connection ends with 1011."""

    class Broken(MemorySocket):
        async def send(self, frames: Sequence[str]) -> None:
            raise LookupError

    async with open_host() as host:
        socket = await host.visit(converse, socket=Broken())
        assert host.connections.count == 0
        assert [type(failure.error) for failure in host.instrument.crashes] == [LookupError]
        assert socket.frames == []


async def test_an_expired_token_ends_the_connection_and_its_turns(
    open_host: OpenHost, autojump_clock: MockClock
) -> None:
    """At the token's end running turns are ended, then the connection is closed with 4401."""
    principal = Principal(user_id=7, email=None, name=None, role="clinician", expires_at=EPOCH + 10)
    async with open_host() as host:
        socket = await host.visit(converse, principal=principal)
        socket.say("turn a 1000")
        await trio.sleep(10.5)
        assert endings(socket.frames) == ["failed a SHUTDOWN"]
        assert socket.closed == (4401, "token expired")


async def test_who_signs_in_by_message_may_stay(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Where the protocol signs in by a message, who does not is let go, and who does stays while the token is good."""

    def open_dialogue(link: Link[str], parts: Mapping[str, str]) -> Dialogue:
        return EchoDialogue(link, converse)

    endpoint = Endpoint(
        path="/ws",
        authentication="in-band",
        open_dialogue=open_dialogue,
        encode=str,
        merge=merge,
        longest_message=5000,
    )
    async with open_host(sign_in_timeout=5.0) as host:
        silent = await host.visit(endpoint=endpoint)
        signing = await host.visit(endpoint=endpoint)
        signing.say("sign in")
        await trio.sleep(6)
        assert silent.closed == (4401, "not authenticated in time")
        assert signing.frames == ["hello", "user 7"]
        assert (silent.longest, signing.longest) == (0, 5000)
        await trio.sleep(60)
        assert signing.closed == (4401, "token expired")


async def test_an_idle_client_is_let_go(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Silence ends a connection with 4408, a running turn does not count as silence."""
    async with open_host(idle_timeout=30.0) as host:
        idle, waiting = await host.visit(converse), await host.visit(converse)
        waiting.say("turn a 500")
        await trio.sleep(40)
        assert idle.closed == (4408, "idle for too long")
        assert waiting.closed is None
        assert waiting.frames[-1].startswith("+")


async def test_a_slow_reader_holds_nobody_else_s_turn(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """One client that does not read is cut with 4430, its turn is over, and another's is as fast as ever."""
    async with open_host(outbox_events=4) as host:
        slow, fast = await host.visit(converse), await host.visit(converse)
        slow.stall()
        slow.say("turn a 1000", *(f"ping {n}" for n in range(3)))
        fast.say("turn b 10")
        await trio.sleep(1.5)
        assert fast.frames[-1] == "done b"
        await trio.sleep(30)
        assert host.connections.count == 1
        assert [actor for actor in host.system.snapshot().walk() if actor.path.endswith("query/1")] == []


async def test_a_client_s_leave_cancels_its_turns(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """When the client is gone its turns are cancelled, and settle."""
    turns: list[ScriptedTurn] = []

    async def heard(link: Link[str], text: str) -> None:
        turns.append(ScriptedTurn(tell("a", 1000), settle_time=3.0))
        await link.start_turn(turns[0])

    async with open_host() as host:
        socket = await host.visit(heard)
        socket.say("go")
        await trio.sleep(0.15)
        socket.leave()
        await trio.sleep(3.1)
        assert [failure and failure.end for failure in turns[0].settled] == [TurnEnd.CONNECTION_LOST]
        assert host.connections.count == 0


async def test_the_address_is_passed_on(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """A dialogue knows where its client comes from, and which connection it is."""

    async def heard(link: Link[str], text: str) -> None:
        link.reply(f"{link.address} {len(link.connection_id)} {link.principal}")

    async with open_host() as host:
        socket = await host.visit(heard)
        socket.say("who am I")
        await wait_all_tasks_blocked()
        assert socket.frames[-1] == "192.0.2.7 16 None"


async def test_a_turn_that_comes_during_the_stop_is_refused(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """When the supervisor of turns has stopped, a turn is refused like at any other end."""
    links: list[Link[str]] = []

    async def heard(link: Link[str], text: str) -> None:
        links.append(link)

    async with open_host() as host:
        socket = await host.visit(heard)
        socket.say("hold")
        await wait_all_tasks_blocked()
        (connection,) = host.system.snapshot().children[0].children
        supervisor = host.connections_ref.child(connection.name)
        assert supervisor is not None
        queries = supervisor.child("query")  # type: ignore[attr-defined]  # a supervisor
        queries.stop()
        await wait_all_tasks_blocked()
        with pytest.raises(ServerDraining):
            await links[0].start_turn(ScriptedTurn(tell("a", 1)))


# --- whatever happens when ---------------------------------------------------------------------------------------------


@attrs.define(eq=False)
class AtStep(trio.abc.Instrument):
    """Does something after so many steps of tasks."""

    step: int
    action: Callable[[], object]
    taken: int = 0

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count, and act."""
        self.taken += 1
        if self.taken == self.step:
            self.action()


@pytest.fixture
def scheduled(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let a seed decide the order of tasks."""
    monkeypatch.setattr(_run, "_ALLOW_DETERMINISTIC_SCHEDULING", True)
    monkeypatch.setattr(_run, "_r", random.Random())
    return lambda seed: _run._r.seed(seed)


def act(host: Host, socket: MemorySocket, what: str) -> Callable[[], object]:
    """Something that ends turns."""
    match what:
        case "cancel":
            return lambda: host.dialogues[0].link.cancel_turn("a")
        case "leave":
            return socket.leave
        case "close":
            return lambda: host.dialogues[0].link.close(4000, "")
        case _:
            return host.system.stop


@pytest.mark.parametrize("what", ["cancel", "leave", "close", "stop"])
@pytest.mark.parametrize("seed", range(3))
async def test_every_turn_has_exactly_one_ending_whenever_it_comes(
    what: str, seed: int, open_host: OpenHost, autojump_clock: MockClock, scheduled: Callable[[int], None]
) -> None:
    """At whichever step a turn is ended, and in whichever order tasks run, one last event comes and nothing after it."""
    scheduled(seed)
    step = 1
    while True:
        async with open_host() as host:
            socket = await host.visit(converse, policy=TurnPolicy())
            at_step = AtStep(step, act(host, socket, what))
            socket.say("turn a 3", "turn b 2", "ping")
            trio.lowlevel.add_instrument(at_step)
            await trio.sleep(1)
            trio.lowlevel.remove_instrument(at_step)
            frames = list(socket.frames)
        for key in "ab":
            said = [frame for frame in frames if frame.startswith(("+" + key, f"done {key}", f"failed {key}"))]
            assert len(endings(said)) <= 1
            if what == "cancel" or (said and what != "leave"):
                assert endings(said) == said[-1:]
        assert not host.instrument.crashes
        if at_step.taken < step:
            break
        step += 1
    assert step > 20


async def test_a_lost_connection_is_told_to_its_turn(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """A turn blocked on a client that leaves is let go as lost, not as crashed."""
    seen: list[type[BaseException]] = []

    async def flood(output: TurnOutput[str]) -> Sequence[str]:
        try:
            while True:
                await output.send("event")
        except (ConnectionLost, trio.Cancelled) as error:
            seen.append(type(error))
            raise

    async def heard(link: Link[str], text: str) -> None:
        await link.start_turn(ScriptedTurn(flood))

    async with open_host(outbox_events=2) as host:
        socket = await host.visit(heard)
        socket.stall()
        socket.say("go")
        await wait_all_tasks_blocked()
        socket.leave()
        await wait_all_tasks_blocked()
        assert len(seen) == 1
        assert not host.instrument.crashes


async def test_a_connection_follows_what_others_publish(open_host: OpenHost, autojump_clock: MockClock) -> None:
    """Its client gets what comes; while that is busy nobody is idle, and a drained connection stays until it is not."""
    log = FrameLog(max_frames=8, max_bytes=9999)
    busy = [True]
    wakes: list[Callable[[], None]] = []

    async def follow(link: Link[str], text: str) -> None:
        assert isinstance(link, FollowingLink)
        wakes.append(link.follow(Cursor(log, lambda: busy[0])))

    async with open_host(idle_timeout=30.0) as host:
        client = await host.visit(follow)
        client.say("follow")
        await trio.sleep(100)
        assert host.connections.count == 1
        host.nursery.start_soon(host.connections.drain, 60.0)
        await trio.sleep(1)
        log.append("the last", trio.current_time())
        busy[0] = False
        wakes[0]()
        await trio.sleep(1)
        assert [client.frames[-1], *(client.closed or ())] == ["the last", 1001, "server going away"]
