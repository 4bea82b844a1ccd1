"""What excludes each other, in rows and in questions."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.knowledge.alternatives import asked_for, excluded, told_by
from smarthealth.apps.support.knowledge.features import features

FULL, FEW = "Tyre 215/50 R17; Load: full load", "Tyre 215/50 R17; Load: up to 3 people"
FLASHES, STEADY = "Engine (check engine), flashing", "Engine (check engine), steady"
WITH, WITHOUT = "Capacity with filter change", "Capacity without filter change"


def told(question: str, *names: str) -> list[bool]:
    """Whether rows of these names may be told of a question."""
    return [not excluded(told_by(name), asked_for(question), features(question)) for name in names]


@pytest.mark.parametrize(
    ("question", "names", "may"),
    [
        ("215s, the five of us with luggage: five people", (FULL, FEW), [True, False]),
        ("vamos los cinco con maletas", (FULL, FEW), [True, False]),
        ("I am alone in the car", (FULL, FEW), [False, True]),
        ("voy solo, sin maletas", (FULL, FEW), [False, True]),
        ("alone, or on a trip with everybody?", (FULL, FEW), [True, True]),
        ("which pressure", (FULL, FEW), [True, True]),
        ("the 18 inch wheels", (FULL, "Tyre 225/45 R18"), [False, True]),
        ("las de 17", (FULL, "Tyre 225/45 R18"), [True, False]),
        ("check engine stays on, it does not flash", (FLASHES, STEADY), [False, True]),
        ("parpadea la luz del motor", (FLASHES, STEADY), [True, False]),
        ("it flashes and then stays on", (FLASHES, STEADY), [True, True]),
        ("oil and filter, how much", (WITH, WITHOUT), [True, False]),
        ("aceite sin tocar el filtro", (WITH, WITHOUT), [False, True]),
        ("how much oil", (WITH, WITHOUT), [True, True]),
        ("rim of the Cumbre", ("Trim Brisa", "Trim Cumbre"), [False, True]),
        ("cuánto aire le pongo al Brisa", ("Trim Aire", "Trim Brisa"), [False, True]),
        ("plugs of the hybrid", ("Spark plugs, 1.5 T", "Spark plugs, Hybrid"), [False, True]),
    ],
)
def test_who_asks_for_one_is_told_nothing_of_another(question: str, names: tuple[str, ...], may: list[bool]) -> None:
    """Unless several were named, or none."""
    assert told(question, *names) == may
