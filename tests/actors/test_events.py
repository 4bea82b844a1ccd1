"""The base class of instruments."""

from __future__ import annotations

from smarthealth.actors.events import ChildStarted, Instrument


def test_base_instrument_ignores_events() -> None:
    """An instrument need not override what it does not care for."""
    Instrument().on_event(ChildStarted(path="app", restarts=0))
