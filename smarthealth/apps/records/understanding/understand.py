"""From a text to a question: clauses read one by one, then brought together with each other and with what was asked before.

Theory of operation. Every clause is read by small readers, each of which knows one table of phrases. `deciding` judges from
what they found which operation the clause speaks for. What a clause leaves open is taken over from its neighbour, or from
the question before ("¿y en 2015?").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import islice

import attrs

from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.language import language_of

from .clauses import split_clauses, split_sentences, without_lead_in
from .concepts import known_words
from .deciding import decide
from .folding import fold_letters
from .question import Ask, Exchange, Language, Operation, Order, Period, Pick, Question, Refusal, TimeRange, Topic
from .reading import Clause, read_clause
from .removals import removals_named
from .shorthand import written_out

LONGEST = 2000
"""Characters of a question that are read."""
MOST_ASKS = 4
_QUESTIONS_KEPT = 256
"""Questions that are remembered, understood; each takes some ten kilobytes."""
_DEPTH = 3
"""How many earlier questions may lean on one another."""

_CONTINUES = re.compile(
    r"^\W*(?:y|e|and|what\s+about|how\s+about|que\s+tal|que\s+hay\s+de|que\s+pasa\s+con|same\s+for|lo\s+mismo\s+(?:para|de|con)|tambien|also|but|pero)\b"
)
_REFERS = re.compile(
    r"\b(?:es[ae]s?|est[ae]s?|aquell?[ao]s?|dich[oa]s?)\s+(?:misma?\s+)?(?:fecha|dia|ano|mes|epoca|consulta|visita)\b|\bentonces\b|\ben\s+ese\s+momento\b|"
    r"\b(?:that|the\s+same)\s+(?:day|date|year|month|visit|time)\b|\bback\s+then\b"
)
_THAT_YEAR = re.compile(r"\b(?:ese|aquel|dicho|mismo|that|same)\s+(?:ano|mes|year|month)\b|\besa\s+epoca\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_BOTH_ENDS = re.compile(
    r"\b(?:primer[oa]?|first|earliest)\b[^?]*\b(?:ultim[oa]|last|latest|most\s+recent|mas\s+reciente)\b|\b(?:ultim[oa]|last|latest|most\s+recent)\b[^?]*\b(?:primer[oa]?|first|earliest)\b"
)
_ENCOUNTERS = Topic(kinds=frozenset({"encounter"}))
_OF_AN_ENTRY = frozenset(
    {
        Operation.WHO,
        Operation.WHERE,
        Operation.WHEN,
        Operation.REASON,
        Operation.DOSE,
        Operation.STATUS,
        Operation.DURATION,
    }
)
_OVER_ALL = frozenset({Operation.AVERAGE, Operation.TREND, Operation.CHANGE, Operation.COUNT})
"""Operations over all entries, whichever was picked before."""
_FOR_THIS = re.compile(r"^\W*(?:y\s+|and\s+)?(?:que\s+hay\s+)?(?:para|por|contra|for)\s")
_FOR_THAT = re.compile(r"\b(?:para|por|contra)\s+(?:eso|ello|esa|ese|este|esto)\b|\bfor\s+(?:that|it|this)\b")
_ONE_BEFORE = re.compile(
    r"\b(?:anterior|previ[oa]|previous|prior|(?:el|la)\s+de\s+antes|(?:one\s+)?before\s+that|one\s+before|(?:antes|before)(?=\W*$)|antes\s+de\s+(?:es[ao]|ese)|prior\s+to\s+that|the\s+earlier\s+one)\b"
)
_WIDENS = re.compile(
    r"\b(?:(?:en|de)\s+(?:general|total|todo\s+(?:el\s+)?(?:tiempo|historial|registro)|toda\s+(?:la|su)\s+(?:historia|vida))|de\s+tod[oa]s|de\s+siempre|historic[oa]"
    r"|overall|in\s+(?:general|total|all)|ever|all[\s-]time|of\s+all(?:\s+of\s+them)?|altogether|whenever|any\s+year|(?:en\s+)?cualquier\s+(?:ano|fecha))\b"
)
_NEEDS_NO_TOPIC = frozenset({Operation.SUMMARY, Operation.DEMOGRAPHIC, Operation.UNANSWERABLE})


def understand(text: str, *, history: Sequence[Exchange], today: date, glossary: Glossary) -> Question:
    """Understand a question.

    Args:
        text: As the user wrote it; only its first 2,000 characters are read.
        history: Earlier questions of the session about the same patient, oldest first.
        today: The day that relative times are counted from.
        glossary: Clinical vocabulary of both languages.
    """
    if not history:
        return _understand_alone(text[:LONGEST], today, glossary)
    return _understand(text[:LONGEST], history, today, glossary, depth=0)


@lru_cache(maxsize=_QUESTIONS_KEPT)
def _understand_alone(text: str, today: date, glossary: Glossary) -> Question:
    """What opens a session is asked of one patient after the other, so it is remembered."""
    return _understand(text, (), today, glossary, depth=0)


# What the names of terminologies say besides the thing itself; none of it is a word of the question.
_OF_TERMINOLOGIES = re.compile(
    r"\((?:disorder|finding|procedure|situation|substance|organism|regime/therapy|physical object|environment|person|event)\)"
    r"|\[(?!percentile\b)[A-Za-z][^\]]*\]"
    r"|\b(?:per|por|para)\s+(?:age|edad)\s+(?:and|y)\s+(?:sex|gender|sexo|g[eé]nero)\b"
    r"|\bby\s+(?:automated\s+count|calculation|immunologic\s+method)\b"
    r"|\b\d+(?:\.\d+)?\s*(?:MG|ML|MCG|UG|UNT|ACTUAT|HR)\b(?:/(?:\d+(?:\.\d+)?\s*)?[A-Z]+\b)?"
    r"|\b(?:metered\s+dose|dry\s+powder)\s+inhaler\b|\bextended\s+release\b"
    r"|\b(?:oral|chewable|buccal|sublingual)\s+(?:tablet|capsule|solution|suspension|powder)\b|\b(?:injectable|inhalation|ophthalmic|topical)\s+(?:solution|suspension)\b"
    r"|\b(?:mucosal\s+spray|drug\s+implant|day\s+pack|prefilled\s+syringe|auto-injector|transdermal\s+system|vaginal\s+(?:ring|system)|intrauterine\s+system)\b",
    re.IGNORECASE,
)


_PA = re.compile(r"\bpa\s(?:el|la|los|las|su|sus)\b")
"""`para`, as it is said and typed: with the article that follows it has its length."""


def _plain(text: str) -> str:
    """A text without the trimmings of terminologies (`(disorder)`, `500 MG Oral Tablet`), letters keeping their places."""
    text = _PA.sub(lambda match: "para".ljust(len(match[0])), text)
    return _OF_TERMINOLOGIES.sub(lambda match: " " * len(match[0]), text)


def _understand(text: str, history: Sequence[Exchange], today: date, glossary: Glossary, depth: int) -> Question:
    language = _language(text, history, glossary)
    clauses = _clauses_of(text, today, glossary)
    asks: list[Ask] = []
    inherited = False
    for number, clause in enumerate(clauses):
        *of_patient, ask = decide(clause)
        asks.extend(of_patient)
        before = asks[-1] if asks else None
        if before is None and history and depth < _DEPTH and _leans(clause, ask):
            earlier = _understand(history[-1].question, history[:-1], today, glossary, depth + 1)
            before = earlier.asks[-1] if earlier.asks else None
            inherited = before is not None
        following = clauses[number + 1] if number + 1 < len(clauses) else None
        ask = _completed(ask, clause, before, following)
        if history and ask.reason is None and _FOR_THAT.search(clause.visible):
            ask = attrs.evolve(ask, reason=_disease_in(history[-1].answer, glossary))
        if history and _REFERS.search(clause.visible):
            ask = attrs.evolve(ask, period=_time_referred_to(clause.visible, history[-1].answer, ask))
        asks.extend(each for part in _both_ends(ask, clause) for each in _each_time(part, clause))
    kept = _without_chatter(asks)
    return Question(
        text=text,
        language=language,
        asks=tuple(dict.fromkeys(kept)),
        certainty=_certainty(clauses, kept, inherited),
        inherited=inherited,
    )


@lru_cache(maxsize=_QUESTIONS_KEPT)
def _clauses_of(text: str, today: date, glossary: Glossary) -> tuple[Clause, ...]:
    """The clauses of a question, read; remembered, for those questions too that lean on the one before."""
    whole = written_out(removals_named(text, fold_letters(text)), known_words(glossary))
    parts = (
        part
        for sentence in split_sentences(without_lead_in(_plain(whole), glossary))
        for part in split_clauses(sentence, glossary, today)
    )
    return tuple(read_clause(part, glossary, today) for part in islice(parts, MOST_ASKS))


def _language(text: str, history: Sequence[Exchange], glossary: Glossary) -> Language:
    names = glossary.names
    before: Language = language_of(history[-1].question, names=names) if history else "es"
    return language_of(text, before, names=names)


def _leans(clause: Clause, ask: Ask) -> bool:
    if ask.operation is Operation.UNANSWERABLE or (ask.operation is Operation.DEMOGRAPHIC and not clause.period):
        return False
    if _CONTINUES.search(fold_letters(clause.text)):
        return True
    if ask.kin is not None:
        return False
    if _is_only_a_verb(clause, ask):
        return True
    return not ask.topics and ask.operation not in _NEEDS_NO_TOPIC


def _is_only_a_verb(clause: Clause, ask: Ask) -> bool:
    """Whether only a verb hints at what a question about one entry is about: `who prescribed it`, `why was that given`."""
    named = any(kind.is_noun for kind in clause.kinds) or any(topic.is_specific for topic in ask.topics)
    return ask.operation in _OF_AN_ENTRY and not named and ask.pick == Pick() and ask.period is None and not ask.people


def _may_mean(verb: Topic, before: Topic) -> bool:
    """Whether a verb may speak of what was spoken of before."""
    kinds = before.kinds or frozenset(kind for concept in before.concepts for kind in concept.kinds)
    return bool(verb.kinds & kinds) or "encounter" in verb.kinds


def _completed(ask: Ask, clause: Clause, before: Ask | None, following: Clause | None) -> Ask:
    """An ask with what it leaves open taken from the one before, or from the clause after."""
    if ask.operation in (Operation.UNANSWERABLE, Operation.DEMOGRAPHIC, Operation.SUMMARY):
        return ask
    if ask.kin is not None and (ask.topics or before is None):
        return ask
    continues = _CONTINUES.search(fold_letters(clause.text)) is not None
    if before is not None and before.topics and _is_only_a_verb(clause, ask):
        if not ask.topics or _may_mean(ask.topics[0], before.topics[0]):
            return attrs.evolve(before, operation=ask.operation, threshold=None, section=None)
        return ask if ask.topics else before
    if before is not None and before.operation is not Operation.UNANSWERABLE and (continues or not ask.topics):
        return _merged(ask, clause, before)
    if ask.topics:
        return ask
    if following is not None and following.topics:
        if not clause.cues:
            return decide(following)[-1]  # `what was done? I mean surgery`: the second says what the first meant
        return attrs.evolve(
            ask,
            topics=following.topics,
            reason=following.reason,
            pick=following.pick or ask.pick,
            period=ask.period or following.period,
        )
    if ask.operation in (Operation.WHO, Operation.WHERE) or ask.people:
        return attrs.evolve(ask, topics=(_ENCOUNTERS,))
    return Ask(operation=Operation.UNANSWERABLE, refusal=Refusal.OFF_TOPIC)


def _merged(ask: Ask, clause: Clause, before: Ask) -> Ask:
    """An ask that leans on the one before it."""
    if not before.topics:
        of_summary = before.operation is Operation.SUMMARY
        return ask if ask.topics else attrs.evolve(before, period=ask.period if of_summary else None)
    if ask.topics and _FOR_THIS.search(fold_letters(clause.text)) and _is_given(before) and not clause.cues:
        return attrs.evolve(before, reason=ask.topics[0])
    operation = _merged_operation(ask, clause, before)
    keeps_period = ask.period is None and (clause.pick is None or not ask.topics) and not _WIDENS.search(clause.visible)
    period = before.period if keeps_period else ask.period
    pick = _merged_pick(ask, clause, before, operation)
    if keeps_period and isinstance(period, TimeRange) and pick.nth > 1:
        period = TimeRange(until=period.until)  # what was before it may lie before that time
    return attrs.evolve(
        ask,
        operation=operation,
        topics=ask.topics or before.topics,
        reason=ask.reason or (before.reason if not ask.topics else None),
        pick=pick,
        period=period,
        status=ask.status or before.status,
        section=ask.section or before.section,
    )


def _merged_operation(ask: Ask, clause: Clause, before: Ask) -> Operation:
    if not ask.topics:
        return ask.operation if clause.cues and clause.cues[0].weight >= _TELLING else before.operation
    if clause.cues or ask.topics[0].is_measured != before.topics[0].is_measured:
        return ask.operation
    return before.operation


def _merged_pick(ask: Ask, clause: Clause, before: Ask, operation: Operation) -> Pick:
    if clause.pick is not None or ask.pick != Pick():
        return clause.pick or ask.pick
    if not ask.topics and _ONE_BEFORE.search(clause.visible):
        return Pick(order=Order.LATEST, nth=before.pick.nth + 1 if before.pick.order is Order.LATEST else 2)
    return Pick() if operation in _OVER_ALL else before.pick


def _is_given(ask: Ask) -> bool:
    """Whether what was asked about is given or done for a reason."""
    return any(topic.kinds & {"medication", "procedure", "encounter", "careplan"} for topic in ask.topics)


_TELLING = 50
"""Cues weaker than this ("what is") do not change what the question before asked."""


def _both_ends(ask: Ask, clause: Clause) -> list[Ask]:
    """`the first and the last visit`: two asks, unless their difference is what is asked."""
    asked = ask.operation in (Operation.WHEN, Operation.WHO, Operation.WHERE, Operation.LIST, Operation.VALUE)
    if not asked or not _BOTH_ENDS.search(clause.visible):
        return [ask]
    return [attrs.evolve(ask, pick=Pick(order=order)) for order in (Order.FIRST, Order.LATEST)]


_COMPARED = frozenset({Operation.CHANGE, Operation.TREND, Operation.EXISTS})
"""Operations that come to the values of each time where times are compared."""


def _each_time(ask: Ask, clause: Clause) -> list[Ask]:
    """`in 2018 and 2019`, `2014 compared with 2023`: one ask for each time, so that a side without anything is told as such."""
    if not clause.further or ask.operation in _NEEDS_NO_TOPIC or ask.period != clause.period:
        return [ask]
    measured = bool(ask.topics) and all(topic.is_measured for topic in ask.topics)
    if measured and ask.operation in _COMPARED:
        ask = attrs.evolve(ask, operation=Operation.VALUE, toward=None, pick=Pick())
    return [attrs.evolve(ask, period=period) for period in (clause.period, *clause.further)]


def _disease_in(answer: str, glossary: Glossary) -> Topic | None:
    """The first disease that an answer names."""
    for match in glossary.concepts(answer, kinds={"condition"}):
        if not match.corrected:
            return Topic(concepts=(match.concept,), surface=match.surface)
    return None


def _time_referred_to(visible: str, answer: str, ask: Ask) -> Period | None:
    """The day of the last answer; of `that year`, the time that was spoken of."""
    if _THAT_YEAR.search(visible) and ask.period is not None:
        return ask.period
    return _day_of(answer) or ask.period


def _day_of(answer: str) -> TimeRange | None:
    match = _ISO_DATE.search(answer)
    if match is None:
        return None
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        return None
    return TimeRange(since=day, until=day)


_CHATTER = frozenset({Refusal.OFF_TOPIC, Refusal.INSTRUCTION})


def _without_chatter(asks: list[Ask]) -> list[Ask]:
    """A greeting, or an attempt to instruct, beside a real question is passed over."""
    real = [ask for ask in asks if ask.refusal not in _CHATTER]
    return real or asks[:1] or [Ask(operation=Operation.UNANSWERABLE, refusal=Refusal.OFF_TOPIC)]


_COST_OF_UNKNOWN, _COST_OF_GUESS, _COST_OF_CORRECTION, _COST_OF_LEANING = 0.5, 0.15, 0.1, 0.1


def _certainty(clauses: Sequence[Clause], asks: Sequence[Ask], inherited: bool) -> float:
    words = sum(clause.words for clause in clauses) or 1
    unknown = sum(len(clause.unknown) for clause in clauses)
    guessed = any(not clause.cues for clause in clauses) and all(ask.refusal is None for ask in asks)
    certainty = 1.0 - _COST_OF_UNKNOWN * min(1.0, 3 * unknown / words) - _COST_OF_GUESS * guessed
    certainty -= _COST_OF_CORRECTION * any(clause.corrected for clause in clauses) + _COST_OF_LEANING * inherited
    return max(0.0, min(1.0, certainty))
