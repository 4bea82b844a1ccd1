"""Somebody who is asked for by a profession."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.professions import find_profession


@pytest.mark.parametrize(
    ("folded", "profession"),
    [
        ("which urologist did he see", "urologist"),
        ("como se llama la reumatologa", "reumatologa"),
        ("que psiquiatra la trato", "psiquiatra"),
        ("quien fue la anestesiologa?", "anestesiologa"),
        ("who was the surgeon?", "surgeon"),
        ("her cardiologist's name", "cardiologist"),
        ("a que nutricionista la remitieron", "nutricionista"),
    ],
)
def test_the_profession_is_found_by_its_ending(folded: str, profession: str) -> None:
    """Words that end as those for specialists do, after words that ask for one of them."""
    span = find_profession(folded)
    assert span is not None
    assert folded[slice(*span)] == profession


@pytest.mark.parametrize("folded", ["que patologia tiene", "was she seen in urology", "la vio el urologo?"])
def test_a_specialty_or_a_visit_asks_for_nobody(folded: str) -> None:
    """Nor does a disease, or the question whether somebody was seen."""
    assert find_profession(folded) is None
