"""The tree of actors of a serving process.

    storage ─► models ─► index ─► garbage ─► what applications need besides ─► connections ─► server

Started in this order, each when the one before is ready, and stopped in reverse. What one opens is handed to those after it
through `World`. When one must be restarted, those after it hold what is gone, so they are restarted too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from smarthealth.actors import ChildSpec, Context, System
from smarthealth.conversation.connections import Connections
from smarthealth.server.hypercorn import Listener
from smarthealth.server.metrics import Metrics
from smarthealth.server.passwords import Passwords
from smarthealth.server.service import AFTER_GRACE, load_tls, serve_http
from smarthealth.server.services import ServerServices
from smarthealth.server.shared_metrics import SharedMetrics
from smarthealth.settings import Settings

from .accounts import open_tokens
from .applications import PARTS, Part
from .garbage import keep_garbage_short
from .world import World

Ready = Callable[[Sequence[str]], None]


async def start_tree(
    settings: Settings,
    system: System,
    listeners: Sequence[Listener],
    on_ready: Ready,
    shared: SharedMetrics | None = None,
) -> World:
    """Start every child; returns when the server accepts connections.

    Raises:
        ActorFailed: A child did not start; its failure is the cause.
    """
    metrics = Metrics(shared)
    connections = Connections(settings.conversation, telemetry=metrics)
    world = World(settings, system, connections, metrics)
    parts = [make_part(world) for make_part in PARTS.values()]
    metrics.add_tree(system.snapshot, lambda: connections.count)
    await system.start_child(ChildSpec(name="storage", start=world.keep_storage, start_timeout=60.0))
    metrics.add_gauge("pool_in_use", "Database connections in use", lambda: world.stores.pool.statistics().in_use)
    metrics.add_gauge("pool_waiting", "Callers that wait for one", lambda: world.stores.pool.statistics().waiting)
    await system.start_child(ChildSpec(name="models", start=world.keep_models))
    await system.start_child(ChildSpec(name="index", start=world.keep_index))
    if shared is not None:
        await system.start_child(ChildSpec(name="metrics", start=partial(_share, metrics)))
    await system.start_child(ChildSpec(name="garbage", start=keep_garbage_short))
    for part in parts:
        for child in part.children():
            await system.start_child(child)
    await connections.start(system)
    await system.start_child(
        ChildSpec(
            name="server",
            start=partial(_serve, world=world, parts=parts, listeners=listeners, on_ready=on_ready),
            stop_timeout=settings.server.shutdown_grace + AFTER_GRACE,
        )
    )
    return world


async def _share(metrics: Metrics, context: Context) -> None:
    """Let the other processes of the server see the numbers of this one."""
    context.started()
    await metrics.keep_shared()


async def _serve(
    context: Context, world: World, parts: Sequence[Part], listeners: Sequence[Listener], on_ready: Ready
) -> None:
    """Serve HTTP and WebSockets."""
    await serve_http(
        context,
        settings=world.settings.server,
        services=_server_services(world, parts),
        listeners=listeners,
        tls=load_tls(world.settings.server),
        on_ready=on_ready,
    )


def _server_services(world: World, parts: Sequence[Part]) -> ServerServices:
    stores, server = world.stores, world.settings.server
    return ServerServices(
        applications=tuple(part.application() for part in parts),
        connections=world.connections,
        users=stores.users,
        patients=stores.patients,
        audit=stores.audit,
        passwords=Passwords(threads=server.password_threads, queue=server.password_queue),
        tokens=open_tokens(world.settings),
        metrics=world.metrics,
        checks={"database": world.check_database, "index": world.check_index, "model": world.check_model},
        snapshot=world.system.snapshot,
    )
