"""Words that name a kind of entry."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.kinds import find_kinds, team_spans


@pytest.mark.parametrize(
    ("text", "kinds", "category", "is_noun"),
    [
        ("consultas", {"encounter"}, None, True),
        ("visitas a urgencias", {"encounter"}, "emergency", True),
        ("hospital admissions", {"encounter"}, "inpatient", True),
        ("annual check-up", {"encounter"}, "wellness", True),
        ("outpatient visits", {"encounter"}, "ambulatory", True),
        ("enfermedades", {"condition"}, None, True),
        ("prescriptions", {"medication"}, None, True),
        ("alergico", {"allergy"}, None, True),
        ("dosis de vacunas", {"immunization"}, None, True),
        ("cirugias", {"procedure"}, "surgery", True),
        ("procedures", {"procedure"}, None, True),
        ("signos vitales", {"observation"}, "vital-signs", True),
        ("blood tests", {"observation", "report"}, "laboratory", True),
        ("examenes", {"observation", "report", "procedure"}, None, True),
        ("nivel", {"observation"}, "level", True),
        ("informes", {"report"}, None, True),
        ("nota de urgencias", {"document"}, "emergency", True),
        ("clinical notes", {"document"}, None, True),
        ("plan de cuidados", {"careplan"}, None, True),
        ("recetaron", {"medication"}, None, False),
        ("diagnosed", {"condition"}, None, False),
        ("vacunaron", {"immunization"}, None, False),
        ("underwent", {"procedure"}, None, False),
        ("escribio", {"document"}, None, False),
        ("atendio", {"encounter"}, None, False),
    ],
)
def test_nouns_and_verbs_name_kinds(text: str, kinds: set[str], category: str | None, is_noun: bool) -> None:
    """Each kind has its words in both languages, some of them narrower."""
    (cue, *_) = sorted(find_kinds(text), key=lambda cue: cue.start)
    assert (cue.kinds, cue.category, cue.is_noun) == (frozenset(kinds), category, is_noun)


def test_a_longer_phrase_is_one_cue() -> None:
    """`visitas a urgencias` are not visits and emergencies."""
    assert len(list(find_kinds("visitas a urgencias"))) == 1


def test_a_team_is_of_people() -> None:
    """A care team is named so, or by who is on it; a piece of equipment is another thing."""
    text = "quien es la enfermera del equipo"
    assert [text[start:end] for start, end in team_spans(text)] == ["del equipo"]
    assert team_spans("usa un equipo medico") == []
