"""Locust users of all five applications, over real WebSockets.

    uv run --group loadtest locust -f loadtest/locustfile.py --host http://127.0.0.1:8088

Each user signs in where that is needed, connects, asks, reads to the end of the answer, thinks, and now and then comes back
on a new connection. In Locust's statistics, by application: `connect`, `first token`, `gap` (the longest wait within an
answer) and `turn`. Choose applications by their classes: `locust … RecordsUser SupportUser`.
"""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

import gevent
import requests
import websocket
from locust import User, between, constant_pacing, events, task

from loadtest.protocols import DOCTOR, RECORDS, SUPPORT, TAXI, WORKSPACE, Part, Protocol, questions_of

PATIENCE: Final = 90.0
"""Seconds for the next event of an answer."""
STAYS: Final = 20
"""Answers on one connection, about, before a user comes back on a new one."""
EMAIL: Final = os.environ.get("LOADTEST_EMAIL", "demo@smarthealth.local")
PASSWORD: Final = os.environ.get("LOADTEST_PASSWORD", "")
TOKEN: Final = os.environ.get("LOADTEST_TOKEN", "")
"""A token to use instead of signing in: `smarthealth token EMAIL`."""

PACE: Final = float(os.environ.get("LOADTEST_PACE", "0"))
"""Seconds from one question of a user to the next, however long the answer takes; 0 for one to five after it."""

_tokens: dict[str, str] = {}
"""By host: signing in is slow on purpose, so all users of a process share one."""


class Refused(Exception):
    """The answer was an error."""


def token_for(host: str) -> str:
    """The token for a server; signs in the first time."""
    if TOKEN:
        return TOKEN
    if host not in _tokens:
        answer = requests.post(f"{host}/auth/login", json={"email": EMAIL, "password": PASSWORD}, timeout=PATIENCE)
        answer.raise_for_status()
        _tokens[host] = answer.json()["access_token"]
    return _tokens[host]


class Conversation(User):
    """Somebody who asks, reads and thinks."""

    abstract = True
    wait_time = constant_pacing(PACE) if PACE else between(1, 5)
    protocol: Protocol

    def on_start(self) -> None:
        """Come in for the first time."""
        self._socket: websocket.WebSocket | None = None
        self._session = str(uuid.uuid4())
        self._questions = questions_of(self.protocol, random.randrange(1000))

    def on_stop(self) -> None:
        """Leave."""
        self._leave()

    @task
    def ask(self) -> None:
        """Ask one question and read the answer to its end."""
        try:
            if self._socket is None:
                self._timed("connect", self._connect)
            self._timed("turn", self._turn)
        except (OSError, websocket.WebSocketException, Refused):
            self._leave()  # and come back next time; Locust has counted it
        if random.random() < 1 / STAYS:
            self._leave()

    def _connect(self) -> int:
        token = token_for(self.host) if self.protocol.needs_token else None
        base = self.host.replace("http", "ws", 1)
        address = self.protocol.address(base, self._session, token)
        try:
            self._socket = websocket.create_connection(address, timeout=PATIENCE, enable_multithread=False)
        except websocket.WebSocketBadStatusException as error:
            raise Refused(f"handshake answered {error.status_code}") from None  # one line in the report, not one each
        return len(self._receive()[1]) if self.protocol.greets else 0

    def _turn(self) -> int:
        assert self._socket is not None
        asked = latest = time.perf_counter()
        longest, size, begun = 0.0, 0, False
        self._socket.send(json.dumps(self.protocol.say(next(self._questions), self._session)))
        while True:
            event, frame = self._receive()
            size += len(frame)
            now = time.perf_counter()
            match self.protocol.read(event):
                case Part.TOKEN:
                    if begun:
                        longest = max(longest, now - latest)
                    else:
                        begun = True
                        self._report("first token", now - asked, len(frame))
                    latest = now
                case Part.END:
                    if begun:
                        self._report("gap", longest, 0)
                    return size
                case Part.FAILURE:
                    raise Refused(str(event.get("error") or event.get("error_type") or event))
                case Part.OTHER:
                    continue

    def _receive(self) -> tuple[Mapping[str, Any], str]:
        assert self._socket is not None
        frame = self._socket.recv()
        if not frame:
            raise websocket.WebSocketConnectionClosedException("the server closed the connection")
        return json.loads(frame), frame

    def _leave(self) -> None:
        if self._socket is not None:
            self._socket.close(timeout=1)
            self._socket = None

    def _timed(self, name: str, work: Any) -> None:
        began = time.perf_counter()
        try:
            size = work()
        except (OSError, websocket.WebSocketException, Refused) as error:
            self._report(name, time.perf_counter() - began, 0, error)
            raise
        self._report(name, time.perf_counter() - began, size)

    def _report(self, name: str, seconds: float, size: int, error: Exception | None = None) -> None:
        events.request.fire(
            request_type=self.protocol.name,
            name=name,
            response_time=1000 * seconds,
            response_length=size,
            exception=error,
            context={},
        )


class RecordsUser(Conversation):
    """A clinician who asks about a patient."""

    protocol = RECORDS


class DoctorUser(Conversation):
    """Somebody with an everyday complaint."""

    protocol = DOCTOR


class TaxiUser(Conversation):
    """Somebody who wants a taxi."""

    protocol = TAXI


class WorkspaceUser(Conversation):
    """Somebody who has an agent work with files."""

    protocol = WORKSPACE


class SupportUser(Conversation):
    """Somebody with a question about their car."""

    protocol = SUPPORT


@events.test_start.add_listener
def sign_in_once(environment: Any, **_: Any) -> None:
    """Sign in before a thousand users try to at once."""
    wanted = environment.user_classes
    if environment.host and any(each.protocol.needs_token for each in wanted if issubclass(each, Conversation)):
        gevent.spawn(token_for, environment.host).join()
