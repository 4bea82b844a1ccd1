"""Where the test kit takes hold of the runtime."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Context
from smarthealth.actors.asking import Request
from smarthealth.actors.core import Core
from smarthealth.actors.system import open_system
from smarthealth.actors.testing.seams import Overrides, adapted, being_asked, heard, is_actor, overriding, wrapped


class Greeter:
    """Has one method."""

    def greet(self, name: str) -> str:
        """Greet."""
        return f"hello {name}"


def test_a_method_is_wrapped_and_put_back() -> None:
    """Also when the block raises, and one wrap within another."""
    before = Greeter.greet

    def louder(original: Callable[..., str]) -> Callable[..., str]:
        return lambda self, name: original(self, name).upper() + "!"

    with wrapped(Greeter, "greet", louder), wrapped(Greeter, "greet", louder):
        assert Greeter().greet("you") == "HELLO YOU!!"
    with pytest.raises(LookupError), wrapped(Greeter, "greet", louder):
        raise LookupError
    assert Greeter.greet is before


def test_a_method_is_heard_before_it_is_called() -> None:
    """With its arguments; what it returns is what it returned."""
    seen: list[tuple[Any, ...]] = []
    greeter = Greeter()
    with wrapped(Greeter, "greet", heard(lambda *arguments, **named: seen.append((*arguments, named)))):
        assert greeter.greet(name="you") == "hello you"
    assert seen == [(greeter, {"name": "you"})]


class Curious(Actor[object]):
    """Says whether it is being asked."""

    asked: list[bool]

    async def handle(self, message: object) -> str:
        """Note it."""
        self.asked.append(being_asked(self.context))
        return "own"


async def test_specifications_are_changed(autojump_clock: MockClock) -> None:
    """Those of actors and services, when they are made, by system and path."""
    seen: list[str] = []

    def adapt(core: Core, path: str, spec: ChildSpec) -> ChildSpec:
        assert isinstance(core, Core)
        seen.append(path)
        return attrs.evolve(spec, start_timeout=7.0)

    with adapted(adapt):
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="a", start=Curious))
    async with open_system("app") as system:
        await system.start_child(ChildSpec(name="b", start=Curious))
    assert seen == ["app/a"]


async def test_methods_of_actors_are_replaced(autojump_clock: MockClock) -> None:
    """One over another; each goes on to the class below, and the class itself is as it was."""
    Curious.asked = []

    def saying(word: str) -> Callable[[type[Actor[Any]]], Overrides]:
        def overrides(own: type[Actor[Any]]) -> Overrides:
            async def handle(actor: Actor[Any], message: object) -> str:
                return f"{word} {await own.handle(actor, message)}"

            return {"handle": handle}

        return overrides

    make = overriding(overriding(Curious, saying("inner")), saying("outer"))
    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="a", start=make))
        assert await ref.ask(Request()) == "outer inner own"
        await ref.tell(Request())
        plain = await system.start_child(ChildSpec(name="b", start=Curious))
        assert await plain.ask(Request()) == "own"
    assert sorted(Curious.asked) == [False, True, True]
    made = make()
    assert isinstance(made, Curious)
    assert type(made).__name__ == "Curious"


async def serve(context: Context) -> None:
    """Be a service."""
    context.started()


def test_actors_and_services_are_told_apart() -> None:
    """By what starts them."""
    assert is_actor(ChildSpec(name="a", start=Curious))
    assert not is_actor(ChildSpec(name="a", start=serve))
