"""What the server is given."""

from __future__ import annotations

from typing import Any


def test_first_application_is_bare_on_the_main_port(world: Any) -> None:
    """The order of the applications says whose paths need no prefix."""
    assert world.services().bare == "records"
