from __future__ import annotations

import pytest

from smarthealth.apps.taxi.state import ThreadState, read_state, write_state
from tests.apps.taxi.test_filling import WHOLE, after


@pytest.mark.parametrize("texts", [(), WHOLE, ("calle 80 # 50-10 en El Porvenir",), ("72 con 46 apto 5",)])
def test_a_state_is_read_as_it_was_written(texts: tuple[str, ...]) -> None:
    """With its order, whatever is in it."""
    state = ThreadState(agent="OPERADOR", slots=after(*texts).slots, wants_person=True)
    assert read_state(write_state(state)) == state


@pytest.mark.parametrize("text", ["{}", '{"agent": "PILOTO"}', "[]"])
def test_what_cannot_be_read_begins_anew(text: str) -> None:
    """As the state of another version may."""
    assert read_state(text) == ThreadState()
