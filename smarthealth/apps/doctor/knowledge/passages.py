"""Articles as passages: what the index holds and what an answer's marks point to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthealth.apps.doctor.case import Passage
from smarthealth.conversation.application import Language

from .article import SECTIONS, Article, Text

HEADINGS: Final[Mapping[str, Mapping[Language, str]]] = {
    "about": {"en": "What it is", "es": "Qué es"},
    "causes": {"en": "What it may be", "es": "Qué puede ser"},
    "self_care": {"en": "What you can do", "es": "Qué puede hacer"},
    "see_professional": {"en": "When to see a professional", "es": "Cuándo consultar"},
    "warning_signs": {"en": "Warning signs", "es": "Señales de alarma"},
}


def passages_of(article: Article, language: Language, *sections: str) -> tuple[Passage, ...]:
    """The sections of an article in one language; all of them when none is named."""
    text = article.text[language]
    source = article.sources[0]
    return tuple(
        Passage(
            article=article.id,
            section=section,
            title=text.title,
            heading=HEADINGS[section][language],
            text=_written(text, section),
            language=language,
            source=f"{source.publisher}: {source.title}",
            url=source.url,
            score=1.0,
        )
        for section in sections or SECTIONS
    )


def _written(text: Text, section: str) -> str:
    if section == "about":
        return text.about
    if section == "causes":
        return " ".join(f"{cause.name}: {'; '.join(cause.reasons_for)}." for cause in text.causes)
    sentences: tuple[str, ...] = getattr(text, section)
    return " ".join(sentences)
