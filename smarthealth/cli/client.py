"""A WebSocket client of the records protocol, and how its events look on a terminal."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import msgspec
import trio_websocket
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarthealth.storage.patients import DOCUMENT_TYPES

CONNECT_LIMIT = 10.0
"""Seconds to connect and be greeted."""
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
        type_id = int(kind) if kind.isdecimal() else by_code.get(kind.strip().upper(), 0)
        if type_id not in DOCUMENT_TYPES or not number.strip():
            raise ClientError(f"a document is written TYPE:NUMBER with a type of {', '.join(by_code)}, not {text!r}")
        return cls(type_id=type_id, number=number.strip())


@attrs.define
class Client:
    """One connection to the records application."""

    socket: trio_websocket.WebSocketConnection
    session_id: str = attrs.field(factory=lambda: str(uuid.uuid4()))

    async def receive(self) -> dict[str, Any]:
        """The next message of the server.

        Raises:
            ClientError: The connection ended.
        """
        try:
            message = await self.socket.get_message()
        except trio_websocket.ConnectionClosed as closed:
            reason = closed.reason
            code = f"{reason.code} {reason.reason or reason.name}" if reason is not None else "no close frame"
            raise ClientError(f"the server closed the connection ({code})") from None
        event: dict[str, Any] = msgspec.json.decode(message)
        return event

    async def ask(self, document: Document, question: str) -> AsyncIterator[dict[str, Any]]:
        """Ask and yield every message of the turn, the terminal one last."""
        query = {
            "type": "query",
            "session_id": self.session_id,
            "document_type_id": document.type_id,
            "document_number": document.number,
            "question": question,
        }
        await self.socket.send_message(msgspec.json.encode(query).decode())
        while True:
            event = await self.receive()
            yield event
            if event["type"] in ("complete", "error"):
                return


@asynccontextmanager
async def open_client(url: str, token: str) -> AsyncIterator[Client]:
    """Connect with a token in the Authorization header and wait for the greeting.

    Raises:
        ClientError: No server there, or it refused.
    """
    headers = [(b"Authorization", f"Bearer {token}".encode())]
    try:
        async with trio_websocket.open_websocket_url(
            url,
            extra_headers=headers,
            max_message_size=MAX_FRAME,
            connect_timeout=CONNECT_LIMIT,
            disconnect_timeout=1.0,
        ) as socket:
            client = Client(socket)
            await client.receive()
            yield client
    except trio_websocket.ConnectionRejected as refused:
        raise ClientError(f"{url} refused with {refused.status_code}: {_refusal(refused.body)}") from None
    except (trio_websocket.HandshakeError, OSError, ValueError) as error:
        raise ClientError(f"no smarthealth server at {url}: {str(error) or type(error).__name__}") from None


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
            console.print(event["message"], style="dim")
        case "token":
            console.print(event["token"], end="", markup=False, highlight=False, soft_wrap=True)
        case "stream_end":
            console.print()
        case "complete":
            draw_sources(console, event)
        case "error":
            error = event["error"]
            console.print(f"{error['code']}: {error['message']}", style="red", markup=False)
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
            excerpt = escape(" ".join(source["excerpt"].split()))
            table.add_row(escape(f"[{source['id']}]"), source["date"] or "", source["type"], excerpt)
    console.print()
    console.print(table)
    records, chunks = metadata["total_records_analyzed"], metadata["vector_chunks_used"]
    console.print(
        f"{answer['model_used']} · confidence {answer['confidence']:.2f} · {records} records, {chunks} passages",
        style="dim",
    )
