"""What is asked of the entries, by its phrases."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.operations import find_operations
from smarthealth.apps.records.understanding.question import Operation


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("a que edad tuvo §§§", Operation.AGE_AT),
        ("how old was she", Operation.AGE_AT),
        ("cuanto tiempo paso entre §§§ y §§§", Operation.INTERVAL),
        ("sigue activa la §§§", Operation.STATUS),
        ("is the §§§ still active", Operation.STATUS),
        ("cuanto duro la §§§", Operation.DURATION),
        ("how long did the §§§ last", Operation.DURATION),
        ("como ha evolucionado §§§", Operation.TREND),
        ("§§§ sube o baja", Operation.TREND),
        ("is §§§ getting higher", Operation.TREND),
        ("cuanto ha bajado §§§", Operation.CHANGE),
        ("difference between the first and the last §§§", Operation.CHANGE),
        ("promedio de §§§", Operation.AVERAGE),
        ("mean of §§§", Operation.AVERAGE),
        ("es normal §§§", Operation.NORMAL),
        ("is §§§ too high", Operation.NORMAL),
        ("dosis de §§§", Operation.DOSE),
        ("como le mandaron el §§§", Operation.DOSE),
        ("esquema de §§§", Operation.DOSE),
        ("en que caso se le pone el §§§", Operation.DOSE),
        ("how should §§§ be taken", Operation.DOSE),
        ("quien lo atendio", Operation.WHO),
        ("fecha y cirujano de la §§§", Operation.WHO),
        ("which surgeon did the §§§", Operation.WHO),
        ("which doctor saw him", Operation.WHO),
        ("en que hospital fue", Operation.WHERE),
        ("where was he seen", Operation.WHERE),
        ("discharge date and destination", Operation.WHERE),
        ("por que le recetaron §§§", Operation.REASON),
        ("for which condition was §§§ prescribed", Operation.REASON),
        ("cuantas §§§", Operation.COUNT),
        ("how often was he seen", Operation.COUNT),
        ("cuando fue", Operation.WHEN),
        ("on what date", Operation.WHEN),
        ("resumen", Operation.SUMMARY),
        ("medical history", Operation.SUMMARY),
        ("lista de §§§", Operation.LIST),
        ("tiene §§§", Operation.EXISTS),
        ("has he ever had §§§", Operation.EXISTS),
        ("cual es §§§", Operation.VALUE),
        ("what is §§§", Operation.VALUE),
    ],
)
def test_the_strongest_phrase_comes_first(text: str, operation: Operation) -> None:
    """Each operation has its phrases in both languages."""
    assert find_operations(text)[0].operation is operation


def test_weaker_phrases_follow() -> None:
    """A clause may speak for several operations."""
    cues = find_operations("cual es la dosis de §§§")
    assert [cue.operation for cue in cues] == [Operation.DOSE, Operation.VALUE]


def test_a_text_without_phrases_asks_nothing() -> None:
    """The caller decides then."""
    assert find_operations("§§§§") == []
