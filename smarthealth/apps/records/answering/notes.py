"""What clinical notes say."""

from __future__ import annotations

import attrs

from smarthealth.apps.records.understanding.question import Order, Pick
from smarthealth.retrieval.glossary import Glossary

from .chart import Found
from .entries import Entry
from .findings import Finding
from .material import Material, absence, say_of_entries
from .passages import advice_text, gist, mentions, quotable, section_text
from .picking import pick_entries

MOST_QUOTED = 3
"""Notes quoted in one answer."""


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
            quote = quotable(mentions(text, topic, glossary))
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
        missing = attrs.evolve(material, topic=topic or material.topic, found=Found((), 0))
        return [absence(missing)]
    return [say_of_entries(material, "note", quoted)]


def report_mentions(material: Material, glossary: Glossary) -> list[Finding]:
    """Quote notes that mention what the structured record lacks."""
    quoted: list[tuple[Entry, str]] = []
    for entry in material.entries:
        quote = quotable(mentions(entry.body or "", material.topic, glossary)[:2])
        if quote and quote not in (earlier for _, earlier in quoted):
            quoted.append((entry, quote))
    return [say_of_entries(material, "mentioned", quoted[:1])] if quoted else []
