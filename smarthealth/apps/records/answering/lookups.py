"""Structured look-ups: a question's asks, answered from the rows of the patient's record."""

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
    Pick,
    Question,
    Refusal,
    Status,
    TimeRange,
    Topic,
)
from smarthealth.retrieval.glossary import Glossary, load_glossary
from smarthealth.retrieval.words import set_of
from smarthealth.storage.pool import Pool

from .chart import Chart, Found, Wanted
from .entries import Entry, Known, Person
from .facts import Fact
from .findings import Finding, Findings
from .labels import Labels
from .matching import Matched, Matcher, Quality
from .material import Material, absence, say_of_entries
from .naming import NamedPeople, resolve_names
from .notes import report_mentions, report_notes
from .passages import quotable, search_names
from .periods import relative_to, years_of_life
from .picking import pick_entries
from .reports import report
from .seeking import asks_for_result, best_sentence, find_terms, patterns
from .summaries import SUMMARY_ASKS, report_person, report_summary
from .wording import write_period

_ONGOING = ("active", "recurrence", "relapse", "in-progress", "on-hold", "draft")
_OVER = ("resolved", "inactive", "remission", "stopped", "completed", "cancelled", "finished", "revoked", "ended")
_WITH_STATUS = frozenset({"condition", "medication", "allergy", "careplan"})
"""Kinds whose entries go on or are over; the others just happened."""
_LASTING = frozenset({"condition", "medication", "careplan"})
_ANY_KIND = set_of("encounter condition observation medication allergy procedure immunization report document careplan")


async def look_up(
    pool: Pool, patient_id: int, question: Question, *, today: date, glossary: Glossary | None = None
) -> Findings:
    """Answer a question from the rows of one patient's record.

    Args:
        pool: Connections to the database.
        patient_id: Whose record.
        question: What is asked.
        today: The day up to which what goes on has lasted.
        glossary: Clinical vocabulary; the one of the package when None.

    Raises:
        StorageError: The database does not answer.
    """
    chart = Chart(pool, patient_id)
    person, known = await chart.person(), await chart.known()
    vocabulary = glossary or load_glossary()
    search = _LookUp(chart, person, known, question, vocabulary, today)
    findings = [finding for ask in question.asks for finding in await search.answer(ask)]
    return Findings(
        person=person,
        findings=tuple(findings),
        records_analyzed=sum(thing.count for thing in known if not thing.is_part),
        names=tuple(dict.fromkeys(thing.display for thing in known)),
    )


