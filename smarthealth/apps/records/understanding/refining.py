"""Smaller judgements on what a clause asks, once its operation and topics are known.

Each rule looks at one thing and leaves the rest as it is; they are applied in the order of `_RULES`, since a later one may
rest on what an earlier one decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from .better import toward_of
from .directions import compares_with_the_last
from .folding import CONCEPT, fold_letters
from .kinds import ALLERGY, CAREPLAN, CARETEAM, CONDITION, DOCUMENT, ENCOUNTER, IMMUNIZATION, MEDICATION, PROCEDURE
from .modifiers import find_section, names_source
from .question import Anchor, Ask, Facet, Operation, Order, Pick, Status, TimeRange, Topic
from .reading import Clause
from .refusals import asks_for_recorded_advice

_GOING_ON = frozenset({CONDITION, MEDICATION, CAREPLAN, ALLERGY})
"""Kinds of entry that go on or are over; the others just happened."""
_UNMEASURED = frozenset({ALLERGY, CONDITION, MEDICATION, IMMUNIZATION, CAREPLAN, DOCUMENT})

COUNTED_DOSES = re.compile(r"\b(?:cuantas|numero\s+de|how\s+many|number\s+of)\s+(?:dosis|doses)\b")
"""Doses that are counted are those of vaccines, and no prescription's dose."""
_JUST_AFTER = re.compile(r"^\W*(?:despu[eé]s|tras|luego|after|following)\b")
_ONE_BEFORE = re.compile(
    rf"{CONCEPT}\s*(?:anterior|previ[oa]|prior)\b|\b(?:anterior|previ[oa]|previous|prior|preceding)\s+"
    r"(?:(?:value|valor|reading|result|resultado|measurement|medicion|level|nivel)\s+(?:of|de|del|para|for)\s+(?:(?:la|el|the)\s+)*)?"
    rf"{CONCEPT}"
)
_BEFORE_LAST = re.compile(
    r"\b(?:(?:anterior|previ[oa])\s+al?|antes\s+del?|before|previous\s+to|prior\s+to|preceding)\s+(?:(?:el|la|lo|that|the)\s+)*"
    r"(?:ultim[oa]|mas\s+reciente|actual|de\s+ahora|last|latest|most\s+recent|current)"
    r"(?:\s+(?:one|value|reading|measurement|result|medicion|toma|valor|resultado|control|prueba))?"
    rf"(?:\s+(?:de|del|of|for)\s+(?:(?:la|el|su|the|his|her)\s+)?{CONCEPT}+)?\s*(?:[?.,;!]|$)"
)
_PLAN_FOR = re.compile(
    rf"\b(?:que\s+plan(?:es)?\s+(?:hay|tienen?|se\s+tiene)|(?:cual\s+es|what(?:'s|\s+is|\s+was))\s+(?:el|the|su|his|her)\s+plan)\s+"
    rf"(?:con|para|for|with|regarding|about)\s+(?:(?:el|la|los|las|su|the|his|her)\s+)?{CONCEPT}"
)
_IN_HOSPITAL = re.compile(
    r"\b(?:how\s+many\s+(?:nights|days)|cuant[oa]s\s+(?:noches|dias)|how\s+long)\b[^?]*\b(?:(?:in|en)\s+(?:the\s+|el\s+|la\s+)?(?:hospital|clinica)|ingresad[oa]|hospitalizad[oa]|internad[oa]|admitted|hospitali[sz]ed|inpatient)\b"
    r"|\bestancia\s+hospitalaria\b|\bhospital\s+stay\b"
)
_CURRENT = re.compile(r"\b(?:actual(?:es)?|current)\b")
_TODAY = re.compile(r"\b(?:hoy|today)\b")
_SINCE = re.compile(r"\b(?:desde\s+(?:cuando|que\s+(?:fecha|ano|dia|mes))|since\s+when)\b")
_TIMES = re.compile(r"\b(?:cuantas\s+veces|how\s+many\s+times|how\s+often|numero\s+de\s+veces|number\s+of\s+times)\b")
_OFTEN = re.compile(
    r"\b(?:how\s+(?:often|frequently)|con\s+que\s+frecuencia)\b(?![^?]*\b(?:prescri|recet|formul|ordered))"
)
_HOW_LONG_NOT = re.compile(
    r"\b(?:hace\s+cuanto\s+(?:tiempo\s+)?(?:que\s+)?no|how\s+long\s+since|cuanto\s+hace\s+que\s+no)\b"
)
_SHOWN = re.compile(
    r"\b(?:lista(?:r|me|do)?|enumera\w*|tod[oa]s|list|enumerate|all|every)\b"
    r"|\b(?:valores|values|resultados|results|mediciones|measurements|readings|lecturas|registros)\b"
)


