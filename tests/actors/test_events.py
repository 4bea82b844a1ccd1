"""The base class of instruments."""

from __future__ import annotations

from smarthealth.actors.events import ChildStarted, Instrument, MessageInstrument, Outcome, Receiver


def test_base_instrument_ignores_events() -> None:
    """An instrument need not override what it does not care for."""
    Instrument().on_event(ChildStarted(path="app", restarts=0))


def test_instrument_of_messages_need_override_nothing() -> None:
    """By default nothing is kept of a message."""
    instrument = MessageInstrument()
    place: Receiver = Place()
    assert instrument.on_send(place, "x") is None
    assert instrument.on_handle(place, "x", None) is None
    instrument.on_handled(place, "x", None, Outcome.DONE, None)
    instrument.on_ask_over(place, "x", None, None)
    instrument.on_withdrawn(place, "x", None)


class Place:
    """Stands for an actor."""

    path = pattern = "app/a"
