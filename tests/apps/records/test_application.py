"""The records application on the engine: whole conversations, without a network."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors import System, open_system
from smarthealth.apps.records.application import records_application
from smarthealth.apps.records.settings import RecordsSettings
from smarthealth.conversation.application import Principal
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.conversation.socket import SocketClosed
from smarthealth.testing.script import Ending, Reply
from tests.apps.records.conftest import SESSION, World

OTHER = "f6a1b6a2-50b5-4f0c-8b43-5a1f5d1f2b22"
STATUSES = ["searching_patient", "vector_search", "building_context", "generating"]


@attrs.define(eq=False)
class Peer:
    """A client in memory."""

    frames: list[dict[str, Any]] = attrs.field(factory=list)
    closed: tuple[int, str] | None = None
    _inbound: list[str] = attrs.field(factory=list)
    _arrived: trio.Event = attrs.field(factory=trio.Event)

    def ask(self, session_id: str = SESSION, **changes: object) -> None:
        """Send a query."""
        query = {"document_type_id": 8, "document_number": "30995750", "question": "¿Y su A1c?", **changes}
        self.say(json.dumps({"type": "query", "session_id": session_id, **query}))

    def say(self, text: str) -> None:
        """Send a frame."""
        self._inbound.append(text)
        self._arrived.set()

    def kinds(self, session_id: str = SESSION) -> list[str]:
        """Types of the messages for a session, tokens once."""
        mine = [frame["type"] for frame in self.frames if frame.get("session_id") == session_id]
        return [kind for number, kind in enumerate(mine) if kind != "token" or mine[number - 1] != "token"]

    @property
    def codes(self) -> list[str]:
        """Codes of the errors."""
        return [frame["error"]["code"] for frame in self.frames if frame["type"] == "error"]

    async def receive(self) -> str | bytes:
        """Give the next frame."""
        while not self._inbound:
            if self.closed is not None:
                raise SocketClosed(*self.closed)
            self._arrived = trio.Event()
            await self._arrived.wait()
        return self._inbound.pop(0)

    async def send(self, frames: Sequence[str]) -> None:
        """Take frames."""
        await trio.lowlevel.checkpoint()
        self.frames.extend(json.loads(frame) for frame in frames)

    def take_longer(self, longest: int) -> None:
        """Take what comes, as ever."""

    def send_now(self, frames: Sequence[str]) -> bool:
        """Take frames."""
        self.frames.extend(json.loads(frame) for frame in frames)
        return True

    async def close(self, code: int, reason: str) -> None:
        """Be closed."""
        await trio.lowlevel.checkpoint()
        self.closed = (code, reason)


@attrs.define(eq=False)
class Site:
    """The application, being served."""

    world: World
    system: System
    connections: Connections
    nursery: trio.Nursery

    async def visit(self, user_id: int = 7) -> Peer:
        """Connect a clinician."""
        peer = Peer()
        (endpoint,) = records_application(self.world.services).endpoints
        principal = Principal(user_id=user_id, email=None, name=None, role="clinician", expires_at=2e9)
        self.nursery.start_soon(partial(self.connections.serve, peer, endpoint, principal, {}))
        await wait_all_tasks_blocked()
        return peer


@asynccontextmanager
async def open_site(world: World, **settings: float) -> AsyncIterator[Site]:
    """Serve the application."""
    connections = Connections(ConversationSettings(**settings))  # type: ignore[arg-type]  # ints stay ints
    async with trio.open_nursery() as nursery, open_system("test") as system:
        await connections.start(system)
        yield Site(world, system, connections, nursery)


def test_only_clinicians_and_admins_may_enter() -> None:
    """The one endpoint needs a token, of a role that may see records."""
    application = records_application(World().services)
    (endpoint,) = application.endpoints
    assert (application.name, endpoint.path, endpoint.authentication) == ("records", "/ws/chat", "required")
    assert endpoint.roles == {"clinician", "admin"}
    assert set(application.client_messages) == {"query", "ping"}
    assert "complete" in application.server_messages


def test_the_policy_is_a_setting() -> None:
    """What happens to a busy session's query is what the settings say."""
    (endpoint,) = records_application(World(settings=RecordsSettings(when_busy="interrupt")).services).endpoints
    assert endpoint.turns.when_busy == "interrupt"


async def test_a_query_runs_as_the_document_shows(world: World, autojump_clock: MockClock) -> None:
    """Greeting, four statuses, start, tokens, end, complete: in this order and nothing else."""
    async with open_site(world) as site:
        peer = await site.visit()
        peer.ask()
        await wait_all_tasks_blocked()
    statuses = [frame["status"] for frame in peer.frames if frame["type"] == "status"]
    assert peer.frames[0]["type"] == "connected"
    assert statuses == STATUSES
    assert peer.kinds() == ["stream_start", "token", "stream_end", "complete"]
    tokens = [frame["token"] for frame in peer.frames if frame["type"] == "token"]
    assert "".join(tokens) == peer.frames[-1]["answer"]["text"] == "Fue 6.1 % [1]."


async def test_a_ping_is_answered_in_the_middle_of_an_answer(world: World, autojump_clock: MockClock) -> None:
    """The pong comes between tokens."""
    world.model.script.add(Reply(text="uno dos tres cuatro", pace=1.0))
    async with open_site(world) as site:
        peer = await site.visit()
        peer.ask()
        await trio.sleep(1.5)
        peer.say('{"type": "ping"}')
        await trio.sleep(10)
    kinds = [frame["type"] for frame in peer.frames]
    pong = kinds.index("pong")
    assert kinds[pong - 1] == kinds[pong + 1] == "token"
    assert kinds[-1] == "complete"


