"""How rules read what somebody says."""

from __future__ import annotations

from smarthealth.apps.support.folding import plain_text


def test_case_accents_and_kinds_of_apostrophes_do_not_count() -> None:
    """Patterns are written in small plain letters."""
    assert plain_text("¿CUÁNTO vale?").strip() == "cuanto vale?"
    assert plain_text("It WON\u2019T start") == plain_text("It won\u02bct start") == "it won't start"
    assert plain_text("It WON\u2019T start: 5 €") == "it won't start: 5 €"