def refine(ask: Ask, clause: Clause) -> Ask:
    """Apply the rules to an ask whose operation was judged from the strongest cue."""
    for rule in _RULES:
        ask = rule(ask, clause)
    return ask


def summarises(clause: Clause) -> bool:
    """Whether nothing narrower than the whole record is spoken of."""
    return not any(topic.is_specific for topic in clause.topics) and not any(kind.is_noun for kind in clause.kinds)


def _kinds(ask: Ask) -> frozenset[str]:
    return frozenset(kind for topic in ask.topics for kind in topic.kinds)


def _all_kinds(ask: Ask) -> frozenset[str]:
    return frozenset(kind for topic in ask.topics for kind in topic.all_kinds)


def _is_measured(ask: Ask) -> bool:
    return bool(ask.topics) and all(topic.is_measured for topic in ask.topics)


def _note_by_its_name(ask: Ask, _clause: Clause) -> Ask:
    """A note called by its own name (`epicrisis`) is a note."""
    return attrs.evolve(ask, topics=tuple(map(_as_document, ask.topics)))


def _as_document(topic: Topic) -> Topic:
    if topic.kinds or topic.all_kinds != {DOCUMENT}:
        return topic
    return attrs.evolve(topic, kinds=frozenset({DOCUMENT}))


def _text_of_a_note(ask: Ask, clause: Clause) -> Ask:
    """What a note says, rather than the note."""
    if clause.section == "advice":
        ask = attrs.evolve(ask, section=None)
    if DOCUMENT not in _kinds(ask):
        return attrs.evolve(ask, section=None)
    if names_source(clause.visible):
        return attrs.evolve(ask, operation=Operation.NOTE)
    as_entry = ask.operation in (Operation.COUNT, Operation.WHEN, Operation.WHO, Operation.WHERE)
    reads = clause.reads or ask.section is not None or any(topic.is_specific for topic in ask.topics)
    return attrs.evolve(ask, section=None) if as_entry or not reads else attrs.evolve(ask, operation=Operation.NOTE)


def _part_of_the_notes(ask: Ask, clause: Clause) -> Ask:
    """What a doctor recommended, or what the plan is, is told by the notes, whether or not they are named."""
    others = tuple(topic for topic in ask.topics if topic.is_specific and not _names_a_part(topic))
    given = clause.section == "advice" and asks_for_recorded_advice(fold_letters(clause.text))
    named = clause.section == "plan" and not others and any(map(_names_a_part, ask.topics))
    planned = len(others) == 1 and _PLAN_FOR.search(clause.visible) is not None
    if planned:
        return attrs.evolve(ask, operation=Operation.NOTE, section=None, status=None, topics=(*others, _NOTES))
    if not given and not named:
        return ask
    return attrs.evolve(ask, operation=Operation.NOTE, section=clause.section, topics=(*others, _NOTES))


def _what_was_said_at_a_visit(ask: Ask, clause: Clause) -> Ask:
    """What was said, or planned, at a visit is told by its note."""
    at_visit = bool(ask.topics) and all(topic.kinds == {ENCOUNTER} and not topic.is_specific for topic in ask.topics)
    if not at_visit or ask.operation not in (Operation.VALUE, Operation.LIST, Operation.EXISTS):
        return ask
    if not (_SAID.search(clause.visible) or clause.section == "plan"):
        return ask
    return attrs.evolve(ask, operation=Operation.NOTE, section=clause.section, topics=(_NOTES,))


_SAID = re.compile(
    r"\b(?:dijo|dijeron|dice|decia|anoto|anotaron|escribio|escribieron|menciono|concluyo|say|says|said|wrote|written|noted|mention(?:ed)?)\b"
)


