"""One question's search of one record: what all look-ups share.

From an ask and a topic it makes what is wanted of the chart, in which days, in which state, and turns what was found into
the material of a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import (
    AgeRange,
    Anchor,
    Ask,
    Operation,
    Order,
    Question,
    Refusal,
    Status,
    TimeRange,
    Topic,
)
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.words import set_of

from .chart import Chart, Found, Wanted
from .entries import Known, Person
from .facts import Fact
from .findings import Finding
from .labels import Labels
from .matching import Matched, Matcher, Quality
from .material import Material, absence
from .naming import NamedPeople, resolve_names
from .periods import relative_to, years_of_life
from .wording import write_period

_ONGOING = ("active", "recurrence", "relapse", "in-progress", "on-hold", "draft")
_OVER = ("resolved", "inactive", "remission", "stopped", "completed", "cancelled", "finished", "revoked", "ended")
_WITH_STATUS = frozenset({"condition", "medication", "allergy", "careplan"})
"""Kinds whose entries go on or are over; the others just happened."""
_ANY_KIND = set_of("encounter condition observation medication allergy procedure immunization report document careplan")
_OF_STATES = frozenset({Operation.LIST, Operation.COUNT, Operation.VALUE, Operation.EXISTS})
"""Operations that a state narrows; of one thing the others are asked whatever its state."""
_VERIFICATIONS = {"confirmed": ("confirmed",), "unconfirmed": ("unconfirmed", "provisional", "differential")}


class Search:
    """What is asked, of whose record, and how it is matched."""

    def __init__(
        self, chart: Chart, person: Person, known: Sequence[Known], question: Question, glossary: Glossary, today: date
    ) -> None:
        self.chart = chart
        self.person = person
        self.known = known
        self.question = question
        self.glossary = glossary
        self.today = today
        self.labels = Labels(question.language, glossary)
        self.matcher = Matcher(question.text, known, glossary)

    def among(self, known: Sequence[Known]) -> Search:
        """The same search, of some of the things only."""
        return Search(self.chart, self.person, known, self.question, self.glossary, self.today)

    async def named(self, ask: Ask) -> NamedPeople:
        """Whom the names of an ask mean."""
        if not ask.people:
            return NamedPeople()
        displays = [thing.display for thing in self.known]
        return await resolve_names(self.chart, self.person, ask.people, displays)

    async def find(self, wanted: Wanted, matched: Matched) -> Found:
        """The entries that are wanted; none where nothing matched."""
        return await self.chart.find(wanted) if matched.core else Found((), 0)

    async def wanted(
        self, ask: Ask, topic: Topic, matched: Matched, period: TimeRange | None, named: NamedPeople | None = None
    ) -> Wanted:
        """What is wanted of the chart for a topic."""
        named = named or NamedPeople()
        kinds = matched.kinds or topic.kinds or _ANY_KIND
        reasons = None
        if ask.reason is not None:
            reasons = self.matcher.reasons(ask.reason, await self.chart.reasons(kinds))
        statuses = None
        of_states = ask.operation in _OF_STATES or not topic.is_specific
        if ask.status in _STATES and kinds <= _WITH_STATUS and of_states:
            statuses = _STATES[ask.status]
        everything = matched.quality is Quality.KIND and topic.category is None
        return Wanted(
            kinds=kinds,
            names=None if everything else tuple((known.kind, known.display, known.category) for known in matched.core),
            parts=any(known.is_part for known in matched.core),
            since=period.since if period else None,
            until=period.until if period else None,
            statuses=statuses,
            reasons=reasons,
            verifications=_VERIFICATIONS[ask.verification] if ask.verification and not topic.is_specific else None,
            people=named.practitioners,
            places=named.organizations,
            oldest_first=ask.pick.order is Order.FIRST,
        )

    async def period(self, ask: Ask) -> tuple[TimeRange | None, bool]:
        """The days that an ask is limited to, and whether they could be told."""
        match ask.period:
            case None:
                return None, True
            case TimeRange():
                return ask.period, True
            case AgeRange():
                years = years_of_life(ask.period, self.person.birth_date)
                return years, years is not None
            case Anchor():
                return await self._around(ask.period)

    async def _around(self, anchor: Anchor) -> tuple[TimeRange | None, bool]:
        matched = self.matcher.match(anchor.topic)
        if not matched.core:
            return None, False
        reasons = None
        if anchor.reason is not None:
            reasons = self.matcher.reasons(anchor.reason, await self.chart.reasons(matched.kinds))
        wanted = Wanted(
            kinds=matched.kinds,
            names=tuple((known.kind, known.display, known.category) for known in matched.core),
            since=anchor.within.since if anchor.within else None,
            until=anchor.within.until if anchor.within else None,
            reasons=reasons,
            oldest_first=anchor.pick.order is not Order.LATEST,
        )
        found = await self.chart.find(wanted, limit=1)
        if not found.entries or found.entries[0].on is None:
            return None, False
        return relative_to(found.entries[0], anchor), True

    def period_words(self, period: TimeRange | None) -> str | None:
        """The days of a period in words."""
        return write_period(period.since, period.until, self.labels.language) if period else None

    def material(
        self, ask: Ask, topic: Topic, matched: Matched, found: Found, period: TimeRange | None = None
    ) -> Material:
        """The material of a report."""
        return Material(
            ask=ask,
            topic=topic,
            matched=matched,
            found=found,
            labels=self.labels,
            person=self.person,
            today=self.today,
            period=self.period_words(period),
        )

    def absent(self, ask: Ask, topic: Topic, matched: Matched) -> Finding:
        """That the record does not hold something."""
        return absence(self.material(ask, topic, matched, Found((), 0)))

    async def nothing(self, material: Material, wanted: Wanted) -> Finding:
        """That nothing was found, and the nearest thing outside the time or state that was asked for."""
        limited = wanted.since or wanted.until or wanted.statuses
        if not limited or not material.matched.core or not material.topic.is_specific:
            return absence(material)
        wider = attrs.evolve(wanted, since=None, until=None, statuses=None, oldest_first=False)
        found = await self.chart.find(wider, limit=1)
        return absence(attrs.evolve(material, found=found))


_STATES = {Status.ACTIVE: _ONGOING, Status.ENDED: _OVER}


def refused(ask: Ask, refusal: Refusal) -> Finding:
    """That something is not answered."""
    return Finding(ask=ask, fact=Fact(say="refusal", detail=refusal.value))


def aside(finding: Finding) -> Finding:
    """A finding that says what it says, as a mere addition to the answer proper."""
    return attrs.evolve(finding, fact=attrs.evolve(finding.fact, detail="beside"))


def beside(finding: Finding) -> Finding:
    """A finding as a mere addition to the answer proper."""
    return attrs.evolve(finding, fact=attrs.evolve(finding.fact, say="exists", detail="beside"))
