"""What the notes say: the sentence that holds what is asked, what they mention, and the notes that are asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache

import attrs

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.kinds import find_kinds
from smarthealth.apps.records.understanding.question import Anchor, Ask, Operation, Order, Pick, TimeRange, Topic
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import forms

from .chart import Found
from .entries import Entry
from .evidence import excerpt_of
from .findings import Finding
from .matching import Matched, Quality
from .material import Material, say_of_entries
from .notes import report_mentions, report_notes
from .passages import quotable, search_names
from .searching import Search
from .seeking import AMOUNT, asks_for_result, best_sentence, offers_a_choice
from .terms import Term, find_terms, held_in, patterns

_MOST_NOTES = 40
_WORDS_KEPT = 2048
"""Words of questions whose kinds are remembered, 0.3 kB each."""
_SOON = 14
"""Days after an entry within which a note is likely to speak of it."""
_OF_ONE_THING = frozenset(
    {
        Operation.EXISTS,
        Operation.VALUE,
        Operation.LIST,
        Operation.WHEN,
        Operation.WHERE,
        Operation.STATUS,
        Operation.REASON,
        Operation.DOSE,
        Operation.NORMAL,
        Operation.CHANGE,
        Operation.TREND,
    }
)
"""Operations that ask for one thing, which a sentence may tell better than an entry."""
_COUNTED = frozenset({Operation.COUNT, Operation.DURATION})
_HOW_MANY = re.compile(
    r"\b(?:cuant[oa]s|how\s+many)\s+(horas|hours|minutos|minutes|litros|lit(?:er|re)s|pasos|steps|cuadras|blocks|almohadas|pillows|"
    r"cigarrillos|cigarettes|paquetes|packs|cervezas|beers|tazas|cups|vasos|glasses|copas|drinks|metros|meters|semanas|weeks|puntos|stitches|"
    r"kilos|kilograms|pounds|descargas|shocks|gatos|perros|cats|dogs|hijos|nietos|unidades|units|bolsas|bags)\b"
)
"""Amounts that an entry of that name does not count."""
_HOW_MUCH = re.compile(r"\b(?:cuant[oa]|how\s+(?:much|far|large|big|long))\b")
"""Words that ask for a measure and for no count of entries."""
_MAY_BE_MENTIONED = frozenset(
    {Operation.EXISTS, Operation.VALUE, Operation.LIST, Operation.WHEN, Operation.STATUS, Operation.REASON}
)


async def quoted(
    search: Search, ask: Ask, *, wholly: bool = False, needed: Collection[Term] = (), days: Collection[date | None] = ()
) -> list[Finding]:
    """The sentence of a note that holds what is asked.

    Args:
        search: Of the question.
        ask: What is asked.
        wholly: Whether it must hold all of that.
        needed: What it must hold at least; the rest was found otherwise.
        days: Of the entries that were found; a note of another day must speak of the rest, too.
    """
    question = search.question
    alone = len(question.asks) == 1 or not ask.topics
    text = question.text if alone else " ".join((*(t.surface for t in ask.topics), *ask.topics[0].terms))
    sought = tuple(needed) or find_terms(text, search.glossary)
    wanted = patterns(sought, search.glossary)
    if wanted and offers_a_choice(text):
        wanted = ["|".join(found for term in sought for found in patterns((term,), search.glossary))]
    period, is_dated = await search.period(ask)
    if not wanted or not is_dated:
        return []
    holding = await search.chart.notes_holding(wanted)
    notes = [note for note in holding if _is_within(note, period)] or _of_their_own_time(holding, text)
    if needed:
        terms, named = find_terms(text, search.glossary), any(topic.is_specific for topic in ask.topics)
        notes = [
            note
            for note in notes
            if _has_words_of(note, needed)
            and (not named or _is_near(note, days) or _is_about(note, terms, search.glossary))
        ]
    by_heading = not needed and bool(ask.topics) and not any(topic.is_specific for topic in ask.topics)
    best = best_sentence(notes, text, search.glossary, by_heading=by_heading, wholly=wholly, needed=needed)
    if best is None and by_heading:
        best = best_sentence(notes, text, search.glossary, wholly=True)
    if best is None:
        return []
    note, sentence = best
    if ask.operation is Operation.WHO:
        (note,) = await search.chart.with_attendance([note])
    return [said(search, ask, note, sentence, text=text)]


async def told_by_a_note(search: Search, ask: Ask, findings: Sequence[Finding]) -> list[Finding]:
    """The sentence of a note that holds all of a question of which the look-ups account for a part only."""
    if len(search.question.asks) == 1 and ask.operation in _COUNTED:
        amount = await _amount(search, ask)
        if amount or not _HOW_MUCH.search(fold_letters(search.question.text)):
            return amount
    elif ask.operation not in _OF_ONE_THING or len(search.question.asks) > 1:
        return []
    terms = find_terms(search.question.text, search.glossary)
    if findings and all(map(_tells_nothing, findings)):
        return await quoted(search, ask, needed=terms)
    if len(terms) < 2:
        how_often = terms and _asks_how_often_it_comes(search.question.text, findings)
        return [found for found in await quoted(search, ask, needed=terms) if _has_amount(found)] if how_often else []
    told = held_in(terms, _told_by(findings, ask.topics), search.glossary)
    kinds = frozenset(entry.kind for finding in findings for entry in finding.entries)
    left = [term for term in terms if term not in told and not _names_one_of(kinds, term)]
    days = {day for finding in findings for entry in finding.entries for day in (entry.on, entry.until)}
    return await quoted(search, ask, needed=left, days=days) if left else []


def _told_by(findings: Sequence[Finding], topics: Sequence[Topic]) -> str:
    """All that is known when some findings are told: of what they are, what their entries say, and what was asked."""
    lacking = [finding.topic for finding in findings if finding.is_absence]
    return " ; ".join(
        (
            *(f"{finding.fact.about} {finding.fact.period or ''}" for finding in findings if not finding.is_absence),
            *(excerpt_of(entry) for finding in findings for entry in finding.entries),
            *(topic.surface for topic in topics if not any(topic is one for one in lacking)),
        )
    )


def _names_one_of(kinds: frozenset[str], term: Term) -> bool:
    """Whether a word says what kind of thing is asked for, of which entries were found: `medicines` is no detail of a medicine."""
    return not term.concepts and any(map(kinds.issuperset, _kinds_of(term.word)))


@lru_cache(maxsize=_WORDS_KEPT)
def _kinds_of(word: str) -> tuple[frozenset[str], ...]:
    return tuple(cue.kinds for cue in find_kinds(fold_letters(word)))


def _tells_nothing(finding: Finding) -> bool:
    """Whether what is asked of its entries stands in none of them, or takes two of them to tell."""
    fact = finding.fact
    if fact.say in ("trend", "change"):
        return len(fact.items) == 1
    return fact.say in ("where", "reason") and not any(item.note for item in fact.items)


def _asks_how_often_it_comes(text: str, findings: Sequence[Finding]) -> bool:
    """Whether it is asked how often a disease makes itself felt, which its entry does not tell."""
    diseases = all(entry.kind == "condition" for finding in findings for entry in finding.entries)
    return diseases and _HOW_OFTEN.search(fold_letters(text)) is not None


def _has_amount(finding: Finding) -> bool:
    return any(AMOUNT.search(fold_letters(item.note or "")) for item in finding.fact.items)


_HOW_OFTEN = re.compile(r"\b(?:cada\s+cuanto|con\s+que\s+frecuencia|how\s+often|how\s+frequently)\b")


async def _amount(search: Search, ask: Ask) -> list[Finding]:
    """The sentence of a note with a number of the hours, litres or steps that are asked for: entries hold no such number."""
    asked = _HOW_MANY.search(fold_letters(search.question.text))
    if asked is None or not any(topic.is_specific for topic in ask.topics):
        return []
    amount = re.compile(rf"(?:{AMOUNT.pattern})[\d.,]*\s+(?:{'|'.join(sorted(map(re.escape, forms(asked[1]))))})\b")
    found = await quoted(search, ask)
    return [
        finding for finding in found if any(amount.search(fold_letters(item.note or "")) for item in finding.fact.items)
    ]


def said(search: Search, ask: Ask, note: Entry, sentence: str, *, text: str) -> Finding:
    """That a note says a sentence."""
    matched = Matched(core=(), quality=Quality.PASSAGE)
    material = search.material(attrs.evolve(ask, refusal=None), Topic(surface=text), matched, Found((note,), 1))
    finding = say_of_entries(material, "mentioned", [(note, quotable([sentence]))])
    if ask.operation is not Operation.WHO:
        return finding
    items = tuple(attrs.evolve(item, people=note.people) for item in finding.fact.items)
    return attrs.evolve(finding, fact=attrs.evolve(finding.fact, items=items))


def _of_their_own_time(notes: Sequence[Entry], text: str) -> list[Entry]:
    """Notes that speak of a time in the question's words: `in the last year` is the year before the note."""
    told = _LATELY.search(fold_letters(text))
    return [note for note in notes if told is not None and told[0] in fold_letters(note.body or "")]


