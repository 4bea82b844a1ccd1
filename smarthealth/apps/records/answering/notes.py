"""What clinical notes say."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from smarthealth.apps.records.understanding.question import Language, Order, Pick, Topic
from smarthealth.retrieval.glossary import Glossary

from .chart import Found
from .entries import Entry
from .findings import Finding
from .material import Material, absence, say_of_entries
from .passages import advice_text, gist, gives_advice, mentions, quotable, section_text
from .picking import pick_entries
from .seeking import is_intended

MOST_QUOTED = 3
"""Notes quoted in one answer."""


_PARTS: Mapping[Language, Mapping[str, str]] = {
    "es": {
        "advice": "recomendaciones en las notas",
        "complaint": "motivo de consulta en las notas",
        "present": "enfermedad actual en las notas",
        "social": "historia social en las notas",
        "allergies": "alergias en las notas",
        "medications": "medicamentos en las notas",
        "plan": "plan en las notas",
    },
    "en": {
        "advice": "recommendations in the notes",
        "complaint": "chief complaint in the notes",
        "present": "history of present illness in the notes",
        "social": "social history in the notes",
        "allergies": "allergies in the notes",
        "medications": "medications in the notes",
        "plan": "plan in the notes",
    },
}
"""What the parts of notes are called when no note has them."""


def report_notes(material: Material, glossary: Glossary) -> list[Finding]:
    """Quote the notes that are meant: the section asked for, what they say of a topic, or their gist."""
    ask = material.ask
    topic = next((topic for topic in ask.topics if topic.is_specific), None)
    pick = ask.pick
    one = pick.order is Order.ALL and ask.period is None and topic is None
    if one and ask.section is None:
        pick = Pick(order=Order.LATEST)
    quoted: list[tuple[Entry, str]] = []
    for entry in pick_entries(material.entries, pick):
        text = entry.body or ""
        if topic is not None:
            said = mentions(text, topic, glossary)
            advice = [line for line in said if gives_advice(line)] if ask.section == "advice" else []
            quote = quotable(advice or said)
        elif ask.section == "advice":
            quote = advice_text(text) or ""
        elif ask.section is not None:
            quote = section_text(text, ask.section) or ""
        else:
            quote = gist(text)
        if quote and quote not in (earlier for _, earlier in quoted):
            quoted.append((entry, quote))
        if len(quoted) == (1 if one else MOST_QUOTED):
            break
    if not quoted:
        part = _PARTS[material.labels.language].get(ask.section or "")
        of_part = Topic(surface=part, terms=(part,)) if part else material.topic
        return [absence(attrs.evolve(material, topic=topic or of_part, found=Found((), 0)))]
    return [say_of_entries(material, "note", quoted)]


def report_mentions(material: Material, glossary: Glossary, *, as_result: bool = False) -> list[Finding]:
    """Quote notes that mention what the structured record lacks.

    Args:
        material: What is asked, and the notes that may mention it.
        glossary: Clinical vocabulary.
        as_result: Whether it is asked how something turned out: what is yet to be done tells no result.
    """
    quoted: list[tuple[Entry, str]] = []
    for entry in material.entries:
        said = mentions(entry.body or "", material.topic, glossary)
        quote = quotable([line for line in said if not (as_result and _is_intended(line))][:2])
        if quote and quote not in (earlier for _, earlier in quoted):
            quoted.append((entry, quote))
    return [say_of_entries(material, "mentioned", quoted[:1])] if quoted else []


def _is_intended(mention: str) -> bool:
    heading, _, line = mention.rpartition(": ")
    return is_intended(heading, line)
