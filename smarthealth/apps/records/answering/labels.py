"""What things are called in an answer: in the question's language, with the record's own words."""

from __future__ import annotations

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Language, Topic
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.glossary import Glossary


class Labels:
    """Names in one language."""

    def __init__(self, language: Language, glossary: Glossary) -> None:
        self.language: Language = language
        self._glossary = glossary

    def of_display(self, kind: str, display: str, code: str | None = None) -> str:
        """The record's words, in Spanish after the name that the glossary has: `hipertensión (Hypertension)`."""
        if self.language == "en":
            return display
        concepts = self._glossary.classify(kind, display, code)
        if len(concepts) != 1 or not concepts[0].spanish:
            return display
        return _joined(_of_kind(kind, concepts[0].spanish_name), display)

    def of_topic(self, topic: Topic) -> str:
        """What a topic is called when the record has no words for it."""
        if not topic.concepts:
            return f"«{topic.surface}»"
        name = self.of_concept(topic.concepts[0])
        kinds = topic.kinds or frozenset(kind for concept in topic.concepts for kind in concept.kinds)
        if len(kinds) == 1 and self.language == "es":
            name = _of_kind(next(iter(kinds)), name)
        if topic.kinds == {"allergy"} and self.language == "en" and "allerg" not in name:
            name = f"allergy to {name}"
        return " ".join((name, *topic.terms))

    def of_concept(self, concept: Concept) -> str:
        """A concept's name."""
        return concept.spanish_name if self.language == "es" else concept.english_name


_BY_OBJECT = {"allergy": ("alerg", "alergia a"), "immunization": ("vacuna", "vacuna de")}
"""Kinds whose Spanish names may be those of their object: the word that a name must hold, and what goes before it else."""


def _of_kind(kind: str, name: str) -> str:
    if kind not in _BY_OBJECT:
        return name
    word, before = _BY_OBJECT[kind]
    return name if word in name.lower() else f"{before} {name}"


def _joined(name: str, display: str) -> str:
    if fold_letters(name) == fold_letters(display):
        return display
    return f"{name} («{display}»)" if "(" in display else f"{name} ({display})"
