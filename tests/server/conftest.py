"""A hardened Hypercorn on a free port of loopback, for tests with real sockets."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
import trio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smarthealth.actors import ActorSnapshot
from smarthealth.actors.snapshot import Kind, State, TaskSnapshot, WaitReason
from smarthealth.conversation.application import Application, Endpoint, Principal
from smarthealth.conversation.socket import SocketClosed
from smarthealth.server.accounts import Accounts
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.server.hypercorn.listeners import Bind, open_listeners
from smarthealth.server.hypercorn.serving import Shell
from smarthealth.server.hypercorn.watch import Watch
from smarthealth.server.metrics import Metrics
from smarthealth.server.passwords import Passwords
from smarthealth.server.service import make_app
from smarthealth.server.services import ServerServices
from smarthealth.server.settings import ServerSettings
from smarthealth.server.tokens import Tokens, read_keys
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.storage.patients import PatientInfo, PatientPage
from smarthealth.storage.users import User
from smarthealth.testing.raw_peer import open_raw_peer

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


async def do_nothing() -> None:
    """Drain nothing."""


@pytest.fixture
def open_shell() -> OpenShell:
    """Serve an ASGI application, yielding the port; its lifespan is dealt with, its end is forced."""

    @asynccontextmanager
    async def open_it(
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        limits: ShellLimits | None = None,
        *,
        watch: Watch | None = None,
        stopping: trio.Event | None = None,
        drain: Callable[[], Awaitable[None]] = do_nothing,
        grace: float = 1.0,
        tls: ssl.SSLContext | None = None,
    ) -> AsyncIterator[int]:
        async def with_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "lifespan":
                await app(scope, receive, send)
                return
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})

        limits = limits or ShellLimits()
        event = stopping if stopping is not None else trio.Event()
        shell = Shell(with_lifespan, limits, watch)
        with open_listeners([Bind(name="main", address="127.0.0.1:0")], limits) as listeners:
            async with trio.open_nursery() as nursery:
                serve = partial(shell.serve, listeners, tls=tls, stopping=event, drain=drain, grace=grace)
                await nursery.start(serve)
                yield listeners[0].port
                if not event.is_set():
                    nursery.cancel_scope.cancel()

    return open_it


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def client_tls(certificate: Path) -> ssl.SSLContext:
    """A client's side of TLS."""
    return ssl.create_default_context(cafile=str(certificate))


@attrs.frozen
class HttpAnswer:
    """A whole HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)


Ask = Callable[..., Awaitable[HttpAnswer]]


@pytest.fixture
def ask() -> Ask:
    """Make one HTTP request to a port of this machine."""

    async def request(
        port: int,
        path: str,
        method: str = "GET",
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> HttpAnswer:
        given = {"Host": f"localhost:{port}", "Connection": "close"} | (headers or {})
        if body or method == "POST":
            given["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        async with open_raw_peer(port) as peer:
            await peer.send(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
            head = await peer.read_head()
            status_line, *found = head.split("\r\n")
            parsed = {name.lower(): value for name, _, value in (line.partition(": ") for line in found)}
            return HttpAnswer(int(status_line.split()[1]), parsed, await peer.read_rest())

    return request


class UserBook:
    """Users in memory; fails like a database that is gone when told to."""

    def __init__(self) -> None:
        self.rows: dict[int, User] = {}
        self.gone = False

    def add(self, **changes: Any) -> User:
        """Add a user."""
        given: dict[str, Any] = {
            "id": len(self.rows) + 1,
            "email": f"user{len(self.rows) + 1}@example.org",
            "full_name": "Ana Ruiz",
            "role": "clinician",
            "password_hash": "",
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
            "disabled_at": None,
        }
        user = User(**given | changes)
        self.rows[user.id] = user
        return user

    def disable(self, user_id: int) -> None:
        """Shut a user out."""
        self.rows[user_id] = attrs.evolve(self.rows[user_id], disabled_at=datetime(2026, 1, 2, tzinfo=UTC))

    async def find_all(self, user_ids: Collection[int]) -> Mapping[int, User]:
        """The users with these numbers."""
        self._check()
        return {user_id: self.rows[user_id] for user_id in user_ids if user_id in self.rows}

    async def find_by_email(self, email: str) -> User | None:
        """The user with this address."""
        self._check()
        return next((user for user in self.rows.values() if user.email == email.strip().lower()), None)

    async def set_password_hash(self, user_id: int, password_hash: str) -> None:
        """Replace a user's password hash."""
        self.rows[user_id] = attrs.evolve(self.rows[user_id], password_hash=password_hash)

    def _check(self) -> None:
        if self.gone:
            raise StorageUnavailable("gone")


