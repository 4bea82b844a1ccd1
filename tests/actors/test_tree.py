"""Specifications become cells of their kind."""

from __future__ import annotations

import functools

import pytest
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Service, Supervisor
from smarthealth.actors.snapshot import Kind
from smarthealth.actors.system import open_system


class Plain(Actor[object]):
    """An actor."""


class Callable:
    """An object that is an async callable."""

    async def __call__(self, context: Context) -> None:
        """Be ready."""
        context.started()

    async def serve(self, context: Context) -> None:
        """Be ready."""
        context.started()


async def serve(context: Context, word: str = "") -> None:
    """Be ready."""
    context.started()


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (Plain, Kind.ACTOR),
        (lambda: Plain(), Kind.ACTOR),
        (functools.partial(Plain), Kind.ACTOR),
        (serve, Kind.SERVICE),
        (functools.partial(serve, word="hello"), Kind.SERVICE),
        (Callable(), Kind.SERVICE),
        (Callable().serve, Kind.SERVICE),
        (Supervisor(), Kind.SUPERVISOR),
        (DynamicSupervisor(max_children=1), Kind.DYNAMIC_SUPERVISOR),
    ],
    ids=str,
)
async def test_what_is_started_says_what_it_is(
    autojump_clock: MockClock, start: Service | Supervisor | DynamicSupervisor, kind: Kind
) -> None:
    """Classes and factories make actors, async callables are services, policies are supervisors."""
    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="child", start=start))
        assert ref.snapshot().kind is kind
