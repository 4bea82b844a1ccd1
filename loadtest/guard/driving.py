"""A provider and clients that do one thing at a time, with sockets that block."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from contextlib import suppress
from hashlib import sha512
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any, Final, Self

PATIENCE: Final = 60.0
"""Seconds for anything; instructions that are counted take fifty times longer."""


class Provider:
    """An OpenAI-compatible provider: embeddings at once, answers token by token when they are told to."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._answers: SimpleQueue[Answer] = SimpleQueue()
        Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"

    def begin(self) -> Answer:
        """Wait until it is asked for an answer."""
        return self._answers.get(timeout=PATIENCE)

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file, suppress(OSError):
            while target := file.readline():
                length = 0
                while (line := file.readline().lower()) not in (b"\r\n", b""):
                    if line.startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                body = json.loads(file.read(length))
                if b"/embeddings " in target:
                    connection.sendall(_embeddings(body))
                    continue
                answer = Answer(connection)
                self._answers.put(answer)
                answer.over.wait(PATIENCE)


def _embeddings(request: dict[str, Any]) -> bytes:
    texts = [request["input"]] if isinstance(request["input"], str) else request["input"]
    data = [{"object": "embedding", "index": index, "embedding": _vector(text)} for index, text in enumerate(texts)]
    body = json.dumps({"object": "list", "data": data, "model": request["model"], "usage": {}}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def _vector(text: str) -> str:
    """Sixty-four numbers that are the same for the same text, as base64 of floats."""
    values = (byte / 255 - 0.5 for byte in sha512(text.encode()).digest())
    return base64.b64encode(struct.pack("<64f", *values)).decode()


class Answer:
    """One streamed answer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.over = Event()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")

    def say(self, text: str) -> None:
        """Send one token."""
        self._event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})

    def end(self) -> None:
        """End it."""
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._chunk(b"data: [DONE]\n\n")
        self._connection.sendall(b"0\r\n\r\n")
        self.over.set()

    def _event(self, event: dict[str, object]) -> None:
        chunk = {"id": "guard", "object": "chat.completion.chunk", "created": 0, "model": "guard", **event}
        self._chunk(b"data: %s\n\n" % json.dumps(chunk).encode())

    def _chunk(self, data: bytes) -> None:
        self._connection.sendall(b"%x\r\n%s\r\n" % (len(data), data))


class Client:
    """A client of the records application."""

    def __init__(self, port: int, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._file = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET /ws/chat?token={token} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        status = self._file.readline()
        assert b" 101 " in status, status
        while self._file.readline() != b"\r\n":
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._file.close()
            self._socket.close()

    def send(self, **message: object) -> None:
        """Send a message."""
        data = json.dumps(message).encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
        self._socket.sendall(b"\x81" + size + bytes(4) + data)  # a mask of nothing

    def receive(self) -> dict[str, Any]:
        """The next message."""
        _, size = self._file.read(2)
        if size == 126:
            (size,) = struct.unpack("!H", self._file.read(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._file.read(8))
        message: dict[str, Any] = json.loads(self._file.read(size))
        return message

    def receive_until(self, kind: str) -> dict[str, Any]:
        """The next message of a kind; an error is none of them.

        Raises:
            AssertionError: The server reports an error.
        """
        while (message := self.receive())["type"] != kind:
            assert message["type"] != "error", message
        return message
