"""What a clause asks, judged from what its readers found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import attrs

from .folding import CONCEPT, fold_letters
from .kinds import ALLERGY, CAREPLAN, CONDITION, DOCUMENT, ENCOUNTER, IMMUNIZATION, MEDICATION, OBSERVATION
from .question import Anchor, Ask, Operation, Order, Period, Pick, Refusal, Status, TimeRange, Topic
from .reading import Clause

_GOING_ON = frozenset({CONDITION, MEDICATION, CAREPLAN, ALLERGY})
_LASTING = frozenset({CONDITION, MEDICATION, CAREPLAN, ENCOUNTER})
_UNMEASURED = frozenset({ALLERGY, CONDITION, MEDICATION, IMMUNIZATION, CAREPLAN, DOCUMENT})
_JUST_AFTER = re.compile(r"^\W*(?:despu[eé]s|tras|luego|after|following)\b")

_DEFINITION = re.compile(
    rf"^\W*(?:y\s+)?(?:que\s+(?:es|son)|what\s+(?:is|are))\s+(?:(?:el|la|los|las|un|una|a|an)\s+)?{CONCEPT}+\W*$"
)
_SPANISH_DEFINITION = re.compile(rf"^\W*(?:y\s+)?que\s+(?:es|son)\s+(?:(?:el|la|los|las|un|una)\s+)?{CONCEPT}+\W*$")
_ONE_BEFORE = re.compile(rf"{CONCEPT}\s*(?:anterior|previ[oa]|prior)\b|\b(?:anterior|previ[oa]|previous|prior|preceding)\s+(?:(?:value|valor|reading|result|resultado|measurement|medicion|level|nivel)\s+(?:of|de|del|para|for)\s+(?:(?:la|el|the)\s+)*)?{CONCEPT}")  # fmt: skip
_BEFORE_LAST = re.compile(
    r"\b(?:(?:anterior|previ[oa])\s+al?|antes\s+del?|before|previous\s+to|prior\s+to|preceding)\s+(?:(?:el|la|lo|that|the)\s+)*"
    r"(?:ultim[oa]|mas\s+reciente|actual|de\s+ahora|last|latest|most\s+recent|current)"
    r"(?:\s+(?:one|value|reading|measurement|result|medicion|toma|valor|resultado|control|prueba))?\s*(?:[?.,;!]|$)"
)
_ACCORDING_TO = re.compile(r"\b(?:segun|de\s+acuerdo\s+con|according\s+to)\b")
_WITH_MORE = re.compile(r"^\W*(?:(?:la|su|the|his|her|dime|dame|give\s+me|cual\s+es)\s+)*(?:edad|sexo|genero|nombre|age|sex|gender|name)\s*(?:,|y|e|and)\s|(?:,|\b(?:y|e|and))\s+(?:(?:la|su|the|his|her)\s+)?(?:edad|sexo|genero|age|sex|gender)\b(?!\s+(?:at|when|al|cuando|que|tenia))")  # fmt: skip
_CURRENT = re.compile(r"\b(?:actual(?:es)?|current)\b")
_TODAY = re.compile(r"\b(?:hoy|today)\b")
_SINCE = re.compile(r"\b(?:desde\s+(?:cuando|que\s+(?:fecha|ano|dia|mes))|since\s+when)\b")
_COUNTED_DOSES = re.compile(r"\b(?:cuantas|numero\s+de|how\s+many|number\s+of)\s+(?:dosis|doses)\b")
_TIMES = re.compile(r"\b(?:cuantas\s+veces|how\s+many\s+times|how\s+often|numero\s+de\s+veces|number\s+of\s+times)\b")
_SHOWN = re.compile(r"\b(?:lista(?:r|me|do)?|enumera\w*|tod[oa]s|list|enumerate|all|every)\b|\b(?:valores|values|resultados|results|mediciones|measurements|readings|lecturas|registros)\b")  # fmt: skip


def is_measured(topic: Topic) -> bool:
    """Whether a topic is something that is measured."""
    kinds = topic.kinds or frozenset(kind for concept in topic.concepts for kind in concept.kinds)
    return OBSERVATION in kinds


def has_results(topic: Topic) -> bool:
    """Whether a topic is something that is measured, or a panel of such."""
    return is_measured(topic) or "report" in (topic.kinds or _kinds_of(topic))


def decide(clause: Clause) -> list[Ask]:
    """Judge what a clause asks: one thing, and any of the patient's own data beside it."""
    draft = Ask(
        operation=Operation.LIST,
        topics=clause.topics,
        pick=clause.pick or Pick(),
        period=clause.period,
        status=clause.status,
        reason=clause.reason,
        threshold=clause.threshold,
        section=clause.section,
        distinct=clause.distinct,
        people=clause.people,
    )
    refusal = _refusal(clause)
    if refusal is not None:
        return [Ask(operation=Operation.UNANSWERABLE, refusal=refusal)]
    of_patient = [Ask(operation=Operation.DEMOGRAPHIC, field=field) for field in clause.fields]
    if of_patient and not _is_about_entries(clause):
        return of_patient
    of_record = _refined(attrs.evolve(draft, operation=_operation(clause)), clause)
    asks_both = len(of_patient) > 1 or (of_patient and _WITH_MORE.search(clause.visible))
    return [*of_patient, of_record] if asks_both else [of_record]


