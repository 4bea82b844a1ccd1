"""Where the test kit takes hold of the runtime.

The runtime pays nothing for being testable: what the kit must see or change, it wraps for as long as it looks. All that
it knows of the runtime's inside is in this module and in `books`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from smarthealth.actors.actor import Actor, ChildSpec, Context
from smarthealth.actors.cell import Parent
from smarthealth.actors.children import ActorCell
from smarthealth.actors.core import Core
from smarthealth.actors.snapshot import Kind
from smarthealth.actors.worker import WorkerCell

Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]
Adapt = Callable[[Core, str, ChildSpec], ChildSpec]
"""Changes the specification of the actor or service with that path."""
Overrides = dict[str, Callable[..., Any]]
"""Methods by name; the first argument of each is the actor."""


@contextmanager
def wrapped(owner: type, name: str, wrap: Wrap) -> Iterator[None]:
    """Replace a method of a class by what `wrap` makes of it."""
    original = vars(owner)[name]
    setattr(owner, name, wrap(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def heard(hook: Callable[..., object]) -> Wrap:
    """Have `hook` called with the same arguments before the method is."""

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        def method(*arguments: Any, **named: Any) -> Any:
            hook(*arguments, **named)
            return original(*arguments, **named)

        return method

    return wrap


@contextmanager
def adapted(adapt: Adapt) -> Iterator[None]:
    """Change the specification of each actor and service that is made within."""

    def wrap(make: Callable[..., None]) -> Callable[..., None]:
        def init(cell: WorkerCell, core: Core, parent: Parent, spec: ChildSpec) -> None:
            make(cell, core, parent, adapt(core, f"{parent.path}/{spec.name}", spec))

        return init

    with wrapped(WorkerCell, "__init__", wrap):
        yield


def overriding(
    factory: Callable[[], Actor[Any]], overrides: Callable[[type[Actor[Any]]], Overrides]
) -> Callable[[], Actor[Any]]:
    """A factory of the same actors with some methods replaced.

    Args:
        factory: Makes the actors.
        overrides: Gives the methods for actors of a class; they call those of that class to go on.
    """

    def make() -> Actor[Any]:
        actor = factory()
        own = type(actor)
        # A subclass without anything else: the runtime, and the actor itself, see no difference but these methods.
        actor.__class__ = type(own.__name__, (own,), {"__slots__": (), "__module__": own.__module__, **overrides(own)})
        return actor

    return make


def is_actor(spec: ChildSpec) -> bool:
    """False for services."""
    return spec.kind is Kind.ACTOR


def being_asked(context: Context) -> bool:
    """True when the message that the actor handles is an ask, which waits for a reply."""
    return cast(ActorCell, context._cell)._in_hand is not None
