"""One value told in another unit."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.units import converted


@pytest.mark.parametrize(
    ("value", "unit", "target", "name", "told"),
    [
        (71, "kg", "lb", "Peso", "156.5 lb"),
        (118, "[lb_av]", "kg", "Body Weight", "53.5 kg"),
        (180, "cm", "[ft_i]", "Height", "5 ft 11 in"),
        (63, "[in_i]", "cm", "Height", "160 cm"),
        (38.6, "Cel", "[degF]", "Temperatura", "101.5 °F"),
        (100.4, "[degF]", "Cel", "Temperature", "38 °C"),
        (131, "mg/dL", "mmol/L", "Glucosa", "7.27 mmol/L"),
        (4.9, "mmol/L", "mg/dL", "LDL Cholesterol", "189.5 mg/dL"),
        (1.6, "mg/dL", "umol/L", "Creatinina sérica", "141.5 umol/L"),
        (6.7, "%", "mmol/mol", "Hemoglobina glicosilada", "49.7 mmol/mol"),
        (50, "mmol/mol", "%", "HbA1c", "6.73 %"),
        (7, "g/L", "%", "HbA1c", None),
        (5.4, "mmol/L", "mg/dL", "Potasio", None),
        (71, "kg", "kg", "Peso", None),
        (3, None, "kg", "Peso", None),
        (131, "mg/dL", "umol/L", "Glucosa", None),
    ],
)
def test_a_value_is_told_in_another_unit(
    value: float, unit: str | None, target: str, name: str, told: str | None
) -> None:
    """By what is measured where amounts and masses differ; not at all where it cannot be."""
    assert converted(value, unit, target, name) == told