class _LookUp:
    """The look-ups of one question."""

    def __init__(
        self, chart: Chart, person: Person, known: Sequence[Known], question: Question, glossary: Glossary, today: date
    ) -> None:
        self._chart = chart
        self._person = person
        self._known = known
        self._labels = Labels(question.language, glossary)
        self._matcher = Matcher(question.text, known, glossary)
        self._glossary = glossary
        self._language = question.language
        self._question = question
        self._today = today

    async def answer(self, ask: Ask) -> list[Finding]:
        """Answer one ask: a finding for each of its topics; nothing is absent before the notes were looked through."""
        findings = await self._answer(ask)
        if all(_is_plainly_absent(finding) for finding in findings):
            return await self._quoted(ask) or findings
        return findings

    async def _quoted(self, ask: Ask) -> list[Finding]:
        """The sentence of a note that holds what is asked."""
        alone = len(self._question.asks) == 1 or not ask.topics
        text = self._question.text if alone else " ".join((*(t.surface for t in ask.topics), *ask.topics[0].terms))
        wanted = patterns(find_terms(text, self._glossary))
        period, is_dated = await self._period(ask)
        if not wanted or not is_dated:
            return []
        notes = [note for note in await self._chart.notes_holding(wanted) if _is_within(note, period)]
        by_heading = bool(ask.topics) and not any(topic.is_specific for topic in ask.topics)
        best = best_sentence(notes, text, self._glossary, by_heading=by_heading)
        if best is None:
            return []
        matched = Matched(core=(), quality=Quality.PASSAGE)
        material = self._material(attrs.evolve(ask, refusal=None), Topic(surface=text), matched, Found((best[0],), 1))
        return [say_of_entries(material, "mentioned", [(best[0], quotable([best[1]]))])]

    async def _answer(self, ask: Ask) -> list[Finding]:
        if ask.operation is Operation.UNANSWERABLE:
            return [_refused(ask, ask.refusal or Refusal.OFF_TOPIC)]
        named = await self._named(ask)
        if named.is_stranger:
            return [_refused(ask, Refusal.OTHER_PATIENT)]
        if ask.operation is Operation.DEMOGRAPHIC:
            return [report_person(ask, self._person, self._today)]
        if ask.operation is Operation.SUMMARY:
            return await self._summary(ask)
        if ask.operation is Operation.NOTE:
            return await self._notes(ask)
        if ask.operation is Operation.INTERVAL and len(ask.topics) > 1:
            return [await self._interval(ask, named)]
        return [finding for topic in ask.topics for finding in await self._about(ask, topic, named)]

    async def _named(self, ask: Ask) -> NamedPeople:
        if not ask.people:
            return NamedPeople()
        displays = [thing.display for thing in self._known]
        return await resolve_names(self._chart, self._person, ask.people, displays)

    async def _about(self, ask: Ask, topic: Topic, named: NamedPeople) -> list[Finding]:
        matched = self._matcher.match(topic)
        period, is_dated = await self._period(ask)
        if not is_dated:
            return [self._absent(ask, _anchor_topic(ask), Matched(core=()))]
        wanted = await self._wanted(ask, topic, matched, period, named)
        found = await self._find(wanted, matched, topic)
        if not found.entries and period is not None and self._is_of_a_stay(ask):
            # how it stood then is told by the last measurement up to that time
            ask, period = attrs.evolve(ask, pick=Pick(order=Order.LATEST)), attrs.evolve(period, since=None)
            wanted = await self._wanted(ask, topic, matched, period, named)
            found = await self._find(wanted, matched, topic)
        material = Material(
            ask=ask,
            topic=topic,
            matched=matched,
            found=await self._attended(ask, found),
            labels=self._labels,
            person=self._person,
            today=self._today,
            period=self._period_words(ask, period),
        )
        if found.entries and material.kind == "report" and ask.operation in _OF_RESULTS:
            results = await self._chart.results_of(pick_entries(found.entries, Pick(order=ask.pick.order))[:1])
            if results.entries:
                return report(attrs.evolve(material, found=results, ask=attrs.evolve(ask, operation=Operation.LIST)))
        if not found.entries and ask.reason is not None:
            of_class = await self._given_by_class(ask, ask.reason, named)
            if of_class and self._matcher.match(ask.reason).core:
                return of_class
            if of_class:
                # nobody says that the patient has the disease: what is given for it elsewhere is told beside
                return [await self._nothing(material, wanted), *map(_beside, of_class)]
        if not found.entries:
            return (
                await self._by_another_way(ask, topic, named)
                or await self._mentioned(material)
                or [await self._nothing(material, wanted), *await self._as_another_kind(material, wanted)]
            )
        findings = report(material)
        return findings + await self._related(material, wanted)

    async def _by_another_way(self, ask: Ask, topic: Topic, named: NamedPeople) -> list[Finding]:
        """What was done for a reason by its own name, else by another kind of entry: cataract surgery, phototherapy."""
        if ask.reason is not None:
            called = attrs.evolve(ask.reason, kinds=topic.kinds)
            others = attrs.evolve(topic, kinds=_ALSO_GIVEN)
            ways: list[tuple[Topic, Topic | None]] = (
                [(called, None)] if topic.category is None or topic.kinds == {"procedure"} else []
            )
            ways += [(others, ask.reason)] if topic.kinds == {"medication"} else []
            for other, reason in ways:
                found = await self._about(attrs.evolve(ask, reason=reason, topics=(other,)), other, named)
                if not any(finding.is_absence or finding.quality is Quality.PASSAGE for finding in found):
                    return found
        return []

    async def _as_another_kind(self, material: Material, wanted: Wanted) -> list[Finding]:
        """The same thing as another kind of entry, told beside: an allergy to what was never prescribed."""
        topic, ask = material.topic, material.ask
        if material.matched.core or not topic.kinds or not topic.concepts or ask.reason is not None:
            return []
        matched = self._matcher.match(attrs.evolve(topic, kinds=frozenset(), category=None))
        alike = tuple(known for known in matched.core if known.kind in _SUBSTANCES)
        if not alike or not topic.kinds <= _SUBSTANCES:
            return []
        matched = Matched(core=alike, quality=Quality.NARROWER)
        names = tuple((known.kind, known.display, known.category) for known in alike)
        found = await self._chart.find(attrs.evolve(wanted, kinds=matched.kinds, names=names, statuses=None))
        beside = attrs.evolve(material, found=found, matched=matched, is_beside=True)
        return report(beside) if found.entries else []

    async def _find(self, wanted: Wanted, matched: Matched, topic: Topic) -> Found:
        if not matched.core:
            return Found((), 0)
        return await self._chart.find(wanted)

    async def _wanted(
        self, ask: Ask, topic: Topic, matched: Matched, period: TimeRange | None, named: NamedPeople
    ) -> Wanted:
        kinds = matched.kinds or topic.kinds or _ANY_KIND
        reasons = None
        if ask.reason is not None:
            reasons = self._matcher.reasons(ask.reason, await self._chart.reasons(kinds))
        statuses = None
        of_states = ask.operation in _OF_STATES or not topic.is_specific
        if ask.status is not None and kinds <= _WITH_STATUS and of_states:
            statuses = _ONGOING if ask.status is Status.ACTIVE else _OVER
        everything = matched.quality is Quality.KIND and topic.category is None
        return Wanted(
            kinds=kinds,
            names=None if everything else tuple((known.kind, known.display, known.category) for known in matched.core),
            parts=any(known.is_part for known in matched.core),
            since=period.since if period else None,
            until=period.until if period else None,
            statuses=statuses,
            reasons=reasons,
            people=named.practitioners,
            places=named.organizations,
            oldest_first=ask.pick.order is Order.FIRST,
        )

    async def _attended(self, ask: Ask, found: Found) -> Found:
        if ask.operation not in (Operation.WHO, Operation.WHERE):
            return found
        return Found(await self._chart.with_attendance(found.entries), found.total)

    async def _period(self, ask: Ask) -> tuple[TimeRange | None, bool]:
        """The days that an ask is limited to, and whether they could be told."""
        match ask.period:
            case None:
                return None, True
            case TimeRange():
                return ask.period, True
            case AgeRange():
                years = years_of_life(ask.period, self._person.birth_date)
                return years, years is not None
            case Anchor():
                return await self._around(ask.period)

    def _is_of_a_stay(self, ask: Ask) -> bool:
        """Whether one measurement at a visit or during a stay is asked for."""
        during = isinstance(ask.period, Anchor) and ask.period.relation == "during"
        measured = all(topic.concepts and topic.is_measured for topic in ask.topics)
        return during and measured and ask.operation is Operation.VALUE

    async def _around(self, anchor: Anchor) -> tuple[TimeRange | None, bool]:
        matched = self._matcher.match(anchor.topic)
        if not matched.core:
            return None, False
        reasons = None
        if anchor.reason is not None:
            reasons = self._matcher.reasons(anchor.reason, await self._chart.reasons(matched.kinds))
        wanted = Wanted(
            kinds=matched.kinds,
            names=tuple((known.kind, known.display, known.category) for known in matched.core),
            reasons=reasons,
            oldest_first=anchor.pick.order is not Order.LATEST,
        )
        found = await self._chart.find(wanted, limit=1)
        if not found.entries or found.entries[0].on is None:
            return None, False
        return relative_to(found.entries[0], anchor), True

    def _period_words(self, ask: Ask, period: TimeRange | None) -> str | None:
        if period is None:
            return None
        return write_period(period.since, period.until, self._language)

    async def _nothing(self, material: Material, wanted: Wanted) -> Finding:
        """That nothing was found, and the nearest thing outside the time or state that was asked for."""
        limited = wanted.since or wanted.until or wanted.statuses
        if not limited or not material.matched.core or not material.topic.is_specific:
            return absence(material)
        wider = attrs.evolve(wanted, since=None, until=None, statuses=None, oldest_first=False)
        found = await self._chart.find(wider, limit=1)
        return absence(attrs.evolve(material, found=found))

    async def _given_by_class(self, ask: Ask, reason: Topic, named: NamedPeople) -> list[Finding]:
        """Medicines of the class that is for a disease, where none says that it was given for it."""
        classes = [
            tuple(match.concept for match in matches if len(match.surface) > len(reason.surface))
            for phrase in ("medicamentos para {}", "tratamiento de {}")
            if (matches := self._glossary.concepts(phrase.format(reason.surface), kinds={"medication"}))
        ]
        given = (self._glossary.given_for(concept.id) for concept in reason.concepts)
        for concepts in (*classes, tuple(concept for concept in given if concept is not None)):
            if concepts:
                topic = Topic(kinds=frozenset({"medication"}), concepts=concepts, surface=reason.surface)
                found = await self._about(attrs.evolve(ask, reason=None, topics=(topic,)), topic, named)
                return [finding for finding in found if not finding.is_absence]
        return []

    async def _mentioned(self, material: Material) -> list[Finding]:
        """What notes say of something that no entry is about."""
        topic, ask = material.topic, material.ask
        names = search_names(topic)
        if topic.kinds or material.matched.core or not names or ask.operation not in _MAY_BE_MENTIONED:
            return []
        if not any(known.kind == "document" for known in self._known):
            return []
        notes = await self._chart.notes_with(names)
        mentioned = attrs.evolve(material, found=Found(notes, len(notes)))
        return report_mentions(mentioned, self._glossary, as_result=asks_for_result(self._question.text))

    async def _related(self, material: Material, wanted: Wanted) -> list[Finding]:
        related = material.matched.related
        if not related or material.ask.operation not in (Operation.EXISTS, Operation.LIST, Operation.COUNT):
            return []
        names = tuple((known.kind, known.display, known.category) for known in related)
        kinds = frozenset(known.kind for known in related)
        found = await self._chart.find(attrs.evolve(wanted, kinds=kinds, names=names))
        return (
            report(
                attrs.evolve(
                    material, found=found, matched=Matched(core=related, quality=Quality.NARROWER), is_beside=True
                )
            )
            if found.entries
            else []
        )

    def _absent(self, ask: Ask, topic: Topic, matched: Matched) -> Finding:
        return absence(self._material(ask, topic, matched, Found((), 0)))

    def _material(self, ask: Ask, topic: Topic, matched: Matched, found: Found) -> Material:
        return Material(
            ask=ask, topic=topic, matched=matched, found=found, labels=self._labels, person=self._person,
            today=self._today, period=None,
        )  # fmt: skip

    async def _interval(self, ask: Ask, named: NamedPeople) -> Finding:
        ends: list[Entry] = []
        for topic in ask.topics[:2]:
            matched = self._matcher.match(topic)
            wanted = await self._wanted(ask, topic, matched, None, named)
            found = await self._find(
                attrs.evolve(wanted, oldest_first=ask.pick.order is not Order.LATEST), matched, topic
            )
            if not found.entries:
                return self._absent(ask, topic, matched)
            ends.append(found.entries[0])
        ends.sort(key=lambda entry: entry.on or date.min)
        material = Material(
            ask=ask, topic=ask.topics[0], matched=matched, found=Found(tuple(ends), 2), labels=self._labels,
            person=self._person, today=self._today, period=None,
        )  # fmt: skip
        return report(material)[0]

    async def _summary(self, ask: Ask) -> list[Finding]:
        findings = [report_summary(ask, self._person, self._known, self._labels, self._today)]
        for part in SUMMARY_ASKS:
            limited = attrs.evolve(part, period=ask.period)
            found = await self._about(limited, limited.topics[0], NamedPeople())
            findings.extend(
                attrs.evolve(finding, fact=attrs.evolve(finding.fact, detail="summary"))
                if finding.is_absence
                else finding
                for finding in found
                # of a time only what was then is told: that nothing was recorded then is no absence
                if not finding.is_absence or (part.operation is Operation.EXISTS and ask.period is None)
            )
        return findings

    async def _notes(self, ask: Ask) -> list[Finding]:
        period, is_dated = await self._period(ask)
        named = next((topic for topic in ask.topics if "document" in topic.kinds), Topic())
        concepts = tuple(concept for concept in named.concepts if "document" in concept.kinds)
        notes = Topic(kinds=frozenset({"document"}), category=named.category, concepts=concepts, surface=named.surface)
        if concepts:
            ask = attrs.evolve(ask, topics=tuple(topic for topic in ask.topics if topic is not named))
        matched = self._matcher.match(notes)
        if not matched.core or not is_dated:
            return [self._absent(ask, notes, matched)]
        wanted = await self._wanted(attrs.evolve(ask, reason=None), notes, matched, period, NamedPeople())
        found = await self._chart.find(wanted, limit=_MOST_NOTES)
        if not found.entries and isinstance(ask.period, Anchor) and ask.period.relation == "during":
            # not every visit has a note: the last one up to it is the nearest
            ask = attrs.evolve(ask, pick=Pick(order=Order.LATEST))
            found = await self._chart.find(attrs.evolve(wanted, since=None), limit=_MOST_NOTES)
            period = attrs.evolve(period, since=None) if period else None
        material = Material(
            ask=ask, topic=notes, matched=matched, found=found, labels=self._labels, person=self._person,
            today=self._today, period=self._period_words(ask, period),
        )  # fmt: skip
        if not found.entries:
            return [await self._nothing(material, wanted)]
        texts = Found(await self._chart.with_bodies(found.entries), found.total)
        return report_notes(attrs.evolve(material, found=texts), self._glossary)


