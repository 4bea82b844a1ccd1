"""Tables of what is asked by some words and told by others."""

from __future__ import annotations

from smarthealth.apps.records.answering.cues import compile_cues


def test_each_side_of_a_pair_is_found_at_the_beginning_of_words() -> None:
    """Not within them."""
    (cue,) = compile_cues([("quej|molest", "refier|complain")])
    assert cue.asked.search("de que se quejaba")
    assert cue.told.search("patient complains of pain")
    assert not cue.told.search("uncomplaining")
