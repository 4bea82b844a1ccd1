"""Structured look-ups: a question's asks, answered from the rows of the patient's record."""

from __future__ import annotations

import re
from datetime import date, timedelta

import attrs

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.modifiers import names_source
from smarthealth.apps.records.understanding.question import (
    Anchor,
    Ask,
    Kin,
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
from smarthealth.storage.pool import Pool

from .aspects import of_aspect
from .chart import Chart, Found, Wanted
from .comparing import compared, followed
from .facets import called_so, of_facet, told_by_reports, told_by_the_report
from .findings import Finding, Findings
from .matching import Matched
from .material import Material
from .naming import NamedPeople
from .occasions import prescribed_with, reasons_of
from .otherwise import as_another_kind, by_another_way, given_by_class, related_to, without_context
from .periods import is_of_a_stay
from .persons import report_person
from .pertinent import pertinent_to
from .picking import of_the_value, pick_entries
from .professions import of_profession, of_them
from .quoting import mentioned, of_notes, quoted, told_by_a_note
from .relations import asked_of_the_baby, is_the_patient, of_relative, of_the_baby
from .reports import report
from .roles import asked_for
from .searching import Search, aside, beside, refused
from .seeking import asks_for_result
from .sequences import interval_of, sequence_of
from .summaries import SUMMARY_ASKS, report_summary
from .visits import told_at_visit
from .voided import void_of


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
    look = _LookUp(Search(chart, person, known, question, glossary or load_glossary(), today))
    findings = [finding for ask in question.asks for finding in await look.answer(ask)]
    return Findings(
        person=person,
        findings=tuple(findings),
        records_analyzed=sum(thing.count for thing in known if not thing.is_part),
        names=tuple(dict.fromkeys(thing.display for thing in known)),
    )


class _LookUp:
    """The look-ups of one question."""

    def __init__(self, search: Search) -> None:
        self._search = search

    async def answer(self, ask: Ask) -> list[Finding]:
        """Answer one ask: a finding for each of its topics; nothing is absent before the notes were looked through."""
        if ask.kin is not None:
            return await self._of_kin(ask, ask.kin)
        if ask.facet is not None:
            told = await of_facet(self._search, ask, ask.facet, await self._search.named(ask))
            if told:
                return told
        if _asks_of_its_end(ask):
            ended = await quoted(self._search, ask)
            if any(_ENDING.search(fold_letters(item.note or "")) for found in ended for item in found.fact.items):
                return ended
        findings = await self._answer(ask)
        if ask.operation not in _OF_EVENTS and all(map(_names_no_more_than_an_event, findings)):
            at_visit = await told_at_visit(self._search, ask)
            if at_visit:
                return at_visit
        if ask.operation is not Operation.UNANSWERABLE and any(map(_may_be_in_a_report, findings)):
            of_reports = await told_by_reports(self._search, ask, findings)
            if of_reports:
                return of_reports
        if all(_is_plainly_absent(finding) for finding in findings):
            wholly = any(finding.fact.say == "refusal" for finding in findings)
            return await self._void(ask) or await quoted(self._search, ask, wholly=wholly) or findings
        if all(finding.is_absence for finding in findings):
            # it is there at another time: a note of that time may still tell it
            return (ask.period is not None and await quoted(self._search, ask)) or findings
        named = any(topic.is_specific for topic in ask.topics)
        if named and asks_for_result(self._search.question.text) and all(map(_is_without_result, findings)):
            return await quoted(self._search, ask) or findings
        done = [entry for finding in findings for entry in finding.entries]
        if ask.operation is Operation.VALUE and done and all(map(_is_without_result, findings)):
            of_report = await told_by_the_report(self._search, ask, done)
            if of_report:
                return of_report
        noted = await told_by_a_note(self._search, ask, findings)
        aspect = [] if noted else await of_aspect(self._search, ask, findings)
        if aspect:
            return aspect
        # what a note tells is not absent
        return [*noted, *(finding for finding in findings if not (noted and _is_plainly_absent(finding)))]

    async def _of_kin(self, ask: Ask, kin: Kin) -> list[Finding]:
        search = self._search
        if is_the_patient(kin, search.person, search.today):
            return await self.answer(attrs.evolve(ask, kin=None))
        if kin is Kin.BABY and ask.topics:
            of_baby = _LookUp(search.among(of_the_baby(search.known)))
            own = await of_baby._answer(asked_of_the_baby(ask, search.glossary))
            if not any(finding.is_absence for finding in own):
                return own
        return await of_relative(search, ask, kin)

    async def _void(self, ask: Ask) -> list[Finding]:
        topics = [topic for topic in ask.topics if topic.is_specific or ask.status is Status.VOID]
        return [finding for topic in topics for finding in await void_of(self._search, ask, topic)]

    async def _answer(self, ask: Ask) -> list[Finding]:
        search = self._search
        if ask.operation is Operation.UNANSWERABLE:
            refusal = ask.refusal or Refusal.OFF_TOPIC
            recorded = await quoted(search, ask, wholly=True) if refusal is Refusal.ADVICE else []
            if recorded and _ASKS_FOR_A_LIMIT.search(fold_letters(search.question.text)):
                return recorded
            return [refused(ask, refusal), *await pertinent_to(search, ask), *map(aside, recorded)]
        named = await search.named(ask)
        if named.is_stranger:
            return [refused(ask, Refusal.OTHER_PATIENT)]
        if ask.operation is Operation.DEMOGRAPHIC:
            return [report_person(ask, search.person, search.today)]
        if ask.operation is Operation.SUMMARY:
            return await self._summary(ask)
        if ask.operation is Operation.NOTE:
            by_source = names_source(fold_letters(search.question.text))
            return (by_source and await told_at_visit(search, ask)) or await of_notes(search, ask)
        if ask.operation is Operation.INTERVAL and len(ask.topics) > 1:
            return [await interval_of(search, ask, named)]
        if ask.operation is Operation.SEQUENCE:
            return await sequence_of(search, self._about, ask, named)
        if ask.status is Status.VOID and ask.topics and not any(topic.is_specific for topic in ask.topics):
            return await self._void(ask) or [search.absent(ask, ask.topics[0], Matched(core=()))]
        profession = ask.profession if ask.operation is Operation.WHO else None
        if profession and all(_is_only_the_profession(topic, profession) for topic in ask.topics):
            by_profession = await of_profession(search, ask)
            if by_profession:
                return by_profession
        if ask.operation is Operation.COMPARE:
            return [
                finding for topic in ask.topics for finding in await compared(search, self._about, ask, topic, named)
            ]
        findings = [
            finding for topic in ask.topics for finding in await followed(search, self._about, ask, topic, named)
        ]
        findings = without_context(findings, search.question.text)
        if len(ask.topics) > 1 and not any(topic.is_specific for topic in ask.topics):
            # of one kind of thing or another, what is there goes first
            findings.sort(key=_is_plainly_absent)
        return [of_them(finding, ask.profession) for finding in findings] if ask.profession else findings

    async def _about(self, ask: Ask, topic: Topic, named: NamedPeople) -> list[Finding]:
        search = self._search
        matched = self._matched(ask, topic)
        period, is_dated = await search.period(ask)
        if not is_dated:
            return [search.absent(ask, _anchor_topic(ask), Matched(core=()))]
        wanted = await search.wanted(ask, topic, matched, period, named)
        found = await search.find(wanted, matched)
        if ask.operation in _OF_TIMES:
            named_value = of_the_value(found.entries, topic.surface)
            found = Found(named_value, found.total - len(found.entries) + len(named_value))
        if not found.entries and isinstance(ask.period, Anchor) and ask.period.relation == "after":
            found, period = await self._on_the_day(wanted, matched, ask.period, period)
        if not found.entries and period is not None and is_of_a_stay(ask):
            of_stay = await quoted(search, ask, wholly=True)
            if of_stay:
                return of_stay
            # how it stood then is told by the last measurement up to that time
            ask, period = attrs.evolve(ask, pick=Pick(order=Order.LATEST)), attrs.evolve(period, since=None)
            wanted = await search.wanted(ask, topic, matched, period, named)
            found = await search.find(wanted, matched)
        material = search.material(ask, topic, matched, await self._attended(ask, found), period)
        if not found.entries:
            return await self._missing(material, wanted, named)
        if ask.operation is Operation.REASON:
            diagnosed = await reasons_of(search, material)
            if diagnosed:
                return diagnosed
        of_report = await self._results(material)
        return of_report or report(material) + await related_to(search, material, wanted)

    async def _on_the_day(
        self, wanted: Wanted, matched: Matched, event: Anchor, period: TimeRange | None
    ) -> tuple[Found, TimeRange | None]:
        """What followed an event on its very day, itself left out; nothing, and the time as it was, where nothing did."""
        if period is None or period.since is None:
            return Found((), 0), period
        since = period.since - timedelta(days=1)
        found = await self._search.find(attrs.evolve(wanted, since=since), matched)
        own = {(known.kind, known.display) for known in self._search.matcher.match(event.topic).core}
        entries = tuple(entry for entry in found.entries if (entry.kind, entry.display) not in own)
        return (Found(entries, len(entries)), attrs.evolve(period, since=since)) if entries else (Found((), 0), period)

    def _matched(self, ask: Ask, topic: Topic) -> Matched:
        """What a topic means; where values are asked for of a test, the measurements that are called after it."""
        matched = self._search.matcher.match(topic)
        numbers = ask.operation in _OF_NUMBERS or _MEASURED.search(fold_letters(self._search.question.text))
        if numbers and not matched.kinds & {"observation"} and topic.is_specific:
            of_test = attrs.evolve(topic, kinds=frozenset({"observation"}), category=None)
            return self._search.matcher.match(of_test) or matched
        return matched

    async def _results(self, material: Material) -> list[Finding]:
        """Of a report whose values are asked for, its results."""
        ask = material.ask
        if material.kind != "report" or ask.operation not in _OF_RESULTS:
            return []
        chosen = pick_entries(material.entries, Pick(order=ask.pick.order))[:1]
        results = await self._search.chart.results_of(chosen)
        listed = attrs.evolve(material, found=results, ask=attrs.evolve(ask, operation=Operation.LIST))
        return report(listed) if results.entries else []

    async def _missing(self, material: Material, wanted: Wanted, named: NamedPeople) -> list[Finding]:
        """What there is where nothing was found: the same by another way, in the notes, or beside."""
        search, ask, topic = self._search, material.ask, material.topic
        if ask.reason is not None:
            together = await prescribed_with(search, material, ask.reason)
            if together:
                return together
            of_class = await given_by_class(search, self._about, ask, ask.reason, named)
            if of_class and search.matcher.match(ask.reason).core:
                return of_class
            if of_class:
                # nobody says that the patient has the disease: what is given for it elsewhere is told beside
                return [await search.nothing(material, wanted), *map(beside, of_class)]
        called = await called_so(search, ask) if ask.operation in _OF_A_REPORT else ()
        if called:
            found = await self._attended(ask, Found(tuple(called), len(called)))
            return report(attrs.evolve(material, found=found))
        return (
            await by_another_way(search, self._about, ask, topic, named)
            or await mentioned(search, material)
            or [await search.nothing(material, wanted), *await as_another_kind(search, material, wanted)]
        )

    async def _attended(self, ask: Ask, found: Found) -> Found:
        if ask.operation not in (Operation.WHO, Operation.WHERE):
            return found
        chart, text = self._search.chart, self._search.question.text
        attended = await chart.with_bodies(await chart.with_attendance(found.entries))
        if ask.operation is Operation.WHO:
            attended = tuple(asked_for(entry, text) for entry in attended)
        return Found(attended, found.total)

    async def _summary(self, ask: Ask) -> list[Finding]:
        search = self._search
        findings = [report_summary(ask, search.person, search.known, search.labels, search.today)]
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


_OF_TIMES = frozenset({Operation.WHEN, Operation.COUNT, Operation.AGE_AT})
"""Operations that a value narrows: when somebody was first a former smoker."""


def _is_only_the_profession(topic: Topic, profession: str) -> bool:
    """Whether nothing is named that a profession was exercised on."""
    visits = all("encounter" in concept.kinds for concept in topic.concepts)
    return not topic.concepts or visits or fold_letters(topic.surface) == profession


def _may_be_in_a_report(finding: Finding) -> bool:
    """Whether nothing is there, or it is said of a report or a procedure that it is."""
    of_reports = any(entry.kind in ("report", "procedure") for entry in finding.entries)
    return _is_plainly_absent(finding) or (finding.fact.say in ("exists", "list") and of_reports)


def _names_no_more_than_an_event(finding: Finding) -> bool:
    """Whether it says that nothing is there, or that something took place, and nothing of it."""
    of_events = all(entry.kind in _EVENTS for entry in finding.entries)
    return finding.is_absence or (finding.fact.say in _PLAIN and of_events)


_OF_A_REPORT = frozenset({Operation.WHO, Operation.WHERE})
"""Operations that may be asked of a report by other words than those of its name."""
_EVENTS = frozenset({"encounter", "procedure", "medication", "condition", "document"})
_PLAIN = frozenset({"exists", "list", "count", "when", "absent", "reason", "mentioned"})
_OF_EVENTS = frozenset(
    {Operation.WHO, Operation.DEMOGRAPHIC, Operation.SUMMARY, Operation.STATUS, Operation.INTERVAL, Operation.SEQUENCE}
)
"""Operations that ask nothing that a note would tell better."""


_ASKS_FOR_A_LIMIT = re.compile(
    r"^\W*(?:and\s+|y\s+)?(?:when|how\s+(?:long|much|soon|far|often)|what|cuando|cuant[oa]s?|(?:a\s+partir|desde)\s+de?\s*cuando|que)\b[^?]*"
    r"\b(?:can|could|may|should|allowed|supposed|puede|podia|podra|debe|debia|deberia|tiene\s+que|tenia\s+que)\b"
)
"""When, or how much, somebody may: what a note told the patient is the answer, no advice of ours."""


_MEASURED = re.compile(
    r"\b(?:midio|midieron|medir|medido|measured?|processed|proceso|analizo|determino|niveles|nivel|levels?|trough)\b"
)
"""Words by which a test is asked for, and no medicine of its name."""
_OF_NUMBERS = frozenset({Operation.TREND, Operation.CHANGE, Operation.AVERAGE, Operation.COMPARE})
_OF_RESULTS = frozenset({Operation.VALUE, Operation.LIST, Operation.NORMAL})
"""Operations that ask for the results of a report rather than for the report."""


_ENDING = re.compile(
    r"\b(?:suspen|dej[oa]|retir|quit|par[oa]r|stop|quit|discontinu|held|hold|cease|withdr|switch|cambi|rota|(?:no|mal|mala|poor|not|did|could|intol)\w*\s+\w*toler|intoler|se\s+pas[ao]|instead|replaced|reacti|reacci|side\s+effect|efecto|skip)"
)
"""Beginnings of words by which a note tells that something ended."""


def _asks_of_its_end(ask: Ask) -> bool:
    """Whether it is asked why or when something was stopped: why it was given, or since when, is no answer to that."""
    named = any(topic.is_specific for topic in ask.topics)
    return ask.operation in (Operation.REASON, Operation.WHEN) and ask.status is Status.ENDED and named


def _is_without_result(finding: Finding) -> bool:
    """Whether it tells of what was done, and not how it turned out."""
    return bool(finding.entries) and all(
        entry.kind in ("procedure", "report") and not entry.value_text for entry in finding.entries
    )


_MAY_BE_NOTED = frozenset(refusal.value for refusal in (Refusal.NOT_RECORDED, Refusal.OFF_TOPIC, Refusal.GENERAL))
"""Refusals of what a note may tell after all."""


def _is_plainly_absent(finding: Finding) -> bool:
    """Whether it says that something is nowhere in the record, at any time, or that records seldom hold such things."""
    fact = finding.fact
    if fact.say == "person":
        return fact.detail == "missing"
    if fact.say == "refusal":
        return fact.detail in _MAY_BE_NOTED
    return fact.say == "absent" and not finding.entries


def _anchor_topic(ask: Ask) -> Topic:
    return ask.period.topic if isinstance(ask.period, Anchor) else ask.topics[0]