_MAY_BE_MENTIONED = frozenset(
    {Operation.EXISTS, Operation.VALUE, Operation.LIST, Operation.WHEN, Operation.STATUS, Operation.REASON}
)
_SUBSTANCES = frozenset({"medication", "allergy"})
"""Kinds of entry that may be of one substance."""
_ALSO_GIVEN = frozenset({"procedure", "careplan"})
"""Kinds of entry, beside medicines, by which something is treated."""
_OF_STATES = frozenset({Operation.LIST, Operation.COUNT, Operation.VALUE, Operation.EXISTS})
"""Operations that a state narrows; of one thing the others are asked whatever its state."""
_OF_RESULTS = frozenset({Operation.VALUE, Operation.LIST, Operation.NORMAL})
"""Operations that ask for the results of a report rather than for the report."""
_MOST_NOTES = 40


def _is_plainly_absent(finding: Finding) -> bool:
    """Whether it says that something is nowhere in the record, at any time, or that records seldom hold such things."""
    fact = finding.fact
    if fact.say == "refusal":
        return fact.detail == Refusal.NOT_RECORDED.value
    return fact.say == "absent" and not finding.entries


def _is_within(note: Entry, period: TimeRange | None) -> bool:
    """Whether a note was written in a time; undated ones were in none."""
    if period is None:
        return True
    on = note.on
    return on is not None and (period.since or on) <= on <= (period.until or on)


def _refused(ask: Ask, refusal: Refusal) -> Finding:
    return Finding(ask=ask, fact=Fact(say="refusal", detail=refusal.value))


def _beside(finding: Finding) -> Finding:
    """A finding as a mere addition to the answer proper."""
    return attrs.evolve(finding, fact=attrs.evolve(finding.fact, say="exists", detail="beside"))


def _anchor_topic(ask: Ask) -> Topic:
    return ask.period.topic if isinstance(ask.period, Anchor) else ask.topics[0]
