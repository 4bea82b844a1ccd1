"""The unit in which a value is asked for."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.units import find_unit


@pytest.mark.parametrize(
    ("folded", "unit"),
    [
        ("peso en libras", "lb"),
        ("her weight in pounds", "lb"),
        ("estatura en pies", "[ft_i]"),
        ("cuantos kilos pesa", "kg"),
        ("cuantos kilos ha perdido", None),
        ("glucosa mmol/l", "mmol/L"),
        ("glucosa > 100 mg/dl", None),
        ("creatinine in umol/l", "umol/L"),
        ("a1c en mmol/mol", "mmol/mol"),
        ("temperature in fahrenheit", "[degF]"),
        ("dolor en los pies", None),
        ("peso", None),
        ("how many foot exams", None),
        ("how many feet tall is he", "[ft_i]"),
    ],
)
def test_a_unit_is_found_where_a_value_is_to_be_told_in_it(folded: str, unit: str | None) -> None:
    """A unit after a number belongs to the number; kilos that were lost are a difference; feet may hurt."""
    found = find_unit(folded)
    assert (found.unit if found else None) == unit