def _refusal(clause: Clause) -> Refusal | None:
    asked = {cue.operation for cue in clause.cues}
    if clause.refusal is Refusal.ADVICE and clause.topics and asked & {Operation.DOSE, Operation.NORMAL}:
        return None  # `how often should she take it` asks what is prescribed, `should it be called high` for the range
    if clause.refusal is not None:
        return clause.refusal
    if _SPANISH_DEFINITION.search(clause.visible):
        return Refusal.GENERAL
    if _DEFINITION.search(clause.visible) and not any(is_measured(topic) for topic in clause.topics):
        return Refusal.GENERAL
    return None


def _is_about_entries(clause: Clause) -> bool:
    """Whether a clause that names one of the patient's own data is about the record after all."""
    if any(topic.concepts for topic in clause.topics):
        return True
    strongest = clause.cues[0].operation if clause.cues else None
    return strongest is Operation.AGE_AT or any(kind.is_noun for kind in clause.kinds)


def _operation(clause: Clause) -> Operation:
    for cue in clause.cues:
        if _CONDITIONS.get(cue.operation, _always)(clause):
            return cue.operation
    if not clause.topics:
        return Operation.VALUE
    if any(has_results(topic) for topic in clause.topics):
        return Operation.VALUE
    return Operation.EXISTS if clause.topics[0].is_specific else Operation.LIST


def _always(_clause: Clause) -> bool:
    return True


def _measures(clause: Clause) -> bool:
    return not clause.topics or any(is_measured(topic) for topic in clause.topics)


def _picks_extreme(clause: Clause) -> bool:
    return clause.pick is not None and clause.pick.order in (Order.HIGHEST, Order.LOWEST)


def _is_specific(clause: Clause) -> bool:
    return not clause.topics or any(topic.is_specific for topic in clause.topics)


def _summarises(clause: Clause) -> bool:
    return not any(topic.is_specific for topic in clause.topics) and not any(kind.is_noun for kind in clause.kinds)


def _is_dosed(clause: Clause) -> bool:
    if _COUNTED_DOSES.search(clause.visible):
        return False
    kinds = {kind for topic in clause.topics for kind in (topic.kinds or _kinds_of(topic))}
    return not kinds or MEDICATION in kinds


def _lasts(clause: Clause) -> bool:
    kinds = {kind for topic in clause.topics for kind in (topic.kinds or _kinds_of(topic))}
    return not kinds or bool(kinds & _LASTING)


def _kinds_of(topic: Topic) -> frozenset[str]:
    return frozenset(kind for concept in topic.concepts for kind in concept.kinds)


def _tells_when_or_changes(clause: Clause) -> bool:
    """`first` beside `last` speaks for a change only where something is measured, and no other question is put."""
    asked = {cue.operation for cue in clause.cues}
    return _measures(clause) and not asked & {Operation.WHEN, Operation.WHO, Operation.WHERE}


_CONDITIONS: Mapping[Operation, Callable[[Clause], bool]] = {
    Operation.SUMMARY: _summarises,
    Operation.STATUS: lambda clause: _is_specific(clause) and not (clause.topics and _measures(clause)),
    Operation.NORMAL: lambda clause: _measures(clause) and not _picks_extreme(clause),
    Operation.TREND: _measures,
    Operation.CHANGE: _tells_when_or_changes,
    Operation.AVERAGE: _measures,
    Operation.DOSE: _is_dosed,
    Operation.DURATION: _lasts,
}


