"""A WebSocket client, what it asks of the records application, and how the events of that look on a terminal."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import attrs
import msgspec
import trio
import trio_websocket
from rich.console import Console
from rich.table import Table
from rich.text import Text

from smarthealth.storage.patients import DOCUMENT_TYPES

CONNECT_LIMIT = 10.0
"""Seconds to connect and be greeted."""
CLOSE_LIMIT = 1.0
"""Seconds to wait for the server's goodbye."""
MARK = re.compile(r"\[(\d+)\]")
"""A mark in an answer that points to a source."""
MAX_FRAME = 4 * 1024 * 1024
"""Bytes of the longest frame that this client takes."""


class ClientError(Exception):
    """The server refused, failed or went away; the text is for people."""


@attrs.frozen(kw_only=True)
class Document:
    """A patient's document as people write it: `CD:30995750`."""

    type_id: int
    number: str

    @classmethod
    def parse(cls, text: str) -> Document:
        """Read `TYPE:NUMBER`, the type as a code or as its number.

        Raises:
            ClientError: It is not of that form.
        """
        kind, _, number = text.partition(":")
        by_code = {document_type.code: type_id for type_id, document_type in DOCUMENT_TYPES.items()}
        type_id = int(kind) if kind.isascii() and kind.isdecimal() else by_code.get(kind.strip().upper(), 0)
        if type_id not in DOCUMENT_TYPES or not number.strip():
            raise ClientError(f"a document is written TYPE:NUMBER with a type of {', '.join(by_code)}, not {text!r}")
        return cls(type_id=type_id, number=number.strip())


@attrs.define
class Client:
    """One connection to an application."""

    socket: trio_websocket.WebSocketConnection
    session_id: str = attrs.field(factory=lambda: str(uuid.uuid4()))

    async def receive(self) -> dict[str, Any]:
        """The next message of the server.

        Raises:
            ClientError: The connection ended.
        """
        with _closing_explained():
            message = await self.socket.get_message()
        try:
            event = msgspec.json.decode(message, type=dict[str, Any])
            _ = event["type"]
        except (msgspec.DecodeError, KeyError):
            raise ClientError("the server does not speak the protocol of a smarthealth application") from None
        return event

    async def send(self, message: Mapping[str, object]) -> None:
        """Send one message.

        Raises:
            ClientError: The connection ended.
        """
        with _closing_explained():
            await self.socket.send_message(msgspec.json.encode(message).decode())

    async def ask(self, document: Document, question: str) -> AsyncIterator[dict[str, Any]]:
        """Ask and yield every message of the turn, the terminal one last.

        Raises:
            ClientError: The connection ended.
        """
        query = {
            "type": "query",
            "session_id": self.session_id,
            "document_type_id": document.type_id,
            "document_number": document.number,
            "question": question,
        }
        await self.send(query)
        while True:
            event = await self.receive()
            yield event
            if event["type"] in ("complete", "error"):
                return


@contextmanager
def _closing_explained() -> Iterator[None]:
    try:
        yield
    except trio_websocket.ConnectionClosed as closed:
        reason = closed.reason
        code = f"{reason.code} {reason.reason or reason.name}" if reason is not None else "no close frame"
        raise ClientError(f"the server closed the connection ({code})") from None


@asynccontextmanager
async def open_client(url: str, token: str | None) -> AsyncIterator[Client]:
    """Connect, with the token if there is one in the Authorization header, and wait for the greeting.

    Raises:
        ClientError: No server there, or it refused.
    """
    greeted = done = False
    headers = [] if token is None else [(b"Authorization", f"Bearer {token}".encode())]
    # a limit of our own, since the library's leaves its reading task behind when the server says nothing at all
    with trio.move_on_after(CONNECT_LIMIT) as connecting:
        try:
            async with trio_websocket.open_websocket_url(
                url, extra_headers=headers, max_message_size=MAX_FRAME, disconnect_timeout=CLOSE_LIMIT
            ) as socket:
                client = Client(socket)
                await client.receive()
                greeted, connecting.deadline = True, math.inf
                yield client
                done = True
        except trio_websocket.ConnectionRejected as refused:
            raise ClientError(f"{url} refused with {refused.status_code}: {_refusal(refused.body)}") from None
        except (trio_websocket.HandshakeError, OSError, ValueError) as error:
            # when all was said, a server that does not say goodbye takes nothing away from it
            if not greeted:
                raise _nobody(url, error) from None
            if not done:
                raise
    if connecting.cancelled_caught:
        raise _nobody(url, trio.TooSlowError())


async def require_server(url: str) -> None:
    """See whether anything listens at a WebSocket's URL.

    Raises:
        ClientError: Nothing does.
    """
    try:
        parts = urlsplit(url)
        with trio.fail_after(CONNECT_LIMIT):
            stream = await trio.open_tcp_stream(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80))
    except (trio.TooSlowError, OSError, ValueError) as error:
        raise _nobody(url, error) from None
    await stream.aclose()


_PORTS = {"ws": 80, "wss": 443}


def _nobody(url: str, error: Exception) -> ClientError:
    if isinstance(error, trio.TooSlowError):
        reason = f"no answer within {CONNECT_LIMIT:g} s"
    else:
        reason = str(error.__cause__ or error) or type(error).__name__
    return ClientError(f"no smarthealth server at {url}: {reason}")


def _refusal(body: bytes | None) -> str:
    """The sentence in a refusal's JSON body."""
    try:
        sentence: str = msgspec.json.decode(body or b"{}")["error"]["message"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return "no reason given"
    return sentence


def draw_event(console: Console, event: dict[str, Any]) -> None:
    """Print one message: statuses dim, tokens as they come, sources as a table at the end."""
    match event["type"]:
        case "status":
            console.print(Text(event["message"], style="dim"))
        case "token":
            console.print(Text(event["token"]), end="", soft_wrap=True)
        case "stream_end":
            console.print()
        case "complete":
            draw_sources(console, event)
        case "error":
            error = event["error"]
            console.print(Text(f"{error['code']}: {error['message']}", style="red"))
        case _:
            pass  # what a newer server sends beside


def draw_sources(console: Console, event: dict[str, Any]) -> None:
    """Print the sources that the answer cites, and what else it was made of."""
    metadata, answer = event["metadata"], event["answer"]
    cited = {int(mark) for mark in MARK.findall(answer["text"])}
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for heading, width in (("", 4), ("date", 10), ("type", 12)):
        table.add_column(heading, no_wrap=True, width=width)
    table.add_column("excerpt", no_wrap=True, overflow="ellipsis", ratio=1)
    for source in metadata.get("sources", ()):
        if source["id"] in cited:
            excerpt = " ".join(source["excerpt"].split())
            table.add_row(*map(Text, (f"[{source['id']}]", source["date"] or "", source["type"], excerpt)))
    console.print()
    console.print(table)
    records, chunks = metadata["total_records_analyzed"], metadata["vector_chunks_used"]
    summary = f"{answer['model_used']} · confidence {answer['confidence']:.2f} · {records} records, {chunks} passages"
    console.print(Text(summary, style="dim"))
