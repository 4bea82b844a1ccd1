"""How often a medicine is taken, in the language of the question."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.dosages import frequency
from smarthealth.apps.records.understanding.question import Language


@pytest.mark.parametrize(
    ("dosage", "language", "often"),
    [
        ("dose 1 tableta, once a day", "es", "una vez al día"),
        ("One tablet by mouth twice daily", "es", "dos veces al día"),
        ("1 tab BID with food", "en", "twice a day"),
        ("500 mg every 8 hours as needed", "es", "cada 8 horas, según necesidad"),
        ("60 mg cada 6 meses", "en", "every 6 months"),
        ("1 tableta diaria", "en", "once a day"),
        ("6 tabletas una vez por semana", "en", "once a week"),
        ("One capsule three times a day", "es", "tres veces al día"),
        ("1 cápsula al acostarse", "en", "at night"),
        ("Take as directed", "es", None),
    ],
)
def test_how_often_is_told_in_either_language(dosage: str, language: Language, often: str | None) -> None:
    """Usual phrases and abbreviations of prescriptions are understood in both; others are left as they stand."""
    assert frequency(dosage, language) == often