def _stay_for_a_procedure(ask: Ask, clause: Clause) -> Ask:
    """The days in hospital for what was done are those of the stay in which it was done."""
    done = len(ask.topics) == 1 and PROCEDURE in ask.topics[0].all_kinds and ask.topics[0].is_specific
    within = ask.period if isinstance(ask.period, TimeRange) else None
    if not done or ask.period is not within or not _IN_HOSPITAL.search(clause.visible):
        return ask
    stay = Topic(kinds=frozenset({ENCOUNTER}), category="inpatient", surface=ask.topics[0].surface)
    return attrs.evolve(
        ask,
        operation=Operation.DURATION,
        topics=(stay,),
        pick=Pick(),
        period=Anchor(relation="during", topic=ask.topics[0], pick=Pick(order=Order.FIRST), within=within),
    )


def _names_a_part(topic: Topic) -> bool:
    """Whether a topic is no more than the words for a part of a note, and for who wrote it."""
    rest = [term for term in topic.terms if not _SPECIALIST.search(term)]
    return bool(topic.terms) and not topic.concepts and all(map(find_section, rest))


_SPECIALIST = re.compile(r"(?:olog[oa]|iatra|ologist|iatrist|cirujan[oa]|surgeon|especialista|specialist)s?$")


_NOTES = Topic(kinds=frozenset({DOCUMENT}))


def _whether_it_goes_on(ask: Ask, clause: Clause) -> Ask:
    """Whether she *takes* it, whether it is *active*: a question for its state."""
    named = bool(ask.topics) and any(topic.is_specific for topic in ask.topics)
    if ask.operation is not Operation.EXISTS or ask.status is None or not named or _is_measured(ask):
        return ask
    # `active blood pressure pills`, where nothing is asked but named: those that are so
    listed = MEDICATION in _all_kinds(ask) and _THAT_ARE.search(clause.visible) and not clause.cues
    return attrs.evolve(ask, operation=Operation.LIST if listed else Operation.STATUS)


def _values(ask: Ask, clause: Clause) -> Ask:
    """Of what is measured a value is asked for, or all values; of what is picked, what it was."""
    results = bool(ask.topics) and all(topic.has_results for topic in ask.topics)
    if ask.operation is Operation.EXISTS and results and ask.pick.order is not Order.ALL:
        return attrs.evolve(ask, operation=Operation.VALUE)
    if ask.operation not in (Operation.LIST, Operation.VALUE) or not _is_measured(ask):
        return ask
    if not _SHOWN.search(clause.visible):
        return attrs.evolve(ask, operation=Operation.VALUE)
    return attrs.evolve(ask, operation=Operation.LIST) if ask.pick == Pick() else ask


def _all_that_is_current(ask: Ask, clause: Clause) -> Ask:
    """`current medication` is all that goes on, not the latest of it."""
    latest = ask.status is Status.ACTIVE and ask.pick == Pick(order=Order.LATEST)
    if latest and not _is_measured(ask) and _all_kinds(ask) & _GOING_ON and _CURRENT.search(clause.visible):
        return attrs.evolve(ask, pick=Pick())
    return ask


_THAT_ARE = re.compile(
    r"\b(?:activ[oa]s|actuales|vigentes|suspendid[oa]s|en\s+curso)\b|\b(?:active|current|ongoing|stopped|discontinued)\s+(?:[a-z]+\s+)?"
    + CONCEPT
)


def _of_today(ask: Ask, clause: Clause) -> Ask:
    """What a value is today is what it was last, and what goes on today is what is active, whenever that was written."""
    period = ask.period
    one_day = isinstance(period, TimeRange) and period.since is not None and period.since == period.until
    lasts = ask.status is Status.ACTIVE or (ask.operation is Operation.VALUE and _is_measured(ask))
    if lasts and one_day and _TODAY.search(fold_letters(clause.text)):
        return attrs.evolve(ask, period=None)
    return ask


def _since_when(ask: Ask, clause: Clause) -> Ask:
    """Since when: the first time."""
    asked = ask.operation in (Operation.WHEN, Operation.DURATION) and ask.pick == Pick()
    if asked and _SINCE.search(clause.visible):
        return attrs.evolve(ask, operation=Operation.WHEN, pick=Pick(order=Order.FIRST))
    return ask


def _how_long_since(ask: Ask, clause: Clause) -> Ask:
    """How long somebody has not come: the last time."""
    asked = ask.operation in (Operation.WHEN, Operation.DURATION) and ask.pick == Pick()
    if asked and _HOW_LONG_NOT.search(clause.visible):
        return attrs.evolve(ask, operation=Operation.WHEN, pick=Pick(order=Order.LATEST))
    return ask


