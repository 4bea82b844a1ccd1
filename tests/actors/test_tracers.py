"""Several instruments follow the messages side by side, and none can do harm."""

from __future__ import annotations

from smarthealth.actors.events import MessageInstrument, Outcome, Receiver
from smarthealth.actors.tracers import Tracers


class Place:
    """Stands for an actor."""

    path = "app/many/1"
    pattern = "app/many/*"


class Writer(MessageInstrument):
    """Writes down what it is told, with its own name."""

    def __init__(self, name: str, diary: list[object]) -> None:
        self.name = name
        self.diary = diary

    def on_send(self, receiver: Receiver, message: object) -> object:
        """Give a token with its name."""
        return f"{self.name}'s token"

    def on_withdrawn(self, receiver: Receiver, message: object, token: object) -> None:
        """Write the token down."""
        self.diary.append(("withdrawn", self.name, token))

    def on_handle(self, receiver: Receiver, message: object, token: object) -> object:
        """Write the token down and give a state."""
        self.diary.append(("handle", self.name, token))
        return f"{self.name}'s state"

    def on_handled(
        self, receiver: Receiver, message: object, state: object, outcome: Outcome, error: BaseException | None
    ) -> None:
        """Write the state down."""
        self.diary.append(("handled", self.name, state))

    def on_ask_over(self, receiver: Receiver, request: object, token: object, error: BaseException | None) -> None:
        """Write the token down."""
        self.diary.append(("over", self.name, token))


class Clumsy(MessageInstrument):
    """Raises."""

    def on_handle(self, receiver: Receiver, message: object, token: object) -> object:
        """Raise."""
        raise LookupError


def test_each_instrument_has_its_own_tokens() -> None:
    """One that raises is told nothing more; the others keep their places."""
    diary: list[object] = []
    tracers, place = Tracers([Clumsy(), Writer("a", diary), MessageInstrument(), Writer("b", diary)]), Place()
    tokens = tracers.send(place, "x")
    for _ in range(2):
        states = tracers.begin(place, "x", tokens)
        tracers.end(place, "x", states, Outcome.DONE, None)
    tracers.ask_over(place, "x", tokens, None)
    tracers.withdraw(place, "x", tokens)
    tracers.begin(place, "tick", None)
    once = [("handle", name, f"{name}'s token") for name in "ab"] + [
        ("handled", name, f"{name}'s state") for name in "ab"
    ]
    assert diary == [
        *once * 2,
        *[("over", name, f"{name}'s token") for name in "ab"],
        *[("withdrawn", name, f"{name}'s token") for name in "ab"],
        *[("handle", name, None) for name in "ab"],
    ]
