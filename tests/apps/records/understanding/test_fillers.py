"""Words that carry no clinical meaning."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.fillers import is_filler


@pytest.mark.parametrize("word", ["paciente", "recibidas", "x", "2015", "actualmente", "recently", "meses"])
def test_fillers_are_known_in_every_inflection(word: str) -> None:
    """Numbers, letters, adverbs and general words in any gender and number name nothing clinical."""
    assert is_filler(word)


@pytest.mark.parametrize("word", ["tatuajes", "orina", "nickel", "ebola"])
def test_other_words_name_something(word: str) -> None:
    """What is no filler is looked for."""
    assert not is_filler(word)