class AuditBook:
    """Audit entries in memory."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.gone = False

    async def record(self, entry: AuditEntry) -> None:
        """Add an entry."""
        if self.gone:
            raise StorageUnavailable("gone")
        self.entries.append(entry)


class PatientBook:
    """Patients in memory."""

    def __init__(self) -> None:
        self.rows: list[PatientInfo] = []
        self.asked: list[tuple[int, str | None]] = []
        self.gone = False

    async def list(self, limit: int = 50, *, after: int | None = None, search: str | None = None) -> PatientPage:
        """All of them."""
        if self.gone:
            raise StorageUnavailable("gone")
        self.asked.append((limit, search))
        return PatientPage(patients=tuple(self.rows), next_after=None)


class Host:
    """Echoes what connections say, and keeps who came."""

    def __init__(self) -> None:
        self.draining = False
        self.full = False
        self.visits: list[tuple[Any, Any, dict[str, str], str | None]] = []
        self.closed: list[tuple[int, str]] = []
        self._sockets: set[Any] = set()

    async def serve(
        self, socket: Any, endpoint: Any, principal: Any, path_parts: Any, *, address: str | None = None
    ) -> None:
        """Echo until the client leaves."""
        self.visits.append((endpoint, principal, dict(path_parts), address))
        self._sockets.add(socket)
        try:
            while True:
                await socket.send([str(await socket.receive())])
        except SocketClosed as closed:
            self.closed.append((closed.code, closed.reason))
        finally:
            self._sockets.discard(socket)

    async def open(
        self,
        socket: Any,
        endpoint: Any,
        principal: Any,
        path_parts: Any,
        *,
        address: str | None = None,
        on_end: Callable[[], object],
    ) -> None:
        """The same in a task of its own."""

        async def serve() -> None:
            try:
                await self.serve(socket, endpoint, principal, path_parts, address=address)
            finally:
                on_end()

        trio.lowlevel.spawn_system_task(serve)

    async def drain(self, grace: float) -> None:
        """Close everything at once."""
        self.draining = True
        for socket in tuple(self._sockets):
            await socket.close(1001, "server going away")


async def part_works() -> None:
    """A part that is well."""


@attrs.define
class World:
    """Everything that a server is given, in memory, and how to change it."""

    users: UserBook = attrs.field(factory=UserBook)
    audit: AuditBook = attrs.field(factory=AuditBook)
    patients: PatientBook = attrs.field(factory=PatientBook)
    host: Host = attrs.field(factory=Host)
    metrics: Metrics = attrs.field(factory=Metrics)
    settings: ServerSettings = attrs.field(factory=ServerSettings)
    checks: dict[str, Any] = attrs.field(factory=lambda: {"database": part_works})
    applications: tuple[Application, ...] = ()
    passwords: Passwords = attrs.field(factory=partial(Passwords, "cheapest"))

    @property
    def tokens(self) -> Tokens:
        """Tokens under the settings."""
        return Tokens(read_keys(self.settings, "s" * 40), self.settings)

    def token(self, user: User, **changes: Any) -> str:
        """A token for a user."""
        given: dict[str, Any] = {
            "user_id": user.id,
            "email": user.email,
            "name": user.full_name,
            "role": user.role,
        } | changes
        return self.tokens.issue(**given)

    def services(self) -> ServerServices:
        """As the server is given them."""
        return ServerServices(
            applications=self.applications,
            connections=self.host,
            users=self.users,
            patients=self.patients,
            audit=self.audit,
            passwords=self.passwords,
            tokens=self.tokens,
            metrics=self.metrics,
            checks=self.checks,
            snapshot=lambda: TREE,
        )


TREE = ActorSnapshot(
    path="smarthealth",
    name="smarthealth",
    kind=Kind.SUPERVISOR,
    state=State.RUNNING,
    mailbox_depth=0,
    mailbox_capacity=None,
    restarts=0,
    last_failure=None,
    age=12.34,
    waiting_for=None,
    children=(
        ActorSnapshot(
            path="smarthealth/index",
            name="index",
            kind=Kind.ACTOR,
            state=State.RUNNING,
            mailbox_depth=3,
            mailbox_capacity=64,
            restarts=1,
            last_failure="OSError",
            age=1.0,
            waiting_for="smarthealth/pool",
            waiting_why=WaitReason.REPLY,
            stashed=2,
            tasks=(TaskSnapshot(name="search", state="working", handled=7),),
        ),
    ),
)


def endpoint(path: str, authentication: Any = "required", **changes: Any) -> Endpoint[Any]:
    """An endpoint that is never opened."""

    def never(link: Any, parts: Any) -> Any:
        raise AssertionError

    return Endpoint(path=path, authentication=authentication, open_dialogue=never, encode=str, **changes)


async def own_door(principal: Principal | None, parts: Mapping[str, str]) -> bool:
    """Users at a path of their own; what is behind door 0 is not to be known."""
    if parts["user_id"] == "0":
        raise StorageUnavailable("gone")
    return principal is not None and parts["user_id"] == str(principal.user_id)


@pytest.fixture
def world() -> World:
    """A world with two applications and nobody in it."""
    records = Application(
        name="records",
        endpoints=(endpoint("/ws/chat", roles=frozenset({"clinician", "admin"})),),
        page="console.html",
    )
    other = Application(
        name="other",
        endpoints=(
            endpoint("/ws/chat", "optional"),
            endpoint("/ws/rooms/{room}", "optional"),
            endpoint("/ws/in-band", "in-band"),
            endpoint("/ws/own/{user_id}", may_enter=own_door, language="en"),
        ),
    )
    return World(applications=(records, other))


@pytest.fixture
def open_server(open_shell: OpenShell) -> OpenShell:
    """Serve a world on a free port, which is the port of `main`'s bare paths."""

    def open_it(
        given: World, listener: str = "records", *, plain: bool = False, **options: Any
    ) -> AbstractAsyncContextManager[int]:
        app = make_app(given.settings, given.services(), Accounts(given.tokens, given.users), ())

        async def marked(scope: Scope, receive: Receive, send: Send) -> None:
            marks: Scope = {"state": {"listener": listener}}
            if plain:  # as another ASGI server, which lacks our extension
                marks["extensions"] = {"websocket.http.response": {}}
            await app(scope | marks, receive, send)

        return open_shell(marked, given.settings.limits(), watch=given.metrics, **options)

    return open_it
