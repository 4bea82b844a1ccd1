"""A serving process from its start to its end, alone or as one of several workers."""

from __future__ import annotations

import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import trio

from smarthealth.actors import Strategy, open_system
from smarthealth.server.addresses import ListenError, plan_binds
from smarthealth.server.hypercorn import Bind, Listener, open_listeners
from smarthealth.server.logs import configure_logs
from smarthealth.server.service import AFTER_GRACE, check_origins, load_tls
from smarthealth.server.shared_metrics import SharedMetrics
from smarthealth.server.workers import Worker, WorkerPlan, WorkersFailed, run_workers
from smarthealth.settings import Settings, load_settings, read_environment

from .accounts import open_tokens
from .applications import PARTS
from .crash_log import CrashLog
from .errors import StartError
from .stores import open_stores
from .tree import start_tree
from .world import World

STOP_BUDGET = 10.0
"""Seconds beyond the server's own grace for everything below it to stop."""
RESTARTS = 5
RESTART_PERIOD = 60.0
"""Seconds: when the system's own children must be restarted more often, the process gives up and says why."""

Ready = Callable[[Sequence[str]], None]


async def serve(settings: Settings, overrides: Mapping[str, str], on_ready: Ready) -> None:
    """Serve until SIGTERM or SIGINT, then drain.

    Args:
        settings: Of everything.
        overrides: What of the settings came from the command line, for workers to hear of.
        on_ready: Told the addresses, as URLs, when connections are accepted.

    Raises:
        StartError: It cannot listen or start; says why.
        SupervisionError: It gave up after too many failures.
    """
    if settings.server.workers > 1:
        await _serve_by_workers(settings, overrides, on_ready)
        return
    with open_ports(settings) as listeners:
        addresses: list[str] = []
        async with open_server(settings, listeners, addresses.extend):
            await wait_for_signal(lambda: on_ready(addresses))


@asynccontextmanager
async def open_server(
    settings: Settings, listeners: Sequence[Listener], on_ready: Ready, shared: SharedMetrics | None = None
) -> AsyncIterator[World]:
    """Run the whole tree beside the body of an `async with` block; leaving it drains and stops.

    Args:
        settings: Of everything.
        listeners: Open sockets.
        on_ready: Told the addresses, as URLs, when connections are accepted.
        shared: Where the other processes of this server are found, None when there are none.

    Raises:
        SupervisionError: It gave up after too many failures.
        ActorFailed: A part did not start; its failure is the cause.
    """
    budget = settings.server.shutdown_grace + AFTER_GRACE + STOP_BUDGET
    async with open_system(
        "smarthealth",
        strategy=Strategy.REST_FOR_ONE,
        shutdown_timeout=budget,
        intensity=RESTARTS,
        period=RESTART_PERIOD,
        instrument=CrashLog(),
    ) as system:
        yield await start_tree(settings, system, listeners, on_ready, shared)


@contextmanager
def open_ports(settings: Settings) -> Iterator[Sequence[Listener]]:
    """Listen on every port that the settings ask for, once it is sure that they can be served.

    Raises:
        StartError: An address is malformed, taken, or not of this machine.
        ConfigurationError: A key, certificate or origin cannot be used.
    """
    try:
        binds = plan_binds(settings.server, tuple(PARTS), next(iter(PARTS)))
    except ListenError as error:
        raise StartError(str(error)) from None
    with _listening(binds, settings) as listeners:
        check_origins(settings.server, listeners)
        load_tls(settings.server)
        open_tokens(settings)
        yield listeners


async def wait_for_signal(begun: Callable[[], None]) -> None:
    """Wait for SIGTERM or SIGINT.

    Args:
        begun: Called when a signal will be heard; whoever is told before may send one that ends the process undrained.
    """
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        begun()
        async for _ in signals:
            return


async def _serve_by_workers(settings: Settings, overrides: Mapping[str, str], on_ready: Ready) -> None:
    # held open for the workers, so that the schema is brought up to date once and the embedded server outlives each
    async with open_stores(settings):
        with open_ports(settings) as listeners, TemporaryDirectory(prefix="smarthealth-metrics-") as shared:
            plan = WorkerPlan(
                entry=f"{__name__}:run_worker",
                count=settings.server.workers,
                listeners=listeners,
                shared=Path(shared),
                arguments=dict(overrides),
                grace=settings.server.shutdown_grace + AFTER_GRACE + STOP_BUDGET,
            )
            scheme = "https" if settings.server.tls_cert else "http"
            try:
                await run_workers(
                    plan,
                    stopping=trio.Event(),
                    on_ready=lambda addresses: on_ready([f"{scheme}://{address}" for address in addresses]),
                )
            except WorkersFailed as error:
                raise StartError(str(error)) from None


def run_worker(worker: Worker) -> None:
    """Be one of several processes that share the ports."""
    configure_logs()
    settings = load_settings(read_environment(worker.arguments))
    trio.run(_serve_as_worker, settings, worker)


async def _serve_as_worker(settings: Settings, worker: Worker) -> None:
    with _listening(worker.binds(), settings) as listeners:
        async with open_server(settings, listeners, lambda _: None, worker.metrics()):
            await _wait_any(partial(wait_for_signal, worker.say_ready), worker.wait_orphaned)


async def _wait_any(*waits: Callable[[], Awaitable[None]]) -> None:
    async with trio.open_nursery() as nursery:

        async def wait(one: Callable[[], Awaitable[None]]) -> None:
            await one()
            nursery.cancel_scope.cancel()

        for one in waits:
            nursery.start_soon(wait, one)


@contextmanager
def _listening(binds: Sequence[Bind], settings: Settings) -> Iterator[Sequence[Listener]]:
    _allow_open_files()
    with ExitStack() as stack:
        try:
            listeners = stack.enter_context(open_listeners(binds, settings.server.limits()))
        except OSError as error:
            addresses = ", ".join(bind.address for bind in binds)
            raise StartError(f"cannot listen on {addresses}: {error.strerror}; choose another with --port") from None
        yield listeners


def _allow_open_files() -> None:
    """Take all the file descriptors that this account may have: each connection needs one, and the usual 1,024 are few."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
