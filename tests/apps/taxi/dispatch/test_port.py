from __future__ import annotations

from smarthealth.apps.taxi.dispatch.port import DispatchError, DispatchRefused, DispatchUnavailable


def test_how_dispatching_fails() -> None:
    """In two ways of one kind."""
    assert issubclass(DispatchUnavailable, DispatchError)
    assert issubclass(DispatchRefused, DispatchError)
