"""What is asked of a thing beside that it is there, told in the words of its entries: what a report found, a lot, an hour.

Theory of operation. The entries that the topics mean are found among the kinds that may have the facet, by the words of the
question where no topic does. Of those the newest that tell it are quoted. Where none does, the notes may; else it is said
that the record has the thing and does not tell this of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import attrs

from smarthealth.apps.records.understanding.facets import FACET_KINDS
from smarthealth.apps.records.understanding.fillers import is_filler
from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Ask, Facet, Operation, Topic
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import is_meant, roots_of
from smarthealth.retrieval.words import folded_words, set_of

from .asked import asks_for_amount
from .chart import Found, Wanted
from .entries import Entry, Known
from .facts import Fact
from .findings import Finding
from .lines import labelled, unlabelled
from .matching import Matched, Quality, bare_display
from .material import Material, item_for, make_finding
from .naming import NamedPeople
from .occasions import course_of
from .passages import QUOTE_LENGTH, sections_of, shortened
from .picking import pick_entries
from .quoting import quoted
from .searching import Search
from .terms import find_terms, held_in
from .visits import told_at_visit

MOST_TOLD = 3
"""Entries of which a facet is told."""
_MOST_READ = 12
_HALF = 0.5
_ENOUGH = 0.6
"""Share of the words of a question that the name of an entry must hold, where nothing else tells what is meant."""
_SIDED = re.compile(r"\b(?:left|right|bilateral|izquierd[oa]|derech[oa])\b", re.IGNORECASE)
_SAYS_MOST = re.compile(
    r"\b(?:conclusi|impresi|impression|diagnos|interpret|opinion|summary|resultado|hallazgo|finding)"
)
"""Beginnings of headings under which a report says most."""
_ALIKE = (
    set_of("biopsy biopsia pathology patologia histology histologia anatomopatologico"),
    set_of("xray rayos radiografia radiograph rx x"),
    set_of("scan ct tac tomografia tomography"),
    set_of("echo eco ecocardiograma echocardiogram"),
    set_of("ultrasound ecografia sonography ultrasonido"),
    set_of("mri rm resonancia magnetic"),
    set_of("leg pierna piernas legs miembros inferiores extremidades extremities"),
    set_of("doppler duplex"),
    set_of("removed removal excision reseccion extirpacion resection extirparon quitaron"),
)
"""Words for the same thing in the names of reports and procedures."""
_OF_ASKING = set_of(
    "mostro mostraba show showed find found say said resultado result results findings finding hallazgos conclusion conclusiones dijo dice "
    "revelo revealed reveal outcome outcomes dio salio report reporte informe body cuerpo parte part hicieron hizo done time hora signed firmo read leyo informo interpreto interpreted"
)


async def of_facet(search: Search, ask: Ask, facet: Facet, named: NamedPeople) -> list[Finding]:
    """What the record tells of a facet of what is asked about; nothing where it is something else that is asked.

    Args:
        search: The question's search.
        ask: What is asked.
        facet: Of the thing.
        named: Whom the ask names.
    """
    if facet is Facet.FINDINGS and _is_measured(search, ask):
        return []
    material = await _meant(search, ask, facet, named)
    if material is not None and facet is Facet.COURSE:
        return await course_of(search, ask, material)
    if material is None or (facet in _AS_OTHERS and not _tell(facet, material.entries)):
        return []
    picked = pick_entries(material.entries, ask.pick)
    told = _tell(facet, picked)
    if told:
        text = search.question.text
        items = [
            attrs.evolve(item_for(material, entry), note=_shortened(said, entry, text, search.glossary), status=None)
            for entry, said in told
        ]
        return [make_finding(material, Fact(say="told", detail=facet.value), [entry for entry, _ in told], items)]
    if facet is Facet.FINDINGS:
        if (await search.chart.results_of(picked)).entries:
            return []
        of_report = await told_by_the_report(search, ask, picked)
        if of_report:
            return of_report
    noted = await quoted(search, ask, wholly=True) or await told_at_visit(search, ask)
    if noted or not picked:
        return noted
    items = [attrs.evolve(item_for(material, picked[0]), status=None)]
    return [make_finding(material, Fact(say="lacking", detail=facet.value), picked[:1], items)]


async def told_by_the_report(search: Search, ask: Ask, done: Sequence[Entry]) -> list[Finding]:
    """What the report on a procedure says: one of these days whose name shares a word with it, else the only one of its day, or of them."""
    days = [entry.on for entry in done if entry.kind == "procedure" and entry.on is not None]
    if not days:
        return []
    until = max(days) + timedelta(days=_REPORTED_WITHIN)
    found = await search.chart.find(Wanted(kinds=frozenset({"report"}), since=min(days), until=until))
    named = roots_of(" ".join(bare_display(entry.display) for entry in done)) - _SAY_LITTLE
    alike = tuple(entry for entry in found.entries if named & roots_of(entry.display))
    same_day = tuple(entry for entry in found.entries if entry.on in days)
    only = next((some for some in (same_day, found.entries) if len(some) == 1), ())
    reports = alike or only
    told = _tell(Facet.FINDINGS, await search.chart.with_bodies(reports[:MOST_TOLD]))
    if not told:
        return []
    material = search.material(
        ask, ask.topics[0], Matched(core=(), quality=Quality.CONCEPT), Found(tuple(reports), len(reports))
    )
    items = [attrs.evolve(item_for(material, entry), note=said, status=None) for entry, said in told]
    return [make_finding(material, Fact(say="told", detail=Facet.FINDINGS.value), [entry for entry, _ in told], items)]


_REPORTED_WITHIN = 14
"""Days within which a procedure is reported on."""
_SAY_LITTLE = roots_of("informe report resultado result de del of the la el en y and con with")


def _is_measured(search: Search, ask: Ask) -> bool:
    """Whether it is a measurement of which the result is asked."""
    matches = (search.matcher.match(topic) for topic in ask.topics if topic.is_specific)
    return any("observation" in matched.kinds for matched in matches)


async def told_by_reports(search: Search, ask: Ask, findings: Sequence[Finding]) -> list[Finding]:
    """The sentences of the reports and procedures that were found, or are called so, which hold what else is asked.

    Args:
        search: The question's search.
        ask: What is asked.
        findings: What the look-ups found; of absences alone the reports are looked for by the words of the question.
    """
    entries = [entry for finding in findings if not finding.is_absence for entry in finding.entries]
    entries = [entry for entry in entries if entry.kind in _WITH_TEXT]
    there = bool(entries)
    implied = ask.operation is Operation.EXISTS or asks_for_amount(search.question.text)
    of_the_day = await _reports_of_the_day(search, entries)
    if not entries:
        entries = list(await called_so(search, ask, _HALF))
    terms = find_terms(search.question.text, search.glossary)
    told: list[tuple[Entry, str]] = []
    for entry in await search.chart.with_bodies([*entries[:MOST_TOLD], *of_the_day]):
        named = held_in(terms, f"{entry.display} {entry.on or ''}", search.glossary)
        left = [term for term in terms if term not in named]
        said = _findings(entry) or ""
        lines = [line for section in sections_of(said) for line in section.lines]
        holding = [line for line in lines if held_in(left, line, search.glossary)]
        # of what is there, whether it was so is told by its own words, whichever they are
        if said and (holding or (left and there and implied and entry.id not in {other.id for other in of_the_day})):
            told.append((entry, shortened(said if len(said) <= QUOTE_LENGTH else " ".join(holding or lines))))
    if not told:
        return []
    matched = Matched(core=(), quality=Quality.PASSAGE)
    material = search.material(ask, Topic(), matched, Found(tuple(entry for entry, _ in told), len(told)))
    items = [attrs.evolve(item_for(material, entry), note=said, status=None) for entry, said in told]
    fact = Fact(say="told", detail=Facet.FINDINGS.value)
    return [make_finding(material, fact, [entry for entry, _ in told], items)]


async def _reports_of_the_day(search: Search, done: Sequence[Entry]) -> list[Entry]:
    """The reports of the days on which procedures were done."""
    days = {entry.on for entry in done if entry.kind == "procedure" and entry.on is not None}
    if not days:
        return []
    found = await search.chart.find(Wanted(kinds=frozenset({"report"}), since=min(days), until=max(days)))
    known = {entry.id for entry in done}
    return [entry for entry in found.entries if entry.on in days and entry.id not in known][:MOST_TOLD]


async def called_so(search: Search, ask: Ask, enough: float = _ENOUGH) -> Sequence[Entry]:
    """The reports and procedures whose names hold the words of a question.

    Args:
        search: The question's search.
        ask: What is asked.
        enough: Share of the words that a name must hold.
    """
    period, is_dated = await search.period(ask)
    matched = _called(search, [known for known in search.known if known.kind in _WITH_TEXT], enough)
    if not is_dated or not matched.core:
        return ()
    wanted = await search.wanted(attrs.evolve(ask, status=None, reason=None), Topic(), matched, period)
    return (await search.find(wanted, matched)).entries


_WITH_TEXT = frozenset({"report", "procedure"})
_AS_OTHERS = frozenset({Facet.DOSAGE, Facet.LENGTH, Facet.STOPPED})
"""Facets that the look-ups tell by themselves where no entry has them."""


async def _meant(search: Search, ask: Ask, facet: Facet, named: NamedPeople) -> Material | None:
    """The entries that may have the facet, newest first, with their texts; None where something else is meant."""
    period, is_dated = await search.period(ask)
    if not is_dated:
        return None
    for topic, matched in _matches(search, ask, FACET_KINDS[facet]):
        wanted = await search.wanted(attrs.evolve(ask, status=None), topic, matched, period, named)
        found = await search.find(wanted, matched)
        if found.entries:
            entries = await search.chart.with_bodies(found.entries[:_MOST_READ])
            return search.material(ask, topic, matched, Found(entries, found.total), period)
    return None


def _matches(search: Search, ask: Ask, kinds: frozenset[str]) -> list[tuple[Topic, Matched]]:
    """What the topics may mean among entries of some kinds, the surest first; by words where no topic means any."""
    among = search.among([known for known in search.known if known.kind in kinds])
    matches = [(topic, _with_reports(among.matcher.match(topic))) for topic in ask.topics]
    sure = [(topic, matched) for topic, matched in matches if matched.core]
    if any(topic.is_specific for topic, _ in sure):
        return [(topic, matched) for topic, matched in sure if topic.is_specific]
    called = _called(search, [known for known in search.known if known.kind in kinds])
    topic = next((topic for topic in ask.topics if topic.is_specific), Topic())
    return [(topic, called)] if called.core else sure


def _with_reports(matched: Matched) -> Matched:
    """What a topic means, with the reports that are only related to it: one on a screening tells of the mammography."""
    reports = tuple(known for known in matched.related if known.kind == "report")
    return attrs.evolve(matched, core=(*matched.core, *reports)) if reports else matched


def _called(search: Search, known: Sequence[Known], enough: float = _ENOUGH) -> Matched:
    """The things whose names hold most words of the question, and every word for a kind of test that it has."""
    words = [word for word in folded_words(search.question.text) if not is_filler(word) and word not in _OF_ASKING]
    if not words:
        return Matched(core=())
    shares = [(_share(words, thing.display), thing) for thing in known if not thing.is_part]
    best = max((share for share, _ in shares), default=0.0)
    if best < enough:
        return Matched(core=())
    return Matched(core=tuple(thing for share, thing in shares if share == best), quality=Quality.WORDS)


def _share(words: Sequence[str], display: str) -> float:
    roots = roots_of(bare_display(display))
    spelt = frozenset(folded_words(display))
    held = {word: is_meant(word, roots) or _is_alike(word, spelt) for word in words}
    if any(not held[word] and _is_decisive(word) for word in words):
        return 0.0
    return sum(held.values()) / len(words)


def _is_decisive(word: str) -> bool:
    """Whether a word makes another test of it: an MRI of the knee is no X-ray of it, the left one not the right."""
    return any(word in group for group in _ALIKE) or _SIDED.fullmatch(word) is not None


def _is_alike(word: str, spelt: frozenset[str]) -> bool:
    return any(word in group and group & spelt for group in _ALIKE)


def _tell(facet: Facet, entries: Sequence[Entry]) -> list[tuple[Entry, str]]:
    """The entries that tell a facet, with what they say, like ones once."""
    found: list[tuple[Entry, str]] = []
    for entry in entries:
        said = _TELLERS[facet](entry)
        if said and all((entry.display, said) != (other.display, before) for other, before in found):
            found.append((entry, said))
    return found[:MOST_TOLD]


def _findings(entry: Entry) -> str | None:
    outcome = entry.value_text if entry.kind == "procedure" else None
    return ". ".join(filter(None, (outcome, unlabelled(entry)))) or None


def _complications(entry: Entry) -> str | None:
    told = labelled(entry, "Complications")
    return told or (entry.value_text if entry.value_text and "complic" in fold_letters(entry.value_text) else None)


def _site(entry: Entry) -> str | None:
    if entry.kind == "medication":
        return entry.dosage
    return labelled(entry, "Body site", "Site") or (entry.display if _SIDED.search(entry.display) else None)


def _route(entry: Entry) -> str | None:
    return entry.dosage if entry.kind == "medication" else labelled(entry, "Route")


def _hour(entry: Entry) -> str | None:
    return entry.dosage if entry.kind == "medication" else entry.clock


def _length(entry: Entry) -> str | None:
    """Hours and minutes between the times of one entry, as people say them."""
    if entry.clock is None or entry.end_clock is None or entry.on is None:
        return None
    minutes = (_instant(entry.until or entry.on, entry.end_clock) - _instant(entry.on, entry.clock)) // timedelta(
        minutes=1
    )
    if minutes <= 0 or minutes >= _MINUTES_OF_A_DAY:
        return None
    told = " ".join(f"{count} {unit}" for count, unit in ((minutes // 60, "h"), (minutes % 60, "min")) if count)
    return f"{told} ({entry.clock}-{entry.end_clock})"


_MINUTES_OF_A_DAY = 24 * 60


def _instant(day: date, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}")


_TELLERS: Mapping[Facet, Callable[[Entry], str | None]] = {
    Facet.FINDINGS: _findings,
    Facet.COMPLICATIONS: _complications,
    Facet.FOLLOW_UP: lambda entry: labelled(entry, "Follow-up"),
    Facet.LENGTH: _length,
    Facet.SITE: _site,
    Facet.ROUTE: _route,
    Facet.LOT: lambda entry: labelled(entry, "Lot"),
    Facet.MAKER: lambda entry: labelled(entry, "Manufacturer"),
    Facet.EXPIRY: lambda entry: labelled(entry, "Expires"),
    Facet.HOUR: _hour,
    Facet.END_HOUR: lambda entry: entry.end_clock,
    Facet.DOSAGE: lambda entry: entry.dosage,
    Facet.STOPPED: lambda entry: labelled(entry, "Status reason"),
    Facet.CONTENTS: lambda entry: (
        "; ".join(line.strip(" -") for line in (unlabelled(entry) or "").splitlines()) or None
    ),
    Facet.COURSE: lambda entry: entry.reason,
}


def _shortened(said: str, entry: Entry, text: str, glossary: Glossary) -> str:
    """What an entry says, cut down to the sentences that hold what is asked, then to those that say most."""
    if len(said) <= QUOTE_LENGTH:
        return shortened(said)
    terms = find_terms(text, glossary)
    named = held_in(terms, entry.display, glossary)
    lines = [(section.heading, line) for section in sections_of(said) for line in section.lines]
    ranked = sorted(
        range(len(lines)),
        key=lambda number: (
            -len(held_in(terms, lines[number][1], glossary) - named),
            _SAYS_MOST.search(fold_letters(lines[number][0])) is None,
            number,
        ),
    )
    kept: list[int] = []
    for number in ranked:
        if sum(len(lines[other][1]) + 1 for other in kept) + len(lines[number][1]) > QUOTE_LENGTH and kept:
            break
        kept.append(number)
    return shortened(" ".join(lines[number][1] for number in sorted(kept)))
