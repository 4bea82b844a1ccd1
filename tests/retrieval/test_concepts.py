"""Names of a concept."""

from __future__ import annotations

from smarthealth.retrieval.concepts import Concept


def test_preferred_names_come_first() -> None:
    """The first name of each language is the preferred one."""
    concept = Concept(
        id="cough", kinds=("condition",), spanish=("tos", "tosecita"), english=("cough",), abbreviations=("T",)
    )
    assert (concept.spanish_name, concept.english_name) == ("tos", "cough")
    assert concept.names == ("tos", "tosecita", "cough", "T")


def test_a_brand_without_a_spanish_name_is_called_as_in_english() -> None:
    """Where there is no Spanish name the English one stands in."""
    assert Concept(id="x", kinds=("medication",), spanish=(), english=("Xyz",)).spanish_name == "Xyz"