def _no_extreme_of_the_unmeasured(ask: Ask, _clause: Clause) -> Ask:
    """`alergias del menor` are a child's, not the least of them."""
    if ask.pick.order in (Order.HIGHEST, Order.LOWEST) and _kinds(ask) and ask.topics[0].kinds <= _UNMEASURED:
        return attrs.evolve(ask, pick=Pick())
    return ask


def _worst_and_best(ask: Ask, clause: Clause) -> Ask:
    """The worst value is the lowest one where more is better; of what nobody can tell that, the highest."""
    asked = _EXTREME.search(clause.visible)
    if asked is None or ask.pick.order not in (Order.HIGHEST, Order.LOWEST) or not _is_measured(ask):
        return ask
    concepts = [concept for topic in ask.topics for concept in topic.concepts]
    toward = toward_of("worse" if asked["worst"] else "better", concepts)
    order = {"up": Order.HIGHEST, "down": Order.LOWEST}.get(toward or "", ask.pick.order)
    return attrs.evolve(ask, pick=attrs.evolve(ask.pick, order=order))


_EXTREME = re.compile(r"\b(?:(?P<worst>peor(?:es)?|worst)|mejor(?:es)?|best)\b")


def _value_after_an_event(ask: Ask, _clause: Clause) -> Ask:
    """How it was after an operation, or on admission, is told by the first measurement from then on."""
    period = ask.period
    if not isinstance(period, Anchor) or ask.operation is not Operation.VALUE:
        return ask
    after = period.relation == "after" or _JUST_AFTER.search(period.topic.surface.casefold())
    on_admission = period.relation == "during" and period.topic.category == "inpatient" and not period.is_end
    if _is_measured(ask) and ask.pick == Pick() and (after or on_admission):
        return attrs.evolve(ask, pick=Pick(order=Order.FIRST))
    return ask


def _last_but_one(ask: Ask, clause: Clause) -> Ask:
    """The value before the last one, however it is said."""
    if ask.operation not in (Operation.VALUE, Operation.WHEN) or not _is_measured(ask):
        return ask
    before = ask.operation is Operation.VALUE and ask.pick == Pick() and _ONE_BEFORE.search(clause.visible)
    if before or _BEFORE_LAST.search(clause.visible):
        return attrs.evolve(ask, pick=Pick(order=Order.LATEST, nth=2))
    return ask


_MADE_IT_END = re.compile(
    r"^\W*(?:(?:and|y)\s+)?(?:what\s+(?:happened|made|led|caused|effect|problem|reaction|went\s+wrong)|que\s+(?:efecto|problema|sintoma|reaccion|paso|ocurrio|sucedio|hizo|llevo)|(?:the\s+)?reason\b|(?:el\s+)?motivo\b|(?:la\s+)?(?:causa|razon)\b)"
)


def _why_it_ended(ask: Ask, clause: Clause) -> Ask:
    """Why a medicine was stopped is another thing than why it was given."""
    kinds = _all_kinds(ask)
    made = _MADE_IT_END.search(clause.visible)
    ended = (ask.operation is Operation.REASON or made) and ask.status is Status.ENDED
    if ended and ask.topics and (MEDICATION in kinds or not kinds):
        return attrs.evolve(ask, operation=Operation.REASON, facet=Facet.STOPPED)
    return ask


def _who_is_in_a_team(ask: Ask, clause: Clause) -> Ask:
    """Who is in the team, or the nurse of it: the team is meant, the words for its members tell whom."""
    if not any(CARETEAM in cue.kinds for cue in clause.kinds) or ask.operation in (
        Operation.WHEN,
        Operation.COUNT,
        Operation.DURATION,
        Operation.WHERE,
    ):
        return ask
    return attrs.evolve(
        ask, operation=Operation.WHO, topics=(Topic(kinds=frozenset({CARETEAM})),), reason=None, pick=Pick()
    )


def _counting(ask: Ask, clause: Clause) -> Ask:
    """How many times: of all; how often, of a medicine: as its dosage says. Doses without a name are those of vaccines."""
    if ask.operation is not Operation.COUNT:
        return ask
    if ask.pick.order in (Order.LATEST, Order.FIRST) and _TIMES.search(clause.visible):
        ask = attrs.evolve(ask, pick=Pick())
    if _OFTEN.search(clause.visible) and ask.topics and MEDICATION in _all_kinds(ask) and ask.topics[0].is_specific:
        return attrs.evolve(ask, operation=Operation.DOSE)
    if not ask.topics and COUNTED_DOSES.search(clause.visible):
        ask = attrs.evolve(ask, topics=(Topic(kinds=frozenset({IMMUNIZATION})),))
    return ask


