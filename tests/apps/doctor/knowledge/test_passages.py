"""Articles as passages."""

from __future__ import annotations

from smarthealth.apps.doctor.knowledge.article import SECTIONS
from smarthealth.apps.doctor.knowledge.loading import load_articles
from smarthealth.apps.doctor.knowledge.passages import passages_of


def test_every_section_is_a_passage() -> None:
    """In the order in which they are read, with the first source."""
    article = load_articles()["cough"]
    found = passages_of(article, "es")
    assert tuple(one.section for one in found) == SECTIONS
    assert {one.title for one in found} == {"Tos"}
    assert {one.url for one in found} == {article.sources[0].url}
    assert found[0].heading == "Qué es"
    assert found[0].text == article.text["es"].about


def test_sections_can_be_picked() -> None:
    """Causes are named with what speaks for them; lists are one text."""
    article = load_articles()["cough"]
    causes, care = passages_of(article, "en", "causes", "self_care")
    assert causes.text.startswith("a cold or another viral infection of the airways: it is by far")
    assert care.text == " ".join(article.text["en"].self_care)
    assert care.source == "NHS: Cough"
