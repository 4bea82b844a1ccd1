"""Telling instruments of each message; systems without such instruments make none of this.

Several instruments may follow the messages of a system. Their tokens travel side by side in one tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from .events import MessageInstrument, Outcome, Receiver

T = TypeVar("T")

Tokens = tuple[object, ...] | None


class Tracers:
    """The instruments that follow the messages of one system; one that raises is taken off."""

    __slots__ = ("_instruments",)

    def __init__(self, instruments: Iterable[MessageInstrument]) -> None:
        self._instruments = list(instruments)

    def _tell_all(self, tell: Callable[[MessageInstrument, object], T], each: Tokens) -> tuple[T | None, ...]:
        """Tell each, with its own token or state."""
        told: list[T | None] = []
        for place, instrument in enumerate(self._instruments):
            try:
                told.append(tell(instrument, each[place] if each else None))
            except Exception:  # an instrument must not harm what it measures
                self._instruments[place] = MessageInstrument()
                told.append(None)
        return tuple(told)

    def send(self, receiver: Receiver, message: object) -> Tokens:
        """A message is sent."""
        return self._tell_all(lambda instrument, _: instrument.on_send(receiver, message), None)

    def withdraw(self, receiver: Receiver, message: object, tokens: Tokens) -> None:
        """It was not sent after all."""
        self._tell_all(lambda instrument, token: instrument.on_withdrawn(receiver, message, token), tokens)

    def begin(self, receiver: Receiver, message: object, tokens: Tokens) -> Tokens:
        """It is being handled."""
        return self._tell_all(lambda instrument, token: instrument.on_handle(receiver, message, token), tokens)

    def end(
        self, receiver: Receiver, message: object, states: Tokens, outcome: Outcome, error: BaseException | None
    ) -> None:
        """It has been handled."""
        self._tell_all(
            lambda instrument, state: instrument.on_handled(receiver, message, state, outcome, error), states
        )

    def ask_over(self, receiver: Receiver, request: object, tokens: Tokens, error: BaseException | None) -> None:
        """An ask has come to its end."""
        self._tell_all(lambda instrument, token: instrument.on_ask_over(receiver, request, token, error), tokens)
