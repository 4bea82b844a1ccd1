import pytest

from smarthealth.apps.doctor.emergency.measures import measures
from smarthealth.apps.doctor.emergency.text import tokenize


def signals(message: str) -> set[str]:
    """What the numbers of a message say."""
    return {match.label for match in measures(tokenize(message))}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("saturación 84", {"saturation-low"}),
        ("SpO2 97%", set()),
        ("82% de oxígeno", {"saturation-low"}),
        ("bajó de 95 a 88 la saturación. 3 horas", {"saturation-low"}),
        ("temp 101.5", {"fever-measured"}),
        ("41 c", {"fever-measured", "child-high-fever", "very-high-fever"}),
        ("temperatura 34,1", {"cold-body"}),
        ("temperature of 300", set()),
        ("mi bebé de 2 meses tiene 38.5", {"age-infant", "age-child", "fever-measured", "infant-fever"}),
        ("recién nacido con 38,2", {"fever-measured", "infant-fever"}),
        ("newborn weighs 3.4", set()),
        ("niño de 5 años, 38.3 de fiebre", {"age-child", "fever-measured"}),
        ("de 80 años", {"age-elder"}),
        ("tos hace 2 semanas", set()),
        ("2 weeks ago my son fell", set()),
        ("two month old", {"age-infant", "age-child"}),
        ("34 semanas de embarazo", {"late-pregnancy"}),
        ("8 weeks pregnant", set()),
        ("azúcar en 42", {"glucose-low"}),
        ("glucosa 5.4", set()),
        ("sugar 2.4 mmol", {"glucose-low"}),
        ("sugar 28 mmol/l", {"glucose-high", "glucose-extreme"}),
        ("azúcar 300", {"glucose-high"}),
        ("azúcar 104", set()),
        ("presión 210/120", {"pressure-crisis", "pressure-pregnant"}),
        ("160/80", {"pressure-pregnant"}),
        ("bp 80 over 40", {"pressure-low"}),
        ("bp 125 over 85", set()),
        ("bp over it", set()),
        ("tensión 20/12", {"pressure-crisis", "pressure-pregnant"}),
        ("tensión de 20", {"pressure-crisis", "pressure-pregnant"}),
        ("presión 1000", set()),
        ("pulso en 170", {"pulse-high", "pulse-extreme"}),
        ("pulse 40", {"pulse-low"}),
        ("pulse 33", {"pulse-low", "pulse-extreme"}),
        ("pulse 78", set()),
        ("pulse 900", set()),
        ("tengo 3 gatos", set()),
        ("50% off", set()),
        ("24/7", set()),
        ("55. pulso", set()),
    ],
)
def test_what_numbers_say(message: str, expected: set[str]) -> None:
    """With units, decimal commas, and two ways to say a pressure."""
    assert signals(message) == expected