def _refined(ask: Ask, clause: Clause) -> Ask:
    """Smaller judgements that need both the operation and the topics."""
    operation, pick, status = ask.operation, ask.pick, ask.status
    ask = attrs.evolve(ask, topics=tuple(map(_as_document, ask.topics)))
    kinds = {kind for topic in ask.topics for kind in topic.kinds}
    measured = bool(ask.topics) and all(is_measured(topic) for topic in ask.topics)
    if DOCUMENT in kinds and _asks_for_text(ask, clause):
        operation = Operation.NOTE
    elif operation is Operation.SUMMARY and not _summarises(clause):
        operation = Operation.LIST
    elif operation is Operation.EXISTS and status is not None and _is_specific(clause) and ask.topics and not measured:
        operation = Operation.STATUS
    elif operation is Operation.EXISTS and all(map(has_results, ask.topics)) and pick.order is not Order.ALL:
        operation = Operation.VALUE
    elif (
        operation in (Operation.LIST, Operation.VALUE) and measured and pick == Pick() and _SHOWN.search(clause.visible)
    ):
        operation = Operation.LIST
    elif operation is Operation.LIST and measured and not _SHOWN.search(clause.visible):
        operation = Operation.VALUE
    if (
        status is Status.ACTIVE
        and pick == Pick(order=Order.LATEST)
        and kinds & _GOING_ON
        and _CURRENT.search(clause.visible)
    ):
        pick = Pick()  # `current medication` is all that goes on, not the latest of it
    if (
        operation is Operation.VALUE
        and measured
        and _TODAY.search(fold_letters(clause.text))
        and _is_one_day(ask.period)
    ):
        ask = attrs.evolve(ask, period=None)  # what it is today is what it was last
    if operation in (Operation.WHEN, Operation.DURATION) and pick == Pick() and _SINCE.search(clause.visible):
        operation, pick = Operation.WHEN, Pick(order=Order.FIRST)
    if pick.order in (Order.HIGHEST, Order.LOWEST) and ask.topics and ask.topics[0].kinds <= _UNMEASURED and kinds:
        pick = Pick()  # `alergias del menor` are a child's, not the least of them
    if (
        operation is Operation.VALUE
        and measured
        and pick == Pick()
        and isinstance(ask.period, Anchor)
        and _JUST_AFTER.search(ask.period.topic.surface.casefold())
    ):
        pick = Pick(order=Order.FIRST)  # how it was after an operation is told by the first measurement after it
    if operation in (Operation.VALUE, Operation.WHEN) and measured and _BEFORE_LAST.search(clause.visible):
        pick = Pick(order=Order.LATEST, nth=2)
    if operation is Operation.VALUE and measured and pick == Pick() and _ONE_BEFORE.search(clause.visible):
        pick = Pick(order=Order.LATEST, nth=2)
    if operation is Operation.COUNT and pick.order in (Order.LATEST, Order.FIRST) and _TIMES.search(clause.visible):
        pick = Pick()
    if operation is Operation.COUNT and _COUNTED_DOSES.search(clause.visible) and not kinds and not ask.topics:
        ask = attrs.evolve(ask, topics=(Topic(kinds=frozenset({IMMUNIZATION})),))
    if measured or operation in (Operation.TREND, Operation.AVERAGE, Operation.CHANGE):
        status = None
    if status is Status.ACTIVE and ask.topics and kinds and not kinds & (_LASTING - {ENCOUNTER} | {"allergy"}):
        status = None
    section = ask.section if operation is Operation.NOTE else None
    return attrs.evolve(ask, operation=operation, pick=pick, status=status, section=section)


def _as_document(topic: Topic) -> Topic:
    """A note called by its own name (`epicrisis`) is a note."""
    if topic.kinds or not topic.concepts or _kinds_of(topic) != {DOCUMENT}:
        return topic
    return attrs.evolve(topic, kinds=frozenset({DOCUMENT}))


def _is_one_day(period: Period | None) -> bool:
    return isinstance(period, TimeRange) and period.since is not None and period.since == period.until


def _asks_for_text(ask: Ask, clause: Clause) -> bool:
    if _ACCORDING_TO.search(clause.visible):
        return True
    if ask.operation in (Operation.COUNT, Operation.WHEN, Operation.WHO, Operation.WHERE):
        return False
    return clause.reads or ask.section is not None or any(topic.is_specific for topic in ask.topics)