_LATELY = re.compile(r"\b(?:ultim[oa]s?|last|past)\s+(?:ano|mes|semana|year|month|week)\b")


def _is_near(note: Entry, days: Collection[date | None]) -> bool:
    """Whether a note was written on one of some days, or within two weeks after."""
    return note.on is not None and any(day and 0 <= (note.on - day).days <= _SOON for day in days)


def _has_words_of(note: Entry, terms: Collection[Term]) -> bool:
    """Whether a note as a whole has all that is no concept: of another one no sentence has."""
    return all(term.concepts or term.is_told_by(_whole(note)) for term in terms)


def _whole(note: Entry) -> str:
    return f"{note.display}. {note.body or ''}"


def _is_about(note: Entry, terms: Sequence[Term], glossary: Glossary) -> bool:
    """Whether a note speaks of all that a question names."""
    return held_in(terms, _whole(note), glossary, needed=terms) == frozenset(terms)


def _is_within(note: Entry, period: TimeRange | None) -> bool:
    """Whether a note was written in a time; undated ones were in none."""
    if period is None:
        return True
    on = note.on
    return on is not None and (period.since or on) <= on <= (period.until or on)


async def mentioned(search: Search, material: Material) -> list[Finding]:
    """What notes say of something that no entry is about."""
    topic, ask = material.topic, material.ask
    names = search_names(topic)
    if topic.kinds or material.matched.core or not names or ask.operation not in _MAY_BE_MENTIONED:
        return []
    if not any(known.kind == "document" for known in search.known):
        return []
    period, _ = await search.period(ask)
    notes = tuple(note for note in await search.chart.notes_with(names) if _is_within(note, period))
    by_passage = attrs.evolve(material.matched, quality=Quality.PASSAGE)
    of_notes = attrs.evolve(material, matched=by_passage, found=Found(notes, len(notes)))
    return report_mentions(of_notes, search.glossary, as_result=asks_for_result(search.question.text))


