"""Names under which actors of one system can be found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import trio

from .core import Core
from .errors import ActorStopped, NameTaken
from .events import Down
from .refs import ActorRef


class Registry:
    """The names of one system: `system.registry`, and `context.registry` in its actors.

    A name leads to one actor. It stays over restarts, as references do, and is free again when its actor has ended.
    """

    __slots__ = ("_arrivals", "_closed", "_listeners", "_refs")

    def __init__(self, core: Core) -> None:
        self._refs: dict[str, ActorRef[Any]] = {}
        self._listeners: dict[str, Callable[[Down], object]] = {}
        self._arrivals: dict[str, trio.Event] = {}
        self._closed = False
        core.call_at_end(self._close)

    def register(self, name: str, ref: ActorRef[Any]) -> None:
        """Give an actor a name, besides that in its path; giving it the same again is no matter.

        Raises:
            ActorStopped: The actor has ended.
            NameTaken: Another actor has the name.
        """
        cell = ref._cell
        if cell.over:
            raise ActorStopped(cell.path)
        present = self._refs.get(name)
        if present is not None:
            if present != ref:
                raise NameTaken(name)
            return
        self._refs[name] = ref
        self._listeners[name] = partial(self._ended, name)
        cell.listen(self._listeners[name])
        arrival = self._arrivals.pop(name, None)
        if arrival is not None:
            arrival.set()

    def _ended(self, name: str, _down: Down) -> None:
        self._refs.pop(name, None)
        self._listeners.pop(name, None)

    def unregister(self, name: str) -> None:
        """Free a name before its actor has ended; one that nobody has is no matter."""
        ref = self._refs.pop(name, None)
        if ref is not None:
            ref._cell.unlisten(self._listeners.pop(name))

    def find(self, name: str) -> ActorRef[Any] | None:
        """The actor of that name, if there is one."""
        return self._refs.get(name)

    async def wait_for(self, name: str) -> ActorRef[Any]:
        """The actor of that name, as soon as there is one.

        Raises:
            ActorStopped: The system has ended.
        """
        await trio.lowlevel.checkpoint()
        while (ref := self._refs.get(name)) is None:
            if self._closed:
                raise ActorStopped(name)
            arrival = self._arrivals.setdefault(name, trio.Event())
            try:
                await arrival.wait()
            finally:
                if not arrival.is_set() and not arrival.statistics().tasks_waiting:
                    self._arrivals.pop(name, None)
        return ref

    def names(self) -> Mapping[str, ActorRef[Any]]:
        """All names and their actors, now."""
        return dict(self._refs)

    def _close(self) -> None:
        self._closed = True
        for arrival in self._arrivals.values():
            arrival.set()
        self._arrivals.clear()


def registry_of(core: Core) -> Registry:
    """The registry of a system, made when first asked for."""
    registry = core.parts.get(Registry)
    if registry is None:
        registry = core.parts[Registry] = Registry(core)
    assert isinstance(registry, Registry)
    return registry
