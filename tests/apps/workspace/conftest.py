"""The workspace application over a real database, with sockets in memory, a scripted model and tools that keep files in a dict."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

import attrs
import pytest
import trio

from smarthealth.actors import ChildSpec, DynamicSupervisor, System, open_system
from smarthealth.apps.workspace.application import CHAT, ROOMS, workspace_application
from smarthealth.apps.workspace.services import WorkspaceServices
from smarthealth.apps.workspace.settings import WorkspaceSettings
from smarthealth.apps.workspace.workbench import KeptFile, Workbench
from smarthealth.conversation.application import Application, HttpAnswer, HttpRequest, Principal
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.conversation.socket import SocketClosed
from smarthealth.llm.port import ChatModel, ToolCall
from smarthealth.llm.tooling import Toolbox, ToolError, make_tool
from smarthealth.server.rate import TokenBuckets
from smarthealth.storage.conversations import Conversations
from smarthealth.storage.pool import Pool
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply

LIMIT = 10.0
"""Seconds in which whatever a test waits for must come."""
TERMINAL = "done"
ANA = Principal(user_id=7, email="ana@example.org", name="Ana", role="patient", expires_at=4e9)
BEN = Principal(user_id=8, email="ben@example.org", name="Ben", role="patient", expires_at=4e9)

Message = dict[str, Any]


@attrs.define(eq=False)
class Files:
    """Tools over files in memory, and a workbench of them."""

    contents: dict[str, str] = attrs.field(factory=dict)
    hold: trio.Event | None = None
    """When there is one, `wait` ends with it."""
    began: trio.Event = attrs.field(factory=trio.Event)
    kept: list[str] = attrs.field(factory=list)

    async def write_file(self, path: Annotated[str, "Ruta"], content: str) -> dict[str, object]:
        """Escribe un archivo."""
        self.contents[path] = content
        return {"path": path, "size": len(content)}

    async def read_file(self, path: str) -> str:
        """Lee un archivo."""
        if path not in self.contents:
            raise ToolError(f"no existe {path}")
        return self.contents[path]

    async def list_directory(self) -> dict[str, object]:
        """Lista los archivos."""
        return {"entries": [{"name": name, "size": len(text)} for name, text in sorted(self.contents.items())]}

    async def delete_file(self, path: str) -> dict[str, str]:
        """Elimina un archivo."""
        if path not in self.contents:
            raise ToolError(f"no existe {path}")
        del self.contents[path]
        return {"path": path}

    async def wait(self) -> str:
        """Espera hasta que la prueba quiera."""
        self.began.set()
        await (self.hold if self.hold is not None else trio.Event()).wait()
        return "listo"

    @property
    def toolbox(self) -> Toolbox:
        """The tools."""
        return Toolbox(
            [
                make_tool(self.write_file),
                make_tool(self.read_file),
                make_tool(self.list_directory),
                make_tool(self.delete_file, needs_approval=True),
                make_tool(self.wait),
            ]
        )

    async def keep_rest(self, call: ToolCall, text: str) -> str | None:
        """Keep it."""
        self.kept.append(text)
        return "resultados/1.txt"

    async def files(self) -> Sequence[KeptFile]:
        """All of them."""
        return [KeptFile(path=path, size=len(text), modified="") for path, text in self.contents.items()]

    async def download(self, path: str) -> bytes:
        """One of them."""
        return (await self.read_file(path)).encode()


@attrs.define(eq=False)
class Client:
    """A socket in memory whose client is the test."""

    frames: list[Message] = attrs.field(factory=list)
    """Everything that came."""
    code: int | None = None
    """How the server closed."""
    _read: int = 0
    _inbound: trio.MemorySendChannel[str] = attrs.field(init=False)
    _outbound: trio.MemoryReceiveChannel[str] = attrs.field(init=False)
    _came: trio.Event = attrs.field(factory=trio.Event)

    def __attrs_post_init__(self) -> None:
        self._inbound, self._outbound = trio.open_memory_channel[str](1000)

    def say(self, **fields: object) -> None:
        """Send a message."""
        self.say_text(json.dumps(fields))

    def say_text(self, text: str) -> None:
        """Send a text frame."""
        self._inbound.send_nowait(text)

    def leave(self) -> None:
        """Close the connection."""
        self._inbound.close()

    async def receive(self) -> Message:
        """The next message."""
        with trio.fail_after(LIMIT):
            while self._read >= len(self.frames):
                assert self.code is None, f"closed with {self.code}"
                self._came = trio.Event()
                await self._came.wait()
        self._read += 1
        return self.frames[self._read - 1]

    async def until(self, kind: str) -> list[Message]:
        """All messages up to the next of a type."""
        found = [await self.receive()]
        while found[-1]["type"] != kind:
            found.append(await self.receive())
        return found

    async def ask(self, words: str) -> list[Message]:
        """Say something, and all messages of the turn."""
        self.say(message=words)
        return await self.until(TERMINAL)

    async def wait_closed(self) -> int:
        """Wait until the server has closed; its code."""
        with trio.fail_after(LIMIT):
            while self.code is None:
                self._came = trio.Event()
                await self._came.wait()
        return self.code

    # the server's side

    async def socket_receive(self) -> str:
        """The next frame of the client."""
        try:
            return await self._outbound.receive()
        except trio.EndOfChannel:
            raise SocketClosed(1000) from None


@attrs.frozen
class _Socket:
    client: Client

    async def receive(self) -> str | bytes:
        return await self.client.socket_receive()

    async def send(self, frames: Sequence[str]) -> None:
        await trio.lowlevel.checkpoint()
        self.send_now(frames)

    def send_now(self, frames: Sequence[str]) -> bool:
        self.client.frames += [json.loads(frame) for frame in frames]
        self.client._came.set()
        return True

    def take_longer(self, longest: int) -> None:
        """Nothing is bounded here."""

    async def close(self, code: int, reason: str) -> None:
        self.client.code = code
        self.client._came.set()
        self.client._inbound.close()


@attrs.define(eq=False)
class Office:
    """The application, and who visits it."""

    system: System
    connections: Connections
    application: Application
    nursery: trio.Nursery
    conversations: Conversations
    files: Files

    async def may_enter(self, name: str, principal: Principal | None = None, invite: str | None = None) -> bool:
        """What the door says."""
        endpoint = self.application.endpoints[0]
        return await endpoint.may_enter(principal, self._parts(name, invite))

    async def visit(self, name: str = "c", principal: Principal | None = None, invite: str | None = None) -> Client:
        """Come in, and read the greeting."""
        assert await self.may_enter(name, principal, invite)
        return await self.enter(name, principal, invite)

    async def enter(self, name: str, principal: Principal | None = None, invite: str | None = None) -> Client:
        """Come in whatever the door says."""
        client = Client()
        serve = functools.partial(
            self.connections.serve,
            _Socket(client),
            self.application.endpoints[0],
            principal,
            self._parts(name, invite),
            address="192.0.2.7",
        )
        self.nursery.start_soon(serve)
        assert (await client.receive())["type"] == "connected"
        return client

    async def settled(self, *clients: Client) -> None:
        """See that everything before this has been dealt with."""
        for client in clients:
            client.say(type="ping")
            await client.until("pong")

    async def request(
        self, method: str, path: str, principal: Principal | None = ANA, body: bytes = b"", **query: str
    ) -> HttpAnswer:
        """Ask by HTTP."""
        parts = path.split("/")
        route = next(
            route for route in self.application.http if route.method == method and route.path.count("/") == 4 + len(parts) - 1
            and route.path.split("/")[5] == parts[1]
        )  # fmt: skip
        names = {"conversation_id": parts[0]} | ({"invite_id": parts[2]} if len(parts) > 2 else {})
        return await route.answer(
            HttpRequest(principal=principal, address="192.0.2.7", path_parts=names, query=query, body=body)
        )

    def _parts(self, name: str, invite: str | None) -> dict[str, str]:
        assert "{conversation_id}" in CHAT
        return {"conversation_id": name} | ({"invite": invite} if invite is not None else {})


OpenOffice = Callable[..., AbstractAsyncContextManager[Office]]


@pytest.fixture
def open_office(pool: Pool) -> OpenOffice:
    """Open the application: with a model, settings by name, and files that outlive it when they are given."""

    @asynccontextmanager
    async def open_it(
        *replies: Reply,
        model: ChatModel | None = None,
        files: Files | None = None,
        conversations: Any = None,
        burst: int = 1000,
        **settings: Any,
    ) -> AsyncIterator[Office]:
        kept, store = files or Files(), Conversations(pool)

        def open_workbench(name: str) -> Workbench:
            return kept

        async with trio.open_nursery() as nursery, open_system("test") as system:
            services = WorkspaceServices(
                conversations=conversations or store,
                chat_model=model or ScriptedChatModel(*replies),
                open_workbench=open_workbench,
                limiter=TokenBuckets(60.0, burst),
                settings=WorkspaceSettings(**settings),
                find_supervisor=system.child,
            )
            connections = Connections(ConversationSettings())
            await system.start_child(ChildSpec(name=ROOMS, start=DynamicSupervisor(max_children=99)))
            await connections.start(system)
            yield Office(system, connections, workspace_application(services), nursery, store, kept)

    return open_it


def call(name: str, /, call_id: str = "call_1", **arguments: object) -> ToolCall:
    """A call as a model writes it."""
    return ToolCall(id=call_id, name=name, arguments=json.dumps(arguments))


def kinds(messages: Sequence[Message]) -> list[str]:
    """Types of messages."""
    return [message["type"] for message in messages]