async def test_a_busy_session_is_refused_on_every_connection(world: World, autojump_clock: MockClock) -> None:
    """SESSION_BUSY goes to who asks again, here, there and in upper case; the answer goes on."""
    world.model.script.add(Reply(text="uno dos tres", pace=1.0))
    async with open_site(world) as site:
        peer, same_user = await site.visit(), await site.visit()
        peer.ask()
        await trio.sleep(0.5)
        peer.ask(SESSION.upper())
        same_user.ask()
        await trio.sleep(10)
    assert peer.codes == same_user.codes == ["SESSION_BUSY"]
    assert peer.kinds(SESSION.upper()) == ["error"]
    assert peer.kinds() == ["stream_start", "token", "stream_end", "complete"]


async def test_one_query_too_many_is_refused(world: World, autojump_clock: MockClock) -> None:
    """Sessions are answered side by side up to the limit."""
    world.model.script.rule = lambda request: Reply(text="uno dos", pace=1.0)
    sessions = [f"{number}{SESSION[1:]}" for number in range(5)]
    async with open_site(world) as site:
        peer = await site.visit()
        for session in sessions:
            peer.ask(session)
        await trio.sleep(10)
    assert peer.codes == ["TOO_MANY_REQUESTS"]
    assert peer.kinds(sessions[4]) == ["error"]
    assert all(peer.kinds(session)[-1] == "complete" for session in sessions[:4])


async def test_a_session_belongs_to_who_opened_it(world: World, autojump_clock: MockClock) -> None:
    """Another user gets an error, not the history, and not busy either."""
    async with open_site(world) as site:
        owner, stranger = await site.visit(7), await site.visit(8)
        owner.ask()
        await wait_all_tasks_blocked()
        stranger.ask()
        await wait_all_tasks_blocked()
    assert stranger.codes == ["INVALID_REQUEST"]
    assert "session_id" in stranger.frames[-1]["error"]["message"]


@pytest.mark.parametrize(
    ("search", "model", "settings", "code", "seconds"),
    [
        (11.0, 0.0, RecordsSettings(), "VECTOR_SEARCH_TIMEOUT", 10.0),
        (5.0, 1000.0, RecordsSettings(), "LLM_TIMEOUT", 50.0),
        (9.0, 1000.0, RecordsSettings(total_request_timeout=30.0), "REQUEST_TIMEOUT", 30.0),
    ],
    ids=["search", "model", "whole"],
)
async def test_whichever_deadline_passes_first_names_the_code(
    search: float, model: float, settings: RecordsSettings, code: str, seconds: float, autojump_clock: MockClock
) -> None:
    """Three nested deadlines, each with its error, and the turn is over then."""
    world = World(settings=settings)
    world.grounding.trouble.delay = search
    world.model.script.add(Reply(text="uno", first_token_delay=model))
    async with open_site(world) as site:
        peer = await site.visit()
        peer.ask()
        await trio.sleep(seconds - 0.1)
        assert not peer.codes
        await trio.sleep(0.2)
        assert peer.codes == [code]
        assert peer.kinds() == ["error"]
        peer.ask()
        await trio.sleep(1)
        assert world.audit.outcomes == [("query", code)]


async def test_a_stream_is_ended_before_its_error(world: World, autojump_clock: MockClock) -> None:
    """When `stream_start` went out, `stream_end` goes before the error, and nothing after."""
    world.model.script.add(Reply(text="uno dos tres", ending=Ending.CUT, after=2, pace=1.0))
    world.model.script.add(Reply(text="uno dos tres", ending=Ending.HANG, after=1))
    async with open_site(world) as site:
        peer = await site.visit()
        peer.ask()
        peer.ask(OTHER)
        await trio.sleep(100)
    assert peer.codes == ["LLM_ERROR", "LLM_TIMEOUT"]
    for session in (SESSION, OTHER):
        assert peer.kinds(session) == ["stream_start", "token", "stream_end", "error"]


async def test_a_crash_is_a_processing_error(world: World, autojump_clock: MockClock) -> None:
    """What nobody expected is PROCESSING_ERROR, and the connection goes on."""
    world.grounding.trouble.error = LookupError("secret")
    async with open_site(world) as site:
        peer = await site.visit()
        peer.ask()
        await wait_all_tasks_blocked()
        peer.say('{"type": "ping"}')
        await wait_all_tasks_blocked()
    assert peer.codes == ["PROCESSING_ERROR"]
    assert "secret" not in json.dumps(peer.frames)
    assert peer.frames[-1] == {"type": "pong"}
    assert world.audit.outcomes == [("query", "PROCESSING_ERROR")]


async def test_an_answer_that_cannot_be_kept_does_not_complete(world: World, autojump_clock: MockClock) -> None:
    """Without the rows there is no `complete` but PROCESSING_ERROR, be the database down or hanging."""
    world.audit.trouble.delay = 1000.0
    async with open_site(world, settle_timeout=3.0) as site:
        peer = await site.visit()
        peer.ask()
        await trio.sleep(4)
    assert peer.kinds() == ["stream_start", "token", "stream_end", "error"]
    assert peer.codes == ["PROCESSING_ERROR"]


async def test_shutdown_lets_an_answer_finish(world: World, autojump_clock: MockClock) -> None:
    """A running answer has its grace, a longer one is ended, and clients get 1001."""
    world.model.script.rule = lambda request: Reply(text="uno dos tres", pace=1.0)
    async with open_site(world) as site:
        peer = await site.visit()
        peer.ask()
        await trio.sleep(0.5)
        site.nursery.start_soon(site.connections.drain, 10.0)
        await trio.sleep(0.1)
        peer.ask(OTHER)
        await trio.sleep(10)
    assert peer.kinds() == ["stream_start", "token", "stream_end", "complete"]
    assert peer.kinds(OTHER) == ["error"]
    assert peer.closed == (1001, "server going away")