def _states_of_what_has_some(ask: Ask, _clause: Clause) -> Ask:
    """Measurements, visits and vaccines are neither active nor over; habits are, though they are measured."""
    if ask.status is Status.ENDED and ask.operation in (Operation.WHEN, Operation.REASON) and _is_habit(ask):
        return ask
    kinds = _kinds(ask)
    computed = ask.operation in (Operation.TREND, Operation.AVERAGE, Operation.CHANGE)
    stateless = ask.status is Status.ACTIVE and bool(kinds) and not kinds & _GOING_ON
    if _is_measured(ask) or computed or stateless:
        return attrs.evolve(ask, status=None)
    return ask


def _is_habit(ask: Ask) -> bool:
    return any("smoking" in concept.id or "alcohol" in concept.id for topic in ask.topics for concept in topic.concepts)


def _whether_it_went_so(ask: Ask, clause: Clause) -> Ask:
    """`did it fall`: yes or no; over all values, or from the last but one."""
    if ask.operation not in (Operation.TREND, Operation.CHANGE):
        return ask
    recent = Pick(order=Order.LATEST, count=2) if compares_with_the_last(clause.visible) else Pick()
    if ask.operation is Operation.CHANGE:
        return attrs.evolve(ask, pick=recent)
    return attrs.evolve(ask, toward=clause.toward, compared=clause.improved, pick=recent)


_REACTS = re.compile(
    r"\bwhat\s+(?:happens|happened|would\s+happen|occurs)\s+(?:to\s+(?:him|her|them)\s+)?(?:when|if|with|after)\s+"
    r"(?:(?:s?he|they|the\s+patient)\s+)?(?:(?:is|was)\s+)?(?:gets?|got|takes?|took|eats?|ate|touch(?:es)?|uses?|has|had|receives?|given|exposed)?\b"
    r"|\bhow\s+(?:does|did|do)\s+\w+\s+react\b|\breact(?:s|ed|ions?)?\s+to\b"
    r"|\b(?:what|which)\s+(?:\w+\s+)?reactions?\b|\b(?:que|cual(?:es)?)\s+(?:\w+\s+){0,3}reacci(?:on|ones)\b|\breacci(?:on|ones)\s+(?:al?|con)\b"
    r"|\bque\s+(?:le\s+)?(?:pasa|paso|sucede|ocurre|da|dio|produce|hace)\s+(?:cuando|si|con|al)\b|\bcomo\s+reacciona\b"
)


def _reaction(ask: Ask, clause: Clause) -> Ask:
    """What happens when she gets penicillin is told by her allergy to it."""
    one = len(ask.topics) == 1 and ask.topics[0].is_specific and ask.period is None
    if not one or not _all_kinds(ask) & {ALLERGY, MEDICATION} or not _REACTS.search(clause.visible):
        return ask
    of_allergy = attrs.evolve(ask.topics[0], kinds=frozenset({ALLERGY}))
    return attrs.evolve(ask, operation=Operation.EXISTS, topics=(of_allergy,), pick=Pick(), status=None)


def _how_it_went(ask: Ask, clause: Clause) -> Ask:
    """Whether a disease got better or worse is another thing than whether it is there."""
    if ask.operation is Operation.EXISTS and clause.improved is not None and CONDITION in _all_kinds(ask):
        return attrs.evolve(ask, compared=clause.improved)
    return ask


_RULES: tuple[Callable[[Ask, Clause], Ask], ...] = (
    _note_by_its_name,
    _whether_it_goes_on,
    _values,
    _text_of_a_note,
    _part_of_the_notes,
    _what_was_said_at_a_visit,
    _stay_for_a_procedure,
    _all_that_is_current,
    _of_today,
    _since_when,
    _how_long_since,
    _no_extreme_of_the_unmeasured,
    _worst_and_best,
    _value_after_an_event,
    _last_but_one,
    _counting,
    _why_it_ended,
    _who_is_in_a_team,
    _states_of_what_has_some,
    _whether_it_went_so,
    _reaction,
    _how_it_went,
)
