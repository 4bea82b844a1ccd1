"""Sentences for clients."""

from __future__ import annotations

import pytest

from smarthealth.server.texts import SENTENCES, sentence


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_code_has_a_sentence_in_both_languages(code: str) -> None:
    """No code is without words, and no sentence is the other language's."""
    assert sentence(code, "es")
    assert sentence(code, "es") != sentence(code, "en")
