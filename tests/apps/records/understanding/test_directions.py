"""Whether a question asks that something went one way."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.directions import (
    compares_with_the_last,
    direction_spans,
    find_direction,
    find_improvement,
    measured_by_verb,
    verb_spans,
)
from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Toward


@pytest.mark.parametrize(
    ("text", "toward"),
    [
        ("did the § fall", "down"),
        ("has § gone up since 2018", "up"),
        ("¿bajó la §?", "down"),
        ("¿la § bajó?", "down"),
        ("bajo la §", "down"),
        ("¿Le ha subido la §?", "up"),
        ("¿está la § más alta que antes?", "up"),
        ("is the § lower than last time", "down"),
        ("¿ha subido o bajado la §?", None),
        ("§ bajo", None),
        ("¿cuál es la §?", None),
        ("has § gone up or down", None),
        ("is the § higher now than at the start", "up"),
        ("§ va para abajo", "down"),
    ],
)
def test_verbs_and_comparisons_tell_the_way(text: str, toward: Toward | None) -> None:
    """Rising or falling, by a verb or by a comparison; both at once ask for neither."""
    assert find_direction(text, _open(text)) == toward


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("did the § improve", "better"),
        ("¿ha mejorado la §?", "better"),
        ("has the § gotten worse", "worse"),
        ("¿empeoró la §?", "worse"),
        ("did it get better or worse", None),
        ("¿mejoró o empeoró?", None),
        ("the best §", None),
    ],
)
def test_it_may_be_asked_whether_something_got_better(text: str, way: str | None) -> None:
    """Better or worse; both at once ask for neither."""
    assert find_improvement(_open(text)) == way


def _open(text: str) -> str:
    """A text as readers see it, its concepts covered."""
    return "§".join(fold_letters(part) for part in text.split("§"))


def test_where_it_speaks_of_a_direction() -> None:
    """The spans that are words of the question and of no thing."""
    assert direction_spans("is the § lower than last time") == [(9, 29)]
    assert verb_spans("¿La glucosa bajó o ha subido?") == [(22, 28), (12, 16)]


@pytest.mark.parametrize(
    ("text", "compares"),
    [
        ("has it fallen since the last visit", True),
        ("¿ha bajado respecto al valor anterior?", True),
        ("is it higher than before", True),
        ("has it fallen since 2018", False),
    ],
)
def test_the_last_but_one_may_be_what_is_compared_with(text: str, compares: bool) -> None:
    """Since the last visit, than before: the last two values."""
    assert compares_with_the_last(fold_letters(text)) is compares


def test_some_verbs_say_what_was_measured() -> None:
    """Who has grown has another height, who is heavier another weight."""
    assert measured_by_verb("How much has he grown?") == ("body-height", 16)
    assert measured_by_verb("¿Ha adelgazado?") == ("body-weight", 4)
    assert measured_by_verb("¿Ha bajado?") is None