async def of_notes(search: Search, ask: Ask) -> list[Finding]:
    """What the notes say that are asked for."""
    period, is_dated = await search.period(ask)
    named = next((topic for topic in ask.topics if "document" in topic.kinds), Topic())
    concepts = tuple(concept for concept in named.concepts if "document" in concept.kinds)
    notes = Topic(kinds=frozenset({"document"}), category=named.category, concepts=concepts, surface=named.surface)
    if concepts:
        ask = attrs.evolve(ask, topics=tuple(topic for topic in ask.topics if topic is not named))
    matched = search.matcher.match(notes)
    if not matched.core or not is_dated:
        return [search.absent(ask, notes, matched)]
    wanted = await search.wanted(attrs.evolve(ask, reason=None), notes, matched, period)
    found = await search.chart.find(wanted, limit=_MOST_NOTES)
    if not found.entries and isinstance(ask.period, Anchor) and ask.period.relation == "during":
        # not every visit has a note: the last one up to it is the nearest
        ask = attrs.evolve(ask, pick=Pick(order=Order.LATEST))
        found = await search.chart.find(attrs.evolve(wanted, since=None), limit=_MOST_NOTES)
        period = attrs.evolve(period, since=None) if period else None
    material = search.material(ask, notes, matched, found, period)
    if not found.entries:
        return [await search.nothing(material, wanted)]
    texts = Found(await search.chart.with_bodies(found.entries), found.total)
    return report_notes(attrs.evolve(material, found=texts), search.glossary)
