"""What was found out lately is remembered."""

from __future__ import annotations

from smarthealth.retrieval.remembering import Remembered


def test_who_was_asked_longest_ago_is_forgotten_first() -> None:
    """To be asked again counts, and so does to be put in again."""
    remembered = Remembered[str, int](most=2)
    remembered.put("one", 1)
    remembered.put("two", 2)
    assert remembered.get("one") == 1
    remembered.put("three", 3)
    assert remembered.get("two") is None
    remembered.put("one", 11)
    remembered.put("four", 4)
    assert remembered.get("three") is None
    assert (remembered.get("one"), remembered.get("four")) == (11, 4)
