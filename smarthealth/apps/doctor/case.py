"""What the agents know of one message: the person, the conversation, and what the agents before them found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from smarthealth.apps.doctor.profile import PatientProfile
from smarthealth.conversation.application import Language

from .results import DiagnosticResult, TreatmentResult, TriageResult


@attrs.frozen(kw_only=True)
class Passage:
    """A section of an article of the knowledge base."""

    article: str
    """Its id."""
    section: str
    """Its id: `about`, `causes`, `self_care`, `see_professional`, `warning_signs`, …"""
    title: str
    """The article's, in the passage's language."""
    heading: str
    """The section's, likewise."""
    text: str
    language: Language
    source: str
    """Who published what the article rests on."""
    url: str
    score: float
    """In [0, 1]; comparable within one search only."""


@attrs.frozen(kw_only=True)
class Said:
    """What was said before: a message and its answer."""

    message: str
    answer: str
    at: datetime


@attrs.frozen(kw_only=True)
class Case:
    """One message and all that is known beside it; each agent adds its own result."""

    message: str
    language: Language
    profile: PatientProfile
    history: tuple[Said, ...] = ()
    """Oldest first."""
    sources: tuple[Passage, ...] = ()
    """Numbered from 1; numbers never change, later agents add at the end."""
    triage: TriageResult | None = None
    diagnostic: DiagnosticResult | None = None
    treatment: TreatmentResult | None = None
    completed: tuple[str, ...] = ()
    """Names of the agents that have worked."""
    is_over: bool = False
    """Whether the agents that follow have nothing to do."""

    def with_sources(self, found: Sequence[Passage]) -> Case:
        """The case with the passages that it has not got yet, at the end."""
        known = {(passage.article, passage.section, passage.language) for passage in self.sources}
        fresh = tuple(passage for passage in found if (passage.article, passage.section, passage.language) not in known)
        return attrs.evolve(self, sources=(*self.sources, *fresh))

    def completed_by(self, agent: str) -> Case:
        """The case once an agent has worked."""
        return attrs.evolve(self, completed=(*self.completed, agent))
