"""Whom a question is about when it is not the patient."""

from __future__ import annotations

import re

import pytest

from smarthealth.apps.records.understanding.question import Kin
from smarthealth.apps.records.understanding.relatives import (
    find_kin,
    homonym_spans,
    is_other_sex,
    kin_pattern,
    kin_spans,
    names_kin,
    parts_by_kin,
)


@pytest.mark.parametrize(
    ("visible", "written", "kin"),
    [
        ("la madre tiene §?", "", Kin.MOTHER),
        ("mama con §", "", Kin.MOTHER),
        ("mamá con HTA", "mamá con HTA", Kin.MOTHER),
        ("el papa murio", "", Kin.FATHER),
        ("alergia a la papa", "", None),
        ("cancer de mama", "", None),
        ("her brother's §", "", Kin.SIBLING),
        ("family history of §", "", Kin.FAMILY),
        ("antecedentes familiares: la madre", "", Kin.MOTHER),
        ("cuanto peso el bebe", "", Kin.BABY),
        ("cuanto bebe", "cuánto bebe", None),
        ("cuanto bebe", "cuánto pesó: bebé", Kin.BABY),
        ("medico de familia", "", None),
        ("cuales son las §", "", None),
        ("his son has §", "", Kin.CHILD),
        ("cuantos hijos tiene", "", None),
    ],
)
def test_a_relative_is_known_by_the_word(visible: str, written: str, kin: Kin | None) -> None:
    """Accents tell the baby from drinking; words of kinship for the patient or for a kind of care are none."""
    assert find_kin(visible, written) is kin


def test_words_of_kinship_stand_somewhere() -> None:
    """Their spans, so that no other reader takes them."""
    assert kin_spans("la madre y el padre") == [(3, 8), (14, 19)]


@pytest.mark.parametrize(
    ("text", "kin", "named"),
    [
        ("Mother: diabetes", Kin.MOTHER, True),
        ("Padres sanos", Kin.MOTHER, True),
        ("Padre sano", Kin.PARENT, True),
        ("Hermana con lupus", Kin.FAMILY, True),
        ("Padre sano", Kin.SIBLING, False),
    ],
)
def test_a_text_names_a_relative(text: str, kin: Kin, named: bool) -> None:
    """The parents are both; the family is anybody."""
    assert names_kin(text, kin) is named


def test_a_text_on_the_other_of_two_is_no_answer() -> None:
    """Who asks for the brother is not told of the sister; where both or neither is named, nothing is barred."""
    assert is_other_sex("su hermano?", "Hermana con cáncer")
    assert is_other_sex("her aunt", "An uncle with gout")
    assert not is_other_sex("hermanos y hermanas", "Hermana sana")
    assert not is_other_sex("la madre", "Hermana sana")


def test_a_line_is_cut_before_each_relative() -> None:
    """What is said of one is not said of the next."""
    assert parts_by_kin("Madre con HTA, padre con DM2 y EPOC; un hermano sano.") == [
        "Madre con HTA",
        "padre con DM2 y EPOC",
        "un hermano sano",
    ]


def test_notes_are_found_by_the_beginnings_of_words() -> None:
    """Of the family, anybody's."""
    pattern = kin_pattern(Kin.FAMILY).replace(r"\m", r"\b").replace(r"\M", r"\b")
    assert re.search(pattern, "un tío con gota")
    assert not re.search(kin_pattern(Kin.MOTHER).replace(r"\m", r"\b"), "el hermano")


def test_words_for_relatives_may_be_written_as_other_things_are() -> None:
    """`mamá`, `la tía` are relatives; `TIA` and the breast are not."""
    assert homonym_spans("la mama y la tia", "la mamá y la tía") == [(3, 7), (13, 16), (3, 7)]
    assert homonym_spans("tuvo un tia", "tuvo un TIA") == []
    assert homonym_spans("cancer de la mama", "cáncer de la mama") == []


def test_an_accent_tells_a_parent_in_a_text() -> None:
    """At the beginning of a line too."""
    assert names_kin("Papá asmático", Kin.FATHER)
    assert names_kin("Mamá asmática", Kin.PARENT)
    assert names_kin("Mamá asmática", Kin.FAMILY)
    assert not names_kin("Mamá asmática", Kin.FATHER)
